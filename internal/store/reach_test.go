package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
)

// TestReach keeps what a channel says of its own deliveries, and never less than it said before.
func TestReach(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		o, r := seed(t, db)
		var ids []int64
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			v := guitu.Verdict{RumorID: r.ID, Ruling: guitu.Refuted, Basis: "核查过", Officer: o, Desk: o.Desk}
			if err := tx.CreateVerdict(ctx, &v, "k"); err != nil {
				return err
			}
			n := guitu.Notice{
				Kind: guitu.NoticeDebunk, Status: guitu.Actual, Code: "A2B3C4", RumorID: r.ID, VerdictID: v.ID, Area: "371302",
				Texts: map[string]guitu.Text{guitu.Chinese: {Headline: "题"}}, Due: tx.Now,
			}
			if err := tx.CreateNotice(ctx, &n); err != nil {
				return err
			}
			for _, channel := range []string{"partner:a", "partner:b"} {
				d := guitu.Delivery{NoticeID: n.ID, Channel: channel, Due: tx.Now}
				if err := tx.CreateDelivery(ctx, &d); err != nil {
					return err
				}
				ids = append(ids, d.ID)
			}
			return nil
		})
		start := c.t
		for _, said := range []guitu.Reached{{Devices: 10, Views: 3}, {Devices: 1200, Views: 1}, {Devices: 7, Views: 2}} {
			c.t = c.t.Add(time.Minute)
			update(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.RaiseReach(ctx, "partner:a", ids[0], said) })
		}
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			d, err := tx.Delivery(ctx, ids[0])
			want := guitu.Reached{Devices: 1200, Views: 3, At: c.t.UTC()}
			if d.Reached.At = d.Reached.At.UTC(); err != nil || d.Reached != want {
				t.Errorf("reach is %+v, %v; want %+v", d.Reached, err, want)
			}
			if d, err := tx.Delivery(ctx, ids[1]); err != nil || d.Reached != (guitu.Reached{}) {
				t.Errorf("the other partner's reach is %+v, %v; want none", d.Reached, err)
			}
			for _, wrong := range []int64{ids[1], ids[1] + 99} {
				if err := tx.RaiseReach(ctx, "partner:a", wrong, guitu.Reached{Devices: 5}); guitu.KindOf(err) != guitu.NotFound {
					t.Errorf("reach of delivery %d, which is none of the channel's: %v, want NotFound", wrong, err)
				}
			}
			for since, want := range map[time.Time][]int64{start: {ids[0]}, start.Add(time.Second): nil} {
				all, err := tx.ChannelDeliveries(ctx, "partner:a", since, 9)
				var got []int64
				for _, d := range all {
					got = append(got, d.ID)
				}
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("deliveries since %s are %v, %v; want %v", since, got, err, want)
				}
			}
			return nil
		})
	})
}
