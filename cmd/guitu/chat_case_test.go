package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/alerts"
)

// runCase is an alert that is out, and the officer who runs it in the conversation.
type runCase struct {
	*chatOfficer
	s      *server
	alerts *alerts.Alerts
	a      guitu.Alert
}

func newCase(t *testing.T) *runCase {
	t.Helper()
	s, c := chatDay(t, false)
	r := &runCase{c, s, alerts.New(s.db, alerts.Options{Channels: []string{"site"}, Override: time.Hour}), guitu.Alert{}}
	r.a = issueAlert(t, r.alerts, r.officer(700).ID)
	return r
}

// officer is the officer of a Telegram account.
func (r *runCase) officer(user int64) guitu.Officer {
	r.Helper()
	o, err := r.s.desks.OfficerByTelegram(r.Context(), user)
	if err != nil {
		r.Fatal(err)
	}
	return o
}

// now is the alert as it stands.
func (r *runCase) now() guitu.Alert {
	r.Helper()
	a, _, err := r.alerts.Alert(r.Context(), r.a.ID, r.officer(700).ID)
	if err != nil {
		r.Fatal(err)
	}
	return a
}

// page is the alert's status page once it says something.
func (r *runCase) page(what string) (body string) {
	r.Helper()
	eventually(r.T, "the status page says "+what, func() bool {
		body = text(r.T, http.DefaultClient, r.s.config.PublicURL+"/n/"+r.a.Code)
		return strings.Contains(body, what)
	})
	return body
}

// open opens the case from the list.
func (r *runCase) open() string {
	r.Helper()
	says(r.T, r.write("/alerts", ""), "正在进行的警报有 1 条")
	said := r.pressData(r.last.Say.Choices[0].Press.Data())
	says(r.T, said, "第1号案件", r.a.Code, "有效", "/n/"+r.a.Code)
	return said
}

// TestCaseFromChat updates, extends and closes an alert in the conversation, each step done twice. It needs nothing of the child in the chat.
func TestCaseFromChat(t *testing.T) {
	r := newCase(t)
	r.page("林小川")
	everything := r.open()

	says(t, r.press("更新"), "新情况", "原样公开")
	says(t, r.answer("电话 19900000009"), "不能有电话")
	r.write("最后一次被看到是在虚构汽车站", r.question("更新"))
	says(t, r.last.Say.Text, "更新已发出。", "第1号案件")
	everything += r.last.Say.Text
	r.page("最后一次被看到是在虚构汽车站")
	if n := r.now().Messages; n != 2 {
		t.Errorf("%d messages, want the alert and one update", n)
	}

	before := r.now().Expires
	says(t, r.press("延期"), "延长多久")
	stale := r.last.Say.Choices[1].Press.Data()
	says(t, r.press("延长 24 小时"), "有效期已延长到")
	if got := r.now().Expires; !got.Equal(before.Add(24 * time.Hour)) {
		t.Errorf("expires %s, want 24 hours after %s", got, before)
	}
	// Another officer's press on what stood there before shows the case anew, and extends nothing.
	says(t, r.pressData(stale), "已有人更新", "第1号案件")

	says(t, r.press("结案"), "结果是哪一种")
	says(t, r.press("迷路走失"), "找到时间（迷路走失）")
	found := r.last.Say.Text
	says(t, r.press("6小时前"), "早于走失时间")
	says(t, r.write("说不清", found), "读不出时间")
	r.write("/alerts "+strings.ToLower(r.a.Code), "")
	r.press("结案")
	r.press("迷路走失")
	said := r.press("刚刚")
	says(t, said, "结案依据（迷路走失，", "立即结案", "公众将读到")
	everything += said
	if a := r.now(); a.State != guitu.AlertActive {
		t.Fatalf("closed before anybody said on what it rests: %s", a.State)
	}
	says(t, r.answer("派出所民警当面确认"), "案件已结案", "第1号案件", "已结案")
	everything += r.last.Say.Text
	a := r.now()
	if a.State != guitu.AlertClosed || a.Ending.Outcome != guitu.OutcomeLost || a.Ending.Life != guitu.Alive || a.Ending.FoundAt.IsZero() ||
		a.Ending.Evidence != "派出所民警当面确认" {
		t.Errorf("ended as %s: %+v", a.State, a.Ending)
	}
	if body := r.page("已结案"); strings.Contains(body, "林小川") || strings.Contains(body, "当面确认") {
		t.Error("the status page of the closed case tells the name, or what is for officers")
	}
	for _, w := range []string{"林小川", "1990000", "虚构小区", "蓝色外套"} {
		if strings.Contains(everything, w) {
			t.Errorf("the chat was told %q", w)
		}
	}
	says(t, r.write("/alerts", ""), "没有正在进行的警报")
}

// question presses a button of the open case and returns what is asked.
func (r *runCase) question(label string) string {
	r.Helper()
	r.open()
	return r.press(label)
}

