package store

import (
	"context"
	"database/sql"
	"errors"

	"guitu"
)

const verdictColumns = `v.id, v.rumor_id, v.ruling, v.ending, v.basis, v.at, v.corrects, ` + officerColumns +
	`, vd.id, vd.name, vd.area, vd.telegram_chat`

const verdictTables = ` FROM verdicts v JOIN officers o ON o.id = v.officer_id JOIN desks d ON d.id = o.desk_id
	JOIN desks vd ON vd.id = v.desk_id `

func scanVerdict(r scanner) (*guitu.Verdict, error) {
	var v guitu.Verdict
	to := []any{&v.ID, &v.RumorID, &v.Ruling, &v.Ending, &v.Basis, timestamp{&v.At}, orZero{&v.Corrects}}
	to = append(to, officerFields(&v.Officer)...)
	err := r.Scan(append(to, &v.Desk.ID, &v.Desk.Name, &v.Desk.Area, &v.Desk.TelegramChat)...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &v, err
}

// CurrentVerdict returns the verdict that holds for a rumor, nil when it has none.
func (t *Tx) CurrentVerdict(ctx context.Context, rumorID int64) (*guitu.Verdict, error) {
	return scanVerdict(t.row(ctx, `SELECT `+verdictColumns+verdictTables+`WHERE v.rumor_id = $1 AND v.current`, rumorID))
}

// VerdictByKey returns the verdict that a press made, nil when it made none.
func (t *Tx) VerdictByKey(ctx context.Context, key string) (*guitu.Verdict, error) {
	return scanVerdict(t.row(ctx, `SELECT `+verdictColumns+verdictTables+`WHERE v.key = $1`, key))
}

// CreateVerdict stores a verdict, makes it the current one, and sets its ID and time.
func (t *Tx) CreateVerdict(ctx context.Context, v *guitu.Verdict, key string) error {
	if _, err := t.exec(ctx, `UPDATE verdicts SET current = FALSE WHERE rumor_id = $1 AND current`, v.RumorID); err != nil {
		return err
	}
	v.At = t.Now
	return t.row(ctx, `
		INSERT INTO verdicts (rumor_id, ruling, ending, basis, officer_id, desk_id, at, corrects, current, key)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, TRUE, $9) RETURNING id`,
		v.RumorID, v.Ruling, v.Ending, v.Basis, v.Officer.ID, v.Desk.ID, ms(v.At), id(v.Corrects), key).Scan(&v.ID)
}
