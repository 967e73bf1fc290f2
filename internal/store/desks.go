package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"slices"
	"time"

	"guitu"
)

const deskColumns = `id, name, area, telegram_chat`

func scanDesk(r scanner) (d guitu.Desk, err error) {
	err = r.Scan(&d.ID, &d.Name, &d.Area, &d.TelegramChat)
	return d, err
}

// SetDesks makes the configured desks known, by name. Desks that are not in the list any more are asked nothing more; their
// officers keep what they ruled.
func (t *Tx) SetDesks(ctx context.Context, all []guitu.Desk) error {
	before, err := t.Desks(ctx)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE desks SET active = FALSE`); err != nil {
		return err
	}
	for _, d := range all {
		_, err := t.exec(ctx, `
			INSERT INTO desks (name, area, telegram_chat) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET area = excluded.area, telegram_chat = excluded.telegram_chat, active = TRUE`,
			d.Name, d.Area, d.TelegramChat)
		if err != nil {
			return err
		}
	}
	after, err := t.Desks(ctx)
	if err != nil {
		return err
	}
	for _, d := range after {
		if !slices.Contains(before, d) {
			t.Audit(guitu.Entry{Deed: guitu.DeedDeskSet, ThingID: d.ID, Detail: map[string]string{"area": string(d.Area)}})
		}
	}
	for _, d := range before {
		if !slices.ContainsFunc(after, func(a guitu.Desk) bool { return a.ID == d.ID }) {
			t.Audit(guitu.Entry{Deed: guitu.DeedDeskSet, ThingID: d.ID, Detail: map[string]string{"dropped": "yes"}})
		}
	}
	return nil
}

// Desks lists the desks, the whole country first.
func (t *Tx) Desks(ctx context.Context) ([]guitu.Desk, error) {
	return collect(ctx, t, scanDesk, `SELECT `+deskColumns+` FROM desks WHERE active ORDER BY area, name`)
}

// Desk returns a desk.
func (t *Tx) Desk(ctx context.Context, deskID int64) (guitu.Desk, error) {
	d, err := scanDesk(t.row(ctx, `SELECT `+deskColumns+` FROM desks WHERE id = $1 AND active`, deskID))
	return d, found(err, "没有这个值班台")
}

// DesksOnDuty returns the IDs of the desks where at least one officer who may act is on duty.
func (t *Tx) DesksOnDuty(ctx context.Context) (map[int64]bool, error) {
	ids, err := collect(ctx, t, func(r scanner) (n int64, err error) { return n, r.Scan(&n) },
		`SELECT DISTINCT o.desk_id FROM officers o WHERE NOT o.disabled AND o.role <> 'auditor'
			AND (o.certified_until = 0 OR o.certified_until > $3) AND `+onDuty, t.dutyTimes()...)
	on := make(map[int64]bool, len(ids))
	for _, n := range ids {
		on[n] = true
	}
	return on, err
}

// What is known of an officer, with duty as it is now; its times are the first parameters. An officer who is named beside something that
// was done is read by officerColumns, whose duty is the switch.
const (
	officerNow     = officerBefore + rostered + `, ` + onDuty + officerAfter
	officerColumns = officerBefore + `FALSE, o.on_duty` + officerAfter
	officerBefore  = `o.id, o.name, o.role, o.telegram_user, `
	officerAfter   = `, o.disabled, o.certificate, o.certified_until,
		EXISTS (SELECT 1 FROM second_factors f WHERE f.officer_id = o.id AND f.confirmed > 0), d.id, d.name, d.area, d.telegram_chat`

	// rostered: the desk has a shift that lies, with some part of it, in this week.
	rostered = `EXISTS (SELECT 1 FROM rosters w WHERE w.desk_id = o.desk_id AND w.begins < $2 AND w.ends > $1)`
	onDuty   = `CASE WHEN ` + rostered + ` THEN EXISTS (SELECT 1 FROM rosters s
		WHERE s.desk_id = o.desk_id AND s.officer_id = o.id AND s.begins <= $3 AND s.ends > $3) ELSE o.on_duty END`
)

// dutyTimes are the first three parameters of a query that asks for duty: this week, and now.
func (t *Tx) dutyTimes() []any {
	from, until := guitu.Week(t.Now)
	return []any{ms(from), ms(until), ms(t.Now)}
}

const officerTables = ` FROM officers o JOIN desks d ON d.id = o.desk_id `

func scanOfficer(r scanner) (o guitu.Officer, err error) {
	err = r.Scan(officerFields(&o)...)
	return o, err
}

// officerFields are where officerColumns go.
func officerFields(o *guitu.Officer) []any {
	return []any{
		&o.ID, &o.Name, &o.Role,
		orZero{&o.TelegramUser},
		&o.Rostered, &o.OnDuty, &o.Disabled, &o.Certificate,
		timestamp{&o.CertifiedUntil},
		&o.Factor, &o.Desk.ID, &o.Desk.Name, &o.Desk.Area, &o.Desk.TelegramChat,
	}
}

// CreateOfficer stores an officer on duty and sets the ID.
func (t *Tx) CreateOfficer(ctx context.Context, o *guitu.Officer) error {
	o.OnDuty = true
	return t.row(ctx, `
		INSERT INTO officers (name, role, desk_id, telegram_user) VALUES ($1, $2, $3, $4) RETURNING id`,
		o.Name, o.Role, o.Desk.ID, id(o.TelegramUser)).Scan(&o.ID)
}

// Officer returns an officer.
func (t *Tx) Officer(ctx context.Context, officerID int64) (guitu.Officer, error) {
	o, err := scanOfficer(t.row(ctx, `SELECT `+officerNow+officerTables+`WHERE o.id = $4`, append(t.dutyTimes(), officerID)...))
	return o, found(err, "没有这位民警")
}

// OfficerByTelegram returns the officer of a Telegram account, disabled or not.
func (t *Tx) OfficerByTelegram(ctx context.Context, user int64) (guitu.Officer, error) {
	o, err := scanOfficer(t.row(ctx, `SELECT `+officerNow+officerTables+`WHERE o.telegram_user = $4`, append(t.dutyTimes(), user)...))
	return o, found(err, "该账号未加入值班台")
}

// Officers lists all officers by desk and name.
func (t *Tx) Officers(ctx context.Context) ([]guitu.Officer, error) {
	return collect(ctx, t, scanOfficer, `SELECT `+officerNow+officerTables+`ORDER BY d.area, o.name, o.id`, t.dutyTimes()...)
}

// SetDuty sets an officer's switch, which counts while the desk has no roster.
func (t *Tx) SetDuty(ctx context.Context, officerID int64, on bool) error {
	_, err := t.exec(ctx, `UPDATE officers SET on_duty = $2 WHERE id = $1`, officerID, on)
	return err
}

// SetDisabled says whether an officer may do nothing any more.
func (t *Tx) SetDisabled(ctx context.Context, officerID int64, disabled bool) error {
	_, err := t.exec(ctx, `UPDATE officers SET disabled = $2 WHERE id = $1`, officerID, disabled)
	return err
}

// SetTelegram ties a Telegram account to an officer; 0 unties the one that is.
func (t *Tx) SetTelegram(ctx context.Context, officerID, user int64) error {
	_, err := t.exec(ctx, `UPDATE officers SET telegram_user = $2 WHERE id = $1`, officerID, id(user))
	return err
}

// SetRole gives an officer a role.
func (t *Tx) SetRole(ctx context.Context, officerID int64, r guitu.Role) error {
	_, err := t.exec(ctx, `UPDATE officers SET role = $2 WHERE id = $1`, officerID, r)
	return err
}

// Certify records an officer's certificate: its number, which may be empty, and its end, zero for none.
func (t *Tx) Certify(ctx context.Context, officerID int64, number string, until time.Time) error {
	_, err := t.exec(ctx, `UPDATE officers SET certificate = $2, certified_until = $3, warned = '' WHERE id = $1`, officerID, number, ms(until))
	return err
}

// RemindDue marks the officers who are to be told now that their certificate ends, each 30 and 7 days ahead, and returns those of them who
// can be told in a chat.
func (t *Tx) RemindDue(ctx context.Context) (ids []int64, err error) {
	const day = 24 * time.Hour
	for _, days := range [...]int{7, 30} {
		ahead := ms(t.Now.Add(time.Duration(days) * day))
		// A warning of seven days stands for that of thirty: who gets a short certificate is told once.
		users, err := collect(ctx, t, func(r scanner) (o [2]int64, err error) { return o, r.Scan(&o[0], orZero{&o[1]}) }, `
			UPDATE officers SET warned = $1
			WHERE NOT disabled AND role <> 'auditor' AND certified_until > $2 AND certified_until <= $3 AND warned NOT IN ('7', $1)
			RETURNING id, telegram_user`, guitu.Ref(int64(days)), ms(t.Now), ahead)
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			if u[1] != 0 {
				ids = append(ids, u[0])
			}
		}
	}
	return ids, nil
}

// SignedIn records that an officer opened the console.
func (t *Tx) SignedIn(ctx context.Context, officerID int64) error {
	_, err := t.exec(ctx, `UPDATE officers SET signed_in = $2 WHERE id = $1`, officerID, ms(t.Now))
	return err
}

// AdminSignedIn reports whether an administrator who is not disabled has ever opened the console.
func (t *Tx) AdminSignedIn(ctx context.Context) (bool, error) {
	var n int
	err := t.row(ctx, `SELECT COUNT(*) FROM officers WHERE role = 'admin' AND signed_in > 0 AND NOT disabled`).Scan(&n)
	return n > 0, err
}

// The uses of a code.
const (
	UseJoin   = "join"
	UseSignIn = "signin"
)

// Code is a single-use secret that was handed to one person. Only its hash is stored.
type Code struct {
	ID        int64
	Use       string // UseJoin or UseSignIn
	Name      string // of the officer who is to join
	Role      guitu.Role
	DeskID    int64
	OfficerID int64 // who signs in, or who joined by it
	MadeBy    int64
	Expires   time.Time
	Used      time.Time
}

func hash(code string) string {
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}

// CreateCode stores a code.
func (t *Tx) CreateCode(ctx context.Context, secret string, c Code) error {
	_, err := t.exec(ctx, `
		INSERT INTO codes (hash, use, name, role, desk_id, officer_id, made_by, expires)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		hash(secret), c.Use, c.Name, c.Role, id(c.DeskID), id(c.OfficerID), id(c.MadeBy), ms(c.Expires))
	return err
}

