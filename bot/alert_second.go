package bot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"guitu"
)

// secondField comes before what a second officer is asked for: a ring in kilometres, or tierSettings.
const (
	secondField  = "second."
	tierSettings = "等级设置"
)

// secondQuestion is what a question is called that asks why a second officer should agree.
var secondQuestion = regexp.MustCompile(`^请求复核的理由（(\d{3}|等级设置)）$`)

// second says at the last look what waits for a second officer: the ring that the child's clock asks for, where it is wider than the
// one that goes out.
func (c *Conversation) second(ctx context.Context, a guitu.Alert, o guitu.Officer, n guitu.Notice) (note string, as []Action, err error) {
	rule := c.o.Alert.Alerts.Rule(a.Facts.Tier)
	if a.Facts.Rule != nil {
		rule.Reach = a.Facts.Rule.Reach
	}
	due := min(guitu.RingAt(c.o.Alert.now().Sub(a.Facts.MissingAt)), rule.Reach)
	if n.Circle == nil || due <= int(n.Circle.Radius) {
		return "", nil, nil
	}
	waits, err := c.waiting(ctx, a, o, func(p guitu.Approval) bool { return p.Kind == guitu.ApproveReach && p.Reach >= due })
	if err != nil {
		return "", nil, err
	}
	note = fmt.Sprintf("\n\n按走失时长应发到 %d 公里，须另一名民警同意；现在发布只到 %.0f 公里，不必等。", due, n.Circle.Radius)
	if waits {
		return note + "已经请求，正在等待复核。", []Action{openCase(a)}, nil
	}
	return note, []Action{{
		Label: fmt.Sprintf("请求复核：扩大到 %d 公里", due),
		Press: Press{Verb: VerbAlert, AlertID: a.ID, Do: "second", Arg: strconv.Itoa(due)},
	}}, nil
}

// waiting reports whether an approval of a kind waits for its answer.
func (c *Conversation) waiting(ctx context.Context, a guitu.Alert, o guitu.Officer, kind func(p guitu.Approval) bool) (bool, error) {
	all, err := c.o.Alert.Alerts.Approvals(ctx, a.ID, o.ID)
	return slices.ContainsFunc(all, func(p guitu.Approval) bool { return p.Decision == "" && kind(p) }), err
}

func openCase(a guitu.Alert) Action {
	return Action{Label: "打开复核", Press: Press{Verb: VerbCase, AlertID: a.ID, Do: "show"}}
}

// waitForTier asks a second officer for changed settings of a tier, without which nothing goes out, or waits for the answer.
func (c *Conversation) waitForTier(ctx context.Context, a guitu.Alert, o guitu.Officer) (Answer, error) {
	waits, err := c.waiting(ctx, a, o, func(p guitu.Approval) bool { return p.Kind == guitu.ApproveTier })
	if err != nil {
		return Answer{}, err
	}
	if !waits {
		return Answer{Say: askSecond(a, o, tierSettings)}, nil
	}
	return Answer{Say: &Utterance{
		Text: fmt.Sprintf("警报草稿 #%d，正在等待另一名民警复核等级设置，同意之后才能发布。", a.ID), To: o,
		Choices: []Action{openCase(a), alertAction(a.ID, "next", "看是否已同意"), alertAction(a.ID, "edit", "修改")},
	}}, nil
}

// askSecond asks why a second officer should agree.
func askSecond(a guitu.Alert, o guitu.Officer, what string) *Utterance {
	return &Utterance{Text: fmt.Sprintf("警报草稿 #%d：请求复核的理由（%s）\n请回复本条消息（至多 %d 字）。另一名民警同意之后才生效。",
		a.ID, what, guitu.MaxBasis), Asks: true, To: o}
}

// requestSecond asks a second officer to agree.
func (c *Conversation) requestSecond(ctx context.Context, in Incoming, o guitu.Officer, a guitu.Alert, what, reason string) (Answer, error) {
	r := guitu.ApprovalRequest{AlertID: a.ID, OfficerID: o.ID, Kind: guitu.ApproveReach, Reach: int(number(what)), Reason: reason, Key: in.Key}
	if what == tierSettings {
		if a.Facts.Rule == nil {
			return Answer{}, guitu.Errorf(guitu.Conflict, "等级的设置没有改动，不需要复核。")
		}
		r.Kind, r.Reach, r.Tier, r.Rule = guitu.ApproveTier, 0, a.Facts.Tier, *a.Facts.Rule
	}
	p, err := c.o.Alert.Alerts.AskApproval(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Say: &Utterance{
		Text: fmt.Sprintf("警报草稿 #%d，已请求另一名民警复核：%s。已通知值班台和上级值班台；%s 之后仍无人处理的，可以自行决定。",
			a.ID, approvalWords(p), p.Override.In(Beijing).Format("15:04")),
		Choices: []Action{openCase(a), alertAction(a.ID, "next", "继续")}, To: o,
	}}, nil
}
