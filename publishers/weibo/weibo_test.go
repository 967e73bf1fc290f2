package weibo_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/publishers"
	"guitu/publishers/publisherstest"
	"guitu/publishers/rest"
	"guitu/publishers/weibo"
)

func options(url string, commercial bool) weibo.Options {
	return weibo.Options{Options: rest.Options{Timeout: 2 * time.Second}, API: url, CommercialAPI: url, Commercial: commercial, IP: "192.0.2.1"}
}

func publisher(t testing.TB, url, token string, commercial bool) *weibo.Publisher {
	t.Helper()
	p, err := weibo.New(token, options(url, commercial))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func start(t testing.TB, commercial bool) (*server, *weibo.Publisher) {
	t.Helper()
	s := newServer("t0ken")
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return s, publisher(t, srv.URL, "t0ken", commercial)
}

func TestExercise(t *testing.T) {
	refuse := func(status, code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if code == 10023 {
				w.Header().Set("Retry-After", strconv.Itoa(int(publisherstest.RetryAfter.Seconds())))
			}
			(&server{quoted: true}).fails(w, status, code, "as told")
		}
	}
	for _, commercial := range []bool{false, true} {
		t.Run(map[bool]string{false: "Share", true: "Commercial"}[commercial], func(t *testing.T) {
			limits := weibo.ShareLimits
			if commercial {
				limits = weibo.CommercialLimits
			}
			publisherstest.Exercise(t, publisherstest.Harness{
				Golden: map[bool]string{false: "testdata/sent_share.txt", true: "testdata/sent_commercial.txt"}[commercial],
				Fake:   func(testing.TB) publisherstest.Fake { return newServer(publisherstest.Secret) },
				Publisher: func(t testing.TB, url, secret string) guitu.Publisher {
					return publisher(t, url, secret, commercial)
				},
				TooMany:      refuse(403, 10023),
				Rejected:     refuse(400, 20021),
				Unauthorized: refuse(401, 21327),
				Credential:   "access_token",
				Typed:        func(s string) string { return strings.ReplaceAll(s, "#", "＃") },
				Limits:       limits,
				Counts: func(r *http.Request) []string {
					if commercial {
						return nil
					}
					if r.URL.Path == "/2/statuses/share.json" {
						return []string{"posts an hour", "calls a day"}
					}
					return []string{"calls a day"}
				},
			})
		})
	}
}

func TestCodes(t *testing.T) {
	for code, want := range map[int]error{
		10001: guitu.ErrUnknown, 10003: guitu.ErrUnknown, 20032: guitu.ErrUnknown, 10005: guitu.ErrUnauthorized,
		10007: guitu.ErrRejected, 10016: guitu.ErrRejected, 20109: guitu.ErrRejected,
		10014: guitu.ErrUnauthorized, 20012: guitu.ErrRejected, 20019: guitu.ErrUnknown, 20021: guitu.ErrRejected,
		21315: guitu.ErrUnauthorized, 21332: guitu.ErrUnauthorized,
	} {
		for _, status := range []int{200, 400, 403, 503} {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { (&server{}).fails(w, status, code, "as told") }))
			_, err := publisher(t, srv.URL, "t", false).Publish(t.Context(), publisherstest.Publication("CO", "说明。"))
			srv.Close()
			if !errors.Is(err, want) {
				t.Errorf("error_code %d with status %d is %v, want %v", code, status, err, want)
			}
		}
	}
	// Nothing is said of when the hour began.
	now := time.Date(2026, 11, 24, 8, 20, 0, 0, time.UTC)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { (&server{}).fails(w, 403, 20016, "out of limit") }))
	defer srv.Close()
	o := options(srv.URL, false)
	o.Now = func() time.Time { return now }
	p, err := weibo.New("t", o)
	if err != nil {
		t.Fatal(err)
	}
	var retry *guitu.RetryError
	if _, err := p.Publish(t.Context(), publisherstest.Publication("CO", "说明。")); !errors.As(err, &retry) || retry.After != 41*time.Minute {
		t.Errorf("error_code 20016 at twenty past is %v, want to wait 41 minutes", err)
	}
}

