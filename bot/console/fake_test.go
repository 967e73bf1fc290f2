package console_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"guitu"
	"guitu/bot"
	"guitu/bot/console"
)

var _ console.Backend = (*backend)(nil)

// backend is the rest of guitu in memory. It keeps the promises of console.Backend that the console leans on: a key decides
// once, an outdated view is a Conflict, a code works once.
type backend struct {
	mu         sync.Mutex
	desks      []guitu.Desk
	officers   map[int64]*guitu.Officer
	questions  map[int64]*guitu.Question
	posts      map[int64][]guitu.Post
	history    map[int64][]guitu.Event
	deliveries map[int64]*guitu.Delivery
	src        []guitu.SourceState
	channels   []guitu.ChannelState
	partials   []guitu.Partial
	rejects    []guitu.Quarantined
	assets     []guitu.Asset
	codes      map[string]int64 // code → officer

	keys      map[string]guitu.Verdict
	handed    map[string]bool // by key
	decisions []guitu.Decision
	verdicts  int64
	calls     []string // what else was changed
	broken    error    // what Decide answers instead
	locked    bool     // too many wrong codes
	entries   []guitu.Entry
	views     []guitu.View
	shifts    []guitu.Shift
	exported  string // what an export holds; broken then ends it
	now       func() time.Time
}

var (
	lan  = guitu.Desk{ID: 1, Name: "兰山值班台", Area: "371302"}
	he   = guitu.Desk{ID: 2, Name: "河东值班台", Area: "371312"}
	ling = guitu.Desk{ID: 3, Name: "临沂值班台", Area: "371300"}
	top  = guitu.Desk{ID: 4, Name: "部值班台", Area: ""}
)

// The people of the tests.
const (
	officerID  = 11 // at lan
	adminID    = 12 // at top
	disabledID = 13
	otherID    = 14 // at he
	looseID    = 15 // at no desk
	leadID     = 16 // at lan
	auditorID  = 17 // at top
	expiredID  = 18 // at lan, the certificate has ended
)

// midnight is when the tests happen.
var midnight = time.Date(2031, 5, 6, 17, 0, 0, 0, time.UTC)

func newBackend() *backend {
	b := &backend{
		desks: []guitu.Desk{top, ling, lan, he},
		officers: map[int64]*guitu.Officer{
			officerID:  {ID: officerID, Name: "甲民警", Role: guitu.RoleOfficer, Desk: lan, OnDuty: true, TelegramUser: 10000017},
			adminID:    {ID: adminID, Name: "乙管理员", Role: guitu.RoleAdmin, Desk: top},
			disabledID: {ID: disabledID, Name: "丙离职", Role: guitu.RoleAdmin, Desk: lan, Disabled: true},
			otherID:    {ID: otherID, Name: "丁民警", Role: guitu.RoleOfficer, Desk: he},
			looseID:    {ID: looseID, Name: "戊待分配", Role: guitu.RoleOfficer},
			leadID:     {ID: leadID, Name: "己值班长", Role: guitu.RoleLead, Desk: lan, OnDuty: true},
			auditorID:  {ID: auditorID, Name: "庚审计", Role: guitu.RoleAuditor, Desk: top},
			expiredID:  {ID: expiredID, Name: "辛到期", Role: guitu.RoleOfficer, Desk: lan, CertifiedUntil: midnight},
		},
		questions: map[int64]*guitu.Question{}, posts: map[int64][]guitu.Post{}, history: map[int64][]guitu.Event{},
		deliveries: map[int64]*guitu.Delivery{}, codes: map[string]int64{}, keys: map[string]guitu.Verdict{},
		now: func() time.Time { return midnight },
	}
	b.addStory(17, lan, guitu.Claim{
		Name: "钱小某", Sex: "女", Age: "3岁", MissingAt: "今天下午4点", Place: "临沂市兰山区虚构小区附近", Area: "371302",
		Phones: []string{"19900001234"}, Contacts: []string{"赵某某"}, Clothing: "红色上衣",
	}, "急！钱小某，女，3岁，今天下午4点在临沂市兰山区虚构小区附近走失，红色上衣，联系赵某某 19900001234，求扩散！")
	b.addStory(18, he, guitu.Claim{Sex: "男", Place: "河东区虚构路", Area: "371312"}, "听说河东区虚构路有人抢小孩")
	for i, s := range guitu.DeliveryStates {
		id := int64(100 + i)
		b.deliveries[id] = &guitu.Delivery{
			ID: id, NoticeID: 5, Code: "K7PM3Q", Kind: guitu.NoticeDebunk, Channel: "telegram", State: s,
			Due: midnight.Add(time.Duration(i) * time.Minute), Attempts: i, At: midnight,
			Receipt: guitu.Receipt{ExternalID: "77", URL: "https://t.example/c/77"},
		}
	}
	b.deliveries[102].Reached = guitu.Reached{Devices: 1200, Views: 34, At: midnight}
	b.deliveries[103].Trouble = "发送后没有收到回应"
	b.deliveries[104].Trouble = "渠道拒收：正文过长"
	b.channels = []guitu.ChannelState{
		{Name: "weibo", Paused: true, Trouble: "access_token 已过期", Held: 3}, {Name: "telegram", Account: "guitu_bot"},
	}
	b.partials = []guitu.Partial{{
		NoticeID: 9, Code: "K7QW3M", Kind: guitu.NoticeAlert, Public: 2,
		Stuck: []guitu.Delivery{{ID: 103, Channel: "weibo", State: guitu.DeliveryHeld}},
	}}
	b.src = []guitu.SourceState{
		{Name: "微博搜索/走失", Kind: "weibo", LastOK: midnight.Add(-3 * time.Hour), Posts: 1234, Fails: 1, Trouble: "登录墙：HTTP 432", Paused: true},
		{Name: "本地通报", Kind: "feed", LastOK: midnight.Add(-2 * time.Minute), NextRead: midnight.Add(3 * time.Minute), Posts: 88},
	}
	b.rejects = []guitu.Quarantined{{ID: 9, Source: "本地通报", At: midnight, Reject: guitu.Reject{
		ExternalID: "x1", Reason: "line 17: invalid UTF-8", Raw: []byte("<b>坏\xff行</b>"),
	}}}
	return b
}

