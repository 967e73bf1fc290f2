package source_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"guitu"
	"guitu/verify/source"
)

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

func client(t *testing.T, o source.Options) *source.Client {
	t.Helper()
	var err error
	if o.Guard, err = source.NewGuard([]string{"127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	if o.Pace == 0 {
		o.Pace = 1
	}
	return source.NewClient(o)
}

func TestRobots(t *testing.T) {
	c := &clock{at: time.Now()}
	robots, code, fetched := "", 200, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			fetched++
			w.WriteHeader(code)
			fmt.Fprint(w, robots)
		}
	}))
	defer server.Close()
	for _, tt := range []struct {
		robots string
		code   int
		path   string
		want   error // nil, guitu.ErrWall, or errWait
	}{
		{"", 200, "/a", nil},
		{"User-agent: *\nDisallow: /a\n", 200, "/a", guitu.ErrWall},
		{"User-agent: *\nDisallow: /a\n", 200, "/b", nil},
		{"User-agent: *\nDisallow: /a\nAllow: /a/public\n", 200, "/a/public/x", nil},
		{"User-agent: *\nDisallow: /\n\nUser-agent: guitu\nAllow: /\n", 200, "/a", nil},
		{"User-agent: Guitu\nDisallow: /\n", 200, "/a", guitu.ErrWall},
		{"User-agent: other\nDisallow: /\n", 200, "/a", nil},
		{"User-agent: *\nDisallow: /*?q=\n", 200, "/a?q=1", guitu.ErrWall},
		{"User-agent: *\nDisallow:\n", 200, "/a", nil},
		{"<!DOCTYPE html><html>Disallow: /</html>", 200, "/a", nil},
		{"User-agent: *\nDisallow: /\n", 404, "/a", nil},
		{"User-agent: *\nDisallow: /\n", 403, "/a", nil},
		{"", 500, "/a", errWait},
		{"", 503, "/a", errWait},
		{strings.Repeat("#", 1<<20), 200, "/a", nil},
	} {
		robots, code = tt.robots, tt.code
		_, err := client(t, source.Options{Now: c.now}).Get(t.Context(), source.Request{URL: server.URL + tt.path})
		var retry *guitu.RetryError
		ok := err == nil
		switch {
		case errors.Is(tt.want, errWait):
			ok = errors.As(err, &retry) && retry.After > time.Minute
		case tt.want != nil:
			ok = errors.Is(err, tt.want)
		}
		if !ok {
			t.Errorf("robots.txt %d %.60q, page %s: error %v, want %v", tt.code, tt.robots, tt.path, err, tt.want)
		}
	}

	// What robots.txt said is kept for a while, and no longer.
	robots, code, fetched = "User-agent: *\nDisallow: /a\n", 200, 0
	cl := client(t, source.Options{Now: c.now})
	for range 3 {
		_, _ = cl.Get(t.Context(), source.Request{URL: server.URL + "/b"})
	}
	c.add(2 * time.Hour)
	_, _ = cl.Get(t.Context(), source.Request{URL: server.URL + "/b"})
	if fetched != 2 {
		t.Errorf("robots.txt was fetched %d times, want 2", fetched)
	}
}

var errWait = errors.New("wait")

// Callers that come at once wait for one robots.txt.
func TestRobotsIsFetchedOnce(t *testing.T) {
	var robots, pages atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			robots.Add(1)
			return
		}
		pages.Add(1)
	}))
	defer server.Close()
	cl := client(t, source.Options{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := cl.Get(t.Context(), source.Request{URL: server.URL + "/x"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if robots.Load() != 1 || pages.Load() != 8 {
		t.Errorf("%d times robots.txt and %d pages, want 1 and 8", robots.Load(), pages.Load())
	}
}

func TestRetryAfter(t *testing.T) {
	c := &clock{at: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	for _, tt := range []struct {
		header string
		want   time.Duration
	}{
		{"120", 2 * time.Minute},
		{"0", time.Second},
		{"Tue, 24 Nov 2026 12:10:00 GMT", 10 * time.Minute},
		{"Tue, 24 Nov 2026 11:00:00 GMT", time.Second},
		{"99999999999", 24 * time.Hour},
		{"", 5 * time.Minute},
		{"soon", 5 * time.Minute},
		{"-5", 5 * time.Minute},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/robots.txt" {
				w.Header().Set("Retry-After", tt.header)
				w.WriteHeader(429)
			}
		}))
		_, err := client(t, source.Options{Now: c.now}).Get(t.Context(), source.Request{URL: server.URL})
		var retry *guitu.RetryError
		if !errors.As(err, &retry) || retry.After != tt.want {
			t.Errorf("Retry-After %q: %v, want %s", tt.header, err, tt.want)
		}
		server.Close()
	}
}

func TestConditionalGet(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "Tue, 24 Nov 2026 12:00:00 GMT")
		if r.URL.Path == "/always304" || r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, "page")
	}))
	defer server.Close()
	cl := client(t, source.Options{})
	first, err := cl.Get(t.Context(), source.Request{URL: server.URL + "/"})
	if err != nil || first.NotModified || string(first.Body) != "page" {
		t.Fatalf("first: %+v, %v", first, err)
	}
	again, err := cl.Get(t.Context(), source.Request{URL: server.URL + "/", Validators: first.Validators})
	if err != nil || !again.NotModified || again.Validators != first.Validators {
		t.Errorf("again: %+v, %v; want not modified", again, err)
	}
	if _, err := cl.Get(t.Context(), source.Request{URL: server.URL + "/always304"}); err == nil {
		t.Error("a 304 that nobody asked for read as a page")
	}
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"", "ftp://host/", "file:///etc/passwd", "http://", "/path", "http://a b/", "http://[::1"} {
		if _, err := client(t, source.Options{}).Get(t.Context(), source.Request{URL: bad}); err == nil {
			t.Errorf("Get(%q) gave no error", bad)
		}
		if _, err := source.Base(bad); err == nil {
			t.Errorf("Base(%q) gave no error", bad)
		}
	}
}

// A megabyte that gzip makes small must not get around the limit.
func TestLimitHoldsAfterDecompression(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			return
		}
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("the client does not take gzip")
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb(t))
	}))
	defer server.Close()
	_, err := client(t, source.Options{MaxBody: 100_000}).Get(t.Context(), source.Request{URL: server.URL})
	if err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("error %v, want one that says too large", err)
	}
}
