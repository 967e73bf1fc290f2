package console_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"guitu"
	"guitu/bot/console"
)

// Who does not work on a story says why it is read before any of it is shown, and each look is recorded with that.
func TestStoryReason(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	br := as(t, s, b, adminID)
	a := br.get("/console/stories/17")
	a.want(t, http.StatusOK, "为什么查看")
	for _, secret := range []string{"钱小某", "19900001234", "虚构小区"} {
		if strings.Contains(a.body, secret) {
			t.Errorf("shows %q before anybody said why", secret)
		}
	}
	br.post("/console/stories/17/reason").want(t, http.StatusUnprocessableEntity, "请选择查看理由")
	br.post("/console/stories/17/reason", "kind", "other").want(t, http.StatusUnprocessableEntity, "请写明理由")
	if got := b.only("viewed"); len(got) != 0 {
		t.Fatalf("recorded %v, and nothing was shown", got)
	}
	br.post("/console/stories/17/reason", "kind", "supervise", "text", "年度抽查").want(t, http.StatusSeeOther)
	for range 2 {
		br.get("/console/stories/17").want(t, http.StatusOK, "钱小某")
	}
	// Whose desk it waits at works on it.
	as(t, s, b, officerID).get("/console/stories/17").want(t, http.StatusOK, "钱小某")
	// Nor is anybody asked about a new story of the own area before it has a desk.
	b.addStory(19, lan, guitu.Claim{Area: "371302"}, "急寻")
	b.questions[19].Assignment = nil
	as(t, s, b, officerID).get("/console/stories/19").want(t, http.StatusOK, "急寻")
	as(t, s, b, otherID).get("/console/stories/19").want(t, http.StatusForbidden)
	want := []string{"viewed 17 by 12: supervise 年度抽查", "viewed 17 by 12: supervise 年度抽查", "viewed 17 by 11", "viewed 19 by 11"}
	if got := b.only("viewed"); !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
}

func TestAuditPages(t *testing.T) {
	b := newBackend()
	for i := range 60 {
		b.entries = append(b.entries, guitu.Entry{
			ID: int64(i + 1), At: midnight, OfficerID: officerID, Deed: guitu.DeedRumorRule, ThingID: 17, Hash: strings.Repeat("ab", 32),
			Detail: map[string]string{"ruling": "refuted", "ending": ""},
		})
	}
	b.entries = append(b.entries, guitu.Entry{ID: 61, At: midnight, Deed: guitu.DeedAlertExpire, ThingID: 4, Hash: strings.Repeat("cd", 32)})
	b.views = []guitu.View{
		{ID: 1, At: midnight, Officer: *b.officers[officerID], Desk: lan, RumorID: 17, Reason: guitu.ViewCase},
		{ID: 2, At: midnight, Officer: *b.officers[adminID], Desk: top, AlertID: 4, Reason: guitu.ViewOther, Note: "<b>抽查</b>"},
	}
	br := as(t, serve(t, b, console.Options{}), b, auditorID)
	if a := br.get("/console/"); a.header.Get("Location") != "/console/audit" {
		t.Errorf("an auditor is led to %q", a.header.Get("Location"))
	}
	a := br.get("/console/audit")
	a.want(t, http.StatusOK, "甲民警", "核查结论", "ruling=refuted", "警报 #4", "系统", "before=12")
	if strings.Contains(a.body, "ending=") || strings.Contains(a.body, "/console/stories") {
		t.Error("the page shows what is empty, or leads where the auditor may not go")
	}
	br.get("/console/audit?before=12").want(t, http.StatusOK, "回到最新")
	a = br.get("/console/audit?thing=alert&number=4")
	a.want(t, http.StatusOK, "警报到期")
	if strings.Contains(a.body, "ruling=") {
		t.Error("the filter lets other things through")
	}
	br.get("/console/audit?thing=child").want(t, http.StatusUnprocessableEntity)
	br.get("/console/audit?number=x").want(t, http.StatusUnprocessableEntity)
	br.get("/console/views").want(t, http.StatusOK, "办理本案", "传言 #17", "警报 #4", "其他：&lt;b&gt;抽查&lt;/b&gt;", "部值班台")
}

func TestExport(t *testing.T) {
	b := newBackend()
	b.exported = "a,b\n"
	br := as(t, serve(t, b, console.Options{}), b, auditorID)
	a := br.post("/console/audit/export", "what", "views", "format", "csv", "year", "2031")
	a.want(t, http.StatusOK, "a,b")
	if got := a.header.Get("Content-Disposition"); got != `attachment; filename="guitu-views-2031.csv"` || a.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("sent as %q of type %q", got, a.header.Get("Content-Type"))
	}
	for _, bad := range [][]string{
		{"what", "officers", "format", "csv", "year", "2031"},
		{"what", "audit", "format", "xml", "year", "2031"},
		{"what", "audit", "format", "csv", "year", ""},
		{"what", "audit", "format", "csv", "year", "99999"},
	} {
		a := br.post("/console/audit/export", bad...)
		a.want(t, http.StatusUnprocessableEntity)
		if a.header.Get("Content-Disposition") != "" {
			t.Errorf("%v is refused as a file", bad)
		}
	}
	if got := b.only("export"); len(got) != 1 {
		t.Errorf("exported %v", got)
	}
	b.exported = ""
	br.post("/console/audit/export", "what", "audit", "format", "jsonl", "year", "2030").want(t, http.StatusOK)
	// A file that breaks off does not look whole.
	b.exported, b.broken = strings.Repeat("x", 1<<16), errors.New("disk full")
	res, err := br.http.PostForm(br.base+"/console/audit/export", map[string][]string{"what": {"audit"}, "format": {"csv"}, "year": {"2031"}})
	if err == nil {
		defer res.Body.Close()
		if _, err = res.Body.Read(make([]byte, 1<<20)); err == nil {
			for err == nil {
				_, err = res.Body.Read(make([]byte, 1<<20))
			}
		}
		if err.Error() == "EOF" {
			t.Error("a file that broke off ends like a whole one")
		}
	}
}
