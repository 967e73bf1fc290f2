package weibo_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"guitu"
	"guitu/internal/practice"
	"guitu/verify/source"
	"guitu/verify/source/sourcetest"
	"guitu/verify/source/weibo"
)

func TestSource(t *testing.T) {
	sourcetest.ExerciseWeb(t, sourcetest.Web{
		New: func(base string, c *source.Client, now func() time.Time) (guitu.Source, error) {
			return weibo.New("weibo", c, []string{"寻人"}, weibo.Options{URL: base, Cookie: "SUB=" + sourcetest.Secret + "\n", Now: now})
		},
		Page: func(posts []guitu.Post) (string, []byte) {
			return "application/json; charset=utf-8", practice.MobilePage(pages(posts))
		},
		Wall: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"ok":-100,"errno":"100005","msg":"","url":"https://passport.weibo.com/sso/signin"}`)
		},
		Changed: `{"ok":1,"data":{"items":[{"post":{"id":"1"}}]}}`,
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
