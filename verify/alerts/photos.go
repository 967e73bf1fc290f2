package alerts

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"guitu"
	"guitu/internal/store"
)

// maxPhotos is how many photos an alert has at most.
const maxPhotos = 5

// maxAlt is the longest description of a photo in runes.
const maxAlt = 200

// standing lists the photos of an alert that are not revoked.
func standing(ctx context.Context, tx *store.Tx, alertID int64) ([]guitu.Photo, error) {
	all, err := tx.Photos(ctx, alertID)
	return slices.DeleteFunc(all, func(p guitu.Photo) bool { return p.Revoked }), err
}

// AddPhoto adds a photo, which has been cleaned, at the end of an alert's photos. The public of an active alert sees it with the next
// update. It leaves the version as it is: the form that is open beside it stays good.
func (s *Alerts) AddPhoto(ctx context.Context, r guitu.PhotoRequest) (guitu.Photo, error) {
	r.Photo.Alt = clean(r.Photo.Alt)
	switch {
	case len(r.Bytes) == 0 || len(r.Bytes) > guitu.MaxPhoto:
		return guitu.Photo{}, guitu.Errorf(guitu.Invalid, "照片应在 %d MB 以内", guitu.MaxPhoto>>20)
	case r.Photo.Type != "image/jpeg" && r.Photo.Type != "image/png":
		return guitu.Photo{}, guitu.Errorf(guitu.Invalid, "照片应为 JPEG 或 PNG")
	case utf8.RuneCountInString(r.Photo.Alt) > maxAlt:
		return guitu.Photo{}, guitu.Errorf(guitu.Invalid, "照片的文字说明最多 %d 字", maxAlt)
	}
	_, id, err := s.change(ctx, press{r.AlertID, r.OfficerID, guitu.DeedPhotoAdd, r.Key, anyVersion}, func(c *change) error {
		if c.alert.State != guitu.AlertDraft {
			if err := onlyActive(c.alert.Alert); err != nil {
				return err
			}
		}
		have, err := standing(ctx, c.Tx, c.alert.ID)
		if err != nil {
			return err
		}
		if len(have) >= maxPhotos {
			return guitu.Errorf(guitu.Invalid, "照片最多 %d 张", maxPhotos)
		}
		sum := sha256.Sum256(r.Bytes)
		p := guitu.Photo{
			AlertID: c.alert.ID, Alt: r.Photo.Alt, Type: r.Photo.Type, Width: r.Photo.Width, Height: r.Photo.Height, Hash: r.Photo.Hash,
			Digest: hex.EncodeToString(sum[:]),
		}
		if slices.ContainsFunc(have, func(h guitu.Photo) bool { return h.Digest == p.Digest }) {
			return guitu.Errorf(guitu.Conflict, "这张照片已经有了")
		}
		secret := make([]byte, 18) // 144 bits: nobody guesses a child's photo
		if _, err := io.ReadFull(s.o.Rand, secret); err != nil {
			return fmt.Errorf("draw a photo's address: %w", err)
		}
		p.Token = base64.RawURLEncoding.EncodeToString(secret)
		if err := c.CreatePhoto(ctx, &p, r.Bytes); err != nil {
			return err
		}
		c.alert.Facts.Photos = append(c.alert.Facts.Photos, p.ID)
		c.ref = p.ID
		return c.LogAlert(ctx, c.alert.ID, c.officer.ID, guitu.EventPhoto, "添加")
	})
	if err != nil {
		return guitu.Photo{}, err
	}
	var p guitu.Photo
	err = s.db.View(ctx, func(tx *store.Tx) error {
		p, err = tx.Photo(ctx, id)
		return err
	})
	return p, err
}

// DescribePhoto says what a photo of a draft shows, for those who can't see it. Like AddPhoto it leaves the version as it is.
func (s *Alerts) DescribePhoto(ctx context.Context, alertID, photoID, officerID int64, alt, key string) error {
	switch alt = clean(alt); {
	case utf8.RuneCountInString(alt) < 2:
		return guitu.Errorf(guitu.Invalid, "请写明照片上看得到什么")
	case utf8.RuneCountInString(alt) > maxAlt:
		return guitu.Errorf(guitu.Invalid, "照片的文字说明最多 %d 字", maxAlt)
	}
	_, _, err := s.change(ctx, press{alertID, officerID, guitu.DeedPhotoDescribe, key, anyVersion}, func(c *change) error {
		c.ref = photoID
		if err := onlyDraft(c.alert.Alert); err != nil {
			return err
		}
		p, err := c.Photo(ctx, photoID)
		switch {
		case err != nil:
			return err
		case p.AlertID != alertID:
			return guitu.Errorf(guitu.NotFound, "没有这张照片")
		case p.Revoked:
			return guitu.Errorf(guitu.Conflict, "这张照片已撤下")
		}
		if err := c.DescribePhoto(ctx, photoID, alt); err != nil {
			return err
		}
		return c.LogAlert(ctx, alertID, c.officer.ID, guitu.EventPhoto, "说明")
	})
	return err
}

// DropPhoto takes a photo out for good. Its address stops answering at once, and whoever got an active alert with it is told.
func (s *Alerts) DropPhoto(ctx context.Context, alertID, photoID, officerID int64, key string) error {
	_, _, err := s.change(ctx, press{alertID, officerID, guitu.DeedPhotoDrop, key, anyVersion}, func(c *change) error {
		c.ref = photoID
		p, err := c.Photo(ctx, photoID)
		if err != nil {
			return err
		}
		if p.AlertID != alertID {
			return guitu.Errorf(guitu.NotFound, "没有这张照片")
		}
		if p.Revoked {
			return nil
		}
		if err := c.RevokePhoto(ctx, photoID); err != nil {
			return err
		}
		c.alert.Facts.Photos = slices.DeleteFunc(c.alert.Facts.Photos, func(id int64) bool { return id == photoID })
		if err := c.LogAlert(ctx, alertID, c.officer.ID, guitu.EventPhoto, "撤下，SHA-256 "+p.Digest); err != nil {
			return err
		}
		if c.alert.State != guitu.AlertActive {
			return nil
		}
		m, err := s.repeat(ctx, c.Tx, c.alert.Alert, guitu.CauseCorrect, c.officer)
		if err != nil {
			return err
		}
		m.Note = "此前的一张照片已撤下，请删除"
		return s.send(ctx, c.Tx, c.alert, m, c.key)
	})
	return err
}
