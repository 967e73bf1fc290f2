package console_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/bot/console"
)

func TestDeliveries(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, adminID)
	a := br.get("/console/deliveries")
	a.want(t, http.StatusOK, "#100", "#107", "结果不明", "被拒", "发送后没有收到回应", "K7PM3Q", "辟谣")
	const reach = "对方报告到达 1200 台设备，查看 34 次"
	a.want(t, http.StatusOK, reach)
	if n := strings.Count(a.body, "对方报告"); n != 1 {
		t.Errorf("%d deliveries have a reach, want the one that was told", n)
	}
	br.get("/console/deliveries/102").want(t, http.StatusOK, reach)
	a = br.get("/console/deliveries?state=unknown")
	a.want(t, http.StatusOK, "#103")
	if strings.Contains(a.body, "#104") {
		t.Error("the filter lets refused ones through")
	}
	br.get("/console/deliveries?state=lost").want(t, http.StatusUnprocessableEntity)
	br.get("/console/deliveries/999").want(t, http.StatusNotFound)
	br.get("/console/deliveries/abc").want(t, http.StatusNotFound)

	// What can be done stands on the page of one delivery, and only where it can be.
	for i, state := range guitu.DeliveryStates {
		a := br.get("/console/deliveries/" + strconv.Itoa(100+i))
		resend, sent := strings.Contains(a.body, "/resend"), strings.Contains(a.body, "/sent")
		handled := strings.Contains(a.body, "/handled")
		wantResend := state == guitu.DeliveryUnknown || state == guitu.DeliveryRefused || state == guitu.DeliveryGivenUp
		if resend != wantResend || sent != (state == guitu.DeliveryUnknown) || handled != (state == guitu.DeliveryStanding) {
			t.Errorf("%s: resend %v, mark as sent %v, as handled %v", state, resend, sent, handled)
		}
	}
	if got := b.only(""); len(got) != 0 {
		t.Fatalf("reading did %v", got)
	}
}

func TestSettleDelivery(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, adminID)
	for _, do := range []string{"resend", "sent", "handled"} {
		br.post("/console/deliveries/103/"+do).want(t, http.StatusUnprocessableEntity, "没有作任何更改")
		br.post("/console/deliveries/102/"+do, "looked", "yes").want(t, http.StatusConflict, "没有作任何更改")
	}
	br.post("/console/deliveries/104/sent", "looked", "yes").want(t, http.StatusConflict)
	if got := b.only(""); len(got) != 0 {
		t.Fatalf("did %v", got)
	}
	br.post("/console/deliveries/103/sent", "looked", "yes").want(t, http.StatusSeeOther)
	br.post("/console/deliveries/103/sent", "looked", "yes").want(t, http.StatusConflict)
	br.post("/console/deliveries/104/resend", "looked", "yes").want(t, http.StatusSeeOther)
	br.get("/console/deliveries/104").want(t, http.StatusOK, "已安排重新发送", "待发")
	br.post("/console/deliveries/107/handled").want(t, http.StatusUnprocessableEntity, "没有作任何更改")
	br.post("/console/deliveries/107/handled", "looked", "yes").want(t, http.StatusSeeOther)
	br.get("/console/deliveries/107").want(t, http.StatusOK, "已标记为人工处理", "已人工处理")
	br.post("/console/deliveries/107/handled", "looked", "yes").want(t, http.StatusConflict)
	if diff := cmp.Diff([]string{"sent 103 by 12", "resend 104 by 12", "handled 107 by 12"}, b.only("")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChannels(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, adminID)
	br.get("/console/deliveries").want(t, http.StatusOK, "已暂停", "access_token 已过期", "guitu_bot", "只发布了一部分的通告", "2 个渠道已发布",
		`href="/console/deliveries/103"`, "暂缓")
	br.post("/console/channels/resume", "name", "别的").want(t, http.StatusNotFound)
	br.post("/console/channels/resume").want(t, http.StatusUnprocessableEntity)
	br.post("/console/channels/resume", "name", "weibo").want(t, http.StatusSeeOther)
	a := br.get("/console/deliveries")
	a.want(t, http.StatusOK, "已恢复发布")
	if strings.Contains(a.body, "已暂停") {
		t.Error("still paused")
	}
}

