package learn

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"guitu"
	"guitu/verify/spot"
)

// How the weights are learned. Chosen on folds of the labelled posts; none of them is critical.
const (
	rounds     = 20    // passes over the posts
	rate       = 0.1   // length of a step in the first pass; half of it in the fifth
	decay      = 0.005 // pull towards zero (L2)
	inner      = 5     // folds for the joint with the rules
	rulesShare = 0.4   // what the sum of the rules counts, beside the learned part

	streamWeight   = 0.3  // of a post of the unlabelled stream
	streamBelow    = -1.0 // only posts of the stream that the rules give less than this are taken for something else
	inventedWeight = 0.5  // of an invented post, beside a real family of one post
	borderWeight   = 0.5  // of a debatable post where only its topic is learned
	rareWeight     = 3    // of a post of the topic that a head looks for
	evidenceWeight = 8    // of a post that says that a story is false or over, of which there are few
)

// lesson is what a model learns.
type lesson struct {
	size     int
	decay    float64
	families int                        // a feature counts when so many families show it, so that no template is learned by heart
	of       func(*row) (bool, float64) // the answer, and how much the row counts
}

// row is an example as the learned part sees it.
type row struct {
	*spot.Sketch // nil: the post has no word that a finding needs
	*Example
	weight float64 // before a head says what counts
}

// sketch looks at the examples. A family counts as the square root of its size: the five hoaxes that make up most of the pleas
// would else drown the others. Keywords in without are overlooked.
func sketch(examples []Example, without map[string]bool) []row {
	size := map[string]float64{}
	for _, e := range examples {
		size[e.Family]++
	}
	rows := make([]row, 0, len(examples))
	for i := range examples {
		e := &examples[i]
		rows = append(rows, row{spot.Look(e.Text, without), e, 1 / math.Sqrt(size[e.Family])})
	}
	return rows
}

// Train learns a model from examples. The same examples in the same order give the same model, on the same kind of processor.
func Train(examples []Example) *spot.Model { return train(sketch(examples, nil)) }

func train(rows []row) *spot.Model {
	m := &spot.Model{Share: 1}
	for h := range spot.Heads {
		w, base := fit(rows, lessonOf(h))
		m.Tables[h] = spot.NewTable(w, base)
	}
	joint(m, rows)
	return m
}

// lessonOf returns what a head learns.
func lessonOf(h spot.Head) lesson {
	l := lesson{size: h.Size(), decay: decay, families: 6}
	switch h {
	case spot.Missing:
		l.of = func(r *row) (bool, float64) { return r.Label, headline(r) }
	case spot.Scare, spot.Grown:
		kind := guitu.AbductionScare
		if h == spot.Grown {
			kind = guitu.AdultMissing
		}
		l.of = func(r *row) (bool, float64) {
			w := r.weight * number(r.Label)
			if r.Border {
				w *= borderWeight
			}
			if r.Kind == kind {
				w *= rareWeight
			}
			return r.Kind == kind, w
		}
	default:
		l.families, l.decay = 3, 0.001
		kind := guitu.Debunk
		if h == spot.Ended {
			kind = guitu.FoundNews
		}
		l.of = func(r *row) (bool, float64) {
			if r.Border || r.Stream || h == spot.Ended && r.Subtype == closedCase {
				return false, 0
			}
			if r.Kind == kind {
				return true, r.weight * evidenceWeight
			}
			return false, r.weight
		}
	}
	return l
}

// headline returns how much a row counts for whether a post is about a missing person.
func headline(r *row) float64 {
	switch {
	case r.Border:
		return 0
	case r.Stream && r.Rules > streamBelow:
		return 0
	case r.Stream:
		return r.weight * streamWeight
	case r.Invented:
		return r.weight * inventedWeight
	}
	return r.weight
}

// closedCase is the labeller's word for headlines of cases that are over. Whether one is news of a child that was found, or of a
// trial, is not labelled.
const closedCase = "headline_closed"

