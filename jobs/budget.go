package jobs

import (
	"context"
	"errors"
	"time"

	"guitu"
	"guitu/internal/store"
)

const (
	// probeRank is behind every notice: looking at an account leaves the most of its budgets.
	probeRank = 3
	// probeShare is how much of a budget looks may take: one part of so many.
	probeShare = 10
)

var (
	errBudget = errors.New("the account's budget has not enough left")
	errQuota  = errors.New("本渠道一天的限额已用完，请核对有无异常，再恢复渠道")
)

// budgets are those of a channel's account and our own.
func (j *Jobs) budgets(pub guitu.Publisher) (all []guitu.Budget) {
	if b, ok := pub.(guitu.Budgeted); ok {
		all = b.Budgets()
	}
	if j.o.Quota > 0 && pub.Name() != j.o.Home {
		all = append(all, guitu.Budget{Name: guitu.Quota, Most: j.o.Quota, Per: 24 * time.Hour})
	}
	return all
}

// spend counts a call before it is made. It returns the budget that has not enough left for it, nil when all have.
func (j *Jobs) spend(ctx context.Context, tx *store.Tx, pub guitu.Publisher, c guitu.Call, p guitu.Publication, rank int) (*store.Shortage, error) {
	return tx.Spend(ctx, pub.Name(), j.budgets(pub), func(b guitu.Budget) int { return b.Takes(c, p) }, rank)
}

// afford counts a call that publishes nothing. It is *guitu.RetryError when there is not enough left for it.
func (j *Jobs) afford(ctx context.Context, pub guitu.Publisher, c guitu.Call, p guitu.Publication) error {
	if _, ok := pub.(guitu.Budgeted); !ok {
		return nil
	}
	var wait time.Duration
	err := j.db.Update(ctx, func(tx *store.Tx) error {
		short, err := j.spend(ctx, tx, pub, c, p, p.Notice.Kind.Rank())
		if err != nil || short == nil {
			return err
		}
		wait = max(short.Renewed.Sub(tx.Now), time.Second)
		return j.tellShortage(ctx, tx, guitu.Alarm{Channel: pub.Name()})
	})
	if err == nil && wait > 0 {
		return &guitu.RetryError{After: wait, Err: errBudget}
	}
	return err
}

// hold lets a delivery wait for a budget, behind those that wait for it already. When not even an alert fits into our own quota,
// something goes wrong here, and a person must look.
func (j *Jobs) hold(ctx context.Context, tx *store.Tx, c copyOf, short store.Shortage) error {
	rank := c.Notice.Kind.Rank()
	ahead, err := tx.Ahead(ctx, c.Channel, rank)
	if err != nil {
		return err
	}
	if _, err := tx.MoveDelivery(ctx, c.ID, c.State, guitu.DeliveryHeld, ""); err != nil {
		return err
	}
	if short.Name == guitu.Quota && rank == 0 {
		return j.pause(ctx, tx, c.Channel, errQuota)
	}
	renewed := short.Renewed.Add(time.Duration(ahead/short.Fits) * short.Every)
	if err := tx.PostponeDelivery(ctx, c.ID, "渠道限额已用完，恢复后自动发布", renewed); err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, guitu.Deliver{DeliveryID: c.ID}, renewed); err != nil {
		return err
	}
	return j.tellShortage(ctx, tx, guitu.Alarm{Channel: c.Channel, DeliveryID: c.ID})
}

// tellShortage tells once a day that a channel's budget is used up.
func (j *Jobs) tellShortage(ctx context.Context, tx *store.Tx, a guitu.Alarm) error {
	a.Trouble = guitu.TroubleBudget
	tell, err := tx.Tell(ctx, a.Channel, string(a.Trouble), tellAgain)
	if err != nil || !tell {
		return err
	}
	return alarm(ctx, tx, a)
}

// probeEvery is how often an account is looked at: rarely where its budgets are small.
func (j *Jobs) probeEvery(pub guitu.Publisher) time.Duration {
	every := j.o.ProbeEvery
	for _, b := range j.budgets(pub) {
		if n := b.Takes(guitu.CallProbe, guitu.Publication{}); n > 0 {
			every = max(every, b.Per*time.Duration(probeShare*n)/time.Duration(max(1, b.Most)))
		}
	}
	return every
}
