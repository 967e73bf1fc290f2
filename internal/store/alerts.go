package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"guitu"
)

const alertColumns = `a.id, a.status, a.state, a.code, a.facts, COALESCE(a.rumor_id, 0), a.version, a.messages, a.reach, a.made_at, ` +
	`a.issued_at, a.expires, a.ended_at, a.ending, a.redacted, a.asked, ` + byColumns + `, ad.id, ad.name, ad.area, ad.telegram_chat`

const alertTables = ` FROM alerts a JOIN officers o ON o.id = a.author_id JOIN desks d ON d.id = o.desk_id JOIN desks ad ON ad.id = a.desk_id `

// byColumns say who did something: what the case shows of an officer.
const byColumns = `o.id, o.name, o.role, o.disabled, d.id, d.name, d.area, d.telegram_chat`

func byFields(o *guitu.Officer) []any {
	return []any{&o.ID, &o.Name, &o.Role, &o.Disabled, &o.Desk.ID, &o.Desk.Name, &o.Desk.Area, &o.Desk.TelegramChat}
}

// Alert is a stored alert together with what only its life needs.
type Alert struct {
	guitu.Alert
	Asked time.Time // the Expires for which the desk was asked whether it is to go on; zero when it was not
}

func scanAlert(r scanner) (a Alert, err error) {
	err = r.Scan(append([]any{
		&a.ID, &a.Status, &a.State, &a.Code,
		fromJSON{&a.Facts},
		&a.RumorID, &a.Version, &a.Messages, &a.Reach,
		timestamp{&a.MadeAt},
		timestamp{&a.IssuedAt},
		timestamp{&a.Expires},
		timestamp{&a.EndedAt},
		fromJSON{&a.Ending},
		timestamp{&a.Redacted},
		timestamp{&a.Asked},
	}, append(byFields(&a.Author), &a.Desk.ID, &a.Desk.Name, &a.Desk.Area, &a.Desk.TelegramChat)...)...)
	return a, err
}

