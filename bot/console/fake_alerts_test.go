package console_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"time"

	"guitu"
	"guitu/bot/console"
	"guitu/internal/gazetteer"
)

var (
	_ console.Alerts = (*cases)(nil)
	_ console.Places = places{}
)

// places is the gazetteer.
type places struct{}

func (places) Find(text string) (areas []guitu.Area) {
	for _, m := range gazetteer.Find(text) {
		areas = append(areas, m.Area)
	}
	return areas
}
func (places) Below(a guitu.Area) []guitu.Area          { return gazetteer.Below(a) }
func (places) Point(a guitu.Area) (guitu.Point, bool)   { return gazetteer.Point(a) }
func (places) Nearest(p guitu.Point) (guitu.Area, bool) { return gazetteer.Nearest(p) }

// cases is the life of alerts in memory. It keeps the promises that the console leans on: who may, versions, keys, and that nothing
// is shown of a case without a record.
type cases struct {
	b          *backend
	alerts     map[int64]*guitu.Alert
	photos     map[int64][]guitu.Photo
	events     map[int64][]guitu.Event
	messages   map[int64][]guitu.AlertMessage
	deliveries map[int64][]guitu.Delivery
	approvals  map[int64][]guitu.Approval
	tips       []guitu.Tip // of each case
	keys       map[string]guitu.Alert
	last       int64
	concerns   []guitu.Concern // besides those that follow from the facts
	broken     error           // what Issue answers instead
}

const draftID, activeID, hedongID = 31, 32, 33

// newCases has a draft and an active alert at lan, and an active one at he.
func newCases(b *backend) *cases {
	c := &cases{
		b: b, alerts: map[int64]*guitu.Alert{}, photos: map[int64][]guitu.Photo{}, events: map[int64][]guitu.Event{},
		messages: map[int64][]guitu.AlertMessage{}, deliveries: map[int64][]guitu.Delivery{}, approvals: map[int64][]guitu.Approval{},
		keys: map[string]guitu.Alert{}, last: 40,
	}
	c.alerts[draftID] = &guitu.Alert{
		ID: draftID, Status: guitu.Actual, State: guitu.AlertDraft, Author: *b.officers[officerID], Desk: lan, Version: 1, MadeAt: midnight.Add(-time.Hour),
	}
	for id, desk := range map[int64]guitu.Desk{activeID: lan, hedongID: he} {
		c.alerts[id] = &guitu.Alert{
			ID: id, Status: guitu.Actual, State: guitu.AlertActive, Code: fmt.Sprintf("K7PM%d", id), Facts: goodFacts(desk.Area), Author: *b.officers[officerID],
			Desk: desk, Version: 3, Messages: 1, Reach: 100, MadeAt: midnight.Add(-2 * time.Hour), IssuedAt: midnight.Add(-time.Hour), Expires: midnight.Add(71 * time.Hour),
		}
		c.messages[id] = []guitu.AlertMessage{{
			ID: id, AlertID: id, Number: 1, Type: guitu.MsgAlert, Cause: guitu.CauseIssue, Sent: midnight.Add(-time.Hour), Circle: guitu.Circle{Radius: 100}, Officer: *b.officers[officerID],
		}}
		c.deliveries[id] = []guitu.Delivery{
			{ID: id * 10, Code: c.alerts[id].Code, Kind: guitu.NoticeAlert, Channel: "site", State: guitu.DeliverySent, At: midnight.Add(-time.Hour)},
			{ID: id*10 + 1, Code: c.alerts[id].Code, Kind: guitu.NoticeAlert, Channel: "telegram", State: guitu.DeliveryUnknown, Trouble: "发送后没有收到回应", At: midnight.Add(-time.Hour)},
		}
	}
	c.alerts[hedongID].Author = *b.officers[otherID]
	c.approvals[activeID] = []guitu.Approval{{
		ID: 7, AlertID: activeID, Kind: guitu.ApproveReach, Reach: 500, Reason: "可能已上火车", By: *b.officers[adminID], At: midnight, Override: midnight.Add(time.Hour),
	}}
	return c
}

