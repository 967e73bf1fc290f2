package console_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/bot/console"
)

func TestListsMaskPeople(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	br := as(t, s, b, officerID)
	for _, path := range []string{"/console/", "/console/stories"} {
		a := br.get(path)
		a.want(t, http.StatusOK, "传言 #17", "钱**", "虚构小区")
		for _, secret := range []string{"钱小某", "赵某某", "19900001234", "传言 #18"} {
			if strings.Contains(a.body, secret) {
				t.Errorf("%s shows %q", path, secret)
			}
		}
	}
	if got := b.only("viewed"); len(got) != 0 {
		t.Errorf("a list counted as a view: %v", got)
	}
	if a := as(t, s, b, adminID).get("/console/"); !strings.Contains(a.body, "传言 #17") || !strings.Contains(a.body, "传言 #18") {
		t.Errorf("an administrator does not see everything: %s", a.body)
	}
}

func TestWaitingRefreshesItself(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, officerID)
	const meta = `<meta http-equiv="refresh"`
	br.get("/console/").want(t, http.StatusOK, meta+` content="60; url=/console/?auto=1">`, "停止刷新")
	for _, path := range []string{"/console/?still=1", "/console/stories", "/console/stories/17"} {
		if a := br.get(path); strings.Contains(a.body, meta) {
			t.Errorf("%s loads itself again, and would lose what is being typed or read", path)
		}
	}
}

func TestFilters(t *testing.T) {
	b := newBackend()
	b.questions[18].Rumor.State = guitu.RumorRuled
	for i := range int64(60) {
		b.addStory(1000+i, he, guitu.Claim{Area: "371312"}, "听说")
	}
	br := as(t, serve(t, b, console.Options{}), b, adminID)
	for query, want := range map[string]struct{ has, lacks string }{
		"?state=ruled":             {"传言 #18 ", "传言 #17 "},
		"?state=open&area=371302":  {"传言 #17 ", "传言 #1000 "},
		"?area=371312":             {"传言 #1059 ", "传言 #17 "},
		"?area=371312&before=1010": {"传言 #1009 ", "传言 #1010 "},
		"?before=18":               {"传言 #17 ", "传言 #18 "},
	} {
		a := br.get("/console/stories" + query)
		a.want(t, http.StatusOK, want.has)
		if strings.Contains(a.body, want.lacks) {
			t.Errorf("%s lists %s", query, want.lacks)
		}
	}
	a := br.get("/console/stories?area=371312")
	a.want(t, http.StatusOK, `href="/console/stories?area=371312&amp;before=1010"`)
	for _, query := range []string{"?state=gone", "?area=1", "?before=x", "?before=-1"} {
		if a := br.get("/console/stories" + query); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s = %d, want 422", query, a.status)
		}
	}
	officer := as(t, serve(t, b, console.Options{}), b, officerID)
	officer.get("/console/stories?area=371312").want(t, http.StatusForbidden)
}

func TestStoryShowsEverything(t *testing.T) {
	b := newBackend()
	b.questions[17].Precedent = &guitu.Precedent{Rumor: guitu.Rumor{ID: 3, Topic: guitu.Plea, Claim: guitu.Claim{Name: "孙小某", Area: "371302"}}}
	br := as(t, serve(t, b, console.Options{AreaName: func(guitu.Area) string { return "虚构区" }}), b, officerID)
	a := br.get("/console/stories/17")
	a.want(t, http.StatusOK,
		"传言 #17 · 寻人 · 钱小某 · 女 · 3岁", "19900001234", "赵某某", "红色上衣", "虚构区", // the card, unmasked
		"走失用语", "共 1 帖，连同转发 42 次", "相似旧案", `href="/console/stories/3"`,
		`<a href="https://weibo.example/m1" target="_blank" rel="noreferrer noopener">`, `href="https://img.example/1.jpg"`,
		"派单", "甲民警", "值班中",
	)
	if diff := cmp.Diff([]string{"viewed 17 by 11"}, b.only("viewed")); diff != "" {
		t.Errorf("views (-want +got):\n%s", diff)
	}
	want := []string{"rule:17:0:confirmed", "rule:17:0:refuted", "pick:17:0:outdated:found", "pick:17:0:outdated:over", "rule:17:0:unproven"}
	if diff := cmp.Diff(want, a.presses()); diff != "" {
		t.Errorf("choices (-want +got):\n%s", diff)
	}
	if strings.Contains(a.body, "checked") {
		t.Error("a ruling is chosen before the officer chose")
	}
	if strings.Contains(a.body, `value="1"`) {
		t.Error("the story can be handed to the desk where it waits")
	}
	b.questions[17].Precedent.Rumor.Claim.Area = "110101"
	if a := br.get("/console/stories/17"); strings.Contains(a.body, `href="/console/stories/3"`) {
		t.Error("links to a story that the officer may not open")
	}
}

