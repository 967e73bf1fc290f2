package match

import (
	"math"
	"slices"
)

// A record is a trace in little room: numbers in a row of words.
//
//	0    how many of each follow: terms, phones, numbers, names, contacts, places, words of tags
//	1    sex, age, whether it closes a story
//	2    day of the loss, height, count of children
//	3    number of shingles
//	4    weight of all shingles
//	5    manner of the wording
//	6    rank
//	7    how many tags there are of each class
//	8…   terms, tags (two a word), phones (two words each), numbers (2), names (2), contacts (2), places
type record []uint32

const (
	minTerms   = 13  // the rarest shingles, by which the exemplar is found
	maxTerms   = 28  // of a long wording
	termShare  = 7   // of which one in so many is a term, within those bounds
	maxTags    = 200 // of the others, which are kept as tags; of more, a fair sample
	tagClasses = 4   // classes that tags are told apart by: the last one holds all that is more usual
	recordHead = 8
)

// tag is what is kept of a shingle that is not among the rarest.
func tag(h uint32) uint16 { return uint16(h >> 16) }

// tagWeights are the weights of tags by class; the last is about the mean of what is usual.
var tagWeights = [tagClasses]float64{1, 0.74, 0.59, 0.25}

// encode writes the record of t into r's memory.
func (t *trace) encode(r record, s *scratch) record {
	terms, tags, counts := t.sketch(s)
	r = append(r[:0],
		uint32(len(terms))|uint32(len(t.phones))<<5|uint32(len(t.numbers))<<9|uint32(len(t.names))<<13|uint32(len(t.contacts))<<16|uint32(len(t.places))<<19|uint32(len(tags)+1)/2<<22,
		uint32(t.sex)|uint32(uint8(t.age.from))<<8|uint32(uint8(t.age.to))<<16|flag(t.age.stated)<<24|flag(t.closes)<<25,
		uint32(t.day)|uint32(min(t.height, math.MaxUint8))<<9|uint32(min(t.count, 1<<15-1))<<17,
		uint32(len(t.shingles)),
		math.Float32bits(t.mass),
		t.manner,
		t.rank,
		counts,
	)
	r = append(r, terms...)
	for i := 0; i < len(tags); i += 2 {
		word := uint32(tags[i])
		if i+1 < len(tags) {
			word |= uint32(tags[i+1]) << 16
		}
		r = append(r, word)
	}
	for _, p := range t.phones {
		r = append(r, uint32(p), uint32(p>>32))
	}
	for _, n := range t.numbers {
		r = append(r, uint32(n), uint32(n>>32))
	}
	for _, n := range t.names {
		r = append(r, uint32(n), uint32(n>>32))
	}
	for _, n := range t.contacts {
		r = append(r, uint32(n), uint32(n>>32))
	}
	for _, p := range t.places {
		r = append(r, uint32(p))
	}
	return r
}

