package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
	"guitu/publishers/partner"
)

// partners is where partners report and look; nil when there are none, and in a dry run, which calls nobody.
func (s *server) partners(channels []guitu.Publisher) *partner.Desk {
	var all []*partner.Publisher
	for _, c := range channels {
		if p, ok := c.(*partner.Publisher); ok && s.config.DryRun == "" {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return partner.NewDesk(all, partnerBook{s.db, s.log}, partner.DeskOptions{Location: s.config.location(), Now: s.db.Now, Log: s.log})
}

// partnerBook keeps in the database what partners say.
type partnerBook struct {
	db  *store.DB
	log *slog.Logger
}

var _ partner.Book = partnerBook{}

// maxShown is how many deliveries a partner's page lists.
const maxShown = 1000

// Raise records how many a partner told.
func (b partnerBook) Raise(ctx context.Context, channel, key string, r partner.Reach) error {
	id, ok := jobs.DeliveryOf(key)
	if !ok {
		return guitu.Errorf(guitu.NotFound, "没有这次投递")
	}
	return b.db.Update(ctx, func(tx *store.Tx) error {
		return tx.RaiseReach(ctx, channel, id, guitu.Reached{Devices: r.Devices, Views: r.Views})
	})
}

// heard records what a partner answered to a notice. The notice has arrived, whatever becomes of the record.
func (b partnerBook) heard(ctx context.Context, channel, key string, r partner.Reach) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := b.Raise(ctx, channel, key, r); err != nil {
		b.log.ErrorContext(ctx, "reach of a partner", "channel", channel, "key", key, "error", err)
	}
}

// Deliveries lists what went to a partner.
func (b partnerBook) Deliveries(ctx context.Context, channel string, since time.Time) (all []guitu.Delivery, err error) {
	err = b.db.View(ctx, func(tx *store.Tx) error {
		all, err = tx.ChannelDeliveries(ctx, channel, since, maxShown)
		return err
	})
	return all, err
}

// State says how a partner is doing.
func (b partnerBook) State(ctx context.Context, channel string) (s guitu.ChannelState, err error) {
	err = b.db.View(ctx, func(tx *store.Tx) error {
		s, err = tx.Channel(ctx, channel)
		return err
	})
	return s, err
}

// maxLink is how long a link to a partner's page may be valid.
const maxLink = 90 * 24 * time.Hour

// partnerLinkCmd makes a link to a partner's page.
type partnerLinkCmd struct {
	configFlag
	Name  string        `arg:"" help:"The partner's name in the configuration, as \"news\"."`
	Valid time.Duration `help:"How long the link opens the page." default:"168h"`
}

// Run prints the link.
func (c *partnerLinkCmd) Run(w io.Writer) error {
	if c.Valid <= 0 || c.Valid > maxLink {
		return fmt.Errorf("want --valid of at most %s, got %s", maxLink, c.Valid)
	}
	config, _, err := loadConfig(c.Config, false)
	if err != nil {
		return err
	}
	for _, p := range config.Publishers {
		setup, ok := p.Setup.(*partnerChannel)
		if !ok || p.Name != c.Name && p.channel() != c.Name {
			continue
		}
		pub, err := partner.New(setup.URL, setup.secret.Reveal(), partner.Options{Name: p.channel()})
		if err != nil {
			return err
		}
		until := time.Now().Add(c.Valid)
		_, err = fmt.Fprintf(w, "Whoever has this link can read what went to %s, until %s:\n  %s\n",
			p.channel(), until.In(config.location()).Format(time.DateTime), config.PublicURL+pub.Link(until))
		return err
	}
	return fmt.Errorf("no partner is called %q", c.Name)
}
