package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/internal/store"
	"guitu/publishers/site"
	"guitu/verify/bulletins"
	"guitu/verify/stats"
)

// statistics answers with the report of a year or a month, as a page of the site, text, CSV or JSON: counts only, so that anybody can recompute a
// bulletin. A report is counted once in five minutes at most, and only of periods that have begun.
type statistics struct {
	db       *store.DB
	location *time.Location

	mu   sync.Mutex
	kept map[time.Time]map[time.Time]guitu.Report // by from and to
}

// keepReport is how long a report is shown as it was counted.
const keepReport = 5 * time.Minute

// firstYear is when the platform began.
const firstYear = 2016

func newStatistics(db *store.DB, location *time.Location) *statistics {
	return &statistics{db: db, location: location, kept: map[time.Time]map[time.Time]guitu.Report{}}
}

// routes are the addresses for programs: /statistics.txt, .csv and .json, with ?year=2026 and also &month=3; the year in which we are
// by default. lang=en gives the text in English. The page for people is the site's.
func (s *statistics) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /statistics.txt", s.answer("text/plain; charset=utf-8", func(r *http.Request, report guitu.Report) ([]byte, error) {
		lang := guitu.Chinese
		if r.FormValue("lang") == "en" {
			lang = guitu.English
		}
		return []byte(stats.Table(report, lang, gazetteer.Name)), nil
	}))
	mux.HandleFunc("GET /statistics.csv", s.answer("text/csv; charset=utf-8", func(_ *http.Request, report guitu.Report) ([]byte, error) {
		var b bytes.Buffer
		err := stats.CSV(&b, report)
		return b.Bytes(), err
	}))
	mux.HandleFunc("GET /statistics.json", s.answer("application/json", func(_ *http.Request, report guitu.Report) ([]byte, error) {
		return json.MarshalIndent(report, "", "  ")
	}))
}

func (s *statistics) answer(kind string, write func(*http.Request, guitu.Report) ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		year, month, err := site.Period(r)
		var report guitu.Report
		if err == nil {
			report, err = s.report(r.Context(), year, month)
		}
		if guitu.KindOf(err) == guitu.NotFound {
			http.Error(w, "没有这个时期的统计 / no statistics of this period", http.StatusNotFound)
			return
		}
		var body []byte
		if err == nil {
			body, err = write(r, report)
		}
		if err != nil {
			http.Error(w, guitu.Message(err), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "public, max-age=300")
		_, _ = w.Write(body) // who does not wait for it needs no answer
	}
}

// Figures are the counts of a period for the site's page.
func (s *statistics) Figures(ctx context.Context, year, month int, lang string) (site.Figures, error) {
	r, err := s.report(ctx, year, month)
	if err != nil {
		return site.Figures{}, err
	}
	from := r.From.In(s.location)
	f := site.Figures{
		Year: from.Year(), Month: month, Period: stats.Period(r, lang), AsOf: r.AsOf.In(s.location), Definitions: stats.Definitions(lang),
	}
	for y := s.db.Now().In(s.location).Year(); y >= firstYear; y-- {
		f.Years = append(f.Years, y)
	}
	for _, row := range stats.Rows(r, lang, gazetteer.Name) {
		f.Rows = append(f.Rows, site.Figure{Label: row.Label, Value: row.Value, Share: row.Share})
	}
	return f, nil
}

// period is the year or the month that is asked for; NotFound when it has not begun.
func (s *statistics) period(year, month int) (from, to time.Time, err error) {
	now := s.db.Now().In(s.location)
	year = cmp.Or(year, now.Year())
	from = time.Date(year, time.Month(max(1, month)), 1, 0, 0, 0, 0, s.location)
	if to = from.AddDate(1, 0, 0); month > 0 {
		to = from.AddDate(0, 1, 0)
	}
	if year < firstYear || from.After(now) {
		return from, to, guitu.Errorf(guitu.NotFound, "没有这个时期的统计")
	}
	return from, to, nil
}

// report counts a period, or returns what was counted a moment ago. One is counted at a time.
func (s *statistics) report(ctx context.Context, year, month int) (r guitu.Report, err error) {
	from, to, err := s.period(year, month)
	if err != nil {
		return r, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.kept[from][to]; ok && s.db.Now().Sub(r.AsOf) < keepReport {
		return r, nil
	}
	err = s.db.View(ctx, func(tx *store.Tx) error {
		r, err = bulletins.Report(ctx, tx, from, to)
		return err
	})
	if err != nil {
		return r, err
	}
	if s.kept[from] == nil {
		s.kept[from] = map[time.Time]guitu.Report{}
	}
	s.kept[from][to] = r
	return r, nil
}
