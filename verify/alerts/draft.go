package alerts

import (
	"context"
	"reflect"
	"slices"

	"guitu"
	"guitu/internal/store"
)

// Begin makes a draft. From a rumor it takes over what the posts say, each fact unconfirmed until an officer touches it, and never
// whom to call: the numbers in posts are the family's, or a stranger's.
func (s *Alerts) Begin(ctx context.Context, r guitu.BeginRequest) (a guitu.Alert, err error) {
	if err := checkKey(r.Key); err != nil {
		return a, err
	}
	if r.Status != "" && r.Status != s.db.Status() {
		return a, guitu.Errorf(guitu.Invalid, "演练与实际警报不能放在同一个数据库")
	}
	p := press{officerID: r.OfficerID, deed: guitu.DeedAlertBegin, key: r.Key}
	err = s.update(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "begin "+r.Key); err != nil {
			return err
		}
		done, err := pressed(ctx, tx, p)
		if err != nil {
			return err
		}
		if done != nil {
			stored, err := tx.Alert(ctx, done.AlertID)
			a = stored.Alert
			return err
		}
		o, err := tx.Officer(ctx, r.OfficerID)
		if err != nil {
			return err
		}
		if err := mayPublish(o, guitu.Alert{}, tx.Now); err != nil {
			return err
		}
		a = guitu.Alert{Status: s.db.Status(), RumorID: r.RumorID, Author: o, Desk: o.Desk}
		if r.RumorID != 0 {
			if a.Facts, err = s.fromRumor(ctx, tx, r.RumorID, o); err != nil {
				return err
			}
		}
		if err := tx.CreateAlert(ctx, &a); err != nil {
			return err
		}
		if err := tx.LogAlert(ctx, a.ID, o.ID, guitu.EventBegun, o.Desk.Name); err != nil {
			return err
		}
		tx.Deed(o.ID, p.deed, a.ID)
		return tx.CreateAlertPress(ctx, store.AlertPress{Key: r.Key, AlertID: a.ID, OfficerID: o.ID, Act: string(p.deed)})
	})
	if err != nil {
		return guitu.Alert{}, err
	}
	return a, nil
}

// fromRumor fills facts from what the posts of a story say, for an officer who may act on the story.
func (s *Alerts) fromRumor(ctx context.Context, tx *store.Tx, rumorID int64, o guitu.Officer) (guitu.Facts, error) {
	r, err := tx.Rumor(ctx, rumorID)
	if err != nil {
		return guitu.Facts{}, err
	}
	if r.State == guitu.RumorMerged {
		return guitu.Facts{}, guitu.Errorf(guitu.Conflict, "该传言已并入第%d号，请从那一条起草", r.MergedInto)
	}
	if !o.Desk.Area.Covers(r.Claim.Area) {
		was, err := tx.WasAt(ctx, rumorID, o.Desk.ID)
		if err != nil {
			return guitu.Facts{}, err
		}
		if !was {
			return guitu.Facts{}, guitu.Errorf(guitu.Forbidden, "该传言不属于您的值班台（%s）", o.Desk.Name)
		}
	}
	return fill(r.Claim), nil
}

// Edit replaces the facts of a draft.
func (s *Alerts) Edit(ctx context.Context, r guitu.EditRequest) (guitu.Alert, error) {
	p := press{r.AlertID, r.OfficerID, guitu.DeedAlertEdit, r.Key, r.Version}
	a, _, err := s.change(ctx, p, func(c *change) error {
		if err := onlyDraft(c.alert.Alert); err != nil {
			return err
		}
		f, err := s.facts(ctx, c, r.Facts)
		if err != nil {
			return err
		}
		c.alert.Facts = f
		// Whoever edits a draft away from the own area keeps it only while the own desk holds it.
		if err := mayPublish(c.officer, c.alert.Alert, c.Now); err != nil {
			return err
		}
		return c.LogAlert(ctx, c.alert.ID, c.officer.ID, guitu.EventEdited, "")
	})
	return a, err
}

// facts returns what an officer states, tidied, in the place of what an alert has.
func (s *Alerts) facts(ctx context.Context, c *change, f guitu.Facts) (guitu.Facts, error) {
	f = tidy(f)
	if err := check(f); err != nil {
		return f, err
	}
	photos, err := standing(ctx, c.Tx, c.alert.ID)
	if err != nil {
		return f, err
	}
	f.Photos = order(photos, f.Photos)
	f.Unconfirmed = unconfirmed(c.alert.Facts, f)
	return f, nil
}

