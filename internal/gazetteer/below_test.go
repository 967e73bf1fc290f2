package gazetteer_test

import (
	"math"
	"slices"
	"testing"

	"guitu"
	"guitu/internal/gazetteer"
)

func TestBelow(t *testing.T) {
	for _, tt := range []struct {
		area  guitu.Area
		has   []guitu.Area
		lacks []guitu.Area
	}{
		{"", []guitu.Area{"110000", "370000", "820000"}, []guitu.Area{"371300", "371302"}},
		{"370000", []guitu.Area{"370100", "371300"}, []guitu.Area{"371302", "371200"}}, // 莱芜市 is retired
		{"371300", []guitu.Area{"371302", "371312"}, []guitu.Area{"371300"}},
		{"110000", []guitu.Area{"110101", "110119"}, nil},
		{"420000", []guitu.Area{"420100", "429004"}, nil},
		{"371302", nil, []guitu.Area{"371302"}},
	} {
		got := gazetteer.Below(tt.area)
		if !slices.IsSorted(got) {
			t.Errorf("Below(%q) is not in order: %v", tt.area, got)
		}
		for _, a := range tt.has {
			if !slices.Contains(got, a) {
				t.Errorf("Below(%q) lacks %s: %v", tt.area, a, got)
			}
		}
		for _, a := range tt.lacks {
			if slices.Contains(got, a) {
				t.Errorf("Below(%q) has %s", tt.area, a)
			}
		}
	}
	// Whoever goes down step by step reaches every county once.
	seen := map[guitu.Area]int{}
	var walk func(guitu.Area)
	walk = func(a guitu.Area) {
		for _, b := range gazetteer.Below(a) {
			seen[b]++
			walk(b)
		}
	}
	walk("")
	for a, n := range seen {
		if n != 1 || gazetteer.Present(a) != a {
			t.Errorf("%s is reached %d times", a, n)
		}
	}
	if len(seen) < 3200 {
		t.Errorf("%d divisions are reached, want all", len(seen))
	}
}

func TestNearest(t *testing.T) {
	for _, area := range []guitu.Area{"371302", "110101", "429004", "650102"} {
		p, _ := gazetteer.Point(area)
		if got, ok := gazetteer.Nearest(p); !ok || got != area {
			t.Errorf("Nearest to the centre of %s = %q, %v", area, got, ok)
		}
	}
	for _, p := range []guitu.Point{{}, {Lat: 51.5, Lng: -0.1}, {Lat: math.NaN(), Lng: 118}, {Lat: 28, Lng: 128}} {
		if got, ok := gazetteer.Nearest(p); ok {
			t.Errorf("Nearest(%v) = %q, want none", p, got)
		}
	}
}
