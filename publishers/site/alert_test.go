package site_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guitu"
	"guitu/publishers/site"
)

// TestAlertPage checks that an alert's page says at once that it is genuine, how it stands, whom to call and whom to look for.
func TestAlertPage(t *testing.T) {
	s := newSite(t, board(missing()), false)
	w := get(s, "/n/G2HJKM")
	wantPage(t, w, 200, "核对无误，由警方发布", `<p class="word">正在寻找</p>`, childName, `href="tel:110"`, `href="tel:19900001234"`, "199 0000 1234", "王警官",
		`<img src="/p/tok1" alt="男孩的正面照，短发" width="600" height="800">`, "7岁", "约120厘米", "蓝色外套，&lt;b&gt;白鞋&lt;/b&gt;", "左眉上有一颗痣",
		"2026年11月24日 10:30", "临沂市兰山区金雀山路菜市场", "走失地点周围200公里", "通告原文", "/cap/guitu-G2HJKM-1.xml", "/n/G2HJKM.json", "/n/G2HJKM/text",
		"!内容有更新", "!已结案", "!ClaimReview", "!poster")
	if got := w.Header(); got.Get("Cache-Control") != "no-store" || !strings.Contains(got.Get("X-Robots-Tag"), "noindex") {
		t.Errorf("the page may be kept: %v", got)
	}
	title := w.Body.String()[strings.Index(w.Body.String(), "<title>"):strings.Index(w.Body.String(), "</title>")]
	if strings.Contains(title, childName) || !strings.Contains(title, "寻找7岁男孩：临沂市兰山区") {
		t.Errorf("title %q, want one without the name", title)
	}
	wantPage(t, get(s, "/en/n/G2HJKM"), 200, `lang="en"`, "Genuine: issued by the police", "Still missing", "about 120 cm", "Missing boy, 7: 临沂市兰山区", `href="tel:19900001234"`)
	wantPage(t, get(s, "/n/g2h-jkm"), 301)
	if w := get(s, "/check?code=g2hjkm"); w.Code != 303 || w.Header().Get("Location") != "/n/G2HJKM" {
		t.Errorf("check = %d to %q", w.Code, w.Header().Get("Location"))
	}
	updated := newSite(t, board(tell(missing(), guitu.CauseCorrect, guitu.NoticeUpdate)), false)
	wantPage(t, get(updated, "/n/G2HJKM"), 200, "正在寻找", "内容有更新", "更正</strong>", "孩子穿红色外套", "/cap/guitu-G2HJKM-2.xml")
	grown := newSite(t, board(tell(missing(), guitu.CauseGrow, guitu.NoticeUpdate)), false)
	wantPage(t, get(grown, "/n/G2HJKM"), 200, "!内容有更新", "扩大通知范围")
}

// TestAlertOver checks each state in which nobody is to look any more: the page says so, without the child.
func TestAlertOver(t *testing.T) {
	for state, word := range map[guitu.AlertState]string{guitu.AlertClosed: "已结案", guitu.AlertCancelled: "已撤销", guitu.AlertExpired: "已到期"} {
		shelf := board(over(missing(), state))
		s := newSite(t, shelf, false)
		for _, path := range []string{"/n/G2HJKM", "/en/n/G2HJKM", "/n/G2HJKM/text", "/n/G2HJKM.json", "/", "/en/", "/alerts", "/feed.atom", "/feed.json", "/feeds/areas/371300.atom", "/cap/index.atom", "/alerts.geojson"} {
			body := get(s, path).Body.String()
			for _, gone := range []string{childName, "19900001234", "tok1", "菜市场", "poster.png"} {
				if strings.Contains(body, gone) {
					t.Errorf("%s of a %s alert holds %q", path, state, gone)
				}
			}
		}
		wantPage(t, get(s, "/n/G2HJKM"), 200, "核对无误，由警方发布", word, "请停止扩散并删除照片", "!<img", "!tel:")
		wantPage(t, get(s, "/n/G2HJKM/text"), 200, word)
		for _, path := range []string{"/p/tok1", "/n/G2HJKM/poster.png", "/cap/guitu-G2HJKM-1.xml"} {
			w := get(s, path)
			if w.Code != http.StatusGone || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s = %d, %v; want 410 that nobody keeps", path, w.Code, w.Header())
			}
		}
		wantPage(t, get(s, "/n/G2HJKM/poster"), 404)
	}
}

