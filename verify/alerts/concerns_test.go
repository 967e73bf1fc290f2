package alerts_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/alerts"
)

// Each thing that stands against publishing is said by its code, blocks or is odd, and stops Issue.
func TestConcerns(t *testing.T) {
	far := guitu.Point{Lat: 39.9, Lng: 116.4}
	near := guitu.Point{Lat: 35.9, Lng: 118.4}
	rule := alerts.DefaultTiers()[guitu.TierRunaway]
	tests := []struct {
		name   string
		change func(f *guitu.Facts)
		code   string
		blocks bool
	}{
		{"nothing", func(*guitu.Facts) {}, "", false},
		{"no name", func(f *guitu.Facts) { f.Child.Name = "" }, "name", false},
		{"no sex", func(f *guitu.Facts) { f.Child.Sex = "" }, "sex", true},
		{"no age", func(f *guitu.Facts) { f.Child.Born, f.Child.AgeKnown = time.Time{}, false }, "age", true},
		{"another age", func(f *guitu.Facts) { f.Child.Age = 8 }, "age_born", true},
		{"born after", func(f *guitu.Facts) { f.Child.Born = atNoon.AddDate(1, 0, 0) }, "born", true},
		{"of age", func(f *guitu.Facts) { f.Child.Born, f.Child.Age = time.Time{}, 18 }, "adult", true},
		{"no place", func(f *guitu.Facts) { f.Place = "" }, "place", true},
		{"no area", func(f *guitu.Facts) { f.Area = "" }, "area", true},
		{"a whole city", func(f *guitu.Facts) { f.Area = "371300" }, "area", true},
		{"no such area", func(f *guitu.Facts) { f.Area = "379999" }, "area", true},
		{"no point", func(f *guitu.Facts) { f.Point = nil }, "point", true},
		{"point far away", func(f *guitu.Facts) { f.Point = &far }, "point_area", true},
		{"point away", func(f *guitu.Facts) { f.Point = &near }, "point_area", false},
		{"place elsewhere", func(f *guitu.Facts) { f.Place = "青岛市市南区某小区" }, "place_area", false},
		{"no time", func(f *guitu.Facts) { f.MissingAt = time.Time{} }, "missing_at", true},
		{"tomorrow", func(f *guitu.Facts) { f.MissingAt = atNoon.Add(time.Hour) }, "future", true},
		{"last year", func(f *guitu.Facts) { f.MissingAt = atNoon.AddDate(0, -2, 0) }, "old", false},
		{"no contact", func(f *guitu.Facts) { f.Contact.Phone = "" }, "contact", true},
		{"nobody to ask for", func(f *guitu.Facts) { f.Contact.Name = "" }, "contact_name", true},
		{"the family's number", func(f *guitu.Facts) { f.Contact.Phone = "19900002222" }, "contact_family", true},
		{"no number", func(f *guitu.Facts) { f.Contact.Phone = "12345" }, "contact_phone", true},
		{"not reported", func(f *guitu.Facts) { f.Checklist.Reported = false }, "reported", true},
		{"no danger", func(f *guitu.Facts) { f.Checklist.Danger = "" }, "danger", true},
		{"custody not answered", func(f *guitu.Facts) { f.Checklist.Custody = "" }, "custody", true},
		{"custody disputed", func(f *guitu.Facts) { f.Checklist.Custody = guitu.CustodyDisputed }, "custody", false},
		{"protection order", func(f *guitu.Facts) { f.Checklist.Custody = guitu.CustodyOrder }, "custody", true},
		{"nothing to know the child by", func(f *guitu.Facts) { f.Child.Clothing, f.Child.Features = "", "" }, "description", true},
		{"a number in the text", func(f *guitu.Facts) { f.Circumstances = "见到请打19900002222" }, "number_circumstances", true},
		{"no tier", func(f *guitu.Facts) { f.Tier = "" }, "tier", true},
		{"settings changed without a reason", func(f *guitu.Facts) { f.Rule = &rule }, "tier_reason", true},
		{"name not shown but written", func(f *guitu.Facts) {
			f.Tier, f.Circumstances = guitu.TierRunaway, "张小桐放学后没有回家"
		}, "name_circumstances", true},
	}
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		for _, tt := range tests {
			f := facts(h.clock.now())
			tt.change(&f)
			a := h.drafted(county, f)
			all, err := h.Concerns(ctx, a.ID, h.officers[county])
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(all, func(c guitu.Concern) bool { return c.Code == tt.code })
			switch {
			case tt.code == "" && len(all) > 0:
				t.Errorf("%s: %+v", tt.name, all)
			case tt.code != "" && (i < 0 || all[i].Blocks != tt.blocks || all[i].Message == ""):
				t.Errorf("%s: %+v, want %s, blocks %v", tt.name, all, tt.code, tt.blocks)
			}
			if tt.code == "" {
				continue
			}
			issue := func(acknowledged ...string) error {
				_, err := h.Issue(ctx, guitu.IssueRequest{
					AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Key: h.key(), Acknowledged: acknowledged,
				})
				return err
			}
			if err := issue(); guitu.KindOf(err) != guitu.Invalid {
				t.Errorf("%s: issued, %v", tt.name, err)
			}
			if err := issue(tt.code); tt.blocks && guitu.KindOf(err) != guitu.Invalid {
				t.Errorf("%s: what blocks was acknowledged away: %v", tt.name, err)
			} else if !tt.blocks && err != nil {
				t.Errorf("%s: acknowledged, and %v", tt.name, err)
			} else if err == nil {
				now := h.view(a.ID).Alert
				if _, err := h.Cancel(ctx, guitu.CancelRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: now.Version, Reason: "测试", Key: h.key()}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// has fails unless an alert has a concern.
func (h *house) has(alertID int64, code string, blocks bool) {
	h.t.Helper()
	all, err := h.Concerns(context.Background(), alertID, h.officers[county])
	if err != nil {
		h.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(c guitu.Concern) bool { return c.Code == code })
	if i < 0 || all[i].Blocks != blocks {
		h.t.Errorf("concerns %+v, want %s, blocks %v", all, code, blocks)
	}
}

func TestConcernsOfOthers(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		h.issued(facts(h.clock.now()))
		again := h.drafted(county, facts(h.clock.now()))
		h.has(again.ID, "duplicate", true)
		f := facts(h.clock.now())
		f.Child.Name = "张晓彤"
		alike := h.drafted(county, f)
		h.has(alike.ID, "alike", false)
		h.photo(alike.ID, "one")
		other := facts(h.clock.now())
		other.Child.Name, other.Child.Born, other.Child.Age = "李大宝", time.Time{}, 9
		first := h.drafted(county, other)
		h.photo(first.ID, "two")
		if _, err := h.Issue(context.Background(), guitu.IssueRequest{
			AlertID: first.ID, OfficerID: h.officers[county], Version: first.Version, Key: h.key(), Acknowledged: h.odd(first.ID),
		}); err != nil {
			t.Fatal(err)
		}
		h.has(alike.ID, "same_photo", false)
	})
}

// What stood in a refuted story is odd; the story's own verdict blocks.
func TestConcernsOfHoaxes(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		r := guitu.Rumor{
			Status: guitu.Actual, State: guitu.RumorOpen, Topic: guitu.Plea, FirstSeen: atNoon, LastSeen: atNoon,
			Claim: guitu.Claim{Name: "张小桐", Sex: "女", Age: "5岁", Place: "兰山区某小区", Area: "371302", Point: &lanshan, Phones: []string{"19900003333"}},
		}
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.CreateRumor(ctx, &r) })
		a, err := h.Begin(ctx, guitu.BeginRequest{OfficerID: h.officers[county], RumorID: r.ID, Key: h.key()})
		if err != nil {
			t.Fatal(err)
		}
		h.has(a.ID, "unconfirmed", false)
		h.update(func(ctx context.Context, tx *store.Tx) error {
			o, err := tx.Officer(ctx, h.officers[county])
			if err != nil {
				return err
			}
			v := guitu.Verdict{RumorID: r.ID, Ruling: guitu.Refuted, Basis: "查无此事", Officer: o, Desk: o.Desk}
			if err := tx.CreateVerdict(ctx, &v, "verdict"); err != nil {
				return err
			}
			return tx.SetAssets(ctx, r.ID, v.ID, []guitu.Asset{
				{Kind: guitu.AssetPhone, Value: "19900001111"},
				{Kind: guitu.AssetName, Value: "张小桐"},
				{Kind: guitu.AssetPicture, Value: "ffff00000000fffe"},
			})
		})
		h.has(a.ID, "rumor_ruled", true)
		b := h.drafted(county, facts(h.clock.now()))
		h.photo(b.ID, "picture")
		for _, code := range []string{"hoax_phone", "hoax_name", "hoax_picture"} {
			h.has(b.ID, code, false)
		}
		// Another county's officer reads nothing of the story.
		_, err = h.Begin(ctx, guitu.BeginRequest{OfficerID: h.officers[neighbour], RumorID: r.ID, Key: h.key()})
		is(t, err, guitu.Forbidden)
	})
}