// unrecorded is a backend that cannot record views.
type unrecorded struct{ *backend }

func (unrecorded) Viewed(context.Context, int64, int64, guitu.ViewReason, string) error {
	return errors.New("disk full")
}

func TestUnrecordedViewShowsNothing(t *testing.T) {
	b := newBackend()
	s := httptest.NewServer(console.New(unrecorded{b}, console.Options{Now: b.now}))
	defer s.Close()
	a := as(t, s, b, officerID).get("/console/stories/17")
	a.want(t, http.StatusInternalServerError, "系统出错")
	for _, secret := range []string{"钱小某", "19900001234", "disk full"} {
		if strings.Contains(a.body, secret) {
			t.Errorf("shows %q", secret)
		}
	}
}

func TestVerdicts(t *testing.T) {
	const basis = "已向家属和派出所核实"
	for _, tt := range []struct {
		name, press, basis string
		want               guitu.Decision
		says               []string
	}{
		{"Confirmed", "rule:17:0:confirmed", "", guitu.Decision{Ruling: guitu.Confirmed}, []string{"属实：请立即发布儿童失踪警报", "公安部儿童失踪信息紧急发布平台"}},
		{"Refuted", "rule:17:0:refuted", basis, guitu.Decision{Ruling: guitu.Refuted, Basis: basis}, []string{"核查结论：不实", basis, "核验码 K7PM3Q", "https://guitu.example/n/K7PM3Q"}},
		{"Found", "pick:17:0:outdated:found", basis, guitu.Decision{Ruling: guitu.Outdated, Ending: guitu.Found, Basis: basis}, []string{"过时：已平安找回"}},
		{"Over", "pick:17:0:outdated:over", basis, guitu.Decision{Ruling: guitu.Outdated, Ending: guitu.Over, Basis: basis}, []string{"过时：事情已了结"}},
		{"Unproven", "rule:17:0:unproven", "  ", guitu.Decision{Ruling: guitu.Unproven}, []string{"核查结论：暂无法核实"}},
		{"LongestBasis", "rule:17:0:refuted", strings.Repeat("核", 499) + "\r\n查", guitu.Decision{}, nil},
		{"LineBreak", "rule:17:0:refuted", "一\r\n二", guitu.Decision{Ruling: guitu.Refuted, Basis: "一\n二"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBackend()
			br := as(t, serve(t, b, console.Options{NoticeURL: func(code string) string { return "https://guitu.example/n/" + code }}), b, officerID)
			key := br.get("/console/stories/17").key(t)
			a := br.post("/console/stories/17/verdict", "press", tt.press, "basis", tt.basis, "key", key)
			if tt.want.Ruling == "" {
				a.want(t, http.StatusUnprocessableEntity, "最多 500 字，现有 501 字")
				return
			}
			a.want(t, http.StatusSeeOther)
			tt.want.RumorID, tt.want.OfficerID, tt.want.Key = 17, officerID, "console:11:"+key
			if diff := cmp.Diff([]guitu.Decision{tt.want}, b.decided()); diff != "" {
				t.Errorf("decisions (-want +got):\n%s", diff)
			}
			br.get(a.header.Get("Location")).want(t, http.StatusOK, append(tt.says, "已记录核查结论")...)
			if a := br.get("/console/stories/17"); strings.Contains(a.body, "已记录核查结论") {
				t.Error("says again what was done")
			} else if confirmed := strings.Contains(a.body, "请立即发布儿童失踪警报"); confirmed != (tt.want.Ruling == guitu.Confirmed) {
				t.Errorf("asks for an alert: %v", confirmed)
			}
		})
	}
}

