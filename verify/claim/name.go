package claim

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guitu/internal/gazetteer"
)

// isSurname marks the surnames, and isCompound the first characters of the compound ones. All lie in the basic plane.
var isSurname, isCompound = func() (single, compound [1 << 16 / 64]uint64) {
	for _, r := range surnames {
		single[r/64] |= 1 << (r % 64)
	}
	for _, c := range compounds {
		r, _ := utf8.DecodeRuneInString(c)
		compound[r/64] |= 1 << (r % 64)
	}
	return single, compound
}()

// candidate is what has the form of a name, with how sure the words before and after it make that it is the name of the one who
// is missed.
type candidate struct {
	span
	left, right int
	contact     bool // it is the name of somebody to call
}

// The weights of the words beside a name.
const (
	sure   = 6 // 姓名:X, or X,男
	likely = 4 // 女孩X, or X,身高
	hint   = 2
	edge   = 1 // a mark, or the edge of the text
	enough = 5 // of both sides together
)

// name finds the missing person's name, and the names of people to call. Two children's names are one span (某某、某某).
func (r *reader) name() (name span, contacts []span) {
	var best candidate
	for _, i := range r.at[surnameSign] {
		k := r.candidate(int(i))
		switch {
		case k.end == 0:
		case k.contact:
			contacts = append(contacts, k.span)
		case k.left+k.right > best.left+best.right:
			best = k
		}
	}
	if full := r.formal(); full.left+full.right > best.left+best.right && full.start != best.start {
		best = full
	}
	if full := r.dotted(); full.left+full.right > best.left+best.right {
		return full.span, contacts
	}
	if best.end == 0 {
		if best.span = r.called(); best.end == 0 {
			best.span = r.nickname()
		}
		return best.span, contacts
	}
	return r.siblings(best.span), contacts
}

// candidate returns the name that begins at i, with an empty span when there is none.
func (r *reader) candidate(i int) candidate {
	c, size := utf8.DecodeRuneInString(r.s[i:])
	first := i + size
	if isCompound[c/64]>>(c%64)&1 == 1 {
		for _, c := range compounds {
			if strings.HasPrefix(r.s[i:], c) {
				first = i + len(c)
			}
		}
	}
	if first == i+size && isSurname[c/64]>>(c%64)&1 == 0 {
		return candidate{}
	}
	if prev, _ := utf8.DecodeLastRuneInString(r.s[:i]); c == '童' && strings.ContainsRune("男女儿幼孩学", prev) {
		return candidate{} // the end of 男童
	}
	var best candidate
	left, known := 0, false
	end := first
	for given := 1; given <= 3; given++ {
		c, size := utf8.DecodeRuneInString(r.s[end:])
		if !unicode.Is(unicode.Han, c) {
			break
		}
		end += size
		right, contact := r.after(end)
		if right == 0 && !contact || given == 3 && right < likely {
			continue
		}
		if !known {
			left, known = r.before(i), true
		}
		if left == 0 && right == sure && given == 2 && r.unread(i, end) {
			left = edge // the sex says it all: 爱心林小川,男,5岁
		}
		if left == 0 && !contact {
			break
		}
		k := candidate{span{i, end}, left, right, contact || left < 0}
		if !k.contact && left+right < enough || k.contact && !r.calls(k) || notName(r.s[i:end]) {
			continue
		}
		// 李警官 is called so.
		if w, ok := wordAt(r.s[end:]); k.contact && ok && w.flag&title != 0 {
			if k.end += len(w.text); left >= 0 && !r.digitsNear(k.end) && !r.digitsBefore(i) {
				continue
			}
		}
		if best.end == 0 || k.right > best.right {
			best = k
		}
	}
	if best.end == 0 && end > first {
		return r.titled(i, first)
	}
	return best
}

// unread reports whether no word of the vocabulary and no division stands between start and end.
func (r *reader) unread(start, end int) bool {
	near := max(0, start-90)
	return !slices.ContainsFunc(r.tokensFrom(near), func(t token) bool { return t.start < end && t.end > start }) &&
		!slices.ContainsFunc(from(r.divisions, near, mentionStart), func(m gazetteer.Mention) bool { return m.Start < end && m.End > start })
}

// titled returns a surname with its title where a phone stands beside it: 李警官 199….
func (r *reader) titled(i, end int) candidate {
	w, ok := wordAt(r.s[end:])
	if !ok || w.flag&title == 0 {
		return candidate{}
	}
	end += len(w.text)
	if r.digitsNear(end) || r.digitsBefore(i) || r.before(i) < 0 {
		return candidate{span{i, end}, 0, 0, true}
	}
	return candidate{}
}