// addStory makes a story that waits at a desk, told by one post.
func (b *backend) addStory(id int64, at guitu.Desk, c guitu.Claim, text string) {
	p := guitu.Post{
		ID: id * 10, Source: "微博搜索", ExternalID: "m1", URL: "https://weibo.example/m1", Author: "虚构用户", Text: text,
		PostedAt: midnight.Add(-2 * time.Hour), SeenAt: midnight.Add(-time.Hour), Reposts: 41, Images: []string{"https://img.example/1.jpg"},
	}
	b.posts[id] = []guitu.Post{p}
	b.questions[id] = &guitu.Question{
		Rumor: guitu.Rumor{
			ID: id, Status: guitu.Actual, State: guitu.RumorOpen, Topic: guitu.Plea, Claim: c, Posts: 1, Reach: 42, Score: 0.9,
			Hits: []guitu.Hit{{Rule: "missing", Text: "走失", Weight: 0.5}}, FirstSeen: midnight.Add(-time.Hour), LastSeen: midnight,
		},
		Samples: []guitu.Post{p}, PostsLast24: 1,
		Assignment: &guitu.Assignment{ID: id, RumorID: id, Desk: at, Reason: "route", At: midnight.Add(-50 * time.Minute), Due: midnight.Add(10 * time.Minute)},
	}
	b.history[id] = []guitu.Event{
		{At: midnight.Add(-time.Hour), RumorID: id, Kind: guitu.EventTaken, Detail: "微博搜索"},
		{At: midnight.Add(-50 * time.Minute), RumorID: id, Kind: guitu.EventAssigned, Detail: at.Name},
	}
}

func (b *backend) lock() func() { b.mu.Lock(); return b.mu.Unlock }

func (b *backend) did(format string, args ...any) {
	b.calls = append(b.calls, fmt.Sprintf(format, args...))
}

func (b *backend) Decide(_ context.Context, d guitu.Decision) (guitu.Verdict, error) {
	defer b.lock()()
	if b.broken != nil {
		return guitu.Verdict{}, b.broken
	}
	if v, ok := b.keys[d.Key]; ok {
		return v, nil
	}
	if err := b.officers[d.OfficerID].Acts(b.now()); err != nil {
		return guitu.Verdict{}, err
	}
	q := b.questions[d.RumorID]
	var current int64
	if q.Verdict != nil {
		current = q.Verdict.ID
	}
	if d.Corrects != current {
		return guitu.Verdict{}, guitu.Errorf(guitu.Conflict, "该传言已由%s裁定为%s。", q.Verdict.Officer.Name, bot.RulingLabel(q.Verdict.Ruling).Zh)
	}
	if d.Basis == "驳回" {
		return guitu.Verdict{}, guitu.Errorf(guitu.Invalid, "核查方式过于简单。")
	}
	b.verdicts++
	o := *b.officers[d.OfficerID]
	v := guitu.Verdict{
		ID: b.verdicts, RumorID: d.RumorID, Ruling: d.Ruling, Ending: d.Ending, Basis: d.Basis,
		Officer: o, Desk: o.Desk, At: b.now(), Corrects: d.Corrects,
	}
	b.keys[d.Key], b.decisions = v, append(b.decisions, d)
	q.Verdict, q.Rumor.State, q.Assignment.Ended = &v, guitu.RumorRuled, b.now()
	if d.Ruling.NeedsBasis() {
		q.Notice = &guitu.Notice{ID: 5, Kind: guitu.NoticeDebunk, Code: "K7PM3Q", RumorID: d.RumorID, VerdictID: v.ID, Due: midnight.Add(8 * time.Hour)}
	}
	b.history[d.RumorID] = append(b.history[d.RumorID], guitu.Event{At: v.At, RumorID: d.RumorID, Officer: o.Name, Kind: guitu.EventRuled, Detail: bot.RulingLabel(d.Ruling).Zh})
	return v, nil
}