// goodFacts is an invented child, with nothing against an alert.
func goodFacts(area guitu.Area) guitu.Facts {
	p, _ := gazetteer.Point(area)
	return guitu.Facts{
		Tier: guitu.TierLost, Child: guitu.Child{Name: "林小川", Sex: "男", Age: 7, AgeKnown: true, Clothing: "蓝色外套"}, Place: "虚构小区南门", Area: area,
		Point: &p, MissingAt: midnight.Add(-3 * time.Hour), Contact: guitu.Contact{Name: "甲民警", Phone: "19900000001"},
		Checklist: guitu.Checklist{Reported: true, Danger: "年幼", Custody: guitu.CustodyNone}, Family: []string{"19900000002"},
	}
}

// may is the rule of the house.
func (c *cases) may(alertID, officerID int64) (*guitu.Alert, error) {
	a, o := c.alerts[alertID], c.b.officers[officerID]
	switch {
	case a == nil:
		return nil, guitu.Errorf(guitu.NotFound, "没有这个警报。")
	case o.Role == guitu.RoleAuditor || o.Desk.ID == 0 || a.Desk.ID != o.Desk.ID && !o.Desk.Area.Covers(a.Desk.Area):
		return nil, guitu.Errorf(guitu.Forbidden, "这个案件不归您的值班台。")
	}
	return a, nil
}

// change is one that carries a version and a key.
func (c *cases) change(alertID, officerID int64, version int, key string, do func(a *guitu.Alert) error) (guitu.Alert, error) {
	defer c.b.lock()()
	if a, ok := c.keys[key]; ok {
		return a, nil
	}
	a, err := c.may(alertID, officerID)
	if err != nil {
		return guitu.Alert{}, err
	}
	if version != a.Version {
		return guitu.Alert{}, guitu.Errorf(guitu.Conflict, "丁民警已更改这份警报。")
	}
	if err := do(a); err != nil {
		return guitu.Alert{}, err
	}
	a.Version++
	c.keys[key] = *a
	return *a, nil
}

func (c *cases) event(id int64, o int64, k guitu.EventKind, detail string) {
	c.events[id] = append(c.events[id], guitu.Event{At: c.b.now(), AlertID: id, Officer: c.b.officers[o].Name, Kind: k, Detail: detail})
}

func (c *cases) Begin(_ context.Context, r guitu.BeginRequest) (guitu.Alert, error) {
	defer c.b.lock()()
	if a, ok := c.keys[r.Key]; ok {
		return a, nil
	}
	o := c.b.officers[r.OfficerID]
	if o.Desk.ID == 0 || o.Role == guitu.RoleAuditor {
		return guitu.Alert{}, guitu.Errorf(guitu.Forbidden, "您不能起草警报。")
	}
	c.last++
	a := guitu.Alert{ID: c.last, Status: guitu.Actual, State: guitu.AlertDraft, RumorID: r.RumorID, Author: *o, Desk: o.Desk, Version: 1, MadeAt: c.b.now()}
	if q := c.b.questions[r.RumorID]; q != nil {
		a.Facts.Child.Name, a.Facts.Child.Sex, a.Facts.Place, a.Facts.Area = q.Rumor.Claim.Name, q.Rumor.Claim.Sex, q.Rumor.Claim.Place, q.Rumor.Claim.Area
		a.Facts.Unconfirmed = []string{"name", "sex", "place"}
	}
	c.alerts[a.ID], c.keys[r.Key] = &a, a
	c.b.did("begin of %d by %d", r.RumorID, r.OfficerID)
	return a, nil
}

func (c *cases) Alert(_ context.Context, alertID, officerID int64) (guitu.Alert, []guitu.Photo, error) {
	defer c.b.lock()()
	a, err := c.may(alertID, officerID)
	if err != nil {
		return guitu.Alert{}, nil, err
	}
	return *a, slices.Clone(c.photos[alertID]), nil
}

func (c *cases) Edit(_ context.Context, e guitu.EditRequest) (guitu.Alert, error) {
	return c.change(e.AlertID, e.OfficerID, e.Version, e.Key, func(a *guitu.Alert) error {
		if a.State != guitu.AlertDraft {
			return guitu.Errorf(guitu.Conflict, "已经发布。")
		}
		a.Facts = e.Facts
		c.b.did("edit %d by %d", e.AlertID, e.OfficerID)
		return nil
	})
}

func (c *cases) Drop(_ context.Context, id, officerID int64, _ string) error {
	defer c.b.lock()()
	a, err := c.may(id, officerID)
	if err != nil {
		return err
	}
	a.State = guitu.AlertDropped
	c.b.did("drop alert %d by %d", id, officerID)
	return nil
}

