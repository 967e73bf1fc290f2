package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"guitu"
	"guitu/internal/store"
)

// Listener hears what others say, for as long as it runs.
type Listener struct {
	// Name identifies it for ever: the lease under which one process at a time listens, and what people are told of.
	Name string
	// Run listens until ctx ends. It calls heard each time that the other side has answered, also when there was nothing new.
	Run func(ctx context.Context, heard func()) error
	// Silence is how long nothing may be heard before it is begun anew; well above the longest time that is to be expected.
	Silence time.Duration
}

// patience is how long a listener may take to end when it is told to. One that does not is left behind: it hears nothing any more.
const patience = 10 * time.Second

// Listen keeps a listener running in one process at a time, until ctx ends. One that ends, panics or has gone silent is begun anew, and
// people are told of it once, until it hears again.
func (j *Jobs) Listen(ctx context.Context, l Listener) {
	j.WhileLeased(ctx, l.Name, func(ctx context.Context) {
		for fails := 0; ; {
			heard, err := j.listenOnce(ctx, l, fails > 0)
			if ctx.Err() != nil {
				return
			}
			if heard {
				fails = 0
			}
			fails++
			j.deaf(ctx, l.Name, err, fails == 1)
			select {
			case <-ctx.Done():
				return
			case <-time.After(min(l.Silence, time.Second<<min(fails, 6))):
			}
		}
	})
}

var (
	errSilent = errors.New("nothing was heard for too long")
	errStuck  = errors.New("it does not end")
)

// listenOnce runs a listener until it ends or goes silent. after says that it did so before: what it hears first ends the trouble.
func (j *Jobs) listenOnce(ctx context.Context, l Listener, after bool) (heard bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers, done := make(chan struct{}), make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Errorf("panic: %v", r)
			}
		}()
		done <- l.Run(ctx, func() {
			select {
			case answers <- struct{}{}:
			case <-ctx.Done():
			}
		})
	}()
	silence := time.NewTimer(l.Silence)
	defer silence.Stop()
	for {
		select {
		case <-answers:
			if after && !heard {
				j.hears(ctx, l.Name)
			}
			heard = true
			silence.Reset(l.Silence)
		case err := <-done:
			return heard, fmt.Errorf("it ended: %w", err)
		case <-silence.C:
			cancel()
			select {
			case err = <-done:
			case <-time.After(patience):
			}
			return heard, fmt.Errorf("%w, %s: %w", errSilent, l.Silence, cmp.Or(err, errStuck))
		}
	}
}

// deaf records that a listener hears nothing, and tells people when it is the first time.
func (j *Jobs) deaf(ctx context.Context, name string, cause error, tell bool) {
	j.o.Log.ErrorContext(ctx, "listener is begun anew", "listener", name, "error", cause)
	err := j.db.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.ChannelProbed(ctx, name, guitu.Account{}, cause.Error()); err != nil || !tell {
			return err
		}
		return alarm(ctx, tx, guitu.Alarm{Trouble: guitu.TroubleDeaf, Channel: name})
	})
	if err != nil && ctx.Err() == nil {
		j.o.Log.ErrorContext(ctx, "record of a listener", "listener", name, "error", err)
	}
}

// hears records that a listener hears again.
func (j *Jobs) hears(ctx context.Context, name string) {
	j.o.Log.InfoContext(ctx, "listener hears again", "listener", name)
	err := j.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ChannelProbed(ctx, name, guitu.Account{}, "")
		return err
	})
	if err != nil && ctx.Err() == nil {
		j.o.Log.ErrorContext(ctx, "record of a listener", "listener", name, "error", err)
	}
}
