package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"guitu"
	"guitu/internal/store"
)

// amend makes what stands on a channel say what holds now, or takes it down: it is edited where the channel can, else pulled as
// soon as what takes its place stands there, else listed for a person.
func (j *Jobs) amend(ctx context.Context, deliveryID int64, t try) error {
	c, err := j.loadDelivery(ctx, deliveryID)
	if err != nil {
		return err
	}
	if c.waits() {
		if why := c.void(); why != "" {
			return j.withdraw(ctx, c, why)
		}
		return nil
	}
	if changed, err := j.reading(ctx, &c); err != nil || !changed {
		return err
	}
	switch c.State {
	case guitu.DeliverySending:
		return &guitu.RetryError{After: 5 * time.Second, Err: errors.New("still being sent")}
	case guitu.DeliveryUnknown:
		return j.amendUnknown(ctx, c, t)
	case guitu.DeliveryDue, guitu.DeliveryHeld, guitu.DeliveryRefused, guitu.DeliveryGivenUp, guitu.DeliveryWithdrawn, guitu.DeliveryPulled:
		return nil
	case guitu.DeliveryStanding, guitu.DeliveryHandled:
		// What a person was asked to do, or did, was for an earlier change. At the end of an alert the child's name and photo may
		// still be there.
		if !c.ended() {
			return nil
		}
	case guitu.DeliverySent, guitu.DeliveryEdited:
	}
	return j.amendCopy(ctx, c, t)
}

// ended reports whether a copy is of an alert that is over.
func (c copyOf) ended() bool {
	return c.Notice.AlertID != 0 && (c.Notice.Ended || c.after.Ending != "")
}

// reading makes the publication of a copy what is to be read there from now on. It reports false when that is what was published.
func (j *Jobs) reading(ctx context.Context, c *copyOf) (changed bool, err error) {
	switch {
	case c.Notice.AlertID == 0:
		return c.Notice.CorrectedBy != "", nil
	case c.Notice.Kind.Ends():
		return false, nil
	case c.ended():
		c.Notice = nameless(c.Notice, c.after.Ending)
		return true, nil
	case c.after.Later == 0:
		return false, nil
	}
	err = j.db.View(ctx, func(tx *store.Tx) error {
		c.Notice, err = tx.NoticeByID(ctx, c.after.Later)
		return err
	})
	return true, err
}

// amendUnknown settles first whether what is to be changed is there at all.
func (j *Jobs) amendUnknown(ctx context.Context, c copyOf, t try) error {
	r, there, err := j.find(ctx, c, j.publishers[c.Channel])
	switch {
	case errors.Is(err, errBlind), err != nil && t.last:
		return j.beyond(ctx, c, "可能已发出且无法更正，请人工核对")
	case err != nil:
		return err
	case !there:
		return j.withdraw(ctx, c, "未到达渠道，且已不再有效")
	}
	if err := j.sent(ctx, c, r, ""); err != nil {
		return err
	}
	c.State, c.Publication.Receipt = guitu.DeliverySent, r
	return j.amendCopy(ctx, c, t)
}

// amendCopy changes or pulls a copy that is there.
func (j *Jobs) amendCopy(ctx context.Context, c copyOf, t try) error {
	pub := j.publishers[c.Channel]
	why := errors.New("该渠道不能修改或撤下已发内容")
	if editor, ok := pub.(guitu.Editor); ok {
		c.Pictures, _ = j.pictures(ctx, c.Notice, pub)
		if c.ended() {
			c.Pictures = slices.DeleteFunc(c.Pictures, func(p guitu.Picture) bool { return p.Child })
		}
		err := j.change(ctx, c, guitu.CallEdit, editor.Edit)
		if err == nil || !errors.Is(err, guitu.ErrRejected) && !t.last {
			return err
		}
		why = err
	}
	if puller, ok := pub.(guitu.Puller); ok {
		if c.mustStand() {
			return &guitu.RetryError{After: 2 * time.Second, Err: errors.New("what takes its place is not there yet")}
		}
		err := j.change(ctx, c, guitu.CallPull, puller.Pull)
		if err == nil || !errors.Is(err, guitu.ErrRejected) && !t.last {
			return err
		}
		why = err
	}
	return j.beyond(ctx, c, "未能修改或撤下，请人工处理："+why.Error())
}

