package weibo_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/internal/testenv/golden"
	"guitu/verify/source/sourcetest"
	"guitu/verify/source/weibo"
)

// serve answers every page with what answer returns for its query.
func serve(t *testing.T, answer func(q url.Values) string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		switch r.URL.Path {
		case "/api/container/getIndex":
		case "/statuses/extend":
			_, _ = fmt.Fprintf(w, `{"ok":1,"data":{"ok":1,"longTextContent":"长文 %s 的开头<br/>和真正的结尾"}}`, r.URL.Query().Get("id"))
			return
		default:
			t.Errorf("asked for %s", r.URL.Path)
		}
		_, _ = w.Write([]byte(answer(r.URL.Query())))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func newSource(t *testing.T, base string, keywords ...string) guitu.Source {
	t.Helper()
	s, err := weibo.New("weibo", sourcetest.Client(t), keywords, weibo.Options{URL: base, Pages: 2, Now: func() time.Time { return sourcetest.Now }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The page holds what the site does: groups, forwards, pictures in two forms, counts in words, deleted posts, long texts.
func TestPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("testdata", "search.json"))
	if err != nil {
		t.Fatal(err)
	}
	base := serve(t, func(q url.Values) string {
		if q.Get("page") != "" {
			return `{"ok":0,"msg":"这里还没有内容","data":{"cards":[]}}`
		}
		return string(page)
	})
	b, err := newSource(t, base, "寻人").Read(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(b.Posts, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append([]byte(strings.ReplaceAll(string(got), base, "https://m.weibo.example")), '\n')
	golden.Check(t, filepath.Join("testdata", "search.golden.json"), string(got))
	var rejects []string
	for _, r := range b.Rejects {
		rejects = append(rejects, r.Reason)
	}
	if diff := cmp.Diff([]string{"post: a field is an object or a list, want a string or a number", "no text"}, rejects); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		answer string
		want   error // nil for no posts and no error
	}{
		{`{"ok":0,"msg":"这里还没有内容","data":{"cards":[]}}`, nil},
		{`{"ok":0,"msg":"这里还没有内容"}`, nil},
		{`{"ok":1,"data":{"cards":[{"card_type":11,"card_group":[{"card_type":42,"desc":"没有找到相关结果"}]}]}}`, nil},
		{`{"ok":-100,"url":"https://passport.weibo.com/"}`, guitu.ErrWall},
		{`{"ok":0,"msg":"请先登录"}`, guitu.ErrWall},
		{`<html><script src="https://passport.weibo.com/x.js"></script></html>`, guitu.ErrWall},
		{"\n <html>换了一个站</html>", guitu.ErrMarkup},
		{`{"ok":0,"msg":"系统繁忙"}`, guitu.ErrMarkup},
		{`{"ok":1,"data":{"cards":[]}}`, guitu.ErrMarkup},
		{`{"ok":1,"data":{"cards":[{"mblog":{"id":"1","user":{},"content":"甲"}}]}}`, guitu.ErrMarkup},
		{`{"ok":1,"data":{"cards":[{"mblog":[]}]}}`, guitu.ErrMarkup},
		{`{"ok":1,"data":[]}`, guitu.ErrMarkup},
		{`{"ok":"1"}`, guitu.ErrMarkup},
		{`[]`, guitu.ErrMarkup},
		{`null`, guitu.ErrMarkup},
		{``, guitu.ErrMarkup},
		{`{"ok":1,"data":{"cards":` + strings.Repeat(`[{"card_group":`, 5000), guitu.ErrMarkup},
	} {
		b, err := newSource(t, serve(t, func(url.Values) string { return tt.answer }), "寻人").Read(t.Context(), "")
		if !errors.Is(err, tt.want) || len(b.Posts) != 0 {
			t.Errorf("%.80s: %d posts, error %v, want %v", tt.answer, len(b.Posts), err, tt.want)
		}
	}
	var retry *guitu.RetryError
	_, err := newSource(t, serve(t, func(url.Values) string { return `{"ok":0,"msg":"请求过于频繁，歇歇吧"}` }), "寻人").Read(t.Context(), "")
	if !errors.As(err, &retry) {
		t.Errorf("asked too often: error %v, want a RetryError", err)
	}
}

// post is a post in the site's JSON.
func post(id int) string {
	return fmt.Sprintf(`{"mblog":{"id":"%d","text":"甲%d","created_at":"刚刚","user":{"screen_name":"某人"}}}`, id, id)
}

// Two keywords that find the same post bring it once, a Read asks for one keyword, and pages end where nothing is unknown.
func TestKeywordsAndPages(t *testing.T) {
	var asked []string
	base := serve(t, func(q url.Values) string {
		// The site wraps a query in a query.
		_, word, _ := strings.Cut(q.Get("containerid"), "100103type=61&q=")
		key := word + q.Get("page")
		asked = append(asked, key)
		return `{"ok":1,"data":{"cards":[` + map[string]string{
			"走失": post(3) + "," + post(2), "走失2": post(1), "拐": post(4) + "," + post(3), "拐2": post(4) + "," + post(3),
		}[key] + `]}}`
	})
	var got []string
	cursor := ""
	for range 3 {
		b, err := newSource(t, base, "走失", " ", " 拐 ").Read(t.Context(), cursor)
		if err != nil {
			t.Fatal(err)
		}
		line := []string{}
		for _, p := range b.Posts {
			line = append(line, p.ExternalID)
		}
		got, cursor = append(got, fmt.Sprint(line, b.More)), b.Cursor
	}
	if diff := cmp.Diff([]string{"[3 2 1] true", "[4] false", "[] true"}, got); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"走失", "走失2", "拐", "拐2", "走失"}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// A cursor that lost a part, or was made for more keywords, begins at the first keyword and stops nothing.
func TestBrokenCursor(t *testing.T) {
	base := serve(t, func(url.Values) string { return `{"ok":1,"data":{"cards":[` + post(1) + `]}}` })
	for _, at := range []string{`{"next":0,"seen":null,"page":{}}`, `{"next":0,"seen":[],"page":null}`, `{"next":9}`, `{"next":-1}`, `{}`} {
		b, err := newSource(t, base, "走失", "拐").Read(t.Context(), `{"kind":"weibo","at":`+at+`}`)
		if err != nil || len(b.Posts) != 1 || !b.More {
			t.Errorf("%s: %d posts, more %v, error %v", at, len(b.Posts), b.More, err)
		}
	}
}

func TestNew(t *testing.T) {
	c := sourcetest.Client(t)
	for want, o := range map[string]weibo.Options{
		"url":    {URL: "m.weibo.cn"},
		"cookie": {Cookie: "a\nb"},
		"pages":  {Pages: 99},
	} {
		if _, err := weibo.New("weibo", c, []string{"甲"}, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want it to name %s", o, err, want)
		}
	}
	if _, err := weibo.New("weibo", c, []string{" "}, weibo.Options{}); err == nil || !strings.Contains(err.Error(), "keywords") {
		t.Errorf("no keywords: %v", err)
	}
}
