package fake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxCaption is how many UTF-16 units a caption may have, and keptFor how long a bot may delete what it sent.
const (
	maxCaption = 1024
	keptFor    = 48 * time.Hour
)

// media is one photo of an album, or what a photo is to become.
type media struct {
	Type      string `json:"type"`
	Media     string `json:"media"`
	Caption   string `json:"caption"`
	ParseMode string `json:"parse_mode"`
}

func (t *Telegram) sendPhoto(p map[string]string, now time.Time) answer {
	m, refusal := photoMessage(p, media{Type: "photo", Media: "attach://photo", Caption: p["caption"], ParseMode: p["parse_mode"]})
	if refusal != "" {
		return bad(refusal)
	}
	return t.sendAll(p, []Message{m}, now)
}

func (t *Telegram) sendMediaGroup(p map[string]string, now time.Time) answer {
	var all []media
	if json.Unmarshal([]byte(p["media"]), &all) != nil {
		return bad("can't parse media JSON object")
	}
	if len(all) < 2 || len(all) > 10 {
		return bad("there must be 2 to 10 messages to send as an album")
	}
	var messages []Message
	for _, one := range all {
		m, refusal := photoMessage(p, one)
		if refusal != "" {
			return bad(refusal)
		}
		m.Album = strconv.Itoa(t.lastID + 1)
		messages = append(messages, m)
	}
	return t.sendAll(p, messages, now)
}

// sendAll sends photos, one message each.
func (t *Telegram) sendAll(p map[string]string, messages []Message, now time.Time) answer {
	chat := p["chat_id"]
	if n, err := strconv.ParseInt(chat, 10, 64); (err != nil && !strings.HasPrefix(chat, "@")) || (err == nil && n == 0) {
		return bad("chat not found")
	}
	if a, over := t.overLimit(chat, now); over {
		return a
	}
	var shown []any
	for i := range messages {
		m := &messages[i]
		if refusal := t.reply(p, chat, m); refusal != "" {
			return bad(refusal)
		}
		t.lastID++
		m.ID, m.Chat, m.SentAt = t.lastID, chat, now
		t.messages = append(t.messages, m)
		shown = append(shown, t.shownPhoto(*m))
	}
	a := ok(shown[0])
	if messages[0].Album != "" {
		a = ok(shown)
	}
	a.message = messages[0].ID
	return a
}

func (t *Telegram) editMessageMedia(p map[string]string, now time.Time) answer {
	id, _ := strconv.Atoi(p["message_id"])
	old := t.find(p["chat_id"], id)
	if old == nil {
		return bad("message to edit not found")
	}
	var one media
	if json.Unmarshal([]byte(p["media"]), &one) != nil {
		return bad("can't parse media JSON object")
	}
	m, refusal := photoMessage(p, one)
	if refusal != "" {
		return bad(refusal)
	}
	if a, over := t.overLimit(p["chat_id"], now); over {
		return a
	}
	old.HTML, old.Text, old.Photo = m.HTML, m.Text, m.Photo
	old.Edits++
	a := ok(t.shownPhoto(*old))
	a.message = id
	return a
}

func (t *Telegram) deleteMessage(p map[string]string, now time.Time) answer {
	id, _ := strconv.Atoi(p["message_id"])
	m := t.find(p["chat_id"], id)
	switch {
	case m == nil:
		return bad("message to delete not found")
	case now.Sub(m.SentAt) > keptFor:
		return bad("message can't be deleted")
	}
	t.messages = slices.DeleteFunc(t.messages, func(o *Message) bool { return o == m })
	return ok(true)
}

// photoMessage reads a photo as the Bot API does; refusal is "" when it is acceptable.
func photoMessage(p map[string]string, one media) (m Message, refusal string) {
	name, attached := strings.CutPrefix(one.Media, "attach://")
	digest := p[fileParam+name]
	if !attached || digest == "" || one.Type != "photo" {
		return m, "there is no photo in the request"
	}
	m = Message{HTML: one.Caption, Text: one.Caption, Photo: digest, Markup: p["reply_markup"]}
	if one.ParseMode == "HTML" {
		text, problem := plainText(one.Caption)
		if problem != "" {
			return m, "can't parse entities: " + problem
		}
		m.Text = text
	}
	if units(m.Text) > maxCaption {
		return m, "message caption is too long"
	}
	return m, ""
}

func (t *Telegram) shownPhoto(m Message) map[string]any {
	s := t.shown(m)
	delete(s, "text")
	s["caption"] = m.Text
	s["photo"] = []any{map[string]any{"file_id": fmt.Sprint("p", m.ID), "file_unique_id": m.Photo, "width": 1, "height": 1}}
	if m.Album != "" {
		s["media_group_id"] = m.Album
	}
	return s
}

// Age makes a message older than it is.
func (t *Telegram) Age(chat string, message int, by time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m := t.find(chat, message); m != nil {
		m.SentAt = m.SentAt.Add(-by)
	}
}
