package spot

import (
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

// read reads post, until it has enough.
func (s *scan) read(post string) bool {
	g := s.gate
	for i := 0; i < len(post); {
		if s.n == len(s.symbols) && s.search() {
			return true
		}
		r, size := rune(post[i]), 1
		if r >= utf8.RuneSelf {
			var ok bool
			if r, ok = text.Wide(post, i); ok {
				size = 3
			} else if r, size = utf8.DecodeRuneInString(post[i:]); r > 0xFFFF {
				s.spelled(r)
				i += size
				continue
			}
		}
		i += size
		symbol := g.symbols[r]
		switch symbol {
		case silent:
			if r == '&' {
				if decoded, length := text.Entity(post[i-1:]); length > 0 {
					for _, r := range decoded {
						s.spelled(r)
					}
					i += length - 1
				}
			}
		case several:
			s.spelled(r)
		default:
			s.symbols[s.n] = symbol
			s.n++
		}
	}
	return s.search()
}

// spelled reads a character by its one spelling.
func (s *scan) spelled(r rune) {
	var buf [4 * utf8.UTFMax]byte
	for _, r := range string(text.AppendRune(buf[:0], r)) {
		symbol := uint16(stranger)
		if r <= 0xFFFF {
			symbol = s.gate.symbols[r]
		} else if !speaks(r) {
			symbol = silent
		}
		if symbol == silent {
			continue
		}
		if s.n == len(s.symbols) {
			s.search()
		}
		s.symbols[s.n] = symbol
		s.n++
	}
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
		for _, w := range g.words[uint32(a)<<16|uint32(symbols[i+1])] {
			if hasPrefix(symbols[i+2:], w.symbols) {
				s.seen |= w.class
			}
		}
	}
	kept := symbols[max(0, len(symbols)-g.longest+1):]
	s.n = copy(s.symbols[:], kept)
	return s.seen.enough()
}

func hasPrefix(s, prefix []uint16) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i, x := range prefix {
		if s[i] != x {
			return false
		}
	}
	return true
}
