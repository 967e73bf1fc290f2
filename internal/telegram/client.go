package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"guitu"
)

// Options says how a Client speaks. The zero value speaks to Telegram.
type Options struct {
	APIURL    string            // default https://api.telegram.org
	Transport http.RoundTripper // default http.DefaultTransport
	Timeout   time.Duration     // of one call, default 20 s
	Limits    Limits            // default DefaultLimits
}

// Client calls the Bot API for one bot. It may be used by many goroutines.
type Client struct {
	bot     *tg.Bot
	wire    *wire
	limiter *limiter
	timeout time.Duration
	base    string // address of the methods, with the token: never shown
}

// New returns a Client for the bot with a token. It calls nothing: a wrong token is seen by the first call, as
// guitu.ErrUnauthorized.
func New(token string, o Options) (*Client, error) {
	token = strings.TrimSpace(token)
	if id, secret, ok := strings.Cut(token, ":"); !ok || id == "" || secret == "" || strings.Trim(id, "0123456789") != "" || strings.ContainsAny(token, "/?#% \t\r\n") {
		return nil, errors.New("telegram: the token should look like 110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw")
	}
	if o.APIURL == "" {
		o.APIURL = "https://api.telegram.org"
	}
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	o.APIURL = strings.TrimRight(o.APIURL, "/")
	c := &Client{
		wire:    newWire(token, o.Transport),
		limiter: newLimiter(o.Limits),
		timeout: o.Timeout,
		base:    o.APIURL + "/bot" + token + "/",
	}
	bot, err := tg.New(token, tg.WithSkipGetMe(), tg.WithServerURL(o.APIURL), tg.WithHTTPClient(o.Timeout, c.wire),
		// The library reports nothing here that the calls do not return.
		tg.WithErrorsHandler(func(error) {}))
	if err != nil {
		return nil, c.wire.scrub("new", err)
	}
	c.bot = bot
	return c, nil
}

// ID returns the bot's own account, which its token names.
func (c *Client) ID() int64 { return c.bot.ID() }

// Message is a text for a chat.
type Message struct {
	Chat     string // numeric id or "@channelusername"
	HTML     string // Telegram's HTML; MaxText UTF-16 units at most when the markup is gone
	Keyboard [][]Button
	ReplyTo  string // id of the message that this answers, "" for none; a vanished one is no error
	Force    bool   // ask the addressed people's applications to open a reply to it
	Place    string // of a private chat: shows a button of this label that sends where one is, "" for none
	NoPlace  bool   // takes that button away
	Quiet    bool   // no sound
	Reserved bool   // it does not wait: Reserve has taken its place
}

// Button is a button under a message: Data comes back when it is pressed, URL is opened.
type Button struct{ Text, Data, URL string }

// moment is how long Reserve waits at most: for the messages to others, not for a chat's own turn.
const moment = 200 * time.Millisecond

// Reserve takes the place of a message to a chat if it may go now, for a caller who can't wait, or must do something before the
// call. Nothing is sent. The error is *guitu.RetryError when it may not, else ctx's.
func (c *Client) Reserve(ctx context.Context, chat string) error {
	if err := c.limiter.wait(ctx, chat, min(moment, c.limiter.MaxWait)); err != nil {
		return fmt.Errorf("telegram: %w", err)
	}
	return nil
}

// Send sends m. The errors are those of guitu.Chat and guitu.Publisher.
func (c *Client) Send(ctx context.Context, m Message) (guitu.MessageRef, error) {
	p := &tg.SendMessageParams{
		ChatID: m.Chat, Text: m.HTML, ParseMode: models.ParseModeHTML, DisableNotification: m.Quiet,
		LinkPreviewOptions: noPreview(), ReplyMarkup: markup(m),
	}
	if id, err := strconv.Atoi(m.ReplyTo); err == nil {
		p.ReplyParameters = &models.ReplyParameters{MessageID: id, AllowSendingWithoutReply: true}
	}
	call := c.call
	if m.Reserved {
		call = c.do
	}
	var sent *models.Message
	err := call(ctx, "sendMessage", m.Chat, func(ctx context.Context) (err error) {
		sent, err = c.bot.SendMessage(ctx, p)
		return err
	})
	if err != nil {
		return guitu.MessageRef{}, err
	}
	if sent == nil || sent.ID == 0 {
		return guitu.MessageRef{}, fmt.Errorf("telegram sendMessage: %w: the answer has no message", guitu.ErrUnknown)
	}
	chat := m.Chat
	if sent.Chat.ID != 0 {
		chat = strconv.FormatInt(sent.Chat.ID, 10)
	}
	return guitu.MessageRef{Chat: chat, Message: strconv.Itoa(sent.ID)}, nil
}

// Edit replaces a message of the bot. A message that already reads so is no error.
func (c *Client) Edit(ctx context.Context, ref guitu.MessageRef, m Message) error {
	id, err := strconv.Atoi(ref.Message)
	if err != nil {
		return fmt.Errorf("telegram editMessageText: %w: message id is no number", guitu.ErrRejected)
	}
	p := &tg.EditMessageTextParams{
		ChatID: ref.Chat, MessageID: id, Text: m.HTML, ParseMode: models.ParseModeHTML, LinkPreviewOptions: noPreview(),
	}
	if len(m.Keyboard) > 0 {
		p.ReplyMarkup = markup(m)
	}
	call := c.call
	if m.Reserved {
		call = c.do
	}
	err = call(ctx, "editMessageText", ref.Chat, func(ctx context.Context) error {
		_, err := c.bot.EditMessageText(ctx, p)
		return err
	})
	if errors.Is(err, errNotModified) {
		return nil
	}
	return err
}

