package main

import (
	"net"
	"net/url"
	"os"
	"time"

	"guitu"
)

// Config is the configuration: one YAML file, laid over the defaults, with secrets from files or the environment. Packages get
// plain values of it, never the Config.
type Config struct {
	// Database is a path of an SQLite file or a postgres:// URL. It may hold a password.
	Database Secret `yaml:"database"`
	// ExerciseDatabase is what Database is in an exercise.
	ExerciseDatabase Secret         `yaml:"exercise_database"`
	Listen           string         `yaml:"listen"`     // host:port of site, console, health and metrics
	PublicURL        string         `yaml:"public_url"` // where people reach the site; no path, no slash at the end
	Timezone         string         `yaml:"timezone"`   // IANA name
	Contact          string         `yaml:"contact"`    // address or page for the User-Agent, "" for none
	Telegram         TelegramConfig `yaml:"telegram"`
	// Publishers are the channels beside the site and telegram.channel.
	Publishers    []PublisherConfig `yaml:"publishers"`
	Desks         []DeskConfig      `yaml:"desks"`
	EscalateAfter EscalateConfig    `yaml:"escalate_after"`
	Alerts        AlertsConfig      `yaml:"alerts"`
	Sources       []SourceConfig    `yaml:"sources"`
	Schedule      ScheduleConfig    `yaml:"schedule"`
	Network       NetworkConfig     `yaml:"network"`
	CAP           CAPConfig         `yaml:"cap"`
	Site          SiteConfig        `yaml:"site"`
	Followers     FollowersConfig   `yaml:"followers"`
	Console       ConsoleConfig     `yaml:"console"`
	// Quota is how many notices a channel beside the site gets in a day before it is paused; 0 for any number.
	Quota int `yaml:"quota"`
	// FontFiles are the fonts of posters and cards, the first one first; without any, the system's is looked for.
	FontFiles []string `yaml:"font_files"`
	// SecondFactor says who needs one to work in the console: factorPublish or factorAll.
	SecondFactor string `yaml:"second_factor"`

	// Exercise says that this is the configuration of a practice day: no chat, no channel but the site, no source.
	Exercise bool `yaml:"-"`
	// DryRun is the folder into which everything is written that would be published; "" when it is published.
	DryRun string `yaml:"-"`

	doc document
}

// TelegramConfig is the bot's account. Without a token there is none, and officers work in the console only.
type TelegramConfig struct {
	TokenFile        string        `yaml:"token_file"`
	APIURL           string        `yaml:"api_url"`            // no slash at the end
	Channel          string        `yaml:"channel"`            // @name or number of the public channel, "" for none
	ShowPersonalData bool          `yaml:"show_personal_data"` // cards unmasked: only on a chat server of one's own
	Webhook          WebhookConfig `yaml:"webhook"`

	Token Secret `yaml:"-"` // from TokenFile or GUITU_TELEGRAM_TOKEN
}

// Enabled reports whether there is an account.
func (t TelegramConfig) Enabled() bool { return !t.Token.IsZero() }

// WebhookConfig lets Telegram call the bot. Without Listen the bot polls.
type WebhookConfig struct {
	Listen     string `yaml:"listen"` // host:port, a listener of its own
	SecretFile string `yaml:"secret_file"`

	Secret Secret `yaml:"-"` // from SecretFile or GUITU_TELEGRAM_WEBHOOK_SECRET
}

// DeskConfig is a desk.
type DeskConfig struct {
	Name         string `yaml:"name"`
	Area         string `yaml:"area"`          // GB/T 2260 code, "" for the whole country
	TelegramChat string `yaml:"telegram_chat"` // number or @name, "" when the desk works in the console only
}

// EscalateConfig is how long a story waits at a desk of each level. It does not leave the country's.
type EscalateConfig struct {
	County   duration `yaml:"county"`
	City     duration `yaml:"city"`
	Province duration `yaml:"province"`
}

