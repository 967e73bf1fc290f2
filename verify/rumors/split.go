package rumors

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/claim"
	"guitu/verify/match"
)

// MaxSplit is how many posts are split off a story at once.
const MaxSplit = 500

// readBack is how many posts of a story are read again to say what it tells and by what it is recognised.
const readBack = 500

// Split takes posts out of a story into one of their own, on an officer's word that they tell of another child. It is open and
// routed, and later posts like them go to it. The same posts again return the story that they are in. Errors for people are
// *guitu.Error, and then nothing has changed.
func (s *Rumors) Split(ctx context.Context, rumorID int64, postIDs []int64, officerID int64) (splitID int64, err error) {
	postIDs = slices.Clone(postIDs)
	slices.Sort(postIDs)
	postIDs = slices.Compact(postIDs)
	if len(postIDs) == 0 || len(postIDs) > MaxSplit {
		return 0, guitu.Errorf(guitu.Invalid, "请选择要拆出的帖文，一次最多 %d 条", MaxSplit)
	}
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, takeLock); err != nil {
			return err
		}
		r, err := tx.LockRumor(ctx, rumorID)
		if err != nil {
			return err
		}
		if err := s.mayRegroup(ctx, tx, officerID, r.Rumor); err != nil {
			return err
		}
		posts, done, err := chosen(ctx, tx, r.Rumor, postIDs)
		if err != nil || done != 0 {
			splitID = done
			return err
		}
		splitID, err = s.split(ctx, tx, r.Rumor, posts, officerID)
		return err
	})
	if err != nil {
		return 0, err
	}
	return splitID, nil
}

// chosen returns the posts to be split off a story, or the story that has them since they were.
func chosen(ctx context.Context, tx *store.Tx, r guitu.Rumor, postIDs []int64) (posts []guitu.Post, done int64, err error) {
	in := map[int64]bool{}
	copies := 0
	for _, id := range postIDs {
		p, rumorID, err := tx.Post(ctx, id)
		if err != nil {
			return nil, 0, err
		}
		in[rumorID] = true
		if p.Evidence == "" {
			copies++
		}
		posts = append(posts, p)
	}
	if !in[r.ID] && len(in) == 1 {
		for id := range in {
			off, err := tx.Rumor(ctx, id)
			if err != nil {
				return nil, 0, err
			}
			if off.SplitFrom == r.ID {
				return nil, id, nil // pressed again
			}
		}
	}
	switch {
	case r.MergedInto != 0:
		return nil, 0, notMerged(r)
	case !in[r.ID] || len(in) > 1:
		return nil, 0, guitu.Errorf(guitu.Conflict, "所选帖文中有的已不在传言 #%d 中，请重新打开页面", r.ID)
	case copies == 0:
		return nil, 0, guitu.Errorf(guitu.Invalid, "请至少选择一条传播该说法的帖文")
	case copies == r.Posts:
		return nil, 0, guitu.Errorf(guitu.Invalid, "至少要留下一条传播该说法的帖文")
	}
	return posts, 0, nil
}

// split makes a story of posts of a locked one.
func (s *Rumors) split(ctx context.Context, tx *store.Tx, from guitu.Rumor, posts []guitu.Post, officerID int64) (int64, error) {
	w := growth{after: guitu.Rumor{
		Status: from.Status, State: guitu.RumorWatched, Topic: from.Topic, KinID: from.ID, SplitFrom: from.ID,
		FirstSeen: posts[0].PostedAt, LastSeen: posts[0].PostedAt,
	}}
	for _, p := range posts {
		if p.Evidence == "" {
			w.add(s.sight(p))
		}
	}
	if w.after.Topic == "" || w.after.Topic.Evidence() {
		w.after.Topic = from.Topic // an officer says that it is a story, whatever spotting says
	}
	off := w.after
	if err := tx.CreateRumor(ctx, &off); err != nil {
		return 0, err
	}
	for _, p := range posts {
		// All of them, so that later posts like them come here and not back.
		if err := tx.MovePost(ctx, p.ID, off.ID, p.Evidence == ""); err != nil {
			return 0, err
		}
	}
	for r, detail := range map[int64]string{
		from.ID: fmt.Sprintf("拆出 %d 帖，另成传言 #%d", len(posts), off.ID),
		off.ID:  fmt.Sprintf("由传言 #%d 拆出 %d 帖", from.ID, len(posts)),
	} {
		if err := tx.Log(ctx, r, officerID, guitu.EventSplit, detail); err != nil {
			return 0, err
		}
	}
	tx.Audit(guitu.Entry{OfficerID: officerID, Deed: guitu.DeedRumorSplit, ThingID: from.ID, Detail: map[string]string{
		"off": guitu.Ref(off.ID), "posts": strconv.Itoa(len(posts)),
	}})
	if err := s.ask(ctx, tx, off.ID, officerID, "民警拆分"); err != nil {
		return 0, err
	}
	return off.ID, s.retell(ctx, tx, from.ID)
}

// sight reads a post that tells a story.
func (s *Rumors) sight(p guitu.Post) sighting {
	c := claim.Read(p.Text, p.PostedAt)
	c.Spans = nil // a story gathers what many texts say
	return sighting{p, s.spot(p.Text), c}
}

// retell says again what a story tells and by what it is recognised, after posts have left it or come by another way than Take. What
// was ruled on stays as it was ruled on. Whatever that causes follows: it is asked about, routed, registered, and its cards are
// brought up to date.
func (s *Rumors) retell(ctx context.Context, tx *store.Tx, rumorID int64) error {
	stored, err := tx.Rumor(ctx, rumorID)
	if err != nil {
		return err
	}
	posts, err := tx.Copies(ctx, rumorID, readBack)
	if err != nil {
		return err
	}
	r := stored.Rumor
	w := growth{before: r, after: r}
	w.after.Claim, w.after.Score, w.after.Hits = guitu.Claim{}, 0, nil
	known := match.New()
	for _, p := range posts {
		g := s.sight(p)
		w.add(g)
		if known.Add(rumorID, p.ID, p.Text, g.claim) {
			if err := tx.SetExemplar(ctx, p.ID, true); err != nil {
				return err
			}
		}
	}
	if r.State == guitu.RumorRuled || len(posts) == 0 {
		w.after = r
	}
	if w.after.Topic == "" || w.after.Topic.Evidence() {
		w.after.Topic = r.Topic
	}
	if err := s.recount(ctx, tx, &w.after); err != nil || same(w.after, r) {
		return err
	}
	if err := tx.GrowRumor(ctx, w.after); err != nil {
		return err
	}
	if err := s.raise(ctx, tx, w); err != nil {
		return err
	}
	if area := where(w.after.Claim); r.State == guitu.RumorOpen && area != "" && area != where(r.Claim) {
		if err := tx.Enqueue(ctx, guitu.Route{RumorID: rumorID}, time.Time{}); err != nil {
			return err
		}
	}
	if r.State == guitu.RumorRuled {
		if err := s.register(ctx, tx, rumorID); err != nil {
			return err
		}
	}
	return s.show(ctx, tx, rumorID)
}

// same reports whether two states of a story are stored alike.
func same(a, b guitu.Rumor) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
