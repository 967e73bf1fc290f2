package site_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"guitu"
	"guitu/publishers/site"
)

// counts are figures of 2026 and its months up to March.
type counts struct{}

func (counts) Figures(_ context.Context, year, month int, lang string) (site.Figures, error) {
	if year == 0 {
		year = 2026
	}
	if year != 2026 || month > 3 {
		return site.Figures{}, guitu.Errorf(guitu.NotFound, "没有这个时期的统计")
	}
	f := site.Figures{
		Year: year, Month: month, Years: []int{2026, 2025}, Period: map[string]string{guitu.Chinese: "二零二六", guitu.English: "2026 AD"}[lang],
		AsOf: time.Date(2026, 3, 1, 4, 20, 0, 0, time.UTC),
		Rows: []site.Figure{{"发布", "1317", ""}, {"结案 <b>", "1274", "96.74%"}, {"未结案", "0", "—"}}, Definitions: []string{"口径第1版"},
	}
	return f, nil
}

func TestStatisticsPage(t *testing.T) {
	s, err := site.New(board(missing()), site.Options{PublicURL: base, Statistics: counts{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	wantPage(t, get(s, "/statistics"), http.StatusOK, "寻人与核查统计 · 二零二六", ">1317<", ">96.74%<", `rect width="96.74"`, "结案 &lt;b&gt;",
		`href="/statistics.csv?year=2026"`, "<option selected>2026</option>", "口径第1版", "!演练")
	wantPage(t, get(s, "/en/statistics?month=3"), http.StatusOK, "2026 AD", "Recompute it", `href="/statistics.json?month=3&amp;year=2026"`,
		`href="/statistics.txt?month=3&amp;year=2026&amp;lang=en"`, "<option selected>3</option>")
	wantPage(t, get(s, "/"), http.StatusOK, `href="/statistics"`)
	for _, q := range []string{"year=2025", "month=4", "month=13", "month=-1", "year=x", "year=99999999999999999999"} {
		wantPage(t, get(s, "/statistics?"+q), http.StatusNotFound)
	}
	// Where nobody counts there is no page, and no link to one.
	none := newSite(t, board(missing()), false)
	wantPage(t, get(none, "/statistics"), http.StatusNotFound)
	wantPage(t, get(none, "/"), http.StatusOK, "!/statistics")
}
