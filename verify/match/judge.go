package match

import (
	"time"

	"guitu/verify/claim"
)

// ruling is what the comparison of two posts says.
type ruling struct {
	same, family bool
	score        float64 // 0 to 1: how sure it is that they tell one story
	reasons      []string
}

const (
	// familyBar is the share of the shorter wording from which two posts are of one template.
	familyBar = 0.30
	// copyBar is the share from which a post that describes nobody, or only in part, is a copy.
	copyBar = 0.45
	// placeBar is the share that is enough where the places agree as well.
	placeBar = 0.08
)

// Compare says whether two posts tell the same story, or another story in the same words. Score is how sure it is of the
// same story, 0 to 1; reasons are for people to read, in English.
func Compare(textA, textB string) (same, family bool, score float64, reasons []string) {
	a := identify(textA, claim.Read(textA, time.Time{}))
	b := identify(textB, claim.Read(textB, time.Time{}))
	contained, jaccard := likeness(shingles(textA), shingles(textB))
	r := judge(a, b, contained, jaccard)
	return r.same, r.family, r.score, r.reasons
}

// judge lets identity decide what the wording proposes.
func judge(a, b identity, contained, jaccard float64) ruling {
	r := ruling{family: contained >= familyBar}
	is := func(score float64, reason string) ruling {
		return ruling{true, true, score, append(r.reasons, reason)}
	}
	isNot := func(score float64, reason string) ruling {
		return ruling{false, r.family, score, append(r.reasons, reason)}
	}
	if r.family {
		r.reasons = append(r.reasons, "same template")
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
	case name == agrees && r.family:
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
	case contact == agrees && (described || r.family):
		return is(0.8, "same person to call")
	case described && r.family:
		return is(0.5+contained/2, "same sex and age in the same words")
	case places >= 2 && (age == agrees || sex == agrees) && contained >= placeBar:
		return is(0.6, "same age or sex and the same places")
	case places >= 1 && contained >= copyBar-0.15:
		return is(0.5+contained/2, "same place in the same words")
	case contained >= copyBar || jaccard >= 0.3:
		return is(0.4+contained/2, "same words")
	}
	return ruling{false, r.family, contained / 2, r.reasons}
}
