package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"guitu"
)

// parts is into how many the time of a budget is divided. Requests are counted by part, those of the part in which the time began
// included: wherever the channel's own window lies, there are never more in it than it allows.
const parts = 30

// charge is what a call takes of a budget.
type charge struct {
	guitu.Budget
	account string
	cost    int
	made    map[int64]int // requests by the beginning of their part, Unix milliseconds
}

// Shortage is a budget that has not enough left for a call.
type Shortage struct {
	guitu.Budget
	Renewed time.Time     // when it has
	Fits    int           // how many such calls of the rank fit in at once from then on
	Every   time.Duration // and again so much later
}

// Spend takes from budgets of a channel what a call costs. A notice of a rank leaves a fifth of each budget to every rank before it. When
// one of them has not enough left nothing is taken, and the one that is renewed last is returned.
func (t *Tx) Spend(ctx context.Context, channel string, budgets []guitu.Budget, cost func(guitu.Budget) int, rank int) (*Shortage, error) {
	var all []charge
	for _, b := range budgets {
		if n := cost(b); n > 0 {
			all = append(all, charge{Budget: b, account: cmp.Or(b.Account, channel), cost: n})
		}
	}
	// In one order always: transactions that wait for each other's rows would wait for ever.
	slices.SortFunc(all, func(a, b charge) int { return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.Name, b.Name)) })
	var short *Shortage
	for i, c := range all {
		made, err := t.requests(ctx, c.account, c.Name)
		if err != nil {
			return nil, err
		}
		all[i].made = made
		if at := all[i].free(t.Now, rank); at.After(t.Now) && (short == nil || at.After(short.Renewed)) {
			short = &Shortage{c.Budget, at, max(1, c.share(rank)/c.cost), c.Per + c.length()}
		}
	}
	if short != nil {
		return short, nil
	}
	for _, c := range all {
		c.made[c.part(t.Now)] += c.cost
		text, err := json.Marshal(c.made)
		if err != nil {
			return nil, err
		}
		if _, err := t.exec(ctx, `UPDATE budgets SET requests = $3 WHERE account = $1 AND name = $2`, c.account, c.Name, string(text)); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// requests returns what has been taken of a budget, which is locked until the transaction ends.
func (t *Tx) requests(ctx context.Context, account, name string) (map[int64]int, error) {
	var text string
	err := t.row(ctx, `
		INSERT INTO budgets (account, name, requests) VALUES ($1, $2, '{}')
		ON CONFLICT (account, name) DO UPDATE SET requests = budgets.requests RETURNING requests`, account, name).Scan(&text)
	if err != nil {
		return nil, err
	}
	made := map[int64]int{}
	if err := json.Unmarshal([]byte(text), &made); err != nil {
		return nil, fmt.Errorf("budget %s of %s: %w", name, account, err)
	}
	return made, nil
}

// part returns when the part of a budget's time began in which a moment lies.
func (c charge) part(at time.Time) int64 { return at.Truncate(c.length()).UnixMilli() }

func (c charge) length() time.Duration { return max(c.Per/parts, time.Millisecond) }

// free forgets the requests that count no more, and returns when there is enough left for the charge: now, or later.
func (c charge) free(now time.Time, rank int) time.Time {
	used := 0
	for began, n := range c.made {
		if c.over(began).After(now) {
			used += n
		} else {
			delete(c.made, began)
		}
	}
	most := c.share(rank)
	room := most - min(c.cost, most)
	for _, began := range slices.Sorted(maps.Keys(c.made)) {
		if used <= room {
			break
		}
		now = c.over(began)
		used -= c.made[began]
	}
	return now
}

// share is how much of the budget a rank may use.
func (c charge) share(rank int) int { return max(1, c.Most-(c.Most*rank+4)/5) }

// over is when the requests of a part count no more.
func (c charge) over(began int64) time.Time {
	return time.UnixMilli(began).UTC().Add(c.Per + c.length())
}

// Ahead returns how many deliveries on a channel are held that are to go out before one of a rank that comes to be held.
func (t *Tx) Ahead(ctx context.Context, channel string, rank int) (n int, err error) {
	type held struct {
		kind guitu.NoticeKind
		n    int
	}
	all, err := collect(ctx, t, func(r scanner) (h held, err error) { return h, r.Scan(&h.kind, &h.n) }, `
		SELECT n.kind, COUNT(*) FROM deliveries d JOIN notices n ON n.id = d.notice_id
		WHERE d.channel = $1 AND d.state = 'held' GROUP BY n.kind`, channel)
	for _, h := range all {
		if h.kind.Rank() <= rank {
			n += h.n
		}
	}
	return n, err
}
