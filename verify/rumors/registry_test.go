package rumors_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
)

// samePhone is another child's story with the phone and the caller of child's.
const (
	impostor = "寻人启事：李大宝，男，9岁，昨天晚上在青岛市市南区走失，背蓝色书包，骑一辆旧自行车，家人万分着急，见到请打电话19900001234，求扩散"
)

// registered lists the registry as "kind value".
func (h *house) registered() string {
	h.t.Helper()
	all, err := h.Registry(context.Background(), "", 0, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	var s []string
	for _, a := range all {
		if a.Dropped.IsZero() {
			s = append(s, string(a.Kind)+" "+a.Value)
		}
	}
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
	return strings.Join(s, ", ")
}

// apart makes the story of child and of another child with the same phone, which only an officer can tell apart.
func (h *house) apart() (a, b int64) {
	h.t.Helper()
	a = h.story(child)
	h.take(h.batch(impostor))
	ids := h.postIDs(a)
	if len(ids) == 1 {
		return a, h.stories()[1].ID
	}
	b, err := h.split(a, county, ids[1])
	if err != nil {
		h.t.Fatal(err)
	}
	return a, b
}

func TestRegistry(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b := h.apart()
		if got := h.registered(); got != "" {
			t.Errorf("registry %q before anything was refuted", got)
		}
		h.clock.add(24 * time.Hour)
		h.decide(county, guitu.Decision{RumorID: a, Ruling: guitu.Refuted, Basis: basis, Key: "1"})
		if got := h.registered(); got != "name 周大川, name 张小桐, phone 19900001234" {
			t.Errorf("registry %q, want the names and the phone of the refuted story", got)
		}
		q := h.question(b)
		if len(q.Seen) != 1 || q.Seen[0].Value != "19900001234" || q.Seen[0].RumorID != a || q.Seen[0].Area != "371302" ||
			!q.Seen[0].RuledAt.Equal(h.clock.now()) || !q.Seen[0].Since.Before(h.clock.now().Add(-23*time.Hour)) {
			t.Errorf("seen %+v, want the phone, in which story, since when", q.Seen)
		}
		if q.Rumor.State != guitu.RumorOpen || q.Verdict != nil {
			t.Errorf("the registry ruled on %+v", q.Rumor)
		}
		if own := h.question(a).Seen; len(own) != 0 {
			t.Errorf("a story was seen in itself: %+v", own)
		}
		// A later copy with another phone is known too.
		h.take(h.batch(childMoved))
		if got := h.registered(); got != "name 周大川, name 张小桐, phone 19900001234, phone 19900009876" {
			t.Errorf("registry %q after a copy with another phone", got)
		}
		// A correction takes it all back.
		v := h.question(a).Verdict
		h.decide(county, guitu.Decision{RumorID: a, Ruling: guitu.Confirmed, Basis: basis, Corrects: v.ID, Key: "2"})
		if got := h.registered(); got != "" || len(h.question(b).Seen) != 0 {
			t.Errorf("registry %q after the correction, want nothing", got)
		}
	})
}

func TestRegistryKeepsOnlyRefuted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for i, d := range []guitu.Decision{
			{Ruling: guitu.Confirmed}, {Ruling: guitu.Unproven}, {Ruling: guitu.Outdated, Ending: guitu.Found, Basis: basis},
		} {
			d.RumorID, d.Key = h.story([]string{child, otherChild, nowhere}[i]), string(d.Ruling)
			h.decide(ministry, d)
		}
		if got := h.registered(); got != "" {
			t.Errorf("registry %q", got)
		}
	})
}

func TestRegistryFollowsMergesAndSplits(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, b := h.two(otherChild)
		h.decide(county, guitu.Decision{RumorID: a, Ruling: guitu.Refuted, Basis: basis, Key: "1"})
		h.decide(province, guitu.Decision{RumorID: b, Ruling: guitu.Refuted, Basis: basis, Key: "2"})
		const all = "name 周大川, name 张小桐, phone 19900001234, "
		is(t, h.merge(b, a, ministry), "")
		if got := h.registered(); !strings.Contains(got, "name 李大宝") || !strings.Contains(got, "phone 19900005555") || strings.Count(got, ",") != 4 {
			t.Errorf("registry %q, want all once", got)
		}
		if _, err := h.split(a, county, h.postIDs(a)[1]); err != nil {
			t.Fatal(err)
		}
		if got := h.registered(); got+", " != all {
			t.Errorf("registry %q, want %q: what was split off is not refuted", got, all)
		}
	})
}

