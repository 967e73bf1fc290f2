package rumors_test

import (
	"context"
	"strings"
	"testing"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/rumors"
	"guitu/verify/spot"
)

const (
	debunkOfChild = "【辟谣】网传“张小桐，女，5岁，在临沂市兰山区走失”系不实信息，请勿传播。"
	foundChild    = "最新消息：走失女童张小桐（5岁）昨晚已在派出所平安找回，家属感谢各界帮忙。"
	debunkOfOther = "【辟谣】网传“赵二丫，女，7岁，在青岛市市南区走失”系不实信息，请勿传播。"
)

// doubt puts posts that begin with 听说 between the two bars, knows news that a child is found, and leaves all others to
// spotting.
func doubt(post string) guitu.Finding {
	f := spot.Spot(post)
	switch {
	case strings.HasPrefix(post, "听说"):
		f.Spotted, f.Ask = false, true
	case post == foundChild:
		return guitu.Finding{Topic: guitu.FoundNews}
	}
	return f
}

// by makes a batch whose posts have these authors.
func (h *house) by(text string, authors ...string) guitu.Batch {
	b := h.batch(make([]string, len(authors))...)
	for i := range b.Posts {
		b.Posts[i].Text, b.Posts[i].Author = text, authors[i]
	}
	return b
}

func TestWatchedStory(t *testing.T) {
	for _, tt := range []struct {
		name  string
		more  func(h *house) guitu.Batch
		state guitu.RumorState
	}{
		{"one author again and again", func(h *house) guitu.Batch { return h.by("听说，"+child, "甲", "甲", "甲", "甲") }, guitu.RumorWatched},
		{"a second author", func(h *house) guitu.Batch { return h.by("听说，"+child, "乙") }, guitu.RumorWatched},
		{"a third author", func(h *house) guitu.Batch { return h.by("听说，"+child, "乙", "丙") }, guitu.RumorOpen},
		{"authors unknown", func(h *house) guitu.Batch { return h.by("听说，"+child, "", "") }, guitu.RumorOpen},
		{"a sure post", func(h *house) guitu.Batch { return h.by(childMoved, "甲") }, guitu.RumorOpen},
		{"a debunk", func(h *house) guitu.Batch { return h.by(debunkOfChild, "乙", "丙", "丁") }, guitu.RumorWatched},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.SpotWith(doubt)
				if n := h.take(h.by("听说，"+child, "甲")); n != 1 {
					t.Fatalf("%d posts tell a story, want 1", n)
				}
				id := h.stories()[0].ID
				if s := h.stories()[0].State; s != guitu.RumorWatched || h.steps("route") != 0 {
					t.Fatalf("a doubtful post made a story %s with %d routes, want watched and none", s, h.steps("route"))
				}
				h.route(id) // an old step must not ask either
				if a := h.question(id).Assignment; a != nil {
					t.Fatalf("a watched story was assigned: %+v", a)
				}
				if all, err := h.Waiting(context.Background(), "", 10); err != nil || len(all) != 0 {
					t.Errorf("a watched story waits: %v, %v", all, err)
				}
				h.take(tt.more(h))
				all := h.stories()
				if len(all) != 1 || all[0].State != tt.state {
					t.Fatalf("stories %+v, want one that is %s", all, tt.state)
				}
				want := 0
				if tt.state == guitu.RumorOpen {
					want = 1
				}
				if n := h.steps("route"); n != want {
					t.Errorf("%d routes, want %d", n, want)
				}
				h.take(tt.more(h)) // more of the same raises nothing twice
				if n := h.steps("route"); want == 1 && n != 1 {
					t.Errorf("%d routes after more posts, want 1", n)
				}
			})
		})
	}
}

func TestRaisedStoryShowsTheSurePost(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.SpotWith(func(post string) guitu.Finding {
			f := doubt(post)
			if !f.Spotted {
				f.Score, f.Hits = 0.2, nil
			}
			return f
		})
		id := h.story("听说，" + child)
		h.take(h.batch(childMoved))
		if r := h.question(id).Rumor; r.Score < 0.5 || len(r.Hits) == 0 {
			t.Errorf("score %v and hits %v, want those of the post that raised it", r.Score, r.Hits)
		}
	})
}

func TestHandOverWatched(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.SpotWith(doubt)
		id := h.story("听说，" + child)
		is(t, h.hand(id, h.desks[city].ID, h.officers[county]), "")
		h.at(id, city)
		if s := h.question(id).Rumor.State; s != guitu.RumorOpen {
			t.Errorf("the story that was handed over is %s, want open", s)
		}
	})
}

func TestEvidence(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.SpotWith(doubt)
		id := h.story(child)
		is(t, h.SawCard(ctx, id, guitu.MessageRef{Chat: "chat", Message: "1"}), "")
		before := h.steps("show")
		if n := h.take(h.batch(debunkOfChild, debunkOfOther, foundChild, debunkOfChild)); n != 0 {
			t.Errorf("%d posts tell a story, want none", n)
		}
		all := h.stories()
		if len(all) != 1 {
			t.Fatalf("stories %+v, want evidence to begin none", all)
		}
		q := h.question(id)
		if q.Rumor.Posts != 1 || q.Rumor.Reach != 1 || q.PostsLast24 != 1 || len(q.Samples) != 1 {
			t.Errorf("%d posts, reach %d, %d today, %d samples; want evidence not to count", q.Rumor.Posts, q.Rumor.Reach, q.PostsLast24, len(q.Samples))
		}
		if e := q.Evidence; e.Debunks != 2 || e.Found != 1 || len(e.Latest) != 3 || e.Latest[0].Evidence != guitu.Debunk || e.Latest[1].Evidence != guitu.FoundNews {
			t.Errorf("evidence %+v, want 2 debunks and 1 found, the latest first", e)
		}
		if n := h.steps("show"); n != before+1 {
			t.Errorf("%d shows, want %d", n, before+1)
		}
		h.update(func(ctx context.Context, tx *store.Tx) error {
			if have, err := tx.HasPost(ctx, source, "3"); err != nil || have {
				t.Errorf("a debunk of what nobody knows was kept: %v, %v", have, err)
			}
			return nil
		})
		// Evidence is no exemplar: after a restart it is found by the story's own posts still.
		h.Rumors = rumors.New(h.db, options())
		h.SpotWith(doubt)
		h.take(h.batch(foundChild, childMoved))
		if q := h.question(id); q.Evidence.Found != 2 || q.Rumor.Posts != 2 {
			t.Errorf("%d found, %d posts; want 2 and 2", q.Evidence.Found, q.Rumor.Posts)
		}
	})
}
