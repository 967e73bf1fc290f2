package desks_test

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/desks"
)

// app is an officer's authenticator app.
type app struct {
	o      *office
	id     int64
	secret string
}

// code is what the app shows after a time.
func (a app) code(d time.Duration) string {
	a.o.t.Helper()
	c, err := totp.GenerateCode(a.secret, a.o.clock.Add(d))
	if err != nil {
		a.o.t.Fatal(err)
	}
	return c
}

// begin reads the secret of a begun enrolment into an app.
func (o *office) begin(officerID int64) app {
	o.t.Helper()
	address, err := o.EnrolFactor(context.Background(), officerID, "归途")
	is(o.t, err, "")
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Query().Get("issuer") != "归途" {
		o.t.Fatalf("address %q, %v", address, err)
	}
	return app{o, officerID, u.Query().Get("secret")}
}

// enrol gives an officer a second factor.
func (o *office) enrol(officerID int64) (app, []string) {
	o.t.Helper()
	a := o.begin(officerID)
	recovery, err := o.ConfirmFactor(context.Background(), officerID, a.code(0))
	is(o.t, err, "")
	return a, recovery
}

func (o *office) hasFactor(officerID int64) bool {
	o.t.Helper()
	who, err := o.Officer(context.Background(), officerID)
	is(o.t, err, "")
	return who.Factor
}

func TestEnrolFactor(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		_, err := o.ConfirmFactor(ctx, o.admin.ID, "123456")
		is(t, err, guitu.NotFound)
		first := o.begin(o.admin.ID)
		if again := o.begin(o.admin.ID); again.secret != first.secret {
			t.Error("a reload makes the code in the app useless")
		}
		if o.hasFactor(o.admin.ID) {
			t.Error("a factor that nobody confirmed counts")
		}
		is(t, o.PassFactor(ctx, o.admin.ID, first.code(0)), guitu.NotFound)
		_, err = o.ConfirmFactor(ctx, o.admin.ID, first.code(time.Hour))
		is(t, err, guitu.Invalid)
		o.clock = o.clock.Add(15 * time.Minute)
		_, err = o.ConfirmFactor(ctx, o.admin.ID, first.code(0))
		is(t, err, guitu.Conflict)
		a, recovery := o.enrol(o.admin.ID)
		if a.secret == first.secret || !o.hasFactor(o.admin.ID) || len(recovery) != 10 {
			t.Errorf("enrolled %v with %d recovery codes", o.hasFactor(o.admin.ID), len(recovery))
		}
		_, err = o.EnrolFactor(ctx, o.admin.ID, "归途")
		is(t, err, guitu.Conflict)
		_, err = o.ConfirmFactor(ctx, o.admin.ID, a.code(30*time.Second))
		is(t, err, guitu.Conflict)
	})
}

func TestPassFactor(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		a, _ := o.enrol(o.admin.ID)
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(0)), guitu.Invalid) // it confirmed the enrolment, so it was seen
		o.clock = o.clock.Add(time.Minute)
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(0)), "")
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(0)), guitu.Invalid)
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(-30*time.Second)), guitu.Invalid) // good a moment ago, but older than the last
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(30*time.Second)), "")             // a clock that is fast
		o.clock = o.clock.Add(2 * time.Minute)
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(60*time.Second)), guitu.Invalid)
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(-60*time.Second)), guitu.Invalid)
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(-30*time.Second)), "") // a clock that is slow
		// As people type it, with a Chinese input method.
		c := []rune(a.code(0))
		wide := " "
		for i, r := range c {
			if wide += string(r - '0' + '０'); i == 2 {
				wide += "　"
			}
		}
		is(t, o.PassFactor(ctx, o.admin.ID, wide), "")
	})
}

