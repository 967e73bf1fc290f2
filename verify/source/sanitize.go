package source

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"guitu"
)

// Limits of a post beside guitu.MaxText.
const (
	maxID      = 256 // bytes
	maxAuthor  = 100 // runes
	maxURL     = 2048
	maxImages  = 18
	maxReposts = 1_000_000_000
)

// earliest is before any of the sites that sources read existed; a post that claims to be older has a broken date.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Sanitize returns p fit to be stored, seen at now. Invisible and control characters are dropped from the text, addresses that
// are not of the web are emptied, and a date that is missing, absurd or in the future becomes now: a wrong clock is no reason to
// lose a post. What can't be mended (no id, no text, text that is no UTF-8 or is over guitu.MaxText) is an error, which doesn't
// repeat the text.
func Sanitize(p guitu.Post, now time.Time) (guitu.Post, error) {
	p.ExternalID = strings.TrimSpace(p.ExternalID)
	switch {
	case p.ExternalID == "":
		return guitu.Post{}, errors.New("no id")
	case len(p.ExternalID) > maxID || !utf8.ValidString(p.ExternalID) || strings.ContainsFunc(p.ExternalID, unicode.IsControl):
		return guitu.Post{}, fmt.Errorf("id is not usable: want at most %d bytes of plain UTF-8", maxID)
	case !utf8.ValidString(p.Text):
		return guitu.Post{}, errors.New("invalid UTF-8 in text")
	case len(p.Text) > guitu.MaxText:
		return guitu.Post{}, fmt.Errorf("text of %d bytes is over the limit of %d", len(p.Text), guitu.MaxText)
	}
	p.Text = clean(p.Text)
	// Normalising can lengthen a text: a few characters have a longer NFC form.
	if len(p.Text) > guitu.MaxText {
		return guitu.Post{}, fmt.Errorf("text of %d bytes is over the limit of %d", len(p.Text), guitu.MaxText)
	}
	if p.Text == "" {
		return guitu.Post{}, errors.New("no text")
	}
	p.Author = cut(strings.Join(strings.Fields(clean(strings.ToValidUTF8(p.Author, "\uFFFD"))), " "), maxAuthor)
	p.URL = webURL(p.URL)
	var images []string
	for _, s := range p.Images {
		if s = webURL(s); s != "" && len(images) < maxImages && !slices.Contains(images, s) {
			images = append(images, s)
		}
	}
	p.Images = images
	p.Reposts = max(0, min(p.Reposts, maxReposts))
	now = now.UTC()
	if p.PostedAt.Before(earliest) || p.PostedAt.After(now) {
		p.PostedAt = now
	}
	p.PostedAt, p.SeenAt = p.PostedAt.UTC(), now
	return p, nil
}

// clean drops what a reader can't see and what would change how the rest is seen, and trims.
func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		// Zero-width space, word joiner, byte order mark. The zero-width joiner holds emoji together and stays.
		case r == '\u200b', r == '\u2060', r == '\ufeff':
			return -1
		// Bidirectional marks can make a card show another text than the one that was posted.
		case r == '\u200e', r == '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(norm.NFC.String(s))
}

// cut returns the first n runes of s.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// webURL returns s if people can open it, and "" otherwise. Credentials in an address are nobody's business.
func webURL(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxURL {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return ""
	}
	u.User = nil
	return u.String()
}
