package jobs

import (
	"context"
	"errors"
	"fmt"

	"guitu"
	"guitu/internal/store"
)

// reply says in a private chat what came of a tip from it, once. A lost answer counts as given: nobody is to read it twice.
func (j *Jobs) reply(ctx context.Context, tipID int64, t try) error {
	var r guitu.TipReply
	err := j.db.View(ctx, func(tx *store.Tx) (err error) {
		r, err = tx.TipReply(ctx, tipID)
		return err
	})
	if guitu.KindOf(err) == guitu.NotFound {
		return nil // it has left with its case
	}
	if err != nil || r.Chat == "" || r.Due() == "" || j.o.Chat == nil {
		return err
	}
	chat, err := j.chatTurn(ctx, r.Chat, t)
	if err != nil {
		return err
	}
	replier, ok := chat.(guitu.Replier)
	if !ok {
		return nil
	}
	_, err = call(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, replier.Reply(ctx, r) })
	switch {
	case errors.Is(err, guitu.ErrRejected):
		j.o.Log.InfoContext(ctx, "whoever sent a tip can't be answered", "tip", tipID)
	case err != nil && !errors.Is(err, guitu.ErrUnknown):
		return fmt.Errorf("reply to tip %d: %w", tipID, err)
	}
	return j.db.Update(ctx, func(tx *store.Tx) error { return tx.TipSaid(ctx, tipID, r.Due()) })
}
