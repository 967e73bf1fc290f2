package guitu

import (
	"context"
	"time"
)

// Budget is how many calls a channel lets an account make in a time.
type Budget struct {
	Name string // the channel's words for it, "posts an hour"
	Most int
	Per  time.Duration
}

// Budgeted is a Publisher whose account has budgets. Each publication takes one of each; what is left is known before the channel
// refuses. The last fifth is for alerts.
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
	TroubleDelivery TroubleKind = "delivery" // a notice needs a person on one channel
	TroubleLate     TroubleKind = "late"     // an alert has not gone out on a channel within two minutes
)

// ChannelWarner is a Chat that can tell of channels.
type ChannelWarner interface {
	// WarnChannel says in a chat that a channel needs a person, and what to do. The errors are those of Chat.Ask.
	WarnChannel(ctx context.Context, chat string, t ChannelTrouble) error
}
