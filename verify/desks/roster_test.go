package desks_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"guitu"
)

// beijing is where the hours of shifts are.
var beijing = time.FixedZone("CST", 8*60*60)

// shift is one of an officer, by day and hour of March 2026 in Beijing.
func shift(o guitu.Officer, day, hour, hours int) guitu.Shift {
	from := time.Date(2026, 3, day, hour, 0, 0, 0, beijing)
	return guitu.Shift{Officer: o, From: from, Until: from.Add(time.Duration(hours) * time.Hour)}
}

// plan adds shifts that must be taken.
func (o *office) plan(all ...guitu.Shift) {
	o.t.Helper()
	is(o.t, o.AddShifts(context.Background(), o.desk.ID, all, o.admin.ID), "")
}

// at moves the clock to an hour of March 2026 in Beijing.
func (o *office) at(day, hour int) { o.clock = time.Date(2026, 3, day, hour, 0, 0, 0, beijing).UTC() }

// names of the officers of shifts.
func names(shifts []guitu.Shift) (all []string) {
	for _, s := range shifts {
		all = append(all, s.Officer.Name)
	}
	return all
}

func (o *office) duty(deskID int64) guitu.Duty {
	o.t.Helper()
	d, err := o.Duty(context.Background(), deskID)
	is(o.t, err, "")
	return d
}

// While a desk has a roster for the week, who is on duty follows it, and so does where stories go.
func TestDutyFollowsRoster(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		o.at(2, 9) // a Monday
		a, b := o.role(guitu.RoleOfficer, 7), o.role(guitu.RoleOfficer, 8)
		is(t, o.SetDuty(ctx, o.admin.ID, false, o.admin.ID), "")
		is(t, o.SetDuty(ctx, b.ID, false, b.ID), "")
		if d := o.duty(o.desk.ID); d.Rostered || len(d.Now) != 1 || d.Now[0].Officer.ID != a.ID {
			t.Errorf("without a roster: %+v", d)
		}
		o.plan(shift(a, 3, 8, 12), shift(b, 3, 20, 12), shift(o.admin, 3, 20, 12))
		for _, tt := range []struct {
			day, hour int
			on        bool // the desk
			who       []int64
			next      int // who take over
		}{
			{2, 9, false, nil, 1}, // the roster of the week has nobody now
			{3, 8, true, []int64{a.ID}, 2},
			{3, 19, true, []int64{a.ID}, 2},
			{3, 20, true, []int64{b.ID, o.admin.ID}, 0},
			{4, 7, true, []int64{b.ID, o.admin.ID}, 0},
			{4, 8, false, nil, 0},
			{9, 9, true, []int64{a.ID}, 0}, // a week without a roster: the switches count
		} {
			o.at(tt.day, tt.hour)
			if on := o.onDuty()[o.desk.ID]; on != tt.on {
				t.Errorf("March %d, %d:00: the desk on duty %v, want %v", tt.day, tt.hour, on, tt.on)
			}
			d := o.duty(o.desk.ID)
			var who []int64
			for _, s := range d.Now {
				who = append(who, s.Officer.ID)
			}
			slices.Sort(who)
			slices.Sort(tt.who)
			if !slices.Equal(who, tt.who) || len(d.Next) != tt.next || d.Rostered != (tt.day < 9) {
				t.Errorf("March %d, %d:00: %+v, want %v on duty and %d to take over", tt.day, tt.hour, d, tt.who, tt.next)
			}
			for _, id := range []int64{a.ID, b.ID} {
				got, err := o.Officer(ctx, id)
				is(t, err, "")
				if got.OnDuty != slices.Contains(tt.who, id) || got.Rostered != (tt.day < 9) {
					t.Errorf("March %d, %d:00: officer %d on duty %v", tt.day, tt.hour, id, got.OnDuty)
				}
			}
		}
		// The switch does not count, so it is not moved.
		o.at(3, 9)
		is(t, o.SetDuty(ctx, b.ID, true, b.ID), guitu.Conflict)
		// Who may not act is no duty.
		is(t, o.Certify(ctx, a.ID, "", o.clock, o.admin.ID), "")
		if o.onDuty()[o.desk.ID] {
			t.Error("an officer whose certificate has ended holds the desk")
		}
	})
}

