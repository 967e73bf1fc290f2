package jobs_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"; the store brings "sqlite"

	"guitu/internal/testenv"
)

// A source is not paused as long as nobody can be found who is to be told: the two commit together, or neither does.
func TestPauseAndWarningTogether(t *testing.T) {
	for _, tt := range []struct {
		name, driver string
		address      func(t *testing.T) string
	}{
		{"SQLite", "sqlite", func(t *testing.T) string { return filepath.Join(t.TempDir(), "test.db") }},
		{"PostgreSQL", "pgx", func(t *testing.T) string { return testenv.Postgres(t) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			address := tt.address(t)
			h := build(t, address)
			h.staff("-1", 70)
			raw, err := sql.Open(tt.driver, address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { raw.Close() })
			alter := func(statement string) {
				t.Helper()
				if _, err := raw.ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			alter(`ALTER TABLE officers RENAME TO officers_away`)
			s, p := &switchboard{}, walled()
			h.read(p, s)
			h.until("second read", func() bool { return p.reads.Load() >= 2 })
			if got := h.source(); got.Paused || got.Fails != 0 {
				t.Errorf("source %+v though nobody is told of it, want it as it was", got)
			}
			alter(`ALTER TABLE officers_away RENAME TO officers`)
			h.until("pause", func() bool { return h.source().Paused })
			h.waitsFor(s, 1)
		})
	}
}
