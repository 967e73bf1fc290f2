package main

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/pquerna/otp/totp"

	"guitu"
	"guitu/internal/store"
)

// TestAlertFromConsole issues an alert from the console of a practice day: the form, the photo, the last look with its poster, one press,
// the site, and the end.
func TestAlertFromConsole(t *testing.T) {
	s, link := practiceDay(t, filepath.Join(t.TempDir(), "exercise.db"))
	defer s.close()
	base := s.config.PublicURL
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	form(t, browser, base+"/console/enter", url.Values{"code": {u.Query().Get("code")}})

	enrol(t, browser, base)

	list := page(t, browser, http.MethodGet, base+"/console/alerts", nil)
	edit := submit(t, browser, base, list, "/console/alerts", nil)
	action := edit.Find("#alert").AttrOr("action", "")
	edit = submit(t, browser, base, edit, action, url.Values{
		"name": {"林小川"}, "sex": {"男"}, "age": {"7"}, "place": {"临沂市兰山区虚构小区南门"}, "do": {"hour"},
	})
	if got := edit.Find("input[name=area][checked]").AttrOr("value", ""); got != "371302" {
		t.Errorf("the county of the place is %q, want 371302", got)
	}
	check := submit(t, browser, base, edit, action, url.Values{
		"clothing": {"蓝色外套、黑裤"}, "tier": {"lost"}, "reported": {"yes"}, "danger": {"年幼"}, "custody": {"none"},
		"contact_name": {"王警官"}, "contact": {"19900000001"}, "family": {"19900000002"}, "do": {"check"}, "photo_alt": {"男孩正面照"},
	}, grey(t))
	if blocks := check.Find(".alarm").Text(); blocks != "" {
		t.Fatalf("blocked: %s", blocks)
	}
	shown := check.Find(".shown").Text()
	for _, want := range []string{"site", "林小川", "19900000001", "照片（男孩正面照）"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the preview lacks %q: %s", want, shown)
		}
	}
	if strings.Contains(shown, "19900000002") {
		t.Error("the preview has the family's number")
	}
	id := regexp.MustCompile(`/console/alerts/(\d+)/`).FindStringSubmatch(action)[1]
	if p := text(t, browser, base+"/console/alerts/"+id+"/poster"); !strings.HasPrefix(p, "\x89PNG") {
		t.Errorf("the poster begins with %q", p[:min(len(p), 8)])
	}

	ticks := url.Values{}
	check.Find("input[name=ack]").Each(func(_ int, i *goquery.Selection) { ticks.Add("ack", i.AttrOr("value", "")) })
	channels := submit(t, browser, base, check, "/console/alerts/"+id+"/issue", ticks)
	code := channels.Find("main .code").Text()
	if _, ok := guitu.NormalizeCode(code); !ok {
		t.Fatalf("no code after issuing: %s", channels.Find("main").Text())
	}
	eventually(t, "the site has the alert", func() bool {
		return strings.Contains(page(t, browser, http.MethodGet, base+"/console/alerts/"+id+"/channels", nil).Find("main").Text(), "各渠道都已发出")
	})
	if body := text(t, http.DefaultClient, base+"/n/"+code); !strings.Contains(body, "林小川") || !strings.Contains(body, "演练") || strings.Contains(body, "19900000002") {
		t.Errorf("the status page: %s", body)
	}
	if got := painted(t, s, code); len(got) != 2 || got[0].Name != "poster.png" || !got[0].Child || got[1].Type != "image/jpeg" || len(got[1].Bytes) == 0 {
		t.Errorf("with the alert go %d pictures, want its poster and the photo: %+v", len(got), got)
	}

	c := page(t, browser, http.MethodGet, base+"/console/alerts/"+id, nil)
	for _, want := range []string{"林小川", "消息 1 · 发布", "投递 · site"} {
		if !strings.Contains(c.Find("main").Text(), want) {
			t.Errorf("the case lacks %q", want)
		}
	}
	receipt := tipFromPublic(t, browser, base, code, id)
	found := time.Now().In(s.config.location())
	submit(t, browser, base, c, "/console/alerts/"+id+"/close", url.Values{
		"outcome": {"lost/alive"}, "evidence": {"民警当面确认"}, "found_date": {found.Format(time.DateOnly)}, "found_time": {found.Format("15:04")},
	})
	eventually(t, "the name is gone from the site", func() bool {
		return !strings.Contains(text(t, http.DefaultClient, base+"/n/"+code), "林小川")
	})
	if got := text(t, http.DefaultClient, base+"/tips/"+receipt); !strings.Contains(got, "民警已经处理") || !strings.Contains(got, "走失") {
		t.Errorf("the receipt after the end: %s", got)
	}
	if got := painted(t, s, code); len(got) != 1 || got[0].Child {
		t.Errorf("after the end go %d pictures, want one without the child", len(got))
	}
	err = s.db.View(t.Context(), func(tx *store.Tx) error {
		a, err := tx.AlertByCode(t.Context(), code)
		if a.State != guitu.AlertClosed || a.Ending.Outcome != guitu.OutcomeLost {
			t.Errorf("closed as %+v", a.Ending)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tipFromPublic sends a tip with a photo from the status page, as somebody who has no account, and answers it in the case. It returns the
// receipt.
func tipFromPublic(t *testing.T, officer *http.Client, base, code, id string) string {
	t.Helper()
	citizen := &http.Client{Timeout: 20 * time.Second}
	path := page(t, citizen, http.MethodGet, base+"/n/"+code, nil).Find(`a[href$="/tip"]`).AttrOr("href", "")
	got := submit(t, citizen, base, page(t, citizen, http.MethodGet, base+path, nil), path, url.Values{
		"text": {"在虚构车站见到他"}, "place": {"乌鲁木齐市天山区"}, "contact": {"19900000003"}, "outcome": {"yes"},
	}, grey(t))
	receipt := got.Find("main .code").Text()
	if body := got.Find("main").Text(); receipt == "" || !strings.Contains(body, "民警还没有处理") {
		t.Fatalf("the receipt: %s", body)
	}
	c := page(t, officer, http.MethodGet, base+"/console/alerts/"+id, nil)
	for _, want := range []string{"1 条待处理", "在虚构车站见到他", "19900000003", "距离不可能"} {
		if !strings.Contains(c.Find("#tips").Text(), want) {
			t.Errorf("the tips lack %q: %s", want, c.Find("#tips").Text())
		}
	}
	if photo := text(t, officer, base+c.Find("#tips img").AttrOr("src", "")); !strings.HasPrefix(photo, "\xff\xd8\xff") {
		t.Errorf("the photo of the tip begins with %q", photo[:min(len(photo), 8)])
	}
	c = submit(t, officer, base, c, c.Find("#tips form").AttrOr("action", ""), url.Values{"answer": {"useful"}})
	if tips := c.Find("#tips").Text(); !strings.Contains(tips, "0 条待处理") || !strings.Contains(tips, "有用") {
		t.Errorf("after the answer: %s", tips)
	}
	return receipt
}

// enrol sets up the second factor of whoever has signed in, as an authenticator app does.
func enrol(t *testing.T, browser *http.Client, base string) {
	t.Helper()
	begun := page(t, browser, http.MethodPost, base+"/console/factor/begin", strings.NewReader(""))
	secret := strings.ReplaceAll(begun.Find("code.secret").Text(), " ", "")
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	done := page(t, browser, http.MethodPost, base+"/console/factor/confirm", strings.NewReader(url.Values{"code": {code}}.Encode()))
	if got := done.Find(".codes li").Length(); got != 10 {
		t.Fatalf("%d recovery codes: %s", got, done.Find("main").Text())
	}
}

// painted are the pictures that go with the last notice of an alert, as the running bot paints them for its channels.
func painted(t *testing.T, s *server, code string) []guitu.Picture {
	t.Helper()
	n, err := store.Public{DB: s.db, Channel: siteChannel}.Notice(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	painter := s.painter(func(code string) string { return s.config.PublicURL + "/n/" + code })
	if painter == nil {
		t.Fatal("there is no font")
	}
	all, err := painter.Pictures(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// submit fills in the form of a page that goes to an address, as a browser does: what stands in it, and values, and pictures.
func submit(t *testing.T, c *http.Client, base string, p *goquery.Document, action string, values url.Values, pictures ...[]byte) *goquery.Document {
	t.Helper()
	f := p.Find(`form[action="` + action + `"]`)
	if f.Length() == 0 {
		t.Fatalf("no form goes to %s: %s", action, p.Find("main").Text())
	}
	all := url.Values{}
	f.Find("input, select, textarea").Each(func(_ int, i *goquery.Selection) {
		name, kind := i.AttrOr("name", ""), i.AttrOr("type", "text")
		_, checked := i.Attr("checked")
		switch {
		case goquery.NodeName(i) == "textarea":
			all.Set(name, i.Text())
		case goquery.NodeName(i) == "select":
			all.Set(name, i.Find("option[selected]").AttrOr("value", ""))
		case kind == "file", (kind == "radio" || kind == "checkbox") && !checked:
		default:
			all.Set(name, i.AttrOr("value", ""))
		}
	})
	for name, vs := range values {
		all[name] = vs
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, vs := range all {
		for _, v := range vs {
			if err := w.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, picture := range pictures {
		part, err := w.CreateFormFile("photo", "photo.png")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(picture); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var body io.Reader = &b
	kind := w.FormDataContentType()
	if f.AttrOr("enctype", "") == "" {
		body, kind = strings.NewReader(all.Encode()), "application/x-www-form-urlencoded"
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+action, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %s", action, res.Status, doc.Find("main").Text())
	}
	return doc
}

// grey is a picture as a camera could have made it.
func grey(t *testing.T) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 600, 800))
	for i := range m.Pix {
		m.Pix[i] = byte(i % 251)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
