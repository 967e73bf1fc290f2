package jobs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/riverqueue/river"

	"guitu"
	"guitu/internal/store"
)

// addReminders adds the worker that reminds officers.
func (j *Jobs) addReminders(workers *river.Workers) {
	add(j, workers, jobTimeout, func(ctx context.Context, s guitu.Remind, t try) error { return j.remind(ctx, s, t) })
}

// findExpiring enqueues what reminds officers of the end of their certificate.
func (j *Jobs) findExpiring(ctx context.Context) error {
	return j.db.Update(ctx, func(tx *store.Tx) error {
		ids, err := tx.RemindDue(ctx)
		if err != nil {
			return fmt.Errorf("find certificates that end: %w", err)
		}
		for _, id := range ids {
			if err := tx.Enqueue(ctx, guitu.Remind{OfficerID: id}, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// remind tells an officer that the certificate ends, unless it was renewed meanwhile.
func (j *Jobs) remind(ctx context.Context, s guitu.Remind, t try) error {
	if j.o.Chat == nil {
		return nil
	}
	var o guitu.Officer
	var now time.Time
	err := j.db.View(ctx, func(tx *store.Tx) (err error) {
		now = tx.Now
		o, err = tx.Officer(ctx, s.OfficerID)
		return err
	})
	if err != nil || o.Disabled || o.TelegramUser == 0 || o.CertifiedUntil.IsZero() || o.CertifiedUntil.Sub(now) > 30*24*time.Hour {
		return err
	}
	// A person's private chat with the bot has the number of the person's account.
	id := strconv.FormatInt(o.TelegramUser, 10)
	chat, err := j.chatTurn(ctx, id, t)
	if err != nil {
		return err
	}
	reminder, ok := chat.(guitu.Reminder)
	if !ok {
		return nil
	}
	_, err = call(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, reminder.Remind(ctx, id, o) })
	if errors.Is(err, guitu.ErrRejected) {
		j.o.Log.ErrorContext(ctx, "reminder not taken", "officer", o.ID, "error", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("remind officer %d: %w", o.ID, err)
	}
	return nil
}
