package tips_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/verify/alerts"
	"guitu/verify/tips"
)

// house is a database with a county's officer, a neighbour's, an auditor, and an alert that goes on.
type house struct {
	*tips.Tips
	t      *testing.T
	db     *store.DB
	alerts *alerts.Alerts
	now    time.Time
	alert  guitu.Alert
	by     map[string]int64
	keys   int
}

const (
	holder, neighbour, auditor = "本县民警", "邻省民警", "审计员"
)

func each(t *testing.T, test func(h *house)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(build(t, filepath.Join(t.TempDir(), "test.db")))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(build(t, testenv.Postgres(t)))
	})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func build(t *testing.T, address string) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC), by: map[string]int64{}}
	ctx := context.Background()
	var err error
	h.db, err = store.Open(ctx, address, store.Options{Now: func() time.Time { return h.now }})
	h.must(err)
	t.Cleanup(func() {
		if err := h.db.Close(); err != nil {
			t.Error(err)
		}
	})
	h.alerts = alerts.New(h.db, alerts.Options{Channels: []string{"site"}, Home: "site"})
	h.Tips, err = tips.New(h.db, tips.Options{Clean: func(b []byte) (guitu.Photo, []byte, error) {
		if string(b) == "bad" {
			return guitu.Photo{}, nil, guitu.Errorf(guitu.Invalid, "不是照片")
		}
		return guitu.Photo{Digest: "digest of " + string(b)}, append([]byte("clean "), b...), nil
	}})
	h.must(err)
	h.must(h.db.Update(ctx, func(tx *store.Tx) error {
		err := tx.SetDesks(ctx, []guitu.Desk{{Name: "本县", Area: "371302"}, {Name: "邻省", Area: "320000"}, {Name: "全国"}})
		if err != nil {
			return err
		}
		desks, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		for _, d := range desks {
			o := guitu.Officer{Desk: d, Role: guitu.RoleOfficer, Name: map[string]string{"本县": holder, "邻省": neighbour, "全国": auditor}[d.Name]}
			if d.Area == "" {
				o.Role = guitu.RoleAuditor
			}
			if err := tx.CreateOfficer(ctx, &o); err != nil {
				return err
			}
			h.by[o.Name] = o.ID
		}
		return nil
	}))
	a, err := h.alerts.Begin(ctx, guitu.BeginRequest{OfficerID: h.by[holder], Key: "begin"})
	h.must(err)
	a, err = h.alerts.Edit(ctx, guitu.EditRequest{AlertID: a.ID, OfficerID: h.by[holder], Version: a.Version, Key: "edit", Facts: guitu.Facts{
		Tier: guitu.TierLost, Place: "兰山区某小区北门", Area: "371302", Point: &guitu.Point{Lat: 35.05, Lng: 118.35}, MissingAt: h.now.Add(-2 * time.Hour),
		Child: guitu.Child{
			Name: "张小桐", Sex: "女", Age: 5, AgeKnown: true, Height: 112, Features: "左眉上有一颗痣", Clothing: "红色上衣，黄色雨鞋",
		},
		Circumstances: "在小区门口玩耍时走失", Contact: guitu.Contact{Name: "王警官", Phone: "19900001111"},
		Checklist: guitu.Checklist{Reported: true, Danger: "五岁儿童独自在外", Custody: guitu.CustodyNone},
	}})
	h.must(err)
	concerns, err := h.alerts.Concerns(ctx, a.ID, h.by[holder])
	h.must(err)
	var odd []string
	for _, c := range concerns {
		odd = append(odd, c.Code)
	}
	h.alert, err = h.alerts.Issue(ctx, guitu.IssueRequest{AlertID: a.ID, OfficerID: h.by[holder], Version: a.Version, Acknowledged: odd, Key: "issue"})
	h.must(err)
	return h
}

// take sends a tip as a sender of its own, unless it names one.
func (h *house) take(r guitu.TipRequest) (string, error) {
	h.keys++
	if r.Key == "" {
		r.Key = fmt.Sprintf("key:%d", h.keys)
	}
	if r.Sender == "" {
		r.Sender = r.Key
	}
	r.Code = h.alert.Code
	return h.Take(context.Background(), r)
}

func (h *house) taken(r guitu.TipRequest) string {
	h.t.Helper()
	receipt, err := h.take(r)
	h.must(err)
	return receipt
}

// list is what the holder sees.
func (h *house) list() []guitu.Tip {
	h.t.Helper()
	k, err := h.alerts.View(context.Background(), h.alert.ID, h.by[holder], "承办")
	h.must(err)
	return k.Tips
}

// tells lists when the desk is told of tips.
func (h *house) tells() (at []time.Duration) {
	h.t.Helper()
	c, err := river.NewClient(h.db.Driver(), &river.Config{})
	h.must(err)
	jobs, err := c.JobList(context.Background(), river.NewJobListParams().Kinds("tell").First(100))
	h.must(err)
	for _, j := range jobs.Jobs {
		if strings.Contains(string(j.EncodedArgs), `"tip"`) {
			at = append(at, j.ScheduledAt.Sub(h.now).Round(time.Second))
		}
	}
	return at
}

