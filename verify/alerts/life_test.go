package alerts_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"pgregory.net/rapid"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
)

// errCrash is the machine dying before a transaction commits.
var errCrash = errors.New("crash")

// TestLife lives alerts through every order of what officers and steps do, with a crash between any two: before a transaction commits,
// after it when nobody has heard that it did, and with steps that run twice. It holds them against a model that is simple enough to be
// right.
func TestLife(t *testing.T) {
	checks(t, "25")
	for name, address := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "test.db") },
		"PostgreSQL": func(t *testing.T) string { return testenv.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			o.Retain = 10 * 24 * time.Hour
			h := build(t, address(t), o)
			rapid.Check(t, func(t *rapid.T) {
				l := begin(t, h)
				t.Repeat(map[string]func(*rapid.T){
					"":       l.check,
					"amend":  l.amend,
					"extend": l.extend,
					"cancel": l.cancel,
					"close":  l.close,
					"photo":  l.swapPhoto,
					"wait":   l.wait,
					"step":   l.step,
					"work":   l.work,
				})
				l.finish(t)
			})
		})
	}
}

// checks sets how many lives are lived, unless the command line does.
func checks(t *testing.T, n string) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	if f == nil {
		t.Fatal("rapid has no such flag any more")
	}
	if f.Value.String() == f.DefValue {
		if err := f.Value.Set(n); err != nil {
			t.Fatal(err)
		}
	}
}

// life is one alert with the model of what the world has seen of it.
type life struct {
	h       *house
	alert   int64
	name    string
	tokens  []string
	channel map[string]*channel
	over    bool // the model's word
	expires time.Time
	notes   int
}

// channel is what one channel shows.
type channel struct {
	got   bool // an alert or an update was published there
	ended bool // the end was published there
	late  int  // publications after the end
}

func begin(t *rapid.T, h *house) *life {
	l := &life{h: h, channel: map[string]*channel{}}
	h.clock.set(atNoon)
	h.keys++
	l.name = fmt.Sprintf("赵%c%c", rune('一'+h.keys%9000), rune('丁'+h.keys/9000))
	f := facts(h.clock.now())
	f.Child.Name = l.name
	f.MissingAt = h.clock.now().Add(-time.Duration(rapid.IntRange(0, 300).Draw(t, "minutes missing")) * time.Minute)
	f.Tier = rapid.SampledFrom(guitu.Tiers[:]).Draw(t, "tier")
	a := h.drafted(county, f)
	l.alert = a.ID
	l.tokens = append(l.tokens, h.photo(a.ID, l.name).Token)
	r := guitu.IssueRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Key: h.key(), Acknowledged: h.odd(a.ID)}
	l.do(t, "issue", func(ctx context.Context) error {
		issued, err := h.Issue(ctx, r)
		l.expires = issued.Expires
		return err
	})
	return l
}

// do runs a call of the code under test: perhaps it crashes first and is made again, perhaps its answer is lost and it is made again.
func (l *life) do(t *rapid.T, what string, call func(ctx context.Context) error) {
	ctx := context.Background()
	if rapid.Bool().Draw(t, what+" crashes") {
		before := l.state()
		l.h.CrashWith(func() error { return errCrash })
		err := call(ctx)
		l.h.CrashWith(func() error { return nil })
		if err != nil && !errors.Is(err, errCrash) && !waits(err) {
			t.Fatalf("%s: %v", what, err)
		}
		if after := l.state(); after != before {
			t.Fatalf("%s crashed and left something:\n%s\n%s", what, before, after)
		}
	}
	for range rapid.IntRange(1, 2).Draw(t, what+" times") {
		if err := call(ctx); err != nil && !waits(err) {
			t.Fatalf("%s: %v", what, err)
		}
	}
}

func waits(err error) bool {
	var wait *guitu.RetryError
	return errors.As(err, &wait)
}

// state is all that is stored of the alert.
func (l *life) state() string {
	var all []any
	l.read(func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Alert(ctx, l.alert)
		if err != nil {
			return err
		}
		messages, err := tx.Messages(ctx, l.alert)
		if err != nil {
			return err
		}
		notices, err := tx.AlertNotices(ctx, l.alert)
		if err != nil {
			return err
		}
		deliveries, err := tx.AlertDeliveries(ctx, l.alert)
		if err != nil {
			return err
		}
		events, err := tx.AlertHistory(ctx, l.alert)
		all = []any{a, messages, notices, deliveries, events}
		return err
	})
	all = append(all, len(l.jobs()))
	b, err := json.Marshal(all)
	if err != nil {
		l.h.t.Fatal(err)
	}
	return string(b)
}

