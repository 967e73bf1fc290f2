package spot

import (
	"slices"
	"sync"
	"unicode/utf8"

	"guitu/verify/text"
)

// word is a keyword, or a number, in the characters of a page.
type word struct {
	class        class
	text         uint16 // which keyword: its index in the lexicon, 0 for a number
	start, end   int32
	before, upTo int32 // how many sentences end before it begins, and before it ends
}

// page is a post with its keywords. The memory of one is used for the next, see turn.
type page struct {
	post   string
	chars  []text.Char
	plain  []uint16 // the chars of the basic plane and 0, which is of no word, for others; with a 0 behind them; see unmask
	survey survey
	words  []word // in order
	has    classes
	first  [classCount]int32 // by class that the page has, the first of its words
	hits   []hit
	spoken rules // that have spoken
	sum    float64
	sketch Sketch

	asWritten               bool         // disguises stay on
	at                      []int32      // for unmask
	begun                   []int32      // for keywords: where they may begin
	ruled, hinted, numbered []word       // for turn: the words of rules, hints and numbers
	seen                    [1024]uint32 // for distinct
}

// pages holds pages that nobody reads.
var pages = sync.Pool{New: func() any { return new(page) }}

// lexicon holds the keywords of all classes; each is of one.
var lexicon = sync.OnceValue(func() *trie {
	t := newTrie()
	seen := map[string]class{}
	for c := range classCount {
		for _, w := range vocabulary(c) {
			if other, ok := seen[w]; ok {
				panic("spot: " + w + " is in class " + other.String() + " and in " + c.String())
			}
			seen[w] = c
			var chars []uint16
			for _, r := range w {
				chars = append(chars, uint16(r))
			}
			t.add(chars, w, 1<<c)
		}
	}
	return t
})

// ruled holds the classes that rules weigh.
const ruled classes = 1<<(age+1) - 1

// turn reads a post into p. Keywords in without are overlooked.
func (p *page) turn(post string, without map[string]bool) {
	p.post = post
	p.chars = text.Append(p.chars[:0], post)
	p.hits, p.spoken, p.sum = p.hits[:0], 0, 0
	p.look()
	p.keywords(without)
	if p.survey.disguised {
		p.unmasked(p.ruled)
		p.unmasked(p.hinted)
	}
	p.numbers()
	p.words = merge(p.words[:0], p.ruled, p.hinted, p.numbered)
	p.has = 0
	before := 0
	for i := range p.words {
		w := &p.words[i]
		for before < len(p.survey.stops) && p.survey.stops[before] < w.start {
			before++
		}
		upTo := before
		for upTo < len(p.survey.stops) && p.survey.stops[upTo] < w.end {
			upTo++
		}
		w.before, w.upTo = int32(before), int32(upTo)
		if p.has&(1<<w.class) == 0 {
			p.has |= 1 << w.class
			p.first[w.class] = int32(i)
		}
	}
}

// keywords finds the keywords. Longer ones hide the shorter ones within them: 准考证 is no 证. Words that only touch are both kept. A
// hint hides no word of the rules.
func (p *page) keywords(without map[string]bool) {
	t := lexicon()
	p.ruled, p.hinted = p.ruled[:0], p.hinted[:0]
	var ruledEnd, hintedEnd int32
	p.begun = slices.Grow(p.begun[:0], len(p.plain))[:len(p.plain)]
	n := 0
	for i, a := range p.plain[:len(p.plain)-1] {
		p.begun[n] = int32(i)
		n += t.begins(a, p.plain[i+1])
	}
	for _, i := range p.begun[:n] {
		rule, hint := p.longest(t, i, without)
		if rule.end > ruledEnd {
			ruledEnd = rule.end
			if rule.class = t.words[rule.text].classes.first(); rule.class < closed || !p.inHandle(p.char(i)) {
				p.ruled = append(p.ruled, rule)
			}
		}
		if hint.end > hintedEnd {
			hintedEnd = hint.end
			hint.class = t.words[hint.text].classes.first()
			p.hinted = append(p.hinted, hint)
		}
	}
}