func flag(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// decode reads a record into t. Of its shingles there are the terms, and tags of the others.
func (t *trace) decode(r record) {
	head := r[0]
	count := func(shift, mask uint32) int { return int(head >> shift & mask) }
	t.sex = byte(r[1])
	t.age = ages{int8(r[1] >> 8), int8(r[1] >> 16), r[1]>>24&1 != 0}
	t.closes = r[1]>>25&1 != 0
	t.day, t.height, t.count = int(r[2]&511), int(r[2]>>9&255), int(r[2]>>17)
	t.mass = math.Float32frombits(r[4])
	t.manner, t.rank = r[5], r[6]
	t.size, t.counts = int(r[3]), r[7]
	r = r[recordHead:]
	take := func(n int) []uint32 {
		part := r[:n]
		r = r[n:]
		return part
	}
	t.shingles, t.tags, t.sketched = take(count(0, 31)), take(count(22, 255)), true
	t.phones = t.phones[:0]
	for p := take(2 * count(5, 15)); len(p) > 0; p = p[2:] {
		t.phones = append(t.phones, uint64(p[0])|uint64(p[1])<<32)
	}
	t.numbers = t.numbers[:0]
	for p := take(2 * count(9, 15)); len(p) > 0; p = p[2:] {
		t.numbers = append(t.numbers, uint64(p[0])|uint64(p[1])<<32)
	}
	t.names = t.names[:0]
	for p := take(2 * count(13, 7)); len(p) > 0; p = p[2:] {
		t.names = append(t.names, name(p[0])|name(p[1])<<32)
	}
	t.contacts = t.contacts[:0]
	for p := take(2 * count(16, 7)); len(p) > 0; p = p[2:] {
		t.contacts = append(t.contacts, name(p[0])|name(p[1])<<32)
	}
	t.places = t.places[:0]
	for _, p := range take(count(19, 7)) {
		t.places = append(t.places, area(p))
	}
}

// sketch chooses the rarest shingles, and makes tags of the others in the order of their class, of which counts has eight bits
// each. What it chooses depends on the shingles alone, so that copies choose alike.
func (t *trace) sketch(s *scratch) (terms []uint32, tags []uint16, counts uint32) {
	order := t.rarest(s, len(t.shingles))
	n := min(len(order), max(minTerms, min(len(order)/termShare, maxTerms)))
	terms, s.tags = order[:n], s.tags[:0]
	sampled := t.sample(terms)
	for _, h := range order[n:] {
		if h <= sampled {
			s.tags = append(s.tags, tag(h))
			counts += 1 << (8 * min(class(h), tagClasses-1))
		}
	}
	return terms, s.tags, counts
}

// sample returns the highest hash of which a tag is made.
func (t *trace) sample(terms []uint32) uint32 {
	if len(t.shingles)-len(terms) <= maxTags {
		return math.MaxUint32
	}
	left := maxTags
	for _, h := range t.shingles {
		if slices.Contains(terms, h) {
			continue
		}
		if left--; left == 0 {
			return h
		}
	}
	return math.MaxUint32
}

// rarest returns up to n shingles, those of the rarer classes first and within a class in the order of their hashes: a copy has
// much the same first ones.
func (t *trace) rarest(s *scratch, n int) []uint32 {
	s.order = append(s.order[:0], t.shingles...)
	s.classes = s.classes[:0]
	var at [len(weights)]int // where the next one of each class goes
	for _, h := range t.shingles {
		c := class(h)
		s.classes = append(s.classes, c)
		at[c]++
	}
	sum := 0
	for c, count := range at {
		at[c] = sum
		sum += count
	}
	for i, h := range t.shingles {
		c := s.classes[i]
		s.order[at[c]] = h
		at[c]++
	}
	return s.order[:min(n, len(s.order))]
}

// pairs appends a term for each two of some words. Rare words recur in a large stream, but hardly two together in another story.
func pairs(words []uint32, terms []uint32) []uint32 {
	for i, h := range words {
		for _, g := range words[:i] {
			terms = append(terms, mix(g^mix(h)))
		}
	}
	return terms
}

// mix orders hashes otherwise than by their value.
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x7FEB352D
	h ^= h >> 15
	h *= 0x846CA68B
	return h ^ h>>16
}

// keys appends the terms by which a trace is found besides those of its wording: phones, numbers, names, who was lost where,
// and the wording as a whole.
func (t *trace) keys(terms []uint32) []uint32 {
	for _, p := range t.phones {
		terms = append(terms, numberTerm(p))
	}
	for _, n := range t.numbers {
		terms = append(terms, numberTerm(n))
	}
	for _, n := range t.names {
		terms = append(terms, n.term())
	}
	for _, n := range t.contacts {
		terms = append(terms, n.term())
	}
	if len(t.shingles) > 0 || t.sketched {
		terms = append(terms, mix(t.rank^0x2545F491))
	}
	if t.sex != 0 && t.age.stated {
		for _, p := range t.places {
			terms = append(terms, mix(uint32(p)<<8^uint32(t.sex)<<7^uint32(t.age.from)))
		}
	}
	return terms
}

func numberTerm(n uint64) uint32 {
	n *= 0x9E3779B97F4A7C15
	return mix(uint32(n >> 32))
}

// term is the term by which a post that gives the name is found.
func (n name) term() uint32 {
	return mix(uint32(n) ^ uint32(n>>32)*0x9E3779B1 ^ 0x5BD1E995)
}
