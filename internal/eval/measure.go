package eval

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// Outcome is one answer beside the truth. Outcomes of one Unit (a story, a family) depend on each other.
type Outcome struct {
	Unit        string
	Said, Truth bool
}

// Estimate is a figure between 0 and 1 with its 95 % confidence interval.
type Estimate struct{ Value, Low, High float64 }

// String returns "0.951 [0.930–0.968]".
func (e Estimate) String() string { return fmt.Sprintf("%.3f [%.3f–%.3f]", e.Value, e.Low, e.High) }

// Score is how well a set of answers fits the truth. A figure without a case (the precision of no answers) is 0.
type Score struct {
	Precision, Recall, F1 Estimate
	Cases                 int // outcomes whose truth is yes
	Outcomes, Units       int
}

// String returns precision, recall and F1 on one line.
func (s Score) String() string {
	return fmt.Sprintf("P %v  R %v  F1 %v  (%d cases among %d, %d stories)", s.Precision, s.Recall, s.F1, s.Cases, s.Outcomes, s.Units)
}

// Confusion counts right answers, wrong ones and misses, with weights.
type Confusion struct{ Right, Wrong, Missed float64 }

// Precision returns the share of the answers that are right, 0 without answers.
func (c Confusion) Precision() float64 { return ratio(c.Right, c.Right+c.Wrong) }

// Recall returns the share of the cases that were answered, 0 without cases.
func (c Confusion) Recall() float64 { return ratio(c.Right, c.Right+c.Missed) }

// F1 returns the harmonic mean of precision and recall.
func (c Confusion) F1() float64 { return ratio(2*c.Right, 2*c.Right+c.Wrong+c.Missed) }

func (c Confusion) plus(d Confusion, weight float64) Confusion {
	return Confusion{c.Right + weight*d.Right, c.Wrong + weight*d.Wrong, c.Missed + weight*d.Missed}
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// ByRow scores outcomes of which each counts the same.
func ByRow(outcomes []Outcome) Score { return score(outcomes, func(int) float64 { return 1 }) }

// ByUnit scores outcomes so that each unit counts the same.
func ByUnit(outcomes []Outcome) Score {
	return score(outcomes, func(size int) float64 { return 1 / float64(size) })
}

func score(outcomes []Outcome, weight func(size int) float64) Score {
	s := Score{Outcomes: len(outcomes)}
	size, sums := map[string]int{}, map[string]Confusion{}
	for _, o := range outcomes {
		size[o.Unit]++
		c := sums[o.Unit]
		switch {
		case o.Said && o.Truth:
			c.Right++
		case o.Said:
			c.Wrong++
		case o.Truth:
			c.Missed++
		}
		if o.Truth {
			s.Cases++
		}
		sums[o.Unit] = c
	}
	units := make([]Confusion, 0, len(sums))
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		units = append(units, Confusion{}.plus(sums[name], weight(size[name])))
	}
	s.Units = len(units)
	s.Precision = Bootstrap(units, Confusion.Precision)
	s.Recall = Bootstrap(units, Confusion.Recall)
	s.F1 = Bootstrap(units, Confusion.F1)
	return s
}

const (
	resamples = 1000
	tail      = resamples * 25 / 1000 // resamples below a 95 % interval, and above it
)

// Bootstrap estimates a figure of the sum of units, and its 95 % interval by drawing as many units again, with replacement, a
// thousand times (Efron's percentile bootstrap). The draws are the same at each call.
func Bootstrap(units []Confusion, figure func(Confusion) float64) Estimate {
	var all Confusion
	for _, u := range units {
		all = all.plus(u, 1)
	}
	e := Estimate{Value: figure(all)}
	if len(units) == 0 {
		return e
	}
	random := rand.New(rand.NewPCG(1, 2))
	drawn := make([]float64, resamples)
	for i := range drawn {
		var sum Confusion
		for range units {
			sum = sum.plus(units[random.IntN(len(units))], 1)
		}
		drawn[i] = figure(sum)
	}
	slices.Sort(drawn)
	e.Low, e.High = drawn[tail], drawn[resamples-1-tail]
	return e
}
