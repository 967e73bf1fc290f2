package spot

import (
	"cmp"
	"slices"
	"sync"
	"unicode/utf8"

	"guitu/verify/text"
)

// word is a keyword, or a number, in the characters of a page.
type word struct {
	class        class
	text         uint16 // which keyword: its node in the lexicon, root for a number
	start, end   int32
	before, upTo int32 // how many sentences end before it begins, and before it ends
}

// page is a post with its keywords. The memory of one is used for the next, see turn.
type page struct {
	post   string
	chars  []text.Char
	plain  []uint16 // the chars of the basic plane and 0, which is of no word, for others; with a 0 behind them
	survey survey
	words  []word // in order
	has    classes
	first  [classCount]int32 // by class that the page has, the first of its words
	hits   []hit
	spoken rules // that have spoken
	sum    float64
	sketch Sketch

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
				if r > 0xFFFF {
					panic("spot: the lexicon cannot hold " + w)
				}
				chars = append(chars, uint16(r))
			}
			t.add(chars, 1<<c, w)
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
	p.numbers()
	p.words = append(append(append(p.words[:0], p.ruled...), p.hinted...), p.numbered...)
	slices.SortFunc(p.words, func(a, b word) int { return cmp.Compare(a.start, b.start) })
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
	for i, a := range p.plain[:len(p.chars)] {
		if !t.begins(a, p.plain[i+1]) {
			continue
		}
		var rule, hint word // the longest
		n := uint16(root)
		for j, c := range p.plain[i:] {
			if n = t.step(n, c); n == root {
				break
			}
			switch c := t.ends[n]; {
			case c == 0 || without != nil && without[t.texts[n]]:
			case c&ruled != 0:
				rule = word{class: c.first(), text: n, start: int32(i), end: int32(i + j + 1)}
			default:
				hint = word{class: c.first(), text: n, start: int32(i), end: int32(i + j + 1)}
			}
		}
		if rule.end > ruledEnd {
			ruledEnd = rule.end
			if rule.class < closed || !p.inHandle(i) {
				p.ruled = append(p.ruled, rule)
			}
		}
		if hint.end > hintedEnd {
			p.hinted, hintedEnd = append(p.hinted, hint), hint.end
		}
	}
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
