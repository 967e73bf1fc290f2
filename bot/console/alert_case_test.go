package console_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/bot/console"
)

func TestConcernsBlock(t *testing.T) {
	b, ks, br := alertDesk(t)
	ks.edit(draftID, func(f *guitu.Facts) { *f = goodFacts("371302"); f.Contact.Phone = "" })
	a := br.get("/console/alerts/31/check")
	a.want(t, http.StatusOK, "1 处必须改正", `href="/console/alerts/31/edit#contact"`, "联系电话：没有民警的电话")
	if strings.Contains(a.body, "发布警报</button>") {
		t.Error("what is blocked can be pressed")
	}
	br.post("/console/alerts/31/issue", "key", formKey, "version", "2").want(t, http.StatusUnprocessableEntity, "没有发布")
	if got := b.only("issue"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestIssue(t *testing.T) {
	b, ks, br := alertDesk(t)
	ks.edit(draftID, func(f *guitu.Facts) { *f = goodFacts("371302") })
	ks.concerns = []guitu.Concern{{Code: "night", Message: "走失时间在深夜，请核对。"}}
	key := newKeyOf(t, br.get("/console/alerts/31/check"), "/console/alerts/31/issue")
	br.post("/console/alerts/31/issue", "key", key, "version", "2").want(t, http.StatusUnprocessableEntity, "走失时间在深夜", "没有发布")
	// What was read is what goes out.
	br.post("/console/alerts/31/issue", "key", key, "version", "1", "ack", "night").want(t, http.StatusConflict, "没有发布", `id="ack-night" value="night" required checked`)
	for range 2 {
		br.post("/console/alerts/31/issue", "key", key, "version", "2", "ack", "night").want(t, http.StatusSeeOther)
	}
	if got := b.only("issue"); !slices.Equal(got, []string{"issue 31 by 11"}) {
		t.Errorf("issued %v, want once", got)
	}
	a := br.get("/console/alerts/31/channels")
	a.want(t, http.StatusOK, "Q3WXYZ", "部分发布", "待发", `content="2; url=/console/alerts/31/channels?auto=1"`)
	if strings.Contains(a.body, "林小川") {
		t.Error("the page of the channels shows the child without a record")
	}
	ks.deliveries[draftID][1].State = guitu.DeliverySent
	if a := br.get("/console/alerts/31/channels"); strings.Contains(a.body, "http-equiv") || !strings.Contains(a.body, "各渠道都已发出") {
		t.Errorf("all is out: %s", a.body)
	}
	// The form of a draft that is out leads to the case, and sending it loses nothing.
	br.get("/console/alerts/31/edit").want(t, http.StatusSeeOther)
	br.post("/console/alerts/31/edit", "key", formKey, "version", "2", "clothing", "红色外套").want(t, http.StatusConflict, "红色外套", "没有保存")
}

func TestIssueAnswerLost(t *testing.T) {
	_, ks, br := alertDesk(t)
	ks.edit(draftID, func(f *guitu.Facts) { *f = goodFacts("371302") })
	key := newKeyOf(t, br.get("/console/alerts/31/check"), "/console/alerts/31/issue")
	ks.broken = errors.New("torn cable")
	a := br.post("/console/alerts/31/issue", "key", key, "version", "2")
	a.want(t, http.StatusInternalServerError, "不会重复发布")
	if again := newKeyOf(t, a, "/console/alerts/31/issue"); again != key {
		t.Error("after a lost answer the key is another one: pressing again could publish twice")
	}
	if strings.Contains(a.body, "torn cable") {
		t.Error("the page shows the text of the error")
	}
}

func TestSettleChannel(t *testing.T) {
	b, ks, br := alertDesk(t)
	br.get("/console/alerts/32/channels").want(t, http.StatusOK, "结果不明", "重新发送", "部分发布")
	br.post("/console/alerts/32/channels/321", "how", "resend").want(t, http.StatusUnprocessableEntity, "请先到“telegram”上查看")
	br.post("/console/alerts/32/channels/331", "how", "resend", "looked", "yes").want(t, http.StatusNotFound) // another alert's
	br.post("/console/alerts/32/channels/321", "how", "explode", "looked", "yes").want(t, http.StatusUnprocessableEntity)
	br.post("/console/alerts/32/channels/321", "how", "handled", "looked", "yes").want(t, http.StatusConflict, "没有作任何更改")
	br.post("/console/alerts/32/channels/321", "how", "resend", "looked", "yes").want(t, http.StatusSeeOther)
	if got := b.only("settle"); !slices.Equal(got, []string{"settle 321 by 11: resend"}) {
		t.Errorf("%v", got)
	}
	ks.deliveries[activeID][1].State = guitu.DeliveryStanding
	ks.deliveries[activeID][0].Reached = guitu.Reached{Devices: 1200, Views: 34, At: midnight}
	br.get("/console/alerts/32").want(t, http.StatusOK, "对方报告到达 1200 台设备，查看 34 次")
	br.get("/console/alerts/32/channels").want(t, http.StatusOK, "收不回", "频道管理员", "标记为已人工处理")
	br.get("/console/alerts/32").want(t, http.StatusOK, "收不回")
}

func TestChanges(t *testing.T) {
	for _, tt := range []struct {
		name, path string
		sent       []string
		did        string // "" when it is refused
		says       string
	}{
		{"extend", "extend", []string{"hours", "48"}, "extend 32 by 11 to " + midnight.Add(119*time.Hour).Format(time.RFC3339), ""},
		{"extend for ever", "extend", []string{"hours", "99999"}, "", "请选择延长多久"},
		{"cancel", "cancel", []string{"reason", "发错了"}, "cancel 32 by 11: 发错了", ""},
		{"cancel without a reason", "cancel", nil, "", "请写明为何撤销"},
		{"close", "close", []string{"outcome", "ran_away/alive", "evidence", "民警确认", "found_date", "2031-05-06", "found_time", "20:00", "distance", "3.5"}, "close 32 by 11: ran_away/alive", ""},
		{"close as dead", "close", []string{"outcome", "drowned/dead", "evidence", "民警确认", "found_date", "2031-05-06", "found_time", "20:00"}, "close 32 by 11: drowned/dead", ""},
		{"drowned and alive", "close", []string{"outcome", "drowned/alive", "evidence", "民警确认"}, "", "请选择结果"},
		{"ran away and dead", "close", []string{"outcome", "ran_away/dead", "evidence", "民警确认"}, "", "请选择结果"},
		{"no outcome", "close", []string{"outcome", "gone/alive", "evidence", "民警确认"}, "", "请选择结果"},
		{"a false report", "close", []string{"outcome", "false_report/", "evidence", "家属承认", "found_date", "2031-05-06"}, "close 32 by 11: false_report/", ""},
		{"found at no time", "close", []string{"outcome", "lost/alive", "evidence", "民警确认", "found_date", "2031-05-06"}, "", "请填找到的时间"},
		{"no evidence", "close", []string{"outcome", "false_report/alive"}, "", "请写明依据"},
		{"found tomorrow", "close", []string{"outcome", "lost/alive", "evidence", "民警确认", "found_date", "2031-05-08", "found_time", "08:00"}, "", "不能晚于现在"},
		{"endless distance", "close", []string{"outcome", "false_report/alive", "evidence", "民警确认", "distance", "NaN"}, "", "公里数"},
		{"family", "family", []string{"asked", "请删除照片", "answer", "结案后已删除", "delete", "yes"}, "family of 32 by 11: 请删除照片 / 结案后已删除 true", ""},
		{"family unanswered", "family", []string{"asked", "请删除照片"}, "", "书面答复"},
		{"ask", "approvals", []string{"reach", "300", "reason", "可能上火车"}, "ask reach 300 for 32 by 11: 可能上火车", ""},
		{"ask for nowhere", "approvals", []string{"reach", "250", "reason", "可能上火车"}, "", "扩到多远"},
		{"agree", "approvals/7", []string{"decision", "agree"}, "approval 7 by 11: true ", ""},
		{"refuse", "approvals/7", []string{"decision", "refuse", "reason", "太远"}, "approval 7 by 11: false 太远", ""},
		{"refuse without a reason", "approvals/7", []string{"decision", "refuse"}, "", "写明理由"},
		{"override what others asked", "approvals/7", []string{"decision", "override"}, "", "还不能自行决定"},
		{"hand over", "handover", []string{"desk", "2"}, "hand alert 32 to 2 by 11", ""},
	} {
		b, _, br := alertDesk(t)
		a := br.post("/console/alerts/32/"+tt.path, append(tt.sent, "key", formKey, "version", "3")...)
		var did []string
		for _, call := range b.only("") {
			if !strings.HasPrefix(call, "case ") {
				did = append(did, call)
			}
		}
		switch {
		case tt.did != "" && (a.status != http.StatusSeeOther || !slices.Equal(did, []string{tt.did})):
			t.Errorf("%s: %d, did %q, want %q", tt.name, a.status, did, tt.did)
		case tt.did == "" && (a.status < 400 || len(did) != 0 || !strings.Contains(a.body, tt.says)):
			t.Errorf("%s: %d, did %q, want it refused with %q: %s", tt.name, a.status, did, tt.says, a.body)
		}
		for i := 0; tt.did == "" && i < len(tt.sent); i += 2 {
			if field := tt.sent[i]; (field == "evidence" || field == "asked") && !strings.Contains(a.body, tt.sent[i+1]+"</textarea>") {
				t.Errorf("%s lost %s", tt.name, field)
			}
		}
	}
}

// TestChangeOnOldView: what was decided on an outdated view of a case is not done.
func TestChangeOnOldView(t *testing.T) {
	b, _, br := alertDesk(t)
	for path, sent := range map[string][]string{
		"extend": {"hours", "24"}, "cancel": {"reason", "发错"}, "close": {"outcome", "lost/alive", "evidence", "民警确认", "found_date", "2031-05-06", "found_time", "20:00"},
		"amend": {"do", "amend", "kind", "update", "note", "新情况", "area", "371302", "time", "00:30", "tier", "lost", "reported", "yes", "custody", "none", "contact", "19900000001"},
	} {
		br.post("/console/alerts/32/"+path, append(sent, "key", formKey, "version", "2")...).want(t, http.StatusConflict, "丁民警已更改")
	}
	for _, call := range b.only("") {
		if !strings.HasPrefix(call, "case ") {
			t.Errorf("did %s", call)
		}
	}
}

func TestAmend(t *testing.T) {
	b, ks, br := alertDesk(t)
	page := br.get("/console/alerts/32/amend")
	page.want(t, http.StatusOK, "更新警报", "蓝色外套", "告诉公众什么变了")
	if strings.Contains(page.body, "data-autosave") {
		t.Error("what the public is to read saves itself")
	}
	f := []string{
		"key", formKey, "version", "3", "do", "amend", "name", "林小川", "sex", "男", "age", "7", "place", "虚构小区南门", "area", "371302", "clothing", "红色外套",
		"date", "2031-05-06", "time", "22:00", "tier", "lost", "reported", "yes", "danger", "年幼", "custody", "none", "contact_name", "甲民警", "contact", "19900000001",
	}
	br.post("/console/alerts/32/amend", f...).want(t, http.StatusUnprocessableEntity, "补充新情况，还是更正", "公众该知道什么", "红色外套")
	br.post("/console/alerts/32/amend", append(f, "kind", "correct", "note", strings.Repeat("长", guitu.MaxNote+1))...).want(t, http.StatusUnprocessableEntity, "公众该知道什么")
	// An update passes the same examination as the first alert.
	ks.concerns = []guitu.Concern{{Code: "night", Message: "走失时间在深夜，请核对。"}}
	f = append(f, "kind", "correct", "note", "孩子穿的是红色外套")
	br.post("/console/alerts/32/amend", f...).want(t, http.StatusUnprocessableEntity, "我已确认：走失时间在深夜", "红色外套")
	br.post("/console/alerts/32/amend", append(f[:len(f):len(f)], "ack", "night")...).want(t, http.StatusSeeOther)
	if got := b.only("amend"); !slices.Equal(got, []string{"amend 32 by 11: true 孩子穿的是红色外套"}) || ks.facts(activeID).Child.Clothing != "红色外套" {
		t.Errorf("%v, %+v", got, ks.facts(activeID))
	}
}

// TestEndings: no choice of how a case ended contradicts itself, and each outcome can be chosen.
func TestEndings(t *testing.T) {
	_, _, br := alertDesk(t)
	body := br.get("/console/alerts/32").body
	for _, o := range guitu.Outcomes {
		found := false
		for _, l := range []guitu.Life{guitu.Alive, guitu.Dead, guitu.LifeUnknown} {
			offered := strings.Contains(body, `<option value="`+string(o)+"/"+string(l)+`"`)
			found = found || offered
			if offered != o.Fits(l) {
				t.Errorf("%s/%s offered: %v, fits: %v", o, l, offered, o.Fits(l))
			}
		}
		if !found {
			t.Errorf("%s cannot be chosen", o)
		}
	}
}

func TestAlertList(t *testing.T) {
	_, ks, br := alertDesk(t)
	ks.edit(draftID, func(f *guitu.Facts) { *f = goodFacts("371302"); f.Tier = guitu.TierRunaway })
	a := br.get("/console/alerts")
	a.want(t, http.StatusOK, "林**", "K7PM32", "草稿", "/console/alerts/31/edit")
	if strings.Contains(a.body, "林小川") || strings.Contains(a.body, "19900000002") || strings.Contains(a.body, "/console/alerts/33") {
		t.Errorf("the list shows a name, a number or another desk's case: %s", a.body)
	}
	for query, want := range map[string][]string{
		"state=active": {"32"}, "state=draft": {"31"}, "tier=runaway": {"31"}, "area=371302": {"32", "31"}, "area=371312": nil, "desk=2": nil, "text=k7-pm32": {"32"}, "text=南门": {"32", "31"},
		"text=无此人": nil,
	} {
		body := br.get("/console/alerts?" + query).body
		for _, id := range []string{"31", "32"} {
			if got := strings.Contains(body, `href="/console/alerts/`+id); got != slices.Contains(want, id) {
				t.Errorf("%s shows %s: %v", query, id, got)
			}
		}
	}
	for _, query := range []string{"state=x", "tier=x", "area=1", "desk=x", "before=x"} {
		br.get("/console/alerts?"+query).want(t, http.StatusUnprocessableEntity)
	}
}

// TestTierApproval: changed settings of a tier that need a second officer are asked for before issuing, and the second one sees the draft.
func TestTierApproval(t *testing.T) {
	b, ks, br := alertDesk(t)
	ks.edit(draftID, func(f *guitu.Facts) {
		*f = goodFacts("371302")
		f.Rule, f.TierReason = &guitu.TierRule{Reach: 300, Life: time.Hour}, "线索指向邻市"
	})
	ks.concerns = []guitu.Concern{{Code: "tier_approval", Blocks: true, Field: "tier", Message: "需要另一名民警复核同意"}}
	page := br.get("/console/alerts/31/check")
	page.want(t, http.StatusOK, "请另一位民警复核", "线索指向邻市")
	br.post("/console/alerts/31/approvals", "key", newKeyOf(t, page, "/console/alerts/31/approvals"), "kind", "tier").want(t, http.StatusSeeOther)
	if got := b.only("ask"); !slices.Equal(got, []string{"ask tier 300 for 31 by 11: 线索指向邻市"}) {
		t.Errorf("%v", got)
	}
	ks.approvals[draftID] = []guitu.Approval{{
		ID: 8, AlertID: draftID, Kind: guitu.ApproveTier, Tier: guitu.TierLost, Rule: guitu.TierRule{Reach: 300}, Reason: "线索指向邻市", By: *b.officers[officerID], At: midnight,
		Override: midnight.Add(15 * time.Minute),
	}}
	br.get("/console/alerts/31/check").want(t, http.StatusOK, "须由另一位民警决定")
	br.get("/console/alerts/31").want(t, http.StatusSeeOther) // the asker goes on with the draft
	other := *b.officers[officerID]
	other.ID, other.Name = 18, "辛民警"
	b.officers[18] = &other
	second := publishing(t, serve(t, b, console.Options{Alerts: ks, Places: places{}}), b, 18)
	second.get("/console/alerts/31").want(t, http.StatusOK, "等待复核", "线索指向邻市", "同意")
	second.post("/console/alerts/31/approvals/8", "key", formKey, "decision", "agree").want(t, http.StatusSeeOther)
	if got := b.only("approval"); !slices.Equal(got, []string{"approval 8 by 18: true "}) {
		t.Errorf("%v", got)
	}
}

// TestTimeline: what a draft that saves itself did many times is one line, and nothing else is folded.
func TestTimeline(t *testing.T) {
	_, ks, br := alertDesk(t)
	for i, k := range []guitu.EventKind{guitu.EventBegun, guitu.EventEdited, guitu.EventEdited, guitu.EventEdited, guitu.EventPhoto, guitu.EventEdited, guitu.EventIssued} {
		ks.events[activeID] = append(ks.events[activeID], guitu.Event{At: midnight.Add(time.Duration(i-90) * time.Minute), Officer: "甲民警", Kind: k})
	}
	body := br.get("/console/alerts/32").body
	if got := strings.Count(body, "修改草稿</strong>"); got != 2 || !strings.Contains(body, "3 次") || strings.Contains(body, "2 次") {
		t.Errorf("%d lines of edits, want 2, of which one stands for 3: %s", got, body)
	}
	for _, want := range []string{"起草</strong>", "照片</strong>", "发布</strong>", "消息 1 · 发布</strong>", "投递 · telegram</strong>"} {
		if !strings.Contains(body, want) {
			t.Errorf("the timeline lacks %q", want)
		}
	}
}
