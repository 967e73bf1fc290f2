package guitu

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Entry (审计记录) is one line of the audit trail: who did what to which thing, and when. It holds ids and words of this package,
// and no personal data, so that what is redacted later does not break the trail.
type Entry struct {
	ID        int64     // 1, 2, 3 … without a gap
	At        time.Time // milliseconds
	OfficerID int64     // 0 for guitu itself
	Deed      Deed
	ThingID   int64             // of the kind that the deed names: 7 with "alert.issue" is alert 7
	Detail    map[string]string // may be nil
	Hash      string            // SHA-256 of Canonical, in hexadecimal
}

// Canonical returns what is hashed of an entry: one JSON object without white space, its keys in alphabetical order, the time in
// UTC with milliseconds, and the hash of the entry before it, "" for the first.
func (e Entry) Canonical(previous string) []byte {
	detail := e.Detail
	if detail == nil {
		detail = map[string]string{}
	}
	var b bytes.Buffer
	j := json.NewEncoder(&b)
	j.SetEscapeHTML(false)
	// A map would be ordered too; the fields stand in the order of their keys.
	err := j.Encode(struct {
		At       string            `json:"at"`
		Deed     Deed              `json:"deed"`
		Detail   map[string]string `json:"detail"`
		Entry    int64             `json:"entry"`
		Officer  int64             `json:"officer"`
		Previous string            `json:"previous"`
		Thing    int64             `json:"thing"`
	}{e.At.UTC().Format("2006-01-02T15:04:05.000Z"), e.Deed, detail, e.ID, e.OfficerID, previous, e.ThingID})
	if err != nil {
		panic("audit entry: " + err.Error()) // strings and numbers always marshal
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Ref is how an ID stands in the details of an entry.
func Ref(id int64) string { return strconv.FormatInt(id, 10) }

// Digest returns the hash of an entry after the one whose hash is previous.
func (e Entry) Digest(previous string) string {
	sum := sha256.Sum256(e.Canonical(previous))
	return hex.EncodeToString(sum[:])
}

// Deed (操作) is what was done: the kind of thing, a dot, and a verb.
type Deed string

// Thing is the kind of thing to which d was done: "rumor", "alert", "officer".
func (d Deed) Thing() string {
	thing, _, _ := strings.Cut(string(d), ".")
	return thing
}

// The deeds.
const (
	DeedRumorView     Deed = "rumor.view"
	DeedRumorRule     Deed = "rumor.rule"
	DeedRumorCorrect  Deed = "rumor.correct"
	DeedRumorHandOver Deed = "rumor.handover"
	DeedRumorMerge    Deed = "rumor.merge"
	DeedRumorSplit    Deed = "rumor.split"
	DeedRumorRaise    Deed = "rumor.raise"

	DeedAssetDrop       Deed = "asset.drop"
	DeedDeliveryResend  Deed = "delivery.resend"
	DeedDeliverySent    Deed = "delivery.sent"
	DeedDeliveryHandled Deed = "delivery.handled"
	DeedSourceResume    Deed = "source.resume"
	DeedChannelResume   Deed = "channel.resume"

	DeedAlertView     Deed = "alert.view"
	DeedAlertBegin    Deed = "alert.begin"
	DeedAlertEdit     Deed = "alert.edit"
	DeedAlertDrop     Deed = "alert.drop"
	DeedAlertIssue    Deed = "alert.issue"
	DeedAlertAmend    Deed = "alert.amend"
	DeedAlertGrow     Deed = "alert.grow"
	DeedAlertExtend   Deed = "alert.extend"
	DeedAlertExpire   Deed = "alert.expire"
	DeedAlertCancel   Deed = "alert.cancel"
	DeedAlertClose    Deed = "alert.close"
	DeedAlertRedact   Deed = "alert.redact"
	DeedAlertHandOver Deed = "alert.handover"
	DeedAlertRequest  Deed = "alert.request" // a family's request to delete or correct, and its answer

	DeedApprovalAsk      Deed = "approval.ask"
	DeedApprovalAgree    Deed = "approval.agree"
	DeedApprovalRefuse   Deed = "approval.refuse"
	DeedApprovalOverride Deed = "approval.override"

	DeedPhotoAdd  Deed = "photo.add"
	DeedPhotoDrop Deed = "photo.drop"

	DeedTipAnswer Deed = "tip.answer"

	DeedOfficerInvite  Deed = "officer.invite" // the thing is the desk: there is no officer yet
	DeedOfficerJoin    Deed = "officer.join"
	DeedOfficerSignIn  Deed = "officer.signin"
	DeedOfficerLink    Deed = "officer.link" // a sign-in link was made
	DeedOfficerTie     Deed = "officer.tie"
	DeedOfficerUntie   Deed = "officer.untie"
	DeedOfficerDuty    Deed = "officer.duty"
	DeedOfficerDisable Deed = "officer.disable"
	DeedOfficerEnable  Deed = "officer.enable"
	DeedOfficerRole    Deed = "officer.role"
	DeedOfficerCertify Deed = "officer.certify"

	DeedFactorEnrol   Deed = "factor.enrol" // of factors the thing is the officer
	DeedFactorPass    Deed = "factor.pass"
	DeedFactorRecover Deed = "factor.recover"
	DeedFactorLock    Deed = "factor.lock"
	DeedFactorDrop    Deed = "factor.drop"

	DeedDeskSet     Deed = "desk.set"   // the configuration names, changes or drops a desk
	DeedRosterSet   Deed = "roster.set" // the thing is the desk
	DeedAuditExport Deed = "audit.export"
)
