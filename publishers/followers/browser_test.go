package followers_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"guitu"
	"guitu/internal/testenv/chromium"
)

// subscribe stands in for the browser's push service, which a test can't reach: what it would give back is made up. All else is real.
const subscribe = `PushManager.prototype.subscribe = async function (o) {
	if (!o.userVisibleOnly || o.applicationServerKey.length !== 87) throw new Error("options");
	const made = { endpoint: "https://push.example/1", toJSON: () => ` + subscriptionWithoutPlace + `, unsubscribe: async () => { window.gone = true; return true; } };
	PushManager.prototype.getSubscription = async () => made;
	return made;
}`

const subscriptionWithoutPlace = `({"endpoint":"https://push.example/1","keys":{"auth":"MDEyMzQ1Njc4OWFiY2RlZg",` +
	`"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"}})`

// TestFollowInBrowser turns the notices on and off in a real browser, has its service worker show one, and looks at the page without scripts.
func TestFollowInBrowser(t *testing.T) {
	b := book{}
	s := httptest.NewServer(pages(t, b))
	defer s.Close()
	w := chromium.Start(t, time.Minute)
	w.Open(s.URL + "/follow")
	w.FitsPhone()
	if got := w.Text("noscript"); !strings.Contains(got, "JavaScript") || !strings.Contains(w.Text("main"), "Hear of missing children") {
		t.Errorf("without scripts the page says %q", got)
	}
	if !chromium.Read(w, chromedp.Evaluate[bool](`document.getElementById("buttons").hidden`)) {
		t.Error("buttons that need scripts are shown without")
	}
	w.AllowScripts()
	w.Allow(s.URL, guitu.Point{Lat: 35.0517, Lng: 118.3449}, "notifications", "geolocation")
	w.Open(s.URL + "/follow")
	w.FitsPhone()
	says := func(button, word string) {
		t.Helper()
		w.Do(chromedp.Evaluate[chromedp.Void](`document.getElementById("` + button + `").click()`))
		got := chromium.Read(w, chromedp.Evaluate[string](`new Promise((done) => {
			const look = () => /已|没有|未能/.test(state.textContent) ? done(state.textContent) : requestAnimationFrame(look);
			look();
		})`, chromedp.EvalAwaitPromise))
		if !strings.Contains(got, word) {
			t.Fatalf("after %s the page says %q, want %q", button, got, word)
		}
	}
	w.Do(chromedp.Evaluate[chromedp.Void](subscribe))
	says("on", "提醒已开启")
	f, kept := b["https://push.example/1"]
	if want := (guitu.Point{Lat: 35.05, Lng: 118.34}); !kept || f.Point != want {
		t.Errorf("kept %+v, want one follower at %v", b, want)
	}
	var shown string
	w.Push(s.URL+"/", `{"title":"寻人","body":"某地","url":"/n/K7M2QX","tag":"K7M2QX","silent":false}`, func() bool {
		shown = chromium.Read(w, chromedp.Evaluate[string](`new Promise((done) => {
			let looks = 40;
			const look = async () => {
				const all = await (await navigator.serviceWorker.ready).getNotifications();
				if (all.length > 0 || --looks === 0) done(all.map((n) => [n.title, n.body, n.tag, n.lang].join("|")).join()); else setTimeout(look, 50);
			};
			look();
		})`, chromedp.EvalAwaitPromise))
		return shown != ""
	})
	if shown != "寻人|某地|K7M2QX|zh-CN" {
		t.Errorf("the worker shows %q", shown)
	}
	w.Do(chromedp.Evaluate[chromedp.Void](`state.textContent = ""`))
	says("off", "提醒已停止")
	if len(b) != 0 || !chromium.Read(w, chromedp.Evaluate[bool](`window.gone === true`)) {
		t.Errorf("after stopping %d followers are kept", len(b))
	}
}
