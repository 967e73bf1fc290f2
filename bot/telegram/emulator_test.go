package telegram_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/bot"
	"guitu/bot/telegram"
	"guitu/internal/fake"
	api "guitu/internal/telegram"
	"guitu/internal/testenv"
)

// TestEmulator holds a conversation over telegram-test-api, a Bot API server that somebody else wrote. It has no limits and no
// errors, ignores the offset of getUpdates, and knows no multipart.
func TestEmulator(t *testing.T) {
	e := startEmulator(t)
	c, err := api.New(token, api.Options{APIURL: e.url, Transport: asJSON{}, Limits: api.Limits{MaxWait: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	back := &fake.Backend{
		Now:      time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC),
		Officers: map[int64]guitu.Officer{},
		Invites:  map[string]guitu.Officer{"CODE": wang},
		Stories:  map[int64]guitu.Question{17: story(17)},
	}
	in := newInbox()
	b := telegram.New(c, bot.NewConversation(back, bot.Options{}), in, telegram.Options{PollWait: time.Second})
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	ended := make(chan error, 2)
	go func() { ended <- b.Poll(ctx) }()
	go func() { ended <- handleAll(ctx, b, in) }()

	e.write("/start CODE", 0)
	has(t, e.next().Text, "王警官，您好")
	ref, err := b.Ask(ctx, "700", story(17))
	if err != nil {
		t.Fatal(err)
	}
	card := e.next()
	has(t, card.Text, "传言 #17", "甄**")
	e.press(card.ID, "rule:17:0:refuted")
	ask := e.next()
	has(t, ask.Text, "写明是怎样核查的")
	e.write("电话核实，孩子在家", ask.ID)
	has(t, e.next().Text, "已记录", "不实")
	q, err := back.Question(ctx, 17)
	if err != nil || q.Verdict == nil || q.Verdict.Basis != "电话核实，孩子在家" {
		t.Fatalf("verdict = %+v, %v", q.Verdict, err)
	}
	if err := b.Show(ctx, ref, q); err != nil {
		t.Fatal(err)
	}
	if text := e.message(card.ID).Text; !strings.Contains(text, "核查结论：不实") {
		t.Errorf("the card reads %q", text)
	}
	e.press(card.ID, "correct:17:1")
	has(t, e.next().Text, "更正为哪一种结论")
	cancel()
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	}
}

func has(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("the bot said %q, want it to say %q", got, p)
		}
	}
}

// handleAll handles what comes into the inbox, in order.
func handleAll(ctx context.Context, b *telegram.Bot, in *inbox) error {
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-in.got:
		}
		order, kept := in.list()
		// The officer can read a message before the call that sent it returns, and the test ends then.
		if err := b.Handle(ctx, kept[order[n]]); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// asJSON turns the library's multipart forms into JSON. The emulator gives back what it was given, so values that are JSON
// must not arrive as strings.
type asJSON struct{}

func (asJSON) RoundTrip(r *http.Request) (*http.Response, error) {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return http.DefaultTransport.RoundTrip(r)
	}
	fields := map[string]any{}
	for m := multipart.NewReader(r.Body, params["boundary"]); ; {
		part, err := m.NextPart()
		if err != nil {
			break // a form without fields is no form
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		fields[part.FormName()] = string(value)
		if strings.HasPrefix(string(value), "{") && json.Valid(value) {
			fields[part.FormName()] = json.RawMessage(value)
		}
	}
	_ = r.Body.Close()
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Set("Content-Type", "application/json")
	return http.DefaultTransport.RoundTrip(r)
}

// emulator drives telegram-test-api as the officer 700 in a private chat.
type emulator struct {
	t   *testing.T
	url string
}

// said is a message of the bot.
type said struct {
	ID   int
	Text string
}

func startEmulator(t *testing.T) *emulator {
	t.Helper()
	modules := testenv.TelegramEmulator(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "node", "-e", fmt.Sprintf(
		`const T = require("telegram-test-api"); new T({port: %d, host: "127.0.0.1"}).start().then(() => console.log("up"))`, port))
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start node, which the emulator needs: %v", err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "up\n" {
		t.Fatalf("the emulator said %q, %v", line, err)
	}
	return &emulator{t: t, url: fmt.Sprintf("http://127.0.0.1:%d", port)}
}

func (e *emulator) post(path string, in, out any) {
	e.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		e.t.Fatal(err)
	}
	resp, err := http.Post(e.url+path, "application/json", bytes.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		e.t.Fatal(err)
	}
}

func (e *emulator) write(text string, replyTo int) {
	e.t.Helper()
	m := map[string]any{"botToken": token, "from": e.officer(), "chat": e.chat(), "date": 1, "text": text}
	if replyTo != 0 {
		m["reply_to_message"] = map[string]any{"message_id": replyTo, "date": 1, "chat": e.chat(), "from": map[string]any{"id": 666, "is_bot": true}}
	}
	e.post("/sendMessage", m, &struct{}{})
}

func (e *emulator) press(message int, data string) {
	e.t.Helper()
	e.post("/sendCallback", map[string]any{
		"botToken": token, "from": e.officer(), "data": data,
		"message": map[string]any{"message_id": message, "date": 1, "chat": e.chat()},
	}, &struct{}{})
}

func (e *emulator) officer() map[string]any { return map[string]any{"id": 700, "first_name": "民警"} }

func (e *emulator) chat() map[string]any {
	return map[string]any{"id": 700, "type": "private", "first_name": "民警"}
}

// next waits for the next message of the bot.
func (e *emulator) next() said {
	e.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ms := e.messages("/getUpdates", map[string]any{"token": token, "chatId": 700}); len(ms) > 0 {
			return ms[0]
		}
	}
	e.t.Fatal("the bot says nothing")
	return said{}
}

// message returns a message of the bot as it stands.
func (e *emulator) message(id int) said {
	e.t.Helper()
	for _, m := range e.messages("/getUpdatesHistory", map[string]any{"token": token}) {
		if m.ID == id {
			return m
		}
	}
	e.t.Fatalf("no message %d", id)
	return said{}
}

func (e *emulator) messages(path string, query any) []said {
	e.t.Helper()
	var answer struct {
		Result []struct {
			ID      int `json:"messageId"`
			Message struct {
				Chat json.RawMessage `json:"chat_id"` // the bot's messages only
				Text string          `json:"text"`
			} `json:"message"`
		} `json:"result"`
	}
	e.post(path, query, &answer)
	var ms []said
	for _, r := range answer.Result {
		if chat, _ := strconv.Unquote(string(r.Message.Chat)); chat == "700" {
			ms = append(ms, said{r.ID, r.Message.Text})
		}
	}
	return ms
}
