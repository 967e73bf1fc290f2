package follow_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/verify/alerts"
	"guitu/verify/follow"
)

var centre = guitu.Point{Lat: 35.05, Lng: 118.35}

// sent is a Sender that remembers.
type sent struct {
	mu  sync.Mutex
	got []string
}

func (s *sent) Send(_ context.Context, g guitu.Telling, n guitu.Notice, _ string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.Handle == "gone" {
		return "", guitu.ErrRejected
	}
	told := fmt.Sprintf("%s %s loud=%v", g.Handle, n.Kind, g.Loud)
	if g.Earlier != "" {
		told += " after " + g.Earlier
	}
	s.got = append(s.got, told)
	return string(n.Kind), nil
}

// take returns what was sent since the last time.
func (s *sent) take() []string {
	got := s.got
	s.got = nil
	slices.Sort(got)
	return got
}

// TestLife follows an alert: the first circle is told, then the ring, then the end by whoever was told, and nobody anything twice.
func TestLife(t *testing.T) {
	for name, address := range map[string]func() string{
		"SQLite":     func() string { return filepath.Join(t.TempDir(), "test.db") },
		"PostgreSQL": func() string { return testenv.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) { life(t, address()) })
	}
}

func life(t *testing.T, address string) {
	now := time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)
	ctx := context.Background()
	db, err := store.Open(ctx, address, store.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var officer guitu.Officer
	must(db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.SetDesks(ctx, []guitu.Desk{{Name: "县值班台", Area: "371302"}}); err != nil {
			return err
		}
		desks, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		officer = guitu.Officer{Name: "民警", Role: guitu.RoleOfficer, Desk: desks[0]}
		return tx.CreateOfficer(ctx, &officer)
	}))
	s := &sent{}
	f := follow.New(db, map[guitu.FollowerKind]follow.Sender{guitu.FollowWebPush: s}, follow.Options{Budget: 2})
	put := func(handle string, north float64) {
		must(f.Put(ctx, guitu.Follower{
			Kind: guitu.FollowWebPush, Handle: handle, Address: "{}", Point: guitu.Point{Lat: centre.Lat + north/111, Lng: centre.Lng},
		}))
	}
	put("near", 50)
	put("gone", 60)
	put("ring", 150)
	put("far", 450)

	a := alerts.New(db, alerts.Options{Channels: []string{f.Name()}, Sender: "guitu.example", Local: func(string) bool { return true }})
	issue := func(key, child, sex string) guitu.Alert {
		al, err := a.Begin(ctx, guitu.BeginRequest{OfficerID: officer.ID, Key: key + "begin"})
		must(err)
		p := centre
		al, err = a.Edit(ctx, guitu.EditRequest{AlertID: al.ID, OfficerID: officer.ID, Version: al.Version, Key: key + "edit", Facts: guitu.Facts{
			Tier: guitu.TierAbduction, Place: "某小区北门", Area: "371302", Point: &p, MissingAt: now.Add(-30 * time.Minute),
			Child: guitu.Child{
				Name: child, Sex: sex, Age: 5, AgeKnown: true, Clothing: "红色上衣",
			},
			Contact:   guitu.Contact{Name: "王警官", Phone: "19900001111"},
			Checklist: guitu.Checklist{Reported: true, Danger: "五岁儿童独自在外", Custody: guitu.CustodyNone},
		}})
		must(err)
		concerns, err := a.Concerns(ctx, al.ID, officer.ID)
		must(err)
		var odd []string
		for _, c := range concerns {
			odd = append(odd, c.Code)
		}
		al, err = a.Issue(ctx, guitu.IssueRequest{AlertID: al.ID, OfficerID: officer.ID, Version: al.Version, Key: key + "issue", Acknowledged: odd})
		must(err)
		return al
	}
	// work publishes the latest notice of an alert, twice, as after a crash.
	work := func(alertID int64) []string {
		t.Helper()
		var n guitu.Notice
		must(db.Update(ctx, func(tx *store.Tx) error {
			all, err := tx.AlertDeliveries(ctx, alertID)
			if err != nil {
				return err
			}
			last := all[len(all)-1].ID
			if _, err := tx.TakeDelivery(ctx, last, 1); err != nil {
				return err
			}
			if err := tx.DeliverySent(ctx, last, guitu.Receipt{ExternalID: "k"}); err != nil {
				return err
			}
			n, err = tx.NoticeByID(ctx, all[len(all)-1].NoticeID)
			return err
		}))
		for range 2 {
			_, err := f.Publish(ctx, guitu.Publication{Key: "k", Notice: n})
			must(err)
			must(f.Reach(ctx, guitu.Reach{NoticeID: n.ID}))
			must(f.Reach(ctx, guitu.Reach{NoticeID: n.ID, UpTo: 1 << 40}))
		}
		return s.take()
	}
	expect := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	first := issue("1", "张小桐", "女")
	expect("issue", work(first.ID), "near alert loud=true")
	now = now.Add(time.Hour)
	must(a.Grow(ctx, first.ID))
	expect("growth", work(first.ID), "ring update loud=true")
	expect("within budget", work(issue("2", "林小川", "男").ID), "near alert loud=true")
	expect("over budget", work(issue("3", "周小禾", "女").ID))

	var current guitu.Alert
	must(db.View(ctx, func(tx *store.Tx) error {
		c, err := tx.Alert(ctx, first.ID)
		current = c.Alert
		return err
	}))
	_, err = a.Cancel(ctx, guitu.CancelRequest{AlertID: first.ID, OfficerID: officer.ID, Version: current.Version, Reason: "误发", Key: "cancel"})
	must(err)
	expect("end", work(first.ID), "near cancel loud=false after alert", "ring cancel loud=false after update")
}
