package alerts

import (
	"context"
	"time"

	"guitu"
	"guitu/internal/store"
)

// tell enqueues what says in desks' chats what an alert needs. A desk without a chat sees it in the console.
func tell(ctx context.Context, tx *store.Tx, alertID int64, event guitu.EventKind, desks ...guitu.Desk) error {
	told := map[string]bool{}
	for _, d := range desks {
		if d.TelegramChat == "" || told[d.TelegramChat] {
			continue
		}
		told[d.TelegramChat] = true
		if err := tx.Enqueue(ctx, guitu.Tell{AlertID: alertID, DeskID: d.ID, Event: event}, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// above returns the next desk up from the one that holds a case, or that one when there is none above it.
func above(ctx context.Context, tx *store.Tx, a guitu.Alert) (guitu.Desk, error) {
	all, err := tx.Desks(ctx)
	if err != nil {
		return guitu.Desk{}, err
	}
	best := a.Desk
	for _, d := range all {
		higher := d.Area.Level() > a.Desk.Area.Level() && d.Area.Covers(a.Facts.Area)
		if higher && (best.ID == a.Desk.ID || d.Area.Level() < best.Area.Level()) {
			best = d
		}
	}
	return best, nil
}
