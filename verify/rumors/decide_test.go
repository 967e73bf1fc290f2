package rumors_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
)

const basis = "电话联系家长，孩子在家"

// decide rules as the officer of a desk and must succeed.
func (h *house) decide(desk string, d guitu.Decision) guitu.Verdict {
	h.t.Helper()
	d.OfficerID = h.officers[desk]
	v, err := h.Decide(context.Background(), d)
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

// deliveries returns the deliveries of a notice.
func (h *house) deliveries(n *guitu.Notice) (all []guitu.Delivery) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = tx.DeliveriesOf(ctx, n.ID)
		return err
	})
	return all
}

// states fails unless all deliveries of a notice are in a state.
func (h *house) states(n *guitu.Notice, want guitu.DeliveryState) {
	h.t.Helper()
	all := h.deliveries(n)
	if len(all) != 2 {
		h.t.Errorf("%d deliveries of a %s, want 2", len(all), n.Kind)
	}
	for _, d := range all {
		if d.State != want {
			h.t.Errorf("delivery of a %s on %s is %s, want %s", n.Kind, d.Channel, d.State, want)
		}
	}
}

// goOut makes a notice stand on every channel.
func (h *house) goOut(n *guitu.Notice) {
	h.t.Helper()
	for _, d := range h.deliveries(n) {
		h.update(func(ctx context.Context, tx *store.Tx) error {
			return tx.DeliverySent(ctx, d.ID, guitu.Receipt{ExternalID: "1"})
		})
	}
}

func TestDecide(t *testing.T) {
	tests := []struct {
		d    guitu.Decision
		want guitu.NoticeKind // "" for no notice
	}{
		{guitu.Decision{Ruling: guitu.Confirmed}, ""},
		{guitu.Decision{Ruling: guitu.Refuted, Basis: basis}, guitu.NoticeDebunk},
		{guitu.Decision{Ruling: guitu.Outdated, Ending: guitu.Found, Basis: basis}, guitu.NoticeFound},
		{guitu.Decision{Ruling: guitu.Outdated, Ending: guitu.Over, Basis: basis}, guitu.NoticeOver},
		{guitu.Decision{Ruling: guitu.Unproven}, ""},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.d.Ruling, " ", tt.d.Ending), func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				id := h.story(child)
				h.route(id)
				d := tt.d
				d.RumorID, d.Key = id, "1"
				v := h.decide(county, d)
				q := h.question(id)
				if q.Rumor.State != guitu.RumorRuled || q.Verdict == nil || q.Verdict.ID != v.ID || q.Verdict.Basis != d.Basis ||
					q.Verdict.Officer.ID != h.officers[county] || q.Verdict.Ruling != d.Ruling || q.Verdict.Ending != d.Ending {
					t.Errorf("card %+v, verdict %+v", q.Rumor, q.Verdict)
				}
				if q.Assignment.Ended.IsZero() {
					t.Error("still waits")
				}
				if tt.want == "" {
					if q.Notice != nil || h.steps("deliver") != 0 {
						t.Errorf("notice %+v, want none", q.Notice)
					}
					return
				}
				if q.Notice == nil || q.Notice.Kind != tt.want || q.Notice.Place == "" || h.steps("deliver") != 2 {
					t.Fatalf("notice %+v with %d deliveries, want %s on 2 channels", q.Notice, h.steps("deliver"), tt.want)
				}
				if next := options().NextAnnouncement(h.clock.now()); !q.Notice.Due.Equal(next) {
					t.Errorf("due %v, want the next announcement %v", q.Notice.Due, next)
				}
				h.states(q.Notice, guitu.DeliveryDue)
			})
		})
	}
}

