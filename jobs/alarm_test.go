package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
)

// operator is a chat in which administrators hear of channels.
type operator struct{ switchboard }

func (o *operator) WarnChannel(_ context.Context, chat string, t guitu.ChannelTrouble) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.warned = append(o.warned, fmt.Sprintf("%s: %s %s", chat, t.Kind, t.Channel.Name))
	return nil
}

func (h *house) channelState() guitu.ChannelState {
	h.t.Helper()
	var s guitu.ChannelState
	h.update(func(ctx context.Context, tx *store.Tx) (err error) {
		s, err = tx.Channel(ctx, channel)
		return err
	})
	return s
}

// TestPause: a channel that does not take our credentials is paused, says which, and tells an administrator once; what waits for it
// is held and goes out when it is resumed.
func TestPause(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.staff("-1", 70)
		b, o := &board{answers: []error{fmt.Errorf("the access_token has expired: %w", guitu.ErrUnauthorized)}}, &operator{}
		h.start(jobs.Options{Publishers: []guitu.Publisher{b}, Chat: o})
		first := h.alert().tell(guitu.NoticeAlert, 0)
		h.becomes(first.ID, guitu.DeliveryHeld)
		second := h.bulletins(1, channel)[0]
		h.becomes(second.ID, guitu.DeliveryHeld)
		if s := h.channelState(); !s.Paused || !strings.Contains(s.Trouble, "access_token") || s.Since.IsZero() {
			t.Errorf("the channel is %+v, want it paused, with which credential and since when", s)
		}
		h.until("alarm", func() bool { return len(o.all()) > 0 })
		if got := o.all(); !slices.Equal(got, []string{"70: paused board"}) {
			t.Errorf("told %q, want the administrator once", got)
		}
		ctx := context.Background()
		if err := h.rumors.ResumeChannel(ctx, "other", h.officer); guitu.KindOf(err) != guitu.NotFound {
			t.Errorf("resuming a channel that is not paused: %v, want not found", err)
		}
		if calls, _ := b.count(); calls != 1 {
			t.Errorf("%d calls of a paused channel, want the one that was refused", calls)
		}
		if err := h.rumors.ResumeChannel(ctx, channel, h.officer); err != nil {
			t.Fatal(err)
		}
		h.becomes(first.ID, guitu.DeliverySent)
		h.becomes(second.ID, guitu.DeliverySent)
	})
}

// account is a board with budgets.
type account struct {
	named
	budgets []guitu.Budget
}

func (a *account) Budgets() []guitu.Budget { return a.budgets }

// TestBudget: what is less urgent leaves the last fifths to what is more, is held when the rest is used up, and goes out when it is renewed.
func TestBudget(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.staff("-1", 70)
		a, o := &account{named: named{name: channel}, budgets: []guitu.Budget{{Name: "posts", Most: 5, Per: 8 * time.Second}}}, &operator{}
		h.start(jobs.Options{Publishers: []guitu.Publisher{a}, Chat: o})
		all := h.bulletins(6, channel)
		held := func() (n int) {
			for _, d := range all {
				if h.delivery(d.ID).State == guitu.DeliveryHeld {
					n++
				}
			}
			return n
		}
		h.until("three bulletins out and three held", func() bool { calls, _ := a.count(); return calls == 3 && held() == 3 })
		h.becomes(h.alert().tell(guitu.NoticeAlert, 0).ID, guitu.DeliverySent)
		if calls, _ := a.count(); calls != 4 {
			t.Errorf("%d calls, want the alert within the budget of 5 beside three bulletins", calls)
		}
		h.until("alarm", func() bool { return len(o.all()) > 0 })
		if got := o.all(); !slices.Equal(got, []string{"70: budget board"}) {
			t.Errorf("told %q, want the administrator once", got)
		}
		for _, d := range all {
			h.becomes(d.ID, guitu.DeliverySent)
		}
	})
}

// probed is a board whose account can be looked at.
type probed struct {
	board
	account guitu.Account
	err     error
}

func (p *probed) Probe(context.Context) (guitu.Account, error) { return p.account, p.err }

