package claim

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// digitOf gives the digit that a rune of normalised text stands for where a phone number is written.
func digitOf(r rune) (byte, bool) {
	if r >= '0' && r <= '9' {
		return byte(r), true
	}
	const (
		plain  = "〇一二三四五六七八九"
		formal = "零壹贰叁肆伍陆柒捌玖"
	)
	for _, set := range []string{plain, formal} {
		if i := strings.IndexRune(set, r); i >= 0 {
			return '0' + byte(i/len("零")), true
		}
	}
	switch r {
	case '幺':
		return '1', true
	case '两':
		return '2', true
	}
	return 0, false
}

// run is an unbroken run of digits.
type run struct {
	digits     string
	start, end int
	spoken     bool // some digits are written as characters
}

// runs returns the runs of digits in s. An o or l between digits is 0 or 1.
func runs(s string) []run {
	var out []run
	var b []byte
	cur := run{}
	flush := func(end int) {
		if len(b) > 0 {
			cur.digits, cur.end = string(b), end
			out = append(out, cur)
		}
		b, cur = b[:0], run{}
	}
	for i, r := range s {
		d, ok := digitOf(r)
		if !ok && len(b) > 0 && (r == 'o' || r == 'l') {
			next, _ := utf8.DecodeRuneInString(strings.TrimLeft(s[i+1:], "ol"))
			if _, more := digitOf(next); more {
				d, ok = map[rune]byte{'o': '0', 'l': '1'}[r], true
			}
		}
		if !ok {
			flush(i)
			continue
		}
		if len(b) == 0 {
			cur.start = i
		}
		cur.spoken = cur.spoken || r >= utf8.RuneSelf
		b = append(b, d)
	}
	flush(len(s))
	return out
}

var (
	mobile = regexp.MustCompile(`^(?:86)?(1[3-9]\d{9})`)
	// Landlines by their area code: three digits for 010 and 02x, four elsewhere.
	landline = regexp.MustCompile(`^(?:86)?(0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8}|[48]00\d{7})$`)
)

// phones returns the phone numbers in s in order, each once, digits only.
func phones(s string) []string {
	var found []string
	add := func(p string) {
		if !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	rs := runs(s)
	for i := 0; i < len(rs); {
		if n, p := phoneAt(s, rs[i:]); n > 0 {
			add(p)
			i += n
			continue
		}
		if r := rs[i]; !r.spoken && short(s, r) {
			add(r.digits)
		}
		i++
	}
	return found
}

// phoneAt reads a phone number from the beginning of rs and returns how many runs it takes.
func phoneAt(s string, rs []run) (int, string) {
	if before := s[:rs[0].start]; strings.HasSuffix(before, "/") || strings.HasSuffix(before, "=") || number(before) {
		return 0, ""
	}
	if p := whole(rs[0], s); p != "" {
		return 1, p
	}
	joined, spoken := "", false
	for n, r := range rs {
		if n > 0 && !joins(s[rs[n-1].end:r.start]) {
			break
		}
		// A run that is a number by itself is not the tail of another.
		if n > 0 && mobile.MatchString(r.digits) && len(r.digits) >= 11 {
			break
		}
		joined += r.digits
		spoken = spoken || r.spoken
		if n == 0 {
			continue
		}
		if m := mobile.FindStringSubmatch(joined); m != nil && len(m[0]) == len(joined) {
			return n + 1, m[1]
		}
		if m := landline.FindStringSubmatch(joined); m != nil && !spoken {
			return n + 1, m[1]
		}
		if len(joined) > 13 {
			break
		}
	}
	return 0, ""
}

// whole returns the phone number that one run is.
func whole(r run, s string) string {
	if m := mobile.FindStringSubmatch(r.digits); m != nil {
		extra := len(r.digits) - len(m[0])
		// Where the poster was follows the text without a space, behind a "2" that was an icon: 199000000012某某路.
		icon := extra == 1 && r.digits[len(r.digits)-1] == '2' && r.end < len(s) && s[r.end] >= utf8.RuneSelf
		if extra == 0 || icon {
			return m[1]
		}
		return ""
	}
	if m := landline.FindStringSubmatch(r.digits); m != nil && !r.spoken {
		return m[1]
	}
	return ""
}

// number reports whether what follows is the number of something else than a phone.
func number(before string) bool {
	before = strings.TrimRight(before, ":是为 ")
	for _, w := range []string{"qq", "身份证", "身份证号", "准考证号", "微信号", "账号", "卡号", "编号", "学号", "邮编", "q"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// joins reports whether gap can stand within one phone number.
func joins(gap string) bool {
	return gap != "" && utf8.RuneCountInString(gap) <= 2 && strings.Trim(gap, " -–—_.·()*~|") == ""
}

// short reports whether r is a number that only its context makes a phone: 110, or a landline without its area code.
func short(s string, r run) bool {
	before := strings.TrimRight(s[:r.start], ":是为 (")
	after := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(before, w) })
	}
	switch len(r.digits) {
	case 3:
		return r.digits == "110" && after("拨打", "或", "或者", "致电", "电话", "拨", "联系")
	case 5:
		return r.digits == "12110" && after("拨打", "或", "致电", "电话", "拨", "发送", "短信")
	case 7, 8:
		return r.digits[0] != '0' && r.digits[0] != '1' && !strings.HasPrefix(r.digits, "20") && after("电话", "热线", "拨打", "座机", "致电")
	}
	return false
}
