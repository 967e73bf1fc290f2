package mastodon_test

import (
	"context"
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
	"guitu/publishers/mastodon"
	"guitu/publishers/publisherstest"
	"guitu/publishers/rest"
)

func publisher(t testing.TB, url, secret string, o mastodon.Options) *mastodon.Publisher {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Second
	}
	p, err := mastodon.New(url, secret, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func refusal(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", strconv.Itoa(int(publisherstest.RetryAfter.Seconds())))
		}
		says(w, status, map[string]string{"error": text})
	}
}

func TestExercise(t *testing.T) {
	publisherstest.Exercise(t, publisherstest.Harness{
		Golden: "testdata/sent.txt",
		Fake:   func(testing.TB) publisherstest.Fake { return newServer(publisherstest.Secret) },
		Publisher: func(t testing.TB, url, secret string) guitu.Publisher {
			return publisher(t, url, secret, mastodon.Options{})
		},
		TooMany:      refusal(429, "Too many requests"),
		Rejected:     refusal(422, "Validation failed: Text character limit of 500 exceeded"),
		Unauthorized: refusal(401, "The access token was revoked"),
		Limits:       publishers.Limits{Text: 500, Pictures: 4, Alt: 1500},
		Counts: func(r *http.Request) []string {
			counted := []string{"calls in 5 minutes"}
			switch {
			case r.Method == http.MethodDelete:
				counted = append(counted, "deletes in 30 minutes")
			case r.Method == http.MethodPost && r.URL.Path == "/api/v2/media":
				counted = append(counted, "pictures in 30 minutes")
			}
			return counted
		},
		Replies:    true,
		Idempotent: true,
	})
}

// A server that knows no keys has the post twice when it is sent twice, but it can be looked for.
func TestFindWithoutKeys(t *testing.T) {
	s := newServer("t0ken")
	s.forgetful = true
	srv := httptest.NewServer(s)
	defer srv.Close()
	p := publisher(t, srv.URL, "t0ken", mastodon.Options{})
	// An update of the same alert bears the same code and is another post.
	first, second := publisherstest.Publication("FW", "先说的。"), publisherstest.Publication("FW", "后说的。")
	r, err := p.Publish(context.Background(), first)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok, err := p.Find(context.Background(), second); ok || err != nil {
		t.Errorf("Find of what was never sent = %+v, %v, %v", got, ok, err)
	}
	if got, ok, err := p.Find(context.Background(), first); !ok || err != nil || got != r {
		t.Errorf("Find = %+v, %v, %v; want %+v", got, ok, err, r)
	}
}

// tiny is a picture of one pixel.
var tiny = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")

func TestPictures(t *testing.T) {
	for _, slow := range []int{0, 2} {
		s := newServer("t0ken")
		s.slow = slow
		srv := httptest.NewServer(s)
		defer srv.Close()
		p := publisher(t, srv.URL, "t0ken", mastodon.Options{})
		pub := publisherstest.Publication("PC", "有图。")
		picture := guitu.Picture{Name: "poster.png", Type: "image/png", Bytes: tiny, Alt: map[string]string{guitu.Chinese: strings.Repeat("一张海报", 500)}}
		broken := guitu.Picture{Name: "x.png", Type: "image/png", Bytes: []byte("no picture"), Alt: picture.Alt}
		pub.Pictures = []guitu.Picture{picture, broken, picture, picture, picture, picture}
		r, err := p.Publish(context.Background(), pub)
		if err != nil {
			t.Fatal(err)
		}
		// Of the first four one is broken.
		if got := s.find(r.ExternalID); len(got.media) != 3 || got.language != "zh" {
			t.Errorf("the post has the pictures %q in %q, want three in zh", got.media, got.language)
		}
		if alt := s.media[s.find(r.ExternalID).media[0]].alt; len([]rune(alt)) != 1500 || !strings.HasPrefix(alt, "一张海报") {
			t.Errorf("the picture is described by %d characters, want 1500", len([]rune(alt)))
		}
		pub.Receipt, pub.Pictures = r, nil
		if err := p.Edit(context.Background(), pub); err != nil {
			t.Fatal(err)
		}
		if got := s.find(r.ExternalID); len(got.media) != 0 {
			t.Errorf("after an edit without pictures the post keeps %q", got.media)
		}
	}
}

