// Package sourcetest is the suite that every source passes: Exercise what guitu.Source promises, and ExerciseWeb how a source
// that reads pages behaves when the network and the site misbehave.
package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"guitu"
)

// Now is the time at which the sources under test read.
var Now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// Place is somewhere posts stand, with a source that reads it.
type Place interface {
	// Source makes the source anew, as after a restart. It reads at Now.
	Source(t *testing.T) guitu.Source
	// Put lets posts stand in the place, beside those that stand there.
	Put(t *testing.T, posts ...guitu.Post)
}

// Post makes an invented post that was posted some minutes before Now.
func Post(n, minutesAgo int) guitu.Post {
	return guitu.Post{
		// Sixteen digits are what Weibo wants; other sites take anything.
		ExternalID: fmt.Sprintf("5%015d", n),
		Author:     fmt.Sprintf("作者%d", n),
		Text:       fmt.Sprintf("第%d条：寻人，电话 1990000%04d", n, n),
		PostedAt:   Now.Add(-time.Duration(minutesAgo) * time.Minute),
	}
}

// Drain reads until there is no more, makes the source anew before each Read, and returns everything and the last cursor. It
// fails the test when a batch breaks the contract.
func Drain(t *testing.T, p Place, cursor string) ([]guitu.Post, []guitu.Reject, string) {
	t.Helper()
	var posts []guitu.Post
	var rejects []guitu.Reject
	for range 100 {
		src := p.Source(t)
		b, err := src.Read(t.Context(), cursor)
		if err != nil {
			t.Fatalf("Read(%q) = %v", cursor, err)
		}
		check(t, src, b)
		posts, rejects, cursor = append(posts, b.Posts...), append(rejects, b.Rejects...), b.Cursor
		if !b.More {
			return posts, rejects, cursor
		}
	}
	t.Fatal("there is more after a hundred reads")
	return nil, nil, ""
}

// check looks at what every batch must be.
func check(t *testing.T, src guitu.Source, b guitu.Batch) {
	t.Helper()
	known := make(map[string]bool)
	for i, p := range b.Posts {
		switch {
		case p.Source != src.Name():
			t.Errorf("post %s is of source %q, want %q", p.ExternalID, p.Source, src.Name())
		case p.ExternalID == "" || known[p.ExternalID]:
			t.Errorf("id %q is empty or stands twice in a batch", p.ExternalID)
		case p.PostedAt.IsZero() || p.PostedAt.After(p.SeenAt):
			t.Errorf("post %s: posted at %s, seen at %s", p.ExternalID, p.PostedAt, p.SeenAt)
		case p.PostedAt.Location() != time.UTC || p.SeenAt.Location() != time.UTC:
			t.Errorf("post %s has times that are not UTC", p.ExternalID)
		case len(p.Text) == 0 || len(p.Text) > guitu.MaxText:
			t.Errorf("post %s has a text of %d bytes", p.ExternalID, len(p.Text))
		case strings.ContainsFunc(p.Text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }):
			t.Errorf("post %s has control characters: %q", p.ExternalID, p.Text)
		case i > 0 && p.PostedAt.Before(b.Posts[i-1].PostedAt):
			t.Errorf("post %s stands after a later one", p.ExternalID)
		}
		known[p.ExternalID] = true
	}
	for _, r := range b.Rejects {
		if r.Reason == "" || len(r.Raw) > 4096 {
			t.Errorf("reject %q: reason %q, %d bytes", r.ExternalID, r.Reason, len(r.Raw))
		}
	}
	if b.Cursor == "" {
		t.Error("a batch without a cursor")
	}
}

// same compares the ids, authors and texts of posts.
func same(t *testing.T, got []guitu.Post, want ...guitu.Post) {
	t.Helper()
	show := func(posts []guitu.Post) (lines []string) {
		for _, p := range posts {
			lines = append(lines, p.ExternalID+" "+p.Author+": "+p.Text)
		}
		return lines
	}
	if diff := cmp.Diff(show(want), show(got)); diff != "" {
		t.Errorf("posts (-want +got):\n%s", diff)
	}
}

