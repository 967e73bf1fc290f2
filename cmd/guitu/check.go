package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/robfig/cron/v3"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/publishers/poster"
)

// checkCmd says what is wrong with a configuration, or what it would do.
type checkCmd struct {
	configFlag
}

// Run prints warnings and the plan. What is wrong is the error.
func (c checkCmd) Run(w io.Writer) error {
	config, warnings, err := loadConfig(c.Config, false)
	for _, warning := range warnings {
		fmt.Fprintln(w, "warning:", warning)
	}
	if err != nil {
		return err
	}
	if len(warnings) > 0 {
		fmt.Fprintln(w)
	}
	return plan{config}.print(w, time.Now())
}

// plan is a checked configuration in words.
type plan struct{ Config }

// print says what the bot would do, without a secret. It asks nobody: that a site answers is for the running bot to find out.
func (p plan) print(w io.Writer, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if p.doc.path == "" {
		fmt.Fprintln(t, "No configuration file: everything has its default.")
	} else {
		fmt.Fprintf(t, "%s is good.\n", p.doc.path)
	}
	fmt.Fprintln(t, "\nBASE")
	fmt.Fprintf(t, "  database\t%s%s\n", p.databaseWords(), p.origin("GUITU_DATABASE", "database"))
	fmt.Fprintf(t, "  listen\t%s: site at /, console at /console/, /healthz, /readyz, /metrics%s\n", p.Listen, p.origin("", "listen"))
	fmt.Fprintf(t, "  public_url\t%s%s\n", p.PublicURL, p.origin("", "public_url"))
	fmt.Fprintf(t, "  timezone\t%s%s\n", p.Timezone, p.origin("", "timezone"))
	fmt.Fprintf(t, "  contact\t%s%s\n", or(p.Contact, "none"), p.origin("", "contact"))
	if p.Console.Key.IsZero() {
		fmt.Fprintf(t, "  second factors\tcannot be begun, so nobody can publish an alert in the console: guitu console-key makes the key\n")
	}
	if len(p.Network.AllowPrivate) > 0 {
		fmt.Fprintf(t, "  private networks\t%s may be read\n", strings.Join(p.Network.AllowPrivate, ", "))
	}
	p.printDesks(t)
	p.printChannels(t)
	for _, c := range p.Publishers {
		words := c.Setup.words()
		if c.Test {
			words = "a test target, for guitu channels try"
		}
		fmt.Fprintf(t, "  %s\t%s\n", c.channel(), words)
	}
	p.printSchedule(t, now)
	fmt.Fprintln(t, "\nSOURCES")
	if len(p.Sources) == 0 {
		fmt.Fprintln(t, "  none: nothing is read")
	}
	for i, s := range p.Sources {
		fmt.Fprintf(t, "  %s\t%s, every %s%s\n", s.Name, sourceWords(s), s.Every, p.origin("", "sources", i, "every"))
	}
	if len(p.Sources) > 0 {
		fmt.Fprintf(t, "  when one is paused or keeps failing, %s\n", p.warnedWords())
	}
	return t.Flush()
}

// origin marks what the file does not say: a value of the environment, or a default.
func (p plan) origin(variable string, key ...any) string {
	switch {
	case variable != "" && os.Getenv(variable) != "":
		return "  (from " + variable + ")"
	case p.doc.has(key...):
		return ""
	}
	return "  (default)"
}

func (p plan) databaseWords() string {
	if isPostgres(p.Database.Reveal()) {
		return "PostgreSQL, " + databaseName(p.Database)
	}
	return "SQLite file " + databaseName(p.Database)
}

func (p plan) printDesks(w io.Writer) {
	fmt.Fprintf(w, "\nDESKS%s\n", p.origin("", "desks"))
	for _, d := range p.desks() {
		area := or(gazetteer.Name(d.Area), "no known division")
		if d.Area != "" {
			area += " (" + string(d.Area) + ", " + d.Area.Level().String() + ")"
		}
		asked := "in the console"
		if d.TelegramChat != "" && p.Telegram.Enabled() {
			asked = "in Telegram chat " + d.TelegramChat + " and in the console"
		}
		fmt.Fprintf(w, "  %s\t%s, asked %s\n", d.Name, area, asked)
	}
	after := p.deadlines()
	fmt.Fprintln(w, "  a story goes to the nearest desk on duty; unanswered, it goes up:")
	for _, l := range guitu.Levels {
		if d, ok := after[l]; ok {
			fmt.Fprintf(w, "  %s\tafter %s%s\n", l, duration(d), p.origin("", "escalate_after", l.String()))
		} else {
			fmt.Fprintf(w, "  %s\tstays\n", l)
		}
	}
}

