package gazetteer

import (
	"slices"
	"sync"

	"guitu"
)

// under holds the divisions in force by the one that they are chosen under, each in the order of their codes.
var under = sync.OnceValue(func() map[guitu.Area][]guitu.Area {
	t := load()
	m := map[guitu.Area][]guitu.Area{}
	for area, d := range t.byArea {
		if d.present != "" {
			continue
		}
		up := area.Parent()
		for up != "" && t.byArea[up].name == "" {
			up = up.Parent()
		}
		m[up] = append(m[up], area)
	}
	for _, areas := range m {
		slices.Sort(areas)
	}
	return m
})

// Below returns the divisions in force one step below area, by code: the provinces of the country, the cities of a province, the
// counties of a city. Counties without a city (the districts of Beijing, 仙桃市) are one step below their province.
func Below(area guitu.Area) []guitu.Area { return slices.Clone(under()[area]) }

// Nearest returns the county in force whose centre is nearest to p. It is a guess: near a border the next county's centre can be
// nearer. ok is false for a point that is more than 200 km from every centre, or no point on earth.
func Nearest(p guitu.Point) (area guitu.Area, ok bool) {
	best := 200.0
	for a, d := range load().byArea {
		if a.Level() != guitu.County || d.present != "" || d.point == (guitu.Point{}) {
			continue
		}
		if km := p.Distance(d.point); km < best || km == best && a < area {
			area, best, ok = a, km, true
		}
	}
	return area, ok
}
