package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/internal/store"
)

// Cancel takes back an active alert that was issued in error. The reason is for officers; the public reads that it was an error.
func (s *Alerts) Cancel(ctx context.Context, r guitu.CancelRequest) (guitu.Alert, error) {
	if r.Reason = clean(r.Reason); r.Reason == "" || utf8.RuneCountInString(r.Reason) > guitu.MaxBasis {
		return guitu.Alert{}, guitu.Errorf(guitu.Invalid, "请写明撤销的原因，最多 %d 字", guitu.MaxBasis)
	}
	p := press{r.AlertID, r.OfficerID, guitu.DeedAlertCancel, r.Key, r.Version}
	a, _, err := s.change(ctx, p, func(c *change) error {
		if err := onlyActive(c.alert.Alert); err != nil {
			return err
		}
		if err := c.LogAlert(ctx, c.alert.ID, c.officer.ID, guitu.EventCancelled, r.Reason); err != nil {
			return err
		}
		return s.end(ctx, c.Tx, c.alert, ending{guitu.AlertCancelled, guitu.CauseCancel, c.officer, c.key})
	})
	return a, err
}

// Close ends an active or expired alert with its outcome.
func (s *Alerts) Close(ctx context.Context, r guitu.CloseRequest) (guitu.Alert, error) {
	r.Closing.Evidence = clean(r.Closing.Evidence)
	p := press{r.AlertID, r.OfficerID, guitu.DeedAlertClose, r.Key, r.Version}
	a, _, err := s.change(ctx, p, func(c *change) error {
		a := c.alert
		if a.State != guitu.AlertExpired {
			if err := onlyActive(a.Alert); err != nil {
				return err
			}
		}
		if err := checkClosing(r.Closing, a.Alert, c.Now); err != nil {
			return err
		}
		a.Ending = r.Closing
		a.Ending.Officer = c.officer.Name
		outcome, _ := r.Closing.Outcome.Words()
		if err := c.LogAlert(ctx, a.ID, c.officer.ID, guitu.EventClosed, outcome); err != nil {
			return err
		}
		return s.end(ctx, c.Tx, a, ending{guitu.AlertClosed, guitu.CauseClose, c.officer, c.key})
	})
	return a, err
}

// checkClosing refuses an outcome that cannot be.
func checkClosing(k guitu.Closing, a guitu.Alert, now time.Time) error {
	switch {
	case !slices.Contains(guitu.Outcomes[:], k.Outcome):
		return guitu.Errorf(guitu.Invalid, "请选择结果")
	case !k.Outcome.Fits(k.Life):
		outcome, _ := k.Outcome.Words()
		return guitu.Errorf(guitu.Invalid, "结果“%s”与孩子是否平安不符", outcome)
	case k.Evidence == "" || utf8.RuneCountInString(k.Evidence) > guitu.MaxBasis:
		return guitu.Errorf(guitu.Invalid, "请写明结案的依据，最多 %d 字", guitu.MaxBasis)
	case k.FoundAt.After(now):
		return guitu.Errorf(guitu.Invalid, "找到的时间晚于现在")
	case !k.FoundAt.IsZero() && k.FoundAt.Before(a.Facts.MissingAt):
		return guitu.Errorf(guitu.Invalid, "找到的时间早于走失时间")
	case k.Distance != nil && !(*k.Distance >= 0 && *k.Distance <= 20020):
		return guitu.Errorf(guitu.Invalid, "距离有误")
	}
	return nil
}

// Expiring asks the desk whether an active alert is to go on. It may be repeated; before its time it answers with a
// *guitu.RetryError.
func (s *Alerts) Expiring(ctx context.Context, alertID int64) error {
	return s.timed(ctx, alertID, "ask about alert", func(tx *store.Tx, a *store.Alert) (time.Time, error) {
		if a.State != guitu.AlertActive || a.Asked.Equal(a.Expires) {
			return time.Time{}, nil
		}
		if at := s.askAt(a.Alert); tx.Now.Before(at) {
			return at, nil
		}
		a.Asked = a.Expires
		if err := tx.LogAlert(ctx, a.ID, 0, guitu.EventExpiring, minuteChinese(a.Expires)); err != nil {
			return time.Time{}, err
		}
		if err := tell(ctx, tx, a.ID, guitu.EventExpiring, a.Desk); err != nil {
			return time.Time{}, err
		}
		return time.Time{}, s.save(ctx, tx, *a)
	})
}

