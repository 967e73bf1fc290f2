package alerts

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/internal/gazetteer"
)

// maxHeadline is the longest headline in runes (guitu.Text).
const maxHeadline = 60

// beijing is the time zone of everything that the public reads. China has had one zone without summer time since 1991.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// kinds are the notices that messages make.
var kinds = map[guitu.Cause]guitu.NoticeKind{
	guitu.CauseIssue: guitu.NoticeAlert, guitu.CauseGrow: guitu.NoticeUpdate, guitu.CauseUpdate: guitu.NoticeUpdate,
	guitu.CauseCorrect: guitu.NoticeUpdate, guitu.CauseExtend: guitu.NoticeUpdate, guitu.CauseExpire: guitu.NoticeCancel,
	guitu.CauseCancel: guitu.NoticeCancel, guitu.CauseClose: guitu.NoticeClosed,
}

// compose returns the notice of a message, built from its structured facts only. What ends an alert says nothing of the child but that
// there was one: no name, no age, no cause.
func compose(m guitu.AlertMessage) guitu.Notice {
	place := gazetteer.Name(m.Facts.Area)
	n := guitu.Notice{
		Kind: kinds[m.Cause], Status: m.Status, Code: m.Code, AlertID: m.AlertID, MessageID: m.ID, Area: m.Facts.Area, Place: place,
		Inner: m.Inner, Areas: m.Areas, Expires: m.Expires,
	}
	if m.Circle.Radius > 0 {
		circle := m.Circle
		n.Circle = &circle
	}
	if m.Cause.MsgType() == guitu.MsgCancel {
		n.Claimed = place + "一名儿童走失"
		n.Texts = map[string]guitu.Text{guitu.Chinese: endChinese(m, place), guitu.English: endEnglish(m, place)}
		return n
	}
	n.Claimed = "一名" + whoChinese(m) + "在" + place + lostChinese(m.Tier)
	n.Texts = map[string]guitu.Text{guitu.Chinese: searchChinese(m, place), guitu.English: searchEnglish(m, place)}
	return n
}

func searchChinese(m guitu.AlertMessage, place string) guitu.Text {
	f, who := m.Facts, whoChinese(m)
	if m.Shown.ShowName && f.Child.Name != "" {
		who += f.Child.Name
	}
	var p []string
	if m.Status == guitu.Exercise {
		p = append(p, "这是一次演练，以下内容均为虚构。")
	}
	label := "【寻人】"
	switch m.Cause {
	case guitu.CauseUpdate:
		label = "【寻人·更新】"
		p = append(p, "更新："+sentence(m.Note))
	case guitu.CauseCorrect:
		label = "【寻人·更正】"
		p = append(p, "更正："+sentence(m.Note)+"此前的内容以本次为准。")
	case guitu.CauseIssue, guitu.CauseGrow, guitu.CauseExtend, guitu.CauseExpire, guitu.CauseCancel, guitu.CauseClose:
	}
	p = append(p, bodyChinese(m)...)
	for _, t := range [...]struct{ label, text string }{
		{"衣着：", f.Child.Clothing}, {"特征：", f.Child.Features}, {"经过：", f.Circumstances},
	} {
		if t.text != "" {
			p = append(p, t.label+sentence(t.text))
		}
	}
	p = append(p, fmt.Sprintf("由%s发布。用校验码 %s 可以核对真伪和进展。", m.Officer.Desk.Name, m.Code))
	return guitu.Text{
		Headline:    fit(mark(m, "【演练】")+label, place, func(at string) string { return who + "在" + at + lostChinese(m.Tier) }),
		Keep:        fmt.Sprintf("地点：%s；时间：%s；联系：%s %s", guitu.PlaceIn(place, f.Place), minuteChinese(f.MissingAt), f.Contact.Name, f.Contact.Phone),
		Description: strings.Join(p, "\n"),
		Instruction: actChinese(m.Tier),
	}
}