// TestWatch: people hear of accounts before they fail, and of alerts that have not gone out.
func TestWatch(t *testing.T) {
	for _, tt := range []struct {
		name   string
		pub    *probed
		times  int
		paused bool
		want   []string // alarms of trouble and desk
	}{
		{"works", &probed{account: guitu.Account{Name: "me", Expires: time.Now().Add(8 * 24 * time.Hour)}}, 3, false, nil},
		{"ends soon, told once a day", &probed{account: guitu.Account{Name: "me", Expires: time.Now().Add(6 * 24 * time.Hour)}}, 3, false, []string{"expiring"}},
		{"refused", &probed{err: fmt.Errorf("token: %w", guitu.ErrUnauthorized)}, 3, true, []string{"paused"}},
		{"fails twice", &probed{err: errors.New("no route")}, 2, false, nil},
		{"fails for long", &probed{err: errors.New("no route")}, 5, false, []string{"silent"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.staff("-1", 70)
				j, err := jobs.New(h.db, h.rumors, jobs.Options{Publishers: []guitu.Publisher{tt.pub}, ProbeEvery: time.Nanosecond})
				if err != nil {
					t.Fatal(err)
				}
				for range tt.times {
					if err := j.Watch(context.Background()); err != nil {
						t.Fatal(err)
					}
				}
				var got []string
				for _, step := range h.steps([]string{"alarm"}, rivertype.JobStateAvailable) {
					_, kind, _ := strings.Cut(string(step.EncodedArgs), `"trouble":`)
					got = append(got, strings.Split(kind, `"`)[1])
				}
				if s := h.channelState(); !slices.Equal(got, tt.want) || s.Paused != tt.paused || s.Probed.IsZero() {
					t.Errorf("alarms %q, channel %+v; want %q, paused %v", got, s, tt.want, tt.paused)
				}
			})
		})
	}
}

// TestLateAlert: an alert that has not gone out within two minutes is told to the administrators and the desk that holds it, once.
func TestLateAlert(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.staff("-1", 70)
		h.shift = -3 * time.Minute
		h.alert().tell(guitu.NoticeAlert, 0)
		h.bulletins(1, channel)
		h.shift = 0
		j, err := jobs.New(h.db, h.rumors, jobs.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := j.Watch(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(h.steps([]string{"alarm"}, rivertype.JobStateAvailable)); n != 2 {
			t.Errorf("%d alarms, want one for the administrator and one for the desk", n)
		}
		all, err := h.rumors.Partials(context.Background(), 10)
		if err != nil || len(all) != 0 {
			t.Errorf("partly published %+v, %v, want nothing: it stands nowhere", all, err)
		}
	})
}

// TestPartials: a notice that stands on one channel and was refused by another is listed, with where it is stuck.
func TestPartials(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		good, bad := &named{name: "good"}, &named{name: "bad", board: board{answers: []error{errRejected}}}
		all := h.bulletins(1, "good", "bad")
		h.start(jobs.Options{Publishers: []guitu.Publisher{good, bad}})
		h.becomes(all[0].ID, guitu.DeliverySent)
		h.becomes(all[1].ID, guitu.DeliveryRefused)
		got, err := h.rumors.Partials(context.Background(), 10)
		if err != nil || len(got) != 1 || got[0].Public != 1 || len(got[0].Stuck) != 1 || got[0].Stuck[0].Channel != "bad" {
			t.Errorf("partly published %+v, %v; want the bulletin, stuck on bad", got, err)
		}
		if err := h.rumors.Resend(context.Background(), all[1].ID, h.officer); err != nil {
			t.Fatal(err)
		}
		h.becomes(all[1].ID, guitu.DeliverySent)
		if got, err := h.rumors.Partials(context.Background(), 10); err != nil || len(got) != 0 {
			t.Errorf("partly published %+v, %v after it was sent again", got, err)
		}
		if calls, _ := good.count(); calls != 1 {
			t.Errorf("the other channel was called %d times, want once", calls)
		}
	})
}
