package eval_test

import (
	"testing"

	"guitu"
	"guitu/internal/eval"
)

func TestClaims(t *testing.T) {
	rows := []eval.ClaimRow{
		{
			Story: "a",
			Read:  guitu.Claim{Name: "林小川", Area: "371302", Phones: []string{"19900000001", "19900000002"}, Place: "青山公园附近"},
			Gold:  eval.ClaimGold{Name: "林小川", City: "临沂", Phones: []string{"199-0000-0001"}, Place: "青山公园"},
		},
		{Story: "a", Read: guitu.Claim{Name: "林小", Area: "371311"}, Gold: eval.ClaimGold{Name: "林小川", City: "临沂", County: "兰山区"}},
		{Story: "b", Read: guitu.Claim{Area: "110000"}, Gold: eval.ClaimGold{Name: "周一诺"}},
	}
	got := map[string]eval.FieldScore{}
	for _, s := range eval.Claims(rows) {
		got[s.Field] = s
	}
	for _, tt := range []struct {
		field        string
		row, story   float64
		stated, read int
	}{
		{eval.FieldName, 0.4, 1.0 / 3, 3, 2},
		{eval.FieldPhones, 2.0 / 3, 2.0 / 3, 1, 2},
		{eval.FieldArea, 0.4, 1.0 / 3, 2, 3}, // a county in the stated city is right, another county than the stated one is not
		{eval.FieldPlace, 0, 0, 1, 1},
		{eval.FieldNear, 1, 1, 1, 1},
		{eval.FieldSex, 0, 0, 0, 0},
	} {
		s := got[tt.field]
		if !almost(s.Row.Value, tt.row) || !almost(s.Story.Value, tt.story) || s.Stated != tt.stated || s.Read != tt.read {
			t.Errorf("%s: F1 %v by row, %v by story, %d stated, %d read; want %.3f, %.3f, %d, %d",
				tt.field, s.Row.Value, s.Story.Value, s.Stated, s.Read, tt.row, tt.story, tt.stated, tt.read)
		}
	}
}

func almost(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }
