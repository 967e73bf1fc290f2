package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"guitu"
)

// correctable are the keys of the alertFields that are corrected in a conversation. Photos and the tier are changed where all of their
// consequences stand on one page.
var correctable = []string{"name", "sex", "age", "place", "missing_at", "height", "clothing", "features", "circumstances", "contact"}

// Questions about a correction, as caseQuestion.what.
const (
	asksCorrection  = "更正"
	showsCorrection = "确认更正"
)

// newValue stands before what a fact is to be, on the second line of what shows a correction.
const newValue = "改为："

// pressCorrect asks which fact is wrong, or what it is to be.
func (c *Conversation) pressCorrect(a guitu.Alert, o guitu.Officer, key string) (Answer, error) {
	if err := c.mayCorrect(a); err != nil {
		return Answer{}, err
	}
	if key == "" {
		u := &Utterance{Text: caseName(a) + "：更正哪一项？照片和风险等级请在控制台更正。", To: o}
		for _, key := range correctable {
			f, _ := fieldNamed(key)
			u.Choices = append(u.Choices, Action{Label: f.label, Press: Press{Verb: VerbCase, AlertID: a.ID, Do: "correct", Arg: key}})
		}
		return Answer{Say: u}, nil
	}
	f, ok := fieldNamed(key)
	if !ok || !slices.Contains(correctable, key) {
		return Answer{}, guitu.Errorf(guitu.Invalid, "无法识别这个按钮。")
	}
	how := f.ask
	switch key {
	case "sex":
		how = "男，或女。"
	case "missing_at":
		how = "例：今天下午4点"
	}
	return Answer{Say: &Utterance{
		Text: caseQuestion{a.ID, asksCorrection, f.label}.title() + "\n请回复本条消息，写明正确的内容。" + how + "\n回复之后先给您核对，还不会发出。",
		Asks: true, To: o,
	}}, nil
}

// mayCorrect reports why an alert can't be corrected in this chat: it must not hold a child's data, or nobody is looking any more.
func (c *Conversation) mayCorrect(a guitu.Alert) error {
	if c.o.Alert.Alerts == nil {
		return guitu.Errorf(guitu.Invalid, "孩子的信息不能经过这里的聊天服务器，请在控制台更正：%s/%d", c.o.Alert.Form, a.ID)
	}
	if a.State != guitu.AlertActive {
		return guitu.Errorf(guitu.Conflict, "警报已不在进行")
	}
	return nil
}

// correction is a fact that is corrected, and what it then is.
type correction struct {
	field alertField
	value string // on one line
	facts guitu.Facts
}

// corrects reads what an officer wrote, or what the bot wrote of it.
func (c *Conversation) corrects(a guitu.Alert, label, text string) (k correction, err error) {
	i := slices.IndexFunc(alertFields, func(f alertField) bool { return f.label == label && slices.Contains(correctable, f.key) })
	if i < 0 {
		return k, guitu.Errorf(guitu.Invalid, "这一项请在控制台更正。")
	}
	k = correction{alertFields[i], strings.Join(strings.Fields(text), " "), a.Facts}
	touched := []string{k.field.key}
	if s, ok := sureFieldNamed(k.field.key); ok {
		touched = s.keys
	}
	switch k.field.key {
	case "sex":
		if k.value != "男" && k.value != "女" {
			return k, guitu.Errorf(guitu.Invalid, "请只写“男”或“女”，再回复一次那条消息。")
		}
		k.facts.Child.Sex = k.value
	case "missing_at":
		// What is relative to now is shown as what it means now, and read as that when it is confirmed later.
		at, notShown := time.ParseInLocation(foundForm, k.value, Beijing)
		if notShown != nil {
			if err := c.state(&k.facts, k.field.key, k.value); err != nil {
				return k, err
			}
			at = k.facts.MissingAt
		}
		k.facts.MissingAt, k.value = at.UTC(), at.In(Beijing).Format(foundForm)
	default:
		if err := c.state(&k.facts, k.field.key, k.value); err != nil {
			return k, err
		}
	}
	k.facts.Unconfirmed = slices.DeleteFunc(slices.Clone(k.facts.Unconfirmed), func(u string) bool { return slices.Contains(touched, u) })
	return k, nil
}

