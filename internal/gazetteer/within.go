package gazetteer

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"guitu"
)

// smallest holds the divisions in force that have none below them and whose centre is known, from south to north: counties, and the
// few cities without any.
var smallest = sync.OnceValue(func() []division {
	t := load()
	parents := make(map[guitu.Area]bool, 400)
	for area, d := range t.byArea {
		if d.present == "" {
			parents[area.Parent()] = true
		}
	}
	var all []division
	for area, d := range t.byArea {
		if d.present == "" && !parents[area] && area.Level() != guitu.Province && d.point != (guitu.Point{}) {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b division) int {
		return cmp.Or(cmp.Compare(a.point.Lat, b.point.Lat), cmp.Compare(a.area, b.area))
	})
	return all
})

// Within returns the counties in force whose centre lies at most km kilometres from p, in the order of their codes.
func Within(p guitu.Point, km float64) []guitu.Area {
	const degree = 2 * math.Pi * 6371 / 360 // kilometres of a degree of latitude
	all := smallest()
	from, _ := slices.BinarySearchFunc(all, p.Lat-km/degree, func(d division, lat float64) int { return cmp.Compare(d.point.Lat, lat) })
	var within []guitu.Area
	for _, d := range all[from:] {
		if d.point.Lat > p.Lat+km/degree {
			break
		}
		if p.Distance(d.point) <= km {
			within = append(within, d.area)
		}
	}
	slices.Sort(within)
	return within
}
