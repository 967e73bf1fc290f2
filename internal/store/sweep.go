package store

import (
	"context"
	"time"
)

// What is kept for looking back only goes after a while. Rejects may hold personal data; a handled update has no text any more,
// and chat applications repeat an update for a day at most.
const (
	KeepRejects = 30 * 24 * time.Hour
	KeepHandled = 30 * 24 * time.Hour
)

const (
	sweepEvery = 24 * time.Hour
	sweepBatch = 1000 // rows of a table in one transaction, so that a long neglected table keeps nobody waiting
)

// SweepDue reports whether a day has passed since a sweep was finished.
func (t *Tx) SweepDue(ctx context.Context) (bool, error) {
	var n int
	err := t.row(ctx, `SELECT COUNT(*) FROM settings WHERE name = 'swept' AND CAST(value AS BIGINT) > $1`,
		ms(t.Now.Add(-sweepEvery))).Scan(&n)
	return n == 0, err
}

// Sweep deletes a part of what has been kept for long enough. When it reports done there was no more, and the next sweep is due
// in a day.
func (t *Tx) Sweep(ctx context.Context) (deleted int64, done bool, err error) {
	done = true
	for _, s := range []struct {
		query string
		keep  time.Duration
	}{
		{`DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine WHERE at < $1 ORDER BY id LIMIT $2)`, KeepRejects},
		{`DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE done > 0 AND done < $1 ORDER BY done LIMIT $2)`, KeepHandled},
		// Of processes that were killed; the others release their leases.
		{`DELETE FROM leases WHERE name IN (SELECT name FROM leases WHERE until < $1 LIMIT $2)`, sweepEvery},
	} {
		n, err := t.exec(ctx, s.query, ms(t.Now.Add(-s.keep)), sweepBatch)
		if err != nil {
			return deleted, false, err
		}
		deleted += n
		done = done && n < sweepBatch
	}
	if !done {
		return deleted, false, nil
	}
	_, err = t.exec(ctx, `
		INSERT INTO settings (name, value) VALUES ('swept', CAST(CAST($1 AS BIGINT) AS TEXT))
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, ms(t.Now))
	return deleted, true, err
}
