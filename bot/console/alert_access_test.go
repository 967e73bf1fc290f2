package console_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"guitu"
	"guitu/bot/console"
)

// TestAlertAccess walks every route of alerts as everybody and states what each gets.
func TestAlertAccess(t *testing.T) {
	const (
		enter = http.StatusSeeOther // a page, to a stranger
		lost  = http.StatusUnauthorized
		ok    = http.StatusOK
		moved = http.StatusSeeOther
		no    = http.StatusForbidden
		bad   = http.StatusUnprocessableEntity
	)
	const key = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	keyed := func(fields ...string) []string { return append(fields, "key", key) }
	tests := []struct {
		pattern, path string
		form          []string
		// strangers and the disabled, an officer of the desk, one without a second factor, one of another desk, an auditor and an
		// administrator
		stranger, own, bare, other, auditor, admin int
	}{
		{"GET /console/alerts", "alerts", nil, enter, ok, ok, ok, no, ok},
		{"POST /console/alerts", "alerts", keyed(), lost, moved, moved, moved, no, moved},
		{"POST /console/stories/{id}/alert", "stories/17/alert", keyed(), lost, moved, moved, no, no, moved},
		{"GET /console/alerts/{id}", "alerts/32", nil, enter, ok, ok, ok, no, ok}, // who does not hold it is asked why first
		{"POST /console/alerts/{id}/reason", "alerts/32/reason", []string{"kind", "case"}, lost, moved, moved, moved, no, moved},
		{"GET /console/alerts/{id}/edit", "alerts/31/edit", nil, enter, ok, ok, no, no, ok},
		{"POST /console/alerts/{id}/edit", "alerts/31/edit", keyed("version", "1", "name", "林小川"), lost, moved, moved, no, no, moved},
		{"POST /console/alerts/{id}/drop", "alerts/31/drop", keyed("sure", "yes"), lost, moved, moved, no, no, moved},
		{"POST /console/alerts/{id}/handover", "alerts/31/handover", keyed("desk", "2"), lost, moved, moved, no, no, moved},
		{"GET /console/alerts/{id}/check", "alerts/31/check", nil, enter, ok, ok, no, no, ok},
		{"GET /console/alerts/{id}/poster", "alerts/32/poster", nil, enter, ok, ok, no, no, ok},
		{"GET /console/alerts/{id}/photos/{photo}", "alerts/32/photos/5", nil, enter, ok, ok, no, no, ok},
		{"POST /console/alerts/{id}/issue", "alerts/31/issue", keyed("version", "1"), lost, bad, no, no, no, bad}, // it is empty
		{"GET /console/alerts/{id}/channels", "alerts/32/channels", nil, enter, ok, ok, no, no, ok},
		{"POST /console/alerts/{id}/channels/{delivery}", "alerts/32/channels/321", []string{"how", "resend", "looked", "yes"}, lost, moved, moved, no, no, moved},
		{"GET /console/alerts/{id}/amend", "alerts/32/amend", nil, enter, ok, no, no, no, ok},
		{"POST /console/alerts/{id}/amend", "alerts/32/amend", keyed("version", "3", "do", "amend", "kind", "update", "note", "新情况", "area", "371302", "time", "00:30", "tier", "lost", "reported", "yes", "custody", "none", "contact", "19900000001"), lost, moved, no, no, no, moved},
		{"POST /console/alerts/{id}/extend", "alerts/32/extend", keyed("version", "3", "hours", "24"), lost, moved, no, no, no, moved},
		{"POST /console/alerts/{id}/cancel", "alerts/32/cancel", keyed("version", "3", "reason", "发错"), lost, moved, no, no, no, moved},
		{"POST /console/alerts/{id}/close", "alerts/32/close", keyed("version", "3", "outcome", "lost/alive", "evidence", "民警确认", "found_date", "2031-05-06", "found_time", "20:00"), lost, moved, no, no, no, moved},
		{"POST /console/alerts/{id}/family", "alerts/32/family", keyed("asked", "删除", "answer", "结案后删除"), lost, moved, moved, no, no, moved},
		{"POST /console/alerts/{id}/approvals", "alerts/32/approvals", keyed("reach", "200", "reason", "可能上火车"), lost, moved, moved, no, no, moved},
		{"POST /console/alerts/{id}/tips/{tip}", "alerts/32/tips/5", []string{"answer", "useful"}, lost, moved, moved, no, no, moved},
		{"GET /console/alerts/{id}/tips/{tip}/photo", "alerts/32/tips/5/photo", nil, enter, ok, ok, no, no, ok},
		// The administrator asked for it.
		{"POST /console/alerts/{id}/approvals/{approval}", "alerts/32/approvals/7", keyed("decision", "agree"), lost, moved, no, no, no, no},
	}
	var covered []string
	for _, tt := range tests {
		covered = append(covered, tt.pattern)
		method, _, _ := strings.Cut(tt.pattern, " ")
		for _, who := range []struct {
			name string
			id   int64
			want int
		}{
			{"stranger", 0, tt.stranger},
			{"disabled", disabledID, tt.stranger},
			{"officer", officerID, tt.own},
			{"without a factor", officerID, tt.bare},
			{"another desk's", otherID, tt.other},
			{"auditor", auditorID, tt.auditor},
			{"admin", adminID, tt.admin},
		} {
			b := newBackend()
			ks := newCases(b)
			ks.photos[activeID] = []guitu.Photo{{ID: 5}}
			s := serve(t, b, console.Options{Alerts: ks, Places: places{}})
			br := newBrowser(t, s)
			if who.id != 0 {
				was := b.officers[who.id].Disabled
				b.officers[who.id].Disabled = false
				if br = as(t, s, b, who.id); who.name != "without a factor" {
					br.post("/console/factor/confirm", "code", goodCode).want(t, ok)
				}
				b.officers[who.id].Disabled = was
			}
			var a answer
			if method == http.MethodGet {
				a = br.get("/console/" + tt.path)
			} else {
				a = br.post("/console/"+tt.path, tt.form...)
			}
			if a.status != who.want {
				t.Errorf("%s %s as %s = %d, want %d: %s", method, tt.path, who.name, a.status, who.want, a.body)
			}
			if toEnter := strings.HasPrefix(a.header.Get("Location"), "/console/enter?next="); toEnter != (method == http.MethodGet && who.want == enter) {
				t.Errorf("%s %s as %s leads to %q", method, tt.path, who.name, a.header.Get("Location"))
			}
			if who.want >= 400 && who.want != bad && len(b.only("")) != 0 {
				t.Errorf("%s %s as %s was refused and yet did %v", method, tt.path, who.name, b.only(""))
			}
			// The child is shown to nobody who has not said why.
			if who.id != officerID && who.want == ok && strings.HasSuffix(tt.path, "alerts/32") {
				a.want(t, ok, "为什么查看")
				if strings.Contains(a.body, "林小川") || len(b.only("case")) != 0 {
					t.Errorf("%s reads a case without a reason", who.name)
				}
			}
			if strings.Contains(a.body, "虚构小区") && who.want == no {
				t.Errorf("%s %s as %s was refused and yet shows the place", method, tt.path, who.name)
			}
			for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
				if got := a.header.Get(name); got != want {
					t.Errorf("%s %s: %s = %q, want %q", method, tt.path, name, got, want)
				}
			}
			csp := a.header.Get("Content-Security-Policy")
			scripted := a.status == ok && (tt.pattern == "GET /console/alerts/{id}/edit" || tt.pattern == "GET /console/alerts/{id}/amend")
			if !strings.HasPrefix(csp, "default-src 'none';") || strings.Contains(csp, "script-src 'self'") != scripted || strings.Contains(csp, "unsafe") {
				t.Errorf("%s %s as %s: policy %q", method, tt.path, who.name, csp)
			}
		}
	}
	for _, p := range console.AlertPatterns() {
		if !slices.Contains(covered, p) {
			t.Errorf("%s is not in the matrix", p)
		}
	}
	for _, p := range covered {
		if !slices.Contains(console.AlertPatterns(), p) {
			t.Errorf("%s is no route", p)
		}
	}
}