func (h *house) close() {
	h.t.Helper()
	_, err := h.alerts.Close(context.Background(), guitu.CloseRequest{
		AlertID: h.alert.ID, OfficerID: h.by[holder], Version: h.alert.Version, Key: "close",
		Closing: guitu.Closing{Outcome: guitu.OutcomeLost, Life: guitu.Alive, FoundAt: h.now, Evidence: "已当面确认"},
	})
	h.must(err)
}

func TestTake(t *testing.T) {
	each(t, func(h *house) {
		r := guitu.TipRequest{Text: " 在兰山区汽车站见到她 ", Place: "兰山区汽车站", Contact: "19900003333", Photo: []byte("photo"), Key: "form:1"}
		receipt := h.taken(r)
		if again := h.taken(r); again != receipt {
			h.t.Errorf("the same form again has receipt %s, want %s", again, receipt)
		}
		all := h.list()
		if len(all) != 1 {
			h.t.Fatalf("%d tips, want 1", len(all))
		}
		p := all[0]
		if p.Text != "在兰山区汽车站见到她" || p.Area != "371302" || p.Contact != "19900003333" || !p.Photo || p.Doubt != "" || p.Same != 0 {
			h.t.Errorf("tip %+v", p)
		}
		body, err := h.Photo(context.Background(), h.alert.ID, p.ID, h.by[auditor])
		if string(body) != "clean photo" || err != nil {
			h.t.Errorf("photo %q, %v: want the cleaned one", body, err)
		}
		if _, err := h.Photo(context.Background(), h.alert.ID, p.ID, h.by[neighbour]); guitu.KindOf(err) != guitu.Forbidden {
			h.t.Errorf("photo for the neighbour: %v, want Forbidden", err)
		}
	})
}

func TestRefused(t *testing.T) {
	each(t, func(h *house) {
		long := strings.Repeat("字", guitu.MaxTip+1)
		for name, r := range map[string]guitu.TipRequest{
			"empty": {Place: "兰山区"}, "long": {Text: long}, "NUL": {Text: "a\x00b"}, "no text": {Text: "\xff"},
			"long place": {Text: "见到", Place: long}, "bad photo": {Text: "见到", Photo: []byte("bad")},
		} {
			if _, err := h.take(r); guitu.KindOf(err) != guitu.Invalid {
				h.t.Errorf("%s: %v, want Invalid", name, err)
			}
		}
		if _, err := h.Take(context.Background(), guitu.TipRequest{Code: "ZZZZZZ", Text: "见到", Key: "k"}); guitu.KindOf(err) != guitu.NotFound {
			h.t.Errorf("unknown code: %v, want NotFound", err)
		}
		if n := len(h.list()); n != 0 {
			h.t.Errorf("%d tips were kept, want none", n)
		}
	})
}

// Who sends a lot is stopped, and nobody else.
func TestLimit(t *testing.T) {
	each(t, func(h *house) {
		for i := range 6 {
			h.taken(guitu.TipRequest{Text: fmt.Sprintf("见到 %d", i), Sender: "one"})
		}
		if _, err := h.take(guitu.TipRequest{Text: "再一次", Sender: "one"}); guitu.KindOf(err) != guitu.Conflict {
			h.t.Errorf("the seventh within an hour: %v, want Conflict", err)
		}
		h.taken(guitu.TipRequest{Text: "别人", Sender: "two"})
		h.now = h.now.Add(time.Hour)
		h.taken(guitu.TipRequest{Text: "一小时后", Sender: "one"})
	})
}

func TestFold(t *testing.T) {
	each(t, func(h *house) {
		h.taken(guitu.TipRequest{Text: "在车站，见到她！"})
		h.taken(guitu.TipRequest{Text: "在车站 见到她"})
		h.taken(guitu.TipRequest{Text: "在公园见到她"})
		all := h.list()
		if len(all) != 2 || all[1].Same != 1 || all[0].Same != 0 {
			h.t.Errorf("tips %+v, want two, the first with one more that says the same", all)
		}
	})
}

// A flood is told once a minute, and each tip of it is in what is told.
func TestTold(t *testing.T) {
	each(t, func(h *house) {
		for i := range 20 {
			h.taken(guitu.TipRequest{Text: fmt.Sprintf("见到 %d", i)})
		}
		// The first is told at once, by the clock of the steps.
		if got := h.tells(); len(got) != 2 || got[1] != time.Minute {
			h.t.Errorf("told in %s, want at once and in a minute", got)
		}
		h.now = h.now.Add(5 * time.Minute)
		h.taken(guitu.TipRequest{Text: "见到 7"}) // was said before
		if n := len(h.tells()); n != 2 {
			h.t.Errorf("told %d times, want 2", n)
		}
		h.taken(guitu.TipRequest{Text: "又见到"})
		if n := len(h.tells()); n != 3 {
			h.t.Errorf("told %d times, want 3", n)
		}
	})
}

