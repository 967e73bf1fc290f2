package rumors_test

import (
	"context"
	"testing"
	"time"

	"guitu"
)

func TestRoute(t *testing.T) {
	tests := []struct {
		name, text string
		duty       []string
		want       string
	}{
		{"everybody on duty", child, []string{county, city, province, ministry, neighbour}, county},
		{"county off duty", child, []string{city, province, ministry}, city},
		{"only the top on duty", child, []string{ministry}, ministry},
		{"nobody on duty", child, nil, county},
		{"only strangers on duty", child, []string{neighbour}, county},
		{"no desk for the county", otherChild, []string{county, city, province, ministry}, province},
		{"unknown place", nowhere, []string{county, city, province, ministry}, ministry},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.duty(tt.duty...)
				id := h.story(tt.text)
				h.route(id)
				a := h.at(id, tt.want)
				if wantDue := tt.want != ministry; wantDue != a.Due.Equal(h.clock.now().Add(time.Hour)) {
					t.Errorf("due %v, want after an hour, and never at the top", a.Due)
				}
				h.route(id) // again changes nothing
				if again := h.at(id, tt.want); again.ID != a.ID {
					t.Errorf("assigned again as %+v", again)
				}
			})
		})
	}
}

func TestRouteWhenPlaceIsLearnt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.story(nowhere)
		h.route(id)
		h.at(id, ministry)
		before := h.steps("route")
		h.take(h.batch("紧急寻人！王豆豆，男，6岁，今天放学后在临沂市兰山区走失，身穿绿色校服，有线索请联系家长19900007777，请大家帮忙转发！"))
		if q := h.question(id); q.Rumor.Claim.Area != "371302" || q.Rumor.Posts != 2 {
			t.Fatalf("story %+v, want its place known", q.Rumor)
		}
		if got := h.steps("route"); got != before+1 {
			t.Errorf("%d routes, want %d", got, before+1)
		}
		h.route(id)
		h.at(id, county)
	})
}

func TestEscalate(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		id := h.story(child)
		h.route(id)
		for _, up := range []struct{ from, to string }{{county, city}, {city, province}, {province, ministry}} {
			a := h.at(id, up.from)
			h.clock.add(time.Hour)
			if err := h.Escalate(ctx, a.ID); err != nil {
				t.Fatal(err)
			}
			top := h.at(id, up.to)
			if err := h.Escalate(ctx, a.ID); err != nil { // again: that assignment has ended
				t.Fatal(err)
			}
			if again := h.at(id, up.to); again.ID != top.ID {
				t.Errorf("escalated twice by one deadline")
			}
		}
		top := h.at(id, ministry)
		if !top.Due.IsZero() || h.steps("escalate") != 3 {
			t.Errorf("at the top until %v with %d deadlines; want no end, 3", top.Due, h.steps("escalate"))
		}
		if err := h.Escalate(ctx, top.ID); err != nil {
			t.Errorf("escalate from the top: %v; want nothing to happen", err)
		}
		if again := h.at(id, ministry); again.ID != top.ID {
			t.Errorf("the top handed to itself")
		}
		if n := h.steps("ask"); n != 4 {
			t.Errorf("%d cards, want one for each of 4 chats", n)
		}
	})
}

func TestEscalateAfterAnswer(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		id := h.story(child)
		h.route(id)
		a := h.at(id, county)
		h.decide(county, guitu.Decision{RumorID: id, Ruling: guitu.Unproven, Key: "1"})
		if err := h.Escalate(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		h.route(id)
		if q := h.question(id); q.Assignment.ID != a.ID || q.Assignment.Ended.IsZero() {
			t.Errorf("assignment %+v, want the first, ended", q.Assignment)
		}
	})
}

func TestHandOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		id := h.story(child)
		h.route(id)
		is(t, h.HandOver(ctx, id, h.desks[neighbour].ID, h.officers[neighbour]), guitu.Forbidden)
		is(t, h.HandOver(ctx, id, 999, h.officers[county]), guitu.NotFound)
		h.at(id, county)

		is(t, h.HandOver(ctx, id, h.desks[neighbour].ID, h.officers[county]), "")
		a := h.at(id, neighbour)
		is(t, h.HandOver(ctx, id, h.desks[neighbour].ID, h.officers[county]), "")
		if again := h.at(id, neighbour); again.ID != a.ID {
			t.Error("handed over to where it waits")
		}
		h.route(id) // a late route does not take it back
		h.at(id, neighbour)

		// Who got it may rule, though the place is not theirs; unanswered it goes up where the story belongs.
		if err := h.Escalate(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		h.at(id, ministry)
		h.decide(neighbour, guitu.Decision{RumorID: id, Ruling: guitu.Unproven, Key: "1"})
		is(t, h.HandOver(ctx, id, h.desks[city].ID, h.officers[county]), guitu.Conflict)
	})
}
