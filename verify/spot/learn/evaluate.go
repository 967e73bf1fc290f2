package learn

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"guitu"
	"guitu/internal/eval"
	"guitu/verify/spot"
)

// Folds is the number of parts that Evaluate divides the families into.
const Folds = 10

// Result is how well one way of spotting does on posts that it has not learned from.
type Result struct {
	Name          string
	Rows, Stories eval.Score
	Border        eval.Score // debatable rows, apart
	FalsePer1000  float64    // posts of 1,000 others that are flagged, border rows apart
}

// String returns the result in four lines.
func (r Result) String() string {
	return fmt.Sprintf("%s\n  by row    %v\n  by story  %v\n  border    P %.3f R %.3f (%d)   false flags per 1,000 others: %.2f",
		r.Name, r.Rows, r.Stories, r.Border.Precision.Value, r.Border.Recall.Value, r.Border.Outcomes, r.FalsePer1000)
}

// Bin is a row of a reliability table: of the posts whose score lies in it, how many are about a missing person.
type Bin struct {
	Low, High, Mean, Share float64 // of the score, its mean, and the share of right posts
	Posts                  int
}

// Report is what Evaluate finds.
type Report struct {
	Folds       int
	Results     []Result
	Reliability []Bin
	Kinds       map[guitu.Topic]map[guitu.Topic]int // how posts of a kind were called, where they were flagged or are evidence
	Asked       float64                             // posts of 1,000 others about which an officer would be asked
	Wrong       []Wrong
}

// Wrong is a post that was judged wrongly.
type Wrong struct {
	Example
	Score float64
}

// Evaluate divides the families into folds, trains without each in turn, and judges what was left out. Beside the rules with the
// learned part it measures each alone, the same with the keywords overlooked that no other family has, and two plain baselines: a
// keyword pattern, and a linear model on hashed 1- to 3-grams of the raw characters.
func Evaluate(examples []Example) Report {
	whole := sketch(examples, nil)
	fold := folds(whole, Folds)
	n := len(examples)
	both, learned, blind, grams := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	topic := make([]guitu.Topic, n)
	plain := plainRows(examples)
	work := make(chan int)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for k := range work {
				var rest, plainRest []row
				for i := range whole {
					if fold[i] != k {
						rest = append(rest, whole[i])
						plainRest = append(plainRest, plain[i])
					}
				}
				m := train(rest)
				base := plainModel(plainRest)
				unlisted := unknown(examples, func(i int) bool { return fold[i] != k })
				for i, e := range examples {
					if fold[i] != k {
						continue
					}
					grams[i] = base(plain[i].Sketch)
					f := m.Spot(e.Text)
					both[i], topic[i] = f.Score, f.Topic
					if s := whole[i].Sketch; s != nil {
						learned[i] = sigmoid(m.Tables[spot.Missing].Logit(s))
					}
					if s := spot.Look(e.Text, unlisted); s != nil {
						blind[i] = sigmoid(m.Logit(s))
					}
				}
			}
		})
	}
	for k := range Folds {
		work <- k
	}
	close(work)
	wg.Wait()
	bar := bestBar(examples, grams)
	r := Report{
		Folds: Folds,
		Results: []Result{
			result("rules and learned part", examples, false, func(i int) bool { return both[i] >= spot.Flag }),
			result("the same, without the keywords that only the family has", examples, false, func(i int) bool { return blind[i] >= spot.Flag }),
			result("learned part alone", examples, false, func(i int) bool { return learned[i] >= 0.5 }),
			result("rules alone (they were tuned on these posts)", examples, false, func(i int) bool { return whole[i].Sketch != nil && whole[i].Rules > 0 }),
			result("rules and learned part, on the invented posts", examples, true, func(i int) bool { return both[i] >= spot.Flag }),
			result("baseline: keyword pattern", examples, false, func(i int) bool { return pattern.MatchString(examples[i].Text) }),
			result("baseline: linear, hashed 1–3-grams, at the threshold that is best for it", examples, false, func(i int) bool { return grams[i] >= bar }),
		},
		Kinds: map[guitu.Topic]map[guitu.Topic]int{},
	}
	r.Reliability = reliability(examples, both)
	others, asked := 0.0, 0.0
	for i, e := range examples {
		if e.Invented && e.Label != (both[i] >= spot.Flag) {
			r.Wrong = append(r.Wrong, Wrong{e, both[i]})
		}
		if e.Invented && (!e.Label || both[i] >= spot.Flag) {
			kind := "invented " + e.Kind
			if r.Kinds[kind] == nil {
				r.Kinds[kind] = map[guitu.Topic]int{}
			}
			r.Kinds[kind][topic[i]]++
		}
		if e.Stream || e.Invented || e.Border {
			continue
		}
		if !e.Label {
			others++
			if both[i] >= spot.Ask {
				asked++
			}
		}
		if !e.Label || both[i] >= spot.Flag {
			kind := e.Kind
			if kind == "" {
				kind = guitu.Topic(e.Subtype)
			}
			if r.Kinds[kind] == nil {
				r.Kinds[kind] = map[guitu.Topic]int{}
			}
			r.Kinds[kind][topic[i]]++
		}
		if e.Label != (both[i] >= spot.Flag) {
			r.Wrong = append(r.Wrong, Wrong{e, both[i]})
		}
	}
	r.Asked = 1000 * asked / max(others, 1)
	return r
}

