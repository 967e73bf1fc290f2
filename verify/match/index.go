package match

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"guitu"
)

const (
	maxCandidates = 32   // exemplars that Find compares
	maxVisited    = 1200 // entries of the postings after which Find looks up no more words, the rarest of which come first
	maxLookups    = 48   // words that Find looks up
	pairsKept     = 4    // of the rarest words of an exemplar, each two are a term too
	pairsFound    = 6    // Find looks up each two of so many
	keyWorth      = 4    // of sharing a phone or a name, where a rare word is worth 1
	pairWorth     = 2    // of sharing two of the rarest words
	// A story keeps an exemplar for each of so many phones, names and wordings: a hoax goes through dozens of phones.
	keepPhones   = 64
	keepNames    = 16
	keepWordings = 16
)

// Index holds the known stories. Any number of Finds may run at once, but nothing beside Add or Remove.
type Index struct {
	stories   map[int64]uint32 // the number of the first exemplar
	exemplars []exemplar       // by number; number 0 is no exemplar
	ranks     []uint32         // of the exemplars, by number
	free      uint32           // the first of the unused numbers, chained by next
	records   arena
	postings  postings
	scratch   sync.Pool
}

type exemplar struct {
	story  int64
	post   int64  // the caller's number of the post
	record uint32 // where its record begins in the arena
	next   uint32 // the story's next exemplar, or the next unused number; 0 ends
}

// scratch is the memory that one call works in.
type scratch struct {
	trace   trace
	known   trace
	record  record
	order   []uint32
	classes []byte
	tags    []uint16
	terms   []uint32
	ids     []uint32
	tally   tally
	near    []near
	bits    [1 << 16 / 64]uint64 // which tags the post's shingles have
}

type near struct {
	id    uint32
	score float32
}

// New returns an empty index.
func New() *Index {
	return &Index{
		stories:   map[int64]uint32{},
		exemplars: make([]exemplar, 1),
		ranks:     make([]uint32, 1),
		scratch:   sync.Pool{New: func() any { return new(scratch) }},
	}
}

// Len returns the number of stories.
func (x *Index) Len() int { return len(x.stories) }

// Add says that a post tells a story. It reports whether the post taught the index something: then the caller marks it, and
// adds the marked posts again, in any order, to rebuild the index after a restart. Story must be positive; post is the
// caller's own number, which Match.Exemplar gives back.
func (x *Index) Add(story, post int64, text string, c guitu.Claim) (kept bool) {
	s := x.scratch.Get().(*scratch)
	defer x.scratch.Put(s)
	s.trace.read(text, c)
	s.record = s.trace.encode(s.record, s)
	first, known := x.stories[story]
	if known && !x.wins(first, &s.trace) {
		return false
	}
	id := x.free
	if id != 0 {
		x.free = x.exemplars[id].next
	} else {
		id = uint32(len(x.exemplars))
		x.exemplars = append(x.exemplars, exemplar{})
		x.ranks = append(x.ranks, 0)
	}
	x.ranks[id] = s.trace.rank
	x.exemplars[id] = exemplar{story, post, x.records.put(s.record), first}
	x.stories[story] = id
	s.terms = x.terms(s.record, &s.trace, s.terms[:0])
	for _, term := range s.terms {
		x.postings.add(term, id, x.ranks)
	}
	if !known {
		return true
	}
	return x.prune(story, id)
}

// terms appends all terms of a record, whose trace is t.
func (x *Index) terms(r record, t *trace, terms []uint32) []uint32 {
	rare := r[recordHead : recordHead+int(r[0]&31)]
	terms = pairs(rare[:min(len(rare), pairsKept)], append(terms, rare...))
	return t.keys(terms)
}

// holder is a phone, name or wording of a story, and the exemplar that stands for it.
type holder struct {
	kind byte
	key  uint64
	rank uint32
	id   uint32
}

func (t *trace) holds(id uint32, all []holder) []holder {
	for _, p := range t.phones {
		all = append(all, holder{'p', p, t.rank, id})
	}
	for _, n := range t.names {
		all = append(all, holder{'n', uint64(n), t.rank, id})
	}
	return append(all, holder{'w', uint64(t.manner), t.rank, id})
}

// wins reports whether a post would stand for a phone, name or wording of the story whose first exemplar is given.
func (x *Index) wins(first uint32, t *trace) bool {
	mine := t.holds(0, nil)
	var known trace
	for id := first; id != 0; id = x.exemplars[id].next {
		known.decode(x.records.get(x.exemplars[id].record))
		for _, h := range known.holds(id, nil) {
			mine = slices.DeleteFunc(mine, func(m holder) bool { return m.kind == h.kind && m.key == h.key && m.rank >= h.rank })
		}
	}
	return len(mine) > 0
}

