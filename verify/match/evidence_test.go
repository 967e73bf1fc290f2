package match

import "testing"

func TestNearNumber(t *testing.T) {
	tests := []struct {
		a, b uint64
		want bool
	}{
		{19900002002, 19900002002, true},
		{19900002002, 199000020, true},
		{19900002002, 900002002, true},
		{19900002002, 99000020, true},
		{19900002002, 9900020, false}, // too little of it
		{19900002002, 19900002003, false},
		{19900002002, 900002003, false},
		{19900002002, 90000202, false},
	}
	for _, tt := range tests {
		if got := nearNumber(tt.a, tt.b); got != tt.want {
			t.Errorf("nearNumber(%d, %d) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
		if got := nearNumber(tt.b, tt.a); got != tt.want {
			t.Errorf("nearNumber(%d, %d) = %v, want %v", tt.b, tt.a, got, tt.want)
		}
	}
}
