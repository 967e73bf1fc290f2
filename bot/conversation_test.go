package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"guitu"
	"guitu/bot"
	"guitu/internal/fake"
)

var (
	cardAt  = guitu.MessageRef{Chat: "-1003", Message: "50"}
	otherAt = guitu.MessageRef{Chat: "-1003", Message: "51"}
)

func newTalk(t *testing.T) (*bot.Conversation, *fake.Backend) {
	t.Helper()
	q := question()
	other := guitu.Officer{ID: 8, Name: "赵警官", Desk: guitu.Desk{ID: 9, Name: "天河区值班台", Area: "440106"}, TelegramUser: 800}
	b := &fake.Backend{
		Now:      noon,
		Officers: map[int64]guitu.Officer{700: wang, 800: other, 900: {ID: 9, Name: "停用", Desk: county, Disabled: true}},
		Invites:  map[string]guitu.Officer{"CODE": {ID: 20, Name: "钱警官", Desk: county}, "CODE2": {ID: 21, Desk: county}},
		DeskList: []guitu.Desk{{ID: 1, Name: "部级值班台"}, county},
		Stories:  map[int64]guitu.Question{17: q},
	}
	return bot.NewConversation(b, bot.Options{
		Site:   "https://guitu.example/",
		SignIn: func(code string) string { return "https://guitu.example/console/signin?code=" + code },
	}), b
}

func press(t *testing.T, c *bot.Conversation, key string, user int64, data string) bot.Answer {
	t.Helper()
	a, err := c.Press(context.Background(), bot.Incoming{Key: key, User: user, Ref: cardAt}, data)
	if err != nil {
		t.Fatalf("Press(%q) by %d: %v", data, user, err)
	}
	return a
}

func write(t *testing.T, c *bot.Conversation, in bot.Incoming) string {
	t.Helper()
	a, err := c.Text(context.Background(), in)
	if err != nil {
		t.Fatalf("Text(%q): %v", in.Text, err)
	}
	if a.Say == nil {
		return ""
	}
	return a.Say.Text
}

func has(t *testing.T, what, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("%s = %q, want it to say %q", what, got, p)
		}
	}
}

func TestPressConfirmed(t *testing.T) {
	c, b := newTalk(t)
	a := press(t, c, "telegram:1", 700, "rule:17:0:confirmed")
	has(t, "toast", a.Toast, "已记录", "#17", "属实")
	has(t, "answer", a.Say.Text, "紧急发布平台", "/alert 17")
	if got := b.Cards()[cardAt]; got != 17 {
		t.Errorf("the pressed card is recorded for rumor %d, want 17", got)
	}
	again := press(t, c, "telegram:1", 700, "rule:17:0:confirmed")
	if again.Toast != a.Toast || b.Verdicts() != 1 {
		t.Errorf("the same press again = %q with %d verdicts, want %q and 1", again.Toast, b.Verdicts(), a.Toast)
	}
	second := press(t, c, "telegram:2", 700, "rule:17:0:unproven")
	has(t, "second press", second.Toast, "已有核查结论", "王警官")
	if b.Verdicts() != 1 || b.Verdict(17).Ruling != guitu.Confirmed {
		t.Errorf("a second press made %d verdicts, now %+v", b.Verdicts(), b.Verdict(17))
	}
	if second.Reshow == nil || second.Reshow.Verdict == nil {
		t.Error("a press on a stale card does not show it anew")
	}
}

