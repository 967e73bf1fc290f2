package match

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/verify/text"
)

// trace is what is kept of a post: whom it speaks of, as far as it says, and its wording. It holds numbers only.
type trace struct {
	wording
	phones   []uint64
	names    []name // of the missing
	contacts []name
	sex      byte // 'm', 'f', or 0
	age      ages
	height   int    // in centimetres, 0 when the text doesn't say
	count    int    // how many children, where several are sought at once; 0 when the text doesn't say
	day      int    // of the loss, month times 32 plus day; 0 when the text doesn't say
	places   []area // cities and counties that the text settles
	closes   bool   // it refutes a story, or says that the child is found
}

const (
	maxNames  = 4
	maxPhones = 6
	maxPlaces = 6
)

// read takes what post says into t's memory.
func (t *trace) read(post string, c guitu.Claim) {
	s := text.Normalise(post).String
	t.wording.read(s)
	t.phones, t.names, t.contacts, t.places = t.phones[:0], t.names[:0], t.contacts[:0], t.places[:0]
	t.sex, t.age, t.count, t.day = 0, ages{}, 0, 0
	for _, p := range c.Phones {
		if v, digits, _ := number(p); digits >= 7 && !strings.HasPrefix(p, "400") && len(t.phones) < maxPhones {
			t.phones = append(t.phones, v)
		}
	}
	t.numbers = slices.DeleteFunc(t.numbers, func(n uint64) bool { return slices.Contains(t.phones, n) })
	t.names = appendNames(t.names, c.Name)
	for _, n := range c.Contacts {
		t.contacts = appendNames(t.contacts, n)
	}
	switch c.Sex {
	case "男":
		t.sex = 'm'
	case "女":
		t.sex = 'f'
	}
	t.age = readAge(c.Age)
	t.count = children(s)
	t.day = readDay(c.MissingAt)
	t.height = readHeight(c.Height)
	for _, m := range gazetteer.Find(s) {
		if strings.HasPrefix(s[m.End:], "·") {
			continue // where the poster's phone was: 上海·西藏南路
		}
		if l := m.Area.Level(); l != guitu.City && l != guitu.County || len(t.places) == maxPlaces {
			continue
		}
		if n, err := strconv.Atoi(string(m.Area)); err == nil && !slices.Contains(t.places, area(n)) {
			t.places = append(t.places, area(n))
		}
	}
	t.closes = closes(s)
}

// closing are the words of posts that end a story.
var closing = []string{
	"辟谣", "谣言", "不实信息", "不实消息", "不实传闻", "假消息", "虚假信息", "虚假消息", "勿信", "请勿转发", "停止转发", "停止扩散",
	"已找到", "已经找到", "安全找到", "已找回", "已经找回", "已回家", "已经回家", "安全回家",
}

// closes reports whether s holds one of the closing words.
func closes(s string) bool {
	for i, r := range s {
		switch r { // looking for each word in turn would read the text once a word
		case '辟', '谣', '不', '假', '虚', '勿', '请', '停', '已', '安':
			if slices.ContainsFunc(closing, func(w string) bool { return strings.HasPrefix(s[i:], w) }) {
				return true
			}
		}
	}
	return false
}

var (
	attributes = []string{"被拐卖的", "被拐卖", "被拐", "失踪", "走失", "丢失", "未成年", "可爱的"}
	minors     = []string{"孩子", "儿童", "小孩", "女婴", "男婴", "婴儿", "少年", "女孩", "男孩", "女生", "娃"}
)

// children returns how many children a text seeks at once, where it says so: 18名孩子. It returns 0 for none and for one.
func children(s string) int {
	for i, c := range s {
		if c != '名' && c != '个' && c != '位' {
			continue
		}
		number := lastNumber(s[:i])
		if number == "" || number == "1" || number == "一" {
			continue
		}
		rest := s[i+utf8.RuneLen(c):]
		for cut := true; cut; {
			cut = false
			for _, a := range attributes {
				if r, ok := strings.CutPrefix(rest, a); ok {
					rest, cut = r, true
				}
			}
		}
		if slices.ContainsFunc(minors, func(m string) bool { return strings.HasPrefix(rest, m) }) {
			n, _ := chinese(number)
			return n
		}
	}
	return 0
}

// lastNumber returns the number of up to four digits, or up to three characters, that ends s.
func lastNumber(s string) string {
	i := len(s)
	for i > 0 && len(s)-i < 4 && isDigit(s[i-1]) {
		i--
	}
	if i < len(s) {
		return s[i:]
	}
	for range 3 {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if !strings.ContainsRune("一两二三四五六七八九十", r) {
			break
		}
		i -= size
	}
	return s[i:]
}

