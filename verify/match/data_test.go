package match_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"testing"
	"time"

	"guitu/internal/testenv"
	"guitu/verify/claim"
	"guitu/verify/match"
)

type pair struct {
	A, B, Why string
	Same      bool
	TextA     string `json:"text_a"`
	TextB     string `json:"text_b"`
	GroupA    string `json:"group_a"`
	GroupB    string `json:"group_b"`
}

func lines[T any](t testing.TB, name string) []T {
	dir := testenv.Data(t)
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []T
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var v T
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	if err := sc.Err(); err != nil || len(out) == 0 {
		t.Fatalf("read %d rows: %v", len(out), err)
	}
	return out
}

func TestRealPairs(t *testing.T) {
	var right, wrong, missed, different, templates, templatesWrong float64
	why := map[string][2]int{}
	for _, p := range lines[pair](t, "variant_pairs.dev.jsonl") {
		m := match.Compare(p.TextA, p.TextB)
		same, score, reasons := m.Score > 0.5, m.Score, m.Reasons
		w := why[p.Why]
		w[1]++
		switch {
		case same && p.Same:
			right++
		case same:
			wrong++
		case p.Same:
			missed++
		}
		if same == p.Same {
			w[0]++
		} else if os.Getenv("GUITU_MISSES") != "" {
			t.Logf("%s %v %s/%s %.2f %v\n\tA %s\n\tB %s", p.Why, p.Same, p.GroupA, p.GroupB, score, reasons, p.TextA, p.TextB)
		}
		why[p.Why] = w
		if !p.Same {
			different++
			if p.Why == "template_diff_story" {
				templates++
				if same {
					templatesWrong++
				}
			}
		}
	}
	f1 := 2 * right / (2*right + wrong + missed)
	t.Logf("same story: P %.3f R %.3f F1 %.3f", right/(right+wrong), right/(right+missed), f1)
	t.Logf("different stories called the same: %.1f %% of %.0f; of those in one template %.1f %%", 100*wrong/different, different, 100*templatesWrong/templates)
	for w, n := range why {
		t.Logf("%-24s %d of %d right", w, n[0], n[1])
	}
	if f1 < 0.85 || wrong/different > 0.03 {
		t.Errorf("F1 %.3f, want 0.85 at least; %.1f %% different called the same, want 3 at most", f1, 100*wrong/different)
	}
}

// TestRealStream lets posts come one by one, as the bot sees them, and compares the stories that the index makes of them with
// the labelled ones: for each post, how much of its story is truly its own, and how much of its own is there (B-cubed).
func TestRealStream(t *testing.T) {
	posts := lines[struct{ Group, Text, Time string }](t, "variants.dev.jsonl")
	sort.SliceStable(posts, func(i, j int) bool { return posts[i].Time < posts[j].Time })
	x := match.New()
	made := make([]int64, len(posts))
	type both struct {
		made  int64
		group string
	}
	madeSize, groupSize, bothSize := map[int64]float64{}, map[string]float64{}, map[both]float64{}
	kept := 0
	for i, p := range posts {
		c := claim.Read(p.Text, time.Time{})
		id := x.Find(p.Text, c).Story
		if id == 0 {
			id = int64(i + 1)
		}
		if x.Add(id, 0, p.Text, c) {
			kept++
		}
		made[i] = id
		madeSize[id]++
		groupSize[p.Group]++
		bothSize[both{id, p.Group}]++
	}
	var precision, recall, storyPrecision, storyRecall float64
	for i, p := range posts {
		n := bothSize[both{made[i], p.Group}]
		precision += n / madeSize[made[i]] / float64(len(posts))
		recall += n / groupSize[p.Group] / float64(len(posts))
		storyPrecision += n / madeSize[made[i]] / groupSize[p.Group] / float64(len(groupSize))
		storyRecall += n / groupSize[p.Group] / groupSize[p.Group] / float64(len(groupSize))
	}
	t.Logf("%d posts of %d stories became %d stories; %d posts kept as exemplars", len(posts), len(groupSize), x.Len(), kept)
	t.Logf("B-cubed by post P %.3f R %.3f, by story P %.3f R %.3f", precision, recall, storyPrecision, storyRecall)
	if precision < 0.9 || recall < 0.75 {
		t.Errorf("want P 0.90, R 0.75 at least")
	}
}
