package followers

import (
	"context"
	"embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"net/url"

	"golang.org/x/time/rate"

	"guitu"
)

//go:embed assets
var assets embed.FS

var pageTemplate = template.Must(template.ParseFS(assets, "assets/follow.html"))

// Book is where the page keeps followers.
type Book interface {
	// Put keeps a follower, or their new place.
	Put(ctx context.Context, f guitu.Follower) error
	// Drop forgets a follower. It may be repeated.
	Drop(ctx context.Context, kind guitu.FollowerKind, handle string) error
}

// Routes puts the page on which people ask to be told, /follow, on a mux.
func (p *Push) Routes(m *http.ServeMux, b Book) {
	m.HandleFunc("GET /follow", func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; worker-src 'self'; "+
			"img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		pageTemplate.Execute(w, p.public) //nolint:errcheck // the reader left
	})
	for _, a := range [...]struct{ name, kind string }{
		{"follow.js", "text/javascript; charset=utf-8"},
		{"follow-worker.js", "text/javascript; charset=utf-8"},
		{"follow.css", "text/css; charset=utf-8"},
	} {
		m.HandleFunc("GET /"+a.name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", a.kind)
			w.Header().Set("Cache-Control", "no-cache")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			http.ServeFileFS(w, r, assets, "assets/"+a.name)
		})
	}
	// Everybody together: who asks is not told apart, and nobody who wants out is held up.
	limit := rate.NewLimiter(20, 200)
	m.HandleFunc("POST /subscribe", func(w http.ResponseWriter, r *http.Request) {
		if !limit.Allow() {
			w.Header().Set("Retry-After", "10")
			http.Error(w, "later", http.StatusTooManyRequests)
			return
		}
		p.subscribe(w, r, b, false)
	})
	m.HandleFunc("DELETE /subscribe", func(w http.ResponseWriter, r *http.Request) { p.subscribe(w, r, b, true) })
}

// request is what the page sends.
type request struct {
	Endpoint string `json:"endpoint"`
	Keys     struct {
		Auth   string `json:"auth"`
		P256dh string `json:"p256dh"`
	} `json:"keys"`
	Point guitu.Point `json:"point"`
}

// readRequest reads and checks what the page sent, or what somebody made up.
func readRequest(body []byte, drop bool) (f guitu.Follower, ok bool) {
	var q request
	if json.Unmarshal(body, &q) != nil {
		return f, false
	}
	u, err := url.Parse(q.Endpoint)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(q.Endpoint) > 1000 {
		return f, false
	}
	f = guitu.Follower{Kind: guitu.FollowWebPush, Handle: q.Endpoint}
	if drop {
		return f, true
	}
	auth, err := base64.RawURLEncoding.DecodeString(q.Keys.Auth)
	if err != nil || len(auth) != 16 || !q.Point.Valid() {
		return f, false
	}
	if key, err := base64.RawURLEncoding.DecodeString(q.Keys.P256dh); err != nil || len(key) != 65 || key[0] != 4 {
		return f, false
	}
	address, err := json.Marshal(map[string]any{"endpoint": q.Endpoint, "keys": q.Keys})
	f.Address, f.Point = string(address), q.Point.Round()
	return f, err == nil
}

// subscribe keeps or forgets a browser. A page elsewhere can't ask for it: the type of the body needs permission that nobody has.
func (p *Push) subscribe(w http.ResponseWriter, r *http.Request, b Book, drop bool) {
	if r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "JSON", http.StatusUnsupportedMediaType)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4096))
	if err != nil {
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	f, ok := readRequest(body, drop)
	if !ok {
		http.Error(w, "no subscription with a place", http.StatusBadRequest)
		return
	}
	if drop {
		err = b.Drop(r.Context(), f.Kind, f.Handle)
	} else {
		err = b.Put(r.Context(), f)
	}
	if err != nil {
		http.Error(w, "later", http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