func TestFactorLocks(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		a, recovery := o.enrol(o.admin.ID)
		o.clock = o.clock.Add(time.Minute)
		n := int64(len(o.trail(0)))
		for range 4 {
			is(t, o.PassFactor(ctx, o.admin.ID, "000000x"), guitu.Invalid)
		}
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(0)), "") // a right one begins the count anew
		for range 5 {
			is(t, o.PassFactor(ctx, o.admin.ID, "wrong"), guitu.Invalid)
		}
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(30*time.Second)), guitu.Forbidden)
		is(t, o.PassFactor(ctx, o.admin.ID, recovery[0]), guitu.Forbidden)
		o.clock = o.clock.Add(15*time.Minute - time.Millisecond)
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(0)), guitu.Forbidden)
		o.clock = o.clock.Add(time.Millisecond)
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(0)), "")
		if got, want := o.trail(n), []guitu.Deed{guitu.DeedFactorPass, guitu.DeedFactorLock, guitu.DeedFactorPass}; !slices.Equal(got, want) {
			t.Errorf("the trail says %v, want %v", got, want)
		}
	})
}

func TestRecoveryCodes(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		a, recovery := o.enrol(o.admin.ID)
		other := o.role(guitu.RoleOfficer, 7)
		_, others := o.enrol(other.ID)
		is(t, o.PassFactor(ctx, o.admin.ID, others[0]), guitu.Invalid)
		c := recovery[3]
		is(t, o.PassFactor(ctx, o.admin.ID, c[:4]+"-"+c[4:8]+" "+c[8:]), "")
		is(t, o.PassFactor(ctx, o.admin.ID, c), guitu.Invalid)
		if n, err := o.RecoveryCodes(ctx, o.admin.ID); err != nil || n != 9 {
			t.Errorf("%d codes left, %v", n, err)
		}
		_, err := o.RenewRecovery(ctx, o.admin.ID, "wrong")
		is(t, err, guitu.Invalid)
		o.clock = o.clock.Add(time.Minute)
		renewed, err := o.RenewRecovery(ctx, o.admin.ID, a.code(0))
		is(t, err, "")
		is(t, o.PassFactor(ctx, o.admin.ID, recovery[4]), guitu.Invalid)
		is(t, o.PassFactor(ctx, o.admin.ID, renewed[0]), "")
	})
}

func TestDropFactor(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		who := o.role(guitu.RoleLead, 7)
		a, _ := o.enrol(who.ID)
		o.clock = o.clock.Add(time.Minute)
		is(t, o.DropFactor(ctx, who.ID, "wrong"), guitu.Invalid)
		is(t, o.DropFactor(ctx, who.ID, a.code(0)), "")
		is(t, o.PassFactor(ctx, who.ID, a.code(30*time.Second)), guitu.NotFound)
		_, recovery := o.enrol(who.ID)
		is(t, o.ResetFactor(ctx, who.ID, who.ID), guitu.Forbidden)
		is(t, o.ResetFactor(ctx, o.admin.ID, o.admin.ID), guitu.Conflict)
		is(t, o.ResetFactor(ctx, who.ID, o.admin.ID), "")
		is(t, o.ResetFactor(ctx, who.ID, o.admin.ID), guitu.NotFound)
		if o.hasFactor(who.ID) {
			t.Error("the factor is still there")
		}
		is(t, o.PassFactor(ctx, who.ID, recovery[0]), guitu.NotFound)
	})
}

// The same code by two sign-ins at once opens one of them.
func TestFactorAtOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		a, _ := o.enrol(o.admin.ID)
		o.clock = o.clock.Add(time.Minute)
		code := a.code(0)
		done := make(chan error)
		for range 4 {
			go func() { done <- o.PassFactor(context.Background(), o.admin.ID, code) }()
		}
		passed := 0
		for range 4 {
			if err := <-done; err == nil {
				passed++
			} else if guitu.KindOf(err) != guitu.Invalid {
				t.Error(err)
			}
		}
		if passed != 1 {
			t.Errorf("one code opened %d times", passed)
		}
	})
}

// kept is an officer's secret as the database has it.
func (o *office) kept(officerID int64) (secret string) {
	o.t.Helper()
	err := o.db.Update(context.Background(), func(tx *store.Tx) error {
		f, err := tx.LockFactor(context.Background(), officerID)
		secret = f.Secret
		return err
	})
	is(o.t, err, "")
	return secret
}

