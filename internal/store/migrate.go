package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations
var migrations embed.FS

// migrationLock is the PostgreSQL advisory lock under which one process migrates while others wait.
const migrationLock = 0x6775697475 // "guitu"

// migrate brings River's tables and guitu's own up to date, forward only.
func (db *DB) migrate(ctx context.Context, log *slog.Logger) error {
	if db.postgres {
		conn, err := db.write.Conn(ctx)
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		defer conn.Close()
		if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		defer conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, int64(migrationLock)) //nolint:errcheck // closing frees it too
	}
	jobs, err := rivermigrate.New(db.driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	if _, err := jobs.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	own, err := db.provider()
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := inOrder(ctx, own); err != nil {
		return err
	}
	done, err := own.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, m := range done {
		log.InfoContext(ctx, "migrated", "version", m.Source.Version)
	}
	return nil
}

// ErrOutOfOrder: the database went on without a migration that comes before. A program between two releases did that, which did not
// know it yet. It is not made up for: later ones may have changed what it is about, and to copy a table that has since grown would
// lose what grew. A backup from before, or an empty database, has no such gap.
var ErrOutOfOrder = errors.New("a migration was left out")

// inOrder reports whether each migration that is still to come is later than all that were made.
func inOrder(ctx context.Context, own *goose.Provider) error {
	all, err := own.Status(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	var last int64
	for _, m := range all {
		if m.State == goose.StateApplied {
			last = max(last, m.Source.Version)
		}
	}
	for _, m := range all {
		if m.State != goose.StateApplied && m.Source.Version < last {
			return fmt.Errorf("migrate: the database is at version %d without version %d, since a program between two releases opened it: %w; "+
				"restore a backup from before, or begin with an empty database", last, m.Source.Version, ErrOutOfOrder)
		}
	}
	return nil
}

// provider knows guitu's own migrations.
func (db *DB) provider() (*goose.Provider, error) {
	dialect, folder := goose.DialectSQLite3, "migrations/sqlite"
	if db.postgres {
		dialect, folder = goose.DialectPostgres, "migrations/postgres"
	}
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, db.write, files, goose.WithDisableGlobalRegistry(true))
}
