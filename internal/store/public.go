package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"guitu"
)

// Public reads what stands on one channel for everybody: notices, and of alerts only what the public may know. What an alert hides,
// and everything of a child whose alert is over, stays here.
type Public struct {
	DB      *DB
	Channel string
}

// stands is the condition that a notice stands on the channel $1.
const stands = ` EXISTS (SELECT 1 FROM deliveries d WHERE d.notice_id = notices.id AND d.channel = $1
	AND d.state IN ('sent', 'edited', 'standing', 'handled')) `

// holds is the condition that no later notice of the same alert stands on the channel $1.
const holds = ` NOT EXISTS (SELECT 1 FROM notices l JOIN deliveries d ON d.notice_id = l.id
	WHERE l.alert_id = notices.alert_id AND l.id > notices.id AND d.channel = $1 AND d.state IN ('sent', 'edited', 'standing', 'handled')) `

// bounds returns the lowest and the highest code within an area.
func bounds(a guitu.Area) (low, high string) {
	digits := strings.TrimSuffix(within(a), "%")
	return (digits + "000000")[:6], (digits + "999999")[:6]
}

// touches is the condition that a notice is for people of an area: alerts are where their circle is.
func touches(a guitu.Area, low, high string) string {
	if a == "" {
		return ` (CAST(` + low + ` AS TEXT) IS NOT NULL AND CAST(` + high + ` AS TEXT) IS NOT NULL) `
	}
	// A city or a province that is touched as a whole stands there without its counties.
	return ` (notices.area >= ` + low + ` AND notices.area <= ` + high +
		` OR notices.alert_id IN (SELECT alert_id FROM alert_areas WHERE area >= ` + low + ` AND area <= ` + high +
		` OR area IN (SUBSTR(CAST(` + low + ` AS TEXT), 1, 4) || '00', SUBSTR(CAST(` + low + ` AS TEXT), 1, 2) || '0000'))) `
}

// PublicNotice returns the notice with a code that stands on a channel; of an alert the last one.
func (t *Tx) PublicNotice(ctx context.Context, channel, code string) (guitu.Notice, error) {
	n, err := scanNotice(t.row(ctx, `SELECT `+noticeColumns+` FROM notices
		WHERE (code = $2 AND alert_id IS NULL OR alert_id = (SELECT id FROM alerts WHERE code = $2 AND code <> '')) AND`+stands+`AND`+holds,
		channel, code))
	return hushed(n, t.Now), found(err, "没有这条通告")
}

// PublicNotices lists the notices for people of an area that stand on a channel, the newest first, and of each alert the last one;
// before is 0 or an ID.
func (t *Tx) PublicNotices(ctx context.Context, channel string, area guitu.Area, before int64, limit int) ([]guitu.Notice, error) {
	low, high := bounds(area)
	all, err := collect(ctx, t, scanNotice, `
		SELECT `+noticeColumns+` FROM notices
		WHERE`+stands+`AND`+holds+`AND`+touches(area, "$2", "$3")+`AND (CAST($4 AS BIGINT) = 0 OR id < $4) ORDER BY id DESC LIMIT $5`,
		channel, low, high, before, limit)
	for i := range all {
		all[i] = hushed(all[i], t.Now)
	}
	return all, err
}

// hushed takes the words from a notice of an alert whose time is over, although nothing has said so yet.
func hushed(n guitu.Notice, now time.Time) guitu.Notice {
	if n.AlertID != 0 && !n.Kind.Ends() && !n.Ended && !n.Expires.IsZero() && !now.Before(n.Expires) {
		n.Texts, n.Claimed, n.Ended = nil, "", true
	}
	return n
}

// Standing columns are those of an alert, a notice of it that stands on the channel $1, and its message.
const (
	standingColumns = `a.id, a.code, a.status, a.state, a.issued_at, a.expires, a.ended_at, m.id, m.body, ` + noticeColumns
	// CROSS JOIN keeps SQLite, which knows nothing of how many rows there are, from beginning anywhere but with the alerts.
	standingTables = ` FROM alerts a CROSS JOIN notices CROSS JOIN alert_messages m
		WHERE notices.alert_id = a.id AND m.id = notices.message_id AND a.issued_at > 0 AND` + stands
)