// CreateAlert stores a draft and sets its ID and time.
func (t *Tx) CreateAlert(ctx context.Context, a *guitu.Alert) error {
	a.State, a.Version, a.MadeAt = guitu.AlertDraft, 1, t.Now
	return t.row(ctx, `
		INSERT INTO alerts (status, state, facts, rumor_id, author_id, desk_id, version, made_at, area, child)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		a.Status, a.State, asJSON(a.Facts), id(a.RumorID), a.Author.ID, a.Desk.ID, a.Version, ms(a.MadeAt), a.Facts.Area,
		a.Facts.Child.Name).Scan(&a.ID)
}

// SaveAlert stores what may change of an alert, and what statistics keep of it.
func (t *Tx) SaveAlert(ctx context.Context, a Alert, k guitu.Kept) error {
	ending := "{}"
	if a.State == guitu.AlertClosed {
		ending = asJSON(a.Ending)
	}
	_, err := t.exec(ctx, `
		UPDATE alerts SET state = $2, code = $3, facts = $4, desk_id = $5, version = $6, messages = $7, reach = $8, issued_at = $9,
			expires = $10, ended_at = $11, ending = $12, redacted = $13, asked = $14, kept = $15, area = $16, child = $17, author_id = $18
		WHERE id = $1`, a.ID, a.State, a.Code, asJSON(a.Facts), a.Desk.ID, a.Version, a.Messages, a.Reach, ms(a.IssuedAt),
		ms(a.Expires), ms(a.EndedAt), ending, ms(a.Redacted), ms(a.Asked), asJSON(k), a.Facts.Area, a.Facts.Child.Name, a.Author.ID)
	return err
}

// Alert returns an alert.
func (t *Tx) Alert(ctx context.Context, alertID int64) (Alert, error) {
	a, err := scanAlert(t.row(ctx, `SELECT `+alertColumns+alertTables+`WHERE a.id = $1`, alertID))
	return a, found(err, "没有这个警报")
}

// LockAlert returns an alert that no other transaction can change until this one ends.
func (t *Tx) LockAlert(ctx context.Context, alertID int64) (Alert, error) {
	if _, err := t.exec(ctx, `UPDATE alerts SET version = version WHERE id = $1`, alertID); err != nil {
		return Alert{}, err
	}
	return t.Alert(ctx, alertID)
}

// AlertByCode returns the alert with a code, NotFound when none has it. Drafts have none.
func (t *Tx) AlertByCode(ctx context.Context, code string) (Alert, error) {
	a, err := scanAlert(t.row(ctx, `SELECT `+alertColumns+alertTables+`WHERE a.code = $1 AND a.code <> ''`, code))
	return a, found(err, "没有这个警报")
}

// Alerts lists the alerts of a desk's area and those that the desk holds, the newest first. The filter's officer is not looked at.
func (t *Tx) Alerts(ctx context.Context, desk guitu.Desk, f guitu.AlertFilter) ([]Alert, error) {
	text := asJSON(f.Text)
	return collect(ctx, t, scanAlert, `SELECT `+alertColumns+alertTables+`
		WHERE (CAST($1 AS TEXT) = '' OR a.state = $1) AND a.area LIKE $2 AND (a.area LIKE $3 OR a.desk_id = $4)
			AND (CAST($5 AS BIGINT) = 0 OR a.id < $5) AND (CAST($7 AS BIGINT) = 0 OR a.desk_id = $7)
			AND (CAST($8 AS TEXT) = '' OR a.facts LIKE $9 ESCAPE '!')
			AND (CAST($10 AS TEXT) = '' OR a.code = $10 OR a.facts LIKE $11 ESCAPE '!')
		ORDER BY a.id DESC LIMIT $6`,
		string(f.State), within(f.Area), within(desk.Area), desk.ID, f.Before, f.Limit, f.DeskID,
		string(f.Tier), `%"tier":"`+likeEscape.Replace(string(f.Tier))+`"%`,
		f.Text, `%`+likeEscape.Replace(text[1:len(text)-1])+`%`)
}

// LikeAlerts lists alerts that may be of the same child as another one: active ones of the same name or city, and those that were
// begun from the same rumor and are not over. The latest come first.
func (t *Tx) LikeAlerts(ctx context.Context, a guitu.Alert, limit int) ([]Alert, error) {
	name, city := a.Facts.Child.Name, a.Facts.Area
	if city.Level() == guitu.County {
		city = city.Parent()
	}
	low, high := bounds(city)
	return collect(ctx, t, scanAlert, `SELECT `+alertColumns+alertTables+`
		WHERE a.id <> $1 AND a.id IN (
			SELECT id FROM alerts WHERE rumor_id = $2 AND state IN ('draft', 'active')
			UNION SELECT id FROM alerts WHERE state = 'active' AND child = $3 AND child <> ''
			UNION SELECT id FROM alerts WHERE state = 'active' AND area >= $4 AND area <= $5 AND CAST($6 AS TEXT) <> '')
		ORDER BY a.id DESC LIMIT $7`, a.ID, id(a.RumorID), name, low, high, string(city), limit)
}

// likeEscape makes text stand for itself in a LIKE pattern whose escape is "!".
var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// AddAlertAreas records that an alert's widest circle touches more areas, each as a whole: a city stands for all its counties.
func (t *Tx) AddAlertAreas(ctx context.Context, alertID int64, areas []guitu.Area) error {
	each := `SELECT CAST($1 AS BIGINT), value FROM json_each($2)`
	if t.db.postgres {
		each = `SELECT CAST($1 AS BIGINT), value FROM json_array_elements_text(CAST($2 AS json)) AS value`
	}
	// Without WHERE, SQLite would take ON for the beginning of a join.
	_, err := t.exec(ctx, `INSERT INTO alert_areas (alert_id, area) `+each+` WHERE TRUE ON CONFLICT DO NOTHING`, alertID, asJSON(areas))
	return err
}

// CreateMessage stores a message of an alert and sets its ID.
func (t *Tx) CreateMessage(ctx context.Context, m *guitu.AlertMessage, key string) error {
	return t.row(ctx, `
		INSERT INTO alert_messages (alert_id, number, cause, identifier, sent, body, officer_id, key)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		m.AlertID, m.Number, m.Cause, m.Identifier, ms(m.Sent), asJSON(m), id(m.Officer.ID), key).Scan(&m.ID)
}

func scanMessage(r scanner) (m guitu.AlertMessage, err error) {
	var id int64
	err = r.Scan(&id, fromJSON{&m})
	m.ID = id
	return m, err
}

// Messages lists the messages of an alert, the first first.
func (t *Tx) Messages(ctx context.Context, alertID int64) ([]guitu.AlertMessage, error) {
	return collect(ctx, t, scanMessage, `SELECT id, body FROM alert_messages WHERE alert_id = $1 ORDER BY number`, alertID)
}

// Message returns a message of an alert.
func (t *Tx) Message(ctx context.Context, messageID int64) (guitu.AlertMessage, error) {
	m, err := scanMessage(t.row(ctx, `SELECT id, body FROM alert_messages WHERE id = $1`, messageID))
	return m, found(err, "没有这条消息")
}

// SetMessage changes what is stored of a message. Only redaction may: what was issued is frozen.
func (t *Tx) SetMessage(ctx context.Context, m guitu.AlertMessage) error {
	_, err := t.exec(ctx, `UPDATE alert_messages SET body = $2 WHERE id = $1`, m.ID, asJSON(m))
	return err
}

// AlertNotices lists the notices of an alert, the first first.
func (t *Tx) AlertNotices(ctx context.Context, alertID int64) ([]guitu.Notice, error) {
	return collect(ctx, t, scanNotice, `SELECT `+noticeColumns+` FROM notices WHERE alert_id = $1 ORDER BY id`, alertID)
}

