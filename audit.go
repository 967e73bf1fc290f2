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

// Words are what officers call d, in Chinese; d itself for one that is none.
func (d Deed) Words() string {
	if w, ok := deedWords[d]; ok {
		return w
	}
	return string(d)
}

// TrailFilter chooses entries of the trail.
type TrailFilter struct {
	From, Until time.Time // of the entries' times; zero for open
	Thing       string    // the kind of thing, "" for all
	ThingID     int64     // 0 for all
	OfficerID   int64     // 0 for all
	After       int64     // only IDs above
	Before      int64     // only IDs below, 0 for all
	Newest      bool      // the newest come first
	Limit       int
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

	DeedPhotoAdd      Deed = "photo.add"
	DeedPhotoDescribe Deed = "photo.describe"
	DeedPhotoDrop     Deed = "photo.drop"

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

var deedWords = map[Deed]string{
	DeedRumorView:        "查阅传言全文",
	DeedRumorRule:        "核查结论",
	DeedRumorCorrect:     "更正结论",
	DeedRumorHandOver:    "转交传言",
	DeedRumorMerge:       "并案",
	DeedRumorSplit:       "拆分",
	DeedRumorRaise:       "转待核查",
	DeedAssetDrop:        "移出登记",
	DeedDeliveryResend:   "重发投递",
	DeedDeliverySent:     "确认已发出",
	DeedDeliveryHandled:  "确认已处理",
	DeedSourceResume:     "恢复信源",
	DeedChannelResume:    "恢复渠道",
	DeedAlertView:        "查阅警报",
	DeedAlertBegin:       "起草警报",
	DeedAlertEdit:        "修改草稿",
	DeedAlertDrop:        "弃用草稿",
	DeedAlertIssue:       "发布警报",
	DeedAlertAmend:       "更新警报",
	DeedAlertGrow:        "扩大范围",
	DeedAlertExtend:      "延长警报",
	DeedAlertExpire:      "警报到期",
	DeedAlertCancel:      "撤销警报",
	DeedAlertClose:       "结案",
	DeedAlertRedact:      "脱敏",
	DeedAlertHandOver:    "移交案件",
	DeedAlertRequest:     "家属请求",
	DeedApprovalAsk:      "申请同意",
	DeedApprovalAgree:    "同意申请",
	DeedApprovalRefuse:   "拒绝申请",
	DeedApprovalOverride: "越过同意",
	DeedPhotoAdd:         "添加照片",
	DeedPhotoDescribe:    "说明照片",
	DeedPhotoDrop:        "删除照片",
	DeedTipAnswer:        "答复线索",
	DeedOfficerInvite:    "邀请民警",
	DeedOfficerJoin:      "加入值班台",
	DeedOfficerSignIn:    "登录控制台",
	DeedOfficerLink:      "生成登录链接",
	DeedOfficerTie:       "绑定 Telegram",
	DeedOfficerUntie:     "解绑 Telegram",
	DeedOfficerDuty:      "上岗离岗",
	DeedOfficerDisable:   "停用账号",
	DeedOfficerEnable:    "启用账号",
	DeedOfficerRole:      "更改角色",
	DeedOfficerCertify:   "更新资格",
	DeedFactorEnrol:      "启用第二重验证",
	DeedFactorPass:       "通过第二重验证",
	DeedFactorRecover:    "使用恢复码",
	DeedFactorLock:       "第二重验证锁定",
	DeedFactorDrop:       "停用第二重验证",
	DeedDeskSet:          "值班台变更",
	DeedRosterSet:        "排班",
	DeedAuditExport:      "导出",
}
