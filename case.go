package guitu

import "time"

// Case (案件) is an alert with all that an officer who works on it sees.
type Case struct {
	Alert      Alert
	Rule       TierRule       // that holds for it: its tier's settings, or the changed ones
	Messages   []AlertMessage // the first first
	Photos     []Photo        // revoked ones too
	Approvals  []Approval     // the first first
	Events     []Event        // the first first
	Deliveries []Delivery     // of all its notices, the first first
	Tips       []Tip          // the latest MaxTips of them: those that wait first, of an area together
}

// What officers ask for of an alert. Key identifies the press, so that handling the same press twice acts once
// ("telegram:10000017"); it is always required. Version is that of the alert as the officer saw it: a change made on an older one is
// refused with Conflict.
type (
	// BeginRequest asks for a draft.
	BeginRequest struct {
		OfficerID int64
		RumorID   int64  // whose claim fills the facts, 0 for an empty draft
		Status    Status // the database's; "" means that too
		Key       string
	}
	// EditRequest changes a draft. Facts are all facts, not only the changed ones. A fact that differs is confirmed by that, and so
	// is one that Facts.Unconfirmed no longer names. Photos that Facts.Photos does not name stay, at the end.
	EditRequest struct {
		AlertID, OfficerID int64
		Version            int
		Facts              Facts
		Key                string
	}
	// IssueRequest publishes a draft.
	IssueRequest struct {
		AlertID, OfficerID int64
		Version            int
		Acknowledged       []string // codes of the odd concerns that the officer has read
		Key                string
	}
	// AmendRequest tells a new fact of an active alert, or corrects one.
	AmendRequest struct {
		AlertID, OfficerID int64
		Version            int
		Facts              Facts
		Acknowledged       []string
		Correction         bool   // what was said before was wrong
		Note               string // what is new, or what is corrected; for the public, at most MaxNote runes
		Key                string
	}
	// ExtendRequest lets an active alert live longer.
	ExtendRequest struct {
		AlertID, OfficerID int64
		Version            int
		Until              time.Time
		Key                string
	}
	// CancelRequest takes back an alert that was issued in error.
	CancelRequest struct {
		AlertID, OfficerID int64
		Version            int
		Reason             string // for officers, at most MaxBasis runes
		Key                string
	}
	// CloseRequest ends an active or expired alert with its outcome.
	CloseRequest struct {
		AlertID, OfficerID int64
		Version            int
		Closing            Closing // without Officer
		Key                string
	}
	// ApprovalRequest asks a second officer to agree to a wider ring or to changed settings of a tier.
	ApprovalRequest struct {
		AlertID, OfficerID int64
		Kind               ApprovalKind
		Reach              int      // of ApproveReach: one of Rings
		Tier               Tier     // of ApproveTier
		Rule               TierRule // of ApproveTier
		Reason             string   // at most MaxBasis runes
		Key                string
	}
	// ApprovalDecision answers an ApprovalRequest.
	ApprovalDecision struct {
		ApprovalID, OfficerID int64
		Agree                 bool
		Reason                string // required to refuse
		Key                   string
	}
	// HandOverRequest passes a case to another desk, or a draft to another officer of the desk that holds it.
	HandOverRequest struct {
		AlertID, OfficerID, DeskID int64
		ToID                       int64 // the officer who goes on with the draft; 0 for another desk
		Key                        string
	}
	// PhotoRequest adds a photo. Of Photo only Alt, Type, Width, Height and Hash are read.
	PhotoRequest struct {
		AlertID, OfficerID int64
		Photo              Photo
		Bytes              []byte // as it is to be shown: cleaned, at most MaxPhoto bytes
		Key                string
	}
	// FamilyRequest records what the family asks for and what it was answered.
	FamilyRequest struct {
		AlertID, OfficerID int64
		Asked              string // what the family asks for, at most MaxBasis runes
		Answer             string // the written answer, as long
		Delete             bool   // the record of a case that is over is emptied at once, and not when its time comes
		Key                string
	}
	// AlertFilter chooses alerts among those that an officer may see.
	AlertFilter struct {
		OfficerID int64
		State     AlertState // "" for all
		Area      Area       // those that it covers
		DeskID    int64      // whose cases, 0 for all
		Tier      Tier       // "" for all
		Text      string     // a code, or a part of what the facts say; "" for all
		Before    int64      // only IDs below, 0 for the newest
		Limit     int
	}
)

// Limits of what is asked for.
const (
	MaxNote  = 200     // runes
	MaxPhoto = 4 << 20 // bytes
)

// The kinds of events of an alert.
const (
	EventBegun      EventKind = "begun"      // 起草
	EventEdited     EventKind = "edited"     // 修改草稿
	EventDropped    EventKind = "dropped"    // 弃用草稿
	EventFading     EventKind = "fading"     // 草稿将被弃用: nobody has touched it for days, and the desk is told
	EventIssued     EventKind = "issued"     // 发布
	EventGrown      EventKind = "grown"      // 扩圈
	EventUpdated    EventKind = "updated"    // 更新; a correction is EventCorrected
	EventExtended   EventKind = "extended"   // 延期
	EventExpiring   EventKind = "expiring"   // 即将到期: the desk is asked whether it is to go on
	EventExpired    EventKind = "expired"    // 到期
	EventCancelled  EventKind = "cancelled"  // 撤销
	EventClosed     EventKind = "closed"     // 结案
	EventAskedFor   EventKind = "asked_for"  // 请求复核: a second officer is to agree
	EventAgreed     EventKind = "agreed"     // 复核同意
	EventDeclined   EventKind = "declined"   // 复核不同意
	EventOverridden EventKind = "overridden" // 超时自行决定: nobody answered in time, and the asking officer went on alone
	EventPhoto      EventKind = "photo"      // 照片: added or taken out
	EventFamily     EventKind = "family"     // 家属请求与答复
	EventTip        EventKind = "tip"        // 线索: citizens report something; in no history, since tips come and go
	EventRedacted   EventKind = "redacted"   // 脱敏: what was deleted, as digests
)

// Kept is what statistics keep of an alert for ever.
type Kept struct {
	Age       string    `json:"age,omitempty"` // AgeBand when lost
	Area      Area      `json:"area,omitempty"`
	Tier      Tier      `json:"tier,omitempty"`
	MissingAt time.Time `json:"missing_at,omitzero"`
	IssuedAt  time.Time `json:"issued_at,omitzero"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
	Reach     int       `json:"reach,omitempty"` // kilometres
	Outcome   Outcome   `json:"outcome,omitempty"`
	Life      Life      `json:"life,omitempty"`
	FoundAt   time.Time `json:"found_at,omitzero"`
	Distance  *float64  `json:"distance,omitempty"` // kilometres
}

// AgeBand returns the band of ages in which statistics count a child: "0-3", "4-6", "7-11", "12-14", "15-17"; "" for an adult.
func AgeBand(years int) string {
	switch {
	case years < 0 || years > 17:
		return ""
	case years <= 3:
		return "0-3"
	case years <= 6:
		return "4-6"
	case years <= 11:
		return "7-11"
	case years <= 14:
		return "12-14"
	}
	return "15-17"
}
