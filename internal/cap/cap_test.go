package cap_test

import (
	"bytes"
	"encoding/xml"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/cap"
	"guitu/internal/testenv/capcheck"
	"guitu/internal/testenv/golden"
)

var sent = time.Date(2026, 11, 24, 1, 30, 5, 123e6, time.UTC)

// alert is the first message of an alert of an invented child.
func alert() cap.Message {
	texts := map[string]guitu.Text{
		guitu.Chinese: {
			Headline: "寻找走失男童 甘小归，7岁，临沂市兰山区", Keep: "地点：金雀山路附近，时间：11月24日8时，联系：王警官 19900001234",
			Description: "身高120厘米，穿蓝色外套 & 白鞋。", Instruction: "见到孩子请立即拨打110。",
		},
		guitu.English: {
			Headline: "Missing boy, 7, in 临沂市兰山区", Description: "120 cm, blue jacket & white shoes.", Instruction: "Call 110 at once.",
		},
	}
	return cap.Message{
		AlertMessage: guitu.AlertMessage{
			Type: guitu.MsgAlert, Cause: guitu.CauseIssue, Identifier: "guitu.example-K7QW3M-1", Sender: "guitu.example", Sent: sent,
			Status: guitu.Actual, Code: "K7QW3M", Tier: guitu.TierAbduction, Shown: guitu.TierRule{ShowName: true, ShowPhoto: true},
			Facts: guitu.Facts{
				Child: guitu.Child{Name: "甘小归", Sex: "男"}, Area: "371302", MissingAt: sent.Add(-90 * time.Minute),
				Contact: guitu.Contact{Name: "王警官", Phone: "19900001234"}, Family: []string{"19900005678"},
			},
			Circle: guitu.Circle{Point: guitu.Point{Lat: 35.05123456, Lng: 118.3}, Radius: 200},
			Areas:  []guitu.Area{"371302", "371311"}, Expires: sent.Add(72 * time.Hour),
			Officer: guitu.Officer{Name: "王警官", Desk: guitu.Desk{Name: "兰山区值班台"}},
		},
		Notice: guitu.Notice{Place: "临沂市兰山区", Texts: texts},
		Web:    "https://guitu.example/n/K7QW3M",
		Pictures: []cap.Picture{{
			URL: "https://guitu.example/p/abcDEF012", Type: "image/jpeg", Alt: "男孩的正面照，短发", Size: 48213,
			SHA1: "a9993e364706816aba3e25717850c26c9cd0d89d",
		}},
	}
}

// later is a message that follows alert.
func later(cause guitu.Cause) cap.Message {
	m := alert()
	m.Type, m.Cause, m.Identifier, m.Sent = cause.MsgType(), cause, "guitu.example-K7QW3M-2", sent.Add(time.Hour)
	m.References = []guitu.Reference{{Sender: "guitu.example", Identifier: "guitu.example-K7QW3M-1", Sent: sent}}
	m.Note = "更正：穿红色外套"
	if cause.MsgType() == guitu.MsgCancel {
		m.Note = ""
		m.Notice.Texts = map[string]guitu.Text{
			guitu.Chinese: {Headline: "【已结案】感谢转发，请停止扩散并删除照片", Description: "该警报已经结案。", Instruction: "请停止扩散。"},
			guitu.English: {Headline: "Closed: please stop sharing", Description: "This alert is over.", Instruction: "Please stop sharing."},
		}
	}
	return m
}

func causes() map[string]cap.Message {
	drill := alert()
	drill.Status = guitu.Exercise
	drill.Notice.Texts[guitu.Chinese] = guitu.Text{Headline: "【演练】寻找走失男童"}
	return map[string]cap.Message{
		"issue": alert(), "correct": later(guitu.CauseCorrect), "grow": later(guitu.CauseGrow), "extend": later(guitu.CauseExtend),
		"close": later(guitu.CauseClose), "cancel": later(guitu.CauseCancel), "expire": later(guitu.CauseExpire), "exercise": drill,
	}
}

// TestGolden shows what readers get, and that an independent validator takes it.
func TestGolden(t *testing.T) {
	for name, m := range causes() {
		t.Run(name, func(t *testing.T) {
			got, err := cap.XML(m)
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, filepath.Join("testdata", name+".xml"), strings.ReplaceAll(string(got), "><", ">\n<")+"\n")
		})
	}
}

func TestSchema(t *testing.T) {
	var all [][]byte
	for name, m := range causes() {
		for _, x := range []func(cap.Message) ([]byte, error){cap.XML, signer(t).XML} {
			got, err := x(m)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all = append(all, got)
		}
	}
	bare := alert()
	bare.Pictures, bare.Areas, bare.Circle, bare.Notice.Place = nil, nil, guitu.Circle{}, ""
	bare.Notice.Texts = map[string]guitu.Text{guitu.Chinese: {}, guitu.English: {}}
	bare.Tier, bare.Facts, bare.Officer, bare.Web, bare.Expires = "", guitu.Facts{}, guitu.Officer{}, "", time.Time{}
	got, err := cap.XML(bare)
	if err != nil {
		t.Fatal(err)
	}
	capcheck.Valid(t, append(all, got)...)
}

