package console_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"guitu"
	"guitu/bot/console"
)

// The tests happen at 01:00 of a Wednesday in Beijing, 2031-05-07; the week begins on 05-05.
func TestPlanShifts(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, leadID)
	br.get("/console/").want(t, http.StatusOK, "本周没有排班")
	a := br.get("/console/roster")
	a.want(t, http.StatusOK, "排班 · 兰山值班台", `value="2031-05-05"`, "周日", "甲民警")
	if strings.Contains(a.body, "丁民警") || strings.Contains(a.body, "庚审计") {
		t.Error("somebody of another desk, or who has no duty, can be chosen")
	}
	for says, form := range map[string][]string{
		"请选择民警":   {"day", "3", "from", "08:00", "until", "20:00"},
		"请选择日期":   {"officer", "11", "from", "08:00", "until", "20:00"},
		"请填写起止时间": {"officer", "11", "day", "3", "from", "8", "until", "20:00"},
		"已经过去":    {"officer", "11", "day", "0", "from", "08:00", "until", "20:00"},
	} {
		a := br.post("/console/roster/shifts", append(form, "desk", "1", "week", "2031-05-05")...)
		a.want(t, http.StatusUnprocessableEntity, says)
	}
	br.post("/console/roster/shifts", "desk", "1", "week", "2031-05-05", "officer", "11", "day", "3", "day", "6", "day", "9", "from", "20:00", "until", "08:00").want(t, http.StatusSeeOther)
	// At 20:00 of Thursday and Sunday in Beijing, and to the next morning.
	want := []string{"shift of 11 from 05-08T12:00 for 12h0m0s by 16", "shift of 11 from 05-11T12:00 for 12h0m0s by 16"}
	if got := b.only("shift"); !slices.Equal(got, want) {
		t.Errorf("planned %q, want %q", got, want)
	}
	a = br.get("/console/roster")
	a.want(t, http.StatusOK, "20:00–08:00", "已排 2 个班次", "接班", "5月8日 20:00", "现在没有人")
	if n := strings.Count(a.body, "/drop"); n != 2 {
		t.Errorf("%d shifts can be dropped, want each where it begins", n)
	}
	// It reaches into the next week.
	br.get("/console/roster?week=2031-05-14").want(t, http.StatusOK, "（前一日）", `value="2031-05-12"`)
	br.get("/console/").want(t, http.StatusOK, "接班", "5月8日 20:00")
	br.get("/console/roster?week=x").want(t, http.StatusUnprocessableEntity)
	br.post("/console/roster/shifts/1/drop", "desk", "1").want(t, http.StatusSeeOther)
	br.post("/console/roster/copy", "desk", "1", "week", "2031-05-12").want(t, http.StatusSeeOther)
	if got := b.only("week"); !slices.Equal(got, []string{"week of 05-11T16:00 copied by 16"}) {
		t.Errorf("copied %q", got)
	}
}

// Officers see the roster of their desk, and have nothing to press there.
func TestRosterIsReadOnly(t *testing.T) {
	b := newBackend()
	b.shifts = []guitu.Shift{{ID: 1, DeskID: lan.ID, Officer: *b.officers[officerID], From: midnight.Add(-60 * 60e9), Until: midnight.Add(60 * 60e9)}}
	b.officers[officerID].Rostered = true
	br := as(t, serve(t, b, console.Options{}), b, officerID)
	a := br.get("/console/roster")
	a.want(t, http.StatusOK, "甲民警", "值班：", "至 5月7日 02:00")
	if strings.Contains(a.body, "/console/roster/shifts") || strings.Contains(a.body, "照搬") {
		t.Error("an officer is offered to plan")
	}
	if strings.Contains(a.body, ">上岗</button>") || strings.Contains(a.body, ">离岗</button>") {
		t.Error("the switch is offered in a week in which it does not count")
	}
}