// Exercise runs a source through what guitu.Source promises. place makes an empty place.
func Exercise(t *testing.T, place func(t *testing.T) Place) {
	t.Run("Empty", func(t *testing.T) {
		posts, rejects, _ := Drain(t, place(t), "")
		if len(posts)+len(rejects) != 0 {
			t.Errorf("an empty place brought %d posts and %d rejects", len(posts), len(rejects))
		}
	})
	t.Run("Reads", func(t *testing.T) {
		p := place(t)
		p.Put(t, Post(1, 30), Post(2, 20), Post(3, 10))
		posts, rejects, _ := Drain(t, p, "")
		same(t, posts, Post(1, 30), Post(2, 20), Post(3, 10))
		if len(rejects) != 0 {
			t.Errorf("rejected for %q", rejects[0].Reason)
		}
		for i, q := range posts {
			if d := q.PostedAt.Sub(Post(i+1, 30-10*i).PostedAt); d < -time.Minute || d > time.Minute {
				t.Errorf("post %d was posted at %s", i+1, q.PostedAt)
			}
		}
	})
	t.Run("Resumes", func(t *testing.T) {
		p := place(t)
		p.Put(t, Post(1, 30), Post(2, 20))
		_, _, cursor := Drain(t, p, "")
		posts, _, cursor := Drain(t, p, cursor)
		same(t, posts)
		p.Put(t, Post(3, 10), Post(4, 5))
		posts, _, cursor = Drain(t, p, cursor)
		same(t, posts, Post(3, 10), Post(4, 5))
		posts, _, _ = Drain(t, p, cursor)
		same(t, posts)
	})
	t.Run("Repeats", func(t *testing.T) {
		p := place(t)
		p.Put(t, Post(1, 30))
		_, _, cursor := Drain(t, p, "")
		p.Put(t, Post(2, 20), Post(3, 10))
		first, _, _ := Drain(t, p, cursor)
		again, _, _ := Drain(t, p, cursor)
		same(t, first, Post(2, 20), Post(3, 10))
		same(t, again, first...)
	})
	t.Run("TakesTwinsOnce", func(t *testing.T) {
		p := place(t)
		p.Put(t, Post(1, 30), Post(1, 30))
		posts, _, _ := Drain(t, p, "")
		same(t, posts, Post(1, 30))
	})
	t.Run("ForeignCursor", func(t *testing.T) {
		p := place(t)
		p.Put(t, Post(1, 30))
		for _, cursor := range []string{"17", "null", `{"kind":"other","at":{"offset":9}}`, "\x00", "{" + strings.Repeat("[", 1000)} {
			posts, _, _ := Drain(t, p, cursor)
			same(t, posts, Post(1, 30))
		}
	})
	t.Run("Quarantines", func(t *testing.T) {
		p := place(t)
		long := Post(2, 20)
		long.Text = strings.Repeat("长", guitu.MaxText/3+1)
		p.Put(t, Post(1, 30), long, Post(3, 10))
		posts, rejects, cursor := Drain(t, p, "")
		same(t, posts, Post(1, 30), Post(3, 10))
		if len(rejects) != 1 || rejects[0].ExternalID != long.ExternalID && rejects[0].ExternalID != "" {
			t.Errorf("%d rejects, want the long post's", len(rejects))
		}
		posts, rejects, _ = Drain(t, p, cursor)
		if len(posts)+len(rejects) != 0 {
			t.Errorf("the second read brought %d posts and %d rejects", len(posts), len(rejects))
		}
	})
	t.Run("Future", func(t *testing.T) {
		p := place(t)
		p.Put(t, Post(1, -60*24*400))
		posts, _, _ := Drain(t, p, "")
		if len(posts) != 1 || posts[0].PostedAt.After(Now) || posts[0].PostedAt.Before(Now.Add(-time.Minute)) {
			t.Errorf("a post of the future: %+v, want it at %s", posts, Now)
		}
	})
	t.Run("Hostile", func(t *testing.T) {
		p := place(t)
		bad := Post(1, 30)
		bad.Text = "看<script>alert(1)</script>\u202e这\u0007里 & 那里\"'</p></div>]]>"
		p.Put(t, bad, Post(2, 20))
		posts, _, _ := Drain(t, p, "")
		if len(posts) != 2 || !strings.Contains(posts[0].Text, "<script>") || strings.Contains(posts[0].Text, "\u202e") {
			t.Errorf("posts: %+v; want markup that was written as text to stay text, and no bidirectional marks", posts)
		}
	})
	t.Run("Cancelled", func(t *testing.T) {
		p := place(t)
		p.Put(t, Post(1, 30))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.Source(t).Read(ctx, ""); !errors.Is(err, context.Canceled) {
			t.Errorf("Read after cancel = %v, want context.Canceled", err)
		}
	})
}
