package jobs_test

import (
	"context"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/jobs"
	"guitu/verify/rumors"
)

const (
	channel    = "board"
	child      = "紧急寻人！张小桐，女，5岁，今天上午在临沂市兰山区某小区附近走失，身穿红色上衣，有线索请联系周大川19900001234，请大家帮忙转发！"
	otherChild = "急寻！孙大明，男，9岁，昨天下午在泉州市丰泽区某学校门口走失，穿蓝色校服，联系电话19900005678，求转发！"
	basis      = "电话联系家长，孩子在家"
)

// board is a channel that answers as it is told. It can neither look nor edit.
type board struct {
	mu      sync.Mutex
	answers []error // one for each call; after them every call succeeds
	calls   int
	keys    map[string]bool
	last    guitu.Publication
}

func (*board) Name() string { return channel }

func (b *board) Publish(_ context.Context, p guitu.Publication) (guitu.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if b.keys == nil {
		b.keys = map[string]bool{}
	}
	b.keys[p.Key], b.last = true, p
	if len(b.answers) > 0 {
		err := b.answers[0]
		b.answers = b.answers[1:]
		if err != nil {
			return guitu.Receipt{}, err
		}
	}
	return guitu.Receipt{ExternalID: "post " + p.Key, URL: "https://board.example/1"}, nil
}

func (b *board) count() (calls, keys int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls, len(b.keys)
}

// window is a board that can look: there says whether the publication is found.
type window struct {
	board
	there bool
	looks int
}

func (w *window) Find(_ context.Context, p guitu.Publication) (guitu.Receipt, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks++
	if !w.there {
		return guitu.Receipt{}, false, nil
	}
	return guitu.Receipt{ExternalID: "found " + p.Key}, true, nil
}

// slate is a board that can edit.
type slate struct {
	board
	edits  []guitu.Publication
	refuse error
}

func (s *slate) Edit(_ context.Context, p guitu.Publication) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.edits = append(s.edits, p)
	return s.refuse
}

// house is a database with one desk, one officer, one story and one channel.
type house struct {
	t       *testing.T
	address string
	db      *store.DB
	rumors  *rumors.Rumors
	officer int64
	story   int64
	shift   time.Duration // of the database's clock; set it only while no jobs run
	due     time.Duration // how long a notice waits
	presses int
	reads   atomic.Int64 // how often the database's clock was read: once for each transaction at least
}

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, h *house)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, build(t, filepath.Join(t.TempDir(), "test.db")))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, build(t, testenv.Postgres(t)))
	})
}

