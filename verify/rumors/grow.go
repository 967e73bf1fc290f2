package rumors

import (
	"context"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"guitu"
	"guitu/internal/store"
)

// growth is what a batch adds to a story.
type growth struct {
	before, after guitu.Rumor
	sure          bool // one of the posts is over both bars
	evidence      int  // posts that speak on the story
	taught        bool // one of the posts says what no other said
}

// add adds a post that tells the story.
func (w *growth) add(g sighting) {
	r := &w.after
	w.sure = w.sure || g.sure()
	r.Posts++
	r.Reach += 1 + g.post.Reposts
	if g.post.PostedAt.Before(r.FirstSeen) {
		r.FirstSeen = g.post.PostedAt
	}
	if g.post.PostedAt.After(r.LastSeen) {
		r.LastSeen = g.post.PostedAt
	}
	if g.finding.Score > r.Score {
		r.Topic, r.Score, r.Hits = g.finding.Topic, g.finding.Score, g.finding.Hits
	}
	gather(&r.Claim, g.claim)
}

// gather adds to a claim what another one of the same child states: the first that states a field wins.
func gather(c *guitu.Claim, more guitu.Claim) {
	for _, f := range []struct {
		have *string
		also string
	}{
		{&c.Name, more.Name},
		{&c.Sex, more.Sex},
		{&c.Age, more.Age},
		{&c.Born, more.Born},
		{&c.Height, more.Height},
		{&c.Weight, more.Weight},
		{&c.Reward, more.Reward},
		{&c.Clothing, more.Clothing},
		{&c.Features, more.Features},
		{&c.Taker, more.Taker},
	} {
		if *f.have == "" {
			*f.have = f.also
		}
	}
	// The words for the time and its instant come from one post: 昨天 is another day in every copy.
	if c.MissingAt == "" {
		c.MissingAt, c.LostAt = more.MissingAt, more.LostAt
	}
	// The words for the place and its code come from one post, so that the card never names one town and goes to another.
	if c.Area == "" && more.Area != "" {
		c.Place, c.Area, c.Point, c.AreaHint = more.Place, more.Area, more.Point, ""
	} else if c.Place == "" && more.Area == "" {
		c.Place = more.Place
	}
	if c.Area == "" && c.AreaHint == "" {
		c.AreaHint = more.AreaHint
	}
	c.Phones = union(c.Phones, more.Phones)
	c.Contacts = union(c.Contacts, more.Contacts)
}

func union(have, also []string) []string {
	for _, v := range also {
		if len(have) < maxKnown && !slices.Contains(have, v) {
			have = append(slices.Clip(have), v)
		}
	}
	return have
}

// grow records a growth: a watched story is raised when it may be, an open one is routed again once its place is known, and cards
// follow.
func (s *Rumors) grow(ctx context.Context, tx *store.Tx, w growth) error {
	if w.after.Posts > w.before.Posts {
		if err := tx.GrowRumor(ctx, w.after); err != nil {
			return err
		}
		if err := s.raise(ctx, tx, w); err != nil {
			return err
		}
	}
	if w.before.State == guitu.RumorOpen && where(w.before.Claim) != where(w.after.Claim) {
		if err := tx.Enqueue(ctx, guitu.Route{RumorID: w.after.ID}, time.Time{}); err != nil {
			return err
		}
	}
	if w.taught && w.after.State == guitu.RumorRuled {
		if err := s.register(ctx, tx, w.after.ID); err != nil {
			return err
		}
	}
	shown := w.before.Posts > 0 && passes(w.before.Posts, w.after.Posts)
	if w.evidence > 0 {
		e, err := tx.Evidence(ctx, w.after.ID)
		if err != nil {
			return err
		}
		if n := e.Debunks + e.Found; passes(n-w.evidence, n) {
			if _, err := tx.LockRumor(ctx, w.after.ID); err != nil { // what its cards show has changed
				return err
			}
			shown = true
		}
	}
	if !shown {
		return nil
	}
	return s.show(ctx, tx, w.after.ID)
}

// spread takes over that a post has been passed on more often. The notice of a story that has spread far does not wait.
func (s *Rumors) spread(ctx context.Context, tx *store.Tx, source string, c guitu.Recount) error {
	before, more, err := tx.Recount(ctx, source, c)
	if err != nil || !more {
		return err
	}
	after, err := tx.Rumor(ctx, before.ID)
	if err != nil || !passes(before.Reach, after.Reach) {
		return err
	}
	return s.show(ctx, tx, before.ID)
}

// passes reports whether a count passes a power of two, so that a flood of posts costs a chat few edits.
func passes(before, after int) bool { return bits.Len(uint(before)) != bits.Len(uint(after)) }

// raise has an officer asked about a watched story once one of its posts is sure, or enough people tell it.
func (s *Rumors) raise(ctx context.Context, tx *store.Tx, w growth) error {
	if w.before.State != guitu.RumorWatched {
		return nil
	}
	why := "有帖文达到派单标准"
	if !w.sure {
		n, err := tx.Tellers(ctx, w.after.ID)
		if err != nil || n < enoughTellers {
			return err
		}
		why = fmt.Sprintf("已有 %d 人分别发帖", n)
	}
	return s.ask(ctx, tx, w.after.ID, 0, why)
}

// ask makes a watched story wait for an officer, and has it routed. It does nothing in any other state.
func (s *Rumors) ask(ctx context.Context, tx *store.Tx, rumorID, officerID int64, why string) error {
	raised, err := tx.RaiseRumor(ctx, rumorID)
	if err != nil || !raised {
		return err
	}
	if err := tx.Log(ctx, rumorID, officerID, guitu.EventRaised, why); err != nil {
		return err
	}
	return tx.Enqueue(ctx, guitu.Route{RumorID: rumorID}, time.Time{})
}

// show brings every standing card of a story up to date.
func (s *Rumors) show(ctx context.Context, tx *store.Tx, rumorID int64) error {
	cards, err := tx.Cards(ctx, rumorID)
	if err != nil {
		return err
	}
	for _, c := range cards {
		if c.Ref.Message == "" {
			continue // Ask will put the newest state there
		}
		if err := tx.Enqueue(ctx, guitu.Show{CardID: c.ID}, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}
