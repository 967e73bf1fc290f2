package bot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
)

// alertField is one thing that is asked of a draft, in the order in which it is.
type alertField struct {
	key   string // JSON key of the fact; "all" for several in one message
	label string
	ask   string
	codes []string // the concerns that ask it, where they do not name it
	pick  []pick   // buttons that answer
}

type pick struct{ label, value string }

var alertFields = []alertField{
	{key: "all", label: "孩子的情况", ask: "请用一条消息写下知道的全部。例：男孩，7岁，身高120cm，体重22kg，上身蓝色外套，今天下午4点在某市某区某小区南门走失。\n照片和位置可以随时作为对草稿消息的回复发来。"},
	{key: "name", label: "姓名", ask: "例：甄小归"},
	{key: "sex", label: "性别", ask: "请点按。", pick: []pick{{"男", "male"}, {"女", "female"}}},
	{key: "age", label: "年龄", ask: "例：7岁", codes: []string{"adult", "age_born", "born"}},
	{key: "place", label: "走失地点", ask: "请从市、县（市、区）写起，也可以发送位置。例：某市某区某小区南门", codes: []string{"area", "point", "point_area"}},
	{
		key: "missing_at", label: "走失时间", ask: "请点按，或回复本条消息。例：今天下午4点",
		pick: []pick{{"刚刚", "0"}, {"半小时前", "30"}, {"1小时前", "60"}, {"2小时前", "120"}, {"3小时前", "180"}, {"6小时前", "360"}},
	},
	{key: "height", label: "身高体重", ask: "例：身高120cm，体重22kg"},
	{key: "clothing", label: "衣着", ask: "例：蓝色外套、黑裤", codes: []string{"description"}},
	{key: "features", label: "体貌特征", ask: "例：左眉有痣，戴眼镜"},
	{key: photosField, label: "照片", ask: "请把照片作为对本条消息的回复发来，可以附一句话，写明照片上看得到什么。"},
	{key: "circumstances", label: "经过", ask: "给公众看的一两句话，不写电话。"},
	{key: "tier", label: "风险等级", ask: "请点按。", pick: []pick{
		{"疑似被拐", "abduction"}, {"处境危险", "endangered"}, {"离家出走", "runaway"}, {"走失", "lost"},
	}},
	{key: "reported", label: "是否已报警立案", ask: "没有立案不能发布，请先受理。", codes: []string{"reported"}, pick: []pick{{"已报警立案", "yes"}}},
	{key: "danger", label: "危险情形", ask: "孩子处于什么危险？例：年幼，附近有河", codes: []string{"danger"}},
	{key: "custody", label: "监护权争议或人身安全保护令", ask: "请点按。", codes: []string{"custody"}, pick: []pick{
		{"都没有", "none"}, {"监护权有争议", "disputed"}, {"有保护令", "order"},
	}},
	{key: "contact", label: "联系人和电话", ask: "民警或值班台的，不是家属的。例：王警官 0539-1234567"},
}

func fieldNamed(key string) (alertField, bool) {
	i := slices.IndexFunc(alertFields, func(f alertField) bool { return f.key == key })
	if i < 0 {
		return alertField{}, false
	}
	return alertFields[i], true
}

// fieldOf returns the key of what a concern asks, "" for one that no answer mends.
func fieldOf(k guitu.Concern) string {
	for _, f := range alertFields {
		if slices.Contains(f.codes, k.Code) {
			return f.key
		}
	}
	if _, ok := fieldNamed(k.Field); ok {
		return k.Field
	}
	return ""
}

// nextConcern returns the blocking concern that is asked first, -1 when none blocks.
func nextConcern(all []guitu.Concern) int {
	best, at := -1, len(alertFields)+1
	for i, k := range all {
		if !k.Blocks {
			continue
		}
		n := slices.IndexFunc(alertFields, func(f alertField) bool { return f.key == fieldOf(k) })
		if n < 0 {
			n = len(alertFields) // What can't be answered here is said last.
		}
		if n < at {
			best, at = i, n
		}
	}
	return best
}

