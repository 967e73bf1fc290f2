package eval

import (
	"cmp"
	"fmt"
	"strings"

	"guitu"
)

// SpotRow is a post with what it is about. Label is 1 when it tells of a missing or snatched person; Border marks rows of which
// people may think either way.
type SpotRow struct {
	ID, Text, Kind, Subtype, Story string
	Label                          int
	Border                         bool
}

// SpotReport is how well posts are spotted. Debatable rows are apart from the figures.
type SpotReport struct {
	Rows, Stories, Border Score
	False                 Estimate // of the posts about something else, the share that is flagged
	Asked                 Score    // as Rows, for the bar from which an officer is asked
	Kinds                 int      // of the posts rightly spotted, how many are of the right kind
	Spotted               int      // posts rightly spotted
}

// Spot compares what judge finds in each row with its label.
func Spot(rows []SpotRow, judge func(text string) guitu.Finding) SpotReport {
	var r SpotReport
	var sure, border, asked, others []Outcome
	for _, row := range rows {
		f := judge(row.Text)
		o := Outcome{Unit: cmp.Or(row.Story, row.ID), Said: f.Spotted, Truth: row.Label == 1}
		if row.Border {
			border = append(border, o)
			continue
		}
		sure = append(sure, o)
		if !o.Truth {
			others = append(others, Outcome{Unit: o.Unit, Said: o.Said, Truth: true})
		}
		if o.Said && o.Truth {
			r.Spotted++
			if string(f.Topic) == row.Kind {
				r.Kinds++
			}
		}
		o.Said = f.Ask
		asked = append(asked, o)
	}
	r.Rows, r.Stories, r.Border, r.Asked = ByRow(sure), ByUnit(sure), ByRow(border), ByRow(asked)
	r.False = ByRow(others).Recall
	return r
}

// String returns the report as a table of several lines.
func (r SpotReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "by row       %v\n", r.Rows)
	fmt.Fprintf(&b, "by story     %v\n", r.Stories)
	fmt.Fprintf(&b, "asked of     %v\n", r.Asked)
	fmt.Fprintf(&b, "debatable    %v\n", r.Border)
	fmt.Fprintf(&b, "false flags  %.1f [%.1f–%.1f] of 1,000 other posts\n", 1000*r.False.Value, 1000*r.False.Low, 1000*r.False.High)
	fmt.Fprintf(&b, "kind right   %d of %d\n", r.Kinds, r.Spotted)
	return b.String()
}
