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
		code, err := guitu.NewCode(rand.Reader)
		if got, ok := guitu.NormalizeCode(code); !ok || got != code || err != nil {
			t.Fatalf("NewCode = %q, %v; which is no code", code, err)
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

	fixed := bytes.NewReader([]byte{255, 240, 239, 0, 30, 1, 29, 31, 9})
	if got, err := guitu.NewCode(fixed); got != "Z223Z3" || err != nil {
		t.Errorf("NewCode of fixed bytes = %q, %v; want Z223Z3: 240 and above are drawn again", got, err)
	}
	broken := errors.New("broken")
	if got, err := guitu.NewCode(iotest.ErrReader(broken)); got != "" || !errors.Is(err, broken) {
		t.Errorf("NewCode of a reader that fails = %q, %v; want its error", got, err)
	}
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
