package jobs_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
)

// ear is a chat in which the public is answered: the first call fails, and of the second the answer is lost.
type ear struct {
	switchboard
	calls int
	said  []string
}

func (e *ear) Reply(_ context.Context, r guitu.TipReply) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls++
	if e.calls == 1 {
		return &guitu.RetryError{After: time.Millisecond, Err: context.DeadlineExceeded}
	}
	e.said = append(e.said, fmt.Sprintf("%s: %s %s", r.Chat, r.Answer, r.Ended))
	if e.calls == 2 {
		return guitu.ErrUnknown
	}
	return nil
}

func (e *ear) heard() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.said)
}

// What came of a tip is said in its chat once, also when the answer was lost or the step is worked again; a tip that has gone is no error.
func TestReply(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.alert()
		p := store.Tip{Tip: guitu.Tip{AlertID: a.id, Text: "见到", SeenAt: h.db.Now()}, Key: "k", Receipt: "r", Sender: "s", Likeness: "l", Chat: "800"}
		h.update(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.CreateTip(ctx, &p); err != nil {
				return err
			}
			if err := tx.AnswerTip(ctx, p.ID, h.officer, guitu.TipUseful); err != nil {
				return err
			}
			return tx.ReplyToTip(ctx, p.ID)
		})
		e := &ear{}
		h.start(jobs.Options{Chat: e})
		h.until("the citizen is answered", func() bool { return len(e.heard()) > 0 && h.waiting("reply") == 0 })
		h.update(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.WishOutcome(ctx, "r", "800"); err != nil {
				return err
			}
			return tx.ReplyToTip(ctx, p.ID)
		})
		h.until("the step is worked again", func() bool { return h.waiting("reply") == 0 })
		h.sql(`UPDATE alerts SET state = 'expired', ended_at = 1 WHERE id = $1 RETURNING id`, a.id)
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.ReplyToEnd(ctx, a.id) })
		h.until("the end is told", func() bool { return len(e.heard()) > 1 && h.waiting("reply") == 0 })
		h.update(func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.ForgetTips(ctx, a.id); err != nil {
				return err
			}
			return tx.Enqueue(ctx, guitu.Reply{TipID: p.ID}, time.Time{})
		})
		h.until("a tip that has gone is let go", func() bool { return h.waiting("reply") == 0 })
		if got, want := e.heard(), []string{"800: useful ", "800: useful expired"}; !slices.Equal(got, want) {
			t.Errorf("heard %q, want %q", got, want)
		}
	})
}
