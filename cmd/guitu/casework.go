package main

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"guitu"
	"guitu/bot/console"
	"guitu/internal/gazetteer"
	"guitu/publishers"
	"guitu/publishers/poster"
	"guitu/verify/alerts"
	"guitu/verify/photo"
	"guitu/verify/tips"
)

// alertChannels leaves out the channels that only answer rumors where they stand.
func alertChannels(all []guitu.Publisher) []guitu.Publisher {
	return slices.DeleteFunc(slices.Clone(all), func(p guitu.Publisher) bool {
		kind, _, _ := strings.Cut(p.Name(), ":")
		return kind == "weibo_comments"
	})
}

// caseWork is the console's view of alerts.
type caseWork struct {
	*alerts.Alerts
	channels []guitu.Publisher
	fonts    *poster.Fonts // nil when the machine has none: then there are no posters
	link     func(code string) string
	tips     *tips.Tips
}

var _ console.Alerts = caseWork{}

// caseWork puts the console's view of alerts together.
func (s *server) caseWork(p *parts) caseWork {
	return caseWork{Alerts: p.alerts, channels: p.channels, fonts: s.fonts, link: p.site.Link, tips: p.tips}
}

// AddPhoto cleans a picture as it was uploaded.
func (w caseWork) AddPhoto(ctx context.Context, r guitu.PhotoRequest) (guitu.Photo, error) {
	cleaned, bytes, err := photo.Clean(r.Bytes)
	if err != nil {
		return guitu.Photo{}, err
	}
	cleaned.Alt = r.Photo.Alt
	r.Photo, r.Bytes = cleaned, bytes
	return w.Alerts.AddPhoto(ctx, r)
}

// AnswerTip records what an officer makes of a tip.
func (w caseWork) AnswerTip(ctx context.Context, alertID, tipID, officerID int64, answer guitu.TipAnswer) error {
	return w.tips.Answer(ctx, alertID, tipID, officerID, answer)
}

// TipPhoto returns the photo of a tip.
func (w caseWork) TipPhoto(ctx context.Context, alertID, tipID, officerID int64) ([]byte, error) {
	return w.tips.Photo(ctx, alertID, tipID, officerID)
}

// Settle settles a delivery.
func (w caseWork) Settle(ctx context.Context, deliveryID, officerID int64, how console.Settling) error {
	switch how {
	case console.SettleResend:
		return w.Resend(ctx, deliveryID, officerID)
	case console.SettleSent:
		return w.MarkSent(ctx, deliveryID, officerID)
	case console.SettleHandled:
	}
	return w.MarkHandled(ctx, deliveryID, officerID)
}

// noCode stands for the code of a draft, which is drawn when it is issued. It is as long.
const noCode = "●●●●●●"

// Preview renders the notice for each channel by the channel's own code.
func (w caseWork) Preview(ctx context.Context, alertID, officerID int64) (console.AlertPreview, error) {
	d, err := w.sketch(ctx, alertID, officerID)
	if err != nil {
		return console.AlertPreview{}, err
	}
	p := console.AlertPreview{Notice: d.notice, Rule: d.message.Shown}
	pub := guitu.Publication{Notice: d.notice, Link: w.link(d.notice.Code)}
	if pub.Pictures, err = w.pictures(ctx, d); err != nil && guitu.KindOf(err) != guitu.NotFound {
		return console.AlertPreview{}, err
	}
	for _, c := range w.channels {
		// A channel without limits of its own shows everything.
		text, pictures := publishers.Plain(d.notice, guitu.Chinese, pub.Link, publishers.Limits{Text: math.MaxInt32}), pub.Pictures
		if v, ok := c.(guitu.Previewer); ok {
			text, pictures = v.Preview(pub)
		}
		shown := console.Shown{Channel: c.Name(), Text: text}
		for _, picture := range pictures {
			what := "海报"
			if picture.Name != "poster.png" {
				what = "照片（" + picture.Alt[guitu.Chinese] + "）"
			}
			shown.Pictures = append(shown.Pictures, what)
		}
		p.Channels = append(p.Channels, shown)
	}
	return p, nil
}

