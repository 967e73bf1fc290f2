// Package telegram publishes notices in a Telegram channel.
//
// The Bot API has no idempotency keys and lets a bot look up nothing in a channel, so a publication whose answer was lost stays
// unknown until a person has looked. A corrected notice is edited where it stands.
package telegram

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"guitu"
	api "guitu/internal/telegram"
	"guitu/publishers"
)

// Options of a Publisher.
type Options struct {
	Name string // tells channels apart, "telegram" when it is empty
}

// Publisher publishes in one channel or group.
type Publisher struct {
	client  *api.Client
	channel string
	name    string
}

var (
	_ guitu.Publisher = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
	_ guitu.Pacer     = (*Publisher)(nil)
	_ guitu.Editor    = (*Publisher)(nil)
)

// New returns a Publisher for a channel, "@channelusername" or its numeric id ("-1001234567890"), where c's bot may post.
func New(c *api.Client, channel string, o Options) (*Publisher, error) {
	if o.Name == "" {
		o.Name = "telegram"
	}
	name, public := strings.CutPrefix(channel, "@")
	if id, err := strconv.ParseInt(channel, 10, 64); (public && name == "") || (!public && (err != nil || id >= 0)) {
		return nil, fmt.Errorf("telegram: the channel should be @name or a negative id, not %q", channel)
	}
	return &Publisher{client: c, channel: channel, name: o.Name}, nil
}

// Name returns the channel's name.
func (p *Publisher) Name() string { return p.name }

// Publish posts the notice in Chinese. Whoever needs another language finds it behind the link.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	return p.post(ctx, pub, false)
}

// Reserve takes the channel's turn if it has come. Whoever marks a publication as under way does so after it: what waits for its
// turn has certainly not been published.
func (p *Publisher) Reserve(ctx context.Context) (func(context.Context, guitu.Publication) (guitu.Receipt, error), error) {
	if err := p.client.Reserve(ctx, p.channel); err != nil {
		return nil, err
	}
	return func(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) { return p.post(ctx, pub, true) }, nil
}

func (p *Publisher) post(ctx context.Context, pub guitu.Publication, reserved bool) (guitu.Receipt, error) {
	ref, err := p.client.Send(ctx, api.Message{Chat: p.channel, HTML: text(pub), Reserved: reserved})
	if err != nil {
		return guitu.Receipt{}, err
	}
	r := guitu.Receipt{ExternalID: ref.Chat + "/" + ref.Message}
	if name, public := strings.CutPrefix(p.channel, "@"); public {
		r.URL = "https://t.me/" + name + "/" + ref.Message
	}
	return r, nil
}

// Edit makes the post say that its notice is corrected. It edits where the post was made, also after the channel has changed
// in the configuration.
func (p *Publisher) Edit(ctx context.Context, pub guitu.Publication) error {
	chat, message, ok := strings.Cut(pub.Receipt.ExternalID, "/")
	if !ok {
		return fmt.Errorf("telegram: %w: receipt %q names no post", guitu.ErrRejected, pub.Receipt.ExternalID)
	}
	return p.client.Edit(ctx, guitu.MessageRef{Chat: chat, Message: message}, api.Message{HTML: text(pub)})
}

// Preview returns the text of a post.
func (*Publisher) Preview(pub guitu.Publication) string { return words(pub) }

// text is the notice with its first line in bold, which says what happened, or that it no longer holds.
func text(pub guitu.Publication) string {
	first, rest, _ := strings.Cut(words(pub), "\n")
	return "<b>" + api.Escape(first) + "</b>\n" + api.Escape(rest)
}

func words(pub guitu.Publication) string {
	return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, publishers.Limits{Text: api.MaxText})
}
