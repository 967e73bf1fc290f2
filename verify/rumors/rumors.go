package rumors

import (
	"crypto/rand"
	"io"
	"log/slog"
	"sync"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/match"
	"guitu/verify/spot"
)

// Options say how stories are handled. The zero value works and publishes nowhere.
type Options struct {
	// EscalateAfter is how long a desk of a level has before an unanswered story goes up. A level without a duration keeps it.
	EscalateAfter map[guitu.Level]time.Duration
	// UrgentReach is the reach from which a notice goes out at once; 0 means that none does.
	UrgentReach int
	// NextAnnouncement returns the first announcement time after t. The default announces at once.
	NextAnnouncement func(t time.Time) time.Time
	// Channels are the names of the publishers that get every notice.
	Channels []string
	Rand     io.Reader    // of check codes; default crypto/rand
	Log      *slog.Logger // default discards
}

// Rumors is the life of stories. It is safe for concurrent use, also by several processes on one database.
type Rumors struct {
	db    *store.DB
	o     Options
	spot  func(post string) guitu.Finding // spot.Spot
	mu    sync.Mutex                      // held while a batch is taken
	index *match.Index
	at    place // how far index has followed the database

	renewing sync.Mutex // held while stories are put together anew
	plan     *regrouping
}

// New returns the stories in a database.
func New(db *store.DB, o Options) *Rumors {
	if o.NextAnnouncement == nil {
		o.NextAnnouncement = func(t time.Time) time.Time { return t }
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Rumors{db: db, o: o, spot: spot.Spot}
}
