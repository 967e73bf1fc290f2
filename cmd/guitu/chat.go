package main

import (
	"context"
	"slices"
	"time"

	"guitu"
	"guitu/bot"
	chat "guitu/bot/telegram"
	"guitu/internal/gazetteer"
	api "guitu/internal/telegram"
	"guitu/verify/alerts"
	"guitu/verify/desks"
	"guitu/verify/photo"
)

// chatAlerts is how officers issue and run alerts in Telegram; they issue none where the chat's server must not have a child's data.
func (s *server) chatAlerts(p *parts, account *api.Client) bot.AlertOptions {
	o := bot.AlertOptions{Cases: p.alerts, Read: alertReader{}, Form: s.config.PublicURL + "/console/alerts", Link: p.site.Link}
	if s.config.Telegram.ShowPersonalData {
		o.Alerts = chatWork{s.caseWork(p), p.desks, s.db.Now}
		o.Picture = func(ctx context.Context, name string) ([]byte, error) { return account.File(ctx, name, photo.MaxBytes) }
	}
	return o
}

// tipChat is the address of a chat in which tips on an alert are taken, "" while there is no bot whose name is known.
func tipChat(b *chat.Bot, code string) string {
	if b == nil || b.Known() == "" {
		return ""
	}
	return bot.TipLink(b.Known(), code)
}

// public is what anybody can do in a private chat.
func (s *server) public(p *parts, account *api.Client) bot.PublicOptions {
	return bot.PublicOptions{
		Followers: p.follow, Tips: p.tips,
		Picture: func(ctx context.Context, name string) ([]byte, error) {
			return account.File(ctx, name, guitu.MaxTipPicture)
		},
	}
}

// chatWork is the chat's view of alerts.
type chatWork struct {
	caseWork
	desks *desks.Desks
	now   func() time.Time
}

var _ bot.Alerts = chatWork{}

// Colleagues lists who of the desk that holds an alert may go on with it.
func (w chatWork) Colleagues(ctx context.Context, alertID, officerID int64) ([]guitu.Officer, error) {
	a, _, err := w.Alert(ctx, alertID, officerID)
	if err != nil {
		return nil, err
	}
	all, err := w.desks.Officers(ctx)
	return slices.DeleteFunc(all, func(o guitu.Officer) bool {
		return o.ID == officerID || o.Desk.ID != a.Desk.ID || o.Acts(w.now()) != nil
	}), err
}

// Preview is the notice as issuing would make it.
func (w chatWork) Preview(ctx context.Context, alertID, officerID int64) (guitu.Notice, error) {
	return w.Alerts.Preview(ctx, alertID, officerID)
}

// Channels is what each channel would show.
func (w chatWork) Channels(ctx context.Context, alertID, officerID int64) (all []bot.Shown, err error) {
	p, err := w.caseWork.Preview(ctx, alertID, officerID)
	for _, s := range p.Channels {
		all = append(all, bot.Shown(s))
	}
	return all, err
}

// alertReader reads what officers write about a child.
type alertReader struct{}

// Facts returns what a text says.
func (alertReader) Facts(text string, at time.Time) guitu.Facts { return alerts.Stated(text, at) }

// Place returns the county that a text names.
func (alertReader) Place(text string) (guitu.Area, guitu.Point, bool) {
	area, _, _, ok := gazetteer.Locate(text)
	if !ok || area.Level() != guitu.County && (area.Level() != guitu.City || len(gazetteer.Below(area)) > 0) {
		return "", guitu.Point{}, false
	}
	centre, ok := gazetteer.Point(area)
	return area, centre, ok
}

// Nearest guesses the county of a point.
func (alertReader) Nearest(p guitu.Point) (guitu.Area, bool) { return gazetteer.Nearest(p) }

// Centre is the centre of a county.
func (alertReader) Centre(a guitu.Area) (guitu.Point, bool) { return gazetteer.Point(a) }

// Name is the name of an area.
func (alertReader) Name(a guitu.Area) string { return gazetteer.Name(a) }
