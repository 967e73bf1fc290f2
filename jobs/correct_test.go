package jobs_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/jobs"
)

// TestCorrectedWhileSending: a notice that was being sent when it was corrected, and did not arrive, is not sent afterwards; nor is
// the correction, where nobody has read what it corrects and it is no news by itself.
func TestCorrectedWhileSending(t *testing.T) {
	for _, tt := range []struct {
		name          string
		there         bool // the first notice did arrive
		home          string
		ruling        guitu.Ruling
		first, second guitu.DeliveryState
		calls         int
	}{
		{"did not arrive", false, "", guitu.Confirmed, guitu.DeliveryWithdrawn, guitu.DeliveryWithdrawn, 0},
		{"did not arrive, unproven", false, "", guitu.Unproven, guitu.DeliveryWithdrawn, guitu.DeliveryWithdrawn, 0},
		{"did not arrive, news", false, "", guitu.Outdated, guitu.DeliveryWithdrawn, guitu.DeliverySent, 1},
		{"did not arrive, at home", false, channel, guitu.Confirmed, guitu.DeliveryWithdrawn, guitu.DeliverySent, 1},
		{"arrived", true, "", guitu.Confirmed, guitu.DeliveryStanding, guitu.DeliverySent, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				first := h.rule(guitu.Refuted)
				h.interrupted(first.ID)
				second := h.rule(tt.ruling)
				w := &window{there: tt.there}
				h.start(jobs.Options{Publishers: []guitu.Publisher{w}, Home: tt.home})
				got := h.becomes(second.ID, tt.second)
				h.becomes(first.ID, tt.first)
				if calls, _ := w.count(); calls != tt.calls || (calls == 1 && w.last.Notice.Code != second.Code) {
					t.Errorf("published %d times, last %s; want %d, the correction only", calls, w.last.Notice.Code, tt.calls)
				}
				if (got.Trouble != "") != (tt.second == guitu.DeliveryWithdrawn) {
					t.Errorf("delivery %+v, want it to say why it was withdrawn", got)
				}
			})
		})
	}
}

// slow is a board whose first call takes as long as the test likes.
type slow struct {
	board
	first          sync.Once
	begun, release chan struct{}
}

func (s *slow) Publish(ctx context.Context, p guitu.Publication) (guitu.Receipt, error) {
	s.first.Do(func() {
		close(s.begun)
		<-s.release
	})
	return s.board.Publish(ctx, p)
}

// TestCorrectionOvertakes: a correction waits while what it corrects is still being sent, so that nobody reads the wrong one last.
func TestCorrectionOvertakes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := &slow{begun: make(chan struct{}), release: make(chan struct{})}
		first := h.rule(guitu.Refuted)
		worked := make(chan string, 100)
		h.start(jobs.Options{
			Publishers: []guitu.Publisher{s},
			Observe:    func(kind string, _ int, _ time.Duration, _ error) { worked <- kind },
		})
		h.until("first notice on its way", func() bool { return h.delivery(first.ID).State == guitu.DeliverySending })
		<-s.begun
		second := h.rule(guitu.Confirmed)
		h.ends("deliver", worked) // the correction's: the first has not ended
		if got := h.delivery(second.ID); got.State != guitu.DeliveryDue || got.Attempts != 0 {
			t.Errorf("the correction is %+v, want it to wait", got)
		}
		close(s.release)
		h.becomes(second.ID, guitu.DeliverySent)
		h.becomes(first.ID, guitu.DeliveryStanding)
		if calls, _ := s.count(); calls != 2 || s.last.Notice.Code != second.Code {
			t.Errorf("published %d times, last %s; want two, the correction last", calls, s.last.Notice.Code)
		}
	})
}
