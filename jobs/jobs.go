package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/robfig/cron/v3"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/alerts"
	"guitu/verify/bulletins"
	"guitu/verify/rumors"
)

// Deadlines of a step's calls.
const (
	callTimeout = 30 * time.Second // one call of a source, a channel or a chat
	readTimeout = 55 * time.Second // one Read step, which may take several batches
	jobTimeout  = callTimeout + 10*time.Second
)

// A process lives while it renews its lease.
const (
	beat     = 5 * time.Second
	leaseFor = 15 * time.Second
)

// Source is a source and how often it is read.
type Source struct {
	guitu.Source
	Every time.Duration // positive; a fifth of it is jitter
}

// Options of Jobs. The zero value works steps that need no outside.
type Options struct {
	Alerts *alerts.Alerts // nil when none are issued
	// Bulletins are announced when they are due; nil: none are.
	Bulletins  *bulletins.Bulletins
	Sources    []Source
	Publishers []guitu.Publisher
	// Reach works the steps that tell followers; nil when there are none.
	Reach func(ctx context.Context, s guitu.Reach) error
	Home  string     // name of the channel where the pages stand to which Link leads, "" for none
	Chat  guitu.Chat // nil when officers are asked in the console only
	// Link returns the public address of a notice by its code.
	Link func(code string) string
	// Handle handles an update of the chat application; nil when there is no chat.
	Handle func(ctx context.Context, update []byte) error
	// Picture fetches a picture and returns its perceptual hash. An error that wraps ErrRejected, ErrWall or ErrUnauthorized ends
	// the matter. nil: pictures are not looked at.
	Picture func(ctx context.Context, address string) (hash string, err error)
	// Pictures makes what goes with a notice: of one that has ended, without the child. nil: notices have no pictures.
	Pictures func(ctx context.Context, n guitu.Notice) ([]guitu.Picture, error)
	// ProbeEvery is how often each channel's account is looked at, more rarely where its budgets are small; 10 minutes when it is zero.
	ProbeEvery time.Duration
	// Quota is how many notices a channel beside Home gets in a day before it is paused until a person has looked; 0 for any number.
	Quota int
	// Observe is told of each step that ended, for metrics.
	Observe func(kind string, attempt int, took time.Duration, err error)
	Log     *slog.Logger // default discards
}

// Jobs works the durable steps.
type Jobs struct {
	db         *store.DB
	rumors     *rumors.Rumors
	o          Options
	sources    map[string]Source
	publishers map[string]guitu.Publisher
	client     *river.Client[*sql.Tx]
	id         string
	clock      *cron.Cron
	lines      *lines
	rests      *rests
	checks     time.Duration // how often WhileLeased looks at its lease: beat, and faster in tests
	lastBeat   atomic.Int64  // when the lease was last renewed, Unix milliseconds; 0 while no steps are worked
}

