package jobs_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
)

// wall is a board that can edit and pull, as far as it is let.
type wall struct {
	board
	edits, pulls         []guitu.Publication
	editFails, pullFails error
}

func (w *wall) Edit(_ context.Context, p guitu.Publication) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.edits = append(w.edits, p)
	return w.editFails
}

func (w *wall) Pull(_ context.Context, p guitu.Publication) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pulls = append(w.pulls, p)
	return w.pullFails
}

func (w *wall) done() (edits, pulls int, last guitu.Publication) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.edits) > 0 {
		last = w.edits[len(w.edits)-1]
	}
	return len(w.edits), len(w.pulls), last
}

// stone is a wall on which nothing can be changed: only pulled.
type stone struct{ wall }

func (*stone) Edit() {} // hides the wall's

// sql writes what only verify/alerts writes in production.
func (h *house) sql(query string, args ...any) (id int64) {
	h.t.Helper()
	driver, address := "sqlite", h.address+"?_pragma=busy_timeout(10000)"
	if strings.HasPrefix(h.address, "postgres") {
		driver, address = "pgx", h.address
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(context.Background(), query, args...).Scan(&id); err != nil {
		h.t.Fatal(err)
	}
	return id
}

// caseOf is an alert in the test's database.
type caseOf struct {
	h        *house
	id       int64
	messages int
	all      []guitu.Delivery
}

const alertName = "苗小满"

func (h *house) alert() *caseOf {
	h.t.Helper()
	now := h.db.Now().UnixMilli()
	desk := h.sql(`SELECT id FROM desks ORDER BY id LIMIT 1`)
	return &caseOf{h: h, id: h.sql(`INSERT INTO alerts (status, state, code, facts, author_id, desk_id, made_at, issued_at, expires)
		VALUES ('Actual', 'active', 'A2RRT4', '{}', $1, $2, $3, $4, $5) RETURNING id`, h.officer, desk, now, now, now+72*3600*1000)}
}

// tell issues a notice on the channel, and has the earlier copies amended.
func (c *caseOf) tell(kind guitu.NoticeKind, inner float64) guitu.Delivery {
	c.h.t.Helper()
	c.messages++
	cause := map[guitu.NoticeKind]string{guitu.NoticeAlert: "issue", guitu.NoticeUpdate: "update", guitu.NoticeClosed: "close", guitu.NoticeCancel: "cancel"}[kind]
	message := c.h.sql(`INSERT INTO alert_messages (alert_id, number, cause, identifier, sent, body, key)
		VALUES ($1, $2, $3, $4, $5, '{}', $6) RETURNING id`, c.id, c.messages, cause, fmt.Sprint("m", c.messages), 1, fmt.Sprint("k", c.messages))
	if kind.Ends() {
		state, ending := "closed", `{"outcome":"lost"}`
		if kind == guitu.NoticeCancel {
			state, ending = "cancelled", "{}"
		}
		c.h.sql(`UPDATE alerts SET state = $2, ended_at = 1, ending = $3 WHERE id = $1 RETURNING id`, c.id, state, ending)
		c.h.sql(`UPDATE notices SET ended = TRUE WHERE alert_id = $1 RETURNING id`, c.id)
	}
	words := fmt.Sprintf("%s%d %s", kind, c.messages, alertName)
	n := guitu.Notice{
		Kind: kind, Status: guitu.Actual, Code: "A2RRT4", AlertID: c.id, MessageID: message, Inner: inner,
		Texts: map[string]guitu.Text{guitu.Chinese: {Headline: words, Keep: "地点：某地"}, guitu.English: {Headline: words}},
	}
	d := guitu.Delivery{Channel: channel}
	c.h.update(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.CreateNotice(ctx, &n); err != nil {
			return err
		}
		d.NoticeID = n.ID
		if err := tx.CreateDelivery(ctx, &d); err != nil {
			return err
		}
		for _, earlier := range c.all {
			if err := tx.Enqueue(ctx, guitu.Amend{DeliveryID: earlier.ID}, time.Time{}); err != nil {
				return err
			}
		}
		return tx.Enqueue(ctx, guitu.Deliver{DeliveryID: d.ID}, time.Time{})
	})
	c.all = append(c.all, d)
	return d
}

func reads(p guitu.Publication) string { return p.Notice.Texts[guitu.Chinese].Headline }

