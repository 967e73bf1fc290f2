package guitu

import (
	"fmt"
	"io"
	"strings"
)

// CodeLength is the number of characters of a notice's code.
const CodeLength = 6

// codeAlphabet has no 0, O, 1, I, L and U: none of them can be taken for another when a code is read out or written by hand.
const codeAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewCode draws a notice's code, one of 30^6 = 729 million, from random; that is crypto/rand.Reader outside of tests. Two draws
// may be equal, so the caller keeps codes unique. The error is that of random.
func NewCode(random io.Reader) (string, error) {
	code := make([]byte, 0, CodeLength)
	var b [1]byte
	for len(code) < CodeLength {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("draw a code: %w", err)
		}
		// 240 is the largest multiple of 30 in a byte; above it the first letters would come up more often.
		if b[0] < 240 {
			code = append(code, codeAlphabet[int(b[0])%len(codeAlphabet)])
		}
	}
	return string(code), nil
}

// NormalizeCode reads a code as people type it: in lower case, full width, with spaces, dashes or words in Chinese around it. ok
// is false when what is left cannot be a code. A 0, O, 1, I, L or U is kept, since nobody knows which letter was meant; such a
// code is not ok.
func NormalizeCode(s string) (code string, ok bool) {
	code = strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // the full-width forms stand in the order of ASCII
			r -= '！' - '!'
		}
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, s)
	return code, len(code) == CodeLength && strings.Trim(code, codeAlphabet) == ""
}
