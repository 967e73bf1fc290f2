package match

import "math"

// The kinds of evidence for and against one story. Each is 0 when the posts don't say.
const (
	bias = iota
	phoneSame
	phoneNear
	phoneDiffers
	numberSame
	nameSame
	nameDiffers
	nameMentioned
	nameOneSided
	otherCaller
	sexSame
	sexDiffers
	ageSame
	ageDiffers
	described
	countSame
	countDiffers
	contactSame
	contactDiffers
	contactMentioned
	daySame
	dayDiffers
	countySame
	citySame
	placeDiffers
	contained
	jaccard
	amount
	template
	templateDescribed
	templateUndescribed
	templateMentioned
	heightSame
	heightDiffers
	copied // word for word
	crowd  // one of the two is the nearest of many, and nothing identifies the child
	evidenceCount
)

// evidence is what two posts have in common and in what they differ.
type evidence [evidenceCount]float64

// weigh compares two traces, whose wordings have o in common.
func weigh(a, b *trace, o overlap) evidence {
	e := evidence{bias: 1}
	e.phones(a, b)
	e.names(a, b)
	e.person(a, b)
	e.circumstances(a, b)
	e[otherCaller] = e[nameOneSided] * e[phoneDiffers] * (1 - e[contactSame])
	e[contained] = o.contained
	e[jaccard] = o.jaccard
	e[amount] = math.Log1p(o.shared) / 4
	if o.whole && e[nameDiffers]+e[otherCaller]+e[sexDiffers]+e[ageDiffers]+e[countDiffers] == 0 {
		e[copied] = 1
	}
	if o.contained >= familyBar || o.whole {
		e[template] = 1
		e[templateDescribed] = e[described]
		e[templateMentioned], e[nameMentioned] = e[nameMentioned], 0
		if e[sexSame]+e[ageSame]+e[sexDiffers]+e[ageDiffers] == 0 {
			e[templateUndescribed] = 1
		}
	}
	return e
}

func (e *evidence) phones(a, b *trace) {
	if len(a.phones) > 0 && len(b.phones) > 0 {
		e[phoneDiffers] = 1
		for _, p := range a.phones {
			for _, q := range b.phones {
				if p == q {
					e[phoneSame], e[phoneNear], e[phoneDiffers] = 1, 0, 0
					return
				}
			}
		}
	}
	for _, p := range a.phones {
		for _, q := range b.phones {
			if nearNumber(p, q) {
				e[phoneNear], e[phoneDiffers] = 1, 0
			}
		}
		for _, n := range b.numbers {
			if nearNumber(p, n) {
				e[phoneNear], e[phoneDiffers] = 1, 0
			}
		}
	}
	for _, n := range a.numbers {
		for _, q := range b.phones {
			if nearNumber(n, q) {
				e[phoneNear], e[phoneDiffers] = 1, 0
			}
		}
		for _, m := range b.numbers {
			if n == m {
				e[numberSame] = 1
			}
		}
	}
}

// nearNumber reports whether one number is a part of the other, all but a few digits of it: a copy that was cut off, or broken by
// what was put into it.
func nearNumber(a, b uint64) bool {
	if a > b {
		a, b = b, a
	}
	if a < 10_000_000 {
		return false
	}
	part := uint64(1)
	for part <= a {
		part *= 10
	}
	for ; b >= a; b /= 10 {
		if b%part == a {
			return true
		}
	}
	return false
}

func (e *evidence) names(a, b *trace) {
	alike := func(x, y []name) bool {
		for _, n := range x {
			for _, m := range y {
				if n.alike(m) {
					return true
				}
			}
		}
		return false
	}
	switch {
	case alike(a.names, b.names):
		e[nameSame] = 1
	case mentions(&a.wording, b.names) || mentions(&b.wording, a.names):
		e[nameMentioned] = 1
	case len(a.names) > 0 && len(b.names) > 0:
		e[nameDiffers] = 1
	case len(a.names)+len(b.names) > 0:
		e[nameOneSided] = 1
	}
	switch {
	case alike(a.contacts, b.contacts):
		e[contactSame] = 1
	case mentions(&a.wording, b.contacts) || mentions(&b.wording, a.contacts):
		e[contactMentioned] = 1
	case len(a.contacts) > 0 && len(b.contacts) > 0:
		e[contactDiffers] = 1
	}
}

func (e *evidence) person(a, b *trace) {
	if a.sex != 0 && b.sex != 0 {
		if a.sex == b.sex {
			e[sexSame] = 1
		} else {
			e[sexDiffers] = 1
		}
	}
	if a.age.stated && b.age.stated {
		switch gap := a.age.gap(b.age); {
		case gap == 0 && (a.age.from != b.age.from || a.age.to != b.age.to):
			e[ageSame] = 0.5
		case gap == 0:
			e[ageSame] = 1
		default:
			e[ageDiffers] = math.Min(1, 0.7+0.1*float64(gap))
		}
	}
	if a.height > 0 && b.height > 0 {
		switch gap := max(a.height, b.height) - min(a.height, b.height); {
		case gap <= 3:
			e[heightSame] = 1
		case gap >= 10:
			e[heightDiffers] = 1
		}
	}
	e[described] = e[sexSame] * e[ageSame]
	if a.count > 0 && b.count > 0 {
		if a.count == b.count {
			e[countSame] = 1
		} else {
			e[countDiffers] = 1
		}
	}
}

func (e *evidence) circumstances(a, b *trace) {
	if a.day > 0 && b.day > 0 {
		if a.day == b.day {
			e[daySame] = 1
		} else {
			e[dayDiffers] = 1
		}
	}
	if len(a.places) == 0 || len(b.places) == 0 {
		return
	}
	for _, p := range a.places {
		for _, q := range b.places {
			if p == q && p != p.city() {
				e[countySame] = 1
			}
			if p.city() == q.city() {
				e[citySame] = 1
			}
		}
	}
	e[placeDiffers] = 1 - e[citySame]
}