// scanStanding reads an alert with one thing told.
func (t *Tx) scanStanding(r scanner) (s guitu.Standing, err error) {
	var told guitu.Told
	var id int64
	err = r.Scan(append([]any{
		&s.AlertID, &s.Code, &s.Status, &s.State,
		timestamp{&s.IssuedAt},
		timestamp{&s.Expires},
		timestamp{&s.EndedAt},
		&id,
		fromJSON{&told.Message},
	}, noticeFields(&told.Notice)...)...)
	if err != nil {
		return s, err
	}
	if s.State == guitu.AlertActive && !t.Now.Before(s.Expires) {
		s.State, s.EndedAt = guitu.AlertExpired, s.Expires
	}
	told.Message.ID = id
	told.Message = shown(told.Message, s.State.Over())
	told.Notice.Expires = s.Expires
	told.Notice = hushed(told.Notice, t.Now)
	s.Told = []guitu.Told{told}
	return s, nil
}

// shown leaves of a message what the public may know of it.
func shown(m guitu.AlertMessage, over bool) guitu.AlertMessage {
	f := guitu.Facts{Tier: m.Facts.Tier, Area: m.Facts.Area}
	if !over {
		f.Child, f.Place, f.Point, f.MissingAt = m.Facts.Child, m.Facts.Place, m.Facts.Point, m.Facts.MissingAt
		f.Circumstances, f.Contact = m.Facts.Circumstances, m.Facts.Contact
		if !m.Shown.ShowName {
			f.Child.Name = ""
		}
		if m.Shown.ShowPhoto {
			f.Photos = m.Facts.Photos
		}
	} else {
		m.Note = ""
	}
	m.Facts, m.Ending = f, guitu.Closing{}
	m.Officer = guitu.Officer{Desk: guitu.Desk{Name: m.Officer.Desk.Name}}
	return m
}

// Standings lists the alerts that stand on a channel, the newest first, each with the last thing told and without its photos.
func (t *Tx) Standings(ctx context.Context, channel string, f guitu.StandingFilter) ([]guitu.Standing, error) {
	low, high := bounds(f.Area)
	since := t.Now
	if !f.Since.IsZero() {
		since = f.Since
	}
	return collect(ctx, t, t.scanStanding, `SELECT `+standingColumns+standingTables+`AND`+holds+`AND`+touches(f.Area, "$2", "$3")+`
		AND CASE WHEN a.ended_at > 0 THEN a.ended_at ELSE a.expires END > $4
		AND (CAST($5 AS BIGINT) = 0 OR a.id < $5) ORDER BY a.id DESC LIMIT $6`, channel, low, high, ms(since), f.Before, f.Limit)
}

// StandingByCode returns the alert with a code, with all that was told and its photos.
func (t *Tx) StandingByCode(ctx context.Context, channel, code string) (guitu.Standing, error) {
	return t.standing(ctx, `a.code = $2 AND a.code <> ''`, channel, code) // the index has no empty ones
}

// StandingByMessage returns the alert that has a message with a CAP identifier that stands on the channel.
func (t *Tx) StandingByMessage(ctx context.Context, channel, identifier string) (guitu.Standing, error) {
	s, err := t.standing(ctx, `a.id = (SELECT alert_id FROM alert_messages WHERE identifier = $2)`, channel, identifier)
	if err != nil {
		return s, err
	}
	for _, told := range s.Told {
		if told.Message.Identifier == identifier {
			return s, nil
		}
	}
	return guitu.Standing{}, guitu.Errorf(guitu.NotFound, "没有这条消息")
}

func (t *Tx) standing(ctx context.Context, which, channel, value string) (s guitu.Standing, err error) {
	all, err := collect(ctx, t, t.scanStanding,
		`SELECT `+standingColumns+standingTables+`AND `+which+` ORDER BY notices.id`, channel, value)
	if err != nil {
		return s, err
	}
	if len(all) == 0 {
		return s, guitu.Errorf(guitu.NotFound, "没有这个警报")
	}
	s = all[0]
	for _, more := range all[1:] {
		s.Told = append(s.Told, more.Told...)
	}
	s.Photos, err = t.shownPhotos(ctx, s)
	return s, err
}