// calls reports whether k, whom the words beside it make another party, is somebody to call.
func (r *reader) calls(k candidate) bool {
	if k.left < 0 {
		w, _ := wordBefore(strings.TrimRight(r.lead(k.start), ", "))
		return callWords[w.text]
	}
	// Only at the head of a phrase is what stands before a number surely a name: 或周某199….
	prev, _ := utf8.DecodeLastRuneInString(r.s[:k.start])
	return k.start == 0 || strings.ContainsRune(" ,、:。!(或找人和系", prev)
}

var callWords = map[string]bool{"联系人": true, "联系": true, "本人": true, "找": true, "班主任": true, "民警": true, "警官": true, "致电": true, "请联系": true, "请与": true, "请电": true, "负责人": true}

// lead returns the text before i, without the marks that may stand between a word and a name.
func (r *reader) lead(i int) string {
	return strings.TrimRight(r.s[:i], " :\"“'‘「『【是为叫")
}

// before weighs the words before a name at i; it is negative where they make it the name of another party.
func (r *reader) before(i int) int {
	head := strings.TrimRight(r.s[:i], " :\"“'‘「『【")
	w, ok := wordBefore(head)
	if !ok {
		w, ok = wordBefore(strings.TrimRight(head, "是为叫"))
		if ok && strings.HasSuffix(head, "叫") && w.flag&caller == 0 {
			w.flag |= label
		}
	}
	prev, _ := utf8.DecodeLastRuneInString(r.s[:i])
	switch {
	case strings.HasSuffix(head, "我叫"):
		if strings.Contains(r.s, "寻亲") || strings.Contains(r.s, "拐") || strings.Contains(r.s, "亲生") {
			return likely
		}
		return -1
	case ok && w.flag&caller != 0, strings.HasSuffix(strings.TrimRight(head, ", "), "联系人"):
		return -1
	case ok && w.flag&elder != 0 && !mine(strings.TrimSuffix(head, w.text)):
		return -1
	case ok && w.flag&label != 0:
		return sure
	case ok && w.flag&person != 0:
		return likely
	case strings.HasSuffix(strings.TrimRightFunc(head[windowStart(r.s, len(head), 30):], func(c rune) bool { return !unicode.Is(unicode.Han, c) && !unicode.IsDigit(c) }), "名字"):
		return likely
	case strings.HasSuffix(strings.TrimRight(head, ",、!。 "), "岁") && prev != '岁':
		return likely
	case strings.HasSuffix(head, "出生的") || strings.HasSuffix(head, "岁的"):
		return likely
	case prev == '岁' || strings.HasSuffix(head, "希望"):
		return hint
	case prev == '@' || prev == '·':
		return 0
	case prev == ',' || prev == '、':
		head = strings.TrimRight(head, ",、 ")
		if w, ok := wordBefore(head); ok && w.flag&person != 0 && w.flag&caller == 0 {
			if strings.HasSuffix(head, "者") || strings.HasSuffix(head, "工") || strings.HasSuffix(head, "学生") {
				return likely
			}
			return hint
		}
		return edge
	case i == 0 || !unicode.Is(unicode.Han, prev) || prev == '的':
		return edge
	}
	return 0
}

// mine reports whether s says that what follows is the poster's own.
func mine(s string) bool {
	s = strings.TrimSuffix(s, "的")
	return strings.HasSuffix(s, "我") || strings.HasSuffix(s, "俺") || strings.HasSuffix(s, "咱") || strings.HasSuffix(s, "本人")
}

// after weighs the words after a name that ends at i, and reports whether they make it the name of somebody to call.
func (r *reader) after(i int) (weight int, contact bool) {
	rest := r.s[i:]
	if rest == "" {
		return edge, false
	}
	next, _ := utf8.DecodeRuneInString(rest)
	w, ok := wordAt(rest)
	if ok && w.flag&title != 0 {
		return 0, true
	}
	if r.digitsNear(i) || next < utf8.RuneSelf && number(rest) {
		return 0, true
	}
	if unicode.Is(unicode.Han, next) && !ok && next != '男' && next != '女' && next != '小' && !r.ageWithin(i) {
		return 0, false
	}
	tail := strings.TrimLeft(rest, ",、;:。!. ([")
	near := utf8.RuneCountInString(rest[:len(rest)-len(tail)]) <= 3
	switch {
	case near && r.saysSex(tail, len(tail) == len(rest)):
		if w, ok := wordAt(strings.TrimPrefix(tail, "小")); ok && w.flag&person != 0 {
			return enough, false // 女孩 can begin another phrase
		}
		return sure, false
	case near && r.ageWithin(len(r.s)-len(tail)):
		return enough, false
	case near && startsWith(tail, "1", "2") && birth.MatchString(tail[:min(len(tail), 40)]):
		return enough, false
	}
	if near {
		if len(tail) < len(rest) && startsWith(tail, "小学", "初", "高", "一", "二", "三", "四", "五", "六", "大") && form.MatchString(tail[:min(len(tail), 12)]) {
			return likely, false
		}
		if strings.HasPrefix(tail, "你") && len(tail) < len(rest) && you.MatchString(tail) {
			return likely, false
		}
		if v, ok := wordAt(tail); ok && v.flag&closing != 0 {
			switch {
			case v.flag&telling != 0 && strings.Trim(rest[:len(rest)-len(tail)], " ,") == "":
				return likely + 1, false
			case beside[v.text]:
				return likely, false
			case len(tail) == len(rest) && v.flag&lost != 0:
				return likely, false
			case len(tail) == len(rest):
				return hint, false
			}
		}
	}
	if _, ok := slices.BinarySearchFunc(r.times, i, func(m span, i int) int { return m.start - i }); ok {
		return hint, false
	}
	if !unicode.Is(unicode.Han, next) && !unicode.IsDigit(next) {
		return edge, false
	}
	return 0, false
}

