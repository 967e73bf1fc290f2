package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"guitu"
)

// SourceSetup is what the configuration says of a source.
type SourceSetup struct{ Name, Kind string }

// SetSources makes the configured sources known. Sources that are not in the list any more stop, and keep their cursor.
func (t *Tx) SetSources(ctx context.Context, all []SourceSetup) error {
	if _, err := t.exec(ctx, `UPDATE sources SET active = FALSE`); err != nil {
		return err
	}
	for _, s := range all {
		_, err := t.exec(ctx, `
			INSERT INTO sources (name, kind) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, active = TRUE`, s.Name, s.Kind)
		if err != nil {
			return err
		}
	}
	return nil
}

const sourceColumns = `name, kind, next_read, last_ok, posts, fails, trouble, paused`

func scanSource(r scanner) (s guitu.SourceState, err error) {
	err = r.Scan(&s.Name, &s.Kind, timestamp{&s.NextRead}, timestamp{&s.LastOK}, &s.Posts, &s.Fails, &s.Trouble, &s.Paused)
	return s, err
}

// Sources lists the configured sources by name.
func (t *Tx) Sources(ctx context.Context) ([]guitu.SourceState, error) {
	return collect(ctx, t, scanSource, `SELECT `+sourceColumns+` FROM sources WHERE active ORDER BY name`)
}

// DueSources lists the sources whose next read has come.
func (t *Tx) DueSources(ctx context.Context) ([]guitu.SourceState, error) {
	return collect(ctx, t, scanSource,
		`SELECT `+sourceColumns+` FROM sources WHERE active AND NOT paused AND next_read <= $1 ORDER BY next_read`, ms(t.Now))
}

// Source returns a source's state and cursor.
func (t *Tx) Source(ctx context.Context, name string) (s guitu.SourceState, cursor string, err error) {
	err = t.row(ctx, `SELECT `+sourceColumns+`, cursor FROM sources WHERE name = $1`, name).Scan(
		&s.Name, &s.Kind, timestamp{&s.NextRead}, timestamp{&s.LastOK}, &s.Posts, &s.Fails, &s.Trouble, &s.Paused, &cursor)
	return s, cursor, found(err, "没有这个信源")
}

// SourceRead moves a source's cursor on after a read that brought posts or none. It reports false, and changes nothing, when
// the cursor is not at from any more, because another process read the same.
func (t *Tx) SourceRead(ctx context.Context, name, from, to string, posts int, next time.Time) (bool, error) {
	n, err := t.exec(ctx, `
		UPDATE sources SET cursor = $3, posts = posts + $4, next_read = $5, last_ok = $6, fails = 0, trouble = ''
		WHERE name = $1 AND cursor = $2`, name, from, to, posts, ms(next), ms(t.Now))
	return n == 1, err
}

// SourceFailed records that a read did not succeed, and returns how the source is doing with it. It reports false, and changes
// nothing, when the source has been paused meanwhile.
func (t *Tx) SourceFailed(
	ctx context.Context, name, trouble string, pause bool, next time.Time,
) (s guitu.SourceState, failed bool, err error) {
	s, err = scanSource(t.row(ctx, `
		UPDATE sources SET trouble = $2, paused = $3, next_read = $4, fails = fails + 1 WHERE name = $1 AND NOT paused
		RETURNING `+sourceColumns, name, trouble, pause, ms(next)))
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	return s, err == nil, err
}

// ResumeSource lets a paused source be read again at once.
func (t *Tx) ResumeSource(ctx context.Context, name string) error {
	n, err := t.exec(ctx, `UPDATE sources SET paused = FALSE, fails = 0, next_read = $2 WHERE name = $1`, name, ms(t.Now))
	if err == nil && n == 0 {
		return guitu.Errorf(guitu.NotFound, "没有这个信源")
	}
	return err
}

// Quarantine keeps what could not be read as a post.
func (t *Tx) Quarantine(ctx context.Context, source string, r guitu.Reject) error {
	raw := r.Raw
	if raw == nil {
		raw = []byte{}
	}
	_, err := t.exec(ctx, `INSERT INTO quarantine (source, external_id, reason, raw, at) VALUES ($1, $2, $3, $4, $5)`,
		source, r.ExternalID, r.Reason, raw, ms(t.Now))
	return err
}

// Quarantined lists what is in quarantine, the newest first.
func (t *Tx) Quarantined(ctx context.Context, limit int) ([]guitu.Quarantined, error) {
	return collect(ctx, t, func(r scanner) (q guitu.Quarantined, err error) {
		err = r.Scan(&q.ID, &q.Source, &q.Reject.ExternalID, &q.Reject.Reason, &q.Reject.Raw, timestamp{&q.At})
		return q, err
	}, `SELECT id, source, external_id, reason, raw, at FROM quarantine ORDER BY id DESC LIMIT $1`, limit)
}
