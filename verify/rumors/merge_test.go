package rumors_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/verify/rumors"
)

// sameChild tells of child in other words, so that nothing but an officer knows that both are the same.
const sameChild = "急寻：穿黄雨鞋的小姑娘，约莫六岁，在城西菜市场和奶奶走散走失了，请好心人留意，联系电话19900004321，帮忙转发"

// two makes the stories of child and of another post.
func (h *house) two(other string) (a, b int64) {
	h.t.Helper()
	a, b = h.story(child), h.story(other)
	if a == b {
		h.t.Fatalf("%s is taken for a copy", other)
	}
	return a, b
}

// happened returns the details of a kind of event on a story, with who did it.
func (h *house) happened(rumorID int64, kind guitu.EventKind) (all []string) {
	h.t.Helper()
	events, err := h.History(context.Background(), rumorID)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == kind {
			all = append(all, e.Officer+" "+e.Detail)
		}
	}
	return all
}

func (h *house) merge(from, into int64, desk string) error {
	return h.Merge(context.Background(), from, into, h.officers[desk])
}

func TestMergeOpen(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		a, b := h.two(sameChild)
		h.take(h.batch(childMoved, debunkOfChild))
		h.route(a)
		h.route(b)
		h.at(b, ministry) // its place is unknown
		is(t, h.SawCard(ctx, a, guitu.MessageRef{Chat: "c", Message: "1"}), "")
		is(t, h.SawCard(ctx, b, guitu.MessageRef{Chat: "c", Message: "2"}), "")
		shows := h.steps("show")

		is(t, h.merge(a, b, neighbour), guitu.Forbidden)
		is(t, h.merge(a, a, ministry), guitu.Invalid)
		is(t, h.merge(a, 999, ministry), guitu.NotFound)
		is(t, h.merge(a, b, county), guitu.Forbidden) // b is not the county's
		is(t, h.merge(b, a, ministry), "")
		is(t, h.merge(b, a, ministry), "") // pressed again

		qa, qb := h.question(a), h.question(b)
		if qa.Rumor.Posts != 3 || qa.Evidence.Debunks != 1 || qb.Rumor.Posts != 0 || len(qb.Samples) != 0 {
			t.Errorf("%d posts and %d debunks here, %d posts there; want 3, 1, 0", qa.Rumor.Posts, qa.Evidence.Debunks, qb.Rumor.Posts)
		}
		if qb.Rumor.State != guitu.RumorMerged || qb.Rumor.MergedInto != a || qb.Into == nil || qb.Into.Rumor.ID != a || len(qa.Merged) != 1 {
			t.Errorf("merged story %+v into %+v, which has %v", qb.Rumor, qb.Into, qa.Merged)
		}
		if !contains(qa.Rumor.Claim.Phones, "19900004321") || qa.Rumor.Claim.Area != "371302" {
			t.Errorf("claim %+v, want the place of one and the phones of both", qa.Rumor.Claim)
		}
		if qb.Assignment == nil || qb.Assignment.Ended.IsZero() {
			t.Errorf("the merged story still waits at %+v", qb.Assignment)
		}
		h.at(a, county)
		if n := h.steps("show") - shows; n != 2 {
			t.Errorf("%d shows, want one for the card of each", n)
		}
		for _, id := range []int64{a, b} {
			if got := h.happened(id, guitu.EventMerged); len(got) != 1 || !strings.HasPrefix(got[0], ministry+"民警 ") {
				t.Errorf("history of %d says %q, want once who merged", id, got)
			}
		}
		// Nothing happens to the merged one any more.
		h.route(b)
		_, err := h.Decide(ctx, guitu.Decision{RumorID: b, OfficerID: h.officers[ministry], Ruling: guitu.Unproven, Key: "k"})
		is(t, err, guitu.Conflict)
		is(t, h.hand(b, h.desks[city].ID, h.officers[ministry]), guitu.Conflict)
		is(t, h.merge(b, h.story(otherChild), ministry), guitu.Conflict)

		// Later copies of both go to the one that is left, here and after a restart.
		h.take(h.batch(sameChild + "！"))
		h.Rumors = rumors.New(h.db, options())
		h.take(h.batch(sameChild+"。", child))
		if q := h.question(a); q.Rumor.Posts != 6 {
			t.Errorf("%d posts after 3 more, want 6", q.Rumor.Posts)
		}
	})
}

func contains(all []string, s string) bool {
	for _, v := range all {
		if v == s {
			return true
		}
	}
	return false
}

func TestMergeByAnotherProcess(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b := h.two(sameChild)
		other := rumors.New(h.db, options())
		is(t, other.Merge(context.Background(), b, a, h.officers[ministry]), "")
		h.take(h.batch(sameChild + "！"))
		if q := h.question(a); q.Rumor.Posts != 3 {
			t.Errorf("%d posts, want the process that did not merge to follow", q.Rumor.Posts)
		}
	})
}

