// Package site is the public web site: a page for each notice and each alert, a front page, a check of codes, and feeds for people
// (Atom, JSON Feed) and for programs (CAP 1.2, GeoJSON), in Chinese and English. It is a channel like every other: what it shows are
// the notices whose delivery to it is recorded as sent. It runs without scripts, sets no cookie, keeps no trace of its readers, and
// loads nothing from elsewhere.
//
// A child's name and photo stand on the page of its alert and in what programs read, never on a page that search engines keep; they are
// there while the alert goes on and not a moment longer, whatever the browsers on the way would like to keep.
package site

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"guitu"
	"guitu/internal/cap"
)

// Reader is what the site shows: the notices whose delivery to the channel "site" was sent, also those corrected since.
type Reader interface {
	// Notice returns the shown notice with a code, of an alert the last one; an error of kind NotFound when none has it.
	Notice(ctx context.Context, code string) (guitu.Notice, error)
	// Notices returns at most limit shown notices for people of an area, the latest (highest ID) first, of each alert the last one;
	// only those with an ID below before unless that is 0.
	Notices(ctx context.Context, area guitu.Area, before int64, limit int) ([]guitu.Notice, error)
	AlertReader
}

// AlertReader is what the site shows of alerts. Whatever it returns may be shown: what an alert hides, and all of a child whose alert is
// over, is not in it.
type AlertReader interface {
	// Alert returns the alert with a code; NotFound when none has it.
	Alert(ctx context.Context, code string) (guitu.Standing, error)
	// AlertByMessage returns the alert that has the message with a CAP identifier; NotFound when none has.
	AlertByMessage(ctx context.Context, identifier string) (guitu.Standing, error)
	// Alerts lists alerts, the latest first, each with the last thing told.
	Alerts(ctx context.Context, f guitu.StandingFilter) ([]guitu.Standing, error)
	// Photo returns the photo with a token and its bytes, none and Revoked once it is shown no more; NotFound when it never was.
	Photo(ctx context.Context, token string) (guitu.Photo, []byte, error)
}

// Options of the site. The zero value serves http://127.0.0.1:8080.
type Options struct {
	PublicURL string         // where the public reaches the site, without a path
	Exercise  bool           // the site of an exercise: marked on each page, for no search engine
	Location  *time.Location // in which times are shown, Asia/Shanghai by default
	Signer    *cap.Signer    // signs CAP messages; nil leaves them unsigned
	Hub       string         // address of the WebSub hub of the feeds, "" for none
	// Pictures draws the pictures of a notice, of an alert the one with the name "poster.png"; nil when nobody draws.
	Pictures func(ctx context.Context, n guitu.Notice) ([]guitu.Picture, error)
	Tips     Tips // takes what citizens report; nil when nobody does
	// TipChat returns the address of a chat in which an alert's tips are taken, "" for none. It does not wait. nil: there is none.
	TipChat    func(code string) string
	Follow     bool         // people follow alerts near them at /follow
	Statistics Statistics   // counts what came of alerts and stories; nil for no page
	Log        *slog.Logger // slog.Default() by default
	Now        func() time.Time
}

// Site is the site's publisher and its http.Handler.
type Site struct {
	reader     Reader
	base       string // PublicURL without a slash at the end
	exercise   bool
	location   *time.Location
	signer     *cap.Signer
	hub        string
	pictures   func(context.Context, guitu.Notice) ([]guitu.Picture, error)
	posters    *drawn
	tips       Tips
	tipChat    func(code string) string
	follow     bool
	statistics Statistics
	log        *slog.Logger
	now        func() time.Time
	mux        *http.ServeMux

	mu      sync.Mutex
	changes map[string]change // by path of a feed of the whole country
}

var (
	_ guitu.Publisher = (*Site)(nil)
	_ guitu.Finder    = (*Site)(nil)
	_ guitu.Editor    = (*Site)(nil)
	_ http.Handler    = (*Site)(nil)
)

// New makes a site. The error says what is wrong with the public URL.
func New(reader Reader, o Options) (*Site, error) {
	if o.PublicURL == "" {
		o.PublicURL = "http://127.0.0.1:8080"
	}
	base := strings.TrimSuffix(o.PublicURL, "/")
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" ||
		u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("public URL %q: want http or https, a host, and no path", o.PublicURL)
	}
	if o.Location == nil {
		o.Location = time.FixedZone("Asia/Shanghai", 8*60*60)
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Site{
		reader: reader, base: base, exercise: o.Exercise, location: o.Location, signer: o.Signer, hub: o.Hub, pictures: o.Pictures, statistics: o.Statistics, tips: o.Tips,
		tipChat: o.TipChat, follow: o.Follow,
		posters: newDrawn(o.Now), log: o.Log, now: o.Now, changes: map[string]change{},
	}
	s.mux = s.routes()
	return s, nil
}

// Name is "site".
func (s *Site) Name() string { return "site" }

// Publish returns where the notice can be read as soon as its delivery is recorded as sent; there is no call to make. A notice
// of an exercise is rejected by the real site, and the other way round.
func (s *Site) Publish(ctx context.Context, p guitu.Publication) (guitu.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return guitu.Receipt{}, err
	}
	if (p.Notice.Status == guitu.Exercise) != s.exercise {
		return guitu.Receipt{}, fmt.Errorf("%w: notice %d has status %s, exercise site %v",
			guitu.ErrRejected, p.Notice.ID, p.Notice.Status, s.exercise)
	}
	if code, ok := guitu.NormalizeCode(p.Notice.Code); !ok || code != p.Notice.Code {
		return guitu.Receipt{}, fmt.Errorf("%w: notice %d has no valid code", guitu.ErrRejected, p.Notice.ID)
	}
	return guitu.Receipt{ExternalID: p.Notice.Code, URL: s.Link(p.Notice.Code)}, nil
}

// Find reports that the notice is not there: the site shows a notice when its delivery is recorded as sent, and whoever asks has
// not recorded it. So a publication that was interrupted is published again at once, and never waits for a person.
func (s *Site) Find(ctx context.Context, _ guitu.Publication) (guitu.Receipt, bool, error) {
	return guitu.Receipt{}, false, ctx.Err()
}

// Edit has nothing to do: a page says that it is corrected as soon as the notice does.
func (s *Site) Edit(ctx context.Context, _ guitu.Publication) error { return ctx.Err() }

// Link returns the address of the notice with a code.
func (s *Site) Link(code string) string { return s.base + "/n/" + code }
