package match_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"guitu/verify/match"
)

// FuzzCompare checks what must hold of any two posts: the order does not matter, and a post is a copy of itself.
func FuzzCompare(f *testing.F) {
	f.Add(girl, other)
	f.Add("18名孩子", "")
	f.Add("\xff三四岁", "十多岁女孩19900000001")
	f.Fuzz(func(t *testing.T, a, b string) {
		ab, ba := match.Compare(a, b), match.Compare(b, a)
		if diff := cmp.Diff(ab, ba); diff != "" {
			t.Errorf("Compare(%q, %q) depends on the order (-ab +ba):\n%s", a, b, diff)
		}
		belongs := ab.Relation == match.Same || ab.Relation == match.About
		if ab.Score < 0 || ab.Score > 1 || belongs != (ab.Score > 0.5) {
			t.Errorf("Compare(%q, %q) = %+v", a, b, ab)
		}
		x := match.New()
		x.Add(1, 1, a, read(a))
		x.Add(2, 2, b, read(b))
		if m := x.Find(a, read(a)); m.Story != 0 && m.Story == m.Kin {
			t.Errorf("Find(%q) = %+v: a story is its own kin", a, m)
		}
		x.Remove(1)
		x.Remove(2)
		if m := x.Find(a, read(a)); m.Story != 0 || m.Kin != 0 {
			t.Errorf("the empty index finds %+v for %q", m, a)
		}
	})
}
