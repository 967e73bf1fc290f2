package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"guitu"
	"guitu/internal/fake"
	"guitu/internal/store"
	"guitu/publishers/partner"
	"guitu/verify/alerts"
)

const partnerSecret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

// demo is the program's own partner, as a process that may die.
type demo struct {
	*testing.T
	program, printed string
	port             int
	cmd              *exec.Cmd
}

func (d *demo) start() {
	d.Helper()
	out, err := os.OpenFile(d.printed, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		d.Fatal(err)
	}
	defer out.Close()
	d.cmd = exec.Command(d.program, "partner-demo", "--secret-file", "secret", "--listen", fmt.Sprintf("127.0.0.1:%d", d.port))
	d.cmd.Stdout = out
	if err := d.cmd.Start(); err != nil {
		d.Fatal(err)
	}
}

func (d *demo) kill() {
	_ = d.cmd.Process.Kill()
	_ = d.cmd.Wait()
}

// events are what the partner has printed, in both its lives. Each id is there once.
func (d *demo) events() (all []taken) {
	d.Helper()
	text, err := os.ReadFile(d.printed)
	if err != nil {
		d.Fatal(err)
	}
	known := map[string]bool{}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var e taken
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			break // it is being written
		}
		if known[e.ID] {
			d.Errorf("the event %s came twice", e.ID)
		}
		known[e.ID] = true
		all = append(all, e)
	}
	return all
}

// has waits for an event of a type about a kind of notice, and returns it.
func (d *demo) has(event string, kind guitu.NoticeKind) (found taken) {
	d.Helper()
	eventually(d.T, fmt.Sprintf("the partner has %s of %s", event, kind), func() bool {
		for _, e := range d.events() {
			if e.Type == event && e.Data.Kind == kind {
				found = e
				return true
			}
		}
		return false
	})
	return found
}