func TestPressChangesNothing(t *testing.T) {
	for _, tt := range []struct {
		name string
		user int64
		data string
		says string
	}{
		{"stranger", 1, "rule:17:0:confirmed", "这里是归途"},
		{"stranger, forged", 1, "rule:17:0:guilty", "这里是归途"},
		{"disabled", 900, "rule:17:0:confirmed", "这里是归途"},
		{"no account", 0, "rule:17:0:confirmed", "这里是归途"},
		{"forged", 700, "rule:17:0:guilty", "无法识别这个按钮"},
		{"forged, long", 700, strings.Repeat("x", 500), "无法识别这个按钮"},
		{"empty", 700, "", "无法识别这个按钮"},
		{"other area", 800, "rule:17:0:confirmed", "不属于您的值班台"},
		{"other area, asked for the basis", 800, "rule:17:0:refuted", "不属于您的值班台"},
		{"other area, asked for the ending", 800, "rule:17:0:outdated", "不属于您的值班台"},
		{"other area, asked for the desk", 800, "hand:17", "不属于您的值班台"},
		{"other area, open", 800, "open:17", "不属于您的值班台"},
		{"no such story", 700, "rule:99:0:confirmed", "没有传言 #99"},
		{"correction of nothing", 700, "correct:17:5", "目前没有核查结论"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, b := newTalk(t)
			a := press(t, c, "telegram:1", tt.user, tt.data)
			has(t, "toast", a.Toast, tt.says)
			if b.Verdicts() != 0 || len(b.Handed()) != 0 || a.Say != nil {
				t.Errorf("%q by %d changed something or said %+v", tt.data, tt.user, a.Say)
			}
			if n := utf8.RuneCountInString(a.Toast); n > 200 {
				t.Errorf("the toast has %d characters, want at most 200 (answerCallbackQuery)", n)
			}
		})
	}
}

func TestPressOutdatedAsksEndingThenBasis(t *testing.T) {
	c, b := newTalk(t)
	a := press(t, c, "telegram:1", 700, "rule:17:0:outdated")
	if a.Say == nil || len(a.Say.Choices) != 2 {
		t.Fatalf("outdated asks %+v, want two endings", a.Say)
	}
	data := a.Say.Choices[1].Press.Data()
	if data != "pick:17:0:outdated:over" {
		t.Fatalf("second choice = %q", data)
	}
	ask := press(t, c, "telegram:2", 700, data)
	if ask.Say == nil || !ask.Say.Asks {
		t.Fatalf("an ending asks %+v, want a prompt", ask.Say)
	}
	has(t, "prompt", ask.Say.Text, "事情已了结", "500")
	if b.Verdicts() != 0 {
		t.Fatal("ruled before the basis was given")
	}
	in := bot.Incoming{Key: "telegram:3", User: 700, ReplyTo: ask.Say.Text}
	for text, says := range map[string]string{
		"":                       "请用文字",
		" \n\t ":                 "请用文字",
		strings.Repeat("查", 501): "有 501 字",
	} {
		in.Text = text
		has(t, "refusal", write(t, c, in), says, "尚未生效")
	}
	if b.Verdicts() != 0 {
		t.Fatal("ruled on a refused basis")
	}
	in.Text, in.User = "电话核实", 800
	has(t, "another's answer", write(t, c, in), "另一位民警")
	in.Text, in.User = "  到家中核实，事情已结束\n", 700
	has(t, "answer", write(t, c, in), "已记录", "事情已了结")
	v := b.Verdict(17)
	if v == nil || v.Ending != guitu.Over || v.Basis != "到家中核实，事情已结束" {
		t.Errorf("verdict = %+v", v)
	}
	in.Key = "telegram:4"
	has(t, "a second answer", write(t, c, in), "已有核查结论")
	if b.Verdicts() != 1 {
		t.Errorf("%d verdicts, want 1", b.Verdicts())
	}
}

func TestCorrection(t *testing.T) {
	c, b := newTalk(t)
	press(t, c, "telegram:1", 700, "rule:17:0:confirmed")
	a := press(t, c, "telegram:2", 700, "correct:17:1")
	if a.Say == nil || len(a.Say.Choices) != 4 {
		t.Fatalf("correcting asks %+v, want four choices", a.Say)
	}
	stale := press(t, c, "telegram:3", 700, "rule:17:0:refuted")
	has(t, "asking on a stale card", stale.Toast, "已有核查结论", "王警官", "2026-11-24 12:00", "属实")
	ask := press(t, c, "telegram:4", 700, "pick:17:1:unproven")
	if ask.Say == nil || !ask.Say.Asks {
		t.Fatalf("a correction to unproven asks %+v, want a prompt: every correction needs a basis", ask.Say)
	}
	has(t, "answer", write(t, c, bot.Incoming{Key: "telegram:5", User: 700, ReplyTo: ask.Say.Text, Text: "复查"}), "已更正", "暂无法核实", "更正")
	if v := b.Verdict(17); v.Corrects != 1 || v.Ruling != guitu.Unproven {
		t.Errorf("verdict = %+v", v)
	}
}

