package guitu

import (
	"fmt"
	"io"
	"strings"
)

// codeAlphabet has no 0, 1, I, L, O or U, which are mistaken for others when read aloud or typed from paper.
const codeAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// CodeLength is the length of a check code. Thirty letters to the sixth are 729 million codes: too many to guess one by trying.
const CodeLength = 6

// NewCode draws a check code from a source of random bytes.
func NewCode(random io.Reader) (string, error) {
	code := make([]byte, 0, CodeLength)
	var b [1]byte
	for len(code) < CodeLength {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("draw a check code: %w", err)
		}
		// 240 is the largest multiple of the alphabet's length in a byte: drawing above it again keeps all letters as likely.
		if b[0] < 240 {
			code = append(code, codeAlphabet[int(b[0])%len(codeAlphabet)])
		}
	}
	return string(code), nil
}

// ParseCode reads a check code as people type it: in lower case, full width, with spaces or dashes. The error is of kind Invalid.
func ParseCode(typed string) (string, error) {
	code := strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		switch {
		case r == ' ' || r == '　' || r == '-' || r == '.':
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, typed)
	if len(code) != CodeLength || strings.Trim(code, codeAlphabet) != "" {
		return "", Errorf(Invalid, "核验码是六位字母和数字，不含 0、1、I、L、O、U")
	}
	return code, nil
}
