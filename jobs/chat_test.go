package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
	"guitu/verify/rumors"
)

// room is a chat application that answers as it is told and keeps what it was asked to do.
type room struct {
	mu      sync.Mutex
	answers []error // one for each call; after them every call succeeds
	during  func()  // what happens while the first call is under way; nil for nothing
	did     []string
}

func (r *room) Ask(_ context.Context, chat string, q guitu.Question) (guitu.MessageRef, error) {
	n, err := r.call("ask " + shows(q))
	return guitu.MessageRef{Chat: chat, Message: strconv.Itoa(n)}, err
}

func (r *room) Show(_ context.Context, ref guitu.MessageRef, q guitu.Question) error {
	_, err := r.call("show " + ref.Chat + "/" + ref.Message + " " + shows(q))
	return err
}

func (*room) Warn(context.Context, string, guitu.SourceState) error { return nil }

// shows is what of a card these tests look at.
func shows(q guitu.Question) string {
	if q.Verdict != nil {
		return string(q.Verdict.Ruling)
	}
	return string(q.Rumor.State)
}

// call returns which call it is, counted from 1, and its answer.
func (r *room) call(what string) (int, error) {
	r.mu.Lock()
	r.did = append(r.did, what)
	n := len(r.did)
	during := r.during
	r.during = nil
	var err error
	if len(r.answers) > 0 {
		err, r.answers = r.answers[0], r.answers[1:]
	}
	r.mu.Unlock()
	if during != nil {
		during()
	}
	return n, err
}

func (r *room) calls() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.did)
}

// card makes a card of the story that is to stand in a chat, and the step that puts it there.
func (h *house) card() int64 {
	h.t.Helper()
	c := store.Card{RumorID: h.story, Ref: guitu.MessageRef{Chat: "700"}}
	h.update(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.CreateCard(ctx, &c); err != nil {
			return err
		}
		return tx.Enqueue(ctx, guitu.Ask{CardID: c.ID}, time.Time{})
	})
	return c.ID
}

// cards returns the story's cards, and the version that an up to date one shows.
func (h *house) cards() (cards []store.Card, version int64) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) (err error) {
		if cards, err = tx.Cards(ctx, h.story); err != nil {
			return err
		}
		_, version, err = rumors.Load(ctx, tx, h.story)
		return err
	})
	return cards, version
}

// upToDate waits until the story's one card stands and shows all.
func (h *house) upToDate() store.Card {
	h.t.Helper()
	var c store.Card
	h.until("card that is up to date", func() bool {
		all, version := h.cards()
		if len(all) != 1 {
			h.t.Fatalf("%d cards, want one", len(all))
		}
		c = all[0]
		return c.Ref.Message != "" && c.Shown == version
	})
	return c
}

// chat works the steps with a chat, and returns when all that a new story causes is done: some of it grows the story's version.
func (h *house) chat(r *room) <-chan string {
	h.t.Helper()
	worked := make(chan string, 100)
	h.start(jobs.Options{Chat: r, Observe: func(kind string, _ int, _ time.Duration, _ error) { worked <- kind }})
	h.until("rest", func() bool { return h.waiting() == 0 })
	return worked
}

func TestAsk(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers []error
		want    []string
		stands  string // message of the card, "" when there is none any more
	}{
		{"success", nil, []string{"ask open"}, "1"},
		{"trouble", []error{errors.New("no route")}, []string{"ask open", "ask open"}, "2"},
		{"retry later", []error{later}, []string{"ask open", "ask open"}, "2"},
		// A question asked twice is better than one that is lost.
		{"answer lost", []error{errLost}, []string{"ask open", "ask open"}, "2"},
		{"rejected", []error{errRejected}, []string{"ask open"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				r := &room{answers: tt.answers}
				worked := h.chat(r)
				id := h.card()
				if tt.stands == "" {
					h.until("refused card", func() bool { all, _ := h.cards(); return len(all) == 0 })
				} else if c := h.upToDate(); c.Ref != (guitu.MessageRef{Chat: "700", Message: tt.stands}) {
					t.Errorf("card at %+v, want message %s", c.Ref, tt.stands)
				}
				h.again(guitu.Ask{CardID: id}, worked) // changes nothing, also when there is no card
				if !slices.Equal(r.calls(), tt.want) {
					t.Errorf("did %q, want %q", r.calls(), tt.want)
				}
				if n := h.history(guitu.EventTrouble); (n == 1) != (tt.stands == "") {
					t.Errorf("%d troubles in the history", n)
				}
			})
		})
	}
}

// TestAskRuled: nobody is asked about a story that was ruled before its card was put up.
func TestAskRuled(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := &room{}
		worked := h.chat(r)
		h.rule(guitu.Refuted)
		id := h.card()
		h.ends("ask", worked)
		h.again(guitu.Ask{CardID: id}, worked)
		if got := r.calls(); len(got) != 0 {
			t.Errorf("did %q, want nothing", got)
		}
	})
}

// TestAskWhileRuled: a card that was put up while the story was ruled is brought up to date.
func TestAskWhileRuled(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := &room{during: func() { h.rule(guitu.Refuted) }}
		h.chat(r)
		h.card()
		h.until("card that shows the ruling", func() bool { return slices.Contains(r.calls(), "show 700/1 refuted") })
		h.upToDate()
	})
}

