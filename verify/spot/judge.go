package spot

import (
	"slices"
	"strings"

	"guitu"
)

// The thresholds: from Flag on a post is spotted, and from Ask on an officer is asked.
const (
	Flag = 0.45
	Ask  = 0.2
)

// base is the weight of a post of which nothing is known: most are about something else.
const base = -3.0

// judge lets the rules speak.
func (p *page) judge() {
	p.sum = base
	p.lostChild()
	fear := p.scare()
	if !p.said("lost child", "found child", "snatching") {
		p.lostAdult()
	}
	p.asks()
	p.against(fear >= 1.5)
}

// decide joins what the rules and the learned part say.
func (p *page) decide(m *Model) guitu.Finding {
	s := p.sketch()
	f := guitu.Finding{Score: logistic(m.Logit(s)), Hits: p.hits}
	f.Spotted, f.Ask = f.Score >= Flag, f.Score >= Ask
	if f.Ask {
		f.Topic = m.topic(s)
		f.Hits = append(f.Hits, p.learned(m, s))
	} else {
		f.Topic = p.evidence(m, s)
	}
	return f
}

// topic returns what a post is about that is about a missing person.
func (m *Model) topic(s *Sketch) guitu.Topic {
	switch {
	case m.Tables[Scare].Logit(s) > 0:
		return guitu.AbductionScare
	case m.Tables[Grown].Logit(s) > 0:
		return guitu.AdultMissing
	}
	return guitu.Plea
}

// evidence returns what a post says that asks for nobody.
func (p *page) evidence(m *Model, s *Sketch) guitu.Topic {
	no, ended := m.Tables[False].Logit(s), m.Tables[Ended].Logit(s)
	if p.said("lost child", "found child", "snatching", "traffickers", "lost adult", "search") {
		if _, ok := p.first(refuted); ok {
			no += told
		}
		if _, ok := p.first(over); ok {
			ended += told
		}
	}
	switch {
	case no > 0 && no >= ended:
		return guitu.Debunk
	case ended > 0:
		return guitu.FoundNews
	}
	return ""
}

// told is what a word of an end, or of falsehood, adds when the post tells of such a story.
const told = 2.0

// lostChild weighs what says that one child is gone, or found without its parents.
func (p *page) lostChild() {
	for _, who := range []class{child, age} {
		w, l, ok := p.near(who, 14, lost, taken)
		if ok {
			p.add("lost child", 2.4, w, l)
			break
		}
		if w, l, ok = p.near(who, 45, lost, taken); ok {
			p.add("lost child", 1.5, w, l)
			break
		}
	}
	if !p.said("lost child") {
		for _, who := range []class{child, age, kinsfolk, adult} {
			if w, g, ok := p.near(who, 40, gone); ok {
				p.add("perhaps gone", 1.3, w, g)
				break
			}
		}
	}
	if w, ok := p.first(looks); ok && p.said("lost child", "perhaps gone") && p.count(3, looks) == 3 {
		p.add("described", 0.7, w)
	}
	if w, f, ok := p.near(child, 25, found); ok {
		if k, has := p.first(kin); has {
			p.add("found child", 2.2, w, f)
			p.add("whose child", 0.4, k)
		}
	}
	if w, s, ok := p.near(child, 16, search); ok {
		p.add("search", 1.5, w, s)
	} else if s, has := p.first(search); has {
		p.add("search", 1.3, s)
	}
}

// scare weighs what says that children are being snatched, and returns the weight.
func (p *page) scare() float64 {
	before := p.sum
	if w, ok := p.first(snatch); ok {
		weight := 2.6
		// The verbs of the law and the press say less than those of the street.
		if t := p.s[w.start:w.end]; strings.HasPrefix(t, "拐卖") || strings.HasPrefix(t, "贩卖") || strings.HasPrefix(t, "绑架") || strings.HasPrefix(t, "拐骗") {
			weight = 2.0
		}
		p.add("snatching", weight, w)
	}
	if w, ok := p.first(trafficker); ok {
		p.add("traffickers", 1.0, w)
	}
	if w, g, ok := p.near(child, 16, grab); ok && !p.said("snatching") {
		p.add("hands on a child", 1.2, w, g)
	}
	horrors := p.count(2, organs)
	if at, ok := p.first(organs); ok {
		_, young := p.first(child)
		_, warned := p.first(caution)
		_, _, near := p.near(child, 80, organs)
		switch {
		case p.sum > before:
			p.add("horrors", 0.5*float64(horrors), at)
		case near, young && warned && horrors > 1:
			p.add("horrors", 0.6+0.5*float64(horrors), at)
		}
	}
	if p.sum == before {
		return 0
	}
	if w, ok := p.first(caution); ok {
		p.add("warning", 0.5+0.4*float64(p.count(2, caution)), w)
	}
	if w, ok := p.first(hearsay); ok {
		p.add("hearsay", 0.1+0.3*float64(p.count(3, hearsay)), w)
	}
	return p.sum - before
}

// lostAdult weighs what says that a grown person is gone.
func (p *page) lostAdult() {
	if w, l, ok := p.near(adult, 20, lost); ok {
		p.add("lost adult", 1.5, w, l)
	}
}

// asks weighs what the post wants of its readers.
func (p *page) asks() {
	for _, r := range []struct {
		rule   string
		class  class
		weight float64
		more   float64
	}{
		{"share", share, 0.9, 0.3},
		{"clue", clue, 0.7, 0.3},
		{"phone", phone, 0.8, 0},
		{"distress", distress, 0.5, 0},
		{"still gone", open, 0.3, 0},
	} {
		if w, ok := p.first(r.class); ok {
			p.add(r.rule, r.weight+r.more*float64(p.count(3, r.class)-1), w)
		}
	}
}

// against weighs what speaks of another matter, or of one that is over. In a scare the child is often found, with its hair cut.
func (p *page) against(scary bool) {
	if w, ok := p.first(over); ok && scary {
		p.add("closed", -1.0, w)
	} else if ok {
		p.add("closed", -2.8, w)
	}
	if w, ok := p.first(charity); ok && !p.said("lost child", "snatching") {
		p.add("charity", -1.0*float64(p.count(2, charity)), w)
	}
	for _, r := range []struct {
		rule   string
		class  class
		weight float64
		most   int
	}{
		{"closed", closed, -1.2, 3},
		{"refuted", refuted, -1.8, 3},
		{"press", press, -0.4, 2},
		{"law", law, -1.0, 3},
		{"thing", thing, -2.3, 2},
		{"pet", pet, -2.2, 2},
		{"disaster", disaster, -2.0, 2},
		{"fiction", fiction, -1.2, 2},
		{"figurative", figurative, -0.9, 2},
	} {
		if w, ok := p.first(r.class); ok {
			p.add(r.rule, r.weight*float64(p.count(r.most, r.class)), w)
		}
	}
}

// near returns the closest pair of a word of class a and one of the others.
func (p *page) near(a class, gap int, others ...class) (x, y word, ok bool) {
	for _, b := range others {
		if u, v, found := p.pair(a, b, gap); found {
			return u, v, true
		}
	}
	return x, y, false
}

// said reports whether one of the rules has spoken.
func (p *page) said(rules ...string) bool {
	return slices.ContainsFunc(p.hits, func(h guitu.Hit) bool { return slices.Contains(rules, h.Rule) })
}