// order returns the photos that there are: those that are named in that order, then the others.
func order(have []guitu.Photo, named []int64) []int64 {
	var ids []int64
	for _, id := range named {
		if slices.ContainsFunc(have, func(p guitu.Photo) bool { return p.ID == id }) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, p := range have {
		if !slices.Contains(ids, p.ID) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// unconfirmed lists what no officer has touched: what was so before, is said to be so still, and is as it was.
func unconfirmed(before, after guitu.Facts) []string {
	was, is := fields(before), fields(after)
	return slices.DeleteFunc(slices.Clone(before.Unconfirmed), func(field string) bool {
		return !slices.Contains(after.Unconfirmed, field) || !reflect.DeepEqual(was[field], is[field])
	})
}

// Drop gives up a draft that nobody will issue, and forgets what it says of the child.
func (s *Alerts) Drop(ctx context.Context, alertID, officerID int64, key string) error {
	_, _, err := s.change(ctx, press{alertID, officerID, guitu.DeedAlertDrop, key, anyVersion}, func(c *change) error {
		if err := onlyDraft(c.alert.Alert); err != nil {
			return err
		}
		c.alert.State = guitu.AlertDropped
		c.alert.Version++
		if err := c.LogAlert(ctx, alertID, officerID, guitu.EventDropped, ""); err != nil {
			return err
		}
		return s.forget(ctx, c.Tx, c.alert)
	})
	return err
}

// HandOver passes a case to another desk, which from then on holds it, or a draft to another officer of its desk, whose draft it is from
// then on.
func (s *Alerts) HandOver(ctx context.Context, r guitu.HandOverRequest) (guitu.Alert, error) {
	a, _, err := s.change(ctx, press{r.AlertID, r.OfficerID, guitu.DeedAlertHandOver, r.Key, anyVersion}, func(c *change) error {
		if r.ToID != 0 {
			return give(ctx, c, r)
		}
		desk, err := c.Desk(ctx, r.DeskID)
		if err != nil {
			return err
		}
		if c.alert.State == guitu.AlertDropped {
			return guitu.Errorf(guitu.Conflict, "该草稿已弃用")
		}
		if c.alert.Desk.ID == desk.ID {
			return nil
		}
		c.alert.Desk = desk
		c.alert.Version++
		return c.LogAlert(ctx, c.alert.ID, c.officer.ID, guitu.EventHanded, desk.Name)
	})
	return a, err
}

// give makes another officer of the desk the author of a draft.
func give(ctx context.Context, c *change, r guitu.HandOverRequest) error {
	if err := onlyDraft(c.alert.Alert); err != nil {
		return err
	}
	to, err := c.Officer(ctx, r.ToID)
	if err != nil {
		return err
	}
	if r.DeskID != c.alert.Desk.ID || to.Desk.ID != c.alert.Desk.ID || mayPublish(to, c.alert.Alert, c.Now) != nil {
		return guitu.Errorf(guitu.Forbidden, "%s不在%s，或者不能发布警报", to.Name, c.alert.Desk.Name)
	}
	if c.alert.Author.ID == to.ID {
		return nil
	}
	c.alert.Author = to
	return c.LogAlert(ctx, c.alert.ID, c.officer.ID, guitu.EventHanded, to.Name)
}

func onlyDraft(a guitu.Alert) error {
	switch a.State {
	case guitu.AlertDraft:
		return nil
	case guitu.AlertDropped:
		return guitu.Errorf(guitu.Conflict, "该草稿已弃用")
	case guitu.AlertActive, guitu.AlertClosed, guitu.AlertCancelled, guitu.AlertExpired:
	}
	return guitu.Errorf(guitu.Conflict, "该警报已发布（校验码 %s），请用“更新”修改", a.Code)
}

func onlyActive(a guitu.Alert) error {
	switch a.State {
	case guitu.AlertActive:
		return nil
	case guitu.AlertDraft, guitu.AlertDropped:
		return guitu.Errorf(guitu.Conflict, "该警报尚未发布")
	case guitu.AlertClosed:
		return guitu.Errorf(guitu.Conflict, "该警报已结案")
	case guitu.AlertCancelled:
		return guitu.Errorf(guitu.Conflict, "该警报已撤销")
	case guitu.AlertExpired:
	}
	return guitu.Errorf(guitu.Conflict, "该警报已到期")
}