// TestPartner tells an alert to a partner in a process of its own, which dies and comes back: each event is printed once, and after the
// end what stands there has no name.
func TestPartner(t *testing.T) {
	program := buildProgram(t)
	d := &demo{T: t, program: program, port: freePort(t), printed: filepath.Join(t.TempDir(), "printed")}
	s, officer := withPartner(t, d.port)
	defer s.close()
	d.start()
	defer func() { d.kill() }()
	p, err := s.assemble(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := issueAlert(t, p.alerts, officer)
	first := d.has(partner.Published, guitu.NoticeAlert)
	if text := fmt.Sprint(first.Data.Texts); first.Data.Code != a.Code || !strings.Contains(text, "林小川") {
		t.Errorf("the alert came as %+v, want %s with the name", first.Data, a.Code)
	}

	reported(t, s, a.ID, first.ID)

	d.kill()
	f := a.Facts
	f.Child.Clothing = "蓝色外套、黑裤、白鞋"
	a, err = p.alerts.Amend(t.Context(), guitu.AmendRequest{
		AlertID: a.ID, OfficerID: officer, Version: a.Version, Facts: f, Note: "补充鞋子", Key: "amend",
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the partner is missed", func() bool { return missed(t, s.db, a.ID) })
	d.start()
	if e := d.has(partner.Published, guitu.NoticeUpdate); !strings.Contains(fmt.Sprint(e.Data.Texts), "白鞋") {
		t.Errorf("the update came as %+v", e.Data)
	}
	d.has(partner.Edited, guitu.NoticeUpdate)

	_, err = p.alerts.Close(t.Context(), guitu.CloseRequest{
		AlertID: a.ID, OfficerID: officer, Version: a.Version, Key: "close",
		Closing: guitu.Closing{Outcome: guitu.OutcomeLost, Life: guitu.Alive, Evidence: "民警当面确认"},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.has(partner.Published, guitu.NoticeClosed)
	d.has(partner.Edited, guitu.NoticeClosed)
	for _, e := range d.events() {
		if e.Data.Kind == guitu.NoticeClosed && strings.Contains(fmt.Sprint(e.Data), "林小川") {
			t.Errorf("after the end %s still has the name", e.Type)
		}
	}
	partnerPage(t, s, a.Code)
}

// reported reports more people of the event with an id, over the network as a partner does, and looks that it is kept: first what the
// demo answered, then this.
func reported(t *testing.T, s *server, alertID int64, id string) {
	t.Helper()
	devices := func() (n int64) {
		err := s.db.View(t.Context(), func(tx *store.Tx) error {
			all, err := tx.AlertDeliveries(t.Context(), alertID)
			for _, d := range all {
				if d.Channel == "partner:demo" {
					n = max(n, d.Reached.Devices)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	eventually(t, "the reach that the demo answers is kept", func() bool { return devices() == 1 })
	sign, err := webhooks.NewWebhook(partnerSecret)
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(fmt.Sprintf(`{"id":%q,"reach":{"devices":1200,"views":34}}`, id))
	at := time.Now()
	signature, err := sign.Sign("report-1", at, body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.addr+partner.AckPath, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set(webhooks.HeaderWebhookID, "report-1")
	req.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	req.Header.Set(webhooks.HeaderWebhookSignature, signature)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body.Close(); resp.StatusCode != http.StatusNoContent || devices() != 1200 {
		t.Errorf("a report of 1200 devices: %s, and %d are kept", resp.Status, devices())
	}
}

// partnerPage opens the page to which guitu partner-link leads, and presses its button.
func partnerPage(t *testing.T, s *server, code string) {
	t.Helper()
	var out, trouble bytes.Buffer
	if exit := run(t.Context(), []string{"partner-link", "--config", "guitu.yaml", "demo"}, &out, &trouble); exit != exitOK {
		t.Fatalf("partner-link: %s", &trouble)
	}
	_, link, ok := strings.Cut(strings.TrimSpace(out.String()), "https://guitu.example")
	if !ok {
		t.Fatalf("partner-link prints no link: %s", &out)
	}
	for method, want := range map[string][]string{http.MethodGet: {code, "1,200", "寻人", "结案"}, http.MethodPost: {"已收下：HTTP 200"}} {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.addr+link, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		for _, w := range want {
			if err != nil || !strings.Contains(string(page), w) {
				t.Errorf("%s of the partner's page lacks %q, %v:\n%s", method, w, err, page)
			}
		}
		if strings.Contains(string(page), "林小川") {
			t.Errorf("%s of the partner's page names the child", method)
		}
	}
	if exit := run(t.Context(), []string{"partner-link", "--config", "guitu.yaml", "nobody"}, &out, &trouble); exit != exitError {
		t.Errorf("partner-link of nobody exits with %d", exit)
	}
}

// withPartner starts the bot with a partner on a port, and returns the county's officer.
func withPartner(t *testing.T, port int) (*server, int64) {
	t.Helper()
	api := httptest.NewServer(fake.NewTelegram(fake.TelegramOptions{Token: killToken}))
	t.Cleanup(api.Close)
	workplace(t, map[string]string{
		"token": killToken, "secret": partnerSecret,
		"guitu.yaml": fmt.Sprintf(`
database: %q
listen: 127.0.0.1:%d
public_url: https://guitu.example
telegram: {token_file: token, api_url: %q}
publishers:
  - {kind: partner, name: demo, url: "http://127.0.0.1:%d/", secret_file: secret}
`, filepath.Join(t.TempDir(), "guitu.db"), freePort(t), api.URL, port),
	})
	config, _, err := loadConfig("guitu.yaml", false)
	if err != nil {
		t.Fatal(err)
	}
	s, err := start(context.WithoutCancel(t.Context()), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	o := guitu.Officer{Name: "乙民警", Role: guitu.RoleLead}
	err = s.db.Update(t.Context(), func(tx *store.Tx) error {
		desks, err := tx.Desks(t.Context())
		if err != nil {
			return err
		}
		o.Desk = desks[0]
		return tx.CreateOfficer(t.Context(), &o)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, o.ID
}

// issueAlert issues an alert of an invented child.
func issueAlert(t *testing.T, s *alerts.Alerts, officer int64) guitu.Alert {
	t.Helper()
	ctx := t.Context()
	a, err := s.Begin(ctx, guitu.BeginRequest{OfficerID: officer, Key: "begin"})
	if err != nil {
		t.Fatal(err)
	}
	a, err = s.Edit(ctx, guitu.EditRequest{AlertID: a.ID, OfficerID: officer, Version: a.Version, Key: "edit", Facts: guitu.Facts{
		Tier: guitu.TierLost, Place: "兰山区虚构小区南门", Area: "371302", Point: &guitu.Point{Lat: 35.05, Lng: 118.35},
		MissingAt: time.Now().Add(-10 * time.Minute), Child: guitu.Child{Name: "林小川", Sex: "男", Age: 7, AgeKnown: true, Clothing: "蓝色外套、黑裤"},
		Contact: guitu.Contact{Name: "王警官", Phone: "19900000001"}, Family: []string{"19900000002"},
		Checklist: guitu.Checklist{Reported: true, Danger: "年幼", Custody: guitu.CustodyNone},
	}})
	if err != nil {
		t.Fatal(err)
	}
	concerns, err := s.Concerns(ctx, a.ID, officer)
	if err != nil {
		t.Fatal(err)
	}
	r := guitu.IssueRequest{AlertID: a.ID, OfficerID: officer, Version: a.Version, Key: "issue"}
	for _, c := range concerns {
		r.Acknowledged = append(r.Acknowledged, c.Code)
	}
	if a, err = s.Issue(ctx, r); err != nil {
		t.Fatalf("issue: %v; concerns %+v", err, concerns)
	}
	return a
}

// missed reports whether a delivery of the alert to the partner has failed and is to come again.
func missed(t *testing.T, db *store.DB, alertID int64) (failed bool) {
	t.Helper()
	err := db.View(t.Context(), func(tx *store.Tx) error {
		all, err := tx.AlertDeliveries(t.Context(), alertID)
		for _, d := range all {
			failed = failed || d.Channel == "partner:demo" && d.State != guitu.DeliverySent && d.Trouble != ""
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return failed
}
