package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"guitu"
	"guitu/internal/store"
)

// pictureTimeout is how long a notice's pictures may take: words do not wait for them.
const pictureTimeout = 8 * time.Second

// publish takes the channel's turn, marks the delivery as sending, and calls. The turn comes before the mark: what still waits
// for it has certainly not been published.
func (j *Jobs) publish(ctx context.Context, c copyOf, pub guitu.Publisher, t try) error {
	if err := j.rests.left(c.Channel); err != nil {
		return err
	}
	post, err := j.channelTurn(ctx, pub, t)
	var retry *guitu.RetryError
	if errors.As(err, &retry) && !errors.Is(err, errBehind) {
		return j.postpone(ctx, c, "渠道要求稍后再发", retry.After, err)
	}
	if err != nil {
		return fmt.Errorf("wait for %s: %w", c.Channel, err)
	}
	var trouble string
	c.Pictures, trouble = j.pictures(ctx, c.Notice, pub)
	begun, err := j.take(ctx, c, pub, t)
	if err != nil || !begun {
		return err
	}
	r, cause := call(ctx, func(ctx context.Context) (guitu.Receipt, error) { return post(ctx, c.Publication) })
	return j.called(ctx, c, pub, outcome{r, trouble, cause, t})
}

// take marks a delivery as sending, unless its channel is paused or its budgets have not enough left: then it is held.
func (j *Jobs) take(ctx context.Context, c copyOf, pub guitu.Publisher, t try) (begun bool, err error) {
	err = j.db.Update(ctx, func(tx *store.Tx) error {
		s, err := tx.Channel(ctx, c.Channel)
		if err != nil {
			return err
		}
		if s.Paused {
			// Resuming the channel begins it again.
			_, err := tx.MoveDelivery(ctx, c.ID, c.State, guitu.DeliveryHeld, "渠道已暂停："+s.Trouble)
			return err
		}
		short, err := j.spend(ctx, tx, pub, guitu.CallPublish, c.Publication, c.Notice.Kind.Rank())
		if err != nil {
			return err
		}
		if short != nil {
			return j.hold(ctx, tx, c, *short)
		}
		begun, err = tx.TakeDelivery(ctx, c.ID, t.job)
		return err
	})
	return begun, err
}

// pictures returns what goes with a notice on a channel, and the trouble when it can't be had: that holds no notice back. Where
// nothing can be changed or taken down, a child's picture goes by its address alone, which answers no more after the alert.
func (j *Jobs) pictures(ctx context.Context, n guitu.Notice, pub guitu.Publisher) (all []guitu.Picture, trouble string) {
	if j.o.Pictures == nil {
		return nil, ""
	}
	ctx, cancel := context.WithTimeout(ctx, pictureTimeout)
	defer cancel()
	all, err := j.o.Pictures(ctx, n)
	if err != nil {
		j.o.Log.ErrorContext(ctx, "pictures of a notice", "notice", n.ID, "error", err)
		return nil, "图片未能生成，仅发布文字"
	}
	_, edits := pub.(guitu.Editor)
	_, pulls := pub.(guitu.Puller)
	for i := range all {
		if all[i].Child && !edits && !pulls {
			all[i].Bytes = nil
		}
	}
	return all, ""
}

// outcome is what a channel said of a publication, and at which try.
type outcome struct {
	receipt guitu.Receipt
	trouble string // with what went out, "" for none
	err     error
	try     try
}

// called records what came of a call.
func (j *Jobs) called(ctx context.Context, c copyOf, pub guitu.Publisher, o outcome) error {
	cause := o.err
	j.rests.heed(c.Channel, cause)
	// The program may be ending: what the channel said is recorded all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var retry *guitu.RetryError
	switch {
	case cause == nil:
		return j.sent(ctx, c, o.receipt, o.trouble)
	case errors.Is(cause, guitu.ErrUnknown):
		return j.lookFor(ctx, c, pub)
	case errors.Is(cause, guitu.ErrRejected):
		return j.end(ctx, c, guitu.DeliveryRefused, "渠道拒绝："+cause.Error())
	case errors.Is(cause, guitu.ErrUnauthorized):
		return j.db.Update(ctx, func(tx *store.Tx) error {
			if _, err := tx.MoveDelivery(ctx, c.ID, guitu.DeliverySending, guitu.DeliveryHeld, "渠道凭据失效，渠道已暂停"); err != nil {
				return err
			}
			return j.pause(ctx, tx, c.Channel, cause)
		})
	case errors.As(cause, &retry):
		return j.backToDue(ctx, c, fmt.Sprintf("渠道要求稍后再发：%v", retry.Err), retry.After, cause)
	case o.try.last:
		return j.end(ctx, c, guitu.DeliveryGivenUp, "多次尝试均未成功，确未发出："+cause.Error())
	}
	err := j.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.MoveDelivery(ctx, c.ID, guitu.DeliverySending, guitu.DeliveryDue, "暂时未成功："+cause.Error())
		return err
	})
	return errors.Join(fmt.Errorf("publish delivery %d on %s: %w", c.ID, c.Channel, cause), err)
}

