package site_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"guitu"
	"guitu/publishers/site"
)

const base = "https://guitu.example"

func newSite(t *testing.T, r site.Reader, exercise bool) *site.Site {
	t.Helper()
	s, err := site.New(r, site.Options{PublicURL: base, Exercise: exercise, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(h http.Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	return ask(h, http.MethodGet, target, header...)
}

// wantPage fails unless the answer has the status and holds, and lacks (written "!..."), the strings.
func wantPage(t *testing.T, w *httptest.ResponseRecorder, status int, strs ...string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("status %d, want %d", w.Code, status)
	}
	for _, s := range strs {
		bad, not := strings.CutPrefix(s, "!")
		if strings.Contains(w.Body.String(), bad) == not {
			t.Errorf("the page holds %q: %v, want %v:\n%s", bad, not, !not, w.Body)
		}
	}
}

func shelfOf(notices ...guitu.Notice) *shelf {
	s := &shelf{}
	for _, n := range notices {
		s.add(n)
	}
	return s
}

func TestNew(t *testing.T) {
	for _, u := range []string{"guitu.example", "ftp://guitu.example", "https://guitu.example/path", "https://", "https://a:b@c.example", "https://c.example?x", ":"} {
		if _, err := site.New(&shelf{}, site.Options{PublicURL: u}); err == nil || !strings.Contains(err.Error(), u) {
			t.Errorf("New with the public URL %q: %v, want an error that names it", u, err)
		}
	}
	for _, u := range []string{"", "http://127.0.0.1:8080", base, base + "/"} {
		if _, err := site.New(&shelf{}, site.Options{PublicURL: u}); err != nil {
			t.Errorf("New with the public URL %q: %v", u, err)
		}
	}
}

func TestPublish(t *testing.T) {
	s := newSite(t, &shelf{}, false)
	if s.Name() != "site" {
		t.Errorf("Name() = %q, want site", s.Name())
	}
	got, err := s.Publish(t.Context(), guitu.Publication{Notice: debunk()})
	if want := (guitu.Receipt{ExternalID: "K7QW3M", URL: base + "/n/K7QW3M"}); got != want || err != nil {
		t.Errorf("Publish = %+v, %v; want %+v", got, err, want)
	}
	if err := s.Edit(t.Context(), guitu.Publication{Notice: debunk(), Receipt: got}); err != nil {
		t.Errorf("Edit: %v", err)
	}

	drill, nameless := debunk(), debunk()
	drill.Status, nameless.Code = guitu.Exercise, "K0"
	for what, n := range map[string]guitu.Notice{"a notice of an exercise": drill, "a notice without a code": nameless} {
		if r, err := s.Publish(t.Context(), guitu.Publication{Notice: n}); !errors.Is(err, guitu.ErrRejected) {
			t.Errorf("Publish %s = %+v, %v; want ErrRejected", what, r, err)
		}
	}
	if _, err := newSite(t, &shelf{}, true).Publish(t.Context(), guitu.Publication{Notice: debunk()}); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("Publish a real notice in an exercise: %v, want ErrRejected", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Publish(ctx, guitu.Publication{Notice: debunk()}); !errors.Is(err, context.Canceled) {
		t.Errorf("Publish with a cancelled context: %v", err)
	}
}

func TestFront(t *testing.T) {
	s := newSite(t, shelfOf(debunk(), found()), false)
	w := get(s, "/")
	wantPage(t, w, 200, `lang="zh-CN"`, `href="/n/K7QW3M"`, `action="/check"`, `href="/feed.atom"`, "2026年11月24日", "!演练", "!noindex", "!更早的通告")
	if body := w.Body.String(); strings.Index(body, "/n/F9WND2") > strings.Index(body, "/n/K7QW3M") {
		t.Error("the latest notice is not the first")
	}
	wantPage(t, get(s, "/en/"), 200, `lang="en"`, "No such abduction", `href="/en/n/K7QW3M"`, `action="/en/check"`, "24 November 2026")
	wantPage(t, get(newSite(t, &shelf{}, false), "/"), 200, "还没有发布通告")
	if w := get(s, "/en"); w.Code != 301 || w.Header().Get("Location") != "/en/" {
		t.Errorf("/en = %d to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestPaging(t *testing.T) {
	shelf := many(45)
	s := newSite(t, shelf, false)
	links := regexp.MustCompile(`<h3><a href="/n/([A-Z0-9]{6})"`)
	next := regexp.MustCompile(`href="(/\?before=[A-Z0-9]{6})"`)
	var seen []string
	pages := 0
	for path := "/"; path != ""; pages++ {
		body := get(s, path).Body.String()
		if pages == 1 {
			shelf.add(debunk()) // what comes in between moves no page
		}
		for _, m := range links.FindAllStringSubmatch(body, -1) {
			seen = append(seen, m[1])
		}
		path = ""
		if m := next.FindStringSubmatch(body); m != nil {
			path = m[1]
		}
	}
	if pages != 3 || len(seen) != 45 {
		t.Fatalf("%d notices on %d pages, want 45 on 3", len(seen), pages)
	}
	for i, code := range seen {
		if want := shelf.notices[44-i].Code; code != want {
			t.Fatalf("notice %d is %s, want %s", i, code, want)
		}
	}
	wantPage(t, get(s, "/?before=NQNQNQ"), 404, "没有这个页面")
}

func TestNotice(t *testing.T) {
	s := newSite(t, shelfOf(debunk()), false)
	wantPage(t, get(s, "/n/K7QW3M"), 200,
		"<title>临沂市兰山区没有发生网传的拐走儿童一事", "核查情况：", "&lt;b&gt;没有&lt;/b&gt;此事 &amp; 无警情", "!<b>",
		`datetime="2026-11-24T12:00:00&#43;08:00"`, "2026年11月24日 12:00", "北京时间", `<link rel="canonical" href="https://guitu.example/n/K7QW3M">`,
		`hreflang="en" href="https://guitu.example/en/n/K7QW3M"`, "https://weibo.example/1?a=1&amp;b=2", `rel="external nofollow noopener noreferrer"`,
		"!javascript:", `"@type":"ClaimReview"`, `"claimReviewed":"一名约3岁女童在临沂市兰山区被拐走"`, `"ratingValue":1`, "!已更正", "!演练")
	wantPage(t, get(s, "/en/n/K7QW3M"), 200, `lang="en"`, "No such abduction", "Check code", "Beijing time", `"alternateName":"False"`)
	for _, typed := range []string{"/n/k7qw3m", "/n/K7Q-W3M", "/n/K7%20QW3M"} {
		if w := get(s, typed); w.Code != 301 || w.Header().Get("Location") != "/n/K7QW3M" {
			t.Errorf("%s = %d to %q, want 301 to the page", typed, w.Code, w.Header().Get("Location"))
		}
	}
	wantPage(t, get(s, "/n/ZZZZZZ"), 404, "不是本站发布的", "ZZZZZZ", "noindex", "!canonical")
	wantPage(t, get(s, "/en/n/nonsense"), 404, "Not from us")
}

func TestCorrected(t *testing.T) {
	old := debunk()
	old.CorrectedBy = "C2RRCT"
	shelf := shelfOf(old)
	s := newSite(t, shelf, false)
	// The correction is made but not out.
	wantPage(t, get(s, "/n/K7QW3M"), 200, "本通告已更正，不再有效", "C2RRCT", `!href="/n/C2RRCT"`)
	shelf.add(correction("K7QW3M"))
	wantPage(t, get(s, "/n/K7QW3M"), 200, "本通告已更正，不再有效", `href="/n/C2RRCT"`, "临沂市兰山区没有发生网传的拐走儿童一事",
		"!ClaimReview", "!weibo.example")
	wantPage(t, get(s, "/n/C2RRCT"), 200, "更正的通告", `href="/n/K7QW3M"`, "!ClaimReview", "!不再有效</strong>")
	wantPage(t, get(s, "/"), 200, "【已更正】")
}

func TestCheck(t *testing.T) {
	s := newSite(t, shelfOf(debunk(), found()), false)
	wantPage(t, get(s, "/check"), 200, `<label for="code">`, `id="code"`, "!没有使用这个核验码的通告")
	for _, typed := range []string{"K7QW3M", "k7qw3m", " K7Q W3M ", "k7q-w3m", "Ｋ７ＱＷ３Ｍ", "核验码：K7QW3M", base + "/n/K7QW3M", base + "/en/n/K7QW3M"} {
		w := get(s, "/check?code="+url.QueryEscape(typed))
		if w.Code != 303 || w.Header().Get("Location") != "/n/K7QW3M" {
			t.Errorf("check of %q = %d to %q, want 303 to the page", typed, w.Code, w.Header().Get("Location"))
		}
	}
	if w := get(s, "/en/check?code=f9wnd2"); w.Code != 303 || w.Header().Get("Location") != "/en/n/F9WND2" {
		t.Errorf("check in English = %d to %q", w.Code, w.Header().Get("Location"))
	}
	for _, typed := range []string{"K7QW3N", "K7QW3", "!!!", "https://evil.example/n/K7QW3M", strings.Repeat("9", 5000), "<script>"} {
		w := get(s, "/check?code="+url.QueryEscape(typed))
		wantPage(t, w, 404, "没有使用这个核验码的通告", "!<script>alert", "!<script>")
		if cc := w.Header().Get("Cache-Control"); cc != "no-store" {
			t.Errorf("a wrong code may be kept: %q", cc)
		}
	}
	// A look-alike is offered, never called genuine.
	wantPage(t, get(s, "/check?code=K70W3M"), 404, "没有使用这个核验码的通告", `href="/n/K7QW3M"`)
	wantPage(t, get(s, "/check?code=0O0O0O"), 404, "没有使用这个核验码的通告", "!/n/")
}

func TestExerciseIsMarked(t *testing.T) {
	n := debunk()
	n.Status = guitu.Exercise
	s := newSite(t, shelfOf(n), true)
	for path, status := range map[string]int{
		"/": 200, "/en/": 200, "/n/K7QW3M": 200, "/en/n/K7QW3M": 200, "/check": 200, "/about": 200, "/en/about": 200,
		"/check?code=ZZZZZZ": 404, "/nothing": 404,
	} {
		w := get(s, path)
		wantPage(t, w, status, `<div class="drill"`, "【演练】", `<meta name="robots" content="noindex`, "<title>【演练】")
		if got := w.Header().Get("X-Robots-Tag"); !strings.Contains(got, "noindex") {
			t.Errorf("%s: X-Robots-Tag %q", path, got)
		}
	}
	wantPage(t, get(s, "/n/K7QW3M"), 200, "<h1>【演练】", `"alternateName":"【演练】不实"`)
	for _, path := range []string{"/feed.atom", "/feed.json", "/feeds/areas/371302.atom"} {
		body := get(s, path).Body.String()
		if strings.Count(body, "【演练】") < 2 || !strings.Contains(body, "Exercise") {
			t.Errorf("%s is not marked:\n%s", path, body)
		}
	}
}

// TestStrict checks what holds for each answer of the site: safe headers, no cookie, no script, nothing from elsewhere, and what
// accessibility needs of each page.
func TestStrict(t *testing.T) {
	shelf := board(missing())
	shelf.add(debunk())
	shelf.add(found())
	s := newSite(t, shelf, false)
	broken := newSite(t, &shelfBroken, false)
	ended := newSite(t, board(over(missing(), guitu.AlertClosed)), false)
	answers := map[string]*httptest.ResponseRecorder{
		"broken": get(broken, "/"), "ended": get(ended, "/n/G2HJKM"), "ended in large print": get(ended, "/n/G2HJKM/text"), "revoked": get(ended, "/p/tok1"),
	}
	for _, path := range []string{
		"/", "/en/", "/n/K7QW3M", "/en/n/K7QW3M", "/check", "/en/check", "/check?code=ZZZZZZ", "/check?code=K70W3M", "/about", "/en/about",
		"/nothing", "/feed.atom", "/feed.json", "/robots.txt", "/favicon.ico",
		"/n/G2HJKM", "/en/n/G2HJKM", "/n/G2HJKM/text", "/en/n/G2HJKM/text", "/alerts", "/en/alerts", "/n/G2HJKM.json", "/p/tok1",
		"/alerts.geojson", "/cap/index.atom", "/cap/guitu-G2HJKM-1.xml", "/cap/nothing.xml",
	} {
		answers[path] = get(s, path)
	}
	htmlPages, images := 0, 0
	for path, w := range answers {
		h := w.Header()
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(csp, want) || strings.Contains(csp, "unsafe") {
				t.Errorf("%s: Content-Security-Policy %q lacks %q", path, csp, want)
			}
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Set-Cookie") != "" || h.Get("Cache-Control") == "" {
			t.Errorf("%s: headers %v", path, h)
		}
		if !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
			continue
		}
		htmlPages++
		doc, err := html.Parse(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		ids := map[string]bool{}
		var labelled, used []string
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			seen[n.Data]++
			attr := map[string]string{}
			for _, a := range n.Attr {
				attr[a.Key] = a.Val
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("%s: <%s %s>", path, n.Data, a.Key)
				}
			}
			if id := attr["id"]; id != "" {
				if ids[id] {
					t.Errorf("%s: id %q twice", path, id)
				}
				ids[id] = true
			}
			for _, key := range []string{"aria-labelledby", "aria-describedby", "for"} {
				if attr[key] != "" {
					labelled = append(labelled, attr[key])
				}
			}
			switch n.Data {
			case "html":
				if attr["lang"] == "" {
					t.Errorf("%s: no lang", path)
				}
			case "script":
				if attr["type"] != "application/ld+json" {
					t.Errorf("%s: a script", path)
				}
			case "link":
				if attr["rel"] == "stylesheet" {
					used = append(used, attr["href"])
				}
			case "iframe", "style", "object", "embed":
				t.Errorf("%s: <%s>", path, n.Data)
			case "img":
				// From here, with words for those who can't see it, and its room kept while it loads.
				if !strings.HasPrefix(attr["src"], "/p/") || attr["alt"] == "" || attr["width"] == "" || attr["height"] == "" {
					t.Errorf("%s: <img %v>", path, attr)
				}
				images++
			case "input":
				labelled = append(labelled, attr["id"])
			}
		}
		for tag, want := range map[string]int{"h1": 1, "main": 1, "title": 1, "header": 1, "footer": 1} {
			if got := seen[tag]; got < want || got > want && tag != "header" {
				t.Errorf("%s: %d <%s>, want %d", path, got, tag, want)
			}
		}
		for _, id := range labelled {
			if !ids[id] {
				t.Errorf("%s: no element has the id %q", path, id)
			}
		}
		if len(used) != 1 {
			t.Fatalf("%s: stylesheets %q", path, used)
		}
		css := get(s, used[0])
		if css.Code != 200 || !strings.Contains(css.Header().Get("Cache-Control"), "immutable") || strings.Contains(css.Body.String(), "url(") {
			t.Errorf("%s: %d, %v", used[0], css.Code, css.Header())
		}
	}
	if htmlPages < 20 || images != 2 {
		t.Fatalf("%d pages with %d images were looked at", htmlPages, images)
	}
}

var shelfBroken = shelf{broken: errors.New("the database of secret.host is down")}

func TestBroken(t *testing.T) {
	s := newSite(t, &shelfBroken, false)
	for _, path := range []string{
		"/", "/en/", "/n/K7QW3M", "/check?code=K7QW3M", "/check?code=K70W3M", "/feed.atom", "/feed.json", "/feeds/areas/371302.json", "/?before=K7QW3M",
		"/alerts", "/alerts?before=K7QW3M", "/n/K7QW3M/text", "/n/K7QW3M/poster", "/n/K7QW3M/poster.png", "/p/tok1", "/cap/index.atom",
		"/cap/areas/371302.atom", "/cap/x.xml", "/alerts.geojson", "/feeds/areas/371302.geojson",
	} {
		w := get(s, path)
		wantPage(t, w, 503, "!secret.host")
		if w.Header().Get("Retry-After") == "" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
	wantPage(t, get(s, "/about"), 200)
}

func TestMethods(t *testing.T) {
	shelf := board(missing())
	shelf.add(debunk())
	s := newSite(t, shelf, false)
	for path, status := range map[string]int{
		"/n/G2HJKM": 200, "/n/G2HJKM.json": 200, "/n/ZZZZZZ.json": 404, "/p/tok1": 200, "/cap/guitu-G2HJKM-1.xml": 200, "/cap/index.atom": 200,
		"/": 200, "/en/": 200, "/n/K7QW3M": 200, "/check": 200, "/check?code=ZZZZZZ": 404, "/feed.atom": 200, "/feed.json": 200, "/robots.txt": 200, "/no": 404,
	} {
		w := ask(s, http.MethodHead, path)
		if w.Code != status || w.Body.Len() != 0 {
			t.Errorf("HEAD %s = %d with %d bytes, want %d with none", path, w.Code, w.Body.Len(), status)
		}
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
			if w := ask(s, method, path); w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s = %d, want 405", method, path, w.Code)
			}
		}
	}
	wantPage(t, get(s, "/robots.txt"), 200, "Allow: /practice/", "Disallow: /console/")
	if ct := get(s, "/favicon.ico").Header().Get("Content-Type"); ct != "image/svg+xml" {
		t.Errorf("/favicon.ico is %q", ct)
	}
}

func TestConditional(t *testing.T) {
	shelf := shelfOf(debunk())
	now := noon
	s, err := site.New(shelf, site.Options{PublicURL: base, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/feed.atom", "/feed.json", "/en/feed.atom", "/feeds/areas/370000.atom", "/", "/n/K7QW3M"} {
		first := get(s, path)
		etag := first.Header().Get("ETag")
		if w := get(s, path, "If-None-Match", etag); w.Code != 304 || w.Body.Len() != 0 {
			t.Errorf("%s with its ETag %s = %d", path, etag, w.Code)
		}
	}
	modified := get(s, "/feed.atom").Header().Get("Last-Modified")
	now = now.Add(time.Hour)
	if w := get(s, "/feed.atom", "If-Modified-Since", modified); w.Code != 304 {
		t.Errorf("an unchanged feed = %d, want 304", w.Code)
	}
	// A notice that was due long ago and comes out late, in the very second of the last reading.
	now = noon
	late := found()
	late.Due = noon.Add(-24 * time.Hour)
	etag := get(s, "/feed.atom").Header().Get("ETag")
	shelf.add(late)
	if w := get(s, "/feed.atom", "If-Modified-Since", modified); w.Code != 200 {
		t.Errorf("a feed with a late notice = %d, want 200", w.Code)
	}
	if w := get(s, "/feed.atom", "If-None-Match", etag); w.Code != 200 {
		t.Errorf("a feed with a late notice = %d by its ETag, want 200", w.Code)
	}
}
