package partner_test

import (
	"context"
	"encoding/base64"
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
	"guitu/publishers/partner"
	"guitu/publishers/publisherstest"
	"guitu/publishers/rest"
)

// app is a partner's application: it shows what it was told, by the receiver that partners can copy.
type app struct {
	*partner.Receiver
	mu    sync.Mutex
	posts []publisherstest.Post
	tests int
}

func newApp(t testing.TB, secret string) *app {
	t.Helper()
	a := &app{}
	r, err := partner.NewReceiver(secret, a.take)
	if err != nil {
		t.Fatal(err)
	}
	a.Receiver = r
	return a
}

func (a *app) take(id string, e partner.Event) (partner.Reach, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.posts, func(p publisherstest.Post) bool { return strings.HasPrefix(id, p.ID+"-") })
	switch {
	case e.Type == partner.Test:
		a.tests++
	case e.Type == partner.Published:
		a.posts = append(a.posts, shown(id, e.Data))
	case e.Type == partner.Edited && i >= 0:
		a.posts[i] = shown(a.posts[i].ID, e.Data)
	case e.Type == partner.Pulled && i >= 0:
		a.posts = slices.Delete(a.posts, i, i+1)
	}
	return partner.Reach{Devices: 1200, Views: 34}, nil
}

func shown(id string, d publishers.Document) publisherstest.Post {
	n := guitu.Notice{Code: d.Code, Place: d.Place, Texts: d.Texts, CorrectedBy: d.Fixed}
	p := publisherstest.Post{ID: id, Text: publishers.Plain(n, guitu.Chinese, d.Link, publishers.Limits{Text: 1 << 20})}
	for _, i := range d.Pictures {
		p.Pictures = append(p.Pictures, publisherstest.PostPicture{Alt: i.Alt[guitu.Chinese], Digest: publisherstest.Digest([]byte(i.URL))})
	}
	return p
}

func (a *app) Posts() []publisherstest.Post {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.posts)
}

func (a *app) Remove(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.posts = slices.DeleteFunc(a.posts, func(p publisherstest.Post) bool { return p.ID == id })
}

func whsec(secret string) string {
	return "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(secret, 1+24/len(secret))))
}