// request is the correction as it would be published. The note does not repeat the value, which the tier may keep from the public.
func (k correction) request(a guitu.Alert, o guitu.Officer) guitu.AmendRequest {
	return guitu.AmendRequest{
		AlertID: a.ID, OfficerID: o.ID, Version: a.Version, Facts: k.facts, Correction: true, Note: k.field.label + "有误，已改正",
	}
}

// showCorrection shows what the public would read of a correction, with the one button that publishes it. Nothing is kept: what is
// confirmed is what the message says that carries the button.
func (c *Conversation) showCorrection(ctx context.Context, o guitu.Officer, a guitu.Alert, label, text string) (Answer, error) {
	if err := c.mayCorrect(a); err != nil {
		return Answer{}, err
	}
	k, err := c.corrects(a, label, text)
	if err != nil {
		return Answer{}, err
	}
	concerns, err := c.o.Alert.Cases.Consider(ctx, a.ID, o.ID, k.facts)
	if err != nil {
		return Answer{}, err
	}
	odd := ""
	for _, n := range concerns {
		if n.Blocks {
			return Answer{}, guitu.Errorf(guitu.Invalid, "不能这样更正：%s。还没有生效，请再回复一次那条消息", n.Message)
		}
		odd += "请先核对：" + n.Message + "。\n"
	}
	// What cannot be recorded is not shown.
	if _, err := c.o.Alert.Cases.View(ctx, a.ID, o.ID, "更正警报"); err != nil {
		return Answer{}, err
	}
	n, err := c.o.Alert.Cases.PreviewAmend(ctx, k.request(a, o))
	if err != nil {
		return Answer{}, err
	}
	return Answer{Say: &Utterance{
		Text: fmt.Sprintf("%s\n%s%s\n%s按“确认更正”后立即发给所有收到过警报的渠道和人；不对的，请回复本条消息重写。公众将读到：\n\n%s",
			caseQuestion{a.ID, showsCorrection, label}.title(), newValue, k.value, odd, publicText(n)),
		Choices: []Action{{Label: "确认更正", Press: Press{Verb: VerbCase, AlertID: a.ID, Version: a.Version, Do: "right", Arg: sum(concerns)}}},
		To:      o,
	}}, nil
}

// correct publishes a correction as it was shown. What came up after the look is looked at first.
func (c *Conversation) correct(ctx context.Context, in Incoming, o guitu.Officer, a guitu.Alert, p Press) (Answer, error) {
	if c.o.Alert.Alerts == nil {
		return Answer{}, c.mayCorrect(a)
	}
	q, ok := caseAsked(in.ReplyTo)
	_, rest, _ := strings.Cut(in.ReplyTo, "\n")
	line, _, _ := strings.Cut(rest, "\n")
	value, said := strings.CutPrefix(line, newValue)
	if !ok || !said || q.alertID != a.ID || q.what != showsCorrection {
		return Answer{}, guitu.Errorf(guitu.Invalid, "这条消息太久了，请重新点按“更正”。")
	}
	k, err := c.corrects(a, q.detail, value)
	if err != nil {
		return Answer{}, err
	}
	concerns, err := c.o.Alert.Cases.Consider(ctx, a.ID, o.ID, k.facts)
	if err != nil {
		return Answer{}, err
	}
	r := k.request(a, o)
	r.Version, r.Key = p.Version, in.Key
	if p.Arg == sum(concerns) {
		for _, n := range concerns {
			r.Acknowledged = append(r.Acknowledged, n.Code)
		}
	}
	_, err = c.o.Alert.Cases.Amend(ctx, r)
	if guitu.KindOf(err) == guitu.Invalid && p.Arg != sum(concerns) {
		return c.showCorrection(ctx, o, a, q.detail, value)
	}
	return c.changed(ctx, a.ID, o, "更正已发出。", err)
}
