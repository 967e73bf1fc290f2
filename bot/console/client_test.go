package console_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"guitu"
	"guitu/bot/console"
)

// serve runs a console over HTTP.
func serve(t *testing.T, b *backend, o console.Options) *httptest.Server {
	t.Helper()
	if o.Now == nil {
		o.Now = b.now
	}
	s := httptest.NewServer(console.New(b, o))
	t.Cleanup(s.Close)
	return s
}

// botName is the officers' bot of the tests.
func botName(context.Context) string { return "guitu_test_bot" }

// browser is one person's browser: cookies, no JavaScript.
type browser struct {
	t    *testing.T
	base string
	http http.Client
}

func newBrowser(t *testing.T, s *httptest.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, base: s.URL, http: http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// as is a browser in which an officer has signed in.
func as(t *testing.T, s *httptest.Server, b *backend, officerID int64) *browser {
	t.Helper()
	code, err := b.SignInCode(context.Background(), officerID)
	if err != nil {
		t.Fatal(err)
	}
	br := newBrowser(t, s)
	if a := br.post("/console/enter", "code", code); a.status != http.StatusSeeOther {
		t.Fatalf("sign in as %d: status %d: %s", officerID, a.status, a.body)
	}
	return br
}

// publishing is a browser in which an officer has signed in and shown a second factor.
func publishing(t *testing.T, s *httptest.Server, b *backend, officerID int64) *browser {
	t.Helper()
	br := as(t, s, b, officerID)
	if b.officers[officerID].Factor {
		br.post("/console/factor", "code", goodCode).want(t, http.StatusSeeOther)
		return br
	}
	if a := br.post("/console/factor/confirm", "code", goodCode); a.status != http.StatusOK {
		t.Fatalf("show a second factor as %d: status %d: %s", officerID, a.status, a.body)
	}
	return br
}

// answer is what the server said.
type answer struct {
	status int
	header http.Header
	body   string
}

func (b *browser) do(method, path string, header http.Header, body string) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", b.base)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for k, v := range header {
		req.Header[k] = v
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(text)}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil, "")
}

// post sends a form of alternating names and values.
func (b *browser) post(path string, fields ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, path, nil, form.Encode())
}

// because gives a reason to read a story, where one is asked.
func (b *browser) because(path string, kind guitu.ViewReason) *browser {
	b.t.Helper()
	b.post(path+"/reason", "kind", string(kind)).want(b.t, http.StatusSeeOther)
	return b
}

// want fails the test unless a has the status and its body holds every text.
func (a answer) want(t *testing.T, status int, texts ...string) {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d; body: %s", a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("body lacks %q: %s", text, a.body)
		}
	}
}

var keyField = regexp.MustCompile(`name="key" value="([A-Z2-7]+)"`)

// key is the key of the verdict form on the page.
func (a answer) key(t *testing.T) string {
	t.Helper()
	m := keyField.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no verdict form (status %d): %s", a.status, a.body)
	}
	return m[1]
}

var pressField = regexp.MustCompile(`name="press" id="press-\d+" value="([^"]+)"`)

// presses are the choices of the verdict form on the page.
func (a answer) presses() []string {
	var ps []string
	for _, m := range pressField.FindAllStringSubmatch(a.body, -1) {
		ps = append(ps, m[1])
	}
	return ps
}

// only keeps the calls that begin with prefix.
func (b *backend) only(prefix string) []string {
	defer b.lock()()
	var cs []string
	for _, c := range b.calls {
		if strings.HasPrefix(c, prefix) {
			cs = append(cs, c)
		}
	}
	return cs
}

func (b *backend) decided() []guitu.Decision {
	defer b.lock()()
	return append([]guitu.Decision(nil), b.decisions...)
}
