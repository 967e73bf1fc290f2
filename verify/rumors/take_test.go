package rumors_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/verify/rumors"
)

func TestTakeGathersCopies(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if n := h.take(h.batch(child, chatter, childMoved, otherChild, "转发微博："+child)); n != 4 {
			t.Errorf("spotted %d posts of 5, want 4", n)
		}
		all := h.stories()
		if len(all) != 2 || all[0].Posts != 3 || all[1].Posts != 1 {
			t.Fatalf("stories %+v, want one of 3 posts and one of 1", all)
		}
		c := all[0].Claim
		if c.Area != "371302" || !slices.Equal(c.Phones, []string{"19900001234", "19900009876"}) {
			t.Errorf("claim %+v, want the first place and both phones", c)
		}
		if n := h.steps("route"); n != 2 {
			t.Errorf("%d routes, want one for each story", n)
		}
		// A later batch adds to the story too.
		h.take(h.batch(childMoved))
		if q := h.question(all[0].ID); q.Rumor.Posts != 4 || q.PostsLast24 != 4 {
			t.Errorf("story has %d posts, %d in the last day, want 4", q.Rumor.Posts, q.PostsLast24)
		}
	})
}

func TestTakeTwice(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.batch(child)
		h.take(b)
		h.take(b) // the source gives the same again after its cursor
		if all := h.stories(); len(all) != 1 || all[0].Posts != 1 {
			t.Errorf("stories %+v, want one with one post", all)
		}
	})
}

func TestTakeMoved(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.take(h.batch(child))
		late := h.batch(otherChild)
		late.Rejects = []guitu.Reject{{Reason: "line 1: no JSON"}}
		if _, err := h.Take(ctx, source, "", late, h.clock.now()); !errors.Is(err, rumors.ErrMoved) {
			t.Fatalf("error %v, want ErrMoved", err)
		}
		bad, err := h.Quarantine(ctx, 10)
		if all := h.stories(); err != nil || len(all) != 1 || len(bad) != 0 {
			t.Errorf("%d stories, %d quarantined, %v; want nothing of the batch", len(all), len(bad), err)
		}
		states, err := h.Sources(ctx)
		if err != nil || states[0].Posts != 1 {
			t.Errorf("source %+v, %v; want 1 post read", states, err)
		}
		// The batch is taken whole once it is read from where the cursor stands.
		h.take(late)
		if all := h.stories(); len(all) != 2 {
			t.Errorf("%d stories, want 2", len(all))
		}
	})
}

func TestTakeRejects(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.batch(chatter)
		b.Rejects = []guitu.Reject{{ExternalID: "7", Reason: "line 7: invalid UTF-8", Raw: []byte("\xff\x00")}, {Reason: "empty"}}
		h.take(b)
		all, err := h.Quarantine(context.Background(), 10)
		if err != nil || len(all) != 2 {
			t.Fatalf("quarantine %+v, %v; want 2", all, err)
		}
		got := all[1]
		if got.Source != source || got.Reject.ExternalID != "7" || string(got.Reject.Raw) != "\xff\x00" || !got.At.Equal(h.clock.now()) {
			t.Errorf("quarantined %+v", got)
		}
	})
}

func TestTakeTenThousandCopies(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for range 10 {
			h.take(h.batch(slices.Repeat([]string{child}, 1000)...))
		}
		all := h.stories()
		if len(all) != 1 || all[0].Posts != 10000 || all[0].Reach != 10000 {
			t.Fatalf("%d stories, first %+v; want one of 10000 posts", len(all), all[0])
		}
		if q := h.question(all[0].ID); len(q.Samples) == 0 || len(q.Samples) > guitu.MaxSamples {
			t.Errorf("%d samples, want 1 to %d", len(q.Samples), guitu.MaxSamples)
		}
	})
}

func TestTakeAfterRestart(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.take(h.batch(child))
		h.Rumors = rumors.New(h.db, options())
		h.take(h.batch(childMoved))
		if all := h.stories(); len(all) != 1 || all[0].Posts != 2 {
			t.Errorf("stories %+v, want one of 2 posts", all)
		}
	})
}

func TestTakeManyPhones(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var texts []string
		for i := range 50 {
			texts = append(texts, strings.Replace(child, "19900001234", fmt.Sprintf("199000%05d", i), 1))
		}
		h.take(h.batch(texts...))
		all := h.stories()
		if len(all) != 1 || all[0].Posts != 50 || len(all[0].Claim.Phones) != 20 {
			t.Errorf("%d stories, first of %d posts with %d phones; want 1, 50, 20", len(all), all[0].Posts, len(all[0].Claim.Phones))
		}
	})
}

// TestTakeByTwoProcesses: what one process begins, the other must see before it begins its own.
func TestTakeByTwoProcesses(t *testing.T) {
	address := testenv.Postgres(t)
	h := build(t, address)
	names := []string{"one", "two"}
	two := []*rumors.Rumors{h.Rumors, rumors.New(open(t, address, h.clock), options())}
	h.update(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetSources(ctx, []store.SourceSetup{{Name: "one", Kind: "file"}, {Name: "two", Kind: "file"}})
	})
	const rounds = 20
	var wg sync.WaitGroup
	for i, r := range two {
		wg.Go(func() {
			cursor := ""
			for n := range rounds {
				b := guitu.Batch{Cursor: fmt.Sprint(n + 1)}
				for k, text := range []string{child, childMoved} {
					b.Posts = append(b.Posts, guitu.Post{
						Source: names[i], ExternalID: fmt.Sprint(n, "-", k), Text: text, PostedAt: h.clock.now(),
					})
				}
				if _, err := r.Take(context.Background(), names[i], cursor, b, h.clock.now()); err != nil {
					t.Error(err)
					return
				}
				cursor = b.Cursor
			}
		})
	}
	wg.Wait()
	if all := h.stories(); len(all) != 1 || all[0].Posts != 2*2*rounds {
		t.Errorf("stories %+v, want one of %d posts", all, 2*2*rounds)
	}
}
