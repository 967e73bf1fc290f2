package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/robfig/cron/v3"

	"guitu"
	"guitu/bot"
	chat "guitu/bot/telegram"
	"guitu/internal/gazetteer"
	"guitu/internal/practice"
	"guitu/internal/store"
	api "guitu/internal/telegram"
	"guitu/jobs"
	"guitu/publishers/followers"
	"guitu/publishers/partner"
	"guitu/publishers/site"
	channel "guitu/publishers/telegram"
	"guitu/verify/alerts"
	"guitu/verify/bulletins"
	"guitu/verify/desks"
	"guitu/verify/follow"
	"guitu/verify/photo"
	"guitu/verify/picture"
	"guitu/verify/rumors"
	"guitu/verify/source"
	"guitu/verify/source/feed"
	"guitu/verify/source/file"
	"guitu/verify/source/weibo"
	"guitu/verify/source/weibohtml"
	"guitu/verify/tips"
)

// parts are what the program is put together from.
type parts struct {
	statistics *statistics
	rumors     *rumors.Rumors
	alerts     *alerts.Alerts
	tips       *tips.Tips
	channels   []guitu.Publisher
	desks      *desks.Desks
	jobs       *jobs.Jobs
	site       *site.Site
	telegram   *chat.Bot // nil without an account
	metrics    *metrics
	push       *followers.Push // nil without a key
	follow     *follow.Follow  // nil without a key and an account
	partners   *partner.Desk   // nil without a partner
	setups     []store.SourceSetup
}

// siteChannel is the site's name as a channel.
const siteChannel = "site"

// assemble makes the parts. It calls nobody.
func (s *server) assemble(ctx context.Context) (*parts, error) {
	roster, err := s.openDesks(ctx)
	if err != nil {
		return nil, err
	}
	p := &parts{desks: roster, metrics: newMetrics(s.db, thisBuild(), s.log)}
	s.desks = p.desks
	painter := s.painter(func(code string) string { return p.site.Link(code) })
	if p.tips, err = tips.New(s.db, tips.Options{Clean: photo.Clean}); err != nil {
		return nil, err
	}
	p.statistics = newStatistics(s.db, s.config.location())
	so := site.Options{
		Tips: p.tips, Statistics: p.statistics,
		Follow:    !s.config.Followers.Key.IsZero(),
		TipChat:   func(code string) string { return tipChat(p.telegram, code) },
		PublicURL: s.config.PublicURL, Exercise: s.config.Exercise, Location: s.config.location(), Log: s.log, Now: s.db.Now,
		Signer: s.config.CAP.signer, Hub: s.config.Site.Hub,
	}
	if painter != nil {
		so.Pictures = painter.Pictures
	}
	p.site, err = site.New(store.Public{DB: s.db, Channel: siteChannel}, so)
	if err != nil {
		return nil, err
	}
	guard, err := s.guard()
	if err != nil {
		return nil, err
	}
	o := jobs.Options{
		Publishers: []guitu.Publisher{p.site}, Home: siteChannel, Link: p.site.Link, Observe: p.metrics.StepDone, Log: s.log,
		Quota: s.config.Quota,
	}
	var account *api.Client
	if s.config.Telegram.Enabled() {
		if account, err = s.account(s.sealed(guard)); err != nil {
			return nil, err
		}
		if s.config.Telegram.Channel != "" {
			posts, err := channel.New(account, s.config.Telegram.Channel, channel.Options{})
			if err != nil {
				return nil, fmt.Errorf("telegram.channel: %w", err)
			}
			o.Publishers = append(o.Publishers, posts)
		}
	}
	s.config.Publishers = slices.DeleteFunc(slices.Clone(s.config.Publishers), func(c PublisherConfig) bool { return c.Test })
	more, err := s.publishers(account, p.site.CAP)
	if err != nil {
		return nil, err
	}
	o.Publishers = append(o.Publishers, more...)
	if s.config.Site.Hub != "" {
		o.Publishers = append(o.Publishers, site.NewHub(p.site, &http.Client{Transport: guard.Transport(), Timeout: 20 * time.Second}))
	}
	if err := s.followers(guard, account, p, &o); err != nil {
		return nil, err
	}
	p.partners = s.partners(o.Publishers)
	if s.config.DryRun != "" {
		if o.Publishers, err = s.dry(o.Publishers); err != nil {
			return nil, err
		}
	}
	client := s.client(guard)
	if o.Sources, p.setups, err = s.sources(client); err != nil {
		return nil, err
	}
	o.Picture = pictures(client)
	if painter != nil {
		o.Pictures = painter.Pictures
	}
	announcements, err := cron.ParseStandard(s.config.Schedule.Notices)
	if err != nil {
		return nil, fmt.Errorf("schedule.notices: %w", err)
	}
	ro := rumors.Options{
		EscalateAfter: s.config.deadlines(), UrgentReach: s.config.Schedule.UrgentReach, Log: s.log,
		NextAnnouncement: func(t time.Time) time.Time { return announcements.Next(t.In(s.config.location())).UTC() },
	}
	ro.Channels = forAll(o.Publishers)
	p.rumors = rumors.New(s.db, ro)
	p.channels = alertChannels(o.Publishers)
	p.alerts = alerts.New(s.db, s.config.alertOptions(p.channels))
	o.Alerts = p.alerts
	if o.Bulletins, err = bulletins.New(s.db, bulletins.Options{
		Schedules: s.config.Schedule.Bulletins.kinds(), Location: s.config.location(), Channels: forAll(p.channels), Log: s.log,
	}); err != nil {
		return nil, err
	}
	if account != nil && s.config.DryRun == "" {
		p.telegram = s.bot(account, p)
		o.Chat, o.Handle = p.telegram, p.telegram.Handle
	}
	p.jobs, err = jobs.New(s.db, p.rumors, o)
	return p, err
}

