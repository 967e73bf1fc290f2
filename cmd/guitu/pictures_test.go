package main

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"guitu"
	"guitu/verify/source"
)

func TestPictures(t *testing.T) {
	p := image.NewGray(image.Rect(0, 0, 200, 200))
	for i := range p.Pix {
		x, y := i%200, i/200
		p.Pix[i] = color.Gray{uint8(x*x/300 + (y%50)*3 + x*y/500)}.Y
	}
	var body bytes.Buffer
	if err := png.Encode(&body, p); err != nil {
		t.Fatal(err)
	}
	asked := 0
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			w.Write([]byte("User-agent: *\nDisallow: /private/\n"))
		case "/picture":
			asked++
			w.Write(body.Bytes())
		case "/page":
			w.Write([]byte("<html></html>"))
		case "/gone":
			http.NotFound(w, r)
		default:
			asked++
		}
	}))
	defer site.Close()
	guard, err := source.NewGuard([]string{"127.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	look := pictures(source.NewClient(source.Options{Guard: guard, Pace: time.Millisecond}))
	if hash, err := look(t.Context(), site.URL+"/picture"); err != nil || len(hash) != 16 {
		t.Errorf("hash %q, %v", hash, err)
	}
	for path, want := range map[string]error{"/page": guitu.ErrRejected, "/private/1": guitu.ErrWall} {
		if hash, err := look(t.Context(), site.URL+path); !errors.Is(err, want) {
			t.Errorf("%s: %q, %v; want %v", path, hash, err, want)
		}
	}
	if hash, err := look(t.Context(), site.URL+"/gone"); err == nil || errors.Is(err, guitu.ErrRejected) {
		t.Errorf("a picture that is gone: %q, %v; want an error to try again", hash, err)
	}
	// A post may name any address: one in a private network is not dialled.
	outside := pictures(source.NewClient(source.Options{Pace: time.Millisecond}))
	if hash, err := outside(t.Context(), site.URL+"/picture"); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("a picture in a private network: %q, %v; want ErrRejected", hash, err)
	}
	if asked != 1 {
		t.Errorf("%d pictures served, want 1", asked)
	}
}
