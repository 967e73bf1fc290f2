package bot

import "guitu"

// Label is what a thing is called for people, in the two languages of the public site.
type Label struct{ Zh, En string }

// RulingLabel names a ruling.
func RulingLabel(r guitu.Ruling) Label {
	zh, en := r.Words()
	return Label{zh, en}
}

// EndingLabel names an ending.
func EndingLabel(e guitu.Ending) Label {
	switch e {
	case guitu.Found:
		return Label{"已平安找回", "Found safe"}
	case guitu.Over:
		return Label{"事情已了结", "Closed"}
	}
	return Label{string(e), string(e)}
}

// VerdictLabel names what a verdict says: its ending where it has one, since officers and readers need to tell the two apart.
func VerdictLabel(r guitu.Ruling, e guitu.Ending) Label {
	if r != guitu.Outdated || e == "" {
		return RulingLabel(r)
	}
	ending := EndingLabel(e)
	return Label{"过时：" + ending.Zh, "Outdated: " + ending.En}
}

// StateLabel names the state of a rumor.
func StateLabel(s guitu.RumorState) Label {
	switch s {
	case guitu.RumorWatched:
		return Label{"观察中", "Watched"}
	case guitu.RumorOpen:
		return Label{"待核查", "Waiting"}
	case guitu.RumorRuled:
		return Label{"已核查", "Ruled"}
	case guitu.RumorMerged:
		return Label{"已并入", "Merged"}
	}
	return Label{string(s), string(s)}
}

// AlertStateLabel names the state of an alert.
func AlertStateLabel(s guitu.AlertState) Label {
	switch s {
	case guitu.AlertDraft:
		return Label{"草稿", "Draft"}
	case guitu.AlertActive:
		return Label{"有效", "Active"}
	case guitu.AlertClosed:
		return Label{"已结案", "Closed"}
	case guitu.AlertCancelled:
		return Label{"已撤销", "Cancelled"}
	case guitu.AlertExpired:
		return Label{"已到期", "Expired"}
	case guitu.AlertDropped:
		return Label{"已弃用", "Dropped"}
	}
	return Label{string(s), string(s)}
}

// LifeLabel names whether the child lives.
func LifeLabel(l guitu.Life) Label {
	switch l {
	case guitu.Alive:
		return Label{"平安", "Alive"}
	case guitu.Dead:
		return Label{"死亡", "Dead"}
	case guitu.LifeUnknown:
	}
	return Label{"不涉及", "Not applicable"}
}

// StatusLabel names a CAP status.
func StatusLabel(s guitu.Status) Label {
	switch s {
	case guitu.Actual:
		return Label{"实际", "Actual"}
	case guitu.Exercise:
		return Label{"演练", "Exercise"}
	}
	return Label{string(s), string(s)}
}

// TopicLabel names a topic.
func TopicLabel(t guitu.Topic) Label {
	switch t {
	case guitu.Plea:
		return Label{"寻人", "Missing child"}
	case guitu.AbductionScare:
		return Label{"拐骗恐慌", "Abduction scare"}
	case guitu.AdultMissing:
		return Label{"成人走失", "Missing adult"}
	}
	return Label{"其他", "Other"}
}

// EvidenceLabel names what a post says came of a story; empty for a post that tells it.
func EvidenceLabel(t guitu.Topic) Label {
	switch t {
	case guitu.Debunk:
		return Label{"称不实", "Says it is false"}
	case guitu.FoundNews:
		return Label{"称找回或了结", "Says it is over"}
	case guitu.Plea, guitu.AbductionScare, guitu.AdultMissing:
	}
	return Label{}
}

// AssetLabel names what stood in a refuted story.
func AssetLabel(k guitu.AssetKind) Label {
	switch k {
	case guitu.AssetPhone:
		return Label{"电话", "Phone"}
	case guitu.AssetName:
		return Label{"姓名", "Name"}
	case guitu.AssetPicture:
		return Label{"图片", "Picture"}
	}
	return Label{string(k), string(k)}
}

// NoticeLabel names a kind of notice.
func NoticeLabel(k guitu.NoticeKind) Label {
	switch k {
	case guitu.NoticeDebunk:
		return Label{"辟谣", "Fact check"}
	case guitu.NoticeFound:
		return Label{"找回", "Found"}
	case guitu.NoticeOver:
		return Label{"过时", "Closed"}
	case guitu.NoticeCorrection:
		return Label{"更正", "Correction"}
	case guitu.NoticeAlert:
		return Label{"寻人", "Alert"}
	case guitu.NoticeUpdate:
		return Label{"更新", "Update"}
	case guitu.NoticeClosed:
		return Label{"结案", "Case closed"}
	case guitu.NoticeCancel:
		return Label{"撤销", "Cancelled"}
	case guitu.NoticeBulletin:
		return Label{"通报", "Bulletin"}
	}
	return Label{string(k), string(k)}
}

// DeliveryLabel names the state of a delivery.
func DeliveryLabel(s guitu.DeliveryState) Label {
	switch s {
	case guitu.DeliveryDue:
		return Label{"待发", "Due"}
	case guitu.DeliverySending:
		return Label{"发送中", "Sending"}
	case guitu.DeliverySent:
		return Label{"已发", "Sent"}
	case guitu.DeliveryUnknown:
		return Label{"结果不明", "Outcome unknown"}
	case guitu.DeliveryRefused:
		return Label{"被拒", "Refused"}
	case guitu.DeliveryWithdrawn:
		return Label{"未发即撤", "Withdrawn"}
	case guitu.DeliveryEdited:
		return Label{"已改", "Edited"}
	case guitu.DeliveryPulled:
		return Label{"已撤下", "Pulled"}
	case guitu.DeliveryHeld:
		return Label{"暂缓", "Held"}
	case guitu.DeliveryGivenUp:
		return Label{"已放弃", "Given up"}
	case guitu.DeliveryStanding:
		return Label{"待人工更正", "Standing uncorrected"}
	case guitu.DeliveryHandled:
		return Label{"已人工处理", "Dealt with by hand"}
	}
	return Label{string(s), string(s)}
}

