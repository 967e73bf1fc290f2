package cap

import "guitu"

// language is what a message says beside its notice's text.
type language struct {
	tag   string // of the info block
	text  string // of the notice's text
	event string
	area  string
}

var languages = []*language{
	{tag: "zh-CN", text: guitu.Chinese, event: "儿童失踪", area: "{place}周围{km}公里"},
	{tag: "en-US", text: guitu.English, event: "Missing Child", area: "Within {km} km of {place}"},
}

// gravity is how CAP grades an event.
type gravity struct{ urgency, severity, certainty, response string }

// gravityOf grades a tier. Monitor is the answer that AMBER alerts ask for: keep your eyes open.
func gravityOf(t guitu.Tier) gravity {
	switch t {
	case guitu.TierAbduction:
		return gravity{"Immediate", "Extreme", "Likely", "Monitor"}
	case guitu.TierEndangered:
		return gravity{"Immediate", "Severe", "Observed", "Monitor"}
	case guitu.TierLost:
		return gravity{"Immediate", "Moderate", "Observed", "Monitor"}
	case guitu.TierRunaway:
		return gravity{"Expected", "Moderate", "Observed", "Monitor"}
	}
	return gravity{"Unknown", "Unknown", "Unknown", "Monitor"}
}
