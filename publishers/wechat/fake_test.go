package wechat_test

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"guitu/publishers/publisherstest"
)

const thumb = "cover-media-id"

// server answers as developers.weixin.qq.com says that the interface does, for one account.
type server struct {
	secret string
	right  bool // the account may publish
	slow   int  // how often a submission is asked after before it is examined
	refuse bool // the examination refuses

	mu       sync.Mutex
	next     int
	tokens   int
	token    string
	pictures map[string]string // address → digest
	drafts   map[string]article
	pending  map[string]*submission
	articles []article
}

type article struct {
	id, Title, Content string
	Source             string `json:"content_source_url"`
	Thumb              string `json:"thumb_media_id"`
}

type submission struct {
	article
	left int
}

func newServer(secret string) *server {
	return &server{secret: secret, right: true, pictures: map[string]string{}, drafts: map[string]article{}, pending: map[string]*submission{}}
}

var (
	image = regexp.MustCompile(`<p><img src="([^"]*)" alt="([^"]*)"></p>`)
	tag   = regexp.MustCompile(`<[^>]*>`)
)

func (s *server) Posts() []publisherstest.Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []publisherstest.Post
	for _, a := range s.articles {
		p := publisherstest.Post{ID: a.id}
		for _, m := range image.FindAllStringSubmatch(a.Content, -1) {
			p.Pictures = append(p.Pictures, publisherstest.PostPicture{Alt: html.UnescapeString(m[2]), Digest: s.pictures[html.UnescapeString(m[1])]})
		}
		text := strings.ReplaceAll(image.ReplaceAllString(a.Content, ""), "</p><p>", "\n")
		p.Text = a.Title + "\n" + strings.ReplaceAll(html.UnescapeString(tag.ReplaceAllString(text, "")), "\u00a0", "")
		all = append(all, p)
	}
	return all
}

func (s *server) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.articles = slices.DeleteFunc(s.articles, func(a article) bool { return a.id == id })
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	method := strings.TrimPrefix(r.URL.Path, "/cgi-bin/")
	if method == "media/uploadimg" {
		s.upload(w, r)
		return
	}
	var in struct {
		AppID, Secret string
		Articles      []article
		Media         string `json:"media_id"`
		Publish       string `json:"publish_id"`
		Article       string `json:"article_id"`
		Count         int
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		fails(w, 47001, "data format error")
		return
	}
	if method == "stable_token" {
		if in.AppID != "wx123" || in.Secret != s.secret {
			fails(w, 40125, "invalid appsecret")
			return
		}
		if s.token == "" {
			s.tokens++
			s.token = fmt.Sprintf("t0ken-%d", s.tokens)
		}
		says(w, map[string]any{"access_token": s.token, "expires_in": 7200})
		return
	}
	switch {
	case r.URL.Query().Get("access_token") != s.token || s.token == "":
		fails(w, 40001, "invalid credential, access_token is invalid or not latest")
	case method == "draft/add":
		a := in.Articles[0]
		if len([]rune(a.Title)) > 32 || len([]rune(a.Content)) >= 20_000 || a.Thumb != thumb {
			fails(w, 45003, "title or content size out of limit, or no cover")
			return
		}
		s.next++
		id := fmt.Sprintf("draft-%d", s.next)
		s.drafts[id] = a
		says(w, map[string]string{"media_id": id})
	case !s.right:
		fails(w, 48001, "api unauthorized")
	case method == "freepublish/submit":
		a, ok := s.drafts[in.Media]
		if !ok {
			fails(w, 53600, "Article ID 无效")
			return
		}
		s.next++
		a.id = fmt.Sprintf("article-%d", s.next)
		id := fmt.Sprintf("%d", 100+s.next)
		s.pending[id] = &submission{a, s.slow}
		if s.slow == 0 && !s.refuse {
			s.articles = append(s.articles, a)
		}
		says(w, map[string]any{"errcode": 0, "errmsg": "ok", "publish_id": id})
	case method == "freepublish/get":
		p, ok := s.pending[in.Publish]
		if !ok {
			fails(w, 53600, "Article ID 无效")
			return
		}
		p.left--
		switch {
		case p.left > 0:
			says(w, map[string]any{"publish_id": in.Publish, "publish_status": 1})
			return
		case s.refuse:
			says(w, map[string]any{"publish_id": in.Publish, "publish_status": 4})
			return
		case p.left == 0:
			s.articles = append(s.articles, p.article)
		}
		says(w, map[string]any{"publish_id": in.Publish, "publish_status": 0, "article_id": p.id, "article_detail": map[string]any{
			"count": 1, "item": []any{map[string]any{"idx": 1, "article_url": "https://mp.weixin.qq.com/s/" + p.id}},
		}})
	case method == "freepublish/batchget":
		items := []any{}
		for _, a := range slices.Backward(s.articles) {
			items = append(items, map[string]any{"article_id": a.id, "content": map[string]any{"news_item": []any{
				map[string]string{"title": a.Title, "content_source_url": a.Source, "url": "https://mp.weixin.qq.com/s/" + a.id},
			}}})
		}
		says(w, map[string]any{"total_count": len(items), "item": items[:min(len(items), in.Count)]})
	case method == "freepublish/delete":
		n := len(s.articles)
		s.articles = slices.DeleteFunc(s.articles, func(a article) bool { return a.id == in.Article })
		if len(s.articles) == n {
			fails(w, 53600, "Article ID 无效")
			return
		}
		fails(w, 0, "ok")
	default:
		fails(w, 40066, "invalid url")
	}
}

func (s *server) upload(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("access_token") != s.token || s.token == "" {
		fails(w, 42001, "access_token expired")
		return
	}
	f, _, err := r.FormFile("media")
	if err != nil {
		fails(w, 41005, "media data missing")
		return
	}
	b, _ := io.ReadAll(f)
	if len(b) > 1<<20 || !strings.HasPrefix(http.DetectContentType(b), "image/") {
		fails(w, 40009, "invalid image size")
		return
	}
	s.next++
	at := fmt.Sprintf("http://mmbiz.qpic.cn/%d?a=1&b=2", s.next)
	s.pictures[at] = publisherstest.Digest(b)
	says(w, map[string]string{"url": at})
}

func fails(w http.ResponseWriter, code int, text string) {
	says(w, map[string]any{"errcode": code, "errmsg": text})
}

func says(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; encoding=utf-8")
	_ = json.NewEncoder(w).Encode(v)
}
