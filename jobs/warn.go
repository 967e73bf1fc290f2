package jobs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"guitu"
	"guitu/internal/store"
)

// How many failures in a row a person hears of. One page that cannot be read may be a freak; and what has failed longFails
// times has failed for hours, since each wait is twice the one before.
const (
	markupFails = 2
	longFails   = 8
)

// needsPerson reports whether a person is to be told of the latest failure of a source: always when it paused the source, and
// else once when the page has changed and once when it has failed for long.
func needsPerson(s guitu.SourceState, cause error) bool {
	return s.Paused || s.Fails == longFails || s.Fails == markupFails && errors.Is(cause, guitu.ErrMarkup)
}

// warnings enqueues what tells of a source's trouble: to each administrator who has a chat with the bot, or else to the top desk.
func warnings(ctx context.Context, tx *store.Tx, source string) error {
	return toOperators(ctx, tx, func(officerID, deskID int64) guitu.Step {
		return guitu.Warn{Source: source, OfficerID: officerID, DeskID: deskID}
	})
}

// toOperators enqueues a step for each administrator who has a chat with the bot, or else for the top desk.
func toOperators(ctx context.Context, tx *store.Tx, step func(officerID, deskID int64) guitu.Step) error {
	officers, err := tx.Officers(ctx)
	if err != nil {
		return err
	}
	told := false
	for _, o := range officers {
		if !operates(o) {
			continue
		}
		told = true
		if err := tx.Enqueue(ctx, step(o.ID, 0), time.Time{}); err != nil {
			return err
		}
	}
	if told {
		return nil
	}
	return toTop(ctx, tx, step)
}

// operates reports whether an officer is an administrator who can be told in a chat.
func operates(o guitu.Officer) bool {
	return o.Role == guitu.RoleAdmin && !o.Disabled && o.TelegramUser != 0
}

// toTop enqueues a step for each desk of the whole country.
func toTop(ctx context.Context, tx *store.Tx, step func(officerID, deskID int64) guitu.Step) error {
	desks, err := tx.Desks(ctx)
	if err != nil {
		return err
	}
	for _, d := range desks {
		if d.Area != "" || d.TelegramChat == "" {
			continue
		}
		if err := tx.Enqueue(ctx, step(0, d.ID), time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// warn tells of a source's trouble, unless it has passed. An administrator who can't be told any more leaves it to the top desk.
func (j *Jobs) warn(ctx context.Context, w guitu.Warn, t try) error {
	if j.o.Chat == nil {
		return nil
	}
	var s guitu.SourceState
	var id string
	err := j.db.View(ctx, func(tx *store.Tx) (err error) {
		if s, _, err = tx.Source(ctx, w.Source); err != nil {
			return err
		}
		id, err = chatOf(ctx, tx, w.OfficerID, w.DeskID)
		return err
	})
	if err != nil || s.Fails == 0 {
		return err
	}
	err = guitu.ErrRejected // what a chat says that is not there any more
	if id != "" {
		err = j.warnIn(ctx, id, s, t)
	}
	if err == nil {
		return nil
	}
	if !errors.Is(err, guitu.ErrRejected) {
		return fmt.Errorf("warn of source %s: %w", w.Source, err)
	}
	j.o.Log.ErrorContext(ctx, "warning not taken", "source", w.Source, "officer", w.OfficerID, "desk", w.DeskID, "error", err)
	if w.OfficerID == 0 {
		return nil
	}
	return j.db.Update(ctx, func(tx *store.Tx) error {
		return toTop(ctx, tx, func(_, deskID int64) guitu.Step { return guitu.Warn{Source: w.Source, DeskID: deskID} })
	})
}

// warnIn tells of a source's trouble in a chat, when the chat's turn has come.
func (j *Jobs) warnIn(ctx context.Context, id string, s guitu.SourceState, t try) error {
	chat, err := j.chatTurn(ctx, id, t)
	if err != nil {
		return err
	}
	_, err = call(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, chat.Warn(ctx, id, s) })
	return err
}

// chatOf returns the chat of an officer or else of a desk, "" when there is none any more.
func chatOf(ctx context.Context, tx *store.Tx, officerID, deskID int64) (string, error) {
	if officerID == 0 {
		d, err := tx.Desk(ctx, deskID)
		return d.TelegramChat, err
	}
	o, err := tx.Officer(ctx, officerID)
	if err != nil || !operates(o) {
		return "", err
	}
	// A person's private chat with the bot has the number of the person's account.
	return strconv.FormatInt(o.TelegramUser, 10), nil
}
