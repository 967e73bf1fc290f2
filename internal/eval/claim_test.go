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
		{Story: "b", Family: "f", Read: guitu.Claim{Area: "110000"}, Gold: eval.ClaimGold{Name: "周一诺"}},
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

// TestClaimFamilies holds that a family counts as one, however many posts and stories it has.
func TestClaimFamilies(t *testing.T) {
	right := eval.ClaimRow{Story: "a", Family: "f", Read: guitu.Claim{Name: "林小川"}, Gold: eval.ClaimGold{Name: "林小川"}}
	wrong := eval.ClaimRow{Story: "b", Gold: eval.ClaimGold{Name: "林小川"}}
	other := right
	other.Story = "c"
	rows := []eval.ClaimRow{right, right, other, wrong}
	for _, s := range eval.Claims(rows) {
		// Of names three are right by row, two thirds of the stories, and one of two families.
		if s.Field == eval.FieldName && (!almost(s.Row.Value, 6.0/7) || !almost(s.Story.Value, 0.8) || !almost(s.Family.Value, 2.0/3)) {
			t.Errorf("F1 %v by row, %v by story, %v by family", s.Row, s.Story, s.Family)
		}
	}
	got := eval.ClaimFamilies(rows)
	if len(got) != 2 || got[0].Family != "f" || got[0].Rows != 3 || got[0].Stories != 2 || got[0].F1.Value != 1 || got[1].Family != "" || got[1].Rows != 1 || got[1].F1.Value != 0 {
		t.Errorf("families %+v", got)
	}
}

func almost(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }
