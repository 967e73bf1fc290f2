package console

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
)

// alertFields are the fields of the form by which officers state the facts of a case, in the order of the page. Their names are
// those that concerns and unconfirmed facts go by.
var alertFields = [...]string{
	"name", "sex", "age", "born", "place", "area", "point", "missing_at", "clothing", "features", "height", "weight", "circumstances",
	"photos", "tier", "rule", "tier_reason", "reported", "danger", "custody", "contact_name", "contact", "family",
}

// alertWords are what officers call the fields.
var alertWords = map[string]string{
	"place": "走失地点", "area": "所在区县", "point": "经纬度", "missing_at": "走失时间", "circumstances": "走失经过", "name": "姓名", "sex": "性别",
	"born": "出生日期", "age": "年龄", "height": "身高", "weight": "体重", "clothing": "衣着", "features": "体貌特征", "tier": "风险等级",
	"tier_reason": "调整等级的理由", "reported": "报警立案", "danger": "发布的必要", "custody": "监护与保护令", "contact_name": "联系人",
	"contact": "联系电话", "rule": "等级设置", "family": "家属电话", "photos": "照片",
}

// The longest that an officer may type, in runes: what verify/alerts takes.
const (
	maxChild  = 30 // names
	maxLine   = 60
	maxMarks  = 200
	maxStory  = 400
	maxDanger = 300
)

// facts is a form of facts as it was filled in: what is typed is shown again, whether it can be read or not.
type facts struct {
	V      map[string]string // by field; missing_at stands apart as date and time
	Errors map[string]string // what is wrong, by field
	// Unconfirmed are fields that say what posts say, until an officer has changed or ticked them.
	Unconfirmed map[string]bool
	// Stored is what the alert says now where somebody else has changed it meanwhile.
	Stored map[string]string
}

// formOf fills a form in with facts.
func (c *console) formOf(f guitu.Facts) facts {
	form := formOf(f, c.opts.Location)
	if centre, ok := c.opts.Places.Point(f.Area); ok && f.Point != nil && *f.Point == centre {
		form.V["point"] = "" // nobody typed it
	}
	return form
}

func formOf(f guitu.Facts, zone *time.Location) facts {
	c := f.Child
	v := map[string]string{
		"place": f.Place, "area": string(f.Area), "circumstances": f.Circumstances, "name": c.Name, "sex": c.Sex, "clothing": c.Clothing,
		"features": c.Features, "tier": string(f.Tier), "tier_reason": f.TierReason, "danger": f.Checklist.Danger,
		"custody": string(f.Checklist.Custody), "contact_name": f.Contact.Name, "contact": f.Contact.Phone,
		"family": strings.Join(f.Family, "\n"), "height": numeral(c.Height), "weight": numeral(c.Weight),
	}
	if f.Point != nil {
		v["point"] = strconv.FormatFloat(f.Point.Lat, 'f', -1, 64) + ", " + strconv.FormatFloat(f.Point.Lng, 'f', -1, 64)
	}
	if !f.MissingAt.IsZero() {
		v["date"], v["time"] = f.MissingAt.In(zone).Format(time.DateOnly), f.MissingAt.In(zone).Format("15:04")
	}
	if !c.Born.IsZero() {
		v["born"] = c.Born.Format(time.DateOnly)
	}
	// An age that follows from the birth date is not shown: it would be left behind when the date is changed.
	if born, _ := c.AgeAt(f.MissingAt.In(zone)); c.AgeKnown && (c.Born.IsZero() || born != c.Age) {
		v["age"] = strconv.Itoa(c.Age)
	}
	if f.Checklist.Reported {
		v["reported"] = "yes"
	}
	if f.Rule != nil {
		v["rule"], v["rule_reach"], v["rule_hours"] = "yes", numeral(f.Rule.Reach), numeral(int(f.Rule.Life/time.Hour))
		if f.Rule.ShowName {
			v["rule_name"] = "yes"
		}
		if f.Rule.ShowPhoto {
			v["rule_photo"] = "yes"
		}
	}
	form := facts{V: v, Errors: map[string]string{}, Unconfirmed: map[string]bool{}}
	for _, field := range f.Unconfirmed {
		form.Unconfirmed[field] = true
	}
	return form
}

