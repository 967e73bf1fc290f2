package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestHealth(t *testing.T) {
	ready := func(err error) http.Handler {
		return readyz(func(context.Context) error { return err }, slog.New(slog.DiscardHandler))
	}
	for _, tt := range []struct {
		name    string
		handler http.Handler
		status  int
		body    string
	}{
		{"alive", http.HandlerFunc(healthz), http.StatusOK, "ok\n"},
		{"ready", ready(nil), http.StatusOK, "ready\n"},
		{"not ready", ready(errors.New("dial db.internal: refused")), http.StatusServiceUnavailable, "not ready\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			tt.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
			if w.Code != tt.status || w.Body.String() != tt.body || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("answer %d %q %v, want %d %q, not to be stored", w.Code, w.Body, w.Header(), tt.status, tt.body)
			}
		})
	}
}

func TestReadyTellsTheLogOnly(t *testing.T) {
	var log bytes.Buffer
	h := readyz(func(context.Context) error { return errors.New("migration 7 waits") }, slog.New(slog.NewTextHandler(&log, nil)))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	if !strings.Contains(log.String(), "migration 7 waits") {
		t.Errorf("log %q, want the reason", &log)
	}
}

func TestReadyHasADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := readyz(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, slog.New(slog.DiscardHandler))
		begun, w := time.Now(), httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
		if took := time.Since(begun); took != readyTimeout || w.Code != http.StatusServiceUnavailable {
			t.Errorf("a database that hangs: %d after %s, want %d after %s", w.Code, took, http.StatusServiceUnavailable, readyTimeout)
		}
	})
}
