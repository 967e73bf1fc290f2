package jobs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"guitu"
	"guitu/internal/store"
)

// absent is how long a delivery waits for a channel that is not configured, or that refuses our credentials.
const absent = time.Minute

// loadDelivery reads a delivery and makes its notice ready for the channel.
func (j *Jobs) loadDelivery(ctx context.Context, deliveryID int64) (d guitu.Delivery, p guitu.Publication, err error) {
	err = j.db.View(ctx, func(tx *store.Tx) error {
		if d, err = tx.Delivery(ctx, deliveryID); err != nil {
			return err
		}
		n, err := tx.NoticeByID(ctx, d.NoticeID)
		p = guitu.Publication{Key: "delivery-" + strconv.FormatInt(d.ID, 10), Notice: n, Link: j.o.Link(n.Code), Receipt: d.Receipt}
		return err
	})
	return d, p, err
}

// deliver publishes a notice on a channel at most once.
func (j *Jobs) deliver(ctx context.Context, deliveryID int64, t try) error {
	d, p, err := j.loadDelivery(ctx, deliveryID)
	if err != nil {
		return err
	}
	if d.State == guitu.DeliveryDue && p.Notice.CorrectedBy != "" {
		return j.withdraw(ctx, d, "")
	}
	if d.State == guitu.DeliveryDue && j.db.Now().Before(d.Due) {
		return &guitu.RetryError{After: d.Due.Sub(j.db.Now()), Err: errors.New("not due yet")}
	}
	if d.State == guitu.DeliveryDue && p.Notice.Corrects != "" {
		if goes, err := j.follows(ctx, d); err != nil || !goes {
			return err
		}
	}
	pub, ok := j.publishers[d.Channel]
	if !ok && (d.State == guitu.DeliveryDue || d.State == guitu.DeliverySending) {
		return j.postpone(ctx, d, "渠道未配置", absent, errors.New("channel "+d.Channel+" is not configured"))
	}
	switch d.State {
	case guitu.DeliveryDue:
		return j.publish(ctx, d, p, pub, t)
	case guitu.DeliverySending:
		return j.lookFor(ctx, d, p, pub)
	case guitu.DeliverySent, guitu.DeliveryUnknown, guitu.DeliveryRefused, guitu.DeliveryWithdrawn,
		guitu.DeliveryEdited, guitu.DeliveryStanding, guitu.DeliveryHandled:
	}
	return nil
}

// follows keeps a correction behind what it corrects. While that is under way on the channel the correction waits, so that nobody
// reads the wrong notice last; and a channel that never showed it needs no correction. Two need one all the same: a refutation and
// the like, which are news by themselves, and the channel at home, to which the corrections on other channels link.
func (j *Jobs) follows(ctx context.Context, d guitu.Delivery) (goes bool, err error) {
	var p store.Precedence
	err = j.db.View(ctx, func(tx *store.Tx) error {
		p, err = tx.Precedence(ctx, d.NoticeID, d.Channel)
		return err
	})
	switch {
	case err != nil:
		return false, err
	case p.UnderWay:
		return false, &guitu.RetryError{After: time.Second, Err: errors.New("what it corrects is still being sent")}
	case p.Shown || p.Ruling.NeedsBasis() || d.Channel == j.o.Home:
		return true, nil
	}
	return false, j.withdraw(ctx, d, "该渠道没有发布过被更正的通告，无需更正")
}

// withdraw stops a delivery that nobody is to read any more: its notice was corrected while it was being sent, and it did not
// arrive.
func (j *Jobs) withdraw(ctx context.Context, d guitu.Delivery, why string) error {
	return j.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.MoveDelivery(ctx, d.ID, guitu.DeliveryDue, guitu.DeliveryWithdrawn, why)
		return err
	})
}

