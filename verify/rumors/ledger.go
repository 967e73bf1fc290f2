package rumors

import (
	"context"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/desks"
)

// Question returns the card of a story.
func (s *Rumors) Question(ctx context.Context, rumorID int64) (q guitu.Question, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		q, _, err = Load(ctx, tx, rumorID)
		return err
	})
	return q, err
}

// Load reads the card of a story, and the story's version that it shows.
func Load(ctx context.Context, tx *store.Tx, rumorID int64) (q guitu.Question, version int64, err error) {
	r, err := tx.Rumor(ctx, rumorID)
	if err != nil {
		return q, 0, err
	}
	q.Rumor = r.Rumor
	if q.Samples, err = tx.Samples(ctx, rumorID); err != nil {
		return q, 0, err
	}
	if q.PostsLast24, err = tx.PostsSince(ctx, rumorID, tx.Now.Add(-24*time.Hour)); err != nil {
		return q, 0, err
	}
	if q.Evidence, err = tx.Evidence(ctx, rumorID); err != nil {
		return q, 0, err
	}
	if q.Seen, err = seen(ctx, tx, r.Rumor); err != nil {
		return q, 0, err
	}
	if q.Verdict, err = tx.CurrentVerdict(ctx, rumorID); err != nil {
		return q, 0, err
	}
	if q.Verdict != nil {
		if q.Notice, err = tx.NoticeOf(ctx, q.Verdict.ID); err != nil {
			return q, 0, err
		}
	}
	if q.Assignment, err = tx.LastAssignment(ctx, rumorID); err != nil {
		return q, 0, err
	}
	if q.Precedent, err = precedent(ctx, tx, r.KinID); err != nil {
		return q, 0, err
	}
	if q.Into, err = precedent(ctx, tx, r.MergedInto); err != nil {
		return q, 0, err
	}
	q.Merged, err = tx.MergedRumors(ctx, rumorID)
	return q, r.Version, err
}

// precedent reads another story with its verdict; nil when rumorID is 0.
func precedent(ctx context.Context, tx *store.Tx, rumorID int64) (*guitu.Precedent, error) {
	if rumorID == 0 {
		return nil, nil
	}
	r, err := tx.Rumor(ctx, rumorID)
	if err != nil {
		return nil, err
	}
	v, err := tx.CurrentVerdict(ctx, rumorID)
	return &guitu.Precedent{Rumor: r.Rumor, Verdict: v}, err
}

// Waiting returns the cards of the open stories of an area, the longest waiting first.
func (s *Rumors) Waiting(ctx context.Context, area guitu.Area, limit int) (all []guitu.Question, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		waiting, err := tx.WaitingRumors(ctx, area, limit)
		if err != nil {
			return err
		}
		for _, r := range waiting {
			q, _, err := Load(ctx, tx, r.ID)
			if err != nil {
				return err
			}
			all = append(all, q)
		}
		return nil
	})
	return all, err
}

// List lists stories, the newest first.
func (s *Rumors) List(ctx context.Context, f store.RumorFilter) (all []guitu.Rumor, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		stored, err := tx.Rumors(ctx, f)
		for _, r := range stored {
			all = append(all, r.Rumor)
		}
		return err
	})
	return all, err
}

// Alike lists stories that may be the same as one: its kin, or those that the filter's text finds.
func (s *Rumors) Alike(ctx context.Context, rumorID int64, f store.RumorFilter) (all []guitu.Rumor, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		r, err := tx.Rumor(ctx, rumorID)
		if err != nil {
			return err
		}
		stored, err := tx.AlikeRumors(ctx, r.Rumor, f)
		for _, r := range stored {
			all = append(all, r.Rumor)
		}
		return err
	})
	return all, err
}

// Posts lists the posts of a story, the first seen first.
func (s *Rumors) Posts(ctx context.Context, rumorID int64, limit int) (all []guitu.Post, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Posts(ctx, rumorID, limit)
		return err
	})
	return all, err
}

// History lists what happened to a story, the oldest first.
func (s *Rumors) History(ctx context.Context, rumorID int64) (all []guitu.Event, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		all, err = tx.History(ctx, rumorID)
		return err
	})
	return all, err
}

// Viewed records that an officer opened the full text of a story, and why: in its history, the log of views and the audit trail.
func (s *Rumors) Viewed(ctx context.Context, rumorID, officerID int64, why guitu.ViewReason, note string) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		o, err := tx.Officer(ctx, officerID)
		if err != nil {
			return err
		}
		if err := tx.CreateView(ctx, &guitu.View{Officer: o, RumorID: rumorID, Reason: why, Note: note}); err != nil {
			return err
		}
		return tx.Log(ctx, rumorID, officerID, guitu.EventViewed, why.Words())
	})
}

