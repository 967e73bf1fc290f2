package sourcetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"guitu"
	"guitu/verify/source"
)

// Secret stands in the cookie and in the query of everything that a source under test is given. It must not come out again.
const Secret = "s3cr3t-0f-the-0perat0r"

// Web describes a source that reads pages.
type Web struct {
	// New makes the source of the site at base, with Secret in its cookie if it takes one.
	New func(base string, c *source.Client, now func() time.Time) (guitu.Source, error)
	// Page writes posts in the site's markup, the latest first; no posts are the site's page for "nothing found".
	Page func(posts []guitu.Post) (contentType string, body []byte)
	// Wall answers as the site does when it wants a login; nil when it never does.
	Wall http.HandlerFunc
	// Changed is a page that the site would serve after a change of its markup.
	Changed string
	Cookie  bool // the source sends a cookie
	GBK     bool // the site may write GBK
}

// site is a server that says what a test wants.
type site struct {
	web    Web
	server *httptest.Server
	client *source.Client

	mu     sync.Mutex
	posts  []guitu.Post
	fault  http.HandlerFunc // instead of pages; nil for none
	robots http.HandlerFunc
	asked  int         // pages asked for
	header http.Header // of the last page
}

func newSite(t *testing.T, w Web) *site {
	s := &site{web: w}
	s.server = httptest.NewUnstartedServer(s)
	// A server that is cut off complains.
	s.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.server.Start()
	t.Cleanup(s.server.Close)
	s.client = Client(t)
	return s
}

// Client makes a client that may dial this machine, waits for nothing, and gives up after a second.
func Client(t *testing.T) *source.Client {
	t.Helper()
	guard, err := source.NewGuard([]string{"127.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	return source.NewClient(source.Options{Contact: "ops@guitu.example", Guard: guard, Pace: 1, Timeout: time.Second, MaxBody: 1 << 20})
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/robots.txt" {
		if s.robots != nil {
			s.robots(w, r)
			return
		}
		http.NotFound(w, r)
		return
	}
	s.asked++
	s.header = r.Header.Clone()
	if s.fault != nil {
		s.fault(w, r)
		return
	}
	posts := s.posts
	if page := r.URL.Query().Get("page"); page != "" && page != "1" {
		posts = nil
	}
	contentType, body := s.web.Page(posts)
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(body)
}

// Source makes the source anew.
func (s *site) Source(t *testing.T) guitu.Source {
	t.Helper()
	src, err := s.web.New(s.server.URL, s.client, func() time.Time { return Now })
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// Put puts posts on top of the page.
func (s *site) Put(t *testing.T, posts ...guitu.Post) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range posts {
		s.posts = append([]guitu.Post{p}, s.posts...)
	}
}

// read reads once from a site with a fault, and sees to it that the error gives nothing away.
func (s *site) read(t *testing.T, fault http.HandlerFunc) (guitu.Batch, error) {
	t.Helper()
	s.mu.Lock()
	s.fault = fault
	s.mu.Unlock()
	b, err := s.Source(t).Read(t.Context(), "")
	if err != nil && strings.Contains(fmt.Sprintf("%v %+v %q", err, err, err), Secret) {
		t.Errorf("the error gives the secret away: %v", err)
	}
	return b, err
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, http.StatusText(code), code) }
}

