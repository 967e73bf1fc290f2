package trail

import (
	"context"

	"guitu"
	"guitu/internal/store"
)

// Trail is the audit trail and the log of views in a database.
type Trail struct{ db *store.DB }

// New returns the trail in a database.
func New(db *store.DB) *Trail { return &Trail{db} }

// Auditor refuses everybody but auditors.
func auditor(ctx context.Context, tx *store.Tx, officerID int64) error {
	o, err := tx.Officer(ctx, officerID)
	if err != nil {
		return err
	}
	if o.Role != guitu.RoleAuditor || o.Disabled {
		return guitu.Errorf(guitu.Forbidden, "只有审计员可以查看")
	}
	return nil
}

// Entries lists entries of the audit trail for an auditor.
func (t *Trail) Entries(ctx context.Context, f guitu.TrailFilter, by int64) (all []guitu.Entry, err error) {
	err = t.db.View(ctx, func(tx *store.Tx) error {
		if err := auditor(ctx, tx, by); err != nil {
			return err
		}
		all, err = tx.Trail(ctx, f)
		return err
	})
	return all, err
}

// Views lists who read a child's data, for an auditor.
func (t *Trail) Views(ctx context.Context, f guitu.ViewFilter, by int64) (all []guitu.View, err error) {
	err = t.db.View(ctx, func(tx *store.Tx) error {
		if err := auditor(ctx, tx, by); err != nil {
			return err
		}
		all, err = tx.Views(ctx, f)
		return err
	})
	return all, err
}

// Verify walks the whole trail and returns its end. When noted is not zero, the entry that it names must have its hash: who wrote an
// end down in time learns of a trail that was written anew as a whole. The error is a *store.BrokenTrail when the trail is not what was
// written.
func (t *Trail) Verify(ctx context.Context, noted store.Head) (head store.Head, err error) {
	err = t.db.View(ctx, func(tx *store.Tx) error {
		if head, err = tx.CheckTrail(ctx); err != nil || noted.Entry == 0 {
			return err
		}
		hash, err := hashOf(ctx, tx, noted.Entry)
		if err == nil && hash != noted.Hash {
			err = &store.BrokenTrail{Entry: noted.Entry, Why: "is not the one that was noted"}
		}
		return err
	})
	return head, err
}

// hashOf returns the hash of an entry, "" when there is none.
func hashOf(ctx context.Context, tx *store.Tx, entry int64) (string, error) {
	all, err := tx.Trail(ctx, guitu.TrailFilter{After: entry - 1, Before: entry + 1, Limit: 1})
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0].Hash, nil
}
