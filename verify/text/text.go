// Package text brings posts into one spelling, so that the rules of spotting, reading and matching see the same thing however
// it was typed, and knows the way back to the original bytes.
package text

import (
	"html"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/longbridgeapp/opencc"
	"golang.org/x/text/unicode/norm"
)

// Text is a post in one spelling: HTML entities resolved, NFKC, lower case, simplified characters, nothing invisible, each run
// of white space one space.
type Text struct {
	String string
	// from holds, for each byte of String and for its end, the offset in the original; to is the same for a span's end.
	from, to []int32
}

// Normalise brings s into one spelling. Invalid UTF-8 becomes U+FFFD.
func Normalise(s string) Text {
	n := normaliser{from: make([]int32, 0, len(s)+1), to: make([]int32, 0, len(s)+1)}
	n.b.Grow(len(s))
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf && s[i] != '&' {
			n.put(rune(s[i]), i, i+1)
			i++
			continue
		}
		if s[i] == '&' {
			if size := entity(s[i:]); size > 0 {
				for _, r := range html.UnescapeString(s[i : i+size]) {
					n.fold(r, i, i+size)
				}
				i += size
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		n.fold(r, i, i+size)
		i += size
	}
	n.from = append(n.from, int32(len(s)))
	return Text{String: n.b.String(), from: n.from, to: n.to}
}

// Span returns the span of the original text from which String[start:end] was made.
func (t Text) Span(start, end int) (int, int) {
	if start >= end {
		return int(t.from[start]), int(t.from[start])
	}
	return int(t.from[start]), int(t.to[end-1])
}

type normaliser struct {
	b        strings.Builder
	from, to []int32
	space    bool // the last rune was a space
}

// fold writes r in its one spelling.
func (n *normaliser) fold(r rune, from, to int) {
	switch {
	case r >= 0x4E00 && r <= 0x9FFF:
		n.put(simplified(r), from, to)
		return
	case invisible(r):
		return
	case r < utf8.RuneSelf:
		n.put(r, from, to)
		return
	}
	var buf [utf8.UTFMax]byte
	src := buf[:utf8.EncodeRune(buf[:], r)]
	if norm.NFKC.QuickSpan(src) == len(src) {
		n.put(simplified(r), from, to)
		return
	}
	for _, c := range string(norm.NFKC.Bytes(src)) {
		n.put(simplified(c), from, to)
	}
}

func (n *normaliser) put(r rune, from, to int) {
	switch {
	case r == ' ' || r == '\t' || r == '\n' || r == '\r' || r > utf8.RuneSelf && unicode.IsSpace(r):
		if n.space {
			n.to[len(n.to)-1] = int32(to)
			return
		}
		n.space = true
		r = ' '
	case r < ' ' || r == 0x7F:
		return
	default:
		n.space = false
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
	}
	size, _ := n.b.WriteRune(r)
	for range size {
		n.from = append(n.from, int32(from))
		n.to = append(n.to, int32(to))
	}
}

// entity returns the length of the HTML entity at the start of s, 0 when there is none.
func entity(s string) int {
	for i := 1; i < len(s) && i < 12; i++ {
		switch c := s[i]; {
		case c == ';':
			if i == 1 {
				return 0
			}
			return i + 1
		case c == '#' && i == 1, c >= '0' && c <= '9', c|0x20 >= 'a' && c|0x20 <= 'z':
		default:
			return 0
		}
	}
	return 0
}

// invisible reports whether r leaves no mark of its own: zero-width and format characters, variation selectors, and the
// frame of keycap emoji (1️⃣ is the digit 1 in a frame).
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector) || r == 0x20E3 || r == 0x034F || r == 0x3164
}

const firstHan, lastHan = 0x3400, 0x9FFF

// simple maps the traditional characters from firstHan on to simplified ones; 0 means the same.
var simple = sync.OnceValue(func() []uint16 {
	t := make([]uint16, lastHan-firstHan+1)
	cc, err := opencc.New("t2s")
	if err != nil {
		panic("text: the dictionary built into opencc cannot be read: " + err.Error())
	}
	for r := rune(firstHan); r <= lastHan; r++ {
		s, err := cc.Convert(string(r))
		if c, size := utf8.DecodeRuneInString(s); err == nil && size == len(s) && c != r && c <= 0xFFFF {
			t[r-firstHan] = uint16(c)
		}
	}
	return t
})

func simplified(r rune) rune {
	if r < firstHan || r > lastHan {
		return r
	}
	if c := simple()[r-firstHan]; c != 0 {
		return rune(c)
	}
	return r
}
