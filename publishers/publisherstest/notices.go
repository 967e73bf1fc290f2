package publisherstest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"time"

	"guitu"
)

// Sample is an invented notice with a name for its golden files.
type Sample struct {
	Name   string
	Notice guitu.Notice
}

// Samples returns an invented notice of each kind, and what an earlier copy reads as when its alert has ended or its notice was
// corrected: what a channel's golden files are made of. All of them are exercises.
func Samples() []Sample {
	at := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	var all []Sample
	add := func(name string, n guitu.Notice) {
		n.ID, n.Status, n.MadeAt, n.Due = int64(len(all)+1), guitu.Exercise, at, at
		n.Area, n.Place = "371302", "山东省临沂市兰山区"
		all = append(all, Sample{name, n})
	}
	const keep = "地点：山东省临沂市兰山区演练小学东门，时间：11月24日15:20，联系：演练警官 19900000001"
	const keepEn = "Place: 山东省临沂市兰山区演练小学东门. Time: 24 Nov 15:20. Contact: 演练警官 19900000001"
	alert := func(kind guitu.NoticeKind, code string, texts map[string]guitu.Text) guitu.Notice {
		return guitu.Notice{
			Kind: kind, Code: code, AlertID: 1, MessageID: 1, Texts: texts, Areas: []guitu.Area{"371302"},
			Circle: &guitu.Circle{Point: guitu.Point{Lat: 35.06, Lng: 118.34}, Radius: 100}, Expires: at.Add(72 * time.Hour),
		}
	}
	add("alert", alert(guitu.NoticeAlert, "A2RRT4", texts(
		guitu.Text{Headline: "【演练】寻找7岁男孩苗小满", Keep: keep, Description: "身高约125厘米，偏瘦，短发，右眉有一道疤。\n走失时穿红色羽绒服、深蓝色裤子，背绿色书包。", Instruction: "请附近的人留意，见到请立即拨打上述电话或110。"},
		guitu.Text{Headline: "【演练】Exercise: looking for 苗小满, a boy of 7", Keep: keepEn, Description: "About 125 cm, thin, short hair, a scar on the right brow.\nRed down jacket, dark blue trousers, green schoolbag.", Instruction: "If you see him, call the number above or 110 at once."})))
	add("update", alert(guitu.NoticeUpdate, "A2RRT4", texts(
		guitu.Text{Headline: "【演练】更新：寻找7岁男孩苗小满", Keep: keep, Description: "更新：走失时穿的是蓝色羽绒服，不是红色。", Instruction: "请附近的人留意，见到请立即拨打上述电话或110。"},
		guitu.Text{Headline: "【演练】Exercise, update: looking for 苗小满", Keep: keepEn, Description: "Update: the jacket is blue, not red.", Instruction: "If you see him, call the number above or 110 at once."})))
	add("closed", alert(guitu.NoticeClosed, "A2RRT4", texts(
		guitu.Text{Headline: "【演练】【已结案】临沂市兰山区走失男孩已平安找到", Description: "感谢大家的关注和转发。", Instruction: "请停止转发寻人信息，并删除照片。"},
		guitu.Text{Headline: "【演练】Exercise, closed: the boy is safe", Description: "Thank you all.", Instruction: "Please stop sharing, and delete the photos."})))
	add("cancel", alert(guitu.NoticeCancel, "A2RRT4", texts(
		guitu.Text{Headline: "【演练】【已撤销】临沂市兰山区寻人通告已撤销", Description: "该通告不再有效。", Instruction: "请停止转发寻人信息，并删除照片。"},
		guitu.Text{Headline: "【演练】Exercise, cancelled: the alert is withdrawn", Description: "It no longer holds.", Instruction: "Please stop sharing, and delete the photos."})))
	rumor := func(kind guitu.NoticeKind, code, zh, en string) guitu.Notice {
		return guitu.Notice{
			Kind: kind, Code: code, RumorID: 1, VerdictID: 1, Claimed: "一名约3岁女童在临沂市兰山区被拐走", Texts: texts(
				guitu.Text{Headline: "【演练】" + zh, Description: "经核查：" + zh + "。\n核查人：兰山分局值班台。", Instruction: "请不要转发。"},
				guitu.Text{Headline: "【演练】Exercise: " + en, Description: "Checked: " + en + ".", Instruction: "Please do not pass it on."}),
		}
	}
	debunk := rumor(guitu.NoticeDebunk, "D2RRT4", "临沂市兰山区没有发生网传的拐走儿童一事，网传信息不实", "No such abduction in 临沂市兰山区: claim is false")
	add("debunk", debunk)
	debunk.CorrectedBy = "C2RRT4"
	add("debunk_corrected", debunk)
	add("found", rumor(guitu.NoticeFound, "F2RRT4", "网传走失的儿童已经找到", "the child of the posts is home"))
	add("over", rumor(guitu.NoticeOver, "V2RRT4", "网传之事已经结束", "the matter of the posts has ended"))
	correction := rumor(guitu.NoticeCorrection, "C2RRT4", "第D2RRT4号通告更正", "notice D2RRT4 is corrected")
	correction.Corrects = "D2RRT4"
	add("correction", correction)
	add("bulletin", guitu.Notice{Kind: guitu.NoticeBulletin, Code: "B2RRT4", BulletinID: 1, Texts: texts(
		guitu.Text{Headline: "【演练】2026年第47周通报", Description: "发布寻人通告12条，找到11人，找回率91.67%。\n辟谣8条。", Instruction: "数据可在网站核对。"},
		guitu.Text{Headline: "【演练】Exercise: bulletin of week 47 of 2026", Description: "12 alerts, 11 found (91.67 %).\n8 debunks.", Instruction: "Check the figures on the site."})})
	return all
}

func texts(zh, en guitu.Text) map[string]guitu.Text {
	return map[string]guitu.Text{guitu.Chinese: zh, guitu.English: en}
}

// Picture makes an invented picture, a PNG of one colour that follows from n. It shows nobody.
func Picture(n int, alt string) guitu.Picture {
	m := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range m.Pix {
		m.Pix[i] = 0xff
	}
	for x := range 64 {
		m.Set(x, n%48, color.RGBA{uint8(n * 37), uint8(n * 101), 0x80, 0xff})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return guitu.Picture{
		Name: "poster.png", Type: "image/png", Width: 64, Height: 48, Bytes: b.Bytes(),
		Alt: map[string]string{guitu.Chinese: alt, guitu.English: alt + " (en)"}, URL: fmt.Sprintf("https://guitu.example/p/%d.png", n),
	}
}
