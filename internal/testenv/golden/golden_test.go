package golden_test

import (
	"os"
	"path/filepath"
	"testing"

	"guitu/internal/testenv/golden"
)

// verdict takes down whether a check failed.
type verdict struct {
	testing.TB
	failed bool
}

func (v *verdict) Errorf(string, ...any) { v.failed = true }

func TestCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text.txt")
	if err := os.WriteFile(path, []byte("甲\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]bool{"甲\n": false, "甲": true, "乙\n": true, "": true} {
		v := &verdict{TB: t}
		golden.Check(v, path, got)
		if v.failed != want {
			t.Errorf("%q against 甲: failed %v, want %v", got, v.failed, want)
		}
	}
}
