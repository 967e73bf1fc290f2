package eval

import (
	"maps"
	"slices"
	"time"

	"guitu"
	"guitu/verify/claim"
	"guitu/verify/match"
)

// MatchTraining is what the weights of match are learned from: the labelled pairs, and pairs of posts that have nothing to do
// with each other, at random and the nearest that an index finds.
type MatchTraining struct {
	rows     [][]float64
	labels   []bool
	weights  []float64
	families []string
	pairs    int // the first rows are the labelled pairs
}

const (
	strangerWeight = 0.035 // of a pair at random beside a labelled one
	nearestWeight  = 0.02  // of a pair that an index proposes
	penalty        = 10    // as many rows must speak for a weight before it leaves the prior by much
	perFamily      = 15    // posts of one family among the strangers
)

// TrainMatch gathers what the weights are learned from.
func TrainMatch(pairs []PairRow, copies []CopyRow, spots []SpotRow) *MatchTraining {
	t := &MatchTraining{pairs: len(pairs)}
	read := map[string]guitu.Claim{}
	claimOf := func(s string) guitu.Claim {
		c, ok := read[s]
		if !ok {
			c = claim.Read(s, time.Time{})
			read[s] = c
		}
		return c
	}
	families := Families(copies)
	for _, p := range pairs {
		t.add(match.Evidence(p.TextA, p.TextB, claimOf(p.TextA), claimOf(p.TextB)), p.Same, 1, p.family(families))
	}
	pool := pooled(copies, spots)
	x := match.New()
	for i, p := range pool {
		x.Add(int64(i+1), int64(i+1), p.Text, claimOf(p.Text))
	}
	stranger := func(p, q CopyRow, weight float64) bool {
		if p.family() == q.family() || p.Text == q.Text {
			return false
		}
		e := match.Evidence(p.Text, q.Text, claimOf(p.Text), claimOf(q.Text))
		if match.Related(e) {
			return false // a copy that nobody labelled
		}
		family := p.family()
		if families[p.Group] == "" {
			family = q.family()
		}
		t.add(e, false, weight, family)
		return true
	}
	for i, p := range pool {
		for k := 1; k <= 2; k++ {
			stranger(p, pool[(i*7919+k*104729)%len(pool)], strangerWeight)
		}
		found := 0
		for _, n := range x.Nearest(p.Text, claimOf(p.Text)) {
			if found < 2 && stranger(p, pool[n-1], nearestWeight) {
				found++
			}
		}
	}
	return t
}

// pooled returns some posts of each family, and the spotted posts of no family.
func pooled(copies []CopyRow, spots []SpotRow) []CopyRow {
	known, seen, count := map[string]bool{}, map[string]bool{}, map[string]int{}
	var pool []CopyRow
	for _, c := range copies {
		known[c.ID] = true
		if count[c.family()]++; count[c.family()] <= perFamily && !seen[c.Text] {
			seen[c.Text] = true
			pool = append(pool, c)
		}
	}
	for _, s := range spots {
		if !known[s.ID] && !seen[s.Text] {
			seen[s.Text] = true
			pool = append(pool, CopyRow{ID: s.ID, Group: "spot:" + s.ID, Text: s.Text})
		}
	}
	return pool
}

func (t *MatchTraining) add(row []float64, same bool, weight float64, family string) {
	t.rows = append(t.rows, row)
	t.labels = append(t.labels, same)
	t.weights = append(t.weights, weight)
	t.families = append(t.families, family)
}

// Fit learns the weights from all rows but those for which without is true.
func (t *MatchTraining) fit(without func(family string) bool) Logistic {
	var rows [][]float64
	var labels []bool
	var weights []float64
	for i, f := range t.families {
		if !without(f) {
			rows, labels, weights = append(rows, t.rows[i]), append(labels, t.labels[i]), append(weights, t.weights[i])
		}
	}
	return FitLogistic(rows, labels, weights, match.Prior(), penalty)
}

// Fit learns the weights from all rows.
func (t *MatchTraining) Fit() Logistic { return t.fit(func(string) bool { return false }) }

// fewPairs is the size up to which families are left out together, in ten folds.
const fewPairs = 10

// LeaveFamilyOut says of each labelled pair whether it is taken for one story by weights that were learned without its family.
func (t *MatchTraining) LeaveFamilyOut() []bool {
	size := map[string]int{}
	for _, f := range t.families[:t.pairs] {
		size[f]++
	}
	fold := map[string]int{}
	for i, f := range slices.Sorted(maps.Keys(size)) {
		fold[f] = i % 10
		if size[f] > fewPairs {
			fold[f] = 10 + i
		}
	}
	same := make([]bool, t.pairs)
	done := map[int]bool{}
	for _, n := range fold {
		if done[n] {
			continue
		}
		done[n] = true
		out := func(f string) bool { m, ok := fold[f]; return ok && m == n }
		w := t.fit(out)
		for i, f := range t.families[:t.pairs] {
			if out(f) {
				same[i] = w.Probability(t.rows[i]) > 0.5
			}
		}
	}
	return same
}
