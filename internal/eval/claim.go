package eval

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/verify/text"
)

// ClaimRow is a post that was read, beside what a person read in it.
type ClaimRow struct {
	Story  string
	Family string // of templates, that the story is of; "" for one of its own
	Read   guitu.Claim
	Gold   ClaimGold
}

func (r ClaimRow) family() string { return cmp.Or(r.Family, r.Story) }

// ClaimGold is what a person read in a post, each field as the text has it, empty where it says nothing. Its JSON is that of
// the gold in extract.dev.jsonl.
type ClaimGold struct {
	Name      string   `json:"name"`
	Sex       string   `json:"sex"`
	Age       string   `json:"age"`
	MissingAt string   `json:"missing_at"`
	Place     string   `json:"place_text"`
	Province  string   `json:"province"`
	City      string   `json:"city"`
	County    string   `json:"county"`
	Phones    []string `json:"phones"`
	Reward    string   `json:"reward"`
	Clothing  string   `json:"clothing"`
}

// Area returns the division that the named ones settle together: the county, or else the city, or else the province.
func (g ClaimGold) Area() guitu.Area {
	area, _, _, _ := gazetteer.Locate(g.Province + g.City + g.County)
	return area
}

// FieldScore is how well one field was read: the F1 of exact readings by row, by story and by family, where a reading that differs
// from what is stated counts as wrong and as missed.
type FieldScore struct {
	Field      string
	Row, Story Estimate
	// Family counts each family of templates the same, and its interval is drawn from families: how far the figure may be off for
	// stories that are told in other words.
	Family       Estimate
	Stated, Read int // how often the field is stated and was read, in rows or, for phones, in numbers
}

// FamilyScore is how well the fields that a story is known by were read in one family: phones, name, sex, age and area together.
type FamilyScore struct {
	Family        string
	Rows, Stories int
	F1            Estimate // by row, its interval drawn from stories
}

// The fields that Claims scores, in its order. FieldArea is the place's code: right when it is the county that is stated, or
// lies in the city or province where no county is. FieldNear is the place without a word for nearness at its end, which the
// labels have only at times.
const (
	FieldPhones    = "phones"
	FieldName      = "name"
	FieldSex       = "sex"
	FieldAge       = "age"
	FieldArea      = "area"
	FieldPlace     = "place"
	FieldNear      = "place, about"
	FieldMissingAt = "missing_at"
	FieldReward    = "reward"
	FieldClothing  = "clothing"
)

// Claims scores each field of rows.
func Claims(rows []ClaimRow) []FieldScore {
	fields := []struct {
		name  string
		score func(ClaimRow) Confusion
	}{
		{FieldPhones, phones},
		{FieldName, same(func(c guitu.Claim) string { return c.Name }, func(g ClaimGold) string { return g.Name })},
		{FieldSex, same(func(c guitu.Claim) string { return c.Sex }, func(g ClaimGold) string { return g.Sex })},
		{FieldAge, same(func(c guitu.Claim) string { return c.Age }, func(g ClaimGold) string { return g.Age })},
		{FieldArea, area},
		{FieldPlace, same(func(c guitu.Claim) string { return c.Place }, func(g ClaimGold) string { return g.Place })},
		{FieldNear, same(func(c guitu.Claim) string { return near(c.Place) }, func(g ClaimGold) string { return near(g.Place) })},
		{FieldMissingAt, same(func(c guitu.Claim) string { return c.MissingAt }, func(g ClaimGold) string { return g.MissingAt })},
		{FieldReward, same(func(c guitu.Claim) string { return c.Reward }, func(g ClaimGold) string { return g.Reward })},
		{FieldClothing, same(func(c guitu.Claim) string { return c.Clothing }, func(g ClaimGold) string { return g.Clothing })},
	}
	scores := make([]FieldScore, 0, len(fields))
	for _, f := range fields {
		scores = append(scores, fieldScore(f.name, rows, f.score))
	}
	return scores
}

