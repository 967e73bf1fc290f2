package console_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"guitu/bot/console"
)

func TestSignInLinkSurvivesPreview(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	code, _ := b.SignInCode(t.Context(), officerID)
	for range 3 { // a chat application's link previewer
		newBrowser(t, s).get("/console/enter?code="+code).want(t, http.StatusOK, `value="`+code+`"`)
	}
	br := newBrowser(t, s)
	a := br.post("/console/enter", "code", " "+code+"\n", "next", "/console/stories/17")
	a.want(t, http.StatusSeeOther)
	if got := a.header.Get("Location"); got != "/console/stories/17" {
		t.Errorf("leads to %q", got)
	}
	br.get("/console/stories/17").want(t, http.StatusOK)
	newBrowser(t, s).post("/console/enter", "code", code).want(t, http.StatusUnprocessableEntity, "无效、已使用或已过期", `aria-invalid="true"`)
}

func TestSignInLeadsOnlyInside(t *testing.T) {
	for next, want := range map[string]string{
		"/console/stories?state=open":     "/console/stories?state=open",
		"":                                "/console/",
		"https://evil.example/console/":   "/console/",
		"//evil.example/console/":         "/console/",
		"/console/../evil":                "/console/",
		"/console/\\evil.example":         "/console/",
		"/evil":                           "/console/",
		"/console/enter?code=x":           "/console/",
		"/console/stories\r\nX-Evil: yes": "/console/",
	} {
		b := newBackend()
		s := serve(t, b, console.Options{})
		code, _ := b.SignInCode(t.Context(), officerID)
		a := newBrowser(t, s).post("/console/enter", "code", code, "next", next)
		if got := a.header.Get("Location"); got != want {
			t.Errorf("next %q leads to %q, want %q", next, got, want)
		}
	}
}

func TestSessionCookie(t *testing.T) {
	for _, tt := range []struct {
		o          console.Options
		name       string
		wantSecure bool
	}{
		{console.Options{}, "guitu_console", false},
		{console.Options{PublicURL: "http://127.0.0.1:8080"}, "guitu_console", false},
		{console.Options{PublicURL: "https://guitu.example"}, "guitu_console", true},
		{console.Options{Exercise: true}, "guitu_exercise", false},
	} {
		b := newBackend()
		store := memstore.NewWithCleanupInterval(0)
		tt.o.SessionStore = store
		s := serve(t, b, tt.o)
		code, _ := b.SignInCode(t.Context(), officerID)
		a := newBrowser(t, s).post("/console/enter", "code", code)
		c, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
		if err != nil {
			t.Fatal(err)
		}
		if c.Name != tt.name || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != tt.wantSecure || c.Path != "/console/" || c.MaxAge != 0 {
			t.Errorf("%+v: cookie %+v", tt.o, c)
		}
		sessions, err := store.All()
		if err != nil || len(sessions) != 1 {
			t.Fatalf("sessions %v, %v", sessions, err)
		}
		if _, plain := sessions[c.Value]; plain {
			t.Error("the token stands in the store as it is")
		}
	}
}

func TestStrangersLeaveNoSession(t *testing.T) {
	b := newBackend()
	store := memstore.NewWithCleanupInterval(0)
	s := serve(t, b, console.Options{SessionStore: store})
	br := newBrowser(t, s)
	for _, path := range []string{"/console/", "/console/enter", "/console/stories/17", "/console/nowhere"} {
		if a := br.get(path); a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s sets %q", path, a.header.Get("Set-Cookie"))
		}
	}
	if sessions, err := store.All(); err != nil || len(sessions) != 0 {
		t.Errorf("sessions %v, %v", sessions, err)
	}
}

func TestSignInRenewsToken(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	br := as(t, s, b, officerID)
	jar := func() string {
		req, _ := http.NewRequest(http.MethodGet, s.URL+"/console/", nil)
		return br.http.Jar.Cookies(req.URL)[0].Value
	}
	before := jar()
	code, _ := b.SignInCode(t.Context(), adminID)
	br.post("/console/enter", "code", code).want(t, http.StatusSeeOther)
	if jar() == before {
		t.Error("the token of before the sign-in is still good")
	}
	br.get("/console/officers").want(t, http.StatusOK, "乙管理员")
	old := newBrowser(t, s)
	a := old.do(http.MethodGet, "/console/", http.Header{"Cookie": {"guitu_console=" + before}}, "")
	a.want(t, http.StatusSeeOther)
}