func numeral(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// readFacts reads a form that was sent. What it can't read stays as it was in base, and has an error beside it; the form keeps what
// was typed.
func (c *console) readFacts(sent url.Values, base guitu.Facts, desk guitu.Desk) (facts, guitu.Facts) {
	r := factsReader{
		form: facts{V: map[string]string{}, Errors: map[string]string{}, Unconfirmed: map[string]bool{}},
		sent: sent, out: base, now: c.opts.Now(), zone: c.opts.Location,
	}
	r.child()
	r.where(c, desk)
	r.when()
	r.rest()
	r.age()
	r.touched(base)
	return r.form, r.out
}

// factsReader reads one form.
type factsReader struct {
	form facts
	sent url.Values
	out  guitu.Facts
	now  time.Time
	zone *time.Location
}

// text reads a field of at most so many runes into what it points to.
func (r *factsReader) text(field string, limit int, into *string) {
	// On one line, as it is kept: else a form that changes nothing would be a change.
	s := strings.Join(strings.Fields(r.sent.Get(field)), " ")
	r.form.V[field] = s
	switch n := utf8.RuneCountInString(s); {
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		r.form.Errors[field] = "含有无法识别的字符，请重新填写。"
	case n > limit:
		r.form.Errors[field] = fmt.Sprintf("最多 %d 字，现有 %d 字。", limit, n)
	default:
		*into = s
	}
}

// number reads a whole number within bounds; nothing typed is 0.
func (r *factsReader) number(field, unit string, low, high int, into *int) (typed bool) {
	var s string
	r.text(field, 10, &s)
	if s == "" {
		*into = 0
		return false
	}
	n, err := strconv.Atoi(strings.TrimSuffix(narrow(s), unit))
	if err != nil || n < low || n > high {
		r.form.Errors[field] = fmt.Sprintf("请填 %d 到 %d 的整数（%s）。", low, high, unit)
		return false
	}
	*into = n
	return true
}

// choice reads one of some values; nothing chosen is "".
func (r *factsReader) choice(field string, among ...string) string {
	s := r.sent.Get(field)
	if !slices.Contains(among, s) {
		s = ""
	}
	r.form.V[field] = s
	return s
}

func (r *factsReader) child() {
	c := &r.out.Child
	r.text("name", maxChild, &c.Name)
	c.Sex = r.choice("sex", "男", "女")
	r.text("clothing", maxMarks, &c.Clothing)
	r.text("features", maxMarks, &c.Features)
	r.number("height", "厘米", 30, 220, &c.Height)
	r.number("weight", "公斤", 2, 200, &c.Weight)
	var born string
	r.text("born", 20, &born)
	switch t, err := time.Parse(time.DateOnly, narrow(born)); {
	case born == "":
		c.Born = time.Time{}
	case err != nil || t.After(r.now) || t.Before(r.now.AddDate(-100, 0, 0)):
		r.form.Errors["born"] = "请按 2024-03-05 的形式填写，且不晚于今天。"
	default:
		c.Born = t
	}
	var age int
	typed := r.number("age", "岁", 0, 100, &age)
	if r.form.Errors["age"] == "" && r.form.Errors["born"] == "" {
		c.Age, c.AgeKnown = age, typed
	}
}

// age fills in the age that follows from the birth date where none was typed.
func (r *factsReader) age() {
	c := &r.out.Child
	if years, ok := c.AgeAt(r.out.MissingAt.In(r.zone)); ok && !c.AgeKnown && !r.out.MissingAt.IsZero() && years >= 0 {
		c.Age, c.AgeKnown = years, true
	}
}

// when reads the date and the time. A date alone says nothing yet: the page fills it in.
func (r *factsReader) when() {
	date, clock := narrow(strings.TrimSpace(r.sent.Get("date"))), narrow(strings.TrimSpace(r.sent.Get("time")))
	r.form.V["date"], r.form.V["time"] = r.sent.Get("date"), r.sent.Get("time")
	if clock == "" {
		r.out.MissingAt = time.Time{}
		return
	}
	if date == "" {
		date = r.now.In(r.zone).Format(time.DateOnly)
		r.form.V["date"] = date
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", date+" "+clock, r.zone)
	if err != nil {
		r.form.Errors["missing_at"] = "请填日期（如 2031-05-06）和时间（如 16:30）。"
		return
	}
	r.out.MissingAt = t.UTC()
}

func (r *factsReader) rest() {
	f := &r.out
	r.text("circumstances", maxStory, &f.Circumstances)
	var tiers []string
	for _, t := range guitu.Tiers {
		tiers = append(tiers, string(t))
	}
	f.Tier = guitu.Tier(r.choice("tier", tiers...))
	r.text("tier_reason", guitu.MaxNote, &f.TierReason)
	r.rule()
	f.Checklist.Reported = r.choice("reported", "yes") == "yes"
	r.text("danger", maxDanger, &f.Checklist.Danger)
	f.Checklist.Custody = guitu.Custody(r.choice("custody", string(guitu.CustodyNone), string(guitu.CustodyDisputed), string(guitu.CustodyOrder)))
	r.text("contact_name", maxChild, &f.Contact.Name)
	r.phones()
}

// rule reads the settings of the tier where the officer changed them.
func (r *factsReader) rule() {
	r.out.Rule = nil
	if r.choice("rule", "yes") == "" {
		return
	}
	var rule guitu.TierRule
	var reaches []string
	for _, km := range guitu.Rings {
		reaches = append(reaches, strconv.Itoa(km))
	}
	rule.Reach, _ = strconv.Atoi(r.choice("rule_reach", reaches...)) // one of the above, or none
	rule.ShowName = r.choice("rule_name", "yes") == "yes"
	rule.ShowPhoto = r.choice("rule_photo", "yes") == "yes"
	var hours int
	if r.number("rule_hours", "小时", 1, 720, &hours); hours == 0 || rule.Reach == 0 {
		r.form.Errors["rule"] = "调整设置时请选范围，并填有效时长（1 到 720 小时）。"
		return
	}
	rule.Life = time.Duration(hours) * time.Hour
	r.out.Rule = &rule
}

// phones reads the numbers. The family's is never the one that the public calls: it would be called by swindlers day and night.
func (r *factsReader) phones() {
	r.form.V["family"] = r.sent.Get("family")
	var family []string
	for _, s := range strings.FieldsFunc(r.sent.Get("family"), func(c rune) bool { return strings.ContainsRune("\r\n,，、;；", c) }) {
		if strings.TrimSpace(s) == "" {
			continue
		}
		number, ok := phone(s)
		if !ok {
			r.form.Errors["family"] = "这不像电话号码：" + strings.TrimSpace(s) + "。每行一个。"
			continue
		}
		if !slices.Contains(family, number) {
			family = append(family, number)
		}
	}
	if r.form.Errors["family"] == "" {
		r.out.Family = family
	}
	s := strings.TrimSpace(r.sent.Get("contact"))
	r.form.V["contact"] = s
	number, ok := phone(s)
	switch {
	case s == "":
		r.out.Contact.Phone = ""
	case !ok:
		r.form.Errors["contact"] = "这不像电话号码，请填民警或值班台的电话。"
	case slices.Contains(family, number):
		r.form.Errors["contact"] = "这是家属的电话，不能公开：家属会被诈骗和骚扰电话淹没。请填民警或值班台的电话。"
	default:
		r.out.Contact.Phone = number
	}
}

// phone reads a number as people write it. ok is false for what has fewer digits than an emergency number, or more than any.
func phone(s string) (digits string, ok bool) {
	s = strings.TrimPrefix(narrow(strings.TrimSpace(s)), "+86")
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits += string(c)
		case !strings.ContainsRune(" -–—()", c):
			return "", false
		}
	}
	return digits, len(digits) >= 3 && len(digits) <= 15
}

