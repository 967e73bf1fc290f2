package x_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/publishers"
	"guitu/publishers/publisherstest"
	"guitu/publishers/rest"
	"guitu/publishers/x"
)

func keys(secret string) x.Keys {
	return x.Keys{ConsumerKey: "c0nsumer", ConsumerSecret: "c0nsumer/secret+&", Token: "2244994945-t0ken", TokenSecret: secret}
}

func publisher(t testing.TB, url, secret string) *x.Publisher {
	t.Helper()
	p, err := x.New(keys(secret), x.Options{Options: rest.Options{Timeout: 2 * time.Second}, API: url})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExercise(t *testing.T) {
	refuse := func(status int, detail string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if status == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", strconv.Itoa(int(publisherstest.RetryAfter.Seconds())))
			}
			fails(w, status, http.StatusText(status), detail)
		}
	}
	publisherstest.Exercise(t, publisherstest.Harness{
		Golden:       "testdata/sent.txt",
		Fake:         func(testing.TB) publisherstest.Fake { return newServer(keys(publisherstest.Secret)) },
		Publisher:    func(t testing.TB, url, secret string) guitu.Publisher { return publisher(t, url, secret) },
		TooMany:      refuse(429, "Too Many Requests"),
		Rejected:     refuse(400, "One or more parameters to your request was invalid."),
		Unauthorized: refuse(401, "Unauthorized"),
		Credential:   "OAuth keys",
		Limits:       publishers.Limits{Text: 280, Count: publishers.Weighted, Pictures: 4, Alt: 1000, PictureBytes: 5 << 20},
		Counts: func(r *http.Request) []string {
			switch {
			case r.Method == http.MethodDelete:
				return []string{"deletes in 15 minutes"}
			case r.URL.Path == "/2/tweets":
				return []string{"posts in 15 minutes"}
			case r.URL.Path == "/2/users/me":
				return []string{"looks at the account in 15 minutes"}
			}
			return nil
		},
		Replies: true,
	})
}

// X says when its window of fifteen minutes ends.
func TestReset(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("x-rate-limit-reset", strconv.FormatInt(now.Add(9*time.Minute).Unix(), 10))
		fails(w, 429, "Too Many Requests", "Too Many Requests")
	}))
	defer srv.Close()
	p, err := x.New(keys("s"), x.Options{Options: rest.Options{Now: func() time.Time { return now }}, API: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	var retry *guitu.RetryError
	if _, err := p.Publish(t.Context(), publisherstest.Publication("RS", "等。")); !errors.As(err, &retry) || retry.After != 9*time.Minute {
		t.Errorf("Publish = %v, want to wait nine minutes", err)
	}
}

// What 403 means stands in its words only.
func TestForbidden(t *testing.T) {
	for detail, want := range map[string]error{
		"You are not allowed to create a Tweet with duplicate content.":                  guitu.ErrUnknown,
		"Your client app is not configured with the appropriate oauth1 app permissions.": guitu.ErrUnauthorized,
		"This user is suspended.":     guitu.ErrUnauthorized,
		"Your media IDs are invalid.": guitu.ErrRejected,
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fails(w, 403, "Forbidden", detail) }))
		_, err := publisher(t, srv.URL, "s").Publish(t.Context(), publisherstest.Publication("FB", "不行。"))
		srv.Close()
		if !errors.Is(err, want) {
			t.Errorf("403 %q is %v, want %v", detail, err, want)
		}
	}
}

// A post is refused for its text being there, and looking finds it; a later update of the same alert is another one.
func TestDuplicate(t *testing.T) {
	s := newServer(keys("s"))
	srv := httptest.NewServer(s)
	defer srv.Close()
	p := publisher(t, srv.URL, "s")
	pub, update := publisherstest.Publication("DU", "先说的 <b>&。"), publisherstest.Publication("DU", "后说的。")
	r, err := p.Publish(t.Context(), pub)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Publish(t.Context(), pub); !errors.Is(err, guitu.ErrUnknown) || len(s.posts) != 1 {
		t.Errorf("the same text again: %v and %d posts, want ErrUnknown and one", err, len(s.posts))
	}
	if got, ok, err := p.Find(t.Context(), pub); !ok || err != nil || got != r {
		t.Errorf("Find = %+v, %v, %v; want %+v", got, ok, err, r)
	}
	if got, ok, err := p.Find(t.Context(), update); ok || err != nil {
		t.Errorf("Find of what was never sent = %+v, %v, %v", got, ok, err)
	}
}

func TestNewRefuses(t *testing.T) {
	for i := range 4 {
		k := keys("s")
		*[]*string{&k.ConsumerKey, &k.ConsumerSecret, &k.Token, &k.TokenSecret}[i] = ""
		if _, err := x.New(k, x.Options{}); err == nil || !strings.Contains(err.Error(), "missing") {
			t.Errorf("New without key %d: %v", i, err)
		}
	}
}
