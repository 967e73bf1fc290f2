package console

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"guitu"
)

// where is what the form offers for the county of a place.
type where struct {
	Choices   []guitu.Area // counties that the place can be in; the officer takes one
	Provinces []guitu.Area
	Cities    []guitu.Area // of Province
	Counties  []guitu.Area // of City
	Province  guitu.Area   // chosen step by step
	City      guitu.Area
	Near      guitu.Area // the county nearest to the coordinates when it is another one than the area
}

// maxChoices is how many counties are offered at once: a longer list is not read, and the steps are there.
const maxChoices = 24

// offer finds what to offer for facts as they stand.
func (c *console) offer(f guitu.Facts, province, city guitu.Area) where {
	p := c.opts.Places
	w := where{Choices: c.counties(f.Place), Provinces: p.Below(""), Province: province, City: city}
	if f.Area != "" && !slices.Contains(w.Choices, f.Area) {
		w.Choices = append([]guitu.Area{f.Area}, w.Choices...)
	}
	if w.Province == "" && f.Area != "" {
		w.Province = f.Area[:2] + "0000"
		w.City = f.Area.Parent()
	}
	if w.Province != "" {
		w.Cities = p.Below(w.Province)
		if !slices.Contains(w.Cities, w.City) {
			w.City = ""
		}
		if w.City != "" {
			w.Counties = p.Below(w.City)
		}
	}
	if f.Point != nil {
		if near, ok := p.Nearest(*f.Point); ok && near != f.Area {
			w.Near = near
		}
	}
	return w
}

// counties are the counties that a place can be in by the divisions that it names: those of the smallest one.
func (c *console) counties(place string) []guitu.Area {
	var found []guitu.Area
	add := func(a guitu.Area) {
		if a.Level() == guitu.County && !slices.Contains(found, a) && len(found) < maxChoices {
			found = append(found, a)
		}
	}
	all := c.opts.Places.Find(place)
	for _, a := range all {
		add(a)
	}
	if len(found) > 0 {
		return found
	}
	for _, a := range all {
		if a.Level() == guitu.City {
			for _, b := range c.opts.Places.Below(a) {
				add(b)
			}
		}
	}
	return found
}

// where reads the place, and settles its county: the one that the officer chose, or the only one in which the place can be, or the
// nearest to the coordinates, or that of the desk.
func (r *factsReader) where(c *console, desk guitu.Desk) {
	f := &r.out
	was := f.Place
	r.text("place", maxLine, &f.Place)
	r.point()
	f.Area = r.chosen()
	possible := c.counties(f.Place)
	if f.Place != was && len(possible) > 0 && !slices.Contains(possible, f.Area) && !r.picked() {
		f.Area = "" // it was chosen for another place
	}
	if f.Area == "" && f.Place != "" {
		switch {
		case len(possible) == 1:
			f.Area = possible[0]
		case len(possible) == 0 && f.Point != nil:
			f.Area, _ = c.opts.Places.Nearest(*f.Point)
		case len(possible) == 0 && desk.Area.Level() == guitu.County:
			f.Area = desk.Area
		}
	}
	if f.Point == nil && f.Area != "" {
		if p, ok := c.opts.Places.Point(f.Area); ok {
			f.Point = &p
		}
	}
	r.form.V["area"] = string(f.Area)
}

// chosen is the county that the officer took: step by step, or from the list.
func (r *factsReader) chosen() guitu.Area {
	for _, field := range []string{"pick_county", "pick_city", "area"} {
		if a, err := guitu.ParseArea(r.sent.Get(field)); err == nil && a != "" && a.Level() == guitu.County {
			return a
		}
	}
	return ""
}

// picked reports whether the officer has just gone down to a county step by step.
func (r *factsReader) picked() bool {
	a := r.chosen()
	return a != "" && r.sent.Get("area") != string(a)
}

// point reads the coordinates; nothing typed is the centre of the county.
func (r *factsReader) point() {
	s := strings.TrimSpace(r.sent.Get("point"))
	r.form.V["point"] = s
	p, ok := point(s)
	switch {
	case s == "":
		r.out.Point = nil
	case !ok:
		r.form.Errors["point"] = "请填中国境内的纬度和经度，如 35.05, 118.34。"
	default:
		r.out.Point = &p
	}
}

var degrees = regexp.MustCompile(`-?\d{1,3}(?:\.\d+)?`)

// point reads coordinates as maps and phones give them, in either order: China lies between 3 and 54 degrees north and between 73
// and 136 east, so that one can't be taken for the other.
func point(s string) (p guitu.Point, ok bool) {
	found := degrees.FindAllString(narrow(s), 3)
	if len(found) != 2 {
		return p, false
	}
	lat, err1 := strconv.ParseFloat(found[0], 64)
	lng, err2 := strconv.ParseFloat(found[1], 64)
	if lat > lng {
		lat, lng = lng, lat
	}
	return guitu.Point{Lat: lat, Lng: lng}, err1 == nil && err2 == nil && lat >= 3 && lat <= 54 && lng >= 73 && lng <= 136
}
