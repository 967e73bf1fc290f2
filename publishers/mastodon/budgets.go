package mastodon

import (
	"time"

	"guitu"
)

const (
	// polls is how often a server may be asked whether it has prepared a picture, within Options.Patience.
	polls = 8
	// mentions is how many of the latest posts Find looks into, those with the notice's code, at most all that it lists.
	mentions = 40
)

// Budgets are what a server that is set up as Mastodon comes lets an account do (docs.joinmastodon.org/api/rate-limits).
func (p *Publisher) Budgets() []guitu.Budget {
	return []guitu.Budget{
		{Name: "calls in 5 minutes", Most: 300, Per: 5 * time.Minute, Cost: p.calls},
		{Name: "pictures in 30 minutes", Most: 30, Per: 30 * time.Minute, Cost: func(c guitu.Call, pub guitu.Publication) int {
			if c != guitu.CallPublish && c != guitu.CallEdit {
				return 0
			}
			return len(p.limits().Take(pub.Pictures))
		}},
		{Name: "deletes in 30 minutes", Most: 30, Per: 30 * time.Minute, Cost: func(c guitu.Call, _ guitu.Publication) int {
			return map[guitu.Call]int{guitu.CallPull: 1}[c]
		}},
	}
}

func (p *Publisher) calls(c guitu.Call, pub guitu.Publication) int {
	pictures := (1 + polls) * len(p.limits().Take(pub.Pictures))
	switch c {
	case guitu.CallPublish:
		if pub.ReplyTo.ExternalID != "" {
			return 2 + pictures // once more by itself, when what it replies to is gone
		}
		return 1 + pictures
	case guitu.CallEdit:
		return 1 + pictures
	case guitu.CallFind:
		return 2 + mentions
	case guitu.CallPull, guitu.CallProbe:
	}
	return 1
}
