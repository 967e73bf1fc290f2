package rumors_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/internal/store"
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

// TestRouteByHint: where no place is stated, the city of a landline is asked before the top is.
func TestRouteByHint(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		r := guitu.Rumor{Status: guitu.Actual, State: guitu.RumorOpen, Topic: guitu.Plea, Claim: guitu.Claim{AreaHint: "371300"}}
		place := func(c guitu.Claim) {
			t.Helper()
			r.Claim = c
			h.update(func(ctx context.Context, tx *store.Tx) error { return tx.GrowRumor(ctx, r) })
			h.route(r.ID)
		}
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.CreateRumor(ctx, &r) })
		h.route(r.ID)
		a := h.at(r.ID, city)
		// Whoever was asked may act, though the place is a guess, and the next desk up is the province's.
		is(t, h.MayAct(ctx, r.ID, h.officers[city]), "")
		is(t, h.MayAct(ctx, r.ID, h.officers[county]), guitu.Forbidden)
		is(t, h.Escalate(ctx, a.ID), "")
		h.at(r.ID, province)

		// Where a mobile number is from is no reason to ask a city.
		mobile, from := mobileOfCity(t)
		r.ID = 0
		r.Claim = guitu.Claim{AreaHint: from, Phones: []string{mobile}}
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.CreateRumor(ctx, &r) })
		h.route(r.ID)
		h.at(r.ID, ministry)

		// The guess was wrong: the story is another province's, and its desk is no lower.
		r.ID = 0
		r.Claim = guitu.Claim{AreaHint: "370000"}
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.CreateRumor(ctx, &r) })
		h.route(r.ID)
		h.at(r.ID, province)
		place(guitu.Claim{Area: "320102"})
		b := h.at(r.ID, neighbour)
		// What is known as well already moves nothing, and what is known better moves it down.
		place(guitu.Claim{Area: "320000"})
		if again := h.at(r.ID, neighbour); again.ID != b.ID {
			t.Error("assigned again to the same desk")
		}
		place(guitu.Claim{Area: "371302"})
		h.at(r.ID, county)
	})
}

// mobileOfCity returns the first mobile number whose first seven digits are of Linyi, whose desk the house has, and that city.
func mobileOfCity(t *testing.T) (number string, city guitu.Area) {
	t.Helper()
	for prefix := 1300000; prefix < 2000000; prefix++ {
		number = fmt.Sprint(prefix, "0000")
		if area, ok := gazetteer.OfPhone(number); ok && area == "371300" {
			return number, area
		}
	}
	t.Fatal("no mobile number is of the city")
	return "", ""
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
		is(t, h.hand(id, h.desks[neighbour].ID, h.officers[neighbour]), guitu.Forbidden)
		is(t, h.hand(id, 999, h.officers[county]), guitu.NotFound)
		h.at(id, county)

		is(t, h.hand(id, h.desks[neighbour].ID, h.officers[county]), "")
		a := h.at(id, neighbour)
		is(t, h.hand(id, h.desks[neighbour].ID, h.officers[county]), "")
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
		is(t, h.hand(id, h.desks[city].ID, h.officers[county]), guitu.Conflict)
	})
}

// hand hands a story over by a press of its own.
func (h *house) hand(rumorID, deskID, officerID int64) error {
	h.hands++
	return h.HandOver(context.Background(), guitu.Handover{
		RumorID: rumorID, DeskID: deskID, OfficerID: officerID, Key: "hand:" + strconv.Itoa(h.hands),
	})
}