func TestDropAsset(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		a, b := h.apart()
		h.decide(county, guitu.Decision{RumorID: a, Ruling: guitu.Refuted, Basis: basis, Key: "1"})
		found, err := h.Registry(ctx, "199 0000-1234", 0, 10)
		if err != nil || len(found) != 1 {
			t.Fatalf("found %+v, %v", found, err)
		}
		boss := guitu.Officer{Name: "管理员", Role: guitu.RoleAdmin, Desk: h.desks[ministry]}
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.CreateOfficer(ctx, &boss) })
		is(t, h.DropAsset(ctx, found[0].ID, h.officers[county], "被冒用"), guitu.Forbidden)
		is(t, h.DropAsset(ctx, found[0].ID, boss.ID, " "), guitu.Invalid)
		is(t, h.DropAsset(ctx, 999, boss.ID, "被冒用"), guitu.NotFound)
		is(t, h.DropAsset(ctx, found[0].ID, boss.ID, "被冒用"), "")
		is(t, h.DropAsset(ctx, found[0].ID, boss.ID, "又一次"), "")
		if s := h.question(b).Seen; len(s) != 0 {
			t.Errorf("seen %+v after it was dropped", s)
		}
		// It stays out, whatever is ruled.
		for i, r := range []guitu.Ruling{guitu.Unproven, guitu.Refuted} {
			v := h.question(a).Verdict
			h.decide(county, guitu.Decision{RumorID: a, Ruling: r, Basis: basis, Corrects: v.ID, Key: string(rune('b' + i))})
		}
		found, err = h.Registry(ctx, "19900001234", 0, 10)
		if err != nil || len(found) != 1 || found[0].Dropped.IsZero() || found[0].Reason != "被冒用" || found[0].DroppedBy != "管理员" {
			t.Errorf("found %+v, %v; want it dropped once, with the reason", found, err)
		}
		if got := h.happened(a, guitu.EventSettled); len(got) != 1 || strings.Contains(got[0], "1990000") {
			t.Errorf("history %q, want one line without the number", got)
		}
	})
}

func TestPictures(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		batch := h.batch(child, child, otherChild)
		for i := range batch.Posts {
			batch.Posts[i].Images = []string{"https://img.example/" + batch.Posts[i].ExternalID}
		}
		h.take(batch)
		if n := h.steps("look"); n != 2 {
			t.Errorf("%d looks, want one for each post that says something new", n)
		}
		all := h.stories()
		a, b := all[0].ID, all[1].ID
		first, other := h.postIDs(a)[0], h.postIDs(b)[0]
		h.decide(county, guitu.Decision{RumorID: a, Ruling: guitu.Refuted, Basis: basis, Key: "1"})
		is(t, h.SawCard(ctx, b, guitu.MessageRef{Chat: "c", Message: "1"}), "")
		shows := h.steps("show")
		is(t, h.KeepPicture(ctx, first, 0, "ff00ff00ff00ff00"), "")
		is(t, h.KeepPicture(ctx, first, 1, ""), "")
		if got := h.registered(); !strings.Contains(got, "picture ff00ff00ff00ff00") {
			t.Errorf("registry %q, want the picture that was hashed after the verdict", got)
		}
		is(t, h.KeepPicture(ctx, other, 0, "00ff00ff00ff00ff"), "")
		if s := h.question(b).Seen; len(s) != 0 || h.steps("show") != shows {
			t.Errorf("seen %+v of another picture", s)
		}
		is(t, h.KeepPicture(ctx, other, 0, "ff00ff00ff00ff3f"), "") // six bits apart
		if s := h.question(b).Seen; len(s) != 1 || s[0].Kind != guitu.AssetPicture || s[0].RumorID != a || h.steps("show") != shows+1 {
			t.Errorf("seen %+v, %d shows; want the copy of the picture and the card brought up to date", s, h.steps("show")-shows)
		}
		is(t, h.KeepPicture(ctx, other, 0, "ff00ff00ff00ff7f"), "") // seven
		if s := h.question(b).Seen; len(s) != 0 {
			t.Errorf("seen %+v of a picture that is too far away", s)
		}
		is(t, h.KeepPicture(ctx, 999, 0, "ff00ff00ff00ff00"), guitu.NotFound)
	})
}