func (b *backend) HandOver(_ context.Context, h guitu.Handover) error {
	defer b.lock()()
	if b.handed[h.Key] {
		return nil
	}
	q := b.questions[h.RumorID]
	if err := b.officers[h.OfficerID].Acts(b.now()); err != nil {
		return err
	}
	if q.Verdict != nil {
		return guitu.Errorf(guitu.Conflict, "该传言已有核查结论。")
	}
	i := slices.IndexFunc(b.desks, func(d guitu.Desk) bool { return d.ID == h.DeskID })
	if i < 0 {
		return guitu.Errorf(guitu.Invalid, "没有这个值班台。")
	}
	q.Assignment.Desk = b.desks[i]
	if b.handed == nil {
		b.handed = map[string]bool{}
	}
	b.handed[h.Key] = true
	b.did("handover %d to %d by %d", h.RumorID, h.DeskID, h.OfficerID)
	return nil
}

func (b *backend) Merge(_ context.Context, rumorID, intoID, officerID int64) error {
	defer b.lock()()
	q, into := b.questions[rumorID], b.questions[intoID]
	if err := b.officers[officerID].Acts(b.now()); err != nil {
		return err
	}
	switch {
	case into == nil:
		return guitu.Errorf(guitu.NotFound, "没有这条传言。")
	case q.Rumor.MergedInto == intoID:
		return nil
	case q.Verdict != nil:
		return guitu.Errorf(guitu.Conflict, "传言 #%d 已有核查结论，请反过来。", rumorID)
	}
	q.Rumor.State, q.Rumor.MergedInto = guitu.RumorMerged, intoID
	q.Into = &guitu.Precedent{Rumor: into.Rumor, Verdict: into.Verdict}
	into.Merged = append(into.Merged, rumorID)
	b.posts[intoID], b.posts[rumorID] = append(b.posts[intoID], b.posts[rumorID]...), nil
	b.did("merge %d into %d by %d", rumorID, intoID, officerID)
	return nil
}

func (b *backend) Split(_ context.Context, rumorID int64, postIDs []int64, officerID int64) (int64, error) {
	defer b.lock()()
	if err := b.officers[officerID].Acts(b.now()); err != nil {
		return 0, err
	}
	if len(postIDs) == 0 {
		return 0, guitu.Errorf(guitu.Invalid, "请选择要拆出的帖文。")
	}
	if len(postIDs) == len(b.posts[rumorID]) {
		return 0, guitu.Errorf(guitu.Invalid, "至少要留下一条。")
	}
	b.did("split %v off %d by %d", postIDs, rumorID, officerID)
	return 900, nil
}

func (b *backend) Alike(_ context.Context, rumorID int64, f console.RumorFilter) ([]guitu.Rumor, error) {
	defer b.lock()()
	var rs []guitu.Rumor
	for _, id := range sorted(b.questions) {
		rm := b.questions[id].Rumor
		kin := b.questions[rumorID].Precedent != nil && b.questions[rumorID].Precedent.Rumor.ID == id
		if id != rumorID && f.Area.Covers(rm.Claim.Area) && (f.Text != "" && strings.Contains(rm.Claim.Place, f.Text) || f.Text == "" && kin) {
			rs = append(rs, rm)
		}
	}
	return rs[:min(len(rs), f.Limit)], nil
}

func (b *backend) Question(_ context.Context, id int64) (guitu.Question, error) {
	defer b.lock()()
	q, ok := b.questions[id]
	if !ok {
		return guitu.Question{}, guitu.Errorf(guitu.NotFound, "没有这条传言。")
	}
	seen := *q
	return seen, nil
}

