// Package bulletins announces what came of alerts and stories, on a schedule that survives restarts: a report, a notice and its
// deliveries, in one transaction.
//
// What was due while the bot was down is made up for by rule: the latest one only, marked as late, with the number of those before it
// that were missed. A bulletin is never made twice for one period, and never of an exercise.
package bulletins

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/stats"
)

// Options of Bulletins. The zero value announces nothing.
type Options struct {
	// Schedules are cron expressions of five fields by kind; a kind without one is never announced.
	Schedules map[guitu.BulletinKind]string
	Location  *time.Location // of schedules and periods; default Asia/Shanghai
	Channels  []string       // names of the publishers that get bulletins
	Rand      io.Reader      // of codes; default crypto/rand
	Log       *slog.Logger   // default discards
}

// Bulletins announces reports. It is safe for concurrent use, also by several processes on one database.
type Bulletins struct {
	db        *store.DB
	o         Options
	schedules map[guitu.BulletinKind]cron.Schedule
}

// late is how long after its time a bulletin is called late.
const late = time.Hour

// New returns the bulletins of a database. The error names a schedule that is none.
func New(db *store.DB, o Options) (*Bulletins, error) {
	if o.Location == nil {
		o.Location = time.FixedZone("Asia/Shanghai", 8*60*60)
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	b := &Bulletins{db: db, o: o, schedules: map[guitu.BulletinKind]cron.Schedule{}}
	for kind, spec := range o.Schedules {
		if spec == "" {
			continue
		}
		schedule, err := cron.ParseStandard(spec)
		if err != nil {
			return nil, fmt.Errorf("schedule of %s bulletins: %w", kind, err)
		}
		b.schedules[kind] = schedule
	}
	return b, nil
}

// Report counts a period.
func Report(ctx context.Context, tx *store.Tx, from, to time.Time) (guitu.Report, error) {
	alerts, err := tx.Counted(ctx, from, to)
	if err != nil {
		return guitu.Report{}, err
	}
	stories, err := tx.Checked(ctx, from, to)
	if err != nil {
		return guitu.Report{}, err
	}
	return stats.Compute(alerts, stories, from.UTC(), to.UTC(), tx.Now), nil
}

// Announce makes the bulletins that are due. It may be called as often as one likes; the first call of all only notes when the first
// ones will be due.
func (b *Bulletins) Announce(ctx context.Context) error {
	if b.db.Status() == guitu.Exercise {
		return nil
	}
	for kind := range b.schedules {
		due := false
		err := b.db.View(ctx, func(tx *store.Tx) error {
			spec, next, ok, err := tx.Schedule(ctx, name(kind))
			due = !ok || spec != b.spec(kind) || !tx.Now.Before(next)
			return err
		})
		if err != nil {
			return err
		}
		if !due {
			continue
		}
		if err := b.db.Update(ctx, func(tx *store.Tx) error { return b.announce(ctx, tx, kind) }); err != nil {
			return fmt.Errorf("%s bulletin: %w", kind, err)
		}
	}
	return nil
}

func name(kind guitu.BulletinKind) string { return "bulletin." + string(kind) }

// spec is by what the next time was worked out.
func (b *Bulletins) spec(kind guitu.BulletinKind) string {
	return b.o.Schedules[kind] + " " + b.o.Location.String()
}

func (b *Bulletins) announce(ctx context.Context, tx *store.Tx, kind guitu.BulletinKind) error {
	if err := tx.Lock(ctx, "bulletins"); err != nil {
		return err
	}
	_, next, ok, err := tx.Schedule(ctx, name(kind))
	if err != nil {
		return err
	}
	schedule := b.schedules[kind]
	// By the clock and the rule that hold; a time that has come stands although the rule was changed.
	if err := tx.SetSchedule(ctx, name(kind), b.spec(kind), schedule.Next(tx.Now.In(b.o.Location))); err != nil {
		return err
	}
	if !ok || tx.Now.Before(next) {
		return nil
	}
	due, missed := next.In(b.o.Location), 0
	for at := schedule.Next(due); !at.After(tx.Now); at = schedule.Next(at) {
		due, missed = at, missed+1
	}
	return b.make(ctx, tx, guitu.Bulletin{Kind: kind, Due: due.UTC(), Late: tx.Now.Sub(due) > late, Missed: missed})
}

// make stores a bulletin, its notice and the deliveries.
func (b *Bulletins) make(ctx context.Context, tx *store.Tx, bulletin guitu.Bulletin) error {
	from, to := bulletin.Kind.Period(bulletin.Due.In(b.o.Location))
	var err error
	if bulletin.Report, err = Report(ctx, tx, from, to); err != nil {
		return err
	}
	made, err := tx.CreateBulletin(ctx, &bulletin)
	if err != nil || !made {
		return err
	}
	n := guitu.Notice{
		Kind: guitu.NoticeBulletin, Status: guitu.Actual, BulletinID: bulletin.ID, Texts: stats.Texts(bulletin), Due: tx.Now,
	}
	if n.Code, err = b.code(ctx, tx); err != nil {
		return err
	}
	if err := tx.CreateNotice(ctx, &n); err != nil {
		return err
	}
	for _, channel := range b.o.Channels {
		d := guitu.Delivery{NoticeID: n.ID, Channel: channel, Due: n.Due}
		if err := tx.CreateDelivery(ctx, &d); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, guitu.Deliver{DeliveryID: d.ID}, d.Due); err != nil {
			return err
		}
	}
	b.o.Log.InfoContext(ctx, "bulletin", "bulletin", bulletin.ID, "kind", string(bulletin.Kind), "late", bulletin.Late, "missed", bulletin.Missed)
	return nil
}

// code returns a check code that is not taken.
func (b *Bulletins) code(ctx context.Context, tx *store.Tx) (string, error) {
	for {
		code, err := guitu.NewCode(b.o.Rand)
		if err != nil {
			return "", err
		}
		taken, err := tx.HasCode(ctx, code)
		if err != nil || !taken {
			return code, err
		}
	}
}
