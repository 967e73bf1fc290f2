package store_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
)

// takes makes each call cost n requests of every budget.
func takes(n int) func(guitu.Budget) int { return func(guitu.Budget) int { return n } }

// spend takes from budgets of a channel, and returns what was short.
func spend(t *testing.T, db *store.DB, channel string, budgets []guitu.Budget, cost, rank int) (short *store.Shortage) {
	t.Helper()
	update(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		short, err = tx.Spend(ctx, channel, budgets, takes(cost), rank)
		return err
	})
	return short
}

// Whenever a channel's own window begins, there is never more in it than it allows; and whoever comes when he is told to gets
// most of what it allows.
func TestSpendInAnyWindow(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, clock *clock) {
		const most, hours = 20, 6
		budgets := []guitu.Budget{{Name: "calls", Most: most, Per: time.Hour}}
		random := rand.New(rand.NewPCG(3, 4))
		type call struct {
			at   time.Time
			cost int
		}
		var made []call
		begun := clock.t
		for clock.t.Sub(begun) < hours*time.Hour {
			cost := 1 + random.IntN(3)
			if short := spend(t, db, "a", budgets, cost, 0); short == nil {
				made = append(made, call{clock.t, cost})
				clock.t = clock.t.Add(time.Duration(random.IntN(200)) * time.Second)
			} else {
				if !short.Renewed.After(clock.t) {
					t.Fatalf("short until %s, which is over at %s", short.Renewed, clock.t)
				}
				clock.t = short.Renewed
			}
		}
		all := 0
		for i, first := range made {
			all += first.cost
			n := 0
			for _, c := range made[i:] {
				if c.at.Sub(first.at) < time.Hour {
					n += c.cost
				}
			}
			if n > most {
				t.Errorf("%d requests in the hour from %s, want at most %d", n, first.at, most)
			}
		}
		if all < most*hours*3/4 {
			t.Errorf("%d requests in %d hours of %d each", all, hours, most)
		}
	})
}

// Each rank leaves a fifth to every one before it.
func TestSpendByRank(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, clock *clock) {
		budgets := []guitu.Budget{{Name: "calls", Most: 10, Per: time.Hour}}
		fits := func(rank int) (n int) {
			for spend(t, db, "a", budgets, 1, rank) == nil {
				n++
			}
			return n
		}
		if got, want := [4]int{fits(3), fits(2), fits(1), fits(0)}, [4]int{4, 2, 2, 2}; got != want {
			t.Errorf("%v requests fit in by rank, want %v", got, want)
		}
		// What costs more than there ever is goes out when nothing else is counted, rather than never.
		if short := spend(t, db, "b", budgets, 50, 0); short != nil {
			t.Errorf("short until %s for what never fits, and nothing was used", short.Renewed)
		}
		// And a budget that is renewed is whole.
		clock.t = clock.t.Add(2 * time.Hour)
		if n := fits(0); n != 10 {
			t.Errorf("%d fit in after two hours, want 10", n)
		}
	})
}

// Two channels of one account share what it has, others don't, and what is short of one budget is taken from none.
func TestSpendOfAccount(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		shared := []guitu.Budget{
			{Name: "calls", Account: "one", Most: 3, Per: 24 * time.Hour}, {Name: "posts", Account: "one", Most: 2, Per: time.Hour},
		}
		for i, tt := range []struct {
			channel string
			budgets []guitu.Budget
			short   string // name of the budget
		}{
			{"weibo", shared, ""},
			{"weibo", shared, ""},
			{"weibo", shared, "posts"},
			{"comments", shared[:1], ""},
			{"comments", shared[:1], "calls"},
			{"weibo", shared, "calls"}, // which is renewed later
			{"other", []guitu.Budget{{Name: "calls", Most: 3, Per: time.Hour}}, ""},
		} {
			got := ""
			if short := spend(t, db, tt.channel, tt.budgets, 1, 0); short != nil {
				got = short.Name
			}
			if got != tt.short {
				t.Errorf("call %d on %s is short of %q, want %q", i, tt.channel, got, tt.short)
			}
		}
	})
}

// Calls that are counted at once are all counted.
func TestSpendTogether(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		budgets := []guitu.Budget{{Name: "b", Most: 10, Per: time.Hour}, {Name: "a", Most: 100, Per: time.Hour}}
		var wg sync.WaitGroup
		var mu sync.Mutex
		fit := 0
		for i := range 4 {
			mine := budgets
			if i%2 == 1 {
				mine = []guitu.Budget{budgets[1], budgets[0]}
			}
			wg.Go(func() {
				for range 8 {
					err := db.Update(t.Context(), func(tx *store.Tx) error {
						short, err := tx.Spend(t.Context(), "a", mine, takes(1), 0)
						if err == nil && short == nil {
							mu.Lock()
							defer mu.Unlock()
							fit++
						}
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if fit != 10 {
			t.Errorf("%d of 32 calls fit in, want 10", fit)
		}
	})
}
