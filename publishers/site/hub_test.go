package site_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"guitu"
	"guitu/publishers/site"
)

// hub is a WebSub hub that answers as it is told, and remembers what it was told.
type hub struct {
	answer http.HandlerFunc
	told   []url.Values
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	h.told = append(h.told, r.PostForm)
	h.answer(w, r)
}

func newHub(t *testing.T, shelf *shelf, answer http.HandlerFunc) (*hub, *site.Hub) {
	t.Helper()
	h := &hub{answer: answer}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := site.New(shelf, site.Options{PublicURL: base, Hub: server.URL + "/hub", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return h, site.NewHub(s, server.Client())
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func TestHub(t *testing.T) {
	shelf := shelfOf(debunk())
	h, channel := newHub(t, shelf, status(http.StatusNoContent))
	if channel.Name() != "websub" {
		t.Errorf("Name() = %q", channel.Name())
	}
	p := guitu.Publication{Notice: shelf.notices[0]}
	if _, err := channel.Publish(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if err := channel.Edit(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if len(h.told) != 2 {
		t.Fatalf("the hub was told %d times, want 2", len(h.told))
	}
	want := []string{base + "/feed.atom", base + "/feed.json", base + "/en/feed.atom", base + "/en/feed.json", base + "/cap/index.atom"}
	if got := h.told[0]; got.Get("hub.mode") != "publish" || !slices.Equal(got["hub.url"], want) || !slices.Equal(got["hub.topic"], want) {
		t.Errorf("the hub was told %v", got)
	}
	if _, ok, err := channel.Find(t.Context(), p); ok || err != nil {
		t.Errorf("Find = %v, %v; want not told, so that it is told again", ok, err)
	}
}

// TestHubWaits checks that the hub is not sent to read a feed that has not got the notice yet.
func TestHubWaits(t *testing.T) {
	a := board(missing())
	h, channel := newHub(t, a, status(http.StatusNoContent))
	later := a.alerts[0].Told[0].Notice
	later.ID++ // an update whose page is not out
	for what, n := range map[string]guitu.Notice{"a notice": debunk(), "an update": later} {
		var retry *guitu.RetryError
		if _, err := channel.Publish(t.Context(), guitu.Publication{Notice: n}); !errors.As(err, &retry) || retry.After != time.Second || len(h.told) != 0 {
			t.Errorf("%s that is not out: %v, told %d times; want a wait", what, err, len(h.told))
		}
	}
}

func TestHubRefuses(t *testing.T) {
	p := guitu.Publication{Notice: shelfOf(debunk()).notices[0]}
	publish := func(answer http.HandlerFunc) error {
		_, channel := newHub(t, shelfOf(debunk()), answer)
		_, err := channel.Publish(t.Context(), p)
		return err
	}
	var retry *guitu.RetryError
	if err := publish(status(429, "Retry-After", "7")); !errors.As(err, &retry) || retry.After != 7*time.Second {
		t.Errorf("429: %v", err)
	}
	if err := publish(status(503)); !errors.As(err, &retry) || retry.After != time.Minute {
		t.Errorf("503: %v", err)
	}
	if err := publish(status(400)); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("400: %v", err)
	}
	if err := publish(status(403)); !errors.Is(err, guitu.ErrUnauthorized) {
		t.Errorf("403: %v", err)
	}
	err := publish(func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	if err == nil || errors.Is(err, guitu.ErrRejected) || errors.Is(err, guitu.ErrUnknown) {
		t.Errorf("cut off: %v, want to be told again", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, channel := newHub(t, shelfOf(debunk()), status(204))
	if _, err := channel.Publish(ctx, p); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
