package main

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"guitu"
	"guitu/bot"
	api "guitu/internal/telegram"
	"guitu/jobs"
	"guitu/publishers/followers"
	"guitu/verify/follow"
	"guitu/verify/source"
)

// FollowersConfig is how people are told of alerts near them: by their browsers with a key, and in chat with a bot.
type FollowersConfig struct {
	KeyFile string `yaml:"key_file"` // VAPID, as guitu webpush-key writes it; "": no browsers
	Budget  int    `yaml:"budget"`   // loud notices for one follower in a day

	Key Secret `yaml:"-"` // from KeyFile
}

// followers reads the key of pushes.
func (v *validator) followers(c *Config) {
	f := &c.Followers
	f.Key = v.secret(key{"followers", "key_file"}, f.KeyFile, "")
	if !f.Key.IsZero() {
		if _, err := followers.PublicKey(f.Key.Reveal()); err != nil {
			v.bad(key{"followers", "key_file"}, "%v", err)
		}
	}
	if f.Budget < 1 || f.Budget > 100 {
		v.bad(key{"followers", "budget"}, "want 1 to 100, got %d", f.Budget)
	}
}

// followers adds the channel of followers, when there is a way to reach any: a key for their browsers, or a bot.
func (s *server) followers(guard source.Guard, account *api.Client, p *parts, o *jobs.Options) error {
	send := map[guitu.FollowerKind]follow.Sender{}
	if account != nil {
		send[guitu.FollowTelegram] = followers.NewChat(account, func(code string) api.Button {
			return api.Button{Text: "我有线索", Data: bot.Press{Verb: bot.VerbTip, Code: code}.Data()}
		})
	}
	if !s.config.Followers.Key.IsZero() {
		// Where a follower's push service is, the follower says: the guard keeps it out of our own network.
		client := &http.Client{
			Transport: s.sealed(guard).Transport(), Timeout: 20 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		push, err := followers.NewPush(s.config.Followers.Key.Reveal(), s.config.PublicURL, client, s.db.Now)
		if err != nil {
			return fmt.Errorf("followers.key_file: %w", err)
		}
		p.push, send[guitu.FollowWebPush] = push, push
	}
	if len(send) == 0 {
		return nil
	}
	p.follow = follow.New(s.db, send, follow.Options{Link: p.site.Link, Budget: s.config.Followers.Budget, Log: s.log})
	o.Publishers, o.Reach = append(o.Publishers, p.follow), p.follow.Reach
	return nil
}

// forAll are the names of the channels that tell more than alerts: followers asked for these alone.
func forAll(channels []guitu.Publisher) []string {
	return slices.DeleteFunc(names(channels), func(name string) bool { return name == followersChannel })
}

// followersChannel is the name of the followers as a channel.
const followersChannel = "followers"

// webpushKeyCmd makes what pushes are signed with.
type webpushKeyCmd struct {
	KeyFile string `help:"Where to write the key." default:"webpush.key"`
}

// Run writes a key. It overwrites nothing: with another key all followers are lost.
func (c *webpushKeyCmd) Run(stdout io.Writer) error {
	private, _, err := webpush.GenerateVAPIDKeys()
	if err != nil {
		return err
	}
	if err := create(c.KeyFile, []byte(private+"\n"), 0o600); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "followers:\n  key_file: %s\n", c.KeyFile)
	return err
}
