package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/bot"
	chat "guitu/bot/telegram"
	"guitu/internal/fake"
	api "guitu/internal/telegram"
	"guitu/internal/testenv"
)

// TestCorrectFromChat corrects facts of an alert that is out: each is shown as the public will read it, and goes out by one press.
func TestCorrectFromChat(t *testing.T) {
	p := telephoneDay(t)
	a := issueAlert(t, p.alerts.Alerts, p.me)
	now := func() guitu.Alert {
		a, _, err := p.alerts.Alert(t.Context(), a.ID, p.me)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	ask := func(label string) fake.Message {
		return p.press(p.press(p.press(p.write("/alerts", 0), a.Code), "更正"), label)
	}

	asked := ask("衣着")
	says(t, asked.Text, "案件 #1 更正（衣着）", "还不会发出")
	shown := p.write("红色\n外套", asked.ID)
	says(t, shown.Text, "案件 #1 确认更正（衣着）", "改为：红色 外套", "更正：衣着有误，已改正。", "林小川")
	if got := now(); got.Messages != 1 || got.Facts.Child.Clothing != "蓝色外套、黑裤" {
		t.Fatalf("before the press: %d messages, %q", got.Messages, got.Facts.Child.Clothing)
	}
	// A reply to what is shown writes it anew, and the older one is then as good as any: nothing has changed in between.
	shown = p.write("红色外套", shown.ID)
	stale := shown
	says(t, p.press(shown, "确认更正").Text, "更正已发出。", "第1号案件")
	if got := now(); got.Messages != 2 || got.Facts.Child.Clothing != "红色外套" || got.Facts.Child.Name != "林小川" {
		t.Fatalf("after the press: %d messages, %+v", got.Messages, got.Facts.Child)
	}
	eventually(t, "the site tells the correction", func() bool {
		return strings.Contains(text(t, http.DefaultClient, p.site+"/n/"+a.Code), "红色外套")
	})
	// What stood there before is not published over what stands now.
	says(t, p.press(stale, "确认更正").Text, "已有人更新", "第1号案件")

	for label, answers := range map[string][2]string{
		"性别": {"不明", "请只写"}, "年龄": {"19岁", "不能这样更正"}, "走失时间": {"说不清", "读不出时间"}, "联系人和电话": {"家属 19900000002", "不能这样更正"},
	} {
		says(t, p.write(answers[0], ask(label).ID).Text, answers[1])
	}
	if n := now().Messages; n != 2 {
		t.Errorf("%d messages after what was refused, want 2", n)
	}

	// A time is shown as what it means when it was written.
	yesterday := time.Now().In(bot.Beijing).AddDate(0, 0, -1)
	at := time.Date(yesterday.Year(), yesterday.Month(), yesterday.Day(), 16, 0, 0, 0, bot.Beijing)
	shown = p.write("昨天下午4点", ask("走失时间").ID)
	says(t, shown.Text, "改为："+at.Format("2006-01-02 15:04")+"\n")
	says(t, p.press(shown, "确认更正").Text, "更正已发出。")
	if got := now().Facts.MissingAt; !got.Equal(at) {
		t.Errorf("missing at %s, want %s", got, at)
	}
	all, err := p.alerts.View(t.Context(), a.ID, p.me, "核对")
	if err != nil {
		t.Fatal(err)
	}
	viewed := 0
	for _, e := range all.Events {
		if e.Kind == guitu.EventViewed && e.Detail == "更正警报" {
			viewed++
		}
	}
	if viewed == 0 {
		t.Error("nothing says that the child's data were read")
	}
}

// TestNoCorrectionAbroad: a child's data must not go into a chat abroad.
func TestNoCorrectionAbroad(t *testing.T) {
	r := newCase(t)
	for _, said := range []string{
		r.pressData("case:1:0:correct:"), r.pressData("case:1:0:correct:name"), r.pressData("case:1:0:right:0"),
		r.write("林小江", "案件 #1 更正（姓名）\n"),
	} {
		says(t, said, "请在控制台更正")
		if strings.Contains(said, "林小") {
			t.Errorf("the chat was told %q", said)
		}
	}
}

// emulatedCase is telegram-test-api, as the officer 700 sees it in a private chat.
type emulatedCase struct {
	*testing.T
	*testenv.Telegram
	client *api.Client
	bot    *chat.Bot
}

// next has the bot handle what came in, and returns what it said last.
func (e *emulatedCase) next() testenv.TelegramMessage {
	e.Helper()
	us, err := e.client.Updates(e.Context(), 0, 0, nil)
	if err != nil || len(us) != 1 {
		e.Fatalf("updates %v, %v", us, err)
	}
	if err := e.bot.Handle(e.Context(), us[0].Body); err != nil {
		e.Fatal(err)
	}
	ms := e.Unread("700")
	if len(ms) == 0 {
		e.Fatalf("the bot says nothing to %s", us[0].Body)
	}
	return ms[len(ms)-1]
}

func (e *emulatedCase) write(text string, replyTo int) testenv.TelegramMessage {
	e.Helper()
	e.Write(700, "700", text, replyTo)
	return e.next()
}

// press presses the first button whose label begins so.
func (e *emulatedCase) press(under testenv.TelegramMessage, label string) testenv.TelegramMessage {
	e.Helper()
	e.Press(700, "700", under.ID, dataOf(e.T, under.Text, under.Markup, label))
	return e.next()
}

// TestCaseOverTelegram updates, corrects, extends and closes an alert over telegram-test-api, a Bot API server that somebody else wrote.
func TestCaseOverTelegram(t *testing.T) {
	const token = "110201543:secret-part"
	server := testenv.StartTelegram(t, token)
	client, err := api.New(token, api.Options{APIURL: server.URL, Limits: api.Limits{MaxWait: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	s, c := chatDay(t, true)
	e := &emulatedCase{t, server, client, chat.New(client, c.talk, inbox{s.db}, chat.Options{ShowPersonalData: true})}
	r := &runCase{c, s, c.alerts.Alerts, guitu.Alert{}}
	r.a = issueAlert(t, r.alerts, r.officer(700).ID)
	r.page("林小川")

	card := e.press(e.write("/alerts", 0), r.a.Code)
	says(t, card.Text, "第1号案件", r.a.Code)
	card = e.write("最后一次被看到是在虚构汽车站", e.press(card, "更新").ID)
	says(t, card.Text, "更新已发出。")
	r.page("虚构汽车站")
	shown := e.write("红色外套", e.press(e.press(card, "更正"), "衣着").ID)
	says(t, shown.Text, "改为：红色外套")
	card = e.press(shown, "确认更正")
	says(t, card.Text, "更正已发出。")
	r.page("红色外套")
	before := r.now().Expires
	card = e.press(e.press(card, "延期"), "延长 24 小时")
	if got := r.now().Expires; !got.Equal(before.Add(24 * time.Hour)) {
		t.Errorf("expires %s, want 24 hours after %s", got, before)
	}
	ask := e.press(e.press(e.press(card, "结案"), "迷路走失"), "刚刚")
	says(t, ask.Text, "结案依据", "公众将读到")
	says(t, e.write("派出所民警当面确认", ask.ID).Text, "案件已结案")
	body := r.page("已结案")
	for _, w := range []string{"林小川", "红色外套", "虚构小区", "<img"} {
		if strings.Contains(body, w) {
			t.Errorf("the status page of the closed case says %q", w)
		}
	}
}
