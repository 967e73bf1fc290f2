package gazetteer_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
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
	var all, named, sameName, near, pointed int
	for _, row := range rows[1:] {
		area := guitu.Area(row[0])
		want := row[1] + row[2] + row[3]
		all++
		got := gazetteer.Name(area)
		if got == "" {
			continue
		}
		named++
		if got == want {
			sameName++
		}
		lat, errLat := strconv.ParseFloat(row[4], 64)
		lng, errLng := strconv.ParseFloat(row[5], 64)
		p, ok := gazetteer.Point(area)
		if errLat != nil || errLng != nil || !ok {
			continue
		}
		pointed++
		km := math.Hypot(111.2*(p.Lat-lat), 111.2*(p.Lng-lng)*math.Cos(lat*math.Pi/180))
		if limit := map[guitu.Level]float64{guitu.County: 30, guitu.City: 100, guitu.Province: 100}[area.Level()]; km <= limit {
			near++
		} else {
			t.Logf("%s %s: centre %.0f km off", area, got, km)
		}
	}
	t.Logf("%d divisions: %d known, %d with the same name, %d with a centre, %d of these near", all, named, sameName, pointed, near)
	if named < all*98/100 || sameName < named*97/100 || pointed < named*97/100 || near < pointed*98/100 {
		t.Errorf("too far from the reference")
	}
}
