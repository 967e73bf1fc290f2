package rest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/publishers/rest"
)

const secret = "s3cret/+token"

func TestDo(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		answer http.HandlerFunc
		reads  bool
		is     error         // the kind of the error
		after  time.Duration // of a *guitu.RetryError
		fails  bool          // an error of no kind
	}{
		{"fine", status(200, nil), false, nil, 0, false},
		{"the channel's own no", status(400, nil), false, nil, 0, false},
		{"too many, in seconds", status(429, http.Header{"Retry-After": {"7"}}), false, nil, 7 * time.Second, false},
		{"too many, by a date", status(429, http.Header{"Retry-After": {"Tue, 24 Nov 2026 08:00:30 GMT"}}), false, nil, 30 * time.Second, false},
		{"too many, not said", status(429, nil), false, nil, time.Minute, false},
		{"too many, for ever", status(429, http.Header{"Retry-After": {"999999999"}}), false, nil, 24 * time.Hour, false},
		{"back soon", status(503, http.Header{"Retry-After": {"5"}}), false, nil, 5 * time.Second, false},
		{"broken", status(500, nil), false, guitu.ErrUnknown, 0, false},
		{"broken, and nothing was to change", status(500, nil), true, nil, 0, true},
		{"cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false, guitu.ErrUnknown, 0, false},
		{"elsewhere", status(302, http.Header{"Location": {"http://127.0.0.1:1/" + secret}}), false, nil, 0, true},
		{"too long", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 5<<20)) }, false, guitu.ErrUnknown, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := httptest.NewServer(tt.answer)
			defer srv.Close()
			c := rest.New("test", rest.Options{Now: func() time.Time { return now }}, secret)
			_, err := c.Do(context.Background(), rest.Call{URL: srv.URL + "/" + secret, Reads: tt.reads})
			var retry *guitu.RetryError
			switch {
			case tt.after > 0:
				if !errors.As(err, &retry) || retry.After != tt.after {
					t.Errorf("Do = %v, want to wait %s", err, tt.after)
				}
			case tt.is != nil:
				if !errors.Is(err, tt.is) {
					t.Errorf("Do = %v, want %v", err, tt.is)
				}
			case (err != nil) != tt.fails || errors.Is(err, guitu.ErrUnknown):
				t.Errorf("Do = %v, want an error of no kind: %v", err, tt.fails)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error shows the secret: %v", err)
			}
		})
	}
}

// A server that is not there has certainly done nothing; neither has one to which nothing was sent.
func TestCertainlyNot(t *testing.T) {
	srv := httptest.NewServer(status(200, nil))
	c := rest.New("test", rest.Options{})
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Do(ended, rest.Call{URL: srv.URL}); !errors.Is(err, context.Canceled) || errors.Is(err, guitu.ErrUnknown) {
		t.Errorf("Do with an ended context = %v, want context.Canceled", err)
	}
	srv.Close()
	_, err := c.Do(context.Background(), rest.Call{URL: srv.URL + "?access_token=given-since"})
	if err == nil || errors.Is(err, guitu.ErrUnknown) || strings.Contains(err.Error(), "given-since") {
		t.Errorf("Do with no server = %v, want an error that is not ErrUnknown and does not show the address", err)
	}
}

// A server that takes the request and never answers may have acted.
func TestNoAnswer(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-release
	}))
	defer srv.Close()
	defer close(release)
	c := rest.New("test", rest.Options{Timeout: 50 * time.Millisecond})
	if _, err := c.Do(context.Background(), rest.Call{URL: srv.URL, Body: []byte("x")}); !errors.Is(err, guitu.ErrUnknown) {
		t.Errorf("Do = %v, want ErrUnknown", err)
	}
}

func TestRefusal(t *testing.T) {
	c := rest.New("test", rest.Options{}, secret)
	for status, want := range map[int]error{
		200: nil, 302: nil, 400: guitu.ErrRejected, 401: guitu.ErrUnauthorized, 403: guitu.ErrUnauthorized, 404: guitu.ErrRejected,
		413: guitu.ErrRejected, 422: guitu.ErrRejected,
	} {
		err := c.Refusal(rest.Answer{Status: status}, "because of "+secret)
		if (want == nil) != (err == nil) || !errors.Is(err, want) && want != nil {
			t.Errorf("Refusal of %d = %v, want %v", status, err, want)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the error shows the secret: %v", err)
		}
	}
	for _, status := range []int{408, 425} {
		err := c.Refusal(rest.Answer{Status: status}, "")
		if err == nil || errors.Is(err, guitu.ErrRejected) || errors.Is(err, guitu.ErrUnauthorized) {
			t.Errorf("Refusal of %d = %v, want an error to try again", status, err)
		}
	}
}

func TestMultipart(t *testing.T) {
	var got struct{ text, file, name, kind string }
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got.text = r.FormValue("status")
		f, h, err := r.FormFile("pic")
		if err != nil {
			t.Error(err)
			return
		}
		b, _ := io.ReadAll(f)
		got.file, got.name, got.kind = string(b), h.Filename, h.Header.Get("Content-Type")
	}))
	defer srv.Close()
	call, err := rest.Multipart(srv.URL, map[string]string{"status": "寻人 & <b>"},
		rest.File{Field: "pic", Name: "poster.png", Type: "image/png", Bytes: []byte("\x89PNG")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rest.New("test", rest.Options{}).Do(context.Background(), call); err != nil {
		t.Fatal(err)
	}
	if got.text != "寻人 & <b>" || got.file != "\x89PNG" || got.name != "poster.png" || got.kind != "image/png" {
		t.Errorf("the server got %+v", got)
	}
}

func status(code int, h http.Header) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for k, v := range h {
			w.Header()[k] = v
		}
		w.WriteHeader(code)
	}
}
