package main

import (
	"fmt"
	"strings"
	"testing"

	"guitu"
	"guitu/internal/fake"
	"guitu/internal/store"
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
	o, err := p.desks.Officer(t.Context(), p.me)
	if err != nil {
		t.Fatal(err)
	}
	code, _, err := p.desks.Invite(t.Context(), o.Desk.ID, guitu.RoleOfficer, "钱警官", p.admin)
	if err != nil {
		t.Fatal(err)
	}
	colleague, err := p.desks.JoinTelegram(t.Context(), code, 701)
	if err != nil {
		t.Fatal(err)
	}
	m = hand()
	said := p.press(m, "钱警官")
	says(t, said.Text, "已移交给钱警官", "私聊")
	told := p.server.Messages("701")
	if len(told) == 0 {
		t.Fatal("the colleague hears nothing")
	}
	says(t, told[0].Text, "警报草稿 #1，王警官移交给您")
	a, _, err := p.alerts.Alert(t.Context(), 1, colleague.ID)
	if err != nil || a.Author.ID != colleague.ID {
		t.Errorf("the draft is %s's, %v", a.Author.Name, err)
	}
	says(t, p.do(p.server.Locate(700, "700", 35, 118, 0)).Text, "您没有正在起草的警报")
}
