package weibohtml_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/internal/testenv/golden"
	"guitu/verify/source/sourcetest"
	"guitu/verify/source/weibohtml"
)

// read reads a source whose site answers every page with the same.
func read(t *testing.T, page string) (guitu.Batch, error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(page))
	}))
	defer server.Close()
	s, err := weibohtml.New("weibo_html", sourcetest.Client(t), []string{"寻人"},
		weibohtml.Options{URL: server.URL, Now: func() time.Time { return sourcetest.Now }})
	if err != nil {
		t.Fatal(err)
	}
	return s.Read(t.Context(), "")
}

// The page holds what the site does: long texts, forwards, counts in words, icons, cards that are no posts.
func TestPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("testdata", "search.html"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := read(t, string(page))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(b.Posts, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append([]byte(strings.ReplaceAll(string(got), "http://weibo.com", "https://weibo.com")), '\n')
	golden.Check(t, filepath.Join("testdata", "search.golden.json"), string(got))
	var rejects []string
	for _, r := range b.Rejects {
		rejects = append(rejects, r.ExternalID+" "+r.Reason)
	}
	if diff := cmp.Diff([]string{"5100000000000005 no text", " no id"}, rejects); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
}

func TestRefusals(t *testing.T) {
	card := func(inner string) string {
		return `<div class="card-wrap" action-type="feed_list_item" mid="5100000000000001">` + inner + `</div>`
	}
	for _, tt := range []struct {
		name, page string
		want       error // nil for no posts and no error
	}{
		{"no result", `<div class="card card-no-result"><p>抱歉，未找到相关结果。</p></div>`, nil},
		{"login form", `<form action="/sso/login"><input name="u"><input type="password"></form>`, guitu.ErrWall},
		{"script to the login", `<script>location.replace("https://passport.weibo.com/visitor")</script>`, guitu.ErrWall},
		{"visitor system", `<title>Sina Visitor System</title>`, guitu.ErrWall},
		{"captcha", `<p>请输入验证码</p>`, guitu.ErrWall},
		{"empty", ``, guitu.ErrMarkup},
		{"another markup", `<div class="feed"><p>寻人</p></div>`, guitu.ErrMarkup},
		{"cards without texts", card(`<p>寻人</p>`), guitu.ErrMarkup},
		{"deep", strings.Repeat("<div>", 600), guitu.ErrMarkup},
	} {
		b, err := read(t, tt.page)
		if !errors.Is(err, tt.want) || len(b.Posts) != 0 {
			t.Errorf("%s: %d posts, error %v, want %v", tt.name, len(b.Posts), err, tt.want)
		}
	}
}

func TestBID(t *testing.T) {
	for mid, bid := range map[string]string{
		"5200000000000000": "Q00000000", "5200000001000003": "Q00004c95", "4999999999999999": "NFXsjFXsj",
		"1234567": "5ban", "12345678": "19Qdw", "7": "7",
	} {
		if got, err := weibohtml.BID(mid); got != bid || err != nil {
			t.Errorf("BID(%s) = %s, %v, want %s", mid, got, err, bid)
		}
		if got, err := weibohtml.MID(bid); got != mid || err != nil {
			t.Errorf("MID(%s) = %s, %v, want %s", bid, got, err, mid)
		}
	}
	for _, bad := range []string{"", "0", "0123", "12a", "-1", "123456789012345678901", "１"} {
		if got, err := weibohtml.BID(bad); err == nil {
			t.Errorf("BID(%q) = %q, want an error", bad, got)
		}
	}
	for _, bad := range []string{"", "0", "a-b", "ZZZZ", "状态", "aaaaaaaaaaaaa"} {
		if got, err := weibohtml.MID(bad); err == nil {
			t.Errorf("MID(%q) = %q, want an error", bad, got)
		}
	}
}