// fit learns the weights of a logistic regression with L2 by stochastic descent. Plain steps, not ones that favour what is
// rare: what is common carries over to other templates.
func fit(rows []row, l lesson) (w []float64, base float64) {
	items := lessons(rows, l)
	w = make([]float64, l.size)
	random := rand.New(rand.NewPCG(1, 2))
	for round := range rounds {
		rate := rate / (1 + float64(round)/4)
		random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		for _, it := range items {
			marks, grams := 0.0, 0.0
			for _, f := range it.marks {
				marks += w[f]
			}
			for _, f := range it.grams {
				grams += w[f]
			}
			step := rate * it.weight
			g := sigmoid(base+marks+it.value*grams) - it.answer
			base -= step * g
			for _, f := range it.marks {
				w[f] -= step * (g + l.decay*w[f])
			}
			for _, f := range it.grams {
				w[f] -= step * (g*it.value + l.decay*w[f])
			}
		}
	}
	return w, base
}

// item is a row with the features that count.
type item struct {
	marks, grams          []uint32
	value, answer, weight float64
}

// lessons returns the rows that are learned from, without the features that too few families show.
func lessons(rows []row, l lesson) []item {
	var items []item
	var use []*row
	mask := uint32(l.size - 1)
	last := make([]string, l.size) // the family that showed a feature last: rows are counted family by family
	shown := make([]int, l.size)
	for i := range rows {
		r := &rows[i]
		if r.Sketch == nil {
			continue
		}
		if yes, weight := l.of(r); weight > 0 {
			use = append(use, r)
			items = append(items, item{value: r.GramValue(), answer: number(yes), weight: weight})
		}
	}
	byFamily := slices.Clone(use)
	slices.SortStableFunc(byFamily, func(a, b *row) int { return cmp.Compare(a.Family, b.Family) })
	for _, r := range byFamily {
		for _, list := range [][]uint32{r.Marks, r.Grams} {
			for _, f := range list {
				if f &= mask; last[f] != r.Family {
					last[f] = r.Family
					shown[f]++
				}
			}
		}
	}
	keep := func(list []uint32) []uint32 {
		var out []uint32
		for _, f := range list {
			if f &= mask; shown[f] >= l.families {
				out = append(out, f)
			}
		}
		return out
	}
	for i, r := range use {
		items[i].marks, items[i].grams = keep(r.Marks), keep(r.Grams)
	}
	return items
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// joint joins the learned part with the rules, and makes the score a probability: from what is said of real posts whose family
// the learned part did not see.
func joint(m *spot.Model, rows []row) {
	fold := folds(rows, inner)
	var learned, rules, answers, weights, real []float64
	for k := range inner {
		var rest []row
		for i := range rows {
			if fold[i] != k {
				rest = append(rest, rows[i])
			}
		}
		w, base := fit(rest, lessonOf(spot.Missing))
		t := spot.NewTable(w, base)
		for i := range rows {
			r := &rows[i]
			if fold[i] != k || r.Sketch == nil || r.Border || r.Stream {
				continue
			}
			learned = append(learned, t.Logit(r.Sketch))
			rules = append(rules, spot.Held(r.Rules))
			answers = append(answers, number(r.Label))
			weights = append(weights, r.weight)
			real = append(real, number(!r.Invented)*r.weight)
		}
	}
	if !slices.ContainsFunc(real, func(w float64) bool { return w > 0 }) {
		real = weights // no real post: a model of the invented ones
	}
	// By itself the learned part says yes above zero.
	scale, shift := calibrate(learned, answers, real)
	m.Tables[spot.Missing].Base += float32(shift / scale)
	said := make([]float64, len(learned))
	for i := range said {
		said[i] = learned[i] + shift/scale + rulesShare*rules[i]
	}
	scale, shift = calibrate(said, answers, real)
	m.Share, m.Rules, m.Shift = float32(scale), float32(scale*rulesShare), float32(shift)
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// calibrate fits a logistic regression of one input (Platt's scaling) by gradient descent.
func calibrate(said, answers, weights []float64) (scale, shift float64) {
	var slope [2]float64
	for range 2000 {
		var g [2]float64
		for i, z := range said {
			d := (sigmoid(scale*z+shift) - answers[i]) * weights[i]
			g[0] += d * z
			g[1] += d
		}
		for j, p := range []*float64{&scale, &shift} {
			slope[j] += g[j] * g[j]
			*p -= 0.1 * g[j] / math.Sqrt(slope[j]+1e-9)
		}
	}
	return scale, shift
}
