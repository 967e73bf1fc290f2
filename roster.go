package guitu

import "time"

// Shift (班次) is that an officer is on duty at a desk for a time.
type Shift struct {
	ID          int64
	DeskID      int64
	Officer     Officer
	From, Until time.Time // Until is the first moment after it
}

// Duty is who is on duty at a desk, by its roster or else by the officers' switch.
type Duty struct {
	Rostered bool      // the desk has a shift in this week, and duty follows the roster
	Now      []Shift   // without a roster their times are zero
	Next     []Shift   // those that take over at Change
	Change   time.Time // when the next shift begins, zero when none is planned
}

// Week returns the week of an instant, Monday to Sunday in Beijing.
func Week(t time.Time) (from, until time.Time) {
	y, m, d := t.In(beijing).Date()
	from = time.Date(y, m, d, 0, 0, 0, 0, beijing)
	from = from.AddDate(0, 0, -(int(from.Weekday())+6)%7)
	return from.UTC(), from.AddDate(0, 0, 7).UTC()
}
