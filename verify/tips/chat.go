package tips

import (
	"context"
	"time"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/internal/store"
)

// lately is how long after a tip the same sender's next words are taken for more of it.
const lately = time.Hour

// again returns the receipt of what a sender said before: the same words on the same alert, or the tip to which a place that comes
// alone belongs; "" for something new.
func (s *Tips) again(ctx context.Context, tx *store.Tx, p *store.Tip, f guitu.Facts) (receipt string, err error) {
	if p.Text != "" || p.Body != nil {
		return tx.TipOfSender(ctx, p.AlertID, p.Sender, p.Likeness, tx.Now.Add(-lately))
	}
	last, err := tx.LastTip(ctx, p.Chat, p.AlertID, tx.Now.Add(-lately))
	if err != nil || last.ID == 0 {
		return "", err
	}
	last.Point = p.Point
	last.Area, _ = gazetteer.Nearest(*p.Point)
	weigh(&last, f, tx.Now)
	return last.Receipt, tx.PlaceTip(ctx, last)
}

// Open returns nil while tips on the alert with a code are taken: NotFound for an unknown code, Conflict when the alert is over.
func (s *Tips) Open(ctx context.Context, code string) error {
	return s.db.View(ctx, func(tx *store.Tx) error {
		a, err := tx.AlertByCode(ctx, code)
		if err != nil {
			return err
		}
		return open(a.Alert, tx.Now)
	})
}

func open(a guitu.Alert, now time.Time) error {
	if a.State != guitu.AlertActive || !now.Before(a.Expires) {
		return guitu.Errorf(guitu.Conflict, "这条通告已经结束，不再接收线索。仍有情况的请拨打 110。")
	}
	return nil
}

// Lately returns the code of the alert on which the last tip of the past hour came from a chat, "" when none did.
func (s *Tips) Lately(ctx context.Context, chat string) (code string, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		last, err := tx.LastTip(ctx, chat, 0, tx.Now.Add(-lately))
		if err != nil || last.ID == 0 {
			return err
		}
		a, err := tx.Alert(ctx, last.AlertID)
		code = a.Code
		return err
	})
	return code, err
}

// Wish records that a chat wishes to hear how the case of its tip ends; NotFound when the receipt is not one of its own.
func (s *Tips) Wish(ctx context.Context, receipt, chat string) error {
	return s.db.Update(ctx, func(tx *store.Tx) error { return tx.WishOutcome(ctx, receipt, chat) })
}
