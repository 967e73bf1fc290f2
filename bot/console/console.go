package console

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"guitu"
	"guitu/bot"
)

// Options of a console; the zero value serves one over plain HTTP, with sessions that end with the process.
type Options struct {
	// PublicURL is where browsers reach the server ("https://guitu.example.org"). With https the session cookie is Secure.
	PublicURL string
	// Exercise marks every page as a practice.
	Exercise bool
	// Location is the time zone of the pages; bot.Beijing when nil.
	Location *time.Location
	// AreaName names a division; nil shows its code.
	AreaName func(guitu.Area) string
	// NoticeURL is where the public reads the notice with a code; nil shows the code alone.
	NoticeURL func(code string) string
	// BotName returns the user name of the officers' bot at Telegram, "" while it is not known; nil when there is no bot.
	BotName func(ctx context.Context) string
	// Alerts is the life of alerts; nil leaves them out.
	Alerts Alerts
	// Places names and finds divisions; required with Alerts.
	Places Places
	// Jobs is the job page, served to administrators under /console/jobs/ with its whole path; nil when there is none.
	Jobs http.Handler
	// RequireFactor lets nobody work without a second factor; otherwise only those who publish need one.
	RequireFactor bool
	// SessionStore keeps sessions; tokens reach it hashed. In memory when nil.
	SessionStore scs.Store
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Log takes one line for each change; it discards when nil.
	Log *slog.Logger
}

// maxForm is the largest form that the console reads, in bytes: the longest basis in four-byte characters, URL-encoded, is 6 kB.
const maxForm = 64 << 10

// console serves the pages.
type console struct {
	backend  Backend
	opts     Options
	sessions *scs.SessionManager
	guesses  guesses
	pages    pages
}

// New returns the console. Its routes carry their whole path, so mount it at /console/ without stripping a prefix. It panics
// when its own templates cannot be parsed.
func New(backend Backend, opts Options) http.Handler { return newConsole(backend, opts) }

// newConsole is New with more routes.
func newConsole(backend Backend, opts Options, more ...route) http.Handler {
	if opts.Location == nil {
		opts.Location = bot.Beijing
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	c := &console{backend: backend, opts: opts, pages: parsePages(opts)}
	c.sessions = newSessions(opts)
	c.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		c.fail(w, r, guitu.Officer{}, err)
	}

	inside := http.NewServeMux()
	routes := c.routes()
	if opts.Alerts != nil {
		routes = append(routes, c.alertRoutes()...)
	}
	for _, rt := range append(routes, more...) {
		inside.Handle(rt.pattern, c.guard(rt))
	}

	outside := http.NewServeMux()
	outside.HandleFunc("GET /console/style.css", serveAsset("style.css", "text/css; charset=utf-8"))
	outside.HandleFunc("GET /console/alert.js", serveAsset("alert.js", "text/javascript; charset=utf-8"))
	outside.HandleFunc("GET /console/icon.svg", serveAsset("icon.svg", "image/svg+xml"))
	outside.Handle("/", c.sameOrigin(c.sessions.LoadAndSave(inside)))
	if opts.Jobs != nil {
		outside.Handle(jobsPath, c.sameOrigin(c.sessions.LoadAndSave(c.guardJobs(opts.Jobs))))
	}
	return secured(outside)
}

// access is who may call a route.
type access int

const (
	anyone     access = iota
	half              // whoever has signed in and may still have to show the second factor
	staff             // whoever has signed in
	officers          // those who work on stories and alerts: all but auditors
	auditors          // who read the trail and nothing else
	publishers        // officers whose certificate holds and who have shown a second factor: they issue, change and end alerts
	admins
)

// handler answers a request of an officer; me is zero for a stranger. What it returns as error becomes a page.
type handler func(w http.ResponseWriter, r *http.Request, me guitu.Officer) error

type route struct {
	pattern string
	access  access
	serve   handler
}

// uploads reports whether a route's form may bring files: that of an alert's facts.
func (rt route) uploads() bool {
	return rt.pattern == "POST /console/alerts/{id}/edit" || rt.pattern == "POST /console/alerts/{id}/amend"
}

