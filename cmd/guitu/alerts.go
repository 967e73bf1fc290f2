package main

import (
	"net/url"
	"slices"
	"time"

	"guitu"
	"guitu/verify/alerts"
)

// AlertsConfig is how alerts are handled.
type AlertsConfig struct {
	Tiers         TiersConfig `yaml:"tiers"`
	SecondForTier bool        `yaml:"second_for_tier"` // changed settings of a tier need a second officer
	Override      duration    `yaml:"override"`        // how long a second officer has before the first may go on alone
	AskBefore     duration    `yaml:"ask_before"`      // how long before its end the desk is asked whether an alert is to go on
	Retain        duration    `yaml:"retain"`          // how long the record of a case is kept whole after its end
	WholeCircle   bool        `yaml:"whole_circle"`    // a circle that grew is told to everybody in it again
}

// TiersConfig is the settings of each tier.
type TiersConfig struct {
	Abduction  TierConfig `yaml:"abduction"`
	Endangered TierConfig `yaml:"endangered"`
	Runaway    TierConfig `yaml:"runaway"`
	Lost       TierConfig `yaml:"lost"`
}

// TierConfig is a guitu.TierRule.
type TierConfig struct {
	Reach      int      `yaml:"reach"` // kilometres
	ShowName   bool     `yaml:"show_name"`
	ShowPhoto  bool     `yaml:"show_photo"`
	Life       duration `yaml:"life"`
	SecondFrom int      `yaml:"second_from"` // kilometres, 0 for never
}

func (t TierConfig) rule() guitu.TierRule {
	return guitu.TierRule{
		Reach: t.Reach, ShowName: t.ShowName, ShowPhoto: t.ShowPhoto, Life: time.Duration(t.Life), SecondFrom: t.SecondFrom,
	}
}

// rules are the tiers' settings as the rest of the program knows them.
func (t TiersConfig) rules() map[guitu.Tier]guitu.TierRule {
	return map[guitu.Tier]guitu.TierRule{
		guitu.TierAbduction: t.Abduction.rule(), guitu.TierEndangered: t.Endangered.rule(), guitu.TierRunaway: t.Runaway.rule(),
		guitu.TierLost: t.Lost.rule(),
	}
}

// defaultAlerts are the settings of a bot that was not configured.
func defaultAlerts() AlertsConfig {
	tier := func(t guitu.Tier) TierConfig {
		r := alerts.DefaultTiers()[t]
		return TierConfig{Reach: r.Reach, ShowName: r.ShowName, ShowPhoto: r.ShowPhoto, Life: duration(r.Life), SecondFrom: r.SecondFrom}
	}
	return AlertsConfig{
		Tiers: TiersConfig{
			Abduction: tier(guitu.TierAbduction), Endangered: tier(guitu.TierEndangered), Runaway: tier(guitu.TierRunaway),
			Lost: tier(guitu.TierLost),
		},
		Override: duration(15 * time.Minute), AskBefore: duration(6 * time.Hour), Retain: duration(90 * 24 * time.Hour),
	}
}

// alerts checks how alerts are handled.
func (v *validator) alerts(c AlertsConfig) {
	for t, r := range c.Tiers.rules() {
		k := func(name string) key { return key{"alerts", "tiers", string(t), name} }
		if !slices.Contains(guitu.Rings[:], r.Reach) {
			v.bad(k("reach"), "want 100, 200, 300 or 500 kilometres, got %d", r.Reach)
		}
		if r.Life < time.Hour || r.Life > alerts.MaxLife {
			v.bad(k("life"), "want a duration from 1h to %s, got %s", duration(alerts.MaxLife), duration(r.Life))
		}
		if r.SecondFrom != 0 && !slices.Contains(guitu.Rings[1:], r.SecondFrom) {
			v.bad(k("second_from"), "want 200, 300 or 500 kilometres, or 0 for never: the first ring is the officer's own, got %d", r.SecondFrom)
		}
	}
	for _, d := range []struct {
		name   string
		is     duration
		lowest time.Duration
	}{{"override", c.Override, time.Minute}, {"ask_before", c.AskBefore, time.Minute}, {"retain", c.Retain, time.Hour}} {
		if time.Duration(d.is) < d.lowest {
			v.bad(key{"alerts", d.name}, "want a duration of at least %s, got %s", duration(d.lowest), d.is)
		}
	}
}

// alertOptions says how alerts are handled on channels.
func (c Config) alertOptions(channels []guitu.Publisher) alerts.Options {
	o := alerts.Options{
		Tiers: c.Alerts.Tiers.rules(), SecondForTier: c.Alerts.SecondForTier, Override: time.Duration(c.Alerts.Override),
		AskBefore: time.Duration(c.Alerts.AskBefore), Retain: time.Duration(c.Alerts.Retain), WholeCircle: c.Alerts.WholeCircle,
		Home: siteChannel, Sender: "guitu",
	}
	if u, err := url.Parse(c.PublicURL); err == nil && u.Hostname() != "" {
		o.Sender = "guitu@" + u.Hostname()
	}
	local := map[string]bool{}
	for _, p := range channels {
		_, local[p.Name()] = p.(guitu.Local)
		o.Channels = append(o.Channels, p.Name())
	}
	o.Local = func(channel string) bool { return local[channel] }
	return o
}
