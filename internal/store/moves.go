package store

import (
	"context"
	"time"

	"guitu"
)

// MovePosts moves all posts of a rumor to another one, and returns how many tell it.
func (t *Tx) MovePosts(ctx context.Context, rumorID, to int64) (copies int, err error) {
	if err = t.row(ctx, `SELECT COUNT(*) FROM posts WHERE rumor_id = $1 AND role = 'copy'`, rumorID).Scan(&copies); err != nil {
		return 0, err
	}
	_, err = t.exec(ctx, `UPDATE posts SET rumor_id = $2 WHERE rumor_id = $1`, rumorID, to)
	return copies, err
}

// MovePost moves a post to another rumor, and says whether that can be recognised from it.
func (t *Tx) MovePost(ctx context.Context, postID, to int64, exemplar bool) error {
	_, err := t.exec(ctx, `UPDATE posts SET rumor_id = $2, exemplar = $3 WHERE id = $1`, postID, to, exemplar)
	return err
}

// Counts are what a rumor's posts add up to.
type Counts struct {
	Posts, Reach int
	First, Last  time.Time
}

// CountPosts counts the posts that tell a rumor.
func (t *Tx) CountPosts(ctx context.Context, rumorID int64) (c Counts, err error) {
	err = t.row(ctx, `
		SELECT COUNT(*), CAST(COALESCE(SUM(1 + reposts), 0) AS BIGINT), COALESCE(MIN(posted_at), 0), COALESCE(MAX(posted_at), 0)
		FROM posts WHERE rumor_id = $1 AND role = 'copy'`, rumorID).Scan(&c.Posts, &c.Reach, timestamp{&c.First}, timestamp{&c.Last})
	return c, err
}

// MergeRumor ends a rumor whose posts are with another one. Rumors that went into it earlier go on to that one too.
func (t *Tx) MergeRumor(ctx context.Context, rumorID, into int64) error {
	_, err := t.exec(ctx, `
		UPDATE rumors SET state = 'merged', merged_into = $2, posts = 0, reach = 0, version = version + 1 WHERE id = $1`, rumorID, into)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE rumors SET merged_into = $2, version = version + 1 WHERE merged_into = $1`, rumorID, into)
	return err
}

// MergedRumors lists the rumors that went into one.
func (t *Tx) MergedRumors(ctx context.Context, rumorID int64) ([]int64, error) {
	return collect(ctx, t, func(r scanner) (n int64, err error) { return n, r.Scan(&n) },
		`SELECT id FROM rumors WHERE merged_into = $1 ORDER BY id`, rumorID)
}

// MoveKin lets the rumors that name one as their kin name another, which takes over its own kin.
func (t *Tx) MoveKin(ctx context.Context, from, into guitu.Rumor) error {
	_, err := t.exec(ctx, `
		UPDATE rumors SET kin_id = $2, version = version + 1 WHERE kin_id = $1 AND id <> CAST($2 AS BIGINT)`, from.ID, into.ID)
	if err != nil || into.KinID != 0 && into.KinID != from.ID {
		return err
	}
	kin := from.KinID
	if kin == into.ID {
		kin = 0
	}
	_, err = t.exec(ctx, `UPDATE rumors SET kin_id = $2 WHERE id = $1`, into.ID, id(kin))
	return err
}

// Move is an event that moved posts of a rumor to another one or took them in.
type Move struct{ ID, RumorID int64 }

// Moves lists the moves after one, in the order in which they were made.
func (t *Tx) Moves(ctx context.Context, after int64) ([]Move, error) {
	return collect(ctx, t, func(r scanner) (m Move, err error) { return m, r.Scan(&m.ID, &m.RumorID) },
		`SELECT id, rumor_id FROM events WHERE id > $1 AND kind IN ('merged', 'split', 'regrouped') ORDER BY id`, after)
}
