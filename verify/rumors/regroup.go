package rumors

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/claim"
	"guitu/verify/match"
)

// engine is the version of what reads posts and puts them together, as it stands in the database. Raise it when verify/claim or
// verify/match change in a way that stored stories should follow: open stories are then put together anew.
const engine = 2

// engineSetting is where the database keeps the version by which its stories were put together. Version 1 kept none.
const engineSetting = "engine"

const (
	regroupPage   = 500 // posts read, or moved, in one transaction
	regroupPasses = 3   // passes after which stories are left as they are, though another might move posts again
	// unborn is where the numbers begin that stand for stories which are still to be made.
	unborn = int64(1) << 60
)

// Renew has the stories of an earlier engine put together anew, by a step that it enqueues once.
func (s *Rumors) Renew(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		have, err := tx.Setting(ctx, engineSetting)
		if err != nil {
			return err
		}
		if v, err := strconv.Atoi(cmp.Or(have, "1")); err != nil || v >= engine {
			return err // of a later version, its stories are better than ours would be
		}
		if any, err := tx.HasRumors(ctx); err != nil || !any {
			if err != nil {
				return err
			}
			return tx.SetSetting(ctx, engineSetting, strconv.Itoa(engine))
		}
		return tx.Enqueue(ctx, guitu.Regroup{}, time.Time{})
	})
}

// regrouping is a plan: which posts of the free stories belong elsewhere. It is made from the database alone, so that the plan of
// a process that died is made again by the next, and finds in place what was carried out.
type regrouping struct {
	pass    int
	index   *match.Index
	free    bool             // the posts of the stories that stay are read
	read    bool             // all posts are read
	after   int64            // the last post that was read
	stories []int64          // the free stories, until they are carried out: first those whose posts move, then all
	known   map[int64]bool   // the same
	named   map[int64]bool   // those whose number a post has that belongs to no other
	moves   map[int64][]move // by the story in which the posts are
	moved   int
	next    int64           // the next unborn story
	born    map[int64]int64 // the numbers of unborn stories that were made
}

// move is a post that belongs to another story, or only speaks on the one in which it is.
type move struct {
	post, to int64
	evidence guitu.Topic // what a post says that was taken for a copy, and only speaks on the story
}

func newRegrouping(pass int) *regrouping {
	return &regrouping{
		pass: pass, index: match.New(), known: map[int64]bool{}, named: map[int64]bool{}, moves: map[int64][]move{},
		next: unborn, born: map[int64]int64{},
	}
}

// Regroup does a bit of putting the open stories together anew, and reports whether all is done. What was ruled on, and what
// officers merged or split, stays as it is: posts may only join it as copies. It may be interrupted at any point.
func (s *Rumors) Regroup(ctx context.Context) (done bool, err error) {
	s.renewing.Lock()
	defer s.renewing.Unlock()
	if s.plan == nil {
		s.plan = newRegrouping(1)
	}
	if done, err = s.regroup(ctx, s.plan); err != nil {
		s.plan = nil
		return false, fmt.Errorf("regroup stories: %w", err)
	}
	return done, nil
}

func (s *Rumors) regroup(ctx context.Context, p *regrouping) (done bool, err error) {
	switch {
	case !p.read:
		return false, s.readPage(ctx, p)
	case len(p.stories) > 0:
		return false, s.renew(ctx, p, p.stories[0])
	case p.moved > 0 && p.pass < regroupPasses:
		// A story that was made or emptied may draw other posts, and new ones have come.
		s.plan = newRegrouping(p.pass + 1)
		return false, nil
	}
	s.plan = nil
	s.mu.Lock()
	s.index, s.at = nil, place{} // there are exemplars that it does not know
	s.mu.Unlock()
	s.o.Log.InfoContext(ctx, "stories put together anew", "engine", engine, "passes", p.pass, "left", p.moved)
	return true, s.db.Update(ctx, func(tx *store.Tx) error { return tx.SetSetting(ctx, engineSetting, strconv.Itoa(engine)) })
}

