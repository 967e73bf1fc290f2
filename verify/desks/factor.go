package desks

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"guitu"
	"guitu/internal/store"
)

// How a second factor is checked. Codes are those of RFC 6238 as every authenticator app makes them: six digits, thirty seconds,
// SHA-1. The code of the step before and after is good too, for clocks that are not quite right.
const (
	step          = 30 * time.Second
	maxFails      = 5                // wrong codes in a row
	lockOut       = 15 * time.Minute // after so many
	enrolLife     = 15 * time.Minute // until a begun enrolment must be begun anew
	recoveryCodes = 10
)

// encoding is how authenticator apps read secrets.
var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

var beijing = time.FixedZone("CST", 8*60*60)

var codes = totp.ValidateOpts{Period: uint(step / time.Second), Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// EnrolFactor begins an officer's second factor and returns the otpauth address that an authenticator app reads. It counts once
// ConfirmFactor has seen a code. Begun again within a quarter of an hour, it is the same. Conflict when there is one, and without a key
// to keep it under.
func (d *Desks) EnrolFactor(ctx context.Context, officerID int64, issuer string) (address string, err error) {
	err = d.db.Update(ctx, func(tx *store.Tx) error {
		o, err := tx.Officer(ctx, officerID)
		if err != nil {
			return err
		}
		if o.Factor {
			return guitu.Errorf(guitu.Conflict, "已启用第二重验证")
		}
		f, err := tx.LockFactor(ctx, officerID)
		fresh := guitu.KindOf(err) == guitu.NotFound
		if err != nil && !fresh {
			return err
		}
		var secret []byte
		begun := ""
		if !fresh && tx.Now.Sub(f.MadeAt) < enrolLife {
			if begun, err = d.key.open(officerID, f.Secret); err != nil && !errors.Is(err, errSealed) {
				return err
			}
		}
		if begun != "" {
			if secret, err = encoding.DecodeString(begun); err != nil {
				return err
			}
		} else {
			fresh = true
			secret = make([]byte, 20)
			_, _ = rand.Read(secret) // never fails: it ends the program instead
		}
		key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: o.Name, Secret: secret})
		if err != nil {
			return err
		}
		address = key.URL()
		if !fresh {
			return nil
		}
		kept, err := d.key.seal(officerID, key.Secret())
		if err != nil {
			return err
		}
		return tx.SaveFactor(ctx, store.Factor{OfficerID: officerID, Secret: kept, MadeAt: tx.Now, Fails: f.Fails, LockedUntil: f.LockedUntil})
	})
	return address, err
}

// ConfirmFactor makes a begun second factor count by one of its codes, and returns the recovery codes, which are shown once.
func (d *Desks) ConfirmFactor(ctx context.Context, officerID int64, code string) (recovery []string, err error) {
	err = d.tryFactor(ctx, officerID, func(tx *store.Tx, f *store.Factor) error {
		if !f.Confirmed.IsZero() {
			return guitu.Errorf(guitu.Conflict, "已启用第二重验证")
		}
		if tx.Now.Sub(f.MadeAt) >= enrolLife {
			return guitu.Errorf(guitu.Conflict, "绑定已超时，请重新开始")
		}
		if err := d.take(f, code, tx.Now); err != nil {
			return err
		}
		f.Confirmed = tx.Now
		tx.Deed(officerID, guitu.DeedFactorEnrol, officerID)
		recovery = newRecoveryCodes()
		return tx.SetRecoveryCodes(ctx, officerID, recovery)
	})
	return recovery, err
}

// PassFactor checks a code of an officer's second factor, or uses up a recovery code. Errors for people: Invalid when it is wrong
// or was used before, Forbidden while the factor is locked after too many wrong ones.
func (d *Desks) PassFactor(ctx context.Context, officerID int64, code string) error {
	return d.tryFactor(ctx, officerID, func(tx *store.Tx, f *store.Factor) error { return d.pass(ctx, tx, f, code) })
}

// RenewRecovery makes new recovery codes against a code of the second factor, and voids all earlier ones.
func (d *Desks) RenewRecovery(ctx context.Context, officerID int64, code string) (recovery []string, err error) {
	err = d.tryFactor(ctx, officerID, func(tx *store.Tx, f *store.Factor) error {
		if err := d.pass(ctx, tx, f, code); err != nil {
			return err
		}
		recovery = newRecoveryCodes()
		return tx.SetRecoveryCodes(ctx, officerID, recovery)
	})
	return recovery, err
}