// SawCard records that a card of a story stands at ref, as a press on it proves, and has it brought up to date.
func (s *Rumors) SawCard(ctx context.Context, rumorID int64, ref guitu.MessageRef) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockRumor(ctx, rumorID); err != nil {
			return err
		}
		known, err := tx.HasCardAt(ctx, ref)
		if err != nil || known {
			return err
		}
		c := store.Card{RumorID: rumorID, Ref: ref}
		if err := tx.CreateCard(ctx, &c); err != nil {
			return err
		}
		return tx.Enqueue(ctx, guitu.Show{CardID: c.ID}, time.Time{})
	})
}

// SavePrompt keeps a ruling that an officer began, and returns its ID. The same again is the same ID.
func (s *Rumors) SavePrompt(ctx context.Context, p guitu.Prompt) (promptID int64, err error) {
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		promptID, err = tx.SavePrompt(ctx, p)
		return err
	})
	return promptID, err
}

// Prompt returns a ruling that an officer began.
func (s *Rumors) Prompt(ctx context.Context, promptID int64) (p guitu.Prompt, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		p, err = tx.Prompt(ctx, promptID)
		return err
	})
	return p, err
}

// Deliveries lists deliveries, the newest first; the empty state lists all.
func (s *Rumors) Deliveries(ctx context.Context, state guitu.DeliveryState, before int64, limit int) (all []guitu.Delivery, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Deliveries(ctx, state, before, limit)
		return err
	})
	return all, err
}

// Delivery returns one delivery.
func (s *Rumors) Delivery(ctx context.Context, deliveryID int64) (d guitu.Delivery, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		d, err = tx.Delivery(ctx, deliveryID)
		return err
	})
	return d, err
}

// Resend sends a delivery that is unknown, refused or given up once more, on an administrator's word.
func (s *Rumors) Resend(ctx context.Context, deliveryID, officerID int64) error {
	return s.settle(ctx, deliveryID, officerID, guitu.DeedDeliveryResend)
}

// MarkSent records that an administrator looked and found an unknown delivery published.
func (s *Rumors) MarkSent(ctx context.Context, deliveryID, officerID int64) error {
	return s.settle(ctx, deliveryID, officerID, guitu.DeedDeliverySent)
}

// MarkHandled records that an administrator dealt with a copy that says what no longer holds and that the bot can't change.
func (s *Rumors) MarkHandled(ctx context.Context, deliveryID, officerID int64) error {
	return s.settle(ctx, deliveryID, officerID, guitu.DeedDeliveryHandled)
}

// settle does with a delivery what a person says, if its state allows.
func (s *Rumors) settle(ctx context.Context, deliveryID, officerID int64, deed guitu.Deed) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		if err := desks.Admin(ctx, tx, officerID); err != nil {
			return err
		}
		d, err := tx.Delivery(ctx, deliveryID)
		if err != nil {
			return err
		}
		n, err := tx.NoticeByID(ctx, d.NoticeID)
		if err != nil {
			return err
		}
		return tx.Settle(ctx, d, n, officerID, deed)
	})
}

// Sources lists how the sources are doing.
func (s *Rumors) Sources(ctx context.Context) (all []guitu.SourceState, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Sources(ctx)
		return err
	})
	return all, err
}

// ResumeSource lets a paused source be read again, on an administrator's word.
func (s *Rumors) ResumeSource(ctx context.Context, name string, officerID int64) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		if err := desks.Admin(ctx, tx, officerID); err != nil {
			return err
		}
		tx.Audit(guitu.Entry{OfficerID: officerID, Deed: guitu.DeedSourceResume, Detail: map[string]string{"source": name}})
		return tx.ResumeSource(ctx, name)
	})
}

// Channels lists how the channels are doing of which something is known.
func (s *Rumors) Channels(ctx context.Context) (all []guitu.ChannelState, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		all, err = tx.ChannelStates(ctx)
		return err
	})
	return all, err
}

// ResumeChannel lets a paused channel go on with what it held, on an administrator's word.
func (s *Rumors) ResumeChannel(ctx context.Context, name string, officerID int64) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		if err := desks.Admin(ctx, tx, officerID); err != nil {
			return err
		}
		tx.Audit(guitu.Entry{OfficerID: officerID, Deed: guitu.DeedChannelResume, Detail: map[string]string{"channel": name}})
		return tx.ResumeChannel(ctx, name)
	})
}

// Partials lists the latest notices that stand on some channels and need a person on others.
func (s *Rumors) Partials(ctx context.Context, limit int) (all []guitu.Partial, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Partials(ctx, limit)
		return err
	})
	return all, err
}

// Quarantine lists what could not be read as a post, the newest first.
func (s *Rumors) Quarantine(ctx context.Context, limit int) (all []guitu.Quarantined, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Quarantined(ctx, limit)
		return err
	})
	return all, err
}
