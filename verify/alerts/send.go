package alerts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/internal/store"
)

// draft returns the message that would be sent of an alert, without what sending gives it.
func (s *Alerts) draft(a guitu.Alert, cause guitu.Cause, o guitu.Officer) guitu.AlertMessage {
	m := guitu.AlertMessage{
		AlertID: a.ID, Number: a.Messages + 1, Cause: cause, Type: cause.MsgType(), Sender: s.o.Sender, Status: a.Status, Code: a.Code,
		Tier: a.Facts.Tier, Shown: s.rule(a.Facts), Facts: a.Facts, Expires: a.Expires, Officer: o,
	}
	if m.Type == guitu.MsgCancel {
		m.Facts = bare(a.Facts)
		m.Ending = a.Ending
		m.Ending.Evidence = ""
	}
	// What is for officers stays in the record of the case.
	m.Facts.Family, m.Facts.Unconfirmed, m.Facts.Checklist, m.Facts.TierReason = nil, nil, guitu.Checklist{}, ""
	if !m.Shown.ShowPhoto {
		m.Facts.Photos = nil
	}
	if !m.Shown.ShowName {
		// Who makes a page or a file of the message can't show what it does not hold.
		m.Facts.Child.Name, m.Facts.Child.Born = "", time.Time{}
	}
	if a.Facts.Point == nil || a.Reach == 0 {
		return m
	}
	m.Circle = guitu.Circle{Point: *a.Facts.Point, Radius: float64(a.Reach)}
	m.Areas = areas(*a.Facts.Point, a.Reach, a.Facts.Area)
	if m.Type == guitu.MsgCancel {
		m.Facts.Point = a.Facts.Point
	}
	return m
}

