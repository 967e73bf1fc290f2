package console_test

import (
	"context"
	"slices"
	"time"

	"guitu"
	"guitu/bot/console"
)

// What happens to an alert of cases after it was issued.

func (c *cases) Deliveries(_ context.Context, id, officerID int64) ([]guitu.Delivery, error) {
	defer c.b.lock()()
	if _, err := c.may(id, officerID); err != nil {
		return nil, err
	}
	return slices.Clone(c.deliveries[id]), nil
}

func (c *cases) Amend(_ context.Context, r guitu.AmendRequest) (guitu.Alert, error) {
	return c.change(r.AlertID, r.OfficerID, r.Version, r.Key, func(a *guitu.Alert) error {
		b := *a
		b.Facts = r.Facts
		for _, k := range c.against(&b) {
			if k.Blocks || !slices.Contains(r.Acknowledged, k.Code) {
				return guitu.Errorf(guitu.Invalid, "%s", k.Message)
			}
		}
		a.Facts = r.Facts
		c.b.did("amend %d by %d: %v %s", r.AlertID, r.OfficerID, r.Correction, r.Note)
		return nil
	})
}

func (c *cases) Extend(_ context.Context, r guitu.ExtendRequest) (guitu.Alert, error) {
	return c.change(r.AlertID, r.OfficerID, r.Version, r.Key, func(a *guitu.Alert) error {
		a.Expires = r.Until
		c.b.did("extend %d by %d to %s", r.AlertID, r.OfficerID, r.Until.Format(time.RFC3339))
		return nil
	})
}

func (c *cases) Cancel(_ context.Context, r guitu.CancelRequest) (guitu.Alert, error) {
	return c.change(r.AlertID, r.OfficerID, r.Version, r.Key, func(a *guitu.Alert) error {
		a.State, a.EndedAt = guitu.AlertCancelled, c.b.now()
		c.b.did("cancel %d by %d: %s", r.AlertID, r.OfficerID, r.Reason)
		return nil
	})
}

func (c *cases) Close(_ context.Context, r guitu.CloseRequest) (guitu.Alert, error) {
	return c.change(r.AlertID, r.OfficerID, r.Version, r.Key, func(a *guitu.Alert) error {
		a.State, a.EndedAt, a.Ending = guitu.AlertClosed, c.b.now(), r.Closing
		c.deliveries[a.ID][1].State = guitu.DeliveryStanding
		c.b.did("close %d by %d: %s/%s", r.AlertID, r.OfficerID, r.Closing.Outcome, r.Closing.Life)
		return nil
	})
}

func (c *cases) HandOver(_ context.Context, r guitu.HandOverRequest) (guitu.Alert, error) {
	defer c.b.lock()()
	a, err := c.may(r.AlertID, r.OfficerID)
	if err != nil {
		return guitu.Alert{}, err
	}
	for _, d := range c.b.desks {
		if d.ID == r.DeskID {
			a.Desk = d
			c.b.did("hand alert %d to %d by %d", r.AlertID, r.DeskID, r.OfficerID)
			return *a, nil
		}
	}
	return guitu.Alert{}, guitu.Errorf(guitu.Invalid, "没有这个值班台。")
}

func (c *cases) Family(_ context.Context, r guitu.FamilyRequest) error {
	defer c.b.lock()()
	if _, err := c.may(r.AlertID, r.OfficerID); err != nil {
		return err
	}
	c.b.did("family of %d by %d: %s / %s %v", r.AlertID, r.OfficerID, r.Asked, r.Answer, r.Delete)
	c.event(r.AlertID, r.OfficerID, guitu.EventFamily, r.Asked)
	return nil
}

func (c *cases) Settle(_ context.Context, deliveryID, officerID int64, how console.Settling) error {
	defer c.b.lock()()
	for id, ds := range c.deliveries {
		for i := range ds {
			if ds[i].ID != deliveryID {
				continue
			}
			if _, err := c.may(id, officerID); err != nil {
				return err
			}
			if how == console.SettleHandled && ds[i].State != guitu.DeliveryStanding {
				return guitu.Errorf(guitu.Conflict, "这次投递不能标记。")
			}
			ds[i].State = map[console.Settling]guitu.DeliveryState{
				console.SettleResend: guitu.DeliveryDue, console.SettleSent: guitu.DeliverySent, console.SettleHandled: guitu.DeliveryHandled,
			}[how]
			c.b.did("settle %d by %d: %s", deliveryID, officerID, how)
		}
	}
	return nil
}

func (c *cases) AskApproval(_ context.Context, r guitu.ApprovalRequest) (guitu.Approval, error) {
	defer c.b.lock()()
	if _, err := c.may(r.AlertID, r.OfficerID); err != nil {
		return guitu.Approval{}, err
	}
	c.b.did("ask %s %d for %d by %d: %s", r.Kind, max(r.Reach, r.Rule.Reach), r.AlertID, r.OfficerID, r.Reason)
	return guitu.Approval{}, nil
}

func (c *cases) approval(id, officerID int64, decide func(p *guitu.Approval) error) (guitu.Approval, error) {
	defer c.b.lock()()
	for alertID, ps := range c.approvals {
		for i := range ps {
			if ps[i].ID != id {
				continue
			}
			if _, err := c.may(alertID, officerID); err != nil {
				return guitu.Approval{}, err
			}
			return ps[i], decide(&ps[i])
		}
	}
	return guitu.Approval{}, guitu.Errorf(guitu.NotFound, "没有这项复核。")
}

func (c *cases) Decide(_ context.Context, d guitu.ApprovalDecision) (guitu.Approval, error) {
	return c.approval(d.ApprovalID, d.OfficerID, func(p *guitu.Approval) error {
		if p.By.ID == d.OfficerID {
			return guitu.Errorf(guitu.Forbidden, "不能同意自己的请求。")
		}
		p.Decision = map[bool]string{true: "agreed", false: "refused"}[d.Agree]
		c.b.did("approval %d by %d: %v %s", d.ApprovalID, d.OfficerID, d.Agree, d.Reason)
		return nil
	})
}

func (c *cases) Override(_ context.Context, id, officerID int64, _ string) (guitu.Approval, error) {
	return c.approval(id, officerID, func(p *guitu.Approval) error {
		if p.By.ID != officerID || c.b.now().Before(p.Override) {
			return guitu.Errorf(guitu.Conflict, "还不能自行决定。")
		}
		p.Decision = "overridden"
		c.b.did("override %d by %d", id, officerID)
		return nil
	})
}
