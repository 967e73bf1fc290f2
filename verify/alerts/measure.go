package alerts

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"guitu/verify/text"
)

// Posts write measures as people speak. What cannot be read is left open, and the officer fills it in.

// numeral is a number as it is written: decimal, or Chinese up to 199.
const numeral = `([0-9]{1,4}(?:\.[0-9]{1,2})?|[一二三四五六七八九十百零两半]{1,6})`

var (
	years   = regexp.MustCompile(numeral + ` ?(?:多|来|几|半)? ?(周?岁|个?多?月|天|周)`)
	single  = regexp.MustCompile(`^` + numeral + `$`)
	metres  = regexp.MustCompile(numeral + ` ?(?:米|m) ?([0-9]{1,2}|[一二三四五六七八九]{1,2})?`)
	centims = regexp.MustCompile(numeral + ` ?(?:cm|厘米|公分|公分左右)`)
	kilos   = regexp.MustCompile(numeral + ` ?(?:多|来)? ?(?:kg|公斤|千克)`)
	jin     = regexp.MustCompile(numeral + ` ?(?:多|来)? ?斤`)
	date    = regexp.MustCompile(`([0-9]{4}) ?[年./-] ?([0-9]{1,2}) ?[月./-] ?([0-9]{1,2})`)
)

// readAge reads an age as written, in whole years: "3岁", "三岁多", "8个月".
func readAge(written string) (int, bool) {
	s := text.Normalise(written).String
	if m := single.FindStringSubmatch(s); m != nil {
		n, ok := number(m[1])
		return int(n), ok && n <= 120
	}
	m := years.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	n, ok := number(m[1])
	switch {
	case !ok || n > 120 && strings.HasSuffix(m[2], "岁"):
		return 0, false
	case strings.HasSuffix(m[2], "岁"):
		return int(n), true
	case strings.HasSuffix(m[2], "月"):
		return int(n) / 12, n < 60
	}
	return 0, true // days or weeks
}

// readHeight reads a height as written, in centimetres: "1米2", "1.25m", "110cm", "一米三左右".
func readHeight(written string) (int, bool) {
	s := strings.ToLower(text.Normalise(written).String)
	if m := centims.FindStringSubmatch(s); m != nil {
		n, ok := number(m[1])
		return within(n, ok, 30, 220)
	}
	if m := metres.FindStringSubmatch(s); m != nil {
		n, ok := number(m[1])
		rest := []rune(m[2])
		switch {
		case len(rest) == 1:
			more, fine := number(m[2])
			n, ok = 100*n+10*more, ok && fine // 1米2 is 120 cm
		case len(rest) > 1 && rest[0] > '9':
			n = 100*n + spelled(m[2])
		case len(rest) > 1:
			more, fine := number(m[2])
			n, ok = 100*n+more, ok && fine
		default:
			n *= 100
		}
		return within(n, ok, 30, 220)
	}
	if m := single.FindStringSubmatch(s); m != nil {
		n, ok := number(m[1])
		return within(n, ok, 30, 220)
	}
	return 0, false
}

// readWeight reads a weight as written, in kilograms: "34斤" is 17.
func readWeight(written string) (int, bool) {
	s := strings.ToLower(text.Normalise(written).String)
	if m := kilos.FindStringSubmatch(s); m != nil {
		n, ok := number(m[1])
		return within(n, ok, 2, 200)
	}
	if m := jin.FindStringSubmatch(s); m != nil {
		n, ok := number(m[1])
		return within(n/2, ok, 2, 200)
	}
	return 0, false
}

// readDate reads a birth date as written, midnight UTC: "2019年3月5日", "2019.3.5". Year and month alone are no date.
func readDate(written string) (time.Time, bool) {
	m := date.FindStringSubmatch(text.Normalise(written).String)
	if m == nil {
		return time.Time{}, false
	}
	y, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	d, _ := strconv.Atoi(m[3])
	t := time.Date(y, time.Month(month), d, 0, 0, 0, 0, time.UTC)
	if y < 1900 || t.Year() != y || int(t.Month()) != month || t.Day() != d {
		return time.Time{}, false
	}
	return t, true
}

// within rounds a measure if it lies in bounds.
func within(n float64, ok bool, least, most int) (int, bool) {
	whole := int(n + 0.5)
	if !ok || whole < least || whole > most {
		return 0, false
	}
	return whole, true
}

// number reads a numeral. 半 is half, which counts as none of a whole.
func number(s string) (float64, bool) {
	if s[0] <= '9' {
		n, err := strconv.ParseFloat(s, 64)
		return n, err == nil
	}
	var n, digit float64
	begun := false
	for _, r := range s {
		switch {
		case r == '百' && n == 0:
			n, digit = 100*max(digit, 1), 0
		case r == '十' && (!begun || digit > 0 || n > 0):
			n, digit = n+10*max(digit, 1), 0
		case r == '半' || r == '零':
		case strings.ContainsRune(digits, r) && digit == 0:
			digit = value(r)
		default:
			return 0, false
		}
		begun = true
	}
	return n + digit, true
}

const digits = "一二三四五六七八九两"

// value is the digit that a character stands for.
func value(r rune) float64 {
	if r == '两' {
		return 2
	}
	return float64(strings.IndexRune(digits, r)/len("一") + 1)
}

// spelled reads digits one after the other: 二五 is 25.
func spelled(s string) (n float64) {
	for _, r := range s {
		n = 10*n + value(r)
	}
	return n
}
