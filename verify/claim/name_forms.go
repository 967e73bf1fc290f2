package claim

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// called finds a name of any form behind 叫, where an age or a sex follows: 叫淳小波,5岁.
func (r *reader) called() span {
	for base := 0; ; {
		i := strings.Index(r.s[base:], "叫")
		if i < 0 {
			return span{}
		}
		start := base + i + len("叫")
		base = start
		end := start
		for range 8 {
			c, size := utf8.DecodeRuneInString(r.s[end:])
			if !unicode.Is(unicode.Han, c) {
				break
			}
			end += size
		}
		next, _ := utf8.DecodeRuneInString(r.s[end:])
		if right, _ := r.after(end); right < enough || end-start < 2*len("某") || unicode.Is(unicode.Han, next) {
			continue
		}
		if r.before(start) > 0 && !notName(r.s[start:end]) {
			return span{start, end}
		}
	}
}

// formal finds a name of any length behind its label, as a form has it: 姓名:乌云其木格.
func (r *reader) formal() candidate {
	i := r.index("姓名")
	if i < 0 {
		return candidate{}
	}
	start := len(r.s) - len(strings.TrimLeft(r.s[i+len("姓名"):], ": "))
	end := start
	for end < len(r.s) && end-start < 10*len("某") {
		c, size := utf8.DecodeRuneInString(r.s[end:])
		if w, ok := wordAt(r.s[end:]); !unicode.Is(unicode.Han, c) && c != '·' || ok && w.flag&closing != 0 {
			break
		}
		end += size
	}
	if utf8.RuneCountInString(r.s[start:end]) < 2 || start == i+len("姓名") || notName(r.s[start:end]) {
		return candidate{}
	}
	return candidate{span{start, end}, sure, edge, false}
}

// dotted finds a name in parts: 古力娜尔·买买提.
func (r *reader) dotted() candidate {
	for base := 0; ; {
		i := strings.Index(r.s[base:], "·")
		if i < 0 {
			return candidate{}
		}
		i += base
		base = i + len("·")
		start, end := i, base
		for start > 0 {
			c, size := utf8.DecodeLastRuneInString(r.s[:start])
			if !unicode.Is(unicode.Han, c) || c == '的' || i-start >= 6*len("某") {
				break
			}
			start -= size
			if w, ok := wordBefore(r.s[:start]); ok && w.flag&(person|label) != 0 {
				break
			}
		}
		for end < len(r.s) && end-base < 6*len("某") {
			c, size := utf8.DecodeRuneInString(r.s[end:])
			if !unicode.Is(unicode.Han, c) {
				break
			}
			end += size
			if right, _ := r.after(end); right >= hint {
				break
			}
		}
		right, _ := r.after(end)
		left := r.before(start)
		if start < i && end > base && left > 0 && left+right >= enough && right > 0 {
			return candidate{span{start, end}, left, right, false}
		}
	}
}

// nicknamed finds a pet name where no other is given: 男孩小禾, 叫浩浩.
var nicknamed = regexp.MustCompile(`^(?:叫|小名|乳名|女孩|男孩|女童|男童|少女|女生|男生)[:,“"]?((?:小[\p{Han}]|[\p{Han}]{2})(?:[\p{Han}])??)["”]?(?:[^\p{Han}]|请|在|从|被|今年|因|和|出门|失踪|走失|$)`)

func (r *reader) nickname() span {
	for _, at := range r.at[petSign] {
		i := int(at)
		if !petFollows(r.s[i:]) {
			continue // without asking the slow expression
		}
		// Longer than any match, so that the end of the window is none of the text.
		m := nicknamed.FindStringSubmatchIndex(r.s[i:min(len(r.s), i+64)])
		if m == nil {
			continue
		}
		p := group(m, 1, i)
		name := []rune(r.s[p.start:p.end])
		pet := name[0] == '小' || len(name) == 2 && name[0] == name[1]
		if pet && name[1] != '孩' && name[1] != '名' && name[1] != '朋' && !ordinary(string(name)) {
			return p
		}
	}
	return span{}
}

// petFollows reports whether s begins with a word of nicknamed, and a name that may be a pet's follows: 小 and another, or one twice.
func petFollows(s string) bool {
	for _, w := range []string{"叫", "小名", "乳名", "女孩", "男孩", "女童", "男童", "少女", "女生", "男生"} {
		if rest, ok := strings.CutPrefix(s, w); ok {
			first, size := utf8.DecodeRuneInString(rest)
			if first < utf8.RuneSelf || first == '“' || first == '”' {
				rest = rest[size:]
				first, size = utf8.DecodeRuneInString(rest)
			}
			second, _ := utf8.DecodeRuneInString(rest[size:])
			return first == '小' || first == second
		}
	}
	return false
}

const one = `((?:欧阳|上官|司马|诸葛|尉迟|慕容|[` + surnames + `])[\p{Han}]{1,2})`

var (
	nextSibling = regexp.MustCompile(`^[、,和]` + one + `(?:[^\p{Han}]|[在于从被失走离都])`)
	prevSibling = regexp.MustCompile(`(?:^|[^\p{Han}]|兄弟|姐妹|姐弟|兄妹|孩子|儿子|女儿)(` + one + `[、,和])$`)
)

// siblings extends a name to the next one in a list of the same surname: twins are missed together.
func (r *reader) siblings(p span) span {
	first, _ := utf8.DecodeRuneInString(r.s[p.start:])
	if startsWith(r.s[p.end:], "、", ",", "和") {
		if m := nextSibling.FindStringSubmatchIndex(r.s[p.end:min(len(r.s), p.end+20)]); m != nil {
			n := group(m, 1, p.end)
			if c, _ := utf8.DecodeRuneInString(r.s[n.start:]); c == first {
				return span{p.start, n.end}
			}
		}
	}
	if prev, _ := utf8.DecodeLastRuneInString(r.s[:p.start]); prev != '、' && prev != ',' && prev != '和' {
		return p
	}
	from := max(0, p.start-30)
	if m := prevSibling.FindStringSubmatchIndex(r.s[from:p.start]); m != nil {
		n := group(m, 1, from)
		if c, _ := utf8.DecodeRuneInString(r.s[n.start:]); c == first {
			return span{n.start, p.end}
		}
	}
	return p
}