// Answer answers a press: toast is shown to the presser, at most MaxToast characters.
func (c *Client) Answer(ctx context.Context, query, toast string, alert bool) error {
	return c.call(ctx, "answerCallbackQuery", "", func(ctx context.Context) error {
		_, err := c.bot.AnswerCallbackQuery(ctx, &tg.AnswerCallbackQueryParams{CallbackQueryID: query, Text: Cut(toast, MaxToast), ShowAlert: alert})
		return err
	})
}

// Me returns the bot's own account.
func (c *Client) Me(ctx context.Context) (models.User, error) {
	var me *models.User
	err := c.call(ctx, "getMe", "", func(ctx context.Context) (err error) {
		me, err = c.bot.GetMe(ctx)
		return err
	})
	if err != nil || me == nil {
		return models.User{}, err
	}
	return *me, nil
}

// SetWebhook asks Telegram to deliver updates to an address with a secret.
func (c *Client) SetWebhook(ctx context.Context, address, secret string, allowed []string) error {
	return c.call(ctx, "setWebhook", "", func(ctx context.Context) error {
		_, err := c.bot.SetWebhook(ctx, &tg.SetWebhookParams{URL: address, SecretToken: secret, AllowedUpdates: allowed})
		return err
	})
}

// DeleteWebhook makes Telegram keep updates until they are asked for.
func (c *Client) DeleteWebhook(ctx context.Context) error {
	return c.call(ctx, "deleteWebhook", "", func(ctx context.Context) error {
		_, err := c.bot.DeleteWebhook(ctx, &tg.DeleteWebhookParams{})
		return err
	})
}

// call makes one call within the limits and the deadline, and translates its outcome.
func (c *Client) call(ctx context.Context, method, chat string, do func(context.Context) error) error {
	if err := c.limiter.wait(ctx, chat, c.limiter.MaxWait); err != nil {
		return fmt.Errorf("telegram %s: %w", method, err) // certainly not sent
	}
	return c.do(ctx, method, chat, do)
}

// do makes one call whose place is taken, within the deadline, and translates its outcome.
func (c *Client) do(ctx context.Context, method, chat string, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	err := c.wire.translate(method, do(ctx))
	// The call may have arrived as late as this, and Telegram counts from its arrival.
	c.limiter.pause(chat, c.limiter.EveryChat)
	var retry *guitu.RetryError
	if c.limiter.Heed && errors.As(err, &retry) {
		c.limiter.pause(chat, retry.After)
	}
	return err
}

// Update is one raw update: its id, and the JSON as Telegram sent it.
type Update struct {
	ID   int64
	Body json.RawMessage
}

// Updates asks for the updates from offset on, waiting for the first at most the given time. Asking acknowledges every
// update below offset: Telegram forgets them.
func (c *Client) Updates(ctx context.Context, offset int64, wait time.Duration, allowed []string) ([]Update, error) {
	ctx, cancel := context.WithTimeout(ctx, wait+c.timeout)
	defer cancel()
	q := map[string]any{"offset": offset, "timeout": int(wait / time.Second), "limit": 100, "allowed_updates": allowed}
	body, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"getUpdates", strings.NewReader(string(body)))
	if err != nil {
		return nil, c.wire.scrub("getUpdates", err)
	}
	req.Header.Set("Content-Type", "application/json")
	raw, err := c.wire.raw(req)
	if err != nil {
		return nil, c.wire.translate("getUpdates", err)
	}
	var bodies []json.RawMessage
	if err := json.Unmarshal(raw, &bodies); err != nil {
		return nil, errors.New("telegram getUpdates: the result is no list")
	}
	updates := make([]Update, 0, len(bodies))
	for _, b := range bodies {
		id, _ := UpdateID(b)
		updates = append(updates, Update{ID: id, Body: b})
	}
	return updates, nil
}

// Disconnect closes the connections over which nobody waits for an answer: one that has died without a word is not used again.
func (c *Client) Disconnect() { c.wire.http.CloseIdleConnections() }

// UpdateID reads the id of an update and nothing else, so that an update that makes no other sense can still be named.
func UpdateID(body []byte) (int64, bool) {
	var u struct {
		ID int64 `json:"update_id"`
	}
	err := json.Unmarshal(body, &u)
	return u.ID, err == nil && u.ID > 0
}

func noPreview() *models.LinkPreviewOptions {
	// A preview is fetched by Telegram's servers, which would use up a sign-in link.
	return &models.LinkPreviewOptions{IsDisabled: tg.True()}
}

func markup(m Message) models.ReplyMarkup {
	if m.Force {
		// In a group only the addressed are asked: the others would find a reply half begun in their application.
		return &models.ForceReply{ForceReply: true, Selective: isGroup(m.Chat)}
	}
	if m.Place != "" {
		return &models.ReplyKeyboardMarkup{
			Keyboard:       [][]models.KeyboardButton{{{Text: m.Place, RequestLocation: true}}},
			ResizeKeyboard: true, OneTimeKeyboard: true,
		}
	}
	if m.NoPlace {
		return &models.ReplyKeyboardRemove{RemoveKeyboard: true}
	}
	if len(m.Keyboard) == 0 {
		return nil
	}
	k := &models.InlineKeyboardMarkup{}
	for _, row := range m.Keyboard {
		var r []models.InlineKeyboardButton
		for _, b := range row {
			r = append(r, models.InlineKeyboardButton{Text: b.Text, CallbackData: b.Data, URL: b.URL})
		}
		k.InlineKeyboard = append(k.InlineKeyboard, r)
	}
	return k
}
