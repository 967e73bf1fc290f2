package rumors_test

import (
	"context"
	"testing"

	"guitu"
	"guitu/internal/store"
)

// What an administrator may say of a delivery depends on its state and on whether its notice still holds.
func TestSettle(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		var admin int64
		h.update(func(ctx context.Context, tx *store.Tx) error {
			o := guitu.Officer{Name: "乙管理员", Role: guitu.RoleAdmin, Desk: h.desks[ministry]}
			err := tx.CreateOfficer(ctx, &o)
			admin = o.ID
			return err
		})
		id := h.story(child)
		h.route(id)
		rule := func(r guitu.Ruling, corrects int64, key string) int64 {
			t.Helper()
			v, err := h.Decide(ctx, guitu.Decision{
				RumorID: id, OfficerID: h.officers[county], Ruling: r, Basis: "电话核实，孩子在家", Corrects: corrects, Key: key,
			})
			if err != nil {
				t.Fatal(err)
			}
			return v.ID
		}
		first := rule(guitu.Refuted, 0, "1")
		all, err := h.Deliveries(ctx, "", 0, 1)
		if err != nil || len(all) != 1 {
			t.Fatalf("deliveries %v, %v", all, err)
		}
		d := all[0]
		to := func(s guitu.DeliveryState) {
			t.Helper()
			h.update(func(ctx context.Context, tx *store.Tx) error {
				now, err := tx.Delivery(ctx, d.ID)
				if err != nil {
					return err
				}
				_, err = tx.MoveDelivery(ctx, d.ID, now.State, s, "原因")
				return err
			})
		}
		settle := map[string]func(context.Context, int64, int64) error{
			"resend": h.Resend, "sent": h.MarkSent, "handled": h.MarkHandled,
		}
		try := func(do string, by int64, want guitu.Kind, after guitu.DeliveryState) {
			t.Helper()
			err := settle[do](ctx, d.ID, by)
			if got := guitu.KindOf(err); got != want {
				t.Errorf("%s: %v, want kind %q", do, err, want)
			}
			if now, err := h.Delivery(ctx, d.ID); err != nil || now.State != after {
				t.Errorf("after %s: %s, %v, want %s", do, now.State, err, after)
			}
		}
		allowed := map[string][]guitu.DeliveryState{
			"resend":  {guitu.DeliveryUnknown, guitu.DeliveryRefused, guitu.DeliveryGivenUp},
			"sent":    {guitu.DeliveryUnknown},
			"handled": {guitu.DeliveryStanding},
		}
		becomes := map[string]guitu.DeliveryState{
			"resend": guitu.DeliveryDue, "sent": guitu.DeliverySent, "handled": guitu.DeliveryHandled,
		}
		settled := 0
		for do := range settle {
			for _, s := range guitu.DeliveryStates {
				to(s)
				try(do, h.officers[county], guitu.Forbidden, s)
				want, after := guitu.Conflict, s
				for _, a := range allowed[do] {
					if s == a {
						want, after = "", becomes[do]
						settled++
					}
				}
				try(do, admin, want, after)
			}
		}
		// A notice that was corrected goes out no more, but its standing copy is dealt with.
		rule(guitu.Confirmed, first, "2")
		for do := range settle {
			to(allowed[do][0])
			if do != "handled" {
				try(do, admin, guitu.Conflict, allowed[do][0])
				continue
			}
			try(do, admin, "", guitu.DeliveryHandled)
			settled++
		}
		var lines []guitu.Event
		history, err := h.History(ctx, id)
		for _, e := range history {
			if e.Kind == guitu.EventSettled {
				lines = append(lines, e)
			}
		}
		if err != nil || len(lines) != settled || settled != 6 {
			t.Fatalf("%d lines of history for %d settlings, %v; want 6", len(lines), settled, err)
		}
		// Maps are walked in any order; the last line is of a handled copy whatever came before.
		last := lines[len(lines)-1]
		if last.Officer != "乙管理员" || last.Detail != d.Channel+"：已人工处理" || !last.At.Equal(h.clock.now()) {
			t.Errorf("history says %+v, want who dealt with the copy, and when", last)
		}
	})
}
