package site_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"guitu"
	"guitu/internal/cap"
	"guitu/internal/testenv/capcheck"
	"guitu/publishers/site"
)

var signer = sync.OnceValues(func() (*cap.Signer, error) {
	key, certificate, err := cap.NewKey("guitu.example", time.Now(), 1)
	if err != nil {
		return nil, err
	}
	return cap.NewSigner(key, certificate)
})

func signedSite(t *testing.T, shelf *shelf) *site.Site {
	t.Helper()
	sign, err := signer()
	if err != nil {
		t.Fatal(err)
	}
	s, err := site.New(shelf, site.Options{
		PublicURL: base, Signer: sign, Hub: "https://hub.example/", Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon.Add(6 * time.Hour) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestCAPFiles lets programs that know nothing of guitu judge the files, from the index to the signature.
func TestCAPFiles(t *testing.T) {
	shelf := board(tell(missing(), guitu.CauseUpdate, guitu.NoticeUpdate))
	ended := over(missing(), guitu.AlertClosed)
	ended.AlertID, ended.Code = 2, "E2HJKM"
	for i := range ended.Told {
		ended.Told[i].Message.Identifier = strings.ReplaceAll(ended.Told[i].Message.Identifier, "G2HJKM", "E2HJKM")
		ended.Told[i].Message.Code, ended.Told[i].Notice.Code = "E2HJKM", "E2HJKM"
	}
	shelf.alerts = append(shelf.alerts, ended)
	s := signedSite(t, shelf)
	certificate := get(s, "/cap/certificate.pem")
	if certificate.Code != 200 || !strings.Contains(certificate.Body.String(), "BEGIN CERTIFICATE") || strings.Contains(certificate.Body.String(), "PRIVATE") {
		t.Fatalf("the certificate = %d: %s", certificate.Code, certificate.Body)
	}
	index := get(s, "/cap/index.atom")
	capcheck.WellFormed(t, index.Body.Bytes())
	f, err := gofeed.NewParser().ParseString(index.Body.String())
	if err != nil {
		t.Fatal(err)
	}
	var messages [][]byte
	for i, want := range []string{"guitu-E2HJKM-2", "guitu-G2HJKM-2"} {
		if len(f.Items) != 2 || f.Items[i].Link != base+"/cap/"+want+".xml" {
			t.Fatalf("the index has %+v, want %s at %d", f.Items, want, i)
		}
		w := get(s, strings.TrimPrefix(f.Items[i].Link, base))
		if w.Code != 200 || w.Header().Get("Content-Type") != "application/cap+xml; charset=utf-8" {
			t.Fatalf("%s = %d, %v", f.Items[i].Link, w.Code, w.Header())
		}
		if ok, said := capcheck.Signed(t, w.Body.Bytes(), certificate.Body.Bytes()); !ok {
			t.Errorf("%s: %s", f.Items[i].Link, said)
		}
		messages = append(messages, w.Body.Bytes())
		if again := get(s, strings.TrimPrefix(f.Items[i].Link, base), "If-None-Match", w.Header().Get("ETag")); again.Code != 304 || again.Body.Len() != 0 {
			t.Errorf("%s with its ETag = %d", f.Items[i].Link, again.Code)
		}
	}
	if end := string(messages[0]); strings.Contains(end, childName) || !strings.Contains(end, "<msgType>Cancel</msgType>") || strings.Contains(end, "resource") {
		t.Errorf("the end: %s", end)
	}
	update := string(messages[1])
	for _, want := range []string{
		childName, "<uri>" + base + "/p/tok1</uri>", "<mimeType>image/png</mimeType>", "<web>" + base + "/n/G2HJKM</web>", "<circle>35.05,118.34 200</circle>",
		"<references>guitu.example,guitu-G2HJKM-1,2026-11-24T12:00:00+08:00</references>", "<valueName>GB/T 2260</valueName><value>320703</value>", "<digest>",
	} {
		if !strings.Contains(update, want) {
			t.Errorf("the update lacks %q: %s", want, update)
		}
	}
	old := get(s, "/cap/guitu-E2HJKM-1.xml")
	if old.Code != http.StatusGone || old.Header().Get("Link") != "<"+base+`/cap/guitu-E2HJKM-2.xml>; rel="latest-version"` || strings.Contains(old.Body.String(), childName) {
		t.Errorf("an earlier message of an ended alert = %d, %v", old.Code, old.Header())
	}
	shelf.photos["tok1"] = nil
	if w := get(s, "/cap/guitu-G2HJKM-2.xml"); strings.Contains(w.Body.String(), "resource") {
		t.Errorf("a revoked photo is still named: %s", w.Body)
	}
	for _, path := range []string{"/cap/nothing.xml", "/cap/guitu-G2HJKM-1", "/cap/areas/37.atom", "/cap/areas/371302.json"} {
		if w := get(s, path); w.Code != 404 {
			t.Errorf("%s = %d, want 404", path, w.Code)
		}
	}
	wantPage(t, get(newSite(t, shelf, false), "/cap/certificate.pem"), 404)
	capcheck.Valid(t, messages...) // last: it needs the schema
}

// TestAlertAreas checks that an area's feeds have the alerts whose circle touches it.
func TestAlertAreas(t *testing.T) {
	s := signedSite(t, board(missing()))
	for area, want := range map[string]int{"371302": 1, "371311": 1, "371300": 1, "370000": 1, "320000": 1, "110000": 0, "371312": 0} {
		for _, path := range []string{"/feeds/areas/" + area + ".atom", "/feeds/areas/" + area + ".json", "/cap/areas/" + area + ".atom"} {
			w := get(s, path)
			f, err := gofeed.NewParser().ParseString(w.Body.String())
			if err != nil || len(f.Items) != want {
				t.Errorf("%s: %v, %+v; want %d", path, err, f, want)
			}
			if again := get(s, path, "If-None-Match", w.Header().Get("ETag")); again.Code != 304 {
				t.Errorf("%s with its ETag = %d", path, again.Code)
			}
		}
		var g struct{ Features []any }
		if err := json.Unmarshal(get(s, "/feeds/areas/"+area+".geojson").Body.Bytes(), &g); err != nil || len(g.Features) != want {
			t.Errorf("%s.geojson: %v, %v; want %d", area, err, g, want)
		}
	}
}

// TestAlertFeedEntry checks that an alert is one entry from beginning to end, so that a reader's copy loses the child with it.
func TestAlertFeedEntry(t *testing.T) {
	shelf := board(missing())
	s := signedSite(t, shelf)
	for _, path := range []string{"/feed.atom", "/feed.json"} {
		shelf.alerts[0] = missing()
		first, err := gofeed.NewParser().ParseString(get(s, path).Body.String())
		if err != nil || len(first.Items) != 1 || !strings.Contains(first.Items[0].Content, childName) || !strings.Contains(first.Items[0].Content, "19900001234") {
			t.Fatalf("%s: %v, %+v", path, err, first)
		}
		shelf.alerts[0] = over(missing(), guitu.AlertClosed)
		last, err := gofeed.NewParser().ParseString(get(s, path).Body.String())
		if err != nil || len(last.Items) != 1 || last.Items[0].GUID != first.Items[0].GUID || !last.Items[0].UpdatedParsed.After(*first.Items[0].UpdatedParsed) {
			t.Errorf("%s: %v, %+v; want the same entry, later", path, err, last)
		}
		// gofeed puts the time of the update where there is none.
		if got := get(s, path).Body.String(); first.Items[0].PublishedParsed == nil || strings.Contains(got, "<published>") || strings.Contains(got, "date_published") {
			t.Errorf("%s: published %v, and then\n%s\nwant the first notice's time, and then none", path, first.Items[0].Published, got)
		}
		if got := get(s, path).Body.String(); strings.Contains(got, childName) || !strings.Contains(got, "https://hub.example/") {
			t.Errorf("%s: %s", path, got)
		}
	}
	if strings.Contains(get(s, "/feeds/areas/371302.atom").Body.String(), "hub.example") {
		t.Error("a feed that the hub is not told of names it")
	}
}

func TestGeoJSON(t *testing.T) {
	s := newSite(t, board(missing()), false)
	w := get(s, "/alerts.geojson")
	if strings.Contains(w.Body.String(), childName) || strings.Contains(w.Body.String(), "19900001234") {
		t.Errorf("a map names the child: %s", w.Body)
	}
	var g struct {
		Type     string
		Features []struct {
			Type, ID string
			Geometry struct {
				Type        string
				Coordinates []float64
			}
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &g); err != nil || w.Header().Get("Content-Type") != "application/geo+json" || len(g.Features) != 1 {
		t.Fatalf("%v, %v: %s", err, w.Header(), w.Body)
	}
	f := g.Features[0]
	if g.Type != "FeatureCollection" || f.Type != "Feature" || f.ID != "G2HJKM" || f.Geometry.Type != "Point" || f.Geometry.Coordinates[0] != 118.34 ||
		f.Geometry.Coordinates[1] != 35.05 || f.Properties["radius_km"] != 200.0 || f.Properties["title"] != "寻找7岁男孩：临沂市兰山区" || f.Properties["cap"] != base+"/cap/guitu-G2HJKM-1.xml" {
		t.Errorf("feature %+v", f)
	}
	if got := get(newSite(t, &shelf0, false), "/alerts.geojson").Body.String(); got != `{"type":"FeatureCollection","features":[]}`+"\n" {
		t.Errorf("without alerts: %s", got)
	}
}

// TestCAPForChannels checks that a channel hands on the file that the site shows, and waits until it does.
func TestCAPForChannels(t *testing.T) {
	shelf := board(missing())
	s := signedSite(t, shelf)
	told := missing().Told[0]
	body, err := s.CAP(t.Context(), told.Notice)
	if err != nil || string(body) != get(s, capPathOf(told.Message.Identifier)).Body.String() {
		t.Errorf("CAP = %.100s, %v; want the site's file", body, err)
	}
	var retry *guitu.RetryError
	later := told.Notice
	later.ID += 100
	if _, err := s.CAP(t.Context(), later); !errors.As(err, &retry) {
		t.Errorf("CAP of a notice that is not shown yet: %v, want to try again", err)
	}
}

func capPathOf(identifier string) string { return "/cap/" + identifier + ".xml" }
