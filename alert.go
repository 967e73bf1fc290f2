package guitu

import "time"

// Alert (警报) is one case of a missing child from its first draft to what statistics keep of it. Its facts are what the officers
// say now; what the public was told is frozen in its messages.
type Alert struct {
	ID       int64
	Status   Status
	State    AlertState
	Code     string // six characters, on every message and poster, that lead to the status page for ever; "" of a draft
	Facts    Facts  // emptied when the case is redacted
	RumorID  int64  // the story from which it was begun, 0 when none
	Author   Officer
	Desk     Desk // that holds the case
	Version  int  // grows with each change; a change made on an older version is refused with Conflict
	Messages int  // how many messages were issued
	Reach    int  // kilometres: the outer ring that was told, 0 before the first
	MadeAt   time.Time
	IssuedAt time.Time // zero of a draft
	Expires  time.Time // when it ends by itself unless extended; zero of a draft
	EndedAt  time.Time // closed, cancelled or expired; zero while it goes on
	Ending   Closing   // zero unless closed
	Redacted time.Time // when names and photos were gone from guitu; zero before
}

// AlertState is where an alert stands.
type AlertState string

// The states of an alert.
const (
	AlertDraft     AlertState = "draft"     // 草稿
	AlertActive    AlertState = "active"    // 有效
	AlertClosed    AlertState = "closed"    // 已结案: it has an outcome
	AlertCancelled AlertState = "cancelled" // 已撤销: issued in error
	AlertExpired   AlertState = "expired"   // 已到期: the desk was asked and did not extend it; it can still be closed
	AlertDropped   AlertState = "dropped"   // 已弃用: a draft that nobody will issue
)

// Over reports whether the public is no more to look: nothing goes out after that but the end itself.
func (s AlertState) Over() bool { return s == AlertClosed || s == AlertCancelled || s == AlertExpired }

// Facts is what an officer states of a case: all that an alert says, and all that is needed to judge whether it may go out.
type Facts struct {
	Tier       Tier   `json:"tier,omitempty"`
	TierReason string `json:"tier_reason,omitempty"` // why the settings of the tier were changed, "" when they were not
	// Rule is the changed settings, nil for those of the tier. From which ring a second officer must agree can't be changed by it.
	Rule          *TierRule `json:"rule,omitempty"`
	Child         Child     `json:"child"`
	Place         string    `json:"place,omitempty"` // where the child was lost, as people there say it
	Area          Area      `json:"area,omitempty"`  // the county of Place
	Point         *Point    `json:"point,omitempty"` // the centre of the circles
	MissingAt     time.Time `json:"missing_at,omitzero"`
	Circumstances string    `json:"circumstances,omitempty"` // for the public
	Contact       Contact   `json:"contact"`
	Photos        []int64   `json:"photos,omitempty"` // the first is the main one
	Checklist     Checklist `json:"checklist"`
	// Family are numbers of the family, for the officer only. None of them may be Contact.Phone, and none is ever published.
	Family []string `json:"family,omitempty"`
	// Unconfirmed names the fields, by JSON key, that were filled from posts and that no officer has touched.
	Unconfirmed []string `json:"unconfirmed,omitempty"`
}

// Contact is whom the public calls: the officer or the desk, never the family.
type Contact struct {
	Name  string `json:"name,omitempty"`  // "王警官", "兰山分局值班台"
	Phone string `json:"phone,omitempty"` // digits only
}

// Checklist is what an officer answers before an alert can go out, after the criteria of AMBER plans.
type Checklist struct {
	Reported bool    `json:"reported,omitempty"` // 已报警立案: reported to the police
	Danger   string  `json:"danger,omitempty"`   // why the child is in danger, or why a missing minor is enough
	Custody  Custody `json:"custody,omitempty"`
}

// Custody answers whether the child may be with, or hidden from, somebody by right: an alert can lead a violent parent to them.
type Custody string

// The answers. The empty one blocks.
const (
	CustodyNone     Custody = "none"     // no dispute over custody and no protection order is known
	CustodyDisputed Custody = "disputed" // there is one: odd, must be acknowledged
	CustodyOrder    Custody = "order"    // a protection order covers the child: blocks
)

// Tier (风险等级) is the kind of danger. It decides how far an alert reaches, what it shows, and how long it lives.
type Tier string

// The tiers, from the most urgent.
const (
	TierAbduction  Tier = "abduction"  // 疑似被拐
	TierEndangered Tier = "endangered" // 处境危险
	TierRunaway    Tier = "runaway"    // 离家出走
	TierLost       Tier = "lost"       // 走失
)

// Tiers lists the tiers in the order in which officers see them.
var Tiers = [...]Tier{TierAbduction, TierEndangered, TierRunaway, TierLost}

// Words are what officers and the public call t, in Chinese and English; t itself for one that is none.
func (t Tier) Words() (zh, en string) {
	switch t {
	case TierAbduction:
		return "疑似被拐", "Suspected abduction"
	case TierEndangered:
		return "处境危险", "Endangered"
	case TierRunaway:
		return "离家出走", "Runaway"
	case TierLost:
		return "走失", "Lost"
	}
	return string(t), string(t)
}

// TierRule is what a tier decides.
type TierRule struct {
	Reach     int           // kilometres: no ring beyond it, 100 to 500
	ShowName  bool          // else the public reads "一名7岁男孩"
	ShowPhoto bool          // else no photo leaves the house
	Life      time.Duration // until it expires
	// SecondFrom is the ring in kilometres from which a second officer must agree, 0 for never. The first ring, 100 km, is always
	// the officer's own to publish: the platform's rule.
	SecondFrom int
}

