package console

import (
	"context"
	"time"

	"guitu"
	"guitu/bot"
)

// Backend is all that the console needs of the rest. Errors for people are *guitu.Error.
type Backend interface {
	bot.Decider
	bot.Stories
	Ledger
	Staff
	Archive
	Rosters
}

// Ledger is what the console shows beside the cards. Lists are newest first.
type Ledger interface {
	// Rumors lists stories whose area lies within f.Area.
	Rumors(ctx context.Context, f RumorFilter) ([]guitu.Rumor, error)
	// Posts lists the posts of a rumor, the first seen first.
	Posts(ctx context.Context, rumorID int64, limit int) ([]guitu.Post, error)
	// History lists what happened to a rumor, the oldest first.
	History(ctx context.Context, rumorID int64) ([]guitu.Event, error)
	// Viewed records that an officer opened the full text of a rumor, and why.
	Viewed(ctx context.Context, rumorID, officerID int64, why guitu.ViewReason, note string) error
	// Alike lists stories that may be the same as one: its kin, or those that f.Text finds. None of them is merged.
	Alike(ctx context.Context, rumorID int64, f RumorFilter) ([]guitu.Rumor, error)
	// Split takes posts out of a rumor into one of their own. The same posts again return the same rumor.
	Split(ctx context.Context, rumorID int64, postIDs []int64, officerID int64) (splitID int64, err error)
	// Registry lists what stood in refuted stories; with a value only that phone or name. before is 0 or an ID.
	Registry(ctx context.Context, value string, before int64, limit int) ([]guitu.Asset, error)
	// DropAsset takes something out of the registry for a reason. Only admins may.
	DropAsset(ctx context.Context, assetID, officerID int64, reason string) error
	// Deliveries lists deliveries; the empty state lists all.
	Deliveries(ctx context.Context, state guitu.DeliveryState, before int64, limit int) ([]guitu.Delivery, error)
	// Delivery returns one delivery; NotFound when there is none.
	Delivery(ctx context.Context, id int64) (guitu.Delivery, error)
	// Resend sends a delivery that is unknown or refused once more, on a person's word. Conflict in any other state.
	Resend(ctx context.Context, deliveryID, officerID int64) error
	// MarkSent records that a person looked and found an unknown delivery published. Conflict in any other state.
	MarkSent(ctx context.Context, deliveryID, officerID int64) error
	// MarkHandled records that a person dealt with a standing copy by hand. Conflict in any other state.
	MarkHandled(ctx context.Context, deliveryID, officerID int64) error
	Sources(ctx context.Context) ([]guitu.SourceState, error)
	ResumeSource(ctx context.Context, name string, officerID int64) error
	// Channels lists how the channels are doing of which something is known, and ResumeChannel lets a paused one go on.
	Channels(ctx context.Context) ([]guitu.ChannelState, error)
	ResumeChannel(ctx context.Context, name string, officerID int64) error
	// Partials lists the latest notices that stand on some channels and need a person on others.
	Partials(ctx context.Context, limit int) ([]guitu.Partial, error)
	Quarantine(ctx context.Context, limit int) ([]guitu.Quarantined, error)
}

// RumorFilter chooses rumors.
type RumorFilter struct {
	State  guitu.RumorState // "" for all
	Area   guitu.Area       // "" for the whole country
	Text   string           // what the claim holds, or an ID; "" for all
	Before int64            // only IDs below, 0 for the newest
	Limit  int
}

// Staff knows officers, invitations and sign-in.
type Staff interface {
	Desks(ctx context.Context) ([]guitu.Desk, error)
	Officer(ctx context.Context, id int64) (guitu.Officer, error)
	Officers(ctx context.Context) ([]guitu.Officer, error)
	// SetDuty says whether an officer is on duty. The officer may, the desk's lead, and admins.
	SetDuty(ctx context.Context, officerID int64, on bool, by int64) error
	// SetDisabled, SetRole and Certify only admins may call, and the first two not of themselves. A zero end of a certificate is none.
	SetDisabled(ctx context.Context, officerID int64, disabled bool, by int64) error
	SetRole(ctx context.Context, officerID int64, r guitu.Role, by int64) error
	Certify(ctx context.Context, officerID int64, number string, until time.Time, by int64) error
	// UntieTelegram parts an officer from the Telegram account that is tied, if any.
	UntieTelegram(ctx context.Context, officerID int64) error
	// Invite makes a single-use code by which one person joins a desk, and returns it together with its expiry. Only admins may.
	Invite(ctx context.Context, deskID int64, role guitu.Role, name string, by int64) (code string, expires time.Time, err error)
	// SignInCode makes a single-use code that opens the console for an officer, or ties a Telegram account that sends it to the
	// bot. It is valid for ten minutes.
	SignInCode(ctx context.Context, officerID int64) (code string, err error)
	// EnrolFactor begins a second factor and returns the otpauth address for an app; it counts once ConfirmFactor has seen a code,
	// which returns the recovery codes.
	EnrolFactor(ctx context.Context, officerID int64, issuer string) (address string, err error)
	ConfirmFactor(ctx context.Context, officerID int64, code string) (recovery []string, err error)
	// PassFactor, RenewRecovery and DropFactor take a code of the factor or a recovery code. Invalid when it is wrong, Forbidden
	// while too many were.
	PassFactor(ctx context.Context, officerID int64, code string) error
	RenewRecovery(ctx context.Context, officerID int64, code string) (recovery []string, err error)
	DropFactor(ctx context.Context, officerID int64, code string) error
	// ResetFactor takes away the factor of somebody else. Only admins may.
	ResetFactor(ctx context.Context, officerID, by int64) error
	// RecoveryCodes counts the codes that an officer has left.
	RecoveryCodes(ctx context.Context, officerID int64) (int, error)
	// SignInLink is SignInCode for another officer. Only admins may.
	SignInLink(ctx context.Context, officerID, by int64) (code string, err error)
	// SignIn uses up a sign-in code or an invitation. NotFound when it is wrong, used or expired.
	SignIn(ctx context.Context, code string) (guitu.Officer, error)
}
