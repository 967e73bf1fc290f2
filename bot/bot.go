package bot

import (
	"context"

	"guitu"
)

// Decider takes what officers decide. Errors for people are *guitu.Error: Conflict when the story is in another state than the
// officer saw (the message says who ruled what and when), Forbidden, Invalid, NotFound. A refused call changes nothing.
type Decider interface {
	// Decide rules on a rumor, or corrects a verdict. The same Decision.Key again returns the same verdict.
	Decide(ctx context.Context, d guitu.Decision) (guitu.Verdict, error)
	// HandOver passes an open rumor to another desk. Handing it to the desk where it waits changes nothing and is no error; nor
	// does the same Handover.Key again.
	HandOver(ctx context.Context, h guitu.Handover) error
	// Merge joins a rumor to another one that is the same story. Merging the same two again changes nothing and is no error.
	// Conflict when their verdicts forbid it, or when one of them has gone into a third.
	Merge(ctx context.Context, rumorID, intoID, officerID int64) error
}

// Rights knows who may act on what.
type Rights interface {
	// MayAct returns nil when an officer may rule on a rumor and hand it over, and otherwise what Decide would refuse with.
	MayAct(ctx context.Context, rumorID, officerID int64) error
}

// Stories is what officers read.
type Stories interface {
	// Question returns the card of a rumor.
	Question(ctx context.Context, rumorID int64) (guitu.Question, error)
	// Waiting returns the open rumors of an area, the longest waiting first.
	Waiting(ctx context.Context, area guitu.Area, limit int) ([]guitu.Question, error)
}

// Views keeps who read what.
type Views interface {
	// Viewed records that an officer opened a rumor, and why.
	Viewed(ctx context.Context, rumorID, officerID int64, why guitu.ViewReason, note string) error
}

// Roster knows officers and desks.
type Roster interface {
	// OfficerByTelegram returns the officer who joined with a Telegram account; NotFound for everybody else and for the disabled.
	OfficerByTelegram(ctx context.Context, user int64) (guitu.Officer, error)
	// JoinTelegram uses up an invitation code. Errors: NotFound (wrong, used or expired), Conflict (the account has joined before
	// by another invitation). The same code by the same account again returns the same officer.
	JoinTelegram(ctx context.Context, code string, user int64) (guitu.Officer, error)
	// SetDuty says whether an officer is on duty, on somebody's word.
	SetDuty(ctx context.Context, officerID int64, on bool, by int64) error
	// Desks returns all desks, the whole country first, then by area.
	Desks(ctx context.Context) ([]guitu.Desk, error)
	// SignInCode makes a single-use code that opens the console for an officer, valid for ten minutes.
	SignInCode(ctx context.Context, officerID int64) (code string, err error)
}

// Sources knows how the sources of posts are doing.
type Sources interface {
	// Sources lists them by name.
	Sources(ctx context.Context) ([]guitu.SourceState, error)
}

// Prompts keeps prompts, so that a question asked before a restart can be answered after it.
type Prompts interface {
	// SavePrompt keeps p, whose ID is not set, and returns its ID. The same prompt again has the same ID.
	SavePrompt(ctx context.Context, p guitu.Prompt) (promptID int64, err error)
	// Prompt returns a prompt; NotFound when there is none.
	Prompt(ctx context.Context, promptID int64) (guitu.Prompt, error)
}

// Cards knows where cards stand.
type Cards interface {
	// SawCard records that a card of a rumor stands at ref, as a press on it proves; it is then kept up to date like every other.
	SawCard(ctx context.Context, rumorID int64, ref guitu.MessageRef) error
}
