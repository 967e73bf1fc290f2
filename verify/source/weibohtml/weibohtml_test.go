package weibohtml_test

import (
	"net/http"
	"testing"
	"time"

	"guitu"
	"guitu/internal/practice"
	"guitu/verify/source"
	"guitu/verify/source/sourcetest"
	"guitu/verify/source/weibohtml"
)

func TestSource(t *testing.T) {
	sourcetest.ExerciseWeb(t, sourcetest.Web{
		New: func(base string, c *source.Client, now func() time.Time) (guitu.Source, error) {
			return weibohtml.New("weibo", c, []string{"寻人"}, weibohtml.Options{URL: base, Cookie: "SUB=" + sourcetest.Secret + "\n", Now: now})
		},
		Page: func(posts []guitu.Post) (string, []byte) {
			return "text/html; charset=utf-8", practice.SearchPage(pages(posts), "寻人", false, sourcetest.Now)
		},
		Wall: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://passport.weibo.com/visitor/visitor?entry=miniblog", http.StatusFound)
		},
		Changed: `<!DOCTYPE html><html><body><div class="feed-item" data-id="1"><span>寻人</span></div></body></html>`,
		Cookie:  true,
		GBK:     true,
	})
}

func pages(posts []guitu.Post) []*practice.Post {
	var out []*practice.Post
	for _, p := range posts {
		out = append(out, &practice.Post{ID: p.ExternalID, Author: p.Author, Text: p.Text, At: p.PostedAt, Reposts: p.Reposts})
	}
	return out
}
