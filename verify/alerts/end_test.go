package alerts_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
)

// An update takes the place of what has not gone out, and goes to every channel; the end goes to those that got something.
func TestAmendAndClose(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		a := h.issued(facts(h.clock.now()))
		h.move(a.ID, "site", guitu.DeliverySent)
		h.move(a.ID, "weibo", guitu.DeliverySending)
		h.move(a.ID, "push", guitu.DeliveryRefused)
		f := a.Facts
		f.Child.Clothing = "蓝色外套"
		r := guitu.AmendRequest{AlertID: a.ID, OfficerID: h.officers[city], Version: a.Version, Facts: f, Note: "换了外套", Key: h.key()}
		stale := r
		stale.Version--
		_, err := h.Amend(ctx, stale)
		is(t, err, guitu.Conflict)
		if a, err = h.Amend(ctx, r); err != nil {
			t.Fatal(err)
		}
		want := map[string]guitu.DeliveryState{
			"1/site": "sent", "1/weibo": "sending", "1/telegram": "withdrawn", "1/push": "refused",
			"2/site": "due", "2/weibo": "due", "2/telegram": "due", "2/push": "due",
		}
		if got := h.states(a.ID); !maps.Equal(got, want) {
			t.Errorf("after the update %v, want %v", got, want)
		}
		if n := len(h.steps("amend")); n != 2 {
			t.Errorf("%d copies to amend, want those of site and weibo", n)
		}

		h.move(a.ID, "telegram", guitu.DeliveryUnknown)
		k := guitu.CloseRequest{
			AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Key: h.key(),
			Closing: guitu.Closing{Outcome: guitu.OutcomeDrowned, Life: guitu.Alive, Evidence: "现场确认"},
		}
		_, err = h.Close(ctx, k)
		is(t, err, guitu.Invalid) // nobody drowns and lives
		k.Closing.Life = guitu.Dead
		if a, err = h.Close(ctx, k); err != nil {
			t.Fatal(err)
		}
		want = map[string]guitu.DeliveryState{
			"1/site": "sent", "1/weibo": "sending", "1/telegram": "withdrawn", "1/push": "refused",
			"2/site": "withdrawn", "2/weibo": "withdrawn", "2/telegram": "unknown", "2/push": "withdrawn",
			"3/site": "due", "3/weibo": "due", "3/telegram": "due",
		}
		if got := h.states(a.ID); !maps.Equal(got, want) {
			t.Errorf("after the end %v, want %v", got, want)
		}
		if a.State != guitu.AlertClosed || a.Ending.Officer != county || a.Ending.Evidence == "" {
			t.Errorf("closed %+v", a)
		}
		_, err = h.Amend(ctx, guitu.AmendRequest{AlertID: a.ID, OfficerID: h.officers[city], Version: a.Version, Facts: f, Note: "迟了", Key: h.key()})
		is(t, err, guitu.Conflict)
	})
}