// TestAlertCopies: every earlier copy of an alert says what holds, or is gone, or waits for a person.
func TestAlertCopies(t *testing.T) {
	for _, tt := range []struct {
		name         string
		make         func() (guitu.Publisher, *wall)
		update, over guitu.DeliveryState // of the first copy, after an update and after the end
	}{
		{"edits", func() (guitu.Publisher, *wall) { w := &wall{}; return w, w }, guitu.DeliveryEdited, guitu.DeliveryEdited},
		{"refuses to edit, pulls", func() (guitu.Publisher, *wall) { w := &wall{editFails: errRejected}; return w, w }, guitu.DeliveryPulled, guitu.DeliveryPulled},
		{"pulls only", func() (guitu.Publisher, *wall) { s := &stone{}; return s, &s.wall }, guitu.DeliveryPulled, guitu.DeliveryPulled},
		{"lets nothing go", func() (guitu.Publisher, *wall) {
			w := &wall{editFails: errRejected, pullFails: errRejected}
			return w, w
		}, guitu.DeliveryStanding, guitu.DeliveryStanding},
		{"can do nothing", func() (guitu.Publisher, *wall) { w := &wall{}; return &w.board, w }, guitu.DeliveryStanding, guitu.DeliveryStanding},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				pub, w := tt.make()
				h.start(jobs.Options{Publishers: []guitu.Publisher{pub}, Pictures: func(_ context.Context, n guitu.Notice) ([]guitu.Picture, error) {
					return []guitu.Picture{{Name: "photo", Child: true, Bytes: []byte{1}, URL: "u"}, {Name: "card", Bytes: []byte{2}}}, nil
				}})
				c := h.alert()
				first := c.tell(guitu.NoticeAlert, 0)
				h.becomes(first.ID, guitu.DeliverySent)
				second := c.tell(guitu.NoticeUpdate, 0)
				h.becomes(second.ID, guitu.DeliverySent)
				got := h.becomes(first.ID, tt.update)
				if _, _, last := w.done(); tt.update == guitu.DeliveryEdited && (reads(last) != "update2 苗小满" || got.Version != 1 || len(last.Pictures) != 2) {
					t.Errorf("edited to %q with %d pictures, version %d; want the update with both, version 1", reads(last), len(last.Pictures), got.Version)
				}
				if w.last.ReplyTo.ExternalID == "" {
					t.Error("the update answers no copy")
				}
				end := c.tell(guitu.NoticeClosed, 0)
				h.becomes(end.ID, guitu.DeliverySent)
				h.becomes(second.ID, tt.over)
				got = h.becomes(first.ID, tt.over)
				if tt.over == guitu.DeliveryEdited {
					// The update has edited it already.
					h.until("second edit", func() bool { got = h.delivery(first.ID); return got.Version > 1 })
				}
				edits, pulls, last := w.done()
				if text := fmt.Sprint(last.Notice.Texts); tt.over == guitu.DeliveryEdited {
					if !strings.Contains(text, "【已结案】") || strings.Contains(text, alertName) || got.Version != 2 {
						t.Errorf("edited at the end to %s, version %d; want it closed and nameless, version 2", text, got.Version)
					}
					if len(last.Pictures) != 1 || last.Pictures[0].Name != "card" {
						t.Errorf("edited at the end with %+v, want no picture of the child", last.Pictures)
					}
				}
				if tt.over == guitu.DeliveryPulled && pulls != 2 {
					t.Errorf("%d pulls after %d edits, want each copy pulled once", pulls, edits)
				}
			})
		})
	}
}

// TestAlertOver: of what has not gone out when an alert ends nothing does, and a channel that never showed it needs no end.
func TestAlertOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.alert()
		first := c.tell(guitu.NoticeAlert, 0)
		second := c.tell(guitu.NoticeUpdate, 0)
		end := c.tell(guitu.NoticeCancel, 0)
		b := &board{}
		h.start(jobs.Options{Publishers: []guitu.Publisher{b}})
		for _, d := range []guitu.Delivery{first, second, end} {
			if got := h.becomes(d.ID, guitu.DeliveryWithdrawn); got.Trouble == "" {
				t.Errorf("delivery %+v, want it to say why it was withdrawn", got)
			}
		}
		if calls, _ := b.count(); calls != 0 {
			t.Errorf("published %d times, want nothing", calls)
		}
	})
}

// TestAlertOutOfTime: when an alert's time is over nothing of it goes out any more, although nothing has said so yet.
func TestAlertOutOfTime(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.alert()
		first := c.tell(guitu.NoticeAlert, 0)
		h.sql(`UPDATE alerts SET expires = 1 WHERE id = $1 RETURNING id`, c.id)
		b := &board{}
		h.start(jobs.Options{Publishers: []guitu.Publisher{b}})
		h.becomes(first.ID, guitu.DeliveryWithdrawn)
		if calls, _ := b.count(); calls != 0 {
			t.Errorf("published %d times, want nothing", calls)
		}
	})
}

// TestAlertEndAfterPull: where the copies were taken down, people read the end all the same.
func TestAlertEndAfterPull(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := &stone{}
		stop := h.start(jobs.Options{Publishers: []guitu.Publisher{s}})
		c := h.alert()
		first := c.tell(guitu.NoticeAlert, 0)
		h.becomes(first.ID, guitu.DeliverySent)
		stop()
		end := c.tell(guitu.NoticeClosed, 0)
		h.update(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.MoveDelivery(ctx, first.ID, guitu.DeliverySent, guitu.DeliveryPulled, "")
			return err
		})
		h.start(jobs.Options{Publishers: []guitu.Publisher{s}})
		h.becomes(end.ID, guitu.DeliverySent)
	})
}

