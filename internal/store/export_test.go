package store

import (
	"context"
	"errors"
	"time"
)

// PretendRunning makes all jobs look as if a client were working them.
func (t *Tx) PretendRunning(ctx context.Context, client string) error {
	by := `jsonb_array($1)`
	if t.db.postgres {
		by = `ARRAY[$1]`
	}
	_, err := t.exec(ctx, `UPDATE river_job SET state = 'running', attempt = 1, attempted_by = `+by, client)
	return err
}

// CountJobs counts the jobs that are not finished.
func (t *Tx) CountJobs(ctx context.Context) (n int, err error) {
	err = t.row(ctx, `SELECT COUNT(*) FROM river_job WHERE finalized_at IS NULL`).Scan(&n)
	return n, err
}

// OpenAt begins a database as it was at a version, and fills it by a statement.
func OpenAt(ctx context.Context, address string, version int64, fill string) (err error) {
	db := &DB{now: time.Now}
	if err := db.open(ctx, address); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	own, err := db.provider()
	if err != nil {
		return err
	}
	if _, err := own.UpTo(ctx, version); err != nil {
		return err
	}
	_, err = db.write.ExecContext(ctx, fill)
	return err
}

// Exec runs a statement that no method offers, as somebody with the database's password could.
func (db *DB) Exec(ctx context.Context, query string, args ...any) error {
	_, err := db.write.ExecContext(ctx, query, args...)
	return err
}
