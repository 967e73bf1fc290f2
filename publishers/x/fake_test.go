package x_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"guitu/publishers"
	"guitu/publishers/publisherstest"
	"guitu/publishers/x"
)

// server answers as docs.x.com says that the v2 interface does, for one account, and checks each signature.
type server struct {
	keys x.Keys

	mu    sync.Mutex
	next  int
	posts []post
	media map[string]picture
}

type post struct {
	id, text, to string
	media        []string
}

type picture struct{ digest, alt string }

func newServer(k x.Keys) *server { return &server{keys: k, media: map[string]picture{}} }

func (s *server) Posts() []publisherstest.Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []publisherstest.Post
	for _, p := range s.posts {
		q := publisherstest.Post{ID: p.id, Text: p.text, ReplyTo: p.to}
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

var field = regexp.MustCompile(`(\w+)="([^"]*)"`)

// signed reports whether a request bears the signature of RFC 5849 by the account's keys: HMAC-SHA1 over the method, the address
// without its query, and all parameters in order. A body that is no form is not signed.
func (s *server) signed(r *http.Request) bool {
	header, ok := strings.CutPrefix(r.Header.Get("Authorization"), "OAuth ")
	if !ok {
		return false
	}
	said := map[string]string{}
	var params []string
	for _, m := range field.FindAllStringSubmatch(header, -1) {
		v, err := url.QueryUnescape(m[2])
		if err != nil {
			return false
		}
		said[m[1]] = v
		if m[1] != "oauth_signature" {
			params = append(params, escape(m[1])+"="+escape(v))
		}
	}
	for k, all := range r.URL.Query() {
		for _, v := range all {
			params = append(params, escape(k)+"="+escape(v))
		}
	}
	sort.Strings(params)
	base := r.Method + "&" + escape("http://"+r.Host+r.URL.Path) + "&" + escape(strings.Join(params, "&"))
	mac := hmac.New(sha1.New, []byte(escape(s.keys.ConsumerSecret)+"&"+escape(s.keys.TokenSecret)))
	mac.Write([]byte(base))
	return said["oauth_consumer_key"] == s.keys.ConsumerKey && said["oauth_token"] == s.keys.Token &&
		said["oauth_signature_method"] == "HMAC-SHA1" && said["oauth_nonce"] != "" &&
		said["oauth_signature"] == base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// escape is percent-encoding as RFC 5849 has it.
func escape(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(s), "+", "%20"), "%7E", "~")
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.signed(r) {
		says(w, 401, map[string]any{"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"})
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2/tweets", s.create)
	mux.HandleFunc("DELETE /2/tweets/{id}", func(w http.ResponseWriter, r *http.Request) {
		// X says the same whether it was there or not.
		s.posts = slices.DeleteFunc(s.posts, func(p post) bool { return p.id == r.PathValue("id") })
		says(w, 200, map[string]any{"data": map[string]bool{"deleted": true}})
	})
	mux.HandleFunc("GET /2/users/me", func(w http.ResponseWriter, _ *http.Request) {
		says(w, 200, map[string]any{"data": map[string]string{"id": "2244994945", "name": "归途", "username": "guitu"}})
	})
	mux.HandleFunc("GET /2/users/2244994945/tweets", s.latest)
	mux.HandleFunc("POST /2/media/upload", s.upload)
	mux.HandleFunc("POST /2/media/metadata", s.describe)
	mux.ServeHTTP(w, r)
}

func (s *server) create(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Text  string `json:"text"`
		Media *struct {
			IDs []string `json:"media_ids"`
		} `json:"media"`
		Reply *struct {
			To string `json:"in_reply_to_tweet_id"`
		} `json:"reply"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Text == "" {
		fails(w, 400, "Invalid Request", "One or more parameters to your request was invalid.")
		return
	}
	if publishers.Weighted(in.Text) > 280 {
		fails(w, 403, "Forbidden", "You are not permitted to perform this action.")
		return
	}
	if slices.ContainsFunc(s.posts, func(p post) bool { return p.text == in.Text }) {
		fails(w, 403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
		return
	}
	p := post{text: in.Text}
	if in.Media != nil {
		p.media = in.Media.IDs
	}
	for _, m := range p.media {
		if _, ok := s.media[m]; !ok || len(p.media) > 4 {
			fails(w, 400, "Invalid Request", "Your media IDs are invalid.")
			return
		}
	}
	if in.Reply != nil {
		p.to = in.Reply.To
		if !slices.ContainsFunc(s.posts, func(q post) bool { return q.id == p.to }) {
			fails(w, 403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you.")
			return
		}
	}
	s.next++
	p.id = strconv.Itoa(1_980_000_000_000_000_000 + s.next)
	s.posts = append(s.posts, p)
	says(w, 201, map[string]any{"data": map[string]string{"id": p.id, "text": p.text}})
}

var address = regexp.MustCompile(`https?://\S+`)

// latest tells the posts as X does: escaped, and with addresses shortened.
func (s *server) latest(w http.ResponseWriter, _ *http.Request) {
	list := []any{}
	for _, p := range slices.Backward(s.posts) {
		text := address.ReplaceAllString(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(p.text), "https://t.co/AbCdEf0123")
		if html.UnescapeString(text) == "" {
			continue
		}
		list = append(list, map[string]string{"id": p.id, "text": text})
	}
	says(w, 200, map[string]any{"data": list[:min(len(list), 100)], "meta": map[string]int{"result_count": len(list)}})
}

func (s *server) upload(w http.ResponseWriter, r *http.Request) {
	f, _, err := r.FormFile("media")
	if err != nil || r.FormValue("media_category") != "tweet_image" {
		fails(w, 400, "Invalid Request", "media is missing")
		return
	}
	b, _ := io.ReadAll(f)
	if len(b) > 5<<20 || !strings.HasPrefix(http.DetectContentType(b), "image/") {
		fails(w, 400, "Invalid Request", "media type unrecognized")
		return
	}
	s.next++
	id := strconv.Itoa(1_880_000_000_000_000_000 + s.next)
	s.media[id] = picture{digest: publisherstest.Digest(b)}
	says(w, 200, map[string]any{"data": map[string]any{"id": id, "media_key": "3_" + id, "size": len(b)}})
}

func (s *server) describe(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ID       string `json:"id"`
		Metadata struct {
			Alt struct {
				Text string `json:"text"`
			} `json:"alt_text"`
		} `json:"metadata"`
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	p, ok := s.media[in.ID]
	if n := publishers.Weighted(in.Metadata.Alt.Text); !ok || n > 1000 {
		fails(w, 400, "Invalid Request", fmt.Sprintf("media id or alt text of %d is invalid", n))
		return
	}
	p.alt = in.Metadata.Alt.Text
	s.media[in.ID] = p
	says(w, 200, map[string]any{"data": map[string]string{"id": in.ID}})
}

func fails(w http.ResponseWriter, status int, title, detail string) {
	says(w, status, map[string]any{"title": title, "detail": detail, "status": status, "type": "about:blank"})
}

func says(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
