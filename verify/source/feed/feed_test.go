package feed_test

import (
	"net/http"
	"testing"
	"time"

	"guitu"
	"guitu/internal/practice"
	"guitu/verify/source"
	"guitu/verify/source/feed"
	"guitu/verify/source/sourcetest"
)

func TestSource(t *testing.T) {
	sourcetest.ExerciseWeb(t, sourcetest.Web{
		New: func(base string, c *source.Client, now func() time.Time) (guitu.Source, error) {
			return feed.New("feed", c, base+"/feed.xml?key="+sourcetest.Secret, feed.Options{Now: now})
		},
		Page: func(posts []guitu.Post) (string, []byte) {
			var out []*practice.Post
			for _, p := range posts {
				out = append(out, &practice.Post{ID: p.ExternalID, Author: p.Author, Text: p.Text, At: p.PostedAt})
			}
			return "application/rss+xml; charset=utf-8", practice.FeedPage(out, "http://feed.example")
		},
		Wall: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`<!DOCTYPE html><html><body>安全验证</body></html>`))
		},
		Changed: `<!DOCTYPE html><html><body>改版了</body></html>`,
		GBK:     true,
	})
}
