package jobs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"guitu"
	"guitu/jobs"
)

// queue is a board that takes a publication only when its turn has come.
type queue struct {
	board
	waiting chan struct{} // somebody waits for a turn
	turns   chan error    // what waiting comes to, nil is a turn; closed: everybody has one
}

func (q *queue) Publish(context.Context, guitu.Publication) (guitu.Receipt, error) {
	return guitu.Receipt{}, errors.New("out of turn")
}

func (q *queue) Reserve(ctx context.Context) (func(context.Context, guitu.Publication) (guitu.Receipt, error), error) {
	q.waiting <- struct{}{}
	select {
	case err := <-q.turns:
		return q.board.Publish, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// waits returns when somebody waits for a turn.
func (q *queue) waits(h *house) {
	h.t.Helper()
	select {
	case <-q.waiting:
	case <-time.After(20 * time.Second):
		h.t.Fatal("nobody waits for a turn")
	}
}

func newQueue() *queue { return &queue{waiting: make(chan struct{}, 100), turns: make(chan error, 1)} }

// TestWaitForTurn: what waits for its channel's turn is not yet being sent, so a process that dies in the wait leaves nothing
// unknown behind.
func TestWaitForTurn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		q := newQueue()
		d := h.rule(guitu.Refuted)
		h.start(jobs.Options{Publishers: []guitu.Publisher{q}})
		q.waits(h)
		if got := h.delivery(d.ID); got.State != guitu.DeliveryDue || got.Attempts != 0 {
			t.Errorf("delivery %+v while it waits for its turn, want it due and never tried", got)
		}
		q.turns <- nil
		h.becomes(d.ID, guitu.DeliverySent)
		if calls, keys := q.count(); calls != 1 || keys != 1 {
			t.Errorf("%d calls with %d keys, want one", calls, keys)
		}
	})
}

// TestNoTurn: a channel that lets nobody in is asked again after its own time, and nothing counts as tried.
func TestNoTurn(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		says bool // why it waits stands in the list of deliveries
	}{
		{"not before", &guitu.RetryError{After: time.Millisecond, Err: errors.New("the minute is full")}, true},
		{"trouble", errors.New("no route"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				q := newQueue()
				d := h.rule(guitu.Refuted)
				h.start(jobs.Options{Publishers: []guitu.Publisher{q}})
				q.waits(h)
				q.turns <- tt.err
				q.waits(h)
				got := h.delivery(d.ID)
				if got.State != guitu.DeliveryDue || got.Attempts != 0 || (got.Trouble != "") != tt.says {
					t.Errorf("delivery %+v, want it due and never tried", got)
				}
				q.turns <- nil
				if got := h.becomes(d.ID, guitu.DeliverySent); got.Attempts != 1 || got.Trouble != "" {
					t.Errorf("delivery %+v, want it sent at the first try", got)
				}
			})
		})
	}
}

// TestBehind: a notice behind another one of its channel does not ask for a turn, and needs nobody's attention.
func TestBehind(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		q := newQueue()
		worked := make(chan string, 100)
		first := h.rule(guitu.Refuted)
		h.start(jobs.Options{
			Publishers: []guitu.Publisher{q},
			Observe:    func(kind string, _ int, _ time.Duration, _ error) { worked <- kind },
		})
		q.turns <- &guitu.RetryError{After: time.Hour, Err: errors.New("the minute is full")}
		h.until("first notice put off", func() bool { return h.delivery(first.ID).Trouble != "" })
		h.ends("deliver", worked)
		h.otherStory()
		second := h.rule(guitu.Refuted)
		h.ends("deliver", worked)
		if got := h.delivery(second.ID); got.State != guitu.DeliveryDue || got.Trouble != "" || !got.Due.Equal(second.Due) {
			t.Errorf("delivery %+v behind another, want it as it was", got)
		}
		if n := len(q.waiting); n != 1 {
			t.Errorf("%d asked for a turn, want one", n)
		}
	})
}

// TestCorrectedInWait: a notice that is corrected while it waits for its turn never goes out.
func TestCorrectedInWait(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		q := newQueue()
		first := h.rule(guitu.Refuted)
		worked := make(chan string, 100)
		h.start(jobs.Options{
			Publishers: []guitu.Publisher{q},
			Observe:    func(kind string, _ int, _ time.Duration, _ error) { worked <- kind },
		})
		q.waits(h)
		h.rule(guitu.Confirmed)
		h.becomes(first.ID, guitu.DeliveryWithdrawn)
		close(q.turns)
		h.ends("deliver", worked)
		if calls, _ := q.count(); calls != 0 {
			t.Errorf("%d calls, want none", calls)
		}
	})
}
