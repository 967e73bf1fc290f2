package console_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guitu/bot/console"
)

func TestTieTelegram(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{BotName: botName})
	br := as(t, s, b, otherID)
	br.get("/console/").want(t, http.StatusOK, `href="/console/telegram"`)
	br.get("/console/telegram").want(t, http.StatusOK, "未绑定", "/console/telegram/code")
	a := br.post("/console/telegram/code")
	a.want(t, http.StatusOK, "/start code-14-0", "https://t.me/guitu_test_bot?start=code-14-0", "十分钟内有效")
	if a := br.get("/console/telegram"); strings.Contains(a.body, "code-14-0") {
		t.Error("the code is shown twice")
	}

	b.tie(otherID, 10000018)
	a = br.get("/console/telegram")
	a.want(t, http.StatusOK, "已绑定", "/console/telegram/untie")
	if strings.Contains(a.body, "/console/telegram/code") {
		t.Error("offers a code to somebody who has tied an account")
	}
	br.post("/console/telegram/code").want(t, http.StatusConflict, "请先解除绑定")
	br.post("/console/telegram/untie").want(t, http.StatusSeeOther)
	br.get("/console/telegram").want(t, http.StatusOK, "已解除绑定", "未绑定")
	if diff := cmp.Diff([]string{"untie 14"}, b.only("")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// While Telegram does not tell the bot's name, there is the command and no link.
func TestTieTelegramWithoutName(t *testing.T) {
	b := newBackend()
	s := serve(t, b, console.Options{BotName: func(context.Context) string { return "" }})
	a := as(t, s, b, otherID).post("/console/telegram/code")
	a.want(t, http.StatusOK, "/start code-14-0")
	if strings.Contains(a.body, "t.me") {
		t.Errorf("links to a bot that it does not know: %s", a.body)
	}
}

func TestTieTelegramWithoutBot(t *testing.T) {
	b := newBackend()
	br := as(t, serve(t, b, console.Options{}), b, otherID)
	if a := br.get("/console/"); strings.Contains(a.body, "/console/telegram") {
		t.Error("the menu offers to tie an account where there is no bot")
	}
	br.get("/console/telegram").want(t, http.StatusOK, "没有配置 Telegram 机器人")
	br.post("/console/telegram/code").want(t, http.StatusConflict)
	if len(b.codes) != 0 {
		t.Errorf("made codes %v", b.codes)
	}
}
