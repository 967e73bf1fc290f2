package followers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"guitu"
	"guitu/publishers/followers"
)

// book keeps followers in memory.
type book map[string]guitu.Follower

func (b book) Put(_ context.Context, f guitu.Follower) error {
	b[f.Handle] = f
	return nil
}

func (b book) Drop(_ context.Context, _ guitu.FollowerKind, handle string) error {
	delete(b, handle)
	return nil
}

// pages are the page and what it sends to, over a book.
func pages(t testing.TB, b book) http.Handler {
	t.Helper()
	private, _, err := webpush.GenerateVAPIDKeys()
	if err != nil {
		t.Fatal(err)
	}
	p, err := followers.NewPush(private, "https://guitu.example", http.DefaultClient, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	m := http.NewServeMux()
	p.Routes(m, b)
	return m
}

func ask(h http.Handler, method, kind, body string) int {
	r := httptest.NewRequest(method, "/subscribe", strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

const subscription = `{"endpoint":"https://push.example/1","point":{"lat":35.0517,"lng":118.3449},"keys":{"auth":"MDEyMzQ1Njc4OWFiY2RlZg",` +
	`"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"}}`

// TestSubscribe holds that the page keeps a rounded place, forgets it, and takes nothing from elsewhere.
func TestSubscribe(t *testing.T) {
	b := book{}
	h := pages(t, b)
	for _, tt := range []struct {
		name, kind, body string
		want             int
	}{
		{"form of another site", "text/plain", subscription, http.StatusUnsupportedMediaType},
		{"no TLS", "application/json", strings.Replace(subscription, "https:", "http:", 1), http.StatusBadRequest},
		{"nowhere", "application/json", strings.Replace(subscription, "35.0517", "95", 1), http.StatusBadRequest},
		{"short key", "application/json", strings.Replace(subscription, "MDEy", "", 1), http.StatusBadRequest},
		{"long", "application/json", strings.Repeat(" ", 5000) + subscription, http.StatusRequestEntityTooLarge},
	} {
		if got := ask(h, http.MethodPost, tt.kind, tt.body); got != tt.want || len(b) != 0 {
			t.Errorf("%s: got %d and %d followers, want %d", tt.name, got, len(b), tt.want)
		}
	}
	if got := ask(h, http.MethodPost, "application/json", subscription); got != http.StatusNoContent {
		t.Fatalf("got %d", got)
	}
	if got, want := b["https://push.example/1"].Point, (guitu.Point{Lat: 35.05, Lng: 118.34}); got != want {
		t.Errorf("kept %v, want %v", got, want)
	}
	if got := ask(h, http.MethodDelete, "application/json", subscription); got != http.StatusNoContent || len(b) != 0 {
		t.Errorf("after going: %d, %d followers", got, len(b))
	}
}

// FuzzSubscribe holds that whatever is sent, only a whole follower is kept.
func FuzzSubscribe(f *testing.F) {
	f.Add(subscription)
	f.Add(`{"endpoint":"https://"}`)
	b := book{}
	h := pages(f, b)
	f.Fuzz(func(t *testing.T, body string) {
		clear(b)
		ask(h, http.MethodPost, "application/json", body)
		for _, got := range b {
			if !strings.HasPrefix(got.Handle, "https://") || got.Address == "" || !got.Point.Valid() || got.Point != got.Point.Round() {
				t.Errorf("kept %+v", got)
			}
		}
	})
}

// TestSubscribeFlood holds that a flood is put off, and that nobody who wants out is.
func TestSubscribeFlood(t *testing.T) {
	h := pages(t, book{})
	put := 0
	for ask(h, http.MethodPost, "application/json", subscription) == http.StatusNoContent {
		if put++; put > 10_000 {
			t.Fatal("no flood is put off")
		}
	}
	if got := ask(h, http.MethodPost, "application/json", subscription); put < 200 || got != http.StatusTooManyRequests && got != http.StatusNoContent {
		t.Errorf("after %d the page answers %d, want 429", put, got)
	}
	if got := ask(h, http.MethodDelete, "application/json", subscription); got != http.StatusNoContent {
		t.Errorf("leaving is answered with %d", got)
	}
}
