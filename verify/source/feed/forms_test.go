package feed_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"guitu"
	"guitu/verify/source/feed"
	"guitu/verify/source/sourcetest"
)

// newSource makes a source of a feed that h serves.
func newSource(t *testing.T, h http.HandlerFunc) guitu.Source {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		h(w, r)
	}))
	t.Cleanup(server.Close)
	s, err := feed.New("feed", sourcetest.Client(t), server.URL+"/feed", feed.Options{Now: func() time.Time { return sourcetest.Now }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestForms(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(`<?xml version="1.0" encoding="gbk"?><rss version="2.0"><channel><item><guid>1</guid><title>寻人</title></item></channel></rss>`)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, contentType, body string
		want                    []string // id author text time url images
	}{
		{
			"Atom", "application/atom+xml", `<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>urn:1</id><title>寻人</title>
<author><name>甲</name></author><updated>2026-11-24T18:00:00+08:00</updated><link href="/p/1"/><content type="html">&lt;p&gt;走失&lt;/p&gt;&lt;p&gt;电话&lt;/p&gt;</content></entry></feed>`,
			[]string{"urn:1 甲 寻人|走失|电话 10:00 /p/1 []"},
		},
		{
			"JSON", "application/feed+json", `{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[{"id":"j1","url":"https://site.example/j1","content_html":"<b>走失</b>","date_published":"2026-11-24T18:00:00+08:00","authors":[{"name":"乙"}]}]}`,
			[]string{"j1 乙 走失 10:00 https://site.example/j1 []"},
		},
		{
			"RSS without guid, with a picture", "text/xml", `<rss version="2.0"><channel><item><link>https://site.example/2</link><title>寻找走失的…</title>
<description>寻找走失的孩子</description><pubDate>2026-11-24 18:00:00</pubDate><enclosure url="https://site.example/a.jpg" type="image/jpeg" length="1"/></item></channel></rss>`,
			[]string{"https://site.example/2  寻找走失的孩子 10:00 https://site.example/2 [https://site.example/a.jpg]"},
		},
		{"GBK by its declaration", "text/xml", gbk, []string{"1  寻人 12:00  []"}},
		{"declares GBK and is UTF-8", "text/xml", `<?xml version='1.0' encoding='GBK'?><rss version="2.0"><channel><item><guid>1</guid><title>寻人</title></item></channel></rss>`, []string{"1  寻人 12:00  []"}},
		{"no items", "text/xml", `<rss version="2.0"><channel><title>x</title></channel></rss>`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSource(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.contentType)
				_, _ = w.Write([]byte(tt.body))
			})
			b, err := s.Read(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range b.Posts {
				at := p.URL
				if _, path, ok := strings.Cut(at, "/p/"); ok {
					at = "/p/" + path
				}
				got = append(got, fmt.Sprintf("%s %s %s %s %s %v", p.ExternalID, p.Author, strings.ReplaceAll(p.Text, "\n", "|"),
					p.PostedAt.Format("15:04"), at, p.Images))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("posts (-want +got):\n%s", diff)
			}
		})
	}
}

// What the parser can't stand is a page with unknown markup like any other.
func TestBroken(t *testing.T) {
	for _, body := range []string{
		`{"version":"https://jsonfeed.org/version/1","items":[null]}`,
		`<rss version="2.0"><channel><item>`,
		`<feed xmlns="http://www.w3.org/2005/Atom"><title>x</titel></feed>`,
		`<rss version="2.0"><channel><title>x</title></chanel></rss>`,
		`<rss version="2.0"><channel><title>x</title>`,
		`{"version":"https://jsonfeed.org/version/1","items":{}}`,
	} {
		s := newSource(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		if b, err := s.Read(t.Context(), ""); !errors.Is(err, guitu.ErrMarkup) {
			t.Errorf("%s: %d posts, error %v, want ErrMarkup", body, len(b.Posts), err)
		}
	}
}

// The cursor carries the validators, so that a 304 comes for what was recorded, and for nothing else.
func TestConditional(t *testing.T) {
	var conditions []string
	s := newSource(t, func(w http.ResponseWriter, r *http.Request) {
		conditions = append(conditions, r.Header.Get("If-None-Match"))
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, `<rss version="2.0"><channel><item><guid>1</guid><title>寻人</title></item></channel></rss>`)
	})
	first, err := s.Read(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Read(t.Context(), "")
	if err != nil || len(again.Posts) != 1 {
		t.Errorf("a read that was not recorded brings %d posts when repeated, error %v", len(again.Posts), err)
	}
	next, err := s.Read(t.Context(), first.Cursor)
	if err != nil || len(next.Posts) != 0 || next.Cursor != first.Cursor {
		t.Errorf("not modified: %d posts, cursor moved %v, error %v", len(next.Posts), next.Cursor != first.Cursor, err)
	}
	if diff := cmp.Diff([]string{"", "", `"v1"`}, conditions); diff != "" {
		t.Errorf("If-None-Match (-want +got):\n%s", diff)
	}
}
