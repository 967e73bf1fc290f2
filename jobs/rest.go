package jobs

import (
	"errors"
	"sync"
	"time"

	"guitu"
)

// errTold means that a channel has said when the next publication may come, to another one.
var errTold = errors.New("the channel wants nothing yet")

// rests is until when channels want no publication, as they said themselves. What waits for one asks no sooner: a channel that is
// asked all the same refuses for longer. Each process learns it by itself.
type rests struct {
	now   func() time.Time
	mu    sync.Mutex
	until map[string]time.Time // by channel
}

// heed notes what a channel said of a publication, if it is when the next may come.
func (r *rests) heed(channel string, said error) {
	var retry *guitu.RetryError
	if !errors.As(said, &retry) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if until := r.now().Add(retry.After); until.After(r.until[channel]) {
		r.until[channel] = until
	}
}

// left returns *guitu.RetryError while a channel wants nothing.
func (r *rests) left(channel string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if left := r.until[channel].Sub(r.now()); left > 0 {
		return &guitu.RetryError{After: left, Err: errTold}
	}
	delete(r.until, channel)
	return nil
}