// TestReplyOfQuestion: a question is known by its number from the moment when it is asked, in whichever of its messages.
func TestReplyOfQuestion(t *testing.T) {
	c, b := newTalk(t)
	first := press(t, c, "telegram:1", 700, "rule:17:0:refuted").Say.Text
	second := press(t, c, "telegram:2", 700, "rule:17:0:unproven") // ruled at once: nothing is asked
	if second.Say.Asks || b.Verdict(17).Ruling != guitu.Unproven {
		t.Fatalf("unproven asks %+v", second.Say)
	}
	has(t, "an answer too late", write(t, c, bot.Incoming{Key: "telegram:3", User: 700, ReplyTo: first, Text: "电话核实"}), "已有核查结论")

	c, b = newTalk(t)
	first = press(t, c, "telegram:1", 700, "rule:17:0:refuted").Say.Text
	if again := press(t, c, "telegram:1", 700, "rule:17:0:refuted").Say.Text; again != first {
		t.Errorf("the same press again asks %q, was %q", again, first)
	}
	over := press(t, c, "telegram:2", 700, "pick:17:0:outdated:over").Say.Text
	title, _, _ := strings.Cut(first, "\n")
	for name, to := range map[string]string{
		"another number":  strings.Replace(title, "问题 1", "问题 9", 1),
		"another ruling":  strings.Replace(title, "问题 1", "问题 2", 1),
		"not in its line": "传言 #17 · 寻人\n" + title,
		"more behind":     title + "。",
		"huge number":     strings.Replace(title, "问题 1", "问题 99999999999999999999", 1),
	} {
		has(t, name, write(t, c, bot.Incoming{Key: "telegram:3", User: 700, ReplyTo: to, Text: "谢谢"}), "没有在等待答复")
	}
	if b.Verdicts() != 0 {
		t.Fatal("ruled by a reply to what asks nothing")
	}
	// In a group the question begins with whom it addresses.
	has(t, "answer", write(t, c, bot.Incoming{Key: "telegram:4", User: 700, ReplyTo: "王警官：" + first, Text: "电话核实"}), "已记录", "不实")
	if v := b.Verdict(17); v == nil || v.Ruling != guitu.Refuted || v.Basis != "电话核实" {
		t.Errorf("verdict = %+v", v)
	}
	has(t, "the other question", write(t, c, bot.Incoming{Key: "telegram:5", User: 700, ReplyTo: over, Text: "电话核实"}), "已有核查结论")
}

func TestHandOver(t *testing.T) {
	c, b := newTalk(t)
	a := press(t, c, "telegram:1", 700, "hand:17")
	if a.Say == nil || len(a.Say.Choices) != 1 || a.Say.Choices[0].Press.Data() != "to:17:1" {
		t.Fatalf("handing over asks %+v, want the one other desk", a.Say)
	}
	for range 2 { // The second time stands for a crash after the first.
		has(t, "toast", press(t, c, "telegram:2", 700, "to:17:1").Toast, "王警官", "部级值班台")
	}
	if got := b.Handed(); len(got) != 1 || got[0] != "17>1 by 7" {
		t.Errorf("handed = %q", got)
	}
}

