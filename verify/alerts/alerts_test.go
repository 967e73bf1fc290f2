package alerts_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/verify/alerts"
)

// The desks of the tests; neighbour is another province's.
const (
	ministry, province, city, county, neighbour = "部值班台", "省值班台", "市值班台", "县值班台", "邻省值班台"
)

var deskAreas = map[string]guitu.Area{ministry: "", province: "370000", city: "371300", county: "371302", neighbour: "320102"}

// The officers of the tests beside one of each desk.
const (
	second   = "县第二民警"
	lead     = "市值班长"
	auditor  = "省审计员"
	disabled = "停用民警"
)

// lanshan is the centre of the county where the children of the tests are lost.
var lanshan = guitu.Point{Lat: 35.05, Lng: 118.35}

// atNoon is when the tests happen.
var atNoon = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)

// clock is moved by hand.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

// options have two channels that know nobody's place, one that does, and the site.
func options() alerts.Options {
	return alerts.Options{
		Channels: []string{"site", "weibo", "telegram", "push"}, Home: "site", Sender: "guitu.example",
		Local: func(channel string) bool { return channel == "push" },
	}
}

// house is a database with desks and officers.
type house struct {
	*alerts.Alerts
	t        testing.TB
	db       *store.DB
	clock    *clock
	desks    map[string]guitu.Desk
	officers map[string]int64
	keys     int
}

// each runs a test on both databases.
func each(t *testing.T, o alerts.Options, test func(t *testing.T, h *house)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, build(t, filepath.Join(t.TempDir(), "test.db"), o))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, build(t, testenv.Postgres(t), o))
	})
}

func build(t testing.TB, address string, o alerts.Options) *house {
	t.Helper()
	c := &clock{t: atNoon}
	db, err := store.Open(context.Background(), address, store.Options{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{t: t, db: db, clock: c, desks: map[string]guitu.Desk{}, officers: map[string]int64{}}
	h.Alerts = alerts.New(db, o)
	h.update(func(ctx context.Context, tx *store.Tx) error {
		var all []guitu.Desk
		for name, area := range deskAreas {
			all = append(all, guitu.Desk{Name: name, Area: area})
		}
		if err := tx.SetDesks(ctx, all); err != nil {
			return err
		}
		all, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		for _, d := range all {
			h.desks[d.Name] = d
		}
		for _, o := range []struct {
			name, desk string
			role       guitu.Role
		}{
			{ministry, ministry, guitu.RoleOfficer},
			{province, province, guitu.RoleOfficer},
			{city, city, guitu.RoleOfficer},
			{county, county, guitu.RoleOfficer},
			{neighbour, neighbour, guitu.RoleOfficer},
			{second, county, guitu.RoleOfficer},
			{lead, city, guitu.RoleAdmin},
			{disabled, county, guitu.RoleOfficer},
		} {
			made := guitu.Officer{Name: o.name, Role: o.role, Desk: h.desks[o.desk]}
			if err := tx.CreateOfficer(ctx, &made); err != nil {
				return err
			}
			h.officers[o.name] = made.ID
		}
		return tx.SetDisabled(ctx, h.officers[disabled], true)
	})
	return h
}

func (h *house) update(fn func(ctx context.Context, tx *store.Tx) error) {
	h.t.Helper()
	ctx := context.Background()
	if err := h.db.Update(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		h.t.Fatal(err)
	}
}

// chats gives the desks of the county and the city a chat.
func (h *house) chats() {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		var all []guitu.Desk
		for _, d := range h.desks {
			if d.Name == county || d.Name == city {
				d.TelegramChat = "-100" + string(d.Area)
			}
			all = append(all, d)
		}
		return tx.SetDesks(ctx, all)
	})
}

// key is a fresh press.
func (h *house) key() string {
	h.keys++
	return fmt.Sprintf("test:%d", h.keys)
}

// facts are those of an invented child, ready to be issued.
func facts(now time.Time) guitu.Facts {
	p := lanshan
	return guitu.Facts{
		Tier: guitu.TierLost, Place: "兰山区某小区北门", Area: "371302", Point: &p, MissingAt: now.Add(-30 * time.Minute),
		Child: guitu.Child{
			Name: "张小桐", Sex: "女", Born: time.Date(2020, 5, 4, 0, 0, 0, 0, time.UTC), Age: 5, AgeKnown: true, Height: 112, Weight: 19,
			Features: "左眉上有一颗痣", Clothing: "红色上衣，黄色雨鞋",
		},
		Circumstances: "在小区门口玩耍时走失",
		Contact:       guitu.Contact{Name: "王警官", Phone: "19900001111"},
		Family:        []string{"19900002222"},
		Checklist:     guitu.Checklist{Reported: true, Danger: "五岁儿童独自在外", Custody: guitu.CustodyNone},
	}
}

