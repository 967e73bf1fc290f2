package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

const (
	lin      = "急寻！林小川，男，5岁，今天下午在临沂市兰山区青山公园走失，穿蓝色外套，家人万分着急，有线索请联系19900000001，求转发"
	linAgain = "帮转：5岁男孩林小川在青山公园走失，有线索请联系19900000001，家人万分着急"
	zhou     = "急寻！周一诺，女，9岁，今天下午在徐州市云龙区红旗小学走失，穿红色外套，家人万分着急，有线索请联系19900000002，求转发"
	linFound = "好消息：在临沂市兰山区青山公园走失的5岁男孩林小川已经找到了，谢谢大家，请勿再打19900000001"
	weather  = "今天天气真好，适合晒被子"
)

func jsonLines(t *testing.T, values ...any) string {
	t.Helper()
	var b strings.Builder
	for _, v := range values {
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.String()
}

func decodeLines[T any](t *testing.T, s string) (all []T) {
	t.Helper()
	for line := range strings.Lines(s) {
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		all = append(all, v)
	}
	return all
}

func TestCompare(t *testing.T) {
	type pair struct {
		A     any    `json:"a"`
		B     any    `json:"b"`
		TextA string `json:"text_a"`
		TextB string `json:"text_b"`
	}
	in := jsonLines(t, pair{"x", 2, lin, linAgain}, pair{"y", "z", lin, zhou}, pair{"v", "w", lin, weather}, pair{"s", "t", lin, linFound}) + "{}\nno json\n"
	var out, errs strings.Builder
	if err := compare(strings.NewReader(in), &out, &errs); !errors.Is(err, errLines) {
		t.Errorf("compare = %v, want %v", err, errLines)
	}
	got := decodeLines[struct {
		A, B         any
		Same, Family *bool
		Score        *float64
		Reasons      []string
	}](t, out.String())
	if len(got) != 4 {
		t.Fatalf("compare wrote %d lines, want 4:\n%s", len(got), out.String())
	}
	for i, want := range []struct{ same, family bool }{{true, true}, {false, true}, {false, false}, {true, true}} {
		if *got[i].Same != want.same || *got[i].Family != want.family || *got[i].Score >= 0.5 != want.same || got[i].Reasons == nil {
			t.Errorf("pair %d: same %v, family %v, score %.2f, reasons %q, want same %v, family %v, and a score on that side of a half",
				i, *got[i].Same, *got[i].Family, *got[i].Score, got[i].Reasons, want.same, want.family)
		}
	}
	if got[0].A != "x" || got[0].B != 2.0 {
		t.Errorf("ids %v and %v, want x and 2 as they came", got[0].A, got[0].B)
	}
	for _, want := range []string{`line 5: no "text_a"`, "line 6: "} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("errors lack %q:\n%s", want, errs.String())
		}
	}
}

func TestMatch(t *testing.T) {
	type post struct {
		ID    any    `json:"id"`
		Group any    `json:"group,omitempty"`
		Text  string `json:"text,omitempty"`
	}
	var knownErrs strings.Builder
	k, err := readKnown(strings.NewReader(jsonLines(t,
		post{1, "lin", lin}, post{"two", "lin", linAgain}, post{ID: "tea", Text: "喝茶要用热水，好茶要用好水，慢慢喝才有味道；若是急着出门，不如带一个杯子，到了公司再泡，下午困了还能续上两回，茶叶舒展开来也好看"}, post{ID: "none"},
	)), prefixed(&knownErrs, "known.jsonl: "))
	if !errors.Is(err, errLines) || !strings.HasPrefix(knownErrs.String(), `known.jsonl: line 4: no "text"`) {
		t.Errorf("readKnown = %v, %q, want line 4 to be named", err, knownErrs.String())
	}
	var out, errs strings.Builder
	in := jsonLines(t,
		post{ID: "copy", Text: "转发！5岁的林小川在临沂市兰山区青山公园走失，穿蓝色外套，19900000001"}, post{ID: "kin", Text: zhou}, post{ID: 9, Text: weather},
		post{ID: "leaf", Text: "喝茶要用热水，好茶要用好水，慢慢喝才有味道；若是急着出门，不如带一个杯子，到了公司再泡，下午困了还能续上两回，茶叶舒展开来也好看"},
	)
	if err := k.match(strings.NewReader(in), &out, &errs); err != nil || errs.Len() > 0 {
		t.Errorf("match = %v, %q, want neither", err, errs.String())
	}
	got := decodeLines[struct {
		ID, Match, Group any
		Relation         string
		Score            float64
		Reasons          []string
	}](t, out.String())
	if len(got) != 4 {
		t.Fatalf("match wrote %d lines, want 4:\n%s", len(got), out.String())
	}
	for i, want := range []struct {
		relation string
		group    any
		known    bool
	}{{"same", "lin", true}, {"family", "lin", true}, {"new", nil, false}, {"same", nil, true}} {
		g := got[i]
		if g.Relation != want.relation || g.Group != want.group || (g.Match != nil) != want.known || g.Reasons == nil {
			t.Errorf("%v: match %v of group %v, %s, reasons %q, want relation %s and group %v", g.ID, g.Match, g.Group, g.Relation, g.Reasons, want.relation, want.group)
		}
	}
	if got[3].Match != "tea" || got[2].ID != 9.0 {
		t.Errorf("matches %v, id %v, want tea, and 9 as it came", got[3].Match, got[2].ID)
	}
}
