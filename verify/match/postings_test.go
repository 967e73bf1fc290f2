package match

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestCrowdedTerms gives terms to more exemplars than are kept of one: the same ones stay whatever the order in which they came,
// and others of each term, so that no exemplar is lost by all of its terms.
func TestCrowdedTerms(t *testing.T) {
	const terms, exemplars = 24, 2 * maxPosting
	ranks := make([]uint32, exemplars+1)
	ids := make([]uint32, exemplars)
	for i := range ids {
		ids[i] = uint32(i + 1)
		ranks[i+1] = mix(uint32(i))
	}
	var want [terms][]uint32
	random := rand.New(rand.NewPCG(1, 1))
	for round := range 3 {
		p := new(postings)
		for _, id := range ids {
			for term := range uint32(terms) {
				p.add(term, id, ranks)
			}
		}
		found := map[uint32]bool{}
		for term := range uint32(terms) {
			got := p.find(term, nil)
			slices.Sort(got)
			if len(got) != maxPosting {
				t.Fatalf("term %d has %d exemplars, want %d", term, len(got), maxPosting)
			}
			for _, id := range got {
				found[id] = true
			}
			if round == 0 {
				want[term] = got
			} else if !slices.Equal(got, want[term]) {
				t.Errorf("round %d: term %d has other exemplars in another order of arrival", round, term)
			}
		}
		if len(found) != exemplars {
			t.Errorf("%d of %d exemplars are found by any of their terms", len(found), exemplars)
		}
		random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	}
}
