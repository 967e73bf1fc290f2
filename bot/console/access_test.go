package console_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"guitu"
	"guitu/bot/console"
)

// inside reports whether somebody has signed in: a page that leads them on leads to another page, not to the door.
func inside(id int64) bool { return id != 0 && id != disabledID }

// TestAccess walks every route as everybody and states what each gets.
func TestAccess(t *testing.T) {
	const (
		enter = http.StatusSeeOther // a page, to a stranger: sent to the sign-in page
		lost  = http.StatusUnauthorized
		ok    = http.StatusOK
		moved = http.StatusSeeOther // a form that was carried out
		no    = http.StatusForbidden
		bad   = http.StatusUnprocessableEntity
		none  = http.StatusNotFound
		tied  = http.StatusConflict // the officer has an account already, and the administrator none
	)
	type form []string
	tests := []struct {
		pattern string
		path    string
		form    form
		// what everybody gets; expired is an officer whose certificate has ended
		stranger, disabled, officer, lead, expired, auditor, admin int
	}{
		{"GET /console/enter", "/console/enter?code=x", nil, ok, ok, ok, ok, ok, ok, ok},
		{"POST /console/enter", "/console/enter", form{"code", "wrong"}, bad, bad, bad, bad, bad, bad, bad},
		{"POST /console/leave", "/console/leave", nil, moved, moved, moved, moved, moved, moved, moved},

		{"GET /console/factor", "/console/factor", nil, enter, enter, ok, ok, ok, ok, ok},
		{"POST /console/factor", "/console/factor", form{"code", "123456"}, lost, lost, none, none, none, none, none}, // there is none to show
		{"POST /console/factor/begin", "/console/factor/begin", nil, lost, lost, ok, ok, ok, ok, ok},
		{"POST /console/factor/confirm", "/console/factor/confirm", form{"code", "123456"}, lost, lost, ok, ok, ok, ok, ok},
		{"POST /console/factor/codes", "/console/factor/codes", form{"code", "1"}, lost, lost, bad, bad, bad, bad, bad},
		{"POST /console/factor/drop", "/console/factor/drop", form{"code", "1"}, lost, lost, bad, bad, bad, bad, bad},

		{"GET /console/{$}", "/console/", nil, enter, enter, ok, ok, ok, enter, ok},
		{"GET /console/stories", "/console/stories", nil, enter, enter, ok, ok, ok, no, ok},
		{"GET /console/stories/{id}", "/console/stories/17", nil, enter, enter, ok, ok, ok, no, ok},
		{"GET /console/stories/{id}", "/console/stories/18", nil, enter, enter, no, no, no, no, ok}, // another desk's
		{"GET /console/stories/{id}", "/console/stories/99", nil, enter, enter, none, none, none, no, none},
		{"POST /console/stories/{id}/reason", "/console/stories/17/reason", form{"kind", "case"}, lost, lost, moved, moved, moved, no, moved},
		{"POST /console/stories/{id}/reason", "/console/stories/18/reason", form{"kind", "case"}, lost, lost, no, no, no, no, moved},
		{"POST /console/stories/{id}/verdict", "/console/stories/17/verdict", form{"press", "rule:17:0:unproven", "key", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, lost, lost, moved, moved, no, no, moved},
		{"POST /console/stories/{id}/verdict", "/console/stories/18/verdict", form{"press", "rule:18:0:unproven", "key", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, lost, lost, no, no, no, no, moved},
		{"POST /console/stories/{id}/handover", "/console/stories/17/handover", form{"desk", "2", "key", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, lost, lost, moved, moved, no, no, moved},
		{"POST /console/stories/{id}/handover", "/console/stories/18/handover", form{"desk", "1", "key", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, lost, lost, no, no, no, no, moved},
		{"POST /console/stories/{id}/merge", "/console/stories/17/merge", form{"into", "20"}, lost, lost, moved, moved, no, no, moved},
		{"POST /console/stories/{id}/merge", "/console/stories/18/merge", form{"into", "17"}, lost, lost, no, no, no, no, moved},
		{"POST /console/stories/{id}/split", "/console/stories/20/split", form{"post", "201"}, lost, lost, moved, moved, no, no, moved},
		{"POST /console/stories/{id}/split", "/console/stories/18/split", form{"post", "181"}, lost, lost, no, no, no, no, moved},
		{"GET /console/registry", "/console/registry", nil, enter, enter, ok, ok, ok, no, ok},
		{"POST /console/registry/{id}/drop", "/console/registry/3/drop", form{"reason", "被冒用"}, lost, lost, no, no, no, no, moved},
		{"POST /console/duty", "/console/duty", form{"on", "yes"}, lost, lost, moved, moved, moved, no, moved},
		{"GET /console/telegram", "/console/telegram", nil, enter, enter, ok, ok, ok, ok, ok},
		{"POST /console/telegram/code", "/console/telegram/code", nil, lost, lost, tied, ok, ok, ok, ok},
		{"POST /console/telegram/untie", "/console/telegram/untie", nil, lost, lost, moved, moved, moved, moved, moved},

		{"GET /console/deliveries", "/console/deliveries", nil, enter, enter, no, no, no, no, ok},
		{"GET /console/deliveries/{id}", "/console/deliveries/103", nil, enter, enter, no, no, no, no, ok},
		{"POST /console/deliveries/{id}/resend", "/console/deliveries/103/resend", form{"looked", "yes"}, lost, lost, no, no, no, no, moved},
		{"POST /console/deliveries/{id}/sent", "/console/deliveries/103/sent", form{"looked", "yes"}, lost, lost, no, no, no, no, moved},
		{"POST /console/deliveries/{id}/handled", "/console/deliveries/107/handled", form{"looked", "yes"}, lost, lost, no, no, no, no, moved},
		{"GET /console/sources", "/console/sources", nil, enter, enter, no, no, no, no, ok},
		{"POST /console/channels/resume", "/console/channels/resume", form{"name", "weibo"}, lost, lost, no, no, no, no, moved},
		{"POST /console/sources/resume", "/console/sources/resume", form{"name", "微博搜索/走失"}, lost, lost, no, no, no, no, moved},
		{"GET /console/quarantine", "/console/quarantine", nil, enter, enter, no, no, no, no, ok},
		{"GET /console/officers", "/console/officers", nil, enter, enter, no, no, no, no, ok},
		{"POST /console/officers/invite", "/console/officers/invite", form{"name", "己", "desk", "1", "role", "officer"}, lost, lost, no, no, no, no, ok},
		{"GET /console/officers/{id}", "/console/officers/11", nil, enter, enter, no, no, no, no, ok},
		{"POST /console/officers/{id}/role", "/console/officers/11/role", form{"role", "lead"}, lost, lost, no, no, no, no, moved},
		{"POST /console/officers/{id}/role", "/console/officers/12/role", form{"role", "officer"}, lost, lost, no, no, no, no, tied}, // the own
		{"POST /console/officers/{id}/certificate", "/console/officers/11/certificate", form{"until", "2032-01-31"}, lost, lost, no, no, no, no, moved},
		{"POST /console/officers/{id}/factor", "/console/officers/11/factor", nil, lost, lost, no, no, no, no, moved},
		{"POST /console/officers/{id}/duty", "/console/officers/11/duty", form{"on", "no"}, lost, lost, no, no, no, no, moved},
		{"POST /console/officers/{id}/disabled", "/console/officers/14/disabled", form{"disabled", "yes"}, lost, lost, no, no, no, no, moved},
		{"POST /console/officers/{id}/link", "/console/officers/14/link", nil, lost, lost, no, no, no, no, ok},

		{"GET /console/roster", "/console/roster", nil, enter, enter, ok, ok, ok, no, ok},
		{"GET /console/roster", "/console/roster?desk=2", nil, enter, enter, no, no, no, no, ok}, // another desk's
		{"POST /console/roster/shifts", "/console/roster/shifts", form{"desk", "1", "officer", "11", "day", "3", "from", "08:00", "until", "20:00"}, lost, lost, no, moved, no, no, moved},
		{"POST /console/roster/shifts/{id}/drop", "/console/roster/shifts/5/drop", form{"desk", "1"}, lost, lost, no, moved, no, no, moved},
		{"POST /console/roster/copy", "/console/roster/copy", form{"desk", "1"}, lost, lost, no, moved, no, no, moved},
		{"GET /console/audit", "/console/audit", nil, enter, enter, no, no, no, ok, no},
		{"GET /console/views", "/console/views", nil, enter, enter, no, no, no, ok, no},
		{"POST /console/audit/export", "/console/audit/export", form{"what", "audit", "format", "csv", "year", "2031"}, lost, lost, no, no, no, ok, no},

		{"GET /console/", "/console/nowhere", nil, none, none, none, none, none, none, none},
		{"jobs", "/console/jobs/queues", nil, enter, enter, no, no, no, no, http.StatusTeapot},
	}
	covered := map[string]bool{}
	for _, tt := range tests {
		covered[tt.pattern] = true
		method := http.MethodPost
		if strings.HasPrefix(tt.pattern, "GET ") || tt.pattern == "jobs" {
			method = http.MethodGet
		}
		for _, who := range []struct {
			name string
			id   int64
			want int
		}{{"stranger", 0, tt.stranger}, {"disabled", disabledID, tt.disabled}, {"officer", officerID, tt.officer}, {"lead", leadID, tt.lead}, {"expired", expiredID, tt.expired}, {"auditor", auditorID, tt.auditor}, {"admin", adminID, tt.admin}} {
			// Each in a world of its own, since forms change it.
			b := newBackend()
			b.addStory(20, lan, guitu.Claim{Area: "371302"}, "听说虚构路有孩子走失")
			b.posts[20] = append(b.posts[20], guitu.Post{ID: 201, Text: "另一条"})
			b.posts[18] = append(b.posts[18], guitu.Post{ID: 181, Text: "另一条"})
			s := serve(t, b, console.Options{BotName: botName, Jobs: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })})
			br := newBrowser(t, s)
			if who.id != 0 {
				was := b.officers[who.id].Disabled
				b.officers[who.id].Disabled = false
				br = as(t, s, b, who.id)
				b.officers[who.id].Disabled = was
			}
			var a answer
			if method == http.MethodGet {
				a = br.get(tt.path)
			} else {
				a = br.post(tt.path, tt.form...)
			}
			if a.status != who.want {
				t.Errorf("%s %s as %s = %d, want %d", method, tt.path, who.name, a.status, who.want)
			}
			toEnter := strings.HasPrefix(a.header.Get("Location"), "/console/enter?next=")
			if wantEnter := method == http.MethodGet && who.want == enter && !inside(who.id); toEnter != wantEnter {
				t.Errorf("%s %s as %s leads to %q", method, tt.path, who.name, a.header.Get("Location"))
			}
			if changed := len(b.only("")) + len(b.decided()); who.want >= 400 && changed != 0 {
				t.Errorf("%s %s as %s was refused and yet did %v %v", method, tt.path, who.name, b.only(""), b.decided())
			}
			for name, want := range map[string]string{
				"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			} {
				if got := a.header.Get(name); got != want {
					t.Errorf("%s %s as %s: %s = %q, want %q", method, tt.path, who.name, name, got, want)
				}
			}
			csp := a.header.Get("Content-Security-Policy")
			if script := strings.Contains(csp, "script-src"); !strings.HasPrefix(csp, "default-src 'none';") || script != (tt.pattern == "jobs") {
				t.Errorf("%s %s as %s: policy %q", method, tt.path, who.name, csp)
			}
		}
	}
	patterns := append(console.Patterns(), "jobs")
	for _, p := range patterns {
		if !covered[p] {
			t.Errorf("%s is not in the matrix", p)
		}
	}
	for p := range covered {
		if !slices.Contains(patterns, p) {
			t.Errorf("%s is no route", p)
		}
	}
}

// TestMethods asks every form for a page, and every page for a change.
func TestMethods(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	br := as(t, s, b, adminID)
	for _, path := range []string{"/console/stories/17", "/console/deliveries/103", "/console/sources"} {
		if a := br.post(path); a.status != http.StatusMethodNotAllowed {
			t.Errorf("POST %s = %d, want 405", path, a.status)
		}
		if a := br.do(http.MethodDelete, path, nil, ""); a.status != http.StatusMethodNotAllowed {
			t.Errorf("DELETE %s = %d, want 405", path, a.status)
		}
	}
	for _, path := range []string{"/console/stories/17/verdict", "/console/deliveries/103/resend", "/console/officers/14/disabled?disabled=yes", "/console/leave"} {
		if a := br.get(path); a.status != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, a.status)
		}
	}
	if got := b.only(""); len(got) != 0 {
		t.Errorf("changed %v", got)
	}
}

