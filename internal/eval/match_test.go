package eval_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"guitu/internal/eval"
	"guitu/internal/testenv"
	"guitu/verify/match"
)

func TestPairs(t *testing.T) {
	rows := []eval.PairRow{
		{Why: "random_same", Same: true, GroupA: "a", GroupB: "a"},
		{Why: "random_same", Same: true, GroupA: "a", GroupB: "a"},
		{Why: "template_diff_story", GroupA: "a", GroupB: "b"},
		{Why: "template_diff_story", GroupA: "b", GroupB: "c"},
	}
	said := []bool{true, false, true, false}
	r := eval.Pairs(rows, map[string]string{"a": "f", "b": "f"}, func(i int, _ eval.PairRow) bool { return said[i] })
	if r.Rows.Precision.Value != 0.5 || r.Rows.Recall.Value != 0.5 || r.Confused.Value != 0.5 {
		t.Errorf("Pairs = %+v, want precision, recall and confusion of one half", r)
	}
	if len(r.Whys) != 2 || r.Whys[0] != (eval.WhyScore{Why: "random_same", Same: true, Right: 1, Pairs: 2}) {
		t.Errorf("Pairs = %+v, want one of two right of each why", r.Whys)
	}
	if s := r.String(); !strings.Contains(s, "random_same") {
		t.Errorf("String = %q, want the whys in it", s)
	}
}

func TestRetrieve(t *testing.T) {
	name := []string{"赵晨佳", "钱曦宁", "孙雨俊", "李桐杰", "周梓一", "吴涵诺"}
	var stories []eval.CopyRow
	for _, n := range name {
		for _, text := range []string{"急寻：" + n + "，男，5岁，昨天在河边走失", "姓名：" + n + "，五岁，还没有回家，请大家帮忙找找他", "求助，" + n + "，男，河边走丢的，谁见过"} {
			stories = append(stories, eval.CopyRow{Group: n, Family: "river", Text: text})
		}
	}
	others := []string{"今天的天气真是好，适合出门走一走看看花。明天还要上班所以早点睡觉吧", "喝茶要用热水，好茶要用好水才有味道"}
	r := eval.Retrieve(stories, others, 50)
	if len(r.Splits) != 5 {
		t.Fatalf("Retrieve made %d splits, want 5", len(r.Splits))
	}
	for i, s := range r.Splits {
		if s.Story < 0.9 || s.First < 0.9 || s.Answerable == 0 || s.Known < 51 || s.Known > 56 {
			t.Errorf("split %d = %+v, want nearly all of the stories found by the name among 50 other posts", i, s)
		}
	}
}

// TestRealMatch measures comparing and finding on labelled posts, and learning without the family that is compared.
func TestRealMatch(t *testing.T) {
	data := os.DirFS(testenv.Data(t))
	pairs := load[eval.PairRow](t, data, "variant_pairs")
	copies := load[eval.CopyRow](t, data, "variants")
	spots := load[eval.SpotRow](t, data, "spot")
	families := eval.Families(copies)

	in := eval.Pairs(pairs, families, eval.Compared)
	t.Logf("pairs:\n%v", in)
	if in.Rows.F1.Value < 0.91 || in.Confused.Value > 0.03 {
		t.Errorf("pairs: F1 %v, confused %v, want 0.91 at least and 0.03 at most", in.Rows.F1, in.Confused)
	}
	same := eval.TrainMatch(pairs, copies, spots).LeaveFamilyOut()
	out := eval.Pairs(pairs, families, func(i int, _ eval.PairRow) bool { return same[i] })
	t.Logf("pairs, without the family:\n%v", out)
	if out.Rows.F1.Value < 0.90 || out.Confused.Value > 0.03 {
		t.Errorf("pairs without the family: F1 %v, confused %v, want 0.90 at least and 0.03 at most", out.Rows.F1, out.Confused)
	}
	var others []string
	for _, s := range spots {
		others = append(others, s.Text)
	}
	r := eval.Retrieve(copies, others, 30_000)
	t.Logf("retrieval among 30,000 other posts:\n%v", r)
	if r.Story() < 0.85 {
		t.Errorf("median recall of the story at 99 %% precision %.3f, want 0.85 at least", r.Story())
	}
	if len(match.EvidenceNames) != len(match.Prior()) {
		t.Errorf("%d names of evidence and %d priors", len(match.EvidenceNames), len(match.Prior()))
	}
}

func load[T any](t *testing.T, data fs.FS, kind string) []T {
	t.Helper()
	rows, err := eval.Load[T](data, kind)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
