package guitu

import (
	"context"
	"time"
)

// Desk (值班台) is where the officers of an area are asked.
type Desk struct {
	ID           int64
	Name         string
	Area         Area   // what it answers for; "" is the ministry's desk
	TelegramChat string // chat id where its cards stand, "" when it is asked in the console only
}

// Role is what an officer may do.
type Role string

// The roles.
const (
	RoleOfficer Role = "officer" // 民警: rules on stories of the own desk's area, and issues its alerts
	RoleLead    Role = "lead"    // 值班长: also agrees to wider rings and other tiers that officers of the area ask for
	RoleAdmin   Role = "admin"   // 管理员: also invites officers, sees every desk, jobs and sources
	RoleAuditor Role = "auditor" // 审计员: reads the trail and the log of views; rules on nothing, issues nothing
)

// Officer (民警) is a person who may rule.
type Officer struct {
	ID           int64
	Name         string
	Role         Role
	Desk         Desk
	TelegramUser int64 // 0 when not joined by Telegram
	OnDuty       bool  // now: by the desk's roster, or by the officer's switch in a week without one
	Rostered     bool  // the desk has a roster for this week, and the switch does not count
	Disabled     bool
	// The certificate that lets an officer rule and issue. Its number may be missing; a zero end stands for "no end".
	Certificate    string
	CertifiedUntil time.Time
	Factor         bool // has a second factor for the console
}

// Acts returns nil when an officer may rule and issue at an instant, and otherwise the refusal: disabled, an auditor, or with a
// certificate that has expired.
func (o Officer) Acts(now time.Time) error {
	switch {
	case o.Disabled:
		return Errorf(Forbidden, "您的账号已停用")
	case o.Role == RoleAuditor:
		return Errorf(Forbidden, "审计员只能查看审计记录和查阅记录")
	case o.Expired(now):
		return Errorf(Forbidden, "您的资格已于%s到期，不能作出核查结论或发布警报，请联系管理员续期",
			o.CertifiedUntil.Add(-1).In(beijing).Format("2006年1月2日")) // the last day ends with its midnight
	}
	return nil
}

// Expired reports whether an officer's certificate has ended.
func (o Officer) Expired(now time.Time) bool {
	return !o.CertifiedUntil.IsZero() && !now.Before(o.CertifiedUntil)
}

// beijing is the one time zone of the country's officers.
var beijing = time.FixedZone("CST", 8*60*60)

// Roles lists the roles.
var Roles = [...]Role{RoleOfficer, RoleLead, RoleAdmin, RoleAuditor}

// Words are what officers call r, in Chinese; r itself for one that is none.
func (r Role) Words() string {
	switch r {
	case RoleOfficer:
		return "民警"
	case RoleLead:
		return "值班长"
	case RoleAdmin:
		return "管理员"
	case RoleAuditor:
		return "审计员"
	}
	return string(r)
}

// Assignment (派单) is a rumor waiting at a desk. It ends when the rumor is ruled, handed over or escalated; the card stays.
type Assignment struct {
	ID      int64
	RumorID int64
	Desk    Desk
	Reason  string    // route, escalate, handover
	At      time.Time // when it came to the desk
	Due     time.Time // when it goes up if nobody answers; zero at the top
	Ended   time.Time // zero while it stands
}

// Question is everything that an officer sees of a rumor: the card.
type Question struct {
	Rumor       Rumor
	Samples     []Post      // up to MaxSamples posts that tell it: the first, the most reposted, the latest
	PostsLast24 int         // posts that tell it, seen in the last 24 hours
	Evidence    Evidence    // posts that speak on it
	Seen        []Asset     // what of it stood in refuted stories; a hint, never a proof
	Verdict     *Verdict    // the current one, nil while it waits
	Notice      *Notice     // what the current verdict tells the public, nil when nothing
	Precedent   *Precedent  // nil when there is none
	Into        *Precedent  // where it went, nil while it goes on by itself
	Merged      []int64     // rumors that went into it
	Assignment  *Assignment // where it waits, or waited last; nil before routing
}

// Evidence is what other posts say came of a rumor. None of them counts as telling it, and none of them proves anything.
type Evidence struct {
	Debunks int    // posts that call it false
	Found   int    // posts that say that the missing are back, or that the matter has ended
	Latest  []Post // up to MaxSamples of both, the latest first
}

// MaxSamples is how many posts a card shows.
const MaxSamples = 3

// MessageRef is where a message stands in a chat application.
type MessageRef struct {
	Chat    string // the application's chat id
	Message string // the application's message id within the chat
}

// Handover is what an officer asks for when passing a rumor to another desk.
type Handover struct {
	RumorID   int64
	DeskID    int64 // to which it goes
	OfficerID int64 // who passes it on
	// Key identifies the press, so that handling the same press twice hands over once ("telegram:10000017"). Required.
	Key string
}

// Prompt is a ruling that an officer began in a chat and for which the bot still waits: how was it checked?
type Prompt struct {
	ID        int64 // shown in the question, by which the officer's reply is known
	OfficerID int64
	RumorID   int64
	Ruling    Ruling
	Ending    Ending
	Corrects  int64 // as in Decision
}

// Chat is a chat application in which officers are asked.
type Chat interface {
	// Ask puts the card of q into a chat. An error that wraps ErrUnknown means that the card may stand there; since a question
	// lost is worse than one asked twice, the caller asks again.
	Ask(ctx context.Context, chat string, q Question) (MessageRef, error)
	// Show brings a standing card up to date. It may be repeated. ErrRejected means that the card can't be changed any more.
	Show(ctx context.Context, ref MessageRef, q Question) error
	// Warn says in a chat that a source needs a person, and what to do. The errors are those of Ask.
	Warn(ctx context.Context, chat string, s SourceState) error
}

// Reminder is a Chat that can remind an officer of something of their own.
type Reminder interface {
	// Remind says to an officer, whose chat it is, that the certificate ends. The errors are those of Ask.
	Remind(ctx context.Context, chat string, o Officer) error
}

// Replier is a Chat in which the public is answered.
type Replier interface {
	// Reply says what came of a tip. The errors are those of Ask.
	Reply(ctx context.Context, r TipReply) error
}

// Teller is a Chat that can say what an alert needs of a desk.
type Teller interface {
	// Tell says what an alert needs, as the step Tell lists it, and where to answer. The errors are those of Ask.
	Tell(ctx context.Context, chat string, a Alert, event EventKind) error
}

// ChatPacer is a Chat that takes only so many messages in a time, as a Pacer does.
type ChatPacer interface {
	// Reserve takes a chat's next turn if it has come, and returns the Chat whose one call in it does not wait. The rest is as
	// with Pacer.
	Reserve(ctx context.Context, chat string) (Chat, error)
}
