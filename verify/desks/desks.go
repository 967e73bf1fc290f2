package desks

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/internal/store"
)

// How long codes live.
const (
	InvitationLife = 48 * time.Hour
	SignInLife     = 10 * time.Minute
	FirstLife      = 24 * time.Hour // the link for the first administrator
)

// FirstAdmin is the name of the administrator whom the first sign-in link makes.
const FirstAdmin = "管理员"

const maxName = 30 // runes

// Desks is the roster in a database.
type Desks struct {
	db  *store.DB
	key Key
}

// Options are what a roster may do without.
type Options struct {
	Key Key // seals second factors; without one there are none
}

// New returns the roster in a database.
func New(db *store.DB, o Options) *Desks { return &Desks{db: db, key: o.Key} }

// secret makes a code of 144 random bits that stands in a URL and in a Telegram /start command.
func secret() string {
	b := make([]byte, 18)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// Desks returns all desks, the whole country first, then by area.
func (d *Desks) Desks(ctx context.Context) (all []guitu.Desk, err error) {
	err = d.db.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Desks(ctx)
		return err
	})
	return all, err
}

// Officer returns an officer, disabled ones too.
func (d *Desks) Officer(ctx context.Context, officerID int64) (o guitu.Officer, err error) {
	err = d.db.View(ctx, func(tx *store.Tx) error {
		o, err = tx.Officer(ctx, officerID)
		return err
	})
	return o, err
}

// Officers returns all officers by desk and name.
func (d *Desks) Officers(ctx context.Context) (all []guitu.Officer, err error) {
	err = d.db.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Officers(ctx)
		return err
	})
	return all, err
}

// OfficerByTelegram returns the officer who joined with a Telegram account; NotFound for everybody else and for the disabled.
func (d *Desks) OfficerByTelegram(ctx context.Context, user int64) (o guitu.Officer, err error) {
	err = d.db.View(ctx, func(tx *store.Tx) error {
		o, err = tx.OfficerByTelegram(ctx, user)
		if err == nil && o.Disabled {
			return guitu.Errorf(guitu.NotFound, "该账号已停用")
		}
		return err
	})
	return o, err
}

// Invite makes a single-use code by which one person joins a desk, on an administrator's word.
func (d *Desks) Invite(
	ctx context.Context, deskID int64, role guitu.Role, name string, by int64,
) (code string, expires time.Time, err error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "" || utf8.RuneCountInString(name) > maxName:
		return "", time.Time{}, guitu.Errorf(guitu.Invalid, "请填写姓名（不超过 %d 字）", maxName)
	case !slices.Contains(guitu.Roles[:], role):
		return "", time.Time{}, guitu.Errorf(guitu.Invalid, "没有这种角色")
	}
	code = secret()
	err = d.db.Update(ctx, func(tx *store.Tx) error {
		if err := Admin(ctx, tx, by); err != nil {
			return err
		}
		if _, err := tx.Desk(ctx, deskID); err != nil {
			return err
		}
		expires = tx.Now.Add(InvitationLife)
		tx.Audit(guitu.Entry{OfficerID: by, Deed: guitu.DeedOfficerInvite, ThingID: deskID, Detail: map[string]string{"role": string(role)}})
		return tx.CreateCode(ctx, code, store.Code{
			Use: store.UseJoin, Name: name, Role: role, DeskID: deskID, MadeBy: by, Expires: expires,
		})
	})
	return code, expires, err
}

// JoinTelegram uses up an invitation by a Telegram account, or a sign-in code, by which an officer who joined in the console
// ties an account of one's own. The same code by the same account again returns the same officer.
func (d *Desks) JoinTelegram(ctx context.Context, code string, user int64) (o guitu.Officer, err error) {
	err = d.db.Update(ctx, func(tx *store.Tx) error {
		c, err := tx.LockCode(ctx, code)
		if err != nil {
			return err
		}
		have, err := tx.OfficerByTelegram(ctx, user)
		if err == nil {
			if c.OfficerID == have.ID && !have.Disabled {
				o = have
				return nil
			}
			return guitu.Errorf(guitu.Conflict, "该账号已加入%s", have.Desk.Name)
		}
		if guitu.KindOf(err) != guitu.NotFound {
			return err
		}
		if c.Use == store.UseSignIn {
			o, err = tie(ctx, tx, c, user)
			return err
		}
		o, err = join(ctx, tx, c, user)
		return err
	})
	if err != nil {
		return guitu.Officer{}, err
	}
	return o, nil
}

// tie gives an officer a Telegram account by a sign-in code that is still good.
func tie(ctx context.Context, tx *store.Tx, c store.Code, user int64) (guitu.Officer, error) {
	if !c.Used.IsZero() || !tx.Now.Before(c.Expires) {
		return guitu.Officer{}, guitu.Errorf(guitu.NotFound, "邀请码无效、已使用或已过期")
	}
	o, err := tx.Officer(ctx, c.OfficerID)
	if err != nil {
		return o, err
	}
	if o.Disabled {
		return o, guitu.Errorf(guitu.Forbidden, "该账号已停用")
	}
	o.TelegramUser = user
	if err := tx.SetTelegram(ctx, o.ID, user); err != nil {
		return o, err
	}
	tx.Deed(o.ID, guitu.DeedOfficerTie, o.ID)
	return o, tx.UseCode(ctx, c.ID, o.ID)
}

