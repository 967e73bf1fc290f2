package publisherstest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"guitu"
	"guitu/publishers"
)

// board is the smallest channel that has everything: GET /me, POST /posts, GET /posts?key=, PUT and
// DELETE /posts/{id}.
type board struct {
	http.ServeMux
	keys bool // the same key twice is one post

	mu    sync.Mutex
	posts []boardPost
	next  int
}

type boardPost struct {
	ID, Key, Text, ReplyTo string
	Pictures               []boardPicture
}

type boardPicture struct {
	Alt   string
	Bytes []byte
}

var boardLimits = publishers.Limits{Text: 300, Caption: 250, Pictures: 3, Alt: 40}

func newBoard(keys bool) *board {
	b := &board{keys: keys}
	b.HandleFunc("POST /posts", b.create)
	b.HandleFunc("GET /posts", b.list)
	b.HandleFunc("PUT /posts/{id}", b.change)
	b.HandleFunc("DELETE /posts/{id}", b.remove)
	b.HandleFunc("GET /me", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"Text":"the board"}`)) })
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
	b.posts[i].Text, b.posts[i].Pictures = p.Text, p.Pictures
	_ = json.NewEncoder(w).Encode(b.posts[i])
}

func (b *board) remove(w http.ResponseWriter, r *http.Request) {
	b.Remove(r.PathValue("id"))
	_, _ = w.Write([]byte("{}"))
}

func readPost(w http.ResponseWriter, r *http.Request) (p boardPost, ok bool) {
	err := json.NewDecoder(r.Body).Decode(&p)
	tooLong := publishers.UTF16(p.Text) > boardLimits.Text || len(p.Pictures) > 0 && publishers.UTF16(p.Text) > boardLimits.Caption ||
		len(p.Pictures) > boardLimits.Pictures
	for _, q := range p.Pictures {
		tooLong = tooLong || publishers.UTF16(q.Alt) > boardLimits.Alt
	}
	if err != nil || tooLong {
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
		q := Post{ID: p.ID, Text: p.Text, ReplyTo: p.ReplyTo}
		for _, m := range p.Pictures {
			q.Pictures = append(q.Pictures, PostPicture{Alt: m.Alt, Digest: Digest(m.Bytes)})
		}
		posts = append(posts, q)
	}
	return posts
}

func (b *board) Remove(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posts = slices.DeleteFunc(b.posts, func(p boardPost) bool { return p.ID == id })
}

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
		_ = p.call(ctx, http.MethodPost, "/posts", p.post(pub, pub.Key+"again"), &q)
	}
	var q boardPost
	err := p.call(ctx, http.MethodPost, "/posts", p.post(pub, pub.Key), &q)
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
	post := p.post(pub, "")
	if p.sin == "edits the text only" {
		post.Pictures = p.post(guitu.Publication{Notice: pub.Notice, Pictures: []guitu.Picture{Picture(1, "第一张")}}, "").Pictures
	}
	return p.call(ctx, http.MethodPut, "/posts/"+id, post, &boardPost{})
}

func (p *writer) Pull(ctx context.Context, pub guitu.Publication) error {
	id := pub.Receipt.ExternalID
	if p.sin == "pulls the next" {
		id = "2"
	}
	if p.sin == "pulls once" {
		if _, there, err := p.Find(ctx, pub); err != nil || !there {
			return errors.Join(guitu.ErrRejected, err)
		}
	}
	return p.call(ctx, http.MethodDelete, "/posts/"+id, boardPost{}, &boardPost{})
}

func (p *writer) Probe(ctx context.Context) (guitu.Account, error) {
	var me boardPost
	if p.sin == "probes by posting" {
		_ = p.call(ctx, http.MethodPost, "/posts", boardPost{Text: "试"}, &me)
	}
	err := p.call(ctx, http.MethodGet, "/me", nil, &me)
	return guitu.Account{Name: me.Text}, err
}

func (p *writer) post(pub guitu.Publication, key string) boardPost {
	post := boardPost{Key: key, Text: p.text(pub), ReplyTo: pub.ReplyTo.ExternalID}
	if p.sin == "answers nobody" {
		post.ReplyTo = ""
	}
	taken := boardLimits.Take(pub.Pictures)
	if p.sin == "sends every picture" {
		taken = pub.Pictures
	}
	for _, m := range taken {
		q := boardPicture{Alt: boardLimits.AltText(m, guitu.Chinese), Bytes: m.Bytes}
		switch p.sin {
		case "forgets what pictures show":
			q.Alt = ""
		case "touches pictures":
			q.Bytes = append(q.Bytes[:len(q.Bytes):len(q.Bytes)], 0)
		}
		post.Pictures = append(post.Pictures, q)
	}
	return post
}

func (p *writer) text(pub guitu.Publication) string {
	s := publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, boardLimits.Beside(boardLimits.Take(pub.Pictures)))
	switch p.sin {
	case "escapes":
		return strings.ReplaceAll(s, "&", "&amp;")
	case "never cuts":
		return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, publishers.Limits{Text: 1 << 20})
	case "drops what must stay":
		pub.Notice.Texts = maps.Clone(pub.Notice.Texts)
		text := pub.Notice.Texts[guitu.Chinese]
		text.Description, text.Keep = text.Keep+"\n"+text.Description, ""
		if len(text.Description) > boardLimits.Text {
			text.Description = "略"
		}
		pub.Notice.Texts[guitu.Chinese] = text
		return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, boardLimits.Beside(boardLimits.Take(pub.Pictures)))
	case "cuts anywhere":
		s = publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, publishers.Limits{Text: 1 << 20})
		tail := "…" + pub.Link
		if r := []rune(s); publishers.UTF16(s) > boardLimits.Text {
			for i := len(r); publishers.UTF16(s) > boardLimits.Text; i-- {
				s = string(r[:i]) + tail
			}
		}
	}
	return s
}

func (p *writer) call(ctx context.Context, method, path string, in, out any) error {
	if p.sin == "logs the secret" {
		slog.DebugContext(ctx, "call", "key", p.secret) //nolint:sloglint // the sin
	}
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
		if p.sin == "gives up on a cut" {
			return guitu.ErrRejected
		}
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
		if p.sin == "does not say which" {
			return guitu.ErrUnauthorized
		}
		return fmt.Errorf("the key of the board: %w", guitu.ErrUnauthorized)
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
