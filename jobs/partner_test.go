package jobs_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
	"guitu/publishers/partner"
	"guitu/publishers/rest"
	"guitu/verify/alerts"
)

// absentee is a partner's application that can be away.
type absentee struct {
	away atomic.Bool
	*partner.Receiver

	mu     sync.Mutex
	events []partner.Event
}

func (a *absentee) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.away.Load() {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	a.Receiver.ServeHTTP(w, r)
}

// about lists what came of an alert, as "notice.published alert". Rings are left out: they are told beside what is new.
func (a *absentee) about(code string) (all []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.events {
		if e.Data.Code == code && e.Data.Inner == 0 {
			all = append(all, e.Type+" "+string(e.Data.Kind))
		}
	}
	return all
}

func (a *absentee) named(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Contains(fmt.Sprint(a.events), name)
}

// desk is an officer's work on alerts.
type desk struct {
	*house
	alerts  *alerts.Alerts
	officer int64
}

func (d *desk) must(a guitu.Alert, err error) guitu.Alert {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

// issue issues an alert of an invented child.
func (d *desk) issue(name, sex string, age int) guitu.Alert {
	d.t.Helper()
	ctx := context.Background()
	a := d.must(d.alerts.Begin(ctx, guitu.BeginRequest{OfficerID: d.officer, Key: "begin " + name}))
	a = d.must(d.alerts.Edit(ctx, guitu.EditRequest{AlertID: a.ID, OfficerID: d.officer, Version: a.Version, Key: "edit " + name, Facts: guitu.Facts{
		Tier: guitu.TierLost, Place: "某小区北门", Area: "371302", Point: &guitu.Point{Lat: 35.05, Lng: 118.35}, MissingAt: d.db.Now().Add(-10 * time.Minute),
		Child: guitu.Child{Name: name, Sex: sex, Age: age, AgeKnown: true, Clothing: "红色上衣"}, Contact: guitu.Contact{Name: "王警官", Phone: "19900001111"},
		Checklist: guitu.Checklist{Reported: true, Danger: "年幼", Custody: guitu.CustodyNone},
	}}))
	concerns, err := d.alerts.Concerns(ctx, a.ID, d.officer)
	if err != nil {
		d.t.Fatal(err)
	}
	r := guitu.IssueRequest{AlertID: a.ID, OfficerID: d.officer, Version: a.Version, Key: "issue " + name}
	for _, c := range concerns {
		r.Acknowledged = append(r.Acknowledged, c.Code)
	}
	return d.must(d.alerts.Issue(ctx, r))
}

// states lists how far an alert's notices have come, as "alert sent". Rings are left out.
func (d *desk) states(a guitu.Alert) (all []string) {
	d.t.Helper()
	d.update(func(ctx context.Context, tx *store.Tx) error {
		ds, err := tx.AlertDeliveries(ctx, a.ID)
		for _, one := range ds {
			if one.Channel != "partner" {
				continue
			}
			n, err := tx.NoticeByID(ctx, one.NoticeID)
			if err != nil {
				return err
			}
			if n.Inner == 0 {
				all = append(all, string(one.Kind)+" "+string(one.State))
			}
		}
		return err
	})
	return all
}

// tried reports whether the partner was called for an alert and was away.
func (d *desk) tried(a guitu.Alert) (failed bool) {
	d.t.Helper()
	d.update(func(ctx context.Context, tx *store.Tx) error {
		ds, err := tx.AlertDeliveries(ctx, a.ID)
		failed = slices.ContainsFunc(ds, func(d guitu.Delivery) bool {
			return d.Channel == "partner" && d.Attempts > 0 && d.State == guitu.DeliveryDue && strings.Contains(d.Trouble, "status 503")
		})
		return err
	})
	return failed
}

// A partner that was down for hours gets what holds then: an alert that goes on, the update in the place of what it updates, and nothing of
// a child who is home. What it did not take within a day is given up, and shown.
func TestPartnerDownForHours(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		app := &absentee{}
		const secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
		var err error
		app.Receiver, err = partner.NewReceiver(secret, func(_ string, e partner.Event) (partner.Reach, error) {
			app.mu.Lock()
			defer app.mu.Unlock()
			app.events = append(app.events, e)
			return partner.Reach{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		app.Now = h.db.Now
		srv := httptest.NewServer(app)
		t.Cleanup(srv.Close)
		p, err := partner.New(srv.URL, secret, partner.Options{Options: rest.Options{Now: h.db.Now}})
		if err != nil {
			t.Fatal(err)
		}
		h.staff("-1")
		d := &desk{house: h, alerts: alerts.New(h.db, alerts.Options{
			Channels: []string{p.Name()}, Home: channel, Local: func(string) bool { return true },
		})}
		h.update(func(ctx context.Context, tx *store.Tx) error {
			all, err := tx.Desks(ctx)
			if err != nil {
				return err
			}
			o := guitu.Officer{Name: "王民警", Role: guitu.RoleOfficer, Desk: all[slices.IndexFunc(all, func(d guitu.Desk) bool { return d.Area == "371302" })]}
			err = tx.CreateOfficer(ctx, &o)
			d.officer = o.ID
			return err
		})
		o := jobs.Options{Alerts: d.alerts, Chat: &switchboard{}, Publishers: []guitu.Publisher{p}, Home: channel}

		app.away.Store(true)
		goesOn, amended, home := d.issue("张小桐", "女", 3), d.issue("苗小满", "男", 12), d.issue("甘小归", "男", 6)
		stop := h.start(o)
		h.until("three calls that fail", func() bool { return d.tried(goesOn) && d.tried(amended) && d.tried(home) })
		stop()

		h.shift += 3 * time.Hour
		f := amended.Facts
		f.Child.Clothing = "蓝色上衣"
		d.must(d.alerts.Amend(ctx, guitu.AmendRequest{
			AlertID: amended.ID, OfficerID: d.officer, Version: amended.Version, Facts: f, Note: "更正上衣", Key: "amend",
		}))
		d.must(d.alerts.Close(ctx, guitu.CloseRequest{
			AlertID: home.ID, OfficerID: d.officer, Version: home.Version, Key: "close",
			Closing: guitu.Closing{Outcome: guitu.OutcomeLost, Life: guitu.Alive, Evidence: "民警当面确认"},
		}))
		h.shift += 3 * time.Hour
		app.away.Store(false)
		stop = h.start(o)
		want := map[int64][]string{
			goesOn.ID: {"alert sent"}, amended.ID: {"alert withdrawn", "update sent"}, home.ID: {"alert withdrawn"}, // a channel that got nothing needs no end
		}
		for _, a := range []guitu.Alert{goesOn, amended, home} {
			var got []string
			h.within(30*time.Second, fmt.Sprintf("alert %d to be %v", a.ID, want[a.ID]), func() bool { got = d.states(a); return slices.Equal(got, want[a.ID]) })
		}
		for code, want := range map[string][]string{
			goesOn.Code: {"notice.published alert"}, amended.Code: {"notice.published update"}, home.Code: nil,
		} {
			if got := app.about(code); !slices.Equal(got, want) {
				t.Errorf("after its return the partner got %v, want %v", got, want)
			}
		}
		if app.named("甘小归") || !app.named("蓝色上衣") {
			t.Error("after its return the partner got a child who is home, or not what was corrected")
		}
		stop()

		app.away.Store(true)
		late := d.issue("林小川", "女", 9)
		stop = h.start(o)
		h.until("a call that fails", func() bool { return d.tried(late) })
		stop()
		h.shift += 25 * time.Hour
		h.start(o)
		h.within(30*time.Second, "to be given up", func() bool { return slices.Equal(d.states(late), []string{"alert refused"}) })
	})
}
