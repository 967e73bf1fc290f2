package spot

import (
	"slices"
	"unicode/utf8"

	"guitu/verify/text"
)

// scan is the passage of one post through the gate.
type scan struct {
	gate    *gate
	symbols [512]uint16 // what was read and not yet searched, without silence
	n       int
	seen    classes
}

// passes reports whether Spot has to look at the post.
func (g *gate) passes(post string) bool {
	s := scan{gate: g}
	return s.read(post)
}

// read reads post, until it has enough. Whole characters of three bytes, which is nearly all, are read here, and all else by other.
func (s *scan) read(post string) bool {
	table := &s.gate.symbols
	for i := 0; i < len(post); {
		if s.n == len(s.symbols) && s.search() {
			return true
		}
		n := s.n
		for i+2 < len(post) && n < len(s.symbols) {
			a := post[i]
			if a < utf8.RuneSelf {
				if symbol := table[a]; symbol > several {
					s.symbols[n] = symbol
					n++
				} else if a == '&' {
					break
				}
				i++
				continue
			}
			b, c := post[i+1], post[i+2]
			// What may be overlong (E0) or a surrogate (ED) is left to other.
			if a>>4 != 0xE || a == 0xE0 || a == 0xED || b>>6 != 2 || c>>6 != 2 {
				break
			}
			symbol := table[uint16(a)<<12|uint16(b&0x3F)<<6|uint16(c&0x3F)]
			if symbol > several {
				s.symbols[n] = symbol
				n++
			} else if symbol == several {
				break
			}
			i += 3
		}
		s.n = n
		if i < len(post) && n < len(s.symbols) {
			i += s.other(post[i:])
		}
	}
	return s.search()
}

// other reads one character or entity at the start of post and returns its length.
func (s *scan) other(post string) int {
	if decoded, length := text.Entity(post); length > 0 {
		for _, r := range decoded {
			s.character(r)
		}
		return length
	}
	r, size := utf8.DecodeRuneInString(post)
	s.character(r)
	return size
}

// character reads a character, if need be by its one spelling.
func (s *scan) character(r rune) {
	switch {
	case r >= firstEmoji && r <= lastEmoji:
		return
	case r <= 0xFFFF && s.gate.symbols[r] != several:
		s.put(s.gate.symbols[r])
		return
	}
	var buf [4 * utf8.UTFMax]byte
	for _, c := range string(text.AppendRune(buf[:0], r)) {
		switch {
		case c <= 0xFFFF:
			s.put(s.gate.symbols[c])
		case speaks(c):
			s.put(stranger)
		}
	}
}

// These are pictures, nearly all of what lies beyond the basic plane in posts.
const firstEmoji, lastEmoji = 0x1F300, 0x1FAFF

func (s *scan) put(symbol uint16) {
	if symbol <= several {
		return
	}
	if s.n == len(s.symbols) {
		s.search()
	}
	s.symbols[s.n] = symbol
	s.n++
}

// search looks for words in what was read, keeps the end of it, where a word may have begun, and reports whether it has enough.
func (s *scan) search() bool {
	g := s.gate
	symbols := s.symbols[:s.n]
	for i, a := range symbols {
		s.seen |= g.alone[a]
		if i+1 == len(symbols) {
			break
		}
		h := pairHash(a, symbols[i+1])
		if g.pairs[h/64]>>(h%64)&1 == 0 {
			continue
		}
		for _, w := range g.words[g.begun[h]] {
			if k := len(w.symbols); k <= len(symbols)-i && slices.Equal(symbols[i:i+k], w.symbols) {
				s.seen |= w.class
			}
		}
	}
	s.n = copy(s.symbols[:], symbols[max(0, len(symbols)-g.longest+1):])
	return s.seen.enough()
}
