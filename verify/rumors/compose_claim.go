package rumors

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guitu"
)

// claimedChinese tells the story once and short from its structured fields: “一名约3岁女童在临沂市兰山区被拐走”. No name, no number,
// no word of the post gets in.
func claimedChinese(r guitu.Rumor, place string) string {
	if place != "" {
		place = "在" + place
	}
	years, known := ageOf(r.Claim.Age)
	if !known && r.Claim.Sex == "" && r.Topic == guitu.AbductionScare {
		return "有儿童" + place + "被拐走"
	}
	age := ""
	if known && years > 0 {
		age = fmt.Sprintf("约%d岁", band(years))
	}
	happened := "走失"
	if r.Topic == guitu.AbductionScare {
		happened = "被拐走"
	}
	return "一名" + age + personChinese(r) + place + happened
}

// claimedEnglish is claimedChinese in English. The place keeps its Chinese name, by which it can be found on a map.
func claimedEnglish(r guitu.Rumor, place string) string {
	who, _ := personEnglish(r)
	if years, known := ageOf(r.Claim.Age); known && years > 0 {
		who = fmt.Sprintf("%s of about %d", who, band(years))
	}
	happened := " went missing"
	if r.Topic == guitu.AbductionScare {
		happened = " was abducted"
	}
	return "a " + who + happened + in(place)
}

func personChinese(r guitu.Rumor) string {
	forms := [...][3]string{ // female, male, unknown
		infant: {"女婴", "男婴", "婴儿"},
		child:  {"女童", "男童", "儿童"},
		teen:   {"女孩", "男孩", "未成年人"},
		adult:  {"女子", "男子", "人员"},
	}
	return forms[stageOf(r)][sexOf(r)]
}

// personEnglish returns the person as the claim has it ("baby girl"), and without the sex ("baby").
func personEnglish(r guitu.Rumor) (who, plain string) {
	forms := [...][3]string{
		infant: {"baby girl", "baby boy", "baby"},
		child:  {"girl", "boy", "child"},
		teen:   {"girl", "boy", "minor"},
		adult:  {"woman", "man", "person"},
	}[stageOf(r)]
	return forms[sexOf(r)], forms[2]
}

func isAdult(r guitu.Rumor) bool { return stageOf(r) == adult }

// The stages of life that have words of their own.
const (
	infant = iota // under 1
	child         // under 14, whose data the law calls sensitive (PIPL 28)
	teen          // under 18
	adult
)

func stageOf(r guitu.Rumor) int {
	years, known := ageOf(r.Claim.Age)
	switch {
	case !known && r.Topic == guitu.AdultMissing:
		return adult
	case !known:
		return child
	case years < 1:
		return infant
	case years < 14:
		return child
	case years < 18:
		return teen
	}
	return adult
}

func sexOf(r guitu.Rumor) int {
	switch r.Claim.Sex {
	case "女":
		return 0
	case "男":
		return 1
	}
	return 2
}

// band rounds the age of an adult to tens: with the place an exact age tells more than the public needs.
func band(years int) int {
	if years < 18 {
		return years
	}
	return (years + 5) / 10 * 10
}

// age matches the first number of an age as written and what follows it.
var age = regexp.MustCompile(`([0-9]{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九半])([^0-9]*)`)

// ageOf reads an age as written, in whole years: "3岁", "三岁多", "十七八岁", "8个月". It is not known when the text states none, or
// one that nobody reaches, which is rather a year of birth.
func ageOf(written string) (years int, known bool) {
	m := age.FindStringSubmatch(fullWidth.Replace(written))
	if m == nil || strings.HasPrefix(m[2], "年") {
		return 0, false
	}
	years = number(m[1])
	switch unit := strings.TrimLeft(m[2], " 多来几一二三四五六七八九十半-~～至到左右"); {
	case strings.HasPrefix(unit, "个"), strings.HasPrefix(unit, "月"):
		years /= 12
	case strings.HasPrefix(unit, "天"), strings.HasPrefix(unit, "周") && !strings.HasPrefix(unit, "周岁"):
		years = 0
	}
	return years, years <= 120
}

var fullWidth = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4",
	"５", "5", "６", "6", "７", "7", "８", "8", "９", "9")

// number reads what the expression age found: decimal, or Chinese up to ninety-nine. 半 is less than one.
func number(s string) int {
	if s[0] <= '9' {
		n := 0
		for _, r := range s {
			n = 10*n + int(r-'0')
		}
		return n
	}
	digit := func(s string, none int) int {
		if s == "" {
			return none
		}
		if s == "两" {
			return 2
		}
		return strings.Index("半一二三四五六七八九", s) / len("一")
	}
	if tens, ones, ok := strings.Cut(s, "十"); ok {
		return 10*digit(tens, 1) + digit(ones, 0)
	}
	return digit(s, 0)
}

var (
	// masked is what guitu.Mask leaves of a number, with the check letter of an identity card.
	masked = regexp.MustCompile(`[0-9]{2}\*{5}[0-9]{2}[xXｘＸ]?`)
	// plate is a Chinese number plate: a province, a letter, five or six more.
	plate = regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][·• ]?[A-Za-z0-9]{5,6}`)
)

// publicBasis returns how it was checked, fit for the public: one paragraph without numbers, plates, and the names that the claim
// states or that the officer bears.
func publicBasis(r guitu.Rumor, v guitu.Verdict) string {
	basis := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, v.Basis)
	basis = masked.ReplaceAllString(guitu.Mask(oneLine(basis)), "［号码略］")
	basis = plate.ReplaceAllString(basis, "［车牌略］")

	names := append(r.Claim.Names(), v.Officer.Name)
	// The longest first: 王小明 before 小明, lest half a name stays.
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	for _, name := range names {
		if name == "" {
			continue
		}
		basis = strings.ReplaceAll(basis, name, somebody(name))
	}
	if last, _ := utf8.DecodeLastRuneInString(basis); basis != "" && !strings.ContainsRune("。！？.!?", last) {
		basis += "。"
	}
	return basis
}

// oneLine joins lines and words, with a space only where both sides are written with spaces.
func oneLine(s string) string {
	var b strings.Builder
	var last rune
	for _, word := range strings.Fields(s) {
		first, _ := utf8.DecodeRuneInString(word)
		if last > 0 && last < '\u2e80' && first < '\u2e80' {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		last, _ = utf8.DecodeLastRuneInString(word)
	}
	return b.String()
}

// somebody makes a name one that the press would print: 张小明 → 张某某. A family name with a form of address stays as it is, and
// so does what is too short to be a name.
func somebody(name string) string {
	for _, title := range [...]string{"女士", "先生", "小姐", "阿姨", "叔叔", "老师", "警官"} {
		if before, ok := strings.CutSuffix(name, title); ok && utf8.RuneCountInString(before) == 1 {
			return name
		}
	}
	first, size := utf8.DecodeRuneInString(name)
	rest := utf8.RuneCountInString(name[size:])
	if rest == 0 {
		return name
	}
	return string(first) + strings.Repeat("某", min(rest, 2))
}
