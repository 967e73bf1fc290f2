package alerts

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/internal/store"
)

// Options say how alerts are handled. The zero value works and publishes nowhere.
type Options struct {
	// Tiers are the settings of the tiers. A tier that is missing has those of DefaultTiers.
	Tiers map[guitu.Tier]guitu.TierRule
	// SecondForTier says that changed settings of a tier need a second officer.
	SecondForTier bool
	// Override is how long an approval waits before the asking officer may go on alone; default 15 minutes.
	Override time.Duration
	// AskBefore is how long before its end the desk is asked whether an alert is to go on, but not earlier than half its life;
	// default six hours.
	AskBefore time.Duration
	// Retain is how long the record of a case is kept whole after its end; default 90 days.
	Retain time.Duration
	// WholeCircle says that a circle that grew is told to everybody in it again, and not to the new ring only.
	WholeCircle bool
	// Channels are the names of the publishers that get alerts.
	Channels []string
	// Local reports which of them tell people by where they are (guitu.Local). The default is none.
	Local func(channel string) bool
	// Home is the channel where the pages stand, "" for none.
	Home string
	// Sender is the CAP sender: without spaces, commas, < and &; default "guitu".
	Sender string
	Rand   io.Reader    // of codes and photos' addresses; default crypto/rand
	Log    *slog.Logger // default discards
}

// DefaultTiers are the settings of the tiers unless they are configured otherwise. A runaway is shown less and for a shorter time: who
// hides must be able to come home.
func DefaultTiers() map[guitu.Tier]guitu.TierRule {
	const day = 24 * time.Hour
	return map[guitu.Tier]guitu.TierRule{
		guitu.TierAbduction:  {Reach: 500, ShowName: true, ShowPhoto: true, Life: 3 * day},
		guitu.TierEndangered: {Reach: 500, ShowName: true, ShowPhoto: true, Life: 3 * day},
		guitu.TierRunaway:    {Reach: 100, ShowName: false, ShowPhoto: true, Life: day},
		guitu.TierLost:       {Reach: 500, ShowName: true, ShowPhoto: true, Life: 3 * day},
	}
}

// MaxLife is the longest that an alert lives without being extended, and by which it is extended at once.
const MaxLife = 30 * 24 * time.Hour

// Alerts is the life of alerts. It is safe for concurrent use, also by several processes on one database.
type Alerts struct {
	db *store.DB
	o  Options
	// crash is called at the end of each transaction that changes something, before it commits; an error takes it back. For tests.
	crash func() error
}