func (l *life) read(fn func(ctx context.Context, tx *store.Tx) error) {
	ctx := context.Background()
	if err := l.h.db.View(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		l.h.t.Fatal(err)
	}
}

// get reads the alert.
func (l *life) get() (a guitu.Alert) {
	l.read(func(ctx context.Context, tx *store.Tx) error {
		stored, err := tx.Alert(ctx, l.alert)
		a = stored.Alert
		return err
	})
	return a
}

func (l *life) amend(t *rapid.T) {
	a := l.get()
	if l.over {
		t.Skip("over")
	}
	l.notes++
	f := a.Facts
	f.Child.Clothing = fmt.Sprintf("换成第%d件外套", l.notes)
	if rapid.Bool().Draw(t, "earlier") {
		f.MissingAt = f.MissingAt.Add(-30 * time.Minute)
	}
	odd := l.h.odd(a.ID)
	r := guitu.AmendRequest{
		AlertID: a.ID, OfficerID: l.h.officers[city], Version: a.Version, Facts: f, Note: "衣着有更新", Key: l.h.key(),
		Correction: rapid.Bool().Draw(t, "correction"), Acknowledged: odd,
	}
	l.do(t, "amend", func(ctx context.Context) error {
		_, err := l.h.Amend(ctx, r)
		return err
	})
}

func (l *life) extend(t *rapid.T) {
	a := l.get()
	if l.over {
		t.Skip("over")
	}
	r := guitu.ExtendRequest{AlertID: a.ID, OfficerID: l.h.officers[county], Version: a.Version, Until: a.Expires.Add(24 * time.Hour), Key: l.h.key()}
	if r.Until.After(l.h.clock.now().Add(30 * 24 * time.Hour)) {
		t.Skip("long enough")
	}
	l.expires = r.Until
	l.do(t, "extend", func(ctx context.Context) error {
		_, err := l.h.Extend(ctx, r)
		return err
	})
}

func (l *life) cancel(t *rapid.T) {
	a := l.get()
	if l.over || rapid.IntRange(0, 3).Draw(t, "rarely") > 0 {
		t.Skip("over")
	}
	l.over = true
	r := guitu.CancelRequest{AlertID: a.ID, OfficerID: l.h.officers[county], Version: a.Version, Reason: "误发", Key: l.h.key()}
	l.do(t, "cancel", func(ctx context.Context) error {
		_, err := l.h.Cancel(ctx, r)
		return err
	})
}

func (l *life) close(t *rapid.T) {
	a := l.get()
	if a.State != guitu.AlertActive && a.State != guitu.AlertExpired || rapid.IntRange(0, 2).Draw(t, "rarely") > 0 {
		t.Skip("not open")
	}
	l.over = true
	k := guitu.Closing{Outcome: rapid.SampledFrom(guitu.Outcomes[:]).Draw(t, "outcome"), Evidence: "民警现场确认"}
	for _, life := range []guitu.Life{guitu.Alive, guitu.Dead, guitu.LifeUnknown} {
		if k.Outcome.Fits(life) {
			k.Life = life
			break
		}
	}
	r := guitu.CloseRequest{AlertID: a.ID, OfficerID: l.h.officers[county], Version: a.Version, Closing: k, Key: l.h.key()}
	for _, c := range l.channel {
		c.ended = false // the outcome is told to whoever was told that its time was over
	}
	l.do(t, "close", func(ctx context.Context) error {
		_, err := l.h.Close(ctx, r)
		return err
	})
}

func (l *life) swapPhoto(t *rapid.T) {
	a := l.get()
	if l.over {
		t.Skip("over")
	}
	if len(a.Facts.Photos) > 0 && rapid.Bool().Draw(t, "drop") {
		key := l.h.key()
		l.do(t, "drop photo", func(ctx context.Context) error {
			return l.h.DropPhoto(ctx, a.ID, a.Facts.Photos[0], l.h.officers[county], key)
		})
		return
	}
	if len(a.Facts.Photos) == 5 {
		t.Skip("full")
	}
	l.notes++
	l.tokens = append(l.tokens, l.h.photo(a.ID, fmt.Sprint(l.name, l.notes)).Token)
}

func (l *life) wait(t *rapid.T) {
	l.h.clock.add(time.Duration(rapid.IntRange(1, 20*60).Draw(t, "minutes")) * time.Minute)
}

