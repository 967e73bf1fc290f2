package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"guitu"
)

const noticeColumns = `notices.id, notices.kind, notices.status, notices.code, COALESCE(notices.rumor_id, 0), COALESCE(notices.verdict_id, 0), ` +
	`COALESCE(notices.alert_id, 0), COALESCE(notices.message_id, 0), COALESCE(notices.bulletin_id, 0), notices.area, notices.place, ` +
	`notices.claimed, notices.texts, notices.sources, notices.corrects, notices.corrected_by, notices.made_at, notices.due, ` +
	`notices.circle, notices.inner_km, notices.areas, notices.expires, notices.ended`

func noticeFields(n *guitu.Notice) []any {
	return []any{
		&n.ID, &n.Kind, &n.Status, &n.Code, &n.RumorID, &n.VerdictID, &n.AlertID, &n.MessageID, &n.BulletinID,
		&n.Area, &n.Place, &n.Claimed,
		fromJSON{&n.Texts},
		fromJSON{&n.Sources},
		&n.Corrects, &n.CorrectedBy,
		timestamp{&n.MadeAt},
		timestamp{&n.Due},
		fromJSON{&n.Circle},
		&n.Inner,
		fromJSON{&n.Areas},
		timestamp{&n.Expires},
		&n.Ended,
	}
}

func scanNotice(r scanner) (n guitu.Notice, err error) {
	err = r.Scan(noticeFields(&n)...)
	return n, err
}

// CreateNotice stores a notice and sets its ID and time.
func (t *Tx) CreateNotice(ctx context.Context, n *guitu.Notice) error {
	n.MadeAt = t.Now
	return t.row(ctx, `
		INSERT INTO notices (kind, status, code, rumor_id, verdict_id, alert_id, message_id, bulletin_id, area, place, claimed, texts,
			sources, corrects, made_at, due, circle, inner_km, areas, expires, ended)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) RETURNING id`,
		n.Kind, n.Status, n.Code, id(n.RumorID), id(n.VerdictID), id(n.AlertID), id(n.MessageID),
		id(n.BulletinID), n.Area, n.Place, n.Claimed, asJSON(n.Texts), asJSON(n.Sources), n.Corrects, ms(n.MadeAt), ms(n.Due),
		asJSON(n.Circle), n.Inner, asJSON(n.Areas), ms(n.Expires), n.Ended).Scan(&n.ID)
}

// HasCode reports whether a notice or an alert has a code.
func (t *Tx) HasCode(ctx context.Context, code string) (bool, error) {
	var n int
	err := t.row(ctx, `SELECT (SELECT COUNT(*) FROM notices WHERE code = $1) + (SELECT COUNT(*) FROM alerts WHERE code = $1)`, code).Scan(&n)
	return n > 0, err
}

// SetCorrectedBy records that a notice is corrected by another.
func (t *Tx) SetCorrectedBy(ctx context.Context, noticeID int64, code string) error {
	_, err := t.exec(ctx, `UPDATE notices SET corrected_by = $2 WHERE id = $1`, noticeID, code)
	return err
}

// LastNotice returns the latest notice of a rumor, nil when there is none.
func (t *Tx) LastNotice(ctx context.Context, rumorID int64) (*guitu.Notice, error) {
	return maybeNotice(t.row(ctx,
		`SELECT `+noticeColumns+` FROM notices WHERE rumor_id = $1 ORDER BY id DESC LIMIT 1`, rumorID))
}

// NoticeOf returns what a verdict tells the public, nil when it tells nothing.
func (t *Tx) NoticeOf(ctx context.Context, verdictID int64) (*guitu.Notice, error) {
	return maybeNotice(t.row(ctx, `SELECT `+noticeColumns+` FROM notices WHERE verdict_id = $1`, verdictID))
}

// NoticeByCode returns the notice with a code that is no alert's, nil when there is none.
func (t *Tx) NoticeByCode(ctx context.Context, code string) (*guitu.Notice, error) {
	return maybeNotice(t.row(ctx, `SELECT `+noticeColumns+` FROM notices WHERE code = $1 AND alert_id IS NULL`, code))
}

func maybeNotice(r scanner) (*guitu.Notice, error) {
	n, err := scanNotice(r)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &n, err
}

// NoticeByID returns a notice.
func (t *Tx) NoticeByID(ctx context.Context, noticeID int64) (guitu.Notice, error) {
	n, err := scanNotice(t.row(ctx, `SELECT `+noticeColumns+` FROM notices WHERE id = $1`, noticeID))
	return n, found(err, "没有这条通告")
}

const deliveryColumns = `d.id, d.notice_id, n.code, n.kind, d.channel, d.state, d.due, d.attempts, d.external_id, d.url, ` +
	`d.version, d.trouble, d.at, COALESCE(r.devices, 0), COALESCE(r.views, 0), COALESCE(r.at, 0)`

const deliveryTables = ` FROM deliveries d JOIN notices n ON n.id = d.notice_id LEFT JOIN partner_reach r ON r.delivery_id = d.id `

