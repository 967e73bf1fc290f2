package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// statistical are codes below the county that the list has for statistics or for what has been raised to a district since: they
// are names of the division above them.
var statistical = []string{"232761", "232762", "232763", "232764", "460321", "460322", "460323", "620201", "632857"}

// readNames reads the provinces, cities and counties of one version of the list.
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
	// The list lacks the regions without statistical codes, and what was founded after it.
	for code, name := range map[string]string{
		"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区",
		"460302": "西沙区", "460303": "南沙区", "653228": "和康县", "653229": "和安县",
	} {
		all[code] = &division{code: code, name: name}
	}
	return all, nil
}