// TestHandOverAgain: a press that is handled once more, after a crash, takes the story away from nobody.
func TestHandOverAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		id := h.story(child)
		h.route(id)
		press := guitu.Handover{RumorID: id, DeskID: h.desks[neighbour].ID, OfficerID: h.officers[county], Key: "telegram:1"}
		is(t, h.HandOver(ctx, press), "")
		h.at(id, neighbour)
		is(t, h.hand(id, h.desks[county].ID, h.officers[neighbour]), "")
		a := h.at(id, county)
		is(t, h.HandOver(ctx, press), "")
		if again := h.at(id, county); again.ID != a.ID {
			t.Error("the press handed the story over again")
		}

		// So does one that found the story where it was to go.
		here := guitu.Handover{RumorID: id, DeskID: h.desks[county].ID, OfficerID: h.officers[county], Key: "telegram:2"}
		is(t, h.HandOver(ctx, here), "")
		is(t, h.hand(id, h.desks[city].ID, h.officers[county]), "")
		is(t, h.HandOver(ctx, here), "")
		h.at(id, city)

		// A key stands for one press only, and every press has one.
		here.DeskID = h.desks[ministry].ID
		is(t, h.HandOver(ctx, here), guitu.Conflict)
		here.Key = ""
		is(t, h.HandOver(ctx, here), guitu.Invalid)
		h.at(id, city)

		// A press that was refused may be repeated: it left nothing behind.
		late := guitu.Handover{RumorID: id, DeskID: h.desks[province].ID, OfficerID: h.officers[neighbour], Key: "telegram:3"}
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.SetDisabled(ctx, late.OfficerID, true) })
		is(t, h.HandOver(ctx, late), guitu.Forbidden)
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.SetDisabled(ctx, late.OfficerID, false) })
		is(t, h.HandOver(ctx, late), "")
		h.at(id, province)
	})
}

func TestMayAct(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		id := h.story(child)
		h.route(id)
		for desk, want := range map[string]guitu.Kind{ministry: "", province: "", city: "", county: "", neighbour: guitu.Forbidden} {
			is(t, h.MayAct(ctx, id, h.officers[desk]), want)
		}
		is(t, h.MayAct(ctx, 999, h.officers[county]), guitu.NotFound)
		is(t, h.MayAct(ctx, id, 999), guitu.NotFound)
		// Where it waited once it may be ruled on ever after.
		is(t, h.hand(id, h.desks[neighbour].ID, h.officers[county]), "")
		is(t, h.hand(id, h.desks[city].ID, h.officers[county]), "")
		is(t, h.MayAct(ctx, id, h.officers[neighbour]), "")
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.SetDisabled(ctx, h.officers[county], true) })
		is(t, h.MayAct(ctx, id, h.officers[county]), guitu.Forbidden)
	})
}

// TestPrompt: a question has one number however often it is asked, and another question another.
func TestPrompt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		id := h.story(child)
		save := func(p guitu.Prompt) int64 {
			t.Helper()
			n, err := h.SavePrompt(ctx, p)
			is(t, err, "")
			p.ID = n
			if got, err := h.Prompt(ctx, n); err != nil || got != p {
				t.Errorf("prompt %+v, %v; want %+v", got, err, p)
			}
			return n
		}
		p := guitu.Prompt{OfficerID: h.officers[county], RumorID: id, Ruling: guitu.Refuted}
		first := save(p)
		if again := save(p); again != first {
			t.Errorf("the same question is %d and %d", first, again)
		}
		seen := map[int64]bool{first: true}
		for _, change := range []func(*guitu.Prompt){
			func(p *guitu.Prompt) { p.Ruling, p.Ending = guitu.Outdated, guitu.Found },
			func(p *guitu.Prompt) { p.Ruling, p.Ending = guitu.Outdated, guitu.Over },
			func(p *guitu.Prompt) { p.Corrects = 7 },
			func(p *guitu.Prompt) { p.OfficerID = h.officers[city] },
		} {
			other := p
			change(&other)
			n := save(other)
			if seen[n] {
				t.Errorf("question %+v has the number %d of another", other, n)
			}
			seen[n] = true
		}
		_, err := h.Prompt(ctx, 999)
		is(t, err, guitu.NotFound)
	})
}
