package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// retired is a name that a code had once, or has no longer.
type retired struct {
	code, name string
	recent     bool // it was in force in 2002 or later, so that people still say it
	present    string
}

// readRetired reads the names that are in force no more: of codes from the identity-card tables back to the 1950s, and from the
// yearly tables of GB/T 2260 since 2002, and those of below. A code that bears its old name still is not among them.
func readRetired(modules string, all map[string]*division, below map[string]string) ([]retired, error) {
	found := map[[2]string]*retired{}
	add := func(code, name string, recent bool) {
		if len(code) != 6 || strings.HasPrefix(code[2:], "90") && code[4:] == "00" || strings.ContainsAny(name, "直辖") && strings.Contains(name, "直辖") ||
			slices.Contains([]string{"市辖区", "县", "市", "工业区"}, name) {
			return
		}
		if d := all[code]; d != nil && d.name == name {
			return
		}
		k := [2]string{code, name}
		if found[k] == nil {
			found[k] = &retired{code: code, name: name}
		}
		found[k].recent = found[k].recent || recent
	}
	type entry struct{ Code, Text string }
	for _, f := range []string{"area.json", "city.json"} {
		var table map[string]entry
		if err := readJSON(filepath.Join(modules, "idcard", "lib", "data", f), &table); err != nil {
			return nil, err
		}
		for _, e := range table {
			add(e.Code, e.Text, false)
		}
	}
	years, err := filepath.Glob(filepath.Join(modules, "gb2260", "lib", "20*.json"))
	if err != nil || len(years) == 0 {
		return nil, fmt.Errorf("tables of gb2260: %d found, %w", len(years), err)
	}
	for _, f := range years {
		var table map[string]string
		if err := readJSON(f, &table); err != nil {
			return nil, err
		}
		for code, name := range table {
			add(code, name, true)
		}
	}
	// Divisions that changed after the last yearly table stand in an older version of the list of present ones.
	older, err := readNames(filepath.Join(modules, "china-division-older", "dist"))
	if err != nil {
		return nil, err
	}
	for code, d := range older {
		add(code, d.name, true)
	}
	for code, name := range below {
		add(code, name, true)
	}
	// No package has all of the prefectures that are gone.
	for _, f := range facts() {
		lacking := true
		for k := range found {
			lacking = lacking && (k[1] != f.name || !strings.HasPrefix(k[0], f.prefix))
		}
		if lacking {
			found[[2]string{f.present, f.name}] = &retired{code: f.present, name: f.name, present: f.present}
		}
	}
	list := make([]retired, 0, len(found))
	for _, k := range slices.SortedFunc(maps.Keys(found), func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) }) {
		list = append(list, *found[k])
	}
	return list, nil
}

func readJSON(file string, into any) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// settle finds the present division of each retired name: as a public fact says, or the one of the same stem nearby, or the one
// that has the code today, or that of a later name of the code, or else the city that holds it now.
func settle(list []retired, all map[string]*division) error {
	byCode := map[string][]int{}
	for i, r := range list {
		byCode[r.code] = append(byCode[r.code], i)
	}
	for i := range list {
		r := &list[i]
		if r.present == "" {
			r.present = told(r.code, r.name)
		}
		if r.present == "" {
			r.present = sameStem(*r, all)
		}
		// A prefecture was as wide as the city in which the county of its name lies.
		if r.code[4:] == "00" && r.present != "" && r.present[:2] != "50" && all[r.present[:4]+"00"] != nil {
			r.present = r.present[:4] + "00"
		}
		if r.present == "" && all[r.code] != nil {
			r.present = r.code
		}
	}
	for i := range list {
		r := &list[i]
		for _, j := range byCode[r.code] {
			if r.present == "" {
				r.present = list[j].present
			}
		}
	}
	holders := map[string]string{} // retired cities
	for _, r := range list {
		if r.code[4:] == "00" && r.present != "" {
			holders[r.code] = r.present
		}
	}
	for i := range list {
		r := &list[i]
		for _, up := range []string{r.code[:4] + "00", r.code[:2] + "0000"} {
			if r.present == "" && all[up] != nil {
				r.present = up
			}
			if r.present == "" {
				r.present = holders[up]
			}
		}
		if all[r.present] == nil {
			return fmt.Errorf("%s %s: its successor %q is not in force", r.code, r.name, r.present)
		}
	}
	return nil
}

// told returns what the announced facts say of a code and name, the narrowest first.
func told(code, name string) string {
	present, digits := "", 0
	for _, f := range facts() {
		if f.name == name && strings.HasPrefix(code, f.prefix) && len(f.prefix) > digits {
			present, digits = f.present, len(f.prefix)
		}
	}
	return present
}

// moved are the provinces that were parts of others.
var moved = map[string]string{"44": "46", "51": "50"}

// sameStem finds the present division whose name has the same stem: in the same city, or else the only one in the province, or
// in the province that was made of a part of it. A county is sought before a city, and a city where no county is.
func sameStem(r retired, all map[string]*division) string {
	city, district := r.code[4:] == "00", strings.HasSuffix(r.name, "区") && !strings.HasSuffix(r.name, "地区")
	var near, wide, cities []string
	for code, d := range all {
		if code[:2] != r.code[:2] && code[:2] != moved[r.code[:2]] || code[2:] == "0000" && code[:2] == r.code[:2] || !alike(r.name, d.name) {
			continue
		}
		switch {
		case code[4:] == "00":
			cities = append(cities, code)
		case code[:4] == r.code[:4]:
			near = append(near, code)
		default:
			wide = append(wide, code)
		}
	}
	order := [][]string{near, wide, cities}
	switch {
	case city:
		order = [][]string{cities, wide}
	case district: // every town had a 郊区
		order = [][]string{near}
	}
	for _, found := range order {
		if len(found) == 1 {
			return found[0]
		}
	}
	return ""
}

var (
	kind = regexp.MustCompile(`(?:地区|行政区|自治州|自治县|自治旗|[市区县旗盟州])$`)
	// tail is what may follow a stem in a present name: 环江毛南族自治县, 丰润区.
	tail = regexp.MustCompile(`^(?:(?:各族|维吾尔|哈萨克|蒙古|柯尔克孜|塔吉克|回族|\p{Han}{1,3}族)*(?:自治县|自治州|自治旗)|省|[市区县旗盟]|地区|新区|林区|矿区|特区)$`)
)

// alike reports whether an old name and a present one have the same stem.
func alike(old, now string) bool {
	stem := old
	if utf8.RuneCountInString(old) == 2 {
		// 滦县 has become 滦州市, and 沙县 沙县区.
		stem = strings.TrimSuffix(old, "县")
		return stem != old && regexp.MustCompile(`^`+stem+`(?:[州城][市区]|县区)$`).MatchString(now) || old == now
	}
	if loc := kind.FindStringIndex(old); loc != nil && utf8.RuneCountInString(old[:loc[0]]) > 1 {
		stem = old[:loc[0]]
	}
	rest, ok := strings.CutPrefix(now, stem)
	return ok && (rest == "" || tail.MatchString(rest))
}