// AlertDeliveries lists the deliveries of all notices of an alert, the first first.
func (t *Tx) AlertDeliveries(ctx context.Context, alertID int64) ([]guitu.Delivery, error) {
	return collect(ctx, t, scanDelivery, `SELECT `+deliveryColumns+deliveryTables+`WHERE n.alert_id = $1 ORDER BY d.id`, alertID)
}

// EndNotices makes the notices of an alert before one say what that one says, and no more than that: nothing of the child is left.
func (t *Tx) EndNotices(ctx context.Context, n guitu.Notice) error {
	_, err := t.exec(ctx, `UPDATE notices SET ended = TRUE, texts = $3, claimed = $4 WHERE alert_id = $1 AND id < $2`,
		n.AlertID, n.ID, asJSON(n.Texts), n.Claimed)
	return err
}

// ForgetCircles empties where the notices of an alert were told.
func (t *Tx) ForgetCircles(ctx context.Context, alertID int64) error {
	_, err := t.exec(ctx, `UPDATE notices SET circle = 'null' WHERE alert_id = $1`, alertID)
	return err
}

// ExtendNotices records until when people are to look.
func (t *Tx) ExtendNotices(ctx context.Context, alertID int64, expires time.Time) error {
	_, err := t.exec(ctx, `UPDATE notices SET expires = $2 WHERE alert_id = $1`, alertID, ms(expires))
	return err
}

// LogAlert adds a line to an alert's history; officerID is 0 for the bot itself.
func (t *Tx) LogAlert(ctx context.Context, alertID, officerID int64, kind guitu.EventKind, detail string) error {
	_, err := t.exec(ctx, `INSERT INTO alert_events (at, alert_id, officer_id, kind, detail) VALUES ($1, $2, $3, $4, $5)`,
		ms(t.Now), alertID, id(officerID), kind, detail)
	return err
}

// IdleDrafts lists the drafts to which nothing has been done since a time, the oldest first: being read, and a desk being told, do not count.
func (t *Tx) IdleDrafts(ctx context.Context, since time.Time) ([]int64, error) {
	return collect(ctx, t, func(r scanner) (alertID int64, err error) {
		return alertID, r.Scan(&alertID)
	}, `SELECT a.id FROM alerts a WHERE a.state = 'draft' AND NOT EXISTS (
			SELECT 1 FROM alert_events e WHERE e.alert_id = a.id AND e.kind <> $2 AND e.kind <> $3 AND e.at > $1)
		ORDER BY a.id`, ms(since), guitu.EventFading, guitu.EventViewed)
}

// AlertHistory lists what happened to an alert, the oldest first.
func (t *Tx) AlertHistory(ctx context.Context, alertID int64) ([]guitu.Event, error) {
	return collect(ctx, t, func(r scanner) (e guitu.Event, err error) {
		err = r.Scan(timestamp{&e.At}, &e.AlertID, &e.Officer, &e.Kind, &e.Detail)
		return e, err
	}, `SELECT e.at, e.alert_id, COALESCE(o.name, ''), e.kind, e.detail
		FROM alert_events e LEFT JOIN officers o ON o.id = e.officer_id WHERE e.alert_id = $1 ORDER BY e.id`, alertID)
}

// ForgetAlertDetails empties the lines of an alert's history of some kinds, in which officers wrote freely.
func (t *Tx) ForgetAlertDetails(ctx context.Context, alertID int64, kinds ...guitu.EventKind) error {
	for _, k := range kinds {
		if _, err := t.exec(ctx, `UPDATE alert_events SET detail = '' WHERE alert_id = $1 AND kind = $2`, alertID, k); err != nil {
			return err
		}
	}
	return nil
}

// AlertPress is a press that changed an alert.
type AlertPress struct {
	Key                string
	AlertID, OfficerID int64
	Act                string // "issue", "close"
	Ref                int64  // what it made: a photo, an approval
}

// AlertPress returns the press with a key, nil when there was none.
func (t *Tx) AlertPress(ctx context.Context, key string) (*AlertPress, error) {
	p := AlertPress{Key: key}
	err := t.row(ctx, `SELECT alert_id, officer_id, act, ref FROM alert_presses WHERE key = $1`, key).
		Scan(&p.AlertID, &p.OfficerID, &p.Act, &p.Ref)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &p, err
}

// CreateAlertPress stores a press. The same key in another transaction fails one of the two.
func (t *Tx) CreateAlertPress(ctx context.Context, p AlertPress) error {
	_, err := t.exec(ctx, `INSERT INTO alert_presses (key, alert_id, officer_id, act, ref, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		p.Key, p.AlertID, p.OfficerID, p.Act, p.Ref, ms(t.Now))
	return err
}
