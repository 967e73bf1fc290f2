package bot_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/bot"
	"guitu/internal/testenv/golden"
)

func TestWarning(t *testing.T) {
	walled := guitu.SourceState{
		Name: "weibo-走失", Kind: "weibo", LastOK: noon, Posts: 1234, Fails: 1, Paused: true,
		Trouble: "网站要求登录、验证码或拒绝访问：walled off: status 432",
	}
	failing := guitu.SourceState{Name: "本地通报", Kind: "feed", Fails: 8, Trouble: "读取未成功：" + strings.Repeat("长", 400)}
	golden.Check(t, filepath.Join("testdata", "warning.paused.txt"), bot.Warning(walled, bot.WarningOptions{Console: "https://guitu.example/console/sources"}))
	golden.Check(t, filepath.Join("testdata", "warning.failing.txt"), bot.Warning(failing, bot.WarningOptions{Location: time.UTC}))
}

// An administrator hears of sources that stand still when asking what waits; nobody else does.
func TestOpenNamesPausedSources(t *testing.T) {
	c, b := newTalk(t)
	b.Watched = []guitu.SourceState{{Name: "weibo-走失", Paused: true}, {Name: "本地通报", Fails: 3}, {Name: "贴吧", Paused: true}}
	open := bot.Incoming{User: 700, Private: true, Text: "/open"}
	help := bot.Incoming{User: 700, Private: true, Text: "/help"}
	const line, advice = "已暂停读取的信源：weibo-走失、贴吧。", "恢复读取"
	if says := write(t, c, open) + write(t, c, help); strings.Contains(says, "信源") {
		t.Errorf("an officer hears of sources: %q", says)
	}
	o := b.Officers[700]
	o.Role = guitu.RoleAdmin
	b.Officers[700] = o
	has(t, "open", write(t, c, open), "有 1 条", line)
	has(t, "help", write(t, c, help), advice)
	o.Desk.Area = "110000" // where nothing waits
	b.Officers[700] = o
	has(t, "nothing open", write(t, c, open), "没有待核查的传言", line)
	b.Watched = b.Watched[1:2]
	if says := write(t, c, open); strings.Contains(says, "信源") {
		t.Errorf("no source is paused, and yet: %q", says)
	}
}
