package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"guitu"
)

const postColumns = `id, source, external_id, url, author, text, posted_at, seen_at, reposts, images, role`

func scanPost(r scanner) (p guitu.Post, err error) {
	err = r.Scan(&p.ID, &p.Source, &p.ExternalID, &p.URL, &p.Author, &p.Text, timestamp{&p.PostedAt}, timestamp{&p.SeenAt},
		&p.Reposts, fromJSON{&p.Images}, &p.Evidence)
	if p.Evidence == copyRole {
		p.Evidence = ""
	}
	return p, err
}

// copyRole is how a post that tells its rumor is stored.
const copyRole = "copy"

// HasPost reports whether a post has been taken.
func (t *Tx) HasPost(ctx context.Context, source, externalID string) (bool, error) {
	var n int
	err := t.row(ctx, `SELECT COUNT(*) FROM posts WHERE source = $1 AND external_id = $2`, source, externalID).Scan(&n)
	return n > 0, err
}

// Recount stores that a post has been passed on more often than was known, and that its rumor reaches further. It returns the rumor as it
// was before; ok is false, and nothing changes, when there is no such post, it was not passed on more often, or it does not tell its rumor.
func (t *Tx) Recount(ctx context.Context, source string, c guitu.Recount) (before Rumor, ok bool, err error) {
	var rumorID int64
	var had int
	err = t.row(ctx, `SELECT rumor_id, reposts FROM posts WHERE source = $1 AND external_id = $2 AND role = $3 AND reposts < $4`,
		source, c.ExternalID, copyRole, c.Reposts).Scan(&rumorID, &had)
	if errors.Is(err, sql.ErrNoRows) {
		return Rumor{}, false, nil
	}
	if err != nil {
		return Rumor{}, false, err
	}
	if before, err = t.Rumor(ctx, rumorID); err != nil {
		return Rumor{}, false, err
	}
	if _, err = t.exec(ctx, `UPDATE posts SET reposts = $3 WHERE source = $1 AND external_id = $2`, source, c.ExternalID, c.Reposts); err != nil {
		return Rumor{}, false, err
	}
	_, err = t.exec(ctx, `UPDATE rumors SET reach = reach + $2, version = version + 1 WHERE id = $1`, rumorID, c.Reposts-had)
	return before, true, err
}

// CreatePost stores a post that tells a rumor, or speaks on it, and sets its ID.
func (t *Tx) CreatePost(ctx context.Context, p *guitu.Post, rumorID int64) error {
	return t.row(ctx, `
		INSERT INTO posts (source, external_id, rumor_id, url, author, text, posted_at, seen_at, reposts, images, exemplar, role)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, FALSE, $11) RETURNING id`,
		p.Source, p.ExternalID, rumorID, p.URL, p.Author, p.Text, ms(p.PostedAt), ms(p.SeenAt), p.Reposts, asJSON(p.Images),
		cmp.Or(p.Evidence, copyRole)).Scan(&p.ID)
}

// SetExemplar says whether a rumor can be recognised from a post.
func (t *Tx) SetExemplar(ctx context.Context, postID int64, exemplar bool) error {
	_, err := t.exec(ctx, `UPDATE posts SET exemplar = $2 WHERE id = $1`, postID, exemplar)
	return err
}

// SetEvidence says that a post does not tell its rumor and only speaks on it.
func (t *Tx) SetEvidence(ctx context.Context, postID int64, topic guitu.Topic) error {
	_, err := t.exec(ctx, `UPDATE posts SET role = $2, exemplar = FALSE WHERE id = $1`, postID, topic)
	return err
}

// Exemplar is a post from which a rumor can be recognised.
type Exemplar struct {
	PostID, RumorID int64
	Text            string
	PostedAt        time.Time
}

func scanExemplar(r scanner) (e Exemplar, err error) {
	err = r.Scan(&e.PostID, &e.RumorID, &e.Text, timestamp{&e.PostedAt})
	return e, err
}