func TestMergeAdmin(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b := h.two(sameChild)
		o := guitu.Officer{Name: "管理员", Role: guitu.RoleAdmin, Desk: h.desks[neighbour]}
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.CreateOfficer(ctx, &o) })
		is(t, h.Merge(context.Background(), b, a, o.ID), "")
	})
}

func TestMergeIntoRuled(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b := h.two(sameChild)
		h.route(b)
		h.decide(county, guitu.Decision{RumorID: a, Ruling: guitu.Refuted, Basis: basis, Key: "1"})
		delivers := h.steps("deliver")
		is(t, h.merge(a, b, ministry), guitu.Conflict) // the other way round
		is(t, h.merge(b, a, ministry), "")
		qa, qb := h.question(a), h.question(b)
		if qa.Rumor.State != guitu.RumorRuled || qa.Rumor.Posts != 2 || qb.Into == nil || qb.Into.Verdict == nil {
			t.Errorf("story %+v, which %+v went into", qa.Rumor, qb.Into)
		}
		if n := h.steps("deliver"); n != delivers {
			t.Errorf("%d deliveries, want no second notice", n)
		}
	})
}

func TestMergeRuled(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b := h.two(otherChild)
		c := h.story(nowhere)
		h.decide(county, guitu.Decision{RumorID: a, Ruling: guitu.Refuted, Basis: basis, Key: "1"})
		h.decide(province, guitu.Decision{RumorID: b, Ruling: guitu.Refuted, Basis: basis, Key: "2"})
		h.decide(ministry, guitu.Decision{RumorID: c, Ruling: guitu.Unproven, Key: "3"})
		is(t, h.merge(c, a, ministry), guitu.Conflict)
		for _, id := range []int64{a, b} {
			h.goOut(h.question(id).Notice)
		}
		before := h.question(b).Notice
		is(t, h.merge(b, a, ministry), "")
		if q := h.question(b); q.Verdict == nil || q.Notice == nil || q.Notice.Code != before.Code || q.Notice.CorrectedBy != "" {
			t.Fatalf("verdict %+v and notice %+v of the merged story, want them as they were", q.Verdict, q.Notice)
		}
		// Both notices rest on one verdict now, so its correction corrects both.
		amends := h.steps("amend")
		v := h.question(a).Verdict
		h.decide(county, guitu.Decision{RumorID: a, Ruling: guitu.Confirmed, Basis: basis, Corrects: v.ID, Key: "4"})
		by := h.question(a).Notice
		if q := h.question(b); by == nil || q.Notice.CorrectedBy != by.Code {
			t.Errorf("the merged story's notice is corrected by %q, want %+v", q.Notice.CorrectedBy, by)
		}
		if n := h.steps("amend") - amends; n != 4 {
			t.Errorf("%d amends, want both notices on both channels", n)
		}
	})
}

func TestMergeWatched(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.SpotWith(doubt)
		a, b := h.two("听说，" + sameChild)
		is(t, h.merge(a, b, ministry), "") // the sure one goes into the doubtful one
		if q := h.question(b); q.Rumor.State != guitu.RumorOpen || len(h.happened(b, guitu.EventRaised)) != 1 {
			t.Errorf("story %+v, want it to wait since it has what was sure", q.Rumor)
		}
		h.route(b)
		h.at(b, county)
	})
}

func TestMergeChainAndKin(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b := h.two(sameChild)
		c, d := h.story(otherChild), h.story(nowhere)
		h.update(func(ctx context.Context, tx *store.Tx) error {
			for _, pair := range [][2]int64{{d, b}, {a, b}} {
				if err := tx.MoveKin(ctx, guitu.Rumor{ID: 0, KinID: pair[1]}, guitu.Rumor{ID: pair[0]}); err != nil {
					return err
				}
			}
			return nil
		})
		is(t, h.merge(b, a, ministry), "")
		if k := h.question(d).Rumor.KinID; k != a {
			t.Errorf("kin %d, want what named the merged story to name %d", k, a)
		}
		if k := h.question(a).Rumor.KinID; k != 0 {
			t.Errorf("story %d is its own kin %d", a, k)
		}
		is(t, h.merge(a, c, ministry), "")
		if r := h.question(b).Rumor; r.MergedInto != c {
			t.Errorf("%d went into %d, want on into %d", b, r.MergedInto, c)
		}
		if q := h.question(c); q.Rumor.Posts != 3 || len(q.Merged) != 2 {
			t.Errorf("%d posts, %v merged; want 3 and 2", q.Rumor.Posts, q.Merged)
		}
	})
}

