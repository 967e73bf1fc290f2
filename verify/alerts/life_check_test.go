package alerts_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"guitu"
	"guitu/internal/store"
)

// check holds the alert against the model.
func (l *life) check(t *rapid.T) {
	a := l.get()
	if a.State.Over() != l.over {
		t.Fatalf("the alert is %s, over by the model: %v", a.State, l.over)
	}
	if !l.over {
		if want := min(l.h.Rule(a.Facts.Tier).Reach, guitu.RingAt(l.h.clock.now().Sub(a.Facts.MissingAt))); a.Reach > max(want, 100) {
			t.Fatalf("told up to %d km, due are %d", a.Reach, want)
		}
		return
	}
	for name, c := range l.channel {
		if c.late > 0 {
			t.Fatalf("%s published %d times after the end", name, c.late)
		}
	}
	l.read(func(ctx context.Context, tx *store.Tx) error {
		messages, err := tx.Messages(ctx, l.alert)
		if err != nil {
			return err
		}
		notices, err := tx.AlertNotices(ctx, l.alert)
		if err != nil {
			return err
		}
		public, err := json.Marshal([]any{messages, notices})
		if err != nil {
			return err
		}
		lacks(t, "what the public can reach", string(public), l.name, "外套", "雨鞋", "小区", "19900001111", "一颗痣")
		for i, m := range messages {
			if m.Number != i+1 || len(m.References) != i {
				t.Errorf("message %d has number %d and %d references", i+1, m.Number, len(m.References))
			}
		}
		for _, n := range notices[:len(notices)-1] {
			if !n.Ended {
				t.Errorf("notice %d is not ended", n.ID)
			}
		}
		for _, token := range l.tokens {
			p, body, err := tx.PublicPhoto(ctx, token)
			if err != nil {
				return err
			}
			stored, err := tx.PhotoBody(ctx, p.ID)
			if err != nil || len(body) > 0 || len(stored) > 0 || !p.Revoked {
				t.Errorf("photo %d can be fetched after the end: %d bytes, %d stored, %v", p.ID, len(body), len(stored), err)
			}
		}
		return nil
	})
	if t.Failed() {
		t.FailNow()
	}
}

// finish lets every step be worked, and looks whether everybody who got the alert got its end.
func (l *life) finish(t *rapid.T) {
	for range 100 {
		l.h.clock.add(6 * time.Hour)
		for _, kind := range []string{"grow", "expiring", "expire"} {
			l.run(t, kind)
		}
		l.deliverAll()
		if l.over {
			break
		}
	}
	l.check(t)
	if !l.over {
		t.Fatal("an alert that nobody looks after never ends")
	}
	for name, c := range l.channel {
		if c.got && !c.ended {
			t.Errorf("%s got the alert and not its end", name)
		}
	}
	amended := map[string]bool{}
	for _, j := range l.jobs() {
		if j.Kind == "amend" {
			amended[string(j.EncodedArgs)] = true
		}
	}
	l.read(func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.AlertDeliveries(ctx, l.alert)
		for _, d := range all {
			if d.State == guitu.DeliverySent && !d.Kind.Ends() && !amended[fmt.Sprintf(`{"delivery_id": %d}`, d.ID)] &&
				!amended[fmt.Sprintf(`{"delivery_id":%d}`, d.ID)] {
				t.Errorf("the copy of delivery %d on %s is never amended", d.ID, d.Channel)
			}
		}
		return err
	})
	l.h.clock.add(11 * 24 * time.Hour)
	l.run(t, "redact")
	l.read(func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Alert(ctx, l.alert)
		if err != nil {
			return err
		}
		events, err := tx.AlertHistory(ctx, l.alert)
		if err != nil {
			return err
		}
		b, err := json.Marshal([]any{a.Facts, a.Ending, events})
		lacks(t, "the record after the retention time", string(b), l.name, "外套", "雨鞋", "小区", "1990000", "现场确认", "误发")
		if a.Redacted.IsZero() || a.Facts.Area != "371302" || a.Facts.MissingAt.IsZero() {
			t.Errorf("redacted at %s, facts %+v", a.Redacted, a.Facts)
		}
		return err
	})
}

// deliverAll works every delivery that waits, in order.
func (l *life) deliverAll() {
	var all []guitu.Delivery
	var notices []guitu.Notice
	l.read(func(ctx context.Context, tx *store.Tx) (err error) {
		if all, err = tx.AlertDeliveries(ctx, l.alert); err != nil {
			return err
		}
		notices, err = tx.AlertNotices(ctx, l.alert)
		return err
	})
	for _, d := range all {
		if d.State == guitu.DeliveryDue || d.State == guitu.DeliverySending {
			l.move(d, notices[slices.IndexFunc(notices, func(n guitu.Notice) bool { return n.ID == d.NoticeID })], guitu.DeliverySent)
		}
	}
}
