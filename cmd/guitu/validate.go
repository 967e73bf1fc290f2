package main

import (
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/robfig/cron/v3"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/publishers/poster"
)

// validator collects everything that is wrong with a configuration, so that an operator mends it in one go.
type validator struct {
	doc      document
	problems problems
	warnings []warning
}

// key is a path to a key: names, and indexes of lists.
type key []any

func (v *validator) bad(k key, format string, args ...any) {
	v.problems = append(v.problems, v.doc.problem(k, format, args...))
}

func (v *validator) warn(k key, format string, args ...any) {
	v.warnings = append(v.warnings, v.doc.problem(k, format, args...))
}

// check looks at everything that needs no file but the configuration.
func (v *validator) check(c Config) {
	v.site(c)
	v.database(c)
	v.telegram(c.Telegram, c.Listen)
	v.publishers(c)
	v.desks(c)
	for _, l := range []struct {
		name  string
		after duration
	}{{"county", c.EscalateAfter.County}, {"city", c.EscalateAfter.City}, {"province", c.EscalateAfter.Province}} {
		if l.after <= 0 {
			v.bad(key{"escalate_after", l.name}, "want a duration above zero, got %s", l.after)
		}
	}
	v.alerts(c.Alerts)
	v.sources(c)
	v.schedule(c.Schedule)
	v.fonts(c.FontFiles)
	v.hub(c.Site)
	if c.Quota < 0 || c.Quota > 100_000 {
		v.bad(key{"quota"}, "want 0 (any number) to 100000, got %d", c.Quota)
	}
	if c.SecondFactor != factorPublish && c.SecondFactor != factorAll {
		v.bad(key{"second_factor"}, "want %s (to issue, change and end alerts) or %s (to work in the console at all), got %q",
			factorPublish, factorAll, c.SecondFactor)
	}
	for i, allowed := range c.Network.AllowPrivate {
		if !isNetwork(allowed) {
			v.bad(key{"network", "allow_private", i}, "want a network (10.0.0.0/8), an IP address or host:port, got %q", allowed)
		}
	}
}

// site checks where the site listens and how it is reached.
func (v *validator) site(c Config) {
	listenOK := v.address(key{"listen"}, c.Listen)
	if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "" || c.Timezone == "Local" {
		v.bad(key{"timezone"}, "want an IANA time zone such as Asia/Shanghai, got %q", c.Timezone)
	}
	if strings.IndexFunc(c.Contact, unicode.IsControl) >= 0 || utf8.RuneCountInString(c.Contact) > 200 {
		v.bad(key{"contact"}, "want one line of at most 200 characters: an address or a page")
	}
	if !listenOK && !v.doc.has("public_url") {
		return // it is made of listen
	}
	u := v.url(key{"public_url"}, c.PublicURL)
	if u == nil {
		return
	}
	if u.Path != "" && u.Path != "/" || strings.HasSuffix(c.PublicURL, "/") {
		v.bad(key{"public_url"}, "want scheme and host only, without a path or a slash at the end, got %q", u.Redacted())
	}
	if !listenOK || isLoopback(c.Listen) {
		return
	}
	if !v.doc.has("public_url") {
		v.warn(key{"public_url"}, "is not set; links in notices will lead to %s", c.PublicURL)
	}
	if u.Scheme != "https" {
		v.warn(key{"listen"}, "%s can be reached from other machines and public_url is not https: put a TLS proxy in front, or passwords travel in the clear", c.Listen)
	}
}

// database checks where the data lies.
func (v *validator) database(c Config) {
	k := key{"database"}
	if c.Exercise {
		k = key{"exercise_database"}
	}
	switch at := c.Database.Reveal(); {
	case at == "":
		v.bad(k, "want a path or a postgres:// URL")
	case isPostgres(at):
		if u, err := url.Parse(at); err != nil || u.Host == "" && u.Query().Get("host") == "" || strings.Trim(u.Path, "/") == "" {
			v.bad(k, "want postgres://user:password@host/database")
		} else if _, secret := u.User.Password(); secret && v.doc.has(k...) && openToOthers(v.doc.path) {
			v.warn(k, "holds a password in a file that others can read: chmod 600, or set the environment")
		}
	case strings.Contains(at, "://"):
		v.bad(k, "want a path or a postgres:// URL")
	default:
		if dir, err := os.Stat(filepath.Dir(at)); err != nil || !dir.IsDir() {
			v.bad(k, "the folder %s does not exist", filepath.Dir(at))
		} else if file, err := os.Stat(at); err == nil && file.IsDir() {
			v.bad(k, "%s is a folder", at)
		}
	}
}

