package fake_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"guitu/internal/fake"
)

// call calls a method with urlencoded parameters and returns the status and the body.
func call(t *testing.T, base, method string, params ...string) (int, string) {
	t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(params); i += 2 {
		v.Set(params[i], params[i+1])
	}
	resp, err := http.PostForm(base+"/bot1:fake/"+method, v)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestTelegramRefuses(t *testing.T) {
	f := fake.NewTelegram(fake.TelegramOptions{})
	s := httptest.NewServer(f)
	defer s.Close()
	id := f.Press(700, "5", 1, "x")
	fresh := fmt.Sprintf("q%d", id)
	for _, tt := range []struct {
		name   string
		method string
		params []string
		status int
		says   string
	}{
		{"empty", "sendMessage", []string{"chat_id", "5", "text", " "}, 400, "message text is empty"},
		{"4096", "sendMessage", []string{"chat_id", "5", "text", strings.Repeat("字", 4096)}, 200, "message_id"},
		{"4097", "sendMessage", []string{"chat_id", "5", "text", strings.Repeat("字", 4097)}, 400, "message is too long"},
		{"4096 without its markup", "sendMessage", []string{"chat_id", "5", "parse_mode", "HTML", "text", "<b>" + strings.Repeat("&lt;", 4096) + "</b>"}, 200, ""},
		{"strange tag", "sendMessage", []string{"chat_id", "5", "parse_mode", "HTML", "text", "<p>x</p>"}, 400, "unsupported start tag p"},
		{"open tag", "sendMessage", []string{"chat_id", "5", "parse_mode", "HTML", "text", "<b>x"}, 400, "can't find end tag"},
		{"long data", "sendMessage", []string{"chat_id", "5", "text", "x", "reply_markup", `{"inline_keyboard":[[{"text":"x","callback_data":"` + strings.Repeat("x", 65) + `"}]]}`}, 400, "BUTTON_DATA_INVALID"},
		{"no such message", "editMessageText", []string{"chat_id", "5", "message_id", "77", "text", "x"}, 400, "message to edit not found"},
		{"toast", "answerCallbackQuery", []string{"callback_query_id", fresh, "text", "好"}, 200, "true"},
		{"long toast", "answerCallbackQuery", []string{"callback_query_id", fresh, "text", strings.Repeat("x", 201)}, 400, "MESSAGE_TOO_LONG"},
		{"forged query", "answerCallbackQuery", []string{"callback_query_id", "q1", "text", "好"}, 400, "query is too old"},
		{"no such method", "sendEverything", nil, 404, "Not Found"},
	} {
		status, body := call(t, s.URL, tt.method, tt.params...)
		if status != tt.status || !strings.Contains(body, tt.says) {
			t.Errorf("%s: %d %s, want %d and %q", tt.name, status, body, tt.status, tt.says)
		}
	}
	if got := f.Toasts()[fresh]; got != "好" {
		t.Errorf("toast = %q", got)
	}
}

func TestTelegramForgetsPresses(t *testing.T) {
	f := fake.NewTelegram(fake.TelegramOptions{QueryTTL: time.Nanosecond})
	s := httptest.NewServer(f)
	defer s.Close()
	id := f.Press(700, "5", 1, "x")
	if status, body := call(t, s.URL, "answerCallbackQuery", "callback_query_id", fmt.Sprintf("q%d", id)); status != 400 {
		t.Errorf("an old query: %d %s, want 400", status, body)
	}
}

func TestTelegramLimits(t *testing.T) {
	f := fake.NewTelegram(fake.TelegramOptions{Limits: true})
	s := httptest.NewServer(f)
	defer s.Close()
	want := []int{200, 429}
	for i := range want {
		if status, body := call(t, s.URL, "sendMessage", "chat_id", "5", "text", "x"); status != want[i] {
			t.Errorf("message %d to a chat: %d %s, want %d", i+1, status, body, want[i])
		}
	}
	sent := 1
	for i := range 40 {
		if status, _ := call(t, s.URL, "sendMessage", "chat_id", fmt.Sprint(100+i), "text", "x"); status == 200 {
			sent++
		}
	}
	if sent != 30 {
		t.Errorf("%d messages at once were taken, want 30", sent)
	}
}

func TestTelegramUpdates(t *testing.T) {
	f := fake.NewTelegram(fake.TelegramOptions{})
	s := httptest.NewServer(f)
	defer s.Close()
	first := make(chan string)
	go func() {
		_, body := call(t, s.URL, "getUpdates", "timeout", "10")
		first <- body
	}()
	for f.Pollers() == 0 {
		time.Sleep(time.Millisecond)
	}
	second := make(chan string)
	go func() {
		_, body := call(t, s.URL, "getUpdates", "timeout", "10")
		second <- body
	}()
	if body := <-first; !strings.Contains(body, "terminated by other getUpdates") {
		t.Errorf("the first poller got %s, want a conflict", body)
	}
	id := f.Write(700, "700", "你好", 0)
	if body := <-second; !strings.Contains(body, fmt.Sprintf(`"update_id":%d`, id)) {
		t.Errorf("the second poller got %s, want update %d", body, id)
	}
	if _, body := call(t, s.URL, "getUpdates", "offset", fmt.Sprint(id+1)); f.Pending() != 0 || !strings.Contains(body, `"result":[]`) {
		t.Errorf("after acknowledging: %d pending, %s", f.Pending(), body)
	}
	f.Press(700, "700", 1, "x")
	if _, body := call(t, s.URL, "getUpdates", "allowed_updates", `["message"]`); !strings.Contains(body, `"result":[]`) {
		t.Errorf("an update that is not allowed came: %s", body)
	}
	call(t, s.URL, "setWebhook", "url", "https://guitu.example/telegram")
	if status, _ := call(t, s.URL, "getUpdates"); status != 409 {
		t.Errorf("polling beside a webhook: %d, want 409", status)
	}
}

func TestTelegramControl(t *testing.T) {
	f := fake.NewTelegram(fake.TelegramOptions{})
	s := httptest.NewServer(f)
	defer s.Close()
	do := func(method, path, body string, out any) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/fake/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		if out != nil {
			if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
				t.Fatal(err)
			}
		}
		return resp.StatusCode
	}
	var id int64
	do("POST", "write", `{"user":700,"chat":"700","text":"/open"}`, &id)
	do("POST", "press", `{"user":700,"chat":"700","message":1,"data":"x"}`, &id)
	if f.Pending() != 2 || id == 0 {
		t.Errorf("%d updates pending, the last %d; want 2", f.Pending(), id)
	}
	do("POST", "fail", `[{"Method":"sendMessage","Kind":"502"}]`, nil)
	if status, _ := call(t, s.URL, "sendMessage", "chat_id", "5", "text", "x"); status != 502 {
		t.Errorf("an injected fault: %d, want 502", status)
	}
	call(t, s.URL, "sendMessage", "chat_id", "5", "text", "x")
	var messages []fake.Message
	var calls []fake.Call
	do("GET", "messages?chat=5", "", &messages)
	do("GET", "calls?method=sendMessage", "", &calls)
	if len(messages) != 1 || len(calls) != 2 || calls[0].Acted || !calls[1].Acted || calls[1].At.IsZero() {
		t.Errorf("messages %+v, calls %+v", messages, calls)
	}
	if status := do("GET", "nothing", "", nil); status != 404 {
		t.Errorf("an unknown control: %d, want 404", status)
	}
}
