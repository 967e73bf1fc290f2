package jobs_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"guitu"
	"guitu/jobs"
)

var (
	errLost     = fmt.Errorf("connection closed: %w", guitu.ErrUnknown)
	later       = &guitu.RetryError{After: time.Millisecond, Err: errors.New("too many requests")}
	errRejected = fmt.Errorf("no such chat: %w", guitu.ErrRejected)
)

func TestDeliver(t *testing.T) {
	tests := []struct {
		name        string
		answers     []error
		finder      bool // the channel can look
		there       bool // and finds the publication
		interrupted bool // the process died during a call
		want        guitu.DeliveryState
		calls       int
		looks       int
	}{
		{name: "success", want: guitu.DeliverySent, calls: 1},
		{name: "retry later", answers: []error{later, later}, want: guitu.DeliverySent, calls: 3},
		{name: "trouble before it was sent", answers: []error{errors.New("no route")}, want: guitu.DeliverySent, calls: 2},
		{name: "rejected", answers: []error{errRejected}, want: guitu.DeliveryRefused, calls: 1},
		{name: "answer lost", answers: []error{errLost}, want: guitu.DeliveryUnknown, calls: 1},
		{name: "answer errLost, found", answers: []error{errLost}, finder: true, there: true, want: guitu.DeliverySent, calls: 1, looks: 1},
		{name: "answer errLost, not found", answers: []error{errLost}, finder: true, want: guitu.DeliverySent, calls: 2, looks: 1},
		{name: "crash", interrupted: true, want: guitu.DeliveryUnknown},
		{name: "crash, found", interrupted: true, finder: true, there: true, want: guitu.DeliverySent, looks: 1},
		{name: "crash, not found", interrupted: true, finder: true, want: guitu.DeliverySent, calls: 1, looks: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				w := &window{board: board{answers: tt.answers}, there: tt.there}
				var pub guitu.Publisher = w
				if !tt.finder {
					pub = &w.board
				}
				d := h.rule(guitu.Refuted)
				if tt.interrupted {
					h.interrupted(d.ID)
				}
				worked := make(chan string, 100)
				h.start(jobs.Options{
					Publishers: []guitu.Publisher{pub},
					Link:       func(code string) string { return "https://guitu.example/" + code },
					Observe:    func(kind string, _ int, _ time.Duration, _ error) { worked <- kind },
				})
				got := h.becomes(d.ID, tt.want)
				// What is settled stays so, however often the step runs.
				h.again(guitu.Deliver{DeliveryID: d.ID}, worked)
				if again := h.delivery(d.ID); again.State != tt.want || again.Attempts != got.Attempts {
					t.Errorf("delivery %+v, was %+v", again, got)
				}
				calls, keys := w.count()
				if calls != tt.calls || keys > 1 || w.looks != tt.looks {
					t.Errorf("%d calls with %d keys, %d looks; want %d calls with one key, %d looks", calls, keys, w.looks, tt.calls, tt.looks)
				}
				delivered, trouble := 1, 0
				if tt.want != guitu.DeliverySent {
					delivered, trouble = 0, 1
				}
				if h.history(guitu.EventDelivered) != delivered || h.history(guitu.EventTrouble) != trouble {
					t.Errorf("%d delivered, %d troubles in the history; want %d, %d",
						h.history(guitu.EventDelivered), h.history(guitu.EventTrouble), delivered, trouble)
				}
				if (got.Trouble == "") != (tt.want == guitu.DeliverySent) || (got.Receipt.ExternalID != "") != (tt.want == guitu.DeliverySent) {
					t.Errorf("delivery %+v, want a receipt or the trouble", got)
				}
				if calls > 0 && w.last.Link != "https://guitu.example/"+d.Code {
					t.Errorf("link %q", w.last.Link)
				}
			})
		})
	}
}

// TestOverdue: what should have gone out while the bot was down goes out once at the next start, and not before its time.
func TestOverdue(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.shift, h.due = -time.Hour, time.Minute
		d := h.rule(guitu.Refuted)
		h.shift = 0
		b := &board{}
		worked := make(chan string, 100)
		o := jobs.Options{
			Publishers: []guitu.Publisher{b},
			Observe:    func(kind string, _ int, _ time.Duration, _ error) { worked <- kind },
		}
		stop := h.start(o)
		h.becomes(d.ID, guitu.DeliverySent)
		stop()
		h.start(o)
		h.again(guitu.Deliver{DeliveryID: d.ID}, worked)
		if calls, _ := b.count(); calls != 1 {
			t.Errorf("published %d times, want once", calls)
		}
	})
}

func TestNotBeforeItsTime(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.due = time.Hour
		d := h.rule(guitu.Refuted)
		b := &board{}
		worked := make(chan string, 100)
		h.start(jobs.Options{
			Publishers: []guitu.Publisher{b},
			Observe:    func(kind string, _ int, _ time.Duration, _ error) { worked <- kind },
		})
		h.again(guitu.Deliver{DeliveryID: d.ID}, worked)
		if calls, _ := b.count(); calls != 0 || h.delivery(d.ID).State != guitu.DeliveryDue {
			t.Errorf("published %d times, state %s; want it to wait", calls, h.delivery(d.ID).State)
		}
	})
}

func TestAmend(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func() guitu.Publisher
		want guitu.DeliveryState
	}{
		{"without editor", func() guitu.Publisher { return &board{} }, guitu.DeliveryStanding},
		{"with editor", func() guitu.Publisher { return &slate{} }, guitu.DeliveryEdited},
		{"editor refuses", func() guitu.Publisher { return &slate{refuse: errRejected} }, guitu.DeliveryStanding},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				pub := tt.make()
				first := h.rule(guitu.Refuted)
				h.start(jobs.Options{Publishers: []guitu.Publisher{pub}})
				h.becomes(first.ID, guitu.DeliverySent)
				second := h.rule(guitu.Confirmed)
				h.becomes(second.ID, guitu.DeliverySent)
				h.becomes(first.ID, tt.want)
				if s, ok := pub.(*slate); ok {
					s.mu.Lock()
					defer s.mu.Unlock()
					if len(s.edits) != 1 || s.edits[0].Notice.CorrectedBy != second.Code || s.edits[0].Receipt.ExternalID == "" {
						t.Errorf("edits %+v, want one that names %s and where it stands", s.edits, second.Code)
					}
				}
			})
		})
	}
}

func TestChannelNotConfigured(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		d := h.rule(guitu.Refuted)
		worked := make(chan string, 100)
		h.start(jobs.Options{Observe: func(kind string, _ int, _ time.Duration, _ error) { worked <- kind }})
		h.until("trouble", func() bool { return h.delivery(d.ID).Trouble != "" })
		if got := h.delivery(d.ID); got.State != guitu.DeliveryDue || got.Attempts != 0 || !got.Due.After(h.db.Now()) {
			t.Errorf("delivery %+v, want it to wait", got)
		}
	})
}
