package gazetteer_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/internal/testenv"
)

// history is a table of what every code was called and became (divisions_history.csv in GUITU_DATA).
type history struct {
	rows    [][]string // code, province, city, name, level, status, from, to, new codes
	present map[string]bool
	next    map[string][]string
}

var codePattern = regexp.MustCompile(`\d{6}`)

func readHistory(t *testing.T) history {
	t.Helper()
	h := history{present: map[string]bool{}, next: map[string][]string{}}
	read := func(name string) [][]string {
		f, err := os.Open(filepath.Join(testenv.Data(t), name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows[1:]
	}
	for _, row := range read("divisions.csv") {
		h.present[row[0]] = true
	}
	for _, row := range read("divisions_history.csv") {
		if row[5] != "current" {
			h.rows = append(h.rows, row)
			h.next[row[0]] = append(h.next[row[0]], codePattern.FindAllString(row[8], -1)...)
		}
	}
	return h
}

// became returns the divisions in force that came of a row.
func (h history) became(row []string) []string {
	var found []string
	seen := map[string]bool{}
	var follow func(code string)
	follow = func(code string) {
		if seen[code] {
			return
		}
		seen[code] = true
		if h.present[code] {
			found = append(found, code)
			return
		}
		for _, c := range h.next[code] {
			follow(c)
		}
	}
	for _, c := range codePattern.FindAllString(row[8], -1) {
		follow(c)
	}
	return found
}

// TestRetired holds every retired name, in its province and city, and every retired code to what they have become: each gives a
// division in force, and almost all give a right one.
func TestRetired(t *testing.T) {
	h := readHistory(t)
	exact, wider := 0, 0
	for _, row := range h.rows {
		city := row[2]
		if city == row[3] {
			city = ""
		}
		area, _, _, _ := gazetteer.Locate(row[1] + city + row[3])
		if !h.present[string(area)] {
			t.Errorf("%s %s%s%s (until %s): the name gives %q, no division in force", row[0], row[1], row[2], row[3], row[7], area)
		}
		if code := gazetteer.Present(guitu.Area(row[0])); !h.present[string(code)] {
			t.Errorf("%s %s%s%s (until %s): the code gives %q, no division in force", row[0], row[1], row[2], row[3], row[7], code)
		}
		want := h.became(row)
		switch {
		case len(want) == 0 || slices.Contains(want, string(area)):
			exact++
		case slices.ContainsFunc(want, func(w string) bool { return area.Covers(guitu.Area(w)) }):
			wider++
		case os.Getenv("GUITU_MISSES") != "":
			t.Logf("%s %s%s%s (until %s): the name gives %s %s, want %s", row[0], row[1], row[2], row[3], row[7], area, gazetteer.Name(area), want)
		}
	}
	n := len(h.rows)
	t.Logf("%d retired names, all resolved: %d exactly, %d to the city or province that holds them", n, exact, wider)
	if n == 0 || exact < n*85/100 || exact+wider < n*99/100 {
		t.Errorf("too many are resolved to what they have not become")
	}
}
