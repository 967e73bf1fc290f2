package weibohtml

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"guitu/verify/source"
)

func FuzzParse(f *testing.F) {
	page, err := os.ReadFile(filepath.Join("testdata", "search.html"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(page)
	f.Add([]byte(`<div class="card-wrap" action-type="feed_list_item" mid="1"><p node-type="feed_list_content"><svg><p>甲<table><div>乙`))
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	at := &url.URL{Scheme: "https", Host: "s.weibo.example", Path: "/realtime"}
	f.Fuzz(func(t *testing.T, data []byte) {
		h := source.NewHarvest("weibo_html", now, source.NewSeen(10))
		fresh, _, err := parse(data, at, now, h)
		b := h.Batch("", false)
		if got := len(b.Posts) + len(b.Rejects); err == nil && got != fresh {
			t.Errorf("%d posts and rejects, and %d counted", got, fresh)
		}
	})
}

// A mid and its bid lead to each other.
func FuzzMID(f *testing.F) {
	f.Add("Q00004c95")
	f.Fuzz(func(t *testing.T, bid string) {
		mid, err := MID(bid)
		if err != nil {
			return
		}
		if again, err := BID(mid); err != nil || again != bid {
			t.Errorf("MID(%q) = %q, and BID of that is %q, %v", bid, mid, again, err)
		}
	})
}
