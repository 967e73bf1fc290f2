package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
)

// told puts alerts into the database as their officers would have told them. The numbers of its alerts are those of the test.
type told struct {
	t       *testing.T
	db      *store.DB
	clock   *clock
	officer guitu.Officer
}

const secret = "甘小归" // the invented child's name

func (h told) exec(query string, args ...any) {
	h.t.Helper()
	if err := h.db.Exec(context.Background(), query, args...); err != nil {
		h.t.Fatal(err)
	}
}

// alert stores an active alert whose circle touches areas, with one photo.
func (h told) alert(id int64, areas ...guitu.Area) {
	h.t.Helper()
	now := h.clock.t.UnixMilli()
	h.exec(`INSERT INTO alerts (id, status, state, code, facts, author_id, desk_id, made_at, issued_at, expires)
		VALUES ($1, 'Actual', 'active', $2, '{}', $3, $4, $5, $5, $6)`, id, code(id), h.officer.ID, h.officer.Desk.ID, now, now+3600e3)
	for _, a := range areas {
		h.exec(`INSERT INTO alert_areas (alert_id, area) VALUES ($1, $2)`, id, string(a))
	}
	h.exec(`INSERT INTO photos (id, alert_id, token, alt, type, width, height, digest, hash, body, at)
		VALUES ($1, $1, $2, 'alt', 'image/png', 1, 1, 'd', 'h', $3, $4)`, id, token(id), []byte("bytes"), now)
}

func code(id int64) string  { return fmt.Sprintf("A2B3C%d", id) }
func token(id int64) string { return fmt.Sprintf("token%d", id) }

// tell stores a message of an alert with its notice and its delivery to the site in a state.
func (h told) tell(id int64, number int, kind guitu.NoticeKind, cause guitu.Cause, rule guitu.TierRule, state guitu.DeliveryState) {
	h.t.Helper()
	m := guitu.AlertMessage{
		AlertID: id, Number: number, Type: cause.MsgType(), Cause: cause, Identifier: fmt.Sprintf("m-%d-%d", id, number),
		Sender: "guitu.example", Sent: h.clock.t, Status: guitu.Actual, Code: code(id), Shown: rule,
		Facts: guitu.Facts{
			Child: guitu.Child{Name: secret, Sex: "男", Age: 7, AgeKnown: true}, Area: "371302", Place: "路口",
			Contact: guitu.Contact{Name: "王警官", Phone: "19900001234"}, Family: []string{"19900005678"},
			Checklist: guitu.Checklist{Danger: "内部说明"}, TierReason: "内部说明", Photos: []int64{id},
		},
		Officer: guitu.Officer{Name: "李警官", Desk: guitu.Desk{Name: "兰山区值班台"}}, Ending: guitu.Closing{Evidence: "内部说明"},
		Note: "穿" + secret,
	}
	body, err := json.Marshal(m)
	if err != nil {
		h.t.Fatal(err)
	}
	messageID := id*10 + int64(number)
	h.exec(`INSERT INTO alert_messages (id, alert_id, number, cause, identifier, sent, body, key) VALUES ($1, $2, $3, $4, $5, $6, $7, $5)`,
		messageID, id, number, string(cause), m.Identifier, m.Sent.UnixMilli(), string(body))
	update(h.t, h.db, func(ctx context.Context, tx *store.Tx) error {
		n := guitu.Notice{
			Kind: kind, Status: guitu.Actual, Code: code(id), AlertID: id, MessageID: messageID, Area: "371302", Due: tx.Now,
			Texts:   map[string]guitu.Text{guitu.Chinese: {Headline: fmt.Sprintf("第%d条", number), Description: secret}},
			Expires: tx.Now.Add(time.Hour),
		}
		if kind.Ends() {
			n.Texts = map[string]guitu.Text{guitu.Chinese: {Headline: "已结案"}}
		}
		if err := tx.CreateNotice(ctx, &n); err != nil {
			return err
		}
		d := guitu.Delivery{NoticeID: n.ID, Channel: "site", Due: tx.Now}
		if err := tx.CreateDelivery(ctx, &d); err != nil {
			return err
		}
		_, err := tx.MoveDelivery(ctx, d.ID, guitu.DeliveryDue, state, "")
		return err
	})
}

var all = guitu.TierRule{ShowName: true, ShowPhoto: true}

func eachTold(t *testing.T, test func(t *testing.T, h told, p store.Public)) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		o, _ := seed(t, db)
		test(t, told{t, db, c, o}, store.Public{DB: db, Channel: "site"})
	})
}

