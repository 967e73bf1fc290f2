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
		if !ok && (r == 'o' || r == 'l' || r == 'i') {
			d, ok = letter(s, i, len(b) > 0)
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

var (
	mobile = regexp.MustCompile(`^(?:86)?(1[3-9]\d{9})`)
	// Landlines by their area code: three digits for 010 and 02x, four elsewhere.
	landline = regexp.MustCompile(`^(?:86)?(0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8}|[48]00\d{7})$`)
)

// phones returns the phone numbers in s in order.
func phones(s string) []phone {
	var found []phone
	rs := runs(s)
	for i := 0; i < len(rs); {
		if n, p := phoneAt(s, rs[i:]); n > 0 {
			found = append(found, phone{span{rs[i].start, rs[i+n-1].end}, p})
			i += n
			continue
		}
		if r := rs[i]; !r.spoken && short(s, r) {
			found = append(found, phone{span{r.start, r.end}, r.digits})
		}
		i++
	}
	return found
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
		if n > 0 && mobile.MatchString(r.digits) && len(r.digits) >= 11 {
			break
		}
		joined += r.digits
		spoken = spoken || r.spoken
		if n == 0 || len(joined) < 10 {
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
