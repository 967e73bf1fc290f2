package stats_test

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/internal/testenv/golden"
	"guitu/verify/stats"
)

var (
	from = time.Date(2025, 12, 31, 16, 0, 0, 0, time.UTC) // midnight in Beijing
	to   = time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)
	asOf = time.Date(2027, 1, 2, 2, 0, 0, 0, time.UTC)
)

// life is what an outcome says of the child.
func life(o guitu.Outcome) guitu.Life {
	switch {
	case o.Fits(guitu.Dead) && !o.Fits(guitu.Alive):
		return guitu.Dead
	case o == guitu.OutcomeOther || o == guitu.OutcomeFalse:
		return guitu.LifeUnknown
	}
	return guitu.Alive
}

// cases makes published alerts of which some were closed.
func cases(published int, closed map[guitu.Outcome]int) []guitu.Counted {
	var all []guitu.Counted
	for _, o := range guitu.Outcomes {
		for range closed[o] {
			all = append(all, guitu.Counted{State: guitu.AlertClosed, Kept: guitu.Kept{IssuedAt: from.Add(time.Hour), Outcome: o, Life: life(o)}})
		}
	}
	for len(all) < published {
		all = append(all, guitu.Counted{State: guitu.AlertActive, Kept: guitu.Kept{IssuedAt: from.Add(time.Hour)}})
	}
	return all
}

func compute(alerts []guitu.Counted, stories ...guitu.Checked) guitu.Report {
	return stats.Compute(alerts, stories, from, to, asOf)
}

// announced are the figures of 17 May 2017, phase 3 of the platform.
var announced = map[guitu.Outcome]int{
	guitu.OutcomeRescued: 40, guitu.OutcomeRanAway: 750, guitu.OutcomeLost: 192, guitu.OutcomeDrowned: 75, guitu.OutcomeAccident: 7,
	guitu.OutcomeKilled: 29, guitu.OutcomeClassmate: 67, guitu.OutcomeFalse: 114,
}

func TestAnnounced(t *testing.T) {
	r := compute(cases(1317, announced))
	got := []int{r.Published, r.Closed, r.Alive, r.Dead, r.Unsaid, r.Open}
	if diff := cmp.Diff([]int{1317, 1274, 1163, 111, 0, 43}, got); diff != "" {
		t.Errorf("published, closed, alive, dead, unsaid, open (-want +got):\n%s", diff)
	}
	one := stats.Rounding{Places: 1}
	for what, tt := range map[string]struct {
		r    stats.Rounding
		n    int
		want string
	}{
		"closed": {stats.Ours, r.Closed, "96.74%"}, "found alive": {one, r.Alive, "88.3%"}, "rescued": {stats.Ours, 40, "3.04%"},
	} {
		if got := tt.r.Percent(tt.n, r.Published); got != tt.want {
			t.Errorf("%s: %s, want %s", what, got, tt.want)
		}
	}
	for i, o := range r.Outcomes {
		if len(o.Outcomes) != 1 || o.Outcomes[0] != guitu.Outcomes[i] || o.Count != announced[guitu.Outcomes[i]] {
			t.Errorf("outcome %d: %v", i, o)
		}
	}
	if len(r.Outcomes) != 8 {
		t.Errorf("%d outcomes, want 8", len(r.Outcomes))
	}
	// Elsewhere the last 114 were printed as "other", of which nobody says whether they live.
	other := map[guitu.Outcome]int{}
	for o, n := range announced {
		other[o] = n
	}
	other[guitu.OutcomeOther], other[guitu.OutcomeFalse] = 114, 0
	if r := compute(cases(1317, other)); r.Closed != 1274 || r.Alive != 1049 || r.Dead != 111 || r.Unsaid != 114 {
		t.Errorf("with other: closed %d, alive %d, dead %d, unsaid %d", r.Closed, r.Alive, r.Dead, r.Unsaid)
	}
}

