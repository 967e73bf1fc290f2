package store

import (
	"context"

	"guitu"
)

const photoColumns = `id, alert_id, token, alt, type, width, height, digest, hash, revoked`

func scanPhoto(r scanner) (p guitu.Photo, err error) {
	err = r.Scan(&p.ID, &p.AlertID, &p.Token, &p.Alt, &p.Type, &p.Width, &p.Height, &p.Digest, &p.Hash, &p.Revoked)
	return p, err
}

// CreatePhoto stores a photo and sets its ID.
func (t *Tx) CreatePhoto(ctx context.Context, p *guitu.Photo, body []byte) error {
	return t.row(ctx, `
		INSERT INTO photos (alert_id, token, alt, type, width, height, digest, hash, body, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		p.AlertID, p.Token, p.Alt, p.Type, p.Width, p.Height, p.Digest, p.Hash, body, ms(t.Now)).Scan(&p.ID)
}

// Photos lists the photos of an alert, the first first, revoked ones too.
func (t *Tx) Photos(ctx context.Context, alertID int64) ([]guitu.Photo, error) {
	return collect(ctx, t, scanPhoto, `SELECT `+photoColumns+` FROM photos WHERE alert_id = $1 ORDER BY id`, alertID)
}

// ActivePhotos lists the photos that stand of active alerts but one, the latest first.
func (t *Tx) ActivePhotos(ctx context.Context, exceptID int64, limit int) ([]guitu.Photo, error) {
	return collect(ctx, t, scanPhoto, `SELECT `+photoColumns+` FROM photos
		WHERE NOT revoked AND alert_id <> $1 AND alert_id IN (SELECT id FROM alerts WHERE state = 'active') ORDER BY id DESC LIMIT $2`,
		exceptID, limit)
}

// Photo returns a photo.
func (t *Tx) Photo(ctx context.Context, photoID int64) (guitu.Photo, error) {
	p, err := scanPhoto(t.row(ctx, `SELECT `+photoColumns+` FROM photos WHERE id = $1`, photoID))
	return p, found(err, "没有这张照片")
}

// PhotoBody returns the bytes of a photo; none once it is revoked.
func (t *Tx) PhotoBody(ctx context.Context, photoID int64) (body []byte, err error) {
	err = t.row(ctx, `SELECT body FROM photos WHERE id = $1`, photoID).Scan(&body)
	return body, found(err, "没有这张照片")
}

// DescribePhoto says what a photo shows, for those who can't see it.
func (t *Tx) DescribePhoto(ctx context.Context, photoID int64, alt string) error {
	_, err := t.exec(ctx, `UPDATE photos SET alt = $2 WHERE id = $1 AND NOT revoked`, photoID, alt)
	return err
}

// RevokePhoto makes a photo's address answer no more and forgets its bytes, its hash and what it shows. Its digest stays, as the
// proof of what was deleted.
func (t *Tx) RevokePhoto(ctx context.Context, photoID int64) error {
	_, err := t.exec(ctx, `UPDATE photos SET revoked = TRUE, body = $2, hash = '', alt = '' WHERE id = $1`, photoID, []byte{})
	return err
}
