package store

import (
	"context"
	"fmt"
	"time"

	"guitu"
)

// PutFollower keeps a follower, with a point that is rounded, in place of an earlier one of the same handle.
func (t *Tx) PutFollower(ctx context.Context, f *guitu.Follower) error {
	f.Point = f.Point.Round()
	// Who only renews the address stays who they are, so that they are told the end of what they were told. One who moved gets a new
	// place under the same id; indexes learn of it by the time.
	err := t.row(ctx, `
		INSERT INTO followers (kind, handle, address, lat, lng, made_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (kind, handle) DO UPDATE SET address = excluded.address, lat = excluded.lat, lng = excluded.lng, made_at = excluded.made_at
		RETURNING id`, f.Kind, f.Handle, f.Address, f.Point.Lat, f.Point.Lng, ms(t.Now)).Scan(&f.ID)
	if err != nil {
		return fmt.Errorf("keep a follower: %w", err)
	}
	return nil
}

// DropFollower forgets a follower and all that they were told. It may be repeated.
func (t *Tx) DropFollower(ctx context.Context, kind guitu.FollowerKind, handle string) error {
	_, err := t.exec(ctx, `DELETE FROM followers WHERE kind = $1 AND handle = $2`, kind, handle)
	return err
}

// FollowersSince lists the followers who came or moved at a time or later, without their addresses.
func (t *Tx) FollowersSince(ctx context.Context, since time.Time) ([]guitu.Follower, error) {
	return collect(ctx, t, func(r scanner) (f guitu.Follower, err error) {
		return f, r.Scan(&f.ID, &f.Kind, &f.Point.Lat, &f.Point.Lng)
	}, `SELECT id, kind, lat, lng FROM followers WHERE made_at >= $1 ORDER BY id`, ms(since))
}

// HeardOf lists, by id, the followers after one who were told of an alert, or may have been.
func (t *Tx) HeardOf(ctx context.Context, alertID, after int64, limit int) ([]int64, error) {
	return collect(ctx, t, func(r scanner) (f int64, err error) { return f, r.Scan(&f) }, `
		SELECT DISTINCT follower_id FROM tellings WHERE alert_id = $1 AND follower_id > $2 AND state IN ('sending', 'told')
		ORDER BY follower_id LIMIT $3`, alertID, after, limit)
}

// PlanTelling says that a follower is to be told a notice of an alert. Who was told a loud notice budget times in a day is spared another.
// It does nothing for those who are gone, and for those who have this notice already; first also leaves out whoever has any of the alert.
func (t *Tx) PlanTelling(ctx context.Context, n guitu.Notice, followerID int64, loud, first bool, budget int) error {
	_, err := t.exec(ctx, `
		INSERT INTO tellings (notice_id, follower_id, alert_id, state, loud, at)
		SELECT $1, f.id, $2, CASE WHEN $4 AND (
			SELECT COUNT(*) FROM tellings l WHERE l.follower_id = f.id AND l.at > $5 AND l.loud AND l.state IN ('due', 'sending', 'told')) >= $6
			THEN 'spared' ELSE 'due' END, $4, $7
		FROM followers f WHERE f.id = $3 AND NOT ($8 AND EXISTS (SELECT 1 FROM tellings o
			WHERE o.alert_id = $2 AND o.follower_id = f.id AND o.notice_id <> $1 AND o.state <> 'spared'))
		ON CONFLICT (notice_id, follower_id) DO NOTHING`,
		n.ID, n.AlertID, followerID, loud, ms(t.Now.Add(-24*time.Hour)), budget, ms(t.Now), first)
	if err != nil {
		return fmt.Errorf("plan a telling: %w", err)
	}
	return nil
}

// TakeTellings marks those of a step's tellings as under way that nobody has been told, and returns them.
func (t *Tx) TakeTellings(ctx context.Context, s guitu.Reach) ([]guitu.Telling, error) {
	all, err := collect(ctx, t, func(r scanner) (g guitu.Telling, err error) {
		return g, r.Scan(&g.ID, &g.Kind, &g.Handle, &g.Address, &g.Point.Lat, &g.Point.Lng, &g.Loud, &g.Earlier)
	}, `SELECT f.id, f.kind, f.handle, f.address, f.lat, f.lng, t.loud, COALESCE((SELECT e.ref FROM tellings e
			WHERE e.alert_id = t.alert_id AND e.follower_id = f.id AND e.notice_id < t.notice_id AND e.ref <> ''
			ORDER BY e.notice_id DESC LIMIT 1), '')
		FROM tellings t JOIN followers f ON f.id = t.follower_id
		WHERE t.notice_id = $1 AND f.id > $2 AND f.id <= $3 AND t.state IN ('due', 'sending')
			AND ($4 = '' OR f.kind = $4) ORDER BY f.id`, s.NoticeID, s.After, s.UpTo, s.Who)
	if err != nil {
		return nil, err
	}
	_, err = t.exec(ctx, `UPDATE tellings SET state = 'sending', at = $4
		WHERE notice_id = $1 AND follower_id > $2 AND follower_id <= $3 AND state = 'due'
			AND ($5 = '' OR follower_id IN (SELECT id FROM followers WHERE kind = $5 AND id > $2 AND id <= $3))`,
		s.NoticeID, s.After, s.UpTo, ms(t.Now), s.Who)
	return all, err
}

// Told records that a follower was told a notice, and where it stands.
func (t *Tx) Told(ctx context.Context, noticeID, followerID int64, ref string) error {
	_, err := t.exec(ctx, `UPDATE tellings SET state = 'told', at = $3, ref = $4 WHERE notice_id = $1 AND follower_id = $2`,
		noticeID, followerID, ms(t.Now), ref)
	return err
}

// VoidTellings records that a notice will not be told any more to those who wait for it.
func (t *Tx) VoidTellings(ctx context.Context, noticeID int64) error {
	_, err := t.exec(ctx, `UPDATE tellings SET state = 'void', at = $2 WHERE notice_id = $1 AND state = 'due'`, noticeID, ms(t.Now))
	return err
}
