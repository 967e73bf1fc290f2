package bot

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
)

// pressCase handles a button of a case. What was made on an older version shows the case as it stands.
func (c *Conversation) pressCase(ctx context.Context, in Incoming, o guitu.Officer, p Press) (Answer, error) {
	if c.o.Alert.Cases == nil {
		return Answer{}, guitu.Errorf(guitu.Forbidden, "请在控制台处理警报：%s", c.o.Alert.Form)
	}
	if !c.mayList(in, o) {
		return Answer{}, guitu.Errorf(guitu.Forbidden, elsewhere)
	}
	a, err := c.changeCase(ctx, in, o, p)
	if guitu.KindOf(err) != guitu.Conflict {
		return a, err
	}
	now, showErr := c.caseCard(ctx, p.AlertID, o)
	if showErr != nil {
		return Answer{}, err
	}
	now.Toast = guitu.Message(err)
	now.Say.Text = now.Toast + "。\n\n" + now.Say.Text
	return now, nil
}

func (c *Conversation) changeCase(ctx context.Context, in Incoming, o guitu.Officer, p Press) (Answer, error) {
	cases := c.o.Alert.Cases
	switch p.Do {
	case "show":
		return c.caseCard(ctx, p.AlertID, o)
	case "agree":
		_, err := cases.Decide(ctx, guitu.ApprovalDecision{ApprovalID: number(p.Arg), OfficerID: o.ID, Agree: true, Key: in.Key})
		return c.changed(ctx, p.AlertID, o, "已同意。", err)
	case "alone":
		_, err := cases.Override(ctx, number(p.Arg), o.ID, in.Key)
		return c.changed(ctx, p.AlertID, o, "已按超时规则自行决定，并通报上级值班台。", err)
	case "resend":
		return c.changed(ctx, p.AlertID, o, "已重新发送。", c.settleDelivery(ctx, p, o, cases.Resend))
	case "sent":
		return c.changed(ctx, p.AlertID, o, "已确认发出。", c.settleDelivery(ctx, p, o, cases.MarkSent))
	case "handled":
		return c.changed(ctx, p.AlertID, o, "已记录处理。", c.settleDelivery(ctx, p, o, cases.MarkHandled))
	}
	a, _, err := cases.Alert(ctx, p.AlertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	switch p.Do {
	case "extend":
		return Answer{Say: &Utterance{Text: fmt.Sprintf("%s现在有效至 %s，延长多久？", caseName(a), chatTime(a.Expires)), Choices: extensions(a), To: o}}, nil
	case "until":
		hours, err := strconv.Atoi(p.Arg)
		if err != nil {
			return Answer{}, guitu.Errorf(guitu.Invalid, "无法识别这个按钮。")
		}
		a, err = cases.Extend(ctx, guitu.ExtendRequest{
			AlertID: p.AlertID, OfficerID: o.ID, Version: p.Version, Until: a.Expires.Add(time.Duration(hours) * time.Hour), Key: in.Key,
		})
		return c.changed(ctx, p.AlertID, o, "有效期已延长到 "+chatTime(a.Expires)+"。", err)
	case "close":
		return Answer{Say: &Utterance{Text: caseName(a) + "：结果是哪一种？", Choices: endingActions(a), To: o}}, nil
	case "ending":
		return c.askFound(a, o, p.Arg)
	case "found":
		return c.pressFound(ctx, a, o, p.Arg)
	case "cancel":
		return c.askCancel(ctx, a, o)
	case "update":
		return c.askUpdate(ctx, a, o)
	case "correct":
		return c.pressCorrect(a, o, p.Arg)
	case "right":
		return c.correct(ctx, in, o, a, p)
	}
	return c.askRefusal(a, o, number(p.Arg))
}

// changed says what was done, and how the case stands now. When the case is no more the officer's to see, what was done is all.
func (c *Conversation) changed(ctx context.Context, alertID int64, o guitu.Officer, said string, err error) (Answer, error) {
	if err != nil {
		return Answer{}, err
	}
	a, err := c.caseCard(ctx, alertID, o)
	if guitu.KindOf(err) == guitu.Forbidden {
		return Answer{Toast: said, Say: &Utterance{Text: said, To: o}}, nil
	}
	if err != nil {
		return Answer{}, err
	}
	a.Toast, a.Say.Text = said, said+"\n\n"+a.Say.Text
	return a, nil
}

// settleDelivery does with a delivery of the pressed case what the officer decided, and with none of another case. The same press again finds it done.
func (c *Conversation) settleDelivery(ctx context.Context, p Press, o guitu.Officer, settle func(ctx context.Context, deliveryID, officerID int64) error) error {
	ds, err := c.o.Alert.Cases.Deliveries(ctx, p.AlertID, o.ID)
	if err != nil {
		return err
	}
	for _, d := range ds {
		if d.ID == number(p.Arg) {
			return settle(ctx, d.ID, o.ID)
		}
	}
	return guitu.Errorf(guitu.NotFound, "没有这次投递。")
}

// extensions are the times by which an alert can be extended.
func extensions(a guitu.Alert) (as []Action) {
	for _, hours := range []int{12, 24, 72} {
		as = append(as, Action{
			Label: fmt.Sprintf("延长 %d 小时", hours),
			Press: Press{Verb: VerbCase, AlertID: a.ID, Version: a.Version, Do: "until", Arg: strconv.Itoa(hours)},
		})
	}
	return as
}

// CaseEnding is an outcome with whether the child lives, as one thing to choose: no two of the list contradict each other.
type CaseEnding struct {
	Outcome guitu.Outcome
	Life    guitu.Life
	Label   string // Chinese
}

// CaseEndings lists the ways in which a case can be closed.
func CaseEndings() (all []CaseEnding) {
	for _, o := range guitu.Outcomes {
		var fits []guitu.Life
		for _, l := range []guitu.Life{guitu.Alive, guitu.Dead, guitu.LifeUnknown} {
			if o.Fits(l) {
				fits = append(fits, l)
			}
		}
		for _, l := range fits {
			e := CaseEnding{Outcome: o, Life: l}
			e.Label, _ = o.Words()
			if len(fits) > 1 {
				e.Label += "（" + LifeLabel(l).Zh + "）"
			}
			all = append(all, e)
		}
	}
	return all
}

// mark writes an ending in a button's data.
func (e CaseEnding) mark() string {
	return string(e.Outcome) + "." + string(e.Life)[:min(1, len(e.Life))]
}

// finds reports whether somebody was found, at a time that can be told.
func (e CaseEnding) finds() bool {
	return e.Outcome != guitu.OutcomeFalse && e.Life != guitu.LifeUnknown
}

func endingBy(is func(e CaseEnding) bool) (CaseEnding, error) {
	for _, e := range CaseEndings() {
		if is(e) {
			return e, nil
		}
	}
	return CaseEnding{}, guitu.Errorf(guitu.Invalid, "没有这种结果。")
}

func endingActions(a guitu.Alert) (as []Action) {
	for _, e := range CaseEndings() {
		as = append(as, Action{Label: e.Label, Press: Press{Verb: VerbCase, AlertID: a.ID, Do: "ending", Arg: e.mark()}})
	}
	return as
}

// caseQuestion is what a question of the bot about a case asks. Its first line says all of it, so that a reply is known by that.
type caseQuestion struct {
	alertID int64
	what    string // "找到时间", "结案依据", "撤销原因", "新情况", "更正", "确认更正", "不同意的理由"
	detail  string // between the brackets
}

func (q caseQuestion) title() string {
	return fmt.Sprintf("案件 #%d %s（%s）", q.alertID, q.what, q.detail)
}

var caseTitle = regexp.MustCompile(`^(?:[^：#]{1,60}：)?案件 #(\d{1,18}) (找到时间|结案依据|撤销原因|新情况|更正|确认更正|不同意的理由)（(.*)）$`)

// caseAsked returns what a message of the bot asks about a case; ok is false when it asks nothing.
func caseAsked(message string) (q caseQuestion, ok bool) {
	title, _, _ := strings.Cut(message, "\n")
	m := caseTitle.FindStringSubmatch(title)
	if m == nil {
		return q, false
	}
	return caseQuestion{number(m[1]), m[2], m[3]}, true
}

// askFound asks when the child was found, or goes on where nobody was.
func (c *Conversation) askFound(a guitu.Alert, o guitu.Officer, arg string) (Answer, error) {
	e, err := endingBy(func(e CaseEnding) bool { return e.mark() == arg })
	if err != nil {
		return Answer{}, err
	}
	u := &Utterance{Text: caseQuestion{a.ID, "找到时间", e.Label}.title() + "\n请点按，或回复本条消息写明大约的时间，如“今天下午4点”。", To: o}
	picks := []pick{{"刚刚", "0"}, {"半小时前", "30"}, {"1小时前", "60"}, {"3小时前", "180"}, {"6小时前", "360"}}
	if !e.finds() {
		picks = []pick{{"没有，或不涉及", ""}}
	}
	for _, k := range picks {
		u.Choices = append(u.Choices, Action{
			Label: k.label, Press: Press{Verb: VerbCase, AlertID: a.ID, Do: "found", Arg: arg + "." + k.value},
		})
	}
	return Answer{Say: u}, nil
}

func (c *Conversation) pressFound(ctx context.Context, a guitu.Alert, o guitu.Officer, arg string) (Answer, error) {
	i := strings.LastIndexByte(arg, '.')
	e, err := endingBy(func(e CaseEnding) bool { return i > 0 && e.mark() == arg[:i] })
	if err != nil {
		return Answer{}, err
	}
	var at time.Time
	if ago := arg[i+1:]; ago != "" {
		at = c.o.Alert.now().Add(-time.Duration(number(ago)) * time.Minute).Truncate(time.Minute)
	}
	return c.askEvidence(ctx, a, o, e, at)
}

// unknownTime stands where no time is known.
const unknownTime = "时间不详"

// foundForm is how the time is written in a question, in China's time.
const foundForm = "2006-01-02 15:04"

// askEvidence shows what the public will read of the end, and asks on what it rests. The answer closes the case.
func (c *Conversation) askEvidence(ctx context.Context, a guitu.Alert, o guitu.Officer, e CaseEnding, at time.Time) (Answer, error) {
	if !at.IsZero() && at.Before(a.Facts.MissingAt) {
		return Answer{}, guitu.Errorf(guitu.Invalid, "找到的时间早于走失时间，请重新选择。")
	}
	n, err := c.o.Alert.Cases.PreviewEnd(ctx, a.ID, o.ID, guitu.Closing{Outcome: e.Outcome, Life: e.Life, FoundAt: at})
	if err != nil {
		return Answer{}, err
	}
	when := unknownTime
	if !at.IsZero() {
		when = at.In(Beijing).Format(foundForm)
	}
	return Answer{Say: &Utterance{
		Text: fmt.Sprintf("%s\n请回复本条消息，写明依据，如“派出所民警当面确认”（至多 %d 字，不对外公布，请不要写姓名、电话和住址）。"+
			"回复之后立即结案，姓名和照片从各渠道撤下。公众将读到：\n\n%s",
			caseQuestion{a.ID, "结案依据", e.Label + "，" + when}.title(), guitu.MaxBasis, publicText(n)),
		Asks: true, To: o,
	}}, nil
}

// askCancel shows what the public will read, and asks why the alert is taken back. The answer takes it back.
func (c *Conversation) askCancel(ctx context.Context, a guitu.Alert, o guitu.Officer) (Answer, error) {
	if a.State != guitu.AlertActive {
		return Answer{}, guitu.Errorf(guitu.Conflict, "警报已不在进行")
	}
	n, err := c.o.Alert.Cases.PreviewEnd(ctx, a.ID, o.ID, guitu.Closing{})
	if err != nil {
		return Answer{}, err
	}
	return Answer{Say: &Utterance{
		Text: fmt.Sprintf("%s\n撤销只用于误发；孩子已有下落的，请用“结案”。请回复本条消息，写明原因（至多 %d 字，不对外公布，请不要写姓名、电话和住址）。"+
			"回复之后立即撤销。公众将读到：\n\n%s", caseQuestion{a.ID, "撤销原因", a.Code}.title(), guitu.MaxBasis, publicText(n)),
		Asks: true, To: o,
	}}, nil
}

// askUpdate says what is odd about the case, and asks what is new. The answer goes out.
func (c *Conversation) askUpdate(ctx context.Context, a guitu.Alert, o guitu.Officer) (Answer, error) {
	if a.State != guitu.AlertActive {
		return Answer{}, guitu.Errorf(guitu.Conflict, "警报已不在进行")
	}
	concerns, err := c.o.Alert.Cases.Concerns(ctx, a.ID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	text := caseQuestion{a.ID, "新情况", a.Code + "，" + sum(concerns)}.title() + "\n"
	for _, k := range concerns {
		if k.Blocks {
			return Answer{}, guitu.Errorf(guitu.Invalid, "不能更新：%s。请在控制台处理：%s/%d", k.Message, c.o.Alert.Form, a.ID)
		}
		text += "请先核对：" + k.Message + "。\n"
	}
	return Answer{Say: &Utterance{
		Text: text + fmt.Sprintf("请回复本条消息，写明新的情况，如“最后一次被看到是在县汽车站”（至多 %d 字）。这段话原样公开，请不要写电话、证件号。"+
			"回复之后立即发给所有收到过警报的渠道和人。改正写错的内容，请用“更正”。", guitu.MaxNote),
		Asks: true, To: o,
	}}, nil
}

func (c *Conversation) askRefusal(a guitu.Alert, o guitu.Officer, approvalID int64) (Answer, error) {
	return Answer{Say: &Utterance{
		Text: caseQuestion{a.ID, "不同意的理由", "复核 " + strconv.FormatInt(approvalID, 10)}.title() + "\n请回复本条消息。回复之后才生效。",
		Asks: true, To: o,
	}}, nil
}

// answerCase takes the answer to a question about a case.
func (c *Conversation) answerCase(ctx context.Context, in Incoming, o guitu.Officer, q caseQuestion) (Answer, error) {
	cases := c.o.Alert.Cases
	if cases == nil {
		return say("请在控制台处理警报：" + c.o.Alert.Form), nil
	}
	if !c.mayList(in, o) {
		return say(elsewhere), nil
	}
	text := strings.TrimSpace(strings.ToValidUTF8(in.Text, ""))
	if n := utf8.RuneCountInString(text); n == 0 || n > guitu.MaxBasis {
		return say(fmt.Sprintf("请用文字回复那条消息，至多 %d 字。还没有生效。", guitu.MaxBasis)), nil
	}
	a, _, err := cases.Alert(ctx, q.alertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	switch q.what {
	case "找到时间":
		e, err := endingBy(func(e CaseEnding) bool { return e.Label == q.detail })
		if err != nil {
			return Answer{}, err
		}
		at := c.o.Alert.Read.Facts("孩子于"+text+"走失", c.o.Alert.now()).MissingAt
		if at.IsZero() {
			return Answer{}, guitu.Errorf(guitu.Invalid, "读不出时间，请写成“今天下午4点”或“3月1日16:20”，再回复一次那条消息。")
		}
		return c.askEvidence(ctx, a, o, e, at)
	case "结案依据":
		return c.closeCase(ctx, in, o, a, q, text)
	case "撤销原因":
		_, err = cases.Cancel(ctx, guitu.CancelRequest{AlertID: a.ID, OfficerID: o.ID, Version: a.Version, Reason: text, Key: in.Key})
		return c.changed(ctx, a.ID, o, "警报已撤销，正从各渠道收回。", err)
	case asksCorrection, showsCorrection:
		return c.showCorrection(ctx, o, a, q.detail, text)
	case "新情况":
		return c.updateCase(ctx, in, o, a, q, text)
	}
	id := number(strings.TrimPrefix(q.detail, "复核 "))
	_, err = cases.Decide(ctx, guitu.ApprovalDecision{ApprovalID: id, OfficerID: o.ID, Reason: text, Key: in.Key})
	return c.changed(ctx, a.ID, o, "已答复不同意。", err)
}

func (c *Conversation) closeCase(ctx context.Context, in Incoming, o guitu.Officer, a guitu.Alert, q caseQuestion, evidence string) (Answer, error) {
	i := strings.LastIndex(q.detail, "，")
	e, err := endingBy(func(e CaseEnding) bool { return i > 0 && e.Label == q.detail[:i] })
	if err != nil {
		return Answer{}, err
	}
	k := guitu.Closing{Outcome: e.Outcome, Life: e.Life, Evidence: evidence}
	if when := q.detail[i+len("，"):]; when != unknownTime {
		if k.FoundAt, err = time.ParseInLocation(foundForm, when, Beijing); err != nil {
			return Answer{}, guitu.Errorf(guitu.Invalid, "无法识别这个问题，请重新点按“结案”。")
		}
	}
	_, err = c.o.Alert.Cases.Close(ctx, guitu.CloseRequest{AlertID: a.ID, OfficerID: o.ID, Version: a.Version, Closing: k, Key: in.Key})
	return c.changed(ctx, a.ID, o, "案件已结案，姓名和照片正从各渠道撤下。", err)
}

// updateCase tells what is new. What came up after the officer was asked is asked about first.
func (c *Conversation) updateCase(ctx context.Context, in Incoming, o guitu.Officer, a guitu.Alert, q caseQuestion, note string) (Answer, error) {
	concerns, err := c.o.Alert.Cases.Concerns(ctx, a.ID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	var codes []string
	for _, k := range concerns {
		codes = append(codes, k.Code)
	}
	r := guitu.AmendRequest{AlertID: a.ID, OfficerID: o.ID, Version: a.Version, Facts: a.Facts, Acknowledged: codes, Note: note, Key: in.Key}
	if q.detail != a.Code+"，"+sum(concerns) {
		r.Acknowledged = nil // The same press again is answered as it was; a new one is refused for what is odd now.
	}
	_, err = c.o.Alert.Cases.Amend(ctx, r)
	if guitu.KindOf(err) == guitu.Invalid && r.Acknowledged == nil && len(codes) > 0 {
		return c.askUpdate(ctx, a, o)
	}
	return c.changed(ctx, a.ID, o, "更新已发出。", err)
}

// publicText is what the public reads of a notice.
func publicText(n guitu.Notice) string {
	t := n.Texts[guitu.Chinese]
	var parts []string
	for _, s := range []string{t.Headline, t.Keep, t.Description, t.Instruction} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n")
}
