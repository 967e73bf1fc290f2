package store

import (
	"context"
	"database/sql"
	"errors"
)

// Setting returns a setting, "" when there is none.
func (t *Tx) Setting(ctx context.Context, name string) (value string, err error) {
	err = t.row(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

// SetSetting keeps a setting.
func (t *Tx) SetSetting(ctx context.Context, name, value string) error {
	_, err := t.exec(ctx, `
		INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}

// byHand is the condition that an officer said which posts of rumor r belong together.
const byHand = `EXISTS (SELECT 1 FROM events e WHERE e.rumor_id = r.id AND e.kind IN ('merged', 'split'))`

// IsFree reports whether a rumor's posts were put together by the engine alone, and nobody has ruled on them.
func (t *Tx) IsFree(ctx context.Context, rumorID int64) (free bool, err error) {
	err = t.row(ctx, `SELECT r.state IN ('open', 'watched') AND NOT `+byHand+` FROM rumors r WHERE r.id = $1`, rumorID).Scan(&free)
	return free, found(err, "没有这条传言")
}

// Placed lists the posts after one that tell rumors that are free, or all others, in the order in which they were taken.
func (t *Tx) Placed(ctx context.Context, free bool, after int64, limit int) ([]Exemplar, error) {
	return collect(ctx, t, scanExemplar, `
		SELECT p.id, p.rumor_id, p.text, p.posted_at FROM posts p JOIN rumors r ON r.id = p.rumor_id
		WHERE p.role = 'copy' AND p.id > $1 AND (r.state IN ('open', 'watched') AND NOT `+byHand+`) = $2
		ORDER BY p.id LIMIT $3`, after, free, limit)
}

// HasRumors reports whether there is any rumor.
func (t *Tx) HasRumors(ctx context.Context) (bool, error) {
	all, err := t.Rumors(ctx, RumorFilter{Limit: 1})
	return len(all) > 0, err
}