// rule is what holds for facts.
func (w caseWork) rule(f guitu.Facts) guitu.TierRule {
	r := w.Rule(f.Tier)
	if f.Rule != nil {
		second := r.SecondFrom
		r = *f.Rule
		r.SecondFrom = second
	}
	return r
}

// Poster paints the poster of a case as it would be issued or updated now.
func (w caseWork) Poster(ctx context.Context, alertID, officerID int64) ([]byte, error) {
	d, err := w.sketch(ctx, alertID, officerID)
	if err != nil {
		return nil, err
	}
	all, err := w.pictures(ctx, d)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Name == "poster.png" {
			return p.Bytes, nil
		}
	}
	return nil, errors.New("an alert without a poster")
}

// pictures paints what would go with a sketch; NotFound on a machine without fonts.
func (w caseWork) pictures(ctx context.Context, d sketch) ([]guitu.Picture, error) {
	if w.fonts == nil {
		return nil, guitu.Errorf(guitu.NotFound, "本机没有中文字体，不能制作海报。")
	}
	all, err := poster.New(d, w.fonts, poster.Options{Link: w.link}).Pictures(ctx, d.notice)
	for i := range all {
		if all[i].Name == "poster.png" {
			all[i].URL = w.link(d.notice.Code) // it will have an address there, for channels that take addresses only
		}
	}
	return all, err
}

// sketch makes the message that would be issued now.
func (w caseWork) sketch(ctx context.Context, alertID, officerID int64) (d sketch, err error) {
	if d.notice, err = w.Alerts.Preview(ctx, alertID, officerID); err != nil {
		return d, err
	}
	if d.notice.Code == "" {
		d.notice.Code = noCode
	}
	a, photos, err := w.Alert(ctx, alertID, officerID)
	if err != nil {
		return d, err
	}
	n := d.notice
	d.message = guitu.AlertMessage{
		AlertID: alertID, Type: guitu.MsgAlert, Cause: guitu.CauseIssue, Status: n.Status, Code: n.Code, Tier: a.Facts.Tier,
		Shown: w.rule(a.Facts), Facts: a.Facts, Expires: n.Expires, Areas: n.Areas, Sent: n.MadeAt,
	}
	if n.Circle != nil {
		d.message.Circle = *n.Circle
	}
	for _, ph := range photos {
		_, body, err := w.Photo(ctx, alertID, ph.ID, officerID)
		if err != nil {
			return d, err
		}
		d.shots = append(d.shots, poster.Shot{Photo: ph, Bytes: body})
	}
	return d, nil
}

// sketch is a message that was not issued.
type sketch struct {
	notice  guitu.Notice
	message guitu.AlertMessage
	shots   []poster.Shot
}

// AlertMessage returns the message.
func (s sketch) AlertMessage(context.Context, int64) (guitu.AlertMessage, error) {
	return s.message, nil
}

// Shown returns the photos.
func (s sketch) Shown(context.Context, int64) ([]poster.Shot, error) { return s.shots, nil }

// divisions is the gazetteer for the console.
type divisions struct{}

var _ console.Places = divisions{}

// Find returns the divisions that a text names.
func (divisions) Find(text string) (areas []guitu.Area) {
	for _, m := range gazetteer.Find(text) {
		areas = append(areas, m.Area)
	}
	return areas
}

// Below returns the divisions below one.
func (divisions) Below(a guitu.Area) []guitu.Area { return gazetteer.Below(a) }

// Point is the centre of a division.
func (divisions) Point(a guitu.Area) (guitu.Point, bool) { return gazetteer.Point(a) }

// Nearest guesses the county of a point.
func (divisions) Nearest(p guitu.Point) (guitu.Area, bool) { return gazetteer.Nearest(p) }
