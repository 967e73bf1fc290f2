package stats

import (
	"cmp"
	"slices"
	"time"

	"guitu"
)

// Least is the smallest group that is told apart: fewer cases would point to a child. Counts below it are grouped with others, and
// medians of fewer cases are withheld.
const Least = 5

// Compute counts a period. Alerts and stories of other periods are passed over.
func Compute(alerts []guitu.Counted, stories []guitu.Checked, from, to, now time.Time) guitu.Report {
	r := guitu.Report{Version: guitu.StatisticsVersion, From: from, To: to, AsOf: now}
	within := func(t time.Time) bool { return !t.Before(from) && t.Before(to) }
	outcomes, areas := map[guitu.Outcome]int{}, map[guitu.Area]int{}
	var publishing, finding, distance []float64
	for _, a := range alerts {
		if !within(a.IssuedAt) {
			continue
		}
		if a.State == guitu.AlertCancelled {
			r.Cancelled++
			continue
		}
		r.Published++
		areas[a.Area]++
		if !a.MissingAt.IsZero() && !a.IssuedAt.Before(a.MissingAt) {
			publishing = append(publishing, a.IssuedAt.Sub(a.MissingAt).Minutes())
		}
		if a.State != guitu.AlertClosed {
			r.Open++
			continue
		}
		r.Closed++
		outcomes[a.Outcome]++
		switch lives(a) {
		case guitu.Alive:
			r.Alive++
		case guitu.Dead:
			r.Dead++
		case guitu.LifeUnknown:
			r.Unsaid++
		}
		if !a.FoundAt.IsZero() && !a.FoundAt.Before(a.IssuedAt) {
			finding = append(finding, a.FoundAt.Sub(a.IssuedAt).Hours())
		}
		if a.Distance != nil {
			distance = append(distance, *a.Distance)
		}
	}
	r.Outcomes, r.Areas = groupOutcomes(outcomes), groupAreas(areas)
	r.Publishing, r.Finding, r.Distance = median(publishing), median(finding), median(distance)
	r.Rumors = countRumors(stories, within)
	return r
}

// lives says whether the child of a closed case lives. A false report is one of a child who was not missing.
func lives(a guitu.Counted) guitu.Life {
	if a.Life == guitu.LifeUnknown && a.Outcome == guitu.OutcomeFalse {
		return guitu.Alive
	}
	return a.Life
}

func countRumors(stories []guitu.Checked, within func(time.Time) bool) (c guitu.RumorCount) {
	var checking []float64
	for _, s := range stories {
		if !within(s.RaisedAt) {
			continue
		}
		c.Flagged++
		switch s.Ruling {
		case guitu.Confirmed:
			c.Confirmed++
		case guitu.Refuted:
			c.Refuted++
		case guitu.Outdated:
			c.Outdated++
		case guitu.Unproven:
			c.Unproven++
		default:
			c.Waiting++
		}
		if !s.RuledAt.IsZero() && !s.RuledAt.Before(s.RaisedAt) {
			checking = append(checking, s.RuledAt.Sub(s.RaisedAt).Minutes())
		}
	}
	c.Checking = median(checking)
	return c
}

// median returns the middle value, or the mean of both in the middle.
func median(values []float64) guitu.Median {
	n := len(values)
	if n < Least {
		return guitu.Median{Cases: n}
	}
	slices.Sort(values)
	m := values[n/2]
	if n%2 == 0 {
		m = (values[n/2-1] + m) / 2
	}
	return guitu.Median{Value: m, Cases: n}
}

// groupOutcomes counts outcomes with few cases together. A group of one small outcome would be no group, since what is missing can
// be worked out: it takes the next smallest with it.
func groupOutcomes(count map[guitu.Outcome]int) []guitu.OutcomeCount {
	var present []guitu.Outcome
	for _, o := range guitu.Outcomes {
		if count[o] > 0 {
			present = append(present, o)
		}
	}
	bySize := slices.Clone(present)
	slices.SortStableFunc(bySize, func(a, b guitu.Outcome) int { return cmp.Compare(count[a], count[b]) })
	var together []guitu.Outcome
	sum := 0
	for _, o := range bySize {
		if count[o] >= Least && (sum == 0 || sum >= Least) {
			break
		}
		together = append(together, o)
		sum += count[o]
	}
	var all []guitu.OutcomeCount
	group := guitu.OutcomeCount{Count: sum}
	for _, o := range present {
		if slices.Contains(together, o) {
			group.Outcomes = append(group.Outcomes, o)
		} else {
			all = append(all, guitu.OutcomeCount{Outcomes: []guitu.Outcome{o}, Count: count[o]})
		}
	}
	if sum > 0 {
		all = append(all, group)
	}
	return all
}

// groupAreas counts a county with few alerts with its city, such a city's rest with its province, and such a province's rest with
// the country.
func groupAreas(count map[guitu.Area]int) []guitu.AreaCount {
	var all []guitu.AreaCount
	rest := map[guitu.Area]int{}
	for a, n := range count {
		rest[a] += n
	}
	for _, level := range []guitu.Level{guitu.County, guitu.City, guitu.Province} {
		up := map[guitu.Area]int{}
		for a, n := range rest {
			if a.Level() != level {
				up[a] += n
				continue
			}
			if n < Least {
				up[a.Parent()] += n
				continue
			}
			smaller := slices.ContainsFunc(all, func(c guitu.AreaCount) bool { return c.Area != a && a.Covers(c.Area) })
			all = append(all, guitu.AreaCount{Area: a, Rest: smaller, Count: n})
		}
		rest = up
	}
	if n := rest[""]; n > 0 {
		all = append(all, guitu.AreaCount{Rest: len(all) > 0, Count: n})
	}
	slices.SortFunc(all, func(a, b guitu.AreaCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Area, b.Area))
	})
	return all
}
