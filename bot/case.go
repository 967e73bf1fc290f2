package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"guitu"
)

// Cases is what becomes of alerts that are out, as a conversation needs it. Errors are as those of Alerts. What a conversation
// says of a case holds no name, no place below the county and no number of the child, so it may be said in any chat; corrections alone
// do, and are made only where AlertOptions.Alerts is.
type Cases interface {
	// Alert returns an alert to an officer who may change it, Forbidden to everybody else.
	Alert(ctx context.Context, alertID, officerID int64) (guitu.Alert, []guitu.Photo, error)
	// List lists alerts that an officer may see, the newest first.
	List(ctx context.Context, f guitu.AlertFilter) ([]guitu.Alert, error)
	// Deliveries lists the deliveries of an alert's notices, the first first.
	Deliveries(ctx context.Context, alertID, officerID int64) ([]guitu.Delivery, error)
	// Approvals lists those of an alert, the first first.
	Approvals(ctx context.Context, alertID, officerID int64) ([]guitu.Approval, error)
	// Concerns says what stands against saying the alert's facts once more.
	Concerns(ctx context.Context, alertID, officerID int64) ([]guitu.Concern, error)
	// Consider is as Concerns, if the facts were others.
	Consider(ctx context.Context, alertID, officerID int64, f guitu.Facts) ([]guitu.Concern, error)
	// PreviewAmend is the notice that Amend would send.
	PreviewAmend(ctx context.Context, a guitu.AmendRequest) (guitu.Notice, error)
	// PreviewEnd is the notice that would tell how an alert ended; the zero Closing takes it back.
	PreviewEnd(ctx context.Context, alertID, officerID int64, k guitu.Closing) (guitu.Notice, error)
	// View returns a case, and records who read it and why.
	View(ctx context.Context, alertID, officerID int64, reason string) (guitu.Case, error)
	Amend(ctx context.Context, a guitu.AmendRequest) (guitu.Alert, error)
	Extend(ctx context.Context, e guitu.ExtendRequest) (guitu.Alert, error)
	Close(ctx context.Context, k guitu.CloseRequest) (guitu.Alert, error)
	Cancel(ctx context.Context, k guitu.CancelRequest) (guitu.Alert, error)
	Decide(ctx context.Context, d guitu.ApprovalDecision) (guitu.Approval, error)
	Override(ctx context.Context, approvalID, officerID int64, key string) (guitu.Approval, error)
	// Resend, MarkSent and MarkHandled do what an officer decided of one delivery.
	Resend(ctx context.Context, deliveryID, officerID int64) error
	MarkSent(ctx context.Context, deliveryID, officerID int64) error
	MarkHandled(ctx context.Context, deliveryID, officerID int64) error
}

// maxCases is how many alerts /alerts lists.
const maxCases = 10

// cases lists the alerts that go on, or shows the one whose check code is given.
func (c *Conversation) cases(ctx context.Context, in Incoming, o guitu.Officer, code string) (Answer, error) {
	if c.o.Alert.Cases == nil {
		return say("请在控制台处理警报：" + c.o.Alert.Form), nil
	}
	if !c.mayList(in, o) {
		return say(elsewhere), nil
	}
	f := guitu.AlertFilter{OfficerID: o.ID, State: guitu.AlertActive, Limit: maxCases + 1}
	if code != "" {
		f.State, f.Text = "", strings.ToUpper(code)
	}
	all, err := c.o.Alert.Cases.List(ctx, f)
	if err != nil {
		return Answer{}, err
	}
	if code != "" {
		// The search also finds words of the facts; a case is opened by its code only.
		i := slices.IndexFunc(all, func(a guitu.Alert) bool { return a.Code == strings.ToUpper(code) })
		if i < 0 {
			return say("没有这个校验码的案件，或者它不属于您的值班台。"), nil
		}
		return c.caseCard(ctx, all[i].ID, o)
	}
	if len(all) == 0 {
		return say("没有正在进行的警报。起草请发送 /alert。"), nil
	}
	u := Utterance{Text: fmt.Sprintf("正在进行的警报有 %d 条，最新的在前。点按可打开。", len(all))}
	if len(all) > maxCases {
		all = all[:maxCases]
		u.Text = fmt.Sprintf("最新的 %d 条正在进行的警报，其余请在控制台查看：%s", maxCases, c.o.Alert.Form)
	}
	for _, a := range all {
		tier, _ := a.Facts.Tier.Words()
		u.Choices = append(u.Choices, Action{
			Label: fmt.Sprintf("%s · %s · %d 公里 · 至 %s", a.Code, tier, a.Reach, a.Expires.In(Beijing).Format("01-02 15:04")),
			Press: Press{Verb: VerbCase, AlertID: a.ID, Do: "show"},
		})
	}
	return Answer{Say: &u}, nil
}

