package main

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestEvaluate(t *testing.T) {
	data := fstest.MapFS{
		"spot.jsonl": {Data: []byte(jsonLines(t,
			map[string]any{"id": "1", "text": lin, "label": 1, "kind": "plea", "story": "lin"},
			map[string]any{"id": "2", "text": weather, "label": 0},
		))},
		"extract.own.jsonl": {Data: []byte(jsonLines(t, map[string]any{"text": lin, "time": "2026-03-01 18:00", "story": "lin", "gold": map[string]any{
			"name": "林小川", "sex": "男", "age": nil, "phones": []string{"199-0000-0001"}, "province": "山东省", "city": "临沂市", "county": "兰山区",
		}}))},
	}
	var out strings.Builder
	if err := evaluate(data, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"by row       P 1.000", "(1 cases among 2, 2 stories)", "kind right   1 of 1", "phones        F1 by row 1.000", "area          F1 by row 1.000",
		"age           F1 by row 0.000", // it was read and is not stated
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}

func TestEvaluateNothing(t *testing.T) {
	var out strings.Builder
	if err := evaluate(fstest.MapFS{"other.txt": {}}, &out); err == nil || !strings.Contains(out.String(), "no labelled rows in spot.jsonl") {
		t.Errorf("evaluate of an empty folder = %v, %q, want an error and what is missing", err, out.String())
	}
	if err := evaluate(fstest.MapFS{"spot.jsonl": {Data: []byte("{}\nno json")}}, &out); err == nil || !strings.Contains(err.Error(), "spot.jsonl:2: ") {
		t.Errorf("evaluate of a bad file = %v, want its line", err)
	}
}
