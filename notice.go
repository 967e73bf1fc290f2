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

// The kinds of notice that rest on a message of an alert, and the one that rests on the statistics.
const (
	NoticeAlert    NoticeKind = "alert"    // 寻人: look for this child
	NoticeUpdate   NoticeKind = "update"   // 更新: a fact is new or corrected, or the circle grew
	NoticeClosed   NoticeKind = "closed"   // 结案: the matter has ended, stop sharing; worded by the outcome
	NoticeCancel   NoticeKind = "cancel"   // 撤销: issued in error, or expired; stop sharing
	NoticeBulletin NoticeKind = "bulletin" // 通报: outcomes and statistics
)

// Ends reports whether a notice of kind k ends an alert: with it the child's name and photos leave every copy.
func (k NoticeKind) Ends() bool { return k == NoticeClosed || k == NoticeCancel }

// Rank orders notices that wait for the same channel: alerts and what ends them before debunks before bulletins. 0 goes first.
func (k NoticeKind) Rank() int {
	switch k {
	case NoticeAlert, NoticeUpdate, NoticeClosed, NoticeCancel:
		return 0
	case NoticeDebunk, NoticeFound, NoticeOver, NoticeCorrection:
		return 1
	case NoticeBulletin:
	}
	return 2
}

// The languages of a notice, as BCP 47 tags.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Text is a notice in one language. It is plain text; channels escape it as they need.
type Text struct {
	Headline string `json:"headline"` // one line, at most 60 runes
	// Keep is what no channel may cut off: place, time and contact of an alert, one line; "" of notices that need none.
	Keep        string `json:"keep,omitempty"`
	Description string `json:"description"` // paragraphs separated by "\n"
	Instruction string `json:"instruction"` // what the reader should do; one line
}

// Notice is what the public is told. Its texts are frozen when it is made: a change is another notice that corrects it.
type Notice struct {
	ID          int64
	Kind        NoticeKind
	Status      Status
	Code        string // six characters that lead to the notice's page and prove that it is genuine; all of one alert share the alert's
	RumorID     int64  // 0 unless it rests on a verdict
	VerdictID   int64  // as RumorID
	AlertID     int64  // 0 unless it rests on a message of an alert
	MessageID   int64  // as AlertID
	BulletinID  int64  // 0 unless it is a bulletin
	Area        Area
	Place       string          // the area's name for people, "" when unknown
	Claimed     string          // the story once and short, without names and numbers (ClaimReview claimReviewed)
	Texts       map[string]Text // by language: Chinese always, English always
	Sources     []string        // addresses of posts that told the story (ClaimReview appearance), at most MaxSamples
	Corrects    string          // code of the notice that this one corrects, "" when none
	CorrectedBy string          // code of the notice that corrects this one, "" while it holds
	MadeAt      time.Time
	Due         time.Time // when it goes out
	Circle      *Circle   // of alerts: where people are told; nil for everywhere
	Inner       float64   // kilometres: within it people were told before, 0 when nobody was
	Areas       []Area    // of alerts: the counties that Circle touches
	Expires     time.Time // of alerts: from then on nobody is to look any more; zero for never
	Ended       bool      // a later notice ended the alert: its copies must lose name and photos
}

// Picture is a picture that goes with a publication.
type Picture struct {
	Name   string // file name with its extension, "poster.png"
	Type   string // media type: image/png or image/jpeg
	Width  int    // pixels
	Height int    // pixels
	Bytes  []byte
	Alt    map[string]string // what it shows, by language: Chinese always
	Child  bool              // it shows a child, and must not be left anywhere after the alert
	URL    string            // where the site shows it, for channels that take addresses; revocable; "" when nowhere
}