func TestSources(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, adminID)
	br.get("/console/sources").want(t, http.StatusOK, "微博搜索/走失", "已暂停", "登录墙：HTTP 432", "本地通报", "正常")
	br.post("/console/sources/resume", "name", "别的").want(t, http.StatusNotFound)
	br.post("/console/sources/resume").want(t, http.StatusUnprocessableEntity)
	br.post("/console/sources/resume", "name", "微博搜索/走失").want(t, http.StatusSeeOther)
	a := br.get("/console/sources")
	a.want(t, http.StatusOK, "已恢复读取")
	if strings.Contains(a.body, "已暂停") {
		t.Error("still paused")
	}
}

func TestQuarantine(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, adminID)
	a := br.get("/console/quarantine")
	a.want(t, http.StatusOK, "line 17: invalid UTF-8", "&lt;b&gt;坏�行&lt;/b&gt;")
}

func TestInvite(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{PublicURL: "https://guitu.example/"}), b, adminID)
	br.post("/console/officers/invite", "name", " 己民警 ", "desk", "1", "role", "officer").want(t, http.StatusOK,
		"https://guitu.example/console/enter?code=INVITE-CODE-1", "/start INVITE-CODE-1", "己民警", "2031-05-08 01:00")
	if diff := cmp.Diff([]string{"invite 己民警 officer to 1 by 12"}, b.only("")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a := br.get("/console/officers"); strings.Contains(a.body, "INVITE-CODE-1") {
		t.Error("the code is shown twice")
	}
	for _, tt := range []struct{ name, desk, role, says string }{
		{"", "1", "officer", "请填写姓名"},
		{strings.Repeat("长", 41), "1", "officer", "请填写姓名，最多 40 字"},
		{"坏\xff", "1", "officer", "请填写姓名"},
		{"己", "", "officer", "请选择值班台"},
		{"己", "-1", "officer", "请选择值班台"},
		{"己", "1", "chief", "请选择角色"},
	} {
		a := br.post("/console/officers/invite", "name", tt.name, "desk", tt.desk, "role", tt.role)
		a.want(t, http.StatusUnprocessableEntity, tt.says, `role="alert"`, `aria-invalid="true"`)
	}
	if got := b.only("invite"); len(got) != 1 {
		t.Errorf("invited %v", got)
	}
}

func TestSignInLinkForAnother(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	a := as(t, s, b, adminID).post("/console/officers/14/link")
	a.want(t, http.StatusOK, ">"+s.URL+"/console/enter?code=code-14-0<", "丁民警")
	if strings.Contains(a.body, "/start ") {
		t.Error("offers a sign-in code as an invitation")
	}
	newBrowser(t, s).post("/console/enter", "code", "code-14-0").want(t, http.StatusSeeOther)
}

func TestDutyAndDisabling(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{})
	br, officer := as(t, s, b, adminID), as(t, s, b, officerID)
	officer.post("/console/duty", "on", "no").want(t, http.StatusSeeOther)
	officer.get("/console/").want(t, http.StatusOK, "未值班", "已离岗")
	officer.post("/console/duty", "on", "perhaps").want(t, http.StatusUnprocessableEntity)
	br.post("/console/officers/11/duty", "on", "yes").want(t, http.StatusSeeOther)
	br.post("/console/officers/12/disabled", "disabled", "yes").want(t, http.StatusConflict, "不能停用自己")
	br.post("/console/officers/99/disabled", "disabled", "yes").want(t, http.StatusNotFound)
	br.post("/console/officers/14/disabled").want(t, http.StatusUnprocessableEntity)
	br.post("/console/officers/14/disabled", "disabled", "yes").want(t, http.StatusSeeOther)
	br.get("/console/officers").want(t, http.StatusOK, "账号已停用", "已停用")
	br.post("/console/officers/14/disabled", "disabled", "no").want(t, http.StatusSeeOther)
	want := []string{"duty 11 false", "duty 11 true", "disabled 14 true by 12", "disabled 14 false by 12"}
	if diff := cmp.Diff(want, b.only("d")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
