package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/go-telegram/bot/models"

	"guitu"
	"guitu/bot"
	api "guitu/internal/telegram"
)

// Handle answers one update from the Inbox. It decides at most once however often it runs, so after an error it is to be run
// again; *guitu.RetryError says when. An update that makes no sense is logged by its id and dropped.
func (b *Bot) Handle(ctx context.Context, body []byte) error {
	id, ok := api.UpdateID(body)
	var u models.Update
	if err := json.Unmarshal(body, &u); err != nil || !ok {
		// The error may quote the text, so it is not logged.
		b.o.Log.ErrorContext(ctx, "telegram update dropped: not readable", "update", id)
		return nil
	}
	switch {
	case u.CallbackQuery != nil:
		return b.press(ctx, u)
	case u.Message != nil:
		return b.text(ctx, u)
	}
	return nil
}

func (b *Bot) press(ctx context.Context, u models.Update) error {
	q := u.CallbackQuery
	chat, message, ok := pressed(q.Message)
	if !ok {
		return nil // A button under a message that was sent by inline mode, which is none of ours.
	}
	in := bot.Incoming{
		Key: key(u), User: q.From.ID, Private: chat.Type == models.ChatTypePrivate,
		Ref: guitu.MessageRef{Chat: strconv.FormatInt(chat.ID, 10), Message: strconv.Itoa(message)},
	}
	if m := q.Message.Message; m != nil {
		in.ReplyTo = said(m)
	}
	a, err := b.talk.Press(ctx, in, q.Data)
	if err != nil {
		return err
	}
	err = b.toast(ctx, u.ID, q.ID, a)
	if errors.Is(err, guitu.ErrRejected) && a.Say == nil && a.Toast != "" {
		// The press has become too old for a toast, as after a long standstill; who pressed shall still be answered.
		a.Say = &bot.Utterance{Text: a.Toast}
	}
	if err := b.tell(ctx, in, a); err != nil {
		return err
	}
	if err := b.say(ctx, in, a); err != nil {
		return err
	}
	if a.Reshow != nil {
		if err := b.Show(ctx, in.Ref, *a.Reshow); err != nil {
			b.o.Log.WarnContext(ctx, "telegram card not shown anew", "update", u.ID, "rumor", a.Reshow.Rumor.ID, "err", err)
		}
	}
	return nil
}

// toast answers a press. It is a courtesy that Telegram accepts for a few seconds only, so no error of it repeats the press.
func (b *Bot) toast(ctx context.Context, update int64, query string, a bot.Answer) error {
	refused := a.Say == nil && a.Toast != ""
	err := b.client.Answer(ctx, query, a.Toast, refused)
	if err != nil {
		b.o.Log.InfoContext(ctx, "telegram press not answered by a toast", "update", update, "err", err)
	}
	if errors.Is(err, guitu.ErrRejected) {
		return err
	}
	return nil
}

func (b *Bot) text(ctx context.Context, u models.Update) error {
	m := u.Message
	if m.From == nil || m.From.IsBot {
		return nil
	}
	in := bot.Incoming{
		Key: key(u), User: m.From.ID, Private: m.Chat.Type == models.ChatTypePrivate,
		Ref:  guitu.MessageRef{Chat: strconv.FormatInt(m.Chat.ID, 10), Message: strconv.Itoa(m.ID)},
		Text: said(m),
	}
	in.Picture, in.Point = picture(m), point(m)
	// Not any bot's message: what ours says is known to be ours.
	if r := m.ReplyToMessage; r != nil && r.From != nil && r.From.ID == b.client.ID() {
		in.ReplyTo = said(r)
	}
	text, ours, err := b.address(ctx, in.Text)
	if err != nil || !ours {
		return err
	}
	in.Text = text
	a, err := b.talk.Text(ctx, in)
	if err != nil {
		return err
	}
	return b.say(ctx, in, a)
}

// said is what a message says, under its picture where it has one.
func said(m *models.Message) string {
	if m.Text == "" {
		return m.Caption
	}
	return m.Text
}

// picture is the id of the picture that a message brings: the largest that Telegram keeps, or the file as it was.
func picture(m *models.Message) string {
	if n := len(m.Photo); n > 0 {
		return m.Photo[n-1].FileID // the last is the largest
	}
	if m.Document != nil && strings.HasPrefix(m.Document.MimeType, "image/") {
		return m.Document.FileID
	}
	return ""
}

func point(m *models.Message) *guitu.Point {
	if m.Location == nil {
		return nil
	}
	return &guitu.Point{Lat: m.Location.Latitude, Lng: m.Location.Longitude}
}

