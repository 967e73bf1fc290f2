package gazetteer_test

import (
	"slices"
	"testing"

	"guitu"
	"guitu/internal/gazetteer"
)

// TestWhole checks that the short list covers each county of the long one and no other.
func TestWhole(t *testing.T) {
	p, _ := gazetteer.Point("371302")
	every := gazetteer.Within(p, 6000)
	for _, km := range []float64{1, 50, 100, 200, 300, 500, 1000, 6000} {
		counties := gazetteer.Within(p, km)
		whole := gazetteer.Whole(counties)
		t.Logf("%v km: %d counties, said by %d areas", km, len(counties), len(whole))
		if km >= 200 && len(whole) >= len(counties) {
			t.Errorf("%v km: %d counties, said by %d areas", km, len(counties), len(whole))
		}
		for _, c := range every {
			said := slices.ContainsFunc(whole, func(a guitu.Area) bool { return a.Covers(c) })
			if said != slices.Contains(counties, c) {
				t.Errorf("%v km: %s is said %v, want %v", km, c, said, !said)
			}
		}
	}
	if got := gazetteer.Whole(nil); got != nil {
		t.Errorf("Whole(nil) = %v", got)
	}
}