func TestDecideRefuses(t *testing.T) {
	refuted := guitu.Decision{Ruling: guitu.Refuted, Basis: basis, Key: "k"}
	with := func(change func(*guitu.Decision)) guitu.Decision {
		d := refuted
		change(&d)
		return d
	}
	tests := []struct {
		name, desk string
		d          guitu.Decision
		want       guitu.Kind
	}{
		{"no ruling", county, with(func(d *guitu.Decision) { d.Ruling = "maybe" }), guitu.Invalid},
		{"no basis", county, with(func(d *guitu.Decision) { d.Basis = " \n" }), guitu.Invalid},
		{"long basis", county, with(func(d *guitu.Decision) { d.Basis = strings.Repeat("字", guitu.MaxBasis+1) }), guitu.Invalid},
		{"basis not UTF-8", county, with(func(d *guitu.Decision) { d.Basis = "\xff" }), guitu.Invalid},
		{"basis with NUL", county, with(func(d *guitu.Decision) { d.Basis = "a\x00b" }), guitu.Invalid},
		{"no ending", county, with(func(d *guitu.Decision) { d.Ruling = guitu.Outdated }), guitu.Invalid},
		{"strange ending", county, with(func(d *guitu.Decision) { d.Ruling, d.Ending = guitu.Outdated, "lost" }), guitu.Invalid},
		{"ending without need", county, with(func(d *guitu.Decision) { d.Ending = guitu.Found }), guitu.Invalid},
		{"no key", county, with(func(d *guitu.Decision) { d.Key = "" }), guitu.Invalid},
		{"no such story", county, with(func(d *guitu.Decision) { d.RumorID = 999 }), guitu.NotFound},
		{"corrects nothing", county, with(func(d *guitu.Decision) { d.Corrects = 9 }), guitu.Conflict},
		{"stranger desk", neighbour, refuted, guitu.Forbidden},
		{"disabled", city, refuted, guitu.Forbidden},
		{"nobody", "nobody", refuted, guitu.NotFound},
	}
	each(t, func(t *testing.T, h *house) {
		id := h.story(child)
		h.route(id)
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.SetDisabled(ctx, h.officers[city], true) })
		history := len(h.history(id))
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				d := tt.d
				d.OfficerID = h.officers[tt.desk]
				if d.RumorID == 0 {
					d.RumorID = id
				}
				_, err := h.Decide(context.Background(), d)
				is(t, err, tt.want)
				if guitu.Message(err) == guitu.Message(context.Canceled) {
					t.Errorf("message %q says nothing", guitu.Message(err))
				}
			})
		}
		h.at(id, county)
		if q := h.question(id); q.Rumor.State != guitu.RumorOpen || q.Verdict != nil || len(h.history(id)) != history {
			t.Errorf("a refused ruling changed the story: %+v", q)
		}
	})
}

func (h *house) history(rumorID int64) []guitu.Event {
	h.t.Helper()
	all, err := h.History(context.Background(), rumorID)
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func TestDecideAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		id := h.story(child)
		d := guitu.Decision{RumorID: id, Ruling: guitu.Refuted, Basis: basis, Key: "telegram:1"}
		v := h.decide(county, d)

		// The same press, handled once more.
		h.clock.add(time.Minute)
		if again := h.decide(county, d); again.ID != v.ID || !again.At.Equal(v.At) {
			t.Errorf("verdict %+v, want %+v", again, v)
		}
		// Somebody else's press by the same key.
		d.OfficerID = h.officers[city]
		_, err := h.Decide(ctx, d)
		is(t, err, guitu.Conflict)

		// A second press is told who ruled what and when, and changes nothing.
		d = guitu.Decision{RumorID: id, OfficerID: h.officers[city], Ruling: guitu.Confirmed, Key: "telegram:2"}
		_, err = h.Decide(ctx, d)
		is(t, err, guitu.Conflict)
		for _, want := range []string{county + "民警", county, "不实", "3月1日 12:20"} {
			if !strings.Contains(guitu.Message(err), want) {
				t.Errorf("%q does not say %s", guitu.Message(err), want)
			}
		}
		// A correction of what does not hold any more, and one that changes nothing.
		d.Corrects, d.Basis = v.ID+100, basis
		_, err = h.Decide(ctx, d)
		is(t, err, guitu.Conflict)
		d.Corrects, d.Ruling = v.ID, guitu.Refuted
		_, err = h.Decide(ctx, d)
		is(t, err, guitu.Invalid)
		d.Ruling, d.Basis = guitu.Confirmed, ""
		_, err = h.Decide(ctx, d)
		is(t, err, guitu.Invalid)
		if q := h.question(id); q.Verdict.ID != v.ID || h.steps("deliver") != 2 {
			t.Errorf("verdict %+v with %d deliveries, want the first with 2", q.Verdict, h.steps("deliver"))
		}
	})
}

func TestDecideAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.story(child)
		var mu sync.Mutex
		var made, late int
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				_, err := h.Decide(context.Background(), guitu.Decision{
					RumorID: id, OfficerID: h.officers[county], Ruling: guitu.Refuted, Basis: basis, Key: fmt.Sprint(i),
				})
				mu.Lock()
				defer mu.Unlock()
				switch guitu.KindOf(err) {
				case "":
					made++
				case guitu.Conflict:
					late++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if made != 1 || late != 7 || h.steps("deliver") != 2 {
			t.Errorf("%d verdicts, %d conflicts, %d deliveries; want 1, 7, 2", made, late, h.steps("deliver"))
		}
	})
}

func TestDecideSamePressAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.story(child)
		var mu sync.Mutex
		seen := map[int64]bool{}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				v, err := h.Decide(context.Background(), guitu.Decision{
					RumorID: id, OfficerID: h.officers[county], Ruling: guitu.Refuted, Basis: basis, Key: "one",
				})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				seen[v.ID] = true
			})
		}
		wg.Wait()
		if len(seen) != 1 || h.steps("deliver") != 2 {
			t.Errorf("%d verdicts with %d deliveries, want one with 2", len(seen), h.steps("deliver"))
		}
	})
}

func TestCorrectBeforeItWentOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.story(child)
		v := h.decide(county, guitu.Decision{RumorID: id, Ruling: guitu.Refuted, Basis: basis, Key: "1"})
		first := h.question(id).Notice
		h.decide(city, guitu.Decision{
			RumorID: id, Ruling: guitu.Outdated, Ending: guitu.Found, Basis: basis, Key: "2", Corrects: v.ID,
		})
		h.states(first, guitu.DeliveryWithdrawn)
		second := h.question(id).Notice
		if second == nil || second.Kind != guitu.NoticeFound || second.Corrects != "" {
			t.Fatalf("notice %+v, want one that corrects nothing", second)
		}
		for lang, text := range second.Texts {
			if all := text.Headline + text.Description; strings.Contains(all, "更正") || strings.Contains(all, "orrect") {
				t.Errorf("%s: the public reads of a correction of what it never saw: %s", lang, all)
			}
		}
		h.states(second, guitu.DeliveryDue)
		if n := h.steps("amend"); n != 0 {
			t.Errorf("%d amendments of what never went out", n)
		}
	})
}

func TestCorrectAfterItWentOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.story(child)
		v := h.decide(county, guitu.Decision{RumorID: id, Ruling: guitu.Refuted, Basis: basis, Key: "1"})
		first := h.question(id).Notice
		h.goOut(first)
		h.clock.add(time.Minute)
		c := h.decide(city, guitu.Decision{RumorID: id, Ruling: guitu.Confirmed, Basis: basis, Key: "2", Corrects: v.ID})
		second := h.question(id).Notice
		if second == nil || second.Kind != guitu.NoticeCorrection || second.Corrects != first.Code || !second.Due.Equal(h.clock.now()) {
			t.Fatalf("notice %+v, want a correction of %s at once", second, first.Code)
		}
		if text := second.Texts[guitu.Chinese].Description; !strings.Contains(text, first.Code) {
			t.Errorf("the correction does not name %s: %s", first.Code, text)
		}
		h.states(first, guitu.DeliverySent)
		if by := h.corrected(first); by != second.Code || h.steps("amend") != 2 {
			t.Errorf("corrected by %q with %d amendments, want %s, 2", by, h.steps("amend"), second.Code)
		}

		// The correction is corrected before it went out: what the public saw is still the first.
		h.decide(city, guitu.Decision{RumorID: id, Ruling: guitu.Unproven, Basis: basis, Key: "3", Corrects: c.ID})
		h.states(second, guitu.DeliveryWithdrawn)
		third := h.question(id).Notice
		if third == nil || third.Kind != guitu.NoticeCorrection || third.Corrects != first.Code || h.corrected(first) != third.Code {
			t.Errorf("notice %+v, want a correction of %s", third, first.Code)
		}
	})
}

// TestCorrectPartlyOut: on one channel it went out, on the other it waits.
func TestCorrectPartlyOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.story(child)
		v := h.decide(county, guitu.Decision{RumorID: id, Ruling: guitu.Refuted, Basis: basis, Key: "1"})
		first := h.question(id).Notice
		out := h.deliveries(first)[0]
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.DeliverySent(ctx, out.ID, guitu.Receipt{}) })
		h.decide(county, guitu.Decision{RumorID: id, Ruling: guitu.Unproven, Basis: basis, Key: "2", Corrects: v.ID})
		for _, d := range h.deliveries(first) {
			want := guitu.DeliveryWithdrawn
			if d.ID == out.ID {
				want = guitu.DeliverySent
			}
			if d.State != want {
				t.Errorf("delivery on %s is %s, want %s", d.Channel, d.State, want)
			}
		}
		if n := h.steps("amend"); n != 1 {
			t.Errorf("%d amendments, want 1", n)
		}
	})
}

func (h *house) corrected(n *guitu.Notice) (by string) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		got, err := tx.NoticeByID(ctx, n.ID)
		by = got.CorrectedBy
		return err
	})
	return by
}

func TestUrgent(t *testing.T) {
	for _, tt := range []struct {
		reposts int
		urgent  bool
	}{{998, false}, {999, true}} { // the post itself counts too
		t.Run(fmt.Sprint(tt.reposts, " reposts"), func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				b := h.batch(child)
				b.Posts[0].Reposts = tt.reposts
				h.take(b)
				id := h.stories()[0].ID
				h.decide(county, guitu.Decision{RumorID: id, Ruling: guitu.Refuted, Basis: basis, Key: "1"})
				n := h.question(id).Notice
				want := options().NextAnnouncement(h.clock.now())
				if tt.urgent {
					want = h.clock.now()
				}
				if !n.Due.Equal(want) || !h.deliveries(n)[0].Due.Equal(want) {
					t.Errorf("due %v, want %v", n.Due, want)
				}
			})
		})
	}
}
