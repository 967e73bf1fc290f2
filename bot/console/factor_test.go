package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/bot/console"
)

func TestEnrolFactor(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, officerID)
	br.get("/console/factor").want(t, http.StatusOK, "开始绑定", "不能在控制台发布")
	a := br.post("/console/factor/begin")
	a.want(t, http.StatusOK, "<svg", "JBSW Y3DP EHPK 3PXP")
	if strings.Contains(a.body, "data:") || strings.Contains(a.body, "<img") {
		t.Error("the policy of the page would not show the QR code")
	}
	a = br.post("/console/factor/confirm", "code", "000000")
	a.want(t, http.StatusUnprocessableEntity, "验证码不对", "<svg")
	a = br.post("/console/factor/confirm", "code", goodCode)
	a.want(t, http.StatusOK, "ABCD EFGH IJKL MNOP", "离开本页后不再显示")
	// The session that set it up has shown it.
	br.get("/console/").want(t, http.StatusOK, "待核查")
	if a := br.get("/console/factor"); strings.Contains(a.body, "ABCD EFGH") || !strings.Contains(a.body, "剩余恢复码") {
		t.Errorf("afterwards: %s", a.body)
	}
	br.post("/console/factor/codes", "code", goodCode).want(t, http.StatusOK, "ABCD EFGH IJKL MNOP")
	br.post("/console/factor/drop", "code", "1").want(t, http.StatusUnprocessableEntity, "验证码不对")
	br.post("/console/factor/drop", "code", goodCode).want(t, http.StatusSeeOther)
	br.get("/console/factor").want(t, http.StatusOK, "已停用第二重验证", "开始绑定")
}

// Who has a second factor is let in by it only, also by a session from before.
func TestFactorAtSignIn(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	old := as(t, s, b, officerID)
	b.officers[officerID].Factor = true
	for name, br := range map[string]*browser{"from before": old, "fresh": as(t, s, b, officerID)} {
		did := len(b.only(""))
		for _, path := range []string{"/console/", "/console/stories/17", "/console/telegram"} {
			a := br.get(path)
			if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/console/factor?next=") {
				t.Errorf("%s: GET %s = %d to %q", name, path, a.status, a.header.Get("Location"))
			}
		}
		for _, path := range []string{"/console/duty", "/console/stories/17/verdict", "/console/factor/drop", "/console/telegram/untie"} {
			br.post(path, "on", "no", "code", goodCode).want(t, http.StatusForbidden, "没有作任何更改", "/console/factor")
		}
		br.post("/console/factor/begin").want(t, http.StatusConflict)
		br.post("/console/factor/confirm", "code", goodCode).want(t, http.StatusConflict)
		br.post("/console/factor", "code", "000000").want(t, http.StatusUnprocessableEntity, "验证码不对")
		b.locked = true
		br.post("/console/factor", "code", goodCode).want(t, http.StatusForbidden, "错误次数过多")
		b.locked = false
		if got := b.only(""); len(got) != did {
			t.Fatalf("%s: did %v", name, got)
		}
		a := br.get("/console/factor?next=/console/stories/17")
		a.want(t, http.StatusOK, `value="/console/stories/17"`)
		if strings.Contains(a.body, `class="menu"`) {
			t.Errorf("%s: a menu of which nothing works", name)
		}
		a = br.post("/console/factor", "code", goodCode, "next", "/console/stories/17")
		if a.status != http.StatusSeeOther || a.header.Get("Location") != "/console/stories/17" {
			t.Errorf("%s: led to %q with %d", name, a.header.Get("Location"), a.status)
		}
		br.get("/console/stories/17").want(t, http.StatusOK)
	}
	if a := as(t, s, b, officerID).post("/console/factor", "code", recoveryCode, "next", "https://evil.example/"); a.header.Get("Location") != "/console/" {
		t.Errorf("led to %q", a.header.Get("Location"))
	}
}

