package practice_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/internal/practice"
	"guitu/verify/source"
	"guitu/verify/source/feed"
	"guitu/verify/source/weibo"
	"guitu/verify/source/weibohtml"
)

// day is a practice day on a server of its own, with a clock that the test moves.
type day struct {
	server  *httptest.Server
	start   time.Time
	passed  atomic.Int64 // seconds
	sources []guitu.Source
}

func (d *day) now() time.Time { return d.start.Add(time.Duration(d.passed.Load()) * time.Second) }

func newDay(t *testing.T) *day {
	t.Helper()
	d := &day{start: time.Date(2026, 11, 24, 15, 59, 30, 0, time.UTC)} // midnight in Shanghai comes after half a minute
	d.server = httptest.NewServer(practice.New(d.now))
	t.Cleanup(d.server.Close)
	client := source.NewClient(source.Options{
		Guard: source.Only(netip.MustParseAddrPort(d.server.Listener.Addr().String())),
		Pace:  1,
	})
	words := []string{practice.Keyword}
	m, err := weibo.New("m", client, words, weibo.Options{URL: d.server.URL + practice.Mobile, Now: d.now})
	if err != nil {
		t.Fatal(err)
	}
	h, err := weibohtml.New("s", client, words, weibohtml.Options{URL: d.server.URL + practice.Search, Now: d.now})
	if err != nil {
		t.Fatal(err)
	}
	f, err := feed.New("f", client, d.server.URL+practice.Feed, feed.Options{Now: d.now})
	if err != nil {
		t.Fatal(err)
	}
	d.sources = []guitu.Source{m, h, f}
	return d
}

// read reads all sources until there is no more, and moves cursors.
func (d *day) read(t *testing.T, cursors map[string]string) []guitu.Post {
	t.Helper()
	var posts []guitu.Post
	for _, s := range d.sources {
		for more := true; more; {
			b, err := s.Read(t.Context(), cursors[s.Name()])
			if err != nil {
				t.Fatalf("read %s after %d s: %v", s.Name(), d.passed.Load(), err)
			}
			if len(b.Rejects) > 0 {
				t.Errorf("read %s: rejected for %s", s.Name(), b.Rejects[0].Reason)
			}
			posts, cursors[s.Name()], more = append(posts, b.Posts...), b.Cursor, b.More
		}
	}
	return posts
}