// keep puts a secret into the database in place of the one that there is.
func (o *office) keep(officerID int64, secret string) {
	o.t.Helper()
	is(o.t, o.db.Update(context.Background(), func(tx *store.Tx) error {
		f, err := tx.LockFactor(context.Background(), officerID)
		if err != nil {
			return err
		}
		f.Secret = secret
		return tx.SaveFactor(context.Background(), f)
	}), "")
}

// rekeyed is the same roster with another key; none for "".
func (o *office) rekeyed(key string) *desks.Desks {
	o.t.Helper()
	if key == "" {
		return desks.New(o.db, desks.Options{})
	}
	k, err := desks.ParseKey(key)
	is(o.t, err, "")
	return desks.New(o.db, desks.Options{Key: k})
}

// TestSealFactors reads the database as a thief would.
func TestSealFactors(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		if lost, err := o.rekeyed("").SealFactors(ctx); lost != 0 || err != nil {
			t.Errorf("no factor and no key: %d lost, %v", lost, err)
		}
		a, recovery := o.enrol(o.admin.ID)
		other := o.role(guitu.RoleOfficer, 7)
		b := o.begin(other.ID)
		o.clock = o.clock.Add(time.Minute)
		if kept := o.kept(o.admin.ID); strings.Contains(kept, a.secret) || kept == "" {
			t.Errorf("the database keeps %q, whose secret is %q", kept, a.secret)
		}

		// What an earlier version kept is sealed once, and goes on.
		o.keep(o.admin.ID, a.secret)
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(0)), guitu.Conflict)
		if _, err := o.rekeyed("").SealFactors(ctx); !errors.Is(err, desks.ErrNoKey) {
			t.Errorf("without a key: %v, want ErrNoKey", err)
		}
		for range 2 {
			if lost, err := o.SealFactors(ctx); lost != 0 || err != nil {
				t.Errorf("%d lost, %v", lost, err)
			}
		}
		if kept := o.kept(o.admin.ID); strings.Contains(kept, a.secret) {
			t.Errorf("the database still keeps %q", kept)
		}
		is(t, o.PassFactor(ctx, o.admin.ID, a.code(0)), "")
		if again := o.begin(other.ID); again.secret != b.secret {
			t.Error("sealing ended an enrolment")
		}

		// A sealed secret is good for its officer only: whoever can write the database cannot give somebody else's to himself.
		mine := o.kept(o.admin.ID)
		o.keep(o.admin.ID, o.kept(other.ID))
		o.clock = o.clock.Add(time.Minute)
		is(t, o.PassFactor(ctx, o.admin.ID, b.code(0)), guitu.Conflict)
		o.keep(o.admin.ID, mine)

		// With another key, or none, only recovery codes are good; what was only begun begins anew.
		fresh := o.rekeyed(desks.NewKey())
		if lost, err := fresh.SealFactors(ctx); lost != 2 || err != nil {
			t.Errorf("with another key: %d lost, %v, want 2", lost, err)
		}
		is(t, fresh.PassFactor(ctx, o.admin.ID, a.code(0)), guitu.Conflict)
		is(t, fresh.PassFactor(ctx, o.admin.ID, recovery[0]), "")
		_, err := fresh.EnrolFactor(ctx, other.ID, "归途")
		is(t, err, "")
		is(t, fresh.DropFactor(ctx, o.admin.ID, recovery[1]), "")
		_, err = o.rekeyed("").EnrolFactor(ctx, o.admin.ID, "归途")
		is(t, err, guitu.Conflict)
		if o.hasFactor(o.admin.ID) {
			t.Error("a factor without a key")
		}
	})
}

func TestParseKey(t *testing.T) {
	if _, err := desks.ParseKey(desks.NewKey()); err != nil {
		t.Error(err)
	}
	for _, s := range []string{"", "x", "AAAA", desks.NewKey() + "AAAA"} {
		if k, err := desks.ParseKey(s); err == nil || !k.IsZero() {
			t.Errorf("%q is a key", s)
		}
	}
}
