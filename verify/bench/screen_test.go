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
	race(b, len(posts), []runner{
		{"guitu", func(*testing.B) func(int) {
			return func(i int) {
				if spot.Spot(posts[i]).Spotted {
					claim.Read(posts[i], time.Time{})
				}
			}
		}},
		{"guitu-spot", func(*testing.B) func(int) { return func(i int) { spot.Spot(posts[i]) } }},
		{"regexp", func(*testing.B) func(int) {
			re := alternation()
			return func(i int) { re.FindAllIndex(raw[i], -1) }
		}},
		{"cloudflare", func(*testing.B) func(int) {
			m := cloudflare.NewStringMatcher(spot.Keywords())
			return func(i int) { m.Match(raw[i]) }
		}},
		{"coregx", func(b *testing.B) func(int) {
			a, err := coregx.NewBuilder().SetMatchKind(coregx.LeftmostLongest).AddStrings(spot.Keywords()).Build()
			if err != nil {
				b.Fatal(err)
			}
			return func(i int) { a.FindAll(raw[i], -1) }
		}},
	})
}

// alternation is a regular expression of all keywords.
func alternation() *regexp.Regexp {
	var quoted []string
	for _, w := range spot.Keywords() {
		quoted = append(quoted, regexp.QuoteMeta(w))
	}
	return regexp.MustCompile(strings.Join(quoted, "|"))
}
