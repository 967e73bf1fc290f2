package telegram_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/bot"
	"guitu/bot/telegram"
	"guitu/internal/fake"
	api "guitu/internal/telegram"
	"guitu/internal/testenv"
)

// TestEmulator holds a conversation over telegram-test-api, a Bot API server that somebody else wrote.
func TestEmulator(t *testing.T) {
	e := emulator{t, testenv.StartTelegram(t, token)}
	c, err := api.New(token, api.Options{APIURL: e.URL, Limits: api.Limits{MaxWait: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	back := &fake.Backend{
		Now:      time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC),
		Officers: map[int64]guitu.Officer{},
		Invites:  map[string]guitu.Officer{"CODE": wang},
		Stories:  map[int64]guitu.Question{17: story(17)},
	}
	in := newInbox()
	b := telegram.New(c, bot.NewConversation(back, bot.Options{}), in, telegram.Options{PollWait: time.Second})
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	ended := make(chan error, 2)
	go func() { ended <- b.Poll(ctx, func() {}) }()
	go func() { ended <- handleAll(ctx, b, in) }()

	e.write("/start CODE", 0)
	has(t, e.next().Text, "王警官，您好")
	ref, err := b.Ask(ctx, "700", story(17))
	if err != nil {
		t.Fatal(err)
	}
	card := e.next()
	has(t, card.Text, "传言 #17", "甄**")
	e.press(card.ID, "rule:17:0:refuted")
	ask := e.next()
	has(t, ask.Text, "写明是怎样核查的")
	e.write("电话核实，孩子在家", ask.ID)
	has(t, e.next().Text, "已记录", "不实")
	q, err := back.Question(ctx, 17)
	if err != nil || q.Verdict == nil || q.Verdict.Basis != "电话核实，孩子在家" {
		t.Fatalf("verdict = %+v, %v", q.Verdict, err)
	}
	if err := b.Show(ctx, ref, q); err != nil {
		t.Fatal(err)
	}
	if text := e.message(card.ID).Text; !strings.Contains(text, "核查结论：不实") {
		t.Errorf("the card reads %q", text)
	}
	e.press(card.ID, "correct:17:1")
	has(t, e.next().Text, "更正为哪一种结论")
	cancel()
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	}
}

func has(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("the bot said %q, want it to say %q", got, p)
		}
	}
}

// handleAll handles what comes into the inbox, in order.
func handleAll(ctx context.Context, b *telegram.Bot, in *inbox) error {
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-in.got:
		}
		order, kept := in.list()
		// The officer can read a message before the call that sent it returns, and the test ends then.
		if err := b.Handle(ctx, kept[order[n]]); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// emulator is telegram-test-api as the officer 700 sees it in a private chat.
type emulator struct {
	t *testing.T
	*testenv.Telegram
}

func (e emulator) write(text string, replyTo int) {
	e.t.Helper()
	e.Write(700, "700", text, replyTo)
}

func (e emulator) press(message int, data string) {
	e.t.Helper()
	e.Press(700, "700", message, data)
}

// next waits for the next message of the bot.
func (e emulator) next() testenv.TelegramMessage {
	e.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ms := e.Unread("700"); len(ms) > 0 {
			return ms[0]
		}
	}
	e.t.Fatal("the bot says nothing")
	return testenv.TelegramMessage{}
}

// message returns a message of the bot as it stands.
func (e emulator) message(id int) testenv.TelegramMessage {
	e.t.Helper()
	for _, m := range e.Messages("700") {
		if m.ID == id {
			return m
		}
	}
	e.t.Fatalf("no message %d", id)
	return testenv.TelegramMessage{}
}