// A server that never gets ready with a picture does not hold the words back.
func TestPictureNeverReady(t *testing.T) {
	s := newServer("t0ken")
	s.slow = 1 << 20
	srv := httptest.NewServer(s)
	defer srv.Close()
	p := publisher(t, srv.URL, "t0ken", mastodon.Options{Patience: 100 * time.Millisecond})
	pub := publisherstest.Publication("PN", "没有图。")
	pub.Pictures = []guitu.Picture{{Name: "poster.png", Type: "image/png", Bytes: tiny, Alt: map[string]string{guitu.Chinese: "海报"}}}
	r, err := p.Publish(context.Background(), pub)
	if err != nil || len(s.find(r.ExternalID).media) != 0 {
		t.Errorf("Publish = %+v, %v; want a post without a picture", r, err)
	}
}

func TestReply(t *testing.T) {
	s := newServer("t0ken")
	srv := httptest.NewServer(s)
	defer srv.Close()
	p := publisher(t, srv.URL, "t0ken", mastodon.Options{})
	first, err := p.Publish(context.Background(), publisherstest.Publication("RA", "先。"))
	if err != nil {
		t.Fatal(err)
	}
	pub := publisherstest.Publication("RB", "后。")
	pub.ReplyTo = first
	r, err := p.Publish(context.Background(), pub)
	if err != nil || s.find(r.ExternalID).reply != first.ExternalID {
		t.Errorf("Publish = %+v, %v, in reply to %q; want to %q", r, err, s.find(r.ExternalID).reply, first.ExternalID)
	}
	// What it replies to may be gone by then.
	s.Remove(first.ExternalID)
	pub.Key = "another"
	if r, err = p.Publish(context.Background(), pub); err != nil || s.find(r.ExternalID).reply != "" {
		t.Errorf("Publish in reply to what is gone = %+v, %v; want a post of its own", r, err)
	}
}

func TestPull(t *testing.T) {
	s := newServer("t0ken")
	srv := httptest.NewServer(s)
	defer srv.Close()
	p := publisher(t, srv.URL, "t0ken", mastodon.Options{})
	pub := publisherstest.Publication("PU", "撤。")
	var err error
	if pub.Receipt, err = p.Publish(context.Background(), pub); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := p.Pull(context.Background(), pub); err != nil || len(s.Posts()) != 0 {
			t.Errorf("Pull = %v, and %d posts stand", err, len(s.Posts()))
		}
	}
}

func TestProbe(t *testing.T) {
	srv := httptest.NewServer(newServer("t0ken"))
	defer srv.Close()
	a, err := publisher(t, srv.URL, "t0ken", mastodon.Options{}).Probe(context.Background())
	if err != nil || a.Name != "guitu" || a.Left["calls in 5 minutes"] != 297 || !slices.Contains(a.May, "delete") {
		t.Errorf("Probe = %+v, %v", a, err)
	}
	if _, err := publisher(t, srv.URL, "old", mastodon.Options{}).Probe(context.Background()); !errors.Is(err, guitu.ErrUnauthorized) {
		t.Errorf("Probe with a wrong token = %v, want ErrUnauthorized", err)
	}
}

// Mastodon's own header says when its window of five minutes ends.
func TestReset(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Reset", "2026-11-24T08:04:00.000000Z")
		says(w, 429, map[string]string{"error": "Too many requests"})
	}))
	defer srv.Close()
	o := mastodon.Options{Options: rest.Options{Now: func() time.Time { return now }}}
	_, err := publisher(t, srv.URL, "t0ken", o).Publish(context.Background(), publisherstest.Publication("RS", "等。"))
	var retry *guitu.RetryError
	if !errors.As(err, &retry) || retry.After != 4*time.Minute {
		t.Errorf("Publish = %v, want to wait four minutes", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, bad := range []string{"", "mastodon.example", "ftp://mastodon.example", "https://mastodon.example/@guitu", "https://"} {
		if _, err := mastodon.New(bad, "t", mastodon.Options{}); err == nil {
			t.Errorf("New of %q is no error", bad)
		}
	}
	if _, err := mastodon.New("https://mastodon.example", "", mastodon.Options{}); err == nil {
		t.Error("New without a token is no error")
	}
}
