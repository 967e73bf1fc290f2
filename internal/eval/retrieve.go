package eval

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode"

	"guitu"
	"guitu/verify/claim"
	"guitu/verify/match"
	"guitu/verify/text"
)

// RetrievalReport is how well the stories of posts are found among many known posts, in each split.
type RetrievalReport struct{ Splits []Retrieval }

// Retrieval is what came of one split. Recalls are shares of the queries that can be answered, when as many answers are taken,
// the surest first, as leave 99 % of them right.
type Retrieval struct {
	Known, Queries int
	Answerable     int     // queries whose story is known
	Story, Family  float64 // recall of the right story, and of the right template family
	First          float64 // share of the answerable queries whose nearest exemplar is of their story, whatever the relation says
}

const (
	splits     = 5
	maxQueries = 20 // of one story
	unknown    = 4  // one story in so many is kept from the known ones
)

// answer is what was found for a query.
type answer struct {
	score float64
	right bool
}

// told is a post with what it says.
type told struct {
	CopyRow
	claim guitu.Claim
}

func tell(row CopyRow) told { return told{row, claim.Read(row.Text, time.Time{})} }

// Retrieve fills an index with size other posts, and with one post of each story but of every fourth; the other posts of the
// stories are then looked for. It does so five times with other posts chosen. Others that are copies of a story by plain
// measures are left out, and the rest is padded to size.
func Retrieve(stories []CopyRow, others []string, size int) RetrievalReport {
	var copies, strange []told
	for _, s := range distinct(stories) {
		copies = append(copies, tell(s))
	}
	for _, o := range pad(strangers(stories, others), size) {
		strange = append(strange, tell(CopyRow{Family: "other", Text: o}))
	}
	var report RetrievalReport
	for seed := range uint64(splits) {
		report.Splits = append(report.Splits, retrieve(copies, strange, rand.New(rand.NewPCG(seed, 7))))
	}
	return report
}

func retrieve(copies, strange []told, random *rand.Rand) Retrieval {
	x := match.New()
	known := map[int64]told{}
	add := func(p told) {
		n := int64(len(known) + 1)
		known[n] = p
		x.Add(n, n, p.Text, p.claim)
	}
	for _, o := range strange {
		add(o)
	}
	knownStory, knownFamily := map[string]bool{}, map[string]bool{}
	var queries []told
	for _, group := range grouped(copies, func(p told) string { return p.Group }) {
		random.Shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
		if len(group) > 1 && random.IntN(unknown) > 0 {
			add(group[0])
			knownStory[group[0].Group], knownFamily[group[0].family()] = true, true
			group = group[1:]
		}
		queries = append(queries, group[:min(len(group), maxQueries)]...)
	}
	r := Retrieval{Known: len(known), Queries: len(queries)}
	var byStory, byFamily []answer
	inFamily, first := 0, 0
	for _, q := range queries {
		m := x.Find(q.Text, q.claim)
		if knownStory[q.Group] {
			r.Answerable++
		}
		if knownFamily[q.family()] {
			inFamily++
		}
		if m.Exemplar == 0 {
			continue
		}
		if known[m.Exemplar].Group == q.Group {
			first++
		}
		if m.Story != 0 {
			byStory = append(byStory, answer{m.Score, known[m.Story].Group == q.Group})
		}
		byFamily = append(byFamily, answer{m.Score, known[cmp.Or(m.Story, m.Kin)].family() == q.family()})
	}
	r.Story, r.Family = recallAt(byStory, r.Answerable), recallAt(byFamily, inFamily)
	r.First = ratio(float64(first), float64(r.Answerable))
	return r
}

// precise is the precision at which recall is told.
const precise = 0.99

// recallAt returns the share of all cases that are answered rightly when as many answers are taken as leave them precise.
func recallAt(answers []answer, all int) float64 {
	slices.SortStableFunc(answers, func(a, b answer) int { return cmp.Compare(b.score, a.score) })
	right, best := 0, 0
	for i, a := range answers {
		if a.right {
			right++
		}
		if float64(right) >= precise*float64(i+1) {
			best = right
		}
	}
	return ratio(float64(best), float64(all))
}

// distinct returns the copies among rows, each text once.
func distinct(rows []CopyRow) []CopyRow {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(rows), func(r CopyRow) bool {
		drop := seen[r.Text] || r.Role != "" && r.Role != "copy"
		seen[r.Text] = true
		return drop
	})
}

// grouped gathers what has the same key, in the order in which keys appear.
func grouped[T any](all []T, key func(T) string) [][]T {
	at := map[string]int{}
	var groups [][]T
	for _, v := range all {
		i, ok := at[key(v)]
		if !ok {
			i = len(groups)
			at[key(v)] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], v)
	}
	return groups
}

