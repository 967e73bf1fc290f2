package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/rumors"
)

// loadCard reads a card and what it is to show.
func (j *Jobs) loadCard(ctx context.Context, cardID int64) (c store.Card, q guitu.Question, version int64, err error) {
	err = j.db.View(ctx, func(tx *store.Tx) error {
		if c, err = tx.Card(ctx, cardID); err != nil {
			return err
		}
		q, version, err = rumors.Load(ctx, tx, c.RumorID)
		return err
	})
	return c, q, version, err
}

// chatTurn returns the chat application for one call in a chat, when the chat's turn has come.
func (j *Jobs) chatTurn(ctx context.Context, chat string, t try) (guitu.Chat, error) {
	pacer, ok := j.o.Chat.(guitu.ChatPacer)
	if !ok {
		return j.o.Chat, nil
	}
	return inTurn(ctx, j.lines, "chat "+chat, t.order(), func(ctx context.Context) (guitu.Chat, error) { return pacer.Reserve(ctx, chat) })
}

// ask puts a card into its chat, unless it stands there or the story has been ruled meanwhile.
func (j *Jobs) ask(ctx context.Context, cardID int64, t try) error {
	c, q, version, err := j.loadCard(ctx, cardID)
	if err != nil || c.Ref.Message != "" || q.Rumor.State != guitu.RumorOpen || j.o.Chat == nil {
		return err
	}
	chat, err := j.chatTurn(ctx, c.Ref.Chat, t)
	if err != nil {
		return fmt.Errorf("ask about rumor %d: %w", c.RumorID, err)
	}
	ref, err := call(ctx, func(ctx context.Context) (guitu.MessageRef, error) { return chat.Ask(ctx, c.Ref.Chat, q) })
	if errors.Is(err, guitu.ErrRejected) {
		return j.chatRefused(ctx, c, err)
	}
	if err != nil {
		return fmt.Errorf("ask about rumor %d: %w", c.RumorID, err)
	}
	c.Ref, c.Shown = ref, version
	return j.stands(ctx, c)
}

// show brings a standing card up to date.
func (j *Jobs) show(ctx context.Context, cardID int64, t try) error {
	c, q, version, err := j.loadCard(ctx, cardID)
	if err != nil || c.Ref.Message == "" || c.Shown >= version || j.o.Chat == nil {
		return err
	}
	chat, err := j.chatTurn(ctx, c.Ref.Chat, t)
	if err != nil {
		return fmt.Errorf("show rumor %d: %w", c.RumorID, err)
	}
	_, err = call(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, chat.Show(ctx, c.Ref, q) })
	if errors.Is(err, guitu.ErrRejected) {
		return j.chatRefused(ctx, c, err)
	}
	if err != nil {
		return fmt.Errorf("show rumor %d: %w", c.RumorID, err)
	}
	c.Shown = version
	return j.stands(ctx, c)
}

// stands records what a card shows, and has it shown again if the story has moved on: of two edits under way the older may
// arrive last.
func (j *Jobs) stands(ctx context.Context, c store.Card) error {
	return j.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.CardStands(ctx, c); err != nil {
			return err
		}
		r, err := tx.Rumor(ctx, c.RumorID)
		if err != nil || r.Version == c.Shown {
			return err
		}
		return tx.Enqueue(ctx, guitu.Show{CardID: c.ID}, time.Time{})
	})
}

// chatRefused forgets a card that its chat does not take: the bot was removed, or the message deleted. The story still goes up at
// its deadline, and stands in the console.
func (j *Jobs) chatRefused(ctx context.Context, c store.Card, cause error) error {
	j.o.Log.ErrorContext(ctx, "chat refused a card", "card", c.ID, "rumor", c.RumorID, "error", cause)
	return j.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DropCard(ctx, c.ID); err != nil {
			return err
		}
		return tx.Log(ctx, c.RumorID, 0, guitu.EventTrouble, "聊天群未接收卡片")
	})
}

// press handles an update from the inbox once.
func (j *Jobs) press(ctx context.Context, inboxID int64) error {
	var body []byte
	var done bool
	err := j.db.View(ctx, func(tx *store.Tx) (err error) {
		body, done, err = tx.UpdateBody(ctx, inboxID)
		return err
	})
	if err != nil || done || j.o.Handle == nil {
		return err
	}
	_, err = call(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, j.o.Handle(ctx, body) })
	if err != nil {
		return fmt.Errorf("handle update %d: %w", inboxID, err)
	}
	return j.db.Update(ctx, func(tx *store.Tx) error { return tx.UpdateDone(ctx, inboxID) })
}
