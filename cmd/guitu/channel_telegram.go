package main

import (
	"guitu"
	channel "guitu/publishers/telegram"
)

// telegramChannel is one more channel or group where the bot of the key telegram may post.
type telegramChannel struct {
	Chat string `yaml:"chat"` // @name or number
}

func (t *telegramChannel) check(v *validator, k key, c Config) {
	if !c.Telegram.Enabled() {
		v.bad(append(k, "kind"), "needs the account of telegram.token_file")
	}
	if !telegramChat.MatchString(t.Chat) {
		v.bad(append(k, "chat"), "want @name or a number, got %q", t.Chat)
	}
}

// address is "": the account has its own.
func (t *telegramChannel) address() string { return "" }

func (t *telegramChannel) words() string { return "every notice to " + t.Chat }

func (t *telegramChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	return channel.New(o.telegram, t.Chat, channel.Options{Name: name})
}
