package rumors

import (
	"context"
	"errors"
	"fmt"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/claim"
	"guitu/verify/match"
)

// ErrMoved means that the source's cursor is not where the batch began: another process has taken the same.
var ErrMoved = errors.New("the source's cursor has moved")

// maxKnown bounds how many phones and contacts a story gathers: a hoax with fifty numbers is known by its first ones.
const maxKnown = 20

// takeLock is held while posts come to stories or move between them.
const takeLock = "take"

// enoughTellers is how many people must tell a watched story before an officer is asked, though none of their posts is sure.
const enoughTellers = 3

// sighting is a post that tells a story or speaks on one, with what it says.
type sighting struct {
	post    guitu.Post
	finding guitu.Finding
	claim   guitu.Claim
}

// tells reports whether the post is over the lower bar: it joins a story, or begins one.
func (g sighting) tells() bool { return g.finding.Spotted || g.finding.Ask }

// sure reports whether it is over both bars, so that an officer is asked about its story.
func (g sighting) sure() bool { return g.finding.Spotted && g.finding.Ask }

// Take takes a batch that a source read from cursor: it spots the posts that tell of a missing child, adds each to the story
// that it is a copy of, or begins one, and moves the cursor. A post that only speaks on a known story is kept with it as
// evidence. It is all or nothing, and a post that was taken before is passed over. The next read is due at next. It returns
// how many posts tell a story.
//
// A story is watched until one of its posts is sure, or enough people tell it; then it is routed.
func (s *Rumors) Take(ctx context.Context, source, cursor string, b guitu.Batch, next time.Time) (int, error) {
	var seen []sighting
	spotted := 0
	for _, p := range b.Posts {
		g := sighting{post: p, finding: s.spot(p.Text)}
		if g.tells() {
			spotted++
		}
		if g.tells() || g.finding.Topic.Evidence() {
			g.claim = claim.Read(p.Text, p.PostedAt)
			g.claim.Spans = nil // a story gathers what many texts say
			seen = append(seen, g)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.at
	err := s.db.Update(ctx, func(tx *store.Tx) error {
		moved, err := tx.SourceRead(ctx, source, cursor, b.Cursor, len(b.Posts), next)
		if err != nil {
			return err
		}
		if !moved {
			return ErrMoved
		}
		for _, r := range b.Rejects {
			if err := tx.Quarantine(ctx, source, r); err != nil {
				return err
			}
		}
		if len(seen)+len(b.Recounts) == 0 {
			return nil
		}
		// Two processes must not begin the same story twice: whoever has the lock sees every exemplar of the others.
		if err := tx.Lock(ctx, takeLock); err != nil {
			return err
		}
		for _, c := range b.Recounts {
			if err := s.spread(ctx, tx, source, c); err != nil {
				return err
			}
		}
		if len(seen) == 0 {
			return nil
		}
		if at, err = s.catchUp(ctx, tx, at); err != nil {
			return err
		}
		at.post, err = s.take(ctx, tx, seen, at.post)
		return err
	})
	if err != nil {
		if len(seen) > 0 && !errors.Is(err, ErrMoved) {
			s.index, s.at = nil, place{} // it may hold what was rolled back
		}
		return 0, fmt.Errorf("take posts of %s: %w", source, err)
	}
	s.at = at
	return spotted, nil
}

// place is how far the index has followed the database.
type place struct{ post, move int64 }

// catchUp brings the index up to the exemplars that this and other processes committed, and to what officers moved.
func (s *Rumors) catchUp(ctx context.Context, tx *store.Tx, at place) (place, error) {
	moves, err := tx.Moves(ctx, at.move)
	if err != nil {
		return at, err
	}
	if s.index == nil {
		s.index, at = match.New(), place{}
	}
	moved := map[int64]bool{}
	for _, m := range moves {
		at.move = m.ID
		if at.post == 0 || moved[m.RumorID] {
			continue // nothing is known yet that could have moved
		}
		moved[m.RumorID] = true
		s.index.Remove(m.RumorID)
		all, err := tx.ExemplarsOf(ctx, m.RumorID, at.post)
		if err != nil {
			return at, err
		}
		s.know(all)
	}
	for {
		const page = 500
		all, err := tx.Exemplars(ctx, at.post, page)
		if err != nil {
			return at, err
		}
		s.know(all)
		if len(all) > 0 {
			at.post = all[len(all)-1].PostID
		}
		if len(all) < page {
			return at, nil
		}
	}
}

// know adds exemplars to the index.
func (s *Rumors) know(all []store.Exemplar) {
	for _, e := range all {
		s.index.Add(e.RumorID, e.PostID, e.Text, claim.Read(e.Text, e.PostedAt))
	}
}

// take adds each sighting to its story, and returns the last post stored.
func (s *Rumors) take(ctx context.Context, tx *store.Tx, seen []sighting, last int64) (int64, error) {
	grown := map[int64]*growth{}
	var order []int64
	for _, g := range seen {
		have, err := tx.HasPost(ctx, g.post.Source, g.post.ExternalID)
		if err != nil {
			return 0, err
		}
		if have {
			if err := s.spread(ctx, tx, g.post.Source, guitu.Recount{ExternalID: g.post.ExternalID, Reposts: g.post.Reposts}); err != nil {
				return 0, err
			}
			continue
		}
		m := s.index.Find(g.post.Text, g.claim)
		if m.Relation == match.About && !g.sure() && !g.finding.Topic.Evidence() {
			g.finding = guitu.Finding{Topic: guitu.FoundNews} // spotting doubted that it tells the story, and so it does not
		}
		if m.Story == 0 && !g.tells() {
			continue // it speaks on something that nobody knows
		}
		if m.Story == 0 {
			if m.Story, err = s.begin(ctx, tx, g, m.Kin); err != nil {
				return 0, err
			}
		}
		if grown[m.Story] == nil {
			r, err := tx.Rumor(ctx, m.Story)
			if err != nil {
				return 0, err
			}
			grown[m.Story] = &growth{before: r.Rumor, after: r.Rumor}
			order = append(order, m.Story)
		}
		if g.post.SeenAt = tx.Now; !g.tells() {
			g.post.Evidence = g.finding.Topic
		}
		if err := tx.CreatePost(ctx, &g.post, m.Story); err != nil {
			return 0, err
		}
		last = g.post.ID
		if !g.tells() {
			grown[m.Story].evidence++
			continue
		}
		grown[m.Story].add(g)
		if s.index.Add(m.Story, g.post.ID, g.post.Text, g.claim) {
			grown[m.Story].taught = true
			if err := s.keep(ctx, tx, g.post); err != nil {
				return 0, err
			}
		}
	}
	for _, rumorID := range order {
		if err := s.grow(ctx, tx, *grown[rumorID]); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// keep marks a post as an exemplar, whose pictures are worth a look.
func (s *Rumors) keep(ctx context.Context, tx *store.Tx, p guitu.Post) error {
	if err := tx.SetExemplar(ctx, p.ID, true); err != nil || len(p.Images) == 0 {
		return err
	}
	return tx.Enqueue(ctx, guitu.Look{PostID: p.ID}, time.Time{})
}

// begin makes a story of a post that is no copy of a known one, still watched and without posts.
func (s *Rumors) begin(ctx context.Context, tx *store.Tx, g sighting, kin int64) (int64, error) {
	r := guitu.Rumor{
		Status: s.db.Status(), State: guitu.RumorWatched, Topic: g.finding.Topic, Claim: g.claim, Hits: g.finding.Hits,
		Score: g.finding.Score, KinID: kin, FirstSeen: g.post.PostedAt, LastSeen: g.post.PostedAt,
	}
	if err := tx.CreateRumor(ctx, &r); err != nil {
		return 0, err
	}
	return r.ID, tx.Log(ctx, r.ID, 0, guitu.EventTaken, g.post.Source)
}
