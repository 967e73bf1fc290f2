package spot

import (
	"strings"
	"unicode/utf8"
)

// numbers finds what no list can hold: phone numbers, and ages.
func numbers(s string) []word {
	var words []word
	for i := 0; i < len(s); {
		if s[i] < '0' || s[i] > '9' {
			i++
			continue
		}
		start, digits, end := i, 0, i
		for i < len(s) {
			if s[i] >= '0' && s[i] <= '9' {
				digits++
				i++
				end = i
				continue
			}
			if next := strings.TrimLeft(s[i:], "- –—"); next != "" && len(s[i:])-len(next) <= 3 && len(next) < len(s[i:]) && next[0] >= '0' && next[0] <= '9' {
				i = len(s) - len(next)
				continue
			}
			break
		}
		w := word{phone, start, end}
		switch {
		case digits >= 11 && digits <= 13 && (s[start] == '1' || s[start] == '0' || strings.HasPrefix(s[start:], "86")):
			words = append(words, w)
		case digits >= 10 && digits <= 12 && s[start] == '0':
			words = append(words, w)
		}
	}
	return append(words, ages(s)...)
}

// ages finds the ages of minors and of others: 3岁, 三岁多, 十二岁; 76岁.
func ages(s string) []word {
	var words []word
	for i := 0; ; {
		j := strings.Index(s[i:], "岁")
		if j < 0 {
			return words
		}
		end := i + j
		start := end
		for start > 0 {
			r, n := utf8.DecodeLastRuneInString(s[:start])
			if !strings.ContainsRune("0123456789一二两三四五六七八九十半多几周", r) || end-start > 12 {
				break
			}
			start -= n
		}
		switch n := yearsOf(s[start:end]); {
		case n >= 18 && n < 120:
			words = append(words, word{grown, start, end + len("岁")})
		case n > 0 && n < 18:
			words = append(words, word{age, start, end + len("岁")})
		}
		i = end + len("岁")
	}
}

// yearsOf reads a number of years, 0 when it is none or unclear.
func yearsOf(s string) int {
	s = strings.Trim(s, "多几周")
	n, tens := 0, false
	for _, r := range s {
		switch i := strings.IndexRune("零一二三四五六七八九", r); {
		case r >= '0' && r <= '9':
			n = n*10 + int(r-'0')
		case r == '十':
			n, tens = max(n, 1)*10, true
		case r == '两':
			n += 2
		case i >= 0 && tens:
			n += i / len("零")
		case i >= 0:
			n = i / len("零") // 三四岁: the last one counts
		}
		if n > 150 {
			return 0
		}
	}
	return n
}