// name is up to four characters of a name, sixteen bits each, the last one lowest.
type name uint64

// appendNames takes the names of several children apart, and drops names that name nobody: 吴某, 小明.
func appendNames(names []name, s string) []name {
	for _, n := range strings.FieldsFunc(text.Normalise(s).String, func(r rune) bool { return strings.ContainsRune("、,和 ", r) }) {
		if strings.Contains(n, "某") || strings.HasPrefix(n, "小") || utf8.RuneCountInString(n) < 2 {
			continue
		}
		var packed name
		for i, r := range []rune(n) {
			if i < 4 {
				packed = packed<<16 | name(r&0xFFFF)
			}
		}
		if len(names) < maxNames && !slices.Contains(names, packed) {
			names = append(names, packed)
		}
	}
	return names
}

func (n name) len() int {
	switch {
	case n>>48 != 0:
		return 4
	case n>>32 != 0:
		return 3
	}
	return 2
}

// alike allows for a name written in part. One character of three that differs is another child: siblings and namesakes differ in no
// more, and what was mistyped is known by its phone.
func (n name) alike(m name) bool {
	if n.len() > m.len() {
		n, m = m, n
	}
	return m&(1<<(16*n.len())-1) == n
}

// shingles are what stands in a wording that holds the name; ok is false for names of two characters, which are too often parts
// of words, and for 王先生, of whom there are many.
func (n name) shingles() (g, h uint32, ok bool) {
	if n.len() < 3 || strings.ContainsRune("生士姐师官", rune(n&0xFFFF)) && strings.ContainsRune("先女小老警", rune(n>>16&0xFFFF)) {
		return 0, 0, false
	}
	n >>= 16 * (n.len() - 3)
	return hash(rune(n>>32&0xFFFF), rune(n>>16&0xFFFF)), hash(rune(n>>16&0xFFFF), rune(n&0xFFFF)), true
}

// ages is a stated age in years, or about: both ends belong to it. The zero value states none.
type ages struct {
	from, to int8
	stated   bool
}

var ageNumber = regexp.MustCompile(`(\d{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]{1,2})(多|几|来)?(?:[-~至到](\d{1,2}|[一二两三四五六七八九十]{1,3}))?(多|几|来)?(?:个多?(月)|周?岁)`)

// readAge reads an age in years; months are years from zero.
func readAge(s string) ages {
	if s == "" {
		return ages{}
	}
	m := ageNumber.FindStringSubmatch(text.Normalise(s).String)
	if m == nil {
		return ages{}
	}
	from, to := chinese(m[1])
	if m[3] != "" {
		_, to = chinese(m[3])
	}
	if m[5] != "" {
		return ages{int8(from / 12), int8(to / 12), true}
	}
	// 十多岁 is anything below twenty; 三岁多 is three.
	if (m[2] != "" || m[4] != "") && from >= 10 && from%10 == 0 {
		to = from + 9
	}
	return ages{int8(from), int8(to), true}
}

// gap returns how many years lie between two ages, 0 when they overlap.
func (a ages) gap(b ages) int { return max(0, int(a.from)-int(b.to), int(b.from)-int(a.to)) }

// chinese reads a small number; two digits in a row (三四) are both ends of a guess.
func chinese(s string) (from, to int) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, n
	}
	const digits = "零一二三四五六七八九"
	value := func(r rune) int {
		if r == '两' {
			return 2
		}
		return strings.IndexRune(digits, r) / len("零")
	}
	r := []rune(s)
	ten := slices.Index(r, '十')
	if ten < 0 {
		return value(r[0]), value(r[len(r)-1])
	}
	n := 10
	if ten > 0 {
		n *= value(r[0])
	}
	if ten+1 < len(r) {
		n += value(r[ten+1])
	}
	return n, n
}

var monthDay = regexp.MustCompile(`(\d{1,2})\s?[月.\-/]\s?(\d{1,2})(?:[日号 ,]|$)`)

// readDay reads month and day of a date.
func readDay(s string) int {
	if s == "" {
		return 0
	}
	m := monthDay.FindStringSubmatch(text.Normalise(s).String)
	if m == nil {
		return 0
	}
	month, _ := strconv.Atoi(m[1])
	day, _ := strconv.Atoi(m[2])
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return 0
	}
	return month*32 + day
}

// area is a six-digit code.
type area uint32

func (a area) city() area { return a / 100 * 100 }
