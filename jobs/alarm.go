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

const (
	// late is how long an alert may take to a channel before somebody hears of it.
	late = 2 * time.Minute
	// soon is how long before its end people hear of a credential, and tellAgain how often of what goes on.
	soon      = 7 * 24 * time.Hour
	tellAgain = 24 * time.Hour
	// probeTimeout is how long one look at an account may take, and silentFails how many in a row that fail a person hears of.
	probeTimeout = 10 * time.Second
	silentFails  = 3
)

// alarm enqueues what tells of a channel's trouble: to the administrators or else the top desk, and of an alert that has not gone
// out to the desk that holds it, too.
func alarm(ctx context.Context, tx *store.Tx, a guitu.Alarm) error {
	err := toOperators(ctx, tx, func(officerID, deskID int64) guitu.Step {
		to := a
		to.OfficerID, to.DeskID = officerID, deskID
		return to
	})
	if err != nil || a.Trouble != guitu.TroubleLate {
		return err
	}
	desk, err := tx.DeskOfDelivery(ctx, a.DeliveryID)
	if err != nil || desk == 0 {
		return err
	}
	a.DeskID = desk
	return tx.Enqueue(ctx, a, time.Time{})
}

// tellOf tells of a channel's trouble.
func (j *Jobs) tellOf(ctx context.Context, a guitu.Alarm, t try) error {
	if j.o.Chat == nil {
		return nil
	}
	what := guitu.ChannelTrouble{Kind: a.Trouble}
	var id string
	err := j.db.View(ctx, func(tx *store.Tx) (err error) {
		if what.Channel, err = tx.Channel(ctx, a.Channel); err != nil {
			return err
		}
		if a.DeliveryID != 0 {
			if what.Delivery, err = tx.Delivery(ctx, a.DeliveryID); err != nil {
				return err
			}
		}
		id, err = chatOf(ctx, tx, a.OfficerID, a.DeskID)
		return err
	})
	if err != nil || passed(what) || id == "" {
		return err
	}
	chat, err := j.chatTurn(ctx, id, t)
	if err != nil {
		return err
	}
	warner, ok := chat.(guitu.ChannelWarner)
	if !ok {
		return nil
	}
	_, err = call(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, warner.WarnChannel(ctx, id, what) })
	if errors.Is(err, guitu.ErrRejected) {
		j.o.Log.ErrorContext(ctx, "alarm not taken", "channel", a.Channel, "officer", a.OfficerID, "desk", a.DeskID, "error", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("tell of channel %s: %w", a.Channel, err)
	}
	return nil
}

// passed reports whether a trouble is over by the time that it is told.
func passed(t guitu.ChannelTrouble) bool {
	switch t.Kind {
	case guitu.TroublePaused:
		return !t.Channel.Paused
	case guitu.TroubleLate:
		return t.Delivery.State.Public() || t.Delivery.State == guitu.DeliveryWithdrawn
	case guitu.TroubleDelivery:
		return t.Delivery.State != guitu.DeliveryStanding && t.Delivery.State.Public()
	case guitu.TroubleBudget, guitu.TroubleExpiring, guitu.TroubleSilent, guitu.TroubleDeaf:
	}
	return false
}

// watch looks for alerts that have not gone out, certificates that end, and at the accounts whose time has come.
func (j *Jobs) watch(ctx context.Context) error {
	return errors.Join(j.findLate(ctx), j.findExpiring(ctx), j.probeAll(ctx))
}

func (j *Jobs) findLate(ctx context.Context) error {
	return j.db.Update(ctx, func(tx *store.Tx) error {
		all, err := tx.LateAlerts(ctx, tx.Now.Add(-late))
		for _, d := range all {
			j.o.Log.ErrorContext(ctx, "alert not out in time", "delivery", d.ID, "channel", d.Channel, "state", string(d.State))
			if err := alarm(ctx, tx, guitu.Alarm{Trouble: guitu.TroubleLate, Channel: d.Channel, DeliveryID: d.ID}); err != nil {
				return err
			}
		}
		return err
	})
}

// probeAll looks at each account that was not looked at for a while, all at once: one that does not answer keeps no other waiting.
func (j *Jobs) probeAll(ctx context.Context) error {
	var due []string
	err := j.db.View(ctx, func(tx *store.Tx) error {
		for name, pub := range j.publishers {
			if _, ok := pub.(guitu.Prober); !ok {
				continue
			}
			s, err := tx.Channel(ctx, name)
			if err != nil {
				return err
			}
			if tx.Now.Sub(s.Probed) >= j.probeEvery(pub) {
				due = append(due, name)
			}
		}
		return nil
	})
	slices.Sort(due)
	results := make(chan error, len(due))
	for _, name := range due {
		go func() { results <- j.probe(ctx, name) }()
	}
	for range due {
		err = errors.Join(err, <-results)
	}
	return err
}

// probe looks at one account, and records and tells what it says.
func (j *Jobs) probe(ctx context.Context, name string) error {
	var short *store.Shortage
	err := j.db.Update(ctx, func(tx *store.Tx) (err error) {
		short, err = j.spend(ctx, tx, j.publishers[name], guitu.CallProbe, guitu.Publication{}, probeRank)
		return err
	})
	if err != nil || short != nil {
		return err // An account that is used so much needs no look.
	}
	looking, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	a, cause := j.publishers[name].(guitu.Prober).Probe(looking)
	trouble := ""
	if cause != nil {
		trouble = cause.Error()
	}
	return j.db.Update(ctx, func(tx *store.Tx) error {
		fails, err := tx.ChannelProbed(ctx, name, a, trouble)
		switch {
		case err != nil:
			return err
		case errors.Is(cause, guitu.ErrUnauthorized):
			return j.pause(ctx, tx, name, cause)
		case fails == silentFails:
			return alarm(ctx, tx, guitu.Alarm{Trouble: guitu.TroubleSilent, Channel: name})
		case cause == nil && !a.Expires.IsZero() && a.Expires.Sub(tx.Now) < soon:
			if tell, err := tx.Tell(ctx, name, string(guitu.TroubleExpiring), tellAgain); err != nil || !tell {
				return err
			}
			return alarm(ctx, tx, guitu.Alarm{Trouble: guitu.TroubleExpiring, Channel: name})
		}
		return nil
	})
}

// pause stops a channel that does not take our credentials, and tells of it once.
func (j *Jobs) pause(ctx context.Context, tx *store.Tx, channel string, cause error) error {
	paused, err := tx.PauseChannel(ctx, channel, cause.Error())
	if err != nil || !paused {
		return err
	}
	j.o.Log.ErrorContext(ctx, "channel paused", "channel", channel, "error", cause)
	return alarm(ctx, tx, guitu.Alarm{Trouble: guitu.TroublePaused, Channel: channel})
}
