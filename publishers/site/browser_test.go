package site_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/testenv/chromium"
)

// TestNoPageScrollsSideways opens every page on a small phone, without JavaScript.
func TestNoPageScrollsSideways(t *testing.T) {
	long := debunk()
	long.Code = "Q2WG3R"
	long.Texts[guitu.Chinese] = guitu.Text{
		Headline: strings.Repeat("很长的标题", 30), Description: strings.Repeat("x", 300), Instruction: strings.Repeat("请不要转发", 60),
	}
	long.Sources = []string{"https://weibo.example/" + strings.Repeat("y", 300)}
	shelf := board(missing())
	facts := &shelf.alerts[0].Told[0].Message.Facts
	facts.Child.Name, facts.Child.Clothing, facts.Contact.Name = strings.Repeat("字", 40), strings.Repeat("x", 300), strings.Repeat("值班台", 12)
	for _, n := range []guitu.Notice{debunk(), found(), long} {
		shelf.add(n)
	}
	o := over(missing(), guitu.AlertClosed)
	o.AlertID, o.Code = 2, "E2HJKM"
	shelf.alerts = append(shelf.alerts, o)
	s := httptest.NewServer(newSite(t, shelf, true))
	defer s.Close()
	w := chromium.Start(t, time.Minute)
	for _, path := range []string{
		"/", "/n/K7QW3M", "/n/F9WND2", "/n/Q2WG3R", "/check?code=K7QW3M", "/about", "/nowhere", "/en/", "/en/n/K7QW3M", "/en/n/Q2WG3R",
		"/en/check", "/en/about", "/n/G2HJKM", "/en/n/G2HJKM", "/n/G2HJKM/text", "/en/n/G2HJKM/text", "/alerts", "/en/alerts", "/n/E2HJKM",
		"/en/n/E2HJKM", "/n/E2HJKM/text", "/p/none",
	} {
		w.Open(s.URL + path)
		w.FitsPhone()
		if path == "/n/Q2WG3R" && !strings.Contains(w.Text("main"), "很长的标题") {
			t.Errorf("%s shows no notice", path)
		}
	}
}
