package text

import (
	"html"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/longbridgeapp/opencc"
	"golang.org/x/text/unicode/norm"
)

// AppendRune appends what Normalise makes of one character: nothing where that leaves no mark, a space for white space.
func AppendRune(b []byte, r rune) []byte {
	switch {
	case r < utf8.RuneSelf:
		return appendFolded(b, r)
	case invisible(r):
		return b
	}
	var buf [utf8.UTFMax]byte
	src := buf[:utf8.EncodeRune(buf[:], r)]
	if norm.NFKC.QuickSpan(src) == len(src) {
		return appendFolded(b, r)
	}
	for _, c := range string(norm.NFKC.Bytes(src)) {
		b = appendFolded(b, c)
	}
	return b
}

func appendFolded(b []byte, r rune) []byte {
	switch {
	case r == ' ' || r == '\t' || r == '\n' || r == '\r' || r > utf8.RuneSelf && unicode.IsSpace(r):
		return append(b, ' ')
	case r < ' ' || r == 0x7F:
		return b
	case r >= 'A' && r <= 'Z':
		r += 'a' - 'A'
	}
	return utf8.AppendRune(b, simplified(r))
}

// Entity returns what the HTML entity at the start of s stands for, and its length, which is 0 when there is none.
func Entity(s string) (string, int) {
	if s == "" || s[0] != '&' {
		return "", 0
	}
	for i := 1; i < len(s) && i < 12; i++ {
		switch c := s[i]; {
		case c == ';':
			if i == 1 {
				return "", 0
			}
			return html.UnescapeString(s[:i+1]), i + 1
		case c == '#' && i == 1, c >= '0' && c <= '9', c|0x20 >= 'a' && c|0x20 <= 'z':
		default:
			return "", 0
		}
	}
	return "", 0
}

// invisible reports whether r leaves no mark of its own: zero-width and format characters, variation selectors, and the
// frame of keycap emoji (1️⃣ is the digit 1 in a frame).
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector) || r == 0x20E3 || r == 0x034F || r == 0x3164
}

// The table holds the characters up to lastTabled. Untabled are those that become several, and those to be looked at: '&' may
// begin an entity, white space may follow another, U+FFFD may stand for a byte, and U+0000 is 0 without being none.
const (
	lastTabled = 0xFFFF
	untabled   = 0xFFFE // and above, which are no characters
)

// spellings says of each tabled character which one it becomes, 0 for none.
var spellings = sync.OnceValue(func() *[lastTabled + 1]uint16 {
	t := new([lastTabled + 1]uint16)
	var buf [4 * utf8.UTFMax]byte
	for r := range rune(len(t)) {
		b := AppendRune(buf[:0], r)
		c, size := utf8.DecodeRune(b)
		switch {
		case len(b) == 0 && r != 0:
			t[r] = 0
		case len(b) == 0, size < len(b) || c >= untabled || c == '&' || c == ' ' || c == utf8.RuneError:
			t[r] = untabled
		default:
			t[r] = uint16(c)
		}
	}
	return t
})

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