// prune drops the exemplars of a story that stand for nothing any more, and reports whether id has stayed. Which ones stay
// does not depend on the order in which they came.
func (x *Index) prune(story int64, id uint32) bool {
	var all []holder
	var t trace
	for e := x.stories[story]; e != 0; e = x.exemplars[e].next {
		t.decode(x.records.get(x.exemplars[e].record))
		all = t.holds(e, all)
	}
	slices.SortFunc(all, func(a, b holder) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.key, b.key), cmp.Compare(a.rank, b.rank), cmp.Compare(a.id, b.id))
	})
	limit := map[byte]int{'p': keepPhones, 'n': keepNames, 'w': keepWordings}
	stays := map[uint32]bool{}
	for i, h := range all {
		if i > 0 && all[i-1].kind == h.kind && all[i-1].key == h.key || limit[h.kind] == 0 {
			continue
		}
		limit[h.kind]--
		stays[h.id] = true
	}
	link := x.stories[story]
	x.stories[story] = 0
	for link != 0 {
		e := link
		link = x.exemplars[e].next
		if stays[e] {
			x.exemplars[e].next = x.stories[story]
			x.stories[story] = e
		} else {
			x.drop(e)
		}
	}
	return stays[id]
}

// drop forgets an exemplar that is in no story's chain.
func (x *Index) drop(id uint32) {
	e := &x.exemplars[id]
	r := x.records.get(e.record)
	var t trace
	t.decode(r)
	for _, term := range x.terms(r, &t, nil) {
		x.postings.remove(term, id)
	}
	x.records.release(e.record, len(r))
	*e = exemplar{next: x.free}
	x.free = id
}

// Remove forgets a story: its verdict is old, or an officer joined it to another or took it apart, and its posts are added
// again under other numbers.
func (x *Index) Remove(story int64) {
	link := x.stories[story]
	delete(x.stories, story)
	for link != 0 {
		id := link
		link = x.exemplars[id].next
		x.drop(id)
	}
}

// Find returns the story that a post tells or is about, and the nearest other one of the same template. It changes nothing.
func (x *Index) Find(text string, c guitu.Claim) Match {
	s := x.scratch.Get().(*scratch)
	defer x.scratch.Put(s)
	s.trace.read(text, c)
	clear(s.bits[:])
	for _, h := range s.trace.shingles {
		t := tag(h)
		s.bits[t/64] |= 1 << (t % 64)
	}
	var best, kin found
	for _, n := range x.candidates(s) {
		e := x.exemplars[n.id]
		f := nearness(x.evidence(s, n.id))
		f.story, f.id = e.story, n.id
		if x.ranks[n.id] == s.trace.rank {
			f.near += toTheLetter
		}
		switch {
		case best.id == 0 || f.before(best):
			if best.story != f.story {
				kin = best
			}
			best = f
		case f.story != best.story && (kin.id == 0 || f.before(kin)):
			kin = f
		}
	}
	if best.id == 0 {
		return Match{Relation: Unknown}
	}
	return x.match(s, best, kin)
}

// found is an exemplar and how near it is to a post.
type found struct {
	grade int     // 2 when the child or the phone is the same, 1 for one story by all that is said, 0 otherwise
	near  float64 // of wordings, within a grade
	story int64
	id    uint32
}

// toTheLetter is what an exemplar with the same words in the same order is nearer than others: what is kept of a long wording tells it
// hardly from one that goes on for a word.
const toTheLetter = 0.5

// nearCopy is the share of the lighter wording from which a copy is as sure as a name.
const nearCopy = 0.7

// nearness says how near an exemplar is. Identity decides; among those that it leaves equal, the wording: so a post goes to
// the story whose exemplar it copies, also when an officer has taken that story apart from another of the same child.
func nearness(e evidence) found {
	// How much of the post an exemplar has counts for more than what it has besides.
	f := found{near: e[amount] + 1*e[jaccard]}
	if score(e) > 0.5 {
		f.grade = 1
		if e[phoneSame]+e[phoneNear]+e[nameSame]+e[nameMentioned]+e[copied] > 0 || e[contained] > nearCopy {
			f.grade = 2
		}
		f.near += e[copied]
	}
	return f
}

// before orders what is found: the nearest first, and of equals the elder story.
func (f found) before(g found) bool {
	return cmp.Or(cmp.Compare(g.grade, f.grade), cmp.Compare(g.near, f.near), cmp.Compare(f.story, g.story)) < 0
}

