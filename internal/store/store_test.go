package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/internal/store"
)

// seed stores a desk, an officer, and an open rumor told by two posts.
func seed(t *testing.T, db *store.DB) (o guitu.Officer, r guitu.Rumor) {
	t.Helper()
	update(t, db, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetDesks(ctx, []guitu.Desk{{Name: "部值班台"}, {Name: "兰山值班台", Area: "371302", TelegramChat: "-1"}}); err != nil {
			return err
		}
		desks, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		o = guitu.Officer{Name: "李四", Role: guitu.RoleOfficer, Desk: desks[1], TelegramUser: 42}
		if err := tx.CreateOfficer(ctx, &o); err != nil {
			return err
		}
		r = guitu.Rumor{
			Status: guitu.Actual, State: guitu.RumorOpen, Topic: guitu.Plea, Score: 0.75,
			Claim: guitu.Claim{Name: "小明", Area: "371302", Place: "兰山区", Phones: []string{"19900000001"}},
			Hits:  []guitu.Hit{{Rule: "missing", Text: "走失", Start: 3, End: 9, Weight: 0.5}},
			Posts: 2, Reach: 12, FirstSeen: tx.Now.Add(-time.Hour), LastSeen: tx.Now,
		}
		if err := tx.CreateRumor(ctx, &r); err != nil {
			return err
		}
		for _, p := range []guitu.Post{
			{Source: "s", ExternalID: "1", Text: "一", Reposts: 3, Images: []string{"https://example.org/a.jpg"}},
			{Source: "s", ExternalID: "2", Text: "二", Reposts: 7},
		} {
			p.PostedAt, p.SeenAt = tx.Now, tx.Now
			if err := tx.CreatePost(ctx, &p, r.ID); err != nil {
				return err
			}
			if err := tx.SetExemplar(ctx, p.ID, p.ExternalID == "1"); err != nil {
				return err
			}
		}
		return nil
	})
	return o, r
}

func TestRumorRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		_, r := seed(t, db)
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Rumor(ctx, r.ID)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(r, got.Rumor); diff != "" {
				t.Errorf("Rumor (-want +got):\n%s", diff)
			}
			locked, err := tx.LockRumor(ctx, r.ID)
			if err != nil {
				return err
			}
			if locked.Version != got.Version+1 {
				t.Errorf("LockRumor: version %d, want %d", locked.Version, got.Version+1)
			}
			if _, err := tx.Rumor(ctx, r.ID+1); guitu.KindOf(err) != guitu.NotFound {
				t.Errorf("Rumor of an unknown ID: %v, want NotFound", err)
			}
			samples, err := tx.Samples(ctx, r.ID)
			if err != nil {
				return err
			}
			if len(samples) != 2 || samples[0].ExternalID != "1" || samples[1].ExternalID != "2" {
				t.Errorf("Samples = %v, want the first and the most reposted, each once", samples)
			}
			ex, err := tx.Exemplars(ctx, 0, 10)
			if err != nil {
				return err
			}
			if len(ex) != 1 || ex[0].Text != "一" {
				t.Errorf("Exemplars = %v, want the first post only", ex)
			}
			return nil
		})
	})
}

func TestRumorsByArea(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		_, r := seed(t, db)
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			for _, tt := range []struct {
				area   guitu.Area
				before int64
				want   int
			}{
				{"", 0, 1},
				{"370000", 0, 1},
				{"371300", 0, 1},
				{"371302", 0, 1},
				{"371303", 0, 0},
				{"320000", 0, 0},
				{"", r.ID, 0},
				{"", 1 << 40, 1}, // beyond 32 bits
			} {
				got, err := tx.Rumors(ctx, store.RumorFilter{State: guitu.RumorOpen, Area: tt.area, Before: tt.before, Limit: 10})
				if err != nil {
					return err
				}
				if len(got) != tt.want {
					t.Errorf("Rumors in %q before %d: %d, want %d", tt.area, tt.before, len(got), tt.want)
				}
			}
			return nil
		})
	})
}

