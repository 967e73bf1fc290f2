package match

import (
	"cmp"
	"math"
	"slices"

	"guitu"
)

const (
	maxExemplars  = 8  // wordings kept of a story
	maxPhones     = 64 // phones kept of a story; hoaxes go through dozens
	maxIdentities = 8  // names, ages and contacts kept of a story
	maxPosting    = 64 // exemplars kept for one shingle: the latest
	maxCandidates = 24 // stories compared by wording
	// novel is the share of a wording that a story must know for the post to bring nothing.
	novel = 0.6
	// sample keeps one shingle in so many: an exemplar costs about 300 bytes, a posting list is short.
	exemplarSample = 2
	postingSample  = 8
)

// Index holds the known stories. It is not safe for concurrent use.
type Index struct {
	stories   map[int64]*story
	exemplars []exemplar // by number; a removed story's are empty
	free      []int32
	postings  map[uint32][]int32
	phones    map[string][]int64
	names     map[string][]int64
	seen      map[int64]int // scratch of Find: shared shingles by story
}

type story struct {
	identity
	exemplars []int32
}

type exemplar struct {
	story    int64
	post     int64    // the caller's number of the post
	shingles []uint32 // a sample
}

// New returns an empty index.
func New() *Index {
	return &Index{
		stories:  map[int64]*story{},
		postings: map[uint32][]int32{},
		phones:   map[string][]int64{},
		names:    map[string][]int64{},
		seen:     map[int64]int{},
	}
}

// Len returns the number of stories.
func (x *Index) Len() int { return len(x.stories) }

// Add says that a post tells a story. It reports whether the post taught the index something: then the caller marks it, and
// adds the marked posts again, in any order, to rebuild the index after a restart. Story must be positive; post is the
// caller's own number, which Match.Exemplar gives back.
func (x *Index) Add(id, number int64, text string, c guitu.Claim) (kept bool) {
	post, wording := identify(text, c), sampled(shingles(text), exemplarSample)
	s := x.stories[id]
	if s == nil {
		s = &story{}
		x.stories[id] = s
	}
	for _, p := range post.phones {
		if len(s.phones) < maxPhones && !slices.Contains(s.phones, p) {
			s.phones = append(s.phones, p)
			x.phones[p] = append(x.phones[p], id)
			kept = true
		}
	}
	for _, n := range post.names {
		if len(s.names) < maxIdentities && !slices.Contains(s.names, n) {
			s.names = append(s.names, n)
			x.names[n] = append(x.names[n], id)
			kept = true
		}
	}
	kept = extend(&s.sexes, post.sexes) || kept
	kept = extend(&s.ages, post.ages) || kept
	kept = extend(&s.counts, post.counts) || kept
	kept = extend(&s.contacts, post.contacts) || kept
	// Hoaxes go through all cities: the first few are kept, and a further one does not make a post worth keeping.
	extend(&s.places, post.places)
	if x.newWording(s, wording) {
		x.keep(exemplar{id, number, wording}, s)
		kept = true
	}
	return kept
}

// extend adds what is new to a bounded list.
func extend[T comparable](list *[]T, more []T) (extended bool) {
	for _, v := range more {
		if len(*list) < maxIdentities && !slices.Contains(*list, v) {
			*list = append(*list, v)
			extended = true
		}
	}
	return extended
}

// newWording reports whether a story has room for a wording, and none that is like it.
func (x *Index) newWording(s *story, wording []uint32) bool {
	if len(s.exemplars) == 0 {
		return true
	}
	if len(s.exemplars) >= maxExemplars || len(wording) < 4 {
		return false
	}
	for _, e := range s.exemplars {
		known := x.exemplars[e].shingles
		if contained, _ := likeness(wording, known); contained >= novel && len(wording) <= 2*len(known) {
			return false
		}
	}
	return true
}

func (x *Index) keep(e exemplar, s *story) {
	var n int32
	if last := len(x.free) - 1; last >= 0 {
		n, x.free = x.free[last], x.free[:last]
		x.exemplars[n] = e
	} else {
		n = int32(len(x.exemplars))
		x.exemplars = append(x.exemplars, e)
	}
	s.exemplars = append(s.exemplars, n)
	for _, h := range e.shingles {
		if h%postingSample != 0 {
			continue
		}
		list := x.postings[h]
		if len(list) >= maxPosting {
			copy(list, list[1:])
			list = list[:len(list)-1]
		}
		x.postings[h] = append(list, n)
	}
}