func TestText(t *testing.T) {
	private := func(user int64, text string) bot.Incoming {
		return bot.Incoming{Key: "telegram:9", User: user, Private: true, Ref: guitu.MessageRef{Chat: "700", Message: "1"}, Text: text}
	}
	public := func(user int64, text string) bot.Incoming {
		return bot.Incoming{Key: "telegram:9", User: user, Ref: guitu.MessageRef{Chat: "-1003", Message: "1"}, Text: text}
	}
	elsewhere := public(700, "/open")
	elsewhere.Ref.Chat = "-555"
	for _, tt := range []struct {
		name string
		in   bot.Incoming
		says string // "" for silence
		not  string
	}{
		{"stranger", private(1, "你好"), "这里是归途", ""},
		{"stranger's command", private(1, "/open"), "https://guitu.example/", "#17"},
		{"stranger's console", private(1, "/console"), "这里是归途", "signin"},
		{"stranger's wrong code", private(1, "/start WRONG"), "这里是归途", "无效"},
		{"stranger's code in a group", public(1, "/start CODE"), "这里是归途", "加入兰山"},
		{"stranger in a group", public(1, "你好"), "", ""},
		{"disabled", private(900, "/open"), "这里是归途", "#17"},
		{"officer in a group", public(700, "你好"), "", ""},
		{"officer", private(700, "你好"), "/open 待核查的传言", ""},
		{"help", private(700, "/help"), "兰山区值班台 · 在岗", ""},
		{"unknown command", private(700, "/fly"), "/help 这份说明", ""},
		{"open", private(700, "/open"), "有 1 条", ""},
		{"open in the desk's group", public(700, "/open"), "有 1 条", ""},
		{"open in another group", elsewhere, "私聊", "有 1 条"},
		{"nothing open", private(800, "/open"), "没有待核查的传言", ""},
		{"duty", private(700, "/duty"), "您目前在岗", ""},
		{"duty off", private(700, "/DUTY OFF"), "您已离岗", ""},
		{"duty nonsense", private(700, "/duty maybe"), "请用 /duty on", ""},
		{"console", private(700, "/console"), "https://guitu.example/console/signin?code=signin-7", ""},
		{"console in a group", public(700, "/console"), "私聊", "signin"},
		{"joined before", private(700, "/start CODE"), "已经加入过", ""},
		{"reply to what asks nothing", bot.Incoming{User: 700, Text: "属实", ReplyTo: "传言 #17 · 寻人\n线索"}, "没有在等待答复", ""},
		{"stranger's reply", bot.Incoming{User: 1, Text: "属实", ReplyTo: "传言 #17 · 寻人\n线索"}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := newTalk(t)
			got := write(t, c, tt.in)
			if tt.says == "" && got != "" {
				t.Errorf("said %q, want silence", got)
			}
			has(t, "answer", got, tt.says)
			if tt.not != "" && strings.Contains(got, tt.not) {
				t.Errorf("said %q, must not say %q", got, tt.not)
			}
		})
	}
}

func TestOpenListsMaskedAndOpensCards(t *testing.T) {
	c, b := newTalk(t)
	in := bot.Incoming{User: 700, Private: true, Text: "/open"}
	a, err := c.Text(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Say.Choices) != 1 || a.Say.Choices[0].Label != "传言 #17 · 寻人 · 甄** · 女 · 3岁 · 12 帖" {
		t.Fatalf("choices = %+v", a.Say.Choices)
	}
	card := press(t, c, "telegram:2", 700, a.Say.Choices[0].Press.Data())
	if card.Say == nil || card.Say.Card == nil || card.Say.Card.Rumor.ID != 17 {
		t.Fatalf("opening says %+v, want the card", card.Say)
	}
	if len(b.Cards()) != 0 {
		t.Error("a press in a list is taken for a press on a card")
	}
	if err := c.Said(context.Background(), *card.Say, otherAt); err != nil || b.Cards()[otherAt] != 17 {
		t.Errorf("after Said: %v, cards %v, want 17 at %v", err, b.Cards(), otherAt)
	}
}

func TestJoin(t *testing.T) {
	c, b := newTalk(t)
	in := bot.Incoming{User: 1, Private: true, Text: "/start CODE"}
	has(t, "welcome", write(t, c, in), "钱警官", "兰山区值班台")
	has(t, "the same again", write(t, c, in), "钱警官")
	in.User = 2
	has(t, "a used code", write(t, c, in), "这里是归途")
	if len(b.Officers) != 4 {
		t.Errorf("%d officers, want 4", len(b.Officers))
	}
}

