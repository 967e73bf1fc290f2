package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/fake"
	"guitu/internal/store"
	"guitu/verify/alerts"
	"guitu/verify/rumors"
)

// confirmed rules a story of the practice day true, as the officer, and returns it.
func (p *telephone) confirmed() guitu.Rumor {
	p.Helper()
	all := rumors.New(p.db, rumors.Options{})
	var r guitu.Rumor
	eventually(p.T, "a story names a child and a county", func() bool {
		found, err := all.List(p.Context(), store.RumorFilter{State: guitu.RumorOpen, Limit: 100})
		if err != nil {
			p.Fatal(err)
		}
		for _, r = range found {
			if r.Claim.Name != "" && r.Claim.Place != "" && r.Claim.Area.Level() == guitu.County && r.Topic == guitu.Plea {
				return true
			}
		}
		return false
	})
	_, err := all.Decide(p.Context(), guitu.Decision{RumorID: r.ID, OfficerID: p.me, Ruling: guitu.Confirmed, Key: "confirmed"})
	if err != nil {
		p.Fatal(err)
	}
	return r
}

// TestDraftFromCard begins a draft by the button of a card, and confirms what the posts say, fact by fact.
func TestDraftFromCard(t *testing.T) {
	p := telephoneDay(t)
	r := p.confirmed()
	q, err := rumors.New(p.db, rumors.Options{}).Question(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.bot.Ask(t.Context(), "700", q); err != nil {
		t.Fatal(err)
	}
	card := p.server.Messages("700")
	m := p.press(card[len(card)-1], "据此发布警报")
	says(t, m.Text, "警报草稿 #1，以下来自网帖", r.Claim.Name+"（未确认）")
	left := func() []string {
		a, _, err := p.alerts.Alert(t.Context(), 1, p.me)
		if err != nil {
			t.Fatal(err)
		}
		return a.Facts.Unconfirmed
	}
	before := len(left())
	stale := m
	m = p.press(m, "确认姓名：")
	if strings.Contains(m.Text, r.Claim.Name+"（未确认）") || len(left()) != before-1 {
		t.Errorf("after the name was confirmed: %q, %v", m.Text, left())
	}
	// A press on what was shown before is not taken for what stands now.
	p.press(stale, "确认走失地点")
	if len(left()) != before-1 {
		t.Errorf("a stale press confirmed something: %v", left())
	}
	presses := 0
	for ; strings.Contains(m.Text, "以下来自网帖"); presses++ {
		m = p.press(m, "确认")
	}
	if len(left()) != 0 || presses == 0 || strings.Contains(m.Text, "未确认") {
		t.Errorf("after %d presses %v are unconfirmed: %q", presses, left(), m.Text)
	}
}

// TestLeaveForLater: what is not confirmed can be left, and must be acknowledged at the end.
func TestLeaveForLater(t *testing.T) {
	p := telephoneDay(t)
	r := p.confirmed()
	m := p.write(fmt.Sprintf("/alert %d", r.ID), 0)
	m = p.press(m, "其余以后核对")
	says(t, m.Text, "警报草稿 #1：", "（未确认）")
	m = p.write("/drafts", 0)
	says(t, m.Markup, "#1 · "+r.Claim.Name, "王警官")
	m = p.press(m, "【演练】#1")
	says(t, m.Text, "警报草稿 #1：")
}

// TestHandOverDraft passes a draft to a colleague, who reads of it in private and goes on with it.
func TestHandOverDraft(t *testing.T) {
	p := telephoneDay(t)
	p.write("/alert", 0)
	hand := func() fake.Message {
		return p.do(p.server.Press(700, "700", 1, "alert:1:0:hand:"))
	}
	m := hand()
	if strings.Contains(m.Markup, "钱警官") {
		t.Fatalf("handed to whom is not there: %s", m.Markup)
	}
	colleague := p.colleague("钱警官", 701)
	m = hand()
	said := p.press(m, "钱警官")
	says(t, said.Text, "已移交给钱警官", "私聊")
	told := p.server.Messages("701")
	if len(told) == 0 {
		t.Fatal("the colleague hears nothing")
	}
	says(t, told[0].Text, "警报草稿 #1，王警官移交给您")
	a, _, err := p.alerts.Alert(t.Context(), 1, colleague.me)
	if err != nil || a.Author.ID != colleague.me {
		t.Errorf("the draft is %s's, %v", a.Author.Name, err)
	}
	says(t, p.do(p.server.Locate(700, "700", 35, 118, 0)).Text, "您没有正在起草的警报")
}

// filled writes a draft that only waits for its last look, of a child missing for so long.
func (p *telephone) filled(missing string) fake.Message {
	p.Helper()
	m := p.write("/alert", 0)
	m = p.write("男孩，7岁，林小川，身高120cm，体重22kg，上身穿蓝色外套，临沂市兰山区虚构小区南门走失", m.ID)
	for _, step := range []struct{ ask, press, answer string }{
		{ask: "走失时间", press: missing},
		{ask: "风险等级", press: "走失"},
		{ask: "是否已报警立案", press: "已报警立案"},
		{ask: "危险情形", answer: "年幼，附近有河"},
		{ask: "监护权争议", press: "都没有"},
		{ask: "联系人和电话", answer: "王警官 19900000001"},
	} {
		says(p.T, m.Text, step.ask)
		if step.press != "" {
			m = p.press(m, step.press)
		} else {
			m = p.write(step.answer, m.ID)
		}
	}
	return p.acknowledge(m)
}

// acknowledge acknowledges what is odd, one after the other.
func (p *telephone) acknowledge(m fake.Message) fake.Message {
	p.Helper()
	for strings.Contains(m.Text, "请核对（") {
		m = p.press(m, "已核对，继续")
	}
	return m
}

// secondFrom are rules by which a second officer must agree to 200 km and more, and to changed settings of a tier.
func secondFrom() alerts.Options {
	tiers := alerts.DefaultTiers()
	lost := tiers[guitu.TierLost]
	lost.SecondFrom = 200
	tiers[guitu.TierLost] = lost
	return alerts.Options{Tiers: tiers, SecondForTier: true, Override: time.Hour}
}

// TestSecondOfficerForRing asks a second officer for a wider ring at the last look, and never the author answers.
func TestSecondOfficerForRing(t *testing.T) {
	p := telephoneDayBy(t, secondFrom())
	other := p.colleague("钱警官", 701)
	m := p.filled("2小时前")
	says(t, m.Text, "首发 100 公里", "应发到 300 公里")
	ask := p.press(m, "请求复核：扩大到 300 公里")
	says(t, ask.Text, "警报草稿 #1：请求复核的理由（300）")
	m = p.write("可能已经乘车离开", ask.ID)
	says(t, m.Text, "已请求另一名民警复核：扩大到 300 公里")
	mine := p.press(m, "打开复核")
	if strings.Contains(mine.Markup, "同意") || strings.Contains(mine.Markup, "自行决定") {
		t.Errorf("who asked can answer: %s", mine.Markup)
	}
	says(t, p.press(m, "继续").Text, "首发 100 公里", "正在等待复核")
	theirs := other.do(p.server.Press(701, "701", 1, "case:1:0:show:"))
	says(t, theirs.Text, "可能已经乘车离开")
	says(t, other.press(theirs, "打开草稿").Text, "最后一眼", "林小川")
	other.press(theirs, "同意：扩大到 300 公里")
	says(t, p.press(m, "继续").Text, "首发 300 公里")
}

// TestSecondOfficerForTier: settings of a tier that were changed in the console wait for a second officer before anything goes out.
func TestSecondOfficerForTier(t *testing.T) {
	p := telephoneDayBy(t, secondFrom())
	other := p.colleague("钱警官", 701)
	look := p.filled("半小时前")
	a, _, err := p.alerts.Alert(t.Context(), 1, p.me)
	if err != nil {
		t.Fatal(err)
	}
	rule := p.alerts.Rule(guitu.TierLost)
	rule.ShowName = false
	a.Facts.Rule, a.Facts.TierReason = &rule, "家属要求不公开姓名"
	if _, err := p.alerts.Edit(t.Context(), guitu.EditRequest{AlertID: 1, OfficerID: p.me, Version: a.Version, Facts: a.Facts, Key: "edit"}); err != nil {
		t.Fatal(err)
	}
	ask := p.press(look, "立即发布")
	says(t, ask.Text, "请求复核的理由（等级设置）")
	m := p.write("家属要求不公开姓名", ask.ID)
	says(t, m.Text, "已请求另一名民警复核")
	says(t, p.press(m, "继续").Text, "正在等待另一名民警复核等级设置")
	other.press(other.do(p.server.Press(701, "701", 1, "case:1:0:show:")), "同意")
	m = p.acknowledge(p.press(m, "继续"))
	says(t, m.Text, "最后一眼")
	if strings.Contains(m.Text, "林小川") {
		t.Errorf("the name is shown: %q", m.Text)
	}
}
