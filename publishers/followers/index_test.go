package followers_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"guitu"
	"guitu/publishers/followers"
)

var centre = guitu.Point{Lat: 35.05, Lng: 118.34}

// crowd invents followers within some degrees of the centre.
func crowd(n int, degrees float64) []guitu.Follower {
	r := rand.New(rand.NewPCG(1, 2))
	all := make([]guitu.Follower, n)
	for i := range all {
		p := guitu.Point{Lat: centre.Lat + (r.Float64()*2-1)*degrees, Lng: centre.Lng + (r.Float64()*2-1)*degrees}
		all[i] = guitu.Follower{ID: int64(i + 1), Point: p.Round()}
	}
	return all
}

// brute is what Within is held to.
func brute(all []guitu.Follower, c guitu.Circle, inner float64) (ids []int64) {
	for i := range all {
		if d := c.Point.Distance(all[i].Point); d <= c.Radius && (inner == 0 || d > inner) {
			ids = append(ids, all[i].ID)
		}
	}
	return ids
}

// TestWithin holds the index to measuring each distance, for each ring, and after followers came and moved.
func TestWithin(t *testing.T) {
	all := crowd(20000, 6)
	var x followers.Index
	x.Put(all[:15000]...)
	for i := 15000; i < len(all); i += 1000 {
		x.Put(all[i : i+1000]...)
	}
	all[7].Point = centre
	x.Put(all[7])
	for _, ring := range []struct{ inner, outer float64 }{{0, 100}, {100, 200}, {200, 300}, {300, 500}, {0, 500}} {
		c := guitu.Circle{Point: centre, Radius: ring.outer}
		got, want := x.Within(c, ring.inner), brute(all, c, ring.inner)
		slices.Sort(got)
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%v to %v km: got %d followers, want %d", ring.inner, ring.outer, len(got), len(want))
		}
	}
	if got := x.Len(); got != len(all) {
		t.Errorf("got %d followers, want %d: a move is no second follower", got, len(all))
	}
}

// BenchmarkWithin finds the followers within 500 km among 1,000,000, next to measuring each distance.
func BenchmarkWithin(b *testing.B) {
	all := crowd(1_000_000, 4)
	c := guitu.Circle{Point: centre, Radius: 500}
	var x followers.Index
	x.Put(all...)
	b.Run("Index", func(b *testing.B) {
		for b.Loop() {
			x.Within(c, 0)
		}
	})
	b.Run("Ring", func(b *testing.B) {
		for b.Loop() {
			x.Within(c, 300)
		}
	})
	b.Run("Brute", func(b *testing.B) {
		for b.Loop() {
			brute(all, c, 0)
		}
	})
}
