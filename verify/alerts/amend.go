package alerts

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/internal/store"
)

// Amend tells a new fact of an active alert, or corrects one, to everybody who has read of it. The facts pass the same examination as
// those of a draft.
func (s *Alerts) Amend(ctx context.Context, r guitu.AmendRequest) (guitu.Alert, error) {
	r.Note = clean(r.Note)
	cause, event := guitu.CauseUpdate, guitu.EventUpdated
	if r.Correction {
		cause, event = guitu.CauseCorrect, guitu.EventCorrected
	}
	switch {
	case r.Note == "" || utf8.RuneCountInString(r.Note) > guitu.MaxNote:
		return guitu.Alert{}, guitu.Errorf(guitu.Invalid, "请写明更新或更正了什么（会公开），最多 %d 字", guitu.MaxNote)
	case guitu.Mask(r.Note) != r.Note:
		return guitu.Alert{}, guitu.Errorf(guitu.Invalid, "公开的说明里不能有电话、身份证号")
	}
	p := press{r.AlertID, r.OfficerID, guitu.DeedAlertAmend, r.Key, r.Version}
	a, _, err := s.change(ctx, p, func(c *change) error {
		a := c.alert
		if err := onlyActive(a.Alert); err != nil {
			return err
		}
		f, err := s.facts(ctx, c, r.Facts)
		if err != nil {
			return err
		}
		before := a.Facts
		a.Facts = f
		if err := mayPublish(c.officer, a.Alert, c.Now); err != nil {
			return err
		}
		if !s.rule(f).ShowName && f.Child.Name != "" && strings.Contains(r.Note, f.Child.Name) {
			return guitu.Errorf(guitu.Invalid, "该等级不公开姓名，公开的说明里不能有姓名")
		}
		concerns, err := s.concerns(ctx, c.Tx, a.Alert, c.officer)
		if err != nil {
			return err
		}
		if err := cleared(concerns, r.Acknowledged); err != nil {
			return err
		}
		m := s.draft(a.Alert, cause, c.officer)
		m.Note = r.Note
		if err := s.send(ctx, c.Tx, a, m, c.key); err != nil {
			return err
		}
		if err := c.LogAlert(ctx, a.ID, c.officer.ID, event, r.Note); err != nil {
			return err
		}
		// Another clock, or another tier, has other rings.
		if before.MissingAt.Equal(f.MissingAt) && s.rule(before) == s.rule(f) {
			return nil
		}
		return s.growLater(ctx, c.Tx, a)
	})
	return a, err
}

// Extend lets an active alert live longer. Only who reads the alert at home is told: for everybody else nothing has changed.
func (s *Alerts) Extend(ctx context.Context, r guitu.ExtendRequest) (guitu.Alert, error) {
	p := press{r.AlertID, r.OfficerID, guitu.DeedAlertExtend, r.Key, r.Version}
	a, _, err := s.change(ctx, p, func(c *change) error {
		a := c.alert
		if err := onlyActive(a.Alert); err != nil {
			return err
		}
		if !r.Until.After(a.Expires) || r.Until.After(c.Now.Add(MaxLife)) {
			return guitu.Errorf(guitu.Invalid, "新的有效期应晚于%s，且从现在起不超过 %d 天", minuteChinese(a.Expires), MaxLife/(24*time.Hour))
		}
		a.Expires = r.Until.UTC()
		m, err := s.repeat(ctx, c.Tx, a.Alert, guitu.CauseExtend, c.officer)
		if err != nil {
			return err
		}
		if err := s.send(ctx, c.Tx, a, m, c.key); err != nil {
			return err
		}
		if err := c.ExtendNotices(ctx, a.ID, a.Expires); err != nil {
			return err
		}
		if err := c.LogAlert(ctx, a.ID, c.officer.ID, guitu.EventExtended, minuteChinese(a.Expires)); err != nil {
			return err
		}
		return s.endLater(ctx, c.Tx, a)
	})
	return a, err
}

// repeat returns a message that says what the last one said: a photo that was added since waits for an officer's update.
func (s *Alerts) repeat(ctx context.Context, tx *store.Tx, a guitu.Alert, cause guitu.Cause, o guitu.Officer) (guitu.AlertMessage, error) {
	m := s.draft(a, cause, o)
	all, err := tx.Messages(ctx, a.ID)
	if err != nil {
		return m, err
	}
	last := all[len(all)-1]
	if o.ID == 0 {
		m.Officer = last.Officer
	}
	m.Facts.Photos = slices.DeleteFunc(slices.Clone(last.Facts.Photos), func(id int64) bool { return !slices.Contains(a.Facts.Photos, id) })
	return m, nil
}