// caseCard says how a case stands, with what can be done.
func (c *Conversation) caseCard(ctx context.Context, alertID int64, o guitu.Officer) (Answer, error) {
	a, _, err := c.o.Alert.Cases.Alert(ctx, alertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	ds, err := c.o.Alert.Cases.Deliveries(ctx, alertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	approvals, err := c.o.Alert.Cases.Approvals(ctx, alertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	tier, _ := a.Facts.Tier.Words()
	lines := []string{caseName(a) + "：" + AlertStateLabel(a.State).Zh}
	switch {
	case a.State == guitu.AlertActive:
		lines = append(lines, fmt.Sprintf("%s · 范围 %d 公里 · 有效至 %s", tier, a.Reach, chatTime(a.Expires)))
	case a.State.Over():
		lines = append(lines, tier+" · "+chatTime(a.EndedAt)+"结束")
	}
	lines = append(lines, deliveryLines(ds)...)
	u := &Utterance{To: o, Choices: caseActions(a)}
	if a.State == guitu.AlertDraft && c.o.Alert.Alerts != nil {
		u.Choices = append(u.Choices, alertAction(a.ID, "next", "打开草稿"))
	}
	for _, p := range approvals {
		if p.Decision == "" {
			lines = append(lines, "等待复核："+approvalWords(p)+"。"+p.By.Name+"提出："+p.Reason)
			u.Choices = append(u.Choices, approvalActions(a, p, o, c.o.Alert.now())...)
		}
	}
	u.Choices = append(u.Choices, deliveryActions(a, ds)...)
	if a.Code != "" {
		lines = append(lines, "状态页："+c.o.Alert.Link(a.Code))
	}
	u.Text = strings.Join(append(lines, fmt.Sprintf("照片、移交与全部记录：%s/%d", c.o.Alert.Form, a.ID)), "\n")
	return Answer{Say: u}, nil
}

// caseName names a case without anything of the child.
func caseName(a guitu.Alert) string {
	name := fmt.Sprintf("第%d号案件（校验码 %s）", a.ID, a.Code)
	if a.Code == "" {
		name = fmt.Sprintf("第%d号案件（草稿）", a.ID)
	}
	if a.Status == guitu.Exercise {
		name = "【演练】" + name
	}
	return name
}

func chatTime(t time.Time) string { return t.In(Beijing).Format("1月2日 15:04") }

// deliveryLines say how far the latest notice has come on each channel.
func deliveryLines(ds []guitu.Delivery) []string {
	latest := latestDeliveries(ds)
	if len(latest) == 0 {
		return nil
	}
	by := map[string][]string{}
	var order []string
	out := 0
	for _, d := range latest {
		label := DeliveryLabel(d.State).Zh
		if by[label] == nil {
			order = append(order, label)
		}
		by[label] = append(by[label], d.Channel)
		if d.State.Public() || d.State == guitu.DeliveryPulled || d.State == guitu.DeliveryHandled {
			out++
		}
	}
	title := "各渠道"
	if out > 0 && out < len(latest) {
		title += "（部分发布）"
	}
	var parts []string
	for _, label := range order {
		parts = append(parts, label+" "+strings.Join(by[label], "、"))
	}
	return []string{title + "：" + strings.Join(parts, "；")}
}

// latestDeliveries are those of the latest notice told on each channel, by channel.
func latestDeliveries(ds []guitu.Delivery) []guitu.Delivery {
	latest := map[string]guitu.Delivery{}
	for _, d := range ds {
		if d.State != guitu.DeliveryWithdrawn && d.ID >= latest[d.Channel].ID {
			latest[d.Channel] = d
		}
	}
	var all []guitu.Delivery
	for _, d := range latest {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b guitu.Delivery) int { return cmp.Compare(a.Channel, b.Channel) })
	return all
}

// caseActions are the buttons by which a case goes on or ends.
func caseActions(a guitu.Alert) (as []Action) {
	add := func(do, label string) {
		as = append(as, Action{Label: label, Press: Press{Verb: VerbCase, AlertID: a.ID, Version: a.Version, Do: do}})
	}
	if a.State == guitu.AlertActive {
		add("update", "更新")
		add("correct", "更正")
		add("extend", "延期")
	}
	if a.State == guitu.AlertActive || a.State == guitu.AlertExpired {
		add("close", "结案")
	}
	if a.State == guitu.AlertActive {
		add("cancel", "撤销（误发）")
	}
	return as
}

// approvalActions are the buttons under what waits for a second officer: nobody answers what they asked for themselves.
func approvalActions(a guitu.Alert, p guitu.Approval, o guitu.Officer, now time.Time) []Action {
	action := func(do, label string) Action {
		return Action{
			Label: label + "：" + approvalWords(p), Press: Press{Verb: VerbCase, AlertID: a.ID, Do: do, Arg: strconv.FormatInt(p.ID, 10)},
		}
	}
	switch {
	case p.By.ID != o.ID:
		return []Action{action("agree", "同意"), action("refuse", "不同意")}
	case !now.Before(p.Override):
		return []Action{action("alone", "超时，自行决定")}
	}
	return nil
}

func approvalWords(p guitu.Approval) string {
	if p.Kind == guitu.ApproveReach {
		return fmt.Sprintf("扩大到 %d 公里", p.Reach)
	}
	tier, _ := p.Tier.Words()
	return "调整等级设置（" + tier + "）"
}

// deliveryActions are the buttons for what a person must settle on a channel.
func deliveryActions(a guitu.Alert, ds []guitu.Delivery) (as []Action) {
	add := func(d guitu.Delivery, do, label string) {
		as = append(as, Action{
			Label: d.Channel + "：" + label, Press: Press{Verb: VerbCase, AlertID: a.ID, Do: do, Arg: strconv.FormatInt(d.ID, 10)},
		})
	}
	for _, d := range ds {
		switch d.State {
		case guitu.DeliveryUnknown:
			if !a.State.Over() {
				add(d, "sent", "看过，已经发出")
				add(d, "resend", "看过，没有发出，重发")
			}
		case guitu.DeliveryRefused, guitu.DeliveryGivenUp:
			if !a.State.Over() {
				add(d, "resend", "重发")
			}
		case guitu.DeliveryStanding:
			add(d, "handled", "已人工撤下")
		case guitu.DeliveryDue, guitu.DeliverySending, guitu.DeliverySent, guitu.DeliveryEdited, guitu.DeliveryPulled, guitu.DeliveryHeld,
			guitu.DeliveryHandled, guitu.DeliveryWithdrawn:
		}
	}
	return as
}