// narrow turns full-width digits and signs into the usual ones.
func narrow(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= '！' && c <= '～': // in the order of ASCII
			return c - '！' + '!'
		case c == '　':
			return ' '
		}
		return c
	}, s)
}

// touched takes the mark from the fields that the officer changed or ticked.
func (r *factsReader) touched(base guitu.Facts) {
	was, is := formOf(base, r.zone), formOf(r.out, r.zone)
	ticked := r.sent["sure"]
	r.out.Unconfirmed = nil
	for _, field := range base.Unconfirmed {
		if slices.Contains(ticked, field) || was.shown(field) != is.shown(field) {
			continue
		}
		r.out.Unconfirmed = append(r.out.Unconfirmed, field)
	}
	// Coordinates that nobody typed are the county's: whoever has checked the county has checked them.
	if r.form.V["point"] == "" && !slices.Contains(r.out.Unconfirmed, "area") {
		r.out.Unconfirmed = slices.DeleteFunc(r.out.Unconfirmed, func(field string) bool { return field == "point" })
	}
	for _, field := range r.out.Unconfirmed {
		r.form.Unconfirmed[field] = true
	}
}

// shown is what a field shows, in one line.
func (f facts) shown(field string) string {
	if field == "missing_at" {
		return strings.TrimSpace(f.V["date"] + " " + f.V["time"])
	}
	return f.V[field]
}

// against fills in what differs from what is stored now.
func (f *facts) against(stored facts) {
	f.Stored = map[string]string{}
	for _, field := range alertFields {
		if f.shown(field) != stored.shown(field) {
			f.Stored[field] = stored.shown(field)
		}
	}
}

// Faults lists the fields with errors in the order of the page.
func (f facts) Faults() []fault {
	var fs []fault
	for _, field := range alertFields {
		if e := f.Errors[field]; e != "" {
			fs = append(fs, fault{field, alertWords[field], e})
		}
	}
	return fs
}

// fault is something wrong with a field.
type fault struct{ Field, Word, Message string }
