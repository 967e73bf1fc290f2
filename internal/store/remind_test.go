package store_test

import (
	"context"
	"testing"
	"time"

	"guitu/internal/store"
)

// Each is reminded 30 and 7 days ahead, once, and anew after the certificate is renewed.
func TestRemindDue(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		o, _ := seed(t, db)
		const day = 24 * time.Hour
		end := c.t.Add(40 * day)
		update(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.Certify(ctx, o.ID, "", end) })
		due := func(at time.Time, want int) {
			t.Helper()
			c.t = at
			update(t, db, func(ctx context.Context, tx *store.Tx) error {
				ids, err := tx.RemindDue(ctx)
				if len(ids) != want || want == 1 && ids[0] != o.ID {
					t.Errorf("%v before the end: %v are due, want %d", end.Sub(at), ids, want)
				}
				return err
			})
		}
		due(c.t, 0)
		due(end.Add(-30*day-time.Millisecond), 0)
		due(end.Add(-30*day), 1)
		due(end.Add(-29*day), 0)
		due(end.Add(-7*day), 1)
		due(end.Add(-6*day), 0)
		due(end, 0)
		// A short certificate is told of once.
		end = c.t.Add(5 * day)
		update(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.Certify(ctx, o.ID, "", end) })
		due(c.t, 1)
		due(c.t.Add(day), 0)
		update(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.SetTelegram(ctx, o.ID, 0) })
		end = c.t.Add(5 * day)
		update(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.Certify(ctx, o.ID, "", end) })
		due(c.t, 0) // there is no chat
	})
}
