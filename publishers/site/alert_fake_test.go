package site_test

import (
	"fmt"
	"time"

	"guitu"
)

// childName is the invented child's.
const childName = "甘小归"

// pixel is a picture of one pixel.
var pixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")

// missing is an alert that goes on, told once.
func missing() guitu.Standing {
	s := guitu.Standing{
		AlertID: 1, Code: "G2HJKM", Status: guitu.Actual, State: guitu.AlertActive, IssuedAt: noon, Expires: noon.Add(72 * time.Hour),
		Photos: []guitu.Photo{{ID: 1, Token: "tok1", Alt: "男孩的正面照，短发", Type: "image/png", Width: 600, Height: 800}},
	}
	return tell(s, guitu.CauseIssue, guitu.NoticeAlert)
}

// tell adds a message to what an alert has told.
func tell(s guitu.Standing, cause guitu.Cause, kind guitu.NoticeKind) guitu.Standing {
	number := len(s.Told) + 1
	at := noon.Add(time.Duration(number-1) * time.Hour)
	m := guitu.AlertMessage{
		ID: s.AlertID*100 + int64(number), AlertID: s.AlertID, Number: number, Type: cause.MsgType(), Cause: cause,
		Identifier: fmt.Sprintf("guitu-%s-%d", s.Code, number), Sender: "guitu.example", Sent: at, Status: s.Status, Code: s.Code,
		Tier: guitu.TierLost, Shown: guitu.TierRule{ShowName: true, ShowPhoto: true}, Expires: s.Expires,
		Circle: guitu.Circle{Point: guitu.Point{Lat: 35.05, Lng: 118.34}, Radius: 200}, Areas: []guitu.Area{"371302", "371311", "320703"},
		Facts:   guitu.Facts{Area: "371302", Tier: guitu.TierLost},
		Officer: guitu.Officer{Desk: guitu.Desk{Name: "兰山区值班台"}},
	}
	for _, t := range s.Told {
		m.References = append(m.References, guitu.Reference{Sender: t.Message.Sender, Identifier: t.Message.Identifier, Sent: t.Message.Sent})
	}
	n := guitu.Notice{
		ID: 1000 + m.ID, Kind: kind, Status: s.Status, Code: s.Code, AlertID: s.AlertID, MessageID: m.ID, Area: "371302", Place: "临沂市兰山区", MadeAt: at, Due: at,
		Circle: &m.Circle, Areas: m.Areas, Expires: s.Expires,
	}
	if kind.Ends() {
		n.Texts = map[string]guitu.Text{
			guitu.Chinese: {Headline: "【已结案】临沂市兰山区走失儿童已找回，感谢转发，请停止扩散并删除照片", Description: "走失的孩子已找回。", Instruction: "请停止扩散并删除照片。"},
			guitu.English: {Headline: "Case closed: the missing child has been found", Description: "The search is over.", Instruction: "Please stop sharing."},
		}
		s.Told = append(s.Told, guitu.Told{Message: m, Notice: n})
		return s
	}
	m.Facts.Child = guitu.Child{Name: childName, Sex: "男", Age: 7, AgeKnown: true, Height: 120, Weight: 24, Clothing: "蓝色外套，<b>白鞋</b>", Features: "左眉上有一颗痣"}
	m.Facts.Place, m.Facts.MissingAt, m.Facts.Photos = "金雀山路菜市场", noon.Add(-90*time.Minute), []int64{1}
	m.Facts.Circumstances, m.Facts.Contact = "独自走出菜市场后没有回家", guitu.Contact{Name: "王警官", Phone: "19900001234"}
	if cause == guitu.CauseCorrect || cause == guitu.CauseUpdate {
		m.Note = "孩子穿红色外套"
	}
	n.Texts = map[string]guitu.Text{
		guitu.Chinese: {
			Headline: "【寻人】7岁男孩" + childName + "在临沂市兰山区走失", Keep: "地点：临沂市兰山区金雀山路菜市场；时间：2026年11月24日10时30分；联系：王警官 19900001234",
			Description: "走失的孩子：" + childName + "，男，7岁，身高约120厘米。\n衣着：蓝色外套，<b>白鞋</b>。", Instruction: "看到孩子请留在附近，拨打110或者上面的联系电话。",
		},
		guitu.English: {
			Headline: "Missing: " + childName + ", boy, 7, 临沂市兰山区", Keep: "Place: 临沂市兰山区金雀山路菜市场; call: 王警官 19900001234",
			Description: "Boy, 7, about 120 cm tall.", Instruction: "If you see the child, stay near and call 110 or the number above.",
		},
	}
	s.Told = append(s.Told, guitu.Told{Message: m, Notice: n})
	return s
}

// over ends an alert as the store shows it then: nothing of the child is in it.
func over(s guitu.Standing, state guitu.AlertState) guitu.Standing {
	s.State, s.EndedAt, s.Photos = state, noon.Add(5*time.Hour), nil
	s = tell(s, guitu.CauseClose, guitu.NoticeClosed)
	end := s.Last().Notice
	told := append([]guitu.Told(nil), s.Told...)
	for i := range told {
		told[i].Message.Facts, told[i].Message.Note, told[i].Notice.Ended = guitu.Facts{Area: "371302"}, "", i < len(told)-1
		told[i].Notice.Texts = end.Texts
	}
	s.Told = told
	return s
}

// board is a shelf with one alert.
func board(s guitu.Standing) *shelf {
	photos := map[string][]byte{"tok1": pixel}
	if s.State.Over() {
		photos["tok1"] = nil
	}
	return &shelf{alerts: []guitu.Standing{s}, photos: photos}
}
