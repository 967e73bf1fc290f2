package rumors

import (
	"context"
	"fmt"
	"strings"
	"time"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/internal/store"
)

// Route assigns a waiting story to the nearest desk on duty; when no desk is on duty, to the nearest. A story whose place is
// unknown goes to the top desk. A story that waits at a desk already moves only when its place has become known since, or is
// known better.
// It may be repeated.
func (s *Rumors) Route(ctx context.Context, rumorID int64) error {
	err := s.db.Update(ctx, func(tx *store.Tx) error {
		r, err := tx.LockRumor(ctx, rumorID)
		if err != nil {
			return err
		}
		if r.State != guitu.RumorOpen {
			return nil
		}
		a, err := tx.LastAssignment(ctx, rumorID)
		if err != nil {
			return err
		}
		area := where(r.Claim)
		desk, err := s.nearest(ctx, tx, area, below)
		if err != nil {
			return err
		}
		if a != nil && (a.Reason != "route" || a.Desk.Area.Covers(area) && desk.Area.Level() >= a.Desk.Area.Level()) {
			return nil
		}
		return s.assign(ctx, tx, rumorID, desk, "route", 0)
	})
	if err != nil {
		return fmt.Errorf("route rumor %d: %w", rumorID, err)
	}
	return nil
}

// Escalate hands the story of an assignment that nobody answered to the next desk up: county, city, province, country. It does
// nothing when the assignment has ended, and at the top. It may be repeated.
func (s *Rumors) Escalate(ctx context.Context, assignmentID int64) error {
	err := s.db.Update(ctx, func(tx *store.Tx) error {
		a, err := tx.Assignment(ctx, assignmentID)
		if err != nil {
			return err
		}
		r, err := tx.LockRumor(ctx, a.RumorID)
		if err != nil {
			return err
		}
		// Read again under the lock: an answer may have come in between.
		if a, err = tx.Assignment(ctx, assignmentID); err != nil {
			return err
		}
		if r.State != guitu.RumorOpen || !a.Ended.IsZero() || a.Desk.Area.Level() == guitu.Country {
			return nil
		}
		desk, err := s.nearest(ctx, tx, where(r.Claim), a.Desk.Area.Level())
		if err != nil {
			return err
		}
		return s.assign(ctx, tx, a.RumorID, desk, "escalate", 0)
	})
	if err != nil {
		return fmt.Errorf("escalate assignment %d: %w", assignmentID, err)
	}
	return nil
}

// HandOver passes a story without a verdict to another desk on an officer's word. The same Handover.Key again changes nothing,
// also when the story has moved on since.
func (s *Rumors) HandOver(ctx context.Context, h guitu.Handover) error {
	if h.Key == "" {
		return guitu.Errorf(guitu.Invalid, "缺少操作标识，请重新打开页面")
	}
	return s.db.Update(ctx, func(tx *store.Tx) error {
		r, err := tx.LockRumor(ctx, h.RumorID)
		if err != nil {
			return err
		}
		desk, err := tx.Desk(ctx, h.DeskID)
		if err != nil {
			return err
		}
		if _, err := tx.Officer(ctx, h.OfficerID); err != nil {
			return err
		}
		// A refusal rolls this back with the rest.
		if fresh, err := tx.CreateHandover(ctx, h); err != nil || !fresh {
			return err
		}
		if _, err := s.officer(ctx, tx, h.OfficerID, r.Rumor); err != nil {
			return err
		}
		if err := notMerged(r.Rumor); err != nil {
			return err
		}
		if r.State != guitu.RumorOpen && r.State != guitu.RumorWatched {
			return s.settled(ctx, tx, h.RumorID)
		}
		if _, err := tx.RaiseRumor(ctx, h.RumorID); err != nil {
			return err
		}
		a, err := tx.LastAssignment(ctx, h.RumorID)
		if err != nil {
			return err
		}
		if a != nil && a.Ended.IsZero() && a.Desk.ID == desk.ID {
			return nil
		}
		tx.Audit(guitu.Entry{OfficerID: h.OfficerID, Deed: guitu.DeedRumorHandOver, ThingID: h.RumorID, Detail: map[string]string{
			"desk": guitu.Ref(desk.ID),
		}})
		return s.assign(ctx, tx, h.RumorID, desk, "handover", h.OfficerID)
	})
}

