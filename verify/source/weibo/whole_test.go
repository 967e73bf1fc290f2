package weibo_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// folded is a post of which the search shows the beginning.
func folded(id int) string {
	return fmt.Sprintf(`{"mblog":{"id":"%d","text":"开头%d...<a href=\"/status/%d\">全文</a>","isLongText":true,"created_at":"刚刚","user":{"screen_name":"某人"}}}`,
		id, id, id)
}

// site serves one search page and the whole texts, and counts how often each of these was asked for.
func site(t *testing.T, page string, whole func(w http.ResponseWriter, id string)) (base string, asked map[string]int) {
	t.Helper()
	asked = make(map[string]int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			http.NotFound(w, r)
		case "/statuses/extend":
			id := r.URL.Query().Get("id")
			asked[id]++
			whole(w, id)
		default:
			w.Header().Set("ETag", `"same"`)
			if r.Header.Get("If-None-Match") == `"same"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			if r.URL.Query().Get("page") != "" {
				_, _ = fmt.Fprint(w, `{"ok":0,"msg":"这里还没有内容"}`)
				return
			}
			_, _ = fmt.Fprintf(w, `{"ok":1,"data":{"cards":[%s]}}`, page)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

func said(w http.ResponseWriter, id string) {
	_, _ = fmt.Fprintf(w, `{"ok":1,"data":{"longTextContent":"开头%s<br />和结尾"}}`, id)
}

// A page with more long posts than one Read completes is read again until it has all of them, each once and whole.
func TestWholeTexts(t *testing.T) {
	var page []string
	for id := range 7 {
		page = append(page, folded(id+1))
	}
	base, asked := site(t, strings.Join(append(page, post(8)), ","), said)
	var reads []string
	cursor := ""
	for more := true; more; {
		b, err := newSource(t, base, "走失").Read(t.Context(), cursor)
		if err != nil || len(reads) > 5 {
			t.Fatalf("after %d reads: %v", len(reads), err)
		}
		var texts []string
		for _, p := range b.Posts {
			texts = append(texts, strings.ReplaceAll(p.Text, "\n", "/"))
		}
		reads, cursor, more = append(reads, strings.Join(texts, " ")), b.Cursor, b.More
	}
	want := []string{"开头1/和结尾 开头2/和结尾 开头3/和结尾 开头4/和结尾 开头5/和结尾 甲8", "开头6/和结尾 开头7/和结尾"}
	if diff := cmp.Diff(want, reads); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
	for id, n := range asked {
		if n != 1 {
			t.Errorf("post %s asked for %d times", id, n)
		}
	}
	if b, err := newSource(t, base, "走失").Read(t.Context(), cursor); err != nil || len(b.Posts) != 0 || len(asked) != 7 {
		t.Errorf("a page that was read whole: %d posts, %d asked for, %v", len(b.Posts), len(asked), err)
	}
}

// A whole text that is not to be had costs nothing else: the post is taken as the page shows it.
func TestWholeTextRefused(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answer  func(w http.ResponseWriter, id string)
		asked   int // of two posts
		rejects int
	}{
		{"wall", func(w http.ResponseWriter, _ string) {
			_, _ = fmt.Fprint(w, `{"ok":-100,"url":"https://passport.weibo.com/"}`)
		}, 1, 0},
		{"too often", func(w http.ResponseWriter, _ string) {
			_, _ = fmt.Fprint(w, `{"ok":0,"msg":"请求过于频繁，歇歇吧"}`)
		}, 1, 0},
		{"wall by status", func(w http.ResponseWriter, _ string) { w.WriteHeader(432) }, 1, 0},
		{"gone", func(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusNotFound) }, 2, 0},
		{"no text", func(w http.ResponseWriter, _ string) { _, _ = fmt.Fprint(w, `{"ok":1,"data":{}}`) }, 2, 2},
		{"no JSON", func(w http.ResponseWriter, _ string) { _, _ = fmt.Fprint(w, `<html>换了一个站</html>`) }, 2, 2},
		{"too long", func(w http.ResponseWriter, _ string) {
			_, _ = fmt.Fprintf(w, `{"ok":1,"data":{"longTextContent":"%s"}}`, strings.Repeat("长", 40_000))
		}, 2, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base, asked := site(t, folded(1)+","+folded(2), tt.answer)
			b, err := newSource(t, base, "走失").Read(t.Context(), "")
			if err != nil || len(b.Posts) != 2 || b.Posts[0].Text != "开头1…" || b.Posts[1].Text != "开头2…" {
				t.Fatalf("posts %+v, error %v", b.Posts, err)
			}
			if len(asked) != tt.asked || len(b.Rejects) != tt.rejects || b.More {
				t.Errorf("asked for %v, %d rejects, more %v", asked, len(b.Rejects), b.More)
			}
		})
	}
}

// A known post that has been passed on is told again with its count, and so is the original that it forwards.
func TestRecounts(t *testing.T) {
	reposts := 99
	base := serve(t, func(q url.Values) string {
		if q.Get("page") != "" {
			return `{"ok":0,"msg":"这里还没有内容"}`
		}
		return fmt.Sprintf(`{"ok":1,"data":{"cards":[{"mblog":{"id":"2","text":"转发微博","created_at":"刚刚","user":{"screen_name":"乙"},"reposts_count":%d,`+
			`"retweeted_status":{"id":"1","text":"寻人","created_at":"刚刚","user":{"screen_name":"甲"},"reposts_count":"1.2万"}}}]}}`, reposts)
	})
	b, err := newSource(t, base, "寻人").Read(t.Context(), "")
	if err != nil || len(b.Posts) != 2 || len(b.Recounts) != 0 {
		t.Fatalf("%d posts, recounts %v, error %v", len(b.Posts), b.Recounts, err)
	}
	for reposts = range 102 {
		if reposts < 99 {
			continue
		}
		again, err := newSource(t, base, "寻人").Read(t.Context(), b.Cursor)
		want := map[string]int{"1": 12_000}
		if reposts >= 100 {
			want["2"] = reposts
		}
		got := make(map[string]int)
		for _, c := range again.Recounts {
			got[c.ExternalID] = c.Reposts
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil || len(again.Posts) != 0 {
			t.Errorf("%d reposts: error %v, %d posts, recounts (-want +got):\n%s", reposts, err, len(again.Posts), diff)
		}
	}
}
