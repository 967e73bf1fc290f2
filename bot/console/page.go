package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"guitu"
	"guitu/bot"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed assets/*
var assetFiles embed.FS

// page is what every template gets; the fields up to Auto are filled in by render.
type page struct {
	Exercise bool
	Jobs     bool
	Bot      bool // there is a bot at Telegram
	Alerts   bool // the house issues alerts
	Flash    string
	Path     string

	Me    guitu.Officer
	Title string
	Auto  int // seconds after which the page loads itself again, 0 never
	// AutoURL is where it does, the waiting list when "".
	AutoURL string
	Script  bool // the page does more where scripts run; it works without
	Body    any
}

// Admin reports whether the reader is an administrator.
func (p page) Admin() bool { return p.Me.Role == guitu.RoleAdmin }

// Auditor reports whether the reader is an auditor.
func (p page) Auditor() bool { return p.Me.Role == guitu.RoleAuditor }

// At reports whether the page belongs to the menu entry for prefix.
func (p page) At(prefix string) bool {
	return p.Path == prefix || prefix != "/console/" && strings.HasPrefix(p.Path, prefix)
}

type pages map[string]*template.Template

func parsePages(opts Options) pages {
	ps := pages{}
	layout := template.Must(template.New("layout.html").Funcs(funcs(opts)).ParseFS(templateFiles, "templates/layout.html", "templates/part_*.html"))
	for _, name := range []string{
		"enter", "error", "waiting", "stories", "story", "registry", "deliveries", "delivery", "sources", "quarantine", "officers", "officer", "factor", "code", "audit", "views", "roster",
		"telegram", "alerts", "alert_edit", "alert_check", "alert_channels", "alert_case", "why",
	} {
		ps[name] = template.Must(template.Must(layout.Clone()).ParseFS(templateFiles, "templates/"+name+".html"))
	}
	return ps
}

// render writes a page. A template that fails is an error before anything is sent.
func (c *console) render(w http.ResponseWriter, r *http.Request, status int, name string, p page) error {
	p.Exercise, p.Jobs, p.Bot, p.Path = c.opts.Exercise, c.opts.Jobs != nil, c.opts.BotName != nil, r.URL.Path
	p.Alerts = c.opts.Alerts != nil
	if p.AutoURL == "" {
		p.AutoURL = "/console/?auto=1"
	}
	if p.Script {
		w.Header().Set("Content-Security-Policy", scriptPolicy)
		w.Header().Set("Permissions-Policy", "camera=(), geolocation=(self), microphone=()")
	}
	p.Flash = c.sessions.PopString(r.Context(), keyFlash)
	var b bytes.Buffer
	if err := c.pages[name].Execute(&b, p); err != nil {
		c.opts.Log.ErrorContext(r.Context(), "render page", "page", name, "error", err)
		http.Error(w, guitu.Message(err), http.StatusInternalServerError)
		return nil
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes()) //nolint:errcheck // the browser has gone
	return nil
}

// done answers a form that was carried out: the next page says what was done.
func (c *console) done(w http.ResponseWriter, r *http.Request, to, flash string) error {
	c.sessions.Put(r.Context(), keyFlash, flash)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// funcs is what templates can call.
func funcs(opts Options) template.FuncMap {
	return template.FuncMap{
		"style":  func() string { return "/console/style.css?v=" + assetVersion("style.css") },
		"script": func() string { return "/console/alert.js?v=" + assetVersion("alert.js") },
		"when": func(t time.Time) template.HTML {
			return timeTag(t, opts.Location, "2006-01-02 15:04")
		},
		"short": func(t time.Time) template.HTML {
			return timeTag(t, opts.Location, "01-02 15:04")
		},
		"since": func(t time.Time) string { return span(opts.Now().Sub(t)) },
		"until": func(t time.Time) string { return span(t.Sub(opts.Now())) },
		"past":  func(t time.Time) bool { return !t.IsZero() && opts.Now().After(t) },
		"area": func(a guitu.Area) string {
			if a == "" {
				return "全国"
			}
			if opts.AreaName != nil {
				if name := opts.AreaName(a); name != "" {
					return name
				}
			}
			return string(a)
		},
		"noticeURL": func(code string) string {
			if opts.NoticeURL == nil || code == "" {
				return ""
			}
			return opts.NoticeURL(code)
		},
		"web":        web,
		"evidence":   func(t guitu.Topic) string { return bot.EvidenceLabel(t).Zh },
		"state":      func(s guitu.RumorState) string { return bot.StateLabel(s).Zh },
		"delivery":   func(s guitu.DeliveryState) string { return bot.DeliveryLabel(s).Zh },
		"reach":      reachWords,
		"notice":     func(k guitu.NoticeKind) string { return bot.NoticeLabel(k).Zh },
		"event":      func(k guitu.EventKind) string { return bot.EventLabel(k).Zh },
		"role":       guitu.Role.Words,
		"roleHint":   func(r guitu.Role) string { return roleHints[r] },
		"lastDay":    func(t time.Time) string { return lastDay(t, opts.Location).Format(time.DateOnly) },
		"hour":       func(t time.Time) string { return t.In(opts.Location).Format("1月2日 15:04") },
		"clockTime":  func(t time.Time) string { return t.In(opts.Location).Format("15:04") },
		"day":        func(t time.Time) string { return t.In(opts.Location).Format(time.DateOnly) },
		"soon":       func(t time.Time) bool { return t.Sub(opts.Now()) < warnDays*24*time.Hour },
		"expired":    func(o guitu.Officer) bool { return o.Expired(opts.Now()) },
		"expires":    func(o guitu.Officer) string { return certificate(o, opts.Now(), opts.Location) },
		"alertState": alertState, "tier": tierName, "childLine": childLine, "outcome": outcomeName, "life": lifeName,
		"custody": custodyName, "byHand": byHand, "hours": func(d time.Duration) int { return int(d / time.Hour) },
		"clock": func(t time.Time) string { return t.In(opts.Location).Format("15:04:05") },
		"today": func() string { return opts.Now().In(opts.Location).Format(time.DateOnly) },
		"mask":  guitu.Mask, "maskName": guitu.MaskName, "join": strings.Join,
		"maxNote": func() int { return guitu.MaxNote }, "maxBasis": func() int { return guitu.MaxBasis },
		"title": func(rm guitu.Rumor) string {
			return bot.NewCard(guitu.Question{Rumor: rm}, bot.CardOptions{Mask: true}).Title
		},
		"place": func(rm guitu.Rumor) string {
			if rm.Claim.Place == "" {
				return "地点不明"
			}
			return guitu.Mask(rm.Claim.Place, rm.Claim.Names()...)
		},
		"runes": func(b []byte) string { return strings.ToValidUTF8(string(b), "�") },
		"inc":   func(i int) int { return i + 1 },
	}
}

// roleHints say what a role may do, to whoever chooses one.
var roleHints = map[guitu.Role]string{
	guitu.RoleOfficer: "对本值班台辖区的传言作结论，发布警报",
	guitu.RoleLead:    "另可同意辖区内扩大范围等申请，安排本值班台的班次",
	guitu.RoleAdmin:   "另可邀请民警，查看全部值班台、投递、信源和任务",
	guitu.RoleAuditor: "只能查看和导出审计记录、查阅记录",
}

func timeTag(t time.Time, zone *time.Location, layout string) template.HTML {
	if t.IsZero() {
		return "—"
	}
	// Both parts come from Format with constant layouts, so there is nothing to escape.
	return template.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `">` + t.In(zone).Format(layout) + `</time>`)
}

// span says a duration in the largest unit that fits.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "不到 1 分钟"
	case d < time.Hour:
		return fmt.Sprintf("%d 分钟", int(d/time.Minute))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d 小时", int(d/time.Hour))
	}
	return fmt.Sprintf("%d 天", int(d/(24*time.Hour)))
}

// web returns s when a browser may open it: addresses come from strangers' posts.
func web(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return s
}

func mustAsset(name string) []byte {
	b, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic("console: " + err.Error())
	}
	return b
}

func assetVersion(name string) string {
	sum := sha256.Sum256(mustAsset(name))
	return hex.EncodeToString(sum[:6])
}

// serveAsset serves a file that says nothing about anybody, so that it may be kept by the browser.
func serveAsset(name, contentType string) http.HandlerFunc {
	b := mustAsset(name)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "public, max-age=86400")
		w.Write(b) //nolint:errcheck // the browser has gone
	}
}
