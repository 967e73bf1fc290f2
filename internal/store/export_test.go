package store

import "context"

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