// pieces are the three-character pieces of a post without marks and spaces, hashed, sorted, each once. They are the measure's own, so
// that it does not change with what match compares.
func pieces(post string) []uint32 {
	var all []uint32
	var a, b rune
	for _, c := range text.Normalise(post).String {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			continue
		}
		if a != 0 {
			h := uint64(a)*0x9E3779B97F4A7C15 ^ uint64(b)*0xC2B2AE3D27D4EB4F ^ uint64(c)*0x165667B19E3779F9
			h ^= h >> 29
			h *= 0xBF58476D1CE4E5B9
			all = append(all, uint32(h>>32))
		}
		a, b = b, c
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// strangers returns the others that are no copies of the stories by plain measures: they share no quarter of the shorter one's
// three-rune pieces with a copy, nor three of the pieces that many posts of one story have and hardly any other post, nor one
// that most have: the child's name.
func strangers(stories []CopyRow, others []string) []string {
	holders := map[uint32][]int{}
	sizes := make([]int, len(stories))
	posts, inStory := map[string]int{}, map[string]map[uint32]int{}
	for i, s := range stories {
		shingles := pieces(s.Text)
		sizes[i] = len(shingles)
		posts[s.Group]++
		if inStory[s.Group] == nil {
			inStory[s.Group] = map[uint32]int{}
		}
		for _, h := range shingles {
			holders[h] = append(holders[h], i)
			inStory[s.Group][h]++
		}
	}
	others = slices.DeleteFunc(slices.Clone(others), func(o string) bool {
		own, shared := pieces(o), map[int]int{}
		for _, h := range own {
			for _, s := range holders[h] {
				shared[s]++
			}
		}
		for s, n := range shared {
			if n >= 4 && 4*n > min(len(own), sizes[s]) {
				return true
			}
		}
		return false
	})
	usual := map[uint32]int{}
	for _, o := range others {
		for _, h := range pieces(o) {
			usual[h]++
		}
	}
	worth := map[uint32]map[string]int{} // of a story's own pieces
	for group, counts := range inStory {
		for h, n := range counts {
			w := 0
			switch size := posts[group]; {
			case size >= 10 && 2*n >= size && usual[h] <= 5:
				w = 3
			case size > 2 && 5*n >= 2*size && usual[h] <= 20:
				w = 1
			default:
				continue
			}
			if worth[h] == nil {
				worth[h] = map[string]int{}
			}
			worth[h][group] = w
		}
	}
	return slices.DeleteFunc(others, func(o string) bool {
		sum := map[string]int{}
		for _, h := range pieces(o) {
			for group, w := range worth[h] {
				if sum[group] += w; sum[group] >= 3 {
					return true
				}
			}
		}
		return false
	})
}

// pad adds posts made of the others' sentences, two to five of any, until there are n,
// and cuts off what is more.
func pad(others []string, n int) []string {
	random := rand.New(rand.NewPCG(1, 2))
	var sentences []string
	for _, o := range others {
		for s := range strings.FieldsFuncSeq(o, func(r rune) bool { return strings.ContainsRune("。！!？?；;", r) }) {
			if len(s) > 12 {
				sentences = append(sentences, s)
			}
		}
	}
	padded := slices.Clone(others[:min(len(others), n)])
	for len(sentences) > 0 && len(padded) < n {
		var b strings.Builder
		for range 2 + random.IntN(4) {
			b.WriteString(sentences[random.IntN(len(sentences))])
			b.WriteString("。")
		}
		padded = append(padded, b.String())
	}
	return padded
}

// median returns the middle of a figure over the splits.
func (r RetrievalReport) median(figure func(Retrieval) float64) float64 {
	values := make([]float64, len(r.Splits))
	for i, s := range r.Splits {
		values[i] = figure(s)
	}
	slices.Sort(values)
	if len(values) == 0 {
		return 0
	}
	return values[len(values)/2]
}

// Story returns the median recall of the right story at 99 % precision.
func (r RetrievalReport) Story() float64 {
	return r.median(func(s Retrieval) float64 { return s.Story })
}

// Family returns the median recall of the right template family at 99 % precision.
func (r RetrievalReport) Family() float64 {
	return r.median(func(s Retrieval) float64 { return s.Family })
}

// String returns the report as a table of several lines.
func (r RetrievalReport) String() string {
	var b strings.Builder
	for i, s := range r.Splits {
		fmt.Fprintf(&b, "split %d: %d known, %d queries, %d of a known story: recall at 99 %% precision, story %.3f, family %.3f; nearest is of the story %.3f\n",
			i+1, s.Known, s.Queries, s.Answerable, s.Story, s.Family, s.First)
	}
	fmt.Fprintf(&b, "median: story %.3f, family %.3f\n", r.Story(), r.Family())
	return b.String()
}
