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

func TestMeasures(t *testing.T) {
	for _, tt := range []struct {
		written string
		want    int // -1: can't be read
		read    func(string) (int, bool)
	}{
		{"3岁", 3, alerts.ReadAge},
		{"三岁多", 3, alerts.ReadAge},
		{"十二周岁", 12, alerts.ReadAge},
		{"8个月", 0, alerts.ReadAge},
		{"18个月", 1, alerts.ReadAge},
		{"７岁", 7, alerts.ReadAge},
		{"二十一岁", 21, alerts.ReadAge},
		{"200岁", -1, alerts.ReadAge},
		{"", -1, alerts.ReadAge},
		{"2016年", -1, alerts.ReadAge},
		{"1米2", 120, alerts.ReadHeight},
		{"1米25", 125, alerts.ReadHeight},
		{"1.3米左右", 130, alerts.ReadHeight},
		{"110cm", 110, alerts.ReadHeight},
		{"一米三", 130, alerts.ReadHeight},
		{"一米三五", 135, alerts.ReadHeight},
		{"身高95厘米", 95, alerts.ReadHeight},
		{"3米", -1, alerts.ReadHeight},
		{"很高", -1, alerts.ReadHeight},
		{"34斤", 17, alerts.ReadWeight},
		{"约20公斤", 20, alerts.ReadWeight},
		{"三十斤", 15, alerts.ReadWeight},
		{"18.5kg", 19, alerts.ReadWeight},
		{"1斤", -1, alerts.ReadWeight},
	} {
		got, ok := tt.read(tt.written)
		if !ok {
			got = -1
		}
		if got != tt.want {
			t.Errorf("%q: %d, want %d", tt.written, got, tt.want)
		}
	}
	if got, ok := alerts.ReadDate("2019年3月5日"); !ok || !got.Equal(time.Date(2019, 3, 5, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("date %s, %v", got, ok)
	}
	for _, s := range []string{"2019年3月", "2019年13月5日", "2019-02-30", "昨天"} {
		if got, ok := alerts.ReadDate(s); ok {
			t.Errorf("%q: %s", s, got)
		}
	}
}

// Whatever a post says, a draft can be made of it.
func FuzzFill(f *testing.F) {
	for _, s := range []string{"3岁", "一米三五", "34斤", "2019年3月5日", "半", "百百", "十", "９９９９米９９", "1.", "零"} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		facts := alerts.Fill(guitu.Claim{Name: a, Age: a, Height: b, Weight: c, Born: a, Features: b, Clothing: c, Place: a, Phones: []string{b, c}})
		k := facts.Child
		if k.Height != 0 && (k.Height < 30 || k.Height > 220) || k.Weight != 0 && (k.Weight < 2 || k.Weight > 200) || k.Age < 0 || k.Age > 120 {
			t.Errorf("%q %q %q: %+v", a, b, c, k)
		}
		if facts.Contact != (guitu.Contact{}) {
			t.Errorf("whom to call came from a post: %+v", facts.Contact)
		}
	})
}

// A draft from a story has what the posts say, unconfirmed until it is touched, and never whom to call.
func TestBeginFromRumor(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		r := guitu.Rumor{
			Status: guitu.Actual, State: guitu.RumorOpen, Topic: guitu.Plea, FirstSeen: atNoon, LastSeen: atNoon,
			Claim: guitu.Claim{
				Name: "张小桐", Sex: "女", Age: "5岁", Height: "1米1", Weight: "38斤", Place: "兰山区某小区附近", Area: "371302", Point: &lanshan,
				LostAt: atNoon.Add(-time.Hour), Phones: []string{"19900003333"}, Clothing: "红色上衣",
			},
		}
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.CreateRumor(ctx, &r) })
		b := guitu.BeginRequest{OfficerID: h.officers[county], RumorID: r.ID, Key: h.key()}
		a, err := h.Begin(ctx, b)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := h.Begin(ctx, b); err != nil || again.ID != a.ID {
			t.Errorf("the same press again: %d, %v", again.ID, err)
		}
		c := a.Facts.Child
		if c.Name != "张小桐" || c.Sex != "女" || c.Age != 5 || !c.AgeKnown || c.Height != 110 || c.Weight != 19 || c.Clothing != "红色上衣" ||
			a.Facts.Area != "371302" || !a.Facts.MissingAt.Equal(r.Claim.LostAt) {
			t.Errorf("facts %+v", a.Facts)
		}
		if a.Facts.Contact != (guitu.Contact{}) || !slices.Equal(a.Facts.Family, []string{"19900003333"}) {
			t.Errorf("contact %+v, family %v", a.Facts.Contact, a.Facts.Family)
		}
		want := []string{"name", "sex", "age", "height", "weight", "clothing", "place", "area", "point", "missing_at", "family"}
		if !slices.Equal(a.Facts.Unconfirmed, want) {
			t.Errorf("unconfirmed %v, want %v", a.Facts.Unconfirmed, want)
		}
		f := a.Facts
		f.Child.Height = 112              // touched
		f.Contact.Phone = "1990000 3333"  // the family's
		f.Unconfirmed = f.Unconfirmed[1:] // the name is said to be right
		a, err = h.Edit(ctx, guitu.EditRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Facts: f, Key: h.key()})
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(a.Facts.Unconfirmed, "name") || slices.Contains(a.Facts.Unconfirmed, "height") || !slices.Contains(a.Facts.Unconfirmed, "weight") {
			t.Errorf("unconfirmed %v", a.Facts.Unconfirmed)
		}
		h.has(a.ID, "contact_family", true)
	})
}
