package rumors_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/internal/store"
)

// trail lists the deeds of an officer in the audit trail, which must be whole.
func (h *house) trail(officerID int64) (deeds []guitu.Deed) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.CheckTrail(ctx); err != nil {
			return err
		}
		all, err := tx.Trail(ctx, guitu.TrailFilter{OfficerID: officerID, Limit: 100})
		for _, e := range all {
			deeds = append(deeds, e.Deed)
		}
		return err
	})
	return deeds
}

// What an officer decides stands in the trail once, however often it is pressed, and what is refused does not.
func TestTrailOfDecisions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		first, second := h.story(child), h.story(otherChild)
		h.route(first)
		h.route(second)
		o := h.officers[ministry]
		d := guitu.Decision{RumorID: first, OfficerID: o, Ruling: guitu.Refuted, Basis: "向当地派出所核实", Key: "k1"}
		v, err := h.Decide(ctx, d)
		is(t, err, "")
		_, err = h.Decide(ctx, d)
		is(t, err, "")
		d.Key = "k2"
		_, err = h.Decide(ctx, d)
		is(t, err, guitu.Conflict)
		d.Ruling, d.Corrects = guitu.Unproven, v.ID
		_, err = h.Decide(ctx, d)
		is(t, err, "")
		over := guitu.Handover{RumorID: second, DeskID: h.desks[neighbour].ID, OfficerID: o, Key: "k3"}
		is(t, h.HandOver(ctx, over), "")
		is(t, h.HandOver(ctx, over), "")
		is(t, h.Merge(ctx, second, first, o), "")
		want := []guitu.Deed{guitu.DeedRumorRule, guitu.DeedRumorCorrect, guitu.DeedRumorHandOver, guitu.DeedRumorMerge}
		if diff := cmp.Diff(want, h.trail(o)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// An officer whose certificate has ended, and an auditor, rule on nothing.
func TestWhoMayNotRule(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		id := h.story(child)
		h.route(id)
		o := h.officers[county]
		refused := func() {
			t.Helper()
			_, err := h.Decide(ctx, guitu.Decision{RumorID: id, OfficerID: o, Ruling: guitu.Confirmed, Key: "k"})
			is(t, err, guitu.Forbidden)
			is(t, h.HandOver(ctx, guitu.Handover{RumorID: id, DeskID: h.desks[city].ID, OfficerID: o, Key: "k"}), guitu.Forbidden)
			is(t, h.MayAct(ctx, id, o), guitu.Forbidden)
			_, err = h.Split(ctx, id, []int64{1}, o)
			is(t, err, guitu.Forbidden)
		}
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.Certify(ctx, o, "", tx.Now) })
		refused()
		h.update(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Certify(ctx, o, "", tx.Now.AddDate(1, 0, 0)); err != nil {
				return err
			}
			return tx.SetRole(ctx, o, guitu.RoleAuditor)
		})
		refused()
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.SetRole(ctx, o, guitu.RoleLead) })
		is(t, h.MayAct(ctx, id, o), "")
	})
}

// Who reads the full text of a story stands in its history, in the log of views and in the trail, with the reason.
func TestViewed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		id, o := h.story(child), h.officers[county]
		is(t, h.Viewed(ctx, id, o, guitu.ViewFamily, "家属来电"), "")
		if err := h.Viewed(ctx, id, o, "curious", ""); err == nil {
			t.Error("a reason that there is not was recorded")
		}
		if err := h.Viewed(ctx, 999, o, guitu.ViewCase, ""); err == nil {
			t.Error("a story that there is not was read")
		}
		var views []guitu.View
		h.update(func(ctx context.Context, tx *store.Tx) (err error) {
			views, err = tx.Views(ctx, guitu.ViewFilter{Limit: 10})
			return err
		})
		if len(views) != 1 || views[0].Officer.ID != o || views[0].RumorID != id || views[0].Reason != guitu.ViewFamily || views[0].Note != "家属来电" {
			t.Errorf("views %+v", views)
		}
		if got := h.trail(o); len(got) != 1 || got[0] != guitu.DeedRumorView {
			t.Errorf("the trail says %v", got)
		}
		last := h.history(id)
		if e := last[len(last)-1]; e.Kind != guitu.EventViewed || e.Detail != "家属请求" {
			t.Errorf("the history ends with %+v", e)
		}
	})
}