func TestForgedForm(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{PublicURL: "https://guitu.example"})
	for name, header := range map[string]http.Header{
		"another site":         {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
		"a sibling":            {"Sec-Fetch-Site": {"same-site"}, "Origin": {"https://evil.guitu.example"}},
		"an old browser":       {"Sec-Fetch-Site": nil, "Origin": {"https://evil.example"}},
		"a sandboxed document": {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"null"}},
	} {
		br := newBrowser(t, s)
		a := br.do(http.MethodPost, "/console/enter", header, "code=x")
		if a.status != http.StatusForbidden || !strings.Contains(a.body, "请求来自其他网站") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	// The proxy in front may rewrite Host: the public address is still our own.
	br := newBrowser(t, s)
	a := br.do(http.MethodPost, "/console/enter", http.Header{"Sec-Fetch-Site": nil, "Origin": {"https://guitu.example"}}, "code=x")
	a.want(t, http.StatusUnprocessableEntity)
}

func TestForgedJobAction(t *testing.T) {
	b := newBackend()
	pressed := 0
	s := serve(t, b, console.Options{Jobs: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { pressed++ })})
	br := as(t, s, b, adminID)
	const path = "/console/jobs/api/jobs/cancel"
	br.do(http.MethodPost, path, http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}}, "").want(t, http.StatusForbidden)
	if pressed != 0 {
		t.Error("another site's page reached the job page")
	}
	br.do(http.MethodPost, path, nil, "").want(t, http.StatusOK)
}

