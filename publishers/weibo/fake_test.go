package weibo_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"guitu/publishers"
	"guitu/publishers/publisherstest"
)

// server answers as open.weibo.com documents both interfaces, for one account.
type server struct {
	token  string
	quoted bool // error codes in quotes, as some interfaces have them

	mu       sync.Mutex
	next     int
	calls    []string
	posts    []post
	pictures map[string][]byte
	comments []post // id and text; on is the post under which they stand
	expires  int    // seconds
}

type post struct {
	id, text, on string
	marks        json.RawMessage
	pictures     [][]byte
}

func newServer(token string) *server {
	return &server{token: token, pictures: map[string][]byte{}, expires: 100_000}
}

func (s *server) Posts() []publisherstest.Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []publisherstest.Post
	for _, p := range s.posts {
		q := publisherstest.Post{ID: p.id, Text: p.text}
		for _, b := range p.pictures {
			q.Pictures = append(q.Pictures, publisherstest.PostPicture{Digest: publisherstest.Digest(b)})
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

var (
	topic = regexp.MustCompile(`#[^#]+#`)
	own   = regexp.MustCompile(`https://guitu\.example/\S*`)
)

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, r.URL.Path)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		_ = r.ParseMultipartForm(32 << 20)
	}
	if r.FormValue("access_token") != s.token {
		s.fails(w, 401, 21332, "invalid_access_token")
		return
	}
	text := r.FormValue("status")
	switch r.URL.Path {
	case "/2/statuses/share.json":
		var pictures [][]byte
		if f, _, err := r.FormFile("pic"); err == nil {
			b, _ := io.ReadAll(f)
			if !takes(b) {
				s.fails(w, 400, 20005, "unsupported image type, only suport JPG, GIF, PNG!")
				return
			}
			pictures = [][]byte{b}
		}
		switch {
		case publishers.Hanzi(text) > 140:
			s.fails(w, 400, 20012, "text too long, please input text less than 140 characters!")
		case !own.MatchString(text):
			s.fails(w, 400, 10017, "text must contain at least one secure domain url")
		case topic.MatchString(text):
			s.fails(w, 400, 10017, "text must not contain a topic")
		default:
			s.post(w, text, nil, pictures)
		}
	case "/2/statuses/upload_pic/biz.json":
		f, _, err := r.FormFile("pic")
		if err != nil {
			s.fails(w, 400, 20007, "does multipart has image?")
			return
		}
		b, _ := io.ReadAll(f)
		if !takes(b) {
			s.fails(w, 400, 20006, "image size too large")
			return
		}
		s.next++
		id := "pid" + strconv.Itoa(s.next)
		s.pictures[id] = b
		says(w, map[string]string{"pic_id": id})
	case "/2/statuses/upload_url_text/biz.json", "/2/statuses/update/biz.json":
		most := 140
		if r.FormValue("is_longtext") == "1" {
			most = 2000
		}
		var pictures [][]byte
		for id := range strings.SplitSeq(r.FormValue("pic_id"), ",") {
			if b, ok := s.pictures[id]; ok {
				pictures = append(pictures, b)
			}
		}
		switch n := publishers.Hanzi(text); {
		case n > most || most == 2000 && n <= 140:
			s.fails(w, 400, 20012, "text too long, or not long")
		case strings.Contains(r.URL.Path, "upload_url_text") && len(pictures) == 0 || len(pictures) > 9:
			s.fails(w, 400, 10016, "miss required parameter (pic_id)")
		case len(r.FormValue("annotations")) > 512:
			s.fails(w, 400, 20023, "annotations too long")
		default:
			s.post(w, text, json.RawMessage(r.FormValue("annotations")), pictures)
		}
	case "/2/statuses/user_timeline.json":
		list := []any{}
		for _, p := range slices.Backward(s.posts) {
			list = append(list, shown(p))
		}
		says(w, map[string]any{"statuses": list[:min(len(list), 100)]})
	case "/2/statuses/destroy.json":
		i := slices.IndexFunc(s.posts, func(p post) bool { return p.id == r.FormValue("id") })
		if i < 0 {
			s.fails(w, 400, 20101, "target weibo does not exist!")
			return
		}
		says(w, shown(s.posts[i]))
		s.posts = slices.Delete(s.posts, i, i+1)
	case "/2/comments/create.json":
		if text := r.FormValue("comment"); publishers.Hanzi(text) > 140 {
			s.fails(w, 400, 20204, "comment text too long")
		} else if r.FormValue("id") == "404" {
			s.fails(w, 400, 20101, "target weibo does not exist!")
		} else {
			s.next++
			s.comments = append(s.comments, post{id: strconv.Itoa(s.next), text: text, on: r.FormValue("id")})
			says(w, map[string]any{"id": s.next, "idstr": strconv.Itoa(s.next), "text": text})
		}
	case "/2/comments/destroy.json":
		n := len(s.comments)
		s.comments = slices.DeleteFunc(s.comments, func(p post) bool { return p.id == r.FormValue("cid") })
		if len(s.comments) == n {
			s.fails(w, 400, 20201, "target weibo comment does not exist!")
			return
		}
		says(w, map[string]any{"idstr": r.FormValue("cid")})
	case "/oauth2/get_token_info":
		says(w, map[string]any{"uid": 1000000001, "appkey": "1234567", "scope": "", "create_at": 1352267591, "expire_in": s.expires})
	case "/2/account/rate_limit_status.json":
		says(w, map[string]any{"remaining_user_hits": 97, "user_limit": 100})
	default:
		s.fails(w, 404, 10020, "request api not found!")
	}
}

func takes(b []byte) bool {
	return len(b) < 5<<20 && slices.Contains([]string{"image/png", "image/jpeg", "image/gif"}, http.DetectContentType(b))
}

func (s *server) post(w http.ResponseWriter, text string, marks json.RawMessage, pictures [][]byte) {
	if n := len(s.posts); n > 0 && s.posts[n-1].text == text {
		s.fails(w, 400, 20019, "repeated weibo text!")
		return
	}
	s.next++
	p := post{id: strconv.Itoa(5_000_000_000_000_000 + s.next), text: text, marks: marks, pictures: pictures}
	s.posts = append(s.posts, p)
	says(w, shown(p))
}

// shown is a post as the interfaces tell it: escaped, and with addresses shortened.
func shown(p post) map[string]any {
	id, _ := strconv.ParseInt(p.id, 10, 64)
	m := map[string]any{
		"id": id, "idstr": p.id, "mid": p.id, "text": own.ReplaceAllString(html.EscapeString(p.text), "http://t.cn/A6"+p.id[10:]),
		"user": map[string]any{"id": 1000000001, "idstr": "1000000001"},
	}
	if p.marks != nil {
		m["annotations"] = p.marks
	}
	return m
}

func (s *server) fails(w http.ResponseWriter, status, code int, text string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	var v any = code
	if s.quoted {
		v = strconv.Itoa(code)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"error": text, "error_code": v, "request": "/2/x.json"})
}

func says(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v)
}
