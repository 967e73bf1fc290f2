package weibo

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"guitu"
)

var (
	_ guitu.Budgeted = (*Publisher)(nil)
	_ guitu.Budgeted = (*Comments)(nil)
)

// The budgets of an account with one application (open.weibo.com/wiki, Rate-limiting): every request counts, whatever it asks, and
// those that post count once more.
const (
	postsAnHour = "posts an hour"
	callsADay   = "calls a day"
)

// Budgets are what the share interface lets an account do. What a contract for the commercial interface allows only the contract
// says, so none is assumed there.
func (p *Publisher) Budgets() []guitu.Budget {
	if p.o.Commercial {
		return nil
	}
	return []guitu.Budget{
		{Name: postsAnHour, Account: p.account(), Most: 30, Per: time.Hour, Cost: func(c guitu.Call, pub guitu.Publication) int {
			if c != guitu.CallPublish {
				return 0
			}
			return p.posts(pub)
		}},
		{Name: callsADay, Account: p.account(), Most: 100, Per: 24 * time.Hour, Cost: func(c guitu.Call, pub guitu.Publication) int {
			switch c {
			case guitu.CallPublish:
				return p.posts(pub)
			case guitu.CallFind, guitu.CallPull:
				return 1
			case guitu.CallProbe:
				return 2 // whose token it is, and what is left
			case guitu.CallEdit:
			}
			return 0
		}},
	}
}

// posts is how many requests a post takes at most: when Weibo does not take its picture it is posted again without.
func (p *Publisher) posts(pub guitu.Publication) int { return 1 + len(p.limits.Take(pub.Pictures)) }

// Budgets are those of the account, which posts may take from, too: each comment is a request.
func (c *Comments) Budgets() []guitu.Budget {
	return []guitu.Budget{{Name: callsADay, Account: c.p.account(), Most: 100, Per: 24 * time.Hour, Cost: func(call guitu.Call, pub guitu.Publication) int {
		switch call {
		case guitu.CallPublish:
			n := 0
			for _, source := range pub.Notice.Sources {
				if _, ok := c.postID(source); ok {
					n++
				}
			}
			return n
		case guitu.CallPull:
			return 1 + strings.Count(pub.Receipt.ExternalID, ",")
		case guitu.CallProbe:
			return 2
		case guitu.CallFind, guitu.CallEdit:
		}
		return 0
	}}}
}

// account names whom Weibo counts for without telling the token. A token that was renewed counts anew.
func (p *Publisher) account() string {
	sum := sha256.Sum256([]byte(p.token))
	return "weibo " + hex.EncodeToString(sum[:8])
}
