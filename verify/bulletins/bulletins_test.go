package bulletins_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/verify/bulletins"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// bot is a database with the alerts and stories of February 2026 in it.
type bot struct {
	t   *testing.T
	db  *store.DB
	now time.Time
}

// each runs a test on both databases, on 20 February 2026 at noon.
func each(t *testing.T, test func(t *testing.T, b *bot)) {
	for name, address := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "test.db") },
		"PostgreSQL": func(t *testing.T) string { return testenv.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			b := &bot{t: t, now: time.Date(2026, 2, 20, 12, 0, 0, 0, shanghai)}
			b.open(address(t), guitu.Actual)
			b.fill()
			test(t, b)
		})
	}
}

func (b *bot) open(address string, status guitu.Status) {
	b.t.Helper()
	var err error
	b.db, err = store.Open(b.t.Context(), address, store.Options{Now: func() time.Time { return b.now }, Status: status})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := b.db.Close(); err != nil {
			b.t.Error(err)
		}
	})
}

func (b *bot) update(fn func(ctx context.Context, tx *store.Tx) error) {
	b.t.Helper()
	if err := b.db.Update(b.t.Context(), func(tx *store.Tx) error { return fn(b.t.Context(), tx) }); err != nil {
		b.t.Fatal(err)
	}
}

