// Package telegram publishes notices in a Telegram channel.
//
// The Bot API has no idempotency keys and lets a bot look up nothing in a channel, so a publication whose answer was lost stays
// unknown until a person has looked. A notice is edited where it stands, photos and all, or deleted within 48 hours.
package telegram

import (
	"context"
	"errors"
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
	_ guitu.Puller    = (*Publisher)(nil)
	_ guitu.Prober    = (*Publisher)(nil)
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

// limits are the Bot API's. Telegram has no words for those who can't see a photo.
var limits = publishers.Limits{
	Text: api.MaxText, Caption: api.MaxCaption, Pictures: api.MaxAlbum, PictureBytes: api.MaxPhotoBytes,
}

// post sends one message, or an album: what is longer than a caption is cut, since two messages could part.
func (p *Publisher) post(ctx context.Context, pub guitu.Publication, reserved bool) (guitu.Receipt, error) {
	photos := limits.Take(pub.Pictures)
	m := api.Message{Chat: p.channel, HTML: text(pub, photos), ReplyTo: replyTo(pub), Reserved: reserved}
	at := place{chat: p.channel, photos: len(photos) > 0}
	var err error
	if at.photos {
		at.chat, at.messages, err = p.client.SendPhotos(ctx, m, photos)
	} else {
		var ref guitu.MessageRef
		ref, err = p.client.Send(ctx, m)
		at.chat, at.messages = ref.Chat, []string{ref.Message}
	}
	if err != nil {
		return guitu.Receipt{}, err
	}
	r := guitu.Receipt{ExternalID: at.String()}
	if name, public := strings.CutPrefix(p.channel, "@"); public {
		r.URL = "https://t.me/" + name + "/" + at.messages[0]
	}
	return r, nil
}

// replyTo is the message that a publication answers. Of another chat, before the channel changed in the configuration, it may be
// anybody's; an answer to what is not there is sent all the same.
func replyTo(pub guitu.Publication) string {
	at, err := parsePlace(pub.ReplyTo.ExternalID)
	if err != nil {
		return ""
	}
	return at.messages[0]
}

// Edit makes the post read as the notice, where it was made, also after the channel has changed in the configuration. A photo can be
// replaced by another and not be taken out, and an album keeps its number of photos: what can't be is ErrRejected, and is pulled.
func (p *Publisher) Edit(ctx context.Context, pub guitu.Publication) error {
	at, err := parsePlace(pub.Receipt.ExternalID)
	if err != nil {
		return err
	}
	photos := limits.Take(pub.Pictures)
	if !at.photos {
		return p.client.Edit(ctx, at.ref(0), api.Message{HTML: text(pub, nil)})
	}
	if len(photos) != len(at.messages) {
		return fmt.Errorf("telegram: %w: a post with %d photos can't be made one with %d", guitu.ErrRejected, len(at.messages), len(photos))
	}
	for i, photo := range photos {
		caption := ""
		if i == 0 {
			caption = text(pub, photos)
		}
		if err := p.client.EditPhoto(ctx, at.ref(i), caption, photo); err != nil {
			return err
		}
	}
	return nil
}

// Pull deletes the post, with all photos of an album.
func (p *Publisher) Pull(ctx context.Context, pub guitu.Publication) error {
	at, err := parsePlace(pub.Receipt.ExternalID)
	if err != nil {
		return err
	}
	for i := range at.messages {
		if err := p.client.Delete(ctx, at.ref(i)); err != nil {
			return err
		}
	}
	return nil
}

// Probe asks who the bot is, and what it may do in the channel.
func (p *Publisher) Probe(ctx context.Context) (guitu.Account, error) {
	me, err := p.client.Me(ctx)
	if err != nil {
		return guitu.Account{}, err
	}
	may, err := p.client.May(ctx, p.channel)
	switch {
	case errors.Is(err, guitu.ErrUnauthorized):
		// The token is good, as the first call showed; a server that does not know the question says nothing of it.
		return guitu.Account{Name: "@" + me.Username}, nil
	case err == nil && len(may) == 0:
		err = fmt.Errorf("telegram: %w: @%s may not post in %s", guitu.ErrUnauthorized, me.Username, p.channel)
	}
	return guitu.Account{Name: "@" + me.Username, May: may}, err
}

// place is where a post stands: "-1001/17" of a text, "-1001/photo:17,18" of photos.
type place struct {
	chat     string
	photos   bool
	messages []string
}

// String returns the place as receipts have it.
func (p place) String() string {
	kind := ""
	if p.photos {
		kind = "photo:"
	}
	return p.chat + "/" + kind + strings.Join(p.messages, ",")
}

func (p place) ref(i int) guitu.MessageRef {
	return guitu.MessageRef{Chat: p.chat, Message: p.messages[i]}
}

func parsePlace(receipt string) (place, error) {
	chat, rest, ok := strings.Cut(receipt, "/")
	list, photos := strings.CutPrefix(rest, "photo:")
	if !ok || list == "" {
		return place{}, fmt.Errorf("telegram: %w: receipt %q names no post", guitu.ErrRejected, receipt)
	}
	return place{chat, photos, strings.Split(list, ",")}, nil
}

// Preview returns the text and the pictures of a post.
func (*Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	photos := limits.Take(pub.Pictures)
	return words(pub, photos), photos
}

// text is the notice with its first line in bold, which says what happened, or that it no longer holds.
func text(pub guitu.Publication, photos []guitu.Picture) string {
	first, rest, _ := strings.Cut(words(pub, photos), "\n")
	return "<b>" + api.Escape(first) + "</b>\n" + api.Escape(rest)
}

func words(pub guitu.Publication, photos []guitu.Picture) string {
	return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, limits.Beside(photos))
}
