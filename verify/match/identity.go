package match

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/verify/text"
)

// identity is whom a post speaks of, as far as it says.
type identity struct {
	phones   []string // without the numbers that everybody gives
	names    []string
	sexes    []string
	ages     []ages
	counts   []string // how many children, where several are sought at once
	contacts []string
	places   []guitu.Area // cities and counties that the text settles
	wording  string       // the text in its one spelling, for names that the claim missed; empty in an Index
}

// ages is a stated age in years, or about: both ends belong to it.
type ages struct{ from, to int }

// common are numbers that identify nobody: emergency, hotlines.
func common(phone string) bool { return len(phone) < 7 || strings.HasPrefix(phone, "400") }

var several = regexp.MustCompile(`(\d{1,4}|[两二三四五六七八九十]{1,3})(?:名|个|位)(?:被拐卖?的?|失踪|走失|丢失|未成年|可爱的)*(?:孩子|儿童|小孩|女婴|男婴|婴儿|少年|女孩|男孩|女生|娃)`)

func identify(s string, c guitu.Claim) identity {
	var id identity
	for _, p := range c.Phones {
		if !common(p) {
			id.phones = append(id.phones, p)
		}
	}
	id.names = splitNames(c.Name)
	id.sexes = list(c.Sex)
	if a, ok := readAge(c.Age); ok {
		id.ages = []ages{a}
	}
	id.wording = text.Normalise(s).String
	for _, m := range gazetteer.Find(id.wording) {
		if l := m.Area.Level(); (l == guitu.City || l == guitu.County) && !slices.Contains(id.places, m.Area) {
			id.places = append(id.places, m.Area)
		}
	}
	if m := several.FindStringSubmatch(id.wording); m != nil && m[1] != "1" {
		id.counts = []string{m[1]}
	}
	for _, n := range c.Contacts {
		id.contacts = append(id.contacts, strings.Clone(n)) // a name cut from a post must not keep the whole post in memory
	}
	return id
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// splitNames takes the names of several children apart, and drops names that name nobody: 吴某, 小明.
func splitNames(name string) []string {
	var names []string
	for _, n := range strings.FieldsFunc(text.Normalise(name).String, func(r rune) bool { return strings.ContainsRune("、,和 ", r) }) {
		if !strings.Contains(n, "某") && !strings.HasPrefix(n, "小") {
			names = append(names, n)
		}
	}
	return names
}

var ageNumber = regexp.MustCompile(`(\d{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]{1,2})(多|几|来)?(?:[-~至到](\d{1,2}|[一二两三四五六七八九十]{1,3}))?(多|几|来)?(?:个多?(月)|周?岁)`)

// readAge reads an age in years; months are years from zero.
func readAge(s string) (ages, bool) {
	m := ageNumber.FindStringSubmatch(text.Normalise(s).String)
	if m == nil {
		return ages{}, false
	}
	from, to := chinese(m[1])
	if m[3] != "" {
		_, to = chinese(m[3])
	}
	if m[5] != "" {
		return ages{from / 12, to / 12}, true
	}
	// 十多岁 is anything below twenty; 三岁多 is three.
	if (m[2] != "" || m[4] != "") && from >= 10 && from%10 == 0 {
		to = from + 9
	}
	return ages{from, to}, true
}

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

// agreement is what two statements of one thing say together.
type agreement int

const (
	unstated agreement = iota // at least one side does not say
	agrees
	differs
)

func compare[T any](a, b []T, same func(T, T) bool) agreement {
	if len(a) == 0 || len(b) == 0 {
		return unstated
	}
	for _, x := range a {
		for _, y := range b {
			if same(x, y) {
				return agrees
			}
		}
	}
	return differs
}

func equal(a, b string) bool { return a == b }

// alike allows for a name written in part, or with one character mistyped.
func alike(a, b string) bool {
	if a == b || strings.HasSuffix(a, b) && len(b) >= 2*len("某") || strings.HasSuffix(b, a) && len(a) >= 2*len("某") {
		return true
	}
	x, y := []rune(a), []rune(b)
	if len(x) != len(y) || len(x) < 3 {
		return false
	}
	different := 0
	for i := range x {
		if x[i] != y[i] {
			different++
		}
	}
	return different == 1
}

func overlap(a, b ages) bool { return a.from <= b.to && b.from <= a.to }

// mentions reports whether a wording holds one of the names. Names of two characters are too often parts of words.
func mentions(wording string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return len(n) >= 3*len("某") && strings.Contains(wording, n) })
}

// shared counts what two lists have in common.
func shared[T comparable](a, b []T) int {
	n := 0
	for _, v := range a {
		if slices.Contains(b, v) {
			n++
		}
	}
	return n
}
