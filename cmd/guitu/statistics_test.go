package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
)

func TestStatistics(t *testing.T) {
	now := time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), store.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	mux := http.NewServeMux()
	newStatistics(db, time.FixedZone("Asia/Shanghai", 8*60*60)).routes(mux)
	get := func(path string) (int, string) {
		t.Helper()
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		body, err := io.ReadAll(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		return w.Code, string(body)
	}
	for path, want := range map[string]string{
		"/statistics.txt":                    "寻人与核查统计　2026年\n",
		"/statistics.txt?month=2":            "寻人与核查统计　2026年2月\n",
		"/statistics.txt?year=2016&lang=en":  "Alerts and rumors, 2016\n",
		"/statistics.csv?year=2025&month=12": "to,2026-01-01T00:00:00+08:00,",
		"/statistics.json":                   `"published": 0`,
	} {
		if code, body := get(path); code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d, want %q in it:\n%s", path, code, want, body)
		}
	}
	for _, path := range []string{"?year=2015", "?year=2027", "?month=4", "?month=0", "?month=13", "?year=x", "?year=99999999999"} {
		if code, _ := get("/statistics.json" + path); code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, code)
		}
	}
	asOf := func() time.Time {
		_, body := get("/statistics.json")
		var r guitu.Report
		if err := json.Unmarshal([]byte(body), &r); err != nil {
			t.Fatal(err)
		}
		return r.AsOf
	}
	first := asOf()
	now = now.Add(4 * time.Minute)
	if got := asOf(); !got.Equal(first) {
		t.Errorf("counted again after four minutes, at %v", got)
	}
	now = now.Add(2 * time.Minute)
	if got := asOf(); !got.Equal(now) {
		t.Errorf("as of %v, want counted again at %v", got, now)
	}
}
