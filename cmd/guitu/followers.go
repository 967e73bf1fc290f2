package main

import (
	"fmt"
	"io"
	"net/http"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"guitu"
	"guitu/jobs"
	"guitu/publishers/followers"
	"guitu/verify/follow"
	"guitu/verify/source"
)

// FollowersConfig is how people are told of alerts near them. Without a key nobody is.
type FollowersConfig struct {
	KeyFile string `yaml:"key_file"` // VAPID, as guitu webpush-key writes it
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

// followers adds the channel of followers, when there is a key.
func (s *server) followers(guard source.Guard, p *parts, o *jobs.Options) error {
	if s.config.Followers.Key.IsZero() {
		return nil
	}
	// Where a follower's push service is, the follower says: the guard keeps it out of our own network.
	client := &http.Client{
		Transport: s.sealed(guard).Transport(), Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	push, err := followers.NewPush(s.config.Followers.Key.Reveal(), s.config.PublicURL, client, s.db.Now)
	if err != nil {
		return fmt.Errorf("followers.key_file: %w", err)
	}
	p.push = push
	p.follow = follow.New(s.db, map[guitu.FollowerKind]follow.Sender{guitu.FollowWebPush: push}, follow.Options{
		Link: p.site.Link, Budget: s.config.Followers.Budget, Log: s.log,
	})
	o.Publishers, o.Reach = append(o.Publishers, p.follow), p.follow.Reach
	return nil
}

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
