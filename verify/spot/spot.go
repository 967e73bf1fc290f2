package spot

import (
	"math"
	"strings"

	"guitu"
	"guitu/verify/text"
)

// Spot says whether post is about a missing person, and why.
func Spot(post string) guitu.Finding { return embedded().Spot(post) }

// Spot says whether post is about a missing person, and why, with this model.
func (m *Model) Spot(post string) guitu.Finding {
	post = clip(post)
	if !loadGate().passes(post) {
		return guitu.Finding{}
	}
	return m.look(post)
}

// look is Spot without the gate.
func (m *Model) look(post string) guitu.Finding {
	p := pages.Get().(*page)
	defer pages.Put(p)
	p.turn(post, nil)
	if !p.has.enough() {
		return guitu.Finding{}
	}
	p.judge()
	f := p.decide(m)
	if f.Ask {
		if topic, score, ok := m.comment(p, post); ok {
			f.Spotted, f.Ask, f.Topic, f.Score = false, false, topic, score
		}
	}
	return f
}

// comment returns what the comments on a forwarded post say, when they say that its story is false or over and tell none
// themselves, and the score of the comments alone. Who forwards a plea with 转发微博 pleads; who writes 已找到 above it does not.
func (m *Model) comment(p *page, post string) (topic guitu.Topic, score float64, ok bool) {
	parts := text.Chain(post)
	if len(parts) < 2 {
		return "", 0, false
	}
	p.turn(post[:parts[len(parts)-2].End], nil)
	if p.has.enough() {
		p.judge()
		if score = logistic(m.Logit(p.draw())); score >= Ask {
			return "", 0, false
		}
	}
	if _, ok := p.find(over); ok {
		return guitu.FoundNews, score, true
	}
	_, ok = p.find(refuted)
	return guitu.Debunk, score, ok
}

// Look returns what the learned part sees of a post, nil when the post has no words that a finding needs. Keywords in without
// are overlooked, so that one can measure how well a story is spotted whose words nobody had listed. Words in disguise (走*失), which
// Spot reads, stay so: too few posts have any to learn from them.
func Look(post string, without map[string]bool) *Sketch {
	p := page{asWritten: true}
	p.turn(clip(post), without)
	if !p.has.enough() {
		return nil
	}
	p.judge()
	return p.draw()
}

// Words returns the keywords of a post, without those in disguise.
func Words(post string) []string {
	p := page{asWritten: true}
	p.turn(clip(post), nil)
	var out []string
	for _, w := range p.words {
		if w.text != 0 {
			out = append(out, lexicon().words[w.text].text)
		}
	}
	return out
}

func clip(post string) string {
	if len(post) > guitu.MaxText {
		return strings.ToValidUTF8(post[:guitu.MaxText], "")
	}
	return post
}

// logistic turns the sum of the weights into a score between 0 and 1.
func logistic(sum float64) float64 { return 1 / (1 + math.Exp(-sum)) }
