package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"guitu/internal/store"
	"guitu/internal/testenv"
)

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, db *store.DB, clock *clock)) {
	t.Run("SQLite", func(t *testing.T) {
		open(t, filepath.Join(t.TempDir(), "test.db"), test)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		open(t, testenv.Postgres(t), test)
	})
}

func open(t *testing.T, address string, test func(*testing.T, *store.DB, *clock)) {
	t.Helper()
	c := &clock{time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)}
	db, err := store.Open(context.Background(), address, store.Options{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	test(t, db, c)
}

// clock is moved by hand.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

// update runs fn in a transaction that must succeed.
func update(t *testing.T, db *store.DB, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	ctx := context.Background()
	if err := db.Update(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
}
