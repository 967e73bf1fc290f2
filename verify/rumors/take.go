package rumors

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/claim"
	"guitu/verify/match"
	"guitu/verify/spot"
)

// ErrMoved means that the source's cursor is not where the batch began: another process has taken the same.
var ErrMoved = errors.New("the source's cursor has moved")

// maxKnown bounds how many phones and contacts a story gathers: a hoax with fifty numbers is known by its first ones.
const maxKnown = 20

// sighting is a post that was spotted, with what it says.
type sighting struct {
	post    guitu.Post
	finding guitu.Finding
	claim   guitu.Claim
}

// Take takes a batch that a source read from cursor: it spots the posts that tell of a missing child, adds each to the story
// that it is a copy of, or begins one, and moves the cursor. It is all or nothing, and a post that was taken before is
// passed over. The next read is due at next. It returns how many posts were spotted.
func (s *Rumors) Take(ctx context.Context, source, cursor string, b guitu.Batch, next time.Time) (int, error) {
	var seen []sighting
	for _, p := range b.Posts {
		if f := spot.Spot(p.Text); f.Spotted {
			c := claim.Read(p.Text, p.PostedAt)
			c.Spans = nil // a story gathers what many texts say
			seen = append(seen, sighting{p, f, c})
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.last
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
		if len(seen) == 0 {
			return nil
		}
		// Two processes must not begin the same story twice: whoever has the lock sees every exemplar of the others.
		if err := tx.Lock(ctx, "take"); err != nil {
			return err
		}
		if last, err = s.catchUp(ctx, tx, last); err != nil {
			return err
		}
		last, err = s.take(ctx, tx, seen, last)
		return err
	})
	if err != nil {
		if len(seen) > 0 && !errors.Is(err, ErrMoved) {
			s.index, s.last = nil, 0 // it may hold what was rolled back
		}
		return 0, fmt.Errorf("take posts of %s: %w", source, err)
	}
	s.last = last
	return len(seen), nil
}

// catchUp brings the index up to the exemplars that this and other processes committed.
func (s *Rumors) catchUp(ctx context.Context, tx *store.Tx, last int64) (int64, error) {
	if s.index == nil {
		s.index, last = match.New(), 0
	}
	for {
		const page = 500
		all, err := tx.Exemplars(ctx, last, page)
		if err != nil {
			return 0, err
		}
		for _, e := range all {
			s.index.Add(e.RumorID, e.PostID, e.Text, claim.Read(e.Text, e.PostedAt))
			last = e.PostID
		}
		if len(all) < page {
			return last, nil
		}
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
			continue
		}
		m := s.index.Find(g.post.Text, g.claim)
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
		grown[m.Story].add(g)
		g.post.SeenAt = tx.Now
		kept := s.index.Add(m.Story, 0, g.post.Text, g.claim)
		if err := tx.CreatePost(ctx, &g.post, m.Story, kept); err != nil {
			return 0, err
		}
		last = g.post.ID
	}
	for _, rumorID := range order {
		if err := s.grow(ctx, tx, *grown[rumorID]); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// begin makes a story of a post that is no copy of a known one, still without posts.
func (s *Rumors) begin(ctx context.Context, tx *store.Tx, g sighting, kin int64) (int64, error) {
	r := guitu.Rumor{
		Status: s.db.Status(), State: guitu.RumorOpen, Topic: g.finding.Topic, Claim: g.claim, Hits: g.finding.Hits,
		Score: g.finding.Score, KinID: kin, FirstSeen: g.post.PostedAt, LastSeen: g.post.PostedAt,
	}
	if err := tx.CreateRumor(ctx, &r); err != nil {
		return 0, err
	}
	if err := tx.Log(ctx, r.ID, 0, guitu.EventTaken, g.post.Source); err != nil {
		return 0, err
	}
	return r.ID, tx.Enqueue(ctx, guitu.Route{RumorID: r.ID}, time.Time{})
}

// growth is what a batch adds to a story.
type growth struct{ before, after guitu.Rumor }

func (w *growth) add(g sighting) {
	r := &w.after
	r.Posts++
	r.Reach += 1 + g.post.Reposts
	if g.post.PostedAt.Before(r.FirstSeen) {
		r.FirstSeen = g.post.PostedAt
	}
	if g.post.PostedAt.After(r.LastSeen) {
		r.LastSeen = g.post.PostedAt
	}
	c, more := &r.Claim, g.claim
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

// grow records a growth. Cards follow when the number of posts passes a power of two, so that a flood of copies costs a chat
// few edits; a story that waits because its place was unknown is routed once the place is known.
func (s *Rumors) grow(ctx context.Context, tx *store.Tx, w growth) error {
	if err := tx.GrowRumor(ctx, w.after); err != nil {
		return err
	}
	if w.before.Posts > 0 && w.before.Claim.Area == "" && w.after.Claim.Area != "" && w.after.State == guitu.RumorOpen {
		if err := tx.Enqueue(ctx, guitu.Route{RumorID: w.after.ID}, time.Time{}); err != nil {
			return err
		}
	}
	if w.before.Posts == 0 || bits.Len(uint(w.before.Posts)) == bits.Len(uint(w.after.Posts)) {
		return nil
	}
	return s.show(ctx, tx, w.after.ID)
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
