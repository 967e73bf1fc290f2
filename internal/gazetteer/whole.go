package gazetteer

import (
	"slices"
	"sync"

	"guitu"
)

// sizes counts, of each city and province, the divisions that Within may list of it.
var sizes = sync.OnceValue(func() map[guitu.Area]int {
	n := map[guitu.Area]int{}
	for _, d := range smallest() {
		for a := d.area.Parent(); a != ""; a = a.Parent() {
			n[a]++
		}
	}
	return n
})

// Whole says the same as counties that Within lists in fewer words: a city or a province stands for its counties where all of them are
// listed. The result is in the order of the codes.
func Whole(counties []guitu.Area) []guitu.Area {
	have := map[guitu.Area]int{}
	for _, c := range counties {
		for a := c.Parent(); a != ""; a = a.Parent() {
			have[a]++
		}
	}
	var whole []guitu.Area
	for _, c := range counties {
		for a := c.Parent(); a != ""; a = a.Parent() {
			if have[a] == sizes()[a] {
				c = a
			}
		}
		whole = append(whole, c)
	}
	slices.Sort(whole)
	return slices.Compact(whole)
}
