package store

import (
	"context"
	"database/sql"
	"strings"

	"guitu"
)

const rumorColumns = `id, status, state, topic, claim, hits, score, posts, reach, kin_id, merged_into, split_from, first_seen, last_seen, version`

// Rumor is a stored rumor together with its version, which grows with each change that a card shows.
type Rumor struct {
	guitu.Rumor
	Version int64
}

func scanRumor(r scanner) (m Rumor, err error) {
	var kin, into, from sql.NullInt64
	err = r.Scan(&m.ID, &m.Status, &m.State, &m.Topic, fromJSON{&m.Claim}, fromJSON{&m.Hits}, &m.Score, &m.Posts, &m.Reach,
		&kin, &into, &from, timestamp{&m.FirstSeen}, timestamp{&m.LastSeen}, &m.Version)
	m.KinID, m.MergedInto, m.SplitFrom = kin.Int64, into.Int64, from.Int64
	return m, err
}

// CreateRumor stores a rumor and sets its ID.
func (t *Tx) CreateRumor(ctx context.Context, r *guitu.Rumor) error {
	return t.row(ctx, `
		INSERT INTO rumors (status, state, topic, area, claim, hits, score, posts, reach, kin_id, split_from, first_seen, last_seen)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id`,
		r.Status, r.State, r.Topic, r.Claim.Area, asJSON(r.Claim), asJSON(r.Hits), r.Score, r.Posts, r.Reach, id(r.KinID),
		id(r.SplitFrom), ms(r.FirstSeen), ms(r.LastSeen)).Scan(&r.ID)
}

// GrowRumor records what more or fewer posts make of a rumor: their number, their reach, what they state, and why it was
// spotted.
func (t *Tx) GrowRumor(ctx context.Context, r guitu.Rumor) error {
	_, err := t.exec(ctx, `
		UPDATE rumors SET topic = $2, claim = $3, area = $4, hits = $5, score = $6, posts = $7, reach = $8, first_seen = $9,
			last_seen = $10, version = version + 1
		WHERE id = $1`, r.ID, r.Topic, asJSON(r.Claim), r.Claim.Area, asJSON(r.Hits), r.Score, r.Posts, r.Reach, ms(r.FirstSeen),
		ms(r.LastSeen))
	return err
}

// RaiseRumor makes a watched rumor wait for an officer. It reports false, and changes nothing, when it is not watched.
func (t *Tx) RaiseRumor(ctx context.Context, rumorID int64) (bool, error) {
	n, err := t.exec(ctx, `UPDATE rumors SET state = 'open', version = version + 1 WHERE id = $1 AND state = 'watched'`, rumorID)
	return n == 1, err
}

// Rumor returns a rumor.
func (t *Tx) Rumor(ctx context.Context, rumorID int64) (Rumor, error) {
	r, err := scanRumor(t.row(ctx, `SELECT `+rumorColumns+` FROM rumors WHERE id = $1`, rumorID))
	return r, found(err, "没有这条传言")
}

// LockRumor returns a rumor that no other transaction can change until this one ends, with its version grown.
func (t *Tx) LockRumor(ctx context.Context, rumorID int64) (Rumor, error) {
	r, err := scanRumor(t.row(ctx, `UPDATE rumors SET version = version + 1 WHERE id = $1 RETURNING `+rumorColumns, rumorID))
	return r, found(err, "没有这条传言")
}

// SetRumorState moves a rumor to another state.
func (t *Tx) SetRumorState(ctx context.Context, rumorID int64, s guitu.RumorState) error {
	_, err := t.exec(ctx, `UPDATE rumors SET state = $2 WHERE id = $1`, rumorID, s)
	return err
}

// RumorFilter chooses rumors.
type RumorFilter struct {
	State  guitu.RumorState // "" for all
	Area   guitu.Area       // those that it covers
	Text   string           // what the claim holds as it is written, or an ID: less than seven digits, or with #; "" for all
	Before int64            // only IDs below, 0 for the newest
	Limit  int
}

