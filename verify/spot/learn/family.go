package learn

import (
	"hash/fnv"
	"strings"
	"unicode"

	"guitu/verify/text"
)

// Group names the family of each post in Family: posts whose story has the same prefix (T1.girl3, T1.wanghe) or whose wording is
// close belong together, and so do those that a third one links.
func Group(all []Example) {
	parent := make([]int, len(all))
	for i := range parent {
		parent[i] = i
	}
	var root func(int) int
	root = func(i int) int {
		if parent[i] != i {
			parent[i] = root(parent[i])
		}
		return parent[i]
	}
	join := func(a, b int) {
		if a, b = root(a), root(b); a != b {
			parent[max(a, b)] = min(a, b)
		}
	}
	first := map[string]int{}
	shown := map[uint64][]int32{}
	size := make([]int, len(all))
	for i, e := range all {
		name := e.Story
		if prefix, _, ok := strings.Cut(name, "."); ok && prefix != "S" {
			name = prefix
		}
		if j, ok := first[name]; ok {
			join(i, j)
		} else {
			first[name] = i
		}
		set := shingles(e.Text)
		size[i] = len(set)
		shared := map[int32]int{}
		for s := range set {
			for _, j := range shown[s] {
				shared[j]++
			}
			if len(shown[s]) < mostShown {
				shown[s] = append(shown[s], int32(i))
			}
		}
		for j, n := range shared {
			if n >= 4 && float64(n) >= 0.3*float64(min(size[i], size[j])) {
				join(i, int(j))
			}
		}
	}
	for i := range all {
		all[i].Family = all[root(i)].Story
	}
}

// mostShown bounds how many posts are remembered for a piece of wording; a commoner one links nothing.
const mostShown = 60

// shingles returns the eight-character pieces of a post's wording: letters only, so that a change of number or sign is none.
func shingles(post string) map[uint64]bool {
	var r []rune
	for _, c := range text.Normalise(post).String {
		if unicode.Is(unicode.Han, c) {
			r = append(r, c)
		}
	}
	set := map[uint64]bool{}
	for i := 0; i+8 <= len(r); i++ {
		h := fnv.New64a()
		h.Write([]byte(string(r[i : i+8])))
		set[h.Sum64()] = true
	}
	return set
}