func (p plan) printChannels(w io.Writer) {
	fmt.Fprintln(w, "\nCHANNELS")
	fmt.Fprintf(w, "  site\tevery notice, at %s and in its feeds\n", p.PublicURL)
	if !p.Telegram.Enabled() {
		fmt.Fprintln(w, "  telegram\toff: no token")
		return
	}
	t := p.Telegram
	publishes := "no channel: officers only"
	if t.Channel != "" {
		publishes = "every notice to " + t.Channel
	}
	hears := "by long polling"
	if t.Webhook.Listen != "" {
		hears = "by webhook on " + t.Webhook.Listen
	}
	fmt.Fprintf(w, "  telegram\t%s, through %s%s, with token %s%s\n", publishes, placeOf(t.APIURL), p.origin("", "telegram", "api_url"),
		t.Token, p.origin("GUITU_TELEGRAM_TOKEN", "telegram", "token_file"))
	fmt.Fprintf(w, "  \tpresses come %s%s\n", hears, p.origin("", "telegram", "webhook"))
	if t.ShowPersonalData {
		fmt.Fprintln(w, "  \tcards show names and numbers in full: the chat server is one's own")
	} else {
		fmt.Fprintf(w, "  \tcards have names and numbers masked%s\n", p.origin("", "telegram", "show_personal_data"))
	}
}

// plannedTimes is how many announcement times are shown: a day's of the default schedule.
const plannedTimes = 4

func (p plan) printSchedule(w io.Writer, now time.Time) {
	fmt.Fprintln(w, "\nNOTICES")
	fmt.Fprintf(w, "  times\t%s%s\n", p.Schedule.Notices, p.origin("", "schedule", "notices"))
	schedule, err := cron.ParseStandard(p.Schedule.Notices)
	if err != nil {
		panic("schedule was not checked: " + err.Error())
	}
	var next []string
	for at, i := now.In(p.location()), 0; i < plannedTimes; i++ {
		at = schedule.Next(at)
		next = append(next, at.Format("Mon 2006-01-02 15:04"))
	}
	fmt.Fprintf(w, "  next\t%s\n", strings.Join(next, ", "))
	for _, b := range []struct{ kind, spec string }{{"monthly", p.Schedule.Bulletins.Monthly}, {"yearly", p.Schedule.Bulletins.Yearly}} {
		when := "never"
		if b.spec != "" {
			schedule, err := cron.ParseStandard(b.spec)
			if err != nil {
				panic("schedule was not checked: " + err.Error())
			}
			when = b.spec + ", next " + schedule.Next(now.In(p.location())).Format("Mon 2006-01-02 15:04")
		}
		fmt.Fprintf(w, "  %s bulletin\t%s%s\n", b.kind, when, p.origin("", "schedule", "bulletins", b.kind))
	}
	fmt.Fprintf(w, "  pictures\t%s%s\n", p.fontWords(), p.origin("", "font_files"))
	fmt.Fprintf(w, "  at once\tfrom a reach of %d posts and reposts%s\n", p.Schedule.UrgentReach, p.origin("", "schedule", "urgent_reach"))
}

// fontWords says how posters and cards are written.
func (p plan) fontWords() string {
	switch _, err := poster.OpenFonts(p.FontFiles...); {
	case err != nil:
		return "none: no font with Chinese characters"
	case len(p.FontFiles) > 0:
		return "posters and cards, written in " + strings.Join(p.FontFiles, ", ")
	}
	return "posters and cards, written in the system's font"
}

// warnedWords says who hears of a source that needs a person.
func (p plan) warnedWords() string {
	if !p.Telegram.Enabled() {
		return "the console and the log say so, and nobody is told in chat"
	}
	var top []string
	for _, d := range p.desks() {
		if d.Area == "" && d.TelegramChat != "" {
			top = append(top, d.TelegramChat)
		}
	}
	if len(top) == 0 {
		return "administrators with a tied Telegram account are told, and nobody else: the top desk has no chat"
	}
	return "administrators with a tied Telegram account are told, or else chat " + strings.Join(top, ", ")
}

// sourceWords says what a source reads.
func sourceWords(s SourceConfig) string {
	var words string
	switch s.Kind {
	case kindWeibo:
		words = "searches Weibo's mobile site at " + placeOf(s.URL)
	case kindWeiboHTML:
		words = "searches Weibo's pages at " + placeOf(s.URL)
	case kindFeed:
		words = "reads the feed " + placeOf(s.URL)
	case kindFile:
		return "reads the file " + s.Path + " and what is added to it"
	}
	if len(s.Keywords) > 0 {
		words += " for " + strings.Join(s.Keywords, ", ")
	}
	if !s.Cookie.IsZero() {
		words += " with cookie " + s.Cookie.String()
	}
	return words
}

// placeOf returns a URL without what could be secret in it: the password and the query.
func placeOf(at string) string {
	u, err := url.Parse(at)
	if err != nil {
		return masked
	}
	query := ""
	if u.RawQuery != "" {
		u.RawQuery, query = "", "?"+masked
	}
	return u.Redacted() + query
}
