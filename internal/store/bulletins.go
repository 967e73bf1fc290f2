package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"guitu"
)

// Schedule is when something is next due. spec is by which rule; ok is false when nothing is known of it yet.
func (t *Tx) Schedule(ctx context.Context, name string) (spec string, next time.Time, ok bool, err error) {
	err = t.row(ctx, `SELECT spec, next FROM schedules WHERE name = $1`, name).Scan(&spec, timestamp{&next})
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, false, nil
	}
	return spec, next, err == nil, err
}

// SetSchedule records when something is next due.
func (t *Tx) SetSchedule(ctx context.Context, name, spec string, next time.Time) error {
	_, err := t.exec(ctx, `
		INSERT INTO schedules (name, spec, next) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET spec = excluded.spec, next = excluded.next`, name, spec, ms(next))
	return err
}

const bulletinColumns = `id, kind, due, late, missed, made_at, report`

func scanBulletin(r scanner) (b guitu.Bulletin, err error) {
	err = r.Scan(&b.ID, &b.Kind, timestamp{&b.Due}, &b.Late, &b.Missed, timestamp{&b.MadeAt}, fromJSON{&b.Report})
	return b, err
}

// CreateBulletin stores a bulletin and sets its ID and time. It reports false, and stores nothing, when there is one of the kind for
// the period.
func (t *Tx) CreateBulletin(ctx context.Context, b *guitu.Bulletin) (bool, error) {
	b.MadeAt = t.Now
	err := t.row(ctx, `
		INSERT INTO bulletins (kind, from_at, to_at, due, late, missed, made_at, report) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (kind, from_at) DO NOTHING RETURNING id`,
		b.Kind, ms(b.Report.From), ms(b.Report.To), ms(b.Due), b.Late, b.Missed, ms(b.MadeAt), asJSON(b.Report)).Scan(&b.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Bulletin returns a bulletin.
func (t *Tx) Bulletin(ctx context.Context, bulletinID int64) (guitu.Bulletin, error) {
	b, err := scanBulletin(t.row(ctx, `SELECT `+bulletinColumns+` FROM bulletins WHERE id = $1`, bulletinID))
	return b, found(err, "没有这份通报")
}

// Counted lists what statistics keep of the alerts that were first published in [from, to). An exercise never counts.
func (t *Tx) Counted(ctx context.Context, from, to time.Time) ([]guitu.Counted, error) {
	return collect(ctx, t, func(r scanner) (c guitu.Counted, err error) {
		err = r.Scan(&c.State, timestamp{&c.IssuedAt}, fromJSON{&c.Kept})
		return c, err
	}, `SELECT state, issued_at, kept FROM alerts WHERE status = 'Actual' AND issued_at >= $1 AND issued_at < $2 AND issued_at > 0 ORDER BY id`,
		ms(from), ms(to))
}

// Checked lists the stories on which officers were first asked in [from, to). Those of before there were watched stories were asked
// about when their first post was taken. A story that went into another is counted with that one.
func (t *Tx) Checked(ctx context.Context, from, to time.Time) ([]guitu.Checked, error) {
	return collect(ctx, t, func(r scanner) (c guitu.Checked, err error) {
		err = r.Scan(timestamp{&c.RaisedAt}, timestamp{&c.RuledAt}, &c.Ruling)
		return c, err
	}, `
		SELECT e.at, COALESCE(v.at, 0), COALESCE(c.ruling, '')
		FROM rumors r
		JOIN (SELECT rumor_id, COALESCE(MIN(CASE WHEN kind = 'raised' THEN at END), MIN(at)) AS at FROM events GROUP BY rumor_id) e
			ON e.rumor_id = r.id
		LEFT JOIN (SELECT rumor_id, MIN(at) AS at FROM verdicts GROUP BY rumor_id) v ON v.rumor_id = r.id
		LEFT JOIN verdicts c ON c.rumor_id = r.id AND c.current
		WHERE r.status = 'Actual' AND r.state NOT IN ('watched', 'merged') AND e.at >= $1 AND e.at < $2
		ORDER BY r.id`, ms(from), ms(to))
}
