package site

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"guitu"
)

// Statistics counts what came of alerts and stories.
type Statistics interface {
	// Figures returns the counts of a year, or of a month of it, in a language; year 0 is the one in which we are, month 0 the whole
	// year. NotFound for a period that has not begun, or that lies before all.
	Figures(ctx context.Context, year, month int, lang string) (Figures, error)
}

// Figures is a table of counts in one language, with what each means.
type Figures struct {
	Year, Month int // Month 0 is the whole year
	Years       []int
	Period      string // in words
	AsOf        time.Time
	Rows        []Figure
	Definitions []string // the first says their version
}

// Figure is one line of a table.
type Figure struct{ Label, Value, Share string } // Share is a percentage, "" where it makes no sense

// Bar is the share as the length of a bar from zero, out of 100; "" without a share.
func (f Figure) Bar() string {
	n := strings.TrimSuffix(f.Share, "%")
	if _, err := strconv.ParseFloat(n, 64); err != nil {
		return ""
	}
	return n
}

// Query is the period as an address has it.
func (f Figures) Query() template.URL {
	q := url.Values{"year": {strconv.Itoa(f.Year)}}
	if f.Month != 0 {
		q.Set("month", strconv.Itoa(f.Month))
	}
	return template.URL(q.Encode())
}

// Months are the months to choose from.
func (f Figures) Months() []int { return []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12} }

// Period reads which year or month is asked for, 0 where none is.
func Period(r *http.Request) (year, month int, err error) {
	for _, f := range []struct {
		name string
		to   *int
		most int
	}{{"year", &year, 9999}, {"month", &month, 12}} {
		text := r.FormValue(f.name)
		if text == "" {
			continue
		}
		if *f.to, err = strconv.Atoi(text); err != nil || *f.to < 1 || *f.to > f.most {
			return 0, 0, guitu.Errorf(guitu.NotFound, "没有这个时期的统计")
		}
	}
	return year, month, nil
}

func (s *Site) statisticsPage(l *language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		year, month, err := Period(r)
		if err != nil {
			s.trouble(w, r, l, err)
			return
		}
		f, err := s.statistics.Figures(r.Context(), year, month, l.Tag)
		if err != nil {
			s.trouble(w, r, l, err)
			return
		}
		p := s.page(l, "/statistics", l.Statistics+" · "+f.Period+" · "+l.SiteName)
		p.Figures = &f
		s.render(w, r, "statistics", http.StatusOK, keepBriefly, p)
	}
}
