package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/internal/fake"
	"guitu/internal/store"
	"guitu/internal/testenv"
)

// labelled is a row of the labelled real posts.
type labelled struct {
	ID, Text, Time string
	Label          *int
	Border         bool
	Story          string
}

// TestRealPosts runs the bot end to end on real posts, served in the markup of m.weibo.cn, with officers who refute every story
// that reaches their chat, and reports what came out. It asserts only what must hold whatever the posts are; the figures are
// for the README.
func TestRealPosts(t *testing.T) {
	data := testenv.Data(t)
	posts := readLabelled(t, filepath.Join(data, "spot.dev.jsonl"))
	stream := readLabelled(t, filepath.Join(data, "reposts.dev.jsonl"))
	for i := range stream {
		stream[i].ID = fmt.Sprintf("reposts:%d", i)
	}
	posts = append(posts, stream...)
	pages := &weiboPages{posts: posts}
	// Sources wait between two requests to one host, so that several hosts serve the stream faster.
	var sources strings.Builder
	for i := range 8 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:0", i+2))
		if err != nil {
			t.Fatal(err)
		}
		site := httptest.NewUnstartedServer(pages)
		site.Listener.Close()
		site.Listener = l
		site.Start()
		defer site.Close()
		fmt.Fprintf(&sources, "  - {kind: weibo, name: real%d, url: %q, keywords: [孩子], every: 1s}\n", i, site.URL)
	}
	telegram := fake.NewTelegram(fake.TelegramOptions{Token: killToken})
	api := httptest.NewServer(telegram)
	defer api.Close()
	workplace(t, map[string]string{"token": killToken, "guitu.yaml": fmt.Sprintf(`
listen: 127.0.0.1:%d
telegram: {token_file: token, api_url: %q, channel: "@real_posts_test"}
desks: [{name: 部值班台, telegram_chat: "700"}]
sources:
%sschedule: {notices: "* * * * *", urgent_reach: 1}
network: {allow_private: [127.0.0.0/8]}
`, freePort(t), api.URL, sources.String())})
	config, _, err := loadConfig("guitu.yaml", false)
	if err != nil {
		t.Fatal(err)
	}
	s, err := start(context.WithoutCancel(t.Context()), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	officer(t, s.db)

	begun := time.Now()
	for deadline := begun.Add(4 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		g, err := s.db.Gauges(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		read := int64(0)
		for _, src := range g.Sources {
			if src.Trouble != "" {
				t.Fatalf("source: %s", src.Trouble)
			}
			read += src.Posts
		}
		// The page after the last post is asked for when the posts before it have been taken.
		if pages.isDrained() {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d posts read in four minutes", read, len(posts))
		}
	}
	took := time.Since(begun)
	// The officer answers for a while; a chat takes about one message a second.
	pressed := map[int]bool{}
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		for _, m := range telegram.Messages("700") {
			if pressed[m.ID] {
				continue
			}
			if data := regexp.MustCompile(`rule:\d+:0:refuted`).FindString(m.Markup); data != "" {
				telegram.Press(700, "700", m.ID, data)
				pressed[m.ID] = true
			} else if strings.Contains(m.Markup, "force_reply") {
				telegram.Write(700, "700", "已查询接警记录，无此警情", m.ID)
				pressed[m.ID] = true
			}
		}
	}
	report(t, s.db, posts, took, len(telegram.Messages("@real_posts_test")))
}

// report prints the table of what came out.
func report(t *testing.T, db *store.DB, posts []labelled, took time.Duration, inChannel int) {
	t.Helper()
	taken := map[string]int64{}
	ruled, notices := 0, 0
	err := db.View(t.Context(), func(tx *store.Tx) error {
		rumors, err := tx.Rumors(t.Context(), store.RumorFilter{Limit: 100000})
		if err != nil {
			return err
		}
		for _, r := range rumors {
			if r.State == guitu.RumorRuled {
				ruled++
			}
			all, err := tx.Posts(t.Context(), r.ID, 100000)
			if err != nil {
				return err
			}
			for _, p := range all {
				taken[p.ExternalID] = r.ID
			}
		}
		public, err := tx.PublicNotices(t.Context(), siteChannel, "", 0, 100000)
		notices = len(public)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var right, wrong, missed, border, unlabelled int
	stories, lost := map[string]bool{}, map[string]bool{}
	bot := map[int64]bool{}
	for i, p := range posts {
		story, flagged := taken[weiboID(i)]
		if flagged {
			bot[story] = true
		}
		switch {
		case p.Label == nil:
			if flagged {
				unlabelled++
			}
		case p.Border:
			if flagged {
				border++
			}
		case *p.Label == 1:
			if flagged {
				right++
				stories[p.Story] = true
			} else {
				missed++
				lost[p.Story] = true
			}
		case flagged:
			wrong++
		}
	}
	for s := range stories {
		delete(lost, s)
	}
	t.Logf("%d posts read in %s; %d flagged: %d rightly, %d wrongly, %d debatable, %d in the unlabelled stream; %d missed",
		len(posts), took.Round(time.Second), len(taken), right, wrong, border, unlabelled, missed)
	t.Logf("%d labelled stories seen, %d never; the bot made %d stories; %d ruled in a minute, %d notices on the site, %d in the channel",
		len(stories), len(lost), len(bot), ruled, notices, inChannel)
	if right == 0 || ruled == 0 || notices == 0 || inChannel == 0 {
		t.Error("nothing came through to the end")
	}
	if inChannel > ruled {
		t.Errorf("%d notices in the channel for %d ruled stories", inChannel, ruled)
	}
}

func officer(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *store.Tx) error {
		desks, err := tx.Desks(t.Context())
		if err != nil {
			return err
		}
		return tx.CreateOfficer(t.Context(), &guitu.Officer{Name: "值班民警", Role: guitu.RoleOfficer, Desk: desks[0], TelegramUser: 700})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func readLabelled(t *testing.T, path string) (all []labelled) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p labelled
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, p)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// weiboID is the id under which the i-th post is served.
func weiboID(i int) string { return fmt.Sprint(5_100_000_000_000_000 + i) }

// weiboPages serves posts in the markup of m.weibo.cn, the next ones with each look.
type weiboPages struct {
	mu      sync.Mutex
	posts   []labelled
	next    int
	drained bool // a first page was asked for and there was nothing left
}

func (w *weiboPages) isDrained() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.drained
}

func (w *weiboPages) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/api/container/getIndex" {
		http.NotFound(out, r)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var cards []any
	if page := r.URL.Query().Get("page"); page == "" || page == "1" {
		w.drained = w.next == len(w.posts)
		for end := min(len(w.posts), w.next+200); w.next < end; w.next++ {
			p := w.posts[w.next]
			cards = append(cards, map[string]any{"card_type": 9, "mblog": map[string]any{
				"id": weiboID(w.next), "created_at": "Tue Mar 03 10:00:00 +0800 2015", "reposts_count": 1,
				"text": strings.ReplaceAll(html.EscapeString(html.UnescapeString(p.Text)), "\n", "<br />"),
				"user": map[string]any{"screen_name": "网友"},
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
