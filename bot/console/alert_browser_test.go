package console_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"guitu"
	"guitu/bot/console"
	"guitu/internal/gazetteer"
	"guitu/internal/testenv/chromium"
)

// hand is an officer at a browser, whose presses and words are counted.
type hand struct {
	*chromium.Browser
	clicks, fields, keys int
}

// write types into a field.
func (h *hand) write(field, words string) {
	h.fields++
	h.keys += len([]rune(words))
	h.Do(chromedp.SendKeys(chromedp.CSS("#"+field), words))
}

// clear deletes what stands in a field.
func (h *hand) clear(field string) {
	n := len([]rune(chromium.Read(h.Browser, chromedp.Value(chromedp.CSS("#"+field)))))
	h.Do(chromedp.SendKeys(chromedp.CSS("#"+field), kb.End+strings.Repeat(kb.Backspace, n)))
}

// press clicks on what stays on the page.
func (h *hand) press(on string) {
	h.clicks++
	h.Do(chromedp.Click(chromedp.CSS(on)))
}

// turn clicks on what leads to another page.
func (h *hand) turn(on string) {
	h.clicks++
	h.Click(on)
}

// look is called at the pages that people see.
var look = func(*hand, string) {}

// atAlerts opens the console of an officer on a phone.
func atAlerts(t *testing.T, b *backend, ks *cases, scripts bool) (*hand, string) {
	t.Helper()
	h := &hand{Browser: chromium.Start(t, 2*time.Minute)}
	if scripts {
		h.AllowScripts()
	}
	s := httptest.NewServer(console.New(b, console.Options{
		Now: b.now, Alerts: ks, Places: places{}, AreaName: gazetteer.Name, NoticeURL: func(code string) string { return "https://guitu.example/n/" + code },
	}))
	t.Cleanup(s.Close)
	b.officers[officerID].Factor = true
	code, err := b.SignInCode(t.Context(), officerID)
	if err != nil {
		t.Fatal(err)
	}
	h.Do(chromedp.EmulateViewport(390, 844), chromedp.Navigate(s.URL+"/console/enter?next=/console/alerts&code="+code))
	h.Click("main button")
	h.Do(chromedp.SendKeys(chromedp.CSS("#code"), goodCode))
	h.Click("main button")
	return h, s.URL
}

// TestAlertInBrowser issues an alert on a phone, without scripts: from the list to the channels.
func TestAlertInBrowser(t *testing.T) {
	b := newBackend()
	ks := newCases(b)
	ks.concerns = []guitu.Concern{{Code: "night", Field: "missing_at", Message: "走失时间在深夜，请核对。"}}
	h, _ := atAlerts(t, b, ks, false)
	photo := filepath.Join(t.TempDir(), "photo.png")
	if err := os.WriteFile(photo, picture(600, 800), 0o600); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	look(h, "list")
	h.turn(`form[action="/console/alerts"] button`)
	look(h, "form-empty")
	h.write("name", "林小川")
	h.press(`label[for="sex-m"]`)
	h.write("age", "7")
	h.write("place", "临沂市兰山区虚构小区南门")
	h.turn(`button[value="hour"]`)
	at := chromium.Read(h.Browser, chromedp.Value(chromedp.CSS("#time")))
	h.write("clothing", "蓝色外套、黑裤、白球鞋")
	h.Do(chromedp.SetUploadFiles(chromedp.CSS("#photo"), []string{photo}))
	h.clicks++
	h.press(`label[for="tier-lost"]`)
	h.press(`label[for="reported-yes"]`)
	h.write("danger", "年幼")
	h.press(`label[for="custody-none"]`)
	look(h, "form-full")
	// The number is the family's, which is refused beside the field, and nothing that was typed is lost.
	h.write("family", "19900000002")
	h.clear("contact") // it has the number that the officer gave last
	h.write("contact", "19900000002")
	h.turn(`button[value="check"]`)
	refused := h.Text("#err-contact")
	look(h, "form-refused")
	kept := chromium.Read(h.Browser, chromedp.Value(chromedp.CSS("#clothing")))
	h.clear("contact")
	h.write("contact", "19900000001")
	h.turn(`button[value="check"]`)
	check := h.Text("main")
	look(h, "check")
	h.press(`label[for="ack-night"]`)
	h.turn(`button.big`)
	out := h.Text("main")
	look(h, "channels")
	t.Logf("%d fields with %d characters, %d clicks, %.1f s by machine", h.fields, h.keys, h.clicks, time.Since(began).Seconds())

	for _, c := range []struct{ page, text, want string }{
		{"time", at, "00:00"}, // an hour before 01:00 in Beijing
		{"refusal", refused, "家属的电话"},
		{"clothing", kept, "蓝色外套、黑裤、白球鞋"},
		{"check", check, "林小川"},
		{"check", check, "我已确认"},
		{"channels", out, "Q3WXYZ"},
		{"channels", out, "部分发布"},
	} {
		if !strings.Contains(c.text, c.want) {
			t.Errorf("%s lacks %q: %s", c.page, c.want, c.text)
		}
	}
	a := ks.alerts[ks.last-1] // the photo has the last number
	f := a.Facts
	if a.State != guitu.AlertActive || f.Area != "371302" || f.Child.Age != 7 || !f.MissingAt.Equal(midnight.Add(-time.Hour)) || f.Contact.Phone != "19900000001" ||
		len(f.Family) != 1 || f.Tier != guitu.TierLost || !f.Checklist.Reported || len(ks.photos[a.ID]) != 1 {
		t.Errorf("issued %+v with photos %+v", *a, ks.photos[a.ID])
	}
}

