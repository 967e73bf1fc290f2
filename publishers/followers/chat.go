package followers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/time/rate"

	"guitu"
	"guitu/internal/telegram"
	"guitu/publishers"
)

// chatRate is how many messages a second go to followers: Telegram lets the bot send 30 in all, and its officers are not to wait.
const chatRate = 15

// stop is under everything that a follower reads.
const stop = "\n\n不想再收到提醒：/stop"

// Chat tells followers in private chats with the bot. One message of an alert stands in a chat: what follows takes its place. The end, and what
// is to be heard, is said once more, so that it is read.
type Chat struct {
	client *telegram.Client
	tip    func(code string) telegram.Button // under an alert that goes on
	pace   *rate.Limiter
}

// NewChat returns a Chat that speaks through c, with a button under each alert by which people say what they saw.
func NewChat(c *telegram.Client, tip func(code string) telegram.Button) *Chat {
	return &Chat{client: c, tip: tip, pace: rate.NewLimiter(chatRate, 1)}
}

// Send tells a follower a notice. ErrRejected: they have blocked the bot. An answer that was lost counts as given, because nothing takes
// the place of a message that was sent twice.
func (c *Chat) Send(ctx context.Context, g guitu.Telling, n guitu.Notice, link string) (string, error) {
	m := telegram.Message{Chat: g.Address, HTML: chatText(n, link), Quiet: !g.Loud, ReplyTo: g.Earlier}
	if !n.Kind.Ends() {
		m.Keyboard = [][]telegram.Button{{c.tip(n.Code)}}
	}
	if g.Earlier != "" {
		stands, err := c.replace(ctx, guitu.MessageRef{Chat: g.Address, Message: g.Earlier}, m)
		if err != nil || stands && !g.Loud && !n.Kind.Ends() {
			return g.Earlier, err
		}
	}
	if err := c.pace.Wait(ctx); err != nil {
		return "", err
	}
	ref, err := c.client.Send(ctx, m)
	if errors.Is(err, guitu.ErrUnknown) {
		return "", nil
	}
	return ref.Message, gone(err)
}

// replace makes an earlier message say what holds now, and reports whether it still stands. It may be repeated.
func (c *Chat) replace(ctx context.Context, ref guitu.MessageRef, m telegram.Message) (stands bool, err error) {
	if err := c.pace.Wait(ctx); err != nil {
		return false, err
	}
	err = c.client.Edit(ctx, ref, m)
	if errors.Is(err, telegram.ErrNoCopy) {
		return false, nil
	}
	return err == nil, gone(err)
}

// gone keeps ErrRejected for those who can't be reached: a text that Telegram does not like is no reason to forget anybody.
func gone(err error) error {
	if errors.Is(err, guitu.ErrRejected) && !errors.Is(err, telegram.ErrNobody) {
		return fmt.Errorf("chat: %s", err.Error())
	}
	return err
}

// chatText is what a notice says in a chat.
func chatText(n guitu.Notice, link string) string {
	words := publishers.Plain(n, guitu.Chinese, link, publishers.Limits{Text: telegram.MaxText - telegram.Len(stop)})
	first, rest, _ := strings.Cut(words, "\n")
	return "<b>" + telegram.Escape(first) + "</b>\n" + telegram.Escape(rest+stop)
}
