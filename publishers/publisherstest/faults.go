package publisherstest

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"

	"guitu"
)

// fault decides about one request. It serves it by next where the server is to act.
type fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// wire stands between a publisher and its channel's fake, and breaks what it is told to break.
type wire struct {
	fake Fake
	srv  *httptest.Server

	mu       sync.Mutex
	fault    fault
	requests int
}

// connect starts a fake and a publisher that talks to it.
func connect(t testing.TB, h Harness) (*wire, guitu.Publisher) {
	t.Helper()
	w := &wire{fake: h.Fake(t)}
	w.srv = httptest.NewServer(w)
	// Unanswered requests would keep Close waiting.
	t.Cleanup(func() { w.srv.CloseClientConnections(); w.srv.Close() })
	return w, h.Publisher(t, w.srv.URL, Secret)
}

// ServeHTTP lets the fault decide, or the fake when there is none.
func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.requests++
	f := w.fault
	w.mu.Unlock()
	if f == nil {
		w.fake.ServeHTTP(rw, r)
		return
	}
	f(rw, r, w.fake)
}

// inject sets the fault for all requests to come, nil for none.
func (w *wire) inject(f fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = f
}

func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests
}

// answering never lets the server act: it answers by h.
func answering(h http.HandlerFunc) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) { h(w, r) }
}

// afterActing lets the server act, and spoils its answer by h when it did: requests that only ask are answered.
func (w *wire) afterActing(h http.HandlerFunc) fault {
	return func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		before := w.fake.Posts()
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		if !reflect.DeepEqual(before, w.fake.Posts()) {
			h(rw, r)
			return
		}
		for k, v := range answer.Header() {
			rw.Header()[k] = v
		}
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	}
}

// cut closes the connection without an answer.
func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// cutShort closes the connection in the middle of an answer.
func cutShort(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"ok":`))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// page answers with a gateway's HTML.
func page(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("<html><body><h1>" + http.StatusText(status) + "</h1></body></html>"))
	}
}

// listen searches what is logged during a test for the credential.
func listen(t testing.TB) {
	before := slog.Default()
	var b logged
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() {
		slog.SetDefault(before)
		b.mu.Lock()
		defer b.mu.Unlock()
		_, part, _ := strings.Cut(Secret, ":")
		if strings.Contains(b.text.String(), part) {
			t.Errorf("the log shows the credential: %s", strings.ReplaceAll(b.text.String(), part, "***"))
		}
	})
}

// logged keeps what is logged by many at once.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}
