package bench_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	cloudflare "github.com/cloudflare/ahocorasick"
	coregx "github.com/coregx/ahocorasick"

	"guitu/verify/claim"
	"guitu/verify/spot"
)

// BenchmarkScreen runs guitu's whole funnel over a stream of posts: spot each, and read the claim of what is spotted. The peers
// only find the keywords, as they are written, and do nothing with them.
func BenchmarkScreen(b *testing.B) {
	posts := stream(b)
	raw := make([][]byte, len(posts))
	for i, p := range posts {
		raw[i] = []byte(p)
	}
	words := spot.Keywords()

	race(b, len(posts), []runner{
		{"guitu", func(i int) {
			if spot.Spot(posts[i]).Spotted {
				claim.Read(posts[i], time.Time{})
			}
		}},
		{"guitu-spot", func(i int) { spot.Spot(posts[i]) }},
		{"regexp", regexpFinder(words, raw)},
		{"cloudflare", cloudflareFinder(words, raw)},
		{"coregx", coregxFinder(b, words, raw)},
	})
}

// regexpFinder is an alternation of all words in Go's own regular expressions.
func regexpFinder(words []string, posts [][]byte) func(int) {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = regexp.QuoteMeta(w)
	}
	re := regexp.MustCompile(strings.Join(quoted, "|"))
	return func(i int) { re.FindAllIndex(posts[i], -1) }
}

func cloudflareFinder(words []string, posts [][]byte) func(int) {
	m := cloudflare.NewStringMatcher(words)
	return func(i int) { m.Match(posts[i]) }
}

func coregxFinder(b *testing.B, words []string, posts [][]byte) func(int) {
	a, err := coregx.NewBuilder().SetMatchKind(coregx.LeftmostLongest).AddStrings(words).Build()
	if err != nil {
		b.Fatal(err)
	}
	return func(i int) { a.FindAll(posts[i], -1) }
}
