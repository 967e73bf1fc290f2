package claim

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// age is an age that the text states, with its span.
type age struct {
	span
	somebodyElse bool // it is that of a snatcher or a relative, a limit, or a span of time
}

const digitsOfAges = "0123456789一二两三四五六七八九十"

// findAges finds the ages in the text: 3岁, 三岁多, 2岁半, 十多岁, 三四岁, 8个月, 3-4个月, 一岁零四个月.
func (r *reader) findAges() {
	r.ages = r.ages[:0]
	end := 0 // of the last one
	for _, at := range r.at[ageSign] {
		if int(at) < end {
			continue
		}
		if p, ok := r.ageAt(int(at)); ok && p.start >= end {
			r.ages = append(r.ages, age{p, r.otherAge(p)})
			end = p.end
		}
	}
}

// ageAt reads the age whose unit ends with the character at i.
func (r *reader) ageAt(i int) (span, bool) {
	months := strings.HasPrefix(r.s[i:], "月")
	head := r.s[:i]
	if months {
		cut, ok := strings.CutSuffix(strings.TrimSuffix(head, "多"), "个")
		if !ok {
			return span{}, false
		}
		head = cut
	} else {
		head = strings.TrimSuffix(head, "周")
	}
	for _, about := range []string{"多", "几", "来"} {
		head = strings.TrimSuffix(head, about)
	}
	start := countBefore(head)
	if start == len(head) {
		return span{}, false
	}
	for _, to := range []string{"-", "~", "至", "到", "、", "或"} {
		if lower, ok := strings.CutSuffix(r.s[:start], to); ok {
			if from := countBefore(strings.TrimSuffix(lower, "岁")); from < len(strings.TrimSuffix(lower, "岁")) {
				start = from
			}
			break
		}
	}
	for _, about := range []string{"大约", "约"} {
		if strings.HasSuffix(r.s[:start], about) {
			start -= len(about)
			break
		}
	}
	end := i + len("岁")
	if !months {
		end = r.monthsAfter(end)
	}
	for _, more := range []string{"大半", "大多", "半", "多"} {
		if strings.HasPrefix(r.s[end:], more) {
			end += len(more)
			break
		}
	}
	if strings.HasPrefix(r.s[end:], "左右") {
		end += len("左右")
	}
	return span{start, end}, true
}

// monthsAfter returns the end of the months that follow years: 零三个月.
func (r *reader) monthsAfter(i int) int {
	tail := strings.TrimPrefix(strings.TrimPrefix(r.s[i:], "零"), "又")
	rest := strings.TrimLeft(tail, digitsOfAges)
	if n := len(tail) - len(rest); n > 0 && n <= 3*len("十") {
		for _, unit := range []string{"个多月", "个月", "月"} {
			if strings.HasPrefix(rest, unit) {
				return len(r.s) - len(rest) + len(unit)
			}
		}
	}
	return i
}

// countBefore returns where the number at the end of s begins, len(s) when there is none: up to two digits, or a number in
// characters, or two neighbours (三四).
func countBefore(s string) int {
	i := len(s)
	for i > 0 && s[i-1] >= '0' && s[i-1] <= '9' {
		i--
	}
	switch n := len(s) - i; {
	case n > 2:
		return len(s)
	case n > 0:
		if i > 1 && s[i-1] == '.' && s[i-2] >= '0' && s[i-2] <= '9' {
			return i - 2
		}
		return i
	}
	const chars = "零一二三四五六七八九十"
	var v [3]int // from the last character on
	n := 0
	for n < len(v) && i > 0 {
		c, size := utf8.DecodeLastRuneInString(s[:i])
		if c == '两' {
			c = '二'
		}
		at := strings.IndexRune(chars, c)
		if at <= 0 {
			break
		}
		v[n], n, i = at/len("零"), n+1, i-size
	}
	if n == 0 {
		return len(s)
	}
	// The longest reading wins; 一十 and 一三 begin with an article.
	keep := 1
	switch {
	case n == 3 && v[1] == 10 && v[2] != 10 && v[0] != 10, n == 3 && v[2] == 10 && v[0] == v[1]+1 && v[0] != 10:
		keep = 3
	case n >= 2 && v[0] == 10 && v[1] > 1 && v[1] != 10, n >= 2 && v[1] == 10 && v[0] != 10, n >= 2 && v[0] == v[1]+1 && v[0] != 10:
		keep = 2
	}
	return len(s) - keep*len("十")
}