func TestForgedVerdict(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	br := as(t, s, b, officerID)
	form := "press=rule:17:0:unproven&key=" + br.get("/console/stories/17").key(t)
	a := br.do(http.MethodPost, "/console/stories/17/verdict", http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}}, form)
	a.want(t, http.StatusForbidden)
	if got := b.decided(); len(got) != 0 {
		t.Fatalf("decided %v", got)
	}
	// The same form from the page itself is taken, so it was the origin that was refused.
	br.do(http.MethodPost, "/console/stories/17/verdict", nil, form).want(t, http.StatusSeeOther)
}

func TestOfficerWithoutDesk(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	br := as(t, s, b, looseID)
	for _, path := range []string{"/console/", "/console/stories", "/console/stories/17", "/console/registry"} {
		if a := br.get(path); a.status != http.StatusForbidden {
			t.Errorf("GET %s = %d, want 403: the zero desk's empty area is not the whole country", path, a.status)
		}
	}
	if got := b.only("viewed"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestHandedStoryOpens(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	b.questions[18].Assignment.Desk = lan
	as(t, s, b, officerID).get("/console/stories/18").want(t, http.StatusOK, "有人抢小孩")
}

func TestAdminOfAnotherDeskReadsOnly(t *testing.T) {
	b := newBackend()
	b.officers[adminID].Desk = he
	s := serve(t, b, console.Options{})
	br := as(t, s, b, adminID)
	a := br.because("/console/stories/17", guitu.ViewSupervise).get("/console/stories/17")
	a.want(t, http.StatusOK, "只能查看")
	if got := a.presses(); len(got) != 0 {
		t.Errorf("choices %v on a story that the administrator's desk may not rule on", got)
	}
}

func TestExerciseMarksEveryPage(t *testing.T) {
	b := newBackend()
	b.questions[17].Rumor.Status = guitu.Exercise
	s := serve(t, b, console.Options{Exercise: true})
	br := as(t, s, b, adminID)
	paths := []string{
		"/console/", "/console/stories", "/console/stories/17", "/console/deliveries", "/console/deliveries/103", "/console/sources",
		"/console/quarantine", "/console/officers", "/console/telegram", "/console/nowhere", "/console/enter?code=x",
	}
	for _, path := range paths {
		if a := br.get(path); !strings.Contains(a.body, `<strong>演练</strong>`) || !strings.Contains(a.body, "<title>【演练】") {
			t.Errorf("%s does not say 演练", path)
		}
	}
	b = newBackend()
	s = serve(t, b, console.Options{})
	if a := as(t, s, b, adminID).get("/console/stories/17"); strings.Contains(a.body, "演练") {
		t.Error("the real console says 演练")
	}
}
