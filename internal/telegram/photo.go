package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"guitu"
)

// The Bot API's limits of photos (core.telegram.org/bots/api#sendphoto, #sendmediagroup). A caption is counted as a text is.
const (
	MaxCaption    = 1024
	MaxAlbum      = 10
	MaxPhotoBytes = 10 << 20
)

// SendPhotos sends photos, at most MaxAlbum, with m's text as their caption: one message each, which stand together as an album. m's
// keyboard stands under a single photo; an album can't have one. The errors are those of Send.
func (c *Client) SendPhotos(ctx context.Context, m Message, photos []guitu.Picture) (chat string, messages []string, err error) {
	call := c.call
	if m.Reserved {
		call = c.do
	}
	var reply *models.ReplyParameters
	if id, err := strconv.Atoi(m.ReplyTo); err == nil {
		reply = &models.ReplyParameters{MessageID: id, AllowSendingWithoutReply: true}
	}
	method := "sendPhoto"
	if len(photos) > 1 {
		method = "sendMediaGroup"
	}
	var sent []*models.Message
	err = call(ctx, method, m.Chat, func(ctx context.Context) error {
		if len(photos) > 1 {
			var err error
			sent, err = c.bot.SendMediaGroup(ctx, &tg.SendMediaGroupParams{
				ChatID: m.Chat, Media: album(m.HTML, photos), DisableNotification: m.Quiet, ReplyParameters: reply,
			})
			return err
		}
		one, err := c.bot.SendPhoto(ctx, &tg.SendPhotoParams{
			ChatID: m.Chat, Caption: m.HTML, ParseMode: models.ParseModeHTML, DisableNotification: m.Quiet, ReplyParameters: reply,
			ReplyMarkup: markup(m), Photo: &models.InputFileUpload{Filename: photos[0].Name, Data: bytes.NewReader(photos[0].Bytes)},
		})
		sent = []*models.Message{one}
		return err
	})
	if err != nil {
		return "", nil, err
	}
	for _, s := range sent {
		if s == nil || s.ID == 0 {
			return "", nil, fmt.Errorf("telegram %s: %w: the answer has no message", method, guitu.ErrUnknown)
		}
		messages = append(messages, strconv.Itoa(s.ID))
	}
	if len(messages) != len(photos) {
		return "", nil, fmt.Errorf("telegram %s: %w: %d messages for %d photos", method, guitu.ErrUnknown, len(messages), len(photos))
	}
	chat = m.Chat
	if sent[0].Chat.ID != 0 {
		chat = strconv.FormatInt(sent[0].Chat.ID, 10)
	}
	return chat, messages, nil
}

// album is photos of which the first bears the caption, which Telegram shows under all of them.
func album(caption string, photos []guitu.Picture) []models.InputMedia {
	var media []models.InputMedia
	for i, p := range photos {
		m := photo("photo"+strconv.Itoa(i), p)
		if i == 0 {
			m.Caption, m.ParseMode = caption, models.ParseModeHTML
		}
		media = append(media, m)
	}
	return media
}

func photo(field string, p guitu.Picture) *models.InputMediaPhoto {
	return &models.InputMediaPhoto{Media: "attach://" + field, MediaAttachment: bytes.NewReader(p.Bytes)}
}

// EditPhoto replaces a photo and its caption, "" for none. The rest is as with Edit.
func (c *Client) EditPhoto(ctx context.Context, ref guitu.MessageRef, caption string, p guitu.Picture) error {
	id, err := strconv.Atoi(ref.Message)
	if err != nil {
		return fmt.Errorf("telegram editMessageMedia: %w: message id is no number", guitu.ErrRejected)
	}
	media := photo("photo", p)
	media.Caption = caption
	if caption != "" {
		media.ParseMode = models.ParseModeHTML
	}
	err = c.call(ctx, "editMessageMedia", ref.Chat, func(ctx context.Context) error {
		_, err := c.bot.EditMessageMedia(ctx, &tg.EditMessageMediaParams{ChatID: ref.Chat, MessageID: id, Media: media})
		return err
	})
	if errors.Is(err, errNotModified) {
		return nil
	}
	return err
}

// Delete takes a message of the bot away. One that is gone is no error; ErrRejected means that Telegram does not let it go, which it
// does for 48 hours (core.telegram.org/bots/api#deletemessage).
func (c *Client) Delete(ctx context.Context, ref guitu.MessageRef) error {
	id, err := strconv.Atoi(ref.Message)
	if err != nil {
		return fmt.Errorf("telegram deleteMessage: %w: message id is no number", guitu.ErrRejected)
	}
	err = c.call(ctx, "deleteMessage", ref.Chat, func(ctx context.Context) error {
		_, err := c.bot.DeleteMessage(ctx, &tg.DeleteMessageParams{ChatID: ref.Chat, MessageID: id})
		return err
	})
	if errors.Is(err, errNoMessage) {
		return nil
	}
	return err
}

// May returns what the bot may do in a chat, as Telegram calls it; nothing where it is no administrator.
func (c *Client) May(ctx context.Context, chat string) ([]string, error) {
	var m *models.ChatMember
	err := c.call(ctx, "getChatMember", "", func(ctx context.Context) (err error) {
		m, err = c.bot.GetChatMember(ctx, &tg.GetChatMemberParams{ChatID: chat, UserID: c.ID()})
		return err
	})
	if err != nil || m == nil {
		return nil, err
	}
	if m.Member != nil {
		return []string{"send_messages"}, nil // in a group every member may
	}
	var may []string
	if a := m.Administrator; a != nil {
		for _, right := range []struct {
			name string
			has  bool
		}{
			{"post_messages", a.CanPostMessages}, {"edit_messages", a.CanEditMessages}, {"delete_messages", a.CanDeleteMessages},
		} {
			if right.has {
				may = append(may, right.name)
			}
		}
	}
	return may, nil
}