// TestAnnouncedDates are the published figures of other dates, calculated by hand to six digits: 90.9090, 94.2901, 96.7350, 96.5937,
// 97.6089, 98.4790, 98.0643, 98.1382, 98.0420, 98.5399.
func TestAnnouncedDates(t *testing.T) {
	for _, tt := range []struct {
		published, found int
		rounded, cut     string
	}{
		{286, 260, "90.91%", "90.9%"},
		{648, 611, "94.29%", "94.2%"},
		{1317, 1274, "96.74%", "96.7%"},
		{2378, 2297, "96.59%", "96.5%"},
		{3053, 2980, "97.61%", "97.6%"},
		{3419, 3367, "98.48%", "98.4%"},
		{3978, 3901, "98.06%", "98.0%"},
		{4297, 4217, "98.14%", "98.1%"},
		{4801, 4707, "98.04%", "98.0%"},
		{4863, 4792, "98.54%", "98.5%"},
	} {
		r := compute(cases(tt.published, map[guitu.Outcome]int{guitu.OutcomeRanAway: tt.found}))
		if r.Published != tt.published || r.Closed != tt.found || r.Open != tt.published-tt.found {
			t.Errorf("%d/%d: published %d, closed %d, open %d", tt.published, tt.found, r.Published, r.Closed, r.Open)
		}
		if got := stats.Ours.Percent(r.Closed, r.Published); got != tt.rounded {
			t.Errorf("%d/%d: %s, want %s", tt.found, tt.published, got, tt.rounded)
		}
		if got := (stats.Rounding{Places: 1, Truncate: true}).Percent(r.Closed, r.Published); got != tt.cut {
			t.Errorf("%d/%d: %s, want %s", tt.found, tt.published, got, tt.cut)
		}
	}
	first := compute(cases(286, map[guitu.Outcome]int{
		guitu.OutcomeRescued: 18, guitu.OutcomeRanAway: 152, guitu.OutcomeLost: 27, guitu.OutcomeDrowned: 32, guitu.OutcomeKilled: 20, guitu.OutcomeOther: 11,
	}))
	if first.Closed != 260 || first.Alive != 197 || first.Dead != 52 || first.Unsaid != 11 {
		t.Errorf("2016-11-16: closed %d, alive %d, dead %d, unsaid %d", first.Closed, first.Alive, first.Dead, first.Unsaid)
	}
}

// TestPercent compares with exact fractions.
func TestPercent(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		base := 1 + r.IntN(400)
		n := r.IntN(base + 1)
		how := stats.Rounding{Places: r.IntN(4), Truncate: r.IntN(2) == 0}
		x := new(big.Rat).SetFrac64(int64(n)*100, int64(base))
		unit := new(big.Rat).SetFrac64(1, []int64{1, 10, 100, 1000}[how.Places])
		if !how.Truncate {
			x.Add(x, new(big.Rat).Mul(unit, big.NewRat(1, 2)))
		}
		units := new(big.Rat).Quo(x, unit)
		whole := new(big.Int).Quo(units.Num(), units.Denom())
		want := new(big.Rat).Mul(new(big.Rat).SetInt(whole), unit).FloatString(how.Places) + "%"
		if got := how.Percent(n, base); got != want {
			t.Fatalf("%d of %d with %+v: %s, want %s", n, base, how, got, want)
		}
	}
	if got := stats.Ours.Percent(0, 0); got != "—" {
		t.Errorf("of nothing: %s", got)
	}
}

func TestPeriod(t *testing.T) {
	all := []guitu.Counted{
		{State: guitu.AlertActive, Kept: guitu.Kept{IssuedAt: from}},
		{State: guitu.AlertExpired, Kept: guitu.Kept{IssuedAt: to.Add(-time.Millisecond)}},
		{State: guitu.AlertActive, Kept: guitu.Kept{IssuedAt: to}},
		{State: guitu.AlertClosed, Kept: guitu.Kept{IssuedAt: from.Add(-time.Millisecond), Outcome: guitu.OutcomeLost, Life: guitu.Alive}},
		{State: guitu.AlertCancelled, Kept: guitu.Kept{IssuedAt: from}},
	}
	if r := compute(all); r.Published != 2 || r.Open != 2 || r.Closed != 0 || r.Cancelled != 1 {
		t.Errorf("got %+v, want 2 published, 2 open, 1 cancelled", r)
	}
}