// TestWithoutAlerts: a console that was given no life of alerts has none.
func TestWithoutAlerts(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	br := as(t, s, b, officerID)
	br.get("/console/alerts").want(t, http.StatusNotFound)
	if a := br.get("/console/stories/17"); strings.Contains(a.body, "起草警报") || strings.Contains(a.body, "/console/alerts") {
		t.Error("the console offers what it does not have")
	}
}

// TestReasonIsKept: who does not hold a case says once why it is read, and each look is recorded with that.
func TestReasonIsKept(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{Alerts: newCases(b), Places: places{}})
	br := as(t, s, b, adminID)
	br.post("/console/alerts/32/reason", "kind", "other").want(t, http.StatusUnprocessableEntity, "请写明理由")
	br.post("/console/alerts/32/reason", "kind", "supervise", "text", "年度抽查").want(t, http.StatusSeeOther)
	for range 2 {
		br.get("/console/alerts/32").want(t, http.StatusOK, "林小川", "可能已上火车")
	}
	want := fmt.Sprintf("case %d viewed by %d: 督办指导：年度抽查", activeID, adminID)
	if got := b.only("case"); !slices.Equal(got, []string{want, want}) {
		t.Errorf("recorded %q, want %q twice", got, want)
	}
	// The reason was for this case only.
	br.get("/console/alerts/33").want(t, http.StatusOK, "为什么查看")
}
