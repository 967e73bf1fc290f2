package alerts_test

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"guitu"
	"guitu/internal/store"
)

// TestWork: an alert, its photos and deliveries are handed out for changing to those who may change it, and to nobody else.
func TestWork(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := t.Context()
		a := h.drafted(county, facts(h.clock.now()))
		picture := []byte("the bytes of a cleaned picture")
		p, err := h.AddPhoto(ctx, guitu.PhotoRequest{
			AlertID: a.ID, OfficerID: h.officers[county], Photo: guitu.Photo{Alt: "女孩正面", Type: "image/jpeg", Width: 3, Height: 4}, Bytes: picture, Key: h.key(),
		})
		if err != nil {
			t.Fatal(err)
		}
		for officer, want := range map[string]guitu.Kind{
			county: "", second: "", city: "", lead: "", neighbour: guitu.Forbidden, disabled: guitu.Forbidden,
		} {
			id := h.officers[officer]
			got, photos, err := h.Alert(ctx, a.ID, id)
			if guitu.KindOf(err) != want || want == "" && (got.ID != a.ID || len(photos) != 1) || want != "" && got.Facts.Child.Name != "" {
				t.Errorf("Alert to %s = %+v, %v, want %q", officer, got, err, want)
			}
			if _, body, err := h.Photo(ctx, a.ID, p.ID, id); guitu.KindOf(err) != want || bytes.Equal(body, picture) != (want == "") {
				t.Errorf("Photo to %s = %q, %v, want %q", officer, body, err, want)
			}
			if _, err := h.Deliveries(ctx, a.ID, id); guitu.KindOf(err) != want {
				t.Errorf("Deliveries to %s: %v, want %q", officer, err, want)
			}
		}
		other := h.drafted(county, facts(h.clock.now()))
		if _, _, err := h.Photo(ctx, other.ID, p.ID, h.officers[county]); guitu.KindOf(err) != guitu.NotFound {
			t.Errorf("another alert's photo: %v", err)
		}
		if err := h.DropPhoto(ctx, a.ID, p.ID, h.officers[county], h.key()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Photo(ctx, a.ID, p.ID, h.officers[county]); guitu.KindOf(err) != guitu.NotFound {
			t.Errorf("a photo that was taken out: %v", err)
		}
		if _, photos, err := h.Alert(ctx, a.ID, h.officers[county]); err != nil || len(photos) != 0 {
			t.Errorf("photos after one was taken out: %v, %v", photos, err)
		}
	})
}

// TestSettleByHand: who may publish on a case settles its deliveries, only from the states that need a person, and never once it is over.
func TestSettleByHand(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := t.Context()
		a := h.issued(facts(h.clock.now()))
		all, err := h.Deliveries(ctx, a.ID, h.officers[county])
		if err != nil || len(all) == 0 {
			t.Fatal(all, err)
		}
		d := all[0].ID
		set := func(s guitu.DeliveryState) {
			now := h.delivery(d).State
			h.update(func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.MoveDelivery(ctx, d, now, s, "")
				return err
			})
		}
		for _, s := range guitu.DeliveryStates {
			for how, do := range map[string]struct {
				press func(context.Context, int64, int64) error
				from  []guitu.DeliveryState
				to    guitu.DeliveryState
			}{
				"resend":  {h.Resend, []guitu.DeliveryState{guitu.DeliveryUnknown, guitu.DeliveryRefused, guitu.DeliveryGivenUp}, guitu.DeliveryDue},
				"sent":    {h.MarkSent, []guitu.DeliveryState{guitu.DeliveryUnknown}, guitu.DeliverySent},
				"handled": {h.MarkHandled, []guitu.DeliveryState{guitu.DeliveryStanding}, guitu.DeliveryHandled},
			} {
				set(s)
				if err := do.press(ctx, d, h.officers[neighbour]); guitu.KindOf(err) != guitu.Forbidden || h.delivery(d).State != s {
					t.Errorf("%s of %s by another province's officer: %v", how, s, err)
				}
				err := do.press(ctx, d, h.officers[county])
				if want := slices.Contains(do.from, s); (err == nil) != want || err != nil && guitu.KindOf(err) != guitu.Conflict ||
					want && h.delivery(d).State != do.to || !want && h.delivery(d).State != s {
					t.Errorf("%s of %s: %v, then %s", how, s, err, h.delivery(d).State)
				}
			}
		}
		if _, err := h.Cancel(ctx, guitu.CancelRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: h.version(a.ID), Reason: "发错", Key: h.key()}); err != nil {
			t.Fatal(err)
		}
		set(guitu.DeliveryRefused)
		if err := h.Resend(ctx, d, h.officers[county]); guitu.KindOf(err) != guitu.Conflict {
			t.Errorf("sending an alert that is over: %v", err)
		}
	})
}