func fieldScore(name string, rows []ClaimRow, score func(ClaimRow) Confusion) FieldScore {
	var all Confusion
	for _, r := range rows {
		all = all.plus(score(r), 1)
	}
	byRow, byStory := units(rows, score, func(r ClaimRow) string { return r.Story })
	_, byFamily := units(rows, score, ClaimRow.family)
	return FieldScore{
		Field: name, Row: Bootstrap(byRow, Confusion.F1), Story: Bootstrap(byStory, Confusion.F1), Family: Bootstrap(byFamily, Confusion.F1),
		Stated: int(all.Right + all.Missed), Read: int(all.Right + all.Wrong),
	}
}

// units sums the score of the rows of each unit, and divides it by how many they are.
func units(rows []ClaimRow, score func(ClaimRow) Confusion, unit func(ClaimRow) string) (sums, means []Confusion) {
	size, sum := map[string]int{}, map[string]Confusion{}
	for _, r := range rows {
		size[unit(r)]++
		sum[unit(r)] = sum[unit(r)].plus(score(r), 1)
	}
	for _, u := range slices.Sorted(maps.Keys(sum)) {
		sums = append(sums, sum[u])
		means = append(means, Confusion{}.plus(sum[u], 1/float64(size[u])))
	}
	return sums, means
}

// ClaimFamilies scores each family of rows by itself, the largest first. Those of one post are scored together, as the family "".
func ClaimFamilies(rows []ClaimRow) []FamilyScore {
	size := map[string]int{}
	for _, r := range rows {
		size[r.family()]++
	}
	of := map[string][]ClaimRow{}
	for _, r := range rows {
		f := r.family()
		if size[f] == 1 {
			f = ""
		}
		of[f] = append(of[f], r)
	}
	known := func(r ClaimRow) Confusion {
		c := phones(r).plus(area(r), 1)
		c = c.plus(outcome(r.Read.Name != "", r.Gold.Name != "", plain(r.Read.Name) == plain(r.Gold.Name)), 1)
		c = c.plus(outcome(r.Read.Sex != "", r.Gold.Sex != "", plain(r.Read.Sex) == plain(r.Gold.Sex)), 1)
		return c.plus(outcome(r.Read.Age != "", r.Gold.Age != "", plain(r.Read.Age) == plain(r.Gold.Age)), 1)
	}
	var scores []FamilyScore
	for _, family := range slices.Sorted(maps.Keys(of)) {
		stories, _ := units(of[family], known, func(r ClaimRow) string { return r.Story })
		scores = append(scores, FamilyScore{family, len(of[family]), len(stories), Bootstrap(stories, Confusion.F1)})
	}
	slices.SortStableFunc(scores, func(a, b FamilyScore) int { return b.Rows - a.Rows })
	return scores
}

// same scores a field with one value.
func same(read func(guitu.Claim) string, gold func(ClaimGold) string) func(ClaimRow) Confusion {
	return func(r ClaimRow) Confusion {
		got, want := plain(read(r.Read)), plain(gold(r.Gold))
		return outcome(got != "", want != "", got == want)
	}
}

func outcome(read, stated, right bool) Confusion {
	var c Confusion
	switch {
	case read && stated && right:
		c.Right++
	case read && stated:
		c.Wrong++
		c.Missed++
	case read:
		c.Wrong++
	case stated:
		c.Missed++
	}
	return c
}

func area(r ClaimRow) Confusion {
	want := r.Gold.Area()
	return outcome(r.Read.Area != "", want != "", want.Covers(r.Read.Area))
}

func phones(r ClaimRow) Confusion {
	var c Confusion
	want := map[string]bool{}
	for _, p := range r.Gold.Phones {
		want[digits(p)] = true
	}
	for _, p := range r.Read.Phones {
		if want[p] {
			c.Right++
		} else {
			c.Wrong++
		}
		delete(want, p)
	}
	c.Missed = float64(len(want))
	return c
}

func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}

// plain takes out what two writings of one thing may differ in.
func plain(s string) string {
	return strings.NewReplacer(" ", "", ",", "", "、", "", ".", "").Replace(text.Normalise(s).String)
}

func near(place string) string {
	return strings.TrimSuffix(strings.TrimSuffix(plain(place), "附近"), "门口")
}
