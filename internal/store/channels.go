package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"guitu"
)

const channelColumns = `channel, paused, trouble, since, account, expires, probed, fails`

func scanChannel(r scanner) (s guitu.ChannelState, err error) {
	err = r.Scan(&s.Name, &s.Paused, &s.Trouble, timestamp{&s.Since}, &s.Account, timestamp{&s.Expires}, timestamp{&s.Probed}, &s.Fails)
	return s, err
}

// Channel returns how a channel is doing. One of which nothing is known does well.
func (t *Tx) Channel(ctx context.Context, channel string) (guitu.ChannelState, error) {
	s, err := scanChannel(t.row(ctx, `SELECT `+channelColumns+` FROM channel_states WHERE channel = $1`, channel))
	if errors.Is(err, sql.ErrNoRows) {
		return guitu.ChannelState{Name: channel}, nil
	}
	return s, err
}

// ChannelStates lists how the channels are doing of which something is known, by name, with how many deliveries are held.
func (t *Tx) ChannelStates(ctx context.Context) ([]guitu.ChannelState, error) {
	return collect(ctx, t, func(r scanner) (s guitu.ChannelState, err error) {
		err = r.Scan(&s.Name, &s.Paused, &s.Trouble, timestamp{&s.Since}, &s.Account, timestamp{&s.Expires}, timestamp{&s.Probed}, &s.Fails, &s.Held)
		return s, err
	}, `SELECT `+channelColumns+`, (SELECT COUNT(*) FROM deliveries d WHERE d.channel = channel_states.channel AND d.state = 'held')
		FROM channel_states ORDER BY channel`)
}

// PauseChannel stops a channel for a reason. It reports false, and changes nothing, when it is paused already.
func (t *Tx) PauseChannel(ctx context.Context, channel, why string) (bool, error) {
	n, err := t.exec(ctx, `
		INSERT INTO channel_states (channel, paused, trouble, since) VALUES ($1, TRUE, $2, $3)
		ON CONFLICT (channel) DO UPDATE SET paused = TRUE, trouble = excluded.trouble, since = excluded.since
		WHERE NOT channel_states.paused`, channel, why, ms(t.Now))
	return n == 1, err
}

// ResumeChannel lets a paused channel go on, and what it held with it; its quota counts anew. NotFound when it is not paused.
func (t *Tx) ResumeChannel(ctx context.Context, channel string) error {
	n, err := t.exec(ctx, `UPDATE channel_states SET paused = FALSE, trouble = '', since = 0, fails = 0 WHERE channel = $1 AND paused`, channel)
	if err != nil {
		return err
	}
	if n == 0 {
		return guitu.Errorf(guitu.NotFound, "该渠道没有暂停")
	}
	if _, err := t.exec(ctx, `DELETE FROM budgets WHERE account = $1 AND name = $2`, channel, guitu.Quota); err != nil {
		return err
	}
	held, err := collect(ctx, t, func(r scanner) (d int64, err error) { return d, r.Scan(&d) },
		`UPDATE deliveries SET state = 'due', trouble = '', due = $2, at = $2 WHERE channel = $1 AND state = 'held' RETURNING id`,
		channel, ms(t.Now))
	for _, d := range held {
		if err := t.Enqueue(ctx, guitu.Deliver{DeliveryID: d}, time.Time{}); err != nil {
			return err
		}
	}
	return err
}

// ChannelProbed records what a look at a channel's account said: trouble is "" when it works.
func (t *Tx) ChannelProbed(ctx context.Context, channel string, a guitu.Account, trouble string) (fails int, err error) {
	failed := 0
	if trouble != "" {
		failed = 1
	}
	err = t.row(ctx, `
		INSERT INTO channel_states (channel, account, expires, probed, fails, trouble) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (channel) DO UPDATE SET probed = excluded.probed,
			fails = CASE WHEN CAST($5 AS BIGINT) = 0 THEN 0 ELSE channel_states.fails + 1 END,
			account = CASE WHEN CAST($5 AS BIGINT) = 0 THEN excluded.account ELSE channel_states.account END,
			expires = CASE WHEN CAST($5 AS BIGINT) = 0 THEN excluded.expires ELSE channel_states.expires END,
			trouble = CASE WHEN channel_states.paused THEN channel_states.trouble ELSE excluded.trouble END
		RETURNING fails`, channel, a.Name, ms(a.Expires), ms(t.Now), failed, trouble).Scan(&fails)
	return fails, err
}

