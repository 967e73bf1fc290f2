package testenv_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"guitu/internal/testenv"
)

// probe is a test that records how it ended instead of ending.
type probe struct {
	testing.TB
	skipped, failed string
}

func (p *probe) Helper() {}

func (p *probe) Skipf(format string, args ...any) {
	p.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (p *probe) Fatalf(format string, args ...any) {
	p.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// run calls need as a test of its own would.
func run(need func(testing.TB) string) (p probe, value string) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		value = need(&p)
	}()
	<-done
	return p, value
}

var needs = []struct {
	variable string
	need     func(testing.TB) string
	strict   bool // fails under GUITU_NO_SKIP
}{
	{"TEST_POSTGRES_URL", testenv.Postgres, true},
	{"TEST_CHROMIUM", testenv.Chromium, true},
	{"TEST_TELEGRAM_EMULATOR", func(t testing.TB) string { return testenv.StartTelegram(t, "1:x").URL }, true},
	{"GUITU_DATA", testenv.Data, false},
	{"TEST_CAP_SCHEMA", testenv.CAPSchema, false},
}

func TestUnset(t *testing.T) {
	for _, tt := range needs {
		t.Run(tt.variable, func(t *testing.T) {
			t.Setenv(tt.variable, "")
			t.Setenv("GUITU_NO_SKIP", "")
			if p, _ := run(tt.need); p.failed != "" || !strings.Contains(p.skipped, tt.variable) {
				t.Errorf("skipped %q, failed %q, want skipped with the variable's name", p.skipped, p.failed)
			}
			t.Setenv("GUITU_NO_SKIP", "1")
			p, _ := run(tt.need)
			if tt.strict && (p.skipped != "" || !strings.Contains(p.failed, tt.variable)) {
				t.Errorf("with GUITU_NO_SKIP skipped %q, failed %q, want failed with the variable's name", p.skipped, p.failed)
			}
			if !tt.strict && p.skipped == "" {
				t.Errorf("with GUITU_NO_SKIP failed %q, want skipped", p.failed)
			}
		})
	}
}

func TestWrong(t *testing.T) {
	for _, tt := range needs {
		t.Run(tt.variable, func(t *testing.T) {
			t.Setenv(tt.variable, filepath.Join(t.TempDir(), "missing"))
			if p, _ := run(tt.need); p.skipped != "" || !strings.Contains(p.failed, tt.variable) {
				t.Errorf("skipped %q, failed %q, want failed with the variable's name", p.skipped, p.failed)
			}
		})
	}
}

func TestPostgres(t *testing.T) {
	a, b := testenv.Postgres(t), testenv.Postgres(t)
	if a == b {
		t.Fatalf("two calls share %s", a)
	}
	for _, url := range []string{a, b} {
		db, err := sql.Open("pgx", url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(t.Context(), "CREATE TABLE mine (id int)"); err != nil {
			t.Errorf("create a table in a database of one's own: %v", err)
		}
	}
}

func TestProgram(t *testing.T) {
	absent := func(t testing.TB) string { return testenv.Program(t, "no-such-program", "some-package") }
	t.Setenv("GUITU_NO_SKIP", "")
	if p, _ := run(absent); p.failed != "" || !strings.Contains(p.skipped, "some-package") {
		t.Errorf("skipped %q, failed %q, want skipped with the package's name", p.skipped, p.failed)
	}
	t.Setenv("GUITU_NO_SKIP", "1")
	if p, _ := run(absent); p.skipped != "" || !strings.Contains(p.failed, "some-package") {
		t.Errorf("with GUITU_NO_SKIP skipped %q, failed %q, want failed with the package's name", p.skipped, p.failed)
	}
	if p, path := run(func(t testing.TB) string { return testenv.Program(t, "sh", "dash") }); p.failed != "" || !filepath.IsAbs(path) {
		t.Errorf("sh is at %q, failed %q", path, p.failed)
	}
}
