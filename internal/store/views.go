package store

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"time"

	"guitu"
)

// CreateView records that an officer read a child's data, in the log of views and in the audit trail, and sets ID and time.
func (t *Tx) CreateView(ctx context.Context, v *guitu.View) error {
	v.At, v.Desk = t.Now, v.Officer.Desk
	err := t.row(ctx, `
		INSERT INTO views (at, officer_id, desk_id, rumor_id, alert_id, reason, note) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		ms(v.At), v.Officer.ID, v.Desk.ID, id(v.RumorID), id(v.AlertID), v.Reason, v.Note).Scan(&v.ID)
	if err != nil {
		return err
	}
	e := guitu.Entry{
		OfficerID: v.Officer.ID, Deed: guitu.DeedRumorView, ThingID: v.RumorID,
		Detail: map[string]string{"view": guitu.Ref(v.ID), "reason": string(v.Reason)},
	}
	if v.AlertID != 0 {
		e.Deed, e.ThingID = guitu.DeedAlertView, v.AlertID
	}
	t.Audit(e)
	return nil
}

// LastView returns when an officer last gave a reason for reading a rumor or an alert (one of both is 0), zero when never.
func (t *Tx) LastView(ctx context.Context, officerID, rumorID, alertID int64) (last time.Time, err error) {
	err = t.row(ctx, `
		SELECT COALESCE(MAX(at), 0) FROM views WHERE officer_id = $1 AND COALESCE(rumor_id, 0) = $2 AND COALESCE(alert_id, 0) = $3`,
		officerID, rumorID, alertID).Scan(timestamp{&last})
	return last, err
}

// ForgetViewNotes empties what officers wrote when they read an alert or a rumor (one of both is 0).
func (t *Tx) ForgetViewNotes(ctx context.Context, rumorID, alertID int64) error {
	_, err := t.exec(ctx, `
		UPDATE views SET note = '' WHERE note <> '' AND COALESCE(rumor_id, 0) = $1 AND COALESCE(alert_id, 0) = $2`, rumorID, alertID)
	return err
}

// Views lists who read a child's data, the oldest first unless the filter says otherwise.
func (t *Tx) Views(ctx context.Context, f guitu.ViewFilter) ([]guitu.View, error) {
	order := ` ORDER BY v.id`
	if f.Newest {
		order += ` DESC`
	}
	return collect(ctx, t, scanView, `
		SELECT v.id, v.at, v.rumor_id, v.alert_id, v.reason, v.note, o.id, o.name, o.role, d.id, d.name, d.area
		FROM views v JOIN officers o ON o.id = v.officer_id JOIN desks d ON d.id = v.desk_id
		WHERE v.id > $1 AND v.id < $2 AND v.at >= $3 AND v.at < $4`+order+` LIMIT $5`,
		f.After, cmp.Or(f.Before, math.MaxInt64), ms(f.From), cmp.Or(ms(f.Until), math.MaxInt64), f.Limit)
}

func scanView(r scanner) (v guitu.View, err error) {
	var rumor, alert sql.NullInt64
	err = r.Scan(&v.ID, timestamp{&v.At}, &rumor, &alert, &v.Reason, &v.Note, &v.Officer.ID, &v.Officer.Name, &v.Officer.Role,
		&v.Desk.ID, &v.Desk.Name, &v.Desk.Area)
	v.RumorID, v.AlertID = rumor.Int64, alert.Int64
	return v, err
}