// TestAlertSuperseded: while a channel is away, an update takes the alert's place.
func TestAlertSuperseded(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.alert()
		first := c.tell(guitu.NoticeAlert, 0)
		grown := c.tell(guitu.NoticeUpdate, 100) // a wider circle takes nothing's place
		b := &board{}
		stop := h.start(jobs.Options{Publishers: []guitu.Publisher{b}})
		h.becomes(first.ID, guitu.DeliverySent)
		h.becomes(grown.ID, guitu.DeliverySent)
		stop()
		second, third := c.tell(guitu.NoticeUpdate, 0), c.tell(guitu.NoticeUpdate, 0)
		h.start(jobs.Options{Publishers: []guitu.Publisher{b}})
		h.becomes(third.ID, guitu.DeliverySent)
		h.becomes(second.ID, guitu.DeliveryWithdrawn)
		if calls, _ := b.count(); calls != 3 || reads(b.last) != "update4 苗小满" {
			t.Errorf("published %d times, last %q; want the alert, the circle and the last update", calls, reads(b.last))
		}
	})
}

// TestAlertUnknown: a copy that may be there when the alert ends is looked for; where nobody can look a person must.
func TestAlertUnknown(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func() guitu.Publisher
		want guitu.DeliveryState
	}{
		{"found", func() guitu.Publisher { return &glass{there: true} }, guitu.DeliveryEdited},
		{"not there", func() guitu.Publisher { return &glass{} }, guitu.DeliveryWithdrawn},
		{"can't look", func() guitu.Publisher { return &wall{} }, guitu.DeliveryStanding},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				c := h.alert()
				first := c.tell(guitu.NoticeAlert, 0)
				h.interrupted(first.ID)
				h.update(func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.MoveDelivery(ctx, first.ID, guitu.DeliverySending, guitu.DeliveryUnknown, "")
					return err
				})
				c.tell(guitu.NoticeClosed, 0)
				h.start(jobs.Options{Publishers: []guitu.Publisher{tt.make()}})
				h.becomes(first.ID, tt.want)
			})
		})
	}
}

// glass is a wall that can look.
type glass struct {
	wall
	there bool
}

func (g *glass) Find(_ context.Context, p guitu.Publication) (guitu.Receipt, bool, error) {
	return guitu.Receipt{ExternalID: "found " + p.Key}, g.there, nil
}

// TestPictures: pictures go along; what can't be had is noted and holds nothing back; and a child's picture goes by its address to
// a channel that could not take it back.
func TestPictures(t *testing.T) {
	photo := func(context.Context, guitu.Notice) ([]guitu.Picture, error) {
		return []guitu.Picture{{Child: true, Bytes: []byte{1}, URL: "https://guitu.example/p/1"}, {Bytes: []byte{2}}}, nil
	}
	broken := func(context.Context, guitu.Notice) ([]guitu.Picture, error) { return nil, errors.New("no font") }
	for _, tt := range []struct {
		name     string
		wall     bool
		pictures func(context.Context, guitu.Notice) ([]guitu.Picture, error)
		bytes    []int // of the pictures that went out
		trouble  bool
	}{
		{"none", true, nil, nil, false},
		{"pulled again", true, photo, []int{1, 1}, false},
		{"by address", false, photo, []int{0, 1}, false},
		{"not to be had", true, broken, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				w := &wall{}
				var pub guitu.Publisher = w
				if !tt.wall {
					pub = &w.board
				}
				h.start(jobs.Options{Publishers: []guitu.Publisher{pub}, Pictures: tt.pictures})
				got := h.becomes(h.alert().tell(guitu.NoticeAlert, 0).ID, guitu.DeliverySent)
				var bytes []int
				for _, p := range w.last.Pictures {
					bytes = append(bytes, len(p.Bytes))
				}
				if fmt.Sprint(bytes) != fmt.Sprint(tt.bytes) || (got.Trouble != "") != tt.trouble {
					t.Errorf("pictures of %v bytes, trouble %q; want %v, trouble %v", bytes, got.Trouble, tt.bytes, tt.trouble)
				}
			})
		})
	}
}

// TestUpdateKeepsUntilReplaced: where nothing can be edited, the old notice stays until the new one is there.
func TestUpdateKeepsUntilReplaced(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := &stone{}
		worked := make(chan string, 100)
		h.start(jobs.Options{
			Publishers: []guitu.Publisher{s},
			Observe:    func(kind string, _ int, _ time.Duration, _ error) { worked <- kind },
		})
		c := h.alert()
		first := c.tell(guitu.NoticeAlert, 0)
		h.becomes(first.ID, guitu.DeliverySent)
		s.mu.Lock()
		s.answers = []error{&guitu.RetryError{After: time.Hour, Err: errors.New("later")}}
		s.mu.Unlock()
		second := c.tell(guitu.NoticeUpdate, 0)
		h.ends("amend", worked)
		h.until("the update to wait", func() bool { return h.delivery(second.ID).Trouble != "" })
		h.again(guitu.Amend{DeliveryID: first.ID}, worked)
		if got := h.delivery(first.ID); got.State != guitu.DeliverySent {
			t.Errorf("the first copy is %s while its update waits, want it to stay", got.State)
		}
	})
}