func TestAlikeAndSearch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		a, b := h.two(otherChild)
		c := h.story(nowhere)
		ids := func(all []guitu.Rumor, err error) string {
			if err != nil {
				t.Fatal(err)
			}
			var s []string
			for _, r := range all {
				s = append(s, strconv.FormatInt(r.ID, 10))
			}
			return strings.Join(s, " ")
		}
		str := func(id int64) string { return strconv.FormatInt(id, 10) }
		for _, tt := range []struct {
			text string
			area guitu.Area
			want string
		}{
			{"李大宝", "", str(b)},
			{"19900005555", "", str(b)},
			{"兰山", "", str(a)},
			{"兰山", "320000", ""},
			{"#" + str(c), "", str(c)},
			{"%", "", ""},
			{str(c), "", str(c)}, // not every claim that holds a 3
			{"!", "", ""},
			{"李大宝", "370000", str(b)},
		} {
			f := store.RumorFilter{Text: tt.text, Area: tt.area, Limit: 10}
			if got := ids(h.List(ctx, f)); got != tt.want {
				t.Errorf("List(%q, %q) = %q, want %q", tt.text, tt.area, got, tt.want)
			}
			want := strings.Trim(strings.Replace(" "+tt.want+" ", " "+str(a)+" ", " ", 1), " ")
			if got := ids(h.Alike(ctx, a, f)); got != want {
				t.Errorf("Alike(%q, %q) = %q, want %q", tt.text, tt.area, got, want)
			}
		}
		h.update(func(ctx context.Context, tx *store.Tx) error {
			return tx.MoveKin(ctx, guitu.Rumor{}, guitu.Rumor{ID: c})
		})
		if got := ids(h.Alike(ctx, a, store.RumorFilter{Limit: 10})); got != "" {
			t.Errorf("alike without kin: %q", got)
		}
		h.update(func(ctx context.Context, tx *store.Tx) error {
			return tx.MoveKin(ctx, guitu.Rumor{KinID: a}, guitu.Rumor{ID: b})
		})
		for of, want := range map[int64]int64{a: b, b: a} {
			if got := ids(h.Alike(ctx, of, store.RumorFilter{Limit: 10})); got != str(want) {
				t.Errorf("alike to %d: %q, want %d", of, got, want)
			}
		}
		is(t, h.merge(b, a, ministry), "")
		if got := ids(h.Alike(ctx, a, store.RumorFilter{Text: "李大宝", Limit: 10})); got != "" {
			t.Errorf("a merged story is offered: %q", got)
		}
	})
}

// TestMergeWhilePostsCome: two processes take copies of both stories, and rule, while a third merges and splits them.
func TestMergeWhilePostsCome(t *testing.T) {
	address := testenv.Postgres(t)
	h := build(t, address)
	a, b := h.two(sameChild)
	const rounds = 15
	var sources []store.SourceSetup
	for i := range 2 {
		sources = append(sources, store.SourceSetup{Name: fmt.Sprint("s", i), Kind: "file"})
	}
	h.update(func(ctx context.Context, tx *store.Tx) error { return tx.SetSources(ctx, sources) })
	var wg sync.WaitGroup
	for i, src := range sources {
		r := rumors.New(open(t, address, h.clock), options())
		wg.Go(func() {
			cursor := ""
			for n := range rounds {
				batch := guitu.Batch{Cursor: fmt.Sprint(n + 1)}
				for k, text := range []string{child, sameChild, debunkOfChild} {
					batch.Posts = append(batch.Posts, guitu.Post{Source: src.Name, ExternalID: fmt.Sprint(n, "-", k), Text: text, PostedAt: h.clock.now()})
				}
				if _, err := r.Take(context.Background(), src.Name, cursor, batch, h.clock.now()); err != nil {
					t.Errorf("process %d: %v", i, err)
					return
				}
				cursor = batch.Cursor
			}
		})
	}
	wg.Go(func() {
		ctx, r := context.Background(), rumors.New(open(t, address, h.clock), options())
		from := b
		for n := range rounds {
			if err := r.Merge(ctx, from, a, h.officers[ministry]); err != nil {
				t.Errorf("merge: %v", err)
				return
			}
			if n == rounds/2 {
				if _, err := r.Decide(ctx, guitu.Decision{RumorID: a, OfficerID: h.officers[ministry], Ruling: guitu.Unproven, Key: "k"}); err != nil {
					t.Errorf("decide: %v", err)
				}
			}
			posts, err := r.Posts(ctx, a, 1000)
			if err != nil {
				t.Error(err)
				return
			}
			var off []int64
			for _, p := range posts {
				if p.Text == sameChild {
					off = append(off, p.ID)
				}
			}
			if from, err = r.Split(ctx, a, off, h.officers[ministry]); err != nil {
				t.Errorf("split: %v", err)
				return
			}
		}
		b = from
	})
	wg.Wait()
	total := 0
	for _, r := range h.stories() {
		posts, err := h.Posts(context.Background(), r.ID, 1000)
		if err != nil {
			t.Fatal(err)
		}
		copies := 0
		for _, p := range posts {
			if p.Evidence == "" {
				copies++
			}
			if want := map[string]int64{child: a, sameChild: b, debunkOfChild: a}[p.Text]; r.ID != want {
				t.Errorf("a post of %d is in %d: %s", want, r.ID, p.Text)
			}
		}
		if r.Posts != copies {
			t.Errorf("story %d counts %d posts and has %d", r.ID, r.Posts, copies)
		}
		total += len(posts)
	}
	if want := 2 + 2*rounds*3; total != want {
		t.Errorf("%d posts in all, want %d", total, want)
	}
}
