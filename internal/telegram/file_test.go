package telegram_test

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
	"guitu/internal/fake"
	"guitu/internal/telegram"
)

func TestFile(t *testing.T) {
	f, url := start(t, fake.TelegramOptions{})
	c := client(t, url, telegram.Options{})
	ctx := context.Background()
	f.Photo(700, "700", []byte("a picture"), "", 0, "")
	got, err := c.File(ctx, "f1", 100)
	if err != nil || string(got) != "a picture" {
		t.Fatalf("File = %q, %v", got, err)
	}
	if _, err := c.File(ctx, "f1", 8); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("a file that is too long: %v", err)
	}
	if _, err := c.File(ctx, "f9", 100); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("a file that never was: %v", err)
	}
	f.Fail(fake.Fault{Method: "file", Kind: fake.Fault502})
	if _, err := c.File(ctx, "f1", 100); err == nil || errors.Is(err, guitu.ErrRejected) {
		t.Errorf("a gateway's error: %v, want one that may heal", err)
	}
	if got, err = c.File(ctx, "f1", 100); err != nil || string(got) != "a picture" {
		t.Errorf("File after an error = %q, %v", got, err)
	}
}

// TestFileStays: a server may name any path and send anything; neither leads elsewhere nor fills the memory, and no error shows the token.
func TestFileStays(t *testing.T) {
	for name, tt := range map[string]struct {
		path   string
		body   string
		status int
		gone   bool
	}{
		"up":        {path: "../../secret", gone: true},
		"absolute":  {path: "/var/lib/file.jpg", gone: true},
		"elsewhere": {path: "@elsewhere.example/x", gone: true},
		"query":     {path: "photos/a?b=c", gone: true},
		"empty":     {path: "", gone: true},
		"lies":      {path: "photos/a.jpg", body: strings.Repeat("x", 101), gone: true},
		"nothing":   {path: "photos/a.jpg"},
		"moved":     {path: "photos/a.jpg", status: http.StatusFound},
		"gone":      {path: "photos/a.jpg", status: http.StatusNotFound, gone: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/getFile") {
					_, _ = io.WriteString(w, `{"ok":true,"result":{"file_id":"a","file_size":1,"file_path":"`+tt.path+`"}}`)
					return
				}
				if tt.gone && tt.body == "" && tt.status == 0 {
					t.Errorf("%s was asked for", r.URL.Path)
				}
				if tt.status != 0 {
					w.Header().Set("Location", "http://elsewhere.example/")
					w.WriteHeader(tt.status)
				}
				_, _ = io.WriteString(w, tt.body)
			}))
			defer s.Close()
			got, err := client(t, s.URL, telegram.Options{}).File(context.Background(), "a", 100)
			if err == nil || errors.Is(err, guitu.ErrRejected) != tt.gone {
				t.Errorf("File = %d bytes, %v, rejected %v wanted", len(got), err, tt.gone)
			}
			if err != nil && strings.Contains(err.Error(), token) {
				t.Errorf("the error shows the token: %v", err)
			}
		})
	}
}

// TestFileEnds: a server that does not answer is not waited for without end.
func TestFileEnds(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/getFile") {
			_, _ = io.WriteString(w, `{"ok":true,"result":{"file_id":"a","file_path":"photos/a.jpg"}}`)
			return
		}
		<-r.Context().Done()
	}))
	defer s.Close()
	_, err := client(t, s.URL, telegram.Options{Timeout: 50 * time.Millisecond}).File(context.Background(), "a", 100)
	if err == nil || errors.Is(err, guitu.ErrRejected) || strings.Contains(err.Error(), token) {
		t.Errorf("File = %v, want an error that may heal, without the token", err)
	}
}