// bodyChinese says who is looked for, in one paragraph.
func bodyChinese(m guitu.AlertMessage) []string {
	c := m.Facts.Child
	var parts []string
	if m.Shown.ShowName && c.Name != "" {
		parts = append(parts, c.Name)
	}
	if c.Sex != "" {
		parts = append(parts, c.Sex)
	}
	if years, ok := ageOf(m.Facts); ok {
		parts = append(parts, ageChinese(years))
	}
	if c.Height > 0 {
		parts = append(parts, fmt.Sprintf("身高约%d厘米", c.Height))
	}
	if c.Weight > 0 {
		parts = append(parts, fmt.Sprintf("体重约%d公斤", c.Weight))
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{"走失的孩子：" + strings.Join(parts, "，") + "。"}
}

func actChinese(t guitu.Tier) string {
	switch t {
	case guitu.TierAbduction, guitu.TierEndangered:
		return "看到孩子请立即拨打110或者上面的联系电话，说明地点；不要接近或者拦截可疑人员，不要指认、公布任何人。"
	case guitu.TierRunaway:
		return "看到孩子请拨打110或者上面的联系电话；不要围观、追赶、拍摄，让孩子知道可以平安回来。"
	case guitu.TierLost:
	}
	return "看到孩子请留在附近，拨打110或者上面的联系电话；不要带孩子离开原地，不要公布孩子的其他信息。"
}

func lostChinese(t guitu.Tier) string {
	if t == guitu.TierAbduction {
		return "疑似被拐"
	}
	if t == guitu.TierRunaway {
		return "离家未归"
	}
	return "走失"
}

// whoChinese is the child without a name: 7岁男孩.
func whoChinese(m guitu.AlertMessage) string {
	word := map[string]string{"男": "男孩", "女": "女孩"}[m.Facts.Child.Sex]
	if years, ok := ageOf(m.Facts); ok {
		if years == 0 {
			return map[string]string{"男": "男婴", "女": "女婴"}[m.Facts.Child.Sex]
		}
		return ageChinese(years) + word
	}
	return or(word, "儿童")
}

func ageChinese(years int) string {
	if years == 0 {
		return "不满1岁"
	}
	return fmt.Sprintf("%d岁", years)
}

// ageOf is the child's age when it was lost.
func ageOf(f guitu.Facts) (int, bool) {
	if f.MissingAt.IsZero() {
		return f.Child.Age, f.Child.AgeKnown
	}
	years, ok := f.Child.AgeAt(f.MissingAt.In(beijing))
	return years, ok && years >= 0
}

func endChinese(m guitu.AlertMessage, place string) guitu.Text {
	var label, fact string
	var head func(at string) string
	last := "感谢转发，请停止扩散并删除照片"
	switch m.Cause {
	case guitu.CauseCancel:
		label, fact = "【已撤销】", "本通告系误发，现予撤销，请以本次说明为准。"
		head = func(at string) string { return at + "寻人通告已撤销，请停止扩散并删除照片" }
		last = "请停止扩散并删除照片"
	case guitu.CauseExpire:
		label, fact = "【已到期】", "本通告已到期，不再扩散。如果看到过孩子，仍请拨打110。"
		head = func(at string) string { return at + "寻人通告已到期，" + last }
	default:
		label, fact = "【已结案】", "案件已结，其他情况不再公布，请尊重孩子和家人的隐私。"
		head = func(at string) string { return at + "走失儿童一案已结，请停止扩散并删除照片" }
		switch last = "请停止扩散并删除照片"; {
		case m.Ending.Outcome == guitu.OutcomeFalse:
			fact = "经警方核实，原警情不属实，案件已结，其他情况不再公布。"
		case m.Ending.Life == guitu.Alive:
			fact = "走失的孩子已找回，不需要继续寻找，其他情况不再公布，请不要打扰孩子和家人。"
			last = "感谢转发，请停止扩散并删除照片"
			head = func(at string) string { return at + "走失儿童已找回，" + last }
		}
	}
	p := []string{fact, fmt.Sprintf("由%s于%s发布，校验码 %s。", deskOf(m, "警方"), minuteChinese(m.Sent), m.Code)}
	if m.Status == guitu.Exercise {
		p = append([]string{"这是一次演练，以下内容均为虚构。"}, p...)
	}
	return guitu.Text{
		Headline: fit(mark(m, "【演练】")+label, place, head), Description: strings.Join(p, "\n"), Instruction: last + "。",
	}
}

// mark returns what marks an exercise.
func mark(m guitu.AlertMessage, exercise string) string {
	if m.Status == guitu.Exercise {
		return exercise
	}
	return ""
}

// deskOf is the desk of who sent a message, or nobody's.
func deskOf(m guitu.AlertMessage, nobody string) string { return or(m.Officer.Desk.Name, nobody) }

// sentence ends a text as one.
func sentence(s string) string {
	if last, _ := utf8.DecodeLastRuneInString(s); s != "" && !strings.ContainsRune("。！？.!?", last) {
		return s + "。"
	}
	return s
}

// fit returns a headline with as much of the place as there is room for; the county is the last to go. What is too long all the same
// loses its end.
func fit(prefix, place string, headline func(place string) string) string {
	for p := place; ; p = nearer(p) {
		h := prefix + headline(p)
		if utf8.RuneCountInString(h) <= maxHeadline {
			return h
		}
		if p == "" {
			return string([]rune(h)[:maxHeadline-1]) + "…"
		}
	}
}

// nearer drops the widest division of a place's name (山东省临沂市兰山区 → 临沂市兰山区), or the last one whole.
func nearer(place string) string {
	cut := len(place)
	for _, end := range [...]string{"特别行政区", "自治区", "自治州", "地区", "省", "市", "盟"} {
		// A name does not begin with its own ending: 市北区 and 盟 in a flag's name are no end of a division.
		if i := strings.Index(place, end); i >= 2*len("省") && i+len(end) < cut {
			cut = i + len(end)
		}
	}
	return place[cut:]
}

func day(t time.Time) string           { return t.In(beijing).Format("2006年1月2日") }
func minuteChinese(t time.Time) string { return t.In(beijing).Format("2006年1月2日15时04分") }
