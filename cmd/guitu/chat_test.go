package main

import (
	"context"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/bot"
	"guitu/verify/alerts"
	"guitu/verify/rumors"
)

// chatOfficer holds a conversation over the alerts of a database, as an officer with a Telegram account does.
type chatOfficer struct {
	*testing.T
	talk    *bot.Conversation
	last    bot.Answer
	n       int
	alerts  chatWork
	picture func(ctx context.Context, name string) ([]byte, error) // as bot.AlertOptions.Picture
}

func (c *chatOfficer) in(text, replyTo string) bot.Incoming {
	c.n++
	return bot.Incoming{Key: "telegram:" + strings.Repeat("1", c.n), User: 700, Private: true, Text: text, ReplyTo: replyTo}
}

// write writes to the bot twice, as after a crash before the update was marked as handled; the second time must be answered the same.
func (c *chatOfficer) write(text, replyTo string) string {
	c.Helper()
	in := c.in(text, replyTo)
	var said [2]string
	for i := range said {
		a, err := c.talk.Text(c.Context(), in)
		if err != nil || a.Say == nil {
			c.Fatalf("%q: %+v, %v", text, a, err)
		}
		c.last, said[i] = a, a.Say.Text
	}
	if said[0] != said[1] {
		c.Errorf("%q was answered by %q, and again by %q", text, said[0], said[1])
	}
	return said[0]
}

// answer replies to what the bot said last.
func (c *chatOfficer) answer(text string) string {
	c.Helper()
	return c.write(text, c.last.Say.Text)
}

// press presses a button of what the bot said last, twice.
func (c *chatOfficer) press(label string) string {
	c.Helper()
	for _, a := range c.last.Say.Choices {
		if a.Label == label {
			return c.pressData(a.Press.Data())
		}
	}
	c.Fatalf("no button %q under %q", label, c.last.Say.Text)
	return ""
}

func (c *chatOfficer) pressData(data string) string {
	c.Helper()
	in := c.in("", "")
	for range 2 {
		a, err := c.talk.Press(c.Context(), in, data)
		if err != nil {
			c.Fatalf("%q: %v", data, err)
		}
		if a.Say == nil {
			return a.Toast
		}
		c.last = a
	}
	return c.last.Say.Text
}

// plain is a channel without limits of its own.
type plain string

func (p plain) Name() string { return string(p) }

func (plain) Publish(context.Context, guitu.Publication) (guitu.Receipt, error) {
	return guitu.Receipt{}, guitu.ErrRejected
}

// chatDay is a practice day on which an officer of the county where the child is lost joins by an invitation.
func chatDay(t *testing.T, show bool) (*server, *chatOfficer) {
	t.Helper()
	return chatDayBy(t, show, alerts.Options{Override: time.Hour})
}

// chatDayBy is chatDay with other rules.
func chatDayBy(t *testing.T, show bool, o alerts.Options) (*server, *chatOfficer) {
	t.Helper()
	o.Channels = []string{"site"}
	s, _ := practiceDay(t, filepath.Join(t.TempDir(), "exercise.db"))
	t.Cleanup(func() { s.close() })
	all, err := s.desks.Desks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	desk := slices.IndexFunc(all, func(d guitu.Desk) bool { return d.Area.Covers("371302") })
	officers, err := s.desks.Officers(t.Context())
	if err != nil || desk < 0 || len(officers) == 0 {
		t.Fatalf("desks %v, officers %v, %v", all, officers, err)
	}
	code, _, err := s.desks.Invite(t.Context(), all[desk].ID, guitu.RoleOfficer, "王警官", officers[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	c := &chatOfficer{T: t}
	options := bot.AlertOptions{
		Read: alertReader{}, Form: s.config.PublicURL + "/console/alerts",
		Link: func(code string) string { return s.config.PublicURL + "/n/" + code },
	}
	cases := alerts.New(s.db, o)
	options.Cases = cases
	if show {
		c.alerts = chatWork{caseWork{Alerts: cases, channels: []guitu.Publisher{plain("site")}, fonts: s.fonts, link: options.Link}, s.desks, s.db.Now}
		options.Alerts = c.alerts
		options.Picture = func(ctx context.Context, name string) ([]byte, error) { return c.picture(ctx, name) }
	}
	c.talk = bot.NewConversation(backend{stories: rumors.New(s.db, rumors.Options{}), roster: s.desks}, bot.Options{Alert: options})
	if said := c.write("/start "+code, ""); !strings.Contains(said, "王警官，您好") {
		t.Fatalf("joining: %q", said)
	}
	return s, c
}

func says(t *testing.T, said string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(said, p) {
			t.Fatalf("the bot says %q, want %q", said, p)
		}
	}
}

// TestAlertFromChat issues an alert in the conversation, each step done twice, and finds it on the site once.
func TestAlertFromChat(t *testing.T) {
	s, c := chatDay(t, true)
	says(t, c.write("/alert", ""), "警报草稿 #1：孩子的情况")
	first := c.last
	said := c.answer("男孩，7岁，林小川，身高120cm，上身穿蓝色外套")
	says(t, said, "走失地点", "林小川")
	says(t, c.answer("临沂市兰山区虚构小区南门"), "走失时间")
	says(t, c.press("1小时前"), "风险等级")
	says(t, c.press("走失"), "是否已报警立案")
	says(t, c.press("已报警立案"), "危险情形")
	says(t, c.answer("年幼，附近有河"), "监护权争议")
	says(t, c.press("都没有"), "联系人和电话")
	said = c.answer("王警官 19900000001")
	for strings.Contains(said, "请核对（") {
		said = c.press("已核对，继续")
	}
	says(t, said, "最后一眼", "林小川", "19900000001", "虚构小区")
	stale := c.last.Say.Choices[0].Press.Data()
	// What changed after the look is looked at again.
	c.last = first
	c.write("黑裤", "警报草稿 #1：体貌特征\n")
	says(t, c.pressData(stale), "警报草稿 #1")
	if strings.Contains(c.last.Say.Text, "已发布") {
		t.Fatal("a draft was issued that nobody had seen")
	}
	said = c.last.Say.Text
	for strings.Contains(said, "请核对（") {
		said = c.press("已核对，继续")
	}
	says(t, c.press("立即发布"), "警报已发布", "核验码", "/n/")
	code := regexp.MustCompile(`核验码 (\S+)，`).FindStringSubmatch(c.last.Say.Text)[1]
	eventually(t, "the site shows the alert", func() bool {
		body := text(t, http.DefaultClient, s.config.PublicURL+"/n/"+code)
		return strings.Contains(body, "林小川") && strings.Contains(body, "19900000001")
	})
}

// TestNoAlertAbroad: a child's data must not go into a chat abroad.
func TestNoAlertAbroad(t *testing.T) {
	_, c := chatDay(t, false)
	says(t, c.write("/alert", ""), "境外", "/console/alerts")
	says(t, c.pressData("alert:1:0:ask:name"), "控制台")
	says(t, c.write("林小川", "警报草稿 #1：姓名\n"), "控制台")
}
