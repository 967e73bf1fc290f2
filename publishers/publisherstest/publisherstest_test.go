package publisherstest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"guitu"
	"guitu/publishers"
)

// board is the smallest channel that has everything: POST /posts, GET /posts?key=, PUT /posts/{id}.
type board struct {
	http.ServeMux
	keys bool // the same key twice is one post

	mu    sync.Mutex
	posts []boardPost
	next  int
}

type boardPost struct{ ID, Key, Text string }

const boardLimit = 300

func newBoard(keys bool) *board {
	b := &board{keys: keys}
	b.HandleFunc("POST /posts", b.create)
	b.HandleFunc("GET /posts", b.list)
	b.HandleFunc("PUT /posts/{id}", b.change)
	return b
}

func (b *board) create(w http.ResponseWriter, r *http.Request) {
	p, ok := readPost(w, r)
	if !ok {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.IndexFunc(b.posts, func(q boardPost) bool { return q.Key == p.Key }); b.keys && i >= 0 {
		_ = json.NewEncoder(w).Encode(b.posts[i])
		return
	}
	b.next++
	p.ID = fmt.Sprint(b.next)
	b.posts = append(b.posts, p)
	_ = json.NewEncoder(w).Encode(p)
}

func (b *board) list(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := []boardPost{}
	for _, p := range b.posts {
		if p.Key == r.FormValue("key") {
			found = append(found, p)
		}
	}
	_ = json.NewEncoder(w).Encode(found)
}

func (b *board) change(w http.ResponseWriter, r *http.Request) {
	p, ok := readPost(w, r)
	if !ok {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.posts, func(q boardPost) bool { return q.ID == r.PathValue("id") })
	if i < 0 {
		http.Error(w, "no such post", http.StatusNotFound)
		return
	}
	b.posts[i].Text = p.Text
	_ = json.NewEncoder(w).Encode(b.posts[i])
}

func readPost(w http.ResponseWriter, r *http.Request) (p boardPost, ok bool) {
	if err := json.NewDecoder(r.Body).Decode(&p); err != nil || units(p.Text) > boardLimit {
		http.Error(w, "too long", http.StatusUnprocessableEntity)
		return p, false
	}
	return p, true
}

func (b *board) Posts() []Post {
	b.mu.Lock()
	defer b.mu.Unlock()
	var posts []Post
	for _, p := range b.posts {
		posts = append(posts, Post{p.ID, p.Text})
	}
	return posts
}

func (b *board) Remove(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posts = slices.DeleteFunc(b.posts, func(p boardPost) bool { return p.ID == id })
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// writer is a right publisher for board; sin makes it a wrong one.
type writer struct {
	url, secret string
	sin         string
}

func (p *writer) Name() string { return "board" }

func (p *writer) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	if p.sin == "ignores the context" {
		ctx = context.WithoutCancel(ctx)
	}
	if p.sin == "posts twice" {
		var q boardPost
		_ = p.call(ctx, http.MethodPost, "/posts", boardPost{Key: pub.Key + "again", Text: p.text(pub)}, &q)
	}
	var q boardPost
	err := p.call(ctx, http.MethodPost, "/posts", boardPost{Key: pub.Key, Text: p.text(pub)}, &q)
	if p.sin == "forgets its id" {
		q.ID = ""
	}
	return guitu.Receipt{ExternalID: q.ID}, err
}

func (p *writer) Find(ctx context.Context, pub guitu.Publication) (guitu.Receipt, bool, error) {
	var found []boardPost
	err := p.call(ctx, http.MethodGet, "/posts?key="+pub.Key, nil, &found)
	if p.sin == "finds nothing in trouble" {
		err = nil
	}
	if err != nil || len(found) == 0 {
		return guitu.Receipt{}, false, err
	}
	return guitu.Receipt{ExternalID: found[0].ID}, true, nil
}

func (p *writer) Edit(ctx context.Context, pub guitu.Publication) error {
	id := pub.Receipt.ExternalID
	if p.sin == "edits the first" {
		id = "2"
	}
	return p.call(ctx, http.MethodPut, "/posts/"+id, boardPost{Text: p.text(pub)}, &boardPost{})
}

func (p *writer) text(pub guitu.Publication) string {
	s := publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, boardLimit)
	switch p.sin {
	case "escapes":
		return strings.ReplaceAll(s, "&", "&amp;")
	case "never cuts":
		return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, 1<<20)
	case "cuts anywhere":
		s = publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, 1<<20)
		tail := "…" + pub.Link
		if r := []rune(s); units(s) > boardLimit {
			for i := len(r); units(s) > boardLimit; i-- {
				s = string(r[:i]) + tail
			}
		}
	}
	return s
}

