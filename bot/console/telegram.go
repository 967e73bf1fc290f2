package console

import (
	"net/http"
	"net/url"

	"guitu"
)

// telegramBody is the page on which an officer ties a Telegram account of one's own. The code is shown once and kept nowhere.
type telegramBody struct {
	Configured bool
	Bot        string // the bot's user name, "" when it is not known
	Code       string // "" until one was asked for
}

// Link opens the bot in Telegram with the code; it is "" when there is no code or the bot's name is not known.
func (b telegramBody) Link() string {
	if b.Code == "" || b.Bot == "" {
		return ""
	}
	// https://core.telegram.org/bots/features#deep-linking
	return "https://t.me/" + url.PathEscape(b.Bot) + "?" + url.Values{"start": {b.Code}}.Encode()
}

func (c *console) telegram(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.showTelegram(w, r, me, "")
}

func (c *console) showTelegram(w http.ResponseWriter, r *http.Request, me guitu.Officer, code string) error {
	b := telegramBody{Configured: c.opts.BotName != nil, Code: code}
	if code != "" && b.Configured {
		b.Bot = c.opts.BotName(r.Context())
	}
	return c.render(w, r, http.StatusOK, "telegram", page{Title: "绑定 Telegram", Me: me, Body: b})
}

// tieCode makes the code by which an officer ties an account. It would sign in as well, so it is shown to its officer only.
func (c *console) tieCode(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	switch {
	case c.opts.BotName == nil:
		return guitu.Errorf(guitu.Conflict, "本系统没有配置 Telegram 机器人。")
	case me.TelegramUser != 0:
		return guitu.Errorf(guitu.Conflict, "已绑定 Telegram 账号。要换账号，请先解除绑定。")
	}
	code, err := c.backend.SignInCode(r.Context(), me.ID)
	if err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "telegram code made", "officer", me.ID)
	return c.showTelegram(w, r, me, code)
}

func (c *console) untie(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	if err := c.backend.UntieTelegram(r.Context(), me.ID); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "telegram untied", "officer", me.ID)
	return c.done(w, r, "/console/telegram", "已解除绑定。")
}
