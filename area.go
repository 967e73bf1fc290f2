package guitu

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Area is an administrative division of China by its six-digit GB/T 2260 code ("371302" is Lanshan district in Linyi,
// Shandong). The empty Area is the whole country.
type Area string

// Level is the height of an Area in the hierarchy of divisions.
type Level int

// The four levels at which desks sit, from the ground up.
const (
	County   Level = iota // 县级: the last two digits are not 00
	City                  // 地级: ends in 00
	Province              // 省级: ends in 0000
	Country               // 全国: the empty Area
)

// Levels lists the levels from the ground up, in the order in which an unanswered question climbs.
var Levels = [...]Level{County, City, Province, Country}

// String returns the level's name as configuration spells it: county, city, province, country.
func (l Level) String() string {
	switch l {
	case County:
		return "county"
	case City:
		return "city"
	case Province:
		return "province"
	case Country:
		return "country"
	}
	return "unknown"
}

// ParseArea reads a six-digit GB/T 2260 code, or "" for the whole country. It checks the form, not whether the division
// exists: retired codes stay readable. The error is of kind Invalid.
func ParseArea(s string) (Area, error) {
	if s == "" {
		return "", nil
	}
	if len(s) != 6 || strings.Trim(s, "0123456789") != "" || s[:2] == "00" || (s[2:4] == "00" && s[4:] != "00") {
		return "", Errorf(Invalid, "行政区划代码应为六位数字（GB/T 2260）：%q", s)
	}
	return Area(s), nil
}

// Level returns the height of a in the hierarchy.
func (a Area) Level() Level {
	switch {
	case a == "":
		return Country
	case strings.HasSuffix(string(a), "0000"):
		return Province
	case strings.HasSuffix(string(a), "00"):
		return City
	}
	return County
}

// Parent returns the area one level up by the digits of the code; the country is its own parent. Counties that a province
// governs directly (429004) have a parent (429000) that is a heading of the standard and no city.
func (a Area) Parent() Area {
	switch a.Level() {
	case County:
		return a[:4] + "00"
	case City:
		return a[:2] + "0000"
	case Province, Country:
	}
	return ""
}

// Covers reports whether b lies within a. Every area covers itself, and the empty area covers every other.
func (a Area) Covers(b Area) bool {
	for {
		if a == b {
			return true
		}
		if b == "" {
			return false
		}
		b = b.Parent()
	}
}

// Point is a place on the earth in WGS-84 degrees.
type Point struct {
	Lat float64 `json:"lat"` // degrees north, -90 to 90
	Lng float64 `json:"lng"` // degrees east, -180 to 180
}

// Distance returns the kilometres between two points on a sphere of the earth's mean radius, 6,371 km; the earth's flattening makes
// that wrong by less than 0.6 %.
func (p Point) Distance(q Point) float64 {
	const rad = math.Pi / 180
	lat, lng := math.Sin((q.Lat-p.Lat)*rad/2), math.Sin((q.Lng-p.Lng)*rad/2)
	h := lat*lat + math.Cos(p.Lat*rad)*math.Cos(q.Lat*rad)*lng*lng
	return 2 * 6371 * math.Asin(math.Sqrt(min(1, h)))
}

// Valid reports whether p is a point on the earth.
func (p Point) Valid() bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lng >= -180 && p.Lng <= 180
}

// PlaceIn returns a place as people write it with the name of its area before it, and nothing of the name twice:
// "山东省临沂市兰山区" and "临沂市人民公园" make "山东省临沂市兰山区人民公园".
func PlaceIn(area, place string) string {
	for end := min(len(area), len(place)); end > 3; end-- {
		if !utf8.RuneStart((place + " ")[end]) || !strings.Contains(area, place[:end]) {
			continue
		}
		if last, _ := utf8.DecodeLastRuneInString(place[:end]); strings.ContainsRune("省市区县州盟旗", last) {
			return PlaceIn(area, place[end:])
		}
	}
	return area + place
}
