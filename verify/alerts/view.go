package alerts

import (
	"context"
	"unicode/utf8"

	"guitu"
	"guitu/internal/store"
)

// read returns an alert for an officer who may see it.
func (s *Alerts) read(ctx context.Context, tx *store.Tx, alertID, officerID int64) (a store.Alert, o guitu.Officer, err error) {
	if a, err = tx.Alert(ctx, alertID); err != nil {
		return a, o, err
	}
	if o, err = tx.Officer(ctx, officerID); err != nil {
		return a, o, err
	}
	return a, o, mayRead(o, a.Alert, tx.Now)
}

// View returns a case, and records who opened it and why.
func (s *Alerts) View(ctx context.Context, alertID, officerID int64, reason string) (k guitu.Case, err error) {
	if reason = clean(reason); reason == "" || utf8.RuneCountInString(reason) > guitu.MaxBasis {
		return k, guitu.Errorf(guitu.Invalid, "请说明查看的理由")
	}
	err = s.update(ctx, func(tx *store.Tx) error {
		a, o, err := s.read(ctx, tx, alertID, officerID)
		if err != nil {
			return err
		}
		v := guitu.View{Officer: o, AlertID: alertID}
		v.Reason, v.Note = guitu.ParseViewReason(reason)
		if err := tx.CreateView(ctx, &v); err != nil {
			return err
		}
		if err := tx.LogAlert(ctx, alertID, o.ID, guitu.EventViewed, reason); err != nil {
			return err
		}
		k, err = s.load(ctx, tx, a.Alert)
		return err
	})
	if err != nil {
		return guitu.Case{}, err
	}
	return k, nil
}

// load reads all of a case.
func (s *Alerts) load(ctx context.Context, tx *store.Tx, a guitu.Alert) (k guitu.Case, err error) {
	k.Alert, k.Rule = a, s.rule(a.Facts)
	if k.Messages, err = tx.Messages(ctx, a.ID); err != nil {
		return k, err
	}
	if k.Photos, err = tx.Photos(ctx, a.ID); err != nil {
		return k, err
	}
	if k.Approvals, err = tx.Approvals(ctx, a.ID); err != nil {
		return k, err
	}
	if k.Events, err = tx.AlertHistory(ctx, a.ID); err != nil {
		return k, err
	}
	if k.Deliveries, err = tx.AlertDeliveries(ctx, a.ID); err != nil {
		return k, err
	}
	k.Tips, err = tx.Tips(ctx, a.ID, guitu.MaxTips)
	return k, err
}

// List lists the alerts that an officer may see: those of the own desk's area, and those that the desk holds. The newest come first.
func (s *Alerts) List(ctx context.Context, f guitu.AlertFilter) (all []guitu.Alert, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		o, err := tx.Officer(ctx, f.OfficerID)
		if err != nil {
			return err
		}
		if o.Disabled {
			return guitu.Errorf(guitu.Forbidden, "您的账号已停用")
		}
		stored, err := tx.Alerts(ctx, o.Desk, f)
		for _, a := range stored {
			if mayRead(o, a.Alert, tx.Now) == nil {
				all = append(all, a.Alert)
			}
		}
		return err
	})
	return all, err
}

// Rule is what a tier decides unless its settings are changed.
func (s *Alerts) Rule(t guitu.Tier) guitu.TierRule { return s.o.Tiers[t] }
