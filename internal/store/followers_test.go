package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/internal/store"
)

// TestFollowers holds that a place is rounded, that whoever comes again stays who they are, and that whoever goes leaves nothing.
func TestFollowers(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		f := guitu.Follower{Kind: guitu.FollowWebPush, Handle: "https://push.example/1", Address: "{}", Point: guitu.Point{Lat: 35.0517, Lng: 118.3449}}
		again := f
		again.Point = guitu.Point{Lat: 36.0, Lng: 118.0}
		update(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.PutFollower(ctx, &f) })
		c.t = c.t.Add(time.Minute)
		update(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.PutFollower(ctx, &again) })
		if want := (guitu.Point{Lat: 35.05, Lng: 118.34}); f.Point != want || again.ID != f.ID {
			t.Errorf("got %v and id %d, want %v and %d", f.Point, again.ID, want, f.ID)
		}
		list := func(since time.Time) (all []guitu.Follower) {
			update(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
				all, err = tx.FollowersSince(ctx, since)
				return err
			})
			return all
		}
		want := []guitu.Follower{{ID: f.ID, Kind: guitu.FollowWebPush, Point: again.Point}}
		if diff := cmp.Diff(want, list(c.t)); diff != "" {
			t.Error(diff)
		}
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			return tx.DropFollower(ctx, guitu.FollowWebPush, f.Handle)
		})
		if got := list(time.Time{}); len(got) != 0 {
			t.Errorf("after going: %v", got)
		}
	})
}
