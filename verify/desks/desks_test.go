package desks_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/verify/desks"
)

// office is a roster with one desk and an administrator who has signed in.
type office struct {
	*desks.Desks
	db    *store.DB
	t     *testing.T
	desk  guitu.Desk
	admin guitu.Officer
	clock time.Time
}

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Run("SQLite", func(t *testing.T) { test(t, build(t, filepath.Join(t.TempDir(), "test.db"))) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, build(t, testenv.Postgres(t))) })
}

func build(t *testing.T, address string) *office {
	t.Helper()
	ctx := context.Background()
	o := &office{t: t, clock: time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)}
	db, err := store.Open(ctx, address, store.Options{Now: func() time.Time { return o.clock }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	key, err := desks.ParseKey(desks.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	o.db, o.Desks = db, desks.New(db, desks.Options{Key: key})
	_, err = o.FirstCode(ctx)
	is(t, err, guitu.Conflict) // without a desk there is nobody to be
	err = db.Update(ctx, func(tx *store.Tx) error { return tx.SetDesks(ctx, []guitu.Desk{{Name: "部值班台"}}) })
	if err != nil {
		t.Fatal(err)
	}
	all, err := o.Desks.Desks(ctx)
	if err != nil || len(all) != 1 {
		t.Fatalf("desks %+v, %v", all, err)
	}
	o.desk = all[0]
	o.admin = o.signIn(o.first())
	return o
}

func (o *office) first() string {
	o.t.Helper()
	code, err := o.FirstCode(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	return code
}

func (o *office) signIn(code string) guitu.Officer {
	o.t.Helper()
	who, err := o.SignIn(context.Background(), code)
	if err != nil {
		o.t.Fatal(err)
	}
	return who
}

func (o *office) invite() string {
	o.t.Helper()
	code, expires, err := o.Invite(context.Background(), o.desk.ID, guitu.RoleOfficer, " 吴警官 ", o.admin.ID)
	if err != nil || !expires.Equal(o.clock.Add(desks.InvitationLife)) {
		o.t.Fatalf("invitation until %v, %v", expires, err)
	}
	return code
}

func (o *office) join(code string, user int64) guitu.Officer {
	o.t.Helper()
	who, err := o.JoinTelegram(context.Background(), code, user)
	if err != nil {
		o.t.Fatal(err)
	}
	return who
}

// refused fails unless neither the console nor Telegram takes a code, and nobody joins by it.
func (o *office) refused(code string) {
	o.t.Helper()
	ctx := context.Background()
	before := o.count()
	_, err := o.SignIn(ctx, code)
	is(o.t, err, guitu.NotFound)
	_, err = o.JoinTelegram(ctx, code, 99)
	is(o.t, err, guitu.NotFound)
	if after := o.count(); after != before {
		o.t.Fatalf("%d officers, had %d", after, before)
	}
}

func (o *office) count() int {
	o.t.Helper()
	all, err := o.Officers(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	return len(all)
}

// is fails unless an error is of a kind.
func is(t *testing.T, err error, want guitu.Kind) {
	t.Helper()
	if got := guitu.KindOf(err); got != want {
		t.Fatalf("error %v of kind %q, want %q", err, got, want)
	}
}

func TestInvitation(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		code := o.invite()
		who := o.join(code, 7)
		if who.Name != "吴警官" || who.Role != guitu.RoleOfficer || who.Desk.ID != o.desk.ID || who.TelegramUser != 7 || !who.OnDuty {
			t.Errorf("joined as %+v", who)
		}
		o.refused(code)
		code = o.invite()
		if who := o.signIn(code); who.TelegramUser != 0 || who.Name != "吴警官" {
			t.Errorf("joined as %+v", who)
		}
		o.refused(code)

		code = o.invite()
		o.clock = o.clock.Add(desks.InvitationLife - time.Millisecond)
		o.join(code, 8)
		code = o.invite()
		o.clock = o.clock.Add(desks.InvitationLife)
		o.refused(code)
		o.refused("no such code")
		o.refused("")
	})
}

func TestInvitationAtOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		code, before := o.invite(), o.count()
		var wg sync.WaitGroup
		for user := range int64(8) {
			wg.Go(func() {
				_, err := o.JoinTelegram(context.Background(), code, user+1)
				if k := guitu.KindOf(err); k != "" && k != guitu.NotFound {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := o.count(); got != before+1 {
			t.Errorf("%d joined by one invitation, want 1", got-before)
		}
	})
}

func TestInviteRefuses(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		plain := o.join(o.invite(), 7)
		_, _, err := o.Invite(ctx, o.desk.ID, guitu.RoleOfficer, "甲", plain.ID)
		is(t, err, guitu.Forbidden)
		_, _, err = o.Invite(ctx, o.desk.ID, guitu.RoleOfficer, "甲", 999)
		is(t, err, guitu.NotFound)
		_, _, err = o.Invite(ctx, 999, guitu.RoleOfficer, "甲", o.admin.ID)
		is(t, err, guitu.NotFound)
		_, _, err = o.Invite(ctx, o.desk.ID, "king", "甲", o.admin.ID)
		is(t, err, guitu.Invalid)
		_, _, err = o.Invite(ctx, o.desk.ID, guitu.RoleOfficer, " ", o.admin.ID)
		is(t, err, guitu.Invalid)
	})
}

func TestJoinTelegram(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		code := o.invite()
		who := o.join(code, 7)
		if again := o.join(code, 7); again.ID != who.ID || o.count() != 2 {
			t.Errorf("joined again as %+v, %d officers", again, o.count())
		}
		// An account that has joined joins no second time, and spends no invitation.
		other := o.invite()
		_, err := o.JoinTelegram(ctx, other, 7)
		is(t, err, guitu.Conflict)
		o.join(other, 8)

		if got, err := o.OfficerByTelegram(ctx, 7); err != nil || got.ID != who.ID {
			t.Errorf("officer %+v, %v", got, err)
		}
		_, err = o.OfficerByTelegram(ctx, 9)
		is(t, err, guitu.NotFound)
	})
}