// TestDraftKeepsItself types with scripts: what is typed is kept without a press, the county is found beside the place, and what two
// officers wrote at once is shown to the second.
func TestDraftKeepsItself(t *testing.T) {
	b := newBackend()
	ks := newCases(b)
	h, base := atAlerts(t, b, ks, true)
	h.Open(base + "/console/alerts/31/edit")
	h.write("name", "林小川")
	h.write("place", "临沂市河东区虚构路")
	h.Do(chromedp.Focus(chromedp.CSS("#age")))
	chromium.Read(h.Browser, chromedp.Poll[bool](`document.querySelector("#area-371312")?.checked && document.querySelector("#saved").textContent.includes("已保存")`))
	if f := ks.facts(draftID); f.Child.Name != "林小川" || f.Area != "371312" {
		t.Errorf("kept %+v", f)
	}
	h.press(`button[value="now"]`)
	chromium.Read(h.Browser, chromedp.Poll[bool](`document.querySelector("#time").value === "01:00"`))
	look(h, "form-autosaved")

	ks.edit(draftID, func(f *guitu.Facts) { f.Child.Clothing = "红色外套" })
	h.write("clothing", "蓝色外套")
	h.Do(chromedp.Focus(chromedp.CSS("#age")))
	chromium.Read(h.Browser, chromedp.Poll[bool](`document.querySelector("#saved").textContent.includes("别人")`))
	h.turn(`.bar button[value="save"]`)
	page := h.Text("main")
	look(h, "form-conflict")
	for _, want := range []string{"现在保存的是：红色外套", "尚未保存"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of a conflict lacks %q: %s", want, page)
		}
	}
	if got := chromium.Read(h.Browser, chromedp.Value(chromedp.CSS("#clothing"))); got != "蓝色外套" {
		t.Errorf("the page of a conflict has %q in it, want what was typed", got)
	}
	h.turn(`.bar button[value="save"]`)
	if f := ks.facts(draftID); f.Child.Clothing != "蓝色外套" || f.Child.Name != "林小川" {
		t.Errorf("after the conflict: %+v", f.Child)
	}
}

// TestAlertPagesFitPhones opens every page of alerts on a small phone.
func TestAlertPagesFitPhones(t *testing.T) {
	b := newBackend()
	ks := newCases(b)
	for _, id := range []int64{draftID, activeID} {
		ks.edit(id, func(f *guitu.Facts) {
			*f = goodFacts("371302")
			f.Child.Name, f.Place = strings.Repeat("长", 40), strings.Repeat("很长的地点", 20)
			f.Child.Clothing, f.Unconfirmed = strings.Repeat("x", 300), []string{"name", "sex", "place", "missing_at", "clothing"}
		})
	}
	ks.photos[activeID] = []guitu.Photo{{ID: 5, Alt: strings.Repeat("照", 60)}}
	ks.approvals[activeID][0].By = *b.officers[officerID]
	h, base := atAlerts(t, b, ks, false)
	for _, path := range []string{"alerts", "alerts/31/edit", "alerts/31/check", "alerts/32", "alerts/32/channels", "alerts/32/amend", "alerts/33"} {
		h.Open(base + "/console/" + path)
		look(h, strings.ReplaceAll(path, "/", "-"))
		h.FitsPhone()
	}
}

func (c *cases) facts(id int64) guitu.Facts {
	defer c.b.lock()()
	return c.alerts[id].Facts
}

// edit changes a draft as another officer does.
func (c *cases) edit(id int64, do func(*guitu.Facts)) {
	defer c.b.lock()()
	do(&c.alerts[id].Facts)
	c.alerts[id].Version++
}
