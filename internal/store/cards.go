package store

import (
	"context"
	"database/sql"
	"errors"

	"guitu"
)

const assignmentColumns = `a.id, a.rumor_id, a.reason, a.at, a.due, a.ended, d.id, d.name, d.area, d.telegram_chat`

const assignmentTables = ` FROM assignments a JOIN desks d ON d.id = a.desk_id `

func scanAssignment(r scanner) (a guitu.Assignment, err error) {
	err = r.Scan(&a.ID, &a.RumorID, &a.Reason, timestamp{&a.At}, timestamp{&a.Due}, timestamp{&a.Ended},
		&a.Desk.ID, &a.Desk.Name, &a.Desk.Area, &a.Desk.TelegramChat)
	return a, err
}

// Assign ends the assignment under which a rumor stands, and makes it wait at a.Desk. It sets a.ID and a.At.
func (t *Tx) Assign(ctx context.Context, a *guitu.Assignment) error {
	if err := t.EndAssignment(ctx, a.RumorID); err != nil {
		return err
	}
	a.At = t.Now
	return t.row(ctx, `
		INSERT INTO assignments (rumor_id, desk_id, reason, at, due) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		a.RumorID, a.Desk.ID, a.Reason, ms(a.At), ms(a.Due)).Scan(&a.ID)
}

// EndAssignment ends the assignment under which a rumor stands, if any.
func (t *Tx) EndAssignment(ctx context.Context, rumorID int64) error {
	_, err := t.exec(ctx, `UPDATE assignments SET ended = $2 WHERE rumor_id = $1 AND ended = 0`, rumorID, ms(t.Now))
	return err
}

// Assignment returns an assignment.
func (t *Tx) Assignment(ctx context.Context, assignmentID int64) (guitu.Assignment, error) {
	a, err := scanAssignment(t.row(ctx, `SELECT `+assignmentColumns+assignmentTables+`WHERE a.id = $1`, assignmentID))
	return a, found(err, "没有这次派单")
}

// LastAssignment returns where a rumor waits, or waited last; nil before routing.
func (t *Tx) LastAssignment(ctx context.Context, rumorID int64) (*guitu.Assignment, error) {
	a, err := scanAssignment(t.row(ctx,
		`SELECT `+assignmentColumns+assignmentTables+`WHERE a.rumor_id = $1 ORDER BY a.id DESC LIMIT 1`, rumorID))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &a, err
}

// WasAt reports whether a rumor waits or has waited at a desk.
func (t *Tx) WasAt(ctx context.Context, rumorID, deskID int64) (bool, error) {
	var n int
	err := t.row(ctx, `SELECT COUNT(*) FROM assignments WHERE rumor_id = $1 AND desk_id = $2`, rumorID, deskID).Scan(&n)
	return n > 0, err
}

// CreateHandover records the press that hands a story over. It reports false, and records nothing, when the press was handled
// before; Conflict when its key stands for another press.
func (t *Tx) CreateHandover(ctx context.Context, h guitu.Handover) (bool, error) {
	n, err := t.exec(ctx, `
		INSERT INTO handovers (key, rumor_id, desk_id, officer_id, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key) DO NOTHING`,
		h.Key, h.RumorID, h.DeskID, h.OfficerID, ms(t.Now))
	if err != nil || n == 1 {
		return n == 1, err
	}
	was := guitu.Handover{Key: h.Key}
	err = t.row(ctx, `SELECT rumor_id, desk_id, officer_id FROM handovers WHERE key = $1`, h.Key).
		Scan(&was.RumorID, &was.DeskID, &was.OfficerID)
	if err == nil && was != h {
		err = guitu.Errorf(guitu.Conflict, "这次操作已经用过，请重新打开页面")
	}
	return false, err
}

// Card is a rumor's card in a chat.
type Card struct {
	ID      int64
	RumorID int64
	Ref     guitu.MessageRef // Message is "" until the card stands
	Shown   int64            // the rumor's version that it shows
}

func scanCard(r scanner) (c Card, err error) {
	err = r.Scan(&c.ID, &c.RumorID, &c.Ref.Chat, &c.Ref.Message, &c.Shown)
	return c, err
}

const cardColumns = `id, rumor_id, chat, message, shown`

// CreateCard stores a card that is to stand in a chat, or does stand there, and sets its ID.
func (t *Tx) CreateCard(ctx context.Context, c *Card) error {
	return t.row(ctx, `INSERT INTO cards (rumor_id, chat, message) VALUES ($1, $2, $3) RETURNING id`,
		c.RumorID, c.Ref.Chat, c.Ref.Message).Scan(&c.ID)
}

// Card returns a card.
func (t *Tx) Card(ctx context.Context, cardID int64) (Card, error) {
	c, err := scanCard(t.row(ctx, `SELECT `+cardColumns+` FROM cards WHERE id = $1`, cardID))
	return c, found(err, "没有这张卡片")
}

// Cards lists the cards of a rumor.
func (t *Tx) Cards(ctx context.Context, rumorID int64) ([]Card, error) {
	return collect(ctx, t, scanCard, `SELECT `+cardColumns+` FROM cards WHERE rumor_id = $1 ORDER BY id`, rumorID)
}

// HasCardAt reports whether a card is known at a message.
func (t *Tx) HasCardAt(ctx context.Context, ref guitu.MessageRef) (bool, error) {
	var n int
	err := t.row(ctx, `SELECT COUNT(*) FROM cards WHERE chat = $1 AND message = $2`, ref.Chat, ref.Message).Scan(&n)
	return n > 0, err
}

// CardStands records where a card stands and which version it shows.
func (t *Tx) CardStands(ctx context.Context, c Card) error {
	_, err := t.exec(ctx, `UPDATE cards SET message = $2, shown = $3 WHERE id = $1`, c.ID, c.Ref.Message, c.Shown)
	return err
}

// DropCard forgets a card that can't be changed any more.
func (t *Tx) DropCard(ctx context.Context, cardID int64) error {
	_, err := t.exec(ctx, `DELETE FROM cards WHERE id = $1`, cardID)
	return err
}