// shownPhotos returns the photos that an alert shows, in their order.
func (t *Tx) shownPhotos(ctx context.Context, s guitu.Standing) (list []guitu.Photo, err error) {
	named := s.Last().Message.Facts.Photos
	if len(named) == 0 {
		return nil, nil
	}
	photos, err := collect(ctx, t, scanPublicPhoto,
		`SELECT id, alert_id, token, alt, type, width, height, digest FROM photos WHERE alert_id = $1 AND NOT revoked`, s.AlertID)
	for _, id := range named {
		for _, p := range photos {
			if p.ID == id {
				list = append(list, p)
			}
		}
	}
	return list, err
}

func scanPublicPhoto(r scanner) (p guitu.Photo, err error) {
	err = r.Scan(&p.ID, &p.AlertID, &p.Token, &p.Alt, &p.Type, &p.Width, &p.Height, &p.Digest)
	return p, err
}

// PublicPhoto returns what stands at a photo's public address: the photo with its bytes while its alert goes on and shows it, else the
// photo as revoked and without them. NotFound when no alert ever showed it.
func (t *Tx) PublicPhoto(ctx context.Context, token string) (p guitu.Photo, body []byte, err error) {
	var state guitu.AlertState
	var expires time.Time
	var last guitu.AlertMessage
	err = t.row(ctx, `
		SELECT p.id, p.alert_id, p.token, p.alt, p.type, p.width, p.height, p.digest, p.revoked, p.body, a.state, a.expires, m.body
		FROM photos p JOIN alerts a ON a.id = p.alert_id JOIN alert_messages m ON m.alert_id = a.id
		WHERE p.token = $1 ORDER BY m.number DESC LIMIT 1`, token).
		Scan(&p.ID, &p.AlertID, &p.Token, &p.Alt, &p.Type, &p.Width, &p.Height, &p.Digest, &p.Revoked, &body, &state, timestamp{&expires},
			fromJSON{&last})
	if err != nil {
		return guitu.Photo{}, nil, found(err, "没有这张照片")
	}
	over := state != guitu.AlertActive || !t.Now.Before(expires)
	if p.Revoked || !slices.Contains(shown(last, over).Facts.Photos, p.ID) {
		p.Revoked, p.Alt = true, ""
		return p, nil, nil
	}
	return p, body, nil
}

// Notice returns the notice with a code as Tx.PublicNotice does.
func (p Public) Notice(ctx context.Context, code string) (guitu.Notice, error) {
	return view(ctx, p.DB, func(tx *Tx) (guitu.Notice, error) { return tx.PublicNotice(ctx, p.Channel, code) })
}

// Notices lists notices as Tx.PublicNotices does.
func (p Public) Notices(ctx context.Context, area guitu.Area, before int64, limit int) ([]guitu.Notice, error) {
	return view(ctx, p.DB, func(tx *Tx) ([]guitu.Notice, error) { return tx.PublicNotices(ctx, p.Channel, area, before, limit) })
}

// Alert returns the alert with a code as Tx.StandingByCode does.
func (p Public) Alert(ctx context.Context, code string) (guitu.Standing, error) {
	return view(ctx, p.DB, func(tx *Tx) (guitu.Standing, error) { return tx.StandingByCode(ctx, p.Channel, code) })
}

// AlertByMessage returns the alert with a CAP message as Tx.StandingByMessage does.
func (p Public) AlertByMessage(ctx context.Context, identifier string) (guitu.Standing, error) {
	return view(ctx, p.DB, func(tx *Tx) (guitu.Standing, error) { return tx.StandingByMessage(ctx, p.Channel, identifier) })
}

// Alerts lists alerts as Tx.Standings does.
func (p Public) Alerts(ctx context.Context, f guitu.StandingFilter) ([]guitu.Standing, error) {
	return view(ctx, p.DB, func(tx *Tx) ([]guitu.Standing, error) { return tx.Standings(ctx, p.Channel, f) })
}

// Photo returns a photo as Tx.PublicPhoto does.
func (p Public) Photo(ctx context.Context, token string) (photo guitu.Photo, body []byte, err error) {
	err = p.DB.View(ctx, func(tx *Tx) error {
		photo, body, err = tx.PublicPhoto(ctx, token)
		return err
	})
	return photo, body, err
}

// view reads one thing.
func view[T any](ctx context.Context, db *DB, read func(*Tx) (T, error)) (v T, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		v, err = read(tx)
		return err
	})
	return v, err
}
