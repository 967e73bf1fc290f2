package store

import (
	"context"
	"fmt"
	"time"

	"guitu"
)

// Settle does with a delivery what a person says of it, and logs it: DeedDeliveryResend sends one again that is unknown, refused or given
// up; DeedDeliverySent says that an unknown one was found published; DeedDeliveryHandled says that a copy which no longer holds
// and can't be changed by the bot was dealt with. Conflict when the delivery is in no state for it, and when the notice no longer
// holds and would go out. Whether the officer may is for the caller to know.
func (t *Tx) Settle(ctx context.Context, d guitu.Delivery, n guitu.Notice, officerID int64, deed guitu.Deed) error {
	var settled bool
	var err error
	var how string
	switch deed {
	case guitu.DeedDeliveryResend:
		how = "再次发送"
		settled, err = t.resend(ctx, d, n)
	case guitu.DeedDeliverySent:
		how = "人工确认已发出"
		if err = stillHolds(n); err == nil && d.State == guitu.DeliveryUnknown {
			settled, err = true, t.DeliverySent(ctx, d.ID, d.Receipt)
		}
	case guitu.DeedDeliveryHandled:
		how = "已人工处理"
		settled, err = t.MoveDelivery(ctx, d.ID, guitu.DeliveryStanding, guitu.DeliveryHandled, d.Trouble)
	default:
		return fmt.Errorf("settle delivery %d: %q is no way to", d.ID, deed)
	}
	if err != nil {
		return err
	}
	if !settled {
		return guitu.Errorf(guitu.Conflict, "该投递的状态已变化，未作改动")
	}
	t.Deed(officerID, deed, d.ID)
	return t.LogNotice(ctx, n, officerID, guitu.EventSettled, d.Channel+"："+how)
}

func (t *Tx) resend(ctx context.Context, d guitu.Delivery, n guitu.Notice) (bool, error) {
	if err := stillHolds(n); err != nil {
		return false, err
	}
	switch d.State {
	case guitu.DeliveryUnknown, guitu.DeliveryRefused, guitu.DeliveryGivenUp:
	default:
		return false, nil
	}
	moved, err := t.MoveDelivery(ctx, d.ID, d.State, guitu.DeliveryDue, "")
	if err != nil || !moved {
		return false, err
	}
	return true, t.Enqueue(ctx, guitu.Deliver{DeliveryID: d.ID}, time.Time{})
}

// stillHolds refuses a notice that was corrected, or whose alert is over: it goes out no more.
func stillHolds(n guitu.Notice) error {
	if n.CorrectedBy != "" {
		return guitu.Errorf(guitu.Conflict, "该通告已被更正（%s），不再发送", n.CorrectedBy)
	}
	if n.Ended {
		return guitu.Errorf(guitu.Conflict, "警报已结束，该通告不再发送")
	}
	return nil
}