func build(t *testing.T, address string) *house {
	t.Helper()
	h := &house{t: t, address: address}
	ctx := context.Background()
	var err error
	h.db, err = store.Open(ctx, address, store.Options{Now: func() time.Time {
		h.reads.Add(1)
		return time.Now().Add(h.shift)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.db.Close(); err != nil {
			t.Error(err)
		}
	})
	h.rumors = rumors.New(h.db, rumors.Options{
		Channels:         []string{channel},
		NextAnnouncement: func(t time.Time) time.Time { return t.Add(h.due) },
	})
	h.update(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetDesks(ctx, []guitu.Desk{{Name: "部值班台"}}); err != nil {
			return err
		}
		all, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		o := guitu.Officer{Name: "吴警官", Role: guitu.RoleAdmin, Desk: all[0]}
		if err := tx.CreateOfficer(ctx, &o); err != nil {
			return err
		}
		h.officer = o.ID
		return tx.SetSources(ctx, []store.SourceSetup{{Name: "feed", Kind: "feed"}})
	})
	b := guitu.Batch{Cursor: "1", Posts: []guitu.Post{{Source: "feed", ExternalID: "1", Text: child, PostedAt: h.db.Now()}}}
	if n, err := h.rumors.Take(ctx, "feed", "", b, h.db.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Fatalf("took %d, %v", n, err)
	}
	all, err := h.rumors.List(ctx, store.RumorFilter{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	h.story = all[0].ID
	return h
}

func (h *house) update(fn func(ctx context.Context, tx *store.Tx) error) {
	h.t.Helper()
	ctx := context.Background()
	if err := h.db.Update(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		h.t.Fatal(err)
	}
}

// rule rules on the story, or corrects the ruling, and returns the notice's delivery.
func (h *house) rule(r guitu.Ruling) guitu.Delivery {
	h.t.Helper()
	ctx := context.Background()
	q, err := h.rumors.Question(ctx, h.story)
	if err != nil {
		h.t.Fatal(err)
	}
	h.presses++
	d := guitu.Decision{RumorID: h.story, OfficerID: h.officer, Ruling: r, Basis: basis, Key: strconv.Itoa(h.presses)}
	if r == guitu.Outdated {
		d.Ending = guitu.Over
	}
	if q.Verdict != nil {
		d.Corrects = q.Verdict.ID
	}
	if _, err := h.rumors.Decide(ctx, d); err != nil {
		h.t.Fatal(err)
	}
	all, err := h.rumors.Deliveries(ctx, "", 0, 1)
	if err != nil || len(all) != 1 {
		h.t.Fatalf("deliveries %+v, %v", all, err)
	}
	return all[0]
}

// otherStory makes a second story the one that the house is about.
func (h *house) otherStory() {
	h.t.Helper()
	ctx := context.Background()
	b := guitu.Batch{Cursor: "2", Posts: []guitu.Post{{Source: "feed", ExternalID: "2", Text: otherChild, PostedAt: h.db.Now()}}}
	if n, err := h.rumors.Take(ctx, "feed", "1", b, h.db.Now().Add(time.Hour)); n != 1 || err != nil {
		h.t.Fatalf("took %d, %v", n, err)
	}
	all, err := h.rumors.List(ctx, store.RumorFilter{Limit: 2})
	if err != nil || len(all) != 2 {
		h.t.Fatalf("%d stories, %v", len(all), err)
	}
	h.story = all[0].ID + all[1].ID - h.story
}

func (h *house) delivery(id int64) guitu.Delivery {
	h.t.Helper()
	d, err := h.rumors.Delivery(context.Background(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// start works the steps until the test ends or stop is called.
func (h *house) start(o jobs.Options) (stop func()) {
	h.t.Helper()
	ctx := context.Background()
	j, err := jobs.New(h.db, h.rumors, o)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := j.Start(ctx); err != nil {
		h.t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if err := j.Stop(ctx); err != nil {
			h.t.Error(err)
		}
	})
	h.t.Cleanup(stop)
	return stop
}

// becomes waits until a delivery is in a state.
func (h *house) becomes(id int64, want guitu.DeliveryState) guitu.Delivery {
	h.t.Helper()
	var d guitu.Delivery
	h.until("delivery in state "+string(want), func() bool {
		d = h.delivery(id)
		return d.State == want
	})
	return d
}

func (h *house) until(what string, ok func() bool) {
	h.t.Helper()
	h.within(20*time.Second, what, ok)
}

func (h *house) within(most time.Duration, what string, ok func() bool) {
	h.t.Helper()
	for end := time.Now().Add(most); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("no %s in time", what)
		}
	}
}

// waiting counts the steps of some kinds, or of all, that are not finished.
func (h *house) waiting(kinds ...string) int {
	h.t.Helper()
	return len(h.steps(kinds, rivertype.JobStateAvailable, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled))
}

// steps lists the steps of some kinds, or of all, in some states.
func (h *house) steps(kinds []string, states ...rivertype.JobState) []*rivertype.JobRow {
	h.t.Helper()
	client, err := river.NewClient(h.db.Driver(), &river.Config{})
	if err != nil {
		h.t.Fatal(err)
	}
	all, err := client.JobList(context.Background(), river.NewJobListParams().Kinds(kinds...).First(100).States(states...))
	if err != nil {
		h.t.Fatal(err)
	}
	return all.Jobs
}

// again enqueues a step and waits until it has been worked. What worked tells of earlier steps of the kind does not count.
func (h *house) again(step guitu.Step, worked <-chan string) {
	h.t.Helper()
	h.until("end of the earlier steps", func() bool { return len(h.steps([]string{step.Kind()}, rivertype.JobStateRunning)) == 0 })
	for len(worked) > 0 {
		<-worked
	}
	h.update(func(ctx context.Context, tx *store.Tx) error { return tx.Enqueue(ctx, step, time.Time{}) })
	h.ends(step.Kind(), worked)
}

// ends waits until a step of a kind has been worked.
func (h *house) ends(kind string, worked <-chan string) {
	h.t.Helper()
	for {
		select {
		case got := <-worked:
			if got == kind {
				return
			}
		case <-time.After(20 * time.Second):
			h.t.Fatalf("no %s worked in time", kind)
		}
	}
}

// interrupted makes a delivery look as if the process had died during the call.
func (h *house) interrupted(id int64) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		moved, err := tx.MoveDelivery(ctx, id, guitu.DeliveryDue, guitu.DeliverySending, "")
		if err == nil && !moved {
			h.t.Error("delivery is not due")
		}
		return err
	})
}

// history counts the events of a kind.
func (h *house) history(kind guitu.EventKind) (n int) {
	h.t.Helper()
	all, err := h.rumors.History(context.Background(), h.story)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range all {
		if e.Kind == kind {
			n++
		}
	}
	return n
}
