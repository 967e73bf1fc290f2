package text

import "unicode/utf8"

// Char is one character of a post in one spelling, and the span of the original that it was made of.
type Char struct {
	Rune     rune
	From, To int32 // byte offsets
}

// Append appends the characters of Normalise(s).String to chars. It is for who looks at many posts and needs no string: it makes
// nothing anew while chars has room.
func Append(chars []Char, s string) []Char {
	table := spellings()
	begun := len(chars)
	for i := 0; i < len(s); {
		from := i
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			// Nearly all others are three bytes long: read here, where they are whole and neither overlong nor surrogates.
			if i+2 < len(s) && s[i]>>4 == 0xE && s[i+1]>>6 == 2 && s[i+2]>>6 == 2 {
				r, size = rune(s[i]&0x0F)<<12|rune(s[i+1]&0x3F)<<6|rune(s[i+2]&0x3F), 3
			}
			if size == 1 || r < 0x800 || r>>11 == 0x1B {
				r, size = utf8.DecodeRuneInString(s[i:])
			}
		}
		i += size
		if r <= lastTabled {
			switch c := table[r]; {
			case c == 0:
				continue
			case c < untabled:
				chars = append(chars, Char{rune(c), int32(from), int32(i)})
				continue
			}
		}
		decoded, length := Entity(s[from:])
		if length == 0 {
			chars = spell(chars, begun, r, from, i)
			continue
		}
		i = from + length
		for _, c := range decoded {
			chars = spell(chars, begun, c, from, i)
		}
	}
	return chars
}

// spell appends what becomes of r, which stands at from:to in the original. The text begins at begun.
func spell(chars []Char, begun int, r rune, from, to int) []Char {
	var buf [4 * utf8.UTFMax]byte
	for _, c := range string(AppendRune(buf[:0], r)) {
		if k := len(chars) - 1; c == ' ' && k >= begun && chars[k].Rune == ' ' {
			chars[k].To = int32(to)
			continue
		}
		chars = append(chars, Char{c, int32(from), int32(to)})
	}
	return chars
}
