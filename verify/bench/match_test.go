package bench_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/query"

	"guitu"
	"guitu/verify/claim"
	"guitu/verify/match"
	"guitu/verify/text"
)

// BenchmarkMatch looks for the sources of copies among known posts. Known are the real posts, each once, padded to the number in
// GUITU_KNOWN (default 30,000) by recombining their distinct clauses with every fourth character changed for one of another clause, so
// that phrases recur as they do in a large stream; a quarter of them get an invented child's name and phone.
// The copies are of real posts: cut off, with words left out and junk put in. A copy is found when the first answer is its
// source, or as like the copy as the source is, give or take a tenth (many real posts are copies of each other). Beside it stands Bleve in memory, on
// the same posts and copies, asked for the copy's 25 rarest bigrams, which is the best of its queries for this. Above 100,000
// known posts Bleve is left out.
func BenchmarkMatch(b *testing.B) {
	size := 30_000
	if s := os.Getenv("GUITU_KNOWN"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatalf("GUITU_KNOWN: %v", err)
		}
		size = n
	}
	known, real := knownPosts(b, size)
	copies := copiesOf(known[:real], 1000)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var first time.Duration
	for _, s := range []searcher{new(guituIndex), new(bleveIndex)} {
		if _, ok := s.(*bleveIndex); ok && size > 100_000 {
			continue
		}
		b.Run(s.name(), func(b *testing.B) {
			before := heap()
			begun := time.Now()
			s.fill(b, known)
			filled := time.Since(begun)
			memory := heap() - before
			took := make([]time.Duration, 0, b.N)
			found, i := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				c := copies[i%len(copies)]
				begun := time.Now()
				answer := s.find(b, c)
				took = append(took, time.Since(begun))
				if i < len(copies) && as(known, c, answer) {
					found++
				}
				i++
			}
			slices.Sort(took)
			p50 := took[len(took)/2]
			if first == 0 {
				first = p50
			}
			micro := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
			b.ReportMetric(micro(p50), "p50-µs")
			b.ReportMetric(micro(took[len(took)*99/100]), "p99-µs")
			b.ReportMetric(float64(found)/float64(min(i, len(copies))), "recall@1")
			b.ReportMetric(float64(memory)/float64(size), "B/known")
			b.ReportMetric(micro(filled)/float64(size), "µs/add")
			b.ReportMetric(float64(p50)/float64(first), "x-slower")
		})
	}
}

// knownPost is a post with what it says.
type knownPost struct {
	text  string
	claim guitu.Claim
}

// searcher finds the nearest known post.
type searcher interface {
	name() string
	fill(b *testing.B, known []knownPost)
	find(b *testing.B, c copied) (answer int) // -1 when there is none
}

// knownPosts returns size posts, of which the first are real.
func knownPosts(b *testing.B, size int) (known []knownPost, real int) {
	b.Helper()
	seen := map[string]bool{}
	var sentences []string
	for _, file := range []string{"variants.dev.jsonl", "spot.dev.jsonl", "reposts.dev.jsonl"} {
		for _, p := range rows(b, file) {
			if seen[p.Text] || len(known) == size {
				continue
			}
			seen[p.Text] = true
			known = append(known, knownPost{p.Text, claim.Read(p.Text, time.Time{})})
			for s := range strings.FieldsFuncSeq(p.Text, func(r rune) bool { return strings.ContainsRune("，,。！!？?；;", r) }) {
				if len(s) > 12 && !seen[s] {
					seen[s] = true
					sentences = append(sentences, s)
				}
			}
		}
	}
	real = len(known)
	random := rand.New(rand.NewPCG(3, 4))
	pick := func(from string) string {
		r := []rune(from)
		return string(r[random.IntN(len(r))])
	}
	for n := 0; len(known) < size; n++ {
		var t strings.Builder
		for range 3 + random.IntN(6) {
			for _, r := range sentences[random.IntN(len(sentences))] {
				if random.IntN(4) == 0 {
					other := sentences[random.IntN(len(sentences))]
					r, _ = utf8.DecodeRuneInString(other)
				}
				t.WriteRune(r)
			}
			t.WriteString("，")
		}
		var c guitu.Claim
		if n%4 == 0 {
			c = guitu.Claim{
				Name: pick("赵钱孙李周吴郑王冯陈") + pick("晨曦雨桐梓涵子轩浩宇欣怡思远若溪一二三") + pick("佳宁俊杰诺可心乐童安然甲乙丙丁"),
				Sex:  pick("男女"), Age: fmt.Sprint(2+random.IntN(13), "岁"), Phones: []string{fmt.Sprintf("1990000%04d", random.IntN(10_000))},
			}
			fmt.Fprintf(&t, "%s，%s，%s，电话%s", c.Name, c.Sex, c.Age, c.Phones[0])
		}
		known = append(known, knownPost{t.String(), c})
	}
	return known, real
}

// copied is a copy, with the number of its source.
type copied struct {
	knownPost
	source int
}

