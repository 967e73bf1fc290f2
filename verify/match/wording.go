package match

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wording is what is left of a normalised text when all that copies change by themselves is taken out: addresses, accounts,
// emoticons, long numbers.
type wording struct {
	shingles []uint32 // hashes of the pairs of runes that follow each other, sorted, each once
	numbers  []uint64 // the long numbers, in order, each once
	mass     float32  // sum of the shingles' weights
	sketched bool     // it is a record's: only the rarest shingles are there, in no order, and tags of the others
	tags     []uint32 // two a word, those of rarer classes first
	counts   uint32   // how many tags there are of each class, eight bits each
	size     int      // how many shingles there were
	manner   uint32   // a hash that copies of one wording mostly share: the least of its rare shingles
	rank     uint32   // a hash of the wording without its digits: an order that has nothing to do with that of arrival
}

// longNumber is the number of digits from which a number is no age, price or time of day.
const longNumber = 6

// maxNumbers bounds the long numbers that are kept of a post.
const maxNumbers = 8

// littleWording is the number of shingles from which a post has a wording besides accounts and addresses.
const littleWording = 4

// read takes a normalised text apart, into w's memory.
func (w *wording) read(s string) {
	w.parse(s, true)
	if len(w.shingles) < littleWording {
		w.parse(s, false)
	}
}

func (w *wording) parse(s string, skip bool) {
	w.shingles, w.numbers, w.mass, w.manner, w.rank = w.shingles[:0], w.numbers[:0], 0, math.MaxUint32, 0
	var b rune
	for i := 0; i < len(s); {
		if n := junk(s[i:]); skip && n > 0 {
			i += n
			continue
		}
		if isDigit(s[i]) {
			if value, digits, n := number(s[i:]); digits >= longNumber {
				if !isDate(value, digits) && !slices.Contains(w.numbers, value) && len(w.numbers) < maxNumbers {
					w.numbers = append(w.numbers, value)
				}
				i += n
				continue
			}
			for i+1 < len(s) && isDigit(s[i+1]) {
				i++
			}
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if c < utf8.RuneSelf && !isDigit(byte(c)) && (c < 'a' || c > 'z') || c >= utf8.RuneSelf && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			continue
		}
		if isDigit(byte(c)) && c < utf8.RuneSelf {
			c = '0'
		}
		if b != 0 {
			h := hash(b, c)
			w.shingles = append(w.shingles, h)
			// Copies differ in numbers more than in words.
			if b > '9' && c > '9' {
				w.rank = mix(w.rank ^ h)
				if class(h) == 0 {
					w.manner = min(w.manner, mix(h))
				}
			}
		}
		b = c
	}
	if len(w.shingles) == 0 && b != 0 {
		w.shingles = append(w.shingles, hash(0, b)) // a post of one or two characters
		w.rank = mix(w.shingles[0])
	}
	slices.Sort(w.shingles)
	w.shingles = slices.Compact(w.shingles)
	for _, h := range w.shingles {
		w.mass += weight(h)
	}
}

// junk returns the length of what begins s and belongs to no wording: an address, an account, an emoticon; 0 when it is none.
func junk(s string) int {
	switch {
	case s[0] == 'h' && (strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")):
		n := strings.Index(s, "//") + 2
		for n < len(s) && s[n] > ' ' && s[n] < utf8.RuneSelf {
			n++
		}
		return n
	case s[0] == '@':
		n := 1
		for runes := 0; n < len(s) && runes < 24; runes++ {
			c, size := utf8.DecodeRuneInString(s[n:])
			if strings.ContainsRune(" @:,。!?#/", c) {
				break
			}
			n += size
		}
		return n
	case s[0] == '[':
		if n := strings.IndexAny(s[1:min(len(s), 26)], "[] "); n > 0 && s[n+1] == ']' {
			return n + 2
		}
	case strings.HasPrefix(s, "网页链接"), strings.HasPrefix(s, "o网页链接"):
		return strings.Index(s, "接") + len("接")
	}
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// number reads the digits that begin s; single spaces and hyphens between them count for nothing.
func number(s string) (value uint64, digits, n int) {
	for i := 0; i < len(s) && digits < 19; i++ {
		switch {
		case isDigit(s[i]):
			value, digits, n = 10*value+uint64(s[i]-'0'), digits+1, i+1
		case s[i] != '-' && s[i] != ' ', i > n:
			return value, digits, n
		}
	}
	return value, digits, n
}

// isDate reports whether a number is a date written without signs, 20140511.
func isDate(value uint64, digits int) bool {
	return digits == 8 && value > 19000101 && value < 21000101 && value/100%100 <= 12
}

// hash mixes two runes well enough that any of its bits are a fair sample.
func hash(a, b rune) uint32 {
	h := uint64(a)*0x9E3779B97F4A7C15 + uint64(b)*0xC2B2AE3D27D4EB4F
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	return uint32(h >> 32)
}

// overlap is what two wordings have in common.
type overlap struct {
	shared    float64 // weight of the common shingles
	contained float64 // share of the lighter wording that the other has too, 0 to 1
	jaccard   float64 // share of both together, 0 to 1
	whole     bool    // the wordings are equal, or all but
}

func (w *wording) overlap(v *wording) overlap {
	var o overlap
	for i, j := 0, 0; i < len(w.shingles) && j < len(v.shingles); {
		switch a, b := w.shingles[i], v.shingles[j]; {
		case a < b:
			i++
		case a > b:
			j++
		default:
			o.shared += float64(weight(a))
			i++
			j++
		}
	}
	o.measure(float64(w.mass), float64(v.mass))
	return o
}

// little is the weight of a wording that is too short to be anybody's own: so much is added to each, so that a phrase that a
// long post happens to hold is no copy of it.
const little = 5

func (o *overlap) measure(a, b float64) {
	if o.shared > 0 {
		o.contained = math.Min(1, o.shared/(math.Min(a, b)+little))
		o.jaccard = math.Min(1, o.shared/(a+b-o.shared+little))
		o.whole = o.shared >= 0.9*(a+b-o.shared)
	}
}

func (w *wording) has(h uint32) bool {
	if w.sketched {
		t := uint32(tag(h))
		return slices.Contains(w.shingles, h) || slices.ContainsFunc(w.tags, func(two uint32) bool { return two&0xFFFF == t || two>>16 == t })
	}
	_, ok := slices.BinarySearch(w.shingles, h)
	return ok
}

// mentions reports whether a wording holds one of the names.
func mentions(w *wording, names []name) bool {
	for _, n := range names {
		if h, g, ok := n.shingles(); ok && weight(h)+weight(g) > 1.2 && w.has(h) && w.has(g) {
			return true
		}
	}
	return false
}