func scanDelivery(r scanner) (d guitu.Delivery, err error) {
	err = r.Scan(&d.ID, &d.NoticeID, &d.Code, &d.Kind, &d.Channel, &d.State, timestamp{&d.Due}, &d.Attempts,
		&d.Receipt.ExternalID, &d.Receipt.URL, &d.Version, &d.Trouble, timestamp{&d.At}, &d.Reached.Devices, &d.Reached.Views, timestamp{&d.Reached.At})
	return d, err
}

// CreateDelivery stores a delivery that is due and sets its ID.
func (t *Tx) CreateDelivery(ctx context.Context, d *guitu.Delivery) error {
	d.State, d.At = guitu.DeliveryDue, t.Now
	return t.row(ctx, `INSERT INTO deliveries (notice_id, channel, state, due, at) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		d.NoticeID, d.Channel, d.State, ms(d.Due), ms(d.At)).Scan(&d.ID)
}

// Delivery returns a delivery.
func (t *Tx) Delivery(ctx context.Context, deliveryID int64) (guitu.Delivery, error) {
	d, err := scanDelivery(t.row(ctx, `SELECT `+deliveryColumns+deliveryTables+`WHERE d.id = $1`, deliveryID))
	return d, found(err, "没有这次投递")
}

// DeliveriesOf lists the deliveries of a notice.
func (t *Tx) DeliveriesOf(ctx context.Context, noticeID int64) ([]guitu.Delivery, error) {
	return collect(ctx, t, scanDelivery,
		`SELECT `+deliveryColumns+deliveryTables+`WHERE d.notice_id = $1 ORDER BY d.id`, noticeID)
}

// Deliveries lists deliveries, the newest first; the empty state lists all, before is 0 or an ID.
func (t *Tx) Deliveries(ctx context.Context, s guitu.DeliveryState, before int64, limit int) ([]guitu.Delivery, error) {
	return collect(ctx, t, scanDelivery, `SELECT `+deliveryColumns+deliveryTables+`
		WHERE (CAST($1 AS TEXT) = '' OR d.state = $1) AND (CAST($2 AS BIGINT) = 0 OR d.id < $2) ORDER BY d.id DESC LIMIT $3`, string(s), before, limit)
}

// Precedence is how a notice stands on a channel to the earlier ones of its story.
type Precedence struct {
	Ruling   guitu.Ruling // on which the notice rests
	UnderWay bool         // an earlier one is being sent
	Shown    bool         // an earlier one stands there, or may stand
}

// Precedence returns how a notice stands on a channel to the earlier ones of its story.
func (t *Tx) Precedence(ctx context.Context, noticeID int64, channel string) (p Precedence, err error) {
	const earlier = `EXISTS (SELECT 1 FROM deliveries d JOIN notices e ON e.id = d.notice_id
		WHERE e.rumor_id = n.rumor_id AND e.id < n.id AND d.channel = $2 AND d.state IN `
	err = t.row(ctx, `
		SELECT v.ruling, `+earlier+`('sending')), `+earlier+`('sent', 'unknown', 'edited', 'standing', 'handled', 'pulled'))
		FROM notices n JOIN verdicts v ON v.id = n.verdict_id WHERE n.id = $1`, noticeID, channel).
		Scan(&p.Ruling, &p.UnderWay, &p.Shown)
	return p, found(err, "没有这条通告")
}

// MoveDelivery takes a delivery from one state to another, and counts its attempts and its edits. It reports false, and changes nothing, when it is not in the first.
func (t *Tx) MoveDelivery(ctx context.Context, deliveryID int64, from, to guitu.DeliveryState, trouble string) (bool, error) {
	n, err := t.exec(ctx, `
		UPDATE deliveries SET state = CAST($3 AS TEXT), trouble = $4, at = $5, attempts = attempts + CASE WHEN CAST($3 AS TEXT) = 'sending' THEN 1 ELSE 0 END,
			version = version + CASE WHEN CAST($3 AS TEXT) = 'edited' THEN 1 ELSE 0 END
		WHERE id = $1 AND state = $2`, deliveryID, from, string(to), trouble, ms(t.Now))
	return n == 1, err
}

// DeliverySent records that a channel accepted a delivery.
func (t *Tx) DeliverySent(ctx context.Context, deliveryID int64, r guitu.Receipt) error {
	_, err := t.exec(ctx, `
		UPDATE deliveries SET state = 'sent', trouble = '', external_id = $2, url = $3, at = $4 WHERE id = $1`,
		deliveryID, r.ExternalID, r.URL, ms(t.Now))
	return err
}

// PostponeDelivery records why a due delivery waits, and until when.
func (t *Tx) PostponeDelivery(ctx context.Context, deliveryID int64, trouble string, due time.Time) error {
	_, err := t.exec(ctx, `UPDATE deliveries SET trouble = $2, due = $3, at = $4 WHERE id = $1 AND state IN ('due', 'held')`,
		deliveryID, trouble, ms(due), ms(t.Now))
	return err
}