// drafted makes a draft with facts.
func (h *house) drafted(officer string, f guitu.Facts) guitu.Alert {
	h.t.Helper()
	ctx := context.Background()
	a, err := h.Begin(ctx, guitu.BeginRequest{OfficerID: h.officers[officer], Key: h.key()})
	if err != nil {
		h.t.Fatal(err)
	}
	a, err = h.Edit(ctx, guitu.EditRequest{AlertID: a.ID, OfficerID: h.officers[officer], Version: a.Version, Facts: f, Key: h.key()})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// issued issues facts as the county's officer.
func (h *house) issued(f guitu.Facts) guitu.Alert {
	h.t.Helper()
	a := h.drafted(county, f)
	a, err := h.Issue(context.Background(), guitu.IssueRequest{
		AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Key: h.key(), Acknowledged: h.odd(a.ID),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// odd lists the codes of the concerns that an officer may acknowledge.
func (h *house) odd(alertID int64) (codes []string) {
	h.t.Helper()
	all, err := h.Concerns(context.Background(), alertID, h.officers[county])
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range all {
		if !c.Blocks {
			codes = append(codes, c.Code)
		}
	}
	return codes
}

// photo adds a photo.
func (h *house) photo(alertID int64, body string) guitu.Photo {
	h.t.Helper()
	p, err := h.AddPhoto(context.Background(), guitu.PhotoRequest{
		AlertID: alertID, OfficerID: h.officers[county], Key: h.key(), Bytes: []byte(body),
		Photo: guitu.Photo{Alt: "穿红色上衣的女孩", Type: "image/jpeg", Width: 600, Height: 800, Hash: "ffff00000000ffff"},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// view reads a case as the province's officer.
func (h *house) view(alertID int64) guitu.Case {
	h.t.Helper()
	k, err := h.View(context.Background(), alertID, h.officers[province], "检查")
	if err != nil {
		h.t.Fatal(err)
	}
	return k
}

// notices lists the notices of an alert.
func (h *house) notices(alertID int64) (all []guitu.Notice) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = tx.AlertNotices(ctx, alertID)
		return err
	})
	return all
}

// states maps "number of the notice/channel" to the state of the delivery there.
func (h *house) states(alertID int64) map[string]guitu.DeliveryState {
	h.t.Helper()
	number := map[int64]int{}
	for i, n := range h.notices(alertID) {
		number[n.ID] = i + 1
	}
	m := map[string]guitu.DeliveryState{}
	for _, d := range h.view(alertID).Deliveries {
		m[fmt.Sprintf("%d/%s", number[d.NoticeID], d.Channel)] = d.State
	}
	return m
}

// move takes the delivery of the latest notice on a channel to a state.
func (h *house) move(alertID int64, channel string, to guitu.DeliveryState) {
	h.t.Helper()
	var last guitu.Delivery
	for _, d := range h.view(alertID).Deliveries {
		if d.Channel == channel {
			last = d
		}
	}
	h.update(func(ctx context.Context, tx *store.Tx) error {
		moved, err := tx.MoveDelivery(ctx, last.ID, last.State, to, "")
		if !moved {
			h.t.Errorf("no delivery on %s", channel)
		}
		return err
	})
}

// steps lists the waiting steps of a kind.
func (h *house) steps(kind string) []*rivertype.JobRow {
	h.t.Helper()
	client, err := river.NewClient(h.db.Driver(), &river.Config{})
	if err != nil {
		h.t.Fatal(err)
	}
	all, err := client.JobList(context.Background(), river.NewJobListParams().Kinds(kind).First(1000))
	if err != nil {
		h.t.Fatal(err)
	}
	return all.Jobs
}

// is fails unless an error is of a kind.
func is(t testing.TB, err error, want guitu.Kind) {
	t.Helper()
	if got := guitu.KindOf(err); got != want {
		t.Fatalf("error %v of kind %q, want %q", err, got, want)
	}
}

// early fails unless a step says that it is not due for a time.
func early(t testing.TB, err error, want time.Duration) {
	t.Helper()
	var wait *guitu.RetryError
	if !errors.As(err, &wait) || wait.After != want {
		t.Fatalf("step answers %v, want it to wait for %s", err, want)
	}
}

// dump is everything that stands in the database about an alert, as text.
func (h *house) dump(alertID int64) string {
	h.t.Helper()
	all, err := json.Marshal([]any{h.view(alertID), h.notices(alertID)})
	if err != nil {
		h.t.Fatal(err)
	}
	return string(all)
}

// lacks fails when a text holds one of some words.
func lacks(t interface {
	Helper()
	Errorf(format string, args ...any)
}, what, text string, words ...string,
) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("%s holds %q: %s", what, w, text)
		}
	}
}
