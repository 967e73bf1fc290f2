package guitu_test

import (
	"testing"
	"time"

	"guitu"
)

func TestWeek(t *testing.T) {
	monday := time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC) // 2026-03-02 00:00 in Beijing
	for _, tt := range []struct {
		at   time.Time
		want time.Time
	}{
		{monday, monday},
		{monday.Add(-time.Nanosecond), monday.AddDate(0, 0, -7)},
		{monday.AddDate(0, 0, 3), monday},
		{monday.AddDate(0, 0, 7).Add(-time.Nanosecond), monday}, // Sunday, to the last moment
		{monday.AddDate(0, 0, 7), monday.AddDate(0, 0, 7)},
	} {
		if from, until := guitu.Week(tt.at); !from.Equal(tt.want) || until.Sub(from) != 7*24*time.Hour {
			t.Errorf("the week of %v is %v to %v, want it from %v", tt.at, from, until, tt.want)
		}
	}
}
