package eval

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guitu/verify/match"
)

// PairRow is two posts, and whether they tell one story. Why says how the pair was chosen.
type PairRow struct {
	A, B, Why string
	Same      bool
	TextA     string `json:"text_a"`
	TextB     string `json:"text_b"`
	GroupA    string `json:"group_a"`
	GroupB    string `json:"group_b"`
}

// CopyRow is a post of a story (its group), which may be one of several in the words of one template (its family).
type CopyRow struct {
	ID, Group, Family, Role, Text string
}

// family returns the family of a story; a story that is of none is one of its own.
func (c CopyRow) family() string { return cmp.Or(c.Family, c.Group) }

// Families returns the family of each story.
func Families(rows []CopyRow) map[string]string {
	families := map[string]string{}
	for _, r := range rows {
		families[r.Group] = r.family()
	}
	return families
}

// family returns the family of a pair: the one whose posts would tell of it in training.
func (p PairRow) family(families map[string]string) string {
	a, b := cmp.Or(families[p.GroupA], p.GroupA), cmp.Or(families[p.GroupB], p.GroupB)
	return min(a, b)
}

// sameTemplate is the Why of pairs of two children in one template.
const sameTemplate = "template_diff_story"

// PairReport is how well pairs are compared.
type PairReport struct {
	Rows, Stories, Families Score
	Confused                Estimate // of the different children in one template, the share called the same
	Whys                    []WhyScore
}

// WhyScore is how many of the pairs of one kind are told apart rightly.
type WhyScore struct {
	Why          string
	Same         bool
	Right, Pairs int
}

// Pairs compares what same says of each row with its label. It is called once a row, in their order.
func Pairs(rows []PairRow, families map[string]string, same func(i int, row PairRow) bool) PairReport {
	var all, byFamily, confused []Outcome
	whys := map[WhyScore]WhyScore{}
	for i, row := range rows {
		o := Outcome{Unit: min(row.GroupA, row.GroupB), Said: same(i, row), Truth: row.Same}
		all = append(all, o)
		byFamily = append(byFamily, Outcome{row.family(families), o.Said, o.Truth})
		if row.Why == sameTemplate {
			confused = append(confused, Outcome{o.Unit, o.Said, true})
		}
		key := WhyScore{Why: row.Why, Same: row.Same}
		w := whys[key]
		w.Why, w.Same, w.Pairs = row.Why, row.Same, w.Pairs+1
		if o.Said == o.Truth {
			w.Right++
		}
		whys[key] = w
	}
	return PairReport{
		Rows: ByRow(all), Stories: ByUnit(all), Families: ByUnit(byFamily), Confused: ByRow(confused).Recall,
		Whys: slices.SortedFunc(maps.Values(whys), func(a, b WhyScore) int {
			return cmp.Or(strings.Compare(a.Why, b.Why), cmp.Compare(b.Right, a.Right))
		}),
	}
}

// Compared says whether match.Compare takes a row's posts for one story. A post that closes a story is not a copy but is of it.
func Compared(_ int, row PairRow) bool {
	m := match.Compare(row.TextA, row.TextB)
	return m.Relation == match.Same || m.Relation == match.About
}

// String returns the report as a table of several lines.
func (r PairReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "by row       %v\n", r.Rows)
	fmt.Fprintf(&b, "by story     %v\n", r.Stories)
	fmt.Fprintf(&b, "by family    %v\n", r.Families)
	fmt.Fprintf(&b, "different children in one template called the same %v\n", r.Confused)
	for _, w := range r.Whys {
		fmt.Fprintf(&b, "  %-24s %5d of %5d right\n", w.Why, w.Right, w.Pairs)
	}
	return b.String()
}
