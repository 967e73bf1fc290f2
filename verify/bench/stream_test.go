package bench_test

import (
	"bufio"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"guitu/internal/testenv"
)

// The stream that is screened, in posts of a thousand. Hits are about a missing person; near misses are the labelled others of
// that kind (debunks, ended cases, lost things, disasters) and the comments under hits; the rest is about anything else.
const (
	streamSize     = 20_000
	hitsOf1000     = 15
	nearOf1000     = 15
	meanPostLength = 224 // bytes
)

// stream returns real posts. Those about anything else are taken from all, or from the short ones, so that the mean length is
// meanPostLength. It is the same at every call.
func stream(b *testing.B) []string {
	b.Helper()
	var hits, near, other, short []string
	for _, p := range rows(b, "spot.dev.jsonl") {
		switch {
		case p.Border:
		case p.Label == 1:
			hits = append(hits, p.Text)
		case p.Subtype != "misc":
			near = append(near, p.Text)
		default:
			other = append(other, p.Text)
			if len(p.Text) < meanPostLength {
				short = append(short, p.Text)
			}
		}
	}
	for i, p := range rows(b, "reposts.dev.jsonl") {
		if i%15 == 0 {
			near = append(near, p.Text)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	out := make([]string, 0, streamSize)
	size := 0
	for i := range streamSize {
		from := other
		switch n := i % 1000; {
		case n < hitsOf1000:
			from = hits
		case n < hitsOf1000+nearOf1000:
			from = near
		case size > meanPostLength*len(out):
			from = short
		}
		p := from[rnd.IntN(len(from))]
		out, size = append(out, p), size+len(p)
	}
	rnd.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	if mean := size / len(out); mean < meanPostLength-2 || mean > meanPostLength+2 {
		b.Fatalf("the mean length is %d bytes, want %d", mean, meanPostLength)
	}
	return out
}

type row struct {
	Text, Subtype string
	Label         int
	Border        bool
}

// rows reads a file of GUITU_DATA.
func rows(b *testing.B, name string) []row {
	b.Helper()
	f, err := os.Open(filepath.Join(testenv.Data(b), name))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var out []row
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var r row
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			b.Fatal(err)
		}
		out = append(out, r)
	}
	if err := sc.Err(); err != nil || len(out) == 0 {
		b.Fatalf("read %d posts: %v", len(out), err)
	}
	return out
}
