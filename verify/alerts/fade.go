package alerts

import (
	"context"
	"fmt"
	"time"

	"guitu"
	"guitu/internal/store"
)

// A draft that nobody touches is given up: what it says of a child must not lie about. Its desk is told before.
const (
	DraftLife    = 7 * 24 * time.Hour // since it was last changed
	DraftWarning = 24 * time.Hour     // the least time between telling the desk and giving the draft up
)

// Fade tells the desks whose drafts nobody has touched for six days, and gives up those that nobody touches after that. It may be called as
// often as one likes.
func (s *Alerts) Fade(ctx context.Context) error {
	var idle []int64
	err := s.db.View(ctx, func(tx *store.Tx) (err error) {
		idle, err = tx.IdleDrafts(ctx, tx.Now.Add(DraftWarning-DraftLife))
		return err
	})
	if err != nil {
		return fmt.Errorf("find drafts that nobody touches: %w", err)
	}
	for _, id := range idle {
		if err := s.update(ctx, func(tx *store.Tx) error { return s.fade(ctx, tx, id) }); err != nil {
			return fmt.Errorf("fade draft %d: %w", id, err)
		}
	}
	return nil
}

func (s *Alerts) fade(ctx context.Context, tx *store.Tx, alertID int64) error {
	a, err := tx.LockAlert(ctx, alertID)
	if err != nil || a.State != guitu.AlertDraft {
		return err
	}
	events, err := tx.AlertHistory(ctx, alertID)
	if err != nil {
		return err
	}
	var touched, told time.Time
	for _, e := range events {
		switch e.Kind {
		case guitu.EventFading:
			told = e.At
		case guitu.EventViewed:
		default:
			touched = e.At
		}
	}
	switch idle := tx.Now.Sub(touched); {
	case told.After(touched) && idle >= DraftLife && tx.Now.Sub(told) >= DraftWarning:
		tx.Deed(0, guitu.DeedAlertDrop, alertID)
		a.State = guitu.AlertDropped
		a.Version++
		if err := tx.LogAlert(ctx, alertID, 0, guitu.EventDropped, "长期无人改动"); err != nil {
			return err
		}
		if err := s.forget(ctx, tx, &a); err != nil {
			return err
		}
		return s.save(ctx, tx, a)
	case !told.After(touched) && idle >= DraftLife-DraftWarning:
		if err := tx.LogAlert(ctx, alertID, 0, guitu.EventFading, ""); err != nil {
			return err
		}
		return tell(ctx, tx, alertID, guitu.EventFading, a.Desk)
	}
	return nil
}
