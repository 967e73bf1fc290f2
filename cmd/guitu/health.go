package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// readyTimeout is how long a readiness check may take.
const readyTimeout = 3 * time.Second

// healthz answers that the process is alive. It asks nothing else, because a process is not to be restarted for its
// database's sake.
func healthz(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, "ok\n")
}

// readyz answers whether the bot can work: ready returns nil when the database answers, its migrations are done and the jobs
// run. The reason goes to the log only, because the answer can be public.
func readyz(ready func(ctx context.Context) error, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		if err := ready(ctx); err != nil {
			log.WarnContext(ctx, "not ready", "error", err)
			answer(w, http.StatusServiceUnavailable, "not ready\n")
			return
		}
		answer(w, http.StatusOK, "ready\n")
	})
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	io.WriteString(w, text) //nolint:errcheck // the caller has gone
}
