package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"riverqueue.com/riverui"

	"guitu"
	"guitu/bot/console"
	"guitu/internal/gazetteer"
	"guitu/internal/practice"
	"guitu/internal/store"
	"guitu/jobs"
	"guitu/publishers/poster"
	"guitu/publishers/site"
	"guitu/verify/desks"
	"guitu/verify/rumors"
	"guitu/verify/trail"
)

// How long the parts may take to end. A delivery under way has its own deadline, which is shorter.
const (
	httpGrace = 5 * time.Second
	jobsGrace = 45 * time.Second
)

// jobsPath is where the console shows River's jobs.
const jobsPath = "/console/jobs"

// serveCmd runs the bot.
type serveCmd struct {
	configFlag
	Exercise bool   `help:"Practice day: invented posts, a database of its own, and no way out." xor:"kind"`
	DryRun   string `placeholder:"DIR" help:"Send nothing: write into this folder what each channel would get, beside a database of its own." xor:"kind"`
}

// Run runs the bot until ctx ends.
func (c *serveCmd) Run(ctx context.Context, w io.Writer) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	config, warnings, err := loadConfig(c.Config, c.Exercise)
	if err != nil {
		return err
	}
	for _, warning := range warnings {
		log.WarnContext(ctx, "configuration", "warning", warning.String())
	}
	if c.DryRun != "" {
		if config, err = config.dryRun(c.DryRun); err != nil {
			return err
		}
	}
	s, err := start(ctx, config, log)
	if err != nil {
		return err
	}
	if err := s.greet(ctx, w); err != nil {
		return errors.Join(err, s.close())
	}
	select {
	case <-ctx.Done():
		log.InfoContext(ctx, "stopping: running steps end first")
	case err = <-s.failed:
	}
	return errors.Join(err, s.close())
}

// server is the running bot.
type server struct {
	config Config
	log    *slog.Logger
	lock   *flock.Flock // on an SQLite file, else nil
	db     *store.DB
	desks  *desks.Desks
	jobs   *jobs.Jobs
	fonts  *poster.Fonts      // of posters, nil without one
	stop   context.CancelFunc // ends the receivers of updates
	wg     sync.WaitGroup     // the receivers
	https  []*http.Server
	failed chan error // a listener that broke
	addr   string     // where the site is served
}

// start opens the database, puts the parts together and begins to work.
func start(ctx context.Context, config Config, log *slog.Logger) (_ *server, err error) {
	s := &server{config: config, log: log, failed: make(chan error, 2)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	// These first, so that a second start says so before it touches anything.
	if s.lock, err = occupy(config.Database.Reveal()); err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", config.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	defer func() {
		if err != nil {
			l.Close()
		}
	}()
	s.addr = l.Addr().String()
	if err := sign(s.lock, s.addr); err != nil {
		return nil, err
	}

	status := guitu.Actual
	if config.Exercise {
		status = guitu.Exercise
	}
	if s.db, err = store.Open(ctx, config.Database.Reveal(), store.Options{Status: status, Log: log}); err != nil {
		return nil, err
	}
	p, err := s.assemble(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.setUp(ctx, p); err != nil {
		return nil, err
	}
	handler, err := s.handler(ctx, p)
	if err != nil {
		return nil, err
	}
	s.serve(l, handler)
	if err := p.jobs.Start(ctx); err != nil {
		return nil, err
	}
	s.jobs = p.jobs
	return s, s.receive(ctx, p)
}

// setUp tells the database what the configuration says.
func (s *server) setUp(ctx context.Context, p *parts) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.SetDesks(ctx, s.config.desks()); err != nil {
			return err
		}
		return tx.SetSources(ctx, p.setups)
	})
}

// handler is everything that the main listener serves.
func (s *server) handler(ctx context.Context, p *parts) (http.Handler, error) {
	ui, err := riverui.NewHandler(&riverui.HandlerOpts{
		Endpoints: riverui.NewEndpoints(p.jobs.Client(), nil), Prefix: jobsPath,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, fmt.Errorf("job page: %w", err)
	}
	if err := ui.Start(ctx); err != nil {
		return nil, fmt.Errorf("job page: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", p.site)
	if p.push != nil {
		p.push.Routes(mux, p.follow)
	}
	if p.partners != nil {
		mux.Handle("/partners/", p.partners)
	}
	p.statistics.routes(mux)
	o := console.Options{
		PublicURL: s.config.PublicURL, Exercise: s.config.Exercise, Location: s.config.location(), AreaName: gazetteer.Name,
		NoticeURL: p.site.Link, Jobs: ui, SessionStore: store.Sessions{DB: s.db}, Log: s.log,
		Alerts: s.caseWork(p), Places: divisions{},
		RequireFactor: s.config.SecondFactor == factorAll,
	}
	if p.telegram != nil {
		o.BotName = p.telegram.Name
	}
	mux.Handle("/console/", console.New(s.backend(p), o))
	mux.Handle("GET /console", http.RedirectHandler("/console/", http.StatusMovedPermanently))
	mux.HandleFunc("GET /healthz", healthz)
	mux.Handle("GET /readyz", readyz(func(ctx context.Context) error { return errors.Join(s.db.Ping(ctx), p.jobs.Ready()) }, s.log))
	mux.Handle("GET /metrics", p.metrics.handler())
	if s.config.Exercise {
		mux.Handle(practice.Root, practice.New(nil))
	}
	return mux, nil
}

// serve serves on a listener until the server is closed.
func (s *server) serve(l net.Listener, h http.Handler) {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	s.https = append(s.https, srv)
	s.wg.Go(func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve %s: %w", l.Addr(), err)
		}
	})
}