// apart refuses an exercise in the database of the real thing.
func (v *validator) apart(production, exercise Secret) {
	if sameDatabase(production.Reveal(), exercise.Reveal()) {
		v.bad(key{"exercise_database"}, "is the same as database; an exercise needs one of its own")
	}
}

// sameDatabase reports whether two names lead to one database. It errs on the side of yes.
func sameDatabase(a, b string) bool {
	if isPostgres(a) != isPostgres(b) {
		return false
	}
	if isPostgres(a) {
		return postgresPlace(a) == postgresPlace(b)
	}
	aStat, aErr := os.Stat(a)
	bStat, bErr := os.Stat(b)
	if aErr == nil && bErr == nil {
		return os.SameFile(aStat, bStat)
	}
	return realPath(a) == realPath(b)
}

// postgresPlace is what tells two databases apart: not the user, nor the options.
func postgresPlace(at string) string {
	u, err := url.Parse(at)
	if err != nil {
		return at
	}
	host := or(u.Query().Get("host"), u.Hostname())
	if host == "127.0.0.1" || host == "::1" {
		host = "localhost"
	}
	return strings.ToLower(host) + "|" + or(or(u.Query().Get("port"), u.Port()), "5432") + "|" + or(u.Query().Get("dbname"), strings.Trim(u.Path, "/"))
}

// realPath returns the absolute path of a file that may not exist yet, through the symbolic links of its folder.
func realPath(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		return filepath.Join(dir, filepath.Base(abs))
	}
	return abs
}

func isPostgres(at string) bool {
	return strings.HasPrefix(at, "postgres://") || strings.HasPrefix(at, "postgresql://")
}

