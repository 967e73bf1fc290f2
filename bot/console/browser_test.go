package console_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"guitu"
	"guitu/bot/console"
	"guitu/internal/testenv"
)

// chromium starts a browser of its own with an empty profile and no JavaScript in its pages.
func chromium(t *testing.T) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(testenv.Chromium(t)),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, // continuous integration runs as root
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
	)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// do carries out steps that stay on the page.
func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// click clicks on what leads to another page, and waits for it.
func click(t *testing.T, ctx context.Context, on string) {
	t.Helper()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(on))); err != nil {
		t.Fatalf("click on %s: %v", on, err)
	}
}

// read returns what an action reads.
func read[T any](t *testing.T, ctx context.Context, a chromedp.Action[T]) T {
	t.Helper()
	got, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestOfficerInBrowser walks from the sign-in link to the verdict in a real browser without JavaScript, on a phone's screen.
func TestOfficerInBrowser(t *testing.T) {
	ctx := chromium(t)
	b := newBackend()
	s := httptest.NewServer(console.New(b, console.Options{Now: b.now}))
	defer s.Close()
	code, err := b.SignInCode(ctx, officerID)
	if err != nil {
		t.Fatal(err)
	}

	do(t, ctx, chromedp.EmulateViewport(360, 740), chromedp.Navigate(s.URL+"/console/enter?code="+code))
	click(t, ctx, "main button")
	list := read(t, ctx, chromedp.Text(chromedp.CSS("main")))

	click(t, ctx, `a[href="/console/stories/17"]`)
	story := read(t, ctx, chromedp.Text(chromedp.CSS("main")))

	// Refuted without saying how: the form comes back with what was chosen.
	do(t, ctx, chromedp.Click(chromedp.CSS(`label[for="press-1"]`)))
	click(t, ctx, ".act button")
	complaint := read(t, ctx, chromedp.Text(chromedp.CSS("[role=alert]")))
	kept := read(t, ctx, chromedp.Value(chromedp.CSS("input[name=press]:checked")))

	do(t, ctx, chromedp.SendKeys(chromedp.CSS("#basis"), "已向辖区派出所和学校核实"))
	click(t, ctx, ".act button")
	ruled := read(t, ctx, chromedp.Text(chromedp.CSS("main")))
	// The pages' own policy lets their style sheet in.
	radius := read(t, ctx, chromedp.Evaluate[string](`getComputedStyle(document.querySelector(".panel")).borderRadius`))

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
	ctx := chromium(t)
	b := newBackend()
	b.addStory(20, lan, guitu.Claim{Place: strings.Repeat("很长的地点", 20), Area: "371302"}, strings.Repeat("x", 300))
	s := httptest.NewServer(console.New(b, console.Options{Now: b.now}))
	defer s.Close()
	code, err := b.SignInCode(ctx, adminID)
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.EmulateViewport(360, 740), chromedp.Navigate(s.URL+"/console/enter?code="+code))
	click(t, ctx, "main button")
	for _, path := range []string{
		"", "stories", "stories/17", "stories/20", "deliveries", "deliveries/103", "sources", "quarantine", "officers", "nowhere",
	} {
		do(t, ctx, chromedp.Navigate(s.URL+"/console/"+path))
		width := read(t, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
		if width > 360 {
			t.Errorf("/console/%s is %d pixels wide on a screen of 360", path, width)
		}
	}
}