// The database itself refuses what must not be.
func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		o, r := seed(t, db)
		verdict := func(ruling guitu.Ruling, ending guitu.Ending, basis, key string) func(context.Context, *store.Tx) error {
			return func(ctx context.Context, tx *store.Tx) error {
				return tx.CreateVerdict(ctx, &guitu.Verdict{
					RumorID: r.ID, Ruling: ruling, Ending: ending, Basis: basis, Officer: o, Desk: o.Desk,
				}, key)
			}
		}
		update(t, db, verdict(guitu.Refuted, "", "核查过", "k1"))
		for name, fn := range map[string]func(context.Context, *store.Tx) error{
			"a refutation without basis": verdict(guitu.Refuted, "", "", "k2"),
			"outdated without ending":    verdict(guitu.Outdated, "", "核查过", "k3"),
			"an ending without outdated": verdict(guitu.Confirmed, guitu.Found, "", "k4"),
			"a press that decides twice": verdict(guitu.Unproven, "", "", "k1"),
			"an unknown ruling":          verdict("perhaps", "", "", "k5"),
			"a post that is taken twice": func(ctx context.Context, tx *store.Tx) error {
				return tx.CreatePost(ctx, &guitu.Post{Source: "s", ExternalID: "1"}, r.ID)
			},
			"a post of an unknown rumor": func(ctx context.Context, tx *store.Tx) error {
				return tx.CreatePost(ctx, &guitu.Post{Source: "s", ExternalID: "9"}, r.ID+9)
			},
			"a delivery without a notice": func(ctx context.Context, tx *store.Tx) error {
				return tx.CreateDelivery(ctx, &guitu.Delivery{NoticeID: 99, Channel: "site"})
			},
		} {
			ctx := context.Background()
			if err := db.Update(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err == nil {
				t.Errorf("%s was stored, want an error", name)
			}
		}
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			v, err := tx.CurrentVerdict(ctx, r.ID)
			if err != nil {
				return err
			}
			if v == nil || v.Ruling != guitu.Refuted || v.Officer.Name != "李四" || v.Desk.Name != "兰山值班台" {
				t.Errorf("CurrentVerdict = %+v, want the first one by 李四", v)
			}
			return nil
		})
	})
}

func TestStatusIsForEver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	ctx := context.Background()
	db, err := store.Open(ctx, path, store.Options{Status: guitu.Exercise})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err := store.Open(ctx, path, store.Options{}); err == nil {
		db.Close()
		t.Error("an exercise's database opened for the real thing, want an error")
	}
	db, err = store.Open(ctx, path, store.Options{Status: guitu.Exercise})
	if err != nil {
		t.Fatalf("open again: %v", err)
	}
	db.Close()
}

func TestRollBack(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		_, r := seed(t, db)
		ctx := context.Background()
		stop := errors.New("stop")
		err := db.Update(ctx, func(tx *store.Tx) error {
			if err := tx.SetRumorState(ctx, r.ID, guitu.RumorRuled); err != nil {
				return err
			}
			if err := tx.Enqueue(ctx, guitu.Route{RumorID: r.ID}, time.Time{}); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatalf("Update = %v, want the function's error", err)
		}
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Rumor(ctx, r.ID)
			if err != nil {
				return err
			}
			if got.State != guitu.RumorOpen {
				t.Errorf("state = %s after a rollback, want open", got.State)
			}
			n, err := tx.CountJobs(ctx)
			if err != nil {
				return err
			}
			if n != 0 {
				t.Errorf("%d jobs after a rollback, want none", n)
			}
			return nil
		})
	})
}

// Transactions that read and then write, from many goroutines, must all succeed and lose no update.
func TestConcurrentUpdates(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		_, r := seed(t, db)
		ctx := context.Background()
		var wg sync.WaitGroup
		const writers, times = 8, 10
		for range writers {
			wg.Go(func() {
				for range times {
					err := db.Update(ctx, func(tx *store.Tx) error {
						got, err := tx.LockRumor(ctx, r.ID)
						if err != nil {
							return err
						}
						got.Posts++
						return tx.GrowRumor(ctx, got.Rumor)
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Rumor(ctx, r.ID)
			if err != nil {
				return err
			}
			if want := r.Posts + writers*times; got.Posts != want {
				t.Errorf("posts = %d, want %d", got.Posts, want)
			}
			return nil
		})
	})
}

func TestLease(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		take := func(holder string) (ok bool) {
			update(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
				ok, err = tx.Lease(ctx, "poll", holder, 10*time.Second)
				return err
			})
			return ok
		}
		if !take("a") || take("b") || !take("a") {
			t.Fatal("the first holder must keep the lease and renew it")
		}
		c.t = c.t.Add(11 * time.Second)
		if !take("b") || take("a") {
			t.Fatal("an ended lease must pass to who asks")
		}
		update(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.Release(ctx, "b") })
		if !take("a") {
			t.Fatal("a released lease must be free")
		}
	})
}

func TestDeliveryMoves(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		o, r := seed(t, db)
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			v := guitu.Verdict{RumorID: r.ID, Ruling: guitu.Refuted, Basis: "核查过", Officer: o, Desk: o.Desk}
			if err := tx.CreateVerdict(ctx, &v, "k"); err != nil {
				return err
			}
			n := guitu.Notice{
				Kind: guitu.NoticeDebunk, Status: guitu.Actual, Code: "A2B3C4", RumorID: r.ID, VerdictID: v.ID, Area: "371302",
				Texts: map[string]guitu.Text{guitu.Chinese: {Headline: "题"}}, Sources: []string{"https://example.org/1"}, Due: tx.Now,
			}
			if err := tx.CreateNotice(ctx, &n); err != nil {
				return err
			}
			d := guitu.Delivery{NoticeID: n.ID, Channel: "site", Due: tx.Now}
			if err := tx.CreateDelivery(ctx, &d); err != nil {
				return err
			}
			if err := tx.CreateDelivery(ctx, &guitu.Delivery{NoticeID: n.ID, Channel: "telegram", Due: tx.Now}); err != nil {
				return err
			}
			if _, err := tx.PublicNotice(ctx, "site", n.Code); guitu.KindOf(err) != guitu.NotFound {
				t.Errorf("a notice that is only due is public: %v", err)
			}
			for _, move := range []struct {
				from, to guitu.DeliveryState
				want     bool
			}{
				{guitu.DeliverySending, guitu.DeliverySent, false},
				{guitu.DeliveryDue, guitu.DeliverySending, true},
				{guitu.DeliveryDue, guitu.DeliverySending, false},
			} {
				got, err := tx.MoveDelivery(ctx, d.ID, move.from, move.to, "")
				if err != nil {
					return err
				}
				if got != move.want {
					t.Errorf("move %s → %s = %v, want %v", move.from, move.to, got, move.want)
				}
			}
			if err := tx.DeliverySent(ctx, d.ID, guitu.Receipt{ExternalID: "7", URL: "https://example.org/n/A2B3C4"}); err != nil {
				return err
			}
			got, err := tx.Delivery(ctx, d.ID)
			if err != nil {
				return err
			}
			want := guitu.Delivery{
				ID: d.ID, NoticeID: n.ID, Code: "A2B3C4", Kind: guitu.NoticeDebunk, Channel: "site", State: guitu.DeliverySent,
				Due: tx.Now, Attempts: 1, Receipt: guitu.Receipt{ExternalID: "7", URL: "https://example.org/n/A2B3C4"}, At: tx.Now,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Delivery (-want +got):\n%s", diff)
			}
			public, err := tx.PublicNotices(ctx, "site", "370000", 0, 10)
			if err != nil {
				return err
			}
			if len(public) != 1 || public[0].Texts[guitu.Chinese].Headline != "题" {
				t.Errorf("PublicNotices = %v, want the one that the site has", public)
			}
			if public, err = tx.PublicNotices(ctx, "telegram", "", 0, 10); err != nil || len(public) != 0 {
				t.Errorf("PublicNotices of a channel that has none = %v, %v", public, err)
			}
			if public, err = tx.PublicNotices(ctx, "site", "", n.ID, 10); err != nil || len(public) != 0 {
				t.Errorf("PublicNotices after the only one = %v, %v, want none", public, err)
			}
			return nil
		})
	})
}

func TestInboxKeepsAnUpdateOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		for range 3 {
			update(t, db, func(ctx context.Context, tx *store.Tx) error {
				return tx.PutUpdate(ctx, "telegram", 77, []byte(`{"update_id":77}`))
			})
		}
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.CountJobs(ctx)
			if err != nil {
				return err
			}
			if n != 1 {
				t.Errorf("%d presses enqueued by the same update three times, want 1", n)
			}
			body, done, err := tx.UpdateBody(ctx, 1)
			if err != nil {
				return err
			}
			if string(body) != `{"update_id":77}` || done {
				t.Errorf("UpdateBody = %s, %v", body, done)
			}
			if err := tx.UpdateDone(ctx, 1); err != nil {
				return err
			}
			if body, done, err = tx.UpdateBody(ctx, 1); err != nil || len(body) != 0 || !done {
				t.Errorf("after UpdateDone: UpdateBody = %s, %v, %v; want it empty and done", body, done, err)
			}
			return nil
		})
	})
}

func TestSessions(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		s := store.Sessions{DB: db}
		if err := s.Commit("tok", []byte("x"), c.t.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if b, ok, err := s.Find("tok"); err != nil || !ok || string(b) != "x" {
			t.Errorf("Find = %s, %v, %v", b, ok, err)
		}
		c.t = c.t.Add(2 * time.Hour)
		if _, ok, err := s.Find("tok"); err != nil || ok {
			t.Errorf("Find after expiry = %v, %v, want none", ok, err)
		}
		if err := s.Delete("tok"); err != nil {
			t.Error(err)
		}
	})
}

func TestRescueOrphans(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		_, r := seed(t, db)
		rescue := func() (n int64) {
			update(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
				n, err = tx.RescueOrphans(ctx)
				return err
			})
			return n
		}
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Lease(ctx, "process:p1", "p1", time.Minute); err != nil {
				return err
			}
			if err := tx.Enqueue(ctx, guitu.Route{RumorID: r.ID}, time.Time{}); err != nil {
				return err
			}
			return tx.PretendRunning(ctx, "p1")
		})
		if n := rescue(); n != 0 {
			t.Fatalf("rescued %d jobs of a living process, want none", n)
		}
		c.t = c.t.Add(2 * time.Minute)
		if n := rescue(); n != 1 {
			t.Fatalf("rescued %d jobs of a dead process, want 1", n)
		}
		if n := rescue(); n != 0 {
			t.Fatalf("rescued %d jobs a second time, want none", n)
		}
	})
}