// Exemplars lists the exemplars after a post, in the order in which they were taken.
func (t *Tx) Exemplars(ctx context.Context, after int64, limit int) ([]Exemplar, error) {
	return collect(ctx, t, scanExemplar, `SELECT id, rumor_id, text, posted_at FROM posts WHERE exemplar AND id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// ExemplarsOf lists the exemplars of a rumor up to a post, in the order in which they were taken.
func (t *Tx) ExemplarsOf(ctx context.Context, rumorID, upTo int64) ([]Exemplar, error) {
	return collect(ctx, t, scanExemplar,
		`SELECT id, rumor_id, text, posted_at FROM posts WHERE exemplar AND rumor_id = $1 AND id <= $2 ORDER BY id`, rumorID, upTo)
}

// Posts lists the posts of a rumor, the first taken first.
func (t *Tx) Posts(ctx context.Context, rumorID int64, limit int) ([]guitu.Post, error) {
	return collect(ctx, t, scanPost,
		`SELECT `+postColumns+` FROM posts WHERE rumor_id = $1 ORDER BY id LIMIT $2`, rumorID, limit)
}

// Copies lists the posts that tell a rumor, the first taken first.
func (t *Tx) Copies(ctx context.Context, rumorID int64, limit int) ([]guitu.Post, error) {
	return collect(ctx, t, scanPost,
		`SELECT `+postColumns+` FROM posts WHERE rumor_id = $1 AND role = 'copy' ORDER BY id LIMIT $2`, rumorID, limit)
}

// Post returns a post and the rumor that it is with.
func (t *Tx) Post(ctx context.Context, postID int64) (p guitu.Post, rumorID int64, err error) {
	if err = t.row(ctx, `SELECT rumor_id FROM posts WHERE id = $1`, postID).Scan(&rumorID); err != nil {
		return p, 0, found(err, "没有这条帖文")
	}
	p, err = scanPost(t.row(ctx, `SELECT `+postColumns+` FROM posts WHERE id = $1`, postID))
	return p, rumorID, err
}

// Samples returns up to MaxSamples different posts that tell a rumor: the first, the most reposted and the latest.
func (t *Tx) Samples(ctx context.Context, rumorID int64) ([]guitu.Post, error) {
	var samples []guitu.Post
	for _, order := range []string{"id", "reposts DESC, id", "id DESC"} {
		p, err := scanPost(t.row(ctx,
			`SELECT `+postColumns+` FROM posts WHERE rumor_id = $1 AND role = 'copy' ORDER BY `+order+` LIMIT 1`, rumorID))
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

// PostsSince counts the posts that tell a rumor and were seen since a time.
func (t *Tx) PostsSince(ctx context.Context, rumorID int64, since time.Time) (n int, err error) {
	err = t.row(ctx, `SELECT COUNT(*) FROM posts WHERE rumor_id = $1 AND seen_at >= $2 AND role = 'copy'`, rumorID, ms(since)).Scan(&n)
	return n, err
}

// Tellers counts who tells a rumor: each author once, and each post without one.
func (t *Tx) Tellers(ctx context.Context, rumorID int64) (n int, err error) {
	err = t.row(ctx, `
		SELECT COUNT(DISTINCT CASE WHEN author = '' THEN source || ' ' || external_id ELSE author END)
		FROM posts WHERE rumor_id = $1 AND role = 'copy'`, rumorID).Scan(&n)
	return n, err
}

// Evidence returns what other posts say came of a rumor.
func (t *Tx) Evidence(ctx context.Context, rumorID int64) (e guitu.Evidence, err error) {
	err = t.row(ctx, `
		SELECT COUNT(CASE WHEN role = 'debunk' THEN 1 END), COUNT(CASE WHEN role = 'found' THEN 1 END)
		FROM posts WHERE rumor_id = $1 AND role <> 'copy'`, rumorID).Scan(&e.Debunks, &e.Found)
	if err != nil || e.Debunks+e.Found == 0 {
		return e, err
	}
	e.Latest, err = collect(ctx, t, scanPost, `
		SELECT `+postColumns+` FROM posts WHERE rumor_id = $1 AND role <> 'copy' ORDER BY id DESC LIMIT $2`, rumorID, guitu.MaxSamples)
	return e, err
}
