package poster_test

import (
	"context"
	"strings"
	"testing"

	"guitu"
	"guitu/publishers/poster"
)

// announcer is a reader that knows one bulletin.
type announcer struct {
	*reader
	report guitu.Report
}

func (a announcer) Bulletin(context.Context, int64) (guitu.Bulletin, error) {
	return guitu.Bulletin{Report: a.report}, nil
}

// TestChart measures the bars of the figures announced on 17 May 2017: from zero, all to one scale.
func TestChart(t *testing.T) {
	r := guitu.Report{Published: 1317, Closed: 1274, Alive: 1163, Dead: 111, Open: 43}
	for _, o := range []struct {
		outcome guitu.Outcome
		count   int
	}{
		{guitu.OutcomeRescued, 40},
		{guitu.OutcomeRanAway, 750},
		{guitu.OutcomeLost, 192},
		{guitu.OutcomeDrowned, 75},
		{guitu.OutcomeAccident, 7},
		{guitu.OutcomeKilled, 29},
		{guitu.OutcomeClassmate, 67},
		{guitu.OutcomeFalse, 114},
	} {
		r.Outcomes = append(r.Outcomes, guitu.OutcomeCount{Outcomes: []guitu.Outcome{o.outcome}, Count: o.count})
	}
	n := verdictNotice(guitu.NoticeBulletin)
	n.Texts[guitu.Chinese] = guitu.Text{Headline: "2026年寻人通报：发布1317，结案1274，生还1163"}
	p := poster.New(announcer{report: r, reader: &reader{}}, fonts(t), poster.Options{Link: func(code string) string { return "https://guitu.example/n/" + code }})
	got, err := p.Pictures(t.Context(), n)
	if err != nil || len(got) != 1 {
		t.Fatalf("%d pictures, %v", len(got), err)
	}
	look(t, "chart", got[0])
	for _, want := range []string{"发布1317", "生还1163", "死亡111", "离家出走750", "K7M2QX"} {
		if !strings.Contains(got[0].Alt[guitu.Chinese], want) {
			t.Errorf("the alternative text lacks %q: %s", want, got[0].Alt[guitu.Chinese])
		}
	}
	if got[0].Child || got[0].URL != "" || !strings.Contains(got[0].Alt[guitu.English], "found alive 1163") {
		t.Errorf("picture %+v", got[0].Alt)
	}
	drawn := first(t, p, n)
	counts := []int{1317, 1274, 1163, 111, 43, 40, 750, 192, 75, 7, 29, 67, 114}
	for i, count := range counts {
		y, length := 200+i*51+20, 0 // the middle of the bar; 51 pixels a bar
		for x := 400; x < 1080; x++ {
			c := drawn.RGBAAt(x, y)
			if c.B < 90 || c.R > 75 {
				break
			}
			length++
		}
		if want := (1080 - 56 - 110 - 400) * count / 1317; length != want {
			t.Errorf("the bar of %d is %d pixels long, want %d", count, length, want)
		}
	}
	if all, err := poster.New(&reader{}, fonts(t), poster.Options{}).Pictures(t.Context(), n); err != nil || len(all) != 0 {
		t.Errorf("without bulletins: %d pictures, %v", len(all), err)
	}
}