func TestMedians(t *testing.T) {
	km := func(x float64) *float64 { return &x }
	var all []guitu.Counted
	add := func(lost, found time.Duration, distance *float64) {
		k := guitu.Kept{MissingAt: from.Add(time.Hour), IssuedAt: from.Add(time.Hour + lost), Outcome: guitu.OutcomeLost, Life: guitu.Alive, Distance: distance}
		if found != 0 {
			k.FoundAt = k.IssuedAt.Add(found)
		}
		all = append(all, guitu.Counted{Kept: k, State: guitu.AlertClosed})
	}
	add(10*time.Minute, time.Hour, km(1))
	add(50*time.Minute, 2*time.Hour, km(2))
	add(20*time.Minute, 9*time.Hour, km(100))
	add(90*time.Minute, 30*time.Hour, km(3))
	if r := compute(all); r.Publishing != (guitu.Median{Cases: 4}) || r.Distance != (guitu.Median{Cases: 4}) {
		t.Errorf("of four cases: %+v, %+v, want withheld", r.Publishing, r.Distance)
	}
	add(30*time.Minute, -time.Hour, nil) // found before it was published: no time to find
	r := compute(all)
	if r.Publishing != (guitu.Median{Value: 30, Cases: 5}) || r.Finding != (guitu.Median{Cases: 4}) {
		t.Errorf("of five: %+v, %+v", r.Publishing, r.Finding)
	}
	add(40*time.Minute, 4*time.Hour, km(5))
	add(41*time.Minute, 6*time.Hour, km(7))
	r = compute(all)
	if r.Publishing.Value != 40 || r.Finding != (guitu.Median{Value: 5, Cases: 6}) || r.Distance != (guitu.Median{Value: 4, Cases: 6}) {
		t.Errorf("publishing %+v, finding %+v, distance %+v", r.Publishing, r.Finding, r.Distance)
	}
}

