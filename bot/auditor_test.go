package bot_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"guitu"
	"guitu/bot"
)

// Opening a story in a chat is reading it, and is recorded; a refused one is not.
func TestOpenIsRecorded(t *testing.T) {
	c, b := newTalk(t)
	if a, err := c.Press(context.Background(), bot.Incoming{Key: "t:1", User: 700, Private: true, Ref: cardAt}, "open:17"); err != nil || a.Say == nil {
		t.Fatalf("%+v, %v", a, err)
	}
	press(t, c, "t:2", 800, "open:17")
	press(t, c, "t:3", 900, "open:17")
	if got, want := b.Views(), []string{"17 by 7: case"}; !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
}

// An auditor has no work in a chat.
func TestAuditorInChat(t *testing.T) {
	c, b := newTalk(t)
	b.Officers[950] = guitu.Officer{ID: 50, Name: "审计", Role: guitu.RoleAuditor, Desk: guitu.Desk{ID: 1}, TelegramUser: 950}
	for _, text := range []string{"/open", "/duty off", "/help", "说点什么"} {
		a, err := c.Text(context.Background(), bot.Incoming{Key: "t:1", User: 950, Private: true, Text: text})
		if err != nil || a.Say == nil || !strings.Contains(a.Say.Text, "审计员") || len(a.Say.Choices) != 0 {
			t.Errorf("%s: %+v, %v", text, a.Say, err)
		}
	}
	a, err := c.Text(context.Background(), bot.Incoming{Key: "t:2", User: 950, Private: true, Text: "/console"})
	if err != nil || a.Say == nil || !strings.Contains(a.Say.Text, "https://") {
		t.Errorf("/console: %+v, %v", a.Say, err)
	}
}
