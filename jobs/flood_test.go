package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"

	"guitu"
	"guitu/bot"
	"guitu/bot/telegram"
	"guitu/internal/fake"
	"guitu/internal/store"
	api "guitu/internal/telegram"
	"guitu/jobs"
)

// flood makes so many cards of the story that are to stand in a chat, and the steps that put them there.
func (h *house) flood(chat string, n int) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		for range n {
			c := store.Card{RumorID: h.story, Ref: guitu.MessageRef{Chat: chat}}
			if err := tx.CreateCard(ctx, &c); err != nil {
				return err
			}
			if err := tx.Enqueue(ctx, guitu.Ask{CardID: c.ID}, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// standing returns the messages of the cards that stand in a chat, in the order in which the cards were made.
func (h *house) standing(chat string) (messages []string) {
	h.t.Helper()
	all, _ := h.cards()
	for _, c := range all {
		if c.Ref.Chat == chat && c.Ref.Message != "" {
			messages = append(messages, c.Ref.Message)
		}
	}
	return messages
}

// TestFlood: a hundred cards for one chat hold up no card for another. The chats are Telegram's, with limits.
func TestFlood(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const token, many = "110201543:secret-part", 100
		server := httptest.NewServer(fake.NewTelegram(fake.TelegramOptions{Token: token}))
		t.Cleanup(server.Close)
		// Whoever waits in a worker for the flooded chat waits four seconds, and there are a hundred of them.
		limits := api.Limits{EveryChat: 4 * time.Second, MaxWait: 5 * time.Second}
		client, err := api.New(token, api.Options{APIURL: server.URL, Limits: limits})
		if err != nil {
			t.Fatal(err)
		}
		officers := telegram.New(client, bot.NewConversation(nil, bot.Options{}), nil, telegram.Options{Log: slog.New(slog.DiscardHandler)})
		h.flood("5", many)
		h.flood("6", 1)
		h.start(jobs.Options{Chat: officers})
		h.until("card in the other chat", func() bool { return len(h.standing("6")) == 1 })
		if n := len(h.standing("5")); n == 0 || n > many/10 {
			t.Errorf("%d cards stand in the flooded chat, want the first few of %d", n, many)
		}
	})
}

// door is a chat application in which a message needs a turn. There are none until it opens.
type door struct {
	room
	open    atomic.Bool
	refused atomic.Int64
}

func (*door) Ask(context.Context, string, guitu.Question) (guitu.MessageRef, error) {
	return guitu.MessageRef{}, errors.New("out of turn")
}

func (d *door) Reserve(context.Context, string) (guitu.Chat, error) {
	if !d.open.Load() {
		d.refused.Add(1)
		return nil, &guitu.RetryError{After: time.Millisecond, Err: errors.New("the minute is full")}
	}
	return &d.room, nil
}

// TestTurns: cards that wait for their chat's turn use up no try, and are neither lost nor doubled when the program ends meanwhile.
func TestTurns(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const n = 4
		d := &door{}
		h.flood("5", n)
		var failed atomic.Int64
		stop := h.start(jobs.Options{Chat: d, Observe: func(_ string, _ int, _ time.Duration, err error) {
			if err != nil {
				failed.Add(1)
			}
		}})
		h.until("card whose turn has not come", func() bool { return d.refused.Load() >= 3 })
		stop()
		if n := failed.Load(); n != 0 {
			t.Errorf("%d steps failed, want none", n)
		}
		waiting := h.steps([]string{"ask"}, rivertype.JobStateAvailable, rivertype.JobStateScheduled)
		if len(waiting) != n {
			t.Errorf("%d steps are put off, want %d", len(waiting), n)
		}
		for _, j := range waiting {
			if j.Attempt != 0 || len(j.Errors) != 0 {
				t.Errorf("step %d is at its try %d with %d errors, want none", j.ID, j.Attempt, len(j.Errors))
			}
		}
		d.open.Store(true)
		h.start(jobs.Options{Chat: d})
		h.until("card", func() bool { return len(h.standing("5")) == n })
		if got, want := d.calls(), slices.Repeat([]string{"ask open"}, n); !slices.Equal(got, want) {
			t.Errorf("did %q, want %q", got, want)
		}
	})
}
