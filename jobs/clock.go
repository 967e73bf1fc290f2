package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"

	"guitu"
	"guitu/internal/store"
)

// sweepLook is how often the clock looks whether the daily sweep is due, and watchLook how often at the channels.
const (
	sweepLook = 10 * time.Second
	watchLook = 15 * time.Second
)

// announceLook is how often the clock looks whether a bulletin is due.
const announceLook = 3 * time.Second

// startClock begins the sweeps: which sources are due, which processes still live, and what has been kept for long enough. What is due stands in the database;
// the clock only looks.
func (j *Jobs) startClock(ctx context.Context) error {
	log := cronLog{j.o.Log}
	j.clock = cron.New(cron.WithLogger(log), cron.WithChain(cron.Recover(log), cron.SkipIfStillRunning(log)))
	for every, sweep := range map[time.Duration]func(context.Context) error{
		time.Second:  j.begin,
		beat:         j.beat,
		sweepLook:    j.sweep,
		announceLook: j.announce,
		watchLook:    j.watch,
	} {
		_, err := j.clock.AddFunc("@every "+every.String(), func() {
			ctx, cancel := context.WithTimeout(ctx, leaseFor)
			defer cancel()
			if err := sweep(ctx); err != nil && ctx.Err() == nil {
				j.o.Log.ErrorContext(ctx, "sweep", "error", err)
			}
		})
		if err != nil {
			return fmt.Errorf("start clock: %w", err)
		}
	}
	j.clock.Start()
	return nil
}

// begin enqueues a Read for each source whose time has come.
func (j *Jobs) begin(ctx context.Context) error {
	if len(j.sources) == 0 {
		return nil
	}
	var due []guitu.SourceState
	err := j.db.View(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.DueSources(ctx)
		return err
	})
	if err != nil || len(due) == 0 {
		return err
	}
	return j.db.Update(ctx, func(tx *store.Tx) error {
		for _, s := range due {
			if err := tx.Enqueue(ctx, guitu.Read{Source: s.Name}, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// beat renews this process's lease and frees the jobs of processes whose lease has ended.
func (j *Jobs) beat(ctx context.Context) error {
	err := j.db.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Lease(ctx, "process:"+j.id, j.id, leaseFor); err != nil {
			return err
		}
		n, err := tx.RescueOrphans(ctx)
		if n > 0 {
			j.o.Log.WarnContext(ctx, "rescued jobs of a process that died", "jobs", n)
		}
		return err
	})
	if err == nil {
		j.lastBeat.Store(j.db.Now().UnixMilli())
	}
	return err
}

// sweep deletes once a day what has been kept for long enough, and drafts that nobody touches. Two processes at it at once do no harm.
func (j *Jobs) sweep(ctx context.Context) error {
	var due bool
	err := j.db.View(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.SweepDue(ctx)
		return err
	})
	if err != nil || !due {
		return err
	}
	if j.o.Alerts != nil {
		if err := j.o.Alerts.Fade(ctx); err != nil {
			return err
		}
	}
	var all int64
	for done := false; !done; {
		var n int64
		err := j.db.Update(ctx, func(tx *store.Tx) (err error) {
			n, done, err = tx.Sweep(ctx)
			return err
		})
		if err != nil {
			return err
		}
		all += n
	}
	j.o.Log.InfoContext(ctx, "swept", "rows", all)
	return nil
}

// announce makes the bulletins that are due.
func (j *Jobs) announce(ctx context.Context) error {
	if j.o.Bulletins == nil {
		return nil
	}
	return j.o.Bulletins.Announce(ctx)
}

// WhileLeased runs fn in one process at a time: it waits for the lease, runs fn with a context that ends when the lease is lost,
// and begins again until ctx ends. Another process takes over within leaseFor of a crash.
func (j *Jobs) WhileLeased(ctx context.Context, name string, fn func(ctx context.Context)) {
	tick := time.NewTicker(j.checks)
	defer tick.Stop()
	var running *run
	defer func() { running.end() }()
	for ctx.Err() == nil {
		var held bool
		err := j.db.Update(ctx, func(tx *store.Tx) (err error) {
			held, err = tx.Lease(ctx, name, j.id, leaseFor)
			return err
		})
		switch {
		case err != nil && ctx.Err() == nil:
			// Not renewed: the lease may end before the next look, so what runs under it ends now.
			j.o.Log.ErrorContext(ctx, "lease", "name", name, "error", err)
			running = running.end()
		case err == nil && held && running == nil:
			running = begin(ctx, fn)
		case err == nil && !held:
			running = running.end()
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// run is a function that runs under a lease.
type run struct {
	cancel context.CancelFunc
	done   chan struct{}
}

func begin(ctx context.Context, fn func(context.Context)) *run {
	ctx, cancel := context.WithCancel(ctx)
	r := &run{cancel, make(chan struct{})}
	go func() {
		defer close(r.done)
		fn(ctx)
	}()
	return r
}

// end stops the function, waits for it, and returns nil for the run that there is no more.
func (r *run) end() *run {
	if r != nil {
		r.cancel()
		<-r.done
	}
	return nil
}

// cronLog is the clock's log: cron tells every tick, of which only troubles are worth a line.
type cronLog struct{ log *slog.Logger }

func (cronLog) Info(string, ...any) {}

func (l cronLog) Error(err error, msg string, keysAndValues ...any) {
	l.log.Error("clock", append([]any{"what", msg, "error", err}, keysAndValues...)...)
}
