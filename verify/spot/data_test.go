package spot_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"guitu"
	"guitu/internal/testenv"
	"guitu/verify/spot"
)

type labelled struct {
	ID, Text, Kind, Subtype, Story string
	Label                          int
	Border                         bool
}

// posts reads the labelled posts (spot.dev.jsonl in GUITU_DATA).
func posts(t testing.TB) []labelled {
	dir := testenv.Data(t)
	f, err := os.Open(filepath.Join(dir, "spot.dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []labelled
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var p labelled
		if err := json.Unmarshal(sc.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if p.Story == "" {
			p.Story = p.ID
		}
		out = append(out, p)
	}
	if err := sc.Err(); err != nil || len(out) == 0 {
		t.Fatalf("read %d posts: %v", len(out), err)
	}
	return out
}

// tally counts with weights, so that a story counts once however many posts tell it.
type tally struct{ hit, missed, wrong float64 }

func (c tally) precision() float64 { return c.hit / max(1e-9, c.hit+c.wrong) }
func (c tally) recall() float64    { return c.hit / max(1e-9, c.hit+c.missed) }
func (c tally) f1() float64        { return 2 * c.hit / max(1e-9, 2*c.hit+c.wrong+c.missed) }

func (c *tally) add(spotted, label bool, weight float64) {
	switch {
	case spotted && label:
		c.hit += weight
	case spotted:
		c.wrong += weight
	case label:
		c.missed += weight
	}
}

func TestRealPosts(t *testing.T) {
	all := posts(t)
	size := map[string]float64{}
	for _, p := range all {
		if !p.Border {
			size[p.Story]++
		}
	}
	var rows, stories, border tally
	kinds := map[guitu.Topic]int{}
	kindRight := 0
	for _, p := range all {
		f := spot.Spot(p.Text)
		if p.Border {
			border.add(f.Spotted, p.Label == 1, 1)
			continue
		}
		rows.add(f.Spotted, p.Label == 1, 1)
		stories.add(f.Spotted, p.Label == 1, 1/size[p.Story])
		if f.Spotted && p.Label == 1 {
			kinds[f.Topic]++
			if string(f.Topic) == p.Kind {
				kindRight++
			}
		}
		if f.Spotted != (p.Label == 1) && os.Getenv("GUITU_MISSES") != "" {
			t.Logf("%v %s %.2f %s %s | %s | %v", p.Label, p.Subtype, f.Score, p.Story, p.ID, p.Text, rules(f))
		}
	}
	t.Logf("by row:   P %.3f R %.3f F1 %.3f", rows.precision(), rows.recall(), rows.f1())
	t.Logf("by story: P %.3f R %.3f F1 %.3f", stories.precision(), stories.recall(), stories.f1())
	t.Logf("debatable rows, apart: P %.3f R %.3f", border.precision(), border.recall())
	t.Logf("kind right in %d of %.0f; %v", kindRight, rows.hit, kinds)
	if rows.precision() < 0.95 || rows.recall() < 0.94 || stories.precision() < 0.89 || stories.recall() < 0.89 {
		t.Errorf("want P 0.95 and R 0.94 by row, 0.89 each by story, at least")
	}
}

func rules(f guitu.Finding) (out []string) {
	for _, h := range f.Hits {
		out = append(out, h.Rule+"="+h.Text)
	}
	return out
}