// fill makes six alerts, five of them closed, and one cancelled; one of an exercise, which the real database can't hold by itself;
// one of March; and four stories: one refuted, one that waits, one that was never raised, one that went into another.
func (b *bot) fill() {
	b.t.Helper()
	b.update(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetDesks(ctx, []guitu.Desk{{Name: "部值班台"}}); err != nil {
			return err
		}
		desks, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		o := guitu.Officer{Name: "王警官", Role: guitu.RoleOfficer, Desk: desks[0]}
		if err := tx.CreateOfficer(ctx, &o); err != nil {
			return err
		}
		for i, state := range []guitu.AlertState{"closed", "closed", "closed", "closed", "closed", "active", "cancelled", "closed", "closed"} {
			a := guitu.Alert{Status: guitu.Actual, Author: o, Desk: desks[0], Facts: guitu.Facts{Area: "371302"}}
			if i == 7 {
				a.Status = guitu.Exercise
			}
			if err := tx.CreateAlert(ctx, &a); err != nil {
				return err
			}
			a.State, a.Code, a.IssuedAt = state, strings.Repeat("ABCDEFGHJ"[i:i+1], 6), tx.Now.Add(time.Duration(i)*time.Minute)
			if i == 8 {
				a.IssuedAt = time.Date(2026, 3, 1, 0, 0, 0, 0, shanghai)
			}
			a.Expires = a.IssuedAt.Add(72 * time.Hour)
			k := guitu.Kept{Area: "371302", IssuedAt: a.IssuedAt, MissingAt: a.IssuedAt.Add(-30 * time.Minute)}
			if state != guitu.AlertActive {
				a.EndedAt = a.IssuedAt.Add(time.Hour)
			}
			if state == guitu.AlertClosed {
				a.Ending = guitu.Closing{Outcome: guitu.OutcomeLost, Life: guitu.Alive, FoundAt: a.EndedAt}
				k.Outcome, k.Life, k.FoundAt = a.Ending.Outcome, a.Ending.Life, a.Ending.FoundAt
			}
			if err := tx.SaveAlert(ctx, store.Alert{Alert: a}, k); err != nil {
				return err
			}
		}
		var first int64
		for _, state := range []guitu.RumorState{guitu.RumorRuled, guitu.RumorOpen, guitu.RumorWatched, guitu.RumorMerged} {
			r := guitu.Rumor{Status: guitu.Actual, State: guitu.RumorOpen, Topic: guitu.Plea, Posts: 1, Reach: 1, FirstSeen: tx.Now, LastSeen: tx.Now}
			if err := tx.CreateRumor(ctx, &r); err != nil {
				return err
			}
			if first == 0 {
				first = r.ID
			}
			var err error
			if state == guitu.RumorMerged {
				err = tx.MergeRumor(ctx, r.ID, first)
			} else {
				err = tx.SetRumorState(ctx, r.ID, state)
			}
			if err != nil {
				return err
			}
			if err := tx.Log(ctx, r.ID, 0, guitu.EventTaken, ""); err != nil {
				return err
			}
			if state == guitu.RumorRuled {
				v := guitu.Verdict{RumorID: r.ID, Ruling: guitu.Refuted, Basis: "查无此事", Officer: o, Desk: desks[0]}
				if err := tx.CreateVerdict(ctx, &v, "k"); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// announce lets the bulletins look at the clock.
func (b *bot) announce(o bulletins.Options) {
	b.t.Helper()
	o.Channels = []string{"site", "weibo"}
	all, err := bulletins.New(b.db, o)
	if err != nil {
		b.t.Fatal(err)
	}
	for range 2 { // once more does nothing
		if err := all.Announce(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
	}
}

// made lists the bulletins with their notices.
func (b *bot) made() (all []guitu.Bulletin, notices []guitu.Notice) {
	b.t.Helper()
	b.update(func(ctx context.Context, tx *store.Tx) error {
		for id := int64(1); ; id++ {
			n, err := tx.NoticeByID(ctx, id)
			if guitu.KindOf(err) == guitu.NotFound {
				return nil
			}
			if err != nil {
				return err
			}
			bulletin, err := tx.Bulletin(ctx, n.BulletinID)
			if err != nil {
				return err
			}
			all, notices = append(all, bulletin), append(notices, n)
		}
	})
	return all, notices
}

var monthly = bulletins.Options{Schedules: map[guitu.BulletinKind]string{guitu.BulletinMonthly: "0 10 1 * *"}}

func TestAnnounce(t *testing.T) {
	each(t, func(t *testing.T, b *bot) {
		b.announce(monthly) // a bot that begins announces nothing of the past
		b.now = time.Date(2026, 3, 1, 9, 59, 59, 0, shanghai)
		b.announce(monthly)
		if all, _ := b.made(); len(all) != 0 {
			t.Fatalf("%d bulletins before the first is due", len(all))
		}
		b.now = time.Date(2026, 3, 1, 10, 0, 5, 0, shanghai)
		b.announce(monthly)
		all, notices := b.made()
		if len(all) != 1 {
			t.Fatalf("%d bulletins, want 1", len(all))
		}
		r := all[0].Report
		if !r.From.Equal(time.Date(2026, 2, 1, 0, 0, 0, 0, shanghai)) || !r.To.Equal(time.Date(2026, 3, 1, 0, 0, 0, 0, shanghai)) {
			t.Errorf("of %v to %v, want February", r.From, r.To)
		}
		if r.Published != 6 || r.Closed != 5 || r.Alive != 5 || r.Open != 1 || r.Cancelled != 1 || r.Publishing.Value != 30 {
			t.Errorf("counted %+v", r)
		}
		if c := r.Rumors; c.Flagged != 2 || c.Refuted != 1 || c.Waiting != 1 {
			t.Errorf("counted stories %+v", c)
		}
		if all[0].Late || all[0].Missed != 0 || all[0].Kind != guitu.BulletinMonthly {
			t.Errorf("made %+v", all[0])
		}
		n := notices[0]
		if n.Kind != guitu.NoticeBulletin || n.Status != guitu.Actual || !n.Due.Equal(b.now) || !strings.Contains(n.Texts[guitu.Chinese].Headline, "发布6，结案5") {
			t.Errorf("notice %+v", n)
		}
		b.update(func(ctx context.Context, tx *store.Tx) error {
			deliveries, err := tx.DeliveriesOf(ctx, n.ID)
			if len(deliveries) != 2 || deliveries[0].Channel != "site" || deliveries[1].Channel != "weibo" {
				t.Errorf("deliveries %+v", deliveries)
			}
			return err
		})
		b.now = b.now.AddDate(0, 1, 0)
		b.announce(monthly)
		if all, _ = b.made(); len(all) != 2 || all[1].Report.Published != 1 || all[1].Late {
			t.Errorf("a month later: %d bulletins", len(all))
		}
	})
}

// TestCatchUp: what was due while the bot was down is made up for by the latest one, which says that it is late.
func TestCatchUp(t *testing.T) {
	each(t, func(t *testing.T, b *bot) {
		b.announce(monthly)
		b.now = time.Date(2026, 5, 17, 3, 0, 0, 0, shanghai)
		b.announce(monthly)
		all, notices := b.made()
		if len(all) != 1 {
			t.Fatalf("%d bulletins, want the latest one", len(all))
		}
		if got := all[0]; !got.Late || got.Missed != 2 || !got.Due.Equal(time.Date(2026, 5, 1, 10, 0, 0, 0, shanghai)) ||
			!got.Report.From.Equal(time.Date(2026, 4, 1, 0, 0, 0, 0, shanghai)) {
			t.Errorf("got %+v, want that of April, late, two missed", got)
		}
		if text := notices[0].Texts[guitu.Chinese].Description; !strings.Contains(text, "延迟") {
			t.Errorf("the notice does not say that it is late: %s", text)
		}
		// A rule that changed does not make the same period due again.
		b.announce(bulletins.Options{Schedules: map[guitu.BulletinKind]string{guitu.BulletinMonthly: "0 4 17 * *"}})
		b.now = time.Date(2026, 5, 17, 4, 1, 0, 0, shanghai)
		b.announce(bulletins.Options{Schedules: map[guitu.BulletinKind]string{guitu.BulletinMonthly: "0 4 17 * *"}})
		if all, _ := b.made(); len(all) != 1 {
			t.Errorf("%d bulletins, April was announced twice", len(all))
		}
	})
}

func TestYearly(t *testing.T) {
	each(t, func(t *testing.T, b *bot) {
		yearly := bulletins.Options{Schedules: map[guitu.BulletinKind]string{guitu.BulletinYearly: "0 10 2 1 *", guitu.BulletinMonthly: ""}}
		b.announce(yearly)
		b.now = time.Date(2027, 1, 2, 10, 0, 1, 0, shanghai)
		b.announce(yearly)
		if all, _ := b.made(); len(all) != 1 || all[0].Report.Published != 7 || all[0].Kind != guitu.BulletinYearly {
			t.Errorf("got %+v, want one of all 7 alerts of 2026", all)
		}
	})
}

func TestExerciseAnnouncesNothing(t *testing.T) {
	b := &bot{t: t, now: time.Date(2026, 2, 20, 12, 0, 0, 0, shanghai)}
	b.open(filepath.Join(t.TempDir(), "test.db"), guitu.Exercise)
	b.announce(monthly)
	b.now = b.now.AddDate(0, 3, 0)
	b.announce(monthly)
	if all, _ := b.made(); len(all) != 0 {
		t.Errorf("%d bulletins of an exercise", len(all))
	}
}

func TestWrongSchedule(t *testing.T) {
	_, err := bulletins.New(nil, bulletins.Options{Schedules: map[guitu.BulletinKind]string{guitu.BulletinYearly: "sometimes"}})
	if err == nil || !strings.Contains(err.Error(), "yearly") {
		t.Errorf("error %v, want one that names the schedule", err)
	}
}