// DeliveryState is how far a notice has come on one channel.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryDue       DeliveryState = "due"       // waits for its time or for a next try
	DeliveryHeld      DeliveryState = "held"      // waits until a paused channel is resumed or its budget is renewed
	DeliverySending   DeliveryState = "sending"   // the call is under way, or was when the process died
	DeliverySent      DeliveryState = "sent"      // accepted by the channel
	DeliveryUnknown   DeliveryState = "unknown"   // the answer was lost; a person decides, it is not repeated
	DeliveryRefused   DeliveryState = "refused"   // the channel refused it for good
	DeliveryGivenUp   DeliveryState = "given_up"  // certainly not published, and tried often enough
	DeliveryWithdrawn DeliveryState = "withdrawn" // corrected, or nothing to correct, before it went out, so it never will
	DeliveryEdited    DeliveryState = "edited"    // went out, and has been changed there (Delivery.Version)
	DeliveryPulled    DeliveryState = "pulled"    // went out, and has been taken down
	DeliveryStanding  DeliveryState = "standing"  // went out, no longer holds, and can't be changed on this channel: a person must act
	DeliveryHandled   DeliveryState = "handled"   // a person has dealt with the standing copy
)

// Public reports whether a delivery in state s can be read on its channel, as far as guitu knows.
func (s DeliveryState) Public() bool {
	switch s {
	case DeliverySent, DeliveryEdited, DeliveryStanding, DeliveryHandled:
		return true
	case DeliveryDue, DeliveryHeld, DeliverySending, DeliveryUnknown, DeliveryRefused, DeliveryGivenUp, DeliveryWithdrawn,
		DeliveryPulled:
	}
	return false
}

// DeliveryStates lists all states.
var DeliveryStates = [...]DeliveryState{
	DeliveryDue, DeliverySending, DeliverySent, DeliveryUnknown, DeliveryRefused, DeliveryWithdrawn, DeliveryEdited,
	DeliveryStanding, DeliveryHandled, DeliveryHeld, DeliveryGivenUp, DeliveryPulled,
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
	Version  int    // how often the copy was edited
	Trouble  string // why it is not sent, for the operator; no secrets, no personal data
	At       time.Time
	Reached  Reached
}

// Reached is how many people a channel says that it told of a notice so far; zero when it said nothing.
type Reached struct {
	Devices int64     // on which it was shown
	Views   int64     // how often it was opened
	At      time.Time // when it was said last
}

// Publication is a notice made ready for one channel.
type Publication struct {
	Key      string // identifies the delivery for ever; channels with idempotency keys use it
	Notice   Notice // for Edit and Pull: what is to be read at Receipt from then on
	Link     string // the notice's page on the public site
	Pictures []Picture
	// ReplyTo is where the first publication of the same alert or story stands on this channel, zero when there is none.
	ReplyTo Receipt
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

// Keyed is a Publisher whose channel takes a publication with the same Key once only: what may have arrived is sent again, and is
// one post.
type Keyed interface {
	Publisher
	// Keyed is a mark.
	Keyed()
}

// Finder is a Publisher that can look whether a publication is there.
type Finder interface {
	// Find looks for the publication with p.Key; ok is false when it is certainly not there.
	Find(ctx context.Context, p Publication) (r Receipt, ok bool, err error)
}

// Editor is a Publisher that can change what it published.
type Editor interface {
	// Edit makes the publication at p.Receipt read as p.Notice, with p.Pictures and no other picture. It may be repeated.
	// ErrRejected means that this copy can't be changed any more, or not in this way (text but not its picture).
	Edit(ctx context.Context, p Publication) error
}

// Puller is a Publisher that can take down what it published.
type Puller interface {
	// Pull takes the publication at p.Receipt down. It may be repeated: one that is not there any more is no error. ErrRejected
	// means that the channel does not let it go any more.
	Pull(ctx context.Context, p Publication) error
}

// Local is a Publisher that reaches people by where they are. Only such a channel is told when a circle grows: for every other
// one the new ring has no readers of its own.
type Local interface {
	Publisher
	// Local is a mark.
	Local()
}

// Prober is a Publisher that can say, without publishing, whether its account works.
type Prober interface {
	// Probe makes one harmless call. The errors are those of Publish.
	Probe(ctx context.Context) (Account, error)
}

// Previewer is a Publisher that can say what a publication would read like on it.
type Previewer interface {
	// Preview returns the text of p as people would read it on the channel, and those of its pictures that go along. It calls nobody.
	Preview(p Publication) (text string, pictures []Picture)
}

// Account is what a channel says of its account.
type Account struct {
	Name    string         // who the account is there
	May     []string       // what it may do, in the channel's words
	Expires time.Time      // when its credential ends, zero for never or not known
	Left    map[string]int // what is left of its budgets, by the channel's names for them
}
