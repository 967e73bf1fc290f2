package guitu

// Step is a durable step: a job's arguments. The steps below are the table of contents of the system. A step holds ids only,
// because jobs are shown in the console and outlive the data that they name. Its kind string is for ever.
type Step interface {
	Kind() string
	// Queue is the kind of work; each queue has workers of its own, so that one kind's trouble does not delay another's.
	Queue() string
}

// The queues.
const (
	QueueRead    = "read"    // reading sources
	QueueStory   = "story"   // routing and escalating
	QueueChat    = "chat"    // officers' cards, and warnings
	QueuePress   = "press"   // what officers press and write: never behind a flood of cards
	QueueDeliver = "deliver" // notices to channels
	QueueLook    = "look"    // posts' pictures
	QueueReach   = "reach"   // telling followers
	QueueChatter = "chatter" // telling the public in chats, which is slow: one after another, so that an end comes last
	QueueAlert   = "alert"   // the life of alerts: never behind anything else
)

type (
	// Read reads a source from its cursor. Begun by the timer, per source.
	Read struct {
		Source string `json:"source"`
	}
	// Look hashes the pictures of a post. Begun by Read, for posts that say something new.
	Look struct {
		PostID int64 `json:"post_id"`
	}
	// Regroup puts the stories of an earlier engine together anew. Begun at the start of the bot.
	Regroup struct{}
	// Route assigns a rumor to the nearest desk. Begun by Read.
	Route struct {
		RumorID int64 `json:"rumor_id"`
	}
	// Ask puts the card of an assignment into its desk's chat. Begun by Route, Escalate and handing over.
	Ask struct {
		CardID int64 `json:"card_id"`
	}
	// Show brings a standing card up to date. Begun by Decide, handing over, and a story's growth.
	Show struct {
		CardID int64 `json:"card_id"`
	}
	// Escalate hands an unanswered assignment to the next desk up. Begun with the assignment, at its deadline.
	Escalate struct {
		AssignmentID int64 `json:"assignment_id"`
	}
	// Press handles one update of a chat application that stands in the inbox. Begun by the update's arrival.
	Press struct {
		InboxID int64 `json:"inbox_id"`
	}
	// Warn tells an administrator, or else the officers of a desk, that a source needs a person. Begun by Read, together with the
	// pause or the failure that it tells of.
	Warn struct {
		Source    string `json:"source"`
		OfficerID int64  `json:"officer_id,omitempty"`
		DeskID    int64  `json:"desk_id,omitempty"`
	}
	// Grow widens the circle of an alert to the ring that is due by the child's clock. Begun by Issue and by itself, at the time
	// when the next ring is due.
	Grow struct {
		AlertID int64 `json:"alert_id"`
	}
	// Expiring asks a desk whether an alert is to go on. Begun by Issue and Extend, some hours before it expires.
	Expiring struct {
		AlertID int64 `json:"alert_id"`
	}
	// Expire ends an alert whose time is over. Begun by Issue and Extend, at that time.
	Expire struct {
		AlertID int64 `json:"alert_id"`
	}
	// Redact empties what is left of a child in an alert that is over. Begun by Cancel, Close and Expire: at once for what the
	// public can reach, and at the end of the retention time for the record.
	Redact struct {
		AlertID int64 `json:"alert_id"`
	}
	// Tell says in a desk's chat what an alert needs of it: an answer before it expires (EventExpiring), a hand before a draft is given up
	// (EventFading), a second officer's word (EventAskedFor); that an officer went on alone (EventOverridden), or that there are tips
	// (EventTip). Begun together with what it tells of.
	Tell struct {
		AlertID int64     `json:"alert_id"`
		DeskID  int64     `json:"desk_id"`
		Event   EventKind `json:"event"`
	}
	// Reply says in a private chat what came of a tip from it. Begun by an officer's answer, and by the end of the alert.
	Reply struct {
		TipID int64 `json:"tip_id"`
	}
	// Remind tells an officer in a private chat that the certificate ends. Begun by the clock, 30 and 7 days ahead.
	Remind struct {
		OfficerID int64 `json:"officer_id"`
	}
	// Alarm tells an administrator, or else the officers of a desk, that a channel needs a person. Begun by Deliver and the clock.
	Alarm struct {
		Trouble    TroubleKind `json:"trouble"`
		Channel    string      `json:"channel"`
		DeliveryID int64       `json:"delivery_id,omitempty"`
		OfficerID  int64       `json:"officer_id,omitempty"`
		DeskID     int64       `json:"desk_id,omitempty"`
	}
	// Deliver publishes a notice on one channel. Begun by Decide and by the messages of an alert, at the time when the notice is due.
	Deliver struct {
		DeliveryID int64 `json:"delivery_id"`
	}
	// Amend makes an earlier copy on one channel say what holds now, or takes it down. Begun by a correction, and by the messages of
	// an alert that follow it.
	Amend struct {
		DeliveryID int64 `json:"delivery_id"`
	}
	// Reach plans which of the followers after one are told a notice, or, with UpTo, tells those up to another, each kind of followers by itself. Begun by Deliver on
	// the channel of followers, and by itself.
	Reach struct {
		NoticeID int64 `json:"notice_id"`
		After    int64 `json:"after,omitempty"`
		UpTo     int64 `json:"up_to,omitempty"`
		// Who are told with UpTo; all kinds when it is empty.
		Who FollowerKind `json:"who,omitempty"`
	}
)

// Kind and Queue of each step.

func (Read) Kind() string     { return "read" }
func (Look) Kind() string     { return "look" }
func (Regroup) Kind() string  { return "regroup" }
func (Route) Kind() string    { return "route" }
func (Ask) Kind() string      { return "ask" }
func (Show) Kind() string     { return "show" }
func (Escalate) Kind() string { return "escalate" }
func (Press) Kind() string    { return "press" }
func (Warn) Kind() string     { return "warn" }
func (Grow) Kind() string     { return "grow" }
func (Expiring) Kind() string { return "expiring" }
func (Expire) Kind() string   { return "expire" }
func (Redact) Kind() string   { return "redact" }
func (Tell) Kind() string     { return "tell" }
func (Reply) Kind() string    { return "reply" }
func (Remind) Kind() string   { return "remind" }
func (Alarm) Kind() string    { return "alarm" }
func (Deliver) Kind() string  { return "deliver" }
func (Amend) Kind() string    { return "amend" }
func (Reach) Kind() string    { return "reach" }

func (Read) Queue() string     { return QueueRead }
func (Look) Queue() string     { return QueueLook }
func (Regroup) Queue() string  { return QueueStory }
func (Route) Queue() string    { return QueueStory }
func (Ask) Queue() string      { return QueueChat }
func (Show) Queue() string     { return QueueChat }
func (Escalate) Queue() string { return QueueStory }
func (Press) Queue() string    { return QueuePress }
func (Warn) Queue() string     { return QueueChat }
func (Grow) Queue() string     { return QueueAlert }
func (Expiring) Queue() string { return QueueAlert }
func (Expire) Queue() string   { return QueueAlert }
func (Redact) Queue() string   { return QueueAlert }
func (Tell) Queue() string     { return QueueChat }
func (Reply) Queue() string    { return QueueChatter }
func (Remind) Queue() string   { return QueueChat }
func (Alarm) Queue() string    { return QueueChat }
func (Deliver) Queue() string  { return QueueDeliver }
func (Amend) Queue() string    { return QueueDeliver }

// Queue is one of its own for what goes to chats.
func (r Reach) Queue() string {
	if r.Who == FollowTelegram {
		return QueueChatter
	}
	return QueueReach
}
