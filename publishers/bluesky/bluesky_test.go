package bluesky_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/publishers"
	"guitu/publishers/bluesky"
	"guitu/publishers/publisherstest"
	"guitu/publishers/rest"
)

func publisher(t testing.TB, url, password string) *bluesky.Publisher {
	t.Helper()
	p, err := bluesky.New(url, handle, password, bluesky.Options{Options: rest.Options{Timeout: 2 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func start(t testing.TB) (*server, *bluesky.Publisher) {
	t.Helper()
	s := newServer("passw0rd")
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return s, publisher(t, srv.URL, "passw0rd")
}

func TestExercise(t *testing.T) {
	refuse := func(status int, name string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if status == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", strconv.Itoa(int(publisherstest.RetryAfter.Seconds())))
			}
			fails(w, status, name, "as told")
		}
	}
	publisherstest.Exercise(t, publisherstest.Harness{
		Golden:    "testdata/sent.txt",
		Fake:      func(testing.TB) publisherstest.Fake { return newServer(publisherstest.Secret) },
		Publisher: func(t testing.TB, url, secret string) guitu.Publisher { return publisher(t, url, secret) },
		TooMany:   refuse(429, "RateLimitExceeded"),
		// It is the post that is refused, not the account.
		Rejected: func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "createSession") {
				newServer("").give(w)
				return
			}
			refuse(400, "InvalidRequest")(w, r)
		},
		Unauthorized: refuse(401, "AuthenticationRequired"),
		Limits:       publishers.Limits{Text: 300, Count: count, Pictures: 4, Alt: 2000, PictureBytes: 1_000_000},
		Replies:      true,
		Idempotent:   true,
		Counts: func(r *http.Request) []string {
			points := map[string]int{"/xrpc/com.atproto.repo.putRecord": 3, "/xrpc/com.atproto.repo.deleteRecord": 1}[r.URL.Path]
			return slices.Repeat([]string{"points an hour", "points a day"}, points)
		},
	})
}

// count is as the lexicon has both limits: 300 characters, 3000 bytes.
func count(s string) int { return max(publishers.Graphemes(s), (len(s)+9)/10) }

// A token that ends is renewed, and a session that ends is begun again, without a post lost or doubled; many calls sign in once.
func TestSession(t *testing.T) {
	s, p := start(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := p.Publish(context.Background(), publisherstest.Publication("S"+strconv.Itoa(i), "一起。")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s.signIns != 1 || s.tokens != 1 {
		t.Errorf("eight posts signed in %d times for %d tokens, want once", s.signIns, s.tokens)
	}
	s.expire(false)
	if _, err := p.Publish(context.Background(), publisherstest.Publication("SX", "续。")); err != nil || s.signIns != 1 || s.tokens != 2 {
		t.Errorf("after the token ended: %v, %d sign-ins, %d tokens; want one and two", err, s.signIns, s.tokens)
	}
	s.expire(true)
	if _, err := p.Publish(context.Background(), publisherstest.Publication("SY", "再来。")); err != nil || s.signIns != 2 {
		t.Errorf("after the session ended: %v, %d sign-ins; want two", err, s.signIns)
	}
	if n := len(s.Posts()); n != 10 {
		t.Errorf("%d posts stand, want 10", n)
	}
}

var tiny = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")

func TestPicturesAndReplies(t *testing.T) {
	s, p := start(t)
	pub := publisherstest.Publication("PA", "有图。")
	picture := func(b []byte) guitu.Picture {
		return guitu.Picture{Name: "poster.png", Type: "image/png", Width: 3, Height: 4, Bytes: b, Alt: map[string]string{guitu.Chinese: "一张海报"}}
	}
	// The second is over the limit, and the third is no picture.
	pub.Pictures = []guitu.Picture{picture(tiny), picture(append(tiny[:len(tiny):len(tiny)], make([]byte, 1_000_000)...)), picture([]byte("x")), picture(tiny), picture(tiny)}
	first, err := p.Publish(context.Background(), pub)
	if err != nil {
		t.Fatal(err)
	}
	rec := s.records[first.ExternalID[strings.LastIndex(first.ExternalID, "/")+1:]]
	if len(rec.Embed.Images) != 3 || rec.Embed.Images[0].Alt != "一张海报" || len(rec.Facets) != 1 || rec.Langs[0] != "zh" {
		t.Errorf("the post is %+v, want three pictures with their words and a link", rec)
	}
	root := ref{first.ExternalID, "cid-" + first.ExternalID[strings.LastIndex(first.ExternalID, "/")+1:]}
	to := first
	for i := range 2 {
		next := publisherstest.Publication("R"+strconv.Itoa(i), "接着说。")
		next.ReplyTo = to
		if to, err = p.Publish(context.Background(), next); err != nil {
			t.Fatal(err)
		}
		rec := s.records[to.ExternalID[strings.LastIndex(to.ExternalID, "/")+1:]]
		if rec.Reply == nil || rec.Reply.Root != root || rec.Reply.Parent.URI != next.ReplyTo.ExternalID {
			t.Errorf("reply %d is %+v, want one to %s under %s", i, rec.Reply, next.ReplyTo.ExternalID, root.URI)
		}
	}
	s.Remove(to.ExternalID)
	late := publisherstest.Publication("RL", "独自说。")
	late.ReplyTo = to
	if r, err := p.Publish(context.Background(), late); err != nil || s.records[r.ExternalID[strings.LastIndex(r.ExternalID, "/")+1:]].Reply != nil {
		t.Errorf("Publish in reply to what is gone = %+v, %v; want a post of its own", r, err)
	}
}

func TestPull(t *testing.T) {
	s, p := start(t)
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
	pub.Receipt.ExternalID = "nonsense"
	if err := p.Pull(context.Background(), pub); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("Pull of no post = %v, want ErrRejected", err)
	}
}

func TestProbe(t *testing.T) {
	_, p := start(t)
	if a, err := p.Probe(context.Background()); err != nil || a.Name != handle {
		t.Errorf("Probe = %+v, %v", a, err)
	}
	srv := httptest.NewServer(newServer("another"))
	defer srv.Close()
	if _, err := publisher(t, srv.URL, "passw0rd").Probe(context.Background()); !errors.Is(err, guitu.ErrUnauthorized) {
		t.Errorf("Probe with a wrong password = %v, want ErrUnauthorized", err)
	}
}

// The server tells in a header of its own when it takes calls again.
func TestReset(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("RateLimit-Reset", strconv.FormatInt(now.Add(3*time.Minute).Unix(), 10))
		fails(w, 429, "RateLimitExceeded", "Rate Limit Exceeded")
	}))
	defer srv.Close()
	p, err := bluesky.New(srv.URL, handle, "x", bluesky.Options{Options: rest.Options{Now: func() time.Time { return now }}})
	if err != nil {
		t.Fatal(err)
	}
	var retry *guitu.RetryError
	if _, err := p.Publish(context.Background(), publisherstest.Publication("RS", "等。")); !errors.As(err, &retry) || retry.After != 3*time.Minute {
		t.Errorf("Publish = %v, want to wait three minutes", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, bad := range [][3]string{{"bsky.social", "h", "p"}, {"https://bsky.social/xrpc", "h", "p"}, {"https://bsky.social", "", "p"}, {"https://bsky.social", "h", ""}} {
		if _, err := bluesky.New(bad[0], bad[1], bad[2], bluesky.Options{}); err == nil {
			t.Errorf("New of %q is no error", bad)
		}
	}
}