// otherAge reports whether the age at p is not that of the one who is missed.
func (r *reader) otherAge(p span) bool {
	after := strings.TrimPrefix(strings.TrimPrefix(r.s[p.end:], "左右"), "的")
	before := strings.TrimRight(r.s[:p.start], " :,今年大概")
	if w, ok := wordBefore(before); ok && w.flag&(taker|caller) != 0 && w.text != "找" && w.text != "联系" {
		return true
	}
	head := r.s[windowStart(r.s, p.start, 5*len("被")):p.start]
	if i := strings.LastIndex(head, "被"); i >= 0 && len(head)-i <= 5*len("被") && !strings.ContainsAny(head[i:], ",。;!? 的") {
		return true // 被一四十多岁男抱走
	}
	for _, w := range []string{"妈妈", "爸爸", "父亲", "母亲", "奶奶", "爷爷", "外婆", "外公"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	if strings.HasSuffix(r.s[:p.start], "今年") && elders.MatchString(r.s[windowStart(r.s, p.start, 10*len("某")):p.start]) {
		return true // 父亲全老三今年62岁
	}
	for _, w := range []string{"以下", "以上", "以内", "未满", "那年", "前", "后", "爷爷", "奶奶", "父亲", "母亲", "陌生", "中年", "妇女", "男人", "女人", "男的", "女的", "大妈", "老太", "年轻", "时候", "的时候"} {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	if then, ok := strings.CutPrefix(after, "时"); ok && startsWith(then, "被", "走", "失", "丢", "与", "跟", "在") {
		return false
	}
	for _, w := range []string{"男子", "女子", "老人", "老汉", "时"} {
		if strings.HasPrefix(after, w) {
			return !r.lostWithin(len(r.s)-len(after), 40)
		}
	}
	if !strings.Contains(p.of(r.s), "岁") {
		// A span of months is more often how long somebody has been missing.
		w, ok := wordAt(strings.TrimPrefix(after, "大"))
		return (!ok || w.flag&person == 0) && !strings.HasPrefix(after, "大") && !r.sexBefore(p.start) && !strings.HasSuffix(before, "孩子") && !strings.HasSuffix(before, "年龄")
	}
	return false
}

var elders = regexp.MustCompile(`(?:父亲|母亲|爸爸|妈妈|爷爷|奶奶|外公|外婆)[^,。;!?:()年月]{0,4}今年$`)

// sexBefore reports whether a sex is stated right before i: 男,8个月.
func (r *reader) sexBefore(i int) bool {
	head := strings.TrimRight(r.s[:i], " ,、:;年龄")
	return strings.HasSuffix(head, "男") || strings.HasSuffix(head, "女")
}

// lostWithin reports whether somebody is lost within n bytes after i, and not taken by the one who is spoken of.
func (r *reader) lostWithin(i, n int) bool {
	for _, t := range r.tokensFrom(i) {
		if t.start >= i+n {
			break
		}
		if t.flag&lost != 0 {
			return t.flag&telling != 0
		}
	}
	return false
}

// ageWithin reports whether an age stands at i, perhaps behind 今年 or a label.
func (r *reader) ageWithin(i int) bool {
	next := from(r.ages, i, func(a age) int { return a.start })
	if len(next) == 0 || next[0].start-i > 40 {
		return false
	}
	switch strings.TrimLeft(r.s[i:next[0].start], " :,") {
	case "", "今年", "现年", "年龄", "年龄:", "年仅", "才", "刚满", "时年", "当时":
		return true
	}
	return false
}

// age chooses the missing person's age: beside the name, behind a label or a sex, or else the first.
func (r *reader) age(name span) span {
	if name.end > 0 {
		for _, a := range r.ages {
			if a.start >= name.end && !a.somebodyElse {
				if utf8.RuneCountInString(r.s[name.end:a.start]) <= 12 {
					return a.span
				}
				break
			}
		}
	}
	var first, beside span
	for _, a := range r.ages {
		if a.somebodyElse {
			continue
		}
		head := strings.TrimRight(r.s[:a.start], ": ,")
		for _, l := range []string{"年龄", "年纪", "现年", "今年", "年仅"} {
			if strings.HasSuffix(head, l) {
				return a.span
			}
		}
		if beside.end == 0 && r.sexBefore(a.start) {
			beside = a.span
		}
		if first.end == 0 {
			first = a.span
		}
	}
	switch {
	case beside.end > 0:
		return beside
	case first.end > 0:
		return first
	}
	if !r.numberBehindLabel() {
		return span{}
	}
	if m := bareAge.FindStringSubmatchIndex(r.s); m != nil {
		p := group(m, 1, 0)
		// Behind a sex a number can be anything, unless the person is described on.
		if head := r.s[:p.start]; !strings.HasSuffix(strings.TrimRight(head, ":, "), "男") && !strings.HasSuffix(strings.TrimRight(head, ":, "), "女") ||
			strings.HasPrefix(strings.TrimLeft(r.s[p.end:], ", "), "身高") {
			return p
		}
	}
	return span{}
}

func startsWith(s string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(s, w) })
}