// names are the names of channels.
func names(channels []guitu.Publisher) (all []string) {
	for _, c := range channels {
		all = append(all, c.Name())
	}
	return all
}

// guard decides what the program may dial. In an exercise that is its own listener and nothing else.
func (s *server) guard() (source.Guard, error) {
	if s.config.Exercise {
		own, err := loopback(s.addr)
		if err != nil {
			return source.Guard{}, err
		}
		return source.Only(own), nil
	}
	allow := s.config.Network.AllowPrivate
	// The operator's own Bot API server needs no second permission; a page that we crawl can't choose it.
	if at := hostPort(s.config.Telegram.APIURL); at != "" && s.config.Telegram.APIURL != telegramCloud {
		allow = append(allow[:len(allow):len(allow)], at)
	}
	return source.NewGuard(allow)
}

// account is the bot's account at Telegram.
func (s *server) account(guard source.Guard) (*api.Client, error) {
	return api.New(s.config.Telegram.Token.Reveal(), api.Options{
		APIURL: s.config.Telegram.APIURL, Transport: guard.Transport(),
	})
}

// bot is the officers' bot at Telegram.
func (s *server) bot(account *api.Client, p *parts) *chat.Bot {
	talk := bot.NewConversation(s.backend(p), bot.Options{
		Site:   s.config.PublicURL + "/",
		SignIn: func(code string) string { return signInLink(s.config.PublicURL, code) },
		Alert:  s.chatAlerts(p, account),
		Public: s.public(p, account),
	})
	return chat.New(account, talk, inbox{s.db}, chat.Options{
		ShowPersonalData: s.config.Telegram.ShowPersonalData, AreaName: gazetteer.Name, Location: s.config.location(), Log: s.log,
		SourcesLink: s.config.PublicURL + "/console/sources", ChannelsLink: s.config.PublicURL + "/console/deliveries",
		StoryLink: func(rumorID int64) string {
			return s.config.PublicURL + "/console/stories/" + strconv.FormatInt(rumorID, 10)
		},
		AlertLink: func(alertID int64) string {
			return s.config.PublicURL + "/console/alerts/" + strconv.FormatInt(alertID, 10)
		},
	})
}

// inbox keeps updates in the database.
type inbox struct{ db *store.DB }

// Put keeps an update and the step that handles it.
func (i inbox) Put(ctx context.Context, app string, updateID int64, body []byte) error {
	return i.db.Update(ctx, func(tx *store.Tx) error { return tx.PutUpdate(ctx, app, updateID, body) })
}

// client is what fetches pages and pictures.
func (s *server) client(guard source.Guard) *source.Client {
	o := source.Options{Contact: s.config.Contact, Guard: guard}
	if s.config.Exercise {
		o.Pace = 100 * time.Millisecond // the host is ourselves
	}
	return source.NewClient(o)
}

