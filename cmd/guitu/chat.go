package main

import (
	"time"

	"guitu"
	"guitu/bot"
	"guitu/internal/gazetteer"
	"guitu/verify/alerts"
)

// chatAlerts is how officers issue and run alerts in Telegram; they issue none where the chat's server must not have a child's data.
func (s *server) chatAlerts(p *parts) bot.AlertOptions {
	o := bot.AlertOptions{Cases: p.alerts, Read: alertReader{}, Form: s.config.PublicURL + "/console/alerts", Link: p.site.Link}
	if s.config.Telegram.ShowPersonalData {
		o.Alerts = p.alerts
	}
	return o
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
