package learn_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"guitu"
	"guitu/internal/testenv"
	"guitu/verify/spot"
	"guitu/verify/spot/learn"
)

// few returns examples of which a model can be learned in no time.
func few() []learn.Example {
	examples := learn.Invented()
	learn.Group(examples)
	return examples
}

func TestInvented(t *testing.T) {
	kinds := map[guitu.Topic]int{}
	seen := map[string]bool{}
	for _, e := range learn.Invented() {
		kinds[e.Kind]++
		if e.Label != (e.Kind != "" && !e.Kind.Evidence()) {
			t.Errorf("%s is labelled %v with kind %q", e.ID, e.Label, e.Kind)
		}
		if seen[e.Text] {
			t.Errorf("%s stands twice", e.Text)
		}
		seen[e.Text] = true
	}
	for _, k := range []guitu.Topic{guitu.Plea, guitu.AbductionScare, guitu.AdultMissing, guitu.Debunk, guitu.FoundNews, ""} {
		if kinds[k] < 20 {
			t.Errorf("%d invented posts of kind %q, want 20 at least", kinds[k], k)
		}
	}
}

func TestTrainTwice(t *testing.T) {
	var bytesOf [2][]byte
	for i := range bytesOf {
		var err error
		if bytesOf[i], err = learn.Train(few()).AppendBinary(nil); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(bytesOf[0], bytesOf[1]) {
		t.Error("two trainings on the same examples gave different models")
	}
	m, err := spot.ReadModel(bytesOf[0])
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.AppendBinary(nil)
	if err != nil || !bytes.Equal(again, bytesOf[0]) {
		t.Errorf("a model that was read is written differently: %v", err)
	}
	for _, bad := range [][]byte{nil, []byte("x"), bytesOf[0][1:], append(bytes.Clone(bytesOf[0]), 0)} {
		if _, err := spot.ReadModel(bad); err == nil {
			t.Errorf("%d bytes were read as a model", len(bad))
		}
	}
}

// TestInventedPosts holds the embedded model to the invented posts, all of which it was taught.
func TestInventedPosts(t *testing.T) {
	var yes, right, called, kinds, n float64
	for _, e := range learn.Invented() {
		f := spot.Spot(e.Text)
		n++
		if e.Label {
			yes++
		}
		if f.Spotted {
			called++
		}
		if f.Spotted && e.Label {
			right++
			if f.Topic == e.Kind {
				kinds++
			}
		}
	}
	t.Logf("P %.3f R %.3f, kind right in %.3f, of %.0f posts", right/called, right/yes, kinds/right, n)
	if right/called < 0.93 || right/yes < 0.88 || kinds/right < 0.95 {
		t.Errorf("P %.3f R %.3f, kind right in %.3f; want 0.93, 0.88 and 0.95", right/called, right/yes, kinds/right)
	}
}

// A model knows what it has learned.
func TestTrainLearns(t *testing.T) {
	m := learn.Train(few())
	right, n := 0, 0
	for _, e := range few() {
		n++
		if m.Spot(e.Text).Spotted == e.Label {
			right++
		}
	}
	if n < 500 || right < n*9/10 {
		t.Errorf("%d of %d invented posts are judged as they were taught", right, n)
	}
}

func TestGroup(t *testing.T) {
	const plea = "急寻孩子，昨天下午在东门市场走失，穿着一件红色的上衣，有知情的请联系，谢谢大家帮忙转发"
	examples := []learn.Example{
		{ID: "a", Story: "T1.one", Text: "甲"},
		{ID: "b", Story: "T1.two", Text: "乙"},
		{ID: "c", Story: "c", Text: plea + "1"},
		{ID: "d", Story: "d", Text: strings.Replace(plea, "东门市场", "西门车站", 1)},
		{ID: "e", Story: "e", Text: "今天天气真好，带孩子去公园玩了一圈，晚上一起吃了火锅，明天还要上班"},
		{ID: "f", Story: "S.one", Text: "丙"},
		{ID: "g", Story: "S.two", Text: "丁"},
	}
	learn.Group(examples)
	family := map[string]string{}
	for _, e := range examples {
		family[e.ID] = e.Family
	}
	for _, tt := range []struct {
		a, b string
		same bool
	}{{"a", "b", true}, {"c", "d", true}, {"a", "c", false}, {"c", "e", false}, {"f", "g", false}} {
		if got := family[tt.a] == family[tt.b]; got != tt.same {
			t.Errorf("%s and %s in one family: %v, want %v", tt.a, tt.b, got, tt.same)
		}
	}
}

func TestRead(t *testing.T) {
	dir := fstest.MapFS{"spot.dev.jsonl": {Data: []byte(`{"id":"1","text":"急寻","label":1,"kind":"plea","story":"T1.x"}` + "\n\n" +
		`{"id":"2","text":"辟谣","label":0,"kind":"other","subtype":"debunk"}` + "\n")}}
	examples, err := learn.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := learn.Count(examples)
	if c.Real != 2 || c.Yes != 1 || c.Stories != 1 || c.Invented < 500 {
		t.Errorf("read %+v", c)
	}
	if examples[1].Kind != guitu.Debunk || examples[1].Story != "2" {
		t.Errorf("the second example is %+v", examples[1])
	}
	dir["spot.dev.jsonl"].Data = []byte("{\n")
	if _, err := learn.Read(dir); err == nil || !strings.Contains(err.Error(), "spot.dev.jsonl:1: ") {
		t.Errorf("a broken line gives %v, want where it stands", err)
	}
	if _, err := learn.Read(fstest.MapFS{}); err == nil {
		t.Error("no file is no error")
	}
}

// TestRealFamilies holds spotting to its figures on families that the model has not seen.
func TestRealFamilies(t *testing.T) {
	examples, err := learn.Read(os.DirFS(testenv.Data(t)))
	if err != nil {
		t.Fatal(err)
	}
	r := learn.Evaluate(examples)
	t.Logf("\n%v", r)
	if os.Getenv("GUITU_MISSES") != "" {
		for _, w := range r.Wrong {
			t.Logf("%v %.2f %s %s | %s", w.Label, w.Score, w.Subtype, w.Story, w.Text)
		}
	}
	both, learned, keywords, linear := r.Results[0], r.Results[2], r.Results[5], r.Results[6]
	if both.Rows.Precision.Value < 0.95 || both.Rows.Recall.Value < 0.94 || both.FalsePer1000 > 2 {
		t.Errorf("by row: P %.3f R %.3f, %.1f false flags in 1,000 others; want 0.95, 0.94 and 2", both.Rows.Precision.Value, both.Rows.Recall.Value, both.FalsePer1000)
	}
	if both.Stories.F1.Value < 0.92 {
		t.Errorf("by story: F1 %.3f, want 0.92", both.Stories.F1.Value)
	}
	if learned.Rows.F1.Value < 0.90 || learned.Rows.F1.Value < linear.Rows.F1.Value+0.1 || learned.Rows.F1.Value < keywords.Rows.F1.Value+0.1 {
		t.Errorf("the learned part alone: F1 %.3f; want 0.90, and 0.1 more than the baselines", learned.Rows.F1.Value)
	}
}

// TestModelIsCurrent holds the embedded model to what the data give.
func TestModelIsCurrent(t *testing.T) {
	examples, err := learn.Read(os.DirFS(testenv.Data(t)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := learn.Train(examples).AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("..", "model.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("model.bin is not what the data give: run go generate ./verify/spot")
	}
}

func ExampleTrain() {
	examples := learn.Invented()
	learn.Group(examples)
	model := learn.Train(examples)
	fmt.Println(model.Spot("寻人：五岁男孩今天在公园走失，穿红衣服，有线索请联系家长").Topic)
	// Output: plea
}
