package weibo

import (
	"time"

	"guitu"
)

var _ guitu.Budgeted = (*Publisher)(nil)

// Budgets are what the share interface lets an account do (open.weibo.com/wiki, Rate-limiting). What a contract for the commercial
// interface allows only the contract says, so none is assumed there.
func (p *Publisher) Budgets() []guitu.Budget {
	if p.o.Commercial {
		return nil
	}
	return []guitu.Budget{{Name: "posts an hour", Most: 30, Per: time.Hour}, {Name: "calls a day", Most: 100, Per: 24 * time.Hour}}
}
