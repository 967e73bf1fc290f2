package console

import (
	"context"

	"guitu"
)

// Alerts is the life of alerts as the console needs it. Errors for people are *guitu.Error: Conflict when a change was made on an
// older version, Forbidden, Invalid, NotFound. A refused call changes nothing; the same Key again returns the same result.
type Alerts interface {
	AlertDrafts
	AlertCases
	AlertApprovals
	AlertTips
	// List lists alerts that an officer may see, the newest first.
	List(ctx context.Context, f guitu.AlertFilter) ([]guitu.Alert, error)
	// Rule is what a tier decides unless its settings are changed.
	Rule(t guitu.Tier) guitu.TierRule
}

// AlertDrafts is what happens before an alert is issued.
type AlertDrafts interface {
	// Begin makes a draft, from what the posts of a story say when there is one.
	Begin(ctx context.Context, b guitu.BeginRequest) (guitu.Alert, error)
	// Alert returns an alert to an officer who may change it, Forbidden to everybody else. It is for changing, not for reading: it
	// leaves no record, since the change does.
	Alert(ctx context.Context, alertID, officerID int64) (guitu.Alert, []guitu.Photo, error)
	// Edit changes the facts of a draft.
	Edit(ctx context.Context, e guitu.EditRequest) (guitu.Alert, error)
	// Drop puts a draft away that nobody will issue.
	Drop(ctx context.Context, alertID, officerID int64, key string) error
	// AddPhoto cleans a picture as it was uploaded and adds it to the alert. Of p.Photo only Alt is set.
	AddPhoto(ctx context.Context, p guitu.PhotoRequest) (guitu.Photo, error)
	DropPhoto(ctx context.Context, alertID, photoID, officerID int64, key string) error
	// Photo returns a picture to an officer who may see it; NotFound when it is gone.
	Photo(ctx context.Context, alertID, photoID, officerID int64) (guitu.Photo, []byte, error)
	// Concerns says what stands against issuing a draft as it is.
	Concerns(ctx context.Context, alertID, officerID int64) ([]guitu.Concern, error)
	// Consider says what would stand against an alert if its facts were these. Nothing is kept.
	Consider(ctx context.Context, alertID, officerID int64, f guitu.Facts) ([]guitu.Concern, error)
	// Preview is what issuing would tell, by the code that tells it.
	Preview(ctx context.Context, alertID, officerID int64) (AlertPreview, error)
	// Poster is the picture that goes with an alert, as PNG; of a draft, as it would be.
	Poster(ctx context.Context, alertID, officerID int64) ([]byte, error)
	Issue(ctx context.Context, i guitu.IssueRequest) (guitu.Alert, error)
}

// AlertCases is what happens after.
type AlertCases interface {
	// View returns all of a case, and records who read it and why.
	View(ctx context.Context, alertID, officerID int64, reason string) (guitu.Case, error)
	// Deliveries lists the deliveries of an alert's notices, the first first. They hold no data of the child.
	Deliveries(ctx context.Context, alertID, officerID int64) ([]guitu.Delivery, error)
	Amend(ctx context.Context, a guitu.AmendRequest) (guitu.Alert, error)
	Extend(ctx context.Context, e guitu.ExtendRequest) (guitu.Alert, error)
	Cancel(ctx context.Context, c guitu.CancelRequest) (guitu.Alert, error)
	Close(ctx context.Context, c guitu.CloseRequest) (guitu.Alert, error)
	HandOver(ctx context.Context, h guitu.HandOverRequest) (guitu.Alert, error)
	// Family records what the family asks for, and the answer.
	Family(ctx context.Context, f guitu.FamilyRequest) error
	// Settle does what an officer decided of one delivery: Resend, MarkSent or MarkHandled of the Ledger.
	Settle(ctx context.Context, deliveryID, officerID int64, how Settling) error
}

// Settling is how a person settles a delivery.
type Settling string

// The ways.
const (
	SettleResend  Settling = "resend"  // send it once more
	SettleSent    Settling = "sent"    // it was seen on the channel
	SettleHandled Settling = "handled" // the standing copy was dealt with there
)

// AlertApprovals are the steps that need a second officer.
type AlertApprovals interface {
	// Approvals lists those of an alert, the first first.
	Approvals(ctx context.Context, alertID, officerID int64) ([]guitu.Approval, error)
	AskApproval(ctx context.Context, a guitu.ApprovalRequest) (guitu.Approval, error)
	// Decide agrees or refuses. Never the asker.
	Decide(ctx context.Context, d guitu.ApprovalDecision) (guitu.Approval, error)
	// Override goes on alone once the time for it has come. The asker only.
	Override(ctx context.Context, approvalID, officerID int64, key string) (guitu.Approval, error)
}

// AlertTips is what officers do with tips; they read them in the Case.
type AlertTips interface {
	// AnswerTip records what an officer makes of a tip.
	AnswerTip(ctx context.Context, alertID, tipID, officerID int64, answer guitu.TipAnswer) error
	// TipPhoto returns the photo of a tip, as JPEG.
	TipPhoto(ctx context.Context, alertID, tipID, officerID int64) ([]byte, error)
}

// AlertPreview is what an alert would tell.
type AlertPreview struct {
	Notice   guitu.Notice
	Rule     guitu.TierRule
	Channels []Shown // one a configured channel
}

// Shown is what people would see on one channel.
type Shown struct {
	Channel  string
	Text     string
	Pictures []string // what they show
}

// Places names and finds divisions.
type Places interface {
	// Find returns the divisions that a text names, as small as it settles them.
	Find(text string) []guitu.Area
	// Below returns the divisions one step below an area.
	Below(area guitu.Area) []guitu.Area
	// Point is the centre of an area.
	Point(area guitu.Area) (p guitu.Point, ok bool)
	// Nearest guesses the county of a point.
	Nearest(p guitu.Point) (area guitu.Area, ok bool)
}
