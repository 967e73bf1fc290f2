package rumors_test

import (
	"context"
	"slices"
	"testing"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/rumors"
)

// posts returns the IDs of a story's posts.
func (h *house) postIDs(rumorID int64) (ids []int64) {
	h.t.Helper()
	all, err := h.Posts(context.Background(), rumorID, 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, p := range all {
		ids = append(ids, p.ID)
	}
	return ids
}

func (h *house) split(rumorID int64, desk string, posts ...int64) (int64, error) {
	return h.Split(context.Background(), rumorID, posts, h.officers[desk])
}

func TestSplit(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		// An officer merged what are two children, and takes it back.
		a, b := h.two(otherChild)
		h.take(h.batch(childMoved))
		is(t, h.merge(b, a, ministry), "")
		ids := h.postIDs(a)
		if len(ids) != 3 {
			t.Fatalf("posts %v, want 3", ids)
		}
		wrong := h.postIDs(a)[1:2] // otherChild came second
		for _, tt := range []struct {
			desk  string
			posts []int64
			want  guitu.Kind
		}{
			{neighbour, wrong, guitu.Forbidden},
			{county, nil, guitu.Invalid},
			{county, ids, guitu.Invalid},
			{county, []int64{999}, guitu.NotFound},
			{county, make([]int64, rumors.MaxSplit+1), guitu.NotFound}, // one post that there isn't, however often it is named
		} {
			_, err := h.split(a, tt.desk, tt.posts...)
			is(t, err, tt.want)
		}
		routes := h.steps("route")
		c, err := h.split(a, county, wrong...)
		is(t, err, "")
		again, err := h.split(a, county, wrong...)
		is(t, err, "")
		if again != c || c == b || c == a {
			t.Fatalf("split off as %d and again as %d, from %d", c, again, a)
		}
		qa, qc := h.question(a), h.question(c)
		if qa.Rumor.Posts != 2 || qc.Rumor.Posts != 1 || qc.Rumor.SplitFrom != a || qc.Rumor.State != guitu.RumorOpen {
			t.Errorf("stories %+v and %+v", qa.Rumor, qc.Rumor)
		}
		if qa.Rumor.Claim.Name != "张小桐" || slices.Contains(qa.Rumor.Claim.Phones, "19900005555") || qc.Rumor.Claim.Name != "李大宝" || qc.Rumor.Claim.Area == "" {
			t.Errorf("claims %+v and %+v, want each to state its own child", qa.Rumor.Claim, qc.Rumor.Claim)
		}
		if qc.Rumor.Topic != guitu.Plea || len(qc.Rumor.Hits) == 0 || qc.Precedent == nil || qc.Precedent.Rumor.ID != a {
			t.Errorf("story %+v, precedent %+v", qc.Rumor, qc.Precedent)
		}
		if n := h.steps("route"); n != routes+1 {
			t.Errorf("%d routes, want one more", n-routes)
		}
		h.route(c)
		h.at(c, province)
		for _, id := range []int64{a, c} {
			if got := h.happened(id, guitu.EventSplit); len(got) != 1 {
				t.Errorf("history of %d says %q, want once who split", id, got)
			}
		}
		// Later posts go where the officer put those like them.
		h.take(h.batch(otherChild+"！", child+"！"))
		h.Rumors = rumors.New(h.db, options())
		h.take(h.batch(otherChild+"。", childMoved+"。"))
		if qa, qc = h.question(a), h.question(c); qa.Rumor.Posts != 4 || qc.Rumor.Posts != 3 {
			t.Errorf("%d and %d posts, want 4 and 3", qa.Rumor.Posts, qc.Rumor.Posts)
		}
	})
}

// TestSplitOneChild: by all that the posts say they are one story, and the officer knows better.
func TestSplitOneChild(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.story(child)
		h.take(h.batch(child, childMoved, child))
		ids := h.postIDs(a)
		c, err := h.split(a, county, ids[2])
		is(t, err, "")
		h.take(h.batch(childMoved, child, childMoved))
		if qa, qc := h.question(a), h.question(c); qa.Rumor.Posts != 4 || qc.Rumor.Posts != 3 {
			t.Errorf("%d posts stayed or came, %d were split off or came; want 4 and 3", qa.Rumor.Posts, qc.Rumor.Posts)
		}
	})
}

// TestSplitTakesTheExemplars: what is left must still be recognised.
func TestSplitTakesTheExemplars(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.story(child)
		h.take(h.batch(child, child))
		c, err := h.split(a, county, h.postIDs(a)[0])
		is(t, err, "")
		h.update(func(ctx context.Context, tx *store.Tx) error {
			for _, id := range []int64{a, c} {
				if all, err := tx.ExemplarsOf(ctx, id, 1<<40); err != nil || len(all) == 0 {
					t.Errorf("story %d has no exemplar: %v", id, err)
				}
			}
			return nil
		})
	})
}

func TestSplitRuled(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b := h.two(otherChild)
		is(t, h.merge(b, a, ministry), "")
		h.decide(county, guitu.Decision{RumorID: a, Ruling: guitu.Refuted, Basis: basis, Key: "1"})
		claim := h.question(a).Rumor.Claim
		c, err := h.split(a, county, h.postIDs(a)[1])
		is(t, err, "")
		qa, qc := h.question(a), h.question(c)
		if qa.Verdict == nil || qa.Notice == nil || qa.Rumor.State != guitu.RumorRuled || !slices.Equal(qa.Rumor.Claim.Phones, claim.Phones) || qa.Rumor.Posts != 1 {
			t.Errorf("ruled story %+v, want its verdict, notice and claim to stay", qa.Rumor)
		}
		if qc.Verdict != nil || qc.Rumor.State != guitu.RumorOpen {
			t.Errorf("split story %+v, want it to wait", qc.Rumor)
		}
	})
}
