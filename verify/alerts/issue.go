package alerts

import (
	"context"
	"fmt"
	"time"

	"guitu"
	"guitu/internal/store"
)

// Preview returns the notice as it would be issued now, or as it would be updated. Nothing is stored, and a draft's notice has no code
// yet.
func (s *Alerts) Preview(ctx context.Context, alertID, officerID int64) (n guitu.Notice, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		a, o, err := s.read(ctx, tx, alertID, officerID)
		if err != nil {
			return err
		}
		cause := guitu.CauseUpdate
		if a.State == guitu.AlertDraft {
			cause = guitu.CauseIssue
			if a.Reach, err = s.firstRing(ctx, tx, a.Alert); err != nil {
				return err
			}
			a.Code, a.Expires = "······", tx.Now.Add(s.rule(a.Facts).Life)
		}
		m := s.draft(a.Alert, cause, o)
		m.Sent = tx.Now
		n = compose(m)
		n.MadeAt, n.Due = tx.Now, tx.Now
		return nil
	})
	return n, err
}

// PreviewAmend returns the notice that Amend would send. Nothing is stored, and what stands against the facts is not looked at: see Consider.
func (s *Alerts) PreviewAmend(ctx context.Context, r guitu.AmendRequest) (n guitu.Notice, err error) {
	r.Facts = tidy(r.Facts)
	if err := check(r.Facts); err != nil {
		return n, err
	}
	cause := guitu.CauseUpdate
	if r.Correction {
		cause = guitu.CauseCorrect
	}
	err = s.db.View(ctx, func(tx *store.Tx) error {
		a, o, err := s.read(ctx, tx, r.AlertID, r.OfficerID)
		if err != nil {
			return err
		}
		if err := onlyActive(a.Alert); err != nil {
			return err
		}
		a.Facts = r.Facts
		m := s.draft(a.Alert, cause, o)
		m.Note, m.Sent = clean(r.Note), tx.Now
		n = compose(m)
		n.MadeAt, n.Due = tx.Now, tx.Now
		return nil
	})
	return n, err
}

// PreviewEnd returns the notice that would tell how an alert ended, as closing it now would make it; with the zero Closing, as taking it
// back would. Nothing is stored. Conflict when the alert is in no state for it.
func (s *Alerts) PreviewEnd(ctx context.Context, alertID, officerID int64, k guitu.Closing) (n guitu.Notice, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		a, o, err := s.read(ctx, tx, alertID, officerID)
		if err != nil {
			return err
		}
		cause := guitu.CauseClose
		if k == (guitu.Closing{}) {
			cause = guitu.CauseCancel
		}
		if cause == guitu.CauseCancel || a.State != guitu.AlertExpired {
			if err := onlyActive(a.Alert); err != nil {
				return err
			}
		}
		a.Ending, a.EndedAt = k, tx.Now
		m := s.draft(a.Alert, cause, o)
		m.Sent = tx.Now
		n = compose(m)
		n.MadeAt, n.Due = tx.Now, tx.Now
		return nil
	})
	return n, err
}

// Issue publishes a draft: at once and without anybody above, as far as the first ring; wider where the child's clock asks for it, the
// tier allows it, and nobody else has to agree. It is refused while a concern stands that blocks or that was not acknowledged.
func (s *Alerts) Issue(ctx context.Context, r guitu.IssueRequest) (guitu.Alert, error) {
	p := press{r.AlertID, r.OfficerID, guitu.DeedAlertIssue, r.Key, r.Version}
	a, _, err := s.change(ctx, p, func(c *change) error {
		a := c.alert
		if err := onlyDraft(a.Alert); err != nil {
			return err
		}
		concerns, err := s.concerns(ctx, c.Tx, a.Alert, c.officer)
		if err != nil {
			return err
		}
		if err := cleared(concerns, r.Acknowledged); err != nil {
			return err
		}
		if a.Code, err = s.code(ctx, c.Tx); err != nil {
			return err
		}
		if a.Reach, err = s.firstRing(ctx, c.Tx, a.Alert); err != nil {
			return err
		}
		a.State, a.IssuedAt, a.Expires = guitu.AlertActive, c.Now, c.Now.Add(s.rule(a.Facts).Life)
		if err := s.send(ctx, c.Tx, a, s.draft(a.Alert, guitu.CauseIssue, c.officer), c.key); err != nil {
			return err
		}
		if err := c.LogAlert(ctx, a.ID, c.officer.ID, guitu.EventIssued, issued(a.Alert, len(concerns))); err != nil {
			return err
		}
		if err := s.growLater(ctx, c.Tx, a); err != nil {
			return err
		}
		return s.endLater(ctx, c.Tx, a)
	})
	return a, err
}

// issued says what was issued, for the history.
func issued(a guitu.Alert, odd int) string {
	tier, _ := a.Facts.Tier.Words()
	detail := fmt.Sprintf("%s，%d公里", tier, a.Reach)
	if odd > 0 {
		detail += fmt.Sprintf("，确认异常%d项", odd)
	}
	return detail
}

// endLater enqueues what asks the desk before an alert's end, and the end.
func (s *Alerts) endLater(ctx context.Context, tx *store.Tx, a *store.Alert) error {
	if err := tx.Enqueue(ctx, guitu.Expiring{AlertID: a.ID}, s.askAt(a.Alert)); err != nil {
		return err
	}
	return tx.Enqueue(ctx, guitu.Expire{AlertID: a.ID}, a.Expires)
}

// askAt is when the desk is asked whether an alert is to go on.
func (s *Alerts) askAt(a guitu.Alert) time.Time {
	return a.Expires.Add(-min(s.o.AskBefore, a.Expires.Sub(a.IssuedAt)/2))
}
