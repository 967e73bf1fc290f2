package guitu

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// digits matches what could be a phone, identity-card or chat number: seven or more digits, also spaced or dashed, half or
// full width. Years and times are shorter.
var digits = regexp.MustCompile(`[+＋]?[0-9０-９](?:[ \-–—·.　]?[0-9０-９]){6,}`)

// Mask returns text with every number of seven or more digits and each of the names made unreadable: the first two and the last
// two digits and the family name stay, so that two cards can be told apart ("19*****01", "张**").
func Mask(text string, names ...string) string {
	text = digits.ReplaceAllStringFunc(text, func(s string) string {
		var d []rune
		for _, r := range s {
			if r >= '0' && r <= '9' || r >= '０' && r <= '９' {
				d = append(d, r)
			}
		}
		return string(d[:2]) + "*****" + string(d[len(d)-2:])
	})
	for _, n := range names {
		if utf8.RuneCountInString(n) < 2 {
			continue
		}
		text = strings.ReplaceAll(text, n, MaskName(n))
	}
	return text
}

// MaskName keeps the first character of a name.
func MaskName(name string) string {
	r, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	return string(r) + strings.Repeat("*", utf8.RuneCountInString(name[size:]))
}

// Names returns every name that c states: the missing person's and the contacts'.
func (c Claim) Names() []string {
	var names []string
	if c.Name != "" {
		names = append(names, c.Name)
	}
	return append(names, c.Contacts...)
}
