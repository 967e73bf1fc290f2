package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"guitu"
)

// LastTip returns the last tip from a chat since a time, on any alert when alertID is 0; its ID is 0 when there is none.
func (t *Tx) LastTip(ctx context.Context, chat string, alertID int64, since time.Time) (p Tip, err error) {
	err = t.row(ctx, `SELECT id, alert_id, receipt, place, area, seen_at FROM tips
		WHERE chat = $1 AND at > $2 AND ($3 = 0 OR alert_id = $3) ORDER BY id DESC LIMIT 1`, chat, ms(since), alertID).
		Scan(&p.ID, &p.AlertID, &p.Receipt, &p.Place, &p.Area, timestamp{&p.SeenAt})
	if errors.Is(err, sql.ErrNoRows) {
		return Tip{}, nil
	}
	return p, err
}

// PlaceTip records where a tip is from, and what that says of it.
func (t *Tx) PlaceTip(ctx context.Context, p Tip) error {
	_, err := t.exec(ctx, `UPDATE tips SET point = $2, area = $3, away = $4, doubt = $5 WHERE id = $1`,
		p.ID, asJSON(p.Point), p.Area, p.Away, p.Doubt)
	return err
}

// WishOutcome records that a chat wishes to hear how the case of its tip ends; NotFound when no such tip came from it.
func (t *Tx) WishOutcome(ctx context.Context, receipt, chat string) error {
	n, err := t.exec(ctx, `UPDATE tips SET outcome = $3 WHERE receipt = $1 AND chat = $2`, receipt, chat, true)
	if err == nil && n == 0 {
		err = guitu.Errorf(guitu.NotFound, "没有这个回执")
	}
	return err
}

// ReplyToTip enqueues what says in their chats what came of a tip, and of those that say the same.
func (t *Tx) ReplyToTip(ctx context.Context, tipID int64) error {
	return t.reply(ctx, `SELECT id FROM tips WHERE (id = $1 OR same_as = $1) AND chat <> '' ORDER BY id`, tipID)
}

// ReplyToEnd enqueues what says in their chats how an alert ended to those who wished to hear it.
func (t *Tx) ReplyToEnd(ctx context.Context, alertID int64) error {
	return t.reply(ctx, `SELECT MAX(id) FROM tips WHERE alert_id = $1 AND chat <> '' AND outcome GROUP BY chat ORDER BY 1`, alertID)
}

func (t *Tx) reply(ctx context.Context, query string, of int64) error {
	ids, err := collect(ctx, t, func(r scanner) (id int64, err error) { return id, r.Scan(&id) }, query, of)
	if err != nil {
		return fmt.Errorf("list whom to reply: %w", err)
	}
	for _, id := range ids {
		if err := t.Enqueue(ctx, guitu.Reply{TipID: id}, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// TipReply returns what is to be said of a tip in its chat; NotFound when the tip has gone.
func (t *Tx) TipReply(ctx context.Context, tipID int64) (r guitu.TipReply, err error) {
	var alertID int64
	var wish bool
	r.TipID = tipID
	err = t.row(ctx, `SELECT alert_id, chat, answer, said, outcome FROM tips WHERE id = $1`, tipID).
		Scan(&alertID, &r.Chat, &r.Answer, &r.Said, &wish)
	if err := found(err, "没有这条线索"); err != nil {
		return r, err
	}
	a, err := t.Alert(ctx, alertID)
	if err != nil {
		return r, err
	}
	r.Alert = a.Code
	if wish && a.State != guitu.AlertActive {
		r.Ended = a.State
		if a.State == guitu.AlertClosed {
			r.Outcome = a.Ending.Outcome
		}
	}
	return r, nil
}

// TipSaid records what was said of a tip in its chat.
func (t *Tx) TipSaid(ctx context.Context, tipID int64, said string) error {
	_, err := t.exec(ctx, `UPDATE tips SET said = $2 WHERE id = $1`, tipID, said)
	return err
}

// TipOfSender returns the receipt of a sender's tip on an alert since a time that says the same, "" when there is none.
func (t *Tx) TipOfSender(ctx context.Context, alertID int64, sender, likeness string, since time.Time) (receipt string, err error) {
	err = t.row(ctx, `SELECT COALESCE(MAX(receipt), '') FROM tips
		WHERE alert_id = $1 AND sender = $2 AND likeness = $3 AND at > $4`, alertID, sender, likeness, ms(since)).Scan(&receipt)
	return receipt, err
}