// everything is all that the public can read of an alert, in one text.
func everything(t *testing.T, p store.Public, id int64) string {
	t.Helper()
	ctx := context.Background()
	var b strings.Builder
	s, err := p.Alert(ctx, code(id))
	if err != nil {
		t.Fatal(err)
	}
	n, err := p.Notice(ctx, code(id))
	if err != nil {
		t.Fatal(err)
	}
	list, err := p.Notices(ctx, "", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	standings, err := p.Alerts(ctx, guitu.StandingFilter{Since: time.UnixMilli(1), Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	by, err := p.AlertByMessage(ctx, fmt.Sprintf("m-%d-1", id))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{s, n, list, standings, by} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}

func TestPublicAlert(t *testing.T) {
	eachTold(t, func(t *testing.T, h told, p store.Public) {
		ctx := t.Context()
		h.alert(1, "371302", "371311")
		h.tell(1, 1, guitu.NoticeAlert, guitu.CauseIssue, all, guitu.DeliverySent)
		h.tell(1, 2, guitu.NoticeUpdate, guitu.CauseUpdate, all, guitu.DeliveryEdited)
		h.tell(1, 3, guitu.NoticeUpdate, guitu.CauseUpdate, all, guitu.DeliveryDue)
		s, err := p.Alert(ctx, code(1))
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Told) != 2 || s.State != guitu.AlertActive || s.Last().Message.Number != 2 || s.Last().Notice.Texts[guitu.Chinese].Headline != "第2条" {
			t.Errorf("the alert is %+v, want what was told up to the second message", s)
		}
		if len(s.Photos) != 1 || s.Photos[0].Token != token(1) || s.Last().Message.Facts.Child.Name != secret {
			t.Errorf("photos %+v, facts %+v", s.Photos, s.Last().Message.Facts)
		}
		if text := everything(t, p, 1); strings.Contains(text, "内部说明") || strings.Contains(text, "19900005678") || strings.Contains(text, "李警官") {
			t.Errorf("what is for officers only is in %s", text)
		}
		if _, err := p.AlertByMessage(ctx, "m-1-3"); guitu.KindOf(err) != guitu.NotFound {
			t.Errorf("a message that is not out: %v", err)
		}
		for _, tt := range []string{"ZZZZZZ", ""} {
			if _, err := p.Alert(ctx, tt); guitu.KindOf(err) != guitu.NotFound {
				t.Errorf("Alert(%q): %v, want not found", tt, err)
			}
		}
	})
}

// TestPublicHides checks what a tier hides.
func TestPublicHides(t *testing.T) {
	eachTold(t, func(t *testing.T, h told, p store.Public) {
		h.alert(1, "371302")
		h.tell(1, 1, guitu.NoticeAlert, guitu.CauseIssue, guitu.TierRule{}, guitu.DeliverySent)
		s, err := p.Alert(t.Context(), code(1))
		if err != nil {
			t.Fatal(err)
		}
		if f := s.Last().Message.Facts; f.Child.Name != "" || f.Photos != nil || s.Photos != nil || f.Child.Age != 7 {
			t.Errorf("facts %+v, photos %+v", f, s.Photos)
		}
		if photo, body, err := p.Photo(t.Context(), token(1)); err != nil || !photo.Revoked || body != nil {
			t.Errorf("the photo is %+v with %q, %v; want revoked", photo, body, err)
		}
	})
}

// TestPublicOver checks that nothing of the child is left, whichever way the alert is over, and before anything was redacted.
func TestPublicOver(t *testing.T) {
	for name, end := range map[string]func(h told){
		"Closed": func(h told) {
			h.exec(`UPDATE alerts SET state = 'closed', ending = '{"outcome":"lost"}', ended_at = $1`, h.clock.t.UnixMilli())
			h.exec(`UPDATE notices SET ended = TRUE, texts = '{}'`) // with it, in one transaction
		},
		"Told": func(h told) {
			h.exec(`UPDATE alerts SET state = 'cancelled', ended_at = $1`, h.clock.t.UnixMilli())
			h.exec(`UPDATE notices SET ended = TRUE, texts = '{}'`)
			h.tell(1, 2, guitu.NoticeCancel, guitu.CauseCancel, all, guitu.DeliverySent)
		},
		"OutOfTime": func(h told) { h.clock.t = h.clock.t.Add(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			eachTold(t, func(t *testing.T, h told, p store.Public) {
				h.alert(1, "371302")
				h.tell(1, 1, guitu.NoticeAlert, guitu.CauseIssue, all, guitu.DeliverySent)
				if text := everything(t, p, 1); !strings.Contains(text, secret) {
					t.Fatalf("the test tells nothing: %s", text)
				}
				if _, body, err := p.Photo(t.Context(), token(1)); err != nil || string(body) != "bytes" {
					t.Fatalf("the photo is %q, %v", body, err)
				}
				end(h)
				text := everything(t, p, 1)
				for _, s := range []string{secret, "19900001234", "路口", token(1)} {
					if strings.Contains(text, s) {
						t.Errorf("%q is in %s", s, text)
					}
				}
				if photo, body, err := p.Photo(t.Context(), token(1)); err != nil || !photo.Revoked || body != nil {
					t.Errorf("the photo is %+v with %q, %v; want revoked", photo, body, err)
				}
				s, err := p.Alert(t.Context(), code(1))
				if err != nil || !s.State.Over() || s.EndedAt.IsZero() {
					t.Errorf("the alert is %+v, %v; want over", s, err)
				}
				if on, err := p.Alerts(t.Context(), guitu.StandingFilter{Limit: 10}); err != nil || len(on) != 0 {
					t.Errorf("alerts that go on: %+v, %v", on, err)
				}
			})
		})
	}
}

func TestPublicPhoto(t *testing.T) {
	eachTold(t, func(t *testing.T, h told, p store.Public) {
		h.alert(1, "371302")
		h.tell(1, 1, guitu.NoticeAlert, guitu.CauseIssue, all, guitu.DeliverySent)
		photo, body, err := p.Photo(t.Context(), token(1))
		if err != nil || photo.Revoked || photo.Alt != "alt" || photo.Type != "image/png" || string(body) != "bytes" {
			t.Errorf("the photo is %+v with %q, %v", photo, body, err)
		}
		h.exec(`UPDATE photos SET revoked = TRUE`)
		if photo, body, err = p.Photo(t.Context(), token(1)); err != nil || !photo.Revoked || body != nil {
			t.Errorf("once revoked it is %+v with %q, %v", photo, body, err)
		}
		h.alert(2) // a draft's photo is in no message
		for _, tt := range []string{token(2), "nothing", ""} {
			if _, _, err := p.Photo(t.Context(), tt); guitu.KindOf(err) != guitu.NotFound {
				t.Errorf("Photo(%q): %v, want not found", tt, err)
			}
		}
	})
}

// TestPublicAreas checks whom an area's lists have: the alerts whose circle touches it, each once.
func TestPublicAreas(t *testing.T) {
	eachTold(t, func(t *testing.T, h told, p store.Public) {
		h.alert(1, "371302", "371311")
		h.alert(2, "371302", "320703")
		h.alert(3, "110105")
		h.alert(4, "371302", "320800", "340000") // a city and a province as a whole
		for id := int64(1); id <= 4; id++ {
			h.tell(id, 1, guitu.NoticeAlert, guitu.CauseIssue, all, guitu.DeliverySent)
			h.tell(id, 2, guitu.NoticeUpdate, guitu.CauseUpdate, all, guitu.DeliverySent)
		}
		for area, want := range map[guitu.Area]string{
			"": "4 3 2 1", "370000": "4 3 2 1", "371300": "4 3 2 1", "371311": "1", "320000": "4 2", "320703": "2",
			"320803": "4", "320800": "4", "340000": "4", "340100": "4", "340102": "4", "110000": "3", "440000": "", "371312": "",
		} {
			var got, ids []string
			alerts, err := p.Alerts(t.Context(), guitu.StandingFilter{Area: area, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range alerts {
				got = append(got, fmt.Sprint(s.AlertID))
				if len(s.Told) != 1 || s.Last().Message.Number != 2 {
					t.Errorf("alert %d in %q: %+v, want its last message", s.AlertID, area, s.Told)
				}
			}
			notices, err := p.Notices(t.Context(), area, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range notices {
				ids = append(ids, fmt.Sprint(n.AlertID))
			}
			if strings.Join(got, " ") != want || strings.Join(ids, " ") != want {
				t.Errorf("in %q: alerts %v, notices of %v; want %s", area, got, ids, want)
			}
		}
		page, err := p.Alerts(t.Context(), guitu.StandingFilter{Before: 3, Limit: 1})
		if err != nil || len(page) != 1 || page[0].AlertID != 2 {
			t.Errorf("the page after alert 3 is %+v, %v; want alert 2", page, err)
		}
	})
}
