package console_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"guitu"
)

func (b *backend) Sources(context.Context) ([]guitu.SourceState, error) {
	defer b.lock()()
	return slices.Clone(b.src), nil
}

func (b *backend) ResumeSource(_ context.Context, name string, officerID int64) error {
	defer b.lock()()
	for i := range b.src {
		if b.src[i].Name == name {
			b.src[i].Paused = false
			b.did("resume %s by %d", name, officerID)
			return nil
		}
	}
	return guitu.Errorf(guitu.NotFound, "没有这个信源。")
}

func (b *backend) Channels(context.Context) ([]guitu.ChannelState, error) {
	defer b.lock()()
	return slices.Clone(b.channels), nil
}

func (b *backend) ResumeChannel(_ context.Context, name string, officerID int64) error {
	defer b.lock()()
	for i := range b.channels {
		if b.channels[i].Name == name && b.channels[i].Paused {
			b.channels[i].Paused = false
			b.did("resume channel %s by %d", name, officerID)
			return nil
		}
	}
	return guitu.Errorf(guitu.NotFound, "该渠道没有暂停。")
}

func (b *backend) Partials(context.Context, int) ([]guitu.Partial, error) {
	defer b.lock()()
	return slices.Clone(b.partials), nil
}

func (b *backend) Quarantine(_ context.Context, limit int) ([]guitu.Quarantined, error) {
	defer b.lock()()
	return b.rejects[:min(limit, len(b.rejects))], nil
}

func (b *backend) Desks(context.Context) ([]guitu.Desk, error) { return b.desks, nil }

func (b *backend) Officer(_ context.Context, id int64) (guitu.Officer, error) {
	defer b.lock()()
	o, ok := b.officers[id]
	if !ok {
		return guitu.Officer{}, guitu.Errorf(guitu.NotFound, "没有这位民警。")
	}
	return *o, nil
}

func (b *backend) Officers(context.Context) ([]guitu.Officer, error) {
	defer b.lock()()
	var os []guitu.Officer
	for _, id := range sorted(b.officers) {
		os = append(os, *b.officers[id])
	}
	return os, nil
}

func (b *backend) SetDuty(_ context.Context, id int64, on bool, _ int64) error {
	defer b.lock()()
	b.officers[id].OnDuty = on
	b.did("duty %d %v", id, on)
	return nil
}

func (b *backend) SetDisabled(_ context.Context, id int64, disabled bool, by int64) error {
	defer b.lock()()
	b.officers[id].Disabled = disabled
	b.did("disabled %d %v by %d", id, disabled, by)
	return nil
}

// tie gives an officer a Telegram account.
func (b *backend) tie(id, user int64) {
	defer b.lock()()
	b.officers[id].TelegramUser = user
}

func (b *backend) SetRole(_ context.Context, id int64, r guitu.Role, by int64) error {
	defer b.lock()()
	if id == by {
		return guitu.Errorf(guitu.Conflict, "不能更改自己的角色。")
	}
	b.officers[id].Role = r
	b.did("role %d %s by %d", id, r, by)
	return nil
}

func (b *backend) Certify(_ context.Context, id int64, number string, until time.Time, by int64) error {
	defer b.lock()()
	b.officers[id].Certificate, b.officers[id].CertifiedUntil = number, until
	b.did("certify %d %q by %d", id, number, by)
	return nil
}

func (b *backend) UntieTelegram(_ context.Context, id int64) error {
	defer b.lock()()
	b.officers[id].TelegramUser = 0
	b.did("untie %d", id)
	return nil
}

func (b *backend) Invite(_ context.Context, deskID int64, role guitu.Role, name string, by int64) (string, time.Time, error) {
	defer b.lock()()
	b.did("invite %s %s to %d by %d", name, role, deskID, by)
	return "INVITE-CODE-1", midnight.Add(24 * time.Hour), nil
}

func (b *backend) SignInCode(_ context.Context, id int64) (string, error) {
	defer b.lock()()
	code := fmt.Sprintf("code-%d-%d", id, len(b.codes))
	b.codes[code] = id
	return code, nil
}