func TestVerdictFormSaysWhatIsWrong(t *testing.T) {
	for _, tt := range []struct {
		name, press, basis, key string
		status                  int
		says                    []string
	}{
		{"NoChoice", "", "电话核实", "", 422, []string{"请选择一项核查结论", `aria-describedby="choice-error"`, `href="#choice"`}},
		{"ForgedChoice", "rule:17:0:guilty", "电话核实", "", 422, []string{"请选择一项核查结论"}},
		{"OtherStory", "rule:18:0:refuted", "电话核实", "", 422, []string{"请选择一项核查结论"}},
		{"OtherVerb", "hand:17", "电话核实", "", 422, []string{"请选择一项核查结论"}},
		{"OutdatedWithoutEnding", "rule:17:0:outdated", "电话核实", "", 422, []string{"请选择一项核查结论"}},
		{"RefutedWithoutBasis", "rule:17:0:refuted", " \n", "", 422, []string{"请写明如何核查", `aria-describedby="basis-help basis-error"`, `value="rule:17:0:refuted" checked`}},
		{"OutdatedWithoutBasis", "pick:17:0:outdated:found", "", "", 422, []string{"请写明如何核查"}},
		{"CorrectionWithoutBasis", "pick:17:5:unproven", "", "", 422, []string{"请写明如何核查"}},
		{"NoKey", "rule:17:0:refuted", "电话核实", "-", 422, []string{"表单不完整", "电话核实"}},
		{"ForgedKey", "rule:17:0:refuted", "电话核实", strings.Repeat("A", 65), 422, []string{"表单不完整"}},
		{"InvalidText", "rule:17:0:refuted", "坏\xff", "", 422, []string{"无法识别的字符"}},
		{"RefusedByTheHouse", "rule:17:0:refuted", "驳回", "", 422, []string{"核查方式过于简单", ">驳回</textarea>", "checked"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBackend()
			br := as(t, serve(t, b, console.Options{}), b, officerID)
			key := br.get("/console/stories/17").key(t)
			if tt.key != "" {
				key = tt.key
			}
			a := br.post("/console/stories/17/verdict", "press", tt.press, "basis", tt.basis, "key", key)
			a.want(t, tt.status, append(tt.says, `role="alert"`)...)
			if text := strings.TrimSpace(tt.basis); text != "" && tt.name != "InvalidText" {
				a.want(t, tt.status, ">"+text+"</textarea>")
			}
			if got := b.decided(); len(got) != 0 {
				t.Errorf("decided %v", got)
			}
		})
	}
}

func TestDoubleSubmitDecidesOnce(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, officerID)
	key := br.get("/console/stories/17").key(t)
	for range 2 {
		br.post("/console/stories/17/verdict", "press", "rule:17:0:refuted", "basis", "电话核实", "key", key).want(t, http.StatusSeeOther)
	}
	if got := b.decided(); len(got) != 1 {
		t.Errorf("decided %d times, want once: %v", len(got), got)
	}
	if again := br.get("/console/stories/17").key(t); again == key {
		t.Error("the next form has the same key")
	}
}

func TestOutdatedViewChangesNothing(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	slow, fast := as(t, s, b, officerID), as(t, s, b, adminID).because("/console/stories/17", guitu.ViewSupervise)
	key := slow.get("/console/stories/17").key(t)
	fast.post("/console/stories/17/verdict", "press", "rule:17:0:confirmed", "key", fast.get("/console/stories/17").key(t)).want(t, http.StatusSeeOther)

	a := slow.post("/console/stories/17/verdict", "press", "rule:17:0:refuted", "basis", "我打过电话", "key", key)
	a.want(t, http.StatusConflict, "该传言已由乙管理员裁定为属实。", "没有作任何更改", "我打过电话", "核查结论：属实", "更正结论")
	if strings.Contains(a.body, "checked") || a.key(t) == key {
		t.Error("the same press would correct the verdict that the officer has not seen")
	}
	if got := b.decided(); len(got) != 1 || got[0].OfficerID != adminID {
		t.Errorf("decided %v", got)
	}

	// A correction on the view as it is goes through; the same form once more does not.
	press := a.presses()[0]
	if press != "pick:17:1:refuted" {
		t.Fatalf("first correction is %q", press)
	}
	slow.post("/console/stories/17/verdict", "press", press, "basis", "我打过电话", "key", a.key(t)).want(t, http.StatusSeeOther)
	fast.post("/console/stories/17/verdict", "press", press, "basis", "我也打过", "key", a.key(t)).want(t, http.StatusConflict)
	got := b.decided()
	if len(got) != 2 || got[1].Corrects != 1 || got[1].Ruling != guitu.Refuted {
		t.Errorf("decided %v", got)
	}
}

