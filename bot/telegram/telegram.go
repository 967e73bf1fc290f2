package telegram

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"guitu"
	"guitu/bot"
	api "guitu/internal/telegram"
)

// App names Telegram in the Inbox and in Decision keys, for ever.
const App = "telegram"

// Inbox keeps updates until they are handled.
type Inbox interface {
	// Put keeps an update together with the step that handles it. It is durable when Put returns nil. The same app and id
	// again change nothing.
	Put(ctx context.Context, app string, updateID int64, body []byte) error
}

// Options says how a Bot speaks. The zero value shows personal data to nobody.
type Options struct {
	ShowPersonalData bool                       // the chat server is one's own
	StoryLink        func(rumorID int64) string // makes the address of a story's page in the console; nil: none
	AlertLink        func(alertID int64) string // as StoryLink, of a case
	ChannelsLink     string                     // address of the console's page of channels, "" for none
	SourcesLink      string                     // address of the sources' page in the console, "" for none
	AreaName         func(guitu.Area) string    // as in bot.CardOptions
	Location         *time.Location             // as in bot.CardOptions
	Log              *slog.Logger               // default slog.Default
	Trouble          func(error)                // told of every error of Poll, for metrics; may be nil
	PollWait         time.Duration              // how long one request for updates waits, default 50 s
}

// Bot is the officers' bot in Telegram.
type Bot struct {
	client *api.Client
	talk   *bot.Conversation
	inbox  Inbox
	o      Options
	name   atomic.Pointer[string] // the account's user name, nil until Telegram has told it
}

var (
	_ guitu.Chat      = (*Bot)(nil)
	_ guitu.ChatPacer = (*Bot)(nil)
	_ guitu.Teller    = (*Bot)(nil)
	_ guitu.Teller    = voice{}
	_ guitu.Reminder  = (*Bot)(nil)
	_ guitu.Reminder  = voice{}
	_ guitu.Replier   = (*Bot)(nil)
	_ guitu.Replier   = voice{}
)

// New returns a Bot that speaks through c, answers with talk, and keeps what it receives in the inbox.
func New(c *api.Client, talk *bot.Conversation, inbox Inbox, o Options) *Bot {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Trouble == nil {
		o.Trouble = func(error) {}
	}
	if o.PollWait == 0 {
		o.PollWait = 50 * time.Second
	}
	return &Bot{client: c, talk: talk, inbox: inbox, o: o}
}

// Ask puts the card of q into a chat.
func (b *Bot) Ask(ctx context.Context, chat string, q guitu.Question) (guitu.MessageRef, error) {
	return voice{b, false}.Ask(ctx, chat, q)
}

// Show brings a standing card up to date.
func (b *Bot) Show(ctx context.Context, ref guitu.MessageRef, q guitu.Question) error {
	return voice{b, false}.Show(ctx, ref, q)
}

// Warn says in a chat that a source needs a person.
func (b *Bot) Warn(ctx context.Context, chat string, s guitu.SourceState) error {
	return voice{b, false}.Warn(ctx, chat, s)
}

// Tell says in a desk's chat what an alert needs of it.
func (b *Bot) Tell(ctx context.Context, chat string, a guitu.Alert, event guitu.EventKind) error {
	return voice{b, false}.Tell(ctx, chat, a, event)
}

// Reserve takes a chat's turn if it has come.
func (b *Bot) Reserve(ctx context.Context, chat string) (guitu.Chat, error) {
	if err := b.client.Reserve(ctx, chat); err != nil {
		return nil, err
	}
	return voice{b, true}, nil
}

// voice says what officers are to read: in its turn, or when it has waited for it.
type voice struct {
	b        *Bot
	reserved bool
}

func (v voice) Ask(ctx context.Context, chat string, q guitu.Question) (guitu.MessageRef, error) {
	m := v.b.card(q)
	m.Chat, m.Reserved = chat, v.reserved
	return v.b.client.Send(ctx, m)
}

func (v voice) Show(ctx context.Context, ref guitu.MessageRef, q guitu.Question) error {
	m := v.b.card(q)
	m.Quiet, m.Reserved = true, v.reserved
	return v.b.client.Edit(ctx, ref, m)
}

func (v voice) Warn(ctx context.Context, chat string, s guitu.SourceState) error {
	text := bot.Warning(s, bot.WarningOptions{Console: v.b.o.SourcesLink, Location: v.b.o.Location})
	_, err := v.b.client.Send(ctx, api.Message{Chat: chat, HTML: api.Escape(text), Reserved: v.reserved})
	return err
}

func (v voice) Tell(ctx context.Context, chat string, a guitu.Alert, event guitu.EventKind) error {
	link := ""
	if v.b.o.AlertLink != nil {
		link = v.b.o.AlertLink(a.ID)
	}
	u := bot.Told(a, event, link, v.b.o.Location)
	_, err := v.b.client.Send(ctx, api.Message{Chat: chat, HTML: api.Escape(u.Text), Keyboard: keyboard(u.Choices, 1), Reserved: v.reserved})
	return err
}

// Remind says to an officer that the certificate ends.
func (b *Bot) Remind(ctx context.Context, chat string, o guitu.Officer) error {
	return voice{b, false}.Remind(ctx, chat, o)
}

func (v voice) Remind(ctx context.Context, chat string, o guitu.Officer) error {
	_, err := v.b.client.Send(ctx, api.Message{Chat: chat, HTML: api.Escape(bot.Reminded(o, v.b.o.Location)), Reserved: v.reserved})
	return err
}

// Reply says in a private chat what came of a tip from it.
func (b *Bot) Reply(ctx context.Context, r guitu.TipReply) error {
	return voice{b, false}.Reply(ctx, r)
}

func (v voice) Reply(ctx context.Context, r guitu.TipReply) error {
	_, err := v.b.client.Send(ctx, api.Message{Chat: r.Chat, HTML: api.Escape(bot.Replied(r)), Reserved: v.reserved})
	return err
}

// WarnChannel says in a chat that a channel needs a person.
func (b *Bot) WarnChannel(ctx context.Context, chat string, t guitu.ChannelTrouble) error {
	return voice{b, false}.WarnChannel(ctx, chat, t)
}

func (v voice) WarnChannel(ctx context.Context, chat string, t guitu.ChannelTrouble) error {
	text := bot.ChannelWarning(t, bot.WarningOptions{Console: v.b.o.ChannelsLink, Location: v.b.o.Location})
	_, err := v.b.client.Send(ctx, api.Message{Chat: chat, HTML: api.Escape(text), Reserved: v.reserved})
	return err
}

// nameWait is how long a page that shows the bot's name waits for it.
const nameWait = 3 * time.Second

// Name returns the user name of the bot's account, "" while Telegram does not tell it.
func (b *Bot) Name(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, nameWait)
	defer cancel()
	name, err := b.username(ctx)
	if err != nil {
		b.o.Log.WarnContext(ctx, "telegram does not tell the bot's name", "err", err)
	}
	return name
}

// Known returns the user name of the bot's account, "" until Telegram has told it. It does not wait.
func (b *Bot) Known() string {
	if name := b.name.Load(); name != nil {
		return *name
	}
	return ""
}

// username asks for the user name of the bot's account once; it hardly ever changes.
func (b *Bot) username(ctx context.Context) (string, error) {
	if name := b.name.Load(); name != nil {
		return *name, nil
	}
	me, err := b.client.Me(ctx)
	if err != nil || me.Username == "" {
		return "", err
	}
	b.name.Store(&me.Username)
	return me.Username, nil
}
