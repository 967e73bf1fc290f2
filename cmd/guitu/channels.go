package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"guitu"
	api "guitu/internal/telegram"
	"guitu/publishers/partner"
	"guitu/verify/source"
)

// PublisherConfig is a channel beside the site and telegram.channel.
type PublisherConfig struct {
	Kind string `yaml:"kind"` // one of channelKinds
	Name string `yaml:"name"` // tells channels of one kind apart, for ever; "" where there is one only
	Test bool   `yaml:"test"` // a test target: no notice goes there, only what "guitu channels try" publishes
	// Setup holds the keys of the kind.
	Setup channelSetup `yaml:"-"`
}

// channelKinds are the kinds of channel, each with an empty setup. A channel is added by a line here, a struct with its keys in a
// file of its own (channel_telegram.go is the neighbour to copy), and a section in docs/channels.md.
func channelKinds() map[string]channelSetup {
	return map[string]channelSetup{
		"bluesky":        &blueskyChannel{},
		"dingtalk":       &dingtalkChannel{},
		"feishu":         &feishuChannel{},
		"mail":           &mailChannel{},
		"mastodon":       &mastodonChannel{},
		"matrix":         &matrixChannel{},
		"mqtt":           &mqttChannel{},
		"partner":        &partnerChannel{},
		"telegram":       &telegramChannel{},
		"wechat":         &wechatChannel{},
		"wecom":          &wecomChannel{},
		"weibo":          &weiboChannel{},
		"weibo_comments": &weiboComments{},
		"x":              &xChannel{},
	}
}

// channelSetup is what the configuration says of a channel of one kind: a struct of keys with yaml tags.
type channelSetup interface {
	// check says what is wrong with the keys, fills in their defaults and reads their secrets; k is the channel's place in the
	// file. c is the whole configuration.
	check(v *validator, k key, c Config)
	// address is the URL of the operator's own server, which may stand in a private network; "" for a public service.
	address() string
	// words say in the plan what goes where, without a secret.
	words() string
	// publisher makes the channel with a name.
	publisher(name string, o outside) (guitu.Publisher, error)
}

// outside is what a channel reaches the outside with.
type outside struct {
	transport http.RoundTripper // dials public addresses, and the operator's own
	guard     source.Guard      // the same, for what is not HTTP
	telegram  *api.Client       // the account of the key telegram, nil without one
	// cap returns the signed CAP message of a notice; nil where nobody publishes
	cap func(ctx context.Context, n guitu.Notice) ([]byte, error)
	// heard is told how many a partner reached with the notice of a key; nil where nobody publishes
	heard     func(ctx context.Context, channel, key string, r partner.Reach)
	publicURL string
	location  *time.Location
	log       *slog.Logger
}

// channel is the channel's name in the database: its kind, and what tells it from others of the kind.
func (p PublisherConfig) channel() string {
	if p.Name == "" {
		return p.Kind
	}
	return p.Kind + ":" + p.Name
}

// UnmarshalYAML reads kind and name, and the rest as the kind has it: unknown keys are refused as everywhere.
func (p *PublisherConfig) UnmarshalYAML(n ast.Node) error {
	kinds := channelKinds()
	want := "want one of " + strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")
	kind, ok := child(n, "kind").(*ast.StringNode)
	if !ok {
		return &yaml.SyntaxError{Message: "the kind is missing: " + want, Token: n.GetToken()}
	}
	if p.Setup, ok = kinds[kind.Value]; !ok {
		return &yaml.SyntaxError{Message: want + ", got " + strconv.Quote(kind.Value), Token: kind.GetToken()}
	}
	p.Kind = kind.Value
	if name := child(n, "name"); name != nil && name.Type() != ast.NullType {
		if err := yaml.NodeToValue(name, &p.Name); err != nil {
			return err
		}
	}
	if test := child(n, "test"); test != nil && test.Type() != ast.NullType {
		if err := yaml.NodeToValue(test, &p.Test); err != nil {
			return err
		}
	}
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return nil // the kind alone
	}
	rest := *m
	rest.Values = slices.DeleteFunc(slices.Clone(m.Values), func(v *ast.MappingValueNode) bool {
		return slices.Contains([]string{"kind", "name", "test"}, v.Key.String())
	})
	if len(rest.Values) == 0 {
		return nil
	}
	return yaml.NodeToValue(&rest, p.Setup, yaml.Strict())
}

// channelName is what tells channels of one kind apart. It stands in the database and in metrics.
var channelName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._-]{0,31}$`)

// needSecret reads a secret that can't be done without.
func (v *validator) needSecret(k key, path string) Secret {
	if path == "" {
		v.bad(k, "missing")
	}
	return v.secret(k, path, "")
}

// webhook reads the address of a group's robot, which is its credential.
func (v *validator) webhook(k key, path string) Secret {
	s := v.needSecret(k, path)
	if !s.IsZero() && hostPort(s.Reveal()) == "" {
		v.bad(k, "%s holds no address", path)
	}
	return s
}

// publishers checks the channels and reads their secrets.
func (v *validator) publishers(c Config) {
	seen := map[string]int{}
	if c.Telegram.Channel != "" {
		seen["telegram"] = -1
	}
	for i, p := range c.Publishers {
		k := key{"publishers", i}
		if p.Name != "" && !channelName.MatchString(p.Name) {
			v.bad(append(k, "name"), "want 1 to 32 letters, digits, dots, dashes and underscores, got %q", p.Name)
		}
		switch first, twice := seen[p.channel()]; {
		case twice && first < 0:
			v.bad(append(k, "name"), "is missing: telegram.channel is the channel without one")
		case twice:
			v.bad(append(k, "name"), "publishers[%d] is %q too", first, p.channel())
		default:
			seen[p.channel()] = i
		}
		p.Setup.check(v, k, c)
	}
}

// publishers makes the configured channels.
func (s *server) publishers(account *api.Client, signed func(context.Context, guitu.Notice) ([]byte, error)) ([]guitu.Publisher, error) {
	allow := s.config.Network.AllowPrivate
	for _, p := range s.config.Publishers {
		// As with telegram.api_url: the operator's own server needs no second permission, for the channels alone.
		if at := hostPort(p.Setup.address()); at != "" {
			allow = append(allow[:len(allow):len(allow)], at)
		}
	}
	guard, err := source.NewGuard(allow)
	if err != nil {
		return nil, err
	}
	guard = s.sealed(guard)
	o := outside{
		transport: guard.Transport(), guard: guard, telegram: account, cap: signed, publicURL: s.config.PublicURL,
		location: s.config.location(), log: s.log,
	}
	if s.db != nil {
		o.heard = partnerBook{s.db, s.log}.heard
	}
	var all []guitu.Publisher
	for i, p := range s.config.Publishers {
		made, err := p.Setup.publisher(p.channel(), o)
		if err != nil {
			return nil, fmt.Errorf("publishers[%d]: %w", i, err)
		}
		if made.Name() != p.channel() {
			return nil, fmt.Errorf("publishers[%d]: the channel calls itself %q, not %q", i, made.Name(), p.channel())
		}
		all = append(all, made)
	}
	return all, nil
}

// ports are those of schemes whose addresses need not name them.
var ports = map[string]string{"http": "80", "https": "443", "mqtt": "1883", "mqtts": "8883", "smtp": "25", "smtps": "465"}

// hostPort returns what a URL leads to as host:port, "" when it leads nowhere.
func hostPort(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	return net.JoinHostPort(u.Hostname(), or(u.Port(), ports[u.Scheme]))
}
