package store_test

import (
	"context"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
)

func TestSourceCursor(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.SetSources(ctx, []store.SourceSetup{{Name: "a", Kind: "feed"}, {Name: "b", Kind: "file"}}); err != nil {
				return err
			}
			due, err := tx.DueSources(ctx)
			if err != nil || len(due) != 2 {
				t.Errorf("DueSources at the start = %v, %v, want both", due, err)
			}
			next := tx.Now.Add(time.Minute)
			if ok, err := tx.SourceRead(ctx, "a", "", "c1", 3, next); err != nil || !ok {
				t.Errorf("SourceRead = %v, %v", ok, err)
			}
			if ok, err := tx.SourceRead(ctx, "a", "", "c2", 3, next); err != nil || ok {
				t.Errorf("SourceRead from a cursor that has moved = %v, %v, want false", ok, err)
			}
			b, failed, err := tx.SourceFailed(ctx, "b", "slow", false, tx.Now)
			if err != nil || !failed || b.Paused || b.Fails != 1 || b.Trouble != "slow" {
				t.Errorf("SourceFailed = %+v, %v, %v, want it failed and not paused", b, failed, err)
			}
			if b, failed, err = tx.SourceFailed(ctx, "b", "wall", true, tx.Now); err != nil || !failed || !b.Paused || b.Fails != 2 {
				t.Errorf("SourceFailed at a wall = %+v, %v, %v, want it paused", b, failed, err)
			}
			if _, failed, err = tx.SourceFailed(ctx, "b", "late", false, tx.Now); err != nil || failed {
				t.Errorf("SourceFailed of a paused source = %v, %v, want false", failed, err)
			}
			if b, _, err = tx.Source(ctx, "b"); err != nil || !b.Paused || b.Trouble != "wall" {
				t.Errorf("a late failure made it %+v, %v, want it as it was paused", b, err)
			}
			if due, err = tx.DueSources(ctx); err != nil || len(due) != 0 {
				t.Errorf("DueSources = %v, %v, want none: one has its time to come, one is paused", due, err)
			}
			if err := tx.SetSources(ctx, []store.SourceSetup{{Name: "a", Kind: "feed"}}); err != nil {
				return err
			}
			s, cursor, err := tx.Source(ctx, "a")
			if err != nil || cursor != "c1" || s.Posts != 3 || !s.NextRead.Equal(next) {
				t.Errorf("Source = %+v, %q, %v, want its cursor kept over a new configuration", s, cursor, err)
			}
			return nil
		})
	})
}

func TestGauges(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		_, r := seed(t, db)
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Log(ctx, r.ID, 0, guitu.EventTaken, "s"); err != nil {
				return err
			}
			return tx.Enqueue(ctx, guitu.Route{RumorID: r.ID}, time.Time{})
		})
		c.t = time.Now().Add(45 * time.Minute)
		g, err := db.Gauges(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if age := g.QueueAge[guitu.QueueStory]; age < 44*time.Minute || age > 46*time.Minute {
			t.Errorf("age of queue %s = %s, want 45m", guitu.QueueStory, age)
		}
		if want := [len(guitu.AgeBounds)]int{4: 1}; g.Unanswered != want {
			t.Errorf("Unanswered = %v, want %v", g.Unanswered, want)
		}
	})
}

// A job of a process that died is available again as soon as its lease has ended, and not before.
