package spot

import (
	"unicode/utf8"

	"guitu/verify/text"
)

// scan is the passage of one post through the gate.
type scan struct {
	gate  *gate
	chars [512]uint16 // what was read and not yet searched, without silence
	n     int
	begun [512]uint16 // where words may begin, for search
	seen  classes
}

// passes reports whether Spot has to look at the post.
func (g *gate) passes(post string) bool {
	s := scan{gate: g}
	return s.read(post)
}

// read reads post, until it has enough. Whole characters of three bytes, which is nearly all, are read here, and all else by other.
func (s *scan) read(post string) bool {
	table := &s.gate.spelled
	for i := 0; i < len(post); {
		if s.n == len(s.chars) && s.search() {
			return true
		}
		n := s.n
		for i+2 < len(post) && n < len(s.chars) {
			a := post[i]
			if a < utf8.RuneSelf {
				if a == '&' {
					break
				}
				c := table[a]
				s.chars[n] = c
				n += loud(c)
				i++
				continue
			}
			b, c := post[i+1], post[i+2]
			// What may be overlong (E0) or a surrogate (ED) is left to other.
			if a>>4 != 0xE || a == 0xE0 || a == 0xED || b>>6 != 2 || c>>6 != 2 {
				break
			}
			d := table[uint16(a)<<12|uint16(b&0x3F)<<6|uint16(c&0x3F)]
			if d == several {
				break
			}
			s.chars[n] = d
			n += loud(d)
			i += 3
		}
		s.n = n
		if i < len(post) && n < len(s.chars) {
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
	case r <= 0xFFFF && s.gate.spelled[r] != several:
		s.put(s.gate.spelled[r])
		return
	}
	var buf [4 * utf8.UTFMax]byte
	for _, c := range string(text.AppendRune(buf[:0], r)) {
		switch {
		case c <= 0xFFFF:
			s.put(s.gate.spelled[c])
		case speaks(c):
			s.put(stranger)
		}
	}
}

// These are pictures, nearly all of what lies beyond the basic plane in posts.
const firstEmoji, lastEmoji = 0x1F300, 0x1FAFF

func (s *scan) put(c uint16) {
	if c <= several {
		return
	}
	if s.n == len(s.chars) {
		s.search()
	}
	s.chars[s.n] = c
	s.n++
}

// loud returns 1 for a character that is heard, without a branch: nobody could foretell it.
func loud(c uint16) int { return int((several - uint32(c)) >> 31) }

// search looks for words in what was read, keeps the end of it, where a word may have begun, and reports whether it has enough.
func (s *scan) search() bool {
	chars := s.chars[:s.n]
	if s.n < len(s.chars) {
		s.chars[s.n] = silent
	}
	n := 0
	for i, a := range chars {
		b := uint16(silent)
		if i+1 < len(s.chars) {
			b = s.chars[i+1]
		}
		s.begun[n%len(s.begun)] = uint16(i)
		n += s.gate.begins(a, b)
	}
	for _, i := range s.begun[:n] {
		s.words(chars[i:])
	}
	s.n = copy(s.chars[:], chars[max(0, len(chars)-s.gate.longest+1):])
	return s.seen.enough()
}

// words sees the words at the start of chars.
func (s *scan) words(chars []uint16) {
	t := s.gate.trie
	s.seen |= t.words[t.step(0, chars[0]).word].classes
	n := chars[0]
	for _, c := range chars[1:] {
		step := t.step(n, c)
		if step.key == 0 {
			return
		}
		s.seen |= t.words[step.word].classes
		n = step.to
	}
}
