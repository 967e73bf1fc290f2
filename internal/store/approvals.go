package store

import (
	"context"

	"guitu"
)

const approvalColumns = `p.id, p.alert_id, p.kind, p.reach, p.tier, p.rule, p.reason, p.asked_at, p.override, p.decision, p.decided_at, ` +
	byColumns + `, COALESCE(p.decided_by, 0)`

const approvalTables = ` FROM approvals p JOIN officers o ON o.id = p.asked_by JOIN desks d ON d.id = o.desk_id `

func scanApproval(r scanner) (p guitu.Approval, err error) {
	err = r.Scan(append([]any{
		&p.ID, &p.AlertID, &p.Kind, &p.Reach, &p.Tier,
		fromJSON{&p.Rule},
		&p.Reason,
		timestamp{&p.At},
		timestamp{&p.Override},
		&p.Decision,
		timestamp{&p.Decided},
	}, append(byFields(&p.By), &p.Decider.ID)...)...)
	return p, err
}

// withDecider reads who decided.
func (t *Tx) withDecider(ctx context.Context, p guitu.Approval, err error) (guitu.Approval, error) {
	if err == nil && p.Decider.ID != 0 {
		p.Decider, err = t.Officer(ctx, p.Decider.ID)
	}
	return p, err
}

// CreateApproval stores an approval that waits, and sets its ID and time.
func (t *Tx) CreateApproval(ctx context.Context, p *guitu.Approval) error {
	p.At = t.Now
	return t.row(ctx, `
		INSERT INTO approvals (alert_id, kind, reach, tier, rule, reason, asked_by, asked_at, override)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		p.AlertID, p.Kind, p.Reach, p.Tier, asJSON(p.Rule), p.Reason, p.By.ID, ms(p.At), ms(p.Override)).Scan(&p.ID)
}

// Approval returns an approval.
func (t *Tx) Approval(ctx context.Context, approvalID int64) (guitu.Approval, error) {
	p, err := scanApproval(t.row(ctx, `SELECT `+approvalColumns+approvalTables+`WHERE p.id = $1`, approvalID))
	return t.withDecider(ctx, p, found(err, "没有这次复核"))
}

// Approvals lists the approvals of an alert, the first first.
func (t *Tx) Approvals(ctx context.Context, alertID int64) ([]guitu.Approval, error) {
	all, err := collect(ctx, t, scanApproval, `SELECT `+approvalColumns+approvalTables+`WHERE p.alert_id = $1 ORDER BY p.id`, alertID)
	for i := range all {
		all[i], err = t.withDecider(ctx, all[i], err)
	}
	return all, err
}

// DecideApproval records the end of an approval that waits. It reports false, and changes nothing, when it does not wait. officerID
// is 0 when nobody decided: it is void.
func (t *Tx) DecideApproval(ctx context.Context, approvalID, officerID int64, decision string) (bool, error) {
	n, err := t.exec(ctx, `UPDATE approvals SET decision = $2, decided_by = $3, decided_at = $4 WHERE id = $1 AND decision = ''`,
		approvalID, decision, id(officerID), ms(t.Now))
	return n == 1, err
}

// ForgetReasons empties why approvals of an alert were asked for.
func (t *Tx) ForgetReasons(ctx context.Context, alertID int64) error {
	_, err := t.exec(ctx, `UPDATE approvals SET reason = '' WHERE alert_id = $1`, alertID)
	return err
}