// Expire ends an active alert whose time is over. It may be repeated; before its time it answers with a *guitu.RetryError.
func (s *Alerts) Expire(ctx context.Context, alertID int64) error {
	return s.timed(ctx, alertID, "expire alert", func(tx *store.Tx, a *store.Alert) (time.Time, error) {
		if a.State != guitu.AlertActive {
			return time.Time{}, nil
		}
		if tx.Now.Before(a.Expires) {
			return a.Expires, nil
		}
		if err := tx.LogAlert(ctx, a.ID, 0, guitu.EventExpired, ""); err != nil {
			return time.Time{}, err
		}
		tx.Deed(0, guitu.DeedAlertExpire, a.ID)
		a.Version++
		e := ending{guitu.AlertExpired, guitu.CauseExpire, guitu.Officer{}, fmt.Sprintf("step:expire:%d", a.ID)}
		if err := s.end(ctx, tx, a, e); err != nil {
			return time.Time{}, err
		}
		return time.Time{}, s.save(ctx, tx, *a)
	})
}

// Redact empties the record of a case whose retention time is over. It may be repeated; before its time it answers with a
// *guitu.RetryError.
func (s *Alerts) Redact(ctx context.Context, alertID int64) error {
	return s.timed(ctx, alertID, "redact alert", func(tx *store.Tx, a *store.Alert) (time.Time, error) {
		if !a.State.Over() || !a.Redacted.IsZero() {
			return time.Time{}, nil
		}
		if at := a.EndedAt.Add(s.o.Retain); tx.Now.Before(at) {
			return at, nil
		}
		if err := s.forget(ctx, tx, a); err != nil {
			return time.Time{}, err
		}
		return time.Time{}, s.save(ctx, tx, *a)
	})
}

// timed runs a step on an alert in a transaction. A time that fn returns is when the step is due.
func (s *Alerts) timed(ctx context.Context, alertID int64, what string, fn func(tx *store.Tx, a *store.Alert) (time.Time, error)) error {
	var early time.Duration
	err := s.update(ctx, func(tx *store.Tx) error {
		a, err := tx.LockAlert(ctx, alertID)
		if err != nil {
			return err
		}
		due, err := fn(tx, &a)
		early = 0
		if !due.IsZero() {
			early = due.Sub(tx.Now)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s %d: %w", what, alertID, err)
	}
	if early > 0 {
		return &guitu.RetryError{After: early, Err: errors.New("not due yet")}
	}
	return nil
}

// ending is how an alert ends.
type ending struct {
	state   guitu.AlertState
	cause   guitu.Cause
	officer guitu.Officer // nobody when its time is over
	key     string
}

// end tells everybody that an alert is over, and takes the child off everything that the public can reach.
func (s *Alerts) end(ctx context.Context, tx *store.Tx, a *store.Alert, e ending) error {
	a.State, a.EndedAt = e.state, tx.Now
	m := s.draft(a.Alert, e.cause, e.officer)
	if e.officer.ID == 0 {
		m.Officer = guitu.Officer{Desk: a.Desk}
	}
	if err := s.send(ctx, tx, a, m, e.key); err != nil {
		return err
	}
	if err := voidApprovals(ctx, tx, a.ID); err != nil {
		return err
	}
	if err := s.hide(ctx, tx, a.ID); err != nil {
		return err
	}
	if err := tx.ReplyToEnd(ctx, a.ID); err != nil {
		return err
	}
	if !a.Redacted.IsZero() {
		return nil
	}
	return tx.Enqueue(ctx, guitu.Redact{AlertID: a.ID}, a.EndedAt.Add(s.o.Retain))
}
