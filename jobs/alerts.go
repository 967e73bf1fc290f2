package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/alerts"
)

// addAlerts adds the steps of the life of alerts.
func (j *Jobs) addAlerts(workers *river.Workers) {
	step := func(ctx context.Context, alertID int64, do func(*alerts.Alerts, context.Context, int64) error) error {
		if j.o.Alerts == nil {
			return errors.New("there are no alerts here")
		}
		return do(j.o.Alerts, ctx, alertID)
	}
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Grow, _ try) error {
		return step(ctx, s.AlertID, (*alerts.Alerts).Grow)
	})
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Expiring, _ try) error {
		return step(ctx, s.AlertID, (*alerts.Alerts).Expiring)
	})
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Expire, _ try) error {
		return step(ctx, s.AlertID, (*alerts.Alerts).Expire)
	})
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Redact, _ try) error {
		return step(ctx, s.AlertID, (*alerts.Alerts).Redact)
	})
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Tell, t try) error { return j.tell(ctx, s, t) })
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Reply, t try) error { return j.reply(ctx, s.TipID, t) })
	j.addReminders(workers)
}

// tell says in a desk's chat what an alert needs of it. What has passed meanwhile is told all the same: that an officer went on alone is
// no less so because the alert is over.
func (j *Jobs) tell(ctx context.Context, s guitu.Tell, t try) error {
	if j.o.Chat == nil {
		return nil
	}
	var a store.Alert
	var desk guitu.Desk
	err := j.db.View(ctx, func(tx *store.Tx) (err error) {
		if a, err = tx.Alert(ctx, s.AlertID); err != nil {
			return err
		}
		desk, err = tx.Desk(ctx, s.DeskID)
		return err
	})
	if err != nil || desk.TelegramChat == "" {
		return err
	}
	chat, err := j.chatTurn(ctx, desk.TelegramChat, t)
	if err != nil {
		return err
	}
	teller, ok := chat.(guitu.Teller)
	if !ok {
		return nil
	}
	_, err = call(ctx, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, teller.Tell(ctx, desk.TelegramChat, a.Alert, s.Event)
	})
	if errors.Is(err, guitu.ErrRejected) {
		j.o.Log.ErrorContext(ctx, "chat does not take what an alert needs", "alert", s.AlertID, "desk", s.DeskID, "error", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("tell desk %d of alert %d: %w", s.DeskID, s.AlertID, err)
	}
	return nil
}