// askField asks one thing. why says what is wrong with the draft without it.
func askField(alertID int64, o guitu.Officer, key, why string) *Utterance {
	f, ok := fieldNamed(key)
	if !ok {
		return &Utterance{Text: fmt.Sprintf("警报草稿 #%d 还不能发布：%s。", alertID, why), To: o, Choices: []Action{dropAction(alertID)}}
	}
	u := &Utterance{Text: alertTitle(alertID, f), To: o, Asks: len(f.pick) == 0}
	if why != "" {
		u.Text += why + "。"
	}
	u.Text += f.ask
	for _, p := range f.pick {
		u.Choices = append(u.Choices, Action{Label: p.label, Press: Press{Verb: VerbAlert, AlertID: alertID, Do: "set", Arg: key + "." + p.value}})
	}
	return u
}

// alertTitle is the first line of a question. It says of which draft what is asked, so that a reply is known by it.
func alertTitle(alertID int64, f alertField) string {
	return fmt.Sprintf("警报草稿 #%d：%s\n", alertID, f.label)
}

var alertQuestion = regexp.MustCompile(`^(?:[^：#]{1,60}：)?警报草稿 #(\d{1,18})：(.+)$`)

// asked returns the draft and the field that a message of the bot asks; ok is false when it asks none.
func asked(message string) (alertID int64, key string, ok bool) {
	title, _, _ := strings.Cut(message, "\n")
	m := alertQuestion.FindStringSubmatch(title)
	if m == nil {
		return 0, "", false
	}
	if p := altQuestion.FindStringSubmatch(m[2]); p != nil {
		return number(m[1]), altField + p[1], true
	}
	if p := secondQuestion.FindStringSubmatch(m[2]); p != nil {
		return number(m[1]), secondField + p[1], true
	}
	i := slices.IndexFunc(alertFields, func(f alertField) bool { return f.label == m[2] })
	if i < 0 {
		return 0, "", false
	}
	return number(m[1]), alertFields[i].key, true
}

// answerAlert takes the answer to a question about a draft.
func (c *Conversation) answerAlert(ctx context.Context, in Incoming, o guitu.Officer, alertID int64, key string) (Answer, error) {
	if c.o.Alert.Alerts == nil {
		return say("请在控制台处理警报：" + c.o.Alert.Form), nil
	}
	if !c.mayList(in, o) {
		return say(elsewhere), nil
	}
	text := strings.TrimSpace(strings.ToValidUTF8(in.Text, ""))
	if text == "" {
		return say("请用文字回复那条消息。"), nil
	}
	if photo, ok := strings.CutPrefix(key, altField); ok {
		return c.describe(ctx, in, o, alertID, number(photo), text)
	}
	a, _, err := c.o.Alert.Alerts.Alert(ctx, alertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	if what, ok := strings.CutPrefix(key, secondField); ok {
		return c.requestSecond(ctx, in, o, a, what, text)
	}
	fields := []string{key}
	if s, ok := sureFieldNamed(key); ok {
		fields = s.keys
	}
	if key == "height" {
		fields = append(fields, "weight")
	}
	return c.edit(ctx, in, o, a, func(f *guitu.Facts) error { return c.state(f, key, text) }, fields...)
}

// state puts what an officer wrote into facts.
func (c *Conversation) state(f *guitu.Facts, key, text string) error {
	now := c.o.Alert.now()
	switch key {
	case "all":
		c.stateAll(f, c.o.Alert.Read.Facts(text, now))
	case "name":
		f.Child.Name = text
	case "age":
		n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(text, "岁")))
		if err != nil {
			return guitu.Errorf(guitu.Invalid, "请只写周岁数，如“7岁”，再回复一次那条消息。")
		}
		f.Child.Age, f.Child.AgeKnown, f.Child.Born = n, true, time.Time{}
	case "place":
		c.placed(f, text)
	case "missing_at":
		if f.MissingAt = c.o.Alert.Read.Facts("孩子于"+text+"走失", now).MissingAt; f.MissingAt.IsZero() {
			return guitu.Errorf(guitu.Invalid, "读不出时间，请写成“今天下午4点”或“3月1日16:20”，再回复一次那条消息。")
		}
	case "height":
		said := c.o.Alert.Read.Facts(text, now).Child
		if said.Height == 0 && said.Weight == 0 {
			return guitu.Errorf(guitu.Invalid, "读不出身高体重，请写成“身高120cm，体重22kg”，再回复一次那条消息。")
		}
		c.stateAll(f, guitu.Facts{Child: said})
	case "clothing":
		f.Child.Clothing = text
	case "features":
		f.Child.Features = text
	case "circumstances":
		f.Circumstances = text
	case "danger":
		f.Checklist.Danger = text
	case "contact":
		f.Contact.Name, f.Contact.Phone = contact(text)
	default:
		return guitu.Errorf(guitu.Invalid, "这一项请点按按钮回答。")
	}
	return nil
}

