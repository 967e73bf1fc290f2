package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/bot"
	"guitu/internal/store"
	"guitu/internal/testenv/golden"
	"guitu/verify/alerts"
	"guitu/verify/rumors"
)

// person is somebody who tries what only some may: with an account in the chat, and signed in to the console.
type person struct {
	name    string
	id      int64
	account int64
	browser *http.Client
}

// stage is a practice day on which everybody tries everything.
type stage struct {
	*testing.T
	s      *server
	alerts *alerts.Alerts
	rumors *rumors.Rumors
	talk   *bot.Conversation
	people []*person
	author *person // who writes the drafts and asks for approvals
	n      int
}

// deed is one thing to try. Each way does it as somebody and may fail: what counts is what stands in the database afterwards. nil says
// that it can't be done there.
type deed struct {
	name    string
	begin   func(m *stage) *thing
	code    func(m *stage, p *person, x *thing)
	chat    func(m *stage, p *person, x *thing)
	console func(m *stage, p *person, x *thing)
}

// thing is what a deed is done to.
type thing struct {
	alert    guitu.Alert
	approval int64
	rumor    int64
	data     string // of a button that its author sees
}

// TestMatrix states who may do what, and where: every role, every deed by which something is published, changed or ended, and every
// surface, on a running server and its database. What is refused must change nothing.
func TestMatrix(t *testing.T) {
	want, err := filepath.Abs(filepath.Join("testdata", "matrix.txt"))
	if err != nil {
		t.Fatal(err)
	}
	m := newStage(t)
	var b strings.Builder
	cell := func(s string, width int) { fmt.Fprintf(&b, "%-*s", width, s) }
	cell("", 30)
	cell("", 9)
	for _, p := range m.people {
		cell(p.name, 12)
	}
	b.WriteString("\n")
	for _, d := range deeds {
		for _, surface := range []struct {
			name string
			do   func(m *stage, p *person, x *thing)
		}{{"code", d.code}, {"chat", d.chat}, {"console", d.console}} {
			cell(d.name, 30)
			cell(surface.name, 9)
			for _, p := range m.people {
				if surface.do == nil {
					cell("·", 12)
					continue
				}
				x := d.begin(m)
				before := m.print(x)
				surface.do(m, p, x)
				word := "-"
				if m.print(x) != before {
					word = "yes"
				}
				cell(word, 12)
			}
			b.WriteString("\n")
		}
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	golden.Check(t, want, strings.Join(lines, "\n"))
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s, _ := practiceDay(t, filepath.Join(t.TempDir(), "exercise.db"))
	t.Cleanup(func() { s.close() })
	m := &stage{T: t, s: s, alerts: alerts.New(s.db, alerts.Options{Channels: []string{siteChannel}, Override: time.Hour})}
	m.rumors = rumors.New(s.db, rumors.Options{Channels: []string{siteChannel}})
	m.talk = bot.NewConversation(backend{stories: m.rumors, roster: s.desks}, bot.Options{Alert: bot.AlertOptions{
		Alerts: chatWork{caseWork{Alerts: m.alerts}, s.desks, s.db.Now}, Cases: m.alerts, Read: alertReader{}, Form: "https://guitu.example", Link: func(code string) string { return code },
	}})
	m.update(func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		return tx.SetDesks(ctx, append(all, guitu.Desk{Name: "乙台", Area: "650100"}, guitu.Desk{Name: "甲台", Area: "371302"}))
	})
	all, err := s.desks.Officers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	admin := all[0].ID
	m.people = append(m.people, &person{name: "stranger", id: 999_999, account: 1, browser: m.visitor()})
	for i, k := range []struct {
		name, desk string
		role       guitu.Role
	}{
		{"disabled", "甲台", guitu.RoleOfficer},
		{"expired", "甲台", guitu.RoleOfficer},
		{"elsewhere", "乙台", guitu.RoleLead},
		{"auditor", "甲台", guitu.RoleAuditor},
		{"no factor", "甲台", guitu.RoleOfficer},
		{"author", "甲台", guitu.RoleOfficer},
		{"officer", "甲台", guitu.RoleOfficer},
		{"lead", "甲台", guitu.RoleLead},
		{"admin", "甲台", guitu.RoleAdmin},
	} {
		p := &person{name: k.name, account: int64(7000 + i)}
		m.join(p, k.desk, k.role)
		m.people = append(m.people, p)
		switch k.name {
		case "author":
			m.author = p
		case "disabled":
			err = s.desks.SetDisabled(t.Context(), p.id, true, admin)
		case "expired":
			err = s.desks.Certify(t.Context(), p.id, "A1", time.Now().Add(-time.Hour), admin)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// join makes an officer who has signed in to the console, with a second factor but for the one without.
func (m *stage) join(p *person, desk string, role guitu.Role) {
	m.Helper()
	m.update(func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		o := guitu.Officer{Name: p.name, Role: role, TelegramUser: p.account}
		for _, d := range all {
			if d.Name == desk {
				o.Desk = d
			}
		}
		err = tx.CreateOfficer(ctx, &o)
		p.id = o.ID
		return err
	})
	code, err := m.s.desks.SignInCode(m.Context(), p.id)
	if err != nil {
		m.Fatal(err)
	}
	p.browser = m.visitor()
	form(m.T, p.browser, m.s.config.PublicURL+"/console/enter", url.Values{"code": {code}})
	if p.name != "no factor" {
		enrol(m.T, p.browser, m.s.config.PublicURL)
	}
}

func (m *stage) visitor() *http.Client {
	m.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		m.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 20 * time.Second}
}

func (m *stage) update(do func(ctx context.Context, tx *store.Tx) error) {
	m.Helper()
	if err := m.s.db.Update(m.Context(), func(tx *store.Tx) error { return do(m.Context(), tx) }); err != nil {
		m.Fatal(err)
	}
}

// key is one that no other press has.
func (m *stage) key() string {
	m.n++
	return "matrix:" + fmt.Sprint(m.n)
}

// must fails the test when what prepares a deed can't be done.
func must[T any](m *stage, v T, err error) T {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
	return v
}

// print is all that the deeds may change: of an alert, of a story, and how many alerts there are.
func (m *stage) print(x *thing) (s string) {
	m.Helper()
	m.update(func(ctx context.Context, tx *store.Tx) error {
		if x.rumor != 0 {
			events, err := tx.History(ctx, x.rumor)
			s = fmt.Sprint(len(events))
			return err
		}
		if x.alert.ID == 0 {
			all, err := tx.Alerts(ctx, guitu.Desk{}, guitu.AlertFilter{Limit: 1})
			if len(all) > 0 {
				s = fmt.Sprint(all[0].ID)
			}
			return err
		}
		a, err := tx.Alert(ctx, x.alert.ID)
		if err != nil {
			return err
		}
		events, err := tx.AlertHistory(ctx, a.ID)
		s = fmt.Sprint(a.State, a.Version, a.Messages, a.Expires, a.Desk.ID, a.Facts.Child.Name, len(events))
		return err
	})
	return s
}

// press presses a button in the private chat with the bot.
func (m *stage) press(p *person, data string) bot.Answer {
	m.Helper()
	in := bot.Incoming{Key: m.key(), User: p.account, Private: true, Ref: guitu.MessageRef{Chat: fmt.Sprint(p.account), Message: "1"}}
	a, err := m.talk.Press(m.Context(), in, data)
	return must(m, a, err)
}

// ask presses a button as the author, and returns what is asked.
func (m *stage) ask(data string) string {
	m.Helper()
	a := m.press(m.author, data)
	if a.Say == nil {
		m.Fatalf("%s is answered by %q", data, a.Toast)
	}
	return a.Say.Text
}

// write writes in the private chat with the bot.
func (m *stage) write(p *person, text, replyTo string) bot.Answer {
	m.Helper()
	in := bot.Incoming{Key: m.key(), User: p.account, Private: true, Text: text, ReplyTo: replyTo}
	a, err := m.talk.Text(m.Context(), in)
	return must(m, a, err)
}

// send sends a form of the console. What it is answered is not looked at.
func (m *stage) send(p *person, path string, values ...string) {
	m.Helper()
	m.n++
	f := url.Values{"key": {fmt.Sprintf("ABCDEFGHIJKLMNOP%s", strings.NewReplacer("0", "A", "1", "B", "8", "C", "9", "D").Replace(fmt.Sprint(m.n)))}}
	for i := 0; i < len(values); i += 2 {
		f.Add(values[i], values[i+1])
	}
	r, err := http.NewRequestWithContext(m.Context(), http.MethodPost, m.s.config.PublicURL+"/console/"+path, strings.NewReader(f.Encode()))
	if err != nil {
		m.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := p.browser.Do(r)
	if err != nil {
		m.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		m.Fatal(err)
	}
	if res.StatusCode >= http.StatusInternalServerError {
		m.Errorf("%s as %s: %s", path, p.name, res.Status)
	}
}

// nothing prepares nothing.
func nothing(*stage) *thing { return &thing{} }

// child is one whom nobody takes for another.
func (m *stage) child() guitu.Child {
	m.n++
	name := string([]rune{rune(0x4e00 + 7*m.n), rune(0x5e00 + 11*m.n)})
	return guitu.Child{Name: name, Sex: []string{"男", "女"}[m.n/2%2], Age: 3 + m.n%13, AgeKnown: true, Clothing: name + "字外套、黑裤"}
}

// draft is a draft of the author's that could go out.
func draft(m *stage) *thing {
	m.Helper()
	a, err := m.alerts.Begin(m.Context(), guitu.BeginRequest{OfficerID: m.author.id, Key: m.key()})
	a = must(m, a, err)
	m.n++
	a, err = m.alerts.Edit(m.Context(), guitu.EditRequest{AlertID: a.ID, OfficerID: m.author.id, Version: a.Version, Key: m.key(), Facts: guitu.Facts{
		Tier: guitu.TierLost, Place: "兰山区虚构小区南门", Area: "371302", Point: &guitu.Point{Lat: 35.05, Lng: 118.35},
		MissingAt: time.Now().Add(-10 * time.Minute), Child: m.child(),
		Contact:   guitu.Contact{Name: "王警官", Phone: "19900000001"},
		Checklist: guitu.Checklist{Reported: true, Danger: "年幼", Custody: guitu.CustodyNone},
	}})
	return &thing{alert: must(m, a, err)}
}

// concerns are the codes of what is odd about an alert.
func (m *stage) concerns(x *thing) (codes []string) {
	m.Helper()
	all, err := m.alerts.Concerns(m.Context(), x.alert.ID, m.author.id)
	for _, k := range must(m, all, err) {
		codes = append(codes, k.Code)
	}
	return codes
}

// active is an alert of the author's that is out.
func active(m *stage) *thing {
	m.Helper()
	x := draft(m)
	a, err := m.alerts.Issue(m.Context(), guitu.IssueRequest{
		AlertID: x.alert.ID, OfficerID: m.author.id, Version: x.alert.Version, Acknowledged: m.concerns(x), Key: m.key(),
	})
	x.alert = must(m, a, err)
	return x
}

// approval is one for which the author asks.
func approval(m *stage) *thing {
	m.Helper()
	x := active(m)
	p, err := m.alerts.AskApproval(m.Context(), guitu.ApprovalRequest{
		AlertID: x.alert.ID, OfficerID: m.author.id, Kind: guitu.ApproveReach, Reach: 200, Reason: "可能已上高速", Key: m.key(),
	})
	x.approval = must(m, p, err).ID
	return x
}

// reviewed is a draft with the button by which its author would publish it.
func reviewed(m *stage) *thing {
	m.Helper()
	x := draft(m)
	a := m.press(m.author, fmt.Sprintf("alert:%d:0:ack:0.0", x.alert.ID))
	for strings.Contains(a.Say.Text, "请核对（") {
		a = m.press(m.author, a.Say.Choices[0].Press.Data())
	}
	x.data = a.Say.Choices[0].Press.Data()
	if !strings.Contains(x.data, ":issue:") {
		m.Fatalf("the last look has no button to publish: %s", a.Say.Text)
	}
	return x
}

// story is one that waits for an officer.
func story(m *stage) *thing {
	m.Helper()
	r := guitu.Rumor{
		Status: guitu.Exercise, State: guitu.RumorOpen, Topic: guitu.Plea, Score: 1, Claim: guitu.Claim{Area: "371302"}, Posts: 1,
		FirstSeen: time.Now(), LastSeen: time.Now(),
	}
	m.update(func(ctx context.Context, tx *store.Tx) error { return tx.CreateRumor(ctx, &r) })
	return &thing{rumor: r.ID}
}

// path is the address of an alert in the console.
func (x *thing) path(what string) string { return fmt.Sprintf("alerts/%d/%s", x.alert.ID, what) }

func (x *thing) version() string { return fmt.Sprint(x.alert.Version) }

var deeds = []deed{
	{
		"begin a draft", nothing,
		func(m *stage, p *person, _ *thing) {
			_, _ = m.alerts.Begin(m.Context(), guitu.BeginRequest{OfficerID: p.id, Key: m.key()})
		},
		func(m *stage, p *person, _ *thing) { m.write(p, "/alert", "") },
		func(m *stage, p *person, _ *thing) { m.send(p, "alerts") },
	},
	{
		"write a draft", draft,
		func(m *stage, p *person, x *thing) {
			f := x.alert.Facts
			f.Child.Name = "林小山"
			_, _ = m.alerts.Edit(m.Context(), guitu.EditRequest{AlertID: x.alert.ID, OfficerID: p.id, Version: x.alert.Version, Facts: f, Key: m.key()})
		},
		func(m *stage, p *person, x *thing) {
			m.write(p, "林小山", fmt.Sprintf("警报草稿 #%d：姓名\n", x.alert.ID))
		},
		func(m *stage, p *person, x *thing) {
			m.send(p, x.path("edit"), "version", x.version(), "name", "林小山")
		},
	},
	{
		"hand a draft over", draft,
		func(m *stage, p *person, x *thing) {
			_, _ = m.alerts.HandOver(m.Context(), guitu.HandOverRequest{AlertID: x.alert.ID, OfficerID: p.id, DeskID: 1, Key: m.key()})
		},
		nil,
		func(m *stage, p *person, x *thing) { m.send(p, x.path("handover"), "desk", "1") },
	},
	{
		"give a draft up", draft,
		func(m *stage, p *person, x *thing) { _ = m.alerts.Drop(m.Context(), x.alert.ID, p.id, m.key()) },
		func(m *stage, p *person, x *thing) { m.press(p, fmt.Sprintf("alert:%d:0:drop:", x.alert.ID)) },
		func(m *stage, p *person, x *thing) { m.send(p, x.path("drop"), "sure", "yes") },
	},
	{
		"issue an alert", reviewed,
		func(m *stage, p *person, x *thing) {
			_, _ = m.alerts.Issue(m.Context(), guitu.IssueRequest{
				AlertID: x.alert.ID, OfficerID: p.id, Version: x.alert.Version, Acknowledged: m.concerns(x), Key: m.key(),
			})
		},
		func(m *stage, p *person, x *thing) { m.press(p, x.data) },
		func(m *stage, p *person, x *thing) {
			values := []string{"version", x.version()}
			for _, code := range m.concerns(x) {
				values = append(values, "ack", code)
			}
			m.send(p, x.path("issue"), values...)
		},
	},
	{
		"update an alert", active,
		func(m *stage, p *person, x *thing) {
			_, _ = m.alerts.Amend(m.Context(), guitu.AmendRequest{
				AlertID: x.alert.ID, OfficerID: p.id, Version: x.alert.Version, Facts: x.alert.Facts, Acknowledged: m.concerns(x), Note: "新情况", Key: m.key(),
			})
		},
		func(m *stage, p *person, x *thing) {
			ask := m.ask(fmt.Sprintf("case:%d:0:update:", x.alert.ID))
			m.write(p, "新情况", ask)
		},
		func(m *stage, p *person, x *thing) {
			f := x.alert.Facts
			missing := f.MissingAt.In(m.s.config.location())
			values := []string{
				"version", x.version(), "do", "amend", "kind", "update", "note", "新情况", "name", f.Child.Name, "sex", f.Child.Sex, "age", fmt.Sprint(f.Child.Age),
				"place", f.Place, "area", string(f.Area), "date", missing.Format(time.DateOnly), "time", missing.Format("15:04"), "tier", "lost",
				"clothing", f.Child.Clothing, "reported", "yes", "danger", "年幼", "custody", "none", "contact_name", "王警官", "contact", "19900000001",
			}
			for _, code := range m.concerns(x) {
				values = append(values, "ack", code)
			}
			m.send(p, x.path("amend"), values...)
		},
	},
	{
		"extend an alert", active,
		func(m *stage, p *person, x *thing) {
			_, _ = m.alerts.Extend(m.Context(), guitu.ExtendRequest{
				AlertID: x.alert.ID, OfficerID: p.id, Version: x.alert.Version, Until: x.alert.Expires.Add(time.Hour), Key: m.key(),
			})
		},
		func(m *stage, p *person, x *thing) {
			m.press(p, fmt.Sprintf("case:%d:%d:until:12", x.alert.ID, x.alert.Version))
		},
		func(m *stage, p *person, x *thing) {
			m.send(p, x.path("extend"), "version", x.version(), "hours", "12")
		},
	},
	{
		"close an alert", active,
		func(m *stage, p *person, x *thing) {
			_, _ = m.alerts.Close(m.Context(), guitu.CloseRequest{
				AlertID: x.alert.ID, OfficerID: p.id, Version: x.alert.Version, Key: m.key(),
				Closing: guitu.Closing{Outcome: guitu.OutcomeLost, Life: guitu.Alive, FoundAt: time.Now().Add(-time.Minute), Evidence: "民警确认"},
			})
		},
		func(m *stage, p *person, x *thing) {
			ask := m.ask(fmt.Sprintf("case:%d:0:found:lost.a.0", x.alert.ID))
			m.write(p, "民警确认", ask)
		},
		func(m *stage, p *person, x *thing) {
			now := time.Now().In(m.s.config.location())
			m.send(p, x.path("close"), "version", x.version(), "outcome", "lost/alive", "evidence", "民警确认", "found_date", now.Format(time.DateOnly), "found_time", now.Format("15:04"))
		},
	},
	{
		"take an alert back", active,
		func(m *stage, p *person, x *thing) {
			_, _ = m.alerts.Cancel(m.Context(), guitu.CancelRequest{AlertID: x.alert.ID, OfficerID: p.id, Version: x.alert.Version, Reason: "误发", Key: m.key()})
		},
		func(m *stage, p *person, x *thing) {
			ask := m.ask(fmt.Sprintf("case:%d:0:cancel:", x.alert.ID))
			m.write(p, "误发", ask)
		},
		func(m *stage, p *person, x *thing) {
			m.send(p, x.path("cancel"), "version", x.version(), "reason", "误发")
		},
	},
	{
		"ask for a wider circle", active,
		func(m *stage, p *person, x *thing) {
			_, _ = m.alerts.AskApproval(m.Context(), guitu.ApprovalRequest{
				AlertID: x.alert.ID, OfficerID: p.id, Kind: guitu.ApproveReach, Reach: 200, Reason: "可能已上高速", Key: m.key(),
			})
		},
		nil,
		func(m *stage, p *person, x *thing) {
			m.send(p, x.path("approvals"), "reach", "200", "reason", "可能已上高速")
		},
	},
	{
		"agree to a wider circle", approval,
		func(m *stage, p *person, x *thing) {
			_, _ = m.alerts.Decide(m.Context(), guitu.ApprovalDecision{ApprovalID: x.approval, OfficerID: p.id, Agree: true, Key: m.key()})
		},
		func(m *stage, p *person, x *thing) {
			m.press(p, fmt.Sprintf("case:%d:0:agree:%d", x.alert.ID, x.approval))
		},
		func(m *stage, p *person, x *thing) {
			m.send(p, x.path(fmt.Sprintf("approvals/%d", x.approval)), "decision", "agree")
		},
	},
	{
		"rule on a story", story,
		func(m *stage, p *person, x *thing) {
			_, _ = m.rumors.Decide(m.Context(), guitu.Decision{RumorID: x.rumor, OfficerID: p.id, Ruling: guitu.Unproven, Key: m.key()})
		},
		func(m *stage, p *person, x *thing) { m.press(p, fmt.Sprintf("rule:%d:0:unproven", x.rumor)) },
		func(m *stage, p *person, x *thing) {
			m.send(p, fmt.Sprintf("stories/%d/verdict", x.rumor), "press", fmt.Sprintf("rule:%d:0:unproven", x.rumor))
		},
	},
	{
		"hand a story over", story,
		func(m *stage, p *person, x *thing) {
			_ = m.rumors.HandOver(m.Context(), guitu.Handover{RumorID: x.rumor, DeskID: 1, OfficerID: p.id, Key: m.key()})
		},
		func(m *stage, p *person, x *thing) { m.press(p, fmt.Sprintf("to:%d:1", x.rumor)) },
		func(m *stage, p *person, x *thing) {
			m.send(p, fmt.Sprintf("stories/%d/handover", x.rumor), "desk", "1")
		},
	},
}
