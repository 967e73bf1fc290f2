package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"guitu"
)

// PutUpdate keeps an update of a chat application and enqueues its Press. The same update again changes nothing.
func (t *Tx) PutUpdate(ctx context.Context, app string, updateID int64, body []byte) error {
	var inboxID int64
	err := t.row(ctx, `
		INSERT INTO inbox (app, update_id, body, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (app, update_id) DO NOTHING RETURNING id`, app, updateID, body, ms(t.Now)).Scan(&inboxID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.Enqueue(ctx, guitu.Press{InboxID: inboxID}, time.Time{})
}

// UpdateBody returns an update that was kept, and whether it has been handled.
func (t *Tx) UpdateBody(ctx context.Context, inboxID int64) (body []byte, done bool, err error) {
	err = t.row(ctx, `SELECT body, done <> 0 FROM inbox WHERE id = $1`, inboxID).Scan(&body, &done)
	return body, done, found(err, "没有这次操作")
}

// UpdateDone records that an update was handled. Its text goes: it may hold personal data, and what it caused is recorded.
func (t *Tx) UpdateDone(ctx context.Context, inboxID int64) error {
	_, err := t.exec(ctx, `UPDATE inbox SET done = $2, body = $3 WHERE id = $1`, inboxID, ms(t.Now), []byte{})
	return err
}

// SavePrompt keeps a prompt before it is asked, and returns its ID. The same prompt again has the same ID.
func (t *Tx) SavePrompt(ctx context.Context, p guitu.Prompt) (promptID int64, err error) {
	err = t.row(ctx, `
		INSERT INTO basis_prompts (officer_id, rumor_id, ruling, ending, corrects, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (officer_id, rumor_id, ruling, ending, corrects) DO UPDATE SET at = excluded.at RETURNING id`,
		p.OfficerID, p.RumorID, p.Ruling, p.Ending, p.Corrects, ms(t.Now)).Scan(&promptID)
	return promptID, err
}

// Prompt returns a prompt.
func (t *Tx) Prompt(ctx context.Context, promptID int64) (guitu.Prompt, error) {
	p := guitu.Prompt{ID: promptID}
	err := t.row(ctx, `SELECT officer_id, rumor_id, ruling, ending, corrects FROM basis_prompts WHERE id = $1`, promptID).
		Scan(&p.OfficerID, &p.RumorID, &p.Ruling, &p.Ending, &p.Corrects)
	return p, found(err, "没有这个问题")
}

// Sessions keeps the console's sessions. It is an scs.CtxStore.
type Sessions struct{ DB *DB }

// FindCtx returns a session that has not expired.
func (s Sessions) FindCtx(ctx context.Context, token string) (data []byte, ok bool, err error) {
	err = s.DB.View(ctx, func(tx *Tx) error {
		err := tx.row(ctx, `SELECT data FROM sessions WHERE token = $1 AND expiry > $2`, token, ms(tx.Now)).Scan(&data)
		ok = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return data, ok, err
}

// CommitCtx keeps a session until it expires, and drops those that have.
func (s Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.DB.Update(ctx, func(tx *Tx) error {
		if _, err := tx.exec(ctx, `DELETE FROM sessions WHERE expiry <= $1`, ms(tx.Now)); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `
			INSERT INTO sessions (token, data, expiry) VALUES ($1, $2, $3)
			ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry`, token, data, ms(expiry))
		return err
	})
}

// DeleteCtx ends a session.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.DB.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `DELETE FROM sessions WHERE token = $1`, token)
		return err
	})
}

// Find is FindCtx without a deadline of the caller's.
func (s Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a deadline of the caller's.
func (s Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a deadline of the caller's.
func (s Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
