package mastodon_test

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rivo/uniseg"

	"guitu/publishers/publisherstest"
)

// server answers as docs.joinmastodon.org says that a Mastodon server does, for one account with one token.
type server struct {
	token string
	// forgetful servers of the same API know no Idempotency-Key.
	forgetful bool
	// slow is how often a picture is asked for before it is ready.
	slow int

	mu    sync.Mutex
	next  int
	posts []post
	media map[string]picture
	keys  map[string]string // Idempotency-Key → post
}

type post struct {
	id, text, reply, language string
	media                     []string
}

type picture struct {
	alt     string
	digest  string
	pending int
}

func newServer(token string) *server {
	return &server{token: token, media: map[string]picture{}, keys: map[string]string{}}
}

func (s *server) Posts() []publisherstest.Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []publisherstest.Post
	for _, p := range s.posts {
		q := publisherstest.Post{ID: p.id, Text: p.text, ReplyTo: p.reply}
		for _, m := range p.media {
			q.Pictures = append(q.Pictures, publisherstest.PostPicture{Alt: s.media[m].alt, Digest: s.media[m].digest})
		}
		all = append(all, q)
	}
	return all
}

func (s *server) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts = slices.DeleteFunc(s.posts, func(p post) bool { return p.id == id })
}

// address matches what Mastodon counts as 23 characters.
var address = regexp.MustCompile(`https?://\S+`)

// length counts as Mastodon does.
func length(text string) int {
	return uniseg.GraphemeClusterCount(address.ReplaceAllString(text, strings.Repeat("x", 23)))
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+s.token {
		says(w, http.StatusUnauthorized, map[string]string{"error": "The access token is invalid"})
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/statuses", s.create)
	mux.HandleFunc("PUT /api/v1/statuses/{id}", s.update)
	mux.HandleFunc("DELETE /api/v1/statuses/{id}", s.remove)
	mux.HandleFunc("GET /api/v1/statuses/{id}/source", s.source)
	mux.HandleFunc("POST /api/v2/media", s.upload)
	mux.HandleFunc("GET /api/v1/media/{id}", s.ready)
	mux.HandleFunc("GET /api/v1/accounts/verify_credentials", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Remaining", "297")
		says(w, http.StatusOK, map[string]string{"id": "109", "acct": "guitu"})
	})
	mux.HandleFunc("GET /api/v1/accounts/109/statuses", s.latest)
	mux.ServeHTTP(w, r)
}

// content is what a post's author wrote.
type content struct {
	Status   *string  `json:"status"`
	Media    []string `json:"media_ids"`
	Language string   `json:"language"`
	Reply    string   `json:"in_reply_to_id"`
}

// accept checks a post as the server does, or answers why not.
func (s *server) accept(w http.ResponseWriter, r *http.Request) (c content, ok bool) {
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil || c.Status == nil {
		says(w, http.StatusUnprocessableEntity, map[string]string{"error": "Validation failed: Text can't be blank"})
		return c, false
	}
	if n := length(*c.Status); n > 500 {
		says(w, http.StatusUnprocessableEntity, map[string]string{"error": fmt.Sprintf("Validation failed: Text character limit of 500 exceeded (%d)", n)})
		return c, false
	}
	if len(c.Media) > 4 {
		says(w, http.StatusUnprocessableEntity, map[string]string{"error": "Validation failed: Cannot attach more than 4 files"})
		return c, false
	}
	for _, m := range c.Media {
		if p, known := s.media[m]; !known || p.pending > 0 {
			says(w, http.StatusUnprocessableEntity, map[string]string{"error": "Validation failed: Cannot attach files that have not finished processing"})
			return c, false
		}
	}
	return c, true
}

