package text_test

import (
	"html"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"guitu/verify/text"
)

// plain is Normalise as one would write it without a care for speed. It knows no traditional characters: for those it asks.
type plain struct {
	s        string
	from, to []int // of each byte of s
}

func plainly(s string) (p plain) {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		decoded := string(r)
		if entity := entityAt(s[i:]); entity != "" {
			decoded, size = html.UnescapeString(entity), len(entity)
		}
		for _, r := range decoded {
			if unicode.In(r, unicode.Cf, unicode.Variation_Selector) || strings.ContainsRune("\u20E3\u034F\u3164", r) {
				continue
			}
			for _, c := range norm.NFKC.String(string(r)) {
				p.put(c, i, i+size)
			}
		}
		i += size
	}
	return p
}

func (p *plain) put(c rune, from, to int) {
	switch {
	case strings.ContainsRune(" \t\n\r", c) || c > utf8.RuneSelf && unicode.IsSpace(c):
		if strings.HasSuffix(p.s, " ") {
			p.to[len(p.to)-1] = to
			return
		}
		c = ' '
	case c < ' ' || c == 0x7F:
		return
	case c >= 'A' && c <= 'Z':
		c = unicode.ToLower(c)
	case unicode.Is(unicode.Han, c):
		c = []rune(string(text.AppendRune(nil, c)))[0]
	}
	p.s += string(c)
	for range utf8.RuneLen(c) {
		p.from, p.to = append(p.from, from), append(p.to, to)
	}
}

// entityAt returns the HTML entity at the start of s.
func entityAt(s string) string {
	end := strings.IndexByte(s, ';')
	if end < 2 || end > 11 || s[0] != '&' {
		return ""
	}
	const alphanumeric = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if strings.Trim(strings.TrimPrefix(s[1:end], "#"), alphanumeric) != "" {
		return ""
	}
	return s[:end+1]
}

// comparePlainly holds Normalise and Append to their plain form, and every span of one byte and to the end.
func comparePlainly(t *testing.T, s string) {
	t.Helper()
	compareChars(t, s)
	n, want := text.Normalise(s), plainly(s)
	if n.String != want.s {
		t.Fatalf("Normalise(%q) = %q, want %q", s, n.String, want.s)
	}
	for i := range len(n.String) {
		start, end := n.Span(i, i+1)
		if start != want.from[i] || end != want.to[i] {
			t.Fatalf("Normalise(%q): span of byte %d is %d:%d, want %d:%d", s, i, start, end, want.from[i], want.to[i])
		}
		if _, end := n.Span(i, len(n.String)); end != want.to[len(want.to)-1] {
			t.Fatalf("Normalise(%q): the span from byte %d on ends at %d, want %d", s, i, end, want.to[len(want.to)-1])
		}
		if start, _ := n.Span(i, i); start != want.from[i] {
			t.Fatalf("Normalise(%q): the empty span at byte %d begins at %d, want %d", s, i, start, want.from[i])
		}
	}
	if start, end := n.Span(len(n.String), len(n.String)); start != len(s) || end != len(s) {
		t.Fatalf("Normalise(%q): the end is at %d:%d, want %d", s, start, end, len(s))
	}
}

// compareChars holds Append to the plain form, behind a space that is no part of the text.
func compareChars(t *testing.T, s string) {
	t.Helper()
	want := plainly(s)
	chars := text.Append([]text.Char{{Rune: ' '}}, s)[1:]
	at := 0
	for i, c := range chars {
		if r, size := utf8.DecodeRuneInString(want.s[at:]); size == 0 || c != (text.Char{Rune: r, From: int32(want.from[at]), To: int32(want.to[at])}) {
			t.Fatalf("Append(%q): character %d is %+v, want %q", s, i, c, want.s[at:])
		}
		at += utf8.RuneLen(c.Rune)
	}
	if at != len(want.s) {
		t.Fatalf("Append(%q) lacks %q", s, want.s[at:])
	}
}

// TestNormaliseEachCharacter compares every character of the planes that have any, between neighbours.
func TestNormaliseEachCharacter(t *testing.T) {
	for r := range rune(0xE1000) {
		if plane := r >> 16; plane > 3 && plane < 0xE {
			continue
		}
		comparePlainly(t, "人 "+string(r)+" a"+string(r)+string(r)+"子")
	}
}

func FuzzNormalisePlainly(f *testing.F) {
	for _, s := range []string{" \u3000始", "急&nbsp;&nbsp;寻①③ \t&#36208;", "a\xff&#x;&#xFFFFFFF;&;", "ﷺ\u3000\u200b ", "請尋ABC，e\u0301\xe8\xb5", "\ufffd\uffff\U0001F236"} {
		f.Add(s)
	}
	f.Fuzz(comparePlainly)
}