func TestPlanRefuses(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		o.at(2, 9)
		a, lead, auditor := o.role(guitu.RoleOfficer, 7), o.role(guitu.RoleLead, 8), o.role(guitu.RoleAuditor, 9)
		gone := o.role(guitu.RoleOfficer, 10)
		is(t, o.SetDisabled(ctx, gone.ID, true, o.admin.ID), "")
		for name, tt := range map[string]struct {
			s    guitu.Shift
			by   int64
			want guitu.Kind
		}{
			"by an officer":   {shift(a, 3, 8, 8), a.ID, guitu.Forbidden},
			"by an auditor":   {shift(a, 3, 8, 8), auditor.ID, guitu.Forbidden},
			"of an auditor":   {shift(auditor, 3, 8, 8), lead.ID, guitu.Invalid},
			"of the disabled": {shift(gone, 3, 8, 8), lead.ID, guitu.Invalid},
			"too long":        {shift(a, 3, 8, 25), lead.ID, guitu.Invalid},
			"no time":         {shift(a, 3, 8, 0), lead.ID, guitu.Invalid},
			"backwards":       {shift(a, 3, 8, -1), lead.ID, guitu.Invalid},
			"over":            {shift(a, 2, 0, 9), lead.ID, guitu.Invalid},
			"far ahead":       {shift(a, 500, 8, 8), lead.ID, guitu.Invalid},
		} {
			if err := o.AddShifts(ctx, o.desk.ID, []guitu.Shift{tt.s}, tt.by); guitu.KindOf(err) != tt.want {
				t.Errorf("%s: %v, want %s", name, err, tt.want)
			}
		}
		is(t, o.AddShifts(ctx, o.desk.ID, nil, lead.ID), guitu.Invalid)
		is(t, o.AddShifts(ctx, 999, []guitu.Shift{shift(a, 3, 8, 8)}, o.admin.ID), guitu.NotFound)
		// One that can't be planned takes the others with it.
		is(t, o.AddShifts(ctx, o.desk.ID, []guitu.Shift{shift(a, 3, 8, 8), shift(a, 3, 15, 8)}, lead.ID), guitu.Conflict)
		week, err := o.Roster(ctx, o.desk.ID, o.clock)
		is(t, err, "")
		if len(week) != 0 {
			t.Errorf("planned %v", names(week))
		}
		is(t, o.AddShifts(ctx, o.desk.ID, []guitu.Shift{shift(a, 3, 8, 8), shift(a, 3, 16, 8)}, lead.ID), "")
		week, err = o.Roster(ctx, o.desk.ID, o.clock)
		is(t, err, "")
		is(t, o.DropShift(ctx, o.desk.ID, week[0].ID, a.ID), guitu.Forbidden)
		is(t, o.DropShift(ctx, o.desk.ID, 999, lead.ID), guitu.NotFound)
		is(t, o.DropShift(ctx, o.desk.ID, week[0].ID, lead.ID), "")
		o.at(4, 9)
		is(t, o.DropShift(ctx, o.desk.ID, week[1].ID, lead.ID), guitu.Conflict)
	})
}

func TestCopyWeek(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := context.Background()
		o.at(2, 9)
		a, gone := o.role(guitu.RoleOfficer, 7), o.role(guitu.RoleOfficer, 8)
		_, err := o.CopyWeek(ctx, o.desk.ID, o.clock, o.admin.ID)
		is(t, err, guitu.Conflict)
		o.plan(shift(a, 3, 8, 12), shift(a, 8, 20, 12), shift(gone, 4, 8, 12)) // the second reaches over midnight of Sunday
		is(t, o.SetDisabled(ctx, gone.ID, true, o.admin.ID), "")
		next := o.clock.AddDate(0, 0, 7)
		n, err := o.CopyWeek(ctx, o.desk.ID, next, o.admin.ID)
		is(t, err, "")
		week, err := o.Roster(ctx, o.desk.ID, next)
		is(t, err, "")
		if n != 2 || len(week) != 3 || !week[1].From.Equal(shift(a, 10, 8, 12).From) || !week[2].Until.Equal(shift(a, 15, 20, 12).Until) {
			t.Errorf("copied %d into %v", n, week)
		}
		_, err = o.CopyWeek(ctx, o.desk.ID, next, o.admin.ID)
		is(t, err, guitu.Conflict) // all of it is there
		// The week after the next has what began in the next only.
		n, err = o.CopyWeek(ctx, o.desk.ID, next.AddDate(0, 0, 7), o.admin.ID)
		is(t, err, "")
		if n != 2 {
			t.Errorf("copied %d, want the two that began in the week", n)
		}
	})
}

// Two who plan at once plan no officer twice.
func TestPlanAtOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.at(2, 9)
		a := o.role(guitu.RoleOfficer, 7)
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				err := o.AddShifts(context.Background(), o.desk.ID, []guitu.Shift{shift(a, 3, 8+i, 8)}, o.admin.ID)
				if kind := guitu.KindOf(err); kind != "" && kind != guitu.Conflict {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		week, err := o.Roster(context.Background(), o.desk.ID, o.clock)
		is(t, err, "")
		if len(week) != 1 {
			t.Errorf("%d shifts at once", len(week))
		}
	})
}
