package matrix_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"guitu/publishers/publisherstest"
)

const room = "!guitu:matrix.example"

// server answers as spec.matrix.org says that a server does, for one account in one room.
type server struct {
	token string

	mu     sync.Mutex
	next   int
	events []event
	txns   map[string]string
	media  map[string][]byte
}

type event struct {
	ID      string  `json:"event_id"`
	Type    string  `json:"type"`
	Content content `json:"content"`
}

type content struct {
	Type     string `json:"msgtype,omitempty"`
	Body     string `json:"body,omitempty"`
	URL      string `json:"url,omitempty"`
	Relation *struct {
		Type    string `json:"rel_type,omitempty"`
		Event   string `json:"event_id,omitempty"`
		ReplyTo *struct {
			Event string `json:"event_id"`
		} `json:"m.in_reply_to,omitempty"`
	} `json:"m.relates_to,omitempty"`
	New *content `json:"m.new_content,omitempty"`
	Key string   `json:"guitu.key,omitempty"`
}

func newServer(token string) *server {
	return &server{token: token, txns: map[string]string{}, media: map[string][]byte{}}
}

// Posts shows texts as clients do: with their edits, and the pictures that answer them.
func (s *server) Posts() []publisherstest.Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []publisherstest.Post
	for _, e := range s.events {
		r := e.Content.Relation
		switch {
		case e.Content.Type == "m.text" && (r == nil || r.Type == ""):
			p := publisherstest.Post{ID: e.ID, Text: e.Content.Body}
			if r != nil && r.ReplyTo != nil {
				p.ReplyTo = r.ReplyTo.Event
			}
			all = append(all, p)
		case e.Content.Type == "m.text" && r.Type == "m.replace":
			if i := slices.IndexFunc(all, func(p publisherstest.Post) bool { return p.ID == r.Event }); i >= 0 {
				all[i].Text = e.Content.New.Body
			}
		case e.Content.Type == "m.image":
			if i := slices.IndexFunc(all, func(p publisherstest.Post) bool { return p.ID == r.ReplyTo.Event }); i >= 0 {
				all[i].Pictures = append(all[i].Pictures, publisherstest.PostPicture{
					Alt: e.Content.Body, Digest: publisherstest.Digest(s.media[e.Content.URL]),
				})
			}
		}
	}
	for i := range all {
		for _, e := range s.events {
			if e.Content.Type == "m.image" && e.Content.Relation.ReplyTo.Event == all[i].ID {
				all[i].ID += "," + e.ID
			}
		}
	}
	return all
}

func (s *server) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range strings.SplitSeq(id, ",") {
		s.redact(one)
	}
}

func (s *server) redact(id string) bool {
	i := slices.IndexFunc(s.events, func(e event) bool { return e.ID == id })
	if i >= 0 {
		s.events[i].Content = content{}
	}
	return i >= 0
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+s.token {
		says(w, 401, map[string]string{"errcode": "M_UNKNOWN_TOKEN", "error": "Unknown token"})
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /_matrix/client/v3/rooms/{room}/send/m.room.message/{txn}", s.send)
	mux.HandleFunc("PUT /_matrix/client/v3/rooms/{room}/redact/{event}/{txn}", func(w http.ResponseWriter, r *http.Request) {
		if !s.redact(r.PathValue("event")) {
			says(w, 404, map[string]string{"errcode": "M_NOT_FOUND", "error": "unknown event"})
			return
		}
		says(w, 200, map[string]string{"event_id": "$redaction"})
	})
	mux.HandleFunc("GET /_matrix/client/v3/rooms/{room}/event/{event}", func(w http.ResponseWriter, r *http.Request) {
		i := slices.IndexFunc(s.events, func(e event) bool { return e.ID == r.PathValue("event") })
		if i < 0 {
			says(w, 404, map[string]string{"errcode": "M_NOT_FOUND", "error": "unknown event"})
			return
		}
		says(w, 200, s.events[i])
	})
	mux.HandleFunc("GET /_matrix/client/v3/rooms/{room}/messages", func(w http.ResponseWriter, _ *http.Request) {
		latest := slices.Clone(s.events)
		slices.Reverse(latest)
		says(w, 200, map[string]any{"chunk": latest[:min(100, len(latest))], "start": "t1"})
	})
	mux.HandleFunc("GET /_matrix/client/v1/rooms/{room}/relations/{event}/m.replace", func(w http.ResponseWriter, r *http.Request) {
		edits := []event{}
		for _, e := range s.events {
			if rel := e.Content.Relation; rel != nil && rel.Type == "m.replace" && rel.Event == r.PathValue("event") {
				edits = append(edits, e)
			}
		}
		says(w, 200, map[string]any{"chunk": edits})
	})
	mux.HandleFunc("POST /_matrix/media/v3/upload", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if len(b) > 10<<20 {
			says(w, 413, map[string]string{"errcode": "M_TOO_LARGE", "error": "too large"})
			return
		}
		s.next++
		uri := fmt.Sprintf("mxc://matrix.example/m%d", s.next)
		s.media[uri] = b
		says(w, 200, map[string]string{"content_uri": uri})
	})
	mux.HandleFunc("GET /_matrix/client/v3/account/whoami", func(w http.ResponseWriter, _ *http.Request) {
		says(w, 200, map[string]string{"user_id": "@guitu:matrix.example"})
	})
	mux.ServeHTTP(w, r)
}

func (s *server) send(w http.ResponseWriter, r *http.Request) {
	if id, ok := s.txns[r.PathValue("txn")]; ok {
		says(w, 200, map[string]string{"event_id": id})
		return
	}
	body, _ := io.ReadAll(r.Body)
	var c content
	if err := json.Unmarshal(body, &c); err != nil || c.Body == "" || r.PathValue("room") != room {
		says(w, 403, map[string]string{"errcode": "M_FORBIDDEN", "error": "no room, or no message"})
		return
	}
	if len(body)+1000 > 65_536 {
		says(w, 413, map[string]string{"errcode": "M_TOO_LARGE", "error": "event is too long"})
		return
	}
	s.next++
	id := fmt.Sprintf("$event%d", s.next)
	s.events = append(s.events, event{id, "m.room.message", c})
	s.txns[r.PathValue("txn")] = id
	says(w, 200, map[string]string{"event_id": id})
}

func says(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
