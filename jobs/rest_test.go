package jobs_test

import (
	"errors"
	"testing"
	"time"

	"guitu"
	"guitu/jobs"
)

// TestHeed: when a channel has said to one notice when the next may come, no other asks before, and none has used up a try.
func TestHeed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const n = 12
		b := &board{answers: []error{&guitu.RetryError{After: time.Hour, Err: errors.New("the hour is full")}}}
		first := h.bulletins(1, channel)[0]
		worked := make(chan string, 100)
		h.start(jobs.Options{
			Publishers: []guitu.Publisher{b},
			Observe:    func(kind string, _ int, _ time.Duration, _ error) { worked <- kind },
		})
		h.until("refusal", func() bool { return h.delivery(first.ID).Trouble != "" })
		all := h.bulletins(n, channel)
		for range n + 1 {
			h.ends("deliver", worked)
		}
		if calls, _ := b.count(); calls != 1 {
			t.Errorf("%d calls of a channel that wants nothing yet, want the one that it refused", calls)
		}
		for _, d := range all {
			if got := h.delivery(d.ID); got.State != guitu.DeliveryDue || got.Attempts != 0 {
				t.Errorf("delivery %+v, want it due and never tried", got)
			}
		}
	})
}
