package console_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"guitu"
	"guitu/bot/console"
	"guitu/internal/testenv/chromium"
)

// TestOfficerInBrowser walks from the sign-in link to the verdict in a real browser without JavaScript, on a phone's screen.
func TestOfficerInBrowser(t *testing.T) {
	w := chromium.Start(t, time.Minute)
	b := newBackend()
	s := httptest.NewServer(console.New(b, console.Options{Now: b.now}))
	defer s.Close()
	code, err := b.SignInCode(t.Context(), officerID)
	if err != nil {
		t.Fatal(err)
	}

	w.Do(chromedp.EmulateViewport(360, 740), chromedp.Navigate(s.URL+"/console/enter?code="+code))
	w.Click("main button")
	list := w.Text("main")

	w.Click(`a[href="/console/stories/17"]`)
	story := w.Text("main")

	// Refuted without saying how: the form comes back with what was chosen.
	w.Do(chromedp.Click(chromedp.CSS(`label[for="press-1"]`)))
	w.Click(".act button")
	complaint := w.Text("[role=alert]")
	kept := chromium.Read(w, chromedp.Value(chromedp.CSS("input[name=press]:checked")))

	w.Do(chromedp.SendKeys(chromedp.CSS("#basis"), "已向辖区派出所和学校核实"))
	w.Click(".act button")
	ruled := w.Text("main")
	// The pages' own policy lets their style sheet in.
	radius := chromium.Read(w, chromedp.Evaluate[string](`getComputedStyle(document.querySelector(".panel")).borderRadius`))

	for _, c := range []struct{ page, text, want string }{
		{"list", list, "钱**"},
		{"story", story, "钱小某"},
		{"complaint", complaint, "请写明如何核查"},
		{"choice kept", kept, "rule:17:0:refuted"},
		{"verdict", ruled, "核查结论：不实"},
		{"verdict", ruled, "已向辖区派出所和学校核实"},
		{"verdict", ruled, "甲民警，兰山值班台"},
		{"style", radius, "10px"},
	} {
		if !strings.Contains(c.text, c.want) {
			t.Errorf("%s lacks %q: %s", c.page, c.want, c.text)
		}
	}
	got := b.decided()
	if len(got) != 1 || got[0].Ruling != guitu.Refuted || got[0].Basis != "已向辖区派出所和学校核实" {
		t.Errorf("decided %v", got)
	}
}

// TestNoPageScrollsSideways opens every page on a small phone.
func TestNoPageScrollsSideways(t *testing.T) {
	w := chromium.Start(t, time.Minute)
	b := newBackend()
	b.questions[17].Precedent = &guitu.Precedent{Rumor: b.questions[18].Rumor}
	b.addStory(20, lan, guitu.Claim{Place: strings.Repeat("很长的地点", 20), Area: "371302"}, strings.Repeat("x", 300))
	b.assets = []guitu.Asset{{ID: 3, Kind: guitu.AssetName, Value: strings.Repeat("长", 60), RumorID: 17}, {ID: 4, Dropped: midnight, Reason: strings.Repeat("由", 90)}}
	s := httptest.NewServer(console.New(b, console.Options{Now: b.now, BotName: botName}))
	defer s.Close()
	code, err := b.SignInCode(t.Context(), adminID)
	if err != nil {
		t.Fatal(err)
	}
	w.Do(chromedp.EmulateViewport(360, 740), chromedp.Navigate(s.URL+"/console/enter?code="+code))
	w.Click("main button")
	for _, path := range []string{
		"", "stories", "stories/17", "stories/20", "registry", "deliveries", "deliveries/103", "sources", "quarantine", "officers", "officers/11",
		"roster", "roster?desk=1",
		"factor", "telegram", "nowhere",
	} {
		w.Open(s.URL + "/console/" + path)
		w.FitsPhone()
		if strings.HasPrefix(path, "stories/") {
			if !strings.Contains(w.Text("h1"), "为什么查看") {
				t.Errorf("%s opens without a reason", path)
			}
			w.Do(chromedp.Click(chromedp.CSS("#why-supervise")))
			w.Click("main button")
			w.FitsPhone()
		}
	}
	w.Open(s.URL + "/console/factor")
	w.Click("main button")
	w.FitsPhone()
	w.Do(chromedp.SendKeys(chromedp.CSS("#code"), goodCode))
	w.Click("main button")
	w.FitsPhone()
	b.officers[adminID].Role = guitu.RoleAuditor
	b.entries = []guitu.Entry{{ID: 1, At: midnight, OfficerID: officerID, Deed: guitu.DeedAlertHandOver, ThingID: 17, Hash: strings.Repeat("ab", 32), Detail: map[string]string{"until": strings.Repeat("9", 80)}}}
	b.views = []guitu.View{{ID: 1, Officer: *b.officers[officerID], Desk: lan, RumorID: 17, Reason: guitu.ViewOther, Note: strings.Repeat("长", 60)}}
	for _, path := range []string{"audit", "views"} {
		w.Open(s.URL + "/console/" + path)
		w.FitsPhone()
	}
}

// TestTieTelegramInBrowser walks from the menu to a tied account and back, on a phone's screen.
func TestTieTelegramInBrowser(t *testing.T) {
	w := chromium.Start(t, time.Minute)
	b := newBackend()
	s := httptest.NewServer(console.New(b, console.Options{Now: b.now, BotName: botName}))
	defer s.Close()
	code, err := b.SignInCode(t.Context(), otherID)
	if err != nil {
		t.Fatal(err)
	}
	w.Do(chromedp.EmulateViewport(360, 740), chromedp.Navigate(s.URL+"/console/enter?code="+code))
	w.Click("main button")
	w.Click(`.menu a[href="/console/telegram"]`)
	before := w.Text("main")
	w.Click("main form button")
	command := chromium.Read(w, chromedp.Value(chromedp.CSS("#start")))
	link := chromium.Read(w, chromedp.Evaluate[string](`document.querySelector("a.go").href`))
	w.FitsPhone()

	b.tie(otherID, 10000018) // as the bot does when it is sent the command
	w.Click(`main a[href="/console/telegram"]`)
	tied := w.Text("main")
	w.Click("main form button")
	untied := w.Text("main")

	for _, c := range []struct{ page, text, want string }{
		{"before", before, "未绑定"},
		{"command", command, "/start code-14-0"},
		{"link", link, "https://t.me/guitu_test_bot?start=code-14-0"},
		{"tied", tied, "已绑定"},
		{"untied", untied, "已解除绑定"},
		{"untied", untied, "未绑定"},
	} {
		if !strings.Contains(c.text, c.want) {
			t.Errorf("%s lacks %q: %s", c.page, c.want, c.text)
		}
	}
}
