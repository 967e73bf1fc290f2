package site_test

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/internal/testenv/capcheck"
	"guitu/publishers/site"
	"guitu/verify/alerts"
)

// lived is the site on a real database, with an officer who issues alerts.
type lived struct {
	t   *testing.T
	web *site.Site
	*alerts.Alerts
	db      *store.DB
	now     time.Time
	officer int64
	keys    int
}

func eachLived(t *testing.T, test func(t *testing.T, h *lived)) {
	for name, address := range map[string]func(*testing.T) string{
		"SQLite":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "test.db") },
		"PostgreSQL": func(t *testing.T) string { return testenv.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			h := &lived{t: t, now: noon}
			clock := func() time.Time { return h.now }
			var err error
			if h.db, err = store.Open(t.Context(), address(t), store.Options{Now: clock}); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { h.db.Close() })
			sign, err := signer()
			if err != nil {
				t.Fatal(err)
			}
			h.web, err = site.New(store.Public{DB: h.db, Channel: "site"}, site.Options{
				PublicURL: base, Signer: sign, Now: clock,
				Pictures: func(_ context.Context, n guitu.Notice) ([]guitu.Picture, error) {
					return []guitu.Picture{{Name: "poster.png", Type: "image/png", Bytes: []byte(n.Texts[guitu.Chinese].Headline)}}, nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			h.Alerts = alerts.New(h.db, alerts.Options{Channels: []string{"site"}, Home: "site", Sender: "guitu@guitu.example"})
			h.update(func(ctx context.Context, tx *store.Tx) error {
				if err := tx.SetDesks(ctx, []guitu.Desk{{Name: "部值班台"}, {Name: "兰山区值班台", Area: "371302"}}); err != nil {
					return err
				}
				desks, err := tx.Desks(ctx)
				if err != nil {
					return err
				}
				o := guitu.Officer{Name: "李民警", Role: guitu.RoleOfficer, Desk: desks[slices.IndexFunc(desks, func(d guitu.Desk) bool { return d.Area != "" })]}
				err = tx.CreateOfficer(ctx, &o)
				h.officer = o.ID
				return err
			})
			test(t, h)
		})
	}
}

func (h *lived) update(fn func(ctx context.Context, tx *store.Tx) error) {
	h.t.Helper()
	ctx := h.t.Context()
	if err := h.db.Update(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		h.t.Fatal(err)
	}
}

func (h *lived) key() string {
	h.keys++
	return "press:" + strings.Repeat("x", h.keys)
}

// issued is an active alert with a photo, not yet on the site.
func (h *lived) issued() (guitu.Alert, guitu.Photo) {
	h.t.Helper()
	ctx := h.t.Context()
	a, err := h.Begin(ctx, guitu.BeginRequest{OfficerID: h.officer, Key: h.key()})
	if err != nil {
		h.t.Fatal(err)
	}
	p, err := h.AddPhoto(ctx, guitu.PhotoRequest{
		AlertID: a.ID, OfficerID: h.officer, Key: h.key(), Bytes: pixel,
		Photo: guitu.Photo{Alt: "男孩的正面照", Type: "image/png", Width: 1, Height: 1, Hash: "0123456789abcdef"},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	a, err = h.Edit(ctx, guitu.EditRequest{AlertID: a.ID, OfficerID: h.officer, Version: a.Version, Key: h.key(), Facts: guitu.Facts{
		Tier: guitu.TierLost, Place: "金雀山路菜市场", Area: "371302", Point: &guitu.Point{Lat: 35.05, Lng: 118.35}, MissingAt: h.now.Add(-90 * time.Minute),
		Child:   guitu.Child{Name: childName, Sex: "男", Age: 7, AgeKnown: true, Clothing: "蓝色外套"},
		Contact: guitu.Contact{Name: "王警官", Phone: "19900001234"}, Family: []string{"19900005678"},
		Checklist: guitu.Checklist{Reported: true, Danger: "年幼", Custody: guitu.CustodyNone},
	}})
	if err != nil {
		h.t.Fatal(err)
	}
	if a, err = h.Issue(ctx, guitu.IssueRequest{AlertID: a.ID, OfficerID: h.officer, Version: a.Version, Key: h.key()}); err != nil {
		h.t.Fatal(err)
	}
	return a, p
}

// deliver lets what waits for the site stand there.
func (h *lived) deliver(a guitu.Alert) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.AlertDeliveries(ctx, a.ID)
		for _, d := range all {
			if err == nil && d.State == guitu.DeliveryDue {
				_, err = tx.MoveDelivery(ctx, d.ID, guitu.DeliveryDue, guitu.DeliverySent, "")
			}
		}
		return err
	})
}

