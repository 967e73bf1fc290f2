package practice

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Paths of the practice sites; a source's url is one of them behind the listener's address.
const (
	Root   = "/practice/"
	Mobile = "/practice/m.weibo.cn"  // for a weibo source
	Search = "/practice/s.weibo.com" // for a weibo_html source
	Feed   = "/practice/feed.xml"    // for a feed source
)

// Keyword finds every post, because every author's name has it.
const Keyword = "演练"

// pageSize is how many posts a search page shows. Three pages, as many as a source reads by default, show all posts of a site.
const pageSize = 25

//go:embed day.jsonl
var day []byte

// entry is a post as the day has it.
type entry struct {
	Key     string `json:"key"`
	Story   string `json:"story"`
	At      int    `json:"at"` // seconds after the start
	Site    string `json:"site"`
	Author  string `json:"author"`
	Text    string `json:"text"`
	Reposts int    `json:"reposts"`
	Of      string `json:"of"`
}

// Post is a post as the pages show it.
type Post struct {
	ID       string // sixteen digits, as Weibo's
	Site     string
	Story    string
	Author   string
	Text     string
	At       time.Time
	Reposts  int
	Original *Post // what it forwards
	Folded   bool  // m.weibo.cn's search shows the beginning only
}

// foldOver is the length in characters over which the practice search of m.weibo.cn folds a post, as the site does over 140.
const foldOver = 100

// shanghai is China's time.
var shanghai = time.FixedZone("CST", 8*60*60)

// site is the practice day that is going on.
type site struct {
	posts []*Post // the latest first
	byID  map[string]*Post
	now   func() time.Time
}

// New begins a practice day and returns the handler that serves it under Root. It panics when the embedded day is broken.
func New(now func() time.Time) http.Handler {
	if now == nil {
		now = time.Now
	}
	s := &site{byID: make(map[string]*Post), now: now}
	s.load(now())
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Root+"{$}", s.index)
	mux.HandleFunc("GET "+Root+"practice.css", s.style)
	mux.HandleFunc("GET "+Mobile+"/api/container/getIndex", s.mobile)
	mux.HandleFunc("GET "+Mobile+"/statuses/extend", s.extend)
	mux.HandleFunc("GET "+Mobile+"/detail/{id}", s.post)
	mux.HandleFunc("GET "+Search+"/realtime", s.search)
	mux.HandleFunc("GET "+Search+"/status/{id}", s.post)
	mux.HandleFunc("GET "+Feed, s.feed)
	mux.HandleFunc("GET "+Feed+"/{id}", s.post)
	return mux
}

// load fills s with the day's posts as they appear after start. Ids depend on the line only, so a day that is begun again has
// the same posts.
func (s *site) load(start time.Time) {
	start = start.In(shanghai)
	words := strings.NewReplacer("{今天}", start.Format("1月2日"), "{昨天}", start.AddDate(0, 0, -1).Format("1月2日"))
	byKey := make(map[string]*Post)
	for i, line := range bytes.Split(bytes.TrimSpace(day), []byte("\n")) {
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			panic(fmt.Sprintf("practice: day.jsonl line %d: %v", i+1, err))
		}
		p := &Post{
			ID:      strconv.Itoa(5_200_000_000_000_000 + i*1_000_003),
			Site:    e.Site,
			Story:   e.Story,
			Author:  Keyword + "·" + e.Author,
			Text:    words.Replace(e.Text),
			At:      start.Add(time.Duration(e.At) * time.Second),
			Reposts: e.Reposts,
		}
		p.Folded = utf8.RuneCountInString(p.Text) > foldOver
		if e.Of != "" {
			if p.Original = byKey[e.Of]; p.Original == nil || p.Original.Site != p.Site {
				panic(fmt.Sprintf("practice: day.jsonl line %d: forwards %q, which has not been posted on this site", i+1, e.Of))
			}
		}
		byKey[e.Key] = p
		s.byID[p.ID] = p
		s.posts = append(s.posts, p)
	}
	slices.SortStableFunc(s.posts, func(a, b *Post) int { return b.At.Compare(a.At) })
}

// visible returns the posts of a site that have appeared and hold q, the latest first.
func (s *site) visible(name, q string) []*Post {
	var posts []*Post
	for _, p := range s.posts {
		if p.Site == name && !p.At.After(s.now()) && (strings.Contains(p.Text, q) || strings.Contains(p.Author, q)) {
			posts = append(posts, p)
		}
	}
	return posts
}

// mobile serves the search of m.weibo.cn, whose query is wrapped in containerid.
func (s *site) mobile(w http.ResponseWriter, r *http.Request) {
	wrapped, _ := url.ParseQuery(r.URL.Query().Get("containerid"))
	posts, _ := page(s.visible("m", wrapped.Get("q")), r)
	reply(w, r, "application/json; charset=utf-8", MobilePage(posts))
}

// extend serves what m.weibo.cn's search folds.
func (s *site) extend(w http.ResponseWriter, r *http.Request) {
	p := s.byID[r.URL.Query().Get("id")]
	if p == nil || p.Site != "m" || p.At.After(s.now()) {
		http.NotFound(w, r)
		return
	}
	reply(w, r, "application/json; charset=utf-8", encode(map[string]any{"ok": 1, "data": map[string]any{
		"ok": 1, "longTextContent": breaks(p.Text), "reposts_count": count(p.Reposts), "comments_count": 0, "attitudes_count": 0,
	}}))
}

// search serves the pages of s.weibo.com.
func (s *site) search(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query().Get("q")
	posts, more := page(s.visible("s", q), r)
	reply(w, r, "text/html; charset=utf-8", SearchPage(posts, q, more, s.now()))
}

func (s *site) feed(w http.ResponseWriter, r *http.Request) {
	base := "http://" + r.Host
	if r.TLS != nil {
		base = "https://" + r.Host
	}
	reply(w, r, "application/rss+xml; charset=utf-8", FeedPage(s.visible("f", ""), base))
}

// page cuts out the page that r asks for.
func page(posts []*Post, r *http.Request) (part []*Post, more bool) {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 {
		n = 1
	}
	from := min(len(posts), (min(n, 1000)-1)*pageSize)
	to := min(len(posts), from+pageSize)
	return posts[from:to], to < len(posts)
}

// reply sends a page that may be asked for conditionally.
func reply(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	h := w.Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", contentType)
	_, _ = w.Write(body) // a reader who has gone needs no answer
}
