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

// costly counts every call against one budget.
type costly struct {
	window
	most  int
	costs map[guitu.Call]int
	pulls int
	tests int
}

func (c *costly) Budgets() []guitu.Budget {
	return []guitu.Budget{{Name: "calls", Most: c.most, Per: time.Hour, Cost: func(call guitu.Call, _ guitu.Publication) int { return c.costs[call] }}}
}

func (c *costly) Pull(context.Context, guitu.Publication) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pulls++
	return nil
}

func (c *costly) Probe(context.Context) (guitu.Account, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tests++
	return guitu.Account{Name: "me"}, nil
}

// made returns how many calls of each kind were made.
func (c *costly) made() [4]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return [4]int{c.calls, c.looks, c.pulls, c.tests}
}

// TestEveryCallCounts: looks and changes are counted like publications, and wait for the budget when it is used up.
func TestEveryCallCounts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		most  int
		want  [4]int // publications, looks, pulls, probes
		state guitu.DeliveryState
	}{
		{"enough", 4, [4]int{2, 1, 1, 0}, guitu.DeliveryPulled},
		{"none left to pull", 3, [4]int{2, 1, 0, 0}, guitu.DeliverySent},
		{"none left to publish again", 2, [4]int{1, 1, 0, 0}, guitu.DeliveryHeld},
		{"none left to look", 1, [4]int{1, 0, 0, 0}, guitu.DeliverySending},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.staff("-1", 70)
				c, o := &costly{most: tt.most, costs: map[guitu.Call]int{guitu.CallPublish: 1, guitu.CallFind: 1, guitu.CallPull: 1}}, &operator{}
				c.answers = []error{errLost}
				h.start(jobs.Options{Publishers: []guitu.Publisher{c}, Chat: o})
				a := h.alert()
				d := a.tell(guitu.NoticeAlert, 0)
				if tt.state == guitu.DeliverySent || tt.state == guitu.DeliveryPulled {
					h.becomes(d.ID, guitu.DeliverySent)
					h.sql(`UPDATE alerts SET state = 'cancelled', ended_at = 1 WHERE id = $1 RETURNING id`, a.id)
					h.sql(`UPDATE notices SET ended = TRUE WHERE alert_id = $1 RETURNING id`, a.id)
					h.update(func(ctx context.Context, tx *store.Tx) error {
						return tx.Enqueue(ctx, guitu.Amend{DeliveryID: d.ID}, time.Time{})
					})
				}
				h.becomes(d.ID, tt.state)
				if tt.state != guitu.DeliveryPulled {
					h.until("alarm", func() bool { return slices.Equal(o.all(), []string{"70: budget board"}) })
				}
				if got := c.made(); got != tt.want {
					t.Errorf("made %v publications, looks, pulls and probes, want %v", got, tt.want)
				}
			})
		})
	}
}

// TestProbeLeaves: looks at an account are counted, leave the most to notices, and are made the more rarely the less there is.
func TestProbeLeaves(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := &costly{most: 100, costs: map[guitu.Call]int{guitu.CallProbe: 2, guitu.CallPublish: 1}}
		j, err := jobs.New(h.db, h.rumors, jobs.Options{Publishers: []guitu.Publisher{c}, ProbeEvery: time.Nanosecond})
		if err != nil {
			t.Fatal(err)
		}
		// 2 of 100 an hour, and at most a tenth of them: every twelve minutes.
		for minute := range 60 {
			h.shift = time.Duration(minute) * time.Minute
			if err := j.Watch(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if got := c.made(); got[3] != 5 {
			t.Errorf("%d looks in an hour, want 5", got[3])
		}
	})
}

// TestQuota: what is less urgent leaves the last fifths of our own quota to alerts; when even they have used it up the channel is paused
// until a person has looked, and then counts anew.
func TestQuota(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.staff("-1", 70)
		b, o := &board{}, &operator{}
		h.start(jobs.Options{Publishers: []guitu.Publisher{b}, Chat: o, Quota: 5})
		bulletins := h.bulletins(4, channel)
		h.until("three bulletins out and one held", func() bool {
			count := map[guitu.DeliveryState]int{}
			for _, d := range bulletins {
				count[h.delivery(d.ID).State]++
			}
			return count[guitu.DeliverySent] == 3 && count[guitu.DeliveryHeld] == 1
		})
		if s := h.channelState(); s.Paused {
			t.Errorf("the channel is paused with two of its quota left: %+v", s)
		}
		a := h.alert()
		h.becomes(a.tell(guitu.NoticeAlert, 0).ID, guitu.DeliverySent)
		h.becomes(a.tell(guitu.NoticeUpdate, 0).ID, guitu.DeliverySent)
		third := a.tell(guitu.NoticeUpdate, 0)
		h.becomes(third.ID, guitu.DeliveryHeld)
		if s := h.channelState(); !s.Paused || s.Trouble == "" {
			t.Errorf("the channel is %+v, want it paused", s)
		}
		h.until("alarm", func() bool { return slices.Contains(o.all(), "70: paused board") })
		if err := h.rumors.ResumeChannel(context.Background(), channel, h.officer); err != nil {
			t.Fatal(err)
		}
		h.becomes(third.ID, guitu.DeliverySent)
		for _, d := range bulletins {
			h.becomes(d.ID, guitu.DeliverySent)
		}
	})
}