// readPage reads a page of posts: first those of the stories that stay, then those of the free ones.
func (s *Rumors) readPage(ctx context.Context, p *regrouping) error {
	var posts []store.Exemplar
	err := s.db.View(ctx, func(tx *store.Tx) (err error) {
		posts, err = tx.Placed(ctx, p.free, p.after, regroupPage)
		return err
	})
	if err != nil {
		return err
	}
	for _, e := range posts {
		p.after = e.PostID
		c := claim.Read(e.Text, e.PostedAt)
		if !p.free {
			p.index.Add(e.RumorID, e.PostID, e.Text, c)
		} else if story, tells := p.place(e, c, s.spot(e.Text)); tells {
			p.index.Add(story, e.PostID, e.Text, c)
		}
	}
	if len(posts) < regroupPage {
		p.free, p.read, p.after = true, p.free, 0
	}
	if p.read {
		// Each is told anew once all posts have come: told anew with every post that comes, a story of a thousand costs a million.
		all := slices.Clone(p.stories)
		p.stories = append(slices.DeleteFunc(p.stories, func(id int64) bool { return len(p.moves[id]) == 0 }), all...)
	}
	return nil
}

// place says to which story a post of a free story belongs, and whether it tells it. A story keeps its number for its first post
// that belongs to no other.
func (p *regrouping) place(e store.Exemplar, c guitu.Claim, f guitu.Finding) (to int64, tells bool) {
	if !p.known[e.RumorID] {
		p.known[e.RumorID] = true
		p.stories = append(p.stories, e.RumorID)
	}
	m := move{post: e.PostID, to: p.index.Find(e.Text, c).Story}
	switch {
	case m.to != 0:
		if f.Topic.Evidence() {
			m.evidence = f.Topic
		}
	case !p.named[e.RumorID]:
		m.to, p.named[e.RumorID] = e.RumorID, true
	default:
		m.to = p.next
		p.next++
	}
	if m.to != e.RumorID || m.evidence != "" {
		p.moves[e.RumorID] = append(p.moves[e.RumorID], m)
		p.moved++
	}
	return m.to, m.evidence == ""
}

// renew carries out what a plan says of a story, or the first page of it: its posts move, and what is left is told anew.
func (s *Rumors) renew(ctx context.Context, p *regrouping, rumorID int64) error {
	moves := p.moves[rumorID]
	page := moves[:min(len(moves), regroupPage)]
	born := map[int64]int64{}
	err := s.db.Update(ctx, func(tx *store.Tx) error {
		clear(born)
		if err := tx.Lock(ctx, takeLock); err != nil {
			return err
		}
		r, err := tx.LockRumor(ctx, rumorID)
		if err != nil {
			return err
		}
		free, err := tx.IsFree(ctx, rumorID)
		if err != nil || !free {
			return err // an officer was faster
		}
		gone, err := s.whole(ctx, tx, r.Rumor, moves)
		if err != nil || gone {
			return err
		}
		if len(page) > 0 {
			return s.scatter(ctx, tx, r.Rumor, page, p, born)
		}
		return s.retell(ctx, tx, rumorID)
	})
	if err != nil {
		return err
	}
	for k, id := range born {
		p.born[k] = id
		p.stories = append(p.stories, id)
	}
	if p.moves[rumorID] = moves[len(page):]; len(p.moves[rumorID]) == 0 {
		p.stories = p.stories[1:]
	}
	if len(page) > 0 {
		s.o.Log.InfoContext(ctx, "story put together anew", "rumor", rumorID, "moved", len(page), "pass", p.pass)
	}
	return nil
}

// whole merges a story into another one to which all of its posts belong. It reports false, and does nothing, when they do not.
func (s *Rumors) whole(ctx context.Context, tx *store.Tx, r guitu.Rumor, moves []move) (bool, error) {
	if len(moves) == 0 || len(moves) != r.Posts || moves[0].to >= unborn ||
		slices.ContainsFunc(moves, func(m move) bool { return m.to != moves[0].to || m.evidence != "" }) {
		return false, nil
	}
	into, err := tx.LockRumor(ctx, moves[0].to)
	if err != nil || into.State == guitu.RumorMerged {
		return false, err
	}
	return true, s.absorb(ctx, tx, r, into.Rumor)
}