// TestAlertHushed checks the page between the end of an alert's time and the message that says so.
func TestAlertHushed(t *testing.T) {
	a := missing()
	a.State, a.EndedAt, a.Photos = guitu.AlertExpired, noon.Add(time.Hour), nil
	a.Told[0].Message.Facts, a.Told[0].Notice.Texts, a.Told[0].Notice.Ended = guitu.Facts{}, nil, true
	s := newSite(t, board(a), false)
	wantPage(t, get(s, "/n/G2HJKM"), 200, "已到期", "这条寻人通告已经结束", "!CAP 1.2</a></li>")
	wantPage(t, get(s, "/en/n/G2HJKM"), 200, "Expired", "This alert is over")
	wantPage(t, get(s, "/feed.atom"), 200, "这条寻人通告已经结束")
	wantPage(t, get(s, "/cap/index.atom"), 200, "!<entry>")
}

// TestFrontAlerts checks that alerts stand above all else, once, and without a name that a search engine would keep.
func TestFrontAlerts(t *testing.T) {
	shelf := board(missing())
	shelf.add(debunk())
	s := newSite(t, shelf, false)
	w := get(s, "/")
	wantPage(t, w, 200, "正在寻找的孩子", "寻找7岁男孩：临沂市兰山区", "!"+childName, "!19900001234")
	body := w.Body.String()
	if strings.Count(body, `href="/n/G2HJKM"`) != 1 || strings.Index(body, "/n/G2HJKM") > strings.Index(body, "/n/K7QW3M") {
		t.Errorf("the alert is not once above the notices:\n%s", body)
	}
	wantPage(t, get(s, "/en/"), 200, "Children being looked for", "Missing boy, 7", "!"+childName)
	wantPage(t, get(s, "/alerts"), 200, "寻找7岁男孩", "!"+childName)
	wantPage(t, get(newSite(t, &shelf0, false), "/alerts"), 200, "目前没有正在寻找的孩子")
	for i := range 30 {
		a := missing()
		a.AlertID, a.Code = int64(i+2), "M2"+many(30).notices[i].Code[1:5]
		shelf.alerts = append(shelf.alerts, a)
	}
	if got := strings.Count(get(s, "/").Body.String(), `<li class="notice alert">`); got != 10 {
		t.Errorf("31 alerts make %d on the front page, want 10", got)
	}
	page := get(s, "/alerts").Body.String()
	if got := strings.Count(page, `<li class="notice alert">`); got != 20 || !strings.Contains(page, "/alerts?before=") {
		t.Errorf("31 alerts make a page of %d, want 20 and a next one", got)
	}
	next := page[strings.Index(page, "/alerts?before="):][:len("/alerts?before=XXXXXX")]
	if got := strings.Count(get(s, next).Body.String(), `<li class="notice alert">`); got != 11 {
		t.Errorf("the second page has %d, want 11", got)
	}
}

var shelf0 shelf

func TestAlertExercise(t *testing.T) {
	a := missing()
	a.Status = guitu.Exercise
	a.Told[0].Notice.Status, a.Told[0].Message.Status = guitu.Exercise, guitu.Exercise
	s := newSite(t, board(a), true)
	for _, path := range []string{"/n/G2HJKM", "/en/n/G2HJKM", "/n/G2HJKM/text", "/alerts", "/"} {
		wantPage(t, get(s, path), 200, `<div class="drill"`, "【演练】", "<title>【演练】")
	}
	wantPage(t, get(s, "/cap/guitu-G2HJKM-1.xml"), 200, "<status>Exercise</status>", "演练")
	wantPage(t, get(s, "/cap/index.atom"), 200, "<title>【演练】")
	wantPage(t, get(s, "/alerts.geojson"), 200, `"status":"Exercise"`, "【演练】")
}

