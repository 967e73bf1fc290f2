package spot

import "guitu"

// rule is one that can speak for a finding, or against it.
type rule uint8

const (
	saysLostChild rule = iota
	saysPerhapsGone
	saysDescribed
	saysFoundChild
	saysWhoseChild
	saysSearch
	saysSnatching
	saysTraffickers
	saysHandsOnAChild
	saysHorrors
	saysWarning
	saysHearsay
	saysLostAdult
	saysShare
	saysClue
	saysPhone
	saysDistress
	saysStillGone
	saysClosed
	saysCharity
	saysRefuted
	saysPress
	saysLaw
	saysThing
	saysPet
	saysDisaster
	saysFiction
	saysFigurative
	ruleCount
)

// ruleNames are what officers' texts know the rules by. They are features of the learned part: renaming one means learning anew.
var ruleNames = [ruleCount]string{
	saysLostChild:     "lost child",
	saysPerhapsGone:   "perhaps gone",
	saysDescribed:     "described",
	saysFoundChild:    "found child",
	saysWhoseChild:    "whose child",
	saysSearch:        "search",
	saysSnatching:     "snatching",
	saysTraffickers:   "traffickers",
	saysHandsOnAChild: "hands on a child",
	saysHorrors:       "horrors",
	saysWarning:       "warning",
	saysHearsay:       "hearsay",
	saysLostAdult:     "lost adult",
	saysShare:         "share",
	saysClue:          "clue",
	saysPhone:         "phone",
	saysDistress:      "distress",
	saysStillGone:     "still gone",
	saysClosed:        "closed",
	saysCharity:       "charity",
	saysRefuted:       "refuted",
	saysPress:         "press",
	saysLaw:           "law",
	saysThing:         "thing",
	saysPet:           "pet",
	saysDisaster:      "disaster",
	saysFiction:       "fiction",
	saysFigurative:    "figurative",
}

// rules is a set of rules, a bit for each.
type rules uint32

// hit is a rule that spoke, and the characters that made it speak.
type hit struct {
	rule       rule
	start, end int32
	weight     float64
}

// add lets a rule speak, for the words from the first to the last of at.
func (p *page) add(r rule, weight float64, at ...word) {
	p.sum += weight
	p.spoken |= 1 << r
	h := hit{r, at[0].start, at[0].end, weight}
	for _, w := range at[1:] {
		h.start, h.end = min(h.start, w.start), max(h.end, w.end)
	}
	p.hits = append(p.hits, h)
}

// said reports whether one of the rules has spoken.
func (p *page) said(any ...rule) bool {
	for _, r := range any {
		if p.spoken&(1<<r) != 0 {
			return true
		}
	}
	return false
}

// reasons returns the rules that spoke with what made them, for who reads the post.
func (p *page) reasons() []guitu.Hit {
	out := make([]guitu.Hit, 0, len(p.hits)+1)
	for _, h := range p.hits {
		from, to := p.span(int(h.start), int(h.end))
		out = append(out, guitu.Hit{Rule: ruleNames[h.rule], Text: p.post[from:to], Start: from, End: to, Weight: h.weight})
	}
	return out
}

// span returns where the characters from start to end stand in the post.
func (p *page) span(start, end int) (from, to int) {
	if start == end {
		return 0, 0
	}
	return int(p.chars[start].From), int(p.chars[end-1].To)
}
