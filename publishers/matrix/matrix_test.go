package matrix_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/testenv"
	"guitu/publishers/matrix"
	"guitu/publishers/publisherstest"
	"guitu/publishers/rest"
)

func publisher(t testing.TB, server, token, room string, own bool) *matrix.Publisher {
	t.Helper()
	p, err := matrix.New(server, token, room, matrix.Options{Options: rest.Options{Timeout: 5 * time.Second}, Own: own})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExercise(t *testing.T) {
	refuse := func(status int, code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			says(w, status, map[string]any{"errcode": code, "error": "as told", "retry_after_ms": publisherstest.RetryAfter.Milliseconds()})
		}
	}
	publisherstest.Exercise(t, publisherstest.Harness{
		Golden: "testdata/sent.txt",
		Fake:   func(testing.TB) publisherstest.Fake { return newServer(publisherstest.Secret) },
		Publisher: func(t testing.TB, url, secret string) guitu.Publisher {
			return publisher(t, url, secret, room, true)
		},
		TooMany:      refuse(429, "M_LIMIT_EXCEEDED"),
		Rejected:     refuse(413, "M_TOO_LARGE"),
		Unauthorized: refuse(401, "M_UNKNOWN_TOKEN"),
		Credential:   "access token",
		Limits:       matrix.Limits,
		Replies:      true,
		Idempotent:   true,
	})
}

// A child's picture goes to a server of one's own only, and what has ended is redacted rather than edited.
func TestChild(t *testing.T) {
	s := newServer("t0ken")
	srv := httptest.NewServer(s)
	defer srv.Close()
	pub := publisherstest.Publication("CH", "说明。")
	pub.Pictures = []guitu.Picture{{Name: "photo.jpg", Type: "image/jpeg", Bytes: []byte("a child"), Child: true, Alt: map[string]string{guitu.Chinese: "照片"}}}
	for want, own := range []bool{false, true} {
		pub.Key = fmt.Sprint(own)
		if _, err := publisher(t, srv.URL, "t0ken", room, own).Publish(t.Context(), pub); err != nil || len(s.media) != want {
			t.Errorf("on a server that is one's own (%v): %v, and %d pictures were uploaded; want %d", own, err, len(s.media), want)
		}
	}
	p := publisher(t, srv.URL, "t0ken", room, false)
	pub.Key, pub.Pictures = "ended", nil
	var err error
	if pub.Receipt, err = p.Publish(t.Context(), pub); err != nil {
		t.Fatal(err)
	}
	pub.Notice.Ended = true
	if err := p.Edit(t.Context(), pub); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("Edit of what has ended: %v, want ErrRejected", err)
	}
}

// What the fake answers is what a real server answers.
func TestRealServer(t *testing.T) {
	m := testenv.StartMatrix(t)
	p := publisher(t, m.URL, m.Token, m.Room, true)
	if a, err := p.Probe(t.Context()); err != nil || a.Name != "@guitu:localhost" {
		t.Errorf("Probe = %+v, %v", a, err)
	}
	pub := publisherstest.Publication("RS", strings.Repeat("很长的说明👩‍👩‍👧‍👦𠮷<b>\"。", 3000))
	if _, ok, err := p.Find(t.Context(), pub); ok || err != nil {
		t.Errorf("Find before Publish = %v, %v", ok, err)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 30, 40))); err != nil {
		t.Fatal(err)
	}
	pub.Pictures = []guitu.Picture{{Name: "poster.png", Type: "image/png", Width: 30, Height: 40, Bytes: picture.Bytes(), Alt: map[string]string{guitu.Chinese: "一张海报"}}}
	first, err := p.Publish(t.Context(), pub)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := p.Publish(t.Context(), pub); err != nil || again != first {
		t.Errorf("the same key twice = %+v, %v; want %+v", again, err, first)
	}
	if r, ok, err := p.Find(t.Context(), pub); !ok || err != nil || r != first {
		t.Errorf("Find = %+v, %v, %v; want %+v", r, ok, err, first)
	}
	plain := publisherstest.Publication("RT", "先说的。")
	plain.ReplyTo = first
	if plain.Receipt, err = p.Publish(t.Context(), plain); err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{"再说的。", "再说的。", "最后说的。"} {
		plain.Notice = publisherstest.Publication("RT", said).Notice
		if err := p.Edit(t.Context(), plain); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(bodies(m), "\n"); strings.Count(got, "再说的。") != 2 || !strings.Contains(got, "一张海报") {
		t.Errorf("the room reads\n%.2000s\nwant one edit to 再说的 with its old and its new body, and a picture with its words", got)
	}
	pub.Receipt = first
	for _, pub := range []guitu.Publication{pub, plain, pub, plain} {
		if err := p.Pull(t.Context(), pub); err != nil {
			t.Errorf("Pull: %v", err)
		}
	}
	if left := bodies(m); len(left) != 0 {
		t.Errorf("after all was pulled the room reads %q", left)
	}
	if _, err := publisher(t, m.URL, "wr0ng", m.Room, true).Publish(t.Context(), pub); !errors.Is(err, guitu.ErrUnauthorized) {
		t.Errorf("a wrong token: %v, want ErrUnauthorized", err)
	}
}

// bodies is all text that the room's history still holds.
func bodies(m *testenv.Matrix) []string {
	var page struct {
		Events []struct {
			Content struct {
				Body string `json:"body"`
				New  struct {
					Body string `json:"body"`
				} `json:"m.new_content"`
			} `json:"content"`
		} `json:"chunk"`
	}
	m.Call(http.MethodGet, "/_matrix/client/v3/rooms/"+url.PathEscape(m.Room)+"/messages?dir=b&limit=100", nil, &page)
	var all []string
	for _, e := range page.Events {
		for _, b := range []string{e.Content.Body, e.Content.New.Body} {
			if b != "" {
				all = append(all, b)
			}
		}
	}
	return all
}

func TestNewRefuses(t *testing.T) {
	for _, bad := range [][3]string{
		{"matrix.example", "t", room}, {"https://matrix.example/_matrix", "t", room}, {"https://matrix.example", "", room}, {"https://matrix.example", "t", "#guitu:matrix.example"},
	} {
		if _, err := matrix.New(bad[0], bad[1], bad[2], matrix.Options{}); err == nil {
			t.Errorf("New of %q is no error", bad)
		}
	}
}
