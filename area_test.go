package guitu_test

import (
	"fmt"
	"testing"

	"guitu"
)

func TestCovers(t *testing.T) {
	for _, tt := range []struct {
		a, b guitu.Area
		want bool
	}{
		{"371302", "371302", true},
		{"371300", "371302", true},
		{"370000", "371302", true},
		{"", "371302", true},
		{"", "", true},
		{"371302", "371300", false},
		{"371302", "371311", false},
		{"370000", "320000", false},
		{"370000", "", false},
		{"429000", "429004", true}, // counties that a province governs directly
	} {
		if got := tt.a.Covers(tt.b); got != tt.want {
			t.Errorf("%q.Covers(%q) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestParseArea(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want guitu.Level
		ok   bool
	}{
		{"", guitu.Country, true},
		{"370000", guitu.Province, true},
		{"371300", guitu.City, true},
		{"371302", guitu.County, true},
		{"37130", 0, false},
		{"3713020", 0, false},
		{"37130a", 0, false},
		{"000000", 0, false},
		{"370002", 0, false},
	} {
		got, err := guitu.ParseArea(tt.in)
		if (err == nil) != tt.ok {
			t.Errorf("ParseArea(%q) error = %v, want ok %v", tt.in, err, tt.ok)
		}
		if tt.ok && (string(got) != tt.in || got.Level() != tt.want) {
			t.Errorf("ParseArea(%q) = %q at level %s, want level %s", tt.in, got, got.Level(), tt.want)
		}
	}
}

func ExampleArea_Covers() {
	linyi := guitu.Area("371300")
	fmt.Println(linyi.Covers("371302"), linyi.Covers("370100"), guitu.Area("").Covers(linyi))
	// Output: true false true
}

func ExampleMask() {
	fmt.Println(guitu.Mask("联系人张三丰 199-0000-1234", "张三丰"))
	// Output: 联系人张** 19*****34
}

func TestMask(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"电话１９９０００００００１", "电话１９*****０１"},
		{"1 9 9 0 0 0 0 0 0 0 1", "19*****01"},
		{"2014年12月09日 3岁 110", "2014年12月09日 3岁 110"},
		{"编号370000000000000000X", "编号37*****00X"},
		{"", ""},
	} {
		if got := guitu.Mask(tt.in); got != tt.want {
			t.Errorf("Mask(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestDistance(t *testing.T) {
	// One degree on a meridian is 111.19 km on that sphere; the poles are half of its girth apart.
	for _, tt := range []struct {
		p, q guitu.Point
		want float64
	}{
		{guitu.Point{Lat: 35, Lng: 118}, guitu.Point{Lat: 35, Lng: 118}, 0},
		{guitu.Point{Lat: 35, Lng: 118}, guitu.Point{Lat: 36, Lng: 118}, 111.19},
		{guitu.Point{Lat: 0, Lng: 179.5}, guitu.Point{Lat: 0, Lng: -179.5}, 111.19},
		{guitu.Point{Lat: 90}, guitu.Point{Lat: -90}, 20015.09},
	} {
		if got := tt.p.Distance(tt.q); got < tt.want-0.01 || got > tt.want+0.01 {
			t.Errorf("from %v to %v: %.2f km, want %.2f", tt.p, tt.q, got, tt.want)
		}
	}
}

func TestPlaceIn(t *testing.T) {
	const area = "山东省临沂市兰山区"
	for place, want := range map[string]string{
		"":        area,
		"人民公园东门":  area + "人民公园东门",
		"临沂市人民公园": area + "人民公园",
		"兰山区人民公园": area + "人民公园",
		"山东省临沂市兰山区人民公园": area + "人民公园",
		"山东省兰山区人民公园":    area + "人民公园",
		"临沂市兰山区":        area,
		"临沂人民公园":        area + "临沂人民公园",
		"市场街":           area + "市场街",
		"省":             area + "省",
		"Linyi 𠮷":       area + "Linyi 𠮷",
	} {
		if got := guitu.PlaceIn(area, place); got != want {
			t.Errorf("PlaceIn(%q) = %q, want %q", place, got, want)
		}
	}
	if got := guitu.PlaceIn("", "临沂市人民公园"); got != "临沂市人民公园" {
		t.Errorf("PlaceIn of no area = %q", got)
	}
}