// goodCode is what every authenticator app of the tests shows, and recoveryCode is good in its place.
const goodCode, recoveryCode = "123456", "ABCDEFGHIJKLMNOP"

func (b *backend) EnrolFactor(_ context.Context, id int64, issuer string) (string, error) {
	defer b.lock()()
	if b.officers[id].Factor {
		return "", guitu.Errorf(guitu.Conflict, "已启用第二重验证。")
	}
	return "otpauth://totp/" + issuer + ":x?secret=JBSWY3DPEHPK3PXP&issuer=" + issuer, nil
}

// code checks a code.
func (b *backend) code(code string) error {
	switch {
	case b.locked:
		return guitu.Errorf(guitu.Forbidden, "错误次数过多。")
	case code != goodCode && code != recoveryCode:
		return guitu.Errorf(guitu.Invalid, "验证码不对。")
	}
	return nil
}

func (b *backend) ConfirmFactor(_ context.Context, id int64, code string) ([]string, error) {
	defer b.lock()()
	if b.officers[id].Factor {
		return nil, guitu.Errorf(guitu.Conflict, "已启用第二重验证。")
	}
	if err := b.code(code); err != nil {
		return nil, err
	}
	b.officers[id].Factor = true
	return []string{recoveryCode}, nil
}

func (b *backend) PassFactor(_ context.Context, id int64, code string) error {
	defer b.lock()()
	if !b.officers[id].Factor {
		return guitu.Errorf(guitu.NotFound, "没有启用第二重验证。")
	}
	return b.code(code)
}

func (b *backend) RenewRecovery(_ context.Context, id int64, code string) ([]string, error) {
	defer b.lock()()
	if err := b.code(code); err != nil {
		return nil, err
	}
	b.did("recovery %d", id)
	return []string{recoveryCode}, nil
}

func (b *backend) DropFactor(_ context.Context, id int64, code string) error {
	defer b.lock()()
	if err := b.code(code); err != nil {
		return err
	}
	b.officers[id].Factor = false
	b.did("no factor %d", id)
	return nil
}

func (b *backend) ResetFactor(_ context.Context, id, by int64) error {
	defer b.lock()()
	b.officers[id].Factor = false
	b.did("reset factor %d by %d", id, by)
	return nil
}

func (b *backend) RecoveryCodes(context.Context, int64) (int, error) { return 2, nil }

func (b *backend) SignInLink(ctx context.Context, id, by int64) (string, error) {
	b.did("link for %d by %d", id, by)
	return b.SignInCode(ctx, id)
}

func (b *backend) SignIn(_ context.Context, code string) (guitu.Officer, error) {
	defer b.lock()()
	id, ok := b.codes[code]
	if !ok {
		return guitu.Officer{}, guitu.Errorf(guitu.NotFound, "登录码无效。")
	}
	delete(b.codes, code)
	return *b.officers[id], nil
}

func (b *backend) Entries(_ context.Context, f guitu.TrailFilter, _ int64) ([]guitu.Entry, error) {
	defer b.lock()()
	var es []guitu.Entry
	for _, e := range slices.Backward(b.entries) {
		if (f.Before == 0 || e.ID < f.Before) && (f.Thing == "" || e.Deed.Thing() == f.Thing) && (f.ThingID == 0 || e.ThingID == f.ThingID) && len(es) < f.Limit {
			es = append(es, e)
		}
	}
	return es, nil
}

func (b *backend) Views(_ context.Context, f guitu.ViewFilter, _ int64) ([]guitu.View, error) {
	defer b.lock()()
	var vs []guitu.View
	for _, v := range slices.Backward(b.views) {
		if (f.Before == 0 || v.ID < f.Before) && len(vs) < f.Limit {
			vs = append(vs, v)
		}
	}
	return vs, nil
}

func (b *backend) ExportYear(_ context.Context, w io.Writer, what, format string, year int, by int64) error {
	defer b.lock()()
	if year > 2200 {
		return guitu.Errorf(guitu.Invalid, "没有这种导出。")
	}
	b.did("export %s of %d as %s by %d", what, year, format, by)
	if _, err := io.WriteString(w, b.exported); err != nil {
		return err
	}
	return b.broken
}
