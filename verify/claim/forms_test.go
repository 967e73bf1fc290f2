package claim_test

import (
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/verify/claim"
)

// posted is when the posts of TestForms were posted: a Tuesday, 24 November 2026, noon in China.
var posted = time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)

// form is a post of some kind, with what it says. Name, sex, age, area and phones must be as here, also where they are empty;
// the others only where they are not, and "-" says that the field must be empty.
type form struct {
	text                                                          string
	name, sex, age                                                string
	area                                                          guitu.Area
	phones                                                        string // joined by spaces
	place, at, born, height, weight, features, taker, clothes, to string
	hint                                                          guitu.Area
}

func (f form) check(t *testing.T) {
	t.Helper()
	c := claim.Read(f.text, posted)
	for _, x := range []struct {
		field, got, want string
		always           bool
	}{
		{"name", c.Name, f.name, true},
		{"sex", c.Sex, f.sex, true},
		{"age", c.Age, f.age, true},
		{"area", string(c.Area), string(f.area), true},
		{"phones", strings.Join(c.Phones, " "), f.phones, true},
		{"place", c.Place, f.place, false},
		{"missing at", c.MissingAt, f.at, false},
		{"born", c.Born, f.born, false},
		{"height", c.Height, f.height, false},
		{"weight", c.Weight, f.weight, false},
		{"features", c.Features, f.features, false},
		{"taker", c.Taker, f.taker, false},
		{"clothing", c.Clothing, f.clothes, false},
		{"contacts", strings.Join(c.Contacts, " "), f.to, false},
		{"hint", string(c.AreaHint), string(f.hint), false},
	} {
		want := strings.TrimPrefix(x.want, "-")
		if x.got != want && (x.always || x.want != "") {
			t.Errorf("%s %q, want %q, of %q", x.field, x.got, want, f.text)
		}
	}
}

func TestForms(t *testing.T) {
	for group, forms := range forms {
		t.Run(group, func(t *testing.T) {
			if len(forms) == 0 {
				t.Fatal("no posts")
			}
			for _, f := range forms {
				f.check(t)
			}
		})
	}
}
