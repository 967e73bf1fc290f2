package site_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"guitu"
)

// brief is what a feed reader makes of an entry.
type brief struct{ GUID, Link, Title, Published, Updated string }

func briefs(t *testing.T, body string) (*gofeed.Feed, []brief) {
	t.Helper()
	f, err := gofeed.NewParser().ParseString(body)
	if err != nil {
		t.Fatalf("a feed reader can't read it: %v\n%s", err, body)
	}
	var list []brief
	for _, it := range f.Items {
		if it.PublishedParsed == nil || it.UpdatedParsed == nil {
			t.Fatalf("%s: published %q, updated %q", it.GUID, it.Published, it.Updated)
		}
		list = append(list, brief{
			it.GUID, it.Link, it.Title, it.PublishedParsed.UTC().Format(time.RFC3339), it.UpdatedParsed.UTC().Format(time.RFC3339),
		})
	}
	return f, list
}

// TestFeeds reads both formats as others would, and finds the same notices in them.
func TestFeeds(t *testing.T) {
	old := debunk()
	old.CorrectedBy = "C2RRCT"
	s := newSite(t, shelfOf(old, found(), correction("K7QW3M")), false)
	want := []brief{
		{base + "/n/C2RRCT", base + "/n/C2RRCT", "更正：此前关于临沂市兰山区网传信息的通告不再有效，该信息属实", "2026-11-26T04:00:00Z", "2026-11-26T04:00:00Z"},
		{base + "/n/F9WND2", base + "/n/F9WND2", "北京市朝阳区走失男童已找回，感谢转发，请停止扩散并删除照片", "2026-11-24T05:00:00Z", "2026-11-24T05:00:00Z"},
		{base + "/n/K7QW3M", base + "/n/K7QW3M", "【已更正】临沂市兰山区没有发生网传的拐走儿童一事，网传信息不实", "2026-11-24T04:00:00Z", "2026-11-26T04:00:00Z"},
	}
	for path, mediaType := range map[string]string{
		"/feed.atom": "application/atom+xml; charset=utf-8", "/feed.json": "application/feed+json; charset=utf-8",
	} {
		t.Run(path, func(t *testing.T) {
			w := get(s, path)
			if got := w.Header().Get("Content-Type"); got != mediaType || w.Code != 200 {
				t.Errorf("status %d, type %q; want 200, %q", w.Code, got, mediaType)
			}
			f, got := briefs(t, w.Body.String())
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
			if f.Language != "zh-CN" || f.FeedLink != base+path || f.Title == "" {
				t.Errorf("language %q, self %q, title %q", f.Language, f.FeedLink, f.Title)
			}
			old := f.Items[2].Content
			if !strings.Contains(old, "<p>【已更正】以新通告为准，核验码：C2RRCT</p>") || !strings.Contains(old, "&lt;b&gt;没有&lt;/b&gt;此事 &amp; 无警情") {
				t.Errorf("content of the corrected notice: %s", old)
			}
		})
	}
	if _, got := briefs(t, get(s, "/en/feed.atom").Body.String()); len(got) != 3 || got[2].Title != "[Corrected] No such abduction in 临沂市兰山区: claim is false" ||
		got[2].Link != base+"/en/n/K7QW3M" {
		t.Errorf("/en/feed.atom = %+v", got)
	}
}

// TestFeedExtension checks what programs read of a notice beside its text.
func TestFeedExtension(t *testing.T) {
	old := debunk()
	old.CorrectedBy, old.Status = "C2RRCT", guitu.Exercise
	s := newSite(t, shelfOf(old), true)
	var feed struct {
		Version string
		Items   []struct {
			Tags  []string
			Guitu map[string]string `json:"_guitu"`
		}
	}
	if err := json.Unmarshal(get(s, "/feed.json").Body.Bytes(), &feed); err != nil {
		t.Fatal(err)
	}
	if feed.Version != "https://jsonfeed.org/version/1.1" || len(feed.Items) != 1 {
		t.Fatalf("feed %+v", feed)
	}
	want := map[string]string{
		"about": base + "/about", "code": "K7QW3M", "kind": "debunk", "status": "Exercise", "area": "371302", "corrected_by": "C2RRCT",
	}
	if diff := cmp.Diff(want, feed.Items[0].Guitu); diff != "" {
		t.Errorf("_guitu (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"辟谣", "演练"}, feed.Items[0].Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func TestAreaFeeds(t *testing.T) {
	s := newSite(t, shelfOf(debunk(), found()), false)
	for path, want := range map[string]int{
		"/feeds/areas/371302.atom": 1, "/feeds/areas/371300.atom": 1, "/feeds/areas/370000.json": 1, "/en/feeds/areas/110000.json": 1,
		"/feeds/areas/440000.atom": 0, "/feeds/areas/440000.json": 0, "/feed.atom": 2,
	} {
		w := get(s, path)
		f, got := briefs(t, w.Body.String())
		if len(got) != want || f.FeedLink != base+path {
			t.Errorf("%s has %d entries and calls itself %q, want %d", path, len(got), f.FeedLink, want)
		}
	}
	for _, path := range []string{"/feeds/areas/371302", "/feeds/areas/.atom", "/feeds/areas/37130.atom", "/feeds/areas/abcdef.json", "/feeds/areas/371302.xml"} {
		wantPage(t, get(s, path), 404, "没有这个页面")
	}
}

// TestFeedSize checks that a feed ends, with the latest notices in it.
func TestFeedSize(t *testing.T) {
	shelf := many(60)
	_, got := briefs(t, get(newSite(t, shelf, false), "/feed.atom").Body.String())
	if len(got) != 50 || got[0].GUID != base+"/n/"+shelf.notices[59].Code {
		t.Errorf("60 notices make %d entries, the first %+v", len(got), got[0])
	}
}

// TestFeedControlCharacters checks that no text breaks the XML.
func TestFeedControlCharacters(t *testing.T) {
	n := debunk()
	n.Texts[guitu.Chinese] = guitu.Text{Headline: "a\x00b]]>\x0b&<", Description: "\ufffe\x1b[0m", Instruction: "\xff"}
	for _, path := range []string{"/feed.atom", "/feed.json"} {
		if _, got := briefs(t, get(newSite(t, shelfOf(n), false), path).Body.String()); len(got) != 1 || !strings.Contains(got[0].Title, "]]>") {
			t.Errorf("%s = %+v", path, got)
		}
	}
}
