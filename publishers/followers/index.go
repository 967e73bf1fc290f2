package followers

import (
	"cmp"
	"slices"
	"sync"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"

	"guitu"
)

// earthRadius is guitu.Point.Distance's, in kilometres.
const earthRadius = 6371

// Index finds the followers in a ring. It is safe for concurrent use.
type Index struct {
	mu sync.RWMutex
	// One follower each, by cell and then by id. Apart, because whole runs of ids are copied out.
	cells  []s2.CellID
	ids    []int64
	points []s2.Point
	at     map[int64]s2.CellID // of each follower
}

// Put adds followers, or moves them. One call with many is much cheaper than many calls.
func (x *Index) Put(all ...guitu.Follower) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.at == nil {
		x.at = make(map[int64]s2.CellID, len(all))
	}
	var fresh []place
	moved := map[int64]bool{}
	for _, f := range all {
		cell := s2.CellIDFromLatLng(s2.LatLngFromDegrees(f.Point.Lat, f.Point.Lng))
		old, known := x.at[f.ID]
		if known && old == cell {
			continue
		}
		if known {
			moved[f.ID] = true
		}
		x.at[f.ID] = cell
		fresh = append(fresh, place{cell, f.ID})
	}
	if len(fresh) > 0 {
		slices.SortFunc(fresh, byCell)
		x.merge(fresh, moved)
	}
}

// place is where a follower is.
type place struct {
	cell s2.CellID // a leaf
	id   int64
}

func byCell(a, b place) int { return cmp.Or(cmp.Compare(a.cell, b.cell), cmp.Compare(a.id, b.id)) }

// merge puts fresh places among the others, without those that moved away.
func (x *Index) merge(fresh []place, moved map[int64]bool) {
	n := len(x.ids) + len(fresh)
	cells, ids, points := x.cells, x.ids, x.points
	x.cells, x.ids, x.points = make([]s2.CellID, 0, n), make([]int64, 0, n), make([]s2.Point, 0, n)
	add := func(p place, at s2.Point) {
		x.cells, x.ids, x.points = append(x.cells, p.cell), append(x.ids, p.id), append(x.points, at)
	}
	for i, id := range ids {
		p := place{cells[i], id}
		for len(fresh) > 0 && byCell(fresh[0], p) < 0 {
			add(fresh[0], fresh[0].cell.Point())
			fresh = fresh[1:]
		}
		if !moved[id] {
			add(p, points[i])
		}
	}
	for _, p := range fresh {
		add(p, p.cell.Point())
	}
}

// Len is how many followers there are. Those who went stay until the next start; nobody is told by the index alone.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.ids)
}

// Within lists the followers within a circle and beyond inner kilometres of its centre, 0 for all of it, in no order.
func (x *Index) Within(c guitu.Circle, inner float64) []int64 {
	centre := s2.PointFromLatLng(s2.LatLngFromDegrees(c.Point.Lat, c.Point.Lng))
	outer := s2.CapFromCenterAngle(centre, s1.Angle(c.Radius/earthRadius))
	hole := s2.EmptyCap()
	if inner > 0 {
		hole = s2.CapFromCenterAngle(centre, s1.Angle(inner/earthRadius))
	}
	// Distances are compared as squared chords, as s1.ChordAngle has them.
	far, near := float64(s1.ChordAngleFromAngle(s1.Angle(c.Radius/earthRadius))), -1.0
	if inner > 0 {
		near = float64(s1.ChordAngleFromAngle(s1.Angle(inner / earthRadius)))
	}
	cover := s2.RegionCoverer{MaxLevel: 13, MaxCells: 128}

	x.mu.RLock()
	defer x.mu.RUnlock()
	covering := cover.Covering(outer)
	type run struct{ low, high int }
	runs, most := make([]run, len(covering)), 0
	for i, id := range covering {
		low, _ := slices.BinarySearch(x.cells, id.RangeMin())
		high, _ := slices.BinarySearch(x.cells[low:], id.RangeMax()+1)
		runs[i] = run{low, low + high}
		most += high
	}
	found := make([]int64, 0, most)
	for i, id := range covering {
		low, high := runs[i].low, runs[i].high
		if cell := s2.CellFromCellID(id); outer.ContainsCell(cell) && !hole.IntersectsCell(cell) {
			found = append(found, x.ids[low:high]...)
			continue
		}
		for j, p := range x.points[low:high] {
			if d := p.Sub(centre.Vector).Norm2(); d <= far && d > near {
				found = append(found, x.ids[low+j])
			}
		}
	}
	return found
}