// publish takes the channel's turn, marks the delivery as sending, and calls. The turn comes before the mark: what still waits
// for it has certainly not been published.
func (j *Jobs) publish(ctx context.Context, d guitu.Delivery, p guitu.Publication, pub guitu.Publisher, t try) error {
	post, err := j.channelTurn(ctx, pub, t)
	var retry *guitu.RetryError
	if errors.As(err, &retry) && !errors.Is(err, errBehind) {
		return j.postpone(ctx, d, "渠道要求稍后再发", retry.After, err)
	}
	if err != nil {
		return fmt.Errorf("wait for %s: %w", d.Channel, err)
	}
	var begun bool
	err = j.db.Update(ctx, func(tx *store.Tx) (err error) {
		begun, err = tx.MoveDelivery(ctx, d.ID, guitu.DeliveryDue, guitu.DeliverySending, "")
		return err
	})
	if err != nil || !begun {
		return err
	}
	r, cause := call(ctx, func(ctx context.Context) (guitu.Receipt, error) { return post(ctx, p) })
	return j.called(ctx, d, p, pub, outcome{r, cause, t})
}

// outcome is what a channel said of a publication, and at which try.
type outcome struct {
	receipt guitu.Receipt
	err     error
	try     try
}

// called records what came of a call.
func (j *Jobs) called(ctx context.Context, d guitu.Delivery, p guitu.Publication, pub guitu.Publisher, o outcome) error {
	cause := o.err
	// The program may be ending: what the channel said is recorded all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var retry *guitu.RetryError
	switch {
	case cause == nil:
		return j.sent(ctx, d, p, o.receipt)
	case errors.Is(cause, guitu.ErrUnknown):
		return j.lookFor(ctx, d, p, pub)
	case errors.Is(cause, guitu.ErrRejected):
		return j.end(ctx, d, p, guitu.DeliveryRefused, "渠道拒绝："+cause.Error())
	case errors.Is(cause, guitu.ErrUnauthorized):
		return j.backToDue(ctx, d, "渠道凭据失效", absent, cause)
	case errors.As(cause, &retry):
		return j.backToDue(ctx, d, "渠道要求稍后再发", retry.After, cause)
	case o.try.last:
		return j.end(ctx, d, p, guitu.DeliveryRefused, "多次尝试均未成功："+cause.Error())
	}
	err := j.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.MoveDelivery(ctx, d.ID, guitu.DeliverySending, guitu.DeliveryDue, "暂时未成功："+cause.Error())
		return err
	})
	return errors.Join(fmt.Errorf("publish delivery %d on %s: %w", d.ID, d.Channel, cause), err)
}

// channelTurn returns the call that publishes on a channel, when the channel's turn has come.
func (j *Jobs) channelTurn(ctx context.Context, pub guitu.Publisher, t try) (func(context.Context, guitu.Publication) (guitu.Receipt, error), error) {
	pacer, ok := pub.(guitu.Pacer)
	if !ok {
		return pub.Publish, nil
	}
	return inTurn(ctx, j.lines, "channel "+pub.Name(), t.job, pacer.Reserve)
}

// lookFor settles a delivery whose answer was lost: by looking where the channel can look, else by leaving it to a person.
func (j *Jobs) lookFor(ctx context.Context, d guitu.Delivery, p guitu.Publication, pub guitu.Publisher) error {
	finder, ok := pub.(guitu.Finder)
	if !ok {
		return j.end(ctx, d, p, guitu.DeliveryUnknown, "未收到渠道答复，可能已发出，请人工核对后再处理")
	}
	type found struct {
		guitu.Receipt
		ok bool
	}
	f, err := call(ctx, func(ctx context.Context) (f found, err error) {
		f.Receipt, f.ok, err = finder.Find(ctx, p)
		return f, err
	})
	if err != nil {
		// Still sending: the next try looks again.
		return fmt.Errorf("look for delivery %d on %s: %w", d.ID, d.Channel, err)
	}
	if f.ok {
		return j.sent(ctx, d, p, f.Receipt)
	}
	return j.backToDue(ctx, d, "上次发送未到达渠道", time.Second, errors.New("not found on the channel"))
}