func publisher(t testing.TB, url, secret string, o partner.Options) *partner.Publisher {
	t.Helper()
	o.Timeout = 2 * time.Second
	p, err := partner.New(url+"/guitu", whsec(secret), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var made = publisherstest.Publication("MA", "").Notice.MadeAt

func TestLife(t *testing.T) {
	a := newApp(t, whsec("s3cret"))
	srv := httptest.NewServer(a)
	defer srv.Close()
	var heard []partner.Reach
	p := publisher(t, srv.URL, "s3cret", partner.Options{Heard: func(_ context.Context, key string, r partner.Reach) {
		if strings.HasPrefix(key, "notice-LI") {
			heard = append(heard, r)
		}
	}})
	const typed = "表情👩‍👩‍👧‍👦 罕见字𠮷 مرحبا <b>&amp;</b> *_`#\"\\\n二行"
	pub := publisherstest.Publication("LI", typed)
	pub.Notice.Kind, pub.Notice.AlertID = guitu.NoticeAlert, 7
	pub.Notice.Circle = &guitu.Circle{Point: guitu.Point{Lat: 35, Lng: 118}, Radius: 200}
	pub.Notice.Inner = 100
	pub.Pictures = []guitu.Picture{{URL: "https://guitu.example/p/x", Alt: map[string]string{guitu.Chinese: "照片"}, Child: true}}
	first, err := p.Publish(t.Context(), pub)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := p.Publish(t.Context(), pub); err != nil || again != first || len(a.Posts()) != 1 {
		t.Errorf("the same key twice = %+v, %v and %d posts; want the same and one", again, err, len(a.Posts()))
	}
	if got := a.Posts()[0]; !strings.Contains(got.Text, typed) || !strings.Contains(got.Text, pub.Link) || len(got.Pictures) != 1 {
		t.Errorf("the partner shows %+v", got)
	}
	if len(heard) != 2 || heard[0] != (partner.Reach{Devices: 1200, Views: 34}) {
		t.Errorf("heard %v, want the reach of each answer", heard)
	}
	pub.Receipt = first
	pub.Notice.Texts = map[string]guitu.Text{guitu.Chinese: {Headline: "【已结案】"}}
	pub.Pictures = nil
	for range 2 {
		if err := p.Edit(t.Context(), pub); err != nil {
			t.Fatal(err)
		}
	}
	if got := a.Posts()[0]; !strings.HasPrefix(got.Text, "【已结案】") || len(got.Pictures) != 0 || strings.Contains(got.Text, "表情") {
		t.Errorf("after an edit the partner shows %+v", got)
	}
	for range 2 {
		if err := p.Pull(t.Context(), pub); err != nil || len(a.Posts()) != 0 {
			t.Errorf("Pull = %v, and %d posts stand", err, len(a.Posts()))
		}
	}
	if who, err := p.Probe(t.Context()); err != nil || a.tests != 1 || who.Name != strings.TrimPrefix(srv.URL, "http://") || len(a.Posts()) != 0 {
		t.Errorf("Probe = %+v, %v and %d tests", who, err, a.tests)
	}
	wrong := publisher(t, srv.URL, "wr0ng", partner.Options{})
	if _, err := wrong.Publish(t.Context(), pub); !errors.Is(err, guitu.ErrUnauthorized) || strings.Contains(err.Error(), whsec("wr0ng")) {
		t.Errorf("a wrong secret: %v, want ErrUnauthorized and no secret", err)
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func TestExercise(t *testing.T) {
	now := func() time.Time { return made.Add(time.Minute) }
	publisherstest.Exercise(t, publisherstest.Harness{
		Golden: "testdata/sent.txt",
		Fake: func(t testing.TB) publisherstest.Fake {
			a := newApp(t, whsec(publisherstest.Secret))
			a.Now = now
			return a
		},
		Publisher: func(t testing.TB, url, secret string) guitu.Publisher {
			return publisher(t, url, secret, partner.Options{Options: rest.Options{Now: now}})
		},
		TooMany: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", strconv.Itoa(int(publisherstest.RetryAfter.Seconds())))
			w.WriteHeader(http.StatusTooManyRequests)
		},
		Rejected:     status(http.StatusUnprocessableEntity),
		Unauthorized: status(http.StatusUnauthorized),
		Credential:   "secret",
		Limits:       publishers.Limits{Pictures: 9, Alt: 1000, ByURL: true},
		Idempotent:   true,
		Acknowledges: true,
	})
}

// A partner who does not answer is asked again for a day, more and more seldom.
func TestPatience(t *testing.T) {
	now := made
	var status int
	retryAfter := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		if retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
		}
		w.WriteHeader(status)
	}))
	defer srv.Close()
	p := publisher(t, srv.URL, "s3cret", partner.Options{Options: rest.Options{Now: func() time.Time { return now }}})
	pub := publisherstest.Publication("PA", "说明。")
	for _, tt := range []struct {
		status, after int
		age, wait     time.Duration
		is            error
	}{
		{status: 0, age: time.Second, wait: 5 * time.Second},
		{status: 500, age: time.Minute, wait: 15 * time.Second},
		{status: 503, age: time.Hour, wait: 15 * time.Minute},
		{status: 404, age: 20 * time.Hour, wait: 30 * time.Minute},
		{status: 429, after: 7, age: time.Hour, wait: 7 * time.Second},
		{status: 500, age: 25 * time.Hour, is: guitu.ErrRejected},
		{status: 400, is: guitu.ErrRejected},
		{status: 422, is: guitu.ErrRejected},
		{status: 401, is: guitu.ErrUnauthorized},
		{status: 410, is: guitu.ErrUnauthorized},
	} {
		now, status, retryAfter = made.Add(tt.age), tt.status, tt.after
		_, err := p.Publish(t.Context(), pub)
		var retry *guitu.RetryError
		switch {
		case errors.Is(err, guitu.ErrUnknown):
			t.Errorf("status %d: %v, want nothing to be unknown", tt.status, err)
		case tt.is != nil && !errors.Is(err, tt.is):
			t.Errorf("status %d after %s: %v, want %v", tt.status, tt.age, err, tt.is)
		case tt.wait > 0 && (!errors.As(err, &retry) || retry.After != tt.wait):
			t.Errorf("status %d after %s: %v, want to wait %s", tt.status, tt.age, err, tt.wait)
		}
	}
}

func TestReceiver(t *testing.T) {
	fail := true
	r, err := partner.NewReceiver(whsec("s3cret"), func(string, partner.Event) (partner.Reach, error) {
		if fail {
			return partner.Reach{}, errors.New("the database is away")
		}
		return partner.Reach{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(r)
	defer srv.Close()
	p := publisher(t, srv.URL, "s3cret", partner.Options{})
	pub := publisherstest.Publication("RC", "说明。")
	var retry *guitu.RetryError
	pub.Notice.MadeAt = time.Now()
	if _, err := p.Publish(t.Context(), pub); !errors.As(err, &retry) {
		t.Errorf("a receiver that could not take it: %v, want to try again", err)
	}
	fail = false
	if _, err := p.Publish(t.Context(), pub); err != nil {
		t.Errorf("and then: %v", err)
	}
	// An old signature is worth nothing.
	old := publisher(t, srv.URL, "s3cret", partner.Options{Options: rest.Options{Now: func() time.Time { return time.Now().Add(-time.Hour) }}})
	if _, err := old.Publish(t.Context(), pub); !errors.Is(err, guitu.ErrUnauthorized) {
		t.Errorf("a signature of an hour ago: %v, want ErrUnauthorized", err)
	}
	for _, body := range []string{"", "{}", "no json", strings.Repeat("x", 2<<20)} {
		resp, err := http.Post(srv.URL, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != 401 && resp.StatusCode != 413 {
			t.Errorf("%.20q unsigned: %s, want 401", body, resp.Status)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, bad := range [][2]string{
		{"partner.example", whsec("s")},
		{"https://u:p@partner.example", whsec("s")},
		{"https://partner.example", ""},
		{"https://partner.example", "whsec_abc"},
		{"https://partner.example", strings.TrimPrefix(whsec("s"), "whsec_")},
		{"https://partner.example", "whsec_" + strings.Repeat("!", 40)},
	} {
		if _, err := partner.New(bad[0], bad[1], partner.Options{}); err == nil {
			t.Errorf("New of %q is no error", bad)
		}
	}
}
