package console

import (
	"net"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"

	"guitu"
)

const (
	// idleFor is how long a session lives without a request that a person made; a list that refreshes itself does not count.
	idleFor = time.Hour
	// sessionFor is how long a session lives at most: a shift.
	sessionFor = 12 * time.Hour

	keyOfficer = "officer" // int64, the officer's id
	keySince   = "since"   // int64, unix seconds of the sign-in
	keySeen    = "seen"    // int64, unix seconds of the last request that a person made
	keyFactor  = "factor"  // int64, unix seconds when the second factor was shown
	keyFlash   = "flash"   // string, what to say on the next page
)

func newSessions(opts Options) *scs.SessionManager {
	// Not scs.New: it starts a goroutine for a store that would be replaced here.
	s := &scs.SessionManager{
		Store:            opts.SessionStore,
		Codec:            scs.GobCodec{},
		IdleTimeout:      idleFor,
		Lifetime:         sessionFor,
		HashTokenInStore: true,
	}
	if s.Store == nil {
		s.Store = memstore.New()
	}
	// Cookies don't tell ports apart, so a practice beside the real console needs a name of its own.
	s.Cookie.Name = "guitu_console"
	if opts.Exercise {
		s.Cookie.Name = "guitu_exercise"
	}
	s.Cookie.Path = "/console/"
	s.Cookie.HttpOnly = true
	s.Cookie.Secure = strings.HasPrefix(opts.PublicURL, "https://")
	// Lax, since officers come by links in chat messages; CrossOriginProtection refuses forged forms.
	s.Cookie.SameSite = http.SameSiteLaxMode
	return s
}

// whoIs returns the officer whose session r carries, and the zero officer for strangers. The officer is read on every request,
// so that disabling one ends the session at once.
func (c *console) whoIs(r *http.Request) (guitu.Officer, error) {
	ctx := r.Context()
	id := c.sessions.GetInt64(ctx, keyOfficer)
	if id == 0 {
		return guitu.Officer{}, nil
	}
	now := c.opts.Now()
	since, seen := time.Unix(c.sessions.GetInt64(ctx, keySince), 0), time.Unix(c.sessions.GetInt64(ctx, keySeen), 0)
	if now.Sub(since) > sessionFor || now.Sub(seen) > idleFor {
		return guitu.Officer{}, c.sessions.Destroy(ctx)
	}
	me, err := c.backend.Officer(ctx, id)
	switch {
	case guitu.KindOf(err) == guitu.NotFound || err == nil && me.Disabled:
		c.opts.Log.InfoContext(ctx, "session ended", "officer", id)
		return guitu.Officer{}, c.sessions.Destroy(ctx)
	case err != nil:
		return guitu.Officer{}, err
	}
	if !byItself(r) {
		c.sessions.Put(ctx, keySeen, now.Unix())
	}
	return me, nil
}

// byItself reports whether a page asks without a person: the waiting list and the job page keep themselves up to date.
func byItself(r *http.Request) bool {
	return r.Method == http.MethodGet && (r.URL.Query().Has("auto") || strings.HasPrefix(r.URL.Path, jobsPath+"api/"))
}

type enterBody struct {
	Code  string // in the address, "" when it is to be typed
	Next  string
	Error string
}

// enterPage asks for one press: link previewers fetch addresses, so that opening one must not use up the code.
func (c *console) enterPage(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	code := r.URL.Query().Get("code")
	if me.ID != 0 && code == "" {
		http.Redirect(w, r, "/console/", http.StatusSeeOther)
		return nil
	}
	return c.render(w, r, http.StatusOK, "enter", page{Title: "登录", Me: me, Body: enterBody{
		Code: code, Next: inside(r.URL.Query().Get("next")),
	}})
}

func (c *console) enter(w http.ResponseWriter, r *http.Request, _ guitu.Officer) error {
	ctx, now, from := r.Context(), c.opts.Now(), clientOf(r)
	next := inside(r.PostForm.Get("next"))
	again := func(status int, message string) error {
		return c.render(w, r, status, "enter", page{Title: "登录", Body: enterBody{Next: next, Error: message}})
	}
	if !c.guesses.allowed(from, now) {
		c.opts.Log.WarnContext(ctx, "sign-in guesses limited")
		w.Header().Set("Retry-After", "60")
		return again(http.StatusTooManyRequests, "尝试次数过多，请一分钟后再试。")
	}
	me, err := c.backend.SignIn(ctx, strings.TrimSpace(r.PostForm.Get("code")))
	switch kind := guitu.KindOf(err); {
	case kind == guitu.NotFound || kind == guitu.Invalid:
		c.guesses.failed(from, now)
		return again(http.StatusUnprocessableEntity, "登录码无效、已使用或已过期，请重新获取。")
	case err != nil:
		return err
	case me.Disabled:
		return guitu.Errorf(guitu.Forbidden, "账号已停用，请联系管理员。")
	}
	if err := c.sessions.Clear(ctx); err != nil {
		return err
	}
	// A token that was known before the sign-in must not be worth anything after it.
	if err := c.sessions.RenewToken(ctx); err != nil {
		return err
	}
	c.sessions.Put(ctx, keyOfficer, me.ID)
	c.sessions.Put(ctx, keySince, now.Unix())
	c.sessions.Put(ctx, keySeen, now.Unix())
	c.opts.Log.InfoContext(ctx, "signed in", "officer", me.ID)
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

func (c *console) leave(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	if err := c.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	if me.ID != 0 {
		c.opts.Log.InfoContext(r.Context(), "signed out", "officer", me.ID)
	}
	http.Redirect(w, r, "/console/enter", http.StatusSeeOther)
	return nil
}

// inside returns next when it is a page of the console, else the first page: a sign-in must not lead to another site.
func inside(next string) string {
	p, _, _ := strings.Cut(next, "?")
	if !strings.HasPrefix(p, "/console/") || strings.ContainsAny(next, "\\\r\n\t") ||
		!strings.HasPrefix(path.Clean(p)+"/", "/console/") || strings.HasPrefix(p, "/console/enter") || strings.HasPrefix(p, factorPath) {
		return "/console/"
	}
	return next
}

// clientOf names where a request comes from: an address, or its /64 where one household holds so many.
func clientOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil || addr.Is4() || addr.Is4In6() {
		return host
	}
	p, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return host
	}
	return p.String()
}

const (
	guessWindow  = time.Minute
	guessLimit   = 20     // wrong codes in a window; many officers may share one proxy's address
	guessClients = 10_000 // remembered at most
)

// guesses counts wrong codes per client, in this process only. The codes are too long to be guessed anyway: this keeps the
// attempt from costing database work.
type guesses struct {
	mu      sync.Mutex
	clients map[string]guess
}

type guess struct {
	wrong int
	until time.Time
}

func (g *guesses) allowed(client string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	seen, ok := g.clients[client]
	return !ok || seen.wrong < guessLimit || now.After(seen.until)
}

func (g *guesses) failed(client string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.clients) >= guessClients || g.clients == nil {
		g.clients = map[string]guess{}
	}
	seen := g.clients[client]
	if now.After(seen.until) {
		seen = guess{until: now.Add(guessWindow)}
	}
	seen.wrong++
	g.clients[client] = seen
}
