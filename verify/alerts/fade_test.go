package alerts_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/verify/alerts"
)

// A draft that nobody touches is brought to its desk's mind once, and then given up with what it says of the child; one that is touched,
// and an alert that is out, are let alone.
func TestFade(t *testing.T) {
	each(t, alerts.Options{}, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.chats()
		name := func(name string) guitu.Facts {
			f := facts(h.clock.now())
			f.Child.Name = name
			return f
		}
		draft, kept, out := h.drafted(county, name("张小桐")), h.drafted(county, name("李大山")), h.issued(name("王二河"))
		told := func() int { return len(h.steps("tell")) }
		fade := func() {
			t.Helper()
			if err := h.Fade(ctx); err != nil {
				t.Fatal(err)
			}
		}
		state := func(id int64) guitu.AlertState { return h.view(id).Alert.State }
		before := told()
		h.clock.add(alerts.DraftLife - alerts.DraftWarning - time.Minute)
		fade()
		if n := told() - before; n != 0 {
			t.Fatalf("desks were told %d times too early", n)
		}
		h.clock.add(time.Minute)
		fade()
		fade()
		if n := told() - before; n != 2 {
			t.Fatalf("desks were told %d times, want once for each draft", n)
		}
		kept, err := h.Edit(ctx, guitu.EditRequest{AlertID: kept.ID, OfficerID: h.officers[county], Version: kept.Version, Facts: name("李大山"), Key: h.key()})
		if err != nil {
			t.Fatal(err)
		}
		h.clock.add(alerts.DraftWarning - time.Minute)
		fade()
		if got := state(draft.ID); got != guitu.AlertDraft {
			t.Fatalf("given up before its time: %s", got)
		}
		h.clock.add(time.Minute)
		fade()
		fade()
		if got := state(draft.ID); got != guitu.AlertDropped {
			t.Errorf("a draft that nobody touches is %s", got)
		}
		if d := h.dump(draft.ID); strings.Contains(d, "张小桐") || !strings.Contains(d, "SHA-256") {
			t.Errorf("what is left of it: %s", d)
		}
		if got := state(kept.ID); got != guitu.AlertDraft {
			t.Errorf("a draft that was touched is %s", got)
		}
		if got := state(out.ID); got == guitu.AlertDropped {
			t.Error("an alert that is out was given up")
		}
		if n := told() - before; n != 2 {
			t.Errorf("desks were told %d times in all, want 2", n)
		}
	})
}
