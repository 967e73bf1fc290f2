package store

import (
	"context"
	"time"

	"guitu"
)

// AddShift stores a shift and sets the ID.
func (t *Tx) AddShift(ctx context.Context, s *guitu.Shift) error {
	return t.row(ctx, `INSERT INTO rosters (desk_id, officer_id, begins, ends) VALUES ($1, $2, $3, $4) RETURNING id`,
		s.DeskID, s.Officer.ID, ms(s.From), ms(s.Until)).Scan(&s.ID)
}

// DropShift takes a shift away.
func (t *Tx) DropShift(ctx context.Context, shiftID int64) error {
	_, err := t.exec(ctx, `DELETE FROM rosters WHERE id = $1`, shiftID)
	return err
}

const shiftColumns = `s.id, s.desk_id, s.begins, s.ends, ` + officerColumns

const shiftTables = ` FROM rosters s JOIN officers o ON o.id = s.officer_id JOIN desks d ON d.id = o.desk_id `

func scanShift(r scanner) (s guitu.Shift, err error) {
	err = r.Scan(append([]any{&s.ID, &s.DeskID, timestamp{&s.From}, timestamp{&s.Until}}, officerFields(&s.Officer)...)...)
	return s, err
}

// Shift returns a shift.
func (t *Tx) Shift(ctx context.Context, shiftID int64) (guitu.Shift, error) {
	s, err := scanShift(t.row(ctx, `SELECT `+shiftColumns+shiftTables+`WHERE s.id = $1`, shiftID))
	return s, found(err, "没有这个班次")
}

// Shifts lists a desk's shifts of which some part lies between two moments, the first first.
func (t *Tx) Shifts(ctx context.Context, deskID int64, from, until time.Time) ([]guitu.Shift, error) {
	return collect(ctx, t, scanShift, `SELECT `+shiftColumns+shiftTables+`
		WHERE s.desk_id = $1 AND s.begins < $3 AND s.ends > $2 ORDER BY s.begins, o.name, s.id`, deskID, ms(from), ms(until))
}

// OfficersOf lists the officers of a desk by name.
func (t *Tx) OfficersOf(ctx context.Context, deskID int64) ([]guitu.Officer, error) {
	return collect(ctx, t, scanOfficer, `SELECT `+officerNow+officerTables+`WHERE o.desk_id = $4 ORDER BY o.name, o.id`,
		append(t.dutyTimes(), deskID)...)
}