// The desk is asked before an alert expires, in its chat too; one that is extended is asked about again.
func TestExpiring(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		h.chats()
		a := h.issued(facts(h.clock.now()))
		early(t, h.Expiring(ctx, a.ID), 66*time.Hour)
		early(t, h.Expire(ctx, a.ID), 72*time.Hour)
		h.clock.add(66 * time.Hour)
		for range 2 {
			if err := h.Expiring(ctx, a.ID); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(h.steps("tell")); n != 1 {
			t.Errorf("the desk is told %d times, want once", n)
		}
		a, err := h.Extend(ctx, guitu.ExtendRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Until: a.Expires.Add(48 * time.Hour), Key: h.key()})
		if err != nil {
			t.Fatal(err)
		}
		if got := h.states(a.ID); got["2/site"] != guitu.DeliveryDue || len(got) != 5 {
			t.Errorf("an extension is told as %v, want at home only", got)
		}
		for _, n := range h.notices(a.ID) {
			if !n.Expires.Equal(a.Expires) {
				t.Errorf("notice %d ends at %s, want %s", n.ID, n.Expires, a.Expires)
			}
		}
		h.clock.add(7 * time.Hour)
		early(t, h.Expire(ctx, a.ID), a.Expires.Sub(h.clock.now()))
		h.clock.add(42 * time.Hour)
		if err := h.Expiring(ctx, a.ID); err != nil || len(h.steps("tell")) != 2 {
			t.Errorf("asked %d times, %v", len(h.steps("tell")), err)
		}
		h.clock.add(6 * time.Hour)
		for range 2 {
			if err := h.Expire(ctx, a.ID); err != nil {
				t.Fatal(err)
			}
		}
		k := h.view(a.ID)
		if k.Alert.State != guitu.AlertExpired || k.Messages[len(k.Messages)-1].Cause != guitu.CauseExpire || len(k.Messages) != 3 {
			t.Fatalf("%s after %d messages", k.Alert.State, len(k.Messages))
		}
		// The outcome is still told to those who were told that its time was over.
		_, err = h.Close(ctx, guitu.CloseRequest{
			AlertID: a.ID, OfficerID: h.officers[county], Version: k.Alert.Version, Key: h.key(),
			Closing: guitu.Closing{Outcome: guitu.OutcomeClassmate, Life: guitu.Alive, Evidence: "回访"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if all := h.notices(a.ID); !all[2].Ended || all[3].Ended || all[2].Texts[guitu.Chinese] != all[3].Texts[guitu.Chinese] {
			t.Errorf("the notices of expiry and end: %+v, %+v", all[2], all[3])
		}
	})
}

// What the family asks for is answered in writing, and a case that is over is emptied for them at once.
func TestFamily(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		a := h.issued(facts(h.clock.now()))
		p := h.photo(a.ID, "picture")
		r := guitu.FamilyRequest{AlertID: a.ID, OfficerID: h.officers[county], Asked: "请删除张小桐的照片和姓名", Answer: "已删除，可查校验码", Delete: true, Key: h.key()}
		is(t, h.Family(ctx, r), guitu.Conflict) // it goes on
		if _, err := h.Cancel(ctx, guitu.CancelRequest{AlertID: a.ID, OfficerID: h.officers[county], Version: a.Version, Reason: "张小桐在家", Key: h.key()}); err != nil {
			t.Fatal(err)
		}
		if err := h.Family(ctx, r); err != nil {
			t.Fatal(err)
		}
		dump := h.dump(a.ID)
		lacks(t, "the case", dump, "张小桐", "雨鞋", "1990000", "在家", "小区")
		for _, want := range []string{"已删除，可查校验码", p.Digest, "SHA-256"} {
			if !strings.Contains(dump, want) {
				t.Errorf("the case lacks %q: %s", want, dump)
			}
		}
		if k := h.view(a.ID).Alert; k.Facts.Area != "371302" || k.Redacted.IsZero() || k.Facts.Child.Age != 4 {
			t.Errorf("what is kept: %+v", k)
		}
		if err := h.Redact(ctx, a.ID); err != nil {
			t.Errorf("redacted twice: %v", err)
		}
	})
}

// A case that is handed over is the other desk's to work on.
func TestHandOver(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		a := h.issued(facts(h.clock.now()))
		_, err := h.View(ctx, a.ID, h.officers[neighbour], "协查")
		is(t, err, guitu.Forbidden)
		r := guitu.HandOverRequest{AlertID: a.ID, OfficerID: h.officers[county], DeskID: h.desks[neighbour].ID, Key: h.key()}
		for range 2 {
			if a, err = h.HandOver(ctx, r); err != nil || a.Desk.Name != neighbour {
				t.Fatalf("handed to %s, %v", a.Desk.Name, err)
			}
		}
		if _, err := h.View(ctx, a.ID, h.officers[neighbour], "协查"); err != nil {
			t.Error(err)
		}
		for name, want := range map[string]int{county: 1, neighbour: 1, city: 1, ministry: 1} {
			all, err := h.List(ctx, guitu.AlertFilter{OfficerID: h.officers[name], Limit: 10})
			if err != nil || len(all) != want {
				t.Errorf("%s sees %d alerts, want %d, %v", name, len(all), want, err)
			}
		}
	})
}