// DropFactor takes an officer's own second factor away against one of its codes.
func (d *Desks) DropFactor(ctx context.Context, officerID int64, code string) error {
	return d.tryFactor(ctx, officerID, func(tx *store.Tx, f *store.Factor) error {
		if err := d.pass(ctx, tx, f, code); err != nil {
			return err
		}
		tx.Deed(officerID, guitu.DeedFactorDrop, officerID)
		f.Secret = ""
		return tx.DropFactor(ctx, officerID)
	})
}

// ResetFactor takes away the second factor of an officer who lost it, on an administrator's word: never the own.
func (d *Desks) ResetFactor(ctx context.Context, officerID, by int64) error {
	return d.administer(ctx, officerID, by, func(tx *store.Tx, _ guitu.Officer) error {
		if officerID == by {
			return guitu.Errorf(guitu.Conflict, "不能重置自己的第二重验证，请由另一位管理员操作")
		}
		tx.Deed(by, guitu.DeedFactorDrop, officerID)
		return tx.DropFactor(ctx, officerID)
	})
}

// RecoveryCodes counts the recovery codes that an officer has left.
func (d *Desks) RecoveryCodes(ctx context.Context, officerID int64) (n int, err error) {
	err = d.db.View(ctx, func(tx *store.Tx) error {
		n, err = tx.RecoveryCodes(ctx, officerID)
		return err
	})
	return n, err
}

// errWrong is a code that is not good. It alone counts towards the lock-out, and it is committed.
var errWrong = guitu.Errorf(guitu.Invalid, "验证码不对或已经用过，请等下一个验证码出现后再试")

// tryFactor does with an officer's second factor what a code allows. A wrong code is counted: that must not be rolled back.
func (d *Desks) tryFactor(ctx context.Context, officerID int64, try func(*store.Tx, *store.Factor) error) error {
	var refused error
	err := d.db.Update(ctx, func(tx *store.Tx) error {
		f, err := tx.LockFactor(ctx, officerID)
		if err != nil {
			return err
		}
		if tx.Now.Before(f.LockedUntil) {
			return guitu.Errorf(guitu.Forbidden, "错误次数过多，第二重验证已锁定，请于%s后再试",
				f.LockedUntil.In(beijing).Format("15:04"))
		}
		switch err := try(tx, &f); {
		case errors.Is(err, errWrong):
			refused = err
			if f.Fails++; f.Fails >= maxFails {
				f.Fails, f.LockedUntil = 0, tx.Now.Add(lockOut)
				tx.Deed(officerID, guitu.DeedFactorLock, officerID)
			}
		case err != nil:
			return err
		default:
			f.Fails = 0
		}
		if f.Secret == "" {
			return nil // dropped
		}
		return tx.SaveFactor(ctx, f)
	})
	if err != nil {
		return err
	}
	return refused
}

// pass takes a code of the factor, or a recovery code in its place, which needs no key.
func (d *Desks) pass(ctx context.Context, tx *store.Tx, f *store.Factor, code string) error {
	if f.Confirmed.IsZero() {
		return guitu.Errorf(guitu.NotFound, "没有启用第二重验证")
	}
	deed := guitu.DeedFactorPass
	err := d.take(f, code, tx.Now)
	if errors.Is(err, errWrong) || errors.Is(err, errSealed) {
		used, rerr := tx.UseRecoveryCode(ctx, f.OfficerID, plain(code))
		if rerr != nil {
			return rerr
		}
		if !used {
			return err
		}
		deed, err = guitu.DeedFactorRecover, nil
	}
	if err == nil {
		tx.Deed(f.OfficerID, deed, f.OfficerID)
	}
	return err
}

// take checks a code against the steps around now, each in the same time, and moves the factor on to the step whose code it was. A code
// of that step or an earlier one is wrong: somebody has seen it.
func (d *Desks) take(f *store.Factor, code string, now time.Time) error {
	secret, err := d.key.open(f.OfficerID, f.Secret)
	if err != nil {
		return err
	}
	given, at, good := []byte(plain(code)), now.Unix()/int64(step/time.Second), int64(0)
	for s := at - 1; s <= at+1; s++ {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(s*int64(step/time.Second), 0), codes)
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare(given, []byte(want)) == 1 && s > f.Step {
			good = s
		}
	}
	if good == 0 {
		return errWrong
	}
	f.Step = good
	return nil
}

// plain is a code as it was made: people add spaces and dashes, and input methods write wide digits.
func plain(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ' || r == '-' || r == '　' || r == '－':
			return -1
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(code)))
}

// newRecoveryCodes makes codes of 80 random bits each.
func newRecoveryCodes() []string {
	all := make([]string, recoveryCodes)
	for i := range all {
		b := make([]byte, 10)
		_, _ = rand.Read(b) // never fails: it ends the program instead
		all[i] = encoding.EncodeToString(b)
	}
	return all
}
