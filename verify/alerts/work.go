package alerts

import (
	"context"

	"guitu"
	"guitu/internal/store"
)

// Alert returns an alert and its photos to an officer who may change it. It leaves no record of a view, since the change does: what is
// only to be read is opened by View.
func (s *Alerts) Alert(ctx context.Context, alertID, officerID int64) (a guitu.Alert, photos []guitu.Photo, err error) {
	err = s.work(ctx, alertID, officerID, func(tx *store.Tx, stored guitu.Alert) error {
		a = stored
		photos, err = standing(ctx, tx, alertID)
		return err
	})
	if err != nil {
		return guitu.Alert{}, nil, err
	}
	return a, photos, nil
}

// work reads what belongs to an alert for an officer who may change it.
func (s *Alerts) work(ctx context.Context, alertID, officerID int64, fn func(tx *store.Tx, a guitu.Alert) error) error {
	return s.db.View(ctx, func(tx *store.Tx) error {
		a, o, err := s.read(ctx, tx, alertID, officerID)
		if err != nil {
			return err
		}
		if err := mayPublish(o, a.Alert, tx.Now); err != nil {
			return err
		}
		return fn(tx, a.Alert)
	})
}

// Photo returns a photo with its bytes to an officer who may change its alert, NotFound once it is revoked.
func (s *Alerts) Photo(ctx context.Context, alertID, photoID, officerID int64) (p guitu.Photo, body []byte, err error) {
	err = s.work(ctx, alertID, officerID, func(tx *store.Tx, _ guitu.Alert) error {
		if p, err = tx.Photo(ctx, photoID); err != nil {
			return err
		}
		if p.AlertID != alertID || p.Revoked {
			return guitu.Errorf(guitu.NotFound, "没有这张照片")
		}
		body, err = tx.PhotoBody(ctx, photoID)
		return err
	})
	if err != nil {
		return guitu.Photo{}, nil, err
	}
	return p, body, nil
}

// Deliveries lists the deliveries of an alert's notices, the first first. They hold nothing of the child.
func (s *Alerts) Deliveries(ctx context.Context, alertID, officerID int64) (all []guitu.Delivery, err error) {
	err = s.work(ctx, alertID, officerID, func(tx *store.Tx, _ guitu.Alert) error {
		all, err = tx.AlertDeliveries(ctx, alertID)
		return err
	})
	return all, err
}

// Resend sends a delivery of an alert's notice that is unknown, refused or given up once more, on the word of an officer who may publish
// on the case and has looked. Conflict in any other state, and once the notice no longer holds.
func (s *Alerts) Resend(ctx context.Context, deliveryID, officerID int64) error {
	return s.byHand(ctx, deliveryID, officerID, guitu.DeedDeliveryResend)
}

// MarkSent records that an officer looked and found an unknown delivery published. Conflict in any other state.
func (s *Alerts) MarkSent(ctx context.Context, deliveryID, officerID int64) error {
	return s.byHand(ctx, deliveryID, officerID, guitu.DeedDeliverySent)
}

// MarkHandled records that an officer dealt with a copy that no longer holds and that the bot can't change. Conflict in any other state.
func (s *Alerts) MarkHandled(ctx context.Context, deliveryID, officerID int64) error {
	return s.byHand(ctx, deliveryID, officerID, guitu.DeedDeliveryHandled)
}

// byHand does with a delivery of an alert what an officer says, if its state allows.
func (s *Alerts) byHand(ctx context.Context, deliveryID, officerID int64, deed guitu.Deed) error {
	return s.update(ctx, func(tx *store.Tx) error {
		d, err := tx.Delivery(ctx, deliveryID)
		if err != nil {
			return err
		}
		n, err := tx.NoticeByID(ctx, d.NoticeID)
		if err != nil {
			return err
		}
		if n.AlertID == 0 {
			return guitu.Errorf(guitu.NotFound, "没有这次投递")
		}
		a, err := tx.LockAlert(ctx, n.AlertID)
		if err != nil {
			return err
		}
		o, err := tx.Officer(ctx, officerID)
		if err != nil {
			return err
		}
		if err := mayPublish(o, a.Alert, tx.Now); err != nil {
			return err
		}
		return tx.Settle(ctx, d, n, officerID, deed)
	})
}

// Consider returns what would stand against an alert if its facts were these, as Concerns does of what is stored. It is for a form that
// can't be stored before it is published.
func (s *Alerts) Consider(ctx context.Context, alertID, officerID int64, f guitu.Facts) (all []guitu.Concern, err error) {
	f = tidy(f)
	if err := check(f); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *store.Tx) error {
		a, o, err := s.read(ctx, tx, alertID, officerID)
		if err != nil {
			return err
		}
		a.Facts = f
		all, err = s.concerns(ctx, tx, a.Alert, o)
		return err
	})
	return all, err
}

// Approvals lists the steps of an alert for which a second officer was asked, the first first.
func (s *Alerts) Approvals(ctx context.Context, alertID, officerID int64) (all []guitu.Approval, err error) {
	err = s.work(ctx, alertID, officerID, func(tx *store.Tx, _ guitu.Alert) error {
		all, err = tx.Approvals(ctx, alertID)
		return err
	})
	return all, err
}