// Rings are the circles by time missing, in kilometres: up to one, two and three hours, and after. Announced with the platform's
// launch on 2016-05-15.
var Rings = [...]int{100, 200, 300, 500}

// RingAt returns the circle that is due when a child has been missing for a time. The times are inclusive: at exactly one hour it
// is still 100 km.
func RingAt(missing time.Duration) int {
	for i, km := range Rings[:3] {
		if missing <= time.Duration(i+1)*time.Hour {
			return km
		}
	}
	return Rings[3]
}

// Circle is an area around a point (CAP 1.2 area.circle).
type Circle struct {
	Point  Point   `json:"point"`
	Radius float64 `json:"radius"` // kilometres
}

// MsgType is the kind of a CAP 1.2 message.
type MsgType string

// The CAP 1.2 message types that guitu issues.
const (
	MsgAlert  MsgType = "Alert"
	MsgUpdate MsgType = "Update"
	MsgCancel MsgType = "Cancel"
)

// Cause is why a message was issued.
type Cause string

// The causes of a message.
const (
	CauseIssue   Cause = "issue"   // the first; MsgAlert
	CauseGrow    Cause = "grow"    // the circle grew; MsgUpdate, told to the new ring only
	CauseUpdate  Cause = "update"  // a new fact; MsgUpdate
	CauseCorrect Cause = "correct" // an earlier fact was wrong; MsgUpdate
	CauseExtend  Cause = "extend"  // it lives longer; MsgUpdate, told to CAP readers only
	CauseExpire  Cause = "expire"  // its time is over; MsgCancel
	CauseCancel  Cause = "cancel"  // issued in error; MsgCancel
	CauseClose   Cause = "close"   // it has an outcome; MsgCancel
)

// MsgType returns the CAP message type of a cause.
func (c Cause) MsgType() MsgType {
	switch c {
	case CauseIssue:
		return MsgAlert
	case CauseGrow, CauseUpdate, CauseCorrect, CauseExtend:
		return MsgUpdate
	case CauseExpire, CauseCancel, CauseClose:
	}
	return MsgCancel
}

// AlertMessage is one frozen CAP message of an alert.
type AlertMessage struct {
	ID         int64
	AlertID    int64
	Number     int // 1 is the first of its alert
	Type       MsgType
	Cause      Cause
	Identifier string // CAP identifier, unique for ever; without spaces, commas, < and &
	Sender     string // CAP sender
	Sent       time.Time
	References []Reference // the earlier messages of the alert
	Status     Status
	Code       string // the alert's
	Tier       Tier
	Shown      TierRule // the rule by which it was issued
	Facts      Facts    // as they were; names and photos are emptied when the case is redacted
	Circle     Circle
	Inner      float64 // kilometres: the ring within was told before, 0 for all of the circle
	Areas      []Area  // the counties that the circle touches
	Expires    time.Time
	Ending     Closing // only of CauseClose
	Note       string  // what changed, for the public; of updates and corrections
	Officer    Officer
}

// Reference names an earlier message, as CAP 1.2 references do ("sender,identifier,sent").
type Reference struct {
	Sender     string    `json:"sender"`
	Identifier string    `json:"identifier"`
	Sent       time.Time `json:"sent"`
}

// Closing is how a case ended.
type Closing struct {
	Outcome  Outcome   `json:"outcome,omitempty"`
	Life     Life      `json:"life,omitempty"`
	FoundAt  time.Time `json:"found_at,omitzero"`
	Evidence string    `json:"evidence,omitempty"` // on what it rests; for officers only
	Officer  string    `json:"officer,omitempty"`  // name of who closed it
	Distance *float64  `json:"distance,omitempty"` // kilometres between where the child was lost and found, nil when not known
}

// Concern (异常) is what stands against publishing an alert as it is.
type Concern struct {
	Code    string // stable: "place_area", "future", "hoax_phone"
	Blocks  bool   // else it is odd, and an officer must acknowledge it by its code
	Field   string // JSON key of the fact, "" when of the whole
	Message string // Chinese, for the officer: what is wrong, and what to do
}

// Photo is a picture of a child.
type Photo struct {
	ID      int64
	AlertID int64
	Token   string // unguessable part of its public address
	Alt     string // Chinese, for those who can't see it
	Type    string // media type, "image/jpeg"
	Width   int    // pixels
	Height  int    // pixels
	Digest  string // SHA-256 of the bytes, hexadecimal
	Hash    string // perceptual, 16 hexadecimal digits
	Revoked bool   // its address answers no more
}

// Approval is one wider step that a second officer must agree to.
type Approval struct {
	ID       int64
	AlertID  int64
	Kind     ApprovalKind
	Reach    int      // kilometres, of ApproveReach
	Tier     Tier     // of ApproveTier
	Rule     TierRule // of ApproveTier
	Reason   string   // why it is asked for
	By       Officer  // never the one who decides
	At       time.Time
	Override time.Time // from then on the asking officer may go on alone, which is logged and told to the desk above
	Decision string    // "" while it waits, "agreed", "refused", "overridden", "void"
	Decided  time.Time
	Decider  Officer
}

// ApprovalKind is what an approval is for.
type ApprovalKind string

// The kinds of approval.
const (
	ApproveReach ApprovalKind = "reach" // a wider ring
	ApproveTier  ApprovalKind = "tier"  // another tier, or a tier's settings changed
)
