package desks

import (
	"context"
	"time"

	"guitu"
	"guitu/internal/store"
)

const (
	maxShift  = 24 * time.Hour       // longest
	maxShifts = 200                  // of a desk in a week
	farAhead  = 366 * 24 * time.Hour // how far ahead shifts are planned
)

// Roster lists the shifts of a desk in the week of an instant, the first first. A shift that reaches over midnight of Sunday stands in
// both weeks.
func (d *Desks) Roster(ctx context.Context, deskID int64, week time.Time) (all []guitu.Shift, err error) {
	from, until := guitu.Week(week)
	err = d.db.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Shifts(ctx, deskID, from, until)
		return err
	})
	return all, err
}

// Duty says who is on duty at a desk, and who takes over.
func (d *Desks) Duty(ctx context.Context, deskID int64) (duty guitu.Duty, err error) {
	err = d.db.View(ctx, func(tx *store.Tx) error {
		officers, err := tx.OfficersOf(ctx, deskID)
		if err != nil {
			return err
		}
		week, _ := guitu.Week(tx.Now)
		shifts, err := tx.Shifts(ctx, deskID, week, tx.Now.Add(farAhead))
		if err != nil {
			return err
		}
		for _, o := range officers {
			duty.Rostered = o.Rostered
			if !o.Rostered && o.OnDuty && o.Acts(tx.Now) == nil {
				duty.Now = append(duty.Now, guitu.Shift{DeskID: deskID, Officer: o})
			}
		}
		for _, s := range shifts {
			switch {
			case !s.Until.After(tx.Now):
			case !s.From.After(tx.Now):
				duty.Now = append(duty.Now, s)
			case duty.Change.IsZero() || s.From.Equal(duty.Change):
				duty.Change = s.From
				duty.Next = append(duty.Next, s)
			}
		}
		return nil
	})
	return duty, err
}

// AddShifts plans shifts of a desk on the word of its lead or an administrator: all of them, or none. What is over can't be planned.
func (d *Desks) AddShifts(ctx context.Context, deskID int64, shifts []guitu.Shift, by int64) error {
	return d.planning(ctx, deskID, by, func(tx *store.Tx) error {
		if len(shifts) == 0 {
			return guitu.Errorf(guitu.Invalid, "请选择日期")
		}
		for _, s := range shifts {
			s.DeskID = deskID
			if err := addShift(ctx, tx, s, by); err != nil {
				return err
			}
		}
		return nil
	})
}

// addShift plans one shift.
func addShift(ctx context.Context, tx *store.Tx, s guitu.Shift, by int64) error {
	o, err := tx.Officer(ctx, s.Officer.ID)
	if err != nil {
		return err
	}
	switch long := s.Until.Sub(s.From); {
	case o.Desk.ID != s.DeskID:
		return guitu.Errorf(guitu.Invalid, "%s不在这个值班台", o.Name)
	case o.Disabled || o.Role == guitu.RoleAuditor:
		return guitu.Errorf(guitu.Invalid, "%s不能值班", o.Name)
	case long <= 0 || long > maxShift:
		return guitu.Errorf(guitu.Invalid, "一个班次最长 24 小时")
	case !s.Until.After(tx.Now):
		return guitu.Errorf(guitu.Invalid, "这个班次已经过去，不能再排")
	case s.From.After(tx.Now.Add(farAhead)):
		return guitu.Errorf(guitu.Invalid, "最多提前一年排班")
	}
	from, until := guitu.Week(s.From)
	week, err := tx.Shifts(ctx, s.DeskID, from, until.Add(maxShift))
	if err != nil {
		return err
	}
	if len(week) >= maxShifts {
		return guitu.Errorf(guitu.Conflict, "本周的班次太多，最多 %d 个", maxShifts)
	}
	for _, have := range week {
		if have.Officer.ID == o.ID && have.From.Before(s.Until) && have.Until.After(s.From) {
			return guitu.Errorf(guitu.Conflict, "%s在%s已有班次", o.Name, have.From.In(beijing).Format("1月2日 15:04"))
		}
	}
	s.Officer = o
	if err := tx.AddShift(ctx, &s); err != nil {
		return err
	}
	planned(tx, s, "add", by)
	return nil
}

// planned records a change of a roster.
func planned(tx *store.Tx, s guitu.Shift, do string, by int64) {
	tx.Audit(guitu.Entry{OfficerID: by, Deed: guitu.DeedRosterSet, ThingID: s.DeskID, Detail: map[string]string{
		"do": do, "officer": guitu.Ref(s.Officer.ID), "from": s.From.UTC().Format(time.RFC3339), "until": s.Until.UTC().Format(time.RFC3339),
	}})
}

// DropShift takes a shift that is not over out of a roster, on the word of the desk's lead or an administrator.
func (d *Desks) DropShift(ctx context.Context, deskID, shiftID, by int64) error {
	return d.planning(ctx, deskID, by, func(tx *store.Tx) error {
		s, err := tx.Shift(ctx, shiftID)
		if err != nil {
			return err
		}
		if s.DeskID != deskID {
			return guitu.Errorf(guitu.NotFound, "没有这个班次")
		}
		if !s.Until.After(tx.Now) {
			return guitu.Errorf(guitu.Conflict, "班次已经结束，不能更改")
		}
		planned(tx, s, "drop", by)
		return tx.DropShift(ctx, shiftID)
	})
}

// CopyWeek plans a week like the one before it, and returns how many shifts it added. What is over, what is planned already, and officers
// who no longer sit at the desk are left out.
func (d *Desks) CopyWeek(ctx context.Context, deskID int64, week time.Time, by int64) (added int, err error) {
	from, until := guitu.Week(week)
	err = d.planning(ctx, deskID, by, func(tx *store.Tx) error {
		before, err := tx.Shifts(ctx, deskID, from.AddDate(0, 0, -7), from)
		if err != nil {
			return err
		}
		for _, s := range before {
			s.From, s.Until = s.From.AddDate(0, 0, 7), s.Until.AddDate(0, 0, 7)
			if s.From.Before(from) || !s.From.Before(until) {
				continue // it began in the week before that one
			}
			switch err := addShift(ctx, tx, s, by); guitu.KindOf(err) {
			case "":
				added++
			case guitu.Conflict, guitu.Invalid, guitu.NotFound:
			default:
				return err
			}
		}
		if added == 0 {
			return guitu.Errorf(guitu.Conflict, "上一周没有可以照搬的班次")
		}
		return nil
	})
	return added, err
}

// planning changes a desk's roster, one change at a time.
func (d *Desks) planning(ctx context.Context, deskID, by int64, do func(*store.Tx) error) error {
	return d.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "roster "+guitu.Ref(deskID)); err != nil {
			return err
		}
		if _, err := tx.Desk(ctx, deskID); err != nil {
			return err
		}
		if err := leads(ctx, tx, by, deskID); err != nil {
			return err
		}
		return do(tx)
	})
}