// SourceConfig is a public place to read.
type SourceConfig struct {
	Kind       string   `yaml:"kind"` // one of the source kinds
	Name       string   `yaml:"name"` // identifies the source for ever
	URL        string   `yaml:"url"`
	Keywords   []string `yaml:"keywords"` // one search each
	Every      duration `yaml:"every"`
	CookieFile string   `yaml:"cookie_file"` // the operator's own session
	Path       string   `yaml:"path"`

	Cookie Secret `yaml:"-"` // from CookieFile
}

// The kinds of source.
const (
	kindWeibo     = "weibo"      // m.weibo.cn search, JSON
	kindWeiboHTML = "weibo_html" // s.weibo.com search pages
	kindFeed      = "feed"       // RSS or Atom
	kindFile      = "file"       // JSON lines, followed
)

// ScheduleConfig is when notices go out.
type ScheduleConfig struct {
	Notices     string          `yaml:"notices"`      // cron expression of five fields, in Timezone
	UrgentReach int             `yaml:"urgent_reach"` // posts plus reposts from which a notice does not wait
	Bulletins   BulletinsConfig `yaml:"bulletins"`
}

// BulletinsConfig is when reports are announced: cron expressions of five fields, in Timezone; "" for never.
type BulletinsConfig struct {
	Monthly string `yaml:"monthly"` // of the calendar month before
	Yearly  string `yaml:"yearly"`  // of the calendar year before
}

// kinds are the schedules by kind.
func (b BulletinsConfig) kinds() map[guitu.BulletinKind]string {
	return map[guitu.BulletinKind]string{guitu.BulletinMonthly: b.Monthly, guitu.BulletinYearly: b.Yearly}
}

// NetworkConfig is what the crawler may reach beyond the public internet.
type NetworkConfig struct {
	AllowPrivate []string `yaml:"allow_private"` // CIDR, IP address or host:port
}

// Who needs a second factor in the console.
const (
	factorPublish = "publish" // whoever issues, changes or ends alerts
	factorAll     = "all"     // everybody
)

// telegramCloud is the public Bot API, on other people's servers.
const telegramCloud = "https://api.telegram.org"

// The defaults of the databases. A practice day never touches the other's.
const (
	defaultDatabase         = "guitu.db"
	defaultExerciseDatabase = "guitu-exercise.db"
)

// defaults returns the configuration of a bot that was not configured.
func defaults() Config {
	return Config{
		Database:         newSecret(defaultDatabase),
		ExerciseDatabase: newSecret(defaultExerciseDatabase),
		Listen:           "127.0.0.1:8080",
		Timezone:         "Asia/Shanghai",
		Telegram:         TelegramConfig{APIURL: telegramCloud},
		EscalateAfter:    EscalateConfig{County: duration(30 * time.Minute), City: duration(time.Hour), Province: duration(2 * time.Hour)},
		SecondFactor:     factorPublish,
		Quota:            1000,
		Followers:        FollowersConfig{Budget: 3},
		Alerts:           defaultAlerts(),
		Schedule: ScheduleConfig{
			Notices: "0 9,12,18,21 * * *", UrgentReach: 5000, Bulletins: BulletinsConfig{Monthly: "0 10 1 * *", Yearly: "0 10 2 1 *"},
		},
	}
}

// settle fills in the defaults that depend on other keys.
func (c *Config) settle() {
	if c.PublicURL == "" {
		c.PublicURL = "http://" + reachable(c.Listen)
	}
	if !c.doc.has("desks") {
		c.Desks = []DeskConfig{{Name: "部值班台"}}
	}
	for i := range c.Sources {
		s := &c.Sources[i]
		switch s.Kind {
		case kindWeibo:
			s.URL = or(s.URL, "https://m.weibo.cn")
		case kindWeiboHTML:
			s.URL = or(s.URL, "https://s.weibo.com")
		}
		if !c.doc.has("sources", i, "every") {
			s.Every = duration(5 * time.Minute)
			if s.Kind == kindFile {
				s.Every = duration(time.Second)
			}
		}
	}
}