func TestTie(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		code, err := o.SignInCode(ctx, o.admin.ID)
		is(t, err, "")
		if who := o.join(code, 7); who.ID != o.admin.ID || who.TelegramUser != 7 {
			t.Errorf("tied to %+v", who)
		}
		if who := o.join(code, 7); who.ID != o.admin.ID {
			t.Errorf("tied again to %+v", who)
		}
		o.refused(code)
		if got, err := o.OfficerByTelegram(ctx, 7); err != nil || got.ID != o.admin.ID {
			t.Errorf("officer %+v, %v", got, err)
		}
		code, err = o.SignInCode(ctx, o.admin.ID)
		is(t, err, "")
		o.clock = o.clock.Add(desks.SignInLife)
		o.refused(code)
	})
}

func TestUntieTelegram(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		tie := func() string {
			t.Helper()
			code, err := o.SignInCode(ctx, o.admin.ID)
			is(t, err, "")
			return code
		}
		used := tie()
		o.join(used, 7)
		unused := tie()
		is(t, o.UntieTelegram(ctx, o.admin.ID), "")
		_, err := o.OfficerByTelegram(ctx, 7)
		is(t, err, guitu.NotFound)
		if who, err := o.Officer(ctx, o.admin.ID); err != nil || who.TelegramUser != 0 {
			t.Errorf("officer %+v, %v, want no account tied", who, err)
		}
		o.refused(used) // Telegram may bring the same /start again.
		o.refused(unused)
		is(t, o.UntieTelegram(ctx, o.admin.ID), "")

		// Two officers without an account are no conflict, and the account is free for either.
		other := o.join(o.invite(), 8)
		is(t, o.UntieTelegram(ctx, other.ID), "")
		if who := o.join(tie(), 8); who.ID != o.admin.ID {
			t.Errorf("tied to %+v", who)
		}
	})
}

func TestSignInCode(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		first, err := o.SignInCode(ctx, o.admin.ID)
		is(t, err, "")
		second, err := o.SignInCode(ctx, o.admin.ID)
		is(t, err, "")
		o.refused(first) // void by the second
		if who := o.signIn(second); who.ID != o.admin.ID {
			t.Errorf("signed in as %+v", who)
		}
		o.refused(second)
		_, err = o.SignInCode(ctx, 999)
		is(t, err, guitu.NotFound)
	})
}

func TestDisable(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		invitation := o.invite()
		who := o.join(invitation, 7)
		code, err := o.SignInCode(ctx, who.ID)
		is(t, err, "")
		is(t, o.SetDisabled(ctx, o.admin.ID, true, o.admin.ID), guitu.Conflict)
		is(t, o.SetDisabled(ctx, o.admin.ID, true, who.ID), guitu.Forbidden)
		is(t, o.SetDisabled(ctx, 999, true, o.admin.ID), guitu.NotFound)
		if a, err := o.Officer(ctx, o.admin.ID); err != nil || a.Disabled {
			t.Fatalf("administrator %+v, %v", a, err)
		}

		is(t, o.SetDisabled(ctx, who.ID, true, o.admin.ID), "")
		_, err = o.SignIn(ctx, code)
		is(t, err, guitu.NotFound)
		_, err = o.SignInCode(ctx, who.ID)
		is(t, err, guitu.Forbidden)
		_, err = o.OfficerByTelegram(ctx, 7)
		is(t, err, guitu.NotFound)
		_, err = o.JoinTelegram(ctx, invitation, 7)
		is(t, err, guitu.Conflict) // the same code again is no way back
		if got, err := o.Officer(ctx, who.ID); err != nil || !got.Disabled {
			t.Errorf("officer %+v, %v; want disabled", got, err)
		}

		is(t, o.SetDisabled(ctx, who.ID, false, o.admin.ID), "")
		if got, err := o.OfficerByTelegram(ctx, 7); err != nil || got.ID != who.ID {
			t.Errorf("officer %+v, %v; want back", got, err)
		}
	})
}

func TestFirstCode(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		if code := o.first(); code != "" { // build has signed in
			t.Error("a first code after an administrator signed in")
		}
		if o.admin.Name != desks.FirstAdmin || o.admin.Role != guitu.RoleAdmin || o.count() != 1 {
			t.Errorf("first is %+v of %d", o.admin, o.count())
		}
	})
}

func TestFirstCodeAgain(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		// The only administrator who signed in is disabled by another, who has not: there must be a way in.
		ctx := context.Background()
		code, _, err := o.Invite(ctx, o.desk.ID, guitu.RoleAdmin, "郑警官", o.admin.ID)
		is(t, err, "")
		other := o.join(code, 7)
		is(t, o.SetDisabled(ctx, o.admin.ID, true, other.ID), "")
		first, second := o.first(), o.first()
		o.refused(first)
		o.clock = o.clock.Add(desks.FirstLife - time.Millisecond)
		if who := o.signIn(second); who.ID != other.ID || o.count() != 2 {
			t.Errorf("signed in as %+v of %d", who, o.count())
		}
		if code := o.first(); code != "" {
			t.Error("a first code after an administrator signed in")
		}
	})
}

func TestDuty(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		for _, on := range []bool{false, true} {
			is(t, o.SetDuty(ctx, o.admin.ID, on, o.admin.ID), "")
			if got, err := o.Officer(ctx, o.admin.ID); err != nil || got.OnDuty != on {
				t.Errorf("on duty %v, %v; want %v", got.OnDuty, err, on)
			}
		}
	})
}