func (h *house) delivery(id int64) (d guitu.Delivery) {
	h.update(func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = tx.Delivery(ctx, id)
		return err
	})
	return d
}

func (h *house) version(id int64) (v int) {
	h.update(func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Alert(ctx, id)
		v = a.Version
		return err
	})
	return v
}

// TestListFilters finds alerts by desk, tier, code and what they say.
func TestListFilters(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		f := facts(h.clock.now())
		f.Tier, f.Child.Name = guitu.TierRunaway, "李小%舟"
		draft := h.drafted(second, f)
		active := h.issued(facts(h.clock.now()))
		for _, tt := range []struct {
			name string
			f    guitu.AlertFilter
			want []int64
		}{
			{"all", guitu.AlertFilter{}, []int64{active.ID, draft.ID}},
			{"the desk", guitu.AlertFilter{DeskID: h.desks[county].ID}, []int64{active.ID, draft.ID}},
			{"another desk", guitu.AlertFilter{DeskID: h.desks[city].ID}, nil},
			{"a tier", guitu.AlertFilter{Tier: guitu.TierRunaway}, []int64{draft.ID}},
			{"a code", guitu.AlertFilter{Text: active.Code}, []int64{active.ID}},
			{"a name", guitu.AlertFilter{Text: "张小桐"}, []int64{active.ID}},
			{"a name with a sign", guitu.AlertFilter{Text: "小%舟"}, []int64{draft.ID}},
			{"a sign that stands for nothing", guitu.AlertFilter{Text: "张%桐"}, nil},
			{"a quote", guitu.AlertFilter{Text: `"`}, nil},
			{"a place", guitu.AlertFilter{Text: "小区北门", State: guitu.AlertDraft}, []int64{draft.ID}},
		} {
			tt.f.OfficerID, tt.f.Limit = h.officers[county], 10
			all, err := h.List(t.Context(), tt.f)
			var got []int64
			for _, a := range all {
				got = append(got, a.ID)
			}
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, %v, want %v", tt.name, got, err, tt.want)
			}
		}
	})
}

// TestConsider: facts that are not stored are examined as those that are, and change nothing.
func TestConsider(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := t.Context()
		a := h.issued(facts(h.clock.now()))
		before, err := h.Concerns(ctx, a.ID, h.officers[county])
		if err != nil || slices.ContainsFunc(before, func(c guitu.Concern) bool { return c.Blocks }) {
			t.Fatal(before, err)
		}
		f := a.Facts
		f.Checklist.Custody, f.Contact.Phone = guitu.CustodyDisputed, f.Family[0]
		got, err := h.Consider(ctx, a.ID, h.officers[county], f)
		for _, want := range []string{"custody", "contact_family"} {
			if err != nil || !slices.ContainsFunc(got, func(c guitu.Concern) bool { return c.Code == want }) {
				t.Errorf("Consider = %+v, %v, want %s in it", got, err, want)
			}
		}
		if after, err := h.Concerns(ctx, a.ID, h.officers[county]); err != nil || !slices.Equal(after, before) {
			t.Errorf("concerns after considering: %+v, %v, want %+v", after, err, before)
		}
		if _, err := h.Consider(ctx, a.ID, h.officers[neighbour], f); guitu.KindOf(err) != guitu.Forbidden {
			t.Errorf("another province's officer considers: %v", err)
		}
		if _, err := h.Approvals(ctx, a.ID, h.officers[neighbour]); guitu.KindOf(err) != guitu.Forbidden {
			t.Errorf("another province's officer reads approvals: %v", err)
		}
		asked, err := h.AskApproval(ctx, guitu.ApprovalRequest{
			AlertID: a.ID, OfficerID: h.officers[county], Kind: guitu.ApproveReach, Reach: 200, Reason: "可能上火车", Key: h.key(),
		})
		if err != nil {
			t.Fatal(err)
		}
		all, err := h.Approvals(ctx, a.ID, h.officers[second])
		if err != nil || len(all) == 0 || all[len(all)-1].ID != asked.ID {
			t.Errorf("Approvals = %+v, %v, want %d", all, err, asked.ID)
		}
	})
}
