package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"guitu"
	"guitu/internal/store"
)

// ringDue returns when a ring is due that is wider than another one, and which; ok is false when there is none up to a reach. Times of
// RingAt are inclusive, hence the millisecond.
func ringDue(missing time.Time, have, reach int) (at time.Time, ring int, ok bool) {
	i := slices.IndexFunc(guitu.Rings[:], func(km int) bool { return km > have })
	if i < 0 || guitu.Rings[i] > reach {
		return at, 0, false
	}
	if i == 0 {
		return missing, guitu.Rings[0], true
	}
	return missing.Add(time.Duration(i)*time.Hour + time.Millisecond), guitu.Rings[i], true
}

// dueRing is the ring that is due by the child's clock, as far as an alert's tier lets it.
func (s *Alerts) dueRing(a guitu.Alert, now time.Time) int {
	return max(guitu.Rings[0], min(guitu.RingAt(now.Sub(a.Facts.MissingAt)), s.rule(a.Facts).Reach))
}

// allowed is the widest ring that needs no second officer, or that one has agreed to. The first always is.
func (s *Alerts) allowed(ctx context.Context, tx *store.Tx, a guitu.Alert) (int, error) {
	from := s.rule(a.Facts).SecondFrom
	if from == 0 {
		return guitu.Rings[len(guitu.Rings)-1], nil
	}
	most := guitu.Rings[0]
	for _, km := range guitu.Rings {
		if km < from {
			most = max(most, km)
		}
	}
	all, err := tx.Approvals(ctx, a.ID)
	for _, p := range all {
		if p.Kind == guitu.ApproveReach && went(p) {
			most = max(most, p.Reach)
		}
	}
	return most, err
}

// firstRing is the ring with which a draft goes out.
func (s *Alerts) firstRing(ctx context.Context, tx *store.Tx, a guitu.Alert) (int, error) {
	most, err := s.allowed(ctx, tx, a)
	return min(most, s.dueRing(a, tx.Now)), err
}

// growLater enqueues the step that widens the circle, for when the next ring is due.
func (s *Alerts) growLater(ctx context.Context, tx *store.Tx, a *store.Alert) error {
	at, _, ok := ringDue(a.Facts.MissingAt, a.Reach, s.rule(a.Facts).Reach)
	if !ok {
		return nil
	}
	return tx.Enqueue(ctx, guitu.Grow{AlertID: a.ID}, at)
}

// Grow widens the circle of an active alert to the ring that is due by the child's clock: after a sleep over several, to the right one
// at once. A ring that needs a second officer is asked for first, as far as the others allow. It may be repeated; before the next ring
// is due it answers with a *guitu.RetryError.
func (s *Alerts) Grow(ctx context.Context, alertID int64) error {
	var early *guitu.RetryError
	err := s.update(ctx, func(tx *store.Tx) error {
		early = nil
		a, err := tx.LockAlert(ctx, alertID)
		if err != nil || a.State != guitu.AlertActive {
			return err
		}
		at, _, ok := ringDue(a.Facts.MissingAt, a.Reach, s.rule(a.Facts).Reach)
		if !ok {
			return nil
		}
		if tx.Now.Before(at) {
			early = &guitu.RetryError{After: at.Sub(tx.Now), Err: errors.New("the next ring is not due yet")}
			return nil
		}
		most, err := s.allowed(ctx, tx, a.Alert)
		if err != nil {
			return err
		}
		due := s.dueRing(a.Alert, tx.Now)
		if due > most {
			if err := s.askReach(ctx, tx, a.Alert, due); err != nil {
				return err
			}
			due = most
		}
		if due <= a.Reach {
			return nil
		}
		return s.grow(ctx, tx, &a, due)
	})
	if err != nil {
		return fmt.Errorf("grow alert %d: %w", alertID, err)
	}
	if early != nil {
		return early
	}
	return nil
}

// grow tells the ring up to a radius.
func (s *Alerts) grow(ctx context.Context, tx *store.Tx, a *store.Alert, km int) error {
	inner := a.Reach
	a.Reach = km
	m, err := s.repeat(ctx, tx, a.Alert, guitu.CauseGrow, guitu.Officer{})
	if err != nil {
		return err
	}
	if !s.o.WholeCircle {
		m.Inner = float64(inner)
	}
	if err := s.send(ctx, tx, a, m, fmt.Sprintf("step:grow:%d:%d", a.ID, km)); err != nil {
		return err
	}
	tx.Deed(0, guitu.DeedAlertGrow, a.ID)
	if err := tx.LogAlert(ctx, a.ID, 0, guitu.EventGrown, fmt.Sprintf("%d公里", km)); err != nil {
		return err
	}
	if err := s.growLater(ctx, tx, a); err != nil {
		return err
	}
	return s.save(ctx, tx, *a)
}
