package weibo_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The first page of each keyword is asked for on the condition that it has changed since it was recorded; no other page is.
func TestConditionalSearch(t *testing.T) {
	var asked []string
	version := "1"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		q := r.URL.Query()
		word := q.Get("containerid")[len("100103type=61&q="):]
		asked = append(asked, word+q.Get("page")+" "+r.Header.Get("If-None-Match"))
		tag := `"` + word + version + `"`
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(`{"ok":1,"data":{"cards":[` + post(len(asked)) + `]}}`))
	}))
	defer server.Close()
	cursor, posts := "", 0
	for n := range 5 { // each keyword twice, and the first once more when its page has changed
		if n == 4 {
			version = "2"
		}
		b, err := newSource(t, server.URL, "a", "b").Read(t.Context(), cursor)
		if err != nil {
			t.Fatal(err)
		}
		cursor, posts = b.Cursor, posts+len(b.Posts)
	}
	want := []string{`a `, `a2 `, `b `, `b2 `, `a "a1"`, `b "b1"`, `a "a1"`, `a2 `}
	if diff := cmp.Diff(want, asked); diff != "" || posts != 6 {
		t.Errorf("%d posts, want 6; asked (-want +got):\n%s", posts, diff)
	}
}
