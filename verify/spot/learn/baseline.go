package learn

import (
	"regexp"

	"guitu/verify/spot"
	"guitu/verify/text"
)

// pattern is what one would search for.
var pattern = regexp.MustCompile(`走失|走丢|失踪|失联|失蹤|拐走|被拐|拐卖|人贩子|寻人|尋人|抱走|偷小孩|抢孩子|丢孩子|孩子.{0,6}(丢|不见)`)

// plainRows are the examples as a plain linear model sees them: the hashed 1- to 3-grams of their characters.
func plainRows(examples []Example) []row {
	var rows []row
	for i := range examples {
		e := &examples[i]
		s := &spot.Sketch{}
		r := []rune(text.Normalise(e.Text).String)
		for n := 1; n <= 3; n++ {
			for j := 0; j+n <= len(r); j++ {
				h := uint64(14695981039346656037) // FNV-1a
				for _, c := range r[j : j+n] {
					h = (h ^ uint64(c)) * 1099511628211
				}
				s.Grams = append(s.Grams, uint32(h>>20)&uint32(spot.Missing.Size()-1))
			}
		}
		rows = append(rows, row{s, e, 1})
	}
	return rows
}

// plainModel learns from real labelled posts, each of which counts the same, and returns what judges another one.
func plainModel(rows []row) func(*spot.Sketch) float64 {
	w, base := fit(rows, lesson{size: spot.Missing.Size(), of: func(r *row) (bool, float64) {
		return r.Label, number(!r.Border && !r.Stream && !r.Invented)
	}})
	return func(s *spot.Sketch) float64 {
		sum := 0.0
		for _, f := range s.Grams {
			sum += w[f]
		}
		return base + sum*s.GramValue()
	}
}