// What can't be is marked, and taken all the same.
func TestDoubt(t *testing.T) {
	for _, tt := range []struct {
		name, place string
		seen        time.Duration // after it was lost
		point       *guitu.Point
		want        guitu.TipDoubt
	}{
		{"near", "临沂市罗庄区", time.Minute, nil, ""},
		{"by train", "济南市历下区", 2 * time.Hour, nil, ""},
		{"far", "乌鲁木齐市天山区", 2 * time.Hour, nil, guitu.TipFar},
		{"far point", "", time.Hour, &guitu.Point{Lat: 22.5, Lng: 114}, guitu.TipFar},
		{"early", "临沂市兰山区", -time.Hour, nil, guitu.TipEarly},
		{"nowhere", "路边", time.Hour, nil, ""},
		{"a province has no centre", "新疆维吾尔自治区", time.Hour, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := build(t, filepath.Join(t.TempDir(), "test.db"))
			h.taken(guitu.TipRequest{Text: "见到她", Place: tt.place, Point: tt.point, SeenAt: h.now.Add(-2 * time.Hour).Add(tt.seen)})
			if got := h.list(); len(got) != 1 || got[0].Doubt != tt.want {
				t.Errorf("tips %+v, want one with doubt %q", got, tt.want)
			}
		})
	}
}

func TestAnswer(t *testing.T) {
	each(t, func(h *house) {
		ctx := context.Background()
		receipt := h.taken(guitu.TipRequest{Text: "见到她"})
		tip := h.list()[0].ID
		for who, want := range map[string]guitu.Kind{neighbour: guitu.Forbidden, auditor: guitu.Forbidden} {
			if err := h.Answer(ctx, h.alert.ID, tip, h.by[who], guitu.TipUseful); guitu.KindOf(err) != want {
				h.t.Errorf("answer by %s: %v, want %s", who, err, want)
			}
		}
		if err := h.Answer(ctx, h.alert.ID, tip, h.by[holder], "maybe"); guitu.KindOf(err) != guitu.Invalid {
			h.t.Errorf("unknown answer: %v, want Invalid", err)
		}
		if err := h.Answer(ctx, h.alert.ID+1, tip, h.by[holder], guitu.TipUseful); guitu.KindOf(err) != guitu.NotFound {
			h.t.Errorf("answer on another case: %v, want NotFound", err)
		}
		if r, err := h.Receipt(ctx, receipt); err != nil || r.Read {
			h.t.Errorf("receipt %+v, %v: want unread", r, err)
		}
		for range 2 {
			h.must(h.Answer(ctx, h.alert.ID, tip, h.by[holder], guitu.TipCall))
		}
		if p := h.list()[0]; p.Answer != guitu.TipCall || p.By.ID != h.by[holder] {
			h.t.Errorf("tip %+v, want to be called by the holder", p)
		}
		if r, err := h.Receipt(ctx, strings.ToLower(receipt)); err != nil || !r.Read {
			h.t.Errorf("receipt %+v, %v: want read", r, err)
		}
		h.must(h.db.View(ctx, func(tx *store.Tx) error {
			all, err := tx.Trail(ctx, guitu.TrailFilter{Thing: "tip", Limit: 10})
			if len(all) != 1 || all[0].ThingID != tip {
				h.t.Errorf("trail %+v, want one answer", all)
			}
			return err
		}))
	})
}

// Whoever wished hears how it ended; no more comes in; and all tips leave with the case.
func TestEnd(t *testing.T) {
	each(t, func(h *house) {
		ctx := context.Background()
		told := h.taken(guitu.TipRequest{Text: "见到她", Outcome: true})
		silent := h.taken(guitu.TipRequest{Text: "也见到她"})
		h.taken(guitu.TipRequest{Text: "见到她"}) // folded into the first
		h.close()
		if r, err := h.Receipt(ctx, told); err != nil || r.Outcome != guitu.OutcomeLost || r.State != guitu.AlertClosed {
			h.t.Errorf("receipt %+v, %v: want the outcome", r, err)
		}
		if r, err := h.Receipt(ctx, silent); err != nil || r.Outcome != "" {
			h.t.Errorf("receipt %+v, %v: want no outcome", r, err)
		}
		if _, err := h.take(guitu.TipRequest{Text: "太晚"}); guitu.KindOf(err) != guitu.Conflict {
			h.t.Errorf("tip after the end: %v, want Conflict", err)
		}
		h.must(h.alerts.Family(ctx, guitu.FamilyRequest{AlertID: h.alert.ID, OfficerID: h.by[holder], Asked: "删除", Answer: "已删除", Delete: true, Key: "family"}))
		if n := len(h.list()); n != 0 {
			h.t.Errorf("%d tips are left, want none", n)
		}
		if _, err := h.Receipt(ctx, told); guitu.KindOf(err) != guitu.NotFound {
			h.t.Errorf("receipt: %v, want NotFound", err)
		}
	})
}