// New returns the steps over a database and its stories; Start begins to work them.
func New(db *store.DB, r *rumors.Rumors, o Options) (*Jobs, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observe == nil {
		o.Observe = func(string, int, time.Duration, error) {}
	}
	if o.Link == nil {
		o.Link = func(string) string { return "" }
	}
	if o.ProbeEvery == 0 {
		o.ProbeEvery = 10 * time.Minute
	}
	j := &Jobs{
		db: db, rumors: r, o: o, id: store.NewID(), checks: beat,
		lines:   &lines{now: db.Now, waiting: map[string][]waiter{}},
		rests:   &rests{now: db.Now, until: map[string]time.Time{}},
		sources: map[string]Source{}, publishers: map[string]guitu.Publisher{},
	}
	for _, s := range o.Sources {
		j.sources[s.Name()] = s
	}
	for _, p := range o.Publishers {
		j.publishers[p.Name()] = p
	}
	workers := river.NewWorkers()
	add(j, workers, readTimeout, func(ctx context.Context, s guitu.Read, _ try) error { return j.read(ctx, s.Source) })
	add(j, workers, readTimeout, func(ctx context.Context, s guitu.Look, t try) error { return j.look(ctx, s.PostID, t) })
	add(j, workers, readTimeout, func(ctx context.Context, _ guitu.Regroup, _ try) error { return j.regroup(ctx) })
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Route, _ try) error { return j.rumors.Route(ctx, s.RumorID) })
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Escalate, _ try) error {
		return j.rumors.Escalate(ctx, s.AssignmentID)
	})
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Ask, t try) error { return j.ask(ctx, s.CardID, t) })
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Show, t try) error { return j.show(ctx, s.CardID, t) })
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Warn, t try) error { return j.warn(ctx, s, t) })
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Alarm, t try) error { return j.tellOf(ctx, s, t) })
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Press, _ try) error { return j.press(ctx, s.InboxID) })
	j.addAlerts(workers)
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Deliver, t try) error { return j.deliver(ctx, s.DeliveryID, t) })
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Amend, t try) error { return j.amend(ctx, s.DeliveryID, t) })

	if o.Reach != nil {
		add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Reach, _ try) error { return o.Reach(ctx, s) })
	}

	// SQLite tells nobody of a new job. River imitates that by looking twenty times a second, which costs an idle bot 3 % of a
	// core; looking once a second, and for an officer's press more often, is soon enough for one machine. A step that waits for its
	// chat's turn is found by looking in PostgreSQL, too.
	press := river.FetchPollIntervalDefault
	if !db.IsPostgres() {
		press = 500 * time.Millisecond
	}
	var err error
	j.client, err = river.NewClient(db.Driver(), &river.Config{
		ID:       j.id,
		PollOnly: !db.IsPostgres(),
		Workers:  workers,
		// Queues of their own, so that a slow source or a stuck channel delays nobody's press.
		Queues: map[string]river.QueueConfig{
			guitu.QueueRead:  {MaxWorkers: 4},
			guitu.QueueStory: {MaxWorkers: 4},
			guitu.QueueChat:  {MaxWorkers: 8, FetchPollInterval: 500 * time.Millisecond},
			guitu.QueuePress: {MaxWorkers: 8, FetchPollInterval: press},
			// What an earlier version enqueued; each channel has a queue of its own.
			guitu.QueueDeliver: {MaxWorkers: 4},
			guitu.QueueAlert:   {MaxWorkers: 4},
			guitu.QueueReach:   {MaxWorkers: 2, FetchPollInterval: press},
			guitu.QueueChatter: {MaxWorkers: 1, FetchPollInterval: press},
			// One at a time: a picture takes up to 64 MB, and nobody waits for it.
			guitu.QueueLook: {MaxWorkers: 1},
		},
		JobTimeout:           readTimeout,
		RescueStuckJobsAfter: readTimeout + 30*time.Second,
		RetryPolicy:          retry{db.Now},
		Logger:               slog.New(quiet{o.Log.Handler()}),
	})
	if err != nil {
		return nil, fmt.Errorf("prepare jobs: %w", err)
	}
	return j, nil
}

// Client is River's client, for its web interface.
func (j *Jobs) Client() *river.Client[*sql.Tx] { return j.client }

// Start begins to work and to keep the clock. Stop ends both.
func (j *Jobs) Start(ctx context.Context) error {
	if err := j.beat(ctx); err != nil {
		return err
	}
	if err := j.rumors.Renew(ctx); err != nil {
		return err
	}
	if err := j.openChannels(ctx); err != nil {
		return err
	}
	// Not ctx: River would cut its jobs off when it ends; Stop lets them finish.
	if err := j.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	return j.startClock(ctx)
}

// channelWorkers is how many calls of one channel are under way at once. A channel that hangs holds no more.
const channelWorkers = 4

// openChannels gives each channel workers of its own: those that are configured, and those that still have deliveries.
func (j *Jobs) openChannels(ctx context.Context) error {
	var channels []string
	err := j.db.View(ctx, func(tx *store.Tx) (err error) {
		channels, err = tx.Channels(ctx)
		return err
	})
	if err != nil {
		return err
	}
	for name := range j.publishers {
		if !slices.Contains(channels, name) {
			channels = append(channels, name)
		}
	}
	poll := river.FetchPollIntervalDefault
	if !j.db.IsPostgres() {
		poll = 500 * time.Millisecond // an alert is not to wait for a second
	}
	for _, name := range channels {
		err := j.client.Queues().Add(store.ChannelQueue(name), river.QueueConfig{MaxWorkers: channelWorkers, FetchPollInterval: poll})
		if err != nil {
			return fmt.Errorf("queue of channel %s: %w", name, err)
		}
	}
	return nil
}

