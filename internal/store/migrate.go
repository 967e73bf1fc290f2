package store

import (
	"context"
	"embed"
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
	done, err := own.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, m := range done {
		log.InfoContext(ctx, "migrated", "version", m.Source.Version)
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