// pictures fetches pictures as politely as pages, and hashes them.
func pictures(client *source.Client) func(ctx context.Context, address string) (string, error) {
	return func(ctx context.Context, address string) (string, error) {
		r, err := client.Get(ctx, source.Request{URL: address, Accept: "image/*"})
		if errors.Is(err, source.ErrRefused) {
			return "", fmt.Errorf("%w: %w", guitu.ErrRejected, err)
		}
		if err != nil {
			return "", err
		}
		hash, err := picture.Hash(r.Body)
		if err != nil {
			return "", fmt.Errorf("%w: %w", guitu.ErrRejected, err)
		}
		return hash, nil
	}
}

// sources makes the configured sources; in an exercise those of the practice day.
func (s *server) sources(client *source.Client) ([]jobs.Source, []store.SourceSetup, error) {
	configs := s.config.Sources
	if s.config.Exercise {
		own, err := loopback(s.addr)
		if err != nil {
			return nil, nil, err
		}
		configs = practiceSources("http://" + own.String())
	}
	var all []jobs.Source
	var setups []store.SourceSetup
	for _, c := range configs {
		src, err := newSource(c, client)
		if err != nil {
			return nil, nil, fmt.Errorf("source %s: %w", c.Name, err)
		}
		all = append(all, jobs.Source{Source: src, Every: time.Duration(c.Every)})
		setups = append(setups, store.SourceSetup{Name: c.Name, Kind: c.Kind})
	}
	return all, setups, nil
}

// practiceSources are the sources of a practice day, at the program's own address.
func practiceSources(base string) []SourceConfig {
	every := duration(3 * time.Second)
	words := []string{practice.Keyword}
	return []SourceConfig{
		{Kind: kindWeibo, Name: "practice-weibo", URL: base + practice.Mobile, Keywords: words, Every: every},
		{Kind: kindWeiboHTML, Name: "practice-weibo-html", URL: base + practice.Search, Keywords: words, Every: every},
		{Kind: kindFeed, Name: "practice-feed", URL: base + practice.Feed, Every: every},
	}
}

func newSource(c SourceConfig, client *source.Client) (guitu.Source, error) {
	switch c.Kind {
	case kindWeibo:
		return weibo.New(c.Name, client, c.Keywords, weibo.Options{URL: c.URL, Cookie: c.Cookie.Reveal()})
	case kindWeiboHTML:
		return weibohtml.New(c.Name, client, c.Keywords, weibohtml.Options{URL: c.URL, Cookie: c.Cookie.Reveal()})
	case kindFeed:
		return feed.New(c.Name, client, c.URL, feed.Options{})
	case kindFile:
		return file.New(c.Name, c.Path, file.Options{})
	}
	return nil, fmt.Errorf("unknown kind %q", c.Kind)
}

// receive begins to take updates of Telegram: by a webhook when one is configured, else by polling in one process at a time.
func (s *server) receive(ctx context.Context, p *parts) error {
	if p.telegram == nil {
		return nil
	}
	ctx, s.stop = context.WithCancel(ctx)
	s.wg.Go(func() { p.telegram.Name(ctx) }) // for the pages that show it
	hook := s.config.Telegram.Webhook
	if hook.Listen == "" {
		s.wg.Go(func() {
			p.jobs.Listen(ctx, jobs.Listener{Name: "telegram-poll", Run: p.telegram.Poll, Silence: chat.Silence})
		})
		return nil
	}
	handler, err := p.telegram.Webhook(hook.Secret.Reveal())
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", hook.Listen)
	if err != nil {
		return fmt.Errorf("telegram.webhook.listen: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle(webhookPath, handler)
	s.serve(l, mux)
	s.wg.Go(func() {
		err := p.telegram.SetWebhook(ctx, s.config.PublicURL+webhookPath, hook.Secret.Reveal())
		if err != nil && !errors.Is(err, context.Canceled) {
			s.log.ErrorContext(ctx, "telegram does not know the webhook", "error", err)
		}
	})
	return nil
}

// webhookPath is where the webhook's listener takes updates. A reverse proxy passes public_url + this path on to it.
const webhookPath = "/telegram/webhook"