func TestSignOut(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	br := as(t, s, b, officerID)
	req, _ := http.NewRequest(http.MethodGet, s.URL+"/console/", nil)
	token := br.http.Jar.Cookies(req.URL)[0].String()
	br.post("/console/leave").want(t, http.StatusSeeOther)
	br.get("/console/").want(t, http.StatusSeeOther)
	// A copy of the cookie is worth nothing either.
	newBrowser(t, s).do(http.MethodGet, "/console/", http.Header{"Cookie": {token}}, "").want(t, http.StatusSeeOther)
}

func TestDisabledOfficerIsOutAtOnce(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	br := as(t, s, b, officerID)
	page := br.get("/console/stories/17")
	page.want(t, http.StatusOK)
	as(t, s, b, adminID).post("/console/officers/11/disabled", "disabled", "yes").want(t, http.StatusSeeOther)
	a := br.post("/console/stories/17/verdict", "press", "rule:17:0:unproven", "key", page.key(t))
	a.want(t, http.StatusUnauthorized, "没有作任何更改")
	if got := b.decided(); len(got) != 0 {
		t.Errorf("a disabled officer decided %v", got)
	}
	// Enabled again, the old session stays ended.
	b.officers[officerID].Disabled = false
	br.get("/console/").want(t, http.StatusSeeOther)

	b.officers[officerID].Disabled = true
	code, _ := b.SignInCode(t.Context(), officerID)
	newBrowser(t, s).post("/console/enter", "code", code).want(t, http.StatusForbidden, "账号已停用")
}

func TestRoleIsReadOnEveryRequest(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	br := as(t, s, b, adminID)
	br.get("/console/officers").want(t, http.StatusOK)
	b.officers[adminID].Role = "officer"
	br.get("/console/officers").want(t, http.StatusForbidden)
}

// clock is a clock that tests turn.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func TestSessionEnds(t *testing.T) {
	const alive, gone = http.StatusOK, http.StatusSeeOther
	t.Run("Idle", func(t *testing.T) {
		b, c := newBackend(), &clock{t: midnight}
		br := as(t, serve(t, b, console.Options{Now: c.Now}), b, officerID)
		c.forward(59 * time.Minute)
		br.get("/console/").want(t, alive)
		c.forward(59 * time.Minute)
		br.get("/console/").want(t, alive)
		c.forward(61 * time.Minute)
		br.get("/console/").want(t, gone)
	})
	for name, path := range map[string]string{"ListLeftOpen": "/console/?auto=1", "JobsLeftOpen": "/console/jobs/api/jobs"} {
		t.Run(name, func(t *testing.T) {
			b, c := newBackend(), &clock{t: midnight}
			jobs := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
			br := as(t, serve(t, b, console.Options{Now: c.Now, Jobs: jobs}), b, adminID)
			for range 60 {
				c.forward(time.Minute)
				br.get(path).want(t, alive)
			}
			c.forward(time.Minute)
			br.get(path).want(t, gone)
		})
	}
	t.Run("Shift", func(t *testing.T) {
		b, c := newBackend(), &clock{t: midnight}
		br := as(t, serve(t, b, console.Options{Now: c.Now}), b, officerID)
		for range 24 {
			c.forward(30 * time.Minute)
			br.get("/console/").want(t, alive)
		}
		c.forward(time.Minute)
		br.get("/console/").want(t, gone)
	})
}

func TestGuessingIsLimited(t *testing.T) {
	b, c := newBackend(), &clock{t: midnight}
	s := serve(t, b, console.Options{Now: c.Now})
	br := newBrowser(t, s)
	for i := range 20 {
		if a := br.post("/console/enter", "code", "guess"); a.status != http.StatusUnprocessableEntity {
			t.Fatalf("guess %d: %d", i+1, a.status)
		}
	}
	code, _ := b.SignInCode(t.Context(), officerID)
	a := br.post("/console/enter", "code", code)
	a.want(t, http.StatusTooManyRequests, "尝试次数过多")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	c.forward(61 * time.Second)
	br.post("/console/enter", "code", code).want(t, http.StatusSeeOther)
}

func TestStrangerComesBackToThePage(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	br := newBrowser(t, s)
	to := br.get("/console/stories/17?x=%22%3E").header.Get("Location")
	a := br.get(to)
	a.want(t, http.StatusOK, `name="next" value="/console/stories/17?x=%22%3E"`)
	if strings.Contains(a.body, "虚构小区") {
		t.Error("the sign-in page tells of the story")
	}
}
