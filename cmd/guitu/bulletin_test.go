package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"guitu"
)

// TestBulletin prints the report of an empty database in each form.
func TestBulletin(t *testing.T) {
	workplace(t, nil)
	show := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"bulletin", "--from", "2026-01-01", "--to", "2026-12-31"}, args...), &out, &errs); code != exitOK {
			t.Fatalf("%v: exit %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	if text := show(); !strings.Contains(text, "2026年寻人通报：发布0") || !strings.Contains(text, "统计口径第1版") {
		t.Errorf("in Chinese:\n%s", text)
	}
	if text := show("--english"); !strings.Contains(text, "2026: 0 published") || !strings.Contains(text, "Definitions, version 1") {
		t.Errorf("in English:\n%s", text)
	}
	var r guitu.Report
	if err := json.Unmarshal([]byte(show("--json")), &r); err != nil || r.Version != guitu.StatisticsVersion || r.To.Sub(r.From).Hours() != 365*24 {
		t.Errorf("JSON: %+v, %v", r, err)
	}
	if lines, err := csv.NewReader(strings.NewReader(show("--csv"))).ReadAll(); err != nil || len(lines) < 10 {
		t.Errorf("CSV: %v, %v", lines, err)
	}
	for _, args := range [][]string{
		{"--from", "yesterday", "--to", "2026-01-01"}, {"--from", "2026-01-02", "--to", "2026-01-01"}, {"--from", "2026-01-01", "--to", "x"},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"bulletin"}, args...), &out, &errs); code != exitError || errs.Len() == 0 {
			t.Errorf("%v: exit %d, %s", args, code, errs.String())
		}
	}
}
