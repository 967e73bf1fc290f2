package alerts_test

import (
	"context"
	"testing"
	"time"

	"guitu"
	"guitu/verify/alerts"
)

// twoPersons need a second officer from 200 km on.
func twoPersons() alerts.Options {
	o := options()
	o.Tiers = alerts.DefaultTiers()
	r := o.Tiers[guitu.TierLost]
	r.SecondFrom = 200
	o.Tiers[guitu.TierLost] = r
	o.SecondForTier = true
	return o
}

func TestApproval(t *testing.T) {
	each(t, twoPersons(), func(t *testing.T, h *house) {
		ctx := context.Background()
		f := facts(h.clock.now())
		f.MissingAt = h.clock.now().Add(-90 * time.Minute)
		a := h.issued(f)
		if a.Reach != 100 {
			t.Fatalf("issued alone as far as %d km", a.Reach)
		}
		for range 2 { // the step runs twice and asks once
			if err := h.Grow(ctx, a.ID); err != nil {
				t.Fatal(err)
			}
		}
		k := h.view(a.ID)
		if len(k.Approvals) != 1 || k.Approvals[0].Reach != 200 || k.Approvals[0].Decision != "" || k.Alert.Reach != 100 {
			t.Fatalf("asked %+v at %d km", k.Approvals, k.Alert.Reach)
		}
		p := k.Approvals[0]
		decide := func(officer string, agree bool) error {
			_, err := h.Decide(ctx, guitu.ApprovalDecision{ApprovalID: p.ID, OfficerID: h.officers[officer], Agree: agree, Key: h.key()})
			return err
		}
		is(t, decide(county, true), guitu.Forbidden)
		is(t, decide(neighbour, true), guitu.Forbidden)
		is(t, decide(second, false), guitu.Invalid) // without a reason
		if err := decide(second, true); err != nil {
			t.Fatal(err)
		}
		is(t, decide(city, true), guitu.Conflict)
		if err := h.Grow(ctx, a.ID); err != nil || h.view(a.ID).Alert.Reach != 200 {
			t.Errorf("agreed, and told up to %d km, %v", h.view(a.ID).Alert.Reach, err)
		}

		// The next ring is asked for by itself; nobody answers, and the officer goes on alone.
		h.clock.add(40 * time.Minute)
		if err := h.Grow(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		p = h.view(a.ID).Approvals[1]
		_, err := h.Override(ctx, p.ID, h.officers[county], h.key())
		is(t, err, guitu.Conflict)
		h.clock.add(15 * time.Minute)
		_, err = h.Override(ctx, p.ID, h.officers[second], h.key())
		is(t, err, guitu.Forbidden)
		done, err := h.Override(ctx, p.ID, h.officers[county], h.key())
		if err != nil || done.Decision != "overridden" {
			t.Fatalf("override: %+v, %v", done, err)
		}
		if err := h.Grow(ctx, a.ID); err != nil || h.view(a.ID).Alert.Reach != 300 {
			t.Errorf("overridden, and told up to %d km, %v", h.view(a.ID).Alert.Reach, err)
		}
		events := h.view(a.ID).Events
		found := false
		for _, e := range events {
			found = found || e.Kind == guitu.EventOverridden && e.Officer == county
		}
		if !found {
			t.Errorf("no word of the override in %+v", events)
		}

		// What was refused is not asked again by itself, and never goes out.
		h.clock.add(2 * time.Hour)
		if err := h.Grow(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		p = h.view(a.ID).Approvals[2]
		if _, err := h.Decide(ctx, guitu.ApprovalDecision{ApprovalID: p.ID, OfficerID: h.officers[city], Reason: "已有线索", Key: h.key()}); err != nil {
			t.Fatal(err)
		}
		if err := h.Grow(ctx, a.ID); err != nil || h.view(a.ID).Alert.Reach != 300 || len(h.view(a.ID).Approvals) != 3 {
			t.Errorf("refused, and told up to %d km, %v", h.view(a.ID).Alert.Reach, err)
		}
	})
}

// Changed settings of a tier need a second officer where that is configured; whether wider rings do can't be changed at all.
func TestApprovalOfTier(t *testing.T) {
	each(t, twoPersons(), func(t *testing.T, h *house) {
		ctx := context.Background()
		f := facts(h.clock.now())
		rule := guitu.TierRule{Reach: 300, ShowName: false, ShowPhoto: true, Life: 48 * time.Hour}
		f.Rule, f.TierReason = &rule, "家属要求不公开姓名"
		f.MissingAt = h.clock.now().Add(-5 * time.Hour)
		a := h.drafted(county, f)
		h.has(a.ID, "tier_approval", true)
		r := guitu.ApprovalRequest{
			AlertID: a.ID, OfficerID: h.officers[county], Kind: guitu.ApproveTier, Tier: guitu.TierLost, Rule: rule, Reason: "家属要求", Key: h.key(),
		}
		p, err := h.AskApproval(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := h.AskApproval(ctx, r); err != nil || again.ID != p.ID {
			t.Errorf("the same press again: %+v, %v", again, err)
		}
		if _, err := h.Decide(ctx, guitu.ApprovalDecision{ApprovalID: p.ID, OfficerID: h.officers[lead], Agree: true, Key: h.key()}); err != nil {
			t.Fatal(err)
		}
		a, err = h.Issue(ctx, guitu.IssueRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Key: h.key()})
		if err != nil {
			t.Fatal(err)
		}
		if a.Reach != 100 || !a.Expires.Equal(atNoon.Add(48*time.Hour)) {
			t.Errorf("issued up to %d km until %s", a.Reach, a.Expires)
		}
		for lang, text := range h.notices(a.ID)[0].Texts {
			lacks(t, lang, text.Headline+text.Description+text.Keep, "张小桐")
		}
		if c := h.view(a.ID).Messages[0].Facts.Child; c.Name != "" || !c.Born.IsZero() || c.Age != 5 {
			t.Errorf("the message says %+v of a child whose name is not shown", c)
		}
		if err := h.Grow(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		if all := h.view(a.ID).Approvals; len(all) != 2 || all[1].Reach != 300 {
			t.Errorf("approvals %+v, want the ring of 300 km asked for", all)
		}
	})
}
