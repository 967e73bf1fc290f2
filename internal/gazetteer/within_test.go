package gazetteer_test

import (
	"slices"
	"testing"

	"guitu"
	"guitu/internal/gazetteer"
)

func TestWithin(t *testing.T) {
	lanshan, ok := gazetteer.Point("371302")
	if !ok {
		t.Fatal("no centre of 371302")
	}
	near := gazetteer.Within(lanshan, 100)
	for _, tt := range []struct {
		area guitu.Area
		want bool
	}{
		{"371302", true},  // 临沂市兰山区 itself
		{"371311", true},  // 罗庄区, beside it
		{"371300", false}, // a city with counties is no county
		{"370202", false}, // 青岛市市南区, 180 km away
		{"110101", false},
	} {
		if got := slices.Contains(near, tt.area); got != tt.want {
			t.Errorf("within 100 km of 371302, %s: %v, want %v", tt.area, got, tt.want)
		}
	}
	if !slices.IsSorted(near) {
		t.Errorf("not in the order of codes: %v", near)
	}
	// What the quick search leaves out is farther away.
	wide := gazetteer.Within(lanshan, 500)
	if len(wide) < 300 || len(wide) > 1200 {
		t.Errorf("%d counties within 500 km", len(wide))
	}
	for _, a := range gazetteer.Within(lanshan, 30000) {
		p, _ := gazetteer.Point(a)
		if got, want := slices.Contains(wide, a), lanshan.Distance(p) <= 500; got != want {
			t.Errorf("%s at %.1f km: %v, want %v", a, lanshan.Distance(p), got, want)
		}
	}
	if dongguan, _ := gazetteer.Point("441900"); !slices.Contains(gazetteer.Within(dongguan, 1), "441900") {
		t.Error("a city without counties is left out")
	}
}

func BenchmarkWithin(b *testing.B) {
	p := guitu.Point{Lat: 35.05, Lng: 118.35}
	for b.Loop() {
		gazetteer.Within(p, 500)
	}
}