// mustStand reports whether a copy is not to be pulled yet: what changes it is still on its way, and better an old notice than
// none. What has ended goes at once.
func (c copyOf) mustStand() bool {
	if c.ended() {
		return false
	}
	switch c.after.LaterState {
	case guitu.DeliveryDue, guitu.DeliveryHeld, guitu.DeliverySending:
		return true
	case guitu.DeliverySent, guitu.DeliveryUnknown, guitu.DeliveryRefused, guitu.DeliveryGivenUp, guitu.DeliveryWithdrawn,
		guitu.DeliveryEdited, guitu.DeliveryPulled, guitu.DeliveryStanding, guitu.DeliveryHandled:
	}
	return false
}

// change edits or pulls a copy, and records that it did. Both may be repeated, so that a lost answer is tried again.
func (j *Jobs) change(ctx context.Context, c copyOf, as guitu.Call, do func(context.Context, guitu.Publication) error) error {
	if err := j.afford(ctx, j.publishers[c.Channel], as, c.Publication); err != nil {
		return err
	}
	to := map[guitu.Call]guitu.DeliveryState{guitu.CallEdit: guitu.DeliveryEdited, guitu.CallPull: guitu.DeliveryPulled}[as]
	_, cause := call(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, do(ctx, c.Publication) })
	var retry *guitu.RetryError
	switch {
	case cause == nil:
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return j.db.Update(ctx, func(tx *store.Tx) error {
			moved, err := tx.MoveDelivery(ctx, c.ID, c.State, to, "")
			if err != nil || !moved {
				return err
			}
			return tx.LogNotice(ctx, c.Notice, 0, guitu.EventAmended, c.Channel+"："+map[guitu.DeliveryState]string{
				guitu.DeliveryEdited: "已修改", guitu.DeliveryPulled: "已撤下",
			}[to])
		})
	case errors.Is(cause, guitu.ErrUnauthorized):
		err := j.db.Update(ctx, func(tx *store.Tx) error { return j.pause(ctx, tx, c.Channel, cause) })
		return errors.Join(&guitu.RetryError{After: absent, Err: cause}, err)
	case errors.As(cause, &retry):
		return &guitu.RetryError{After: retry.After, Err: cause}
	}
	return fmt.Errorf("amend delivery %d on %s: %w", c.ID, c.Channel, cause)
}

// beyond lists a copy that can't be reached for a person.
func (j *Jobs) beyond(ctx context.Context, c copyOf, trouble string) error {
	j.o.Log.ErrorContext(ctx, "copy beyond reach", "delivery", c.ID, "channel", c.Channel)
	return j.db.Update(ctx, func(tx *store.Tx) error {
		moved, err := tx.MoveDelivery(ctx, c.ID, c.State, guitu.DeliveryStanding, trouble)
		if err != nil || !moved {
			return err
		}
		if err := alarm(ctx, tx, guitu.Alarm{Trouble: guitu.TroubleDelivery, Channel: c.Channel, DeliveryID: c.ID}); err != nil {
			return err
		}
		return tx.LogNotice(ctx, c.Notice, 0, guitu.EventTrouble, c.Channel)
	})
}

// nameless is what a copy of an alert reads as once the alert is over: that it is, and nothing of the child. by is how it ended.
func nameless(n guitu.Notice, by guitu.NoticeKind) guitu.Notice {
	zh, en := "【已撤销】本寻人通告已撤销或到期，请停止转发", "[Withdrawn] This alert is withdrawn or out of date: please stop sharing it"
	if by == guitu.NoticeClosed {
		zh, en = "【已结案】本寻人通告已结案，请停止转发", "[Closed] This alert is over: please stop sharing it"
	}
	if n.Status == guitu.Exercise {
		zh, en = "【演练】"+zh, "【演练】Exercise: "+en
	}
	if by == "" {
		by = guitu.NoticeCancel
	}
	return guitu.Notice{
		ID: n.ID, Kind: by, Status: n.Status, Code: n.Code, AlertID: n.AlertID, MessageID: n.MessageID, Area: n.Area, Place: n.Place,
		MadeAt: n.MadeAt, Due: n.Due, Circle: n.Circle, Inner: n.Inner, Areas: n.Areas, Expires: n.Expires, Ended: true,
		Texts: map[string]guitu.Text{
			guitu.Chinese: {
				Headline: zh, Description: "为保护当事人，姓名和照片已经撤下。通告的现状见下方链接。",
				Instruction: "如果您转发过这条通告或保存了照片，请一并删除。",
			},
			guitu.English: {
				Headline: en, Description: "To protect those concerned, the name and the photos are gone. The link below says how it stands.",
				Instruction: "If you passed this on or kept the photos, please delete them.",
			},
		},
	}
}
