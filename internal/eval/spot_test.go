package eval_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"guitu"
	"guitu/internal/eval"
)

func TestLoad(t *testing.T) {
	data := fstest.MapFS{
		"spot.jsonl":          {Data: []byte(`{"id":"1","label":1}` + "\n")},
		"spot.sealed.jsonl":   {Data: []byte(`{"id":"2"}` + "\n\n" + `{"id":"3","story":"s"}`)},
		"spotted.jsonl":       {Data: []byte("not of this kind")},
		"variants.dev.jsonl":  {Data: []byte(`{"id":1}`)},
		"variant_pairs.jsonl": {Data: []byte("{}\n{")},
	}
	rows, err := eval.Load[eval.SpotRow](data, "spot")
	if err != nil || len(rows) != 3 || rows[0].Label != 1 || rows[2].Story != "s" {
		t.Errorf("Load: %+v, %v, want the three rows of both files", rows, err)
	}
	if _, err := eval.Load[eval.SpotRow](data, "extract"); !errors.Is(err, eval.ErrNoRows) {
		t.Errorf("Load of a kind that is not there: %v, want ErrNoRows", err)
	}
	for kind, where := range map[string]string{"variants": "variants.dev.jsonl:1", "variant_pairs": "variant_pairs.jsonl:2"} {
		if _, err := eval.Load[eval.SpotRow](data, kind); err == nil || !strings.Contains(err.Error(), where) {
			t.Errorf("Load of bad %s: %v, want an error that names %s", kind, err, where)
		}
	}
}

func TestSpot(t *testing.T) {
	judge := func(s string) guitu.Finding {
		f := guitu.Finding{Spotted: strings.Contains(s, "走失"), Ask: strings.Contains(s, "走"), Topic: guitu.Plea}
		return f
	}
	r := eval.Spot([]eval.SpotRow{
		{ID: "1", Text: "走失", Label: 1, Kind: "plea", Story: "a"},
		{ID: "2", Text: "走失", Label: 1, Kind: "adult_missing", Story: "a"},
		{ID: "3", Text: "走丢", Label: 1, Kind: "plea", Story: "b"},
		{ID: "4", Text: "走失", Label: 0},
		{ID: "5", Text: "好天气", Label: 0},
		{ID: "6", Text: "走失", Label: 0, Border: true},
	}, judge)
	for _, tt := range []struct {
		what      string
		got, want float64
	}{
		{"precision by row", r.Rows.Precision.Value, 2.0 / 3},
		{"recall by row", r.Rows.Recall.Value, 2.0 / 3},
		{"recall by story", r.Stories.Recall.Value, 1.0 / 2},
		{"recall of what is asked", r.Asked.Recall.Value, 1},
		{"false flags", r.False.Value, 1.0 / 2},
		{"debatable rows", float64(r.Border.Outcomes), 1},
		{"kinds right", float64(r.Kinds), 1},
		{"rightly spotted", float64(r.Spotted), 2},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", tt.what, tt.got, tt.want)
		}
	}
}
