package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"guitu/internal/eval"
	"guitu/verify/claim"
	"guitu/verify/spot"
	"guitu/verify/spot/learn"
)

// evalCmd measures the engine on labelled posts.
type evalCmd struct {
	Data string `required:"" type:"existingdir" placeholder:"DIR" env:"GUITU_DATA" help:"Folder of labelled posts: spot, extract, variants, variant_pairs (each .jsonl or .NAME.jsonl), divisions.csv, divisions_history.csv."`
}

// Run prints the figures.
func (c evalCmd) Run(w io.Writer) error {
	return evaluate(os.DirFS(c.Data), w)
}

// measures are what evaluate prints, in order.
var measures = []struct {
	title string
	of    func(data fs.FS) (fmt.Stringer, error)
}{
	{"spot: is the post about a missing or snatched person? (The engine knows these posts if it was made from them.)", measureSpot},
	{"spot, leave-one-family-out: the same, made anew without the families that it is judged on, beside plain ways", measureSpotFolds},
	{"compare: do two posts tell one story? (The engine knows these pairs if it was made from them.)", measurePairs},
	{"compare, leave-one-family-out: the same, with weights made anew without the family of the pair", measurePairFolds},
	{"match: which known story does a post tell, among 30,000 other posts?", measureRetrieval},
	{"claim: what does the post say? (Nothing of this is learned, but the rules were written by somebody who had read these posts: the interval by family says how far they may be off elsewhere.)", measureClaims},
	{"gazetteer: names, centres and retired names of divisions", measureDivisions},
}

// evaluate prints each measure for which data has rows, and says of the others what is missing. It is an error when data has
// none at all.
func evaluate(data fs.FS, w io.Writer) error {
	measured := false
	for _, m := range measures {
		report, err := m.of(data)
		var text string
		switch {
		case errors.Is(err, eval.ErrNoRows):
			text = err.Error() + "\n"
		case err != nil:
			return err
		default:
			measured = true
			text = report.String()
		}
		if _, err := fmt.Fprintf(w, "%s\n%s\n", m.title, indent(text)); err != nil {
			return err
		}
	}
	if !measured {
		return errors.New("there are no labelled posts in this folder")
	}
	return nil
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  ")
		b.WriteString(line)
	}
	return b.String()
}

func measureSpot(data fs.FS) (fmt.Stringer, error) {
	rows, err := eval.Load[eval.SpotRow](data, "spot")
	if err != nil {
		return nil, err
	}
	return eval.Spot(rows, spot.Spot), nil
}

func measureSpotFolds(data fs.FS) (fmt.Stringer, error) {
	examples, err := learn.Read(data)
	if err != nil {
		return nil, err
	}
	return foldTable(learn.Evaluate(examples).Results), nil
}

// foldTable prints how well several ways of spotting do on families that they have not learned from.
type foldTable []learn.Result

// String returns four lines a way.
func (t foldTable) String() string {
	var b strings.Builder
	for _, r := range t {
		fmt.Fprintln(&b, r)
	}
	return b.String()
}

func measurePairs(data fs.FS) (fmt.Stringer, error) {
	pairs, copies, err := loadPairs(data)
	if err != nil {
		return nil, err
	}
	return eval.Pairs(pairs, eval.Families(copies), eval.Compared), nil
}

func measurePairFolds(data fs.FS) (fmt.Stringer, error) {
	pairs, copies, err := loadPairs(data)
	if err != nil {
		return nil, err
	}
	spots, err := eval.Load[eval.SpotRow](data, "spot")
	if err != nil {
		return nil, err
	}
	same := eval.TrainMatch(pairs, copies, spots).LeaveFamilyOut()
	return eval.Pairs(pairs, eval.Families(copies), func(i int, _ eval.PairRow) bool { return same[i] }), nil
}

// loadPairs reads pairs of posts, and the copies whose families tell which pairs depend on each other, where there are some.
func loadPairs(data fs.FS) ([]eval.PairRow, []eval.CopyRow, error) {
	pairs, err := eval.Load[eval.PairRow](data, "variant_pairs")
	if err != nil {
		return nil, nil, err
	}
	copies, err := eval.Load[eval.CopyRow](data, "variants")
	if errors.Is(err, eval.ErrNoRows) {
		err = nil
	}
	return pairs, copies, err
}

// crowd is how many other posts there are among which stories are looked for.
const crowd = 30_000

func measureRetrieval(data fs.FS) (fmt.Stringer, error) {
	copies, err := eval.Load[eval.CopyRow](data, "variants")
	if err != nil {
		return nil, err
	}
	spots, err := eval.Load[eval.SpotRow](data, "spot")
	if err != nil {
		return nil, err
	}
	others := make([]string, 0, len(spots))
	for _, s := range spots {
		others = append(others, s.Text)
	}
	return eval.Retrieve(copies, others, crowd), nil
}

func measureDivisions(data fs.FS) (fmt.Stringer, error) { return eval.Divisions(data) }

func measureClaims(data fs.FS) (fmt.Stringer, error) {
	posts, err := eval.Load[struct {
		Text, Time, Story string
		Gold              eval.ClaimGold
	}](data, "extract")
	if err != nil {
		return nil, err
	}
	copies, err := eval.Load[eval.CopyRow](data, "variants")
	if err != nil && !errors.Is(err, eval.ErrNoRows) {
		return nil, err
	}
	families := eval.Families(copies)
	rows := make([]eval.ClaimRow, 0, len(posts))
	for _, p := range posts {
		posted, err := readTime(p.Time)
		if err != nil {
			posted = time.Time{}
		}
		rows = append(rows, eval.ClaimRow{Story: p.Story, Family: families[p.Story], Read: claim.Read(p.Text, posted), Gold: p.Gold})
	}
	return claimTable{eval.Claims(rows), eval.ClaimFamilies(rows)}, nil
}

// claimTable prints how well each field is read, and each family of templates.
type claimTable struct {
	fields   []eval.FieldScore
	families []eval.FamilyScore
}

// String returns one line a field and one a family.
func (t claimTable) String() string {
	var b strings.Builder
	for _, f := range t.fields {
		fmt.Fprintf(&b, "%-13s F1 by row %v  by story %v  by family %v  (%d stated, %d read)\n", f.Field, f.Row, f.Story, f.Family, f.Stated, f.Read)
	}
	b.WriteString("phones, name, sex, age and area together, in each family of templates by itself\n")
	for _, f := range t.families {
		fmt.Fprintf(&b, "%-13s F1 %v  (%d posts, %d stories)\n", cmp.Or(f.Family, "of one post"), f.F1, f.Rows, f.Stories)
	}
	return b.String()
}
