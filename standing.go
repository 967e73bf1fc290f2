package guitu

import "time"

// Standing (现状) is what the public may know of an alert: the answer to its code. Nothing in it is for officers only, and nothing of
// the child is left in it once the alert is over.
type Standing struct {
	AlertID  int64
	Code     string
	Status   Status
	State    AlertState // active, closed, cancelled or expired; expired as soon as its time is over
	IssuedAt time.Time
	Expires  time.Time
	EndedAt  time.Time // when it was over; zero while it goes on
	Told     []Told    // what stands for the public to read, the first first and at least one; the last is what holds
	Photos   []Photo   // those that are shown, the main one first
}

// Last is what holds.
func (s Standing) Last() Told { return s.Told[len(s.Told)-1] }

// Told is a message of an alert with the notice by which people read it. Of Facts it has only what the alert shows, and of Officer the
// desk's name.
type Told struct {
	Message AlertMessage
	Notice  Notice
}

// StandingFilter chooses alerts whose circle touches an area.
type StandingFilter struct {
	Area   Area
	Since  time.Time // also those that ended after it; zero for only those that go on
	Before int64     // only alerts with an AlertID below, 0 for the newest
	Limit  int
}