// or returns the first value that is not zero.
func or[T comparable](a, b T) T {
	var zero T
	if a == zero {
		return b
	}
	return a
}

// reachable turns an address to listen on into one to call: an unspecified host becomes this machine.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// loadConfig reads the file at path, or takes the defaults when path is empty, and checks everything. The error is of type
// problems when the configuration is wrong. For an exercise the result holds only what exercise keeps.
func loadConfig(path string, exercise bool) (Config, []warning, error) {
	c := defaults()
	if path != "" {
		doc, err := readDocument(path)
		if err != nil {
			return Config{}, nil, err
		}
		if err := doc.decode(&c); err != nil {
			return Config{}, nil, err
		}
		c.doc = doc
	}
	if url := os.Getenv("GUITU_DATABASE"); url != "" {
		c.Database = newSecret(url)
	}
	if url := os.Getenv("GUITU_EXERCISE_DATABASE"); url != "" {
		c.ExerciseDatabase = newSecret(url)
	}
	c.settle()
	v := &validator{doc: c.doc}
	if exercise {
		v.apart(c.Database, c.ExerciseDatabase)
		c = c.exercise()
	} else {
		v.secrets(&c)
	}
	v.check(c)
	if len(v.problems) > 0 {
		return Config{}, v.warnings, v.problems
	}
	return c, v.warnings, nil
}

// exercise returns the configuration of a practice day. It is built from nothing and takes over only what cannot reach anybody:
// a channel or source that is added to Config stays out until somebody puts it here.
func (c Config) exercise() Config {
	e := Config{
		Exercise:      true,
		Database:      c.ExerciseDatabase,
		Listen:        c.Listen,
		PublicURL:     c.PublicURL,
		Timezone:      c.Timezone,
		EscalateAfter: c.EscalateAfter,
		Alerts:        c.Alerts,
		Schedule:      c.Schedule,
		FontFiles:     c.FontFiles,
		SecondFactor:  c.SecondFactor,
		doc:           c.doc,
	}
	for _, d := range c.Desks {
		e.Desks = append(e.Desks, DeskConfig{Name: d.Name, Area: d.Area})
	}
	if !c.doc.has("schedule", "notices") {
		// Somebody is watching: what was ruled should be seen within a minute.
		e.Schedule.Notices = "* * * * *"
	}
	return e
}

// location returns the time zone, which check has seen to be one.
func (c Config) location() *time.Location {
	loc, err := time.LoadLocation(c.Timezone)
	if err != nil {
		panic("time zone was not checked: " + err.Error())
	}
	return loc
}

// desks returns the desks as the rest of the program knows them; their IDs are the store's to give.
func (c Config) desks() []guitu.Desk {
	desks := make([]guitu.Desk, len(c.Desks))
	for i, d := range c.Desks {
		desks[i] = guitu.Desk{Name: d.Name, Area: guitu.Area(d.Area), TelegramChat: d.TelegramChat}
	}
	return desks
}

// deadlines returns how long a story waits at each level; the country's is missing.
func (c Config) deadlines() map[guitu.Level]time.Duration {
	return map[guitu.Level]time.Duration{
		guitu.County:   time.Duration(c.EscalateAfter.County),
		guitu.City:     time.Duration(c.EscalateAfter.City),
		guitu.Province: time.Duration(c.EscalateAfter.Province),
	}
}

// databaseName returns the database as people may read it: a path, or a URL without its password.
func databaseName(database Secret) string {
	if !isPostgres(database.Reveal()) {
		return database.Reveal()
	}
	u, err := url.Parse(database.Reveal())
	if err != nil {
		return masked
	}
	u.RawQuery = "" // may hold a password too
	return u.Redacted()
}
