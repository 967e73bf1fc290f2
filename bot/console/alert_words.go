package console

import (
	"fmt"

	"guitu"
	"guitu/bot"
)

// fieldOf is the field of the form to which a concern leads, "" when it is of the whole.
func fieldOf(k guitu.Concern) string {
	if k.Field == "checklist" || k.Field == "contact" {
		// Of a fact with several fields the code says which.
		if _, known := alertWords[k.Code]; known {
			return k.Code
		}
	}
	if _, known := alertWords[k.Field]; known {
		return k.Field
	}
	return ""
}

// alertState names the state of an alert.
func alertState(s guitu.AlertState) string { return bot.AlertStateLabel(s).Zh }

// alertStates are the states in the order of the filter.
var alertStates = [...]guitu.AlertState{
	guitu.AlertActive, guitu.AlertDraft, guitu.AlertExpired, guitu.AlertClosed, guitu.AlertCancelled, guitu.AlertDropped,
}

// causeName names why a message was issued.
func causeName(c guitu.Cause) string {
	switch c {
	case guitu.CauseIssue:
		return "发布"
	case guitu.CauseGrow:
		return "扩圈"
	case guitu.CauseUpdate:
		return "更新"
	case guitu.CauseCorrect:
		return "更正"
	case guitu.CauseExtend:
		return "延期"
	case guitu.CauseExpire:
		return "到期"
	case guitu.CauseCancel:
		return "撤销"
	case guitu.CauseClose:
		return "结案"
	}
	return string(c)
}

// tierName names a tier.
func tierName(t guitu.Tier) string {
	if t == "" {
		return "未定等级"
	}
	zh, _ := t.Words()
	return zh
}

func outcomeName(o guitu.Outcome) string { zh, _ := o.Words(); return zh }

func lifeName(l guitu.Life) string { return bot.LifeLabel(l).Zh }

func custodyName(c guitu.Custody) string {
	switch c {
	case guitu.CustodyNone:
		return "没有监护争议，也没有保护令"
	case guitu.CustodyDisputed:
		return "有监护争议"
	case guitu.CustodyOrder:
		return "有保护令"
	}
	return "未回答"
}

// byHand says what to do with a copy that still stands on a channel.
func byHand(channel string) string {
	switch channel {
	case "telegram":
		return "超过 48 小时的帖子机器人删不掉：请用频道管理员账号打开链接，删除该帖。"
	case "email":
		return "邮件收不回：请告知收件单位删除并停止转发。"
	}
	return "请用该渠道的管理账号打开链接，删除这条内容，或改为“已结案，请停止转发并删除照片”；打不开的，请联系该渠道的客服。"
}

// childLine names a child for lists: masked.
func childLine(f guitu.Facts) string {
	c := f.Child
	s := guitu.MaskName(c.Name)
	if s == "" {
		s = "未填姓名"
	}
	if c.Sex != "" {
		s += " " + c.Sex
	}
	if age, ok := c.AgeAt(f.MissingAt); ok && !f.MissingAt.IsZero() || c.AgeKnown {
		s += " " + numeralAge(age)
	}
	return s
}

func numeralAge(age int) string {
	if age == 0 {
		return "不满 1 岁"
	}
	return numeral(age) + " 岁"
}

func eventWord(k guitu.EventKind) string { return bot.EventLabel(k).Zh }

// deliveryWord says how far a delivery has come, and what holds it up.
func deliveryWord(d guitu.Delivery) string {
	s := bot.DeliveryLabel(d.State).Zh + "（" + bot.NoticeLabel(d.Kind).Zh + "）"
	if d.Trouble != "" {
		s += "：" + d.Trouble
	}
	if r := reachWords(d.Reached); r != "" {
		s += "；" + r
	}
	return s
}

// reachWords says how many a channel told, "" when it said nothing.
func reachWords(r guitu.Reached) string {
	if r.At.IsZero() {
		return ""
	}
	return fmt.Sprintf("对方报告到达 %d 台设备，查看 %d 次", r.Devices, r.Views)
}
