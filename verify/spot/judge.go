package spot

import (
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
	if !p.said(saysLostChild, saysFoundChild, saysSnatching) {
		p.lostAdult()
	}
	p.asks()
	p.against(fear >= 1.5)
}

// decide joins what the rules and the learned part say.
func (p *page) decide(m *Model) guitu.Finding {
	p.marks()
	if logit, ok := p.hopeless(m); ok {
		return guitu.Finding{Score: logistic(logit), Hits: p.reasons()}
	}
	p.grams()
	s := &p.sketch
	f := guitu.Finding{Score: logistic(m.Logit(s)), Hits: p.reasons()}
	f.Spotted, f.Ask = f.Score >= Flag, f.Score >= Ask
	if f.Ask {
		f.Topic = m.topic(s)
		f.Hits = append(f.Hits, p.learned(m, s))
	} else {
		f.Topic = p.evidence(m, s)
	}
	return f
}

// far is how far below its bar a post is by all but its n-grams when these need not be looked at, which is most of the work: of all
// posts that were seen, they moved the logit of none that ended above its bar by as much from below.
const far = 5.0

// hopeless reports whether a post is far from being about a missing person, and from saying what came of such a story; and the logit
// without the n-grams.
func (p *page) hopeless(m *Model) (logit float64, ok bool) {
	s := &p.sketch
	if logit = m.joined(m.Tables[Missing].marks(s), s.Rules); logit > -far {
		return logit, false
	}
	no, ended := p.told()
	return logit, m.Tables[False].marks(s)+no < -far && m.Tables[Ended].marks(s)+ended < -far
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
	no, ended := p.told()
	no += m.Tables[False].Logit(s)
	ended += m.Tables[Ended].Logit(s)
	switch {
	case no > 0 && no >= ended:
		return guitu.Debunk
	case ended > 0:
		return guitu.FoundNews
	}
	return ""
}

// told returns what words say of whether the story that the post tells is false, and of whether it has ended.
func (p *page) told() (no, ended float64) {
	if !p.said(saysLostChild, saysFoundChild, saysSnatching, saysTraffickers, saysLostAdult, saysSearch) {
		return 0, 0
	}
	_, back := p.find(over)
	if back {
		ended = told
	}
	switch p.count(2, refuted) {
	case 2:
		no = sure
	case 1:
		no = told
	default:
		// In a scare the child is found with its organs gone, and a disaster has its own rescues.
		if p.said(saysLostChild) && (back || p.rescued()) && p.has&(1<<organs|1<<disaster) == 0 {
			ended = sure
		}
	}
	return no, ended
}

// rescued reports whether the post says how a case came to its end.
func (p *page) rescued() bool {
	if p.has&(1<<closed|1<<found) == 0 {
		return false
	}
	for _, w := range p.words {
		if (w.class == closed || w.class == found) && rescues[lexicon().words[w.text].text] {
			return true
		}
	}
	return false
}

// rescues are the words for the end of a case that only its end has. The others of their classes are said of any crime.
var rescues = map[string]bool{
	"民警找到": true, "成功解救": true, "解救下来": true, "获救": true, "被解救": true, "帮其找到": true, "寻获": true, "搜救回": true, "送回家": true, "护送回家": true,
	"落网": true, "抓获": true, "破案": true, "告破": true, "破获": true, "侦破": true,
}

const (
	told = 2.0  // what a word of an end, or of falsehood, adds when the post tells of such a story
	sure = 30.0 // what it adds where words leave no doubt, whatever the learned part says, which has seen few such posts
)

// lostChild weighs what says that one child is gone, or found without its parents.
func (p *page) lostChild() {
	for _, who := range []class{child, age} {
		w, l, ok := p.near(who, 14, lost, taken)
		if ok {
			p.add(saysLostChild, 2.4, w, l)
			break
		}
		if w, l, ok = p.near(who, 45, lost, taken); ok {
			p.add(saysLostChild, 1.5, w, l)
			break
		}
	}
	if !p.said(saysLostChild) {
		for _, who := range []class{child, age, kinsfolk, adult} {
			if w, g, ok := p.near(who, 40, gone); ok {
				p.add(saysPerhapsGone, 1.3, w, g)
				break
			}
		}
	}
	if w, ok := p.find(looks); ok && p.said(saysLostChild, saysPerhapsGone) && p.count(3, looks) == 3 {
		p.add(saysDescribed, 0.7, w)
	}
	if w, f, ok := p.near(child, 25, found); ok {
		if k, has := p.find(kin); has {
			p.add(saysFoundChild, 2.2, w, f)
			p.add(saysWhoseChild, 0.4, k)
		}
	}
	if w, s, ok := p.near(child, 16, search); ok {
		p.add(saysSearch, 1.5, w, s)
	} else if s, has := p.find(search); has {
		p.add(saysSearch, 1.3, s)
	}
}

// scare weighs what says that children are being snatched, and returns the weight.
func (p *page) scare() float64 {
	before := p.sum
	if w, ok := p.find(snatch); ok {
		weight := 2.6
		// The verbs of the law and the press say less than those of the street.
		if t := lexicon().words[w.text].text; strings.HasPrefix(t, "拐卖") || strings.HasPrefix(t, "贩卖") || strings.HasPrefix(t, "绑架") || strings.HasPrefix(t, "拐骗") {
			weight = 2.0
		}
		p.add(saysSnatching, weight, w)
	}
	if w, ok := p.find(trafficker); ok {
		p.add(saysTraffickers, 1.0, w)
	}
	if w, g, ok := p.near(child, 16, grab); ok && !p.said(saysSnatching) {
		p.add(saysHandsOnAChild, 1.2, w, g)
	}
	horrors := p.count(2, organs)
	if at, ok := p.find(organs); ok {
		_, young := p.find(child)
		_, warned := p.find(caution)
		_, _, near := p.near(child, 80, organs)
		switch {
		case p.sum > before:
			p.add(saysHorrors, 0.5*float64(horrors), at)
		case near, young && warned && horrors > 1:
			p.add(saysHorrors, 0.6+0.5*float64(horrors), at)
		}
	}
	if p.sum == before {
		return 0
	}
	if w, ok := p.find(caution); ok {
		p.add(saysWarning, 0.5+0.4*float64(p.count(2, caution)), w)
	}
	if w, ok := p.find(hearsay); ok {
		p.add(saysHearsay, 0.1+0.3*float64(p.count(3, hearsay)), w)
	}
	return p.sum - before
}

// lostAdult weighs what says that a grown person is gone.
func (p *page) lostAdult() {
	if w, l, ok := p.near(adult, 20, lost); ok {
		p.add(saysLostAdult, 1.5, w, l)
	}
}

// asks weighs what the post wants of its readers.
func (p *page) asks() {
	for _, r := range []struct {
		rule   rule
		class  class
		weight float64
		more   float64
	}{
		{saysShare, share, 0.9, 0.3},
		{saysClue, clue, 0.7, 0.3},
		{saysPhone, phone, 0.8, 0},
		{saysDistress, distress, 0.5, 0},
		{saysStillGone, open, 0.3, 0},
	} {
		if w, ok := p.find(r.class); ok {
			p.add(r.rule, r.weight+r.more*float64(p.count(3, r.class)-1), w)
		}
	}
}

// against weighs what speaks of another matter, or of one that is over. In a scare the child is often found, with its hair cut.
func (p *page) against(scary bool) {
	if w, ok := p.find(over); ok && scary {
		p.add(saysClosed, -1.0, w)
	} else if ok {
		p.add(saysClosed, -2.8, w)
	}
	if w, ok := p.find(charity); ok && !p.said(saysLostChild, saysSnatching) {
		p.add(saysCharity, -1.0*float64(p.count(2, charity)), w)
	}
	for _, r := range []struct {
		rule   rule
		class  class
		weight float64
		most   int
	}{
		{saysClosed, closed, -1.2, 3},
		{saysRefuted, refuted, -1.8, 3},
		{saysPress, press, -0.4, 2},
		{saysLaw, law, -1.0, 3},
		{saysThing, thing, -2.3, 2},
		{saysPet, pet, -2.2, 2},
		{saysDisaster, disaster, -2.0, 2},
		{saysFiction, fiction, -1.2, 2},
		{saysFigurative, figurative, -0.9, 2},
	} {
		if w, ok := p.find(r.class); ok {
			p.add(r.rule, r.weight*float64(p.count(r.most, r.class)), w)
		}
	}
}
