package store_test

import (
	"context"
	"errors"
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

// TestTellings holds that each kind of followers is told by itself, and knows where it was last told of the alert.
func TestTellings(t *testing.T) {
	eachTold(t, func(t *testing.T, h told, _ store.Public) {
		h.alert(1, "371302")
		h.tell(1, 1, guitu.NoticeAlert, guitu.CauseIssue, all, guitu.DeliverySent)
		h.tell(1, 2, guitu.NoticeUpdate, guitu.CauseUpdate, all, guitu.DeliverySent)
		first, second := guitu.Notice{ID: 1, AlertID: 1}, guitu.Notice{ID: 2, AlertID: 1}
		db := h.db
		push := guitu.Follower{Kind: guitu.FollowWebPush, Handle: "https://push.example/1", Address: "{}", Point: guitu.Point{Lat: 35, Lng: 118}}
		chat := guitu.Follower{Kind: guitu.FollowTelegram, Handle: "700", Address: "700", Point: guitu.Point{Lat: 35, Lng: 118}}
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.PutFollower(ctx, &push), tx.PutFollower(ctx, &chat))
		})
		take := func(n guitu.Notice, who guitu.FollowerKind) (all []guitu.Telling) {
			t.Helper()
			update(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
				for _, f := range []guitu.Follower{push, chat} {
					if err := tx.PlanTelling(ctx, n, f.ID, true, false, 9); err != nil {
						return err
					}
				}
				all, err = tx.TakeTellings(ctx, guitu.Reach{NoticeID: n.ID, UpTo: 1 << 40, Who: who})
				return err
			})
			return all
		}
		if diff := cmp.Diff([]guitu.Telling{{Follower: chat, Loud: true}}, take(first, guitu.FollowTelegram)); diff != "" {
			t.Error(diff)
		}
		update(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.Told(ctx, first.ID, chat.ID, "17") })
		if diff := cmp.Diff([]guitu.Telling{{Follower: push, Loud: true}}, take(first, "")); diff != "" {
			t.Error(diff)
		}
		want := []guitu.Telling{{Follower: push, Loud: true}, {Follower: chat, Loud: true, Earlier: "17"}}
		if diff := cmp.Diff(want, take(second, "")); diff != "" {
			t.Error(diff)
		}
	})
}
