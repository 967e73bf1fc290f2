package guitu_test

import (
	"crypto/rand"
	"io"
	"strings"
	"testing"

	"guitu"
)

func TestNewCode(t *testing.T) {
	seen := map[rune]bool{}
	for range 2000 {
		code, err := guitu.NewCode(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := guitu.ParseCode(code); err != nil || got != code {
			t.Fatalf("ParseCode(%q) = %q, %v, want the same code", code, got, err)
		}
		for _, r := range code {
			seen[r] = true
		}
	}
	if len(seen) != 30 {
		t.Errorf("2000 codes used %d letters, want all 30", len(seen))
	}
	if _, err := guitu.NewCode(strings.NewReader("abc")); err == nil {
		t.Error("NewCode with three random bytes succeeded, want an error")
	}
	if code, err := guitu.NewCode(io.MultiReader(strings.NewReader("\xff\xf0"), strings.NewReader("\x00\x01\x02\x03\x04\x05"))); err != nil || code != "234567" {
		t.Errorf("NewCode = %q, %v, want bytes of 240 and more passed over: 234567", code, err)
	}
}

func TestParseCode(t *testing.T) {
	for _, tt := range []struct{ typed, want string }{
		{"A2B3C4", "A2B3C4"},
		{" a2b 3c4", "A2B3C4"},
		{"ａ２ｂ-３ｃ４", "A2B3C4"},
		{"A2B3C", ""},
		{"A2B3C45", ""},
		{"A2B3CO", ""},
		{"A2B3C1", ""},
		{"", ""},
		{"辟谣", ""},
	} {
		got, err := guitu.ParseCode(tt.typed)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("ParseCode(%q) = %q, %v, want %q", tt.typed, got, err, tt.want)
		}
		if err != nil && guitu.KindOf(err) != guitu.Invalid {
			t.Errorf("ParseCode(%q): kind %q, want %q", tt.typed, guitu.KindOf(err), guitu.Invalid)
		}
	}
}
