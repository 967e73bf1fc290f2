package fake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// TelegramOptions says how a Telegram server behaves. The zero value serves the token "1:fake" without rate limits.
type TelegramOptions struct {
	Token    string        // default "1:fake"
	Limits   bool          // answer 429 to more than 30 messages a second, 1 a second to a chat, 20 a minute to a group
	QueryTTL time.Duration // how long a press can be answered, default 15 s
	// Chaos is asked before every call whether something goes wrong with it; nil: only what Fail says.
	Chaos func(method string) (Fault, bool)
}

// Telegram is a Bot API server for one bot. It keeps the documented limits, and records every call with its time.
type Telegram struct {
	o TelegramOptions

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at every change
	calls    []Call
	messages []*Message
	updates  []update // not yet acknowledged
	pollers  int      // generation of getUpdates: a later one ends an earlier one
	webhook  string
	queries  map[string]query
	faults   []Fault
	sends    []sent
	files    map[string][]byte // what people sent, by file id
	lastID   int
	lastUpd  int64
}

// Call is one call of a method.
type Call struct {
	At      time.Time
	Method  string
	Params  map[string]string
	Status  int  // HTTP status, 0 when the connection was cut
	Acted   bool // the method did its work
	Message int  // id of the message that it sent or edited
}

// Message is a message of the bot as it stands.
type Message struct {
	ID      int
	Chat    string
	HTML    string
	Text    string // HTML without its markup
	Markup  string // reply_markup as JSON
	ReplyTo int
	Photo   string // SHA-256 of the photo, hexadecimal; "" of a text
	Album   string // the same of all messages of an album, "" outside of one
	SentAt  time.Time
	Edits   int
}

type update struct {
	id   int64
	kind string
	body json.RawMessage
}

type query struct {
	at       time.Time
	answered bool
	toast    string
}

type sent struct {
	at   time.Time
	chat string
}

// NewTelegram returns a server; serve it with net/http. Its methods are under /bot<token>/, and under /fake/ another process
// can do what this one does with Press, Write, Fail and Messages.
func NewTelegram(o TelegramOptions) *Telegram {
	if o.Token == "" {
		o.Token = "1:fake"
	}
	if o.QueryTTL == 0 {
		o.QueryTTL = 15 * time.Second
	}
	return &Telegram{o: o, changed: make(chan struct{}), queries: map[string]query{}, files: map[string][]byte{}, lastUpd: 10000000}
}

// Calls returns every call so far of the methods named, or of all.
func (t *Telegram) Calls(methods ...string) []Call {
	t.mu.Lock()
	defer t.mu.Unlock()
	var cs []Call
	for _, c := range t.calls {
		if len(methods) == 0 || slices.Contains(methods, c.Method) {
			cs = append(cs, c)
		}
	}
	return cs
}

// Messages returns the bot's messages in a chat, or all for "", as they stand, in order of sending.
func (t *Telegram) Messages(chat string) []Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	var ms []Message
	for _, m := range t.messages {
		if chat == "" || m.Chat == chat {
			ms = append(ms, *m)
		}
	}
	return ms
}

// Pending returns how many updates wait to be acknowledged.
func (t *Telegram) Pending() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.updates)
}

// Pollers returns how often updates were asked for.
func (t *Telegram) Pollers() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pollers
}

// Toasts returns what presses were answered, by query id ("q" and the id of the update).
func (t *Telegram) Toasts() map[string]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := map[string]string{}
	for id, q := range t.queries {
		if q.answered {
			out[id] = q.toast
		}
	}
	return out
}

// Webhook returns the address set by setWebhook.
func (t *Telegram) Webhook() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.webhook
}

// Delete takes a message of the bot away, as an administrator of the chat can.
func (t *Telegram) Delete(chat string, message int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.messages = slices.DeleteFunc(t.messages, func(m *Message) bool { return m.Chat == chat && m.ID == message })
}

// Press makes a user press a button with data under a message in a chat, and returns the update's id.
func (t *Telegram) Press(user int64, chat string, message int, data string) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	id := t.nextUpdate()
	q := fmt.Sprintf("q%d", id)
	t.queries[q] = query{at: time.Now()}
	m := map[string]any{"message_id": message, "date": time.Now().Unix(), "chat": t.chat(chat), "from": t.me()}
	for _, sent := range t.messages {
		if sent.ID == message && sent.Chat == chat {
			m["text"] = sent.Text
		}
	}
	t.push(id, "callback_query", map[string]any{
		"id": q, "from": person(user), "message": m, "chat_instance": "1", "data": data,
	})
	return id
}

// Write makes a user write a text in a chat, as a reply to a message of the bot when replyTo is not 0, and returns the
// update's id.
func (t *Telegram) Write(user int64, chat, text string, replyTo int) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.say(user, chat, map[string]any{"text": text}, replyTo)
}

// Push adds an update whose body is made by the test, broken perhaps. It takes the place of the update with the id given to
// make, and is delivered whatever the bot allows.
func (t *Telegram) Push(make func(id int64) string) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	id := t.nextUpdate()
	t.updates = append(t.updates, update{id: id, body: json.RawMessage(make(id))})
	t.wake()
	return id
}

func (t *Telegram) nextUpdate() int64 {
	t.lastUpd++
	return t.lastUpd
}

func (t *Telegram) push(id int64, kind string, content any) {
	body, err := json.Marshal(map[string]any{"update_id": id, kind: content})
	if err != nil {
		panic(err) // the content is made here
	}
	t.updates = append(t.updates, update{id: id, kind: kind, body: body})
	t.wake()
}

func (t *Telegram) wake() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// me is the bot's account; its id is the beginning of the token.
func (t *Telegram) me() map[string]any {
	id, _, _ := strings.Cut(t.o.Token, ":")
	n, _ := strconv.ParseInt(id, 10, 64)
	return map[string]any{"id": n, "is_bot": true, "first_name": "归途", "username": "guitu_bot"}
}

func (t *Telegram) chat(id string) map[string]any {
	n, err := strconv.ParseInt(id, 10, 64)
	switch {
	case err != nil: // a channel's public name
		return map[string]any{"id": ChannelID, "type": "channel", "username": strings.TrimPrefix(id, "@")}
	case n < 0:
		return map[string]any{"id": n, "type": "supergroup", "title": "值班群"}
	}
	return map[string]any{"id": n, "type": "private", "first_name": "民警"}
}

// ChannelID is the id of every channel that is named by its public name.
const ChannelID int64 = -1001000000000

func person(id int64) map[string]any {
	return map[string]any{"id": id, "is_bot": false, "first_name": "民警"}
}

// answer is what a method says.
type answer struct {
	status      int
	result      any
	description string
	retryAfter  int
	message     int // of sendMessage and editMessageText
}

func ok(result any) answer { return answer{status: http.StatusOK, result: result} }

func bad(description string) answer {
	return answer{status: http.StatusBadRequest, description: "Bad Request: " + description}
}

func (a answer) body() []byte {
	m := map[string]any{"ok": a.status == http.StatusOK}
	if a.status == http.StatusOK {
		m["result"] = a.result
	} else {
		m["error_code"], m["description"] = a.status, a.description
		if a.retryAfter > 0 {
			m["parameters"] = map[string]any{"retry_after": a.retryAfter}
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // the answer is made here
	}
	return b
}