// absorb merges a free story into another one. What it claimed was gathered from posts that may be elsewhere now, so it goes.
func (s *Rumors) absorb(ctx context.Context, tx *store.Tx, r, into guitu.Rumor) error {
	r.Claim, r.Score = guitu.Claim{}, 0
	return s.merge(ctx, tx, r, into, 0, guitu.EventRegrouped)
}

// tally counts the posts of a story that some have left or come to.
func (s *Rumors) tally(ctx context.Context, tx *store.Tx, rumorID int64) error {
	r, err := tx.Rumor(ctx, rumorID)
	if err != nil {
		return err
	}
	if err := s.recount(ctx, tx, &r.Rumor); err != nil {
		return err
	}
	if err := tx.GrowRumor(ctx, r.Rumor); err != nil {
		return err
	}
	if r.State == guitu.RumorRuled {
		if err := s.register(ctx, tx, rumorID); err != nil {
			return err
		}
	}
	return s.show(ctx, tx, rumorID)
}

// scatter moves posts of a story to where they belong.
func (s *Rumors) scatter(ctx context.Context, tx *store.Tx, r guitu.Rumor, moves []move, p *regrouping, born map[int64]int64) error {
	moved := map[int64]int{}
	var order []int64
	for _, m := range moves {
		post, at, err := tx.Post(ctx, m.post)
		if err != nil {
			return err
		}
		if at != r.ID {
			continue
		}
		if m.evidence != "" {
			if err := tx.SetEvidence(ctx, m.post, m.evidence); err != nil {
				return err
			}
		}
		to := m.to
		if to == r.ID {
			continue
		}
		if to >= unborn {
			if to = cmp.Or(p.born[m.to], born[m.to]); to == 0 {
				if to, err = s.bear(ctx, tx, post, r); err != nil {
					return err
				}
				born[m.to] = to
			}
		}
		if moved[to] == 0 {
			into, err := tx.LockRumor(ctx, to)
			if err != nil {
				return err
			}
			if into.State == guitu.RumorMerged {
				continue // an officer was faster; the next pass will see it
			}
			order = append(order, to)
		}
		moved[to]++
		if err := tx.MovePost(ctx, post.ID, to, false); err != nil {
			return err
		}
	}
	for _, to := range order {
		for id, detail := range map[int64]string{
			r.ID: fmt.Sprintf("%d 帖归入传言 #%d", moved[to], to), to: fmt.Sprintf("收入传言 #%d 的 %d 帖", r.ID, moved[to]),
		} {
			if err := tx.Log(ctx, id, 0, guitu.EventRegrouped, detail); err != nil {
				return err
			}
		}
		if err := s.tally(ctx, tx, to); err != nil {
			return err
		}
	}
	left, err := tx.CountPosts(ctx, r.ID)
	if err != nil {
		return err
	}
	if left.Posts == 0 && len(order) > 0 {
		into, err := tx.Rumor(ctx, order[0])
		if err != nil {
			return err
		}
		return s.absorb(ctx, tx, r, into.Rumor)
	}
	return s.tally(ctx, tx, r.ID)
}

// bear makes a story for posts that belong to no other. An officer who was asked about them together is asked about each.
func (s *Rumors) bear(ctx context.Context, tx *store.Tx, post guitu.Post, from guitu.Rumor) (int64, error) {
	r := guitu.Rumor{
		Status: from.Status, State: guitu.RumorWatched, Topic: from.Topic, Claim: s.sight(post).claim, KinID: from.ID,
		FirstSeen: post.PostedAt, LastSeen: post.PostedAt,
	}
	if err := tx.CreateRumor(ctx, &r); err != nil || from.State != guitu.RumorOpen {
		return r.ID, err
	}
	return r.ID, s.ask(ctx, tx, r.ID, 0, fmt.Sprintf("由传言 #%d 分出", from.ID))
}