func (x *Index) match(s *scratch, best, kin found) Match {
	e := x.evidence(s, best.id)
	m := judge(e)
	m.Exemplar = x.exemplars[best.id].post
	switch m.Relation {
	case Same:
		m.Story = best.story
		if s.trace.closes {
			m.Relation = About
			m.Reasons = append(m.Reasons, "it refutes or closes the story")
		}
		if kin.id != 0 && x.kindred(s, kin.id) {
			m.Kin = kin.story
		}
	case Family:
		m.Kin = best.story
	default:
		m.Exemplar = 0
		if kin.id != 0 && x.kindred(s, kin.id) {
			m = judge(x.evidence(s, kin.id))
			m.Kin, m.Exemplar = kin.story, x.exemplars[kin.id].post
		}
	}
	return m
}

// kindred reports whether an exemplar tells its story in the words of the post.
func (x *Index) kindred(s *scratch, id uint32) bool {
	e := x.evidence(s, id)
	return e[template] > 0 || score(e) > 0.5
}

// evidence weighs the post in s against an exemplar, whose wording is known by a sketch.
func (x *Index) evidence(s *scratch, id uint32) evidence {
	r := x.records.get(x.exemplars[id].record)
	s.known.decode(r)
	var o overlap
	for _, h := range s.known.shingles {
		if s.has(h) {
			o.shared += float64(weight(h))
		}
	}
	o.tags(s)
	o.measure(float64(s.trace.mass), float64(s.known.mass))
	e := weigh(&s.trace, &s.known, o)
	e[crowd] = 1 - max(e[phoneSame], e[phoneNear], e[numberSame], e[nameSame], e[nameMentioned])
	return e
}

// tags adds the tags of the known wording that the post in s has.
func (o *overlap) tags(s *scratch) {
	n, sum := uint(0), 0.0
	for c := range tagClasses {
		hits := uint64(0)
		for k := s.known.counts >> (8 * c) & 255; k > 0; k-- {
			t := uint16(s.known.tags[n/2] >> (16 * (n % 2)))
			hits += s.bits[t/64] >> (t % 64) & 1
			n++
		}
		sum += float64(hits) * tagWeights[c]
	}
	if n > 0 {
		o.shared += sum * float64(s.known.size-len(s.known.shingles)) / float64(n)
	}
}

// has reports whether the post in s has a shingle.
func (s *scratch) has(h uint32) bool {
	t := tag(h)
	if s.bits[t/64]&(1<<(t%64)) == 0 {
		return false
	}
	_, ok := slices.BinarySearch(s.trace.shingles, h)
	return ok
}

// candidates returns the exemplars that share most with the post in s: a phone, a name, rare words.
func (x *Index) candidates(s *scratch) []near {
	s.tally.reset()
	visited := 0
	add := func(term uint32, worth float64) {
		s.ids = x.postings.find(term, s.ids[:0])
		visited += len(s.ids)
		// What few share says more.
		share := float32(worth / math.Sqrt(float64(len(s.ids)+1)))
		for _, id := range s.ids {
			s.tally.add(id, share)
		}
	}
	s.terms = s.trace.keys(s.terms[:0])
	for _, term := range s.terms {
		add(term, keyWorth)
	}
	order := s.trace.rarest(s, maxLookups)
	for _, term := range pairs(order[:min(len(order), pairsFound)], s.terms[:0]) {
		add(term, pairWorth)
	}
	for _, h := range order {
		// Where rare words find enough, the usual ones would only bring more of the same template.
		if visited > maxVisited {
			break
		}
		add(h, float64(weight(h)))
	}
	return x.foremost(s)
}

// foremost returns those of the tally that share most. Of those that share as much, rank chooses, so that the order in which
// they came does not matter.
func (x *Index) foremost(s *scratch) []near {
	before := func(a, b near) bool {
		if a.score != b.score {
			return a.score > b.score
		}
		if r, q := x.ranks[a.id], x.ranks[b.id]; r != q {
			return r < q
		}
		return x.exemplars[a.id].story < x.exemplars[b.id].story
	}
	s.near = s.near[:0]
	for _, i := range s.tally.used {
		n := s.tally.cells[i].near
		switch {
		case len(s.near) < maxCandidates:
			s.near = append(s.near, n)
		case before(n, s.near[maxCandidates-1]):
			s.near[maxCandidates-1] = n
		default:
			continue
		}
		for k := len(s.near) - 1; k > 0 && before(s.near[k], s.near[k-1]); k-- {
			s.near[k], s.near[k-1] = s.near[k-1], s.near[k]
		}
	}
	return s.near
}
