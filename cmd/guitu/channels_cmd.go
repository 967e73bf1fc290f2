package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"guitu"
	channel "guitu/publishers/telegram"
)

// channelsCmd is what an operator does with channels apart from publishing.
type channelsCmd struct {
	Check channelsCheckCmd `cmd:"" help:"Ask each channel who we are there, what we may do and what is left, without publishing."`
	Try   channelsTryCmd   `cmd:"" help:"Publish a test notice on a test target and take it down."`
}

// askTimeout is how long one channel may take to answer an operator.
const askTimeout = 20 * time.Second

type channelsCheckCmd struct{ configFlag }

// Run asks each configured channel that can be asked. The error says that one of them does not work.
func (c *channelsCheckCmd) Run(ctx context.Context, w io.Writer) error {
	all, err := configured(c.Config, false)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var bad []string
	for _, pub := range all {
		words, err := askChannel(ctx, pub)
		if err != nil {
			bad = append(bad, pub.Name())
			words = "does not work: " + err.Error()
		}
		fmt.Fprintf(t, "%s\t%s\n", pub.Name(), words)
	}
	if len(all) == 0 {
		fmt.Fprintln(t, "no channel is configured beside the site")
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(bad) > 0 {
		return errors.New("not every channel works: " + strings.Join(bad, ", "))
	}
	return nil
}

// askChannel says who the account is, what it may do, until when, and what is left of its budgets.
func askChannel(ctx context.Context, pub guitu.Publisher) (string, error) {
	var words []string
	prober, ok := pub.(guitu.Prober)
	if !ok {
		words = append(words, "has no call that does nothing: not asked")
	} else {
		ctx, cancel := context.WithTimeout(ctx, askTimeout)
		defer cancel()
		a, err := prober.Probe(ctx)
		if err != nil {
			return "", err
		}
		words = append(words, "is "+a.Name)
		if len(a.May) > 0 {
			words = append(words, "may "+strings.Join(a.May, ", "))
		}
		if !a.Expires.IsZero() {
			words = append(words, "credential ends "+a.Expires.UTC().Format(time.RFC3339))
		}
		for _, name := range slices.Sorted(maps.Keys(a.Left)) {
			words = append(words, fmt.Sprintf("%d %s left", a.Left[name], name))
		}
	}
	if b, ok := pub.(guitu.Budgeted); ok {
		for _, budget := range b.Budgets() {
			words = append(words, fmt.Sprintf("at most %d %s", budget.Most, budget.Name))
		}
	}
	return strings.Join(words, "; "), nil
}

type channelsTryCmd struct {
	configFlag
	Name         string `arg:"" help:"Name of a channel that is marked test: true."`
	ToTestTarget bool   `required:"" help:"Say that it is to be published on a test target."`
}

// Run publishes a notice of an exercise on a test target and takes it down.
func (c *channelsTryCmd) Run(ctx context.Context, w io.Writer) error {
	all, err := configured(c.Config, true)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(p guitu.Publisher) bool { return p.Name() == c.Name })
	if i < 0 {
		return fmt.Errorf("no channel %q is marked test: true in the configuration", c.Name)
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	return tryChannel(ctx, w, all[i])
}

func tryChannel(ctx context.Context, w io.Writer, pub guitu.Publisher) error {
	p := guitu.Publication{
		Key: fmt.Sprintf("try-%d", time.Now().UnixNano()), Link: "https://guitu.example/n/TEST22",
		Notice: guitu.Notice{
			Kind: guitu.NoticeDebunk, Status: guitu.Exercise, Code: "TEST22",
			Texts: map[string]guitu.Text{
				guitu.Chinese: {Headline: "【演练】归途渠道测试", Description: "这是一条测试消息，将自动撤下。", Instruction: "请不要转发。"},
				guitu.English: {Headline: "【演练】Exercise: a test of guitu", Description: "It is taken down by itself.", Instruction: "Please do not pass it on."},
			},
		},
	}
	var err error
	if p.Receipt, err = pub.Publish(ctx, p); err != nil {
		return fmt.Errorf("publish on %s: %w", pub.Name(), err)
	}
	fmt.Fprintf(w, "published on %s: %s %s\n", pub.Name(), p.Receipt.ExternalID, p.Receipt.URL)
	puller, ok := pub.(guitu.Puller)
	if !ok {
		fmt.Fprintln(w, "the channel takes nothing down: it stays")
		return nil
	}
	if err := puller.Pull(ctx, p); err != nil {
		return fmt.Errorf("take it down on %s: %w", pub.Name(), err)
	}
	fmt.Fprintln(w, "taken down")
	return nil
}

// configured makes the channels of a configuration: those that publish, or the test targets.
func configured(path string, test bool) ([]guitu.Publisher, error) {
	config, _, err := loadConfig(path, false)
	if err != nil {
		return nil, err
	}
	s := &server{config: config, log: slog.New(slog.DiscardHandler)}
	s.config.Publishers = slices.DeleteFunc(slices.Clone(config.Publishers), func(p PublisherConfig) bool { return p.Test != test })
	if !config.Telegram.Enabled() {
		return s.publishers(nil, nil)
	}
	guard, err := s.guard()
	if err != nil {
		return nil, err
	}
	account, err := s.account(guard)
	if err != nil {
		return nil, err
	}
	all, err := s.publishers(account, nil)
	if err == nil && config.Telegram.Channel != "" && !test {
		var main *channel.Publisher
		main, err = channel.New(account, config.Telegram.Channel, channel.Options{})
		all = append([]guitu.Publisher{main}, all...)
	}
	return all, err
}