// A card that is asked for is shown to the officer and in the desk's group, and nowhere else.
func TestOpenElsewhere(t *testing.T) {
	c, _ := newTalk(t)
	in := bot.Incoming{Key: "telegram:1", User: 700, Ref: guitu.MessageRef{Chat: "-555", Message: "1"}}
	a, err := c.Press(context.Background(), in, "open:17")
	if err != nil || a.Say != nil {
		t.Errorf("open in a strange group says %+v, %v", a.Say, err)
	}
	has(t, "toast", a.Toast, "私聊")
	in.Private = true
	if a, err := c.Press(context.Background(), in, "open:17"); err != nil || a.Say == nil {
		t.Errorf("open in private = %+v, %v, want the card", a, err)
	}
	in.User = 800
	a, err = c.Press(context.Background(), in, "open:17")
	if err != nil || a.Say != nil {
		t.Errorf("open by an officer of elsewhere says %+v, %v", a.Say, err)
	}
	has(t, "toast", a.Toast, "不属于您的值班台")
}

// lax is a Backend that returns disabled officers, too.
type lax struct{ *fake.Backend }

func (l lax) OfficerByTelegram(_ context.Context, user int64) (guitu.Officer, error) {
	return l.Officers[user], nil
}

func TestDisabledOfficerIsAStranger(t *testing.T) {
	_, b := newTalk(t)
	c := bot.NewConversation(lax{b}, bot.Options{})
	has(t, "toast", press(t, c, "telegram:1", 900, "rule:17:0:confirmed").Toast, "这里是归途")
	if b.Verdicts() != 0 {
		t.Error("a disabled officer ruled")
	}
}

// What a repetition may heal is an error, never an answer.
func TestTroubleIsReturned(t *testing.T) {
	c, b := newTalk(t)
	b.Broken = errors.New("database is away")
	if _, err := c.Press(context.Background(), bot.Incoming{User: 700}, "rule:17:0:confirmed"); !errors.Is(err, b.Broken) {
		t.Errorf("Press = %v, want %v", err, b.Broken)
	}
	for _, text := range []string{"/open", "/start CODE", "你好"} {
		if _, err := c.Text(context.Background(), bot.Incoming{User: 700, Private: true, Text: text}); !errors.Is(err, b.Broken) {
			t.Errorf("Text(%q) = %v, want %v", text, err, b.Broken)
		}
	}
}

func TestPressSame(t *testing.T) {
	c, b := newTalk(t)
	b.Stories[5] = guitu.Question{Rumor: guitu.Rumor{ID: 5}, Verdict: &guitu.Verdict{Ruling: guitu.Refuted}}
	a := press(t, c, "telegram:1", 700, "same:17:5")
	has(t, "answer", a.Say.Text, "传言 #17 已由王警官并入 #5", "已核定为“不实”", "不再另发通告")
	if got := b.Handed(); len(got) != 1 || got[0] != "17=5 by 7" {
		t.Errorf("merged %v", got)
	}
	if again := press(t, c, "telegram:1", 700, "same:17:5"); again.Toast != a.Toast || len(b.Handed()) != 1 {
		t.Errorf("the same press again = %q with %v, want %q and one merge", again.Toast, b.Handed(), a.Toast)
	}
	if n := utf8.RuneCountInString(a.Toast); n > 200 {
		t.Errorf("the toast has %d characters, want at most 200", n)
	}
	// Nobody is asked how it was checked on a story that has gone into another; the card is shown as it is.
	stale := press(t, c, "telegram:3", 700, "rule:17:0:refuted")
	has(t, "toast on a merged story", stale.Toast, "已并入传言 #5")
	if stale.Say != nil || stale.Reshow == nil || stale.Reshow.Rumor.MergedInto != 5 {
		t.Errorf("a press on a merged story's card: %+v", stale)
	}
	if a := press(t, c, "telegram:2", 700, "same:17:77"); a.Say != nil || a.Toast != "没有这条传言。" {
		t.Errorf("merged into nothing: %+v", a)
	}
}
