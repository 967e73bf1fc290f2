package main

import (
	"context"
	"errors"
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"guitu"
	chat "guitu/bot/telegram"
	api "guitu/internal/telegram"
	"guitu/internal/testenv"
)

// received is an inbox whose updates are handled at once, in order.
type received chan []byte

func (r received) Put(ctx context.Context, _ string, _ int64, body []byte) error {
	select {
	case r <- body:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// emulated is an officer at telegram-test-api.
type emulated struct {
	*testing.T
	*testenv.Telegram
	last testenv.TelegramMessage
}

const (
	emulatedUser = 702
	emulatedChat = "702"
)

// hear waits for the next message of the bot.
func (e *emulated) hear(parts ...string) {
	e.Helper()
	eventually(e.T, "the bot says something", func() bool {
		ms := e.Unread(emulatedChat)
		if len(ms) > 0 {
			e.last = ms[len(ms)-1]
		}
		return len(ms) > 0
	})
	says(e.T, html.UnescapeString(e.last.Text), parts...)
}

func (e *emulated) write(text string, parts ...string) {
	e.Helper()
	replyTo := e.last.ID
	if strings.HasPrefix(text, "/") {
		replyTo = 0
	}
	e.Write(emulatedUser, emulatedChat, text, replyTo)
	e.hear(parts...)
}

func (e *emulated) press(label string, parts ...string) {
	e.Helper()
	e.Press(emulatedUser, emulatedChat, e.last.ID, dataOf(e.T, e.last.Text, e.last.Markup, label))
	e.hear(parts...)
}

// TestAlertOverTestAPI: an officer joins, writes an alert and publishes it over a Bot API server that somebody else wrote, and the status
// page shows it.
func TestAlertOverTestAPI(t *testing.T) {
	const token = "110201543:secret-part"
	e := &emulated{T: t, Telegram: testenv.StartTelegram(t, token)}
	client, err := api.New(token, api.Options{APIURL: e.URL, Limits: api.Limits{MaxWait: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	s, c := chatDay(t, true)
	all, err := s.desks.Officers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var admin, desk int64
	for _, o := range all {
		if o.Role == guitu.RoleAdmin {
			admin = o.ID
		}
		if o.TelegramUser == 700 {
			desk = o.Desk.ID
		}
	}
	code, _, err := s.desks.Invite(t.Context(), desk, guitu.RoleOfficer, "孙警官", admin)
	if err != nil {
		t.Fatal(err)
	}
	in := make(received, 100)
	b := chat.New(client, c.talk, in, chat.Options{ShowPersonalData: true, PollWait: time.Second})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- b.Poll(ctx, func() {}) }()
	go func() {
		for {
			select {
			case body := <-in:
				// The officer can read a message before the call that sent it returns, and the test ends then.
				if err := b.Handle(ctx, body); err != nil && ctx.Err() == nil {
					ended <- err
					return
				}
			case <-ctx.Done():
				ended <- ctx.Err()
				return
			}
		}
	}()

	e.write("/start "+code, "孙警官，您好")
	e.write("/alert", "警报草稿 #1：孩子的情况")
	e.write("男孩，7岁，林小川，身高120cm，上身穿蓝色外套，临沂市兰山区虚构小区南门走失", "走失时间")
	e.press("1小时前", "风险等级")
	e.press("走失", "是否已报警立案")
	e.press("已报警立案", "危险情形")
	e.write("年幼，附近有河", "监护权争议")
	e.press("都没有", "联系人和电话")
	e.write("孙警官 19900000001")
	for strings.Contains(e.last.Text, "请核对（") {
		e.press("已核对，继续")
	}
	says(t, e.last.Text, "最后一眼", "林小川")
	e.press("立即发布", "警报已发布")
	_, link, _ := strings.Cut(e.last.Text, "状态页：")
	link, _, _ = strings.Cut(link, "\n")
	eventually(t, "the status page shows the alert", func() bool {
		return strings.Contains(text(t, http.DefaultClient, link), "林小川")
	})
	cancel()
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	}
}
