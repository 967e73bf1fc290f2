package eval

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"guitu"
	"guitu/internal/gazetteer"
)

// DivisionReport is how well the gazetteer fits a table of divisions and of what they were called.
type DivisionReport struct {
	Divisions, Known, SameName int
	Counties, Centred          int     // counties in force, and those with a centre
	Compared, Near             int     // centres beside the table's, and those less than nearKilometres off
	Median                     float64 // kilometres by which the centres of counties differ, in the median
	Retired                    int     // rows of retired names
	Exact, Wider               int     // names that give what they have become, or the city or province that holds it
	Unresolved                 []string
	Off                        []string // centres that are far off, and retired names that give something else
}

const nearKilometres = 5

// farKilometres is from where on a centre is named as far off: those of cities are a mean of districts here, and a seat there.
var farKilometres = map[guitu.Level]float64{guitu.County: 15, guitu.City: 100, guitu.Province: 100}

// Divisions compares the gazetteer with divisions.csv (code, province, city, county, latitude, longitude in degrees of WGS-84)
// and divisions_history.csv (code, province, city, name, level, status, from, to, new codes).
func Divisions(data fs.FS) (DivisionReport, error) {
	present, err := table(data, "divisions.csv", 6)
	if err != nil {
		return DivisionReport{}, err
	}
	past, err := table(data, "divisions_history.csv", 9)
	if err != nil {
		return DivisionReport{}, err
	}
	var r DivisionReport
	inForce := map[string]bool{}
	var off []float64
	for _, row := range present {
		inForce[row[0]] = true
		r.Divisions++
		area := guitu.Area(row[0])
		name := gazetteer.Name(area)
		if name != "" {
			r.Known++
		}
		if name == row[1]+row[2]+row[3] {
			r.SameName++
		}
		p, ok := gazetteer.Point(area)
		if area.Level() == guitu.County {
			r.Counties++
			if ok {
				r.Centred++
			}
		}
		lat, errLat := strconv.ParseFloat(row[4], 64)
		lng, errLng := strconv.ParseFloat(row[5], 64)
		if errLat != nil || errLng != nil || !ok {
			continue
		}
		km := distance(p, guitu.Point{Lat: lat, Lng: lng})
		if area.Level() == guitu.County {
			off = append(off, km)
		}
		if km > farKilometres[area.Level()] {
			r.Off = append(r.Off, fmt.Sprintf("%s %s: centre %.0f km off", area, name, km))
		}
	}
	slices.Sort(off)
	r.Compared, r.Near = len(off), sort.SearchFloat64s(off, nearKilometres)
	if len(off) > 0 {
		r.Median = off[len(off)/2]
	}
	r.retired(past, inForce)
	return r, nil
}

// distance returns the kilometres between two points that are near each other.
func distance(a, b guitu.Point) float64 {
	const perDegree = 111.2 // kilometres
	return math.Hypot(perDegree*(a.Lat-b.Lat), perDegree*(a.Lng-b.Lng)*math.Cos(b.Lat*math.Pi/180))
}

var codePattern = regexp.MustCompile(`\d{6}`)

// retired holds every retired name, in its province and city, and every retired code to what they have become.
func (r *DivisionReport) retired(past [][]string, inForce map[string]bool) {
	next := map[string][]string{}
	past = slices.DeleteFunc(past, func(row []string) bool { return row[5] == "current" })
	for _, row := range past {
		next[row[0]] = append(next[row[0]], codePattern.FindAllString(row[8], -1)...)
	}
	for _, row := range past {
		city := row[2]
		if city == row[3] {
			city = ""
		}
		area, _, _, _ := gazetteer.Locate(row[1] + city + row[3])
		code := gazetteer.Present(guitu.Area(row[0]))
		r.Retired++
		if !inForce[string(area)] || !inForce[string(code)] {
			r.Unresolved = append(r.Unresolved, fmt.Sprintf("%s %s%s%s (until %s): the name gives %q and the code %q", row[0], row[1], row[2], row[3], row[7], area, code))
		}
		want := became(codePattern.FindAllString(row[8], -1), next, inForce)
		switch {
		case len(want) == 0 || slices.Contains(want, string(area)):
			r.Exact++
		case slices.ContainsFunc(want, func(w string) bool { return area.Covers(guitu.Area(w)) }):
			r.Wider++
		default:
			r.Off = append(r.Off, fmt.Sprintf("%s %s%s%s (until %s): the name gives %s %s, want %s", row[0], row[1], row[2], row[3], row[7], area, gazetteer.Name(area), want))
		}
	}
}

// became follows codes to the divisions in force.
func became(codes []string, next map[string][]string, inForce map[string]bool) (found []string) {
	seen := map[string]bool{}
	var follow func(codes []string)
	follow = func(codes []string) {
		for _, c := range codes {
			switch {
			case seen[c]:
			case inForce[c]:
				found = append(found, c)
			default:
				seen[c] = true
				follow(next[c])
			}
		}
	}
	follow(codes)
	return found
}

// table reads a table without its head. Rows with fewer columns are an error.
func table(data fs.FS, name string, columns int) ([][]string, error) {
	f, err := data.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: there is no %s", ErrNoRows, name)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll() // every row has as many columns as the first
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case len(rows) < 2:
		return nil, fmt.Errorf("%w in %s", ErrNoRows, name)
	case len(rows[0]) < columns:
		return nil, fmt.Errorf("read %s: %d columns, want %d", name, len(rows[0]), columns)
	}
	return rows[1:], nil
}

// String returns the report in a few lines.
func (r DivisionReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d divisions, %d known, %d with the same name\n", r.Divisions, r.Known, r.SameName)
	fmt.Fprintf(&b, "%d counties, %d with a centre; of %d compared %d less than %d km off, median %.2f km\n",
		r.Counties, r.Centred, r.Compared, r.Near, nearKilometres, r.Median)
	fmt.Fprintf(&b, "%d retired names, %d resolved to a present code: %d to what they became, %d to what holds it\n",
		r.Retired, r.Retired-len(r.Unresolved), r.Exact, r.Wider)
	return b.String()
}
