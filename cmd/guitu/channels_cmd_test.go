package main

import (
	"bytes"
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"guitu/internal/fake"
)

// TestChannelsCommands: channels are asked without a post, and a test target is posted to and cleaned.
func TestChannelsCommands(t *testing.T) {
	f := fake.NewTelegram(fake.TelegramOptions{Token: "1:abc"})
	srv := httptest.NewServer(f)
	defer srv.Close()
	workplace(t, map[string]string{"token": "1:abc", "guitu.yaml": "telegram: {token_file: token, api_url: \"" + srv.URL + "\", channel: \"@guitu_public\"}\n" +
		"publishers:\n  - {kind: telegram, name: test, chat: \"@guitu_test\", test: true}\n"})
	command := func(args ...string) (int, string) {
		var out, errs bytes.Buffer
		code := run(context.Background(), append(args, "--config", "guitu.yaml"), &out, &errs)
		return code, out.String() + errs.String()
	}
	code, out := command("channels", "check")
	if code != exitOK || !strings.Contains(out, "telegram  is @guitu_bot; may post_messages, edit_messages, delete_messages") || strings.Contains(out, "test") {
		t.Errorf("check = %d\n%s", code, out)
	}
	if n := len(f.Messages("")); n != 0 {
		t.Errorf("check sent %d messages", n)
	}
	code, out = command("channels", "try", "telegram:test", "--to-test-target")
	if code != exitOK || !strings.Contains(out, "published on telegram:test") || !strings.Contains(out, "taken down") {
		t.Errorf("try = %d\n%s", code, out)
	}
	if n := len(f.Calls("sendMessage")); n != 1 || len(f.Messages("")) != 0 {
		t.Errorf("try sent %d messages and left %d, want one and none", n, len(f.Messages("")))
	}
	for _, args := range [][]string{{"channels", "try", "telegram", "--to-test-target"}, {"channels", "try", "telegram:test"}} {
		if code, out := command(args...); code == exitOK || len(f.Calls("sendMessage")) != 1 {
			t.Errorf("%q = %d\n%s", args, code, out)
		}
	}
	f.Fail(fake.Fault{Method: "getMe", Kind: fake.Fault500})
	if code, out := command("channels", "check"); code != exitError || !strings.Contains(out, "telegram  does not work") || strings.Contains(out, "1:abc") {
		t.Errorf("check of a broken channel = %d\n%s", code, out)
	}
}
