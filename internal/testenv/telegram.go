package testenv

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Telegram is a running telegram-test-api, a Bot API server that somebody else wrote, with one bot and the people around it.
//
// It keeps no limits, says "ok" to whatever edit it is asked for, reads no markup (a text stays HTML, a keyboard stays when an
// edit brings none), gives each update once whatever the offset, tells no numeric id for a channel, and knows no photos: one arrives
// as its caption. What depends on these is tested on fake.Telegram.
type Telegram struct {
	URL string // of the Bot API

	t      testing.TB
	token  string
	people string // address at which the emulator plays the people
}

// TelegramMessage is a message of the bot as it stands.
type TelegramMessage struct {
	ID     int
	Text   string // HTML as it was sent
	Markup string // reply_markup as JSON
}

// StartTelegram starts an emulator for the bot with a token. It ends with the test.
func StartTelegram(t testing.TB, token string) *Telegram {
	t.Helper()
	modules := telegramModules(t)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().(*net.TCPAddr)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	// By default the emulator forgets a message after a minute.
	cmd := exec.CommandContext(ctx, "node", "-e", fmt.Sprintf(
		`const T = require("telegram-test-api");
		new T({port: %d, host: "127.0.0.1", storeTimeout: 86400}).start().then(() => console.log("up"))`, address.Port))
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatalf("start the emulator of %s: install Node.js (Debian: nodejs): %v", emulator, err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was killed
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "up\n" {
		t.Fatalf("the emulator of %s said %q, %v", emulator, line, err)
	}
	people := url.URL{Scheme: "http", Host: address.String()}
	// The emulator reads no multipart forms, which the bot's library sends.
	api := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(&people); asJSON(r.Out) },
		ErrorLog: log.New(io.Discard, "", 0), // the bot says what it makes of an answer that did not come
	})
	t.Cleanup(api.Close)
	return &Telegram{URL: api.URL, t: t, token: token, people: people.String()}
}

// asJSON turns a multipart form into JSON. The emulator gives back what it was given, so values that are JSON must not arrive
// as strings.
func asJSON(r *http.Request) {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return
	}
	fields := map[string]any{}
	for m := multipart.NewReader(r.Body, params["boundary"]); ; {
		part, err := m.NextPart()
		if err != nil {
			break // a form without fields is no form
		}
		value, err := io.ReadAll(part)
		if err != nil {
			break // the caller is gone
		}
		fields[part.FormName()] = string(value)
		if part.FormName() != "text" && bytes.HasPrefix(value, []byte("{")) && json.Valid(value) {
			fields[part.FormName()] = json.RawMessage(value)
		}
	}
	if path, ok := strings.CutSuffix(r.URL.Path, "/sendPhoto"); ok {
		r.URL.Path, fields["text"] = path+"/sendMessage", fields["caption"]
		delete(fields, "photo")
		delete(fields, "caption")
	}
	body, err := json.Marshal(fields)
	if err != nil {
		panic(err) // the fields are made here
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Set("Content-Type", "application/json")
}

// Press makes a user press a button with data under a message in a chat.
func (e *Telegram) Press(user int64, chat string, message int, data string) {
	e.t.Helper()
	e.post("/sendCallback", map[string]any{
		"botToken": e.token, "from": person(user), "data": data,
		"message": e.quoted(chat, message),
	}, nil)
}

// Write makes a user write a text in a chat, as a reply to a message of the bot when replyTo is not 0.
func (e *Telegram) Write(user int64, chat, text string, replyTo int) {
	e.t.Helper()
	m := map[string]any{"botToken": e.token, "from": person(user), "chat": room(chat), "date": 1, "text": text}
	if replyTo != 0 {
		m["reply_to_message"] = e.quoted(chat, replyTo)
	}
	e.post("/sendMessage", m, nil)
}

// quoted is a message of the bot as Telegram brings it along with a reply or a press: by the bot's account, which the token names, and with
// its text, whose markup is resolved. The emulator keeps it as the bot sent it.
func (e *Telegram) quoted(chat string, message int) map[string]any {
	e.t.Helper()
	id, err := strconv.Atoi(strings.Split(e.token, ":")[0])
	if err != nil {
		e.t.Fatalf("the token names no account: %v", err)
	}
	m := map[string]any{"message_id": message, "date": 1, "chat": room(chat), "from": map[string]any{"id": id, "is_bot": true}}
	for _, sent := range e.Messages(chat) {
		if sent.ID == message {
			m["text"] = html.UnescapeString(tag.ReplaceAllString(sent.Text, ""))
		}
	}
	return m
}

var tag = regexp.MustCompile(`</?[a-z][^>]*>`)

// Unread returns the bot's messages in a chat ("700", "@channel") that Unread has not returned before, in order of sending.
func (e *Telegram) Unread(chat string) []TelegramMessage {
	e.t.Helper()
	return e.messages("/getUpdates", map[string]any{"token": e.token, "chatId": chat}, chat)
}

// Messages returns all of the bot's messages in a chat, in order of sending.
func (e *Telegram) Messages(chat string) []TelegramMessage {
	e.t.Helper()
	return e.messages("/getUpdatesHistory", map[string]any{"token": e.token}, chat)
}

func (e *Telegram) messages(path string, query any, chat string) (all []TelegramMessage) {
	e.t.Helper()
	var answer struct {
		Result []struct {
			ID      int `json:"messageId"`
			Message struct {
				Chat   json.RawMessage `json:"chat_id"` // the bot's messages only
				Text   string          `json:"text"`
				Markup json.RawMessage `json:"reply_markup"`
			} `json:"message"`
		} `json:"result"`
	}
	e.post(path, query, &answer)
	for _, r := range answer.Result {
		if strings.Trim(string(r.Message.Chat), `"`) == chat {
			all = append(all, TelegramMessage{r.ID, r.Message.Text, string(r.Message.Markup)})
		}
	}
	return all
}

// post asks the emulator to play the people.
func (e *Telegram) post(path string, in, out any) {
	e.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		e.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(e.t.Context(), http.MethodPost, e.people+path, bytes.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		e.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		e.t.Fatalf("the emulator's %s: %s", path, resp.Status)
	}
	if out == nil {
		return
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		e.t.Fatal(err)
	}
}

func person(id int64) map[string]any {
	return map[string]any{"id": id, "is_bot": false, "first_name": "民警"}
}

func room(id string) map[string]any {
	n, _ := strconv.ParseInt(id, 10, 64) // people write and press in chats that have a number
	if n < 0 {
		return map[string]any{"id": n, "type": "supergroup", "title": "值班群"}
	}
	return map[string]any{"id": n, "type": "private", "first_name": "民警"}
}
