package store

import (
	"context"
	"time"

	"guitu"
)

// Factor is an officer's second factor. Its secret leaves the database for one check or one enrolment, and is never logged.
type Factor struct {
	OfficerID   int64
	Secret      string // sealed: the database has no key
	MadeAt      time.Time
	Confirmed   time.Time // zero while it counts for nothing
	Step        int64     // the last time step whose code was used
	Fails       int       // wrong codes since the last right one or the last lock-out
	LockedUntil time.Time
}

// LockFactor returns an officer's second factor; no other transaction can use it until this one ends. NotFound when there is none.
func (t *Tx) LockFactor(ctx context.Context, officerID int64) (f Factor, err error) {
	f.OfficerID = officerID
	err = t.row(ctx, `
		UPDATE second_factors SET fails = fails WHERE officer_id = $1
		RETURNING secret, made_at, confirmed, step, fails, locked_until`, officerID).Scan(
		&f.Secret, timestamp{&f.MadeAt}, timestamp{&f.Confirmed}, &f.Step, &f.Fails, timestamp{&f.LockedUntil})
	return f, found(err, "没有启用第二重验证")
}

// FactorOfficers returns who has a second factor, or has begun one.
func (t *Tx) FactorOfficers(ctx context.Context) ([]int64, error) {
	return collect(ctx, t, func(r scanner) (id int64, err error) { return id, r.Scan(&id) },
		`SELECT officer_id FROM second_factors ORDER BY officer_id`)
}

// SaveFactor stores an officer's second factor in place of the one that there was.
func (t *Tx) SaveFactor(ctx context.Context, f Factor) error {
	_, err := t.exec(ctx, `
		INSERT INTO second_factors (officer_id, secret, made_at, confirmed, step, fails, locked_until) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (officer_id) DO UPDATE SET secret = excluded.secret, made_at = excluded.made_at, confirmed = excluded.confirmed,
			step = excluded.step, fails = excluded.fails, locked_until = excluded.locked_until`,
		f.OfficerID, f.Secret, ms(f.MadeAt), ms(f.Confirmed), f.Step, f.Fails, ms(f.LockedUntil))
	return err
}

// DropFactor takes an officer's second factor away, and its recovery codes.
func (t *Tx) DropFactor(ctx context.Context, officerID int64) error {
	if _, err := t.exec(ctx, `DELETE FROM recovery_codes WHERE officer_id = $1`, officerID); err != nil {
		return err
	}
	n, err := t.exec(ctx, `DELETE FROM second_factors WHERE officer_id = $1`, officerID)
	if err == nil && n == 0 {
		err = guitu.Errorf(guitu.NotFound, "没有启用第二重验证")
	}
	return err
}

// SetRecoveryCodes makes these an officer's recovery codes, of which only hashes are kept, and voids all earlier ones.
func (t *Tx) SetRecoveryCodes(ctx context.Context, officerID int64, codes []string) error {
	if _, err := t.exec(ctx, `DELETE FROM recovery_codes WHERE officer_id = $1`, officerID); err != nil {
		return err
	}
	for _, c := range codes {
		if _, err := t.exec(ctx, `INSERT INTO recovery_codes (officer_id, hash) VALUES ($1, $2)`, officerID, hash(c)); err != nil {
			return err
		}
	}
	return nil
}

// UseRecoveryCode uses a code up. It reports whether it was one of the officer's that had not been used.
func (t *Tx) UseRecoveryCode(ctx context.Context, officerID int64, code string) (bool, error) {
	n, err := t.exec(ctx, `UPDATE recovery_codes SET used = $3 WHERE officer_id = $1 AND hash = $2 AND used = 0`,
		officerID, hash(code), ms(t.Now))
	return n == 1, err
}

// RecoveryCodes counts the codes that an officer has left.
func (t *Tx) RecoveryCodes(ctx context.Context, officerID int64) (n int, err error) {
	err = t.row(ctx, `SELECT COUNT(*) FROM recovery_codes WHERE officer_id = $1 AND used = 0`, officerID).Scan(&n)
	return n, err
}
