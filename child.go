package guitu

import "time"

// Child is the missing person as an officer describes them. Absent is absent.
type Child struct {
	Name     string    `json:"name,omitempty"`
	Sex      string    `json:"sex,omitempty"`       // "男" or "女", as in Claim
	Born     time.Time `json:"born,omitzero"`       // the birth date, midnight UTC; zero when only the age is known
	Age      int       `json:"age,omitempty"`       // years when lost; with Born, what follows from it
	AgeKnown bool      `json:"age_known,omitempty"` // tells an age of 0 from an unknown one
	Height   int       `json:"height,omitempty"`    // centimetres, 30 to 220
	Weight   int       `json:"weight,omitempty"`    // kilograms, 2 to 200
	Features string    `json:"features,omitempty"`  // marks beside the clothes
	Clothing string    `json:"clothing,omitempty"`  // when last seen
}

// AgeAt returns the age in years at an instant, by the birth date where it is known. ok is false when neither is.
func (c Child) AgeAt(at time.Time) (years int, ok bool) {
	if c.Born.IsZero() {
		return c.Age, c.AgeKnown
	}
	y, m, d := at.Date()
	years = y - c.Born.Year()
	if m < c.Born.Month() || m == c.Born.Month() && d < c.Born.Day() {
		years--
	}
	return years, true
}

// Outcome (结果) is how a case ended, in the words of the platform's announcements since 2016.
type Outcome string

// The outcomes.
const (
	OutcomeRescued   Outcome = "rescued"      // 被拐解救: rescued from trafficking
	OutcomeRanAway   Outcome = "ran_away"     // 离家出走
	OutcomeLost      Outcome = "lost"         // 迷路走失
	OutcomeDrowned   Outcome = "drowned"      // 溺水身亡
	OutcomeAccident  Outcome = "accident"     // 意外身亡: accidental death other than drowning
	OutcomeKilled    Outcome = "killed"       // 被害身亡
	OutcomeClassmate Outcome = "classmate"    // 在同学家玩耍
	OutcomeFalse     Outcome = "false_report" // 因家庭矛盾、经济纠纷等虚假报警
	OutcomeOther     Outcome = "other"        // 其他
)

// Outcomes lists the outcomes in the order in which the platform prints them.
var Outcomes = [...]Outcome{
	OutcomeRescued, OutcomeRanAway, OutcomeLost, OutcomeDrowned, OutcomeAccident, OutcomeKilled, OutcomeClassmate, OutcomeFalse,
	OutcomeOther,
}

// Words are what officers and the public call o, in Chinese and English; o itself for one that is none.
func (o Outcome) Words() (zh, en string) {
	switch o {
	case OutcomeRescued:
		return "被拐解救", "Rescued from trafficking"
	case OutcomeRanAway:
		return "离家出走", "Ran away"
	case OutcomeLost:
		return "迷路走失", "Lost the way"
	case OutcomeDrowned:
		return "溺水身亡", "Drowned"
	case OutcomeAccident:
		return "其他意外身亡", "Other accidental death"
	case OutcomeKilled:
		return "被害身亡", "Killed"
	case OutcomeClassmate:
		return "在同学家玩耍", "At a classmate's home"
	case OutcomeFalse:
		return "因家庭矛盾、经济纠纷等虚假报警", "False report out of a family or debt dispute"
	case OutcomeOther:
		return "其他", "Other"
	}
	return string(o), string(o)
}

// Life says whether the child lives. It is recorded apart from the outcome, since an announcement that calls the dead "found"
// is no honest one.
type Life string

// Whether the child lives.
const (
	Alive       Life = "alive"
	Dead        Life = "dead"
	LifeUnknown Life = "" // the case ended otherwise: a false report, an outcome that does not say
)

// Fits reports whether an outcome can go with l.
func (o Outcome) Fits(l Life) bool {
	switch o {
	case OutcomeRescued, OutcomeRanAway, OutcomeLost, OutcomeClassmate:
		return l == Alive
	case OutcomeDrowned, OutcomeAccident, OutcomeKilled:
		return l == Dead
	case OutcomeFalse:
		return l == Alive || l == LifeUnknown
	case OutcomeOther:
		return l == Alive || l == Dead || l == LifeUnknown
	}
	return false
}
