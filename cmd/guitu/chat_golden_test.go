package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"guitu/internal/testenv/golden"
)

// What is another one each day: times, check codes, and the address of the practice day.
var (
	clockTimes  = regexp.MustCompile(`(?:\d{4}年)?\d{1,2}月\d{1,2}日 ?\d{2}[:时]\d{2}分?|\d{2}:\d{2} 之后`)
	checkCodes  = regexp.MustCompile(`(核验码 |/n/)[0-9A-Z]{6}`)
	addresses   = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	buttonLabel = regexp.MustCompile(`"text":"([^"]+)"`)
)

func lasting(s string) string {
	s = checkCodes.ReplaceAllString(clockTimes.ReplaceAllString(s, "〔时间〕"), "${1}〔校验码〕")
	return strings.TrimSpace(addresses.ReplaceAllString(s, "guitu.example"))
}

// texts is where a golden file lies; a practice day moves to a folder of its own.
func texts(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// record is what was done and said, for the golden file.
func (p *telephone) record() string {
	var b strings.Builder
	for _, h := range *p.heard {
		fmt.Fprintf(&b, "> %s\n%s\n", h.did, lasting(h.said.Text))
		if h.said.Photo != "" {
			b.WriteString("〔海报〕\n")
		}
		for _, m := range buttonLabel.FindAllStringSubmatch(h.said.Markup, -1) {
			fmt.Fprintf(&b, "[%s]\n", lasting(m[1]))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestAlertTexts holds a conversation about an alert from its first word to its issue, and what is refused on the way.
func TestAlertTexts(t *testing.T) {
	want := texts(t, "chat_alert.txt")
	p := telephoneDayBy(t, secondFrom())
	*p.heard = nil
	m := p.do(p.server.Photo(700, "700", snapshot(t, 9), "", 0, ""))
	draft := p.write("/alert", 0)
	p.write("/drafts", 0)

	// What is asked and refused, thing by thing.
	p.press(p.do(p.server.Press(700, "700", draft.ID, "alert:1:0:next:")), "男")
	menu := p.do(p.server.Press(700, "700", draft.ID, "alert:1:0:edit:"))
	for _, k := range []struct{ label, wrong, right string }{
		{"改姓名", "", "林小川"},
		{"改年龄", "七", "7岁"},
		{"改走失地点", "", "某处"},
		{"改走失地点", "", "临沂市兰山区虚构小区南门"},
		{"改走失时间", "不知道", ""},
		{"改身高体重", "很高", "身高120cm，体重22kg"},
		{"改衣着", "", "蓝色外套、黑裤"},
		{"改体貌特征", "", "左眉有痣"},
		{"改经过", "", "在公园与家人走散，家属电话 19900000002"},
		{"改经过", "", "在公园与家人走散"},
		{"改危险情形", "", "年幼，附近有河"},
		{"改联系人和电话", "王警官", "王警官 19900000001"},
	} {
		m = p.press(menu, k.label)
		if k.wrong != "" {
			p.write(k.wrong, m.ID)
		}
		if k.right != "" {
			p.write(k.right, m.ID)
		} else {
			p.press(m, "2小时前")
		}
	}
	for _, k := range []struct{ label, choice string }{{"改风险等级", "走失"}, {"改监护权争议", "有保护令"}, {"改监护权争议", "监护权有争议"}} {
		p.press(p.press(menu, k.label), k.choice)
	}
	p.press(p.do(p.server.Press(700, "700", draft.ID, "alert:1:0:ask:reported")), "已报警立案")

	// Photos and locations.
	p.press(menu, "改照片")
	m = p.do(p.server.Photo(700, "700", snapshot(t, 1), "", draft.ID, ""))
	p.write("照", m.ID)
	p.write("男孩正面照，短发", m.ID)
	p.do(p.server.Photo(700, "700", snapshot(t, 1), "同一张", draft.ID, ""))
	p.do(p.server.Photo(700, "700", []byte("no picture"), "", draft.ID, "image/png"))
	p.press(menu, "改照片")
	m = p.do(p.server.Locate(700, "700", 35.0621, 118.3413, draft.ID))
	p.do(p.server.Locate(700, "700", 48.85, 2.35, draft.ID))

	// The last look, and a second officer.
	m = p.acknowledge(p.press(m, "采用"))
	p.press(m, "各渠道预览")
	p.press(m, "移交草稿")
	p.write("可能已经乘车离开", p.press(m, "请求复核").ID)
	p.press(m, "立即发布")
	p.write("/drafts", 0)
	golden.Check(t, want, p.record())
}

// TestAlertEffort counts what an officer does in the chat who remembers the facts well.
func TestAlertEffort(t *testing.T) {
	want := texts(t, "chat_effort.txt")
	p := telephoneDay(t)
	*p.heard = nil
	p.press(p.filled("半小时前"), "立即发布")
	messages, presses, typed := 0, 0, 0
	for _, h := range *p.heard {
		if strings.HasPrefix(h.did, "点按") {
			presses++
			continue
		}
		messages++
		typed += len([]rune(h.did))
	}
	golden.Check(t, want, fmt.Sprintf("消息 %d 条，共 %d 字；点按 %d 次\n", messages, typed, presses))
}
