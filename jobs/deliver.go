package jobs

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"guitu"
	"guitu/internal/store"
)

// absent is how long a delivery waits for a channel that is not configured, or that refuses our credentials.
const absent = time.Minute

// copyOf is a delivery with what is known of it: the notice made ready for the channel, and how it stands to others there.
type copyOf struct {
	guitu.Delivery
	guitu.Publication
	after store.Succession
	taker int64 // the job that marked it as sending
}

// loadDelivery reads a delivery and makes its notice ready for the channel.
func (j *Jobs) loadDelivery(ctx context.Context, deliveryID int64) (c copyOf, err error) {
	err = j.db.View(ctx, func(tx *store.Tx) error {
		if c.Delivery, err = tx.Delivery(ctx, deliveryID); err != nil {
			return err
		}
		n, err := tx.NoticeByID(ctx, c.NoticeID)
		if err != nil {
			return err
		}
		if c.after, err = tx.Succession(ctx, n, c.Channel); err != nil {
			return err
		}
		if c.taker, err = tx.Taker(ctx, deliveryID); err != nil {
			return err
		}
		c.Publication = guitu.Publication{
			Key: keyBegin + strconv.FormatInt(c.ID, 10), Notice: n, Link: j.o.Link(n.Code), Receipt: c.Delivery.Receipt, ReplyTo: c.after.First,
		}
		return nil
	})
	return c, err
}

// keyBegin begins the key of a delivery; its ID follows.
const keyBegin = "delivery-"

// DeliveryOf returns the ID of the delivery that a Publication's key identifies; ok is false when it is none.
func DeliveryOf(key string) (id int64, ok bool) {
	digits, ok := strings.CutPrefix(key, keyBegin)
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, ok && err == nil
}

// waits reports whether a delivery has not gone out and is to.
func (c copyOf) waits() bool { return c.State == guitu.DeliveryDue || c.State == guitu.DeliveryHeld }

// void says why a notice that has not gone out is not to go out any more; "" when it is.
func (c copyOf) void() string {
	switch {
	case c.Notice.CorrectedBy != "":
		return "已被更正，不再发布"
	case c.Notice.AlertID == 0 || c.Notice.Kind.Ends():
	case c.Notice.Ended || c.after.Ending != "":
		return "警报已结束，不再发布"
	case c.after.Later != 0 && c.after.LaterState != guitu.DeliveryRefused && c.after.LaterState != guitu.DeliveryWithdrawn &&
		c.after.LaterState != guitu.DeliveryGivenUp:
		return "已有更新的通告，不再发布"
	}
	return ""
}

// deliver publishes a notice on a channel at most once.
func (j *Jobs) deliver(ctx context.Context, deliveryID int64, t try) error {
	c, err := j.loadDelivery(ctx, deliveryID)
	if err != nil {
		return err
	}
	if c.waits() {
		if why := c.void(); why != "" {
			return j.withdraw(ctx, c, why)
		}
		if j.db.Now().Before(c.Due) {
			return &guitu.RetryError{After: c.Due.Sub(j.db.Now()), Err: errors.New("not due yet")}
		}
		if goes, err := j.follows(ctx, c); err != nil || !goes {
			return err
		}
	}
	pub, ok := j.publishers[c.Channel]
	if !ok && (c.waits() || c.State == guitu.DeliverySending) {
		return j.postpone(ctx, c, "渠道未配置", absent, errors.New("channel "+c.Channel+" is not configured"))
	}
	switch c.State {
	case guitu.DeliveryDue, guitu.DeliveryHeld:
		return j.publish(ctx, c, pub, t)
	case guitu.DeliverySending:
		if c.taker != 0 && c.taker != t.job {
			return &guitu.RetryError{After: 5 * time.Second, Err: errors.New("another step is sending it")}
		}
		return j.lookFor(ctx, c, pub)
	case guitu.DeliverySent, guitu.DeliveryUnknown, guitu.DeliveryRefused, guitu.DeliveryGivenUp, guitu.DeliveryWithdrawn,
		guitu.DeliveryEdited, guitu.DeliveryPulled, guitu.DeliveryStanding, guitu.DeliveryHandled:
	}
	return nil
}

// follows keeps what changes or ends a notice behind it. While that is under way on the channel the later one waits, so that
// nobody reads the wrong notice last; and a channel that never showed it needs no correction and no end. Some need one all the
// same: a refutation and the like, which are news by themselves, an alert's update, and the channel at home, to which the notices
// on other channels link.
func (j *Jobs) follows(ctx context.Context, c copyOf) (goes bool, err error) {
	p := store.Precedence{UnderWay: c.after.UnderWay, Shown: c.after.Shown}
	news := !c.Notice.Kind.Ends()
	switch {
	case c.Notice.AlertID != 0:
	case c.Notice.Corrects == "":
		return true, nil
	default:
		err := j.db.View(ctx, func(tx *store.Tx) (err error) {
			p, err = tx.Precedence(ctx, c.NoticeID, c.Channel)
			return err
		})
		if err != nil {
			return false, err
		}
		news = p.Ruling.NeedsBasis()
	}
	switch {
	case p.UnderWay:
		return false, &guitu.RetryError{After: time.Second, Err: errors.New("what it follows is still being sent")}
	case p.Shown || news || c.Channel == j.o.Home:
		return true, nil
	case c.Notice.AlertID != 0:
		return false, j.withdraw(ctx, c, "该渠道没有发布过这一警报，无需结束")
	}
	return false, j.withdraw(ctx, c, "该渠道没有发布过被更正的通告，无需更正")
}

// withdraw stops a delivery that nobody is to read any more.
func (j *Jobs) withdraw(ctx context.Context, c copyOf, why string) error {
	return j.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.MoveDelivery(ctx, c.ID, c.State, guitu.DeliveryWithdrawn, why)
		return err
	})
}

// postpone records why a delivery waits.
func (j *Jobs) postpone(ctx context.Context, c copyOf, trouble string, after time.Duration, cause error) error {
	err := j.db.Update(ctx, func(tx *store.Tx) error {
		return tx.PostponeDelivery(ctx, c.ID, trouble, tx.Now.Add(after))
	})
	if err != nil {
		return err
	}
	return &guitu.RetryError{After: after, Err: cause}
}
