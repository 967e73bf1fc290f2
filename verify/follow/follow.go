// Package follow tells the people who asked for it of alerts near them.
//
// A notice begins a step that plans who is to be told, some thousands at a time, each lot in one transaction with the steps that tell
// them. Each ring is told once; how an alert goes on, and its end, is told to those who were told of it, and nothing goes out after
// the end. A step that is repeated tells nobody a second thing: a push takes the place of the one with the same code.
package follow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/publishers/followers"
)

// How many followers are planned in one transaction, and told in one step.
const (
	lot  = 5000
	some = 100
	// atOnce is how many pushes of one step are under way.
	atOnce = 10
	// overlap is for followers whose transaction ends after that of later ones.
	overlap = time.Minute
)

// Sender tells one follower a notice: quietly unless g is loud, and in the place of what g says that they were told earlier. It says
// where it now stands, where a later one can take its place. ErrRejected means that they can't be reached any more.
type Sender interface {
	Send(ctx context.Context, g guitu.Telling, n guitu.Notice, link string) (ref string, err error)
}

// Options of a Follow. The zero value works.
type Options struct {
	Link   func(code string) string // the public page of a notice
	Budget int                      // loud notices for one follower in a day, 3 when it is 0
	Log    *slog.Logger
}

// Follow tells followers. It is the channel "followers".
type Follow struct {
	db    *store.DB
	send  map[guitu.FollowerKind]Sender
	o     Options
	index followers.Index

	mu   sync.Mutex
	seen time.Time // followers until then are in the index
}

var (
	_ guitu.Local  = (*Follow)(nil)
	_ guitu.Keyed  = (*Follow)(nil)
	_ guitu.Editor = (*Follow)(nil)
)

