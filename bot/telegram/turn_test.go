package telegram_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"guitu"
	"guitu/bot"
	"guitu/bot/telegram"
	"guitu/internal/fake"
	api "guitu/internal/telegram"
)

// TestReserve: who has a chat's turn says one thing without waiting, and who has none is told when.
func TestReserve(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		name string
		say  func(c guitu.Chat, ref guitu.MessageRef) error
	}{
		{"Ask", func(c guitu.Chat, ref guitu.MessageRef) error {
			_, err := c.Ask(ctx, ref.Chat, story(17))
			return err
		}},
		{"Show", func(c guitu.Chat, ref guitu.MessageRef) error { return c.Show(ctx, ref, story(17)) }},
		{"Warn", func(c guitu.Chat, ref guitu.MessageRef) error {
			return c.Warn(ctx, ref.Chat, guitu.SourceState{Name: "weibo", Paused: true})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := fake.NewTelegram(fake.TelegramOptions{Token: token})
			s := httptest.NewServer(f)
			defer s.Close()
			// Nobody waits: who can't go now is sent away.
			limits := api.Limits{EveryChat: time.Hour, MaxWait: time.Nanosecond}
			free, err := api.New(token, api.Options{APIURL: s.URL, Limits: api.Limits{MaxWait: time.Second}})
			if err != nil {
				t.Fatal(err)
			}
			ref, err := free.Send(ctx, api.Message{Chat: "-1003", HTML: "旧卡片"})
			if err != nil {
				t.Fatal(err)
			}
			client, err := api.New(token, api.Options{APIURL: s.URL, Limits: limits})
			if err != nil {
				t.Fatal(err)
			}
			b := telegram.New(client, bot.NewConversation(&fake.Backend{}, bot.Options{}), newInbox(), telegram.Options{Log: quiet})
			chat, err := b.Reserve(ctx, ref.Chat)
			if err != nil {
				t.Fatal(err)
			}
			var retry *guitu.RetryError
			if _, err := b.Reserve(ctx, ref.Chat); !errors.As(err, &retry) || retry.After < 59*time.Minute {
				t.Errorf("a second Reserve = %v, want a retry in an hour", err)
			}
			if err := tt.say(b, ref); !errors.As(err, &retry) {
				t.Errorf("without a turn: %v, want a retry", err)
			}
			if err := tt.say(chat, ref); err != nil {
				t.Errorf("with the turn: %v", err)
			}
			if n := len(f.Calls("sendMessage")) + len(f.Calls("editMessageText")); n != 2 {
				t.Errorf("%d calls, want the old card's and one", n)
			}
		})
	}
}
