package gazetteer_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"testing"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/internal/testenv"
)

// TestAgainstReference compares names and centres with an independent table of divisions (divisions.csv in GUITU_DATA).
func TestAgainstReference(t *testing.T) {
	dir := testenv.Data(t)
	f, err := os.Open(filepath.Join(dir, "divisions.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all, known, sameName int
	var off []float64 // kilometres by which the centres of counties differ
	counties, near := 0, 0
	for _, row := range rows[1:] {
		area := guitu.Area(row[0])
		all++
		got := gazetteer.Name(area)
		if got != "" {
			known++
		}
		if got == row[1]+row[2]+row[3] {
			sameName++
		}
		p, ok := gazetteer.Point(area)
		if area.Level() == guitu.County {
			counties++
			if ok {
				near++
			}
		}
		lat, errLat := strconv.ParseFloat(row[4], 64)
		lng, errLng := strconv.ParseFloat(row[5], 64)
		if errLat != nil || errLng != nil || !ok {
			continue
		}
		km := math.Hypot(111.2*(p.Lat-lat), 111.2*(p.Lng-lng)*math.Cos(lat*math.Pi/180))
		if area.Level() == guitu.County {
			off = append(off, km)
		}
		if limit := map[guitu.Level]float64{guitu.County: 15, guitu.City: 100, guitu.Province: 100}[area.Level()]; km > limit {
			t.Logf("%s %s: centre %.0f km off", area, got, km)
		}
	}
	slices.Sort(off)
	within := sort.SearchFloat64s(off, 5)
	t.Logf("%d divisions: %d known, %d with the same name; %d counties: %d with a centre, of %d compared %d within 5 km, median %.2f km off",
		all, known, sameName, counties, near, len(off), within, off[len(off)/2])
	if known < all*999/1000 || sameName < all*995/1000 || near < counties*99/100 || within < len(off)*98/100 || off[len(off)/2] > 5 {
		t.Errorf("too far from the reference")
	}
}