func (b *backend) Waiting(_ context.Context, area guitu.Area, limit int) ([]guitu.Question, error) {
	defer b.lock()()
	var qs []guitu.Question
	for _, id := range sorted(b.questions) {
		q := b.questions[id]
		if q.Verdict == nil && (area.Covers(q.Rumor.Claim.Area) || area.Covers(q.Assignment.Desk.Area)) && len(qs) < limit {
			qs = append(qs, *q)
		}
	}
	return qs, nil
}

func (b *backend) Rumors(_ context.Context, f console.RumorFilter) ([]guitu.Rumor, error) {
	defer b.lock()()
	var rs []guitu.Rumor
	for _, id := range slices.Backward(sorted(b.questions)) {
		rm := b.questions[id].Rumor
		if (f.State == "" || f.State == rm.State) && f.Area.Covers(rm.Claim.Area) && strings.Contains(rm.Claim.Place, f.Text) && (f.Before == 0 || id < f.Before) && len(rs) < f.Limit {
			rs = append(rs, rm)
		}
	}
	return rs, nil
}

func (b *backend) Posts(_ context.Context, id int64, limit int) ([]guitu.Post, error) {
	defer b.lock()()
	return b.posts[id][:min(limit, len(b.posts[id]))], nil
}

func (b *backend) History(_ context.Context, id int64) ([]guitu.Event, error) {
	defer b.lock()()
	return slices.Clone(b.history[id]), nil
}

func (b *backend) Viewed(_ context.Context, rumorID, officerID int64, why guitu.ViewReason, note string) error {
	defer b.lock()()
	if why != guitu.ViewCase || note != "" {
		b.did("viewed %d by %d: %s %s", rumorID, officerID, why, note)
		return nil
	}
	b.did("viewed %d by %d", rumorID, officerID)
	return nil
}

func (b *backend) Registry(_ context.Context, value string, before int64, limit int) ([]guitu.Asset, error) {
	defer b.lock()()
	var as []guitu.Asset
	for _, a := range slices.Backward(b.assets) {
		if (value == "" || a.Value == value) && (before == 0 || a.ID < before) && len(as) < limit {
			as = append(as, a)
		}
	}
	return as, nil
}

func (b *backend) DropAsset(_ context.Context, assetID, officerID int64, reason string) error {
	defer b.lock()()
	if reason == "" {
		return guitu.Errorf(guitu.Invalid, "请写明移出登记的理由。")
	}
	b.did("drop %d by %d: %s", assetID, officerID, reason)
	return nil
}

func (b *backend) Deliveries(_ context.Context, state guitu.DeliveryState, before int64, limit int) ([]guitu.Delivery, error) {
	defer b.lock()()
	var ds []guitu.Delivery
	for _, id := range slices.Backward(sorted(b.deliveries)) {
		if d := b.deliveries[id]; (state == "" || d.State == state) && (before == 0 || id < before) && len(ds) < limit {
			ds = append(ds, *d)
		}
	}
	return ds, nil
}

func (b *backend) Delivery(_ context.Context, id int64) (guitu.Delivery, error) {
	defer b.lock()()
	d, ok := b.deliveries[id]
	if !ok {
		return guitu.Delivery{}, guitu.Errorf(guitu.NotFound, "没有这次投递。")
	}
	return *d, nil
}

func (b *backend) Resend(_ context.Context, id, officerID int64) error {
	defer b.lock()()
	d := b.deliveries[id]
	if d.State != guitu.DeliveryUnknown && d.State != guitu.DeliveryRefused {
		return guitu.Errorf(guitu.Conflict, "这次投递不能重发。")
	}
	d.State = guitu.DeliveryDue
	b.did("resend %d by %d", id, officerID)
	return nil
}

func (b *backend) MarkSent(_ context.Context, id, officerID int64) error {
	defer b.lock()()
	d := b.deliveries[id]
	if d.State != guitu.DeliveryUnknown {
		return guitu.Errorf(guitu.Conflict, "这次投递不能标记。")
	}
	d.State = guitu.DeliverySent
	b.did("sent %d by %d", id, officerID)
	return nil
}

func (b *backend) MarkHandled(_ context.Context, id, officerID int64) error {
	defer b.lock()()
	d := b.deliveries[id]
	if d.State != guitu.DeliveryStanding {
		return guitu.Errorf(guitu.Conflict, "这次投递不能标记。")
	}
	d.State = guitu.DeliveryHandled
	b.did("handled %d by %d", id, officerID)
	return nil
}

func sorted[V any](m map[int64]V) []int64 {
	var ids []int64
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
