package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"guitu"
)

// sureField is one thing that posts can say of a child, which an officer confirms by one press.
type sureField struct {
	key   string
	label string
	keys  []string // the JSON keys of the facts that it holds
	say   func(c *Conversation, f guitu.Facts) string
}

var sureFields = []sureField{
	{"name", "姓名", []string{"name"}, func(_ *Conversation, f guitu.Facts) string { return f.Child.Name }},
	{"sex", "性别", []string{"sex"}, func(_ *Conversation, f guitu.Facts) string { return f.Child.Sex }},
	{"age", "年龄", []string{"age", "born"}, func(_ *Conversation, f guitu.Facts) string {
		if !f.Child.Born.IsZero() {
			return f.Child.Born.Format("2006年1月2日出生")
		}
		if !f.Child.AgeKnown {
			return ""
		}
		return strconv.Itoa(f.Child.Age) + "岁"
	}},
	{"height", "身高", []string{"height"}, func(_ *Conversation, f guitu.Facts) string { return measured(f.Child.Height, "厘米") }},
	{"weight", "体重", []string{"weight"}, func(_ *Conversation, f guitu.Facts) string { return measured(f.Child.Weight, "公斤") }},
	{"clothing", "衣着", []string{"clothing"}, func(_ *Conversation, f guitu.Facts) string { return f.Child.Clothing }},
	{"features", "体貌特征", []string{"features"}, func(_ *Conversation, f guitu.Facts) string { return f.Child.Features }},
	{"place", "走失地点", []string{"place", "area", "point"}, func(c *Conversation, f guitu.Facts) string {
		if f.Place == "" || f.Area == "" {
			return f.Place
		}
		return guitu.PlaceIn(c.o.Alert.Read.Name(f.Area), f.Place)
	}},
	{"area", "区划", []string{"area", "point"}, func(c *Conversation, f guitu.Facts) string {
		if f.Area == "" {
			return ""
		}
		return c.o.Alert.Read.Name(f.Area)
	}},
	{"missing_at", "走失时间", []string{"missing_at"}, func(_ *Conversation, f guitu.Facts) string {
		if f.MissingAt.IsZero() {
			return ""
		}
		return chatTime(f.MissingAt)
	}},
	{"family", "家属电话", []string{"family"}, func(_ *Conversation, f guitu.Facts) string {
		return fmt.Sprintf("%d个，不公开", len(f.Family))
	}},
}

func measured(n int, unit string) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + unit
}

func sureFieldNamed(key string) (sureField, bool) {
	i := slices.IndexFunc(sureFields, func(s sureField) bool { return s.key == key })
	if i < 0 {
		return sureField{}, false
	}
	return sureFields[i], true
}

// unconfirmed reports whether a part of it was filled from posts and nobody has touched it.
func (s sureField) unconfirmed(f guitu.Facts) bool {
	return slices.ContainsFunc(s.keys, func(k string) bool { return slices.Contains(f.Unconfirmed, k) })
}

// maxSure is how much of a fact a button says, in runes.
const maxSure = 16

// sureActions are the buttons that confirm what posts say, one fact each: nothing confirms all of it unread.
func (c *Conversation) sureActions(a guitu.Alert) (as []Action) {
	for _, s := range sureFields {
		if !s.unconfirmed(a.Facts) || s.key == "area" && a.Facts.Place != "" {
			continue
		}
		as = append(as, Action{
			Label: "确认" + s.label + "：" + cut(s.say(c, a.Facts), maxSure),
			Press: Press{Verb: VerbAlert, AlertID: a.ID, Version: a.Version, Do: "sure", Arg: s.key},
		})
	}
	return as
}

// confirmNext shows what posts say and nobody has confirmed, and goes on when there is nothing of that.
func (c *Conversation) confirmNext(ctx context.Context, alertID int64, o guitu.Officer) (Answer, error) {
	a, _, err := c.o.Alert.Alerts.Alert(ctx, alertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	sure := c.sureActions(a)
	if len(sure) == 0 {
		return c.nextOfAlert(ctx, alertID, o)
	}
	return Answer{Say: &Utterance{
		Text:    fmt.Sprintf("警报草稿 #%d，以下来自网帖，尚无人核实。核对一项，点按一项；不对的请修改。\n\n%s", alertID, c.sketch(a.Facts)),
		Choices: append(sure, alertAction(alertID, "edit", "修改"), alertAction(alertID, "next", "其余以后核对，继续")), To: o,
	}}, nil
}

// confirm confirms one fact as the officer saw it.
func (c *Conversation) confirm(ctx context.Context, in Incoming, o guitu.Officer, a guitu.Alert, p Press) (Answer, error) {
	s, ok := sureFieldNamed(p.Arg)
	if !ok {
		return Answer{}, guitu.Errorf(guitu.Invalid, "无法识别这个按钮。")
	}
	f := a.Facts
	f.Unconfirmed = slices.DeleteFunc(slices.Clone(f.Unconfirmed), func(u string) bool { return slices.Contains(s.keys, u) })
	_, err := c.o.Alert.Alerts.Edit(ctx, guitu.EditRequest{AlertID: a.ID, OfficerID: o.ID, Version: p.Version, Facts: f, Key: in.Key})
	// What has changed since is shown, and confirmed by another press.
	if err != nil && guitu.KindOf(err) != guitu.Conflict {
		return Answer{}, err
	}
	return c.confirmNext(ctx, a.ID, o)
}