// New returns the alerts in a database.
func New(db *store.DB, o Options) *Alerts {
	tiers := DefaultTiers()
	for t, r := range o.Tiers {
		tiers[t] = r
	}
	o.Tiers = tiers
	o.Override = or(o.Override, 15*time.Minute)
	o.AskBefore = or(o.AskBefore, 6*time.Hour)
	o.Retain = or(o.Retain, 90*24*time.Hour)
	o.Sender = or(o.Sender, "guitu")
	if o.Local == nil {
		o.Local = func(string) bool { return false }
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Alerts{db: db, o: o, crash: func() error { return nil }}
}

// or returns the first value that is not zero.
func or[T comparable](a, b T) T {
	var zero T
	if a == zero {
		return b
	}
	return a
}

// rule returns the settings that hold for facts. From which ring a second officer must agree is never the officer's to change.
func (s *Alerts) rule(f guitu.Facts) guitu.TierRule {
	r := s.o.Tiers[f.Tier]
	if f.Rule != nil {
		second := r.SecondFrom
		r = *f.Rule
		r.SecondFrom = second
	}
	return r
}

// mayPublish refuses everybody who may not publish on a case: only officers, leads and administrators may, with a certificate that
// holds, whose desk answers for the county or holds the case.
func mayPublish(o guitu.Officer, a guitu.Alert, now time.Time) error {
	if err := o.Acts(now); err != nil {
		return err
	}
	switch {
	case o.Role != guitu.RoleOfficer && o.Role != guitu.RoleLead && o.Role != guitu.RoleAdmin:
		return guitu.Errorf(guitu.Forbidden, "您的角色不能发布警报")
	case a.ID != 0 && o.Desk.ID != a.Desk.ID && !o.Desk.Area.Covers(a.Facts.Area):
		return guitu.Errorf(guitu.Forbidden, "该案件不属于您的值班台（%s）", o.Desk.Name)
	}
	return nil
}

// mayRead refuses everybody who may not see a case: besides those who may publish, auditors of the area may.
func mayRead(o guitu.Officer, a guitu.Alert, now time.Time) error {
	if o.Role == guitu.RoleAuditor && !o.Disabled && o.Desk.Area.Covers(a.Facts.Area) {
		return nil
	}
	return mayPublish(o, a, now)
}

// MayWork refuses everybody who may not work on a case, as on what citizens report of it.
func MayWork(o guitu.Officer, a guitu.Alert, now time.Time) error { return mayPublish(o, a, now) }

// MayRead refuses everybody who may not see a case.
func MayRead(o guitu.Officer, a guitu.Alert, now time.Time) error { return mayRead(o, a, now) }

// press is an officer's call that changes an alert.
type press struct {
	alertID, officerID int64
	deed               guitu.Deed
	key                string
	version            int // anyVersion, or that of the alert as the officer saw it
}

// anyVersion is the version of a call that does not rest on what the officer saw.
const anyVersion = -1

// change is what a press works on.
type change struct {
	*store.Tx
	alert   *store.Alert
	officer guitu.Officer
	key     string
	deed    guitu.Deed // for the trail: the press's, unless the call finds out more
	ref     int64      // what was made or changed beside the alert: a photo, an approval
}

// change runs one officer's call on an alert in a transaction, once for each key. It returns the alert as it is then, and what the
// press made.
func (s *Alerts) change(ctx context.Context, p press, fn func(c *change) error) (a guitu.Alert, ref int64, err error) {
	if err := checkKey(p.key); err != nil {
		return a, 0, err
	}
	err = s.update(ctx, func(tx *store.Tx) error {
		alert, err := tx.LockAlert(ctx, p.alertID)
		if err != nil {
			return err
		}
		done, err := pressed(ctx, tx, p)
		if err != nil {
			return err
		}
		if done != nil {
			a, ref = alert.Alert, done.Ref
			return nil
		}
		c := &change{Tx: tx, alert: &alert, key: p.key, deed: p.deed}
		if c.officer, err = tx.Officer(ctx, p.officerID); err != nil {
			return err
		}
		if err := mayPublish(c.officer, alert.Alert, tx.Now); err != nil {
			return err
		}
		if p.version != anyVersion && p.version != alert.Version {
			return guitu.Errorf(guitu.Conflict, "该案件已有人更新，请重新打开后再操作")
		}
		if err := fn(c); err != nil {
			return err
		}
		if p.version != anyVersion {
			alert.Version++
		}
		if err := s.save(ctx, tx, alert); err != nil {
			return err
		}
		a, ref = alert.Alert, c.ref
		tx.Deed(p.officerID, c.deed, or(c.ref, p.alertID))
		return tx.CreateAlertPress(ctx, store.AlertPress{
			Key: p.key, AlertID: p.alertID, OfficerID: p.officerID, Act: string(p.deed), Ref: c.ref,
		})
	})
	if err != nil {
		return guitu.Alert{}, 0, err
	}
	return a, ref, nil
}

// update runs a transaction that changes something.
func (s *Alerts) update(ctx context.Context, fn func(tx *store.Tx) error) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return s.crash()
	})
}

// save stores an alert and what statistics keep of it.
func (s *Alerts) save(ctx context.Context, tx *store.Tx, a store.Alert) error {
	return tx.SaveAlert(ctx, a, kept(a.Alert))
}

// kept is what statistics keep of an alert. It is the same before and after redaction.
func kept(a guitu.Alert) guitu.Kept {
	k := guitu.Kept{
		Area: a.Facts.Area, Tier: a.Facts.Tier, MissingAt: a.Facts.MissingAt, IssuedAt: a.IssuedAt,
		EndedAt: a.EndedAt, Reach: a.Reach, Outcome: a.Ending.Outcome, Life: a.Ending.Life, FoundAt: a.Ending.FoundAt,
		Distance: a.Ending.Distance,
	}
	if years, ok := a.Facts.Child.AgeAt(a.Facts.MissingAt); ok {
		k.Age = guitu.AgeBand(years)
	}
	return k
}

// pressed returns the press with a key, nil when it is a fresh one. A key that was used for something else is refused.
func pressed(ctx context.Context, tx *store.Tx, p press) (*store.AlertPress, error) {
	done, err := tx.AlertPress(ctx, p.key)
	if err != nil || done == nil {
		return nil, err
	}
	if p.alertID != 0 && done.AlertID != p.alertID || done.OfficerID != p.officerID || done.Act != string(p.deed) {
		return nil, guitu.Errorf(guitu.Conflict, "这次操作已经用过，请重新打开页面")
	}
	return done, nil
}

func checkKey(key string) error {
	if key == "" || len(key) > 200 || !utf8.ValidString(key) {
		return guitu.Errorf(guitu.Invalid, "缺少操作标识，请重新打开页面")
	}
	return nil
}