// copiesOf makes n copies of posts of some length.
func copiesOf(real []knownPost, n int) []copied {
	random := rand.New(rand.NewPCG(5, 6))
	junk := []string{"转发", "求扩散！", "[蜡烛]", "@某某同城 ", "～", "帮忙转", "😭", "看到的转一下", "http://t.cn/abc123 "}
	var copies []copied
	for len(copies) < n {
		source := random.IntN(len(real))
		runes := []rune(real[source].text)
		if len(runes) < 40 || strings.Count(real[source].text, "@") > 3 { // lists of accounts have no wording
			continue
		}
		from, to := 0, len(runes)
		switch random.IntN(3) {
		case 0:
			to = len(runes) * (50 + random.IntN(40)) / 100 // cut off
		case 1:
			from = len(runes) * random.IntN(30) / 100
		}
		var t strings.Builder
		for i := from; i < to; i++ {
			switch random.IntN(25) {
			case 0: // a word is left out
				i++
			case 1:
				t.WriteString(junk[random.IntN(len(junk))])
				t.WriteRune(runes[i])
			default:
				t.WriteRune(runes[i])
			}
		}
		copies = append(copies, copied{knownPost{t.String(), claim.Read(t.String(), time.Time{})}, source})
	}
	return copies
}

// as reports whether an answer is a copy's source, or all but as like the copy.
func as(known []knownPost, c copied, answer int) bool {
	if answer < 0 || answer == c.source {
		return answer >= 0
	}
	words := bigrams(c.text)
	return likeness(words, bigrams(known[answer].text)) >= 0.9*likeness(words, bigrams(known[c.source].text))
}

func likeness(a, b []string) float64 {
	both := 0
	for _, w := range a {
		if _, ok := slices.BinarySearch(b, w); ok {
			both++
		}
	}
	return float64(both) / float64(max(1, min(len(a), len(b))))
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

type guituIndex struct{ index *match.Index }

func (*guituIndex) name() string { return "guitu" }

func (g *guituIndex) fill(_ *testing.B, known []knownPost) {
	if g.index != nil {
		return // the benchmark calls more than once
	}
	g.index = match.New()
	for i, p := range known {
		g.index.Add(int64(i+1), int64(i+1), p.text, p.claim)
	}
}

func (g *guituIndex) find(_ *testing.B, c copied) int {
	return int(g.index.Find(c.text, c.claim).Exemplar) - 1
}

type bleveIndex struct {
	index bleve.Index
	count map[string]int // posts that have a bigram
}

func (*bleveIndex) name() string { return "bleve, 25 rarest bigrams" }

// rarest is the number of bigrams that Bleve is asked for: the best of those tried between 8 and 100.
const rarest = 25

func (x *bleveIndex) fill(b *testing.B, known []knownPost) {
	if x.index != nil {
		return
	}
	x.count = map[string]int{}
	field := bleve.NewTextFieldMapping()
	field.Analyzer, field.Store, field.IncludeTermVectors, field.IncludeInAll, field.DocValues = "words", false, false, false, false
	m := bleve.NewIndexMapping()
	if err := m.AddCustomAnalyzer("words", map[string]any{"type": custom.Name, "tokenizer": whitespace.Name}); err != nil {
		b.Fatal(err)
	}
	m.DefaultMapping = mapping.NewDocumentStaticMapping()
	m.DefaultMapping.AddFieldMappingsAt("text", field)
	index, err := bleve.NewMemOnly(m)
	if err != nil {
		b.Fatal(err)
	}
	x.index = index
	batch := index.NewBatch()
	for i, p := range known {
		words := bigrams(p.text)
		for _, w := range words {
			x.count[w]++
		}
		if err := batch.Index(strconv.Itoa(i), map[string]any{"text": strings.Join(words, " ")}); err != nil {
			b.Fatal(err)
		}
		if batch.Size() == 1000 || i == len(known)-1 {
			if err := index.Batch(batch); err != nil {
				b.Fatal(err)
			}
			batch.Reset()
		}
	}
}

func (x *bleveIndex) find(b *testing.B, c copied) int {
	words := slices.DeleteFunc(bigrams(c.text), func(w string) bool { return x.count[w] == 0 })
	slices.SortFunc(words, func(v, w string) int { return cmp.Compare(x.count[v], x.count[w]) })
	var terms []query.Query
	for _, w := range words[:min(len(words), rarest)] {
		t := bleve.NewTermQuery(w)
		t.SetField("text")
		terms = append(terms, t)
	}
	r := bleve.NewSearchRequest(bleve.NewDisjunctionQuery(terms...))
	r.Size = 1
	result, err := x.index.Search(r)
	if err != nil {
		b.Fatal(err)
	}
	if len(result.Hits) == 0 {
		return -1
	}
	n, err := strconv.Atoi(result.Hits[0].ID)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// bigrams returns the pairs of letters or digits that follow each other in a post, sorted, each once.
func bigrams(post string) []string {
	var words []string
	var last rune
	for _, r := range text.Normalise(post).String {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if last != 0 {
			words = append(words, string([]rune{last, r}))
		}
		last = r
	}
	slices.Sort(words)
	return slices.Compact(words)
}
