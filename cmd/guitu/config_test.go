package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guitu"
)

// workplace is a fresh working directory with files in it and an environment that says nothing.
func workplace(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, variable := range []string{"GUITU_DATABASE", "GUITU_EXERCISE_DATABASE", "GUITU_TELEGRAM_TOKEN", "GUITU_TELEGRAM_WEBHOOK_SECRET"} {
		t.Setenv(variable, "")
	}
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// full sets every key.
const full = `
database: postgres://guitu:hush@db.internal:5433/guitu?sslmode=verify-full
exercise_database: practice.db
listen: 127.0.0.1:9090
public_url: https://guitu.example
timezone: Asia/Urumqi
contact: ops@guitu.example
telegram:
  token_file: token
  api_url: http://127.0.0.1:9001
  channel: "@guitu_public"
  show_personal_data: true
  webhook:
    listen: 127.0.0.1:9091
    secret_file: hook
publishers:
  - {kind: telegram, name: linyi, chat: "@linyi_notices"}
desks:
  - name: 部值班台
    area: ""
    telegram_chat: -1001
  - name: 临沂市值班台
    area: 371300
    telegram_chat: "@linyi_desk"
escalate_after:
  county: 10m
  city: 90s
  province: 3h
sources:
  - kind: weibo
    name: weibo-search
    url: http://127.0.0.1:9002
    keywords: [走失, 寻人]
    every: 2m
    cookie_file: cookie
  - {kind: weibo_html, name: weibo-pages, keywords: [孩子丢了]}
  - {kind: feed, name: 贴吧, url: https://rss.example/feed.xml, every: 1m}
  - {kind: file, name: export, path: posts.jsonl}
alerts:
  tiers:
    runaway: {reach: 200, life: 12h, show_photo: false}
    lost: {second_from: 300}
  second_for_tier: true
  override: 5m
  ask_before: 3h
  retain: 720h
  whole_circle: true
schedule:
  notices: 30 8 * * 1-5
  urgent_reach: 100
  bulletins: {monthly: 0 8 3 * *, yearly: ""}
second_factor: all
quota: 200
network:
  allow_private: [10.0.0.0/8, "::1", rss.internal:1200]
`

var fullFiles = map[string]string{
	"guitu.yaml": full, "token": "1:abc\n", "hook": "a-secret-of-some-length\n", "cookie": "SUB=x; SUBP=y\n", "posts.jsonl": "",
}

func TestConfigFull(t *testing.T) {
	workplace(t, fullFiles)
	c, warnings, err := loadConfig("guitu.yaml", false)
	if err != nil || len(warnings) != 0 {
		t.Fatalf("error %v, warnings %v", err, warnings)
	}
	want := Config{
		Listen: "127.0.0.1:9090", PublicURL: "https://guitu.example", Timezone: "Asia/Urumqi", Contact: "ops@guitu.example",
		Telegram: TelegramConfig{
			TokenFile: "token", APIURL: "http://127.0.0.1:9001", Channel: "@guitu_public", ShowPersonalData: true,
			Webhook: WebhookConfig{Listen: "127.0.0.1:9091", SecretFile: "hook"},
		},
		Publishers:    []PublisherConfig{{Kind: "telegram", Name: "linyi", Setup: &telegramChannel{Chat: "@linyi_notices"}}},
		Desks:         []DeskConfig{{"部值班台", "", "-1001"}, {"临沂市值班台", "371300", "@linyi_desk"}},
		EscalateAfter: EscalateConfig{duration(10 * time.Minute), duration(90 * time.Second), duration(3 * time.Hour)},
		Sources: []SourceConfig{
			{Kind: "weibo", Name: "weibo-search", URL: "http://127.0.0.1:9002", Keywords: []string{"走失", "寻人"}, Every: duration(2 * time.Minute), CookieFile: "cookie"},
			{Kind: "weibo_html", Name: "weibo-pages", URL: "https://s.weibo.com", Keywords: []string{"孩子丢了"}, Every: duration(5 * time.Minute)},
			{Kind: "feed", Name: "贴吧", URL: "https://rss.example/feed.xml", Every: duration(time.Minute)},
			{Kind: "file", Name: "export", Path: "posts.jsonl", Every: duration(time.Second)},
		},
		Alerts: AlertsConfig{
			Tiers: TiersConfig{
				Abduction:  TierConfig{Reach: 500, ShowName: true, ShowPhoto: true, Life: duration(72 * time.Hour)},
				Endangered: TierConfig{Reach: 500, ShowName: true, ShowPhoto: true, Life: duration(72 * time.Hour)},
				Runaway:    TierConfig{Reach: 200, Life: duration(12 * time.Hour)},
				Lost:       TierConfig{Reach: 500, ShowName: true, ShowPhoto: true, Life: duration(72 * time.Hour), SecondFrom: 300},
			},
			SecondForTier: true, Override: duration(5 * time.Minute), AskBefore: duration(3 * time.Hour), Retain: duration(720 * time.Hour),
			WholeCircle: true,
		},
		Schedule: ScheduleConfig{Notices: "30 8 * * 1-5", UrgentReach: 100, Bulletins: BulletinsConfig{Monthly: "0 8 3 * *"}},
		Network:  NetworkConfig{AllowPrivate: []string{"10.0.0.0/8", "::1", "rss.internal:1200"}},

		SecondFactor: "all",
		Quota:        200,
		Followers:    FollowersConfig{Budget: 3},
	}
	if diff := cmp.Diff(want, c, cmp.FilterPath(func(p cmp.Path) bool {
		return p.Last().Type() == reflect.TypeFor[Secret]() || p.Last().String() == ".doc" || p.Last().String() == ".signer"
	}, cmp.Ignore())); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	secrets := []string{c.Database.Reveal(), c.ExerciseDatabase.Reveal(), c.Telegram.Token.Reveal(), c.Telegram.Webhook.Secret.Reveal(), c.Sources[0].Cookie.Reveal()}
	wantSecrets := []string{"postgres://guitu:hush@db.internal:5433/guitu?sslmode=verify-full", "practice.db", "1:abc", "a-secret-of-some-length", "SUB=x; SUBP=y"}
	if diff := cmp.Diff(wantSecrets, secrets); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	if s := fmt.Sprintf("%+v %#v", c, c); strings.Contains(strings.ReplaceAll(s, full, ""), "1:abc") || strings.Contains(s, "SUB=x") {
		t.Error("the configuration prints its secrets")
	}
	if got := databaseName(c.Database); strings.Contains(got, "hush") || !strings.Contains(got, "db.internal:5433/guitu") {
		t.Errorf("databaseName = %q, want it without the password", got)
	}
}

func TestConfigDefaults(t *testing.T) {
	workplace(t, map[string]string{"empty.yaml": "", "comment.yaml": "# nothing yet\n", "nulls.yaml": "telegram:\nsources:\ndesks:\nlisten:\n"})
	for _, path := range []string{"", "empty.yaml", "comment.yaml", "nulls.yaml"} {
		c, warnings, err := loadConfig(path, false)
		if err != nil || len(warnings) != 0 {
			t.Errorf("%q: error %v, warnings %v", path, err, warnings)
			continue
		}
		if c.Database.Reveal() != "guitu.db" || c.Listen != "127.0.0.1:8080" || c.PublicURL != "http://127.0.0.1:8080" || c.Timezone != "Asia/Shanghai" ||
			c.Telegram.Enabled() || len(c.Sources) != 0 || c.Schedule != (ScheduleConfig{"0 9,12,18,21 * * *", 5000, BulletinsConfig{"0 10 1 * *", "0 10 2 1 *"}}) {
			t.Errorf("%q: %+v is not the default", path, c)
		}
		if diff := cmp.Diff([]guitu.Desk{{Name: "部值班台"}}, c.desks()); diff != "" {
			t.Errorf("%q: desks (-want +got):\n%s", path, diff)
		}
		want := map[guitu.Level]time.Duration{guitu.County: 30 * time.Minute, guitu.City: time.Hour, guitu.Province: 2 * time.Hour}
		if diff := cmp.Diff(want, c.deadlines()); diff != "" {
			t.Errorf("%q: deadlines (-want +got):\n%s", path, diff)
		}
		if got := c.location().String(); got != "Asia/Shanghai" {
			t.Errorf("%q: location %s", path, got)
		}
	}
}

func TestConfigEnvironment(t *testing.T) {
	workplace(t, fullFiles)
	t.Setenv("GUITU_DATABASE", "other.db")
	t.Setenv("GUITU_TELEGRAM_TOKEN", "2:def")
	t.Setenv("GUITU_TELEGRAM_WEBHOOK_SECRET", "another-secret-of-length")
	c, _, err := loadConfig("guitu.yaml", false)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{c.Database.Reveal(), c.Telegram.Token.Reveal(), c.Telegram.Webhook.Secret.Reveal()}
	if diff := cmp.Diff([]string{"other.db", "2:def", "another-secret-of-length"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if c, _, err = loadConfig("", false); err != nil || !c.Telegram.Enabled() {
		t.Errorf("a token in the environment alone: enabled %v, %v, want an account", c.Telegram.Enabled(), err)
	}
}

// TestConfigWrong holds one mistake each, with the line that the operator reads.
func TestConfigWrong(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string // each line of the error, after the file's name
	}{
		{"unknown key", "lisen: 1\n", []string{":1:1: lisen: unknown key"}},
		{"unknown key inside", "listen: 127.0.0.1:1\ntelegram:\n  chanel: x\n", []string{":3:3: telegram.chanel: unknown key"}},
		{"unknown key in a list", "sources:\n  - kind: feed\n    nam: x\n", []string{":3:5: sources[0].nam: unknown key"}},
		{"duplicate key", "listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n", []string{`:2:1: mapping key "listen" already defined at [1:1]`}},
		{"number for duration", "escalate_after:\n  county: 30\n", []string{":2:11: escalate_after.county: want a duration such as 90s, 5m or 2h"}},
		{"no duration", "escalate_after: {city: soon}\n", []string{":1:24: escalate_after.city: want a duration such as 90s, 5m or 2h"}},
		{"no such font", "font_files: [none.ttc]\n", []string{":1:13: font_files: open font: open none.ttc: no such file or directory"}},
		{"no ring", "alerts: {tiers: {lost: {reach: 150}}}\n", []string{":1:32: alerts.tiers.lost.reach: want 100, 200, 300 or 500 kilometres, got 150"}},
		{"first ring for two", "alerts: {tiers: {lost: {second_from: 100}}}\n", []string{":1:38: alerts.tiers.lost.second_from: want 200, 300 or 500 kilometres, or 0 for never: the first ring is the officer's own, got 100"}},
		{"life for ever", "alerts: {tiers: {runaway: {life: 2000h}}}\n", []string{":1:34: alerts.tiers.runaway.life: want a duration from 1h to 720h, got 2000h"}},
		{"unknown tier", "alerts: {tiers: {found: {reach: 100}}}\n", []string{":1:18: alerts.tiers.found: unknown key"}},
		{"no time to answer", "alerts: {override: 0s}\n", []string{":1:20: alerts.override: want a duration of at least 1m, got 0s"}},
		{"negative duration", "escalate_after: {city: -1h}\n", []string{":1:24: escalate_after.city: want a duration above zero, got -1h"}},
		{"text for number", "schedule: {urgent_reach: many}\n", []string{":1:26: schedule.urgent_reach: want a whole number"}},
		{"fraction", "schedule: {urgent_reach: 1.5}\n", []string{":1:26: schedule.urgent_reach: want a whole number above zero"}},
		{"zero", "schedule: {urgent_reach: 0}\n", []string{":1:26: schedule.urgent_reach: want a whole number above zero"}},
		{"enormous", "schedule: {urgent_reach: 99999999999999999999}\n", []string{":1:26: schedule.urgent_reach: want a whole number of ordinary size"}},
		{"text for bool", "telegram: {show_personal_data: ja}\n", []string{":1:32: telegram.show_personal_data: want true or false"}},
		{"list for text", "listen: [a]\n", []string{":1:9: listen: want text"}},
		{"text for list", "sources: weibo\n", []string{":1:10: sources: want a sequence, got a string"}},
		{"text for map", "telegram: on\n", []string{":1:11: telegram: want a mapping, got a string"}},
		{"list for all", "- listen\n", []string{":1:1: want a mapping, got a sequence"}},
		{"two documents", "listen: 127.0.0.1:1\n---\nlisten: 127.0.0.1:2\n", []string{":3:1: a second YAML document; put everything into one"}},
		{"secret of wrong type", "database: [postgres://u:hush@h/d]\n", []string{":1:11: database: want text"}},
		{"tab", "telegram:\n\tchannel: x\n", []string{":2:1: found character '\t' that cannot start any token"}},
		{"not UTF-8", "contact: \xff\n", []string{": not UTF-8 text"}},

		{"listen", "listen: '8080'\n", []string{`:1:9: listen: want host:port such as 127.0.0.1:8080, got "8080"`}},
		{"listen port", "listen: 127.0.0.1:http\n", []string{`:1:9: listen: want host:port such as 127.0.0.1:8080, got "127.0.0.1:http"`}},
		{"public url", "public_url: guitu.example\n", []string{":1:13: public_url: want a URL that begins with http:// or https://"}},
		{"public url with path", "public_url: https://guitu.example/a\n", []string{`:1:13: public_url: want scheme and host only, without a path or a slash at the end, got "https://guitu.example/a"`}},
		{"timezone", "timezone: Mars/Olympus\n", []string{`:1:11: timezone: want an IANA time zone such as Asia/Shanghai, got "Mars/Olympus"`}},
		{"contact", "contact: \"a\\r\\nHost: b\"\n", []string{":1:10: contact: want one line of at most 200 characters: an address or a page"}},
		{"database scheme", "database: mysql://h/d\n", []string{":1:11: database: want a path or a postgres:// URL"}},
		{"database without name", "database: postgres://u:hush@h\n", []string{":1:11: database: want postgres://user:password@host/database"}},
		{"database folder", "database: no/where.db\n", []string{":1:11: database: the folder no does not exist"}},
		{"cron", "schedule: {notices: 9 o'clock}\n", []string{":1:21: schedule.notices: want a cron expression of five fields: expected exactly 5 fields, found 2: [9 o'clock]"}},
		{"bulletin", "schedule: {bulletins: {yearly: once}}\n", []string{":1:32: schedule.bulletins.yearly: want a cron expression of five fields: expected exactly 5 fields, found 1: [once]"}},
		{"cron zone", "schedule: {notices: TZ=UTC 0 9 * * *}\n", []string{":1:21: schedule.notices: the time zone is the key timezone's to say"}},
		{"cron never", "schedule: {notices: 0 9 30 2 *}\n", []string{":1:21: schedule.notices: names a time that never comes"}},
		{"quota", "quota: -1\n", []string{`:1:8: quota: want 0 (any number) to 100000, got -1`}},
		{"second factor", "second_factor: none\n", []string{
			`:1:16: second_factor: want publish (to issue, change and end alerts) or all (to work in the console at all), got "none"`,
		}},
		{"network", "network: {allow_private: [10.0.0.0/8, 10.0.0.0/99, 300.1.1.1]}\n", []string{
			`:1:39: network.allow_private[1]: want a network (10.0.0.0/8), an IP address or host:port, got "10.0.0.0/99"`,
			`:1:52: network.allow_private[2]: want a network (10.0.0.0/8), an IP address or host:port, got "300.1.1.1"`,
		}},

		{"token file", "telegram:\n  token_file: missing\n", []string{":2:15: telegram.token_file: open missing: no such file or directory"}},
		{"no token", "telegram:\n  channel: '@abcd'\n", []string{":2:3: telegram.token_file: is missing, and so is GUITU_TELEGRAM_TOKEN"}},
		{"empty token", "telegram: {token_file: empty}\n", []string{":1:24: telegram.token_file: empty is empty"}},
		{"not a token", "telegram: {token_file: two}\n", []string{
			":1:24: telegram.token_file: two holds more than one line", ":1:24: telegram.token_file: does not hold a bot token",
		}},
		{"channel", "telegram: {token_file: token, channel: guitu}\n", []string{`:1:40: telegram.channel: want @name or a number, got "guitu"`}},
		{"personal data abroad", "telegram: {token_file: token, show_personal_data: true}\n", []string{
			":1:51: telegram.show_personal_data: is for a chat server of one's own: names and phone numbers must not go to https://api.telegram.org",
		}},
		{"webhook without secret", "telegram: {token_file: token, webhook: {listen: 127.0.0.1:1}}\n", []string{
			":1:40: telegram.webhook.secret_file: is missing, and so is GUITU_TELEGRAM_WEBHOOK_SECRET",
		}},
		{"webhook without address", "telegram: {token_file: token, webhook: {secret_file: token}}\n", []string{":1:40: telegram.webhook.listen: is missing"}},
		{"webhook on the site's address", "telegram: {token_file: token, webhook: {listen: 127.0.0.1:8080, secret_file: token16}}\n", []string{
			":1:49: telegram.webhook.listen: is the same as listen",
		}},
		{"webhook secret", "telegram: {token_file: token, webhook: {listen: 127.0.0.1:1, secret_file: token}}\n", []string{
			":1:75: telegram.webhook.secret_file: want 1 to 256 letters, digits, _ and -",
		}},

		{"publisher without kind", "publishers:\n  - name: a\n", []string{":2:9: publishers[0].name: the kind is missing: want one of " + allKinds()}},
		{"publisher of no kind", "publishers: [{kind: pigeon}]\n", []string{`:1:21: publishers[0].kind: want one of ` + allKinds() + `, got "pigeon"`}},
		{"publisher key", "publishers:\n  - kind: telegram\n    chta: x\n", []string{":3:5: publishers[0].chta: unknown key"}},
		{"publisher of no mapping", "publishers: [telegram]\n", []string{":1:14: publishers[0]: the kind is missing: want one of " + allKinds()}},
		{"publishers", "telegram: {token_file: token, channel: '@abcd'}\npublishers:\n  - {kind: telegram, chat: 'a b'}\n  - {kind: telegram, name: 'a b', chat: '@abcd'}\n  - {kind: telegram, name: 'a b', chat: '@abcd'}\n", []string{
			`:3:5: publishers[0].name: is missing: telegram.channel is the channel without one`,
			`:3:28: publishers[0].chat: want @name or a number, got "a b"`,
			`:4:28: publishers[1].name: want 1 to 32 letters, digits, dots, dashes and underscores, got "a b"`,
			`:5:28: publishers[2].name: want 1 to 32 letters, digits, dots, dashes and underscores, got "a b"`,
			`:5:28: publishers[2].name: publishers[1] is "telegram:a b" too`,
		}},
		{"publisher without account", "publishers: [{kind: telegram, name: a, chat: '@abcd'}]\n", []string{
			":1:21: publishers[0].kind: needs the account of telegram.token_file",
		}},

		{"no desks", "desks: []\n", []string{`:1:8: desks: no desk covers the whole country (area: ""): stories whose place is unknown would wait nowhere`}},
		{"desks", "desks:\n  - {name: a, area: ''}\n  - {name: a, area: 3713}\n  - {area: 371300, telegram_chat: x y}\n", []string{
			`:3:12: desks[1].name: there is another desk "a"`,
			`:3:21: desks[1].area: want a six-digit GB/T 2260 code, or "" for the whole country, got "3713"`,
			`:4:5: desks[2].name: is missing`,
			`:4:35: desks[2].telegram_chat: want a number or @name, got "x y"`,
		}},

		{"source kind", "sources: [{kind: twitter, name: a}]\n", []string{`:1:18: sources[0].kind: want weibo, weibo_html, feed or file, got "twitter"`}},
		{"source names", "sources:\n  - {kind: file, name: a, path: two}\n  - {kind: file, name: a, path: two}\n  - {kind: file, name: a b, path: two}\n", []string{
			`:3:24: sources[1].name: "a" is the name of sources[0] too`,
			`:4:24: sources[2].name: want 1 to 64 letters, digits, dots, dashes and underscores, got "a b"`,
		}},
		{"source needs", "sources: [{kind: weibo, name: a}, {kind: feed, name: b}, {kind: file, name: c}]\n", []string{
			":1:11: sources[0].keywords: is missing", ":1:35: sources[1].url: is missing", ":1:58: sources[2].path: is missing",
		}},
		{"source has none", "sources: [{kind: file, name: a, path: two, url: 'http://x', keywords: [x], cookie_file: token}]\n", []string{
			":1:49: sources[0].url: a source of kind file has none",
			":1:71: sources[0].keywords: a source of kind file has none",
			":1:89: sources[0].cookie_file: a source of kind file has none",
		}},
		{"source values", "sources: [{kind: weibo, name: a, url: ftp://x, keywords: [' '], every: 0s}]\n", []string{
			":1:72: sources[0].every: want a duration above zero, got 0s",
			":1:59: sources[0].keywords[0]: want words to search for, got \" \"",
			":1:39: sources[0].url: want a URL that begins with http:// or https://",
		}},
		{"cookie", "sources: [{kind: weibo, name: a, keywords: [x], cookie_file: missing}]\n", []string{
			":1:62: sources[0].cookie_file: open missing: no such file or directory",
		}},
		{"several at once", "listen: x\ntimezone: x\nschedule: {notices: x}\n", []string{
			`:1:9: listen: want host:port such as 127.0.0.1:8080, got "x"`,
			`:2:11: timezone: want an IANA time zone such as Asia/Shanghai, got "x"`,
			`:3:21: schedule.notices: want a cron expression of five fields: expected exactly 5 fields, found 1: [x]`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			workplace(t, map[string]string{"c.yaml": tt.text, "token": "1:abc", "token16": "0123456789abcdef", "empty": "\n", "two": "a\nb"})
			_, _, err := loadConfig("c.yaml", false)
			var wrong problems
			if !errors.As(err, &wrong) {
				t.Fatalf("error %v, want problems", err)
			}
			got := strings.Split(err.Error(), "\n")
			for i := range got {
				got[i] = strings.TrimPrefix(got[i], "c.yaml")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("%q shows a password", err)
			}
		})
	}
}

func allKinds() string { return strings.Join(slices.Sorted(maps.Keys(channelKinds())), ", ") }

func TestConfigFile(t *testing.T) {
	workplace(t, map[string]string{"big.yaml": strings.Repeat("# x\n", maxConfig/4+1)})
	for _, path := range []string{"missing.yaml", ".", "big.yaml"} {
		if _, _, err := loadConfig(path, false); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want one that names the file", path, err)
		}
	}
}

func TestConfigWarnings(t *testing.T) {
	workplace(t, map[string]string{"token": "1:abc", "hook": "short", "c.yaml": `
database: postgres://u:hush@h/d
listen: 0.0.0.0:80
desks: [{name: a, telegram_chat: 5}, {name: b, area: 999999}]
sources:
  - {kind: file, name: f, path: later.jsonl}
  - {kind: feed, name: g, url: 'https://x.example', every: 1s}
`})
	for _, name := range []string{"token", "c.yaml"} {
		if err := os.Chmod(name, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, warnings, err := loadConfig("c.yaml", false)
	if err != nil {
		t.Fatal(err)
	}
	check := func(want []string) {
		t.Helper()
		var got []string
		for _, w := range warnings {
			got = append(got, w.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	check([]string{
		"c.yaml: public_url: is not set; links in notices will lead to http://127.0.0.1:80",
		"c.yaml:3:9: listen: 0.0.0.0:80 can be reached from other machines and public_url is not https: put a TLS proxy in front, or passwords travel in the clear",
		"c.yaml:2:11: database: holds a password in a file that others can read: chmod 600, or set the environment",
		"c.yaml:4:34: desks[0].telegram_chat: there is no telegram account: the desk is asked in the console only",
		"c.yaml:4:54: desks[1].area: no division has the code 999999, today or in the past",
		"c.yaml:6:33: sources[0].path: later.jsonl is not there; it is read as soon as it is",
		"c.yaml:7:60: sources[1].every: 1s is hard on a public site; use 30s or more",
		"c.yaml: contact: is not set; a site that is read cannot tell whom to ask",
	})
	if err := os.WriteFile("c.yaml", []byte("telegram: {token_file: token, webhook: {listen: '127.0.0.1:1', secret_file: hook}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, warnings, err = loadConfig("c.yaml", false); err != nil {
		t.Fatal(err)
	}
	check([]string{
		"c.yaml:1:24: telegram.token_file: token can be read by others: chmod 600",
		"c.yaml:1:77: telegram.webhook.secret_file: is short; anybody who guesses it can press officers' buttons",
	})
}

// TestConfigExercise proves that a practice day reaches nobody: whatever the file and the environment hold, only the fields
// named here are left. A field that is added to Config must stay empty, or be argued for here.
func TestConfigExercise(t *testing.T) {
	workplace(t, fullFiles)
	t.Setenv("GUITU_TELEGRAM_TOKEN", "2:def")
	if err := os.Remove("token"); err != nil { // an exercise does not even open a secret
		t.Fatal(err)
	}
	c, _, err := loadConfig("guitu.yaml", true)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]bool{
		"Exercise": true, "Database": true, "Listen": true, "PublicURL": true, "Timezone": true,
		"Desks": true, "EscalateAfter": true, "Alerts": true, "Schedule": true, "SecondFactor": true, "doc": true,
	}
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; v.Field(i).IsZero() == kept[name] {
			t.Errorf("%s: zero is %v, want %v", name, v.Field(i).IsZero(), !kept[name])
		}
	}
	if diff := cmp.Diff([]guitu.Desk{{Name: "部值班台"}, {Name: "临沂市值班台", Area: "371300"}}, c.desks()); diff != "" {
		t.Errorf("desks (-want +got):\n%s", diff)
	}
	if got := c.Database.Reveal(); got != "practice.db" {
		t.Errorf("database %q, want practice.db", got)
	}
	if c, _, err = loadConfig("", true); err != nil || c.Database.Reveal() != "guitu-exercise.db" || c.Schedule.Notices != "* * * * *" {
		t.Errorf("without a file: database %q, notices %q, %v", c.Database.Reveal(), c.Schedule.Notices, err)
	}
}

func TestExerciseRefusesTheRealDatabase(t *testing.T) {
	workplace(t, map[string]string{"real.db": ""})
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real.db", "link.db"); err != nil {
		t.Fatal(err)
	}
	if err := os.Link("real.db", "hard.db"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(".", "here"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		real, exercise string
		same           bool
	}{
		{"real.db", "real.db", true},
		{"real.db", "./here/../real.db", true},
		{"real.db", filepath.Join(dir, "real.db"), true},
		{"real.db", "link.db", true},
		{"real.db", "hard.db", true},
		{"later.db", "here/later.db", true},
		{"real.db", "exercise.db", false},
		{"real.db", "postgres://h/real.db", false},
		{"postgres://u:p@h/d", "postgresql://other@H:5432/d?sslmode=disable", true},
		{"postgres://u@localhost/d", "postgres://u@127.0.0.1/d", true},
		{"postgres:///d?host=h", "postgres://h/d", true},
		{"postgres://h/d", "postgres://h/d2", false},
		{"postgres://h/d", "postgres://h:5433/d", false},
	} {
		t.Setenv("GUITU_DATABASE", tt.real)
		t.Setenv("GUITU_EXERCISE_DATABASE", tt.exercise)
		_, _, err := loadConfig("", true)
		if same := err != nil && strings.Contains(err.Error(), "is the same as database"); same != tt.same {
			t.Errorf("%q for real and %q for practice: error %v, want refused %v", tt.real, tt.exercise, err, tt.same)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("sources: [{kind: feed}]\n<<: {listen: x}\n"))
	path := filepath.Join(f.TempDir(), "c.yaml")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := loadConfig(path, false); err != nil && err.Error() == "" {
			t.Error("an error that says nothing")
		}
	})
}
