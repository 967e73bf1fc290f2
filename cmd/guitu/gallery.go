package main

import (
	"context"

	"guitu"
	"guitu/internal/store"
	"guitu/publishers/poster"
)

// gallery is what posters are painted from, out of the database.
type gallery struct{ db *store.DB }

var (
	_ poster.Reader    = gallery{}
	_ poster.Announcer = gallery{}
)

// Bulletin returns a bulletin.
func (g gallery) Bulletin(ctx context.Context, bulletinID int64) (b guitu.Bulletin, err error) {
	err = g.db.View(ctx, func(tx *store.Tx) error {
		b, err = tx.Bulletin(ctx, bulletinID)
		return err
	})
	return b, err
}

// AlertMessage returns a message of an alert.
func (g gallery) AlertMessage(ctx context.Context, messageID int64) (m guitu.AlertMessage, err error) {
	err = g.db.View(ctx, func(tx *store.Tx) error {
		m, err = tx.Message(ctx, messageID)
		return err
	})
	return m, err
}

// Shown returns the photos of an alert that goes on.
func (g gallery) Shown(ctx context.Context, alertID int64) (shots []poster.Shot, err error) {
	err = g.db.View(ctx, func(tx *store.Tx) error {
		a, err := tx.Alert(ctx, alertID)
		if err != nil || a.State != guitu.AlertActive {
			return err
		}
		photos, err := tx.Photos(ctx, alertID)
		if err != nil {
			return err
		}
		for _, p := range photos {
			if p.Revoked {
				continue
			}
			body, err := tx.PhotoBody(ctx, p.ID)
			if err != nil {
				return err
			}
			shots = append(shots, poster.Shot{Photo: p, Bytes: body})
		}
		return nil
	})
	return shots, err
}

// painter paints the pictures of notices; nil where the machine has no font and none is named, of which the check of the
// configuration has warned.
func (s *server) painter(link func(code string) string) *poster.Painter {
	var err error
	if s.fonts, err = poster.OpenFonts(s.config.FontFiles...); err != nil {
		return nil
	}
	return poster.New(gallery{s.db}, s.fonts, poster.Options{
		Link: link, PhotoURL: func(token string) string { return s.config.PublicURL + "/p/" + token }, Now: s.db.Now, Log: s.log,
	})
}