// LevelLabel names a level of divisions.
func LevelLabel(l guitu.Level) Label {
	switch l {
	case guitu.County:
		return Label{"县级", "County"}
	case guitu.City:
		return Label{"地级", "City"}
	case guitu.Province:
		return Label{"省级", "Province"}
	case guitu.Country:
		return Label{"全国", "Country"}
	}
	return Label{l.String(), l.String()}
}

// EventLabel names what happened to a rumor.
func EventLabel(k guitu.EventKind) Label {
	switch k {
	case guitu.EventTaken:
		return Label{"发现", "Taken"}
	case guitu.EventRaised:
		return Label{"转待核查", "Raised"}
	case guitu.EventAssigned:
		return Label{"派单", "Assigned"}
	case guitu.EventEscalated:
		return Label{"上报", "Escalated"}
	case guitu.EventHanded:
		return Label{"转交", "Handed over"}
	case guitu.EventViewed:
		return Label{"查看全文", "Viewed"}
	case guitu.EventRuled:
		return Label{"核查结论", "Ruled"}
	case guitu.EventCorrected:
		return Label{"更正", "Corrected"}
	case guitu.EventDelivered:
		return Label{"已投递", "Delivered"}
	case guitu.EventAmended:
		return Label{"已更新或撤下", "Copy changed"}
	case guitu.EventTrouble:
		return Label{"投递受阻", "Delivery trouble"}
	case guitu.EventSettled:
		return Label{"人工处理", "Settled by hand"}
	case guitu.EventMerged:
		return Label{"并案", "Merged"}
	case guitu.EventRegrouped:
		return Label{"引擎更新后重新归并", "Regrouped"}
	case guitu.EventSplit:
		return Label{"拆分", "Split"}
	case guitu.EventBegun:
		return Label{"起草", "Begun"}
	case guitu.EventEdited:
		return Label{"修改草稿", "Edited"}
	case guitu.EventDropped:
		return Label{"弃用草稿", "Dropped"}
	case guitu.EventIssued:
		return Label{"发布", "Issued"}
	case guitu.EventGrown:
		return Label{"扩圈", "Circle grew"}
	case guitu.EventUpdated:
		return Label{"更新", "Updated"}
	case guitu.EventExtended:
		return Label{"延期", "Extended"}
	case guitu.EventFading:
		return Label{"草稿久未改动，已提醒", "Draft untouched, desk reminded"}
	case guitu.EventExpiring:
		return Label{"即将到期", "About to expire"}
	case guitu.EventExpired:
		return Label{"到期", "Expired"}
	case guitu.EventCancelled:
		return Label{"撤销", "Cancelled"}
	case guitu.EventClosed:
		return Label{"结案", "Closed"}
	case guitu.EventAskedFor:
		return Label{"请求复核", "Second officer asked for"}
	case guitu.EventAgreed:
		return Label{"复核同意", "Agreed"}
	case guitu.EventDeclined:
		return Label{"复核不同意", "Declined"}
	case guitu.EventOverridden:
		return Label{"超时自行决定", "Went on alone"}
	case guitu.EventPhoto:
		return Label{"照片", "Photo"}
	case guitu.EventFamily:
		return Label{"家属请求与答复", "Family's request"}
	case guitu.EventTip:
		return Label{"线索", "Tips"}
	case guitu.EventRedacted:
		return Label{"脱敏", "Redacted"}
	}
	return Label{string(k), string(k)}
}

// reasonLabel names why a rumor came to a desk.
func reasonLabel(reason string) string {
	switch reason {
	case "route":
		return "派单"
	case "escalate":
		return "上报"
	case "handover":
		return "转交"
	}
	return reason
}

// ruleLabels names the rules of verify/spot, those of the registry, and those that guitu.Hit gives as examples.
var ruleLabels = map[string]string{
	"registry phone":   "该电话有不实登记",
	"registry name":    "该姓名有不实登记",
	"registry picture": "该图片有不实登记",

	"missing":     "走失用语",
	"plea":        "求助用语",
	"lost child":  "孩子走失",
	"found child": "捡到孩子",
	"whose child": "寻找家长",
	"search":      "寻人用语",
	"snatching":   "抢夺、拐骗",
	"traffickers": "人贩子",
	"horrors":     "骇人说法",
	"warning":     "提醒防范",
	"hearsay":     "传闻口气",
	"lost adult":  "成人走失",
	"share":       "求转发",
	"clue":        "征集线索",
	"phone":       "联系电话",
	"distress":    "情绪用语",
	"still gone":  "仍未找到",
	"closed":      "已了结",
	"refuted":     "已辟谣",
	"press":       "新闻报道",
	"law":         "案件审理",
	"thing":       "失物",
	"pet":         "宠物",
	"disaster":    "灾害事故",
	"fiction":     "影视小说",
	"figurative":  "比喻用法",

	"perhaps gone":     "疑似走失",
	"described":        "体貌衣着描述",
	"hands on a child": "动手抱、拉孩子",
	"charity":          "募捐救助",
	"learned":          "模型判断，最重的字句",
}

// ruleLabel names a rule. One without a name is shown by its own, which is better than hiding a reason.
func ruleLabel(rule string) string {
	if label, ok := ruleLabels[rule]; ok {
		return label
	}
	return rule
}