// greet prints where the bot is, and how the first administrator gets in.
func (s *server) greet(ctx context.Context, w io.Writer) error {
	code, err := s.desks.FirstCode(ctx)
	if err != nil {
		return err
	}
	text := "guitu is running"
	if s.config.Exercise {
		text += " a practice day (演练)"
	}
	if s.config.DryRun != "" {
		text += " and sends nothing: what it would publish is written into " + s.config.DryRun
	}
	text += "; Ctrl-C ends it.\n" +
		"  public site   " + s.config.PublicURL + "/\n" +
		"  console       " + s.config.PublicURL + "/console/\n"
	if s.config.Exercise {
		text += "  posts         " + s.config.PublicURL + practice.Root + "\n"
	}
	if code != "" {
		text += "\nFirst administrator: open this link once to sign in (valid for 24 hours):\n  " +
			signInLink(s.config.PublicURL, code) + "\n"
	}
	_, err = io.WriteString(w, text)
	return err
}

// signInLink is where a code opens the console.
func signInLink(publicURL, code string) string { return publicURL + "/console/enter?code=" + code }

// close ends everything in the order in which work flows: nothing comes in any more, running steps end, the database closes.
func (s *server) close() error {
	var errs []error
	if s.stop != nil {
		s.stop()
	}
	for _, srv := range s.https {
		ctx, cancel := context.WithTimeout(context.Background(), httpGrace)
		if err := srv.Shutdown(ctx); err != nil {
			errs = append(errs, srv.Close())
		}
		cancel()
	}
	s.wg.Wait()
	if s.jobs != nil {
		ctx, cancel := context.WithTimeout(context.Background(), jobsGrace)
		defer cancel()
		errs = append(errs, s.jobs.Stop(ctx))
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Unlock())
	}
	return errors.Join(errs...)
}

// backend is the console's and the conversation's view of the stories and the roster.
type backend struct {
	*stories
	*roster
	*archive
	zone *time.Location
}

type (
	stories = rumors.Rumors
	roster  = desks.Desks
	archive = trail.Trail
)

var _ console.Backend = backend{}

func (s *server) backend(p *parts) backend {
	return backend{p.rumors, p.desks, trail.New(s.db), s.config.location()}
}

// ExportYear writes a year of what officers did, or of who read what.
func (b backend) ExportYear(ctx context.Context, w io.Writer, what, format string, year int, by int64) error {
	return b.Export(ctx, w, trail.Request{What: what, Format: trail.Format(format), Year: year, Location: b.zone, By: by})
}

// Rumors lists stories.
func (b backend) Rumors(ctx context.Context, f console.RumorFilter) ([]guitu.Rumor, error) {
	return b.List(ctx, store.RumorFilter(f))
}

// Alike lists stories that may be the same as one.
func (b backend) Alike(ctx context.Context, rumorID int64, f console.RumorFilter) ([]guitu.Rumor, error) {
	return b.stories.Alike(ctx, rumorID, store.RumorFilter(f))
}

// loopback is the address at which this program reaches its own listener.
func loopback(addr string) (netip.AddrPort, error) {
	a, err := netip.ParseAddrPort(addr)
	if err != nil {
		return a, fmt.Errorf("listen address %s: %w", addr, err)
	}
	if a.Addr().IsUnspecified() {
		a = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), a.Port())
	}
	return a, nil
}

// signinCmd makes a sign-in link for somebody who lost the way in.
type signinCmd struct {
	configFlag
	Officer  string `required:"" placeholder:"NAME" help:"Name of the officer."`
	Exercise bool   `help:"In the practice day's database."`
}

// Run prints the link.
func (c *signinCmd) Run(ctx context.Context, w io.Writer) error {
	config, _, err := loadConfig(c.Config, c.Exercise)
	if err != nil {
		return err
	}
	status := guitu.Actual
	if c.Exercise {
		status = guitu.Exercise
	}
	db, err := store.Open(ctx, config.Database.Reveal(), store.Options{Status: status})
	if err != nil {
		return err
	}
	defer db.Close()
	d := desks.New(db, desks.Options{})
	all, err := d.Officers(ctx)
	if err != nil {
		return err
	}
	var found []guitu.Officer
	for _, o := range all {
		if o.Name == c.Officer {
			found = append(found, o)
		}
	}
	switch len(found) {
	case 0:
		return fmt.Errorf("no officer is called %q", c.Officer)
	case 1:
	default:
		return fmt.Errorf("%d officers are called %q: an administrator makes the link in the console", len(found), c.Officer)
	}
	code, err := d.SignInCode(ctx, found[0].ID)
	if err != nil {
		return errors.New(guitu.Message(err))
	}
	_, err = fmt.Fprintf(w, "Valid once, for ten minutes:\n  %s\n", signInLink(config.PublicURL, code))
	return err
}

var _ site.Reader = store.Public{}