// reach reads everything that the site answers of an alert.
func (h *lived) reach(a guitu.Alert, p guitu.Photo) map[string]string {
	bodies := map[string]string{}
	paths := []string{
		"/", "/en/", "/alerts", "/en/alerts", "/n/" + a.Code, "/en/n/" + a.Code, "/n/" + a.Code + "/text", "/en/n/" + a.Code + "/text", "/n/" + a.Code + "/poster",
		"/n/" + a.Code + "/poster.png", "/n/" + a.Code + ".json", "/p/" + p.Token, "/feed.atom", "/feed.json", "/en/feed.atom", "/en/feed.json",
		"/feeds/areas/371300.atom", "/feeds/areas/371300.json", "/feeds/areas/371300.geojson", "/alerts.geojson", "/cap/index.atom", "/cap/areas/371300.atom",
	}
	for i := range 9 {
		paths = append(paths, capPathOf("guitu-"+a.Code+"-"+string(rune('1'+i))))
	}
	for _, path := range paths {
		bodies[path] = get(h.web, path).Body.String()
	}
	return bodies
}

// child is whatever leads to the child.
var child = regexp.MustCompile(childName + `|蓝色外套|红色外套|菜市场|1990000|PNG|/p/|男孩`)

// TestAlertOnTheSite follows an alert from its issue to its end, by the same code as outside of tests.
func TestAlertOnTheSite(t *testing.T) {
	eachLived(t, func(t *testing.T, h *lived) {
		ctx := t.Context()
		a, p := h.issued()
		wantPage(t, get(h.web, "/n/"+a.Code), 404) // not delivered yet
		h.deliver(a)
		first := h.reach(a, p)
		for _, path := range []string{"/n/" + a.Code, "/en/n/" + a.Code, "/n/" + a.Code + "/text", "/n/" + a.Code + "/poster.png", "/feed.atom", "/feeds/areas/371300.json", "/cap/guitu-" + a.Code + "-1.xml"} {
			if !strings.Contains(first[path], childName) {
				t.Errorf("%s does not name the child who is looked for: %.300s", path, first[path])
			}
		}
		for path, body := range first {
			if strings.Contains(body, "19900005678") || strings.Contains(body, "年幼") || strings.Contains(body, "李民警") {
				t.Errorf("%s tells what is for officers only: %s", path, body)
			}
		}
		if first["/p/"+p.Token] != string(pixel) || !strings.Contains(first["/cap/index.atom"], "/cap/guitu-"+a.Code+"-1.xml") {
			t.Errorf("photo of %d bytes, index %s", len(first["/p/"+p.Token]), first["/cap/index.atom"])
		}

		h.now = h.now.Add(10 * time.Minute)
		facts := a.Facts
		facts.Child.Clothing = "红色外套"
		a, err := h.Amend(ctx, guitu.AmendRequest{AlertID: a.ID, OfficerID: h.officer, Version: a.Version, Facts: facts, Correction: true, Note: "孩子穿红色外套", Key: h.key()})
		if err != nil {
			t.Fatal(err)
		}
		h.deliver(a)
		wantPage(t, get(h.web, "/n/"+a.Code), 200, "内容有更新", "红色外套")
		files := [][]byte{get(h.web, "/cap/guitu-"+a.Code+"-1.xml").Body.Bytes(), get(h.web, "/cap/guitu-"+a.Code+"-2.xml").Body.Bytes()}

		h.now = h.now.Add(10 * time.Minute)
		a, err = h.Close(ctx, guitu.CloseRequest{
			AlertID: a.ID, OfficerID: h.officer, Version: a.Version, Key: h.key(),
			Closing: guitu.Closing{Outcome: guitu.OutcomeLost, Life: guitu.Alive, FoundAt: h.now, Evidence: "民警在商场找到"},
		})
		if err != nil {
			t.Fatal(err)
		}
		// At once, and not only when its end is delivered.
		for _, when := range []string{"closed", "closed and told"} {
			for path, body := range h.reach(a, p) {
				if found := child.FindString(body); found != "" {
					t.Errorf("%s: %s holds %q: %s", when, path, found, body)
				}
			}
			wantPage(t, get(h.web, "/n/"+a.Code), 200, `<p class="word">已结案</p>`, "!tel:")
			wantPage(t, get(h.web, "/p/"+p.Token), 410)
			wantPage(t, get(h.web, "/n/"+a.Code+"/poster.png"), 410)
			wantPage(t, get(h.web, "/cap/guitu-"+a.Code+"-1.xml"), 410)
			h.deliver(a)
		}
		end := get(h.web, "/cap/guitu-"+a.Code+"-3.xml")
		wantPage(t, end, 200, "<msgType>Cancel</msgType>")
		certificate := get(h.web, "/cap/certificate.pem").Body.Bytes()
		files = append(files, end.Body.Bytes())
		for i, file := range files {
			if ok, said := capcheck.Signed(t, file, certificate); !ok {
				t.Errorf("message %d: %s", i+1, said)
			}
		}
		capcheck.Valid(t, files...) // last: it needs the schema
	})
}

// TestAlertOutOfTimeOnTheSite checks that nobody finds the child after the alert's time, also when no step has ended it.
func TestAlertOutOfTimeOnTheSite(t *testing.T) {
	eachLived(t, func(t *testing.T, h *lived) {
		a, p := h.issued()
		h.deliver(a)
		h.now = a.Expires
		for path, body := range h.reach(a, p) {
			if found := child.FindString(body); found != "" {
				t.Errorf("%s holds %q: %s", path, found, body)
			}
		}
		wantPage(t, get(h.web, "/n/"+a.Code), 200, `<p class="word">已到期</p>`)
	})
}