// A draft is passed to another officer of its desk, whose draft it is then, and to nobody else.
func TestGiveDraft(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		d := h.drafted(county, facts(h.clock.now()))
		give := func(by, to, desk, key string) (guitu.Alert, error) {
			return h.HandOver(ctx, guitu.HandOverRequest{
				AlertID: d.ID, OfficerID: h.officers[by], ToID: h.officers[to], DeskID: h.desks[desk].ID, Key: key,
			})
		}
		for _, no := range []struct{ by, to, desk string }{
			{neighbour, second, county}, {county, city, county}, {county, neighbour, neighbour}, {county, disabled, county},
		} {
			if _, err := give(no.by, no.to, no.desk, h.key()); guitu.KindOf(err) != guitu.Forbidden {
				t.Errorf("%+v: %v", no, err)
			}
		}
		key := h.key()
		for range 2 {
			a, err := give(county, second, county, key)
			if err != nil || a.Author.ID != h.officers[second] || a.Desk.Name != county {
				t.Fatalf("handed to %+v at %s, %v", a.Author, a.Desk.Name, err)
			}
		}
		k := h.view(d.ID)
		if k.Alert.Author.ID != h.officers[second] {
			t.Errorf("the draft is kept as %s's", k.Alert.Author.Name)
		}
		handed := 0
		for _, e := range k.Events {
			if e.Kind == guitu.EventHanded && e.Detail == second {
				handed++
			}
		}
		if handed != 1 {
			t.Errorf("%d entries of the history say so, want 1", handed)
		}
		d = h.issued(facts(h.clock.now()))
		_, err := give(county, second, county, h.key())
		is(t, err, guitu.Conflict)
	})
}

// What a photo shows is said once it is there, by who may change the draft, and not of one that is out or taken out.
func TestDescribePhoto(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		d, other := h.drafted(county, facts(h.clock.now())), h.drafted(county, facts(h.clock.now()))
		p := h.photo(d.ID, "picture")
		describe := func(alertID int64, officer, alt, key string) error {
			return h.DescribePhoto(ctx, alertID, p.ID, h.officers[officer], alt, key)
		}
		key := h.key()
		for range 2 { // the same press again changes nothing, whatever was said since
			if err := describe(d.ID, county, " 女孩半身照\n红上衣 ", key); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.view(d.ID).Photos[0].Alt; got != "女孩半身照 红上衣" {
			t.Errorf("alt = %q", got)
		}
		is(t, describe(d.ID, county, " 照 ", h.key()), guitu.Invalid)
		is(t, describe(d.ID, county, strings.Repeat("照", 201), h.key()), guitu.Invalid)
		is(t, describe(d.ID, neighbour, "女孩", h.key()), guitu.Forbidden)
		is(t, describe(other.ID, county, "女孩", h.key()), guitu.NotFound)
		if err := h.DropPhoto(ctx, d.ID, p.ID, h.officers[county], h.key()); err != nil {
			t.Fatal(err)
		}
		is(t, describe(d.ID, county, "女孩", h.key()), guitu.Conflict)
		p = h.photo(other.ID, "picture")
		if _, err := h.Issue(ctx, guitu.IssueRequest{
			AlertID: other.ID, OfficerID: h.officers[county], Version: other.Version, Key: h.key(), Acknowledged: h.odd(other.ID),
		}); err != nil {
			t.Fatal(err)
		}
		is(t, describe(other.ID, county, "女孩", h.key()), guitu.Conflict)
	})
}

// A photo that is taken out of an active alert is told, and its address answers no more.
func TestDropPhoto(t *testing.T) {
	each(t, options(), func(t *testing.T, h *house) {
		ctx := context.Background()
		d := h.drafted(county, facts(h.clock.now()))
		p := h.photo(d.ID, "picture")
		if _, err := h.Issue(ctx, guitu.IssueRequest{AlertID: d.ID, OfficerID: h.officers[county], Version: d.Version, Key: h.key()}); err != nil {
			t.Fatal(err)
		}
		at := func() (body []byte) {
			h.update(func(ctx context.Context, tx *store.Tx) (err error) {
				_, body, err = tx.PublicPhoto(ctx, p.Token)
				return err
			})
			return body
		}
		if string(at()) != "picture" {
			t.Fatal("the photo of an active alert can't be fetched")
		}
		later := h.photo(d.ID, "added later")
		h.update(func(ctx context.Context, tx *store.Tx) error {
			if got, body, err := tx.PublicPhoto(ctx, later.Token); err != nil || len(body) > 0 || !got.Revoked {
				t.Errorf("a photo that no message has shown can be fetched: %d bytes, %v", len(body), err)
			}
			return nil
		})
		if err := h.DropPhoto(ctx, d.ID, p.ID, h.officers[county], h.key()); err != nil {
			t.Fatal(err)
		}
		k := h.view(d.ID)
		if m := k.Messages[1]; len(at()) > 0 || m.Cause != guitu.CauseCorrect || len(m.Facts.Photos) != 0 {
			t.Errorf("%d bytes, message %+v", len(at()), m)
		}
	})
}
