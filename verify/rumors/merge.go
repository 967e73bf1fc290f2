package rumors

import (
	"context"
	"fmt"

	"guitu"
	"guitu/internal/store"
)

// Merge joins a story to another one on an officer's word that both are the same. Its posts move; its history, verdict and
// notices stay where they are, and its page and cards say where it went. Joined to a ruled story its posts count as copies of
// that, and nothing more is told to the public. Merging the same two again changes nothing. Errors for people are
// *guitu.Error, and then nothing has changed: Conflict when the verdicts forbid it.
func (s *Rumors) Merge(ctx context.Context, rumorID, intoID, officerID int64) error {
	if rumorID == intoID {
		return guitu.Errorf(guitu.Invalid, "不能把传言并入它自己")
	}
	return s.db.Update(ctx, func(tx *store.Tx) error {
		from, into, err := lockBoth(ctx, tx, rumorID, intoID)
		if err != nil {
			return err
		}
		if err := s.mayRegroup(ctx, tx, officerID, from, into); err != nil {
			return err
		}
		if from.MergedInto == intoID {
			return nil // pressed again
		}
		if err := mergeable(ctx, tx, from, into); err != nil {
			return err
		}
		tx.Audit(guitu.Entry{OfficerID: officerID, Deed: guitu.DeedRumorMerge, ThingID: rumorID, Detail: map[string]string{
			"into": guitu.Ref(intoID),
		}})
		return s.merge(ctx, tx, from, into, officerID, guitu.EventMerged)
	})
}

// lockBoth locks two stories against every other change, in the order of their IDs, and posts against being taken meanwhile.
func lockBoth(ctx context.Context, tx *store.Tx, a, b int64) (first, second guitu.Rumor, err error) {
	if err := tx.Lock(ctx, takeLock); err != nil {
		return first, second, err
	}
	locked := map[int64]guitu.Rumor{}
	for _, id := range []int64{min(a, b), max(a, b)} {
		r, err := tx.LockRumor(ctx, id)
		if err != nil {
			return first, second, err
		}
		locked[id] = r.Rumor
	}
	return locked[a], locked[b], nil
}

// mayRegroup refuses whoever may not say which posts belong together: an administrator may, and an officer who may act on all of
// the stories.
func (s *Rumors) mayRegroup(ctx context.Context, tx *store.Tx, officerID int64, all ...guitu.Rumor) error {
	o, err := tx.Officer(ctx, officerID)
	if err != nil {
		return err
	}
	if o.Role == guitu.RoleAdmin && o.Acts(tx.Now) == nil {
		return nil
	}
	for _, r := range all {
		if _, err := s.officer(ctx, tx, officerID, r); err != nil {
			return err
		}
	}
	return nil
}

// mergeable refuses to join what the verdicts tell apart.
func mergeable(ctx context.Context, tx *store.Tx, from, into guitu.Rumor) error {
	for _, r := range []guitu.Rumor{from, into} {
		if err := notMerged(r); err != nil {
			return err
		}
	}
	if from.State != guitu.RumorRuled {
		return nil
	}
	if into.State != guitu.RumorRuled {
		return guitu.Errorf(guitu.Conflict, "传言 #%d 已有核查结论，请反过来把未核查的传言 #%d 并入它", from.ID, into.ID)
	}
	a, err := tx.CurrentVerdict(ctx, from.ID)
	if err != nil {
		return err
	}
	b, err := tx.CurrentVerdict(ctx, into.ID)
	if err != nil {
		return err
	}
	if a == nil || b == nil || a.Ruling != b.Ruling || a.Ending != b.Ending {
		return guitu.Errorf(guitu.Conflict, "传言 #%d 与 #%d 的核查结论不同，不能并案。如确为同一传言，请先更正其中一条的结论", from.ID, into.ID)
	}
	return nil
}

// notMerged refuses to do anything with a story that has gone into another.
func notMerged(r guitu.Rumor) error {
	if r.MergedInto == 0 {
		return nil
	}
	return guitu.Errorf(guitu.Conflict, "传言 #%d 已并入传言 #%d，请在那里处理", r.ID, r.MergedInto)
}

// merge moves everything of a locked story that goes on into another locked one.
func (s *Rumors) merge(ctx context.Context, tx *store.Tx, from, into guitu.Rumor, officerID int64, kind guitu.EventKind) error {
	moved, err := tx.MovePosts(ctx, from.ID, into.ID)
	if err != nil {
		return err
	}
	if err := tx.EndAssignment(ctx, from.ID); err != nil {
		return err
	}
	if err := tx.MergeRumor(ctx, from.ID, into.ID); err != nil {
		return err
	}
	if err := tx.MoveKin(ctx, from, into); err != nil {
		return err
	}
	for r, detail := range map[int64]string{
		from.ID: fmt.Sprintf("并入传言 #%d（%d 帖）", into.ID, moved),
		into.ID: fmt.Sprintf("收入传言 #%d（%d 帖）", from.ID, moved),
	} {
		if err := tx.Log(ctx, r, officerID, kind, detail); err != nil {
			return err
		}
	}
	w := growth{before: into, after: into}
	if from.Score > into.Score {
		w.after.Topic, w.after.Score, w.after.Hits = from.Topic, from.Score, from.Hits
	}
	gather(&w.after.Claim, from.Claim)
	// What was sure enough to ask once stays so.
	w.sure = from.State == guitu.RumorOpen
	if err := s.recount(ctx, tx, &w.after); err != nil {
		return err
	}
	if err := s.grow(ctx, tx, w); err != nil {
		return err
	}
	for _, r := range []int64{from.ID, into.ID} {
		if err := s.register(ctx, tx, r); err != nil {
			return err
		}
	}
	if err := s.show(ctx, tx, from.ID); err != nil {
		return err
	}
	return s.show(ctx, tx, into.ID)
}

// recount counts a story's posts anew.
func (s *Rumors) recount(ctx context.Context, tx *store.Tx, r *guitu.Rumor) error {
	n, err := tx.CountPosts(ctx, r.ID)
	if err != nil {
		return err
	}
	r.Posts, r.Reach = n.Posts, n.Reach
	if n.Posts > 0 {
		r.FirstSeen, r.LastSeen = n.First, n.Last
	}
	return nil
}
