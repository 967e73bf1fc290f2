package weibo

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"guitu/verify/source"
)

func FuzzParse(f *testing.F) {
	page, err := os.ReadFile(filepath.Join("testdata", "search.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(page)
	f.Add([]byte(`{"ok":1,"data":{"cards":[{"mblog":{"id":1e99,"text":"<","user":{},"pics":{"0":null},"retweeted_status":{"user":{}}}}]}}`))
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte) {
		h := source.NewHarvest("weibo", now, source.NewSeen(10))
		fresh, _, err := parse(data, 1, "https://m.weibo.example", now, h)
		b := h.Batch("", false)
		if got := len(b.Posts) + len(b.Rejects); err == nil && got != fresh {
			t.Errorf("%d posts and rejects, and %d counted", got, fresh)
		}
	})
}