// Forms of Telegram's names.
var (
	telegramChat   = regexp.MustCompile(`^(-?[0-9]{1,18}|@[A-Za-z][A-Za-z0-9_]{3,31})$`)
	telegramSecret = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`) // Bot API, setWebhook, secret_token
)

// telegram checks the account. An account that is half there is an error: the operator would think that it runs.
func (v *validator) telegram(t TelegramConfig, listen string) {
	if !t.Enabled() {
		for _, k := range []string{"channel", "api_url", "show_personal_data", "webhook"} {
			if v.doc.has("telegram", k) && !v.doc.has("telegram", "token_file") {
				v.bad(key{"telegram", "token_file"}, "is missing, and so is GUITU_TELEGRAM_TOKEN")
				break
			}
		}
		return
	}
	if strings.ContainsFunc(t.Token.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' || r == '/' }) {
		v.bad(key{"telegram", "token_file"}, "does not hold a bot token")
	}
	if u := v.url(key{"telegram", "api_url"}, t.APIURL); u != nil && strings.HasSuffix(t.APIURL, "/") {
		v.bad(key{"telegram", "api_url"}, "want no slash at the end")
	}
	if t.Channel != "" && !telegramChat.MatchString(t.Channel) {
		v.bad(key{"telegram", "channel"}, "want @name or a number, got %q", t.Channel)
	}
	if t.ShowPersonalData && t.APIURL == telegramCloud {
		v.bad(key{"telegram", "show_personal_data"}, "is for a chat server of one's own: names and phone numbers must not go to %s", telegramCloud)
	}
	hook := t.Webhook
	if hook.Listen == "" {
		if v.doc.has("telegram", "webhook") {
			v.bad(key{"telegram", "webhook", "listen"}, "is missing")
		}
		return
	}
	if v.address(key{"telegram", "webhook", "listen"}, hook.Listen) && hook.Listen == listen {
		v.bad(key{"telegram", "webhook", "listen"}, "is the same as listen")
	}
	switch {
	case hook.Secret.IsZero():
		if hook.SecretFile == "" {
			v.bad(key{"telegram", "webhook", "secret_file"}, "is missing, and so is GUITU_TELEGRAM_WEBHOOK_SECRET")
		}
	case !telegramSecret.MatchString(hook.Secret.Reveal()):
		v.bad(key{"telegram", "webhook", "secret_file"}, "want 1 to 256 letters, digits, _ and -")
	case len(hook.Secret.Reveal()) < 16:
		v.warn(key{"telegram", "webhook", "secret_file"}, "is short; anybody who guesses it can press officers' buttons")
	}
}

// desks checks who is asked.
func (v *validator) desks(c Config) {
	seen := make(map[string]bool)
	top := false
	for i, d := range c.Desks {
		k := key{"desks", i}
		switch name := d.Name; {
		case strings.TrimSpace(name) == "":
			v.bad(append(k, "name"), "is missing")
		case seen[name]:
			v.bad(append(k, "name"), "there is another desk %q", name)
		case utf8.RuneCountInString(name) > 40 || strings.ContainsFunc(name, unicode.IsControl):
			v.bad(append(k, "name"), "want one line of at most 40 characters")
		}
		seen[d.Name] = true
		if _, err := guitu.ParseArea(d.Area); err != nil {
			v.bad(append(k, "area"), "want a six-digit GB/T 2260 code, or \"\" for the whole country, got %q", d.Area)
		} else if gazetteer.Name(guitu.Area(d.Area)) == "" {
			v.warn(append(k, "area"), "no division has the code %s, today or in the past", d.Area)
		}
		top = top || d.Area == ""
		if d.TelegramChat == "" {
			continue
		}
		if !telegramChat.MatchString(d.TelegramChat) {
			v.bad(append(k, "telegram_chat"), "want a number or @name, got %q", d.TelegramChat)
		} else if !c.Telegram.Enabled() {
			v.warn(append(k, "telegram_chat"), "there is no telegram account: the desk is asked in the console only")
		}
	}
	if !top {
		v.bad(key{"desks"}, "no desk covers the whole country (area: \"\"): stories whose place is unknown would wait nowhere")
	}
}

// sourceName keeps names usable as metric labels and in addresses. Chinese is welcome.
var sourceName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$`)

// minEvery is the shortest interval that is polite towards a site.
const minEvery = duration(30 * time.Second)

// sources checks what is read.
func (v *validator) sources(c Config) {
	seen := make(map[string]int)
	crawls := false
	for i, s := range c.Sources {
		crawls = crawls || s.Kind != kindFile
		k := key{"sources", i}
		if first, ok := seen[s.Name]; ok && s.Name != "" {
			v.bad(append(k, "name"), "%q is the name of sources[%d] too", s.Name, first)
		} else if !sourceName.MatchString(s.Name) {
			v.bad(append(k, "name"), "want 1 to 64 letters, digits, dots, dashes and underscores, got %q", s.Name)
		}
		if _, ok := seen[s.Name]; !ok {
			seen[s.Name] = i
		}
		if s.Every <= 0 {
			v.bad(append(k, "every"), "want a duration above zero, got %s", s.Every)
		}
		v.source(k, s)
	}
	if crawls && c.Contact == "" {
		v.warn(key{"contact"}, "is not set; a site that is read cannot tell whom to ask")
	}
}

// source checks the keys that depend on the kind.
func (v *validator) source(k key, s SourceConfig) {
	given := map[string]bool{
		"url": s.URL != "", "keywords": len(s.Keywords) > 0, "cookie_file": s.CookieFile != "", "path": s.Path != "",
	}
	var needs, takes []string
	switch s.Kind {
	case kindWeibo, kindWeiboHTML:
		needs, takes = []string{"url", "keywords"}, []string{"cookie_file"}
	case kindFeed:
		needs = []string{"url"}
	case kindFile:
		needs = []string{"path"}
	default:
		v.bad(append(k, "kind"), "want weibo, weibo_html, feed or file, got %q", s.Kind)
		return
	}
	for _, n := range needs {
		if !given[n] {
			v.bad(append(k, n), "is missing")
		}
		delete(given, n)
	}
	for _, n := range takes {
		delete(given, n)
	}
	for _, n := range []string{"url", "keywords", "cookie_file", "path"} {
		if given[n] {
			v.bad(append(k, n), "a source of kind %s has none", s.Kind)
		}
	}
	for i, word := range s.Keywords {
		if strings.TrimSpace(word) == "" || strings.ContainsFunc(word, unicode.IsControl) {
			v.bad(append(k, "keywords", i), "want words to search for, got %q", word)
		}
	}
	if s.Kind == kindFile {
		if file, err := os.Stat(s.Path); err == nil && file.IsDir() {
			v.bad(append(k, "path"), "%s is a folder", s.Path)
		} else if err != nil && s.Path != "" {
			v.warn(append(k, "path"), "%s is not there; it is read as soon as it is", s.Path)
		}
		return
	}
	if s.URL != "" {
		v.url(append(k, "url"), s.URL)
	}
	if s.Every > 0 && s.Every < minEvery {
		v.warn(append(k, "every"), "%s is hard on a public site; use %s or more", s.Every, minEvery)
	}
}

// fonts checks that posters can be written. Without them notices go out all the same, so a machine that has none is warned of only.
func (v *validator) fonts(files []string) {
	switch _, err := poster.OpenFonts(files...); {
	case err == nil:
	case len(files) > 0:
		v.bad(key{"font_files"}, "%v", err)
	default:
		v.warn(key{"font_files"}, "%v; until then notices go out without poster or card", err)
	}
}

// times checks a cron expression.
func (v *validator) times(k key, spec string) {
	if schedule, err := cron.ParseStandard(spec); err != nil {
		v.bad(k, "want a cron expression of five fields: %v", err)
	} else if strings.Contains(spec, "TZ=") {
		v.bad(k, "the time zone is the key timezone's to say")
	} else if schedule.Next(time.Unix(0, 0)).IsZero() {
		v.bad(k, "names a time that never comes")
	}
}

// schedule checks the announcement times.
func (v *validator) schedule(s ScheduleConfig) {
	v.times(key{"schedule", "notices"}, s.Notices)
	for kind, spec := range s.Bulletins.kinds() {
		if spec != "" {
			v.times(key{"schedule", "bulletins", string(kind)}, spec)
		}
	}
	n := v.doc.node("schedule", "urgent_reach")
	if _, whole := n.(*ast.IntegerNode); n != nil && !whole || s.UrgentReach < 1 {
		v.bad(key{"schedule", "urgent_reach"}, "want a whole number above zero")
	}
}

// address checks a host:port to listen on.
func (v *validator) address(k key, at string) bool {
	host, port, err := net.SplitHostPort(at)
	n, portErr := strconv.ParseUint(port, 10, 16)
	if err != nil || portErr != nil || strings.ContainsFunc(host, unicode.IsSpace) || n == 0 && port != "0" {
		v.bad(k, "want host:port such as 127.0.0.1:8080, got %q", at)
		return false
	}
	return true
}

// url checks an absolute http or https URL and returns it, or nil.
func (v *validator) url(k key, at string) *url.URL {
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Fragment != "" {
		// The value may hold a password, and an error of url.Parse quotes it.
		v.bad(k, "want a URL that begins with http:// or https://")
		return nil
	}
	return u
}

// isLoopback reports whether an address to listen on is this machine's alone.
func isLoopback(listen string) bool {
	host, _, _ := net.SplitHostPort(listen)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// isNetwork reports whether s names machines as verify/source reads them: a CIDR, an address, or host:port.
func isNetwork(s string) bool {
	if _, err := netip.ParsePrefix(s); err == nil {
		return true
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	host, port, err := net.SplitHostPort(s)
	_, portErr := strconv.ParseUint(port, 10, 16)
	return err == nil && portErr == nil && host != "" && !strings.ContainsAny(host, "/ ")
}
