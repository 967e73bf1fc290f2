package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/source"
)

// TestExercise is a newcomer's first quarter of an hour: a practice day from its start to a notice, over HTTP.
func TestExercise(t *testing.T) {
	database := filepath.Join(t.TempDir(), "exercise.db")
	s, link := practiceDay(t, database)
	base := s.config.PublicURL
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: 10 * time.Second}

	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	page(t, browser, http.MethodGet, link, nil)
	form(t, browser, base+"/console/enter", url.Values{"code": {u.Query().Get("code")}})

	var waiting []guitu.Rumor
	eventually(t, "three stories wait", func() bool {
		waiting = open(t, s.db)
		return len(waiting) >= 3
	})
	list := page(t, browser, http.MethodGet, base+"/console/", nil)
	if !strings.Contains(list.Text(), "演练") {
		t.Error("the console's list does not say that it is an exercise")
	}
	story := fmt.Sprintf("%s/console/stories/%d", base, waiting[0].ID)
	p := page(t, browser, http.MethodGet, story, nil)
	f := p.Find(`form[action$="/verdict"]`)
	values := url.Values{"basis": {"已到现场核查，查询接警记录，无此警情"}}
	f.Find("input[type=hidden]").Each(func(_ int, i *goquery.Selection) {
		values.Set(i.AttrOr("name", ""), i.AttrOr("value", ""))
	})
	f.Find("input[type=radio]").Each(func(_ int, i *goquery.Selection) {
		if strings.Contains(i.AttrOr("value", ""), "refuted") {
			values.Set(i.AttrOr("name", ""), i.AttrOr("value", ""))
		}
	})
	form(t, browser, base+f.AttrOr("action", ""), values)

	var code string
	eventually(t, "the notice stands on the site", func() bool {
		front := page(t, http.DefaultClient, http.MethodGet, base+"/", nil)
		html, err := front.Html()
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(`/n/([2-9A-Z]{6})`).FindStringSubmatch(html); m != nil {
			code = m[1]
		}
		return code != ""
	})
	for path, want := range map[string][]string{
		"/n/" + code:          {"演练", code},
		"/en/n/" + code:       {"xercise", code},
		"/feed.atom":          {"演练", code},
		"/feed.json":          {"演练", code},
		"/console/deliveries": {"演练", code, "site"},
		"/metrics":            {`guitu_deliveries{channel="site",state="sent"} 1`},
		"/readyz":             {"ready"},
	} {
		body := text(t, browser, base+path)
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s does not hold %q", path, w)
			}
		}
	}
	before := open(t, s.db)
	if err := s.close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	s, link = practiceDay(t, database)
	if link != "" {
		t.Error("a second start prints a first administrator's link again")
	}
	if after := open(t, s.db); len(after) < len(before) {
		t.Errorf("%d open stories after a restart, want at least the %d before", len(after), len(before))
	}
	if err := s.close(); err != nil {
		t.Errorf("close again: %v", err)
	}
}

// TestExerciseReachesNobody: whatever the configuration says, an exercise has no channel but the site and can dial nothing but
// itself.
func TestExerciseReachesNobody(t *testing.T) {
	s, _ := practiceDay(t, filepath.Join(t.TempDir(), "exercise.db"))
	defer s.close()
	p, err := s.assemble(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.telegram != nil {
		t.Error("an exercise has a bot at Telegram")
	}
	guard, err := s.guard()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"api.telegram.org:443", "192.0.2.1:443", "127.0.0.1:1", "[::1]:80", "10.0.0.1:5432"} {
		c, err := guard.DialContext(t.Context(), "tcp", address)
		if err == nil {
			c.Close()
		}
		if !errors.Is(err, source.ErrRefused) {
			t.Errorf("dial %s in an exercise: %v, want it refused", address, err)
		}
	}
	c, err := guard.DialContext(t.Context(), "tcp", s.addr)
	if err != nil {
		t.Fatalf("dial the own listener: %v", err)
	}
	c.Close()
}

// practiceDay starts an exercise from a configuration full of real channels, and returns the printed sign-in link.
func practiceDay(t *testing.T, database string) (*server, string) {
	t.Helper()
	workplace(t, map[string]string{
		"token": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
		"guitu.yaml": fmt.Sprintf(`
exercise_database: %q
listen: 127.0.0.1:%d
telegram: {token_file: token, channel: "@real"}
sources:
  - {kind: feed, name: real, url: "https://example.org/feed.xml"}
schedule: {urgent_reach: 1}
`, database, freePort(t)),
	})
	config, _, err := loadConfig(filepath.Join(".", "guitu.yaml"), true)
	if err != nil {
		t.Fatal(err)
	}
	s, err := start(context.WithoutCancel(t.Context()), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := s.greet(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), config.PublicURL+"/console/") {
		t.Errorf("start printed %q, want the console's address", out.String())
	}
	return s, regexp.MustCompile(`\S+/console/enter\?code=\S+`).FindString(out.String())
}

// open lists the open stories.
func open(t *testing.T, db *store.DB) (all []guitu.Rumor) {
	t.Helper()
	err := db.View(t.Context(), func(tx *store.Tx) error {
		stored, err := tx.Rumors(t.Context(), store.RumorFilter{State: guitu.RumorOpen, Limit: 100})
		for _, r := range stored {
			all = append(all, r.Rumor)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// eventually waits for something that the bot does by itself within a minute.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("within a minute: %s: it did not happen", what)
		}
	}
}

func page(t *testing.T, c *http.Client, method, address string, body io.Reader) *goquery.Document {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s", method, address, res.Status)
	}
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func form(t *testing.T, c *http.Client, address string, values url.Values) {
	t.Helper()
	page(t, c, http.MethodPost, address, strings.NewReader(values.Encode()))
}

func text(t *testing.T, c *http.Client, address string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