func TestCodeJSON(t *testing.T) {
	shelf := board(tell(missing(), guitu.CauseUpdate, guitu.NoticeUpdate))
	old := debunk()
	old.CorrectedBy = "C2RRCT"
	shelf.add(old)
	s := newSite(t, shelf, false)
	ask := func(path string, status int) (j map[string]any) {
		t.Helper()
		w := get(s, path)
		if err := json.Unmarshal(w.Body.Bytes(), &j); err != nil || w.Code != status || w.Header().Get("Cache-Control") != "no-store" {
			t.Fatalf("%s = %d, %v, %v: %s", path, w.Code, err, w.Header(), w.Body)
		}
		return j
	}
	j := ask("/n/g2hjkm.json", 200)
	if j["code"] != "G2HJKM" || j["genuine"] != true || j["kind"] != "alert" || j["state"] != "active" || j["updated"] != true ||
		j["page"] != base+"/n/G2HJKM" || j["cap"] != base+"/cap/guitu-G2HJKM-2.xml" || j["released"] != "2026-11-24T12:00:00+08:00" ||
		len(j["history"].([]any)) != 2 || j["photos"].([]any)[0].(map[string]any)["url"] != base+"/p/tok1" {
		t.Errorf("an alert: %v", j)
	}
	if j := ask("/n/K7QW3M.json", 200); j["genuine"] != true || j["kind"] != "debunk" || j["state"] != "corrected" || j["corrected_by"] != "C2RRCT" {
		t.Errorf("a notice: %v", j)
	}
	for _, path := range []string{"/n/ZZZZZZ.json", "/n/.json", "/n/nonsense.json"} {
		if j := ask(path, 404); j["genuine"] != false {
			t.Errorf("%s: %v", path, j)
		}
	}
	shelf.alerts[0] = over(shelf.alerts[0], guitu.AlertClosed)
	j = ask("/n/G2HJKM.json", 200)
	if j["state"] != "closed" || j["ended"] == nil || j["photos"] != nil || j["cap"] != nil || j["circle"] != nil {
		t.Errorf("a closed alert: %v", j)
	}
}

func TestPhoto(t *testing.T) {
	shelf := board(missing())
	s := newSite(t, shelf, false)
	w := get(s, "/p/tok1")
	if w.Code != 200 || w.Header().Get("Content-Type") != "image/png" || w.Body.String() != string(pixel) ||
		w.Header().Get("Cache-Control") != "private, no-store" || w.Header().Get("ETag") != "" || !strings.Contains(w.Header().Get("X-Robots-Tag"), "noimageindex") {
		t.Errorf("the photo = %d, %v", w.Code, w.Header())
	}
	if w := ask(s, http.MethodHead, "/p/tok1"); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("HEAD = %d with %d bytes", w.Code, w.Body.Len())
	}
	shelf.photos["tok1"] = nil
	wantPage(t, get(s, "/p/tok1"), 410, "照片已撤下")
	wantPage(t, get(s, "/p/other"), 404)
	wantPage(t, get(newSite(t, &shelfBroken, false), "/p/tok1"), 503)
}

func TestPoster(t *testing.T) {
	var drawings atomic.Int64
	shelf := board(missing())
	now := noon
	s, err := site.New(shelf, site.Options{PublicURL: base, Now: func() time.Time { return now }, Pictures: func(_ context.Context, n guitu.Notice) ([]guitu.Picture, error) {
		drawings.Add(1)
		if n.Code != "G2HJKM" {
			t.Errorf("drawing notice %+v", n)
		}
		return []guitu.Picture{{Name: "photo-1.png", Type: "image/png", Bytes: []byte("x")}, {Name: "poster.png", Type: "image/png", Bytes: pixel}}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	wantPage(t, get(s, "/n/G2HJKM"), 200, `href="/n/G2HJKM/poster"`)
	wantPage(t, get(s, "/n/G2HJKM/poster"), 200, `<img src="/n/G2HJKM/poster.png" alt="【寻人】7岁男孩`, `width="1080" height="1440"`)
	for range 3 {
		w := get(s, "/n/G2HJKM/poster.png")
		if w.Code != 200 || w.Body.String() != string(pixel) || w.Header().Get("Cache-Control") != "private, no-store" {
			t.Fatalf("the poster = %d, %v", w.Code, w.Header())
		}
	}
	if drawings.Load() != 1 {
		t.Errorf("drawn %d times for three readers", drawings.Load())
	}
	now = now.Add(time.Hour)
	get(s, "/n/G2HJKM/poster.png")
	if drawings.Load() != 2 {
		t.Errorf("drawn %d times, want again after an hour", drawings.Load())
	}
	shelf.alerts[0] = over(shelf.alerts[0], guitu.AlertClosed)
	wantPage(t, get(s, "/n/G2HJKM/poster.png"), 410)
	wantPage(t, get(s, "/n/G2HJKM"), 200, "!poster")
	wantPage(t, get(newSite(t, board(missing()), false), "/n/G2HJKM/poster.png"), 404)
	wantPage(t, get(s, "/n/K7QW3M/poster.png"), 404)
}
