package guitu_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"guitu"
)

func TestNewCode(t *testing.T) {
	count := map[rune]int{}
	for range 3000 {
		code := guitu.NewCode(rand.Reader)
		if got, ok := guitu.NormalizeCode(code); !ok || got != code {
			t.Fatalf("NewCode = %q, which is no code", code)
		}
		for _, r := range code {
			count[r]++
		}
	}
	if len(count) != 30 {
		t.Errorf("3000 codes use %d characters, want 30", len(count))
	}
	for r, n := range count { // 600 expected, standard deviation 24
		if strings.ContainsRune("0O1ILU", r) || n < 450 || n > 750 {
			t.Errorf("3000 codes hold %q %d times, want about 600", r, n)
		}
	}

	if got, want := guitu.NewCode(bytes.NewReader([]byte{255, 240, 239, 0, 30, 1, 29, 31, 9})), "Z223Z3"; got != want {
		t.Errorf("NewCode of fixed bytes = %q, want %q: 240 and above are drawn again", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("NewCode of a reader that fails did not panic")
		}
	}()
	guitu.NewCode(iotest.ErrReader(errors.New("broken")))
}

func TestNormalizeCode(t *testing.T) {
	tests := []struct {
		s, want string
		ok      bool
	}{
		{"K7QW3M", "K7QW3M", true},
		{" k7q-w3m\n", "K7QW3M", true},
		{"ｋ７ＱＷ３Ｍ", "K7QW3M", true},
		{"核验码：K7 QW 3M。", "K7QW3M", true},
		{"K0QW3M", "K0QW3M", false},
		{"koqw3l", "KOQW3L", false},
		{"K7QW3", "K7QW3", false},
		{"K7QW3MM", "K7QW3MM", false},
		{"", "", false},
		{"\xff", "", false},
	}
	for _, tt := range tests {
		if got, ok := guitu.NormalizeCode(tt.s); got != tt.want || ok != tt.ok {
			t.Errorf("NormalizeCode(%q) = %q, %v; want %q, %v", tt.s, got, ok, tt.want, tt.ok)
		}
	}
}
