package claim_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"guitu/internal/eval"
	"guitu/internal/testenv"
	"guitu/verify/claim"
)

// labelled is a line of extract.dev.jsonl.
type labelled struct {
	ID, Text, Time, Story string
	Gold                  eval.ClaimGold
}

// TestRealPosts measures each field on labelled posts (extract.dev.jsonl in GUITU_DATA). GUITU_MISSES names every miss.
func TestRealPosts(t *testing.T) {
	f, err := os.Open(filepath.Join(testenv.Data(t), "extract.dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []eval.ClaimRow
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var x labelled
		if err := json.Unmarshal(sc.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		posted, _ := time.ParseInLocation("2006-01-02 15:04", x.Time, time.FixedZone("UTC+8", 8*60*60))
		row := eval.ClaimRow{Story: x.Story, Read: claim.Read(x.Text, posted), Gold: x.Gold}
		rows = append(rows, row)
		for _, s := range eval.Claims([]eval.ClaimRow{row}) {
			if (s.Stated > 0 || s.Read > 0) && s.Row.Value < 1 && os.Getenv("GUITU_MISSES") != "" {
				t.Logf("%s %s: read %+v, want %+v of %s", x.ID, s.Field, row.Read, x.Gold, x.Gold.Area())
			}
		}
	}
	if err := sc.Err(); err != nil || len(rows) == 0 {
		t.Fatalf("read %d rows: %v", len(rows), err)
	}
	for _, s := range eval.Claims(rows) {
		t.Logf("%-13s F1 %v by row (%d stated, %d read), %v by story", s.Field, s.Row, s.Stated, s.Read, s.Story)
		floor := map[string]float64{eval.FieldPhones: 0.95, eval.FieldName: 0.80, eval.FieldSex: 0.85, eval.FieldAge: 0.85, eval.FieldArea: 0.80}
		if s.Row.Value < floor[s.Field] {
			t.Errorf("F1 of %s = %v, want %.2f at least", s.Field, s.Row, floor[s.Field])
		}
	}
}
