// Package chromium drives a real browser, for tests: an empty profile, and no scripts in the pages, which have to work without.
package chromium

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"guitu"
	"guitu/internal/testenv"
)

// Browser is a window of a browser. What can't be done within its time ends the test.
type Browser struct {
	t   testing.TB
	ctx context.Context // in which chromedp keeps the browser
}

// Start starts a browser of its own for at most so long. It ends with the test.
func Start(t testing.TB, limit time.Duration) *Browser {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(testenv.Chromium(t)),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, // continuous integration runs as root
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
	)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	return &Browser{t: t, ctx: ctx}
}

// AllowScripts lets pages run scripts from the next one on.
func (b *Browser) AllowScripts() {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{}); err != nil {
		b.t.Fatal(err)
	}
}

// Do carries out steps that stay on the page.
func (b *Browser) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// Open opens an address.
func (b *Browser) Open(address string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(address)); err != nil {
		b.t.Fatalf("open %s: %v", address, err)
	}
}

// Click clicks on what leads to another page, and waits for it.
func (b *Browser) Click(on string) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(on))); err != nil {
		b.t.Fatalf("click on %s: %v", on, err)
	}
}

// Text returns what the first element that a CSS selector names shows.
func (b *Browser) Text(of string) string {
	b.t.Helper()
	return Read(b, chromedp.Text(chromedp.CSS(of)))
}

// FitsPhone fails the test when the page that is open is wider than the screen of a small phone, and so scrolls sideways.
func (b *Browser) FitsPhone() {
	b.t.Helper()
	const screen = 360 // CSS pixels
	b.Do(chromedp.EmulateViewport(screen, 740))
	width := Read(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
	if width > screen {
		b.t.Errorf("%s is %d pixels wide on a screen of %d", Read(b, chromedp.Location()), width, screen)
	}
}

// Read returns what an action reads.
func Read[T any](b *Browser, a chromedp.Action[T]) T {
	b.t.Helper()
	got, err := chromedp.Run(b.ctx, a)
	if err != nil {
		b.t.Fatal(err)
	}
	return got
}

// Allow grants permissions to an origin, as a person would, and says where the person is.
func (b *Browser) Allow(origin string, at guitu.Point, permissions ...string) {
	b.t.Helper()
	for _, name := range permissions {
		p := browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted, Origin: origin,
		}
		if _, err := chromedp.CallBrowser(b.ctx, browser.SetPermission, p); err != nil {
			b.t.Fatalf("allow %s: %v", name, err)
		}
	}
	accuracy := 10.0
	if _, err := chromedp.Call(b.ctx, emulation.SetGeolocationOverride, emulation.SetGeolocationOverrideParams{
		Latitude: &at.Lat, Longitude: &at.Lng, Accuracy: &accuracy,
	}); err != nil {
		b.t.Fatal(err)
	}
}

// Push brings a message to the service worker of an origin, which ends with a slash, as its push service would: again while it has not
// arrived, since a browser that is busy drops what comes too early.
func (b *Browser) Push(origin, message string, arrived func() bool) {
	b.t.Helper()
	found := make(chan serviceworker.RegistrationID, 10)
	err := chromedp.Listen(b.ctx, func(event any) {
		if e, ok := event.(*serviceworker.EventWorkerRegistrationUpdated); ok {
			for _, r := range e.Registrations {
				select {
				case found <- r.RegistrationID:
				default:
				}
			}
		}
	})
	if err == nil {
		_, err = chromedp.Call(b.ctx, serviceworker.Enable, cdp.Empty{})
	}
	if err != nil {
		b.t.Fatal(err)
	}
	select {
	case id := <-found:
		for done := false; err == nil && !done; done = arrived() {
			_, err = chromedp.Call(b.ctx, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{
				Origin: origin, RegistrationID: id, Data: message,
			})
		}
	case <-b.ctx.Done():
		err = b.ctx.Err()
	}
	if err != nil {
		b.t.Fatalf("push: %v", err)
	}
}
