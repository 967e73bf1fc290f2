package console_test

import (
	"context"
	"slices"
	"time"

	"guitu"
)

// leads refuses whoever may not plan a desk's shifts.
func (b *backend) leads(deskID, by int64) error {
	o := b.officers[by]
	if o.Role == guitu.RoleAdmin || o.Role == guitu.RoleLead && o.Desk.ID == deskID {
		return nil
	}
	return guitu.Errorf(guitu.Forbidden, "只有值班长可以。")
}

func (b *backend) Roster(_ context.Context, deskID int64, week time.Time) ([]guitu.Shift, error) {
	defer b.lock()()
	from, until := guitu.Week(week)
	var all []guitu.Shift
	for _, s := range b.shifts {
		if s.DeskID == deskID && s.From.Before(until) && s.Until.After(from) {
			all = append(all, s)
		}
	}
	return all, nil
}

func (b *backend) Duty(_ context.Context, deskID int64) (guitu.Duty, error) {
	defer b.lock()()
	d := guitu.Duty{Rostered: len(b.shifts) > 0}
	for _, s := range b.shifts {
		switch now := b.now(); {
		case s.DeskID != deskID || !s.Until.After(now):
		case !s.From.After(now):
			d.Now = append(d.Now, s)
		case d.Change.IsZero():
			d.Change, d.Next = s.From, []guitu.Shift{s}
		}
	}
	return d, nil
}

func (b *backend) AddShifts(_ context.Context, deskID int64, shifts []guitu.Shift, by int64) error {
	defer b.lock()()
	if err := b.leads(deskID, by); err != nil {
		return err
	}
	for _, s := range shifts {
		if s.Until.Before(b.now()) {
			return guitu.Errorf(guitu.Invalid, "这个班次已经过去")
		}
		s.ID, s.DeskID, s.Officer = int64(len(b.shifts)+1), deskID, *b.officers[s.Officer.ID]
		b.shifts = append(b.shifts, s)
		b.did("shift of %d from %s for %s by %d", s.Officer.ID, s.From.Format("01-02T15:04"), s.Until.Sub(s.From), by)
	}
	return nil
}

func (b *backend) DropShift(_ context.Context, deskID, shiftID, by int64) error {
	defer b.lock()()
	if err := b.leads(deskID, by); err != nil {
		return err
	}
	b.shifts = slices.DeleteFunc(b.shifts, func(s guitu.Shift) bool { return s.ID == shiftID })
	b.did("shift %d dropped by %d", shiftID, by)
	return nil
}

func (b *backend) CopyWeek(_ context.Context, deskID int64, week time.Time, by int64) (int, error) {
	defer b.lock()()
	if err := b.leads(deskID, by); err != nil {
		return 0, err
	}
	b.did("week of %s copied by %d", week.Format("01-02T15:04"), by)
	return 3, nil
}