// longest returns the longest words of rules and of hints that begin at i, without their class. Where there is none, its end is 0.
func (p *page) longest(t *trie, i int32, without map[string]bool) (rule, hint word) {
	rule.start, hint.start = i, i
	n := uint16(0)
	for j, c := range p.plain[i:] {
		s := t.step(n, c)
		if s.word != 0 && (without == nil || !without[t.words[s.word].text]) {
			if t.words[s.word].classes&ruled != 0 {
				rule.text, rule.end = s.word, i+int32(j)+1
			} else {
				hint.text, hint.end = s.word, i+int32(j)+1
			}
		}
		switch {
		case j == 0:
			n = c // whether or not the character is a word
		case s.key == 0:
			return rule, hint
		default:
			n = s.to
		}
	}
	return rule, hint
}

// merge appends the words of three lists that are in order to out.
func merge(out, a, b, c []word) []word {
	for {
		from := &a
		if len(b) > 0 && (len(a) == 0 || b[0].start < a[0].start) {
			from = &b
		}
		if len(c) > 0 && (len(*from) == 0 || c[0].start < (*from)[0].start) {
			from = &c
		}
		if len(*from) == 0 {
			return out
		}
		out = append(out, (*from)[0])
		*from = (*from)[1:]
	}
}

// char returns where the character at i in p.plain is in p.chars.
func (p *page) char(i int32) int {
	if p.survey.disguised {
		return int(p.at[i])
	}
	return int(i)
}

// inHandle reports whether the text before at ends within the name of an account (@某某日报), which says who is called, not what
// happened.
func (p *page) inHandle(at int) bool {
	for i, size := at-1, 0; i >= 0; i-- {
		switch r := p.chars[i].Rune; r {
		case '@':
			return size+1 < 60
		case ' ', ',', '。', ':', '!', '?', '#', '【', '】', '、':
			return false
		default:
			if size += utf8.RuneLen(r); size >= 60 {
				return false
			}
		}
	}
	return false
}

// find returns the first word of a class.
func (p *page) find(c class) (word, bool) {
	if p.has&(1<<c) == 0 {
		return word{}, false
	}
	return p.words[p.first[c]], true
}

// count returns how many different words of a class the post has, counted up to most.
func (p *page) count(most int, c class) int {
	var few [4]uint16
	seen := few[:0]
	if p.has&(1<<c) == 0 {
		return 0
	}
	for _, w := range p.words[p.first[c]:] {
		if w.class == c && len(seen) < most && !slices.Contains(seen, w.text) {
			seen = append(seen, w.text)
		}
	}
	return len(seen)
}

// near returns the closest words of class a and of the first of the others that has one, at most gap characters apart, with no end
// of a sentence between them.
func (p *page) near(a class, gap int, others ...class) (x, y word, ok bool) {
	for _, b := range others {
		if p.has&(1<<a) != 0 && p.has&(1<<b) != 0 {
			if x, y, ok = p.pair(a, b, gap); ok {
				return x, y, true
			}
		}
	}
	return word{}, word{}, false
}

// pair returns the closest words of two classes, the first one before or behind the second.
func (p *page) pair(a, b class, gap int) (x, y word, ok bool) {
	best := int32(gap + 1)
	for i := int(p.first[a]); i < len(p.words); i++ {
		u := &p.words[i]
		if u.class != a {
			continue
		}
		for j := i - 1; j >= 0 && p.words[j].gap(u) < best; j-- {
			if v := &p.words[j]; v.class == b && !v.stopped(u) {
				x, y, ok, best = *u, *v, true, v.gap(u)
			}
		}
		for j := i + 1; j < len(p.words) && u.gap(&p.words[j]) < best; j++ {
			if v := &p.words[j]; v.class == b && !u.stopped(v) {
				x, y, ok, best = *u, *v, true, u.gap(v)
			}
		}
	}
	return x, y, ok
}

// gap returns the number of characters between w and v, which begins behind it or where it does.
func (w *word) gap(v *word) int32 { return max(0, v.start-w.end) }

// stopped reports whether a sentence ends between w and v.
func (w *word) stopped(v *word) bool { return v.before > w.upTo }
