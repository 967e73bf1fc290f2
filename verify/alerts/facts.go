package alerts

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"guitu"
)

// The longest facts in runes. An alert is read on a phone by somebody in the street.
const (
	maxName   = 30
	maxPlace  = 60
	maxMarks  = 200 // features, clothing
	maxStory  = 400 // circumstances
	maxDanger = 300
	maxFamily = 10 // numbers
)

// fillable are the JSON keys of the facts that posts can state, in the order of the form.
var fillable = []string{
	"name", "sex", "born", "age", "height", "weight", "features", "clothing", "place", "area", "point", "missing_at", "family",
}

// fields returns what of the fillable facts is stated, by JSON key; what is not is missing.
func fields(f guitu.Facts) map[string]any {
	m := map[string]any{}
	c := f.Child
	for key, s := range map[string]string{
		"name": c.Name, "sex": c.Sex, "features": c.Features, "clothing": c.Clothing, "place": f.Place, "area": string(f.Area),
	} {
		if s != "" {
			m[key] = s
		}
	}
	for key, t := range map[string]time.Time{"born": c.Born, "missing_at": f.MissingAt} {
		if !t.IsZero() {
			m[key] = t.UTC()
		}
	}
	for key, n := range map[string]int{"height": c.Height, "weight": c.Weight} {
		if n != 0 {
			m[key] = n
		}
	}
	if c.AgeKnown {
		m["age"] = c.Age
	}
	if f.Point != nil {
		m["point"] = *f.Point
	}
	if len(f.Family) > 0 {
		m["family"] = f.Family
	}
	return m
}

// tidy returns facts as they are stored: texts trimmed and without control characters, numbers as digits, an age that follows from the
// birth date.
func tidy(f guitu.Facts) guitu.Facts {
	for _, s := range []*string{
		&f.Child.Name, &f.Child.Features, &f.Child.Clothing, &f.Place, &f.Contact.Name, &f.TierReason, &f.Checklist.Danger, &f.Circumstances,
	} {
		*s = clean(*s)
	}
	f.Contact.Phone = digitsOf(f.Contact.Phone)
	f.Child.Born, f.MissingAt = f.Child.Born.UTC(), f.MissingAt.UTC()
	if years, ok := f.Child.AgeAt(f.MissingAt.In(beijing)); ok && !f.Child.AgeKnown && !f.MissingAt.IsZero() && years >= 0 {
		f.Child.Age, f.Child.AgeKnown = years, true
	}
	var family []string
	for _, phone := range f.Family {
		if phone = digitsOf(phone); phone != "" && !slices.Contains(family, phone) {
			family = append(family, phone)
		}
	}
	f.Family = family
	return f
}

// clean returns text on one line, without what can't be seen or turns the direction of writing.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// digitsOf keeps the digits of a number, half width, without the country's code.
func digitsOf(phone string) string {
	d := strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			r -= '０' - '0'
		}
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	for _, code := range []string{"0086", "86"} {
		if rest, ok := strings.CutPrefix(d, code); ok && len(rest) == 11 && rest[0] == '1' {
			return rest
		}
	}
	return d
}

// check refuses facts that no form should have let through. What is missing or odd is a concern and no error: a draft may be half
// done.
func check(f guitu.Facts) error {
	for _, t := range []struct {
		what, text string
		most       int
	}{
		{"姓名", f.Child.Name, maxName},
		{"体貌特征", f.Child.Features, maxMarks},
		{"衣着", f.Child.Clothing, maxMarks},
		{"走失地点", f.Place, maxPlace},
		{"经过", f.Circumstances, maxStory},
		{"联系人", f.Contact.Name, maxName},
		{"调整等级设置的理由", f.TierReason, guitu.MaxBasis},
		{"危险情形", f.Checklist.Danger, maxDanger},
	} {
		if utf8.RuneCountInString(t.text) > t.most {
			return guitu.Errorf(guitu.Invalid, "%s最多 %d 字", t.what, t.most)
		}
	}
	c := f.Child
	switch {
	case c.Sex != "" && c.Sex != "男" && c.Sex != "女":
		return guitu.Errorf(guitu.Invalid, "性别应为男或女")
	case c.AgeKnown && (c.Age < 0 || c.Age > 120):
		return guitu.Errorf(guitu.Invalid, "年龄应在 0 到 120 岁之间")
	case c.Height != 0 && (c.Height < 30 || c.Height > 220):
		return guitu.Errorf(guitu.Invalid, "身高应在 30 到 220 厘米之间")
	case c.Weight != 0 && (c.Weight < 2 || c.Weight > 200):
		return guitu.Errorf(guitu.Invalid, "体重应在 2 到 200 公斤之间")
	case f.Tier != "" && !slices.Contains(guitu.Tiers[:], f.Tier):
		return guitu.Errorf(guitu.Invalid, "没有这种风险等级")
	case f.Point != nil && !f.Point.Valid():
		return guitu.Errorf(guitu.Invalid, "经纬度有误")
	case len(f.Family) > maxFamily:
		return guitu.Errorf(guitu.Invalid, "家属电话最多 %d 个", maxFamily)
	case len(f.Contact.Phone) > 20 || slices.ContainsFunc(f.Family, func(p string) bool { return len(p) > 20 }):
		return guitu.Errorf(guitu.Invalid, "电话号码过长")
	}
	switch f.Checklist.Custody {
	case "", guitu.CustodyNone, guitu.CustodyDisputed, guitu.CustodyOrder:
	default:
		return guitu.Errorf(guitu.Invalid, "监护权情况有误")
	}
	if _, err := guitu.ParseArea(string(f.Area)); err != nil {
		return err
	}
	if f.Rule == nil {
		return nil
	}
	return CheckRule(*f.Rule)
}

// CheckRule refuses settings of a tier that cannot be: a reach that is no ring, a life of less than an hour or more than MaxLife.
func CheckRule(r guitu.TierRule) error {
	switch {
	case !slices.Contains(guitu.Rings[:], r.Reach):
		return guitu.Errorf(guitu.Invalid, "范围应为 100、200、300 或 500 公里")
	case r.Life < time.Hour || r.Life > MaxLife:
		return guitu.Errorf(guitu.Invalid, "有效期应在 1 小时到 %d 天之间", MaxLife/(24*time.Hour))
	case r.SecondFrom != 0 && !slices.Contains(guitu.Rings[1:], r.SecondFrom):
		return guitu.Errorf(guitu.Invalid, "需要第二人复核的范围应为 200、300 或 500 公里，或者 0（不需要）")
	}
	return nil
}

// cut shortens text to n runes.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
