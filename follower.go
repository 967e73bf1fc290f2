package guitu

import "math"

// Follower is somebody who asked to be told of alerts near them.
type Follower struct {
	ID      int64
	Kind    FollowerKind
	Handle  string // what identifies them on their way of being told
	Address string // what it takes to reach them; never logged
	Point   Point  // rounded: see Round
}

// FollowerKind is how a follower is told.
type FollowerKind string

// The ways of telling a follower.
const (
	FollowWebPush  FollowerKind = "webpush"  // a browser's push service
	FollowTelegram FollowerKind = "telegram" // a private chat with the bot
)

// Round returns p to two decimal places, about a kilometre: all that is kept of where a follower is.
func (p Point) Round() Point {
	return Point{Lat: math.Round(p.Lat*100) / 100, Lng: math.Round(p.Lng*100) / 100}
}

// Telling is one notice on its way to one follower.
type Telling struct {
	Follower
	Loud    bool   // else it makes no sound
	Earlier string // where they were last told of the same alert, as their Sender said it; "" when nowhere
}
