package claim

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// digitOf gives the digit that a rune of normalised text stands for where a phone number is written.
func digitOf(r rune) (byte, bool) {
	switch r {
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return byte(r), true
	case '〇', '零':
		return '0', true
	case '一', '壹', '幺':
		return '1', true
	case '二', '贰', '两':
		return '2', true
	case '三', '叁':
		return '3', true
	case '四', '肆':
		return '4', true
	case '五', '伍':
		return '5', true
	case '六', '陆':
		return '6', true
	case '七', '柒':
		return '7', true
	case '八', '捌':
		return '8', true
	case '九', '玖':
		return '9', true
	}
	return 0, false
}

// phone is a number in digits only, with where it stands.
type phone struct {
	span
	number string
}

// run is an unbroken run of digits.
type run struct {
	digits     string
	start, end int
	spoken     bool // some digits are written as characters
}

func (r run) span() span { return span{r.start, r.end} }

// findRuns finds the runs of digits. An o or l between digits is 0 or 1.
func (r *reader) findRuns() {
	r.runs = r.runs[:0]
	var buf [64]byte
	digits := buf[:0]
	cur, plain := run{}, true // plain: the text has the digits themselves
	flush := func() {
		switch {
		case len(digits) == 0:
			return
		case plain:
			cur.digits = r.s[cur.start:cur.end]
		default:
			cur.digits = string(digits)
		}
		r.runs = append(r.runs, cur)
		digits, cur, plain = digits[:0], run{}, true
	}
	for _, at := range r.at[digitSign] {
		i := int(at)
		if i != cur.end {
			flush()
		}
		c, size := utf8.DecodeRuneInString(r.s[i:])
		d, ok := digitOf(c)
		if !ok {
			if d, ok = letter(r.s, i, len(digits) > 0); !ok {
				flush()
				continue
			}
		}
		if len(digits) == 0 {
			cur.start = i
		}
		cur.end = i + size
		cur.spoken = cur.spoken || c >= utf8.RuneSelf
		plain = plain && byte(c) == d && size == 1
		digits = append(digits, d)
	}
	flush()
}

// letter reads the letter at i as the digit that it looks like, where digits stand around it: 0 or 1. A number can begin with
// such a 1, but for the end of a word.
func letter(s string, i int, inside bool) (byte, bool) {
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(s[i+1:], "oli"))
	if _, more := digitOf(next); !more {
		return 0, false
	}
	if inside {
		return map[byte]byte{'o': '0', 'l': '1', 'i': '1'}[s[i]], true
	}
	word := i > 0 && s[i-1] >= 'a' && s[i-1] <= 'z'
	if s[i] != 'o' && !word && s[i+1] >= '3' && s[i+1] <= '9' {
		return '1', true
	}
	return 0, false
}

// mobile returns the number of a mobile at the start of digits, without the code of China, and what follows it.
func mobile(digits string) (number, rest string, ok bool) {
	digits = strings.TrimPrefix(digits, "86")
	if len(digits) < 11 || digits[0] != '1' || digits[1] < '3' {
		return "", "", false
	}
	return digits[:11], digits[11:], true
}

// landline returns the number that digits are, without the code of China, if it is no mobile's: with its area code, which has three
// digits in 010 and 02x and four elsewhere, or 400 and 800.
func landline(digits string) (string, bool) {
	digits = strings.TrimPrefix(digits, "86")
	if len(digits) < 10 {
		return "", false
	}
	var ok bool
	switch code := digits[:3]; {
	case code == "400", code == "800":
		ok = len(digits) == 10
	case code == "010", code[:2] == "02":
		ok = len(digits) == 11
	case code[0] == '0' && code[1] >= '3':
		ok = len(digits) == 11 || len(digits) == 12
	}
	return digits, ok
}

// findPhones finds the phone numbers in order.
func (r *reader) findPhones() {
	r.findRuns()
	r.phones = r.phones[:0]
	for rs := r.runs; len(rs) > 0; {
		n, p := phoneAt(r.s, rs)
		switch {
		case n > 0:
			r.phones = append(r.phones, phone{span{rs[0].start, rs[n-1].end}, p})
		case !rs[0].spoken && short(r.s, rs[0]):
			r.phones = append(r.phones, phone{rs[0].span(), rs[0].digits})
		}
		rs = rs[max(n, 1):]
	}
}

var mailbox = regexp.MustCompile(`^@[a-z0-9-]{1,12}\.`)

// phoneAt reads a phone number from the beginning of rs and returns how many runs it takes.
func phoneAt(s string, rs []run) (int, string) {
	if len(rs[0].digits) < 10 && (len(rs) == 1 || !joins(s[rs[0].end:rs[1].start])) {
		return 0, "" // too short, without asking the slow expressions
	}
	if otherNumber(s[:rs[0].start]) || startsWith(s[rs[0].end:], "@") && mailbox.MatchString(s[rs[0].end:min(len(s), rs[0].end+16)]) {
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
		if _, _, ok := mobile(r.digits); ok && n > 0 {
			break
		}
		joined += r.digits
		spoken = spoken || r.spoken
		if n == 0 || len(joined) < 10 {
			continue
		}
		if p, rest, ok := mobile(joined); ok && rest == "" {
			return n + 1, p
		}
		if p, ok := landline(joined); ok && !spoken {
			return n + 1, p
		}
		if len(joined) > 13 {
			break
		}
	}
	return 0, ""
}

// whole returns the phone number that one run is.
func whole(r run, s string) string {
	if p, rest, ok := mobile(r.digits); ok {
		// Where the poster was follows the text without a space, behind a "2" that was an icon: 199000000012某某路.
		if rest == "" || rest == "2" && r.end < len(s) && s[r.end] >= utf8.RuneSelf {
			return p
		}
		return ""
	}
	if p, ok := landline(r.digits); ok && !r.spoken {
		return p
	}
	return ""
}

// otherNumber reports whether what follows is the number of something else than a phone.
func otherNumber(before string) bool {
	if strings.HasSuffix(before, "/") && !strings.HasSuffix(before, " /") || strings.HasSuffix(before, "=") {
		return true
	}
	// abc199… is the name of an account, tel199… and vx199… are phones.
	trimmed := strings.TrimRightFunc(before, func(r rune) bool { return r >= 'a' && r <= 'z' || r == '_' })
	switch letters := before[len(trimmed):]; {
	case letters != "" && !slices.Contains([]string{"tel", "t", "phone", "mobile", "mob", "vx", "wx", "v", "wechat", "call", "o"}, letters):
		return true
	case letters != "" && strings.HasSuffix(trimmed, "."): // an address: www.example.v199…
		return true
	}
	before = strings.TrimRight(before, ":是为 ")
	for _, w := range []string{"qq", "q", "群", "身份证", "证号", "微信号", "账号", "卡号", "编号", "学号", "单号", "订单", "邮编", "警号", "工号"} {
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
		return r.digits == "110" && (strings.HasPrefix(s[r.end:], "或") && after("打") || after("拨打", "或", "或者", "致电", "电话", "拨", "联系"))
	case 5:
		return r.digits == "12110" && after("拨打", "或", "致电", "电话", "拨", "发送", "短信")
	case 7, 8:
		return r.digits[0] != '0' && r.digits[0] != '1' && !strings.HasPrefix(r.digits, "20") && after("电话", "热线", "拨打", "座机", "致电")
	}
	return false
}
