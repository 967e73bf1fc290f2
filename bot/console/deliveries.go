package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"guitu"
)

// maxPartials is how many notices are listed that stand on some channels only.
const maxPartials = 20

type deliveriesBody struct {
	State      guitu.DeliveryState
	States     []guitu.DeliveryState
	Deliveries []guitu.Delivery
	Partials   []guitu.Partial
	Channels   []guitu.ChannelState
	Older      string
	First      bool
}

func (c *console) deliveries(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	q := r.URL.Query()
	b := deliveriesBody{State: guitu.DeliveryState(q.Get("state")), States: guitu.DeliveryStates[:]}
	if b.State != "" && !slices.Contains(b.States, b.State) {
		return guitu.Errorf(guitu.Invalid, "没有这种状态。")
	}
	last, err := before(q)
	if err != nil {
		return err
	}
	b.First = last == 0
	if b.Partials, err = c.backend.Partials(r.Context(), maxPartials); err != nil {
		return err
	}
	if b.Channels, err = c.backend.Channels(r.Context()); err != nil {
		return err
	}
	if b.Deliveries, err = c.backend.Deliveries(r.Context(), b.State, last, listLimit+1); err != nil {
		return err
	}
	if len(b.Deliveries) > listLimit {
		b.Deliveries = b.Deliveries[:listLimit]
		q.Set("before", strconv.FormatInt(b.Deliveries[listLimit-1].ID, 10))
		b.Older = "/console/deliveries?" + q.Encode()
	}
	return c.render(w, r, http.StatusOK, "deliveries", page{Title: "投递", Me: me, Body: b})
}

type deliveryBody struct {
	guitu.Delivery
	Error string
}

// CanResend reports whether a person may have it sent once more.
func (b deliveryBody) CanResend() bool {
	return b.State == guitu.DeliveryUnknown || b.State == guitu.DeliveryRefused || b.State == guitu.DeliveryGivenUp
}

// CanMark reports whether a person may say that it is out.
func (b deliveryBody) CanMark() bool { return b.State == guitu.DeliveryUnknown }

// Stands reports whether something that no longer holds is still out there.
func (b deliveryBody) Stands() bool { return b.State == guitu.DeliveryStanding }

func (c *console) delivery(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	return c.showDelivery(w, r, me, http.StatusOK, id, "")
}

func (c *console) showDelivery(w http.ResponseWriter, r *http.Request, me guitu.Officer, status int, id int64, message string) error {
	d, err := c.backend.Delivery(r.Context(), id)
	if err != nil {
		return err
	}
	return c.render(w, r, status, "delivery", page{
		Title: "投递 #" + strconv.FormatInt(id, 10), Me: me, Body: deliveryBody{Delivery: d, Error: message},
	})
}

func (c *console) resend(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.settle(w, r, me, c.backend.Resend, "resend", "已安排重新发送。")
}

func (c *console) markSent(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.settle(w, r, me, c.backend.MarkSent, "mark sent", "已标记为已发。")
}

func (c *console) markHandled(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.settle(w, r, me, c.backend.MarkHandled, "mark handled", "已标记为人工处理。")
}

// settle does what a person decided of a delivery, once the person has said to have looked at the channel: sending blindly
// could publish a notice twice, and marking blindly could lose it.
func (c *console) settle(w http.ResponseWriter, r *http.Request, me guitu.Officer, do func(ctx context.Context, deliveryID, officerID int64) error, what, flash string) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if r.PostForm.Get("looked") != "yes" {
		return c.showDelivery(w, r, me, http.StatusUnprocessableEntity, id, "请先到渠道上查看，并勾选确认。没有作任何更改。")
	}
	if err := do(r.Context(), id, me.ID); err != nil {
		if guitu.KindOf(err) == guitu.Conflict {
			return c.showDelivery(w, r, me, http.StatusConflict, id, guitu.Message(err)+"没有作任何更改。")
		}
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "delivery settled by hand", "delivery", id, "how", what, "officer", me.ID)
	return c.done(w, r, "/console/deliveries/"+strconv.FormatInt(id, 10), flash)
}
