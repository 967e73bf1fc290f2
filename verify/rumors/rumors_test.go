package rumors_test

import (
	"context"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/verify/rumors"
)

const source = "weibo"

// The posts of the tests: one child, the same child with another phone and place, and another child.
const (
	child      = "紧急寻人！张小桐，女，5岁，今天上午在临沂市兰山区某小区附近走失，身穿红色上衣、黄色雨鞋，有线索请联系周大川19900001234，请大家帮忙转发！"
	childMoved = "紧急寻人！张小桐，女，5岁，今天上午在济宁市任城区某小区附近走失，身穿红色上衣、黄色雨鞋，有线索请联系周大川19900009876，请大家帮忙转发！"
	otherChild = "寻人启事：李大宝，男，9岁，昨天晚上在青岛市市南区走失，背蓝色书包，骑一辆旧自行车，家人万分着急，见到请打电话19900005555，求扩散"
	nowhere    = "紧急寻人！王豆豆，男，6岁，今天放学后走失，身穿绿色校服，有线索请联系家长19900007777，请大家帮忙转发！"
	chatter    = "今天天气真好，晚上吃火锅。"
)

// The desks of the tests; neighbour is another province's.
const (
	ministry, province, city, county, neighbour = "部值班台", "省值班台", "市值班台", "县值班台", "邻省值班台"
)

var areas = map[string]guitu.Area{
	ministry: "", province: "370000", city: "371300", county: "371302", neighbour: "320000",
}

// options give each level an hour, and announce at the next full hour.
func options() rumors.Options {
	return rumors.Options{
		EscalateAfter:    map[guitu.Level]time.Duration{guitu.County: time.Hour, guitu.City: time.Hour, guitu.Province: time.Hour},
		UrgentReach:      1000,
		NextAnnouncement: func(t time.Time) time.Time { return t.Truncate(time.Hour).Add(time.Hour) },
		Channels:         []string{"site", "telegram"},
	}
}

// house is a database with desks, an officer on duty at each, and one source.
type house struct {
	*rumors.Rumors
	t        *testing.T
	db       *store.DB
	clock    *clock
	desks    map[string]guitu.Desk
	officers map[string]int64 // by desk
	cursor   string
	posts    int
	hands    int
}

// atNoon is when the tests happen.
var atNoon = time.Date(2026, 3, 1, 4, 20, 0, 0, time.UTC)

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

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, h *house)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, build(t, filepath.Join(t.TempDir(), "test.db")))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, build(t, testenv.Postgres(t)))
	})
}

func open(t *testing.T, address string, c *clock) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), address, store.Options{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func build(t *testing.T, address string) *house {
	t.Helper()
	c := &clock{t: atNoon}
	h := &house{t: t, db: open(t, address, c), clock: c, desks: map[string]guitu.Desk{}, officers: map[string]int64{}}
	h.Rumors = rumors.New(h.db, options())
	h.update(func(ctx context.Context, tx *store.Tx) error {
		var all []guitu.Desk
		for name, area := range areas {
			all = append(all, guitu.Desk{Name: name, Area: area, TelegramChat: "chat " + name})
		}
		if err := tx.SetDesks(ctx, all); err != nil {
			return err
		}
		all, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		for _, d := range all {
			o := guitu.Officer{Name: d.Name + "民警", Role: guitu.RoleOfficer, Desk: d}
			if err := tx.CreateOfficer(ctx, &o); err != nil {
				return err
			}
			h.desks[d.Name], h.officers[d.Name] = d, o.ID
		}
		return tx.SetSources(ctx, []store.SourceSetup{{Name: source, Kind: "weibo"}})
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

// batch makes posts of texts, and the cursor after them.
func (h *house) batch(texts ...string) guitu.Batch {
	var b guitu.Batch
	for _, text := range texts {
		h.posts++
		b.Posts = append(b.Posts, guitu.Post{
			Source: source, ExternalID: strconv.Itoa(h.posts), Text: text, PostedAt: h.clock.now().Add(-time.Minute),
			URL: "https://weibo.example/" + strconv.Itoa(h.posts),
		})
	}
	b.Cursor = strconv.Itoa(h.posts)
	return b
}

// take takes a batch at the source's cursor and returns how many were spotted.
func (h *house) take(b guitu.Batch) int {
	h.t.Helper()
	n, err := h.Take(context.Background(), source, h.cursor, b, h.clock.now())
	if err != nil {
		h.t.Fatal(err)
	}
	h.cursor = b.Cursor
	return n
}

// stories lists all stories, the oldest first.
func (h *house) stories() []guitu.Rumor {
	h.t.Helper()
	all, err := h.List(context.Background(), store.RumorFilter{Limit: 100})
	if err != nil {
		h.t.Fatal(err)
	}
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

// story takes one post and returns its story, not routed.
func (h *house) story(text string) int64 {
	h.t.Helper()
	if h.take(h.batch(text)) != 1 {
		h.t.Fatalf("not spotted: %s", text)
	}
	all := h.stories()
	return all[len(all)-1].ID
}

func (h *house) question(rumorID int64) guitu.Question {
	h.t.Helper()
	q, err := h.Question(context.Background(), rumorID)
	if err != nil {
		h.t.Fatal(err)
	}
	return q
}

func (h *house) route(rumorID int64) {
	h.t.Helper()
	if err := h.Route(context.Background(), rumorID); err != nil {
		h.t.Fatal(err)
	}
}

// at fails unless a story waits at a desk, and returns the assignment.
func (h *house) at(rumorID int64, desk string) guitu.Assignment {
	h.t.Helper()
	a := h.question(rumorID).Assignment
	if a == nil || a.Desk.Name != desk || !a.Ended.IsZero() {
		h.t.Fatalf("story %d waits at %+v, want %s", rumorID, a, desk)
	}
	return *a
}

// duty sets who is on duty: nobody but the given desks.
func (h *house) duty(on ...string) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		for name, officer := range h.officers {
			var is bool
			for _, d := range on {
				is = is || d == name
			}
			if err := tx.SetDuty(ctx, officer, is); err != nil {
				return err
			}
		}
		return nil
	})
}

// steps counts the waiting steps of a kind.
func (h *house) steps(kind string) int {
	h.t.Helper()
	client, err := river.NewClient(h.db.Driver(), &river.Config{})
	if err != nil {
		h.t.Fatal(err)
	}
	all, err := client.JobList(context.Background(), river.NewJobListParams().Kinds(kind).First(1000))
	if err != nil {
		h.t.Fatal(err)
	}
	return len(all.Jobs)
}

// is fails unless an error is of a kind.
func is(t *testing.T, err error, want guitu.Kind) {
	t.Helper()
	if got := guitu.KindOf(err); got != want {
		t.Fatalf("error %v of kind %q, want %q", err, got, want)
	}
}
