package jobs_test

import (
	"context"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
)

// The running bot drops by itself what has been kept for long enough.
func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.update(func(ctx context.Context, tx *store.Tx) error {
			return tx.Quarantine(ctx, "feed", guitu.Reject{Reason: "no date"})
		})
		left := func() int {
			all, err := h.rumors.Quarantine(context.Background(), 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		if n := left(); n != 1 {
			t.Fatalf("%d rejects in quarantine, want 1", n)
		}
		h.shift = store.KeepRejects + time.Hour
		h.start(jobs.Options{})
		h.until("empty quarantine", func() bool { return left() == 0 })
	})
}
