package match_test

import (
	"testing"

	"guitu/verify/match"
)

// FuzzCompare checks what must hold of any two posts: the order does not matter, and a post is a copy of itself.
func FuzzCompare(f *testing.F) {
	f.Add(girl, other)
	f.Add("18名孩子", "")
	f.Add("\xff三四岁", "十多岁女孩19900000001")
	f.Fuzz(func(t *testing.T, a, b string) {
		sameAB, familyAB, scoreAB, _ := match.Compare(a, b)
		sameBA, familyBA, scoreBA, _ := match.Compare(b, a)
		if sameAB != sameBA || familyAB != familyBA || scoreAB != scoreBA {
			t.Errorf("Compare(%q, %q) = %v %v %v, and the other way round %v %v %v", a, b, sameAB, familyAB, scoreAB, sameBA, familyBA, scoreBA)
		}
		if scoreAB < 0 || scoreAB > 1 || sameAB && !familyAB {
			t.Errorf("Compare(%q, %q) = %v %v %v", a, b, sameAB, familyAB, scoreAB)
		}
		x := match.New()
		x.Add(1, a, read(a))
		x.Add(2, b, read(b))
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
