package spot

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Sketch is what the learned part sees of a post.
type Sketch struct {
	Marks []uint32 // buckets of what the post has, each once: word classes, their pairs, its shape
	Grams []uint32 // buckets of its n-grams, as often as they stand there
	Rules float64  // sum of the weights of the rules
	at    []int32  // where each of Grams begins in the one spelling
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

// sketch reduces a post that the rules have judged.
func (p *page) sketch() *Sketch {
	s := &Sketch{Rules: p.sum, Marks: p.marks(make([]uint32, 0, 256))}
	s.Grams, s.at = p.grams()
	return s
}

// marks appends the features of the word classes, the rules and the shape.
func (p *page) marks(out []uint32) []uint32 {
	var count [classCount]int
	for i, w := range p.words {
		count[w.class]++
		last := -1
		for _, v := range p.words[i+1 : min(len(p.words), i+5)] {
			if v.start < w.end {
				continue
			}
			d := distance(p.gap(w, v))
			if p.stopped(w, v) {
				d += 8
			}
			out = append(out, feature(markFollows, int(w.class), int(v.class), d))
			if last >= 0 {
				out = append(out, feature(markThree, int(w.class), last, int(v.class)))
			}
			last = int(v.class)
		}
	}
	for c, n := range count {
		if n == 0 {
			continue
		}
		out = append(out, feature(markClass, c, 0))
		if n > 1 {
			out = append(out, feature(markClass, c, min(n, 4)))
		}
		for d := c + 1; d < len(count); d++ {
			if count[d] > 0 {
				out = append(out, feature(markPair, c, d))
			}
		}
	}
	for _, h := range p.hits {
		out = append(out, feature(markRule, int(hashString(h.Rule))))
	}
	out = p.shape(out)
	return distinct(out)
}

// distinct drops repetitions, in place. It is what takes long in a post of many words, so it looks them up instead of sorting.
func distinct(marks []uint32) []uint32 {
	var seen [1024]uint32 // open addressing; 0 is free, else the mark + 1
	if len(marks) > len(seen)/2 {
		slices.Sort(marks)
		return slices.Compact(marks)
	}
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

func distance(gap int) int {
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

// shape appends how the post is made.
func (p *page) shape(out []uint32) []uint32 {
	n := int(p.runes[len(p.s)])
	length := 0
	for _, most := range []int{8, 15, 22, 30, 50, 80, 120, 160, 250} {
		if n > most {
			length++
		}
	}
	out = append(out, feature(markShape, 0, length))
	for i, sign := range []string{"?", "!", "!!!", "【", "#", "@", "//@", "http", "网页链接", "展开全文", "\"", "“", "...", "……", "↓", "[", "。", ",", ":", "、", "①"} {
		if k := strings.Count(p.s, sign); k > 0 {
			out = append(out, feature(markShape, 1, i, min(k, 3)))
		}
	}
	if !strings.ContainsAny(p.s, ",。!?:;【") {
		out = append(out, feature(markShape, 2, length))
	}
	return out
}

// Symbols of what is masked; characters are their own code points.
const (
	symbolClass  = 0x110000 + iota*0x100 // + class
	symbolNumber                         // a run of digits, by its length
	symbolLatin                          // a run of letters
	symbolHandle                         // an account
	symbolFace                           // an emoji in brackets
)

// grams returns the buckets of 1- to 3-grams of the characters, and of the text in which words and numbers are masked.
func (p *page) grams() (out []uint32, at []int32) {
	n := int(p.runes[len(p.s)])
	out, at = make([]uint32, 0, 4*n), make([]int32, 0, 4*n)
	var a, b uint64
	for i, r := range p.s {
		if r >= '0' && r <= '9' {
			r = '0'
		}
		c := uint64(r)
		out = append(out, bucket(hash(gramRaw, c)), bucket(hash(hash(gramRaw+16, b), c)))
		at = append(at, int32(i), int32(i))
		if a != 0 {
			out = append(out, bucket(hash(hash(hash(gramRaw+32, a), b), c)))
			at = append(at, int32(i))
		}
		a, b = b, c
	}
	a, b = 0, 0
	p.masked(func(c uint64, i int) {
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
	})
	return out, at
}

// masked calls yield with the symbols of the text and where they begin: keywords become their class, numbers and names of
// accounts their kind.
func (p *page) masked(yield func(symbol uint64, at int)) {
	next := 0
	for i := 0; i < len(p.s); {
		for next < len(p.words) && p.words[next].start < i {
			next++
		}
		if next < len(p.words) && p.words[next].start == i {
			yield(symbolClass+uint64(p.words[next].class), i)
			i = p.words[next].end
			continue
		}
		switch c := p.s[i]; {
		case c >= '0' && c <= '9':
			n := run(p.s[i:], func(c byte) bool { return c >= '0' && c <= '9' })
			yield(symbolNumber+uint64(min(n, 5)), i)
			i += n
		case c >= 'a' && c <= 'z':
			n := run(p.s[i:], func(c byte) bool { return c >= 'a' && c <= 'z' })
			yield(symbolLatin, i)
			i += n
		case c == '@':
			n := strings.IndexAny(p.s[i+1:], " ,。:!?#@【】、/")
			if n < 0 {
				n = len(p.s) - i - 1
			}
			yield(symbolHandle, i)
			i += 1 + min(n, handle(p.s[i+1:]))
		case c == '[':
			n := strings.IndexByte(p.s[i:], ']')
			if n < 0 || n > 24 {
				n = 0
			}
			yield(symbolFace, i)
			i += n + 1
		default:
			r, n := utf8.DecodeRuneInString(p.s[i:])
			yield(uint64(r), i)
			i += n
		}
	}
}

// handle returns the length of the longest name of an account: fourteen characters.
func handle(s string) int {
	n := 0
	for i := range s {
		if n++; n > 14 {
			return i
		}
	}
	return len(s)
}

func run(s string, in func(byte) bool) int {
	n := 0
	for n < len(s) && in(s[n]) {
		n++
	}
	return n
}