// A picture that Weibo does not take does not hold up the words.
func TestBrokenPicture(t *testing.T) {
	for _, commercial := range []bool{false, true} {
		s, p := start(t, commercial)
		pub := publisherstest.Publication("BP", "有图。")
		pub.Pictures = []guitu.Picture{{Name: "x.png", Type: "image/png", Bytes: []byte("no picture")}}
		if _, err := p.Publish(t.Context(), pub); err != nil || len(s.posts) != 1 || len(s.posts[0].pictures) != 0 {
			t.Errorf("Publish: %v, %d posts; want one without a picture", err, len(s.posts))
		}
	}
}

// An update of the same alert bears the same code, and is another post.
func TestFindTellsUpdatesApart(t *testing.T) {
	for _, commercial := range []bool{false, true} {
		s, p := start(t, commercial)
		first, second := publisherstest.Publication("FU", "先说的 <b>&。"), publisherstest.Publication("FU", "后说的。")
		second.Key = "another"
		r, err := p.Publish(t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok, err := p.Find(t.Context(), second); ok || err != nil {
			t.Errorf("Find of what was never sent = %+v, %v, %v", got, ok, err)
		}
		if got, ok, err := p.Find(t.Context(), first); !ok || err != nil || got != r {
			t.Errorf("Find = %+v, %v, %v; want %+v", got, ok, err, r)
		}
		// The same text again is refused, and says that it is there.
		if _, err := p.Publish(t.Context(), first); !errors.Is(err, guitu.ErrUnknown) || len(s.posts) != 1 {
			t.Errorf("the same text again: %v and %d posts, want ErrUnknown and one", err, len(s.posts))
		}
	}
}

func TestProbe(t *testing.T) {
	s, p := start(t, false)
	a, err := p.Probe(t.Context())
	if err != nil || a.Name != "1000000001" || a.Left["calls"] != 97 || time.Until(a.Expires) < 27*time.Hour || time.Until(a.Expires) > 28*time.Hour {
		t.Errorf("Probe = %+v, %v", a, err)
	}
	s.expires = -1
	if _, err := p.Probe(t.Context()); !errors.Is(err, guitu.ErrUnauthorized) {
		t.Errorf("Probe of an expired token = %v, want ErrUnauthorized", err)
	}
}

func TestComments(t *testing.T) {
	s := newServer("t0ken")
	srv := httptest.NewServer(s)
	defer srv.Close()
	number := func(address string) (string, bool) {
		return strings.CutPrefix(address, "https://m.weibo.cn/status/")
	}
	c, err := weibo.NewComments("t0ken", number, options(srv.URL, false))
	if err != nil {
		t.Fatal(err)
	}
	pub := publisherstest.Publication("CM", strings.Repeat("很长的说明 #寻人#。", 60))
	pub.Notice.Sources = []string{"https://tieba.example/p/1", "https://m.weibo.cn/status/404", "https://m.weibo.cn/status/11", "https://m.weibo.cn/status/12"}
	r, err := c.Publish(t.Context(), pub)
	if err != nil || len(s.comments) != 2 || s.comments[0].on != "11" || s.comments[1].on != "12" || r.URL != "https://m.weibo.cn/status/11" {
		t.Fatalf("Publish = %+v, %v and the comments %+v; want one under 11 and one under 12", r, err, s.comments)
	}
	if text := s.comments[0].text; publishers.Hanzi(text) > 140 || !strings.Contains(text, pub.Link) || !strings.Contains(text, pub.Notice.Code) {
		t.Errorf("the comment is %q, want at most 140 hanzi with the link and the code", text)
	}
	pub.Receipt = r
	for range 2 {
		if err := c.Pull(t.Context(), pub); err != nil || len(s.comments) != 0 {
			t.Errorf("Pull = %v, and %d comments stand", err, len(s.comments))
		}
	}
	for name, sources := range map[string][]string{"no post on Weibo": {"https://tieba.example/p/1"}, "a post that is gone": {"https://m.weibo.cn/status/404"}} {
		pub.Notice.Sources = sources
		if _, err := c.Publish(t.Context(), pub); !errors.Is(err, guitu.ErrRejected) {
			t.Errorf("%s: %v, want ErrRejected", name, err)
		}
	}
	if a, err := c.Probe(t.Context()); err != nil || !slices.Contains(a.May, "comment") {
		t.Errorf("Probe = %+v, %v", a, err)
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := weibo.New("", weibo.Options{}); err == nil {
		t.Error("New without a token is no error")
	}
}