// ExerciseWeb runs a source that reads pages through Exercise and through what networks and sites do.
func ExerciseWeb(t *testing.T, w Web) {
	Exercise(t, func(t *testing.T) Place { return newSite(t, w) })

	t.Run("Status", func(t *testing.T) {
		for _, tt := range []struct {
			code int
			want error // nil for one that is neither a wall nor anything else that a person must look at
		}{
			{401, guitu.ErrUnauthorized},
			{403, guitu.ErrWall},
			{418, guitu.ErrWall},
			{432, guitu.ErrWall},
			{404, nil},
			{500, nil},
			{502, nil},
			{503, nil},
		} {
			_, err := newSite(t, w).read(t, status(tt.code))
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("HTTP %d: error %v, want %v", tt.code, err, tt.want)
			}
			if tt.want == nil && (errors.Is(err, guitu.ErrWall) || errors.Is(err, guitu.ErrMarkup) || errors.Is(err, guitu.ErrUnauthorized)) {
				t.Errorf("HTTP %d: error %v, want one that is tried again", tt.code, err)
			}
		}
	})
	t.Run("RetryAfter", func(t *testing.T) {
		for _, code := range []int{429, 503} {
			s := newSite(t, w)
			_, err := s.read(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Retry-After", "7")
				status(code)(w, r)
			})
			var retry *guitu.RetryError
			if !errors.As(err, &retry) || retry.After != 7*time.Second {
				t.Errorf("HTTP %d: error %v, want a RetryError after 7s", code, err)
			}
			asked := s.asked
			if _, err = s.read(t, nil); !errors.As(err, &retry) || retry.After <= 0 || s.asked != asked {
				t.Errorf("read again at once: error %v after %d more requests, want a RetryError and none", err, s.asked-asked)
			}
		}
	})
	t.Run("Truncated", func(t *testing.T) {
		s := newSite(t, w)
		contentType, body := w.Page([]guitu.Post{Post(1, 30)})
		_, err := s.read(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			_, _ = w.Write(body[:len(body)/2])
		})
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("half a page: error %v, want io.ErrUnexpectedEOF", err)
		}
	})
	t.Run("CutOff", func(t *testing.T) {
		// The connection is whole and the page is not, as after a crash behind the site's own proxy. What a source makes of it is
		// its own affair, as long as it does not take half a post or call it silence.
		contentType, body := w.Page([]guitu.Post{Post(1, 30)})
		for n := 0; n < len(body); n += 97 {
			b, err := newSite(t, w).read(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", contentType)
				_, _ = w.Write(body[:n])
			})
			if err == nil && len(b.Posts) == 0 && len(b.Rejects) == 0 {
				t.Errorf("%d of %d bytes of a page read as silence", n, len(body))
			}
		}
	})
	t.Run("Oversized", func(t *testing.T) {
		_, err := newSite(t, w).read(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(bytes.Repeat([]byte("a"), 3<<20))
		})
		if err == nil || !strings.Contains(err.Error(), "too large") {
			t.Errorf("3 MiB: error %v, want one that says so", err)
		}
	})
	t.Run("Hangs", func(t *testing.T) {
		s := newSite(t, w)
		begun := time.Now()
		_, err := s.read(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		if err == nil || time.Since(begun) > 5*time.Second {
			t.Errorf("a site that hangs: error %v after %s", err, time.Since(begun))
		}
	})
	t.Run("Unreachable", func(t *testing.T) {
		s := newSite(t, w)
		s.server.Close()
		if _, err := s.read(t, nil); err == nil {
			t.Error("a closed port read as silence")
		}
	})
	t.Run("Robots", func(t *testing.T) {
		s := newSite(t, w)
		s.robots = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "User-agent: guitu\nDisallow: /\n") }
		if _, err := s.read(t, nil); !errors.Is(err, guitu.ErrWall) || s.asked != 0 {
			t.Errorf("disallowed: error %v after %d pages, want ErrWall and none", err, s.asked)
		}
		s = newSite(t, w)
		s.robots = status(500)
		var retry *guitu.RetryError
		if _, err := s.read(t, nil); !errors.As(err, &retry) || s.asked != 0 {
			t.Errorf("robots.txt broken: error %v after %d pages, want a RetryError and none", err, s.asked)
		}
	})
	t.Run("Honest", func(t *testing.T) {
		s := newSite(t, w)
		if _, err := s.read(t, nil); err != nil {
			t.Fatal(err)
		}
		if agent := s.header.Get("User-Agent"); !strings.HasPrefix(agent, "guitu/") || !strings.Contains(agent, "ops@guitu.example") {
			t.Errorf("User-Agent %q, want our name and the contact", agent)
		}
		if got := strings.Contains(s.header.Get("Cookie"), Secret); got != w.Cookie {
			t.Errorf("cookie sent: %v, want %v", got, w.Cookie)
		}
	})
	t.Run("RedirectElsewhere", func(t *testing.T) {
		other := newSite(t, w)
		other.Put(t, Post(1, 30))
		s := newSite(t, w)
		b, err := s.read(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.server.URL+"/moved", http.StatusFound)
		})
		if err != nil || len(b.Posts) != 1 {
			t.Fatalf("redirected: %d posts, %v", len(b.Posts), err)
		}
		if c := other.header.Get("Cookie"); c != "" {
			t.Error("the cookie went to another host")
		}
	})
	t.Run("RedirectLoop", func(t *testing.T) {
		s := newSite(t, w)
		_, err := s.read(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.String(), http.StatusFound) })
		if err == nil || s.asked > 10 {
			t.Errorf("a redirect loop: error %v after %d requests", err, s.asked)
		}
	})
	t.Run("RedirectInside", func(t *testing.T) {
		for _, to := range []string{"http://10.0.0.1/", "http://[::1]:1/", "http://169.254.169.254/latest/", "file:///etc/passwd", "//"} {
			_, err := newSite(t, w).read(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", to)
				w.WriteHeader(http.StatusFound)
			})
			if err == nil || strings.HasPrefix(to, "http") && !errors.Is(err, source.ErrRefused) {
				t.Errorf("redirect to %s: error %v, want it refused", to, err)
			}
		}
	})
	t.Run("Changed", func(t *testing.T) {
		_, err := newSite(t, w).read(t, func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, w.Changed) })
		if !errors.Is(err, guitu.ErrMarkup) {
			t.Errorf("a page that is not known: error %v, want ErrMarkup", err)
		}
	})
	t.Run("Broken", func(t *testing.T) {
		// Bytes that are no UTF-8 within a page that is: the page is read, and what comes out is UTF-8.
		contentType, body := w.Page([]guitu.Post{Post(1, 30), Post(2, 20)})
		body = bytes.Replace(body, []byte("寻人"), []byte("寻\xff\xfe人"), 1)
		s := newSite(t, w)
		fault := func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write(body)
		}
		b, err := s.read(t, fault)
		if err != nil || len(b.Posts) != 2 {
			t.Fatalf("a page with two broken bytes: %d posts, %v", len(b.Posts), err)
		}
		check(t, s.Source(t), b)
	})
	if w.Wall != nil {
		t.Run("Wall", func(t *testing.T) {
			if _, err := newSite(t, w).read(t, w.Wall); !errors.Is(err, guitu.ErrWall) {
				t.Errorf("a login page: error %v, want ErrWall", err)
			}
		})
	}
	if w.GBK {
		t.Run("GBK", func(t *testing.T) {
			contentType, body := w.Page([]guitu.Post{Post(1, 30)})
			body, err := simplifiedchinese.GBK.NewEncoder().Bytes(body)
			if err != nil {
				t.Fatal(err)
			}
			plain, _, _ := strings.Cut(contentType, ";")
			for _, header := range []string{plain + "; charset=gbk", plain} {
				b, err := newSite(t, w).read(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", header)
					_, _ = w.Write(body)
				})
				if err != nil {
					t.Errorf("%s: %v", header, err)
				}
				same(t, b.Posts, Post(1, 30))
			}
		})
	}
}
