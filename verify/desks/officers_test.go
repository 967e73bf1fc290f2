package desks_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/internal/store"
)

// trail lists the deeds in the audit trail since an entry.
func (o *office) trail(after int64) (deeds []guitu.Deed) {
	o.t.Helper()
	ctx := context.Background()
	err := o.db.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.CheckTrail(ctx); err != nil {
			return err
		}
		all, err := tx.Trail(ctx, guitu.TrailFilter{After: after, Limit: 100})
		for _, e := range all {
			deeds = append(deeds, e.Deed)
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return deeds
}

// role makes an officer of a role at the desk.
func (o *office) role(r guitu.Role, user int64) guitu.Officer {
	o.t.Helper()
	code, _, err := o.Invite(context.Background(), o.desk.ID, r, "某人", o.admin.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	return o.join(code, user)
}

func TestCertificate(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		who := o.role(guitu.RoleOfficer, 7)
		is(t, who.Acts(o.clock), "")
		until := o.clock.Add(time.Hour)
		is(t, o.Certify(ctx, who.ID, " 打拐-0001 ", until, who.ID), guitu.Forbidden)
		is(t, o.Certify(ctx, who.ID, strings.Repeat("长", 41), until, o.admin.ID), guitu.Invalid)
		is(t, o.Certify(ctx, 999, "", until, o.admin.ID), guitu.NotFound)
		is(t, o.Certify(ctx, who.ID, " 打拐-0001 ", until, o.admin.ID), "")
		got, err := o.Officer(ctx, who.ID)
		is(t, err, "")
		if got.Certificate != "打拐-0001" || !got.CertifiedUntil.Equal(until) {
			t.Errorf("certificate %q until %v", got.Certificate, got.CertifiedUntil)
		}
		is(t, got.Acts(until.Add(-time.Millisecond)), "")
		is(t, got.Acts(until), guitu.Forbidden)
		if on := o.onDuty(); !on[o.desk.ID] {
			t.Error("nobody is on duty")
		}
		// An administrator without a valid certificate still renews others', but the desk has nobody who may act.
		is(t, o.Certify(ctx, o.admin.ID, "", o.clock, o.admin.ID), "")
		o.clock = until
		if on := o.onDuty(); on[o.desk.ID] {
			t.Error("a desk whose certificates have all ended is on duty")
		}
		is(t, o.Certify(ctx, who.ID, "", time.Time{}, o.admin.ID), "")
		if on := o.onDuty(); !on[o.desk.ID] {
			t.Error("a renewed certificate does not count")
		}
	})
}

// onDuty returns which desks have somebody on duty.
func (o *office) onDuty() (on map[int64]bool) {
	o.t.Helper()
	ctx := context.Background()
	err := o.db.View(ctx, func(tx *store.Tx) (err error) {
		on, err = tx.DesksOnDuty(ctx)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return on
}

func TestRoles(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		officer, lead, auditor := o.role(guitu.RoleOfficer, 7), o.role(guitu.RoleLead, 8), o.role(guitu.RoleAuditor, 9)
		is(t, lead.Acts(o.clock), "")
		is(t, auditor.Acts(o.clock), guitu.Forbidden)
		// Whose duty is whose to set.
		is(t, o.SetDuty(ctx, officer.ID, false, officer.ID), "")
		is(t, o.SetDuty(ctx, officer.ID, true, lead.ID), "")
		is(t, o.SetDuty(ctx, lead.ID, false, officer.ID), guitu.Forbidden)
		is(t, o.SetDuty(ctx, officer.ID, false, auditor.ID), guitu.Forbidden)
		is(t, o.SetDuty(ctx, auditor.ID, true, auditor.ID), guitu.Forbidden)
		// Only administrators give roles, and never to themselves.
		is(t, o.SetRole(ctx, officer.ID, guitu.RoleLead, lead.ID), guitu.Forbidden)
		is(t, o.SetRole(ctx, officer.ID, "chief", o.admin.ID), guitu.Invalid)
		is(t, o.SetRole(ctx, o.admin.ID, guitu.RoleOfficer, o.admin.ID), guitu.Conflict)
		is(t, o.SetRole(ctx, officer.ID, guitu.RoleLead, o.admin.ID), "")
		if got, err := o.Officer(ctx, officer.ID); err != nil || got.Role != guitu.RoleLead {
			t.Errorf("role %v, %v", got.Role, err)
		}
		_, err := o.SignInLink(ctx, officer.ID, lead.ID)
		is(t, err, guitu.Forbidden)
		code, err := o.SignInLink(ctx, officer.ID, o.admin.ID)
		is(t, err, "")
		if who := o.signIn(code); who.ID != officer.ID {
			t.Errorf("signed in as %+v", who)
		}
	})
}

// What is done with officers stands in the trail, and what is refused does not.
func TestOfficersTrail(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		n := int64(len(o.trail(0)))
		who := o.role(guitu.RoleOfficer, 7)
		is(t, o.SetDuty(ctx, who.ID, false, who.ID), "")
		is(t, o.SetDuty(ctx, o.admin.ID, false, who.ID), guitu.Forbidden)
		is(t, o.SetRole(ctx, who.ID, guitu.RoleLead, o.admin.ID), "")
		is(t, o.Certify(ctx, who.ID, "1", o.clock, o.admin.ID), "")
		is(t, o.UntieTelegram(ctx, who.ID), "")
		code, err := o.SignInLink(ctx, who.ID, o.admin.ID)
		is(t, err, "")
		_, err = o.JoinTelegram(ctx, code, 8)
		is(t, err, "")
		is(t, o.SetDisabled(ctx, who.ID, true, o.admin.ID), "")
		is(t, o.SetDisabled(ctx, who.ID, false, o.admin.ID), "")
		want := []guitu.Deed{
			guitu.DeedOfficerInvite, guitu.DeedOfficerJoin, guitu.DeedOfficerDuty, guitu.DeedOfficerRole, guitu.DeedOfficerCertify,
			guitu.DeedOfficerUntie, guitu.DeedOfficerLink, guitu.DeedOfficerTie, guitu.DeedOfficerDisable, guitu.DeedOfficerEnable,
		}
		if diff := cmp.Diff(want, o.trail(n)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
