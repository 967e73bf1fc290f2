package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"guitu"
)

// Tip is a stored tip together with what only its coming in needs.
type Tip struct {
	guitu.Tip
	Key      string
	Receipt  string
	Sender   string // a hash
	Likeness string // of text and photo: equal for tips that say the same
	Body     []byte // of the photo, nil for none
	SameAs   int64  // the tip that said the same before, 0 for none
	Told     time.Time
	Chat     string // where it is answered, "" for nowhere
}

// CreateTip stores a tip and sets its ID and time.
func (t *Tx) CreateTip(ctx context.Context, p *Tip) error {
	p.At, p.Photo = t.Now, p.Body != nil
	return t.row(ctx, `
		INSERT INTO tips (alert_id, at, key, receipt, sender, text, place, area, point, seen_at, contact, doubt, away, outcome, likeness, photo,
			same_as, told, chat)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING id`,
		p.AlertID, ms(p.At), p.Key, p.Receipt, p.Sender, p.Text, p.Place, p.Area, asJSON(p.Point), ms(p.SeenAt), p.Contact, p.Doubt, p.Away,
		p.Outcome, p.Likeness, p.Body, id(p.SameAs), ms(p.Told), p.Chat).Scan(&p.ID)
}

const tipColumns = `t.id, t.alert_id, t.at, t.text, t.place, t.area, t.point, t.seen_at, t.contact, t.doubt, t.away, t.outcome, ` +
	`t.photo IS NOT NULL, t.answer, COALESCE(o.id, 0), COALESCE(o.name, ''), (SELECT COUNT(*) FROM tips s WHERE s.same_as = t.id)`

const tipTables = ` FROM tips t LEFT JOIN officers o ON o.id = t.officer_id `

func scanTip(r scanner) (p guitu.Tip, err error) {
	err = r.Scan(&p.ID, &p.AlertID, timestamp{&p.At}, &p.Text, &p.Place, &p.Area, fromJSON{&p.Point}, timestamp{&p.SeenAt}, &p.Contact,
		&p.Doubt, &p.Away, &p.Outcome, &p.Photo, &p.Answer, &p.By.ID, &p.By.Name, &p.Same)
	return p, err
}

// Tip returns a tip.
func (t *Tx) Tip(ctx context.Context, tipID int64) (guitu.Tip, error) {
	p, err := scanTip(t.row(ctx, `SELECT `+tipColumns+tipTables+`WHERE t.id = $1`, tipID))
	return p, found(err, "没有这条线索")
}

// Tips lists the tips on an alert, each that says the same as an earlier one only in that one's count: those that wait first, of
// an area together, the latest first.
func (t *Tx) Tips(ctx context.Context, alertID int64, limit int) ([]guitu.Tip, error) {
	return collect(ctx, t, scanTip, `SELECT `+tipColumns+tipTables+`WHERE t.alert_id = $1 AND t.same_as IS NULL
		ORDER BY CASE WHEN t.answer = '' THEN 0 ELSE 1 END, t.area DESC, t.id DESC LIMIT $2`, alertID, limit)
}

// TipPhoto returns the bytes of a tip's photo.
func (t *Tx) TipPhoto(ctx context.Context, tipID int64) (body []byte, err error) {
	err = t.row(ctx, `SELECT photo FROM tips WHERE id = $1 AND photo IS NOT NULL`, tipID).Scan(&body)
	return body, found(err, "没有这张照片")
}

// AnswerTip records what an officer makes of a tip, and of those that say the same.
func (t *Tx) AnswerTip(ctx context.Context, tipID, officerID int64, a guitu.TipAnswer) error {
	_, err := t.exec(ctx, `UPDATE tips SET answer = $2, officer_id = $3 WHERE id = $1 OR same_as = $1`, tipID, a, officerID)
	return err
}

// ReceiptByKey returns the receipt of the tip that came with a key, "" when there was none.
func (t *Tx) ReceiptByKey(ctx context.Context, key string) (receipt string, err error) {
	err = t.row(ctx, `SELECT receipt FROM tips WHERE key = $1`, key).Scan(&receipt)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return receipt, err
}

// TipByReceipt returns the tip with a receipt.
func (t *Tx) TipByReceipt(ctx context.Context, receipt string) (guitu.Tip, error) {
	p, err := scanTip(t.row(ctx, `SELECT `+tipColumns+tipTables+`WHERE t.receipt = $1`, receipt))
	return p, found(err, "没有这个回执")
}

// LikeTip returns the first tip on an alert that says the same, 0 when there is none.
func (t *Tx) LikeTip(ctx context.Context, alertID int64, likeness string) (first int64, err error) {
	err = t.row(ctx, `SELECT COALESCE(MIN(id), 0) FROM tips WHERE alert_id = $1 AND likeness = $2 AND same_as IS NULL`,
		alertID, likeness).Scan(&first)
	return first, err
}

// CountTips counts the tips since a time: those of a sender, and those on an alert.
func (t *Tx) CountTips(ctx context.Context, sender string, alertID int64, since time.Time) (ofSender, ofAlert int, err error) {
	err = t.row(ctx, `SELECT (SELECT COUNT(*) FROM tips WHERE sender = $1 AND at > $3), (SELECT COUNT(*) FROM tips WHERE alert_id = $2 AND at > $3)`,
		sender, alertID, ms(since)).Scan(&ofSender, &ofAlert)
	return ofSender, ofAlert, err
}

// LastTold returns when the desk was last told of tips on an alert, or will be; zero when never.
func (t *Tx) LastTold(ctx context.Context, alertID int64) (last time.Time, err error) {
	err = t.row(ctx, `SELECT COALESCE(MAX(told), 0) FROM tips WHERE alert_id = $1`, alertID).Scan(timestamp{&last})
	return last, err
}

// ForgetTips deletes all tips on an alert, and says how many there were.
func (t *Tx) ForgetTips(ctx context.Context, alertID int64) (int64, error) {
	if _, err := t.exec(ctx, `UPDATE tips SET same_as = NULL WHERE alert_id = $1`, alertID); err != nil {
		return 0, err
	}
	return t.exec(ctx, `DELETE FROM tips WHERE alert_id = $1`, alertID)
}