// where is the area whose desks are asked about a claim: the one that it states, or the city that a landline or the accounts called
// upon suggest. A wrong guess costs one handing over; no guess costs the top desk every such story. Where a mobile number is from
// is shown on the card and no more: people move, and a hoax has numbers from anywhere.
func where(c guitu.Claim) guitu.Area {
	if c.Area != "" || c.AreaHint == "" {
		return c.Area
	}
	mobile := false
	for _, p := range c.Phones {
		if area, ok := gazetteer.OfPhone(p); ok && area == c.AreaHint {
			if strings.HasPrefix(p, "0") {
				return c.AreaHint
			}
			mobile = true
		}
	}
	if mobile {
		return ""
	}
	return c.AreaHint
}

// below is under the lowest level, so that every desk is above it.
const below = guitu.County - 1

// nearest returns the lowest desk above a level that covers an area and has somebody on duty, or else the lowest.
func (s *Rumors) nearest(ctx context.Context, tx *store.Tx, area guitu.Area, above guitu.Level) (guitu.Desk, error) {
	desks, err := tx.Desks(ctx)
	if err != nil {
		return guitu.Desk{}, err
	}
	on, err := tx.DesksOnDuty(ctx)
	if err != nil {
		return guitu.Desk{}, err
	}
	var best guitu.Desk
	better := func(d guitu.Desk) bool {
		switch {
		case best.ID == 0:
			return true
		case on[d.ID] != on[best.ID]:
			return on[d.ID]
		}
		return d.Area.Level() < best.Area.Level()
	}
	for _, d := range desks {
		if d.Area.Covers(area) && d.Area.Level() > above && better(d) {
			best = d
		}
	}
	if best.ID == 0 {
		return best, fmt.Errorf("no desk covers area %q above level %s", area, above)
	}
	return best, nil
}

// assign makes a story wait at a desk until its deadline, and puts a card into the desk's chat, or brings the one that
// stands there up to date: a chat holds one card of a story.
func (s *Rumors) assign(ctx context.Context, tx *store.Tx, rumorID int64, desk guitu.Desk, reason string, officerID int64) error {
	a := guitu.Assignment{RumorID: rumorID, Desk: desk, Reason: reason}
	wait := s.o.EscalateAfter[desk.Area.Level()]
	if wait > 0 && desk.Area.Level() != guitu.Country {
		a.Due = tx.Now.Add(wait)
	}
	if err := tx.Assign(ctx, &a); err != nil {
		return err
	}
	if !a.Due.IsZero() {
		if err := tx.Enqueue(ctx, guitu.Escalate{AssignmentID: a.ID}, a.Due); err != nil {
			return err
		}
	}
	kind := map[string]guitu.EventKind{
		"route": guitu.EventAssigned, "escalate": guitu.EventEscalated, "handover": guitu.EventHanded,
	}[reason]
	if err := tx.Log(ctx, rumorID, officerID, kind, desk.Name); err != nil {
		return err
	}
	cards, err := tx.Cards(ctx, rumorID)
	if err != nil {
		return err
	}
	stands := desk.TelegramChat == ""
	for _, c := range cards {
		stands = stands || c.Ref.Chat == desk.TelegramChat
	}
	if !stands {
		c := store.Card{RumorID: rumorID, Ref: guitu.MessageRef{Chat: desk.TelegramChat}}
		if err := tx.CreateCard(ctx, &c); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, guitu.Ask{CardID: c.ID}, time.Time{}); err != nil {
			return err
		}
	}
	return s.show(ctx, tx, rumorID)
}
