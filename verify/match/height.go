package match

import (
	"regexp"
	"strconv"
	"strings"

	"guitu/verify/text"
)

var (
	metres      = regexp.MustCompile(`(\d|[一二两])(?:米|m)(\d{1,2}|[一二三四五六七八九]{1,2})?`)
	fraction    = regexp.MustCompile(`([01])\.(\d{1,2})`)
	centimetres = regexp.MustCompile(`\d{2,3}`)
)

// readHeight reads a height as people write it, 1米2, 1.2米, 120cm, 一米二; it returns centimetres, 0 for what is no height.
func readHeight(s string) int {
	if s == "" {
		return 0
	}
	s = text.Normalise(s).String
	height := 0
	if m := metres.FindStringSubmatch(s); m != nil {
		height = 100*digit(m[1]) + hundredths(m[2])
	}
	if m := fraction.FindStringSubmatch(s); m != nil {
		height = 100*digit(m[1]) + hundredths(m[2])
	} else if height == 0 {
		height, _ = strconv.Atoi(centimetres.FindString(s))
	}
	if height < 40 || height > 220 {
		return 0
	}
	return height
}

// hundredths reads the digits after a metre: 1米2 and 1米20 are the same.
func hundredths(s string) int {
	n := 0
	for _, r := range s {
		n = 10*n + digit(string(r))
	}
	if len([]rune(s)) == 1 {
		n *= 10
	}
	return n
}

func digit(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	if s == "两" {
		return 2
	}
	return strings.Index("零一二三四五六七八九", s) / len("零")
}