// sent records a receipt.
func (j *Jobs) sent(ctx context.Context, d guitu.Delivery, p guitu.Publication, r guitu.Receipt) error {
	return j.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DeliverySent(ctx, d.ID, r); err != nil {
			return err
		}
		return tx.Log(ctx, p.Notice.RumorID, 0, guitu.EventDelivered, d.Channel)
	})
}

// end records that a delivery under way goes no further by itself.
func (j *Jobs) end(ctx context.Context, d guitu.Delivery, p guitu.Publication, s guitu.DeliveryState, trouble string) error {
	j.o.Log.ErrorContext(ctx, "delivery needs a person", "delivery", d.ID, "channel", d.Channel, "state", string(s))
	return j.db.Update(ctx, func(tx *store.Tx) error {
		moved, err := tx.MoveDelivery(ctx, d.ID, guitu.DeliverySending, s, trouble)
		if err != nil || !moved {
			return err
		}
		return tx.Log(ctx, p.Notice.RumorID, 0, guitu.EventTrouble, d.Channel)
	})
}

// backToDue lets a delivery that certainly did not go out wait for its next try.
func (j *Jobs) backToDue(ctx context.Context, d guitu.Delivery, trouble string, after time.Duration, cause error) error {
	err := j.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.MoveDelivery(ctx, d.ID, guitu.DeliverySending, guitu.DeliveryDue, trouble)
		return err
	})
	if err != nil {
		return err
	}
	return j.postpone(ctx, d, trouble, after, cause)
}

// postpone records why a due delivery waits.
func (j *Jobs) postpone(ctx context.Context, d guitu.Delivery, trouble string, after time.Duration, cause error) error {
	err := j.db.Update(ctx, func(tx *store.Tx) error {
		return tx.PostponeDelivery(ctx, d.ID, trouble, tx.Now.Add(after))
	})
	if err != nil {
		return err
	}
	return &guitu.RetryError{After: after, Err: cause}
}

// amend tells on a channel that a notice that went out there is corrected.
func (j *Jobs) amend(ctx context.Context, deliveryID int64, t try) error {
	d, p, err := j.loadDelivery(ctx, deliveryID)
	if err != nil {
		return err
	}
	switch d.State {
	case guitu.DeliverySending:
		return &guitu.RetryError{After: 5 * time.Second, Err: errors.New("still being sent")}
	case guitu.DeliveryUnknown:
		return j.beyond(ctx, d, p, "可能已发出且无法更正，请人工核对")
	case guitu.DeliveryDue, guitu.DeliveryRefused, guitu.DeliveryWithdrawn, guitu.DeliveryStanding, guitu.DeliveryHandled:
		return nil
	case guitu.DeliverySent, guitu.DeliveryEdited:
	}
	editor, ok := j.publishers[d.Channel].(guitu.Editor)
	if !ok {
		return j.beyond(ctx, d, p, "该渠道不能修改已发内容，请人工处理")
	}
	_, cause := call(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, editor.Edit(ctx, p) })
	switch {
	case cause == nil:
		return j.db.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.MoveDelivery(ctx, d.ID, d.State, guitu.DeliveryEdited, "")
			return err
		})
	case errors.Is(cause, guitu.ErrRejected) || t.last:
		return j.beyond(ctx, d, p, "未能标注更正，请人工处理："+cause.Error())
	case errors.Is(cause, guitu.ErrUnauthorized):
		return &guitu.RetryError{After: absent, Err: cause}
	}
	return fmt.Errorf("amend delivery %d on %s: %w", d.ID, d.Channel, cause)
}

// beyond lists a copy that can't be reached for a person.
func (j *Jobs) beyond(ctx context.Context, d guitu.Delivery, p guitu.Publication, trouble string) error {
	j.o.Log.ErrorContext(ctx, "copy beyond reach", "delivery", d.ID, "channel", d.Channel)
	return j.db.Update(ctx, func(tx *store.Tx) error {
		moved, err := tx.MoveDelivery(ctx, d.ID, d.State, guitu.DeliveryStanding, trouble)
		if err != nil || !moved {
			return err
		}
		return tx.Log(ctx, p.Notice.RumorID, 0, guitu.EventTrouble, d.Channel)
	})
}