// address takes the "@name" off a command; ours is false when it is for another bot.
func (b *Bot) address(ctx context.Context, text string) (plain string, ours bool, err error) {
	command, rest, spaced := strings.Cut(text, " ")
	name, to, named := strings.Cut(command, "@")
	if !strings.HasPrefix(command, "/") || !named {
		return text, true, nil
	}
	own, err := b.username(ctx)
	if err != nil {
		return "", false, err
	}
	if spaced {
		name += " " + rest
	}
	return name, strings.EqualFold(to, own), nil
}

// say says what an answer says, and tells the conversation where it stands.
func (b *Bot) say(ctx context.Context, in bot.Incoming, a bot.Answer) error {
	if a.Say == nil {
		return nil
	}
	m := b.utterance(in, *a.Say)
	ref, err := b.send(ctx, m, *a.Say)
	if errors.Is(err, guitu.ErrRejected) {
		// The person has blocked the bot, or the chat is gone: there is nobody to tell.
		b.o.Log.WarnContext(ctx, "telegram answer refused", "key", in.Key, "err", err)
		return nil
	}
	if err != nil {
		return err
	}
	return b.talk.Said(ctx, *a.Say, ref)
}

// tell says to somebody else in private what an answer says to them. Who has blocked the bot finds it elsewhere.
func (b *Bot) tell(ctx context.Context, in bot.Incoming, a bot.Answer) error {
	if a.Tell == nil || a.Tell.To.TelegramUser == 0 {
		return nil
	}
	m := b.utterance(bot.Incoming{Private: true}, *a.Tell)
	m.Chat = strconv.FormatInt(a.Tell.To.TelegramUser, 10)
	_, err := b.client.Send(ctx, m)
	if errors.Is(err, guitu.ErrRejected) {
		b.o.Log.WarnContext(ctx, "telegram does not reach an officer", "key", in.Key, "officer", a.Tell.To.ID, "err", err)
		return nil
	}
	return err
}

// send sends a message: under its picture where it has one and the text is short enough, else after it. A picture that Telegram does
// not take is left out, since what it goes with can be pressing.
func (b *Bot) send(ctx context.Context, m api.Message, u bot.Utterance) (guitu.MessageRef, error) {
	if u.Picture == nil {
		return b.client.Send(ctx, m)
	}
	pictures := []guitu.Picture{*u.Picture}
	if api.Len(u.Text) <= api.MaxCaption-100 {
		chat, messages, err := b.client.SendPhotos(ctx, m, pictures)
		if err == nil {
			return guitu.MessageRef{Chat: chat, Message: messages[0]}, nil
		}
		if !errors.Is(err, guitu.ErrRejected) {
			return guitu.MessageRef{}, err
		}
		return b.client.Send(ctx, m)
	}
	title, _, _ := strings.Cut(u.Text, "\n")
	_, _, err := b.client.SendPhotos(ctx, api.Message{Chat: m.Chat, ReplyTo: m.ReplyTo, HTML: api.Escape(api.Cut(title, api.MaxCaption))}, pictures)
	if err != nil && !errors.Is(err, guitu.ErrRejected) {
		return guitu.MessageRef{}, err
	}
	return b.client.Send(ctx, m)
}

func (b *Bot) utterance(in bot.Incoming, u bot.Utterance) api.Message {
	m := api.Message{HTML: api.Escape(api.Cut(u.Text, api.MaxText-100)), Keyboard: keyboard(u.Choices, 1)}
	if u.Card != nil {
		m = b.card(*u.Card)
	}
	m.Chat = in.Ref.Chat
	if in.Private {
		m.Force, m.Place, m.NoPlace = u.Asks, u.Place, u.NoPlace
		return m
	}
	m.ReplyTo = in.Ref.Message
	if u.To.ID != 0 {
		// A mention is what makes a reply be asked of this person only.
		m.HTML = `<a href="tg://user?id=` + strconv.FormatInt(in.User, 10) + `">` + api.Escape(u.To.Name) + `</a>：` + m.HTML
	}
	m.Force = u.Asks
	return m
}

// pressed returns where a pressed message stands; Telegram tells only that much of old messages.
func pressed(m models.MaybeInaccessibleMessage) (chat models.Chat, message int, ok bool) {
	switch {
	case m.Message != nil:
		chat, message = m.Message.Chat, m.Message.ID
	case m.InaccessibleMessage != nil:
		chat, message = m.InaccessibleMessage.Chat, m.InaccessibleMessage.MessageID
	}
	return chat, message, chat.ID != 0 && message != 0
}

// key identifies an update for ever.
func key(u models.Update) string { return App + ":" + strconv.FormatInt(u.ID, 10) }
