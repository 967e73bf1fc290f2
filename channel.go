package guitu

import (
	"context"
	"time"
)

// Call is what is asked of a channel in one go. It may take several requests.
type Call string

// The calls of a channel.
const (
	CallPublish Call = "publish" // Publisher
	CallFind    Call = "find"    // Finder
	CallEdit    Call = "edit"    // Editor
	CallPull    Call = "pull"    // Puller
	CallProbe   Call = "probe"   // Prober
)

// Budget is how many requests a channel lets an account make in a time.
type Budget struct {
	Name string // the channel's words for it, "posts an hour"
	// Account is whom the channel counts for, so that two channels of one account share what it has; "" for the channel by itself. It
	// is kept, and so holds no secret.
	Account string
	Most    int // in any time as long as Per
	Per     time.Duration
	// Cost returns how many requests that the channel counts a call takes at most; nil: one to publish, nothing else counts.
	Cost func(c Call, p Publication) int
}

// Quota (限额) is the name of a budget of our own: how many notices a channel gets in a day. That it is used up means that something
// goes wrong here, whatever the channel lets us do: the channel is paused until a person has looked.
const Quota = "quota"

// Takes returns what a call takes of the budget.
func (b Budget) Takes(c Call, p Publication) int {
	switch {
	case b.Cost != nil:
		return b.Cost(c, p)
	case c == CallPublish:
		return 1
	}
	return 0
}

// Budgeted is a Publisher whose account has budgets. What a call takes is counted before it is made, so that what is left is known
// before the channel refuses. Debunks leave the last fifth to alerts, and bulletins the last two.
type Budgeted interface {
	Budgets() []Budget
}

// ChannelState is how a channel is doing.
type ChannelState struct {
	Name    string
	Paused  bool // nothing goes out until an administrator resumes it
	Trouble string
	Since   time.Time // when it was paused, zero while it is not
	Account string    // who the account is there, as the last look at it said
	Expires time.Time // when its credential ends, zero for never or not known
	Probed  time.Time // when the account was last looked at, zero for never
	Fails   int       // looks that failed in a row
	Held    int       // deliveries that wait for the pause or the budget to end
}

// Partial is a notice that stands on some of its channels, and on others needs a person.
type Partial struct {
	NoticeID int64
	Code     string
	Kind     NoticeKind
	Public   int        // channels where it stands
	Stuck    []Delivery // unknown, refused, given up or held
}

// ChannelTrouble is what a person is told of a channel.
type ChannelTrouble struct {
	Kind     TroubleKind
	Channel  ChannelState
	Delivery Delivery // of TroubleDelivery and TroubleLate
}

// TroubleKind is what is wrong with a channel.
type TroubleKind string

// What people are told of channels.
const (
	TroublePaused   TroubleKind = "paused"   // the channel does not take our credentials: nothing goes out there
	TroubleBudget   TroubleKind = "budget"   // an account's budget is used up: what is less urgent waits
	TroubleExpiring TroubleKind = "expiring" // a credential ends within a week
	TroubleSilent   TroubleKind = "silent"   // the channel does not answer when its account is looked at
	TroubleDeaf     TroubleKind = "deaf"     // what hears officers was silent, and is begun anew
	TroubleDelivery TroubleKind = "delivery" // a notice needs a person on one channel
	TroubleLate     TroubleKind = "late"     // an alert has not gone out on a channel within two minutes
)

// ChannelWarner is a Chat that can tell of channels.
type ChannelWarner interface {
	// WarnChannel says in a chat that a channel needs a person, and what to do. The errors are those of Chat.Ask.
	WarnChannel(ctx context.Context, chat string, t ChannelTrouble) error
}
