package match

import (
	"regexp"
	"time"

	"guitu/verify/claim"
)

const (
	// familyBar is the share of the shorter wording from which two posts are of one template.
	familyBar = 0.30
	// copyBar is the share from which a post that describes nobody, or only in part, is a copy.
	copyBar = 0.45
	// placeBar is the share that is enough where the places agree as well.
	placeBar = 0.08
)

// Compare says how a stands to the story that b tells; it is About when one of the two closes what the other tells. Stories and
// exemplars of the Match are 0. The order of the two does not matter.
func Compare(a, b string) Match {
	x, y := identify(a, claim.Read(a, time.Time{})), identify(b, claim.Read(b, time.Time{}))
	contained, jaccard := likeness(shingles(a), shingles(b))
	m := judge(x, y, contained, jaccard)
	if m.Relation == Same && closes(x.wording) != closes(y.wording) {
		m.Relation = About
		m.Reasons = append(m.Reasons, "one refutes or closes what the other tells")
	}
	return m
}

// closing are the words of posts that end a story.
var closing = regexp.MustCompile(`辟谣|谣言|不实(?:信息|消息|传闻)|假消息|虚假(?:信息|消息)|勿信|请勿转发|停止(?:转发|扩散)|已(?:经)?(?:安全)?(?:找到|找回|回家)`)

// closes reports whether a post refutes a story, or says that the child is found.
func closes(wording string) bool { return closing.MatchString(wording) }

// judge lets identity decide what the wording proposes.
func judge(a, b identity, contained, jaccard float64) Match {
	m := Match{Relation: Unknown}
	if contained >= familyBar {
		m.Relation = Family
		m.Reasons = append(m.Reasons, "same template")
	}
	is := func(score float64, reason string) Match {
		return Match{Relation: Same, Score: score, Reasons: append(m.Reasons, reason)}
	}
	isNot := func(score float64, reason string) Match {
		return Match{Relation: m.Relation, Score: score, Reasons: append(m.Reasons, reason)}
	}
	phone := compare(a.phones, b.phones, equal)
	name := compare(a.names, b.names, alike)
	if name != agrees && (mentions(a.wording, b.names) || mentions(b.wording, a.names)) {
		name = agrees
	}
	sex := compare(a.sexes, b.sexes, equal)
	age := compare(a.ages, b.ages, overlap)
	count := compare(a.counts, b.counts, equal)
	contact := compare(a.contacts, b.contacts, alike)
	switch {
	case phone == agrees:
		return is(0.97, "same phone")
	case name == agrees && age != differs:
		return is(0.95, "same name")
	case name == agrees && m.Relation == Family:
		return is(0.9, "same name")
	case name == differs:
		return isNot(0.03, "other name")
	case sex == differs:
		return isNot(0.05, "other sex")
	case age == differs:
		return isNot(0.05, "other age")
	case count == differs:
		return isNot(0.1, "another number of children")
	}
	// One post names the child and the other does not: other callers then mean another child.
	if len(a.names) != len(b.names) && phone == differs && contact != agrees {
		return isNot(0.3, "one is named, and the phones differ")
	}
	described := sex == agrees && age == agrees
	places := shared(a.places, b.places)
	switch {
	case contact == agrees && (described || m.Relation == Family):
		return is(0.8, "same person to call")
	case described && m.Relation == Family:
		return is(0.51+contained*0.4, "same sex and age in the same words")
	case places >= 2 && (age == agrees || sex == agrees) && contained >= placeBar:
		return is(0.6, "same age or sex and the same places")
	case places >= 1 && contained >= copyBar-0.15:
		return is(0.51+contained*0.4, "same place in the same words")
	case contained >= copyBar || jaccard >= 0.3:
		return is(0.51+contained*0.3, "same words")
	}
	m.Score = contained / 2 * 0.99
	return m
}
