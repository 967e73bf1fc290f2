package feed

import (
	"net/url"
	"testing"
	"time"

	"guitu/verify/source"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="gbk"?><rss version="2.0"><channel><item><guid>1</guid><title>&lt;b&gt;</title></item></channel></rss>`))
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content type="xhtml"><div><p>a</p></div></content></entry></feed>`))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[{"id":1,"content_text":"a"},null]}`))
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	at := &url.URL{Scheme: "https", Host: "feed.example"}
	f.Fuzz(func(t *testing.T, data []byte) {
		h := source.NewHarvest("feed", now, source.NewSeen(10))
		err := parse(&source.Response{URL: at, Body: data}, now, h)
		if b := h.Batch("", false); err != nil && len(b.Posts) > 0 {
			t.Errorf("%d posts and the error %v", len(b.Posts), err)
		}
	})
}
