package testenv_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"guitu/internal/testenv"
)

const token = "1:emulated"

// call calls a method as the bot's library does, and returns the answer.
func call(t *testing.T, e *testenv.Telegram, method string, fields map[string]string) string {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(e.URL+"/bot"+token+"/"+method, form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %s", method, resp.Status, err, answer)
	}
	return string(answer)
}

func texts(ms []testenv.TelegramMessage) (all []string) {
	for _, m := range ms {
		all = append(all, m.Text)
	}
	return all
}

// A long run of the bot needs a chat that keeps hundreds of messages apart from the others, and lets the first be edited.
func TestTelegram(t *testing.T) {
	e := testenv.StartTelegram(t, token)
	const deep = 500
	for i := range deep {
		call(t, e, "sendMessage", map[string]string{"chat_id": "700", "text": fmt.Sprint("card ", i)})
		if i == 0 {
			call(t, e, "sendMessage", map[string]string{"chat_id": "@news", "text": `{"a": 1}`, "reply_markup": `{"inline_keyboard":[]}`})
		}
	}
	if got := e.Unread("700"); len(got) != deep || got[deep-1].Text != fmt.Sprint("card ", deep-1) {
		t.Errorf("%d messages are unread, want %d in order", len(got), deep)
	}
	if got := e.Unread("700"); len(got) != 0 {
		t.Errorf("%d messages are unread after reading", len(got))
	}
	channel := e.Messages("@news")
	if len(channel) != 1 || channel[0].Text != `{"a": 1}` || !strings.Contains(channel[0].Markup, "inline_keyboard") {
		t.Fatalf("the channel has %+v, want the text and the keyboard that were sent", channel)
	}
	call(t, e, "editMessageText", map[string]string{"chat_id": "@news", "message_id": fmt.Sprint(channel[0].ID), "text": "edited"})
	call(t, e, "editMessageText", map[string]string{"chat_id": "700", "message_id": fmt.Sprint(e.Messages("700")[0].ID), "text": "ruled"})
	if got := texts(e.Messages("@news")); len(got) != 1 || got[0] != "edited" {
		t.Errorf("the channel reads %q after an edit", got)
	}
	if got := texts(e.Messages("700")); len(got) != deep || got[0] != "ruled" || got[1] != "card 1" {
		t.Errorf("a chat of %d messages begins with %q after an edit of the first", len(got), got[:2])
	}

	e.Write(7, "7", "已核查", channel[0].ID)
	e.Press(7, "-100", channel[0].ID, "rule:1")
	updates := call(t, e, "getUpdates", nil)
	for _, want := range []string{fmt.Sprintf(`"message_id":%d},"text":"已核查"`, channel[0].ID), `"data":"rule:1"`, `"supergroup"`} {
		if !strings.Contains(updates, want) {
			t.Errorf("the bot is told %s, want %s in it", updates, want)
		}
	}
}

// A photo arrives as its caption, since the emulator knows none.
func TestEmulatorPhoto(t *testing.T) {
	e := testenv.StartTelegram(t, token)
	call(t, e, "sendPhoto", map[string]string{"chat_id": "@guitu_test", "photo": "\x89PNG", "caption": "海报"})
	all := e.Messages("@guitu_test")
	if len(all) != 1 || all[0].Text != "海报" {
		t.Errorf("the channel has %+v, want one message with the caption", all)
	}
}