// bareAge is an age whose unit goes without saying: 今年15, 年龄:6.
var bareAge = regexp.MustCompile(`(?:今年|现年|年龄|年纪|[男女])[:, ]{0,2}(\d{1,2})(?:[^\d\p{Han}.:/-]|$)`)

// numberBehindLabel reports whether a number stands where bareAge may read it, which is slow to ask.
func (r *reader) numberBehindLabel() bool {
	for i := range len(r.s) {
		if r.s[i] < '0' || r.s[i] > '9' || i > 0 && r.s[i-1] >= '0' && r.s[i-1] <= '9' {
			continue
		}
		head := strings.TrimRight(r.s[:i], ":, ")
		for _, w := range []string{"今年", "现年", "年龄", "年纪", "男", "女"} {
			if strings.HasSuffix(head, w) {
				return true
			}
		}
	}
	return false
}

var seeking = regexp.MustCompile(`[寻找].{0,4}$`)

// sex returns 男 or 女 and where the text says so: as stated, or by the first word for a child that tells.
func (r *reader) sex(name span) (string, span) {
	for _, at := range r.at[sexSign] {
		i := int(at)
		prev, _ := utf8.DecodeLastRuneInString(r.s[:i])
		next, _ := utf8.DecodeRuneInString(r.s[i+len("男"):])
		opens := i == 0 || !unicode.Is(unicode.Han, prev) || strings.HasSuffix(r.s[:i], "性别")
		closes := i+len("男") == len(r.s) || !unicode.Is(unicode.Han, next) || next == '性' || next == '年'
		if opens && closes {
			return r.s[i : i+len("男")], span{i, i + len("男")}
		}
	}
	for _, t := range r.tokens {
		if t.flag&elder != 0 && mine(r.s[:t.start]) && seeking.MatchString(r.s[windowStart(r.s, t.start, 24):t.start]) {
			return map[bool]string{true: "女", false: "男"}[t.flag&girl != 0], t.span()
		}
	}
	for _, weakly := range []bool{false, true} {
		for _, t := range r.tokens {
			if t.flag&(girl|boy) == 0 || (t.flag&weak != 0) != weakly {
				continue
			}
			if prev, _ := utf8.DecodeLastRuneInString(r.s[:t.start]); weakly && t.end != name.start && !strings.ContainsRune("我咱俺", prev) && !strings.HasSuffix(r.s[:t.start], "我的") {
				continue
			}
			if t.flag&girl != 0 {
				return "女", t.span()
			}
			return "男", t.span()
		}
	}
	// 她 alone tells as well, when no 他 makes it unsure who is meant.
	if i := r.index("她"); i >= 0 && r.index("他") < 0 {
		return "女", span{i, i + len("她")}
	}
	return "", span{}
}
