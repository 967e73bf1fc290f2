package spot

import (
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Sketch is what the learned part sees of a post.
type Sketch struct {
	Marks []uint32 // buckets of what the post has, each once: word classes, their pairs, its shape
	Grams []uint32 // buckets of its n-grams, as often as they stand there
	Rules float64  // sum of the weights of the rules
	at    []int32  // which character each of Grams begins with
}

// GramValue is how much each n-gram counts: the more there are, the less.
func (s *Sketch) GramValue() float64 { return 4 / math.Sqrt(float64(max(len(s.Grams), 1))) }

// The kinds of feature, so that one hashes to another bucket than the other.
const (
	markClass = iota + 1
	markPair
	markFollows
	markThree
	markShape
	markRule
	gramRaw
	gramMasked
)

// hash mixes a number into a hash (the finaliser of splitmix64).
func hash(h uint64, x uint64) uint64 {
	h ^= x + 0x9E3779B97F4A7C15 + h<<6 + h>>2
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return h ^ h>>31
}

func bucket(h uint64) uint32 { return uint32(h >> 40 & (buckets - 1)) }

func feature(kind int, parts ...int) uint32 {
	h := uint64(kind)
	for _, p := range parts {
		h = hash(h, uint64(p))
	}
	return bucket(h)
}

// known are the features of a few small numbers, or what they have in common, made beforehand.
type known struct {
	class          [classCount][mostOfClass + 1]uint32
	pair           [classCount][classCount]uint32
	follows, three [classCount][classCount]uint64 // hashes that lack the last number
	rule           [ruleCount]uint32
}

// mostOfClass is how many words of a class tell more than fewer do.
const mostOfClass = 4

var features = sync.OnceValue(func() *known {
	k := new(known)
	for c := range int(classCount) {
		for n := range mostOfClass + 1 {
			k.class[c][n] = feature(markClass, c, n)
		}
		for d := range int(classCount) {
			k.pair[c][d] = feature(markPair, c, d)
			k.follows[c][d] = hash(hash(markFollows, uint64(c)), uint64(d))
			k.three[c][d] = hash(hash(markThree, uint64(c)), uint64(d))
		}
	}
	for r, name := range ruleNames {
		k.rule[r] = feature(markRule, int(hashString(name)))
	}
	return k
})

// draw reduces a post that the rules have judged. The sketch is good until the next turn.
func (p *page) draw() *Sketch {
	p.marks()
	p.grams()
	return &p.sketch
}

// marks makes the features of the word classes, the rules and the shape.
func (p *page) marks() {
	p.sketch.Rules = p.sum
	out := p.sketch.Marks[:0]
	k := features()
	var count [classCount]uint8
	for i := range p.words {
		w := &p.words[i]
		count[w.class] = min(count[w.class]+1, mostOfClass)
		last := class(classCount)
		for j := i + 1; j < min(len(p.words), i+5); j++ {
			v := &p.words[j]
			if v.start < w.end {
				continue
			}
			d := distance(w.gap(v))
			if w.stopped(v) {
				d += 8
			}
			out = append(out, bucket(hash(k.follows[w.class][v.class], d)))
			if last < classCount {
				out = append(out, bucket(hash(k.three[w.class][last], uint64(v.class))))
			}
			last = v.class
		}
	}
	for left := p.has; left != 0; left &= left - 1 {
		c := left.first()
		out = append(out, k.class[c][0])
		if n := count[c]; n > 1 {
			out = append(out, k.class[c][n])
		}
		for more := left & (left - 1); more != 0; more &= more - 1 {
			out = append(out, k.pair[c][more.first()])
		}
	}
	for _, h := range p.hits {
		out = append(out, k.rule[h.rule])
	}
	p.sketch.Marks = p.distinct(p.shape(out))
}

// distinct drops repetitions, in place. It is what takes long in a post of many words, so it looks them up instead of sorting.
func (p *page) distinct(marks []uint32) []uint32 {
	seen := &p.seen // open addressing; 0 is free, else the mark + 1
	if len(marks) > len(seen)/2 {
		slices.Sort(marks)
		return slices.Compact(marks)
	}
	clear(seen[:])
	kept := marks[:0]
	for _, m := range marks {
		i := m * 0x9E3779B1 >> 22
		for seen[i] != 0 && seen[i] != m+1 {
			i = (i + 1) % uint32(len(seen))
		}
		if seen[i] == 0 {
			seen[i] = m + 1
			kept = append(kept, m)
		}
	}
	return kept
}

func hashString(s string) uint32 {
	h := uint64(len(s))
	for i := range len(s) {
		h = hash(h, uint64(s[i]))
	}
	return uint32(h >> 33)
}

func distance(gap int32) uint64 {
	switch {
	case gap == 0:
		return 0
	case gap <= 3:
		return 1
	case gap <= 8:
		return 2
	case gap <= 20:
		return 3
	case gap <= 50:
		return 4
	}
	return 5
}

// Symbols of what is masked; characters are their own code points.
const (
	symbolClass  = 0x110000 + iota*0x100 // + class
	symbolNumber                         // a run of digits, by its length
	symbolLatin                          // a run of letters
	symbolHandle                         // an account
	symbolFace                           // an emoji in brackets
)

// grams makes the features of the 1- to 3-grams of the characters, and of the text in which words and numbers are masked.
func (p *page) grams() {
	out, at := p.sketch.Grams[:0], p.sketch.at[:0]
	// What the hashes of the pair and of the three that the next character ends begin with.
	pair, three, next := hash(gramRaw+16, 0), uint64(0), uint64(0)
	for i := range p.chars {
		c := uint64(p.chars[i].Rune)
		if c >= '0' && c <= '9' {
			c = '0'
		}
		out = append(out, bucket(hash(gramRaw, c)), bucket(hash(pair, c)))
		at = append(at, int32(i), int32(i))
		if i >= 2 {
			out = append(out, bucket(hash(three, c)))
			at = append(at, int32(i))
		}
		pair, three, next = hash(gramRaw+16, c), hash(next, c), hash(gramRaw+32, c)
	}
	var a, b uint64
	for i, w := 0, 0; i < len(p.chars); {
		c, size := p.masked(i, &w)
		if c >= symbolClass {
			out = append(out, bucket(hash(gramMasked, c)))
			at = append(at, int32(i))
		}
		if c >= symbolClass || b >= symbolClass {
			out = append(out, bucket(hash(hash(gramMasked+16, b), c)))
			at = append(at, int32(i))
		}
		if c >= symbolClass || b >= symbolClass || a >= symbolClass {
			out = append(out, bucket(hash(hash(hash(gramMasked+32, a), b), c)))
			at = append(at, int32(i))
		}
		a, b = b, c
		i += size
	}
	p.sketch.Grams, p.sketch.at = out, at
}

// masked returns the symbol at i and how many characters it stands for: keywords become their class, numbers and names of accounts
// their kind. *w is a word before which there is none at i or behind.
func (p *page) masked(i int, w *int) (symbol uint64, size int) {
	for *w < len(p.words) && int(p.words[*w].start) < i {
		*w++
	}
	if *w < len(p.words) && int(p.words[*w].start) == i {
		return symbolClass + uint64(p.words[*w].class), int(p.words[*w].end) - i
	}
	switch c := p.chars[i].Rune; {
	case digit(c):
		n := p.run(i, digit)
		return symbolNumber + uint64(min(n, 5)), n
	case latin(c):
		return symbolLatin, p.run(i, latin)
	case c == '@':
		return symbolHandle, 1 + p.handle(i+1)
	case c == '[':
		return symbolFace, 1 + p.face(i)
	default:
		return uint64(c), 1
	}
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' }

// run returns the number of characters from i on for which in holds.
func (p *page) run(i int, in func(rune) bool) int {
	n := 0
	for i+n < len(p.chars) && in(p.chars[i+n].Rune) {
		n++
	}
	return n
}

// handle returns the number of characters, fourteen at most, of the name of an account at i.
func (p *page) handle(i int) int {
	n := 0
	for i+n < len(p.chars) && n < 14 && !strings.ContainsRune(" ,。:!?#@【】、/", p.chars[i+n].Rune) {
		n++
	}
	return n
}

// face returns how far behind the bracket at i the closing one is, 0 when that is more than 24 bytes.
func (p *page) face(i int) int {
	for n, size := 0, 0; i+n < len(p.chars) && size <= 24; n++ {
		r := p.chars[i+n].Rune
		if r == ']' {
			return n
		}
		size += utf8.RuneLen(r)
	}
	return 0
}