// Tell reports whether something is to be told of a channel: it was not told last, or longer ago than every.
func (t *Tx) Tell(ctx context.Context, channel, what string, every time.Duration) (bool, error) {
	n, err := t.exec(ctx, `
		INSERT INTO channel_states (channel, told, told_at) VALUES ($1, $2, $3)
		ON CONFLICT (channel) DO UPDATE SET told = excluded.told, told_at = excluded.told_at
		WHERE channel_states.told <> excluded.told OR channel_states.told_at <= $4`,
		channel, what, ms(t.Now), ms(t.Now.Add(-every)))
	return n == 1, err
}

// LateAlerts lists the deliveries of alerts that should have gone out before a time, have not, and of which nobody was told; they
// count as told from now on.
func (t *Tx) LateAlerts(ctx context.Context, before time.Time) ([]guitu.Delivery, error) {
	ids, err := collect(ctx, t, func(r scanner) (d int64, err error) { return d, r.Scan(&d) }, `
		UPDATE deliveries SET paged = $2 WHERE paged = 0 AND id IN (
			SELECT d.id FROM deliveries d JOIN notices n ON n.id = d.notice_id
			WHERE n.alert_id IS NOT NULL AND n.made_at <= $1 AND n.due <= $1
				AND d.state IN ('due', 'held', 'sending', 'unknown', 'refused', 'given_up'))
		RETURNING id`, ms(before), ms(t.Now))
	if err != nil {
		return nil, err
	}
	var all []guitu.Delivery
	for _, id := range ids {
		d, err := t.Delivery(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// TakeDelivery marks a delivery as being sent by a job. It reports false, and changes nothing, when it does not wait any more.
func (t *Tx) TakeDelivery(ctx context.Context, deliveryID, job int64) (bool, error) {
	n, err := t.exec(ctx, `
		UPDATE deliveries SET state = 'sending', trouble = '', at = $3, attempts = attempts + 1, job = $2
		WHERE id = $1 AND state IN ('due', 'held')`, deliveryID, job, ms(t.Now))
	return n == 1, err
}

// Taker returns the job that marked a delivery as being sent, 0 when none did.
func (t *Tx) Taker(ctx context.Context, deliveryID int64) (job int64, err error) {
	err = t.row(ctx, `SELECT job FROM deliveries WHERE id = $1`, deliveryID).Scan(&job)
	return job, found(err, "没有这次投递")
}

// Partials lists the latest notices that stand on some channels and need a person on others.
func (t *Tx) Partials(ctx context.Context, limit int) ([]guitu.Partial, error) {
	const stuck = `('unknown', 'refused', 'given_up', 'held')`
	all, err := collect(ctx, t, func(r scanner) (p guitu.Partial, err error) {
		return p, r.Scan(&p.NoticeID, &p.Code, &p.Kind, &p.Public)
	}, `SELECT n.id, n.code, n.kind, (SELECT COUNT(*) FROM deliveries d WHERE d.notice_id = n.id AND d.state IN ('sent', 'edited', 'standing', 'handled'))
		FROM notices n WHERE n.id IN (SELECT notice_id FROM deliveries WHERE state IN `+stuck+`)
			AND n.id IN (SELECT notice_id FROM deliveries WHERE state IN ('sent', 'edited', 'standing', 'handled'))
		ORDER BY n.id DESC LIMIT $1`, limit)
	for i := range all {
		if err == nil {
			all[i].Stuck, err = collect(ctx, t, scanDelivery, `SELECT `+deliveryColumns+deliveryTables+
				`WHERE d.notice_id = $1 AND d.state IN `+stuck+` ORDER BY d.id`, all[i].NoticeID)
		}
	}
	return all, err
}

// DeskOfDelivery returns the desk that holds the alert that a delivery tells of, 0 when it tells of none.
func (t *Tx) DeskOfDelivery(ctx context.Context, deliveryID int64) (desk int64, err error) {
	err = t.row(ctx, `SELECT COALESCE(a.desk_id, 0) FROM deliveries d JOIN notices n ON n.id = d.notice_id
		LEFT JOIN alerts a ON a.id = n.alert_id WHERE d.id = $1`, deliveryID).Scan(&desk)
	return desk, found(err, "没有这次投递")
}