// stateAll takes over what is said, and leaves what is not.
func (c *Conversation) stateAll(f *guitu.Facts, said guitu.Facts) {
	k, s := &f.Child, said.Child
	for _, t := range []struct {
		to   *string
		said string
	}{{&k.Name, s.Name}, {&k.Sex, s.Sex}, {&k.Features, s.Features}, {&k.Clothing, s.Clothing}, {&f.Place, said.Place}} {
		if t.said != "" {
			*t.to = t.said
		}
	}
	if s.AgeKnown || !s.Born.IsZero() {
		k.Age, k.AgeKnown, k.Born = s.Age, s.AgeKnown, s.Born
	}
	if s.Height != 0 {
		k.Height = s.Height
	}
	if s.Weight != 0 {
		k.Weight = s.Weight
	}
	if said.Area != "" {
		f.Area, f.Point = said.Area, said.Point
	}
	if !said.MissingAt.IsZero() {
		f.MissingAt = said.MissingAt
	}
	f.Family = append(slices.Clone(f.Family), said.Family...) // A number beside a child is taken for the family's, and never published.
}

var phoneForm = regexp.MustCompile(`[0-9][0-9 -]{6,18}[0-9]`)

// contact reads "王警官 0539-1234567".
func contact(text string) (name, phone string) {
	at := phoneForm.FindStringIndex(text)
	if at == nil {
		return text, ""
	}
	return strings.Trim(text[:at[0]]+text[at[1]:], " ，,：:；;、"), text[at[0]:at[1]]
}

// choose puts what a button says into facts.
func choose(f *guitu.Facts, field, value string, now time.Time) error {
	switch field {
	case "sex":
		f.Child.Sex = map[string]string{"male": "男", "female": "女"}[value]
	case "missing_at":
		f.MissingAt = now.Add(-time.Duration(number(value)) * time.Minute).Truncate(time.Minute)
	case "tier":
		if f.Tier != guitu.Tier(value) {
			f.Tier, f.Rule, f.TierReason = guitu.Tier(value), nil, ""
		}
	case "reported":
		f.Checklist.Reported = true
	case "custody":
		f.Checklist.Custody = guitu.Custody(value)
	default:
		return guitu.Errorf(guitu.Invalid, "无法识别这个按钮。")
	}
	return nil
}

// editActions are the buttons that change a draft.
func editActions(a guitu.Alert) (as []Action) {
	for _, f := range alertFields[1:] {
		if f.key != "reported" {
			as = append(as, Action{Label: "改" + f.label, Press: Press{Verb: VerbAlert, AlertID: a.ID, Do: "ask", Arg: f.key}})
		}
	}
	return append(as, alertAction(a.ID, "next", "不改了，继续"))
}

// alertAction is a button of a draft that needs no argument.
func alertAction(alertID int64, do, label string) Action {
	return Action{Label: label, Press: Press{Verb: VerbAlert, AlertID: alertID, Do: do}}
}

func dropAction(alertID int64) Action { return alertAction(alertID, "drop", "弃用草稿") }

// sketch is a draft in a few words.
func (c *Conversation) sketch(f guitu.Facts) string {
	var w []string
	add := func(s string) {
		if s != "" {
			w = append(w, s)
		}
	}
	for _, s := range sureFields {
		if s.key == "area" && f.Place != "" || s.key == "family" {
			continue // it stands before the place; the family's numbers are for nobody
		}
		said := s.say(c, f)
		if said != "" && s.unconfirmed(f) {
			said += "（未确认）"
		}
		add(said)
	}
	add(strings.TrimSpace(f.Contact.Name + " " + f.Contact.Phone))
	if n := len(f.Photos); n > 0 {
		add(fmt.Sprintf("照片%d张", n))
	}
	if len(w) == 0 {
		return "（空）"
	}
	text := strings.Join(w, "，")
	if utf8.RuneCountInString(text) > 600 {
		text = string([]rune(text)[:600]) + "…"
	}
	return text
}
