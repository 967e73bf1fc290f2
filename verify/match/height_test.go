package match

import "testing"

func TestReadHeight(t *testing.T) {
	for s, want := range map[string]int{
		"1米2": 120, "1米15": 115, "1.2米": 120, "身高１２０cm": 120, "一米二左右": 120, "110公分": 110, "1m65": 165, "0.9米": 90, "": 0, "很高": 0, "9": 0, "999": 0,
	} {
		if got := readHeight(s); got != want {
			t.Errorf("readHeight(%q) = %d, want %d", s, got, want)
		}
	}
}
