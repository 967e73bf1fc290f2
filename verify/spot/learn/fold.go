package learn

import (
	"cmp"
	"maps"
	"slices"
)

// folds divides the rows into k parts, so that no family stands in two and each part has its share of the posts about missing
// people: the largest family first, each to the part that has least.
func folds(rows []row, k int) []int {
	type family struct {
		name            string
		yes, real, size int
	}
	of := map[string]*family{}
	for i := range rows {
		r := &rows[i]
		f := of[r.Family]
		if f == nil {
			f = &family{name: r.Family}
			of[r.Family] = f
		}
		f.size++
		if r.Label {
			f.yes++
		}
		if !r.Invented {
			f.real++
		}
	}
	list := slices.SortedFunc(maps.Values(of), func(a, b *family) int {
		return cmp.Or(cmp.Compare(b.yes, a.yes), cmp.Compare(b.real, a.real), cmp.Compare(b.size, a.size), cmp.Compare(a.name, b.name))
	})
	yes, size := make([]int, k), make([]int, k)
	fold := map[string]int{}
	for _, f := range list {
		best := 0
		for i := range k {
			if f.yes > 0 && yes[i] < yes[best] || f.yes == 0 && size[i] < size[best] {
				best = i
			}
		}
		fold[f.name] = best
		yes[best] += f.yes
		size[best] += f.size
	}
	out := make([]int, len(rows))
	for i := range rows {
		out[i] = fold[rows[i].Family]
	}
	return out
}