func TestLostAnswerKeepsTheKey(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, officerID)
	key := br.get("/console/stories/17").key(t)
	b.broken = errors.New("dial tcp 10.0.0.5: password=hunter2")
	a := br.post("/console/stories/17/verdict", "press", "rule:17:0:refuted", "basis", "电话核实", "key", key)
	a.want(t, http.StatusInternalServerError, "系统出错", "不会重复记录", ">电话核实</textarea>", `value="rule:17:0:refuted" checked`)
	if a.key(t) != key {
		t.Error("sending it again could decide twice")
	}
	if strings.Contains(a.body, "hunter2") {
		t.Error("the page shows the cause")
	}
}

func TestHandOver(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, officerID)
	br.post("/console/stories/17/handover", "desk", "").want(t, http.StatusUnprocessableEntity, "请选择要转交的值班台", `aria-describedby="desk-error"`)
	br.post("/console/stories/17/handover", "desk", "2", "key", "short").want(t, http.StatusUnprocessableEntity, "表单不完整")
	key := br.get("/console/stories/17").key(t)
	br.post("/console/stories/17/handover", "desk", "77", "key", key).want(t, http.StatusUnprocessableEntity, "没有这个值班台")
	a := br.post("/console/stories/17/handover", "desk", "2", "key", key)
	a.want(t, http.StatusSeeOther)
	// The same form sent twice hands over once.
	br.post("/console/stories/17/handover", "desk", "2", "key", key).want(t, http.StatusSeeOther)
	br.get(a.header.Get("Location")).want(t, http.StatusOK, "传言 #17 已转交")
	if diff := cmp.Diff([]string{"handover 17 to 2 by 11"}, b.only("handover")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	br.because("/console/stories/17", guitu.ViewTransfer)
	br.post("/console/stories/17/verdict", "press", "rule:17:0:unproven", "key", br.get("/console/stories/17").key(t)).want(t, http.StatusSeeOther)
	br.post("/console/stories/17/handover", "desk", "2", "key", strings.Repeat("A", 26)).want(t, http.StatusConflict, "该传言已有核查结论")
}

func TestHostileStory(t *testing.T) {
	b := newBackend()
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}</textarea><style>*{}</style>`
	b.addStory(19, lan, guitu.Claim{Name: evil, Place: evil, Area: "371302", Contacts: []string{evil}}, evil)
	p := &b.posts[19][0]
	p.Author, p.URL, p.Images, p.Source = evil, "javascript:alert(1)", []string{"data:text/html,<script>", `https://img.example/"onload=x`}, evil
	b.questions[19].Samples = b.posts[19]
	b.questions[19].Rumor.Hits = []guitu.Hit{{Rule: evil, Text: evil}}
	b.history[19] = append(b.history[19], guitu.Event{Officer: evil, Detail: evil, Kind: guitu.EventKind(evil)})
	b.officers[officerID].Name = evil
	s := serve(t, b, console.Options{})
	br := as(t, s, b, officerID)
	typed := br.post("/console/stories/19/verdict", "press", evil, "basis", evil, "key", evil)
	typed.want(t, http.StatusUnprocessableEntity)
	for name, a := range map[string]answer{
		"story": br.get("/console/stories/19"), "typed": typed, "list": br.get("/console/"), "all": br.get("/console/stories"),
		"enter": newBrowser(t, s).get("/console/enter?code=" + strconv.Itoa(1) + "%22%3E%3Cscript%3E&next=/console/%22%3E%3Cscript%3E"),
	} {
		for _, bad := range []string{"<script", "<img", "<style>", `href="javascript:`, `href="data:`, "onload=x"} {
			if strings.Contains(a.body, bad) && !strings.Contains(bad, "onload") || strings.Contains(a.body, `"onload`) {
				t.Errorf("%s page holds %q", name, bad)
			}
		}
	}
}

func TestOversizedForm(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, officerID)
	key := br.get("/console/stories/17").key(t)
	a := br.post("/console/stories/17/verdict", "press", "rule:17:0:refuted", "key", key, "basis", strings.Repeat("a", 64<<10))
	a.want(t, http.StatusRequestEntityTooLarge, "提交的内容过大")
	newBrowser(t, serve(t, b, console.Options{})).post("/console/enter", "code", strings.Repeat("a", 1<<20)).want(t, http.StatusRequestEntityTooLarge)
	if got := b.decided(); len(got) != 0 {
		t.Errorf("decided %v", got)
	}
	br.do(http.MethodPost, "/console/stories/17/verdict", nil, "press=%zz").want(t, http.StatusUnprocessableEntity)
}