func TestRumors(t *testing.T) {
	var all []guitu.Checked
	for i, ruling := range []guitu.Ruling{guitu.Refuted, guitu.Refuted, guitu.Confirmed, guitu.Outdated, guitu.Unproven, ""} {
		s := guitu.Checked{RaisedAt: from.Add(time.Hour), Ruling: ruling}
		if ruling != "" {
			s.RuledAt = s.RaisedAt.Add(time.Duration(10*i) * time.Minute)
		}
		all = append(all, s, guitu.Checked{RaisedAt: to, Ruling: ruling})
	}
	want := guitu.RumorCount{Flagged: 6, Confirmed: 1, Refuted: 2, Outdated: 1, Unproven: 1, Waiting: 1, Checking: guitu.Median{Value: 20, Cases: 5}}
	if got := compute(nil, all...).Rumors; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestSmallOutcomes states what is counted together.
func TestSmallOutcomes(t *testing.T) {
	for name, tt := range map[string]struct {
		count map[guitu.Outcome]int
		want  []guitu.OutcomeCount
	}{
		"none":  {nil, nil},
		"large": {map[guitu.Outcome]int{guitu.OutcomeLost: 5}, []guitu.OutcomeCount{{Outcomes: []guitu.Outcome{guitu.OutcomeLost}, Count: 5}}},
		"small ones": {map[guitu.Outcome]int{guitu.OutcomeLost: 9, guitu.OutcomeKilled: 1, guitu.OutcomeDrowned: 4}, []guitu.OutcomeCount{
			{Outcomes: []guitu.Outcome{guitu.OutcomeLost}, Count: 9}, {Outcomes: []guitu.Outcome{guitu.OutcomeDrowned, guitu.OutcomeKilled}, Count: 5},
		}},
		"one small one takes another along": {map[guitu.Outcome]int{guitu.OutcomeRanAway: 90, guitu.OutcomeLost: 9, guitu.OutcomeKilled: 1}, []guitu.OutcomeCount{
			{Outcomes: []guitu.Outcome{guitu.OutcomeRanAway}, Count: 90}, {Outcomes: []guitu.Outcome{guitu.OutcomeLost, guitu.OutcomeKilled}, Count: 10},
		}},
		"few in all": {map[guitu.Outcome]int{guitu.OutcomeLost: 1, guitu.OutcomeKilled: 1}, []guitu.OutcomeCount{
			{Outcomes: []guitu.Outcome{guitu.OutcomeLost, guitu.OutcomeKilled}, Count: 2},
		}},
	} {
		if diff := cmp.Diff(tt.want, compute(cases(0, tt.count)).Outcomes); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestSmallAreas checks on random counts that no area below the country is listed with fewer than Least, and that nothing is lost.
func TestSmallAreas(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	listed := 0
	for range 300 {
		var all []guitu.Counted
		for _, a := range []guitu.Area{"371302", "371311", "371300", "370100", "370102", "110101", "429004", "430000", ""} {
			for range r.IntN(9) {
				all = append(all, guitu.Counted{State: guitu.AlertActive, Kept: guitu.Kept{IssuedAt: from, Area: a}})
			}
		}
		sum := 0
		for _, a := range compute(all).Areas {
			if sum += a.Count; a.Area != "" && a.Count < stats.Least {
				t.Fatalf("%s is listed with %d", a.Area, a.Count)
			}
			listed++
		}
		if sum != len(all) {
			t.Fatalf("%d counted, want %d", sum, len(all))
		}
	}
	if listed == 0 {
		t.Error("nothing was listed")
	}
	// Five in one county, and two in another of its city, which go up to the country.
	var all []guitu.Counted
	for i, a := range slices.Repeat([]guitu.Area{"371302"}, 7) {
		if i >= 5 {
			a = "371311"
		}
		all = append(all, guitu.Counted{State: guitu.AlertActive, Kept: guitu.Kept{IssuedAt: from, Area: a}})
	}
	if diff := cmp.Diff([]guitu.AreaCount{{Area: "371302", Count: 5}, {Rest: true, Count: 2}}, compute(all).Areas); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// report is one with everything in it.
func report() guitu.Report {
	all := cases(1317, announced)
	for i := range all {
		k := &all[i].Kept
		k.Area, k.MissingAt = "371302", k.IssuedAt.Add(-time.Duration(i%90)*time.Minute)
		if i%3 == 0 {
			k.Area = guitu.Area([]string{"371311", "110101", "429004"}[i/3%3])
		}
		if i > 1310 {
			k.Area = "460400"
		}
		if all[i].State == guitu.AlertClosed {
			d := float64(i % 40)
			k.FoundAt, k.Distance = k.IssuedAt.Add(time.Duration(i%50)*time.Hour), &d
		}
	}
	var stories []guitu.Checked
	for i := range 40 {
		s := guitu.Checked{RaisedAt: from.Add(time.Duration(i) * time.Hour), Ruling: guitu.Rulings[i%4]}
		s.RuledAt = s.RaisedAt.Add(time.Duration(5+i) * time.Minute)
		stories = append(stories, s)
	}
	return compute(all, append(stories, guitu.Checked{RaisedAt: from})...)
}

func areaName(a guitu.Area) string {
	return map[guitu.Area]string{"371302": "山东省临沂市兰山区"}[a]
}

func TestPrinted(t *testing.T) {
	r := report()
	golden.Check(t, "testdata/table.txt", stats.Table(r, guitu.Chinese, areaName))
	golden.Check(t, "testdata/table.en.txt", stats.Table(r, guitu.English, areaName))
	var b bytes.Buffer
	if err := stats.CSV(&b, r); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/table.csv", b.String())
	for name, b := range map[string]guitu.Bulletin{
		"bulletin": {Report: r}, "bulletin.late": {Report: r, Late: true, Due: asOf}, "bulletin.empty": {Report: compute(nil)},
	} {
		for lang, text := range stats.Texts(b) {
			if n := len([]rune(text.Headline)); n > 60 {
				t.Errorf("%s in %s: a headline of %d characters", name, lang, n)
			}
			golden.Check(t, "testdata/"+name+"."+lang+".txt", text.Headline+"\n\n"+text.Description+"\n\n"+text.Instruction+"\n")
		}
	}
}

func TestPeriodWords(t *testing.T) {
	beijing := time.FixedZone("", 8*60*60)
	for _, tt := range []struct{ from, to, zh, en string }{
		{"2026-01-01", "2027-01-01", "2026年", "2026"},
		{"2026-02-01", "2026-03-01", "2026年2月", "February 2026"},
		{"2026-02-03", "2026-03-01", "2026年2月3日至2026年2月28日", "3 February 2026 to 28 February 2026"},
	} {
		var r guitu.Report
		for _, set := range []struct {
			to   *time.Time
			text string
		}{{&r.From, tt.from}, {&r.To, tt.to}} {
			at, err := time.ParseInLocation(time.DateOnly, set.text, beijing)
			if err != nil {
				t.Fatal(err)
			}
			*set.to = at.UTC()
		}
		if zh, en := stats.Period(r, guitu.Chinese), stats.Period(r, guitu.English); zh != tt.zh || en != tt.en {
			t.Errorf("%s to %s: %q, %q", tt.from, tt.to, zh, en)
		}
	}
}

// BenchmarkCompute counts the alerts of ten years.
func BenchmarkCompute(b *testing.B) {
	var all []guitu.Counted
	for i := range 10000 {
		all = append(all, guitu.Counted{State: guitu.AlertClosed, Kept: guitu.Kept{
			IssuedAt: from.Add(time.Duration(i) * time.Minute), MissingAt: from, Outcome: guitu.Outcomes[i%9], Life: guitu.Alive,
			Area: guitu.Area(strconv.Itoa(110101 + i%800)),
		}})
	}
	b.ReportAllocs()
	for b.Loop() {
		compute(all)
	}
}
