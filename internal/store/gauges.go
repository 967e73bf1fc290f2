package store

import (
	"context"
	"time"

	"guitu"
)

// Gauges reads how the bot is doing.
func (db *DB) Gauges(ctx context.Context) (g guitu.Gauges, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		if g.Sources, err = tx.Sources(ctx); err != nil {
			return err
		}
		if g.QueueAge, err = tx.queueAges(ctx); err != nil {
			return err
		}
		// A story waits from when it was raised; those of before there were watched stories, from when their first post was taken.
		waiting, err := collect(ctx, tx, func(r scanner) (t time.Time, err error) { return t, r.Scan(timestamp{&t}) }, `
			SELECT COALESCE(MIN(CASE WHEN e.kind = 'raised' THEN e.at END), MIN(e.at)) FROM events e JOIN rumors r ON r.id = e.rumor_id
			WHERE r.state = 'open' GROUP BY e.rumor_id`)
		if err != nil {
			return err
		}
		for _, since := range waiting {
			group := 0
			for i, bound := range guitu.AgeBounds {
				if tx.Now.Sub(since) >= bound {
					group = i
				}
			}
			g.Unanswered[group]++
		}
		g.Deliveries, err = collect(ctx, tx, func(r scanner) (c guitu.DeliveryCount, err error) {
			return c, r.Scan(&c.Channel, &c.State, &c.Count)
		}, `SELECT channel, state, COUNT(*) FROM deliveries GROUP BY channel, state ORDER BY channel, state`)
		return err
	})
	return g, err
}

// queueAges returns how long the oldest available job of each queue has waited.
func (t *Tx) queueAges(ctx context.Context) (map[string]time.Duration, error) {
	since := `CAST(1000 * unixepoch(MIN(scheduled_at), 'subsec') AS BIGINT)`
	if t.db.postgres {
		since = `CAST(1000 * EXTRACT(EPOCH FROM MIN(scheduled_at)) AS BIGINT)`
	}
	type age struct {
		queue string
		since time.Time
	}
	all, err := collect(ctx, t, func(r scanner) (a age, err error) { return a, r.Scan(&a.queue, timestamp{&a.since}) },
		`SELECT queue, `+since+` FROM river_job WHERE state = 'available' GROUP BY queue`)
	ages := map[string]time.Duration{}
	for _, a := range all {
		ages[a.queue] = max(0, t.Now.Sub(a.since))
	}
	return ages, err
}