// jobs lists the steps of the alert.
func (l *life) jobs() []*rivertype.JobRow {
	client, err := river.NewClient(l.h.db.Driver(), &river.Config{})
	if err != nil {
		l.h.t.Fatal(err)
	}
	all, err := client.JobList(context.Background(), river.NewJobListParams().
		Kinds("grow", "expiring", "expire", "redact", "deliver", "amend").First(10000))
	if err != nil {
		l.h.t.Fatal(err)
	}
	mine := map[int64]bool{}
	l.read(func(ctx context.Context, tx *store.Tx) error {
		deliveries, err := tx.AlertDeliveries(ctx, l.alert)
		for _, d := range deliveries {
			mine[d.ID] = true
		}
		return err
	})
	return slices.DeleteFunc(all.Jobs, func(j *rivertype.JobRow) bool {
		var args struct {
			AlertID    int64 `json:"alert_id"`
			DeliveryID int64 `json:"delivery_id"`
		}
		if err := json.Unmarshal(j.EncodedArgs, &args); err != nil {
			l.h.t.Fatal(err)
		}
		return args.AlertID != l.alert && !mine[args.DeliveryID]
	})
}

// step runs a step of the alert's life, due or not: early ones must answer that they wait.
func (l *life) step(t *rapid.T) {
	var steps []*rivertype.JobRow
	for _, j := range l.jobs() {
		if j.Queue == guitu.QueueAlert {
			steps = append(steps, j)
		}
	}
	if len(steps) == 0 {
		t.Skip("no steps")
	}
	l.run(t, rapid.SampledFrom(steps).Draw(t, "step").Kind)
}

func (l *life) run(t *rapid.T, kind string) {
	now := l.h.clock.now()
	l.do(t, kind, map[string]func(context.Context) error{
		"grow":     func(ctx context.Context) error { return l.h.Grow(ctx, l.alert) },
		"expiring": func(ctx context.Context) error { return l.h.Expiring(ctx, l.alert) },
		"expire":   func(ctx context.Context) error { return l.h.Expire(ctx, l.alert) },
		"redact":   func(ctx context.Context) error { return l.h.Redact(ctx, l.alert) },
	}[kind])
	if kind == "expire" && !l.over && !now.Before(l.expires) {
		l.over = true
	}
}

// work works one delivery of the alert as jobs does, and lets the channel take, lose or refuse it.
func (l *life) work(t *rapid.T) {
	var all []guitu.Delivery
	var notices []guitu.Notice
	l.read(func(ctx context.Context, tx *store.Tx) (err error) {
		if all, err = tx.AlertDeliveries(ctx, l.alert); err != nil {
			return err
		}
		notices, err = tx.AlertNotices(ctx, l.alert)
		return err
	})
	all = slices.DeleteFunc(all, func(d guitu.Delivery) bool {
		return d.State != guitu.DeliveryDue && d.State != guitu.DeliverySending
	})
	if len(all) == 0 {
		t.Skip("nothing to deliver")
	}
	d := rapid.SampledFrom(all).Draw(t, "delivery")
	n := notices[slices.IndexFunc(notices, func(n guitu.Notice) bool { return n.ID == d.NoticeID })]
	to := guitu.DeliverySent
	if d.State == guitu.DeliveryDue {
		to = rapid.SampledFrom([]guitu.DeliveryState{guitu.DeliverySent, guitu.DeliverySending, guitu.DeliveryRefused}).Draw(t, "becomes")
	}
	l.move(d, n, to)
}

func (l *life) move(d guitu.Delivery, n guitu.Notice, to guitu.DeliveryState) {
	ctx := context.Background()
	if err := l.h.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.MoveDelivery(ctx, d.ID, d.State, to, "")
		return err
	}); err != nil {
		l.h.t.Fatal(err)
	}
	c := l.channel[d.Channel]
	if c == nil {
		c = &channel{}
		l.channel[d.Channel] = c
	}
	switch {
	case to == guitu.DeliveryRefused:
		if n.Kind.Ends() {
			c.ended = true // it is listed for a person; the channel's word, not ours
		}
	case n.Kind.Ends():
		c.ended = true
	default:
		// What is under way may be there: the end must follow it as well.
		c.got = true
		// What is still being sent when the alert ends was begun before.
		if l.over && d.State == guitu.DeliveryDue {
			c.late++
		}
	}
}
