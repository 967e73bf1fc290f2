package main

import (
	"bytes"
	"context"
	"database/sql"
	"strings"
	"testing"

	"guitu"
	"guitu/internal/store"
)

// guituSays runs a command line.
func guituSays(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestAuditCommand(t *testing.T) {
	workplace(t, nil)
	ctx := context.Background()
	db, err := store.Open(ctx, defaultDatabase, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := db.Update(ctx, func(tx *store.Tx) error { tx.Deed(1, guitu.DeedOfficerSignIn, 1); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	year := db.Now().Add(8 * 60 * 60 * 1e9).Format("2006")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	code, out, errs := guituSays(t, "audit", "verify")
	if code != exitOK || !strings.Contains(out, "3 entries") {
		t.Fatalf("verify: %d %s%s", code, out, errs)
	}
	head := strings.TrimSpace(out[strings.LastIndex(out, " "):])
	if code, _, errs := guituSays(t, "audit", "verify", "--head", head); code != exitOK {
		t.Errorf("against its own end: %d %s", code, errs)
	}
	if code, _, errs := guituSays(t, "audit", "verify", "--head", "2"+head[1:]); code != exitError || !strings.Contains(errs, "audit entry 2") {
		t.Errorf("against another end: %d %s", code, errs)
	}
	if code, _, errs := guituSays(t, "audit", "verify", "--head", "x"); code != exitError || !strings.Contains(errs, "--head") {
		t.Errorf("against nonsense: %d %s", code, errs)
	}
	if code, out, errs := guituSays(t, "audit", "export", "--year", year); code != exitOK || strings.Count(out, "\n") != 4 || !strings.Contains(out, `"audit.export"`) {
		t.Errorf("export: %d %s%s", code, out, errs)
	}
	if code, out, errs := guituSays(t, "audit", "export", "--year", year, "--views", "--format", "csv"); code != exitOK || !strings.Contains(out, "reason") {
		t.Errorf("export of views: %d %s%s", code, out, errs)
	}
	if code, _, errs := guituSays(t, "audit", "export", "--year", "20266"); code != exitError || !strings.Contains(errs, "--year") {
		t.Errorf("export of no year: %d %s", code, errs)
	}
	file, err := sql.Open("sqlite", defaultDatabase)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{`DROP TRIGGER audit_no_update`, `UPDATE audit SET officer_id = 2 WHERE id = 2`} {
		if _, err := file.ExecContext(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := guituSays(t, "audit", "verify"); code != exitError || !strings.Contains(errs, "audit entry 2") {
		t.Errorf("a changed trail: %d %s", code, errs)
	}
}
