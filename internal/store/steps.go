package store

import (
	"context"
	"fmt"
	"hash/fnv"
	"regexp"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"guitu"
)

// MaxAttempts is how often a step is tried before it is given up. With waits that double up to five minutes, that is about
// two hours.
const MaxAttempts = 30

// Enqueue makes a step durable together with the rest of the transaction. It begins at the given time, or at once when that
// is zero or past. A Deliver and an Amend go into the queue of their channel,
// in the order of NoticeKind.Rank. A Read is enqueued once only while an earlier one of the same source waits or works, and so is a Regroup.
func (t *Tx) Enqueue(ctx context.Context, step guitu.Step, when time.Time) error {
	o := &river.InsertOpts{Queue: step.Queue(), MaxAttempts: MaxAttempts}
	if when.After(t.Now) {
		o.ScheduledAt = when
	}
	switch step := step.(type) {
	case guitu.Deliver:
		if err := t.lane(ctx, step.DeliveryID, o); err != nil {
			return err
		}
	case guitu.Amend:
		if err := t.lane(ctx, step.DeliveryID, o); err != nil {
			return err
		}
	case guitu.Read, guitu.Regroup:
		o.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}}
	}
	if _, err := t.db.river.InsertTx(ctx, t.tx, step, o); err != nil {
		return fmt.Errorf("enqueue %s: %w", step.Kind(), err)
	}
	return nil
}

// lane puts a step into the queue of its delivery's channel, so that no channel waits for another, behind what is more urgent there.
func (t *Tx) lane(ctx context.Context, deliveryID int64, o *river.InsertOpts) error {
	var channel string
	var kind guitu.NoticeKind
	err := t.row(ctx, `SELECT d.channel, n.kind FROM deliveries d JOIN notices n ON n.id = d.notice_id WHERE d.id = $1`, deliveryID).
		Scan(&channel, &kind)
	if err != nil {
		return found(err, "没有这次投递")
	}
	o.Queue, o.Priority = ChannelQueue(channel), kind.Rank()+1
	return nil
}

// unfit are the characters that a queue's name can't have.
var unfit = regexp.MustCompile(`[^a-z0-9]+`)

// ChannelQueue is the queue of the deliveries of a channel. Two channels never share one.
func ChannelQueue(channel string) string {
	name := strings.Trim(unfit.ReplaceAllString(channel, "-"), "-")
	if name != channel {
		h := fnv.New64a()
		h.Write([]byte(channel))
		name = strings.Trim(fmt.Sprintf("%.24s-%x", name, h.Sum64()), "-")
	}
	return guitu.QueueDeliver + "-" + name
}

// Channels lists the channels that deliveries were ever made for.
func (t *Tx) Channels(ctx context.Context) ([]string, error) {
	return collect(ctx, t, func(r scanner) (c string, err error) { return c, r.Scan(&c) },
		`SELECT DISTINCT channel FROM deliveries ORDER BY channel`)
}

// RescueOrphans makes the jobs of dead processes available again and returns how many there were. A process lives while it
// holds the lease "process:" + its River client's ID. River's own rescue waits for the longest job that could still be alive;
// a lease tells sooner.
func (t *Tx) RescueOrphans(ctx context.Context) (int64, error) {
	by := `json_extract(attempted_by, '$[#-1]')`
	now := `strftime('%Y-%m-%d %H:%M:%f', $1 / 1000.0, 'unixepoch')`
	if t.db.postgres {
		by = `attempted_by[array_upper(attempted_by, 1)]`
		now = `to_timestamp($1::double precision / 1000)`
	}
	n, err := t.exec(ctx, `
		UPDATE river_job SET state = 'available', scheduled_at = `+now+`
		WHERE state = 'running' AND attempt < max_attempts AND NOT EXISTS (
			SELECT 1 FROM leases WHERE name = 'process:' || `+by+` AND until > $1)`, ms(t.Now))
	if err != nil {
		return 0, fmt.Errorf("rescue orphaned jobs: %w", err)
	}
	return n, nil
}

// Lease takes or renews a lease for a while. It reports whether holder has it; another holder's lease stands until it ends.
func (t *Tx) Lease(ctx context.Context, name, holder string, d time.Duration) (bool, error) {
	n, err := t.exec(ctx, `
		INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
		WHERE leases.holder = excluded.holder OR leases.until <= $4`,
		name, holder, ms(t.Now.Add(d)), ms(t.Now))
	if err != nil {
		return false, fmt.Errorf("lease %s: %w", name, err)
	}
	return n == 1, nil
}

// Release gives up all leases of a holder.
func (t *Tx) Release(ctx context.Context, holder string) error {
	_, err := t.exec(ctx, `DELETE FROM leases WHERE holder = $1`, holder)
	return err
}