// routes is every page and form of the console but the job page and those of alerts.
func (c *console) routes() []route {
	return []route{
		{"GET /console/enter", anyone, c.enterPage},
		{"POST /console/enter", anyone, c.enter},
		{"POST /console/leave", anyone, c.leave},

		{"GET /console/factor", half, c.factorPage},
		{"POST /console/factor", half, c.passFactor},
		{"POST /console/factor/begin", half, c.beginFactor},
		{"POST /console/factor/confirm", half, c.confirmFactor},
		{"POST /console/factor/codes", staff, c.renewRecovery},
		{"POST /console/factor/drop", staff, c.dropFactor},

		{"GET /console/{$}", staff, c.front},
		{"GET /console/stories", officers, c.stories},
		{"GET /console/stories/{id}", officers, c.story},
		{"POST /console/stories/{id}/reason", officers, c.giveStoryReason},
		{"POST /console/stories/{id}/verdict", officers, c.decide},
		{"POST /console/stories/{id}/handover", officers, c.handOver},
		{"POST /console/stories/{id}/merge", officers, c.merge},
		{"POST /console/stories/{id}/split", officers, c.split},
		{"GET /console/registry", officers, c.registry},
		{"POST /console/registry/{id}/drop", admins, c.dropAsset},
		{"POST /console/duty", officers, c.ownDuty},
		{"GET /console/telegram", staff, c.telegram},
		{"POST /console/telegram/code", staff, c.tieCode},
		{"POST /console/telegram/untie", staff, c.untie},

		{"GET /console/deliveries", admins, c.deliveries},
		{"GET /console/deliveries/{id}", admins, c.delivery},
		{"POST /console/deliveries/{id}/resend", admins, c.resend},
		{"POST /console/deliveries/{id}/sent", admins, c.markSent},
		{"POST /console/deliveries/{id}/handled", admins, c.markHandled},
		{"GET /console/sources", admins, c.sources},
		{"POST /console/sources/resume", admins, c.resumeSource},
		{"POST /console/channels/resume", admins, c.resumeChannel},
		{"GET /console/quarantine", admins, c.quarantine},
		{"GET /console/officers", admins, c.officers},
		{"POST /console/officers/invite", admins, c.invite},
		{"GET /console/officers/{id}", admins, c.officerPage},
		{"POST /console/officers/{id}/role", admins, c.setRole},
		{"POST /console/officers/{id}/certificate", admins, c.certify},
		{"POST /console/officers/{id}/factor", admins, c.resetFactor},
		{"POST /console/officers/{id}/duty", admins, c.duty},
		{"POST /console/officers/{id}/disabled", admins, c.disable},
		{"POST /console/officers/{id}/link", admins, c.signInLink},

		{"GET /console/roster", officers, c.roster},
		{"POST /console/roster/shifts", officers, c.addShifts},
		{"POST /console/roster/shifts/{id}/drop", officers, c.dropShift},
		{"POST /console/roster/copy", officers, c.copyWeek},
		{"GET /console/audit", auditors, c.audit},
		{"GET /console/views", auditors, c.views},
		{"POST /console/audit/export", auditors, c.export},

		{"GET /console/", anyone, c.nowhere},
	}
}

// alertRoutes is every page and form of alerts. Who may do what with which alert is the backend's to say.
func (c *console) alertRoutes() []route {
	return []route{
		{"GET /console/alerts", officers, c.alerts},
		{"POST /console/alerts", officers, c.beginAlert},
		{"POST /console/stories/{id}/alert", officers, c.beginAlert},
		{"GET /console/alerts/{id}", officers, c.alertCase},
		{"POST /console/alerts/{id}/reason", officers, c.giveReason},
		{"GET /console/alerts/{id}/edit", officers, c.editPage},
		{"POST /console/alerts/{id}/edit", officers, c.saveDraft},
		{"POST /console/alerts/{id}/drop", officers, c.dropAlert},
		{"POST /console/alerts/{id}/handover", officers, c.handOverAlert},
		{"GET /console/alerts/{id}/check", officers, c.checkPage},
		{"GET /console/alerts/{id}/poster", officers, c.alertPoster},
		{"GET /console/alerts/{id}/photos/{photo}", officers, c.alertPhoto},
		{"POST /console/alerts/{id}/issue", publishers, c.issue},
		{"GET /console/alerts/{id}/channels", officers, c.channels},
		{"POST /console/alerts/{id}/channels/{delivery}", officers, c.settleAlert},
		{"GET /console/alerts/{id}/amend", publishers, c.amendPage},
		{"POST /console/alerts/{id}/amend", publishers, c.amend},
		{"POST /console/alerts/{id}/extend", publishers, c.extendAlert},
		{"POST /console/alerts/{id}/cancel", publishers, c.cancelAlert},
		{"POST /console/alerts/{id}/close", publishers, c.closeAlert},
		{"POST /console/alerts/{id}/tips/{tip}", officers, c.answerTip},
		{"GET /console/alerts/{id}/tips/{tip}/photo", officers, c.tipPhoto},
		{"POST /console/alerts/{id}/family", officers, c.familyRequest},
		{"POST /console/alerts/{id}/approvals", officers, c.askApproval},
		{"POST /console/alerts/{id}/approvals/{approval}", publishers, c.decideApproval},
	}
}

// nowhere answers for every address that is no page.
func (c *console) nowhere(http.ResponseWriter, *http.Request, guitu.Officer) error {
	return guitu.Errorf(guitu.NotFound, "没有这个页面。")
}

// link makes an absolute address of a console path. Without a public address it is the one that r came by.
func (c *console) link(r *http.Request, path string, query url.Values) string {
	base := strings.TrimSuffix(c.opts.PublicURL, "/")
	if base == "" {
		base = "http://" + r.Host
	}
	return base + path + "?" + query.Encode()
}