func (c *cases) AddPhoto(_ context.Context, p guitu.PhotoRequest) (guitu.Photo, error) {
	defer c.b.lock()()
	a, err := c.may(p.AlertID, p.OfficerID)
	if err != nil {
		return guitu.Photo{}, err
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(p.Bytes))
	if err != nil {
		return guitu.Photo{}, guitu.Errorf(guitu.Invalid, "这不是照片。")
	}
	c.last++
	photo := guitu.Photo{ID: c.last, AlertID: a.ID, Alt: p.Photo.Alt, Type: "image/" + format, Width: config.Width, Height: config.Height}
	c.photos[a.ID] = append(c.photos[a.ID], photo)
	a.Facts.Photos = append(a.Facts.Photos, photo.ID)
	c.b.did("photo of %d by %d: %s", a.ID, p.OfficerID, p.Photo.Alt)
	return photo, nil
}

func (c *cases) DropPhoto(_ context.Context, id, photoID, officerID int64, _ string) error {
	defer c.b.lock()()
	if _, err := c.may(id, officerID); err != nil {
		return err
	}
	c.photos[id] = slices.DeleteFunc(c.photos[id], func(p guitu.Photo) bool { return p.ID == photoID })
	c.b.did("drop photo of %d by %d", id, officerID)
	return nil
}

func (c *cases) Photo(_ context.Context, id, photoID, officerID int64) (guitu.Photo, []byte, error) {
	defer c.b.lock()()
	if _, err := c.may(id, officerID); err != nil {
		return guitu.Photo{}, nil, err
	}
	for _, p := range c.photos[id] {
		if p.ID == photoID {
			p.Type = "image/png"
			return p, picture(120, 160), nil
		}
	}
	return guitu.Photo{}, nil, guitu.Errorf(guitu.NotFound, "没有这张照片。")
}

// picture is a grey picture.
func picture(w, h int) []byte {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = 150
	}
	m.SetGray(0, 0, color.Gray{Y: 20})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (c *cases) Concerns(_ context.Context, id, officerID int64) ([]guitu.Concern, error) {
	defer c.b.lock()()
	a, err := c.may(id, officerID)
	if err != nil {
		return nil, err
	}
	return c.against(a), nil
}

func (c *cases) Consider(_ context.Context, id, officerID int64, f guitu.Facts) ([]guitu.Concern, error) {
	defer c.b.lock()()
	a, err := c.may(id, officerID)
	if err != nil {
		return nil, err
	}
	b := *a
	b.Facts = f
	return c.against(&b), nil
}

func (c *cases) Approvals(_ context.Context, id, officerID int64) ([]guitu.Approval, error) {
	defer c.b.lock()()
	_, err := c.may(id, officerID)
	return slices.Clone(c.approvals[id]), err
}

func (c *cases) against(a *guitu.Alert) []guitu.Concern {
	ks := slices.Clone(c.concerns)
	block := func(missing bool, code, field, message string) {
		if missing {
			ks = append(ks, guitu.Concern{Code: code, Blocks: true, Field: field, Message: message})
		}
	}
	f := a.Facts
	block(f.Area == "", "no_area", "area", "没有所在区县，请选择。")
	block(f.MissingAt.IsZero(), "no_time", "missing_at", "没有走失时间，请填写。")
	block(f.Contact.Phone == "", "no_contact", "contact", "没有民警的电话，请填写。")
	block(!f.Checklist.Reported, "reported", "checklist", "尚未报警立案。")
	block(f.Checklist.Custody == "", "custody", "checklist", "请回答监护与保护令的问题。")
	block(f.Tier == "", "no_tier", "tier", "请选择风险等级。")
	block(len(f.Unconfirmed) > 0, "unconfirmed", "name", "有内容尚未确认。")
	return ks
}