// New returns a Follow that reaches each kind of follower by its sender.
func New(db *store.DB, send map[guitu.FollowerKind]Sender, o Options) *Follow {
	if o.Link == nil {
		o.Link = func(string) string { return "" }
	}
	if o.Budget == 0 {
		o.Budget = 3
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Follow{db: db, send: send, o: o}
}

// Name returns "followers".
func (f *Follow) Name() string { return "followers" }

// Local marks that followers are told by where they are.
func (f *Follow) Local() {}

// Keyed marks that a notice that is published again is told once.
func (f *Follow) Keyed() {}

// Edit does nothing: the notice that changes another is told to the same people itself, and takes the other's place on their screens.
func (f *Follow) Edit(context.Context, guitu.Publication) error { return nil }

// Publish begins to tell the followers of a notice. Notices that are not of an alert are for everybody else.
func (f *Follow) Publish(ctx context.Context, p guitu.Publication) (guitu.Receipt, error) {
	if p.Notice.AlertID == 0 {
		return guitu.Receipt{}, fmt.Errorf("followers: %w: they are told of alerts", guitu.ErrRejected)
	}
	err := f.db.Update(ctx, func(tx *store.Tx) error {
		return tx.Enqueue(ctx, guitu.Reach{NoticeID: p.Notice.ID}, time.Time{})
	})
	return guitu.Receipt{ExternalID: p.Key}, err
}

// Put keeps a follower, or their new place.
func (f *Follow) Put(ctx context.Context, who guitu.Follower) error {
	return f.db.Update(ctx, func(tx *store.Tx) error { return tx.PutFollower(ctx, &who) })
}

// Drop forgets a follower. It may be repeated.
func (f *Follow) Drop(ctx context.Context, kind guitu.FollowerKind, handle string) error {
	return f.db.Update(ctx, func(tx *store.Tx) error { return tx.DropFollower(ctx, kind, handle) })
}

// refresh brings the index up to date; the first time it is built.
func (f *Follow) refresh(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.db.View(ctx, func(tx *store.Tx) error {
		since := f.seen
		if !since.IsZero() {
			since = since.Add(-overlap)
		}
		fresh, err := tx.FollowersSince(ctx, since)
		if err != nil {
			return err
		}
		f.index.Put(fresh...)
		f.seen = tx.Now
		return nil
	})
}

// Reach works the step: it plans the next lot, or tells some. It may be repeated.
func (f *Follow) Reach(ctx context.Context, s guitu.Reach) error {
	if s.UpTo != 0 {
		return f.tell(ctx, s)
	}
	if err := f.refresh(ctx); err != nil {
		return err
	}
	return f.db.Update(ctx, func(tx *store.Tx) error { return f.plan(ctx, tx, s) })
}

// plan says who of the followers after one are to be told, and enqueues telling them and the next lot.
func (f *Follow) plan(ctx context.Context, tx *store.Tx, s guitu.Reach) error {
	n, err := f.current(ctx, tx, s.NoticeID)
	if err != nil || n.Ended && !n.Kind.Ends() {
		return err
	}
	m, err := tx.Message(ctx, n.MessageID)
	if err != nil {
		return err
	}
	ring := m.Cause == guitu.CauseIssue || m.Cause == guitu.CauseGrow
	var ids []int64
	if ring {
		if n.Circle == nil {
			return nil // nobody is near what has no place
		}
		ids = f.index.Within(*n.Circle, n.Inner)
		ids = slices.DeleteFunc(ids, func(id int64) bool { return id <= s.After })
		slices.Sort(ids)
	} else if ids, err = tx.HeardOf(ctx, n.AlertID, s.After, lot+1); err != nil {
		return err
	}
	more := len(ids) > lot
	ids = ids[:min(len(ids), lot)]
	for _, id := range ids {
		// A new ring is told by itself, unless everybody is to hear of it again.
		if err := tx.PlanTelling(ctx, n, id, ring, ring && n.Inner > 0, f.o.Budget); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(ids, some) {
		for _, kind := range slices.Sorted(maps.Keys(f.send)) {
			next := guitu.Reach{NoticeID: n.ID, After: part[0] - 1, UpTo: part[len(part)-1], Who: kind}
			if err := tx.Enqueue(ctx, next, time.Time{}); err != nil {
				return err
			}
		}
	}
	if !more {
		return nil
	}
	return tx.Enqueue(ctx, guitu.Reach{NoticeID: n.ID, After: ids[len(ids)-1]}, time.Time{})
}

// current loads a notice once nothing else of its alert is being planned or begun: then whoever is being told of the alert is known
// to those who tell its end.
func (f *Follow) current(ctx context.Context, tx *store.Tx, noticeID int64) (guitu.Notice, error) {
	n, err := tx.NoticeByID(ctx, noticeID)
	if err != nil {
		return n, err
	}
	if err := tx.Lock(ctx, fmt.Sprintf("follow:%d", n.AlertID)); err != nil {
		return n, err
	}
	return tx.NoticeByID(ctx, noticeID)
}

// tell tells those of a part who were not told yet.
func (f *Follow) tell(ctx context.Context, s guitu.Reach) error {
	var n guitu.Notice
	var due []guitu.Telling
	err := f.db.Update(ctx, func(tx *store.Tx) (err error) {
		n, err = f.current(ctx, tx, s.NoticeID)
		over := n.Ended && !n.Kind.Ends() || !n.Kind.Ends() && !n.Expires.IsZero() && tx.Now.After(n.Expires)
		if err != nil {
			return err
		}
		if over {
			return tx.VoidTellings(ctx, n.ID)
		}
		due, err = tx.TakeTellings(ctx, s)
		return err
	})
	if err != nil {
		return err
	}
	errs := make([]error, len(due))
	slots := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i, g := range due {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			errs[i] = f.one(ctx, n, g)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// one tells one follower, and records what came of it.
func (f *Follow) one(ctx context.Context, n guitu.Notice, g guitu.Telling) error {
	sender := f.send[g.Kind]
	if sender == nil {
		return nil
	}
	ref, cause := sender.Send(ctx, g, n, f.o.Link(n.Code))
	if cause != nil && !errors.Is(cause, guitu.ErrRejected) {
		return fmt.Errorf("tell follower %d notice %d: %w", g.ID, n.ID, cause)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return f.db.Update(ctx, func(tx *store.Tx) error {
		if cause != nil {
			f.o.Log.InfoContext(ctx, "follower is gone", "follower", g.ID)
			return tx.DropFollower(ctx, g.Kind, g.Handle)
		}
		return tx.Told(ctx, n.ID, g.ID, ref)
	})
}
