package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"guitu"
)

// Succession is how a notice stands, on one channel, to the others of its alert or story.
type Succession struct {
	First guitu.Receipt // the first copy of an earlier notice that stands there, zero when there is none
	// UnderWay and Shown say that an earlier notice is being sent there, and that one stands there, or may, or did: whoever read it is to
	// read what became of it.
	UnderWay, Shown bool
	// Later is the latest later notice of the same alert that is told there and says more than that a circle grew, or the notice
	// that corrects n; 0 when there is none. LaterState is how far it has come there, "" when it is not told there.
	Later      int64
	LaterState guitu.DeliveryState
	// Ending is how the alert ended: NoticeClosed or NoticeCancel, which also stands for a time that is over. "" while it goes on.
	Ending guitu.NoticeKind
}

// Succession returns how a notice stands on a channel to the others of its alert or story.
func (t *Tx) Succession(ctx context.Context, n guitu.Notice, channel string) (s Succession, err error) {
	if s.First, err = t.firstCopy(ctx, n, channel); err != nil {
		return s, err
	}
	if n.AlertID == 0 {
		if n.CorrectedBy == "" {
			return s, nil
		}
		return s, t.row(ctx, `
			SELECT e.id, COALESCE(d.state, '') FROM notices e LEFT JOIN deliveries d ON d.notice_id = e.id AND d.channel = $2
			WHERE e.code = $1 AND e.alert_id IS NULL`, n.CorrectedBy, channel).Scan(&s.Later, &s.LaterState)
	}
	type other struct {
		id    int64
		kind  guitu.NoticeKind
		inner float64
		state guitu.DeliveryState
	}
	all, err := collect(ctx, t, func(r scanner) (o other, err error) {
		return o, r.Scan(&o.id, &o.kind, &o.inner, &o.state)
	}, `SELECT e.id, e.kind, e.inner_km, COALESCE(d.state, '')
		FROM notices e LEFT JOIN deliveries d ON d.notice_id = e.id AND d.channel = $2
		WHERE e.alert_id = $1 AND e.id <> $3 ORDER BY e.id`, n.AlertID, channel, n.ID)
	for _, o := range all {
		if o.id < n.ID {
			s.UnderWay = s.UnderWay || o.state == guitu.DeliverySending
			s.Shown = s.Shown || o.state.Public() || o.state == guitu.DeliveryUnknown || o.state == guitu.DeliveryPulled
			continue
		}
		if o.state != "" && o.inner == 0 {
			s.Later, s.LaterState = o.id, o.state
		}
	}
	if err != nil {
		return s, err
	}
	s.Ending, err = t.ending(ctx, n.AlertID)
	return s, err
}

// ending returns how an alert ended, "" while the public is to look.
func (t *Tx) ending(ctx context.Context, alertID int64) (guitu.NoticeKind, error) {
	var state guitu.AlertState
	var expires time.Time
	err := t.row(ctx, `SELECT state, expires FROM alerts WHERE id = $1`, alertID).Scan(&state, timestamp{&expires})
	switch {
	case err != nil:
		return "", found(err, "没有这条警报")
	case state == guitu.AlertClosed:
		return guitu.NoticeClosed, nil
	case state.Over(), !expires.IsZero() && !t.Now.Before(expires):
		return guitu.NoticeCancel, nil
	}
	return "", nil
}

// firstCopy returns where the first notice of the same alert or story stands on a channel.
func (t *Tx) firstCopy(ctx context.Context, n guitu.Notice, channel string) (r guitu.Receipt, err error) {
	err = t.row(ctx, `
		SELECT d.external_id, d.url FROM deliveries d JOIN notices e ON e.id = d.notice_id
		WHERE (e.alert_id = $1 OR e.rumor_id = $2) AND e.id < $3 AND d.channel = $4 AND d.external_id <> ''
			AND d.state IN ('sent', 'edited', 'standing', 'handled')
		ORDER BY e.id LIMIT 1`, id(n.AlertID), id(n.RumorID), n.ID, channel).Scan(&r.ExternalID, &r.URL)
	if errors.Is(err, sql.ErrNoRows) {
		return guitu.Receipt{}, nil
	}
	return r, err
}

// NoteDelivery records what a person should know of a delivery beside its state.
func (t *Tx) NoteDelivery(ctx context.Context, deliveryID int64, trouble string) error {
	_, err := t.exec(ctx, `UPDATE deliveries SET trouble = $2, at = $3 WHERE id = $1`, deliveryID, trouble, ms(t.Now))
	return err
}

// LogNotice records in the history of a notice's story or alert what happened to it; officerID is 0 for nobody.
func (t *Tx) LogNotice(ctx context.Context, n guitu.Notice, officerID int64, kind guitu.EventKind, detail string) error {
	switch {
	case n.AlertID != 0:
		return t.LogAlert(ctx, n.AlertID, officerID, kind, detail)
	case n.RumorID != 0:
		return t.Log(ctx, n.RumorID, officerID, kind, detail)
	}
	return nil // a bulletin's history is its deliveries
}
