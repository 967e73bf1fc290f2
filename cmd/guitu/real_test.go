package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/internal/eval"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/internal/testenv/chromium"
)

// labelled is a row of the labelled real posts, or of the stream, which has no labels but at most a weak tag.
type labelled struct {
	ID, Text string
	Label    *int
	Border   bool
	Story    string
	Weak     string // of the stream: debunk, query or found, by the words of the post
}

// TestRealPosts runs the bot end to end on real posts, served in the markup of m.weibo.cn: officers join by invitation, rule in
// Telegram and in a browser, and the notices stand on the site and in the channel. It reports what came out, and asserts only what
// must hold whatever the posts are; the figures are for the README. With GUITU_MISSES it shows the posts to judge by hand.
func TestRealPosts(t *testing.T) {
	data := os.DirFS(testenv.Data(t))
	posts, err := eval.Load[labelled](data, "spot")
	if err != nil {
		t.Fatal(err)
	}
	stream, err := eval.Load[labelled](data, "reposts")
	if err != nil {
		t.Fatal(err)
	}
	r := startReal(t)
	r.join()
	begun := time.Now()
	r.read(stream)
	asked := r.outcome(r.pages.posts)
	r.read(posts)
	took := time.Since(begun)
	r.rule()
	r.comeToRest()
	r.check()
	r.reportStream(asked)
	r.report(r.outcome(r.pages.posts), took)
}

// realRun is the bot at work on real posts, with everybody around it.
type realRun struct {
	*testing.T
	server   *server
	pages    *weiboPages
	telegram *testenv.Telegram
	window   *chromium.Browser // of the administrator at the top desk
	desks    []*realDesk
	pressed  int            // stories that were pressed on in Telegram
	console  map[int64]bool // stories that were ruled in the browser
}

const realChannel = "@real_posts_test"

// startReal starts the bot with nothing to read yet.
func startReal(t *testing.T) *realRun {
	r := &realRun{
		T: t, pages: &weiboPages{}, desks: realDesks(), console: map[int64]bool{},
		telegram: testenv.StartTelegram(t, killToken), window: chromium.Start(t, 5*time.Minute),
	}
	workplace(t, map[string]string{"token": killToken, "guitu.yaml": fmt.Sprintf(`
listen: 127.0.0.1:%d
telegram: {token_file: token, api_url: %q, channel: %q}
desks:
  - {name: %s}
%sescalate_after: {province: 20s}
sources:
%sschedule: {notices: "* * * * *", urgent_reach: 1}
network: {allow_private: [127.0.0.0/8]}
`, freePort(t), r.telegram.URL, realChannel, topDesk, r.deskConfig(), r.sourceConfig())})
	config, _, err := loadConfig("guitu.yaml", false)
	if err != nil {
		t.Fatal(err)
	}
	r.server, err = start(context.WithoutCancel(t.Context()), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.server.close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	var out bytes.Buffer
	if err := r.server.greet(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	r.window.Open(regexp.MustCompile(`\S+/console/enter\?code=\S+`).FindString(out.String()))
	r.window.Click("main button")
	return r
}

// sourceConfig serves the pages and returns the configuration of the sources that read them. Sources wait between two requests to
// one host, so that several hosts serve the stream faster.
func (r *realRun) sourceConfig() string {
	r.Helper()
	var sources strings.Builder
	for i := range 8 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:0", i+2))
		if err != nil {
			r.Fatal(err)
		}
		site := httptest.NewUnstartedServer(r.pages)
		site.Listener.Close()
		site.Listener = l
		site.Start()
		r.Cleanup(site.Close)
		fmt.Fprintf(&sources, "  - {kind: weibo, name: real%d, url: %q, keywords: [孩子], every: 1s}\n", i, site.URL)
	}
	return sources.String()
}

func (r *realRun) deskConfig() string {
	var desks strings.Builder
	for _, d := range r.desks {
		fmt.Fprintf(&desks, "  - {name: %s, area: %q, telegram_chat: %q}\n", d.name, d.area, d.chat)
	}
	return desks.String()
}

// read serves more posts and waits until the bot has taken them all, while officers answer.
func (r *realRun) read(posts []labelled) {
	r.Helper()
	want := r.pages.add(posts)
	for deadline := time.Now().Add(4 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		r.answer()
		g, err := r.server.db.Gauges(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		read := int64(0)
		for _, src := range g.Sources {
			if src.Trouble != "" {
				r.Fatalf("source: %s", src.Trouble)
			}
			read += src.Posts
		}
		if read == want {
			return
		}
		if read > want || time.Now().After(deadline) {
			r.Fatalf("%d of %d posts read", read, want)
		}
	}
}

// view reads the database.
func (r *realRun) view(fn func(tx *store.Tx) error) {
	r.Helper()
	if err := r.server.db.View(r.Context(), fn); err != nil {
		r.Fatal(err)
	}
}

// rumors lists the stories in a state, the oldest first; all for "".
func (r *realRun) rumors(s guitu.RumorState) (all []store.Rumor) {
	r.Helper()
	r.view(func(tx *store.Tx) (err error) {
		all, err = tx.Rumors(r.Context(), store.RumorFilter{State: s, Limit: 100000})
		return err
	})
	return all
}

// weiboID is the id under which the i-th post is served.
func weiboID(i int) string { return fmt.Sprint(5_100_000_000_000_000 + i) }

// pageSize and lastPage are how many posts a page of the served search has, and how many pages one look at it shows.
const (
	pageSize = 200
	lastPage = 3
)

// weiboPages serves posts in the markup of m.weibo.cn, the next ones with each page.
type weiboPages struct {
	mu    sync.Mutex
	posts []labelled
	next  int
}

// add puts posts after the others and returns how many there are in all.
func (w *weiboPages) add(posts []labelled) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.posts = append(w.posts, posts...)
	return int64(len(w.posts))
}

func (w *weiboPages) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/api/container/getIndex" {
		http.NotFound(out, r)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var cards []any
	if page := r.URL.Query().Get("page"); len(page) < 2 && page <= fmt.Sprint(lastPage) {
		for end := min(len(w.posts), w.next+pageSize); w.next < end; w.next++ {
			p := w.posts[w.next]
			cards = append(cards, map[string]any{"card_type": 9, "mblog": map[string]any{
				"id": weiboID(w.next), "created_at": "Tue Mar 03 10:00:00 +0800 2015", "reposts_count": 1,
				"text": strings.ReplaceAll(html.EscapeString(html.UnescapeString(p.Text)), "\n", "<br />"),
				"user": map[string]any{"screen_name": fmt.Sprint("网友", w.next)},
			}})
		}
	}
	answer := map[string]any{"ok": 1, "data": map[string]any{"cards": cards}}
	if cards == nil {
		answer = map[string]any{"ok": 0, "msg": "这里还没有内容", "data": map[string]any{"cards": []any{}}}
	}
	out.Header().Set("Content-Type", "application/json; charset=utf-8")
	json.NewEncoder(out).Encode(answer)
}