func (p *writer) call(ctx context.Context, method, path string, in, out any) error {
	body, _ := json.Marshal(in)
	req, err := http.NewRequestWithContext(ctx, method, p.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", p.secret)
	if err := ctx.Err(); err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		var op *net.OpError
		if p.sin == "shows the secret" {
			return fmt.Errorf("call with %s: %w", p.secret, err)
		}
		if p.sin == "calls lost answers failed" || errors.As(err, &op) && op.Op == "dial" && p.sin != "calls everything unknown" {
			return err
		}
		return fmt.Errorf("%w: %w", guitu.ErrUnknown, err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests && p.sin != "hurries":
		return &guitu.RetryError{After: RetryAfter, Err: errors.New("too many")}
	case resp.StatusCode == http.StatusUnauthorized:
		if p.sin == "confuses no with who" {
			return guitu.ErrRejected
		}
		return guitu.ErrUnauthorized
	case resp.StatusCode >= 500:
		if p.sin == "gives up on a 500" {
			return guitu.ErrRejected
		}
		return fmt.Errorf("%w: %s", guitu.ErrUnknown, resp.Status)
	case resp.StatusCode >= 400:
		if p.sin == "tries for ever" {
			return errors.New(resp.Status)
		}
		return guitu.ErrRejected
	}
	if err == nil {
		err = json.Unmarshal(answer, out)
	}
	if p.sin == "takes any 200" {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", guitu.ErrUnknown, err)
	}
	return nil
}

func harness(keys bool, sin string) Harness {
	return Harness{
		Fake: func(testing.TB) Fake { return newBoard(keys) },
		Publisher: func(_ testing.TB, url, secret string) guitu.Publisher {
			return &writer{url: url, secret: secret, sin: sin}
		},
		TooMany:      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		Rejected:     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnprocessableEntity) },
		Unauthorized: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		Limit:        boardLimit, Count: units, Idempotent: keys,
	}
}

func TestExercise(t *testing.T) {
	t.Run("Keys", func(t *testing.T) { Exercise(t, harness(true, "")) })
	t.Run("NoKeys", func(t *testing.T) { Exercise(t, harness(false, "")) })
}

// TestExerciseCatches shows that the suite sees what it is there for: each sin fails at least the checks that are named.
func TestExerciseCatches(t *testing.T) {
	tests := []struct {
		sin  string
		keys bool
		want []string
	}{
		{"posts twice", false, []string{"Publishes", "Concurrent"}},
		{"posts twice", true, []string{"SameKeyTwice"}},
		{"forgets its id", false, []string{"Publishes"}},
		{"hurries", false, []string{"TooMany"}},
		{"tries for ever", false, []string{"Rejected"}},
		{"confuses no with who", false, []string{"Unauthorized"}},
		{"gives up on a 500", false, []string{"ServerError"}},
		{"calls everything unknown", false, []string{"Unreachable"}},
		{"calls lost answers failed", false, []string{"AnswerLost", "CancelledDuring"}},
		{"takes any 200", false, []string{"AnswerLost"}},
		{"finds nothing in trouble", false, []string{"Find"}},
		{"edits the first", false, []string{"Edit"}},
		{"never cuts", false, []string{"Limit"}},
		{"cuts anywhere", false, []string{"Grapheme"}},
		{"escapes", false, []string{"AsTyped"}},
		{"shows the secret", false, []string{"Unreachable"}},
		{"ignores the context", false, []string{"CancelledBefore"}},
	}
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.sin, " ", "_"), func(t *testing.T) {
			for _, name := range tt.want {
				i := slices.IndexFunc(checks, func(c check) bool { return c.name == name })
				if i < 0 {
					t.Fatalf("no check %q", name)
				}
				if !fails(t, checks[i], harness(tt.keys, tt.sin)) {
					t.Errorf("%s passes a publisher that %s", name, tt.sin)
				}
			}
		})
	}
}

// fails runs a check and reports whether it failed.
func fails(t *testing.T, c check, h Harness) bool {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.run(r, h)
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatalf("%s does not end", c.name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

// recorder is a testing.TB whose failures do not fail the test.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	failed bool
}

func (r *recorder) Errorf(string, ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}