func TestFactorRequired(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{RequireFactor: true})
	br := as(t, s, b, officerID)
	if a := br.get("/console/"); !strings.HasPrefix(a.header.Get("Location"), "/console/factor") {
		t.Errorf("let in without a second factor: %d", a.status)
	}
	br.post("/console/stories/17/verdict", "press", "rule:17:0:unproven", "key", "ABCDEFGHIJKLMNOPQRSTUVWXYZ").want(t, http.StatusForbidden)
	br.get("/console/factor").want(t, http.StatusOK, "要求所有人员启用")
	br.post("/console/factor/begin").want(t, http.StatusOK)
	br.post("/console/factor/confirm", "code", goodCode).want(t, http.StatusOK)
	br.get("/console/").want(t, http.StatusOK)
	br.post("/console/factor/drop", "code", goodCode).want(t, http.StatusSeeOther)
	if a := br.get("/console/"); a.status != http.StatusSeeOther {
		t.Error("the second factor ended, and everything goes on")
	}
}

// What may publish is open to those only who act, and have shown a second factor.
func TestPublishers(t *testing.T) {
	for _, tt := range []struct {
		name   string
		id     int64
		factor bool
		want   int
		says   string
	}{
		{"officer", officerID, true, http.StatusTeapot, ""},
		{"officer without a factor", officerID, false, http.StatusForbidden, "启用第二重验证"},
		{"lead", leadID, true, http.StatusTeapot, ""},
		{"administrator", adminID, true, http.StatusTeapot, ""},
		{"expired", expiredID, true, http.StatusForbidden, "到期"},
		{"auditor", auditorID, true, http.StatusForbidden, "审计员"},
		{"stranger", 0, false, http.StatusUnauthorized, "登录"},
	} {
		b := newBackend()
		s := httptest.NewServer(console.NewPublishing(b, console.Options{Now: b.now}))
		t.Cleanup(s.Close)
		br := newBrowser(t, s)
		if tt.id != 0 {
			br = as(t, s, b, tt.id)
			if tt.factor {
				br.post("/console/factor/confirm", "code", goodCode).want(t, http.StatusOK)
			}
		}
		br.post("/console/publish").want(t, tt.want, tt.says)
	}
}

func TestResetFactor(t *testing.T) {
	b := newBackend()
	b.officers[officerID].Factor = true
	br := as(t, serve(t, b, console.Options{}), b, adminID)
	br.get("/console/officers/11").want(t, http.StatusOK, "重置第二重验证")
	br.post("/console/officers/11/factor").want(t, http.StatusSeeOther)
	if a := br.get("/console/officers/11"); strings.Contains(a.body, "重置第二重验证") {
		t.Error("there is nothing left to reset")
	}
}

func TestCertificatePages(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	admin := as(t, s, b, adminID)
	admin.get("/console/officers").want(t, http.StatusOK, "已到期")
	admin.get("/console/officers/18").want(t, http.StatusOK, "资格已于2031年5月7日到期", `value="2031-05-07"`)
	admin.post("/console/officers/18/certificate", "until", "morgen").want(t, http.StatusUnprocessableEntity, "到期日无法识别")
	br := as(t, s, b, expiredID)
	a := br.get("/console/stories/17")
	a.want(t, http.StatusOK, "不能作出核查结论")
	if got := a.presses(); len(got) != 0 {
		t.Errorf("choices %v for whoever may not rule", got)
	}
	// The last day counts to its midnight in the officers' zone.
	admin.post("/console/officers/18/certificate", "until", "2031-05-20", "number", "A1").want(t, http.StatusSeeOther)
	if got, want := b.officers[expiredID].CertifiedUntil, time.Date(2031, 5, 20, 16, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("until %v, want %v", got, want)
	}
	br.get("/console/").want(t, http.StatusOK, "您的资格将于2031年5月20日到期")
	admin.post("/console/officers/18/certificate", "until", "").want(t, http.StatusSeeOther)
	if a := br.get("/console/"); strings.Contains(a.body, "您的资格") {
		t.Errorf("a certificate without an end is warned of: %s", a.body)
	}
	if b.officers[expiredID].CertifiedUntil != (time.Time{}) {
		t.Error("the end is still there")
	}
	admin.post("/console/officers/18/role", "role", "chief").want(t, http.StatusUnprocessableEntity, "请选择角色")
	admin.post("/console/officers/18/role", "role", "lead").want(t, http.StatusSeeOther)
	admin.get("/console/officers").want(t, http.StatusOK, guitu.RoleLead.Words())
}