// areas lists the counties whose centre lies in a circle, and the place's own county with all that is above it.
func areas(p guitu.Point, km int, own guitu.Area) []guitu.Area {
	all := gazetteer.Within(p, float64(km))
	for a := own; a != ""; a = a.Parent() {
		if !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	slices.Sort(all)
	return all
}

// bare is what is said of a child once nobody is to look any more.
func bare(f guitu.Facts) guitu.Facts { return guitu.Facts{Tier: f.Tier, Area: f.Area} }

// send issues a message of an alert: the message, its notice, the deliveries on the channels that are to have it, and what becomes of
// the earlier ones. Key identifies the press or the step.
func (s *Alerts) send(ctx context.Context, tx *store.Tx, a *store.Alert, m guitu.AlertMessage, key string) error {
	earlier, err := tx.Messages(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, e := range earlier {
		m.References = append(m.References, guitu.Reference{Sender: e.Sender, Identifier: e.Identifier, Sent: e.Sent})
	}
	m.Sent = tx.Now
	m.Identifier = fmt.Sprintf("guitu-%s-%d", a.Code, m.Number)
	if err := tx.CreateMessage(ctx, &m, key); err != nil {
		return err
	}
	a.Messages = m.Number
	if fresh := freshAreas(m, earlier); len(fresh) > 0 {
		if err := tx.AddAlertAreas(ctx, a.ID, fresh); err != nil {
			return err
		}
	}
	before, err := tx.AlertDeliveries(ctx, a.ID)
	if err != nil {
		return err
	}
	n := compose(m)
	n.Due = tx.Now
	if err := tx.CreateNotice(ctx, &n); err != nil {
		return err
	}
	if err := s.deliver(ctx, tx, n, s.audience(m.Cause, before)); err != nil {
		return err
	}
	if err := s.supersede(ctx, tx, m.Cause, before); err != nil {
		return err
	}
	if m.Type != guitu.MsgCancel {
		return nil
	}
	return tx.EndNotices(ctx, n)
}

// freshAreas lists the areas that a message touches and that are not said by what its alert touched earlier, as few as will do.
func freshAreas(m guitu.AlertMessage, earlier []guitu.AlertMessage) []guitu.Area {
	known := map[guitu.Area]bool{}
	for _, e := range earlier {
		for _, a := range touched(e) {
			known[a] = true
		}
	}
	return slices.DeleteFunc(touched(m), func(a guitu.Area) bool { return known[a] })
}

// touched lists the areas that a message touches as a whole: not what lies above the place's own.
func touched(m guitu.AlertMessage) []guitu.Area {
	return gazetteer.Whole(slices.DeleteFunc(slices.Clone(m.Areas), func(a guitu.Area) bool {
		return a != m.Facts.Area && a.Covers(m.Facts.Area)
	}))
}

// got reports whether a delivery has shown its notice to somebody, or may have.
func got(d guitu.Delivery) bool {
	switch d.State {
	case guitu.DeliveryDue, guitu.DeliveryHeld, guitu.DeliveryRefused, guitu.DeliveryGivenUp, guitu.DeliveryWithdrawn:
		return false
	case guitu.DeliverySending, guitu.DeliverySent, guitu.DeliveryUnknown, guitu.DeliveryEdited, guitu.DeliveryPulled,
		guitu.DeliveryStanding, guitu.DeliveryHandled:
	}
	return true
}

// audience lists the channels that are to have a message, given the deliveries of the earlier ones.
func (s *Alerts) audience(c guitu.Cause, before []guitu.Delivery) []string {
	var channels []string
	add := func(channel string) {
		if channel != "" && !slices.Contains(channels, channel) {
			channels = append(channels, channel)
		}
	}
	add(s.o.Home)
	switch c {
	case guitu.CauseIssue, guitu.CauseUpdate, guitu.CauseCorrect:
		for _, channel := range s.o.Channels {
			add(channel)
		}
	case guitu.CauseGrow:
		for _, channel := range s.o.Channels {
			if s.o.Local(channel) {
				add(channel)
			}
		}
	case guitu.CauseExtend, guitu.CauseExpire, guitu.CauseCancel, guitu.CauseClose:
	}
	if c == guitu.CauseGrow || c == guitu.CauseExtend {
		return channels
	}
	// Also channels that are no longer configured: who read the alert there is to read its end there.
	for _, d := range before {
		if got(d) {
			add(d.Channel)
		}
	}
	return channels
}

// deliver makes the deliveries of a notice and the steps that work them.
func (s *Alerts) deliver(ctx context.Context, tx *store.Tx, n guitu.Notice, channels []string) error {
	for _, channel := range channels {
		d := guitu.Delivery{NoticeID: n.ID, Channel: channel, Due: n.Due}
		if err := tx.CreateDelivery(ctx, &d); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, guitu.Deliver{DeliveryID: d.ID}, d.Due); err != nil {
			return err
		}
	}
	return nil
}

// supersede withdraws what a new message overtakes before it went out, and amends what has gone out. A wider ring and a later end leave
// what was said as it is.
func (s *Alerts) supersede(ctx context.Context, tx *store.Tx, c guitu.Cause, before []guitu.Delivery) error {
	if c == guitu.CauseGrow || c == guitu.CauseExtend {
		return nil
	}
	for _, d := range before {
		stopped := false
		for _, waits := range [...]guitu.DeliveryState{guitu.DeliveryDue, guitu.DeliveryHeld} {
			moved, err := tx.MoveDelivery(ctx, d.ID, waits, guitu.DeliveryWithdrawn, "")
			if err != nil {
				return err
			}
			stopped = stopped || moved
		}
		if stopped || !got(d) {
			continue
		}
		if err := tx.Enqueue(ctx, guitu.Amend{DeliveryID: d.ID}, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// code returns a check code that no notice and no alert has.
func (s *Alerts) code(ctx context.Context, tx *store.Tx) (string, error) {
	for {
		code, err := guitu.NewCode(s.o.Rand)
		if err != nil {
			return "", err
		}
		taken, err := tx.HasCode(ctx, code)
		if err != nil || !taken {
			return code, err
		}
	}
}
