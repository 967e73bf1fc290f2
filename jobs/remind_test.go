package jobs_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
)

// bell is a chat that reminds.
type bell struct {
	switchboard
	rung []string
}

func (b *bell) Remind(_ context.Context, chat string, o guitu.Officer) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rung = append(b.rung, chat+": "+o.Name)
	return nil
}

func (b *bell) heard() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.rung)
}

// Whose certificate ends within 30 days is told so once, in a private chat.
func TestRemind(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.staff("-1", 71, 72)
		b := &bell{}
		h.update(func(ctx context.Context, tx *store.Tx) error {
			o, err := tx.OfficerByTelegram(ctx, 71)
			if err != nil {
				return err
			}
			return tx.Certify(ctx, o.ID, "", tx.Now.Add(20*24*time.Hour))
		})
		h.start(jobs.Options{Chat: b})
		h.until("the officer is reminded", func() bool { return len(b.heard()) > 0 && h.waiting("remind") == 0 })
		if got, want := b.heard(), []string{"71: 管理员"}; !slices.Equal(got, want) {
			t.Errorf("heard %q, want %q", got, want)
		}
	})
}
