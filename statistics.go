package guitu

import "time"

// StatisticsVersion is the version of the definitions by which a Report counts. It grows when one of them changes, so that two
// reports of one version can be compared.
const StatisticsVersion = 1

// Counted is an issued alert as statistics read it: what is kept of it for ever, and where it stands.
type Counted struct {
	Kept
	State AlertState
}

// Checked is a story as statistics read it.
type Checked struct {
	RaisedAt time.Time // when officers were first asked
	RuledAt  time.Time // the first verdict, zero while there is none
	Ruling   Ruling    // that holds, "" while there is none
}

// Report (统计) is what was counted over a period, as everybody may read it. Counts that would point to a child are grouped.
type Report struct {
	Version int       `json:"version"` // of the definitions
	From    time.Time `json:"from"`    // the period's first instant
	To      time.Time `json:"to"`      // the first instant after it
	AsOf    time.Time `json:"as_of"`   // when it was counted: an open case of the period may be closed later

	Published int `json:"published"` // 发布
	Closed    int `json:"closed"`    // 结案: with an outcome
	Alive     int `json:"alive"`     // 生还: closed, and the child lives
	Dead      int `json:"dead"`      // 死亡: closed, and the child does not live
	Unsaid    int `json:"unsaid"`    // closed, and it is not recorded whether the child lives
	Open      int `json:"open"`      // 未结案: published, without an outcome
	Cancelled int `json:"cancelled"` // issued in error; not among those published

	Outcomes []OutcomeCount `json:"outcomes"` // in the platform's order, only those that occurred
	Areas    []AreaCount    `json:"areas"`    // by area of the place where the child was lost

	Publishing Median `json:"publishing"` // minutes from when the child was lost to the first publication
	Finding    Median `json:"finding"`    // hours from the first publication until the child was found
	Distance   Median `json:"distance"`   // kilometres between where the child was lost and found

	Rumors RumorCount `json:"rumors"`
}

// OutcomeCount is how many cases ended in a way. Several outcomes with few cases each are counted together.
type OutcomeCount struct {
	Outcomes []Outcome `json:"outcomes"` // one, or those that are counted together
	Count    int       `json:"count"`
}

// AreaCount is how many alerts were published for an area.
type AreaCount struct {
	Area  Area `json:"area"`           // "" is the whole country
	Rest  bool `json:"rest,omitempty"` // only those of Area that no smaller area in the list counts
	Count int  `json:"count"`
}

// Median is the middle of some values.
type Median struct {
	Value float64 `json:"value"` // 0 when it is withheld
	Cases int     `json:"cases"` // of how many; below the least group the value is withheld
}

// RumorCount counts the stories on which officers were asked in the period.
type RumorCount struct {
	Flagged   int    `json:"flagged"` // 转核查
	Confirmed int    `json:"confirmed"`
	Refuted   int    `json:"refuted"`
	Outdated  int    `json:"outdated"`
	Unproven  int    `json:"unproven"`
	Waiting   int    `json:"waiting"`  // without a verdict
	Checking  Median `json:"checking"` // minutes from asking to the first verdict
}

// Bulletin (通报) is a report that was announced.
type Bulletin struct {
	ID     int64
	Kind   BulletinKind
	Due    time.Time // when it was to go out by the schedule
	Late   bool      // made noticeably later than that: the bot was down
	Missed int       // how many earlier ones of the kind were due while the bot was down, and are not made up for
	MadeAt time.Time
	Report Report
}

// BulletinKind is which period a bulletin covers.
type BulletinKind string

// The kinds of bulletin.
const (
	BulletinMonthly BulletinKind = "monthly" // 月度通报: the calendar month before
	BulletinYearly  BulletinKind = "yearly"  // 年度通报: the calendar year before
)

// Period returns the period of a bulletin that is due at an instant, by the calendar of its location: [from, to).
func (k BulletinKind) Period(due time.Time) (from, to time.Time) {
	if k == BulletinYearly {
		to = time.Date(due.Year(), 1, 1, 0, 0, 0, 0, due.Location())
		return to.AddDate(-1, 0, 0), to
	}
	to = time.Date(due.Year(), due.Month(), 1, 0, 0, 0, 0, due.Location())
	return to.AddDate(0, -1, 0), to
}
