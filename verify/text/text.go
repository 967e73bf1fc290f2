// Package text brings posts into one spelling, so that the rules of spotting, reading and matching see the same thing however
// it was typed, and knows the way back to the original bytes.
package text

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Text is a post in one spelling: HTML entities resolved, NFKC, lower case, simplified characters, nothing invisible, each run
// of white space one space.
type Text struct {
	String string
	size   int // of the original
	pieces []piece
}

// piece is a stretch of Text.String, up to the next one, and what it was made of.
type piece struct {
	at       int32 // where it begins
	from, to int32 // the span of the original; to is 0 where each character is as long as its original
}

// Normalise brings s into one spelling. Invalid UTF-8 becomes U+FFFD. What becomes of a character does not depend on what
// stands beside it, except that of white space in a row only the first leaves a space.
func Normalise(s string) Text {
	n := normaliser{pieces: make([]piece, 0, 24)}
	n.b.Grow(len(s))
	table := spellings()
	kept := 0 // s[kept:i] stays as it is
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			var ok bool
			if r, ok = Wide(s, i); ok {
				size = 3
			} else {
				r, size = utf8.DecodeRuneInString(s[i:])
			}
		}
		if r <= lastTabled && table[r] == uint16(r) {
			i += size
			continue
		}
		n.keep(s, kept, i)
		if decoded, length := Entity(s[i:]); length > 0 {
			for _, c := range decoded {
				n.spell(c, i, i+length)
			}
			size = length
		} else {
			n.spell(r, i, i+size)
		}
		i += size
		kept = i
	}
	n.keep(s, kept, len(s))
	return Text{String: n.b.String(), size: len(s), pieces: n.pieces}
}

// Wide decodes the character of three bytes at s[i], as Chinese ones are. It reports false where there is none.
func Wide(s string, i int) (rune, bool) {
	if i+2 >= len(s) {
		return 0, false
	}
	a, b, c := s[i], s[i+1], s[i+2]
	r := rune(a&0x0F)<<12 | rune(b&0x3F)<<6 | rune(c&0x3F)
	return r, a>>4 == 0xE && b>>6 == 2 && c>>6 == 2 && r >= 0x800 && r>>11 != 0x1B
}

// Span returns the span of the original text from which String[start:end] was made.
func (t Text) Span(start, end int) (int, int) {
	from := t.from(start)
	if start >= end {
		return from, from
	}
	p := t.piece(end - 1)
	if p.to > 0 {
		return from, int(p.to)
	}
	for end < len(t.String) && !utf8.RuneStart(t.String[end]) {
		end++
	}
	return from, int(p.from) + end - int(p.at)
}

func (t Text) from(i int) int {
	if i >= len(t.String) {
		return t.size
	}
	p := t.piece(i)
	if p.to > 0 {
		return int(p.from)
	}
	for !utf8.RuneStart(t.String[i]) {
		i--
	}
	return int(p.from) + i - int(p.at)
}

// piece returns the piece in which byte i of String lies.
func (t Text) piece(i int) piece {
	return t.pieces[sort.Search(len(t.pieces), func(k int) bool { return int(t.pieces[k].at) > i })-1]
}

type normaliser struct {
	b      strings.Builder
	pieces []piece
	space  bool // the last character was a space
}

// keep copies s[from:to] as it is.
func (n *normaliser) keep(s string, from, to int) {
	if from >= to {
		return
	}
	n.same(from)
	n.b.WriteString(s[from:to])
	n.space = false
}

// same begins a piece whose characters are as long as their originals, unless it goes on.
func (n *normaliser) same(from int) {
	if k := len(n.pieces) - 1; k >= 0 {
		if last := n.pieces[k]; last.to == 0 && int(last.from)+n.b.Len()-int(last.at) == from {
			return
		}
	}
	n.pieces = append(n.pieces, piece{at: int32(n.b.Len()), from: int32(from)})
}

// spell writes what becomes of r, which stands at from:to in the original.
func (n *normaliser) spell(r rune, from, to int) {
	if r <= lastTabled {
		switch c := spellings()[r]; {
		case c == 0:
			return
		case c < untabled:
			n.put(rune(c), from, to)
			return
		}
	}
	var buf [4 * utf8.UTFMax]byte
	for _, c := range string(AppendRune(buf[:0], r)) {
		n.put(c, from, to)
	}
}

func (n *normaliser) put(r rune, from, to int) {
	if r == ' ' && n.space {
		n.pieces[len(n.pieces)-1].to = int32(to)
		return
	}
	n.space = r == ' '
	if !n.space && utf8.RuneLen(r) == to-from {
		n.same(from)
	} else {
		n.pieces = append(n.pieces, piece{int32(n.b.Len()), int32(from), int32(to)})
	}
	n.b.WriteRune(r)
}
