package alerts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"guitu"
	"guitu/internal/store"
)

// hide empties what of an alert that is over the public could reach: its photos and what its messages say of the child. Its notices
// were emptied with the one that ended it.
func (s *Alerts) hide(ctx context.Context, tx *store.Tx, alertID int64) error {
	var gone []string
	photos, err := standing(ctx, tx, alertID)
	if err != nil {
		return err
	}
	for _, p := range photos {
		if err := tx.RevokePhoto(ctx, p.ID); err != nil {
			return err
		}
		gone = append(gone, fmt.Sprintf("照片 %d SHA-256 %s", p.ID, p.Digest))
	}
	messages, err := tx.Messages(ctx, alertID)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if m.Type == guitu.MsgCancel {
			continue
		}
		digest, err := digestOf(m)
		if err != nil {
			return err
		}
		point := m.Facts.Point
		if m.Facts = bare(m.Facts); point != nil {
			m.Facts.Point = point
		}
		m.Note = ""
		if err := tx.SetMessage(ctx, m); err != nil {
			return err
		}
		gone = append(gone, fmt.Sprintf("消息 %d SHA-256 %s", m.Number, digest))
	}
	return prove(ctx, tx, alertID, "公开内容已删除：", gone)
}

// forget leaves of an alert what statistics keep, and the proof of what was deleted.
func (s *Alerts) forget(ctx context.Context, tx *store.Tx, a *store.Alert) error {
	if err := s.hide(ctx, tx, a.ID); err != nil {
		return err
	}
	digest, err := digestOf(a.Facts)
	if err != nil {
		return err
	}
	f := bare(a.Facts)
	f.MissingAt = a.Facts.MissingAt
	// Statistics count by bands: the lowest age of the band stands for it.
	if band := kept(a.Alert).Age; band != "" {
		_, err := fmt.Sscanf(band, "%d-", &f.Child.Age)
		if err != nil {
			return fmt.Errorf("read band %q: %w", band, err)
		}
		f.Child.AgeKnown = true
	}
	a.Facts, a.Redacted = f, tx.Now
	a.Ending.Evidence = ""
	messages, err := tx.Messages(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, m := range messages {
		m.Facts, m.Circle = bare(m.Facts), guitu.Circle{}
		if err := tx.SetMessage(ctx, m); err != nil {
			return err
		}
	}
	if err := tx.ForgetCircles(ctx, a.ID); err != nil {
		return err
	}
	if err := tx.ForgetReasons(ctx, a.ID); err != nil {
		return err
	}
	if err := tx.ForgetViewNotes(ctx, 0, a.ID); err != nil {
		return err
	}
	tx.Deed(0, guitu.DeedAlertRedact, a.ID)
	err = tx.ForgetAlertDetails(ctx, a.ID, guitu.EventUpdated, guitu.EventCorrected, guitu.EventCancelled, guitu.EventDeclined,
		guitu.EventFamily, guitu.EventViewed)
	if err != nil {
		return err
	}
	tips, err := tx.ForgetTips(ctx, a.ID)
	if err != nil {
		return err
	}
	return prove(ctx, tx, a.ID, "案件记录已删除：", []string{"案情 SHA-256 " + digest, fmt.Sprintf("线索 %d 条", tips)})
}

// prove records what was deleted, and when, by its digests.
func prove(ctx context.Context, tx *store.Tx, alertID int64, what string, gone []string) error {
	if len(gone) == 0 {
		return nil
	}
	return tx.LogAlert(ctx, alertID, 0, guitu.EventRedacted, what+strings.Join(gone, "；"))
}

func digestOf(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// Family records what the family asked for and what it was answered in writing. Where it asks to delete, the record of a case that is
// over is emptied at once; one that goes on is to be closed, cancelled or corrected first.
func (s *Alerts) Family(ctx context.Context, r guitu.FamilyRequest) error {
	r.Asked, r.Answer = clean(r.Asked), clean(r.Answer)
	for _, t := range [...]string{r.Asked, r.Answer} {
		if t == "" || utf8.RuneCountInString(t) > guitu.MaxBasis {
			return guitu.Errorf(guitu.Invalid, "请写明家属的请求和书面答复，各最多 %d 字", guitu.MaxBasis)
		}
	}
	p := press{r.AlertID, r.OfficerID, guitu.DeedAlertRequest, r.Key, anyVersion}
	_, _, err := s.change(ctx, p, func(c *change) error {
		a := c.alert
		if !r.Delete {
			return c.LogAlert(ctx, a.ID, c.officer.ID, guitu.EventFamily, "请求："+r.Asked+"；答复："+r.Answer)
		}
		if !a.State.Over() {
			return guitu.Errorf(guitu.Conflict, "警报仍在进行：请先结案或撤销，再删除记录")
		}
		if a.Redacted.IsZero() {
			a.Version++
			if err := s.forget(ctx, c.Tx, a); err != nil {
				return err
			}
		}
		// Of a request to delete only the fact and the answer stay.
		return c.LogAlert(ctx, a.ID, c.officer.ID, guitu.EventFamily, "请求删除，已删除；答复："+guitu.Mask(r.Answer))
	})
	return err
}
