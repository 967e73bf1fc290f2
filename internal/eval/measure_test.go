package eval_test

import (
	"fmt"
	"math"
	"testing"

	"guitu/internal/eval"
)

func TestByRowAndByUnit(t *testing.T) {
	// One story of eight posts, all spotted; one story of a single post, missed; one wrong answer.
	outcomes := []eval.Outcome{{Unit: "small", Truth: true}, {Unit: "other", Said: true}, {Unit: "quiet"}}
	for range 8 {
		outcomes = append(outcomes, eval.Outcome{Unit: "big", Said: true, Truth: true})
	}
	for _, tt := range []struct {
		name              string
		got               eval.Score
		precision, recall float64
	}{
		{"by row", eval.ByRow(outcomes), 8.0 / 9, 8.0 / 9},
		{"by story", eval.ByUnit(outcomes), 0.5, 0.5},
	} {
		if math.Abs(tt.got.Precision.Value-tt.precision) > 1e-9 || math.Abs(tt.got.Recall.Value-tt.recall) > 1e-9 {
			t.Errorf("%s: P %.3f R %.3f, want %.3f and %.3f", tt.name, tt.got.Precision.Value, tt.got.Recall.Value, tt.precision, tt.recall)
		}
		if tt.got.Units != 4 || tt.got.Cases != 9 || tt.got.Outcomes != 11 {
			t.Errorf("%s: %d units, %d cases, %d outcomes, want 4, 9, 11", tt.name, tt.got.Units, tt.got.Cases, tt.got.Outcomes)
		}
	}
}

// The interval of a share of independent cases is known: ±1.96·√(p(1−p)/n).
func TestBootstrap(t *testing.T) {
	var outcomes []eval.Outcome
	const n, missed = 400, 80
	for i := range n {
		outcomes = append(outcomes, eval.Outcome{Unit: fmt.Sprint(i), Truth: true, Said: i >= missed})
	}
	got := eval.ByRow(outcomes).Recall
	half := 1.96 * math.Sqrt(0.2*0.8/n)
	if math.Abs(got.Value-0.8) > 1e-9 || math.Abs(got.Low-(0.8-half)) > 0.01 || math.Abs(got.High-(0.8+half)) > 0.01 {
		t.Errorf("recall %v, want 0.800 ± %.3f", got, half)
	}
	// The same posts in twenty stories of one fate each tell far less.
	for i := range outcomes {
		outcomes[i].Unit = fmt.Sprint(i / 20)
	}
	if wide := eval.ByRow(outcomes).Recall; wide.High-wide.Low < 3*(got.High-got.Low) {
		t.Errorf("interval %v over 20 stories, want it several times as wide as %v", wide, got)
	}
	if again := eval.ByRow(outcomes).Recall; again != eval.ByRow(outcomes).Recall {
		t.Error("two calls drew different intervals")
	}
}

func TestNothing(t *testing.T) {
	if got := eval.ByUnit(nil); got != (eval.Score{}) {
		t.Errorf("score of nothing: %v, want zeros", got)
	}
}
