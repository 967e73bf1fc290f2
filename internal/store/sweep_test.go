package store_test

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
)

func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		begin := c.t
		reject := func(names ...string) {
			t.Helper()
			update(t, db, func(ctx context.Context, tx *store.Tx) error {
				for _, name := range names {
					if err := tx.Quarantine(ctx, "feed", guitu.Reject{ExternalID: name, Reason: "no date"}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		arrive := func(updateID int64) {
			t.Helper()
			update(t, db, func(ctx context.Context, tx *store.Tx) error {
				return tx.PutUpdate(ctx, "telegram", updateID, []byte("{}"))
			})
		}
		handle := func(inboxID int64) {
			t.Helper()
			update(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateDone(ctx, inboxID) })
		}
		// sweep sweeps to the end, and names what is left.
		sweep := func() (rejects []string, inbox []int64, deleted int64, parts int) {
			t.Helper()
			for done := false; !done; parts++ {
				update(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
					var n int64
					n, done, err = tx.Sweep(ctx)
					deleted += n
					return err
				})
			}
			update(t, db, func(ctx context.Context, tx *store.Tx) error {
				all, err := tx.Quarantined(ctx, 10_000)
				for _, q := range slices.Backward(all) {
					rejects = append(rejects, q.Reject.ExternalID)
				}
				for id := range int64(6) {
					if _, _, err := tx.UpdateBody(ctx, id); err == nil {
						inbox = append(inbox, id)
					}
				}
				return err
			})
			return rejects, inbox, deleted, parts
		}
		want := func(at time.Time, wantRejects []string, wantInbox []int64, wantDeleted int64) {
			t.Helper()
			c.t = at
			rejects, inbox, deleted, _ := sweep()
			if !slices.Equal(rejects, wantRejects) || !slices.Equal(inbox, wantInbox) || deleted != wantDeleted {
				t.Errorf("%s after the start: %d rows went, rejects %v and updates %v are left; want %d, %v and %v",
					at.Sub(begin), deleted, rejects, inbox, wantDeleted, wantRejects, wantInbox)
			}
		}

		reject("old")
		arrive(71) // handled at once
		arrive(72) // handled two days later
		arrive(73) // never
		handle(1)
		c.t = begin.Add(48 * time.Hour)
		reject("young")
		handle(2)
		want(begin.Add(store.KeepRejects), []string{"old", "young"}, []int64{1, 2, 3}, 0)
		want(begin.Add(store.KeepRejects+time.Millisecond), []string{"young"}, []int64{2, 3}, 2)
		want(begin.Add(store.KeepHandled+49*time.Hour), nil, []int64{3}, 2)

		var many []string
		for i := range 1001 {
			many = append(many, strconv.Itoa(i))
		}
		reject(many...)
		c.t = c.t.Add(store.KeepRejects + time.Hour)
		if left, _, deleted, parts := sweep(); len(left) != 0 || deleted != 1001 || parts != 2 {
			t.Errorf("of 1001 rejects %d went in %d parts, %d are left; want all in two", deleted, parts, len(left))
		}
	})
}

func TestSweepOnceADay(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		due := func(want bool) {
			t.Helper()
			err := db.View(t.Context(), func(tx *store.Tx) error {
				got, err := tx.SweepDue(t.Context())
				if got != want {
					t.Errorf("due is %v, want %v", got, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		due(true)
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			_, _, err := tx.Sweep(ctx)
			return err
		})
		due(false)
		c.t = c.t.Add(24*time.Hour - time.Millisecond)
		due(false)
		c.t = c.t.Add(time.Millisecond)
		due(true)
	})
}

// A process that was killed leaves its lease behind.
func TestSweepLeases(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Lease(ctx, "process:dead", "dead", time.Minute)
			return err
		})
		c.t = c.t.Add(48 * time.Hour)
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Lease(ctx, "process:alive", "alive", time.Minute); err != nil {
				return err
			}
			if n, _, err := tx.Sweep(ctx); n != 1 || err != nil {
				t.Errorf("%d leases went, %v; want the dead process's", n, err)
			}
			held, err := tx.Lease(ctx, "process:alive", "another", time.Minute)
			if held {
				t.Error("the living process lost its lease")
			}
			return err
		})
	})
}
