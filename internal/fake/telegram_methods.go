package fake

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"golang.org/x/net/html"
)

// act does the work of a method. The lock is held.
func (t *Telegram) act(method string, p map[string]string, now time.Time) answer {
	switch method {
	case "getMe":
		return ok(t.me())
	case "sendMessage":
		return t.sendMessage(p, now)
	case "editMessageText":
		return t.editMessageText(p, now)
	case "sendPhoto":
		return t.sendPhoto(p, now)
	case "sendMediaGroup":
		return t.sendMediaGroup(p, now)
	case "editMessageMedia":
		return t.editMessageMedia(p, now)
	case "deleteMessage":
		return t.deleteMessage(p, now)
	case "getChatMember":
		return ok(map[string]any{
			"status": "administrator", "user": t.me(), "can_post_messages": true, "can_edit_messages": true, "can_delete_messages": true,
		})
	case "getFile":
		return t.getFile(p)
	case "answerCallbackQuery":
		q, known := t.queries[p["callback_query_id"]]
		if !known || now.Sub(q.at) > t.o.QueryTTL {
			return bad("query is too old and response timeout expired or query ID is invalid")
		}
		if units(p["text"]) > 200 {
			return bad("MESSAGE_TOO_LONG")
		}
		q.answered, q.toast = true, p["text"]
		t.queries[p["callback_query_id"]] = q
		return ok(true)
	case "setWebhook":
		t.webhook = p["url"]
		return ok(true)
	case "deleteWebhook":
		t.webhook = ""
		return ok(true)
	}
	return answer{status: http.StatusNotFound, description: "Not Found"}
}

func (t *Telegram) sendMessage(p map[string]string, now time.Time) answer {
	chat := p["chat_id"]
	if n, err := strconv.ParseInt(chat, 10, 64); (err != nil && !strings.HasPrefix(chat, "@")) || (err == nil && n == 0) {
		return bad("chat not found")
	}
	m, refusal := checkMessage(p)
	if refusal != "" {
		return bad(refusal)
	}
	if a, over := t.overLimit(chat, now); over {
		return a
	}
	if refusal := t.reply(p, chat, &m); refusal != "" {
		return bad(refusal)
	}
	t.lastID++
	m.ID, m.Chat, m.SentAt = t.lastID, chat, now
	t.messages = append(t.messages, &m)
	a := ok(t.shown(m))
	a.message = m.ID
	return a
}

// reply reads what a message answers.
func (t *Telegram) reply(p map[string]string, chat string, m *Message) (refusal string) {
	r := p["reply_parameters"]
	if r == "" {
		return ""
	}
	var to struct {
		ID      int  `json:"message_id"`
		Without bool `json:"allow_sending_without_reply"`
	}
	if json.Unmarshal([]byte(r), &to) != nil {
		return "can't parse reply parameters JSON object"
	}
	if t.find(chat, to.ID) == nil {
		if !to.Without {
			return "message to be replied not found"
		}
		return ""
	}
	m.ReplyTo = to.ID
	return ""
}

func (t *Telegram) editMessageText(p map[string]string, now time.Time) answer {
	id, _ := strconv.Atoi(p["message_id"])
	old := t.find(p["chat_id"], id)
	if old == nil {
		return bad("message to edit not found")
	}
	if old.Photo != "" {
		return bad("there is no text in the message to edit")
	}
	m, refusal := checkMessage(p)
	if refusal != "" {
		return bad(refusal)
	}
	if a, over := t.overLimit(p["chat_id"], now); over {
		return a
	}
	if m.HTML == old.HTML && m.Markup == old.Markup {
		return bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	old.HTML, old.Text, old.Markup = m.HTML, m.Text, m.Markup
	old.Edits++
	a := ok(t.shown(*old))
	a.message = id
	return a
}

// find looks a message up by its chat, which for a channel may be named by its public name or by its id.
func (t *Telegram) find(chat string, id int) *Message {
	for _, m := range t.messages {
		if m.ID == id && t.chat(m.Chat)["id"] == t.chat(chat)["id"] {
			return m
		}
	}
	return nil
}

func (t *Telegram) shown(m Message) map[string]any {
	return map[string]any{"message_id": m.ID, "date": m.SentAt.Unix(), "chat": t.chat(m.Chat), "from": t.me(), "text": m.Text}
}

// checkMessage reads the content of a message as the Bot API does; refusal is "" when it is acceptable.
func checkMessage(p map[string]string) (m Message, refusal string) {
	m = Message{HTML: p["text"], Text: p["text"], Markup: p["reply_markup"]}
	if p["parse_mode"] == "HTML" {
		text, err := plainText(m.HTML)
		if err != "" {
			return m, "can't parse entities: " + err
		}
		m.Text = text
	}
	switch {
	case strings.TrimSpace(m.Text) == "":
		return m, "message text is empty"
	case units(m.Text) > 4096:
		return m, "message is too long"
	}
	var k struct {
		Inline [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
			URL  string `json:"url"`
		} `json:"inline_keyboard"`
	}
	if m.Markup != "" && json.Unmarshal([]byte(m.Markup), &k) != nil {
		return m, "can't parse reply keyboard markup JSON object"
	}
	n := 0
	for _, row := range k.Inline {
		for _, b := range row {
			n++
			switch {
			case b.Text == "":
				return m, "inline keyboard button text must be non-empty"
			case len(b.Data) > 64, b.Data == "" && b.URL == "":
				return m, "BUTTON_DATA_INVALID"
			}
		}
	}
	if n > 100 {
		return m, "reply markup is too long"
	}
	return m, ""
}

// plainText takes the markup off; problem is what Telegram would say of markup that it does not know.
func plainText(s string) (text, problem string) {
	var b strings.Builder
	var open []string
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				return "", "can't find end tag corresponding to start tag " + open[len(open)-1]
			}
			return b.String(), ""
		case html.TextToken:
			b.WriteString(z.Token().Data)
		case html.StartTagToken:
			name := z.Token().Data
			if !slices.Contains([]string{"b", "i", "u", "s", "a", "code", "pre", "blockquote"}, name) {
				return "", "unsupported start tag " + name
			}
			open = append(open, name)
		case html.EndTagToken:
			name := z.Token().Data
			if len(open) == 0 || open[len(open)-1] != name {
				return "", "unmatched end tag " + name
			}
			open = open[:len(open)-1]
		case html.SelfClosingTagToken, html.CommentToken, html.DoctypeToken:
			return "", "unsupported tag"
		}
	}
}

// overLimit counts a message and says no when there were too many.
func (t *Telegram) overLimit(chat string, now time.Time) (answer, bool) {
	if !t.o.Limits {
		return answer{}, false
	}
	t.sends = slices.DeleteFunc(t.sends, func(s sent) bool { return now.Sub(s.at) >= time.Minute })
	var all, here, minute int
	for _, s := range t.sends {
		recent := now.Sub(s.at) < time.Second
		if recent {
			all++
		}
		if s.chat == chat {
			minute++
			if recent {
				here++
			}
		}
	}
	wait := 0
	switch {
	case (strings.HasPrefix(chat, "-") || strings.HasPrefix(chat, "@")) && minute >= 20:
		wait = 30
	case here >= 1, all >= 30:
		wait = 1
	}
	if wait > 0 {
		return answer{
			status: http.StatusTooManyRequests, retryAfter: wait,
			description: "Too Many Requests: retry after " + strconv.Itoa(wait),
		}, true
	}
	t.sends = append(t.sends, sent{now, chat})
	return answer{}, false
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }
