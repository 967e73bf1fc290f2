package spot

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/coregx/ahocorasick"

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
	p := read(post, nil)
	if !p.classes().enough() {
		return guitu.Finding{}
	}
	p.judge()
	f := p.decide(m)
	if f.Ask {
		if topic, score, ok := m.comment(post); ok {
			f.Spotted, f.Ask, f.Topic, f.Score = false, false, topic, score
		}
	}
	return f
}

// comment returns what the comments on a forwarded post say, when they say that its story is false or over and tell none
// themselves, and the score of the comments alone. Who forwards a plea with 转发微博 pleads; who writes 已找到 above it does not.
func (m *Model) comment(post string) (topic guitu.Topic, score float64, ok bool) {
	parts := text.Chain(post)
	if len(parts) < 2 {
		return "", 0, false
	}
	p := read(post[:parts[len(parts)-2].End], nil)
	if p.classes().enough() {
		p.judge()
		if score = logistic(m.Logit(p.sketch())); score >= Ask {
			return "", 0, false
		}
	}
	if _, ok := p.first(over); ok {
		return guitu.FoundNews, score, true
	}
	_, ok = p.first(refuted)
	return guitu.Debunk, score, ok
}

// Look returns what the learned part sees of a post, nil when the post has no words that a finding needs. Keywords in without
// are overlooked, so that one can measure how well a story is spotted whose words nobody had listed.
func Look(post string, without map[string]bool) *Sketch {
	p := read(clip(post), without)
	if !p.classes().enough() {
		return nil
	}
	p.judge()
	return p.sketch()
}

// Words returns the keywords of a post.
func Words(post string) []string {
	p := read(clip(post), nil)
	var out []string
	for _, w := range p.words {
		if w.class != phone && w.class != age {
			out = append(out, p.s[w.start:w.end])
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

// word is a keyword in the normalised text.
type word struct {
	class      class
	start, end int
}

// lexicon is the automaton over all keywords; classes has the class of each pattern.
type lexicon struct {
	automaton *ahocorasick.Automaton
	classes   []class
}

var load = sync.OnceValue(func() lexicon {
	var x lexicon
	b := ahocorasick.NewBuilder().SetMatchKind(ahocorasick.LeftmostLongest)
	seen := map[string]class{}
	for c := range classCount {
		for _, w := range vocabulary(c) {
			if other, ok := seen[w]; ok {
				panic("spot: " + w + " is in class " + other.String() + " and in " + c.String())
			}
			seen[w] = c
			b.AddStrings([]string{w})
			x.classes = append(x.classes, c)
		}
	}
	a, err := b.Build()
	if err != nil {
		panic("spot: build the automaton: " + err.Error())
	}
	x.automaton = a
	return x
})

// page is a post with its keywords.
type page struct {
	post  string
	text  text.Text
	s     string
	words []word
	runes []int32 // number of runes before each byte of s, and in all
	stops []int   // where sentences end in s
	hits  []guitu.Hit
	sum   float64
}

func read(post string, without map[string]bool) *page {
	p := &page{post: post, text: text.Normalise(post)}
	p.s = p.text.String
	x := load()
	// Longer words hide the shorter ones within them: 准考证 is no 证. Words that only touch are both kept. A hint hides no word
	// of the rules.
	var hinted []word
	for _, m := range x.automaton.FindAllOverlapping([]byte(p.s)) {
		if len(without) > 0 && without[p.s[m.Start:m.End]] {
			continue
		}
		if w := (word{x.classes[m.PatternID], m.Start, m.End}); w.class > age {
			hinted = append(hinted, w)
		} else {
			p.words = append(p.words, w)
		}
	}
	p.words = slices.DeleteFunc(longest(p.words), func(w word) bool { return w.class >= closed && inHandle(p.s[:w.start]) })
	p.words = append(p.words, longest(hinted)...)
	p.words = append(p.words, numbers(p.s)...)
	slices.SortFunc(p.words, func(a, b word) int { return cmp.Compare(a.start, b.start) })
	p.runes = make([]int32, len(p.s)+1)
	n := int32(0)
	for i := range len(p.s) {
		p.runes[i] = n
		switch c := p.s[i]; {
		case c == '!', c == '?', c == 0xE3 && (strings.HasPrefix(p.s[i:], "。") || strings.HasPrefix(p.s[i:], "】")):
			p.stops = append(p.stops, i)
			n++
		case utf8.RuneStart(c):
			n++
		}
	}
	p.runes[len(p.s)] = n
	return p
}

// classes returns the classes of the words.
func (p *page) classes() classes {
	var all classes
	for _, w := range p.words {
		all |= 1 << w.class
	}
	return all
}

// inHandle reports whether a text ends within the name of an account (@某某日报), which says who is called, not what happened.
func inHandle(before string) bool {
	at := strings.LastIndexByte(before, '@')
	return at >= 0 && len(before)-at < 60 && !strings.ContainsAny(before[at:], " ,。:!?#【】、")
}

// longest drops the words that lie within another one.
func longest(words []word) []word {
	slices.SortFunc(words, func(a, b word) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	kept := words[:0]
	end := -1
	for _, w := range words {
		if w.end > end {
			kept = append(kept, w)
			end = w.end
		}
	}
	return kept
}

// add lets a rule speak.
func (p *page) add(rule string, weight float64, at ...word) {
	p.sum += weight
	if len(at) == 0 {
		return
	}
	start, end := at[0].start, at[0].end
	for _, w := range at[1:] {
		start, end = min(start, w.start), max(end, w.end)
	}
	from, to := p.text.Span(start, end)
	p.hits = append(p.hits, guitu.Hit{Rule: rule, Text: p.post[from:to], Start: from, End: to, Weight: weight})
}

// first returns the first word of any of the classes.
func (p *page) first(classes ...class) (word, bool) {
	for _, w := range p.words {
		if slices.Contains(classes, w.class) {
			return w, true
		}
	}
	return word{}, false
}

// count returns how many different words of a class the post has, counted up to most.
func (p *page) count(most int, c class) int {
	var seen []string
	for _, w := range p.words {
		if t := p.s[w.start:w.end]; w.class == c && len(seen) < most && !slices.Contains(seen, t) {
			seen = append(seen, t)
		}
	}
	return len(seen)
}

// pair returns the closest words of two classes, at most gap runes apart, with no end of a sentence between them.
func (p *page) pair(a, b class, gap int) (x, y word, ok bool) {
	best := gap + 1
	for i, u := range p.words {
		if u.class != a {
			continue
		}
		for j := i - 1; j >= 0 && p.gap(p.words[j], u) < best; j-- {
			if v := p.words[j]; v.class == b && !p.stopped(v, u) {
				x, y, ok, best = u, v, true, p.gap(v, u)
			}
		}
		for j := i + 1; j < len(p.words) && p.gap(u, p.words[j]) < best; j++ {
			if v := p.words[j]; v.class == b && !p.stopped(u, v) {
				x, y, ok, best = u, v, true, p.gap(u, v)
			}
		}
	}
	return x, y, ok
}

// gap returns the number of runes between two words, the first of which begins first.
func (p *page) gap(a, b word) int {
	if b.start <= a.end {
		return 0
	}
	return int(p.runes[b.start] - p.runes[a.end])
}

func (p *page) stopped(a, b word) bool {
	i, _ := slices.BinarySearch(p.stops, a.end)
	return i < len(p.stops) && p.stops[i] < b.start
}

// logistic turns the sum of the weights into a score between 0 and 1.
func logistic(sum float64) float64 { return 1 / (1 + math.Exp(-sum)) }
