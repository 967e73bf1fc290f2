package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"guitu"
)

const rumorColumns = `id, status, state, topic, claim, hits, score, posts, reach, kin_id, first_seen, last_seen, version`

// Rumor is a stored rumor together with its version, which grows with each change that a card shows.
type Rumor struct {
	guitu.Rumor
	Version int64
}

func scanRumor(r scanner) (m Rumor, err error) {
	var kin sql.NullInt64
	err = r.Scan(&m.ID, &m.Status, &m.State, &m.Topic, fromJSON{&m.Claim}, fromJSON{&m.Hits}, &m.Score, &m.Posts, &m.Reach,
		&kin, timestamp{&m.FirstSeen}, timestamp{&m.LastSeen}, &m.Version)
	m.KinID = kin.Int64
	return m, err
}

// CreateRumor stores an open rumor and sets its ID.
func (t *Tx) CreateRumor(ctx context.Context, r *guitu.Rumor) error {
	return t.row(ctx, `
		INSERT INTO rumors (status, state, topic, area, claim, hits, score, posts, reach, kin_id, first_seen, last_seen)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
		r.Status, r.State, r.Topic, r.Claim.Area, asJSON(r.Claim), asJSON(r.Hits), r.Score, r.Posts, r.Reach, id(r.KinID),
		ms(r.FirstSeen), ms(r.LastSeen)).Scan(&r.ID)
}

// GrowRumor records what more posts brought: their number, their reach, and what they state that was not known.
func (t *Tx) GrowRumor(ctx context.Context, r guitu.Rumor) error {
	_, err := t.exec(ctx, `
		UPDATE rumors SET claim = $2, area = $3, posts = $4, reach = $5, first_seen = $6, last_seen = $7, version = version + 1
		WHERE id = $1`, r.ID, asJSON(r.Claim), r.Claim.Area, r.Posts, r.Reach, ms(r.FirstSeen), ms(r.LastSeen))
	return err
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

// Rumors lists rumors within an area, the newest first. The empty state lists all; before is 0 or an ID.
func (t *Tx) Rumors(ctx context.Context, s guitu.RumorState, area guitu.Area, before int64, limit int) ([]Rumor, error) {
	return collect(ctx, t, scanRumor, `
		SELECT `+rumorColumns+` FROM rumors
		WHERE (CAST($1 AS TEXT) = '' OR state = $1) AND area LIKE $2 AND (CAST($3 AS BIGINT) = 0 OR id < $3) ORDER BY id DESC LIMIT $4`,
		string(s), within(area), before, limit)
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

const postColumns = `id, source, external_id, url, author, text, posted_at, seen_at, reposts, images`

func scanPost(r scanner) (p guitu.Post, err error) {
	err = r.Scan(&p.ID, &p.Source, &p.ExternalID, &p.URL, &p.Author, &p.Text, timestamp{&p.PostedAt}, timestamp{&p.SeenAt},
		&p.Reposts, fromJSON{&p.Images})
	return p, err
}

// HasPost reports whether a post has been taken.
func (t *Tx) HasPost(ctx context.Context, source, externalID string) (bool, error) {
	var n int
	err := t.row(ctx, `SELECT COUNT(*) FROM posts WHERE source = $1 AND external_id = $2`, source, externalID).Scan(&n)
	return n > 0, err
}

// CreatePost stores a post that tells a rumor and sets its ID. An exemplar is one from which the rumor can be recognised.
func (t *Tx) CreatePost(ctx context.Context, p *guitu.Post, rumorID int64, exemplar bool) error {
	return t.row(ctx, `
		INSERT INTO posts (source, external_id, rumor_id, url, author, text, posted_at, seen_at, reposts, images, exemplar)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
		p.Source, p.ExternalID, rumorID, p.URL, p.Author, p.Text, ms(p.PostedAt), ms(p.SeenAt), p.Reposts, asJSON(p.Images),
		exemplar).Scan(&p.ID)
}

// Exemplar is a post from which a rumor can be recognised.
type Exemplar struct {
	PostID, RumorID int64
	Text            string
	PostedAt        time.Time
}

// Exemplars lists the exemplars after a post, in the order in which they were taken.
func (t *Tx) Exemplars(ctx context.Context, after int64, limit int) ([]Exemplar, error) {
	return collect(ctx, t, func(r scanner) (e Exemplar, err error) {
		err = r.Scan(&e.PostID, &e.RumorID, &e.Text, timestamp{&e.PostedAt})
		return e, err
	}, `SELECT id, rumor_id, text, posted_at FROM posts WHERE exemplar AND id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// Posts lists the posts of a rumor, the first taken first.
func (t *Tx) Posts(ctx context.Context, rumorID int64, limit int) ([]guitu.Post, error) {
	return collect(ctx, t, scanPost,
		`SELECT `+postColumns+` FROM posts WHERE rumor_id = $1 ORDER BY id LIMIT $2`, rumorID, limit)
}

// Samples returns up to MaxSamples different posts of a rumor: the first, the most reposted and the latest.
func (t *Tx) Samples(ctx context.Context, rumorID int64) ([]guitu.Post, error) {
	var samples []guitu.Post
	for _, order := range []string{"id", "reposts DESC, id", "id DESC"} {
		p, err := scanPost(t.row(ctx,
			`SELECT `+postColumns+` FROM posts WHERE rumor_id = $1 ORDER BY `+order+` LIMIT 1`, rumorID))
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		new := true
		for _, s := range samples {
			new = new && s.ID != p.ID
		}
		if new {
			samples = append(samples, p)
		}
	}
	return samples, nil
}

// PostsSince counts the posts of a rumor that were seen since a time.
func (t *Tx) PostsSince(ctx context.Context, rumorID int64, since time.Time) (n int, err error) {
	err = t.row(ctx, `SELECT COUNT(*) FROM posts WHERE rumor_id = $1 AND seen_at >= $2`, rumorID, ms(since)).Scan(&n)
	return n, err
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