func (c *cases) Preview(_ context.Context, id, officerID int64) (console.AlertPreview, error) {
	defer c.b.lock()()
	a, err := c.may(id, officerID)
	if err != nil {
		return console.AlertPreview{}, err
	}
	if a.Facts.Area == "" {
		return console.AlertPreview{}, guitu.Errorf(guitu.Invalid, "地点不明，还不能预览。")
	}
	text := "【寻人】兰山区：寻找" + a.Facts.Child.Name + "\n\n" + a.Facts.Child.Sex + "，7 岁，" + a.Facts.Child.Clothing + "。" + a.Facts.Place + "走失。\n\n如果看到孩子，请拨打 110 或联系" + a.Facts.Contact.Name + " " + a.Facts.Contact.Phone + "。"
	return console.AlertPreview{
		Notice: guitu.Notice{Circle: &guitu.Circle{Radius: 100}}, Rule: c.Rule(a.Facts.Tier),
		Channels: []console.Shown{{Channel: "site", Text: text}, {Channel: "telegram", Text: text + "\n\n核验码：（发布后生成）", Pictures: []string{"海报"}}},
	}, nil
}

func (c *cases) Poster(_ context.Context, id, officerID int64) ([]byte, error) {
	defer c.b.lock()()
	if _, err := c.may(id, officerID); err != nil {
		return nil, err
	}
	return picture(270, 360), nil
}

func (c *cases) Issue(_ context.Context, i guitu.IssueRequest) (guitu.Alert, error) {
	if c.broken != nil {
		return guitu.Alert{}, c.broken
	}
	return c.change(i.AlertID, i.OfficerID, i.Version, i.Key, func(a *guitu.Alert) error {
		for _, k := range c.against(a) {
			if k.Blocks || !slices.Contains(i.Acknowledged, k.Code) {
				return guitu.Errorf(guitu.Invalid, "%s", k.Message)
			}
		}
		a.State, a.Code, a.IssuedAt, a.Expires, a.Reach = guitu.AlertActive, "Q3WXYZ", c.b.now(), c.b.now().Add(72*time.Hour), 100
		c.deliveries[a.ID] = []guitu.Delivery{
			{ID: 901, Code: a.Code, Kind: guitu.NoticeAlert, Channel: "site", State: guitu.DeliverySent, At: c.b.now(), Receipt: guitu.Receipt{URL: "https://guitu.example/n/Q3WXYZ"}},
			{ID: 902, Code: a.Code, Kind: guitu.NoticeAlert, Channel: "telegram", State: guitu.DeliveryDue, At: c.b.now()},
		}
		c.b.did("issue %d by %d", i.AlertID, i.OfficerID)
		return nil
	})
}

func (c *cases) Rule(t guitu.Tier) guitu.TierRule {
	if t == guitu.TierRunaway {
		return guitu.TierRule{Reach: 100, Life: 24 * time.Hour}
	}
	return guitu.TierRule{Reach: 500, ShowName: true, ShowPhoto: true, Life: 72 * time.Hour, SecondFrom: 300}
}

func (c *cases) List(_ context.Context, f guitu.AlertFilter) ([]guitu.Alert, error) {
	defer c.b.lock()()
	var as []guitu.Alert
	for _, id := range slices.Backward(sorted(c.alerts)) {
		a := *c.alerts[id]
		_, err := c.may(id, f.OfficerID)
		if err != nil && c.b.officers[f.OfficerID].Role != guitu.RoleAuditor {
			continue
		}
		if (f.State == "" || f.State == a.State) && f.Area.Covers(a.Desk.Area) && (f.DeskID == 0 || f.DeskID == a.Desk.ID) && (f.Tier == "" || f.Tier == a.Facts.Tier) &&
			(f.Text == "" || a.Code == f.Text || strings.Contains(a.Facts.Child.Name+a.Facts.Place, f.Text)) && (f.Before == 0 || id < f.Before) && len(as) < f.Limit {
			as = append(as, a)
		}
	}
	return as, nil
}

func (c *cases) View(_ context.Context, id, officerID int64, reason string) (guitu.Case, error) {
	defer c.b.lock()()
	a := c.alerts[id]
	if a == nil {
		return guitu.Case{}, guitu.Errorf(guitu.NotFound, "没有这个警报。")
	}
	if _, err := c.may(id, officerID); err != nil && c.b.officers[officerID].Role != guitu.RoleAuditor {
		return guitu.Case{}, err
	}
	c.b.did("case %d viewed by %d: %s", id, officerID, reason)
	c.event(id, officerID, guitu.EventViewed, reason)
	return guitu.Case{
		Alert: *a, Rule: c.Rule(a.Facts.Tier), Messages: c.messages[id], Photos: c.photos[id], Tips: c.tips, Approvals: c.approvals[id], Events: slices.Clone(c.events[id]),
		Deliveries: slices.Clone(c.deliveries[id]),
	}, nil
}
