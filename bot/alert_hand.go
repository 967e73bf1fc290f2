package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"guitu"
)

// listDrafts lists the drafts of an officer's desk, the officer's own first.
func (c *Conversation) listDrafts(ctx context.Context, in Incoming, o guitu.Officer) (Answer, error) {
	if c.o.Alert.Alerts == nil {
		return say("请在控制台处理警报草稿：" + c.o.Alert.Form), nil
	}
	if !c.mayList(in, o) {
		return say(elsewhere), nil
	}
	all, err := c.drafts(ctx, o)
	if err != nil {
		return Answer{}, err
	}
	if len(all) == 0 {
		return say("没有警报草稿。起草请发送 /alert。"), nil
	}
	theirs := func(a guitu.Alert) int {
		if a.Author.ID == o.ID {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b guitu.Alert) int { return theirs(a) - theirs(b) })
	u := &Utterance{Text: "我的草稿和本值班台的草稿，点按可接着写：", To: o}
	for _, a := range all {
		label := fmt.Sprintf("#%d", a.ID)
		if a.Status == guitu.Exercise {
			label = "【演练】" + label
		}
		k := a.Facts.Child
		age := ""
		if k.AgeKnown {
			age = measured(k.Age, "岁")
		}
		u.Choices = append(u.Choices, alertAction(a.ID, "next", join(" · ", label, k.Name, k.Sex, age, a.Author.Name, chatTime(a.MadeAt))))
	}
	return Answer{Say: u}, nil
}

// askColleague asks who is to go on with a draft.
func (c *Conversation) askColleague(ctx context.Context, a guitu.Alert, o guitu.Officer) (Answer, error) {
	all, err := c.o.Alert.Alerts.Colleagues(ctx, a.ID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	if len(all) == 0 {
		return Answer{}, guitu.Errorf(guitu.Conflict, "本值班台没有其他可以发布警报的民警。移交给其他值班台请在控制台办理：%s/%d", c.o.Alert.Form, a.ID)
	}
	u := &Utterance{Text: fmt.Sprintf("警报草稿 #%d，移交给谁？移交给其他值班台请在控制台办理。", a.ID), To: o}
	for _, to := range all {
		u.Choices = append(u.Choices, Action{
			Label: to.Name + "（" + dutyWord(to.OnDuty) + "）",
			Press: Press{Verb: VerbAlert, AlertID: a.ID, Do: "give", Arg: strconv.FormatInt(to.ID, 10)},
		})
	}
	u.Choices = append(u.Choices, alertAction(a.ID, "next", "不移交"))
	return Answer{Say: u}, nil
}

// give passes a draft to a colleague, and tells them.
func (c *Conversation) give(ctx context.Context, in Incoming, o guitu.Officer, a guitu.Alert, officerID int64) (Answer, error) {
	all, err := c.o.Alert.Alerts.Colleagues(ctx, a.ID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	i := slices.IndexFunc(all, func(to guitu.Officer) bool { return to.ID == officerID })
	if i < 0 {
		return Answer{}, guitu.Errorf(guitu.NotFound, "本值班台没有这位可以发布警报的民警。")
	}
	to := all[i]
	a, err = c.o.Alert.Alerts.HandOver(ctx, guitu.HandOverRequest{AlertID: a.ID, OfficerID: o.ID, DeskID: a.Desk.ID, ToID: officerID, Key: in.Key})
	if err != nil {
		return Answer{}, err
	}
	told := "已在私聊里通知对方。"
	if to.TelegramUser == 0 {
		told = "对方没有加入 Telegram，请另行告知。"
	}
	text := fmt.Sprintf("警报草稿 #%d，已移交给%s。%s", a.ID, to.Name, told)
	return Answer{
		Toast: text, Say: &Utterance{Text: text, To: o},
		Tell: &Utterance{
			Text: fmt.Sprintf("警报草稿 #%d，%s移交给您，请接着写并发布。\n\n%s", a.ID, o.Name, c.sketch(a.Facts)), To: to,
			Choices: []Action{alertAction(a.ID, "next", "接着写"), dropAction(a.ID)},
		},
	}, nil
}
