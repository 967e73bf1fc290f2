package desks

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/internal/store"
)

const maxCertificate = 40 // runes of a certificate's number

// SetDuty says whether an officer is on duty, on the officer's own word, that of the desk's lead, or an administrator's.
func (d *Desks) SetDuty(ctx context.Context, officerID int64, on bool, by int64) error {
	return d.db.Update(ctx, func(tx *store.Tx) error {
		o, err := tx.Officer(ctx, officerID)
		if err != nil {
			return err
		}
		if officerID != by {
			if err := leads(ctx, tx, by, o.Desk.ID); err != nil {
				return err
			}
		}
		if o.Role == guitu.RoleAuditor {
			return guitu.Errorf(guitu.Forbidden, "审计员不值班")
		}
		if o.Rostered {
			return guitu.Errorf(guitu.Conflict, "%s本周已排班，是否值班以班次为准。要临时换人，请值班长在控制台“排班”页更改", o.Desk.Name)
		}
		tx.Audit(guitu.Entry{OfficerID: by, Deed: guitu.DeedOfficerDuty, ThingID: officerID, Detail: map[string]string{"on": yes(on)}})
		return tx.SetDuty(ctx, officerID, on)
	})
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// SetDisabled takes an officer's rights, or gives them back, on an administrator's word. Administrators can't disable themselves,
// so that one always remains.
func (d *Desks) SetDisabled(ctx context.Context, officerID int64, disabled bool, by int64) error {
	return d.administer(ctx, officerID, by, func(tx *store.Tx, _ guitu.Officer) error {
		if officerID == by {
			return guitu.Errorf(guitu.Conflict, "不能停用自己的账号")
		}
		if err := tx.DropCodes(ctx, officerID); err != nil {
			return err
		}
		deed := guitu.DeedOfficerEnable
		if disabled {
			deed = guitu.DeedOfficerDisable
		}
		tx.Deed(by, deed, officerID)
		return tx.SetDisabled(ctx, officerID, disabled)
	})
}

// SetRole gives an officer a role on an administrator's word. Administrators can't take the own role away.
func (d *Desks) SetRole(ctx context.Context, officerID int64, r guitu.Role, by int64) error {
	if !slices.Contains(guitu.Roles[:], r) {
		return guitu.Errorf(guitu.Invalid, "没有这种角色")
	}
	return d.administer(ctx, officerID, by, func(tx *store.Tx, o guitu.Officer) error {
		if officerID == by {
			return guitu.Errorf(guitu.Conflict, "不能更改自己的角色，请由另一位管理员操作")
		}
		tx.Audit(guitu.Entry{OfficerID: by, Deed: guitu.DeedOfficerRole, ThingID: officerID, Detail: map[string]string{
			"from": string(o.Role), "to": string(r),
		}})
		return tx.SetRole(ctx, officerID, r)
	})
}

// Certify records an officer's certificate on an administrator's word: its number, which may be empty, and when it ends, zero for
// no end. An officer whose certificate has ended rules on nothing and issues nothing until it is renewed.
func (d *Desks) Certify(ctx context.Context, officerID int64, number string, until time.Time, by int64) error {
	number = strings.TrimSpace(number)
	if utf8.RuneCountInString(number) > maxCertificate || !utf8.ValidString(number) || strings.ContainsRune(number, 0) {
		return guitu.Errorf(guitu.Invalid, "证书编号最多 %d 字", maxCertificate)
	}
	return d.administer(ctx, officerID, by, func(tx *store.Tx, _ guitu.Officer) error {
		end := ""
		if !until.IsZero() {
			end = until.UTC().Format(time.RFC3339)
		}
		tx.Audit(guitu.Entry{OfficerID: by, Deed: guitu.DeedOfficerCertify, ThingID: officerID, Detail: map[string]string{"until": end}})
		return tx.Certify(ctx, officerID, number, until)
	})
}

// administer does with an officer what an administrator says.
func (d *Desks) administer(ctx context.Context, officerID, by int64, do func(*store.Tx, guitu.Officer) error) error {
	return d.db.Update(ctx, func(tx *store.Tx) error {
		if err := Admin(ctx, tx, by); err != nil {
			return err
		}
		o, err := tx.Officer(ctx, officerID)
		if err != nil {
			return err
		}
		return do(tx, o)
	})
}

// Admin refuses everybody but administrators. One whose certificate has ended still administers: somebody must renew it.
func Admin(ctx context.Context, tx *store.Tx, officerID int64) error {
	o, err := tx.Officer(ctx, officerID)
	if err != nil {
		return err
	}
	if o.Role != guitu.RoleAdmin || o.Disabled {
		return guitu.Errorf(guitu.Forbidden, "只有管理员可以这样做")
	}
	return nil
}

// leads refuses everybody but the leads of a desk and administrators.
func leads(ctx context.Context, tx *store.Tx, officerID, deskID int64) error {
	o, err := tx.Officer(ctx, officerID)
	if err != nil {
		return err
	}
	if o.Disabled || o.Role != guitu.RoleAdmin && (o.Role != guitu.RoleLead || o.Desk.ID != deskID) {
		return guitu.Errorf(guitu.Forbidden, "只有本值班台的值班长和管理员可以这样做")
	}
	return nil
}
