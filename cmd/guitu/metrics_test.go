package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/testenv/golden"
)

// gaugesFunc is a store that answers as a function does.
type gaugesFunc func(ctx context.Context) (guitu.Gauges, error)

func (f gaugesFunc) Gauges(ctx context.Context) (guitu.Gauges, error) { return f(ctx) }

// scrape returns what Prometheus reads, without the Go runtime's and the process's own.
func scrape(t *testing.T, m *metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("scrape: %d %s", w.Code, w.Body)
	}
	if !strings.Contains(w.Body.String(), "\ngo_goroutines ") {
		t.Error("no metrics of the Go runtime")
	}
	return strings.Join(regexp.MustCompile(`(?m)^.*guitu_.*\n`).FindAllString(w.Body.String(), -1), "")
}

func TestMetrics(t *testing.T) {
	m := newMetrics(gaugesFunc(func(ctx context.Context) (guitu.Gauges, error) {
		if _, ok := ctx.Deadline(); !ok {
			return guitu.Gauges{}, errors.New("no deadline")
		}
		return guitu.Gauges{
			Sources: []guitu.SourceState{
				{Name: "贴吧", Kind: "feed", LastOK: time.Date(2026, 3, 1, 8, 0, 0, 5e8, time.UTC), Posts: 42},
				{Name: "weibo", Kind: "weibo", Fails: 3, Paused: true, Trouble: "a \"wall\""},
			},
			QueueAge:   map[string]time.Duration{guitu.QueueRead: 1500 * time.Millisecond, guitu.QueueDeliver: 0},
			Unanswered: [5]int{5, 4, 3, 2, 1},
			Deliveries: []guitu.DeliveryCount{
				{Channel: "site", State: guitu.DeliverySent, Count: 9},
				{Channel: "telegram", State: guitu.DeliveryUnknown, Count: 1},
			},
		}, nil
	}), build{"v1.2.3", "abcdef123456", "go1.26"}, slog.New(slog.DiscardHandler))
	m.StepDone("deliver", 1, 300*time.Millisecond, nil)
	m.StepDone("deliver", 2, 2*time.Second, errors.New("502"))
	m.StepDone("read", 1, time.Millisecond, nil)
	golden.Check(t, filepath.Join("testdata", "metrics.txt"), scrape(t, m))
}

func TestMetricsWithoutDatabase(t *testing.T) {
	m := newMetrics(gaugesFunc(func(context.Context) (guitu.Gauges, error) {
		return guitu.Gauges{}, errors.New("down")
	}), build{}, slog.New(slog.DiscardHandler))
	m.StepDone("read", 1, time.Millisecond, nil)
	got := scrape(t, m)
	if !strings.Contains(got, "guitu_store_up 0\n") || !strings.Contains(got, "guitu_step_duration_seconds_count") || strings.Contains(got, "guitu_source") {
		t.Errorf("scrape without a database:\n%s\nwant guitu_store_up 0, the steps, and no sources", got)
	}
}