func (s *server) create(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Idempotency-Key")
	if id, known := s.keys[key]; known && key != "" && !s.forgetful {
		s.show(w, id)
		return
	}
	c, ok := s.accept(w, r)
	if !ok {
		return
	}
	if c.Reply != "" && s.find(c.Reply) == nil {
		says(w, http.StatusNotFound, map[string]string{"error": "The post you are trying to reply to does not appear to exist."})
		return
	}
	p := post{s.id(), *c.Status, c.Reply, c.Language, c.Media}
	s.posts = append(s.posts, p)
	s.keys[key] = p.id
	s.show(w, p.id)
}

func (s *server) update(w http.ResponseWriter, r *http.Request) {
	p := s.find(r.PathValue("id"))
	if p == nil {
		gone(w)
		return
	}
	if c, ok := s.accept(w, r); ok {
		p.text, p.media, p.language = *c.Status, c.Media, c.Language
		s.show(w, p.id)
	}
}

func (s *server) remove(w http.ResponseWriter, r *http.Request) {
	p := s.find(r.PathValue("id"))
	if p == nil {
		gone(w)
		return
	}
	id := p.id
	s.posts = slices.DeleteFunc(s.posts, func(p post) bool { return p.id == id })
	says(w, http.StatusOK, map[string]string{"id": id})
}

func (s *server) source(w http.ResponseWriter, r *http.Request) {
	p := s.find(r.PathValue("id"))
	if p == nil {
		gone(w)
		return
	}
	says(w, http.StatusOK, map[string]string{"id": p.id, "text": p.text})
}

func (s *server) latest(w http.ResponseWriter, _ *http.Request) {
	list := []any{}
	for _, p := range slices.Backward(s.posts) {
		list = append(list, shown(p))
	}
	says(w, http.StatusOK, list[:min(len(list), 40)])
}

func (s *server) upload(w http.ResponseWriter, r *http.Request) {
	f, _, err := r.FormFile("file")
	if err != nil {
		says(w, http.StatusUnprocessableEntity, map[string]string{"error": "Validation failed: File can't be blank"})
		return
	}
	b, _ := io.ReadAll(f)
	alt := r.FormValue("description")
	if kind := http.DetectContentType(b); !strings.HasPrefix(kind, "image/") {
		says(w, http.StatusUnprocessableEntity, map[string]string{"error": "Validation failed: File content type is invalid"})
		return
	}
	if len([]rune(alt)) > 1500 {
		says(w, http.StatusUnprocessableEntity, map[string]string{"error": "Validation failed: Description is too long"})
		return
	}
	id := s.id()
	s.media[id] = picture{alt, publisherstest.Digest(b), s.slow}
	code := http.StatusOK
	if s.slow > 0 {
		code = http.StatusAccepted
	}
	says(w, code, map[string]any{"id": id, "url": nil})
}

func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	m, known := s.media[r.PathValue("id")]
	if !known {
		gone(w)
		return
	}
	m.pending--
	s.media[r.PathValue("id")] = m
	code := http.StatusOK
	if m.pending > 0 {
		code = http.StatusPartialContent
	}
	says(w, code, map[string]any{"id": r.PathValue("id")})
}

func (s *server) id() string { s.next++; return strconv.Itoa(113000 + s.next) }

func (s *server) find(id string) *post {
	if i := slices.IndexFunc(s.posts, func(p post) bool { return p.id == id }); i >= 0 {
		return &s.posts[i]
	}
	return nil
}

func (s *server) show(w http.ResponseWriter, id string) {
	if p := s.find(id); p != nil {
		says(w, http.StatusOK, shown(*p))
		return
	}
	gone(w)
}

func shown(p post) map[string]string {
	return map[string]string{
		"id": p.id, "url": "https://mastodon.example/@guitu/" + p.id,
		"content": "<p>" + strings.ReplaceAll(html.EscapeString(p.text), "\n", "<br />") + "</p>",
	}
}

func gone(w http.ResponseWriter) {
	says(w, http.StatusNotFound, map[string]string{"error": "Record not found"})
}

func says(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