// TestEnding checks that nothing of the child is in a message that ends an alert, even when the caller still has it.
func TestEnding(t *testing.T) {
	for _, cause := range []guitu.Cause{guitu.CauseClose, guitu.CauseCancel, guitu.CauseExpire} {
		got, err := cap.XML(later(cause))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"甘小归", "/p/", "19900001234", "19900005678", "resource", "onset"} {
			if bytes.Contains(got, []byte(s)) {
				t.Errorf("%s holds %q", cause, s)
			}
		}
		if !bytes.Contains(got, []byte("<urgency>Past</urgency>")) || !bytes.Contains(got, []byte("<references>guitu.example,guitu.example-K7QW3M-1,2026-11-24T09:30:05+08:00</references>")) {
			t.Errorf("%s: %s", cause, got)
		}
	}
}

// TestHidden checks that a tier that shows no photo does not, and that the family's number is never told.
func TestHidden(t *testing.T) {
	m := alert()
	m.Shown.ShowPhoto = false
	got, err := cap.XML(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"resource", "/p/", "19900005678"} {
		if bytes.Contains(got, []byte(s)) {
			t.Errorf("it holds %q: %s", s, got)
		}
	}
}

func TestForbidden(t *testing.T) {
	for name, change := range map[string]func(*cap.Message){
		"comma in the identifier":   func(m *cap.Message) { m.Identifier = "a,b" },
		"space in the sender":       func(m *cap.Message) { m.Sender = "a b" },
		"ampersand in a reference":  func(m *cap.Message) { m.References[0].Identifier = "a&b" },
		"control in the identifier": func(m *cap.Message) { m.Identifier = "a\x01b" },
		"no identifier":             func(m *cap.Message) { m.Identifier = "" },
		"never sent":                func(m *cap.Message) { m.Sent = time.Time{} },
		"no status":                 func(m *cap.Message) { m.Status = "" },
		"an update of an issue":     func(m *cap.Message) { m.Cause = guitu.CauseIssue },
		"no reference":              func(m *cap.Message) { m.References = nil },
		"no English":                func(m *cap.Message) { delete(m.Notice.Texts, guitu.English) },
		"north of the pole":         func(m *cap.Message) { m.Circle.Point.Lat = 91 },
		"circle of no size":         func(m *cap.Message) { m.Circle.Radius = -1 },
	} {
		m := later(guitu.CauseUpdate)
		change(&m)
		if got, err := cap.XML(m); err == nil {
			t.Errorf("%s: no error, but %s", name, got)
		}
	}
}

// FuzzXML puts any text into a message: what comes out is well-formed, says the text that XML can carry, and keeps its signature.
func FuzzXML(f *testing.F) {
	for _, s := range []string{
		"甘小归", "a]]>b", "<script>&amp;", "a\x00b\x0bc", "\xed\xa0\x80\xff", "\ufffe\uffff\ufffd", "a\r\nb\rc\td", "\u202e反", "\U00020BB7\U0001F467", "--><!--", " ",
	} {
		f.Add(s)
	}
	sign := signer(f)
	f.Fuzz(func(t *testing.T, s string) {
		m := alert()
		m.Note, m.Notice.Place, m.Facts.Contact.Name, m.Officer.Desk.Name, m.Pictures[0].Alt = s, s, s, s, s
		m.Notice.Texts = map[string]guitu.Text{guitu.Chinese: {Headline: s, Keep: s, Description: s, Instruction: s}, guitu.English: {Headline: s}}
		got, err := sign.XML(m)
		if err != nil {
			t.Fatal(err)
		}
		var a struct {
			Info []struct {
				Headline string `xml:"headline"`
			} `xml:"info"`
		}
		if err := xml.Unmarshal(got, &a); err != nil {
			t.Fatalf("%q is not well-formed: %v\n%s", s, err, got)
		}
		if len(a.Info) != 2 || a.Info[0].Headline != a.Info[1].Headline {
			t.Fatalf("%q: %+v", s, a)
		}
		if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0xfff0 && r <= 0xffff }) < 0 && s != "" && a.Info[0].Headline != s {
			t.Fatalf("%q became %q", s, a.Info[0].Headline)
		}
		if err := verify(got, sign.Certificate()); err != nil {
			t.Fatalf("%q breaks the signature: %v\n%s", s, err, got)
		}
	})
}

// TestSeeds lets the independent programs judge what the fuzzer begins with.
func TestSeeds(t *testing.T) {
	sign := signer(t)
	for _, s := range []string{"a]]>b", "a\x00b\x0bc", "\xed\xa0\x80\xff", "\ufffe\uffff", "a\r\nb\rc\td", "\u202e反", "\U00020BB7\U0001F467", "  a  "} {
		m := alert()
		m.Notice.Texts[guitu.Chinese] = guitu.Text{Headline: s, Keep: s, Description: s, Instruction: s}
		m.Notice.Place, m.Pictures[0].Alt = s, s
		got, err := sign.XML(m)
		if err != nil {
			t.Fatal(err)
		}
		if ok, said := capcheck.Signed(t, got, sign.Certificate()); !ok {
			t.Errorf("%q: %s", s, said)
		}
	}
}
