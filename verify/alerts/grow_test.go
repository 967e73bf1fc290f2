package alerts_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"guitu"
)

func TestGrow(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		a := h.issued(facts(h.clock.now())) // missing for half an hour
		early(t, h.Grow(ctx, a.ID), 30*time.Minute+time.Millisecond)

		h.clock.add(31 * time.Minute)
		for range 2 { // a step may run twice
			err := h.Grow(ctx, a.ID)
			if guitu.KindOf(err) == guitu.Internal && len(h.view(a.ID).Messages) != 2 {
				t.Fatal(err)
			}
		}
		k := h.view(a.ID)
		m := k.Messages[1]
		if len(k.Messages) != 2 || k.Alert.Reach != 200 || m.Circle.Radius != 200 || m.Inner != 100 || m.Cause != guitu.CauseGrow || m.Type != guitu.MsgUpdate {
			t.Fatalf("%d messages, the second %+v", len(k.Messages), m)
		}
		if len(m.References) != 1 || m.References[0].Identifier != k.Messages[0].Identifier || !m.References[0].Sent.Equal(k.Messages[0].Sent) {
			t.Errorf("references %+v", m.References)
		}
		if k.Alert.Version != a.Version {
			t.Errorf("growing made version %d of %d: a form that is open would be refused", k.Alert.Version, a.Version)
		}
		// Who is told by place, and the pages; what went out before stays as it is.
		want := map[string]guitu.DeliveryState{"1/site": "due", "1/weibo": "due", "1/telegram": "due", "1/push": "due", "2/site": "due", "2/push": "due"}
		if got := h.states(a.ID); !maps.Equal(got, want) {
			t.Errorf("deliveries %v, want %v", got, want)
		}

		// After a sleep over two rings it goes to the right one at once.
		h.clock.add(3 * time.Hour)
		if err := h.Grow(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		k = h.view(a.ID)
		if m := k.Messages[2]; len(k.Messages) != 3 || m.Circle.Radius != 500 || m.Inner != 200 || len(m.References) != 2 {
			t.Fatalf("%d messages, the third %+v", len(k.Messages), m)
		}
		if !slices.Contains(k.Messages[2].Areas, "370202") || slices.Contains(k.Messages[0].Areas, "370202") {
			t.Error("青岛市市南区, 180 km away, is not in the wide circle only")
		}
		if err := h.Grow(ctx, a.ID); err != nil || len(h.view(a.ID).Messages) != 3 {
			t.Errorf("at the widest ring: %v", err)
		}
	})
}

// An alert grows no farther than its tier lets it, and not once it is over.
func TestGrowStops(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		f := facts(h.clock.now())
		f.Tier = guitu.TierRunaway
		a := h.issued(f)
		if n := len(h.steps("grow")); n != 0 {
			t.Errorf("%d steps to grow an alert that does not", n)
		}
		h.clock.add(4 * time.Hour)
		if err := h.Grow(ctx, a.ID); err != nil || h.view(a.ID).Alert.Reach != 100 {
			t.Errorf("an alert of a runaway grew: %v", err)
		}

		f = facts(h.clock.now())
		f.Child.Name = "李大宝"
		a = h.issued(f)
		h.move(a.ID, "weibo", guitu.DeliverySent)
		if _, err := h.Cancel(ctx, guitu.CancelRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Reason: "重复", Key: h.key()}); err != nil {
			t.Fatal(err)
		}
		h.clock.add(4 * time.Hour)
		if err := h.Grow(ctx, a.ID); err != nil || len(h.view(a.ID).Messages) != 2 {
			t.Errorf("an alert that is over grew: %v", err)
		}
	})
}
