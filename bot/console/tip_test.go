package console_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"guitu"
	"guitu/bot/console"
)

func (c *cases) AnswerTip(_ context.Context, alertID, tipID, officerID int64, answer guitu.TipAnswer) error {
	defer c.b.lock()()
	if _, err := c.may(alertID, officerID); err != nil {
		return err
	}
	if !slices.Contains(guitu.TipAnswers[:], answer) {
		return guitu.Errorf(guitu.Invalid, "请选择对线索的处理。")
	}
	c.b.did("tip %d of %d answered %s by %d", tipID, alertID, answer, officerID)
	return nil
}

func (c *cases) TipPhoto(_ context.Context, alertID, tipID, officerID int64) ([]byte, error) {
	defer c.b.lock()()
	if _, err := c.may(alertID, officerID); err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "photo of tip %d", tipID), nil
}

// A case shows its tips with what is odd of them, and one press answers one.
func TestTips(t *testing.T) {
	b := newBackend()
	ks := newCases(b)
	ks.tips = []guitu.Tip{
		{
			ID: 5, AlertID: activeID, Text: "在<b>车站</b>见到她", Place: "某汽车站", Area: "371302", Point: &guitu.Point{Lat: 35, Lng: 118}, SeenAt: midnight,
			At: midnight, Contact: "19900003333", Away: 3000.4, Doubt: guitu.TipFar, Same: 2, Photo: true,
		},
		{ID: 6, AlertID: activeID, Text: "早就见过", SeenAt: midnight, At: midnight, Doubt: guitu.TipEarly, Answer: guitu.TipKnown, By: guitu.Officer{Name: "乙"}},
	}
	s := serve(t, b, console.Options{Alerts: ks, Places: places{}})
	br := as(t, s, b, officerID)
	br.get("/console/alerts/32").want(t, http.StatusOK, "1 条待处理", "在&lt;b&gt;车站&lt;/b&gt;见到她", "距离不可能", "离走失地 3000 公里", "另有 2 条相同",
		`href="tel:19900003333"`, "/console/alerts/32/tips/5/photo", "早于走失时间", "已掌握", "乙 处理")
	a := br.post("/console/alerts/32/tips/5", "answer", "call")
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/console/alerts/32#tip-5" {
		t.Errorf("answer = %d to %q", a.status, a.header.Get("Location"))
	}
	if got, want := b.only("tip"), []string{fmt.Sprintf("tip 5 of 32 answered call by %d", officerID)}; !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
	br.post("/console/alerts/32/tips/5", "answer", "maybe").want(t, http.StatusUnprocessableEntity)
	br.post("/console/alerts/32/tips/x", "answer", "call").want(t, http.StatusNotFound)
	if a := br.get("/console/alerts/32/tips/5/photo"); a.body != "photo of tip 5" || a.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("photo %q, %v", a.body, a.header)
	}
}