// TestCancelFromChat takes an alert back, and lets nobody do it who may not.
func TestCancelFromChat(t *testing.T) {
	r := newCase(t)
	r.page("林小川")
	ask := r.question("撤销（误发）")
	says(t, ask, "撤销原因", "公众将读到")
	says(t, r.write("", ask), "还没有生效")

	stranger := r.in("误发", ask)
	stranger.User = 701
	if a, err := r.talk.Text(t.Context(), stranger); err != nil || a.Say == nil || !strings.Contains(a.Say.Text, "邀请链接") {
		t.Errorf("a stranger: %+v, %v", a.Say, err)
	}
	group := r.in("误发", ask)
	group.Private, group.Ref = false, guitu.MessageRef{Chat: "-100999"}
	if a, err := r.talk.Text(t.Context(), group); err != nil || !strings.Contains(a.Say.Text, "私聊") {
		t.Errorf("in a foreign group: %+v, %v", a.Say, err)
	}
	r.other(701, "371400")
	if a, err := r.talk.Text(t.Context(), stranger); err != nil || !strings.Contains(a.Say.Text, "不属于您的值班台") {
		t.Errorf("an officer of another area: %+v, %v", a.Say, err)
	}
	stranger.Text, stranger.ReplyTo = "/alerts "+r.a.Code, ""
	if a, err := r.talk.Text(t.Context(), stranger); err != nil || !strings.Contains(a.Say.Text, "没有这个校验码") {
		t.Errorf("an officer of another area opens the case: %+v, %v", a.Say, err)
	}
	if a := r.now(); a.State != guitu.AlertActive {
		t.Fatalf("taken back by somebody who may not: %s", a.State)
	}
	says(t, r.write("误发，孩子在家", ask), "警报已撤销", "已撤销")
	if body := r.page("撤销"); strings.Contains(body, "林小川") {
		t.Error("the status page of the cancelled alert tells the name")
	}
	says(t, r.write("再撤一次", ask), "已")
}

// other lets an officer of another desk join with an account.
func (r *runCase) other(user int64, area guitu.Area) guitu.Officer {
	r.Helper()
	o := guitu.Officer{Name: "乙警官", Role: guitu.RoleOfficer, TelegramUser: user}
	err := r.s.db.Update(r.Context(), func(tx *store.Tx) error {
		all, err := tx.Desks(r.Context())
		if err != nil {
			return err
		}
		if err := tx.SetDesks(r.Context(), append(all, guitu.Desk{Name: "乙台 " + string(area), Area: area})); err != nil {
			return err
		}
		if all, err = tx.Desks(r.Context()); err != nil {
			return err
		}
		for _, d := range all {
			if d.Name == "乙台 "+string(area) {
				o.Desk = d
			}
		}
		return tx.CreateOfficer(r.Context(), &o)
	})
	if err != nil {
		r.Fatal(err)
	}
	return o
}

// TestApprovalFromChat has a second officer agree or refuse in the conversation, never the one who asked.
func TestApprovalFromChat(t *testing.T) {
	r := newCase(t)
	second := r.other(702, "371300")
	as := func(o guitu.Officer, data, text, replyTo string) string {
		in := r.in(text, replyTo)
		in.User = o.TelegramUser
		do := func() (string, error) {
			if data == "" {
				a, err := r.talk.Text(t.Context(), in)
				r.last = a
				return a.Say.Text, err
			}
			a, err := r.talk.Press(t.Context(), in, data)
			if r.last = a; a.Say == nil {
				return a.Toast, err
			}
			return a.Say.Text, err
		}
		said, err := do()
		if again, errAgain := do(); err != nil || errAgain != nil || !strings.Contains(again, "第1号案件") && again != said {
			t.Fatalf("%v, %v: %q, and again %q", err, errAgain, said, again)
		}
		return said
	}
	button := func(label string) string {
		for _, a := range r.last.Say.Choices {
			if strings.HasPrefix(a.Label, label) {
				return a.Press.Data()
			}
		}
		return ""
	}
	me := r.officer(700)
	for i, agree := range []bool{false, true} {
		p, err := r.alerts.AskApproval(t.Context(), guitu.ApprovalRequest{
			AlertID: r.a.ID, OfficerID: me.ID, Kind: guitu.ApproveReach, Reach: 200, Reason: "可能已上高速", Key: "ask" + string(rune('a'+i)),
		})
		if err != nil {
			t.Fatal(err)
		}
		says(t, r.open(), "等待复核：扩大到 200 公里", "可能已上高速")
		if data := button("同意") + button("不同意") + button("超时"); data != "" {
			t.Errorf("who asked is offered %q", data)
		}
		says(t, as(second, "", "/alerts "+r.a.Code, ""), "等待复核")
		if agree {
			says(t, as(second, button("同意"), "", ""), "已同意")
		} else {
			ask := as(second, button("不同意"), "", "")
			says(t, ask, "不同意的理由")
			says(t, as(second, "", "证据不足", ask), "已答复不同意")
		}
		all, err := r.alerts.Approvals(t.Context(), r.a.ID, me.ID)
		if err != nil || all[i].ID != p.ID || all[i].Decider.ID != second.ID || (all[i].Decision == "agreed") != agree {
			t.Errorf("approval %+v, %v", all[i], err)
		}
	}
}
