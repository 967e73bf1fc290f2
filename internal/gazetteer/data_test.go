package gazetteer_test

import (
	"os"
	"testing"

	"guitu/internal/eval"
	"guitu/internal/testenv"
)

// TestAgainstReference compares names, centres and retired names with an independent table of divisions (divisions.csv and
// divisions_history.csv in GUITU_DATA).
func TestAgainstReference(t *testing.T) {
	r, err := eval.Divisions(os.DirFS(testenv.Data(t)))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%v", r)
	if os.Getenv("GUITU_MISSES") != "" {
		for _, s := range r.Off {
			t.Log(s)
		}
	}
	if r.Known < r.Divisions*999/1000 || r.SameName < r.Divisions*995/1000 || r.Centred < r.Counties*99/100 || r.Near < r.Compared*98/100 || r.Median > 5 {
		t.Errorf("too far from the reference")
	}
	for _, s := range r.Unresolved {
		t.Errorf("%s: no division in force", s)
	}
	if r.Retired == 0 || r.Exact < r.Retired*85/100 || r.Exact+r.Wider < r.Retired*99/100 {
		t.Errorf("too many retired names are resolved to what they have not become")
	}
}
