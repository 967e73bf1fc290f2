package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
)

// TestConsoleKey starts a bot on a database in which an earlier version kept a second factor in the clear.
func TestConsoleKey(t *testing.T) {
	const clear = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	base := fmt.Sprintf("listen: 127.0.0.1:%d\n", freePort(t))
	workplace(t, map[string]string{
		"without.yaml": base, "with.yaml": base + "console: {key_file: console.key}\n", "short.yaml": "console: {key_file: short}\n", "short": "AAAA\n",
	})
	if _, _, err := loadConfig("short.yaml", false); err == nil || !strings.Contains(err.Error(), "console.key_file") || strings.Contains(err.Error(), "AAAA") {
		t.Errorf("a short key: %v", err)
	}
	open := func(path string) (*server, error) {
		t.Helper()
		config, _, err := loadConfig(path, false)
		if err != nil {
			t.Fatal(err)
		}
		return start(context.WithoutCancel(t.Context()), config, slog.New(slog.DiscardHandler))
	}
	s, err := open("without.yaml")
	if err != nil {
		t.Fatal(err) // nobody has a second factor yet
	}
	err = s.greet(t.Context(), io.Discard)
	officers, lerr := s.desks.Officers(t.Context())
	if err != nil || lerr != nil || len(officers) != 1 {
		t.Fatalf("officers %v, %v, %v", officers, err, lerr)
	}
	if _, err := s.desks.EnrolFactor(t.Context(), officers[0].ID, "归途"); !strings.Contains(guitu.Message(err), "guitu console-key") {
		t.Errorf("to begin a factor without a key: %v", err)
	}
	secret := func(s *server, set string) (kept string) {
		t.Helper()
		if err := s.db.Update(t.Context(), func(tx *store.Tx) error {
			if set != "" {
				return tx.SaveFactor(t.Context(), store.Factor{OfficerID: officers[0].ID, Secret: set, MadeAt: time.Now(), Confirmed: time.Now()})
			}
			f, err := tx.LockFactor(t.Context(), officers[0].ID)
			kept = f.Secret
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return kept
	}
	secret(s, clear)
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if s, err := open("without.yaml"); err == nil || !strings.Contains(err.Error(), "guitu console-key") {
		t.Errorf("it starts without a key: %v, %v", s, err)
	}
	var out, trouble strings.Builder
	if exit := run(t.Context(), []string{"console-key"}, &out, &trouble); exit != exitOK || out.String() != "console:\n  key_file: console.key\n" {
		t.Fatalf("console-key exits with %d: %s%s", exit, &out, &trouble)
	}
	if exit := run(t.Context(), []string{"console-key"}, &out, &trouble); exit != exitError {
		t.Error("console-key overwrites a key")
	}
	if s, err = open("with.yaml"); err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if kept := secret(s, ""); kept == "" || strings.Contains(kept, clear) {
		t.Errorf("the secret is kept as %q", kept)
	}
}
