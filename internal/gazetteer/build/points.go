package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
)

type feature struct {
	ID         any `json:"id"`
	Properties struct {
		Name string    `json:"name"`
		CP   []float64 `json:"cp"`
	} `json:"properties"`
	Geometry struct {
		Coordinates any `json:"coordinates"`
	} `json:"geometry"`
}

// outline is a feature with its centre.
type outline struct {
	file, code, name string
	lat, lng         float64
}

func readOutlines(dir string) ([]outline, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.geojson"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("%d outlines in %s, %w", len(files), dir, err)
	}
	slices.Sort(files)
	var all []outline
	for _, f := range files {
		var g struct{ Features []feature }
		if err := readJSON(f, &g); err != nil {
			return nil, err
		}
		for _, ft := range g.Features {
			if lng, lat, ok := centre(ft); ok {
				lat, lng = wgs84(lat, lng)
				all = append(all, outline{filepath.Base(f), fmt.Sprint(ft.ID), ft.Properties.Name, lat, lng})
			}
		}
	}
	return all, nil
}

// addPoints gives counties their centres: those of the outline that bears their code and name, or else those of a division that
// has become them, one of the same stem before others. It adds the districts of Hong Kong and Macao, which only the outlines have.
func addPoints(all map[string]*division, names []retired, dir string) error {
	outlines, err := readOutlines(dir)
	if err != nil {
		return err
	}
	successor := map[[2]string]string{}
	for _, r := range names {
		successor[[2]string{r.code, r.name}] = r.present
	}
	var formerly [2][]outline // by whether only the place is the same, not the name
	for _, o := range outlines {
		d := all[o.code]
		switch {
		case len(o.code) != 6:
			// Three files have numbers of their own.
			for file, prefix := range map[string]string{"cang1_zhou1": "1309", "shanghai": "3101", "chongqing": "5001"} {
				if strings.Contains(o.file, file) {
					byName(all, prefix, o)
				}
			}
		case d != nil && d.name == o.name:
			d.lat, d.lng = o.lat, o.lng
		case o.code[:2] == "81" || o.code[:2] == "82":
			all[o.code] = &division{o.code, o.name, o.lat, o.lng}
		default:
			present := successor[[2]string{o.code, o.name}]
			if present == "" {
				present = sameStem(retired{code: o.code, name: o.name}, all)
			}
			p := all[present]
			if p == nil || present[4:] == "00" && hasCounties(all, present) {
				continue
			}
			other := 0
			if !alike(o.name, p.name) {
				other = 1
			}
			o.code = present
			formerly[other] = append(formerly[other], o)
		}
	}
	for _, o := range append(formerly[0], formerly[1]...) {
		if d := all[o.code]; d.lat == 0 {
			d.lat, d.lng = o.lat, o.lng
		}
	}
	for code, p := range seats {
		if all[code] == nil {
			return fmt.Errorf("seat of %s: no such division", code)
		}
		all[code].lat, all[code].lng = p[0], p[1]
	}
	return nil
}

func hasCounties(all map[string]*division, city string) bool {
	for code := range all {
		if code[:4] == city[:4] && code != city {
			return true
		}
	}
	return false
}

func byName(all map[string]*division, prefix string, o outline) {
	for code, d := range all {
		if strings.HasPrefix(code, prefix) && alike(o.name, d.name) {
			d.lat, d.lng = o.lat, o.lng
		}
	}
}

// centre returns the centre that the feature states if it lies within the feature's outline, and else the outline's middle.
func centre(ft feature) (lng, lat float64, ok bool) {
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	var walk func(v any)
	walk = func(v any) {
		a, _ := v.([]any)
		if len(a) >= 2 {
			x, okX := a[0].(float64)
			y, okY := a[1].(float64)
			if okX && okY {
				minX, maxX, minY, maxY = min(minX, x), max(maxX, x), min(minY, y), max(maxY, y)
				return
			}
		}
		for _, e := range a {
			walk(e)
		}
	}
	walk(ft.Geometry.Coordinates)
	hasBox := minX <= maxX
	if cp := ft.Properties.CP; len(cp) == 2 {
		if !hasBox || cp[0] >= minX && cp[0] <= maxX && cp[1] >= minY && cp[1] <= maxY {
			return cp[0], cp[1], true
		}
	}
	return (minX + maxX) / 2, (minY + maxY) / 2, hasBox
}

// fillPoints gives the cities and provinces a centre, and the counties without one that of their city.
func fillPoints(all map[string]*division) {
	codes := make([]string, 0, len(all))
	for c := range all {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	mean := func(prefix string, only func(*division) bool) (lat, lng float64, ok bool) {
		var n float64
		for _, c := range codes {
			if d := all[c]; strings.HasPrefix(c, prefix) && c[4:] != "00" && d.lat != 0 && only(d) {
				lat, lng, n = lat+d.lat, lng+d.lng, n+1
			}
		}
		return lat / n, lng / n, n > 0
	}
	urban := func(d *division) bool { return strings.HasSuffix(d.name, "区") }
	any := func(*division) bool { return true }
	set := func(d *division, prefixes ...string) {
		for _, p := range prefixes {
			for _, only := range []func(*division) bool{urban, any} {
				if lat, lng, ok := mean(p, only); ok {
					d.lat, d.lng = lat, lng
					return
				}
			}
		}
	}
	for _, c := range codes {
		d := all[c]
		switch {
		case d.lat != 0:
		case c[2:] == "0000":
			set(d, c[:2]+"01", c[:2])
		case c[4:] == "00":
			set(d, c[:4])
		}
	}
	for _, c := range codes {
		d := all[c]
		if d.lat == 0 {
			for _, up := range []string{c[:4] + "00", c[:2] + "0000"} {
				if p := all[up]; p != nil && p.lat != 0 {
					d.lat, d.lng = p.lat, p.lng
					break
				}
			}
		}
	}
}