// LockCode returns a code, used and expired ones too; no other transaction can use it until this one ends.
func (t *Tx) LockCode(ctx context.Context, secret string) (Code, error) {
	var c Code
	var desk, officer, by sql.NullInt64
	err := t.row(ctx, `
		UPDATE codes SET used = used WHERE hash = $1
		RETURNING id, use, name, role, desk_id, officer_id, made_by, expires, used`, hash(secret)).Scan(
		&c.ID, &c.Use, &c.Name, &c.Role, &desk, &officer, &by, timestamp{&c.Expires}, timestamp{&c.Used})
	c.DeskID, c.OfficerID, c.MadeBy = desk.Int64, officer.Int64, by.Int64
	return c, found(err, "邀请码或登录链接无效、已使用或已过期")
}

// UseCode marks a code as used up by an officer.
func (t *Tx) UseCode(ctx context.Context, codeID, officerID int64) error {
	_, err := t.exec(ctx, `UPDATE codes SET used = $2, officer_id = $3 WHERE id = $1`, codeID, ms(t.Now), officerID)
	return err
}

// DropCodes makes an officer's unused sign-in codes void.
func (t *Tx) DropCodes(ctx context.Context, officerID int64) error {
	_, err := t.exec(ctx, `DELETE FROM codes WHERE officer_id = $1 AND use = 'signin' AND used = 0`, officerID)
	return err
}
