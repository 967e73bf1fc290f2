package spot

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestDistinct(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for n := range 700 {
		marks := make([]uint32, n)
		for i := range marks {
			marks[i] = rnd.Uint32N(uint32(1 + n*3/2))
		}
		want := slices.Compact(slices.Sorted(slices.Values(marks)))
		got := slices.Sorted(slices.Values(new(page).distinct(marks)))
		if !slices.Equal(got, want) {
			t.Fatalf("distinct of %d marks = %v, want %v", n, got, want)
		}
	}
}