// bestBar returns the threshold at which F1 by row is highest.
func bestBar(examples []Example, score []float64) float64 {
	best, bar := -1.0, 0.0
	for t := -6.0; t <= 6; t += 0.1 {
		var c eval.Confusion
		for i, e := range examples {
			switch said := score[i] >= t; {
			case e.Stream || e.Invented || e.Border:
			case said && e.Label:
				c.Right++
			case said:
				c.Wrong++
			case e.Label:
				c.Missed++
			}
		}
		if f := c.F1(); f > best {
			best, bar = f, t
		}
	}
	return bar
}

// result scores the labelled posts, the real ones or the invented ones.
func result(name string, examples []Example, invented bool, said func(int) bool) Result {
	r := Result{Name: name}
	var rows, border []eval.Outcome
	others, wrong := 0.0, 0.0
	for i, e := range examples {
		if e.Stream || e.Invented != invented {
			continue
		}
		o := eval.Outcome{Unit: e.Story, Said: said(i), Truth: e.Label}
		if e.Border {
			border = append(border, o)
			continue
		}
		rows = append(rows, o)
		if !e.Label {
			others++
			if o.Said {
				wrong++
			}
		}
	}
	r.Rows, r.Stories, r.Border = eval.ByRow(rows), eval.ByUnit(rows), eval.ByRow(border)
	r.FalsePer1000 = 1000 * wrong / max(others, 1)
	return r
}

// unknown returns the keywords that no example has of which in holds.
func unknown(examples []Example, in func(int) bool) map[string]bool {
	count := map[string]int{}
	for i, e := range examples {
		for _, w := range spot.Words(e.Text) {
			if in(i) {
				count[w]++
			} else if _, ok := count[w]; !ok {
				count[w] = 0
			}
		}
	}
	out := map[string]bool{}
	for w, n := range count {
		if n == 0 {
			out[w] = true
		}
	}
	return out
}

// reliability compares scores with what the posts are, each family weighing as in training.
func reliability(examples []Example, score []float64) []Bin {
	edges := []float64{0, 0.02, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.98, 1.000001}
	var bins []Bin
	for b := range len(edges) - 1 {
		x := Bin{Low: edges[b], High: min(edges[b+1], 1)}
		yes, sum := 0.0, 0.0
		for i, e := range examples {
			if e.Stream || e.Invented || e.Border || score[i] < edges[b] || score[i] >= edges[b+1] {
				continue
			}
			x.Posts++
			sum += score[i]
			yes += number(e.Label)
		}
		if x.Posts > 0 {
			x.Mean, x.Share = sum/float64(x.Posts), yes/float64(x.Posts)
		}
		bins = append(bins, x)
	}
	return bins
}

// String returns the report as text.
func (r Report) String() string {
	var b strings.Builder
	for _, x := range r.Results {
		fmt.Fprintln(&b, x)
	}
	fmt.Fprintf(&b, "asked about, of 1,000 other posts: %.1f\n", r.Asked)
	fmt.Fprintln(&b, "score        posts  mean   right")
	for _, x := range r.Reliability {
		fmt.Fprintf(&b, "%.2f–%.2f   %5d  %.3f  %.3f\n", x.Low, x.High, x.Posts, x.Mean, x.Share)
	}
	for _, kind := range slices.Sorted(maps.Keys(r.Kinds)) {
		fmt.Fprintf(&b, "%-16s called %v\n", kind, r.Kinds[kind])
	}
	return b.String()
}
