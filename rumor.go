package guitu

import "time"

// Status says whether a thing is real (CAP 1.2 alert.status).
type Status string

// The CAP 1.2 statuses that guitu uses.
const (
	Actual   Status = "Actual"   // 实际
	Exercise Status = "Exercise" // 演练
)

// Rumor (传言) is one story told by many posts.
type Rumor struct {
	ID         int64
	Status     Status
	State      RumorState
	Topic      Topic
	Claim      Claim // gathered from its posts: the first that states a field wins
	Hits       []Hit // of the post with the highest score
	Score      float64
	Posts      int   // posts that tell it
	Reach      int   // posts plus their reposts as the sites count them
	KinID      int64 // an earlier rumor of the same family that has or had a verdict, 0 when none
	MergedInto int64 // the rumor that has its posts since an officer, or a better engine, found both the same; 0 when none
	SplitFrom  int64 // the rumor from which an officer took its first posts, 0 when none
	FirstSeen  time.Time
	LastSeen   time.Time
}

// RumorState is where a rumor stands.
type RumorState string

// The states of a rumor.
const (
	RumorWatched RumorState = "watched" // 观察中: not sure enough to ask an officer, shown to those who look
	RumorOpen    RumorState = "open"    // 待核查: waits for an officer
	RumorRuled   RumorState = "ruled"   // 已核查: has a current verdict
	RumorMerged  RumorState = "merged"  // 已并入: its posts are with Rumor.MergedInto, where it goes on; nothing happens to it any more
)

// RumorStates lists the states in the order in which a rumor goes through them.
var RumorStates = [...]RumorState{RumorWatched, RumorOpen, RumorRuled, RumorMerged}

// Ruling (核查结论) is what an officer found.
type Ruling string

// The four rulings.
const (
	Confirmed Ruling = "confirmed" // 属实
	Refuted   Ruling = "refuted"   // 不实
	Outdated  Ruling = "outdated"  // 已找回·过时
	Unproven  Ruling = "unproven"  // 暂无法核实
)

// Rulings lists the rulings in the order in which officers see them.
var Rulings = [...]Ruling{Confirmed, Refuted, Outdated, Unproven}

// Valid reports whether r is one of the four.
func (r Ruling) Valid() bool {
	return r == Confirmed || r == Refuted || r == Outdated || r == Unproven
}

// Words are what officers and the public call r, in Chinese and English; r itself for a ruling that is none.
func (r Ruling) Words() (zh, en string) {
	switch r {
	case Confirmed:
		return "属实", "Confirmed"
	case Refuted:
		return "不实", "False"
	case Outdated:
		return "已找回·过时", "Outdated"
	case Unproven:
		return "暂无法核实", "Not verified yet"
	}
	return string(r), string(r)
}

// NeedsBasis reports whether r can only be ruled together with how it was checked, because it is told to the public.
func (r Ruling) NeedsBasis() bool { return r == Refuted || r == Outdated }

// Ending says how an outdated story ended, as far as the public is told. A death is never announced as "found", so an officer
// who rules Outdated says which of the two it is.
type Ending string

// The endings of an outdated story.
const (
	Found Ending = "found" // 已平安找回
	Over  Ending = "over"  // 事情已了结, no more is said
)

// Verdict (核查结论) is an officer's ruling on a rumor. A rumor has one current verdict at most.
type Verdict struct {
	ID       int64
	RumorID  int64
	Ruling   Ruling
	Ending   Ending // only with Outdated
	Basis    string // how it was checked, in the officer's words; may hold personal data, so it is masked before the public sees it
	Officer  Officer
	Desk     Desk // the officer's desk
	At       time.Time
	Corrects int64 // the verdict that this one replaces, 0 when it is the first
}

// Decision is what an officer asks for when ruling.
type Decision struct {
	RumorID   int64
	OfficerID int64
	Ruling    Ruling
	Ending    Ending // required with Outdated, else empty
	Basis     string // required with Refuted and Outdated and for every correction, at most MaxBasis runes
	// Corrects is the current verdict's ID when the officer means to correct it, and 0 when the officer thinks that the rumor
	// waits. A decision made on an outdated view is refused with Conflict and changes nothing.
	Corrects int64
	// Key identifies the press, so that handling the same press twice decides once ("telegram:10000017"). Required.
	Key string
}

// MaxBasis is the longest basis of a verdict in runes.
const MaxBasis = 500

// Precedent is another story with its verdict: an earlier one of the same family, shown to the officer for comparison, or the one
// into which a story went.
type Precedent struct {
	Rumor   Rumor
	Verdict *Verdict // nil when that story was never ruled
}

// Event is one line of the history of a rumor or of an alert: what happened, by whose hand.
type Event struct {
	At      time.Time
	RumorID int64  // 0 of an alert's
	AlertID int64  // 0 of a rumor's
	Officer string // name, "" for the bot itself
	Kind    EventKind
	Detail  string // for officers; the desk's name, the ruling, the channel
}

// EventKind is what happened.
type EventKind string

// The kinds of events.
const (
	EventTaken     EventKind = "taken"     // the first post was spotted
	EventRaised    EventKind = "raised"    // 转待核查: a watched rumor is sure enough to ask
	EventAssigned  EventKind = "assigned"  // 派单
	EventEscalated EventKind = "escalated" // 上报
	EventHanded    EventKind = "handed"    // 转交
	EventViewed    EventKind = "viewed"    // an officer opened the full text
	EventRuled     EventKind = "ruled"     // 核查结论
	EventCorrected EventKind = "corrected" // 更正
	EventDelivered EventKind = "delivered" // a channel took the notice
	EventTrouble   EventKind = "trouble"   // a delivery needs a person
	EventAmended   EventKind = "amended"   // a copy on a channel was changed, or taken down
	EventSettled   EventKind = "settled"   // a person settled a delivery by hand
	EventMerged    EventKind = "merged"    // 并案: an officer merged two rumors; on both
	EventRegrouped EventKind = "regrouped" // 重新归并: a better engine moved posts between two rumors; on both
	EventSplit     EventKind = "split"     // 拆分: an officer took posts out into a rumor of their own; on both
)
