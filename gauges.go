package guitu

import "time"

// Gauges is how the bot is doing at one moment, as the database tells it.
type Gauges struct {
	Sources []SourceState
	// QueueAge is how long the oldest step that could run has waited, by queue; a queue without such a step is 0 or missing.
	QueueAge map[string]time.Duration
	// Unanswered counts the open stories by how long they have waited: the i-th counts those that have waited AgeBounds[i] or
	// longer, but less than AgeBounds[i+1].
	Unanswered [len(AgeBounds)]int
	Deliveries []DeliveryCount
}

// AgeBounds are the lower bounds of the age groups of unanswered stories.
var AgeBounds = [...]time.Duration{0, 30 * time.Minute, time.Hour, 3 * time.Hour, 24 * time.Hour}

// DeliveryCount is how many deliveries of a channel are in a state.
type DeliveryCount struct {
	Channel string
	State   DeliveryState
	Count   int
}
