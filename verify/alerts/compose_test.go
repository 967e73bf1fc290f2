package alerts_test

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/internal/testenv/golden"
)

// TestTexts prints every notice of alerts as people read it.
func TestTexts(t *testing.T) {
	h := build(t, t.TempDir()+"/test.db", options())
	ctx := context.Background()
	var b strings.Builder
	show := func(title string, n guitu.Notice) {
		b.WriteString("=== " + title + "\n")
		for _, lang := range []string{guitu.Chinese, guitu.English} {
			x := n.Texts[lang]
			for _, part := range []string{x.Headline, x.Keep, x.Description, x.Instruction} {
				if part != "" {
					b.WriteString(strings.ReplaceAll(part, n.Code, "A2B3C4") + "\n")
				}
			}
			if l := utf8.RuneCountInString(x.Headline); l > 60 {
				t.Errorf("%s: headline of %d runes: %s", title, l, x.Headline)
			}
			b.WriteString("\n")
		}
	}
	last := func(alertID int64) guitu.Notice {
		all := h.notices(alertID)
		return all[len(all)-1]
	}
	issue := func(tier guitu.Tier, change func(*guitu.Facts)) guitu.Alert {
		h.keys++
		f := facts(h.clock.now())
		f.Tier = tier
		if change != nil {
			change(&f)
		}
		return h.issued(f)
	}
	end := func(title string, a guitu.Alert, k guitu.Closing) {
		k.Evidence = "民警现场确认"
		if _, err := h.Close(ctx, guitu.CloseRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Closing: k, Key: h.key()}); err != nil {
			t.Fatal(err)
		}
		n := last(a.ID)
		show(title, n)
		for _, x := range n.Texts {
			lacks(t, title, x.Headline+x.Keep+x.Description+x.Instruction, "张小桐", "5岁", "民警现场", "溺水", "drown", "1990000")
		}
	}

	a := issue(guitu.TierLost, nil)
	show("lost", last(a.ID))
	f := a.Facts
	f.Child.Clothing = "蓝色外套"
	a, err := h.Amend(ctx, guitu.AmendRequest{
		AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Facts: f, Correction: true, Note: "上衣是蓝色，不是红色", Key: h.key(),
	})
	if err != nil {
		t.Fatal(err)
	}
	show("corrected", last(a.ID))
	end("found alive", a, guitu.Closing{Outcome: guitu.OutcomeLost, Life: guitu.Alive})
	a = issue(guitu.TierAbduction, nil)
	show("abduction", last(a.ID))
	end("a death", a, guitu.Closing{Outcome: guitu.OutcomeDrowned, Life: guitu.Dead})
	for _, x := range last(a.ID).Texts {
		lacks(t, "a death", x.Headline+x.Description+x.Instruction, "找回", "找到", "found")
	}
	a = issue(guitu.TierRunaway, func(f *guitu.Facts) { f.Child.Born, f.Child.Age = time.Time{}, 14 })
	show("runaway", last(a.ID))
	end("false report", a, guitu.Closing{Outcome: guitu.OutcomeFalse})
	a = issue(guitu.TierEndangered, func(f *guitu.Facts) {
		f.Child.Born, f.Child.Age, f.Child.Name = time.Time{}, 0, ""
		f.Child.Height, f.Child.Weight, f.Circumstances = 0, 0, ""
	})
	show("an infant in danger", last(a.ID))
	if _, err := h.Cancel(ctx, guitu.CancelRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Reason: "重复录入", Key: h.key()}); err != nil {
		t.Fatal(err)
	}
	show("cancelled", last(a.ID))
	a = issue(guitu.TierLost, nil)
	h.clock.add(100 * time.Hour)
	if err := h.Expire(ctx, a.ID); err != nil {
		t.Fatal(err)
	}
	show("expired", last(a.ID))
	golden.Check(t, "testdata/texts.txt", b.String())
}