// UntieTelegram parts an officer from the Telegram account that is tied, if any. A code that would tie one becomes void.
func (d *Desks) UntieTelegram(ctx context.Context, officerID int64) error {
	return d.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DropCodes(ctx, officerID); err != nil {
			return err
		}
		tx.Deed(officerID, guitu.DeedOfficerUntie, officerID)
		return tx.SetTelegram(ctx, officerID, 0)
	})
}

// join makes an officer by an invitation that is still good.
func join(ctx context.Context, tx *store.Tx, c store.Code, user int64) (guitu.Officer, error) {
	if c.Use != store.UseJoin || !c.Used.IsZero() || !tx.Now.Before(c.Expires) {
		return guitu.Officer{}, guitu.Errorf(guitu.NotFound, "邀请码无效、已使用或已过期")
	}
	desk, err := tx.Desk(ctx, c.DeskID)
	if err != nil {
		return guitu.Officer{}, err
	}
	o := guitu.Officer{Name: c.Name, Role: c.Role, Desk: desk, TelegramUser: user}
	if err := tx.CreateOfficer(ctx, &o); err != nil {
		return o, err
	}
	tx.Audit(guitu.Entry{OfficerID: o.ID, Deed: guitu.DeedOfficerJoin, ThingID: o.ID, Detail: map[string]string{
		"role": string(o.Role), "desk": guitu.Ref(desk.ID), "invited_by": guitu.Ref(c.MadeBy),
	}})
	return o, tx.UseCode(ctx, c.ID, o.ID)
}

// SignInCode makes a single-use code that opens the console for an officer. Earlier ones become void.
func (d *Desks) SignInCode(ctx context.Context, officerID int64) (string, error) {
	return d.link(ctx, officerID, func(*store.Tx) error { return nil })
}

// SignInLink is SignInCode on an administrator's word, for an officer who has no chat from which to ask for one.
func (d *Desks) SignInLink(ctx context.Context, officerID, by int64) (string, error) {
	return d.link(ctx, officerID, func(tx *store.Tx) error {
		tx.Deed(by, guitu.DeedOfficerLink, officerID)
		return Admin(ctx, tx, by)
	})
}

// link makes a sign-in code if may agrees.
func (d *Desks) link(ctx context.Context, officerID int64, may func(*store.Tx) error) (string, error) {
	code := secret()
	err := d.db.Update(ctx, func(tx *store.Tx) error {
		if err := may(tx); err != nil {
			return err
		}
		o, err := tx.Officer(ctx, officerID)
		if err != nil {
			return err
		}
		if o.Disabled {
			return guitu.Errorf(guitu.Forbidden, "该账号已停用")
		}
		return signInCode(ctx, tx, code, officerID, SignInLife)
	})
	return code, err
}

func signInCode(ctx context.Context, tx *store.Tx, code string, officerID int64, life time.Duration) error {
	if err := tx.DropCodes(ctx, officerID); err != nil {
		return err
	}
	return tx.CreateCode(ctx, code, store.Code{Use: store.UseSignIn, OfficerID: officerID, Expires: tx.Now.Add(life)})
}

// SignIn uses up a sign-in code, or an invitation, by which the officer joins.
func (d *Desks) SignIn(ctx context.Context, code string) (o guitu.Officer, err error) {
	err = d.db.Update(ctx, func(tx *store.Tx) error {
		c, err := tx.LockCode(ctx, code)
		if err != nil {
			return err
		}
		if c.Use == store.UseJoin {
			if o, err = join(ctx, tx, c, 0); err != nil {
				return err
			}
			return signedIn(ctx, tx, o.ID)
		}
		if !c.Used.IsZero() || !tx.Now.Before(c.Expires) {
			return guitu.Errorf(guitu.NotFound, "登录链接无效、已使用或已过期")
		}
		if o, err = tx.Officer(ctx, c.OfficerID); err != nil {
			return err
		}
		if o.Disabled {
			return guitu.Errorf(guitu.Forbidden, "您的账号已停用")
		}
		if err := tx.UseCode(ctx, c.ID, o.ID); err != nil {
			return err
		}
		return signedIn(ctx, tx, o.ID)
	})
	if err != nil {
		return guitu.Officer{}, err
	}
	return o, nil
}

// signedIn records that an officer opened the console.
func signedIn(ctx context.Context, tx *store.Tx, officerID int64) error {
	tx.Deed(officerID, guitu.DeedOfficerSignIn, officerID)
	return tx.SignedIn(ctx, officerID)
}

// FirstCode makes a sign-in code for the first administrator, who is made with it, and voids the one before. It returns "" once
// an administrator has signed in.
func (d *Desks) FirstCode(ctx context.Context) (string, error) {
	code := secret()
	err := d.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "first admin"); err != nil {
			return err
		}
		done, err := tx.AdminSignedIn(ctx)
		if err != nil || done {
			code = ""
			return err
		}
		all, err := tx.Officers(ctx)
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.Role == guitu.RoleAdmin && !o.Disabled {
				return signInCode(ctx, tx, code, o.ID, FirstLife)
			}
		}
		desks, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		if len(desks) == 0 {
			return guitu.Errorf(guitu.Conflict, "还没有值班台")
		}
		first := guitu.Officer{Name: FirstAdmin, Role: guitu.RoleAdmin, Desk: desks[0]}
		if err := tx.CreateOfficer(ctx, &first); err != nil {
			return err
		}
		return signInCode(ctx, tx, code, first.ID, FirstLife)
	})
	return code, err
}