func TestShow(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers []error
		shows   int
		dropped bool
	}{
		{"success", nil, 1, false},
		{"trouble", []error{nil, errors.New("no route")}, 2, false},
		{"retry later", []error{nil, later}, 2, false},
		{"answer lost", []error{nil, errLost}, 2, false},
		{"rejected", []error{nil, errRejected}, 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				r := &room{answers: tt.answers}
				worked := h.chat(r)
				id := h.card()
				h.upToDate()
				h.rule(guitu.Refuted)
				if tt.dropped {
					h.until("refused card", func() bool { all, _ := h.cards(); return len(all) == 0 })
				} else {
					h.upToDate()
				}
				h.again(guitu.Show{CardID: id}, worked) // it shows all: nothing to do
				want := append([]string{"ask open"}, slices.Repeat([]string{"show 700/1 refuted"}, tt.shows)...)
				if got := r.calls(); !slices.Equal(got, want) {
					t.Errorf("did %q, want %q", got, want)
				}
			})
		})
	}
}

// TestShowOvertaken: what an edit showed is old when the story moved on during the call; the card is shown again.
func TestShowOvertaken(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := &room{}
		h.chat(r)
		h.card()
		h.upToDate()
		r.mu.Lock()
		r.during = func() { h.rule(guitu.Confirmed) }
		r.mu.Unlock()
		h.rule(guitu.Refuted)
		h.until("card that shows the correction", func() bool { return slices.Contains(r.calls(), "show 700/1 confirmed") })
		h.upToDate()
	})
}

// clerk handles updates as it is told.
type clerk struct {
	mu      sync.Mutex
	answers []error
	got     []string
}

func (c *clerk) handle(_ context.Context, update []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = append(c.got, string(update))
	if len(c.answers) == 0 {
		return nil
	}
	err := c.answers[0]
	c.answers = c.answers[1:]
	return err
}

func (c *clerk) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(slices.Values(c.got))
}

// put brings an update of the chat application.
func (h *house) put(updateID int64, body string) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		return tx.PutUpdate(ctx, "telegram", updateID, []byte(body))
	})
}

// handled waits until so many updates of the inbox, counted from the first, are done, and fails when one keeps its text.
func (h *house) handled(n int64) {
	h.t.Helper()
	for inboxID := int64(1); inboxID <= n; inboxID++ {
		var body []byte
		h.until(fmt.Sprintf("update %d handled", inboxID), func() (done bool) {
			h.update(func(ctx context.Context, tx *store.Tx) (err error) {
				body, done, err = tx.UpdateBody(ctx, inboxID)
				return err
			})
			return done
		})
		if len(body) != 0 {
			h.t.Errorf("the handled update %d keeps its text", inboxID)
		}
	}
}

func TestPress(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers []error
		calls   int
	}{
		{"success", nil, 1},
		{"trouble", []error{errors.New("database is away")}, 2},
		{"retry later", []error{later, later}, 3},
		{"answer lost", []error{errLost}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				// They came while nothing ran, one of them twice.
				h.put(71, "press")
				h.put(71, "press")
				c := &clerk{answers: tt.answers}
				worked := make(chan string, 100)
				h.start(jobs.Options{Handle: c.handle, Observe: func(kind string, _ int, _ time.Duration, _ error) { worked <- kind }})
				h.handled(1)
				h.again(guitu.Press{InboxID: 1}, worked) // what is handled stays so
				if want := slices.Repeat([]string{"press"}, tt.calls); !slices.Equal(c.all(), want) {
					t.Errorf("handled %q, want %q", c.all(), want)
				}
			})
		})
	}
}

// TestPressAfterCrash: an update whose handling was cut off is handled again, by the process that starts next.
func TestPressAfterCrash(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.put(71, "first")
		begun, cut := make(chan struct{}), errors.New("cut off")
		j, err := jobs.New(h.db, h.rumors, jobs.Options{Handle: func(ctx context.Context, _ []byte) error {
			close(begun)
			<-ctx.Done()
			return cut
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-begun
		ended, cancel := context.WithCancel(context.Background())
		cancel() // no time to end in good order
		if err := j.Stop(ended); err == nil {
			t.Error("Stop says that all ended in time")
		}
		h.put(72, "second")
		c := &clerk{}
		h.start(jobs.Options{Handle: c.handle})
		h.handled(2)
		if got := c.all(); !slices.Equal(got, []string{"first", "second"}) {
			t.Errorf("handled %q, want both once", got)
		}
	})
}

// TestPressBesideSlowOne: one press that takes long keeps no other waiting.
func TestPressBesideSlowOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.put(71, "slow")
		h.put(72, "quick")
		release := make(chan struct{})
		c := &clerk{}
		h.start(jobs.Options{Handle: func(ctx context.Context, update []byte) error {
			if string(update) == "slow" {
				<-release
			}
			return c.handle(ctx, update)
		}})
		h.until("quick press", func() bool { return slices.Equal(c.all(), []string{"quick"}) })
		close(release)
		h.handled(2)
	})
}