// Remove forgets a story: its verdict is old, or it was joined to another.
func (x *Index) Remove(id int64) {
	s := x.stories[id]
	if s == nil {
		return
	}
	delete(x.stories, id)
	drop := func(m map[string][]int64, key string) {
		if m[key] = slices.DeleteFunc(m[key], func(v int64) bool { return v == id }); len(m[key]) == 0 {
			delete(m, key)
		}
	}
	for _, p := range s.phones {
		drop(x.phones, p)
	}
	for _, n := range s.names {
		drop(x.names, n)
	}
	for _, e := range s.exemplars {
		for _, h := range x.exemplars[e].shingles {
			if list, ok := x.postings[h]; ok {
				if list = slices.DeleteFunc(list, func(v int32) bool { return v == e }); len(list) == 0 {
					delete(x.postings, h)
				} else {
					x.postings[h] = list
				}
			}
		}
		x.exemplars[e] = exemplar{}
		x.free = append(x.free, e)
	}
}

// Find returns the story that a post tells or is about, and the nearest other one of the same template. It changes nothing.
func (x *Index) Find(text string, c guitu.Claim) Match {
	post, wording := identify(text, c), sampled(shingles(text), exemplarSample)
	best, kin := Match{Relation: Unknown}, Match{Relation: Unknown}
	for _, id := range x.candidates(post, wording) {
		s := x.stories[id]
		contained, jaccard, nearest := 0.0, 0.0, exemplar{}
		for _, e := range s.exemplars {
			c, j := likeness(wording, x.exemplars[e].shingles)
			if nearest.story == 0 || c > contained {
				nearest = x.exemplars[e]
			}
			contained, jaccard = max(contained, c), max(jaccard, j)
		}
		m := judge(post, s.identity, contained, jaccard)
		m.Exemplar = nearest.post
		m.Story = id
		if m.better(best) {
			m, best = best, m
		}
		if m.Relation != Unknown && m.better(kin) {
			kin = m
		}
	}
	if best.Relation == Same {
		best.Kin = kin.Story
		if closes(post.wording) {
			best.Relation = About
			best.Reasons = append(best.Reasons, "it refutes or closes the story")
		}
		return best
	}
	if best.Relation == Family {
		best.Kin = best.Story
	} else {
		best.Exemplar = 0
	}
	best.Story = 0
	return best
}

// better orders what is found: by score, and of equal ones the elder story.
func (m Match) better(than Match) bool {
	return than.Story == 0 || m.Score > than.Score || m.Score == than.Score && m.Story < than.Story
}

// candidates returns the stories that share a phone, a name or enough words with a post.
func (x *Index) candidates(post identity, wording []uint32) []int64 {
	var ids []int64
	add := func(list []int64) {
		// A phone or name that very many stories share tells little; the latest will do.
		for _, id := range list[max(0, len(list)-maxCandidates):] {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	for _, p := range post.phones[:min(len(post.phones), maxIdentities)] {
		add(x.phones[p])
	}
	for _, n := range post.names[:min(len(post.names), maxIdentities)] {
		add(x.names[n])
	}
	for _, n := range x.named(post.wording) {
		add(x.names[n])
	}
	clear(x.seen)
	for _, h := range wording {
		if h%postingSample != 0 {
			continue
		}
		for _, e := range x.postings[h] {
			x.seen[x.exemplars[e].story]++
		}
	}
	type near struct {
		id     int64
		shared int
	}
	nearest := make([]near, 0, len(x.seen))
	for id, n := range x.seen {
		nearest = append(nearest, near{id, n})
	}
	slices.SortFunc(nearest, func(a, b near) int { return cmp.Or(cmp.Compare(b.shared, a.shared), cmp.Compare(a.id, b.id)) })
	for _, n := range nearest[:min(len(nearest), maxCandidates)] {
		add([]int64{n.id})
	}
	return ids
}

// named returns the names of known children of three characters that a wording holds, whether or not its claim read them.
func (x *Index) named(wording string) []string {
	const size = 3 * len("某")
	var names []string
	for i := range wording {
		if i+size > len(wording) || len(names) >= maxIdentities {
			break
		}
		if n := wording[i : i+size]; wording[i] >= 0xE0 && x.names[n] != nil && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// sampled keeps one hash in so many; a short wording is kept whole enough to be compared.
func sampled(all []uint32, one uint32) []uint32 {
	kept := make([]uint32, 0, len(all)/int(one)+8)
	for _, h := range all {
		if h%one == 0 {
			kept = append(kept, h)
		}
	}
	if len(kept) > math.MaxUint16 {
		kept = kept[:math.MaxUint16]
	}
	return kept
}