// chosen is the condition of a filter. Its parameters begin with $1.
const chosen = ` (CAST($1 AS TEXT) = '' OR state = $1) AND area LIKE $2 AND (CAST($3 AS BIGINT) = 0 OR id < $3)
	AND (CAST($4 AS TEXT) = '' OR claim LIKE $5 ESCAPE '!' OR CAST(id AS TEXT) = $4) `

func (f RumorFilter) args() []any {
	text, isID := strings.CutPrefix(f.Text, "#")
	if len(text) < 7 && strings.Trim(text, "0123456789") == "" {
		isID = true // a phone is longer
	}
	pattern := ""
	if !isID {
		pattern = "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text) + "%"
	}
	return []any{string(f.State), within(f.Area), f.Before, text, pattern}
}

// Rumors lists rumors, the newest first.
func (t *Tx) Rumors(ctx context.Context, f RumorFilter) ([]Rumor, error) {
	return collect(ctx, t, scanRumor, `SELECT `+rumorColumns+` FROM rumors WHERE`+chosen+`ORDER BY id DESC LIMIT $6`,
		append(f.args(), f.Limit)...)
}

// AlikeRumors lists rumors into which r could go, the newest first: its kin, or with a text those that it finds.
func (t *Tx) AlikeRumors(ctx context.Context, r guitu.Rumor, f RumorFilter) ([]Rumor, error) {
	return collect(ctx, t, scanRumor, `
		SELECT `+rumorColumns+` FROM rumors WHERE`+chosen+`AND id <> $6 AND state <> 'merged'
			AND (CAST($4 AS TEXT) <> '' OR id = $7 OR kin_id = $6 OR kin_id = $7 OR id = $8 OR split_from = $6)
		ORDER BY id DESC LIMIT $9`,
		append(f.args(), r.ID, id(r.KinID), id(r.SplitFrom), f.Limit)...)
}

// WaitingRumors lists the open rumors that wait for a desk of the area or lie within it, the longest waiting first.
func (t *Tx) WaitingRumors(ctx context.Context, area guitu.Area, limit int) ([]Rumor, error) {
	return collect(ctx, t, scanRumor, `
		SELECT `+rumorColumns+` FROM rumors
		WHERE state = 'open' AND (area LIKE $1 OR id IN (
			SELECT a.rumor_id FROM assignments a JOIN desks d ON d.id = a.desk_id WHERE a.ended = 0 AND d.area = $2))
		ORDER BY id LIMIT $3`, within(area), string(area), limit)
}

// within is the LIKE pattern of the codes that an area covers.
func within(a guitu.Area) string {
	switch a.Level() {
	case guitu.Province:
		return string(a[:2]) + "%"
	case guitu.City:
		return string(a[:4]) + "%"
	case guitu.County, guitu.Country:
	}
	return string(a) + "%"
}

// Log adds a line to a rumor's history; officerID is 0 for the bot itself.
func (t *Tx) Log(ctx context.Context, rumorID, officerID int64, kind guitu.EventKind, detail string) error {
	_, err := t.exec(ctx, `INSERT INTO events (at, rumor_id, officer_id, kind, detail) VALUES ($1, $2, $3, $4, $5)`,
		ms(t.Now), rumorID, id(officerID), kind, detail)
	return err
}

// History lists what happened to a rumor, the oldest first.
func (t *Tx) History(ctx context.Context, rumorID int64) ([]guitu.Event, error) {
	return collect(ctx, t, func(r scanner) (e guitu.Event, err error) {
		err = r.Scan(timestamp{&e.At}, &e.RumorID, &e.Officer, &e.Kind, &e.Detail)
		return e, err
	}, `SELECT e.at, e.rumor_id, COALESCE(o.name, ''), e.kind, e.detail
		FROM events e LEFT JOIN officers o ON o.id = e.officer_id WHERE e.rumor_id = $1 ORDER BY e.id`, rumorID)
}
