package alerts_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/internal/store"
)

func TestIssue(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		a := h.drafted(county, facts(h.clock.now()))
		p := h.photo(a.ID, "picture")
		preview, err := h.Preview(ctx, a.ID, h.officers[county])
		if err != nil {
			t.Fatal(err)
		}
		r := guitu.IssueRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Key: h.key()}
		a, err = h.Issue(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if a.State != guitu.AlertActive || a.Reach != 100 || len(a.Code) != guitu.CodeLength || !a.Expires.Equal(atNoon.Add(72*time.Hour)) {
			t.Errorf("issued %+v", a)
		}
		again, err := h.Issue(ctx, r)
		if err != nil || again.Code != a.Code || again.Version != a.Version {
			t.Errorf("the same press again: %+v, %v", again, err)
		}

		k := h.view(a.ID)
		if len(k.Messages) != 1 {
			t.Fatalf("%d messages", len(k.Messages))
		}
		m := k.Messages[0]
		if m.Number != 1 || m.Type != guitu.MsgAlert || m.Identifier != "guitu-"+a.Code+"-1" || m.Sender != "guitu.example" ||
			m.Circle.Radius != 100 || m.Inner != 0 || len(m.References) != 0 || !slices.Equal(m.Facts.Photos, []int64{p.ID}) {
			t.Errorf("message %+v", m)
		}
		for _, area := range []guitu.Area{"371302", "371300", "370000", "371311"} {
			if !slices.Contains(m.Areas, area) {
				t.Errorf("areas lack %s: %v", area, m.Areas)
			}
		}
		if m.Facts.Family != nil || m.Facts.Checklist != (guitu.Checklist{}) {
			t.Errorf("the message holds what is for officers: %+v", m.Facts)
		}
		n := h.notices(a.ID)[0]
		if n.Kind != guitu.NoticeAlert || n.Code != a.Code || n.MessageID != m.ID || n.Circle == nil || n.Circle.Radius != 100 || n.Ended {
			t.Errorf("notice %+v", n)
		}
		// The preview is what goes out, but for the code.
		was, is := preview.Texts[guitu.Chinese], n.Texts[guitu.Chinese]
		was.Description = strings.ReplaceAll(was.Description, "······", a.Code)
		if diff := cmp.Diff(was, is); diff != "" {
			t.Errorf("preview and notice differ:\n%s", diff)
		}
		want := map[string]guitu.DeliveryState{"1/site": "due", "1/weibo": "due", "1/telegram": "due", "1/push": "due"}
		if got := h.states(a.ID); !maps.Equal(got, want) {
			t.Errorf("deliveries %v, want %v", got, want)
		}
		for kind, at := range map[string]time.Time{
			"grow": atNoon.Add(30*time.Minute + time.Millisecond), "expiring": atNoon.Add(66 * time.Hour), "expire": atNoon.Add(72 * time.Hour),
		} {
			jobs := h.steps(kind)
			if len(jobs) != 1 || !jobs[0].ScheduledAt.Equal(at) {
				t.Errorf("steps %s: %d, want one at %s", kind, len(jobs), at)
			}
		}
	})
}

// Who may not, or saw an older draft, publishes nothing.
func TestIssueRefuses(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		a := h.drafted(county, facts(h.clock.now()))
		issue := func(officer string, version int) error {
			_, err := h.Issue(ctx, guitu.IssueRequest{AlertID: a.ID, OfficerID: h.officers[officer], Version: version, Key: h.key()})
			return err
		}
		is(t, issue(county, a.Version-1), guitu.Conflict)
		is(t, issue(neighbour, a.Version), guitu.Forbidden)
		is(t, issue(disabled, a.Version), guitu.Forbidden)
		if _, err := h.Issue(ctx, guitu.IssueRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version}); guitu.KindOf(err) != guitu.Invalid {
			t.Errorf("without a key: %v", err)
		}
		if got := h.view(a.ID); got.Alert.State != guitu.AlertDraft || len(got.Messages) != 0 {
			t.Errorf("a refusal left %+v", got.Alert)
		}
		if err := issue(city, a.Version); err != nil {
			t.Errorf("the city's officer: %v", err)
		}
		is(t, issue(city, a.Version+1), guitu.Conflict)
	})
}

// An alert goes out as wide as the child's clock says, and not the post's or the press's.
func TestIssueLate(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		for _, tt := range []struct {
			tier    guitu.Tier
			missing time.Duration
			want    int
		}{
			{guitu.TierLost, time.Hour, 100},
			{guitu.TierLost, time.Hour + time.Millisecond, 200},
			{guitu.TierLost, 3 * time.Hour, 300},
			{guitu.TierLost, 3*time.Hour + time.Millisecond, 500},
			{guitu.TierAbduction, 50 * time.Hour, 500},
			{guitu.TierRunaway, 50 * time.Hour, 100},
		} {
			f := facts(h.clock.now())
			f.Tier, f.MissingAt = tt.tier, h.clock.now().Add(-tt.missing)

			a := h.issued(f)
			if a.Reach != tt.want {
				t.Errorf("%s, missing for %s: %d km, want %d", tt.tier, tt.missing, a.Reach, tt.want)
			}
			h.clock.add(200 * time.Hour)
		}
	})
}

// A draft that nobody issues says nothing of the child any more.
func TestDrop(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		a := h.drafted(county, facts(h.clock.now()))
		h.photo(a.ID, "picture")
		if err := h.Drop(ctx, a.ID, h.officers[county], h.key()); err != nil {
			t.Fatal(err)
		}
		lacks(t, "the dropped draft", h.dump(a.ID), "张小桐", "19900002222", "雨鞋", "2020-05-04")
		_, err := h.Edit(ctx, guitu.EditRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version + 1, Key: h.key()})
		is(t, err, guitu.Conflict)
		photos := h.view(a.ID).Photos
		h.update(func(ctx context.Context, tx *store.Tx) error {
			for _, p := range photos {
				body, err := tx.PhotoBody(ctx, p.ID)
				if err != nil || len(body) != 0 || !p.Revoked {
					t.Errorf("photo %+v of %d bytes, %v", p, len(body), err)
				}
			}
			return nil
		})
	})
}
