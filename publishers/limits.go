package publishers

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"guitu"
)

// Limits are what a channel takes in one publication, as data.
type Limits struct {
	Text         int              // the longest text, as Count measures it
	Caption      int              // the longest text beside pictures, 0 where that is Text
	Count        func(string) int // measures a text as the channel does; nil counts UTF-16 code units
	Pictures     int              // how many pictures go with one publication, 0 for none
	Alt          int              // the longest description of a picture, as Count measures it; 0 where pictures have none
	PictureBytes int              // the largest picture, 0 for any
	ByURL        bool             // pictures are shown from their address, and not uploaded
}

// Beside returns the limits of a publication with some pictures: where a text beside them is shorter, Text is that.
func (l Limits) Beside(pictures []guitu.Picture) Limits {
	if len(pictures) > 0 && l.Caption > 0 {
		l.Text = l.Caption
	}
	return l
}

// Take returns those of some pictures that the channel takes, the first ones, in their order. A picture that has no bytes, since
// they could not be taken back from where they went, goes to channels only that show it from its address.
func (l Limits) Take(pictures []guitu.Picture) []guitu.Picture {
	fit := slices.DeleteFunc(slices.Clone(pictures), func(p guitu.Picture) bool {
		if l.ByURL {
			return p.URL == ""
		}
		return len(p.Bytes) == 0 || l.PictureBytes > 0 && len(p.Bytes) > l.PictureBytes
	})
	return fit[:min(len(fit), l.Pictures)]
}

// AltText returns what a picture shows in a language, else in Chinese, cut to what the channel takes.
func (l Limits) AltText(p guitu.Picture, lang string) string {
	alt, ok := p.Alt[lang]
	if !ok {
		alt = p.Alt[guitu.Chinese]
	}
	return longest(alt, func(s string) bool { return l.count(s) <= l.Alt })
}

func (l Limits) count(s string) int {
	if l.Count == nil {
		return UTF16(s)
	}
	return l.Count(s)
}

// UTF16 counts UTF-16 code units, as Telegram does.
func UTF16(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// Graphemes counts characters as people see them, as Bluesky does.
func Graphemes(s string) int { return uniseg.GraphemeClusterCount(s) }

// Runes counts code points, as Mastodon and many others do.
func Runes(s string) int { return utf8.RuneCountInString(s) }

// Bytes counts the bytes of UTF-8, as the robots of group chats do.
func Bytes(s string) int { return len(s) }

// Hanzi counts as Weibo does: a hanzi is one, and two letters of Latin-1 are one.
func Hanzi(s string) int {
	halves := 0
	for _, r := range s {
		if r <= 0xff {
			halves++
		} else {
			halves += 2 * max(1, utf16.RuneLen(r))
		}
	}
	return (halves + 1) / 2
}

// address is what X shortens: an ASCII address with its scheme.
var address = regexp.MustCompile(`https?://[!-~]+`)

// Weighted counts as X does (twitter-text, configuration v3): an address is 23, a letter of the scripts with alphabets 1, a
// hanzi and an emoji with all its parts 2.
func Weighted(s string) int {
	n := 23 * len(address.FindAllStringIndex(s, -1))
	s = address.ReplaceAllString(s, "")
	state := -1
	for s != "" {
		var cluster string
		cluster, s, _, state = uniseg.FirstGraphemeClusterInString(s, state)
		if strings.ContainsAny(cluster, "\u200d\ufe0f\u20e3") || strings.ContainsFunc(cluster, isEmojiPart) {
			n += 2
			continue
		}
		for _, r := range cluster {
			n += weight(r)
		}
	}
	return n
}

// isEmojiPart reports whether r is a letter of a flag or a colour of skin: with what stands before it it is one emoji.
func isEmojiPart(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff || r >= 0x1f3fb && r <= 0x1f3ff }

func weight(r rune) int {
	switch {
	case r <= 0x10ff, r >= 0x2000 && r <= 0x200d, r >= 0x2010 && r <= 0x201f, r >= 0x2032 && r <= 0x2037:
		return 1
	}
	return 2
}