// entries are the lines of the day.
func entries(t *testing.T) []struct{ Story, Site, Author, Text string } {
	t.Helper()
	data, err := os.ReadFile("day.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct{ Story, Site, Author, Text string }
	for dec := json.NewDecoder(strings.NewReader(string(data))); ; {
		var e struct{ Story, Site, Author, Text string }
		if err := dec.Decode(&e); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
}

func TestDayIsReadBySources(t *testing.T) {
	d := newDay(t)
	all := len(entries(t))
	cursors, known := map[string]string{}, map[string]bool{}
	begun := 0
	for _, second := range []int64{0, 10, 25, 40, 61, 90} {
		d.passed.Store(second)
		for _, p := range d.read(t, cursors) {
			if known[p.Source+p.ExternalID] {
				t.Errorf("post %s was taken twice", p.ExternalID)
			}
			known[p.Source+p.ExternalID] = true
			if utf8.RuneCountInString(p.Text) == 101 && strings.HasSuffix(p.Text, "…") { // as the search folds it
				t.Errorf("post %s was read in part: %s", p.ExternalID, p.Text)
			}
			if !strings.Contains(p.Author, practice.Keyword) {
				t.Errorf("the author of post %s is %q, without 演练", p.ExternalID, p.Author)
			}
			// Search pages write "3分钟前", so a minute may be lost.
			if p.PostedAt.Before(d.start.Add(-time.Minute)) || p.PostedAt.After(d.now()) {
				t.Errorf("post %s was posted at %s, in a day begun at %s", p.ExternalID, p.PostedAt, d.start)
			}
		}
		if second == 0 {
			begun = len(known)
		}
	}
	if begun == 0 || begun > all/4 || len(known) != all {
		t.Errorf("%d posts at once and %d of %d in the end, want a few and all", begun, len(known), all)
	}
}

func TestLateReaderMissesNothing(t *testing.T) {
	d := newDay(t)
	d.passed.Store(3600)
	posts, all := d.read(t, map[string]string{}), entries(t)
	if len(posts) != len(all) {
		t.Errorf("got %d posts of %d", len(posts), len(all))
	}
	urgent := 0
	for _, p := range posts {
		if p.Reposts > 5000 {
			urgent++
		}
		res, err := get(t.Context(), p.URL, "")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusOK || !strings.Contains(string(body), "演练") || !strings.Contains(string(body), p.Author) {
			t.Errorf("GET %s: HTTP %d, want the post", p.URL, res.StatusCode)
		}
	}
	if urgent != 1 {
		t.Errorf("%d posts are above an urgent reach, want one", urgent)
	}
}

func get(ctx context.Context, url, etag string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("If-None-Match", etag)
	return http.DefaultClient.Do(req)
}

func TestKeywords(t *testing.T) {
	d := newDay(t)
	d.passed.Store(100)
	client := source.NewClient(source.Options{Guard: source.Only(netip.MustParseAddrPort(d.server.Listener.Addr().String())), Pace: 1})
	for word, want := range map[string]bool{"走失": true, "没有人写过这个": false} {
		m, err := weibo.New("m", client, []string{word}, weibo.Options{URL: d.server.URL + practice.Mobile})
		if err != nil {
			t.Fatal(err)
		}
		h, err := weibohtml.New("s", client, []string{word}, weibohtml.Options{URL: d.server.URL + practice.Search})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []guitu.Source{m, h} {
			b, err := s.Read(t.Context(), "")
			if err != nil || len(b.Posts) > 0 != want {
				t.Errorf("%s finds %d posts for %q, error %v", s.Name(), len(b.Posts), word, err)
			}
		}
	}
}

func TestSameDayAgain(t *testing.T) {
	d := newDay(t)
	d.passed.Store(100)
	cursors := map[string]string{}
	d.read(t, cursors)
	again := newDay(t)
	again.passed.Store(100)
	if posts := again.read(t, cursors); len(posts) != 0 {
		t.Errorf("the day begun anew has %d other posts", len(posts))
	}
}

func TestPages(t *testing.T) {
	d := newDay(t)
	d.passed.Store(100)
	for _, path := range []string{
		practice.Root, practice.Search + "/realtime?q=", practice.Feed,
		practice.Mobile + "/api/container/getIndex?containerid=100103type%3D61%26q%3D",
	} {
		res, err := get(t.Context(), d.server.URL+path, "")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusOK || !strings.Contains(string(body), "演练") {
			t.Errorf("GET %s: HTTP %d; want a page that says 演练", path, res.StatusCode)
		}
		if res.Header.Get("Content-Security-Policy") == "" || res.Header.Get("X-Robots-Tag") != "noindex" {
			t.Errorf("GET %s: headers %v", path, res.Header)
		}
		if res, err = get(t.Context(), d.server.URL+path, res.Header.Get("ETag")); err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusNotModified {
			t.Errorf("GET %s again: HTTP %d, want 304", path, res.StatusCode)
		}
	}
	for _, path := range []string{"/", "/practice/none", practice.Mobile + "/detail/1", practice.Feed + "/../x"} {
		res, err := get(t.Context(), d.server.URL+path, "")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: HTTP %d, want 404", path, res.StatusCode)
		}
	}
}

// The day must be what the exercise is for: several stories with copies, a lot of chatter, and no number that could be
// anybody's.
func TestDay(t *testing.T) {
	stories := map[string]int{}
	phone := regexp.MustCompile(`\d{7,}`)
	invented := regexp.MustCompile(`^1990000\d{4}$`)
	for _, e := range entries(t) {
		stories[e.Story]++
		for _, n := range phone.FindAllString(e.Text, -1) {
			if !invented.MatchString(n) {
				t.Errorf("%s: number %s could be somebody's", e.Author, n)
			}
		}
	}
	if len(stories) < 6 || stories[""] < 100 {
		t.Errorf("stories %v, want five and a hundred posts of chatter", stories)
	}
	for name, posts := range stories {
		if posts < 3 {
			t.Errorf("story %q has %d posts, want copies", name, posts)
		}
	}
}