// channelTurn returns the call that publishes on a channel, when the channel's turn has come.
func (j *Jobs) channelTurn(ctx context.Context, pub guitu.Publisher, t try) (func(context.Context, guitu.Publication) (guitu.Receipt, error), error) {
	pacer, ok := pub.(guitu.Pacer)
	if !ok {
		return pub.Publish, nil
	}
	return inTurn(ctx, j.lines, "channel "+pub.Name(), t.order(), pacer.Reserve)
}

// lookFor settles a delivery whose answer was lost: by looking where the channel can look, by sending it again where that
// makes no second post, else by leaving it to a person.
func (j *Jobs) lookFor(ctx context.Context, c copyOf, pub guitu.Publisher) error {
	r, there, err := j.find(ctx, c, pub)
	_, keyed := pub.(guitu.Keyed)
	switch {
	case errors.Is(err, errBlind) && keyed:
		return j.backToDue(ctx, c, "未收到渠道答复，渠道自行去重，再次发送", time.Second, errors.New("no answer, sent again by its key"))
	case errors.Is(err, errBlind):
		return j.end(ctx, c, guitu.DeliveryUnknown, "未收到渠道答复，可能已发出，请人工核对后再处理")
	case err != nil:
		// Still sending: the next try looks again.
		return err
	case there:
		return j.sent(ctx, c, r, "")
	}
	return j.backToDue(ctx, c, "上次发送未到达渠道", time.Second, errors.New("not found on the channel"))
}

// errBlind: the channel cannot look.
var errBlind = errors.New("the channel cannot look")

// find looks for a publication where the channel can.
func (j *Jobs) find(ctx context.Context, c copyOf, pub guitu.Publisher) (r guitu.Receipt, there bool, err error) {
	finder, ok := pub.(guitu.Finder)
	if !ok {
		return r, false, errBlind
	}
	if err := j.afford(ctx, pub, guitu.CallFind, c.Publication); err != nil {
		return r, false, err
	}
	type found struct {
		guitu.Receipt
		ok bool
	}
	f, err := call(ctx, func(ctx context.Context) (f found, err error) {
		f.Receipt, f.ok, err = finder.Find(ctx, c.Publication)
		return f, err
	})
	if err != nil {
		return r, false, fmt.Errorf("look for delivery %d on %s: %w", c.ID, c.Channel, err)
	}
	return f.Receipt, f.ok, nil
}

// sent records a receipt.
func (j *Jobs) sent(ctx context.Context, c copyOf, r guitu.Receipt, trouble string) error {
	return j.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DeliverySent(ctx, c.ID, r); err != nil {
			return err
		}
		if trouble != "" {
			if err := tx.NoteDelivery(ctx, c.ID, trouble); err != nil {
				return err
			}
		}
		return tx.LogNotice(ctx, c.Notice, 0, guitu.EventDelivered, c.Channel)
	})
}

// end records that a delivery under way goes no further by itself.
func (j *Jobs) end(ctx context.Context, c copyOf, s guitu.DeliveryState, trouble string) error {
	j.o.Log.ErrorContext(ctx, "delivery needs a person", "delivery", c.ID, "channel", c.Channel, "state", string(s))
	return j.db.Update(ctx, func(tx *store.Tx) error {
		moved, err := tx.MoveDelivery(ctx, c.ID, guitu.DeliverySending, s, trouble)
		if err != nil || !moved {
			return err
		}
		if err := alarm(ctx, tx, guitu.Alarm{Trouble: guitu.TroubleDelivery, Channel: c.Channel, DeliveryID: c.ID}); err != nil {
			return err
		}
		return tx.LogNotice(ctx, c.Notice, 0, guitu.EventTrouble, c.Channel)
	})
}

// backToDue lets a delivery that certainly did not go out wait for its next try.
func (j *Jobs) backToDue(ctx context.Context, c copyOf, trouble string, after time.Duration, cause error) error {
	err := j.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.MoveDelivery(ctx, c.ID, guitu.DeliverySending, guitu.DeliveryDue, trouble)
		return err
	})
	if err != nil {
		return err
	}
	return j.postpone(ctx, c, trouble, after, cause)
}