// form is the school or class that the one who is missed goes to.
var form = regexp.MustCompile(`^(?:小学|初[一二三]|高[一二三]|[一二三四五六]年级|大[一二三四])`)

// you speaks to the one who is missed: 林小川,你看到消息….
var you = regexp.MustCompile(`^你(?:看到|在哪|到底|快|回|知道|听|怎么|别|现在|要是|如果)`)

// beside are the words that stand beside the name of one who is missed, also behind a comma.
var beside = map[string]bool{"性别": true, "身高": true, "体重": true, "双胞胎": true, "孪生": true, "小名": true, "乳名": true, "昵称": true, "曾用名": true, "特征": true, "籍贯": true, "身穿": true, "今年": true, "现年": true, "年龄": true, "年仅": true, "外号": true, "民族": true, "同学": true, "小朋友": true}

// number reports whether s, which is not empty, begins with a number that may be a phone's, whole or cut.
func number(s string) bool {
	if s[0] == ' ' || s[0] == ':' || s[0] == '(' {
		s = s[1:]
	}
	return len(s) >= 5 && strings.Trim(s[:5], "0123456789") == ""
}

var birth = regexp.MustCompile(`^(?:19|20)\d{2}[年./-][\d月日号./-]*(?:出?生)`)

// saysSex reports whether s begins with a sex that is stated. Right behind a name it can be the name's last character (若男), so
// that an age or a word must follow.
func (r *reader) saysSex(s string, beside bool) bool {
	s = strings.TrimLeft(strings.TrimPrefix(s, "性别"), ": ")
	s = strings.TrimPrefix(s, "小")
	rest, ok := strings.CutPrefix(s, "男")
	if !ok {
		if rest, ok = strings.CutPrefix(s, "女"); !ok {
			return false
		}
	}
	c, _ := utf8.DecodeRuneInString(rest)
	switch {
	case strings.ContainsRune("孩童生宝婴娃性", c) && rest != "":
		return true
	case rest != "" && unicode.Is(unicode.Han, c):
		return false
	}
	return !beside || r.ageWithin(len(r.s)-len(rest))
}

// digitsNear reports whether a phone number follows i, with nothing but its label between.
func (r *reader) digitsNear(i int) bool {
	for _, p := range from(r.phones, i, func(p phone) int { return p.start }) {
		if p.start-i > 60 {
			break
		}
		if p.start-i <= len("联系电话号码:") && strings.Trim(r.s[i:p.start], " :,(联系电话手机号码为是+") == "" {
			return true
		}
	}
	return false
}

// digitsBefore reports whether a phone number ends right before i.
func (r *reader) digitsBefore(i int) bool {
	for _, p := range from(r.phones, i-90, func(p phone) int { return p.start }) {
		if p.start > i {
			break
		}
		if p.end <= i && i-p.end <= len("("+"  ") && strings.Trim(r.s[p.end:i], " (,") == "" {
			return true
		}
	}
	return false
}

// ordinary reports whether s is a word of the language.
func ordinary(s string) bool {
	first, size := utf8.DecodeRuneInString(s)
	second, _ := utf8.DecodeRuneInString(s[size:])
	return first == '从' || notNames[[2]rune{first, second}] || strings.ContainsAny(s, notInNames) ||
		slices.ContainsFunc(notWords, func(w string) bool { return strings.Contains(s, w) }) || first == '周' && weekdays.MatchString(s)
}

// notName reports whether s, which has the form of a name, is an ordinary word or a place.
func notName(s string) bool {
	if ordinary(s) {
		return true
	}
	if w, ok := wordAt(s); ok && w.text == s {
		return true
	}
	m := gazetteer.Find(s)
	return len(m) > 0 && m[0].Start == 0 && m[0].End == len(s)
}
