package wechat_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/publishers/publisherstest"
	"guitu/publishers/rest"
	"guitu/publishers/wechat"
)

func publisher(t testing.TB, url, secret string, o wechat.Options) *wechat.Publisher {
	t.Helper()
	o.API, o.Timeout = url, 2*time.Second
	p, err := wechat.New("wx123", secret, thumb, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func start(t testing.TB, o wechat.Options) (*server, *wechat.Publisher) {
	t.Helper()
	s := newServer("s3cret")
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return s, publisher(t, srv.URL, "s3cret", o)
}

func TestExercise(t *testing.T) {
	answer := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "stable_token") && code != 40125 {
				says(w, map[string]any{"access_token": "t", "expires_in": 7200})
				return
			}
			fails(w, code, "as told")
		}
	}
	publisherstest.Exercise(t, publisherstest.Harness{
		Golden: "testdata/sent.txt",
		Fake:   func(testing.TB) publisherstest.Fake { return newServer(publisherstest.Secret) },
		Publisher: func(t testing.TB, url, secret string) guitu.Publisher {
			return publisher(t, url, secret, wechat.Options{})
		},
		TooMany: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", strconv.Itoa(int(publisherstest.RetryAfter.Seconds())))
			w.WriteHeader(http.StatusTooManyRequests)
		},
		Rejected: answer(45003),
		Unauthorized: func(w http.ResponseWriter, r *http.Request) {
			answer(map[bool]int{true: 40125, false: 40001}[strings.HasSuffix(r.URL.Path, "stable_token")])(w, r)
		},
		Credential: "secret",
		Limits:     wechat.Limits,
	})
}

// An article is published when it was examined; one that takes long is looked for, and never sent twice.
func TestExamined(t *testing.T) {
	s, p := start(t, wechat.Options{})
	s.slow = 3
	pub := publisherstest.Publication("EX", "说明。")
	r, err := p.Publish(t.Context(), pub)
	if err != nil || r.ExternalID == "" || !strings.HasPrefix(r.URL, "https://mp.weixin.qq.com/s/") {
		t.Fatalf("Publish = %+v, %v", r, err)
	}

	s, p = start(t, wechat.Options{Patience: 100 * time.Millisecond})
	s.slow = 4
	if _, err := p.Publish(t.Context(), pub); !errors.Is(err, guitu.ErrUnknown) {
		t.Fatalf("Publish of what takes long = %v, want ErrUnknown", err)
	}
	var found bool
	for range 10 {
		if r, found, err = p.Find(t.Context(), pub); found {
			break
		}
		if err == nil {
			t.Fatal("Find said that it is certainly not there while it was examined")
		}
	}
	if !found || r.ExternalID == "" || len(s.Posts()) != 1 {
		t.Errorf("Find = %+v, %v, %v and %d articles; want one", r, found, err, len(s.Posts()))
	}

	s, p = start(t, wechat.Options{})
	s.refuse = true
	if _, err := p.Publish(t.Context(), pub); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("Publish of what the examination refuses = %v, want ErrRejected", err)
	}
}

// After a restart nothing is known of what was submitted: it may still be examined for half an hour.
func TestFindAfterRestart(t *testing.T) {
	pub := publisherstest.Publication("FR", "说明。")
	for age, certain := range map[time.Duration]bool{time.Minute: false, 29 * time.Minute: false, 31 * time.Minute: true} {
		_, p := start(t, wechat.Options{Options: rest.Options{Now: func() time.Time { return pub.Notice.MadeAt.Add(age) }}})
		_, found, err := p.Find(t.Context(), pub)
		var retry *guitu.RetryError
		if found || (err == nil) != certain || !certain && !errors.As(err, &retry) {
			t.Errorf("Find after %s = %v, %v; want certainty: %v", age, found, err, certain)
		}
	}
}

func TestAccount(t *testing.T) {
	s, p := start(t, wechat.Options{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := p.Publish(t.Context(), publisherstest.Publication("A"+strconv.Itoa(i), "说明。")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s.mu.Lock()
	tokens := s.tokens
	s.token = "another" // somebody else asked for one
	s.mu.Unlock()
	if tokens != 1 {
		t.Errorf("eight articles took %d tokens, want one", tokens)
	}
	if _, err := p.Publish(t.Context(), publisherstest.Publication("AX", "说明。")); err != nil {
		t.Errorf("after the token ended: %v", err)
	}
	s.right = false
	if _, err := p.Probe(t.Context()); !errors.Is(err, guitu.ErrUnauthorized) || !strings.Contains(err.Error(), "may not publish") {
		t.Errorf("Probe of an account that is not verified = %v, want ErrUnauthorized in words", err)
	}
}

// A child's picture stays on WeChat's servers when its article is deleted, so it never goes there.
func TestChild(t *testing.T) {
	s, p := start(t, wechat.Options{})
	pub := publisherstest.Publication("CH", "说明。")
	pub.Pictures = []guitu.Picture{{Name: "photo.png", Type: "image/png", Bytes: []byte("\x89PNG\r\n\x1a\n"), Child: true}}
	if _, err := p.Publish(t.Context(), pub); err != nil || len(s.pictures) != 0 {
		t.Errorf("Publish: %v, and %d pictures were uploaded; want none", err, len(s.pictures))
	}
}

func TestNewRefuses(t *testing.T) {
	for _, bad := range [][3]string{{"", "s", "t"}, {"i", "", "t"}, {"i", "s", ""}} {
		if _, err := wechat.New(bad[0], bad[1], bad[2], wechat.Options{}); err == nil {
			t.Errorf("New of %q is no error", bad)
		}
	}
}