// Ready returns nil while steps are worked: the clock beats and the process holds its lease.
func (j *Jobs) Ready() error {
	switch last := j.lastBeat.Load(); {
	case last == 0:
		return errors.New("jobs do not run")
	case j.db.Now().Sub(time.UnixMilli(last)) > leaseFor:
		return errors.New("the clock of the jobs stands still")
	}
	return nil
}

// Stop lets running steps end, begins no others, and returns when all is quiet or ctx ends; then steps are cut off, which
// loses nothing. Whoever puts updates into the inbox must have stopped before.
func (j *Jobs) Stop(ctx context.Context) error {
	<-j.clock.Stop().Done()
	j.lastBeat.Store(0)
	err := j.client.Stop(ctx)
	if err != nil {
		cut, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = errors.Join(fmt.Errorf("stop jobs: %w", err), j.client.StopAndCancel(cut))
	}
	release, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, j.db.Update(release, func(tx *store.Tx) error { return tx.Release(release, j.id) }))
}

// try is which try of a step this is.
type try struct {
	job    int64 // jobs that were begun later have higher numbers
	rank   int   // of two steps that wait for the same place the lower goes first
	number int   // from 1
	last   bool
}

// order is a step's place among those that wait for a turn.
func (t try) order() int64 { return int64(t.rank)<<48 + t.job }

// worker runs one kind of step.
type worker[S river.JobArgs] struct {
	river.WorkerDefaults[S]
	j       *Jobs
	timeout time.Duration
	work    func(ctx context.Context, s S, t try) error
}

func add[S river.JobArgs](j *Jobs, all *river.Workers, timeout time.Duration, work func(context.Context, S, try) error) {
	river.AddWorker(all, &worker[S]{j: j, timeout: timeout, work: work})
}

func (w *worker[S]) Timeout(*river.Job[S]) time.Duration { return w.timeout }

func (w *worker[S]) Work(ctx context.Context, job *river.Job[S]) error {
	begun := w.j.db.Now()
	err := w.work(ctx, job.Args, try{job.ID, job.Priority, job.Attempt, job.Attempt >= job.MaxAttempts})
	took := w.j.db.Now().Sub(begun)
	var wait *guitu.RetryError
	failure := err
	if errors.As(err, &wait) {
		failure = nil // It is put off.
	}
	w.j.o.Observe(job.Args.Kind(), job.Attempt, took, failure)
	log := w.j.o.Log.With("step", job.Args.Kind(), "job", job.ID, "attempt", job.Attempt, "ms", took.Milliseconds())
	// What is not there any more needs no step.
	if guitu.KindOf(err) == guitu.NotFound {
		log.InfoContext(ctx, "step void")
		return nil
	}
	switch {
	case err == nil:
		log.DebugContext(ctx, "step done")
		return nil
	case errors.As(err, &wait):
		log.InfoContext(ctx, "step waits", "for", wait.After.String(), "error", err)
		return river.JobSnooze(wait.After)
	case job.Attempt >= job.MaxAttempts:
		log.ErrorContext(ctx, "step given up", "error", err)
	default:
		log.WarnContext(ctx, "step will be tried again", "error", err)
	}
	return err
}

// retry waits 1 s, 2 s, 4 s … up to five minutes between tries.
type retry struct{ now func() time.Time }

func (r retry) NextRetry(job *rivertype.JobRow) time.Time {
	const most = 5 * time.Minute
	d := most
	if n := len(job.Errors); n < 9 {
		d = min(most, time.Second<<n)
	}
	return r.now().Add(d)
}

// quiet passes River's own errors on; its warnings repeat what the steps' lines say.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (q quiet) WithAttrs(a []slog.Attr) slog.Handler         { return quiet{q.Handler.WithAttrs(a)} }

func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }
