package guitu

import (
	"context"
	"time"
)

// NoticeKind is what a notice (通告) tells.
type NoticeKind string

// The kinds of notice that rest on a verdict.
const (
	NoticeDebunk     NoticeKind = "debunk"     // 辟谣: the story is false
	NoticeFound      NoticeKind = "found"      // 找回: the child is home, stop sharing
	NoticeOver       NoticeKind = "over"       // 过时: the matter has ended, stop sharing; says nothing of how
	NoticeCorrection NoticeKind = "correction" // 更正: an earlier notice no longer holds
)

// The languages of a notice, as BCP 47 tags.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Text is a notice in one language. It is plain text; channels escape it as they need.
type Text struct {
	Headline    string `json:"headline"`    // one line, at most 60 runes
	Description string `json:"description"` // paragraphs separated by "\n"
	Instruction string `json:"instruction"` // what the reader should do; one line
}

// Notice is what the public is told. Its texts are frozen when it is made: a change is another notice that corrects it.
type Notice struct {
	ID          int64
	Kind        NoticeKind
	Status      Status
	Code        string // six characters that lead to the notice's page and prove that it is genuine
	RumorID     int64
	VerdictID   int64
	Area        Area
	Place       string          // the area's name for people, "" when unknown
	Claimed     string          // the story once and short, without names and numbers (ClaimReview claimReviewed)
	Texts       map[string]Text // by language: Chinese always, English always
	Sources     []string        // addresses of posts that told the story (ClaimReview appearance), at most MaxSamples
	Corrects    string          // code of the notice that this one corrects, "" when none
	CorrectedBy string          // code of the notice that corrects this one, "" while it holds
	MadeAt      time.Time
	Due         time.Time // when it goes out
}

// DeliveryState is how far a notice has come on one channel.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryDue       DeliveryState = "due"       // waits for its time or for a next try
	DeliverySending   DeliveryState = "sending"   // the call is under way, or was when the process died
	DeliverySent      DeliveryState = "sent"      // accepted by the channel
	DeliveryUnknown   DeliveryState = "unknown"   // the answer was lost; a person decides, it is not repeated
	DeliveryRefused   DeliveryState = "refused"   // the channel refused it for good
	DeliveryWithdrawn DeliveryState = "withdrawn" // corrected, or nothing to correct, before it went out, so it never will
	DeliveryEdited    DeliveryState = "edited"    // went out, and says that it is corrected
	DeliveryStanding  DeliveryState = "standing"  // went out, is corrected, and can't be changed on this channel: a person must act
	DeliveryHandled   DeliveryState = "handled"   // a person has dealt with the standing copy
)

// DeliveryStates lists all states.
var DeliveryStates = [...]DeliveryState{
	DeliveryDue, DeliverySending, DeliverySent, DeliveryUnknown,
	DeliveryRefused, DeliveryWithdrawn, DeliveryEdited, DeliveryStanding, DeliveryHandled,
}

// Delivery (投递) is one notice on its way to one channel.
type Delivery struct {
	ID       int64
	NoticeID int64
	Code     string // the notice's
	Kind     NoticeKind
	Channel  string
	State    DeliveryState
	Due      time.Time
	Attempts int
	Receipt  Receipt
	Trouble  string // why it is not sent, for the operator; no secrets, no personal data
	At       time.Time
}

// Publication is a notice made ready for one channel.
type Publication struct {
	Key    string // identifies the delivery for ever; channels with idempotency keys use it
	Notice Notice
	Link   string // the notice's page on the public site
	// Receipt is where an earlier publication stands; only for Edit and Pull.
	Receipt Receipt
}

// Receipt (回执) is where a channel put a publication.
type Receipt struct {
	ExternalID string // the channel's id, enough to edit or pull it
	URL        string // where people can read it, "" when the channel has none
}

// Publisher is a channel that takes notices.
type Publisher interface {
	// Name identifies the channel for ever ("site", "telegram").
	Name() string
	// Publish puts p on the channel. Errors: ErrRejected (never again), ErrUnauthorized (a person must act), *RetryError (not
	// before), one that wraps ErrUnknown (it may have been published), any other (it was certainly not published; try again).
	Publish(ctx context.Context, p Publication) (Receipt, error)
}

// Pacer is a Publisher whose channel takes only so many messages in a time.
type Pacer interface {
	// Reserve takes the channel's next turn if it has come, and returns the call that uses it: as Publish, once, and without
	// waiting. Errors: *RetryError (not before), any other (try again); nothing has been published then. A turn that is not
	// used is lost and does no harm.
	Reserve(ctx context.Context) (publish func(context.Context, Publication) (Receipt, error), err error)
}

// Finder is a Publisher that can look whether a publication is there.
type Finder interface {
	// Find looks for the publication with p.Key; ok is false when it is certainly not there.
	Find(ctx context.Context, p Publication) (r Receipt, ok bool, err error)
}

// Editor is a Publisher that can change what it published.
type Editor interface {
	// Edit makes the publication at p.Receipt say that p.Notice is corrected (Notice.CorrectedBy). It may be repeated.
	Edit(ctx context.Context, p Publication) error
}
