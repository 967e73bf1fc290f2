package jobs_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
	"guitu/verify/alerts"
)

// Tell makes the switchboard a guitu.Teller.
func (s *switchboard) Tell(_ context.Context, chat string, a guitu.Alert, event guitu.EventKind) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.warned = append(s.warned, fmt.Sprintf("%s: alert %d, %s", chat, a.ID, event))
	return nil
}

// An alert grows, asks and ends by itself while the steps are worked, and its end reaches the channel.
func TestLifeOfAnAlert(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.staff("-1")
		tiers := alerts.DefaultTiers()
		tiers[guitu.TierLost] = guitu.TierRule{Reach: 200, ShowName: true, ShowPhoto: true, Life: 10 * time.Second}
		a := alerts.New(h.db, alerts.Options{Tiers: tiers, Channels: []string{channel}, Home: channel})
		var officer int64
		h.update(func(ctx context.Context, tx *store.Tx) error {
			all, err := tx.Desks(ctx)
			if err != nil {
				return err
			}
			desk := all[slices.IndexFunc(all, func(d guitu.Desk) bool { return d.Area == "371302" })]
			o := guitu.Officer{Name: "王民警", Role: guitu.RoleOfficer, Desk: desk}
			err = tx.CreateOfficer(ctx, &o)
			officer = o.ID
			return err
		})
		begun, err := a.Begin(ctx, guitu.BeginRequest{OfficerID: officer, Key: "begin"})
		if err != nil {
			t.Fatal(err)
		}
		p := guitu.Point{Lat: 35.05, Lng: 118.35}
		begun, err = a.Edit(ctx, guitu.EditRequest{AlertID: begun.ID, OfficerID: officer, Version: begun.Version, Key: "edit", Facts: guitu.Facts{
			Tier: guitu.TierLost, Place: "某小区北门", Area: "371302", Point: &p, MissingAt: h.db.Now().Add(-time.Hour + 2*time.Second),
			Child:     guitu.Child{Name: "张小桐", Sex: "女", Age: 5, AgeKnown: true, Clothing: "红色上衣"},
			Contact:   guitu.Contact{Name: "王警官", Phone: "19900001111"},
			Checklist: guitu.Checklist{Reported: true, Danger: "五岁", Custody: guitu.CustodyNone},
		}})
		if err != nil {
			t.Fatal(err)
		}
		s, pub := &switchboard{}, &slate{}
		h.start(jobs.Options{Alerts: a, Chat: s, Publishers: []guitu.Publisher{pub}, Home: channel})
		if _, err := a.Issue(ctx, guitu.IssueRequest{AlertID: begun.ID, OfficerID: officer, Version: begun.Version, Key: "issue"}); err != nil {
			t.Fatal(err)
		}
		state := func() (stored store.Alert) {
			h.update(func(ctx context.Context, tx *store.Tx) (err error) {
				stored, err = tx.Alert(ctx, begun.ID)
				return err
			})
			return stored
		}
		h.until("second ring", func() bool { return state().Reach == 200 })
		h.until("question to the desk", func() bool {
			return slices.Contains(s.all(), fmt.Sprintf("-2: alert %d, expiring", begun.ID))
		})
		h.within(40*time.Second, "end", func() bool { return state().State == guitu.AlertExpired })
		h.until("end on the channel", func() bool {
			var all []guitu.Delivery
			h.update(func(ctx context.Context, tx *store.Tx) (err error) {
				all, err = tx.AlertDeliveries(ctx, begun.ID)
				return err
			})
			return all[len(all)-1].Kind == guitu.NoticeCancel && all[len(all)-1].State == guitu.DeliverySent
		})
	})
}
