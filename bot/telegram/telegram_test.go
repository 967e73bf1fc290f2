package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/bot"
	"guitu/bot/telegram"
	"guitu/internal/fake"
	api "guitu/internal/telegram"
)

const token = "110201543:secret-part"

var (
	county = guitu.Desk{ID: 3, Name: "兰山区值班台", Area: "371302", TelegramChat: "-1003"}
	wang   = guitu.Officer{ID: 7, Name: "王警官", Desk: county, TelegramUser: 700, OnDuty: true}
	quiet  = slog.New(slog.DiscardHandler)
)

// inbox keeps updates in memory, and can refuse.
type inbox struct {
	mu    sync.Mutex
	order []int64
	kept  map[int64][]byte
	fail  int // how many of the next puts are refused
	got   chan struct{}
}

func newInbox() *inbox { return &inbox{kept: map[int64][]byte{}, got: make(chan struct{}, 1000)} }

func (i *inbox) Put(_ context.Context, app string, id int64, body []byte) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if app != telegram.App {
		return fmt.Errorf("app = %q", app)
	}
	if i.fail > 0 {
		i.fail--
		return errors.New("database is away")
	}
	if _, again := i.kept[id]; !again {
		i.order = append(i.order, id)
		i.kept[id] = body
		i.got <- struct{}{}
	}
	return nil
}

func (i *inbox) list() ([]int64, map[int64][]byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]int64(nil), i.order...), i.kept
}

type world struct {
	server *fake.Telegram
	back   *fake.Backend
	inbox  *inbox
	bot    *telegram.Bot
	url    string
	t      *testing.T
}

func newWorld(t *testing.T, o telegram.Options) *world {
	t.Helper()
	w := &world{server: fake.NewTelegram(fake.TelegramOptions{Token: token}), inbox: newInbox(), t: t}
	s := httptest.NewServer(w.server)
	t.Cleanup(s.Close)
	w.url = s.URL
	c := w.client()
	w.back = &fake.Backend{
		Now:      time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC),
		Officers: map[int64]guitu.Officer{700: wang},
		Invites:  map[string]guitu.Officer{"CODE": {ID: 20, Name: "钱警官", Desk: county}},
		DeskList: []guitu.Desk{{ID: 1, Name: "部级值班台"}, county},
		Stories:  map[int64]guitu.Question{17: story(17)},
	}
	if o.Log == nil {
		o.Log = quiet
	}
	talk := bot.NewConversation(w.back, bot.Options{Site: "https://guitu.example/", SignIn: func(c string) string { return "https://guitu.example/in?" + c }})
	w.bot = telegram.New(c, talk, w.inbox, o)
	return w
}

// client speaks to the world's server.
func (w *world) client() *api.Client {
	w.t.Helper()
	c, err := api.New(token, api.Options{APIURL: w.url, Timeout: 2 * time.Second, Limits: api.Limits{MaxWait: time.Second}})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func story(id int64) guitu.Question {
	return guitu.Question{
		Rumor: guitu.Rumor{
			ID: id, Status: guitu.Exercise, State: guitu.RumorOpen, Topic: guitu.Plea, Posts: 2, Reach: 9,
			Claim: guitu.Claim{Name: "甄小归", Age: "3岁", Area: "371302", Phones: []string{"19900000001"}},
			Hits:  []guitu.Hit{{Rule: "missing", Text: "走丢"}},
		},
		Samples: []guitu.Post{{URL: `https://weibo.example/1?a="b"&c=<d>`, Text: "<script>甄小归 走丢</script> & 电话19900000001"}},
	}
}

// handle runs the update that was last pushed through Handle.
func (w *world) handle(id int64) error {
	w.t.Helper()
	body := w.take(id)
	return w.bot.Handle(context.Background(), body)
}

// take asks the server for an update without acknowledging anything.
func (w *world) take(id int64) []byte {
	w.t.Helper()
	c, err := api.New(token, api.Options{APIURL: w.url})
	if err != nil {
		w.t.Fatal(err)
	}
	us, err := c.Updates(context.Background(), id, 0, nil)
	if err != nil || len(us) == 0 || us[0].ID != id {
		w.t.Fatalf("update %d: %v, %v", id, us, err)
	}
	return us[0].Body
}

func TestAskShow(t *testing.T) {
	w := newWorld(t, telegram.Options{StoryLink: func(id int64) string { return fmt.Sprintf("https://guitu.example/console/rumors/%d", id) }})
	ctx := context.Background()
	ref, err := w.bot.Ask(ctx, "-1003", story(17))
	if err != nil {
		t.Fatal(err)
	}
	m := w.server.Messages("-1003")[0]
	for _, want := range []string{"【演练】传言 #17 · 寻人 · 甄** · 3岁", "<script>甄** 走丢</script> & 电话19*****01", "https://guitu.example/console/rumors/17"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("the card lacks %q:\n%s", want, m.Text)
		}
	}
	if strings.Contains(m.Text, "甄小归") || strings.Contains(m.HTML, "19900000001") {
		t.Errorf("the card shows personal data:\n%s", m.HTML)
	}
	if diff := cmp.Diff([][]string{{"属实", "不实"}, {"已找回·过时", "暂无法核实"}, {"转交其他值班台"}}, labels(t, m)); diff != "" {
		t.Errorf("buttons (-want +got):\n%s", diff)
	}
	q := story(17)
	q.Verdict = &guitu.Verdict{ID: 1, RumorID: 17, Ruling: guitu.Refuted, Officer: wang, At: w.back.Now, Basis: "电话核实"}
	for range 2 {
		if err := w.bot.Show(ctx, ref, q); err != nil {
			t.Fatalf("Show = %v, want nil also the second time", err)
		}
	}
	m = w.server.Messages("-1003")[0]
	if !strings.Contains(m.Text, "核查结论：不实") || !strings.Contains(m.Text, "王警官") || m.Edits != 1 {
		t.Errorf("shown: %+v", m)
	}
	if diff := cmp.Diff([][]string{{"更正结论"}}, labels(t, m)); diff != "" {
		t.Errorf("buttons (-want +got):\n%s", diff)
	}
	if err := w.bot.Show(ctx, guitu.MessageRef{Chat: "-1003", Message: "999"}, q); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("Show of a vanished card = %v, want %v", err, guitu.ErrRejected)
	}
	w.server.Fail(fake.Fault{Kind: fake.Fault502})
	if _, err := w.bot.Ask(ctx, "-1003", q); !errors.Is(err, guitu.ErrUnknown) {
		t.Errorf("Ask past a gateway = %v, want %v", err, guitu.ErrUnknown)
	}
}

func TestWarn(t *testing.T) {
	w := newWorld(t, telegram.Options{SourcesLink: "https://guitu.example/console/sources"})
	s := guitu.SourceState{Name: "微博&搜索", Trouble: "<login>", Fails: 1, Paused: true}
	if err := w.bot.Warn(context.Background(), "700", s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"信源“微博&搜索”已暂停读取", "<login>", "https://guitu.example/console/sources"} {
		if m := w.server.Messages("700")[0]; !strings.Contains(m.Text, want) {
			t.Errorf("the warning lacks %q:\n%s", want, m.Text)
		}
	}
	w.server.Fail(fake.Fault{Kind: fake.Fault403})
	if err := w.bot.Warn(context.Background(), "701", s); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("Warn of somebody who has blocked the bot = %v, want %v", err, guitu.ErrRejected)
	}
}

// The bot's name is asked for once, and again while Telegram does not tell it.
func TestName(t *testing.T) {
	w := newWorld(t, telegram.Options{})
	w.server.Fail(fake.Fault{Method: "getMe", Kind: fake.Fault502})
	for _, want := range []string{"", "guitu_bot", "guitu_bot"} {
		if got := w.bot.Name(t.Context()); got != want {
			t.Errorf("Name = %q, want %q", got, want)
		}
	}
	if n := len(w.server.Calls("getMe")); n != 2 {
		t.Errorf("asked %d times, want twice: once in vain", n)
	}
}

func labels(t *testing.T, m fake.Message) [][]string {
	t.Helper()
	var k struct {
		Rows [][]struct {
			Text string `json:"text"`
		} `json:"inline_keyboard"`
	}
	if m.Markup == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(m.Markup), &k); err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for _, row := range k.Rows {
		var r []string
		for _, b := range row {
			r = append(r, b.Text)
		}
		out = append(out, r)
	}
	return out
}

func TestShowPersonalData(t *testing.T) {
	w := newWorld(t, telegram.Options{ShowPersonalData: true})
	if _, err := w.bot.Ask(context.Background(), "-1003", story(17)); err != nil {
		t.Fatal(err)
	}
	if m := w.server.Messages("-1003")[0]; !strings.Contains(m.Text, "甄小归") || !strings.Contains(m.Text, "19900000001") {
		t.Errorf("the card on one's own server is masked:\n%s", m.Text)
	}
}

// However long a story's texts are, its card fits a message.
func TestCardFits(t *testing.T) {
	w := newWorld(t, telegram.Options{StoryLink: func(int64) string { return "https://guitu.example/" + strings.Repeat("x", 3000) }})
	long := strings.Repeat("<😀&", 20000)
	q := guitu.Question{
		Rumor: guitu.Rumor{
			ID: 1, Topic: guitu.Plea, Claim: guitu.Claim{
				Name: long, Sex: long, Age: long, MissingAt: long, Place: long, Clothing: long, Reward: long,
				Phones: []string{long, long}, Contacts: []string{long, long},
			},
		},
		Samples:    []guitu.Post{{Text: long, Author: long, URL: "https://a.example/" + long}, {Text: long, URL: "https://b.example/"}, {Text: long}},
		Assignment: &guitu.Assignment{Desk: guitu.Desk{Name: long}, Reason: "route"},
		Verdict:    &guitu.Verdict{Ruling: guitu.Refuted, Basis: long, Officer: guitu.Officer{Name: long}},
		Precedent:  &guitu.Precedent{Rumor: guitu.Rumor{Claim: guitu.Claim{Name: long, Place: long}}, Verdict: &guitu.Verdict{Basis: long}},
	}
	q.Into, q.Rumor.MergedInto = q.Precedent, 2
	for i := range 10 {
		q.Seen = append(q.Seen, guitu.Asset{Kind: guitu.AssetPhone, Value: long, RumorID: int64(i)})
	}
	for i := range int64(300) {
		q.Merged = append(q.Merged, i)
	}
	for range guitu.MaxSamples {
		q.Evidence.Latest = append(q.Evidence.Latest, guitu.Post{Evidence: guitu.Debunk, Text: long, Author: long})
	}
	for i := range 40 {
		q.Rumor.Hits = append(q.Rumor.Hits, guitu.Hit{Rule: "rule" + strconv.Itoa(i), Text: long})
	}
	if _, err := w.bot.Ask(context.Background(), "5", q); err != nil {
		t.Fatal(err)
	}
	m := w.server.Messages("5")[0]
	if n := len(utf16.Encode([]rune(m.Text))); n > 4096 || n < 1000 {
		t.Errorf("the card has %d characters, want at most 4096 and no less than it could say", n)
	}
}

// A ruling from the first press to the last answer, as an officer in the desk's group sees it.
func TestConversationInGroup(t *testing.T) {
	w := newWorld(t, telegram.Options{})
	ref, err := w.bot.Ask(context.Background(), "-1003", story(17))
	if err != nil {
		t.Fatal(err)
	}
	card, _ := strconv.Atoi(ref.Message)
	id := w.server.Press(700, "-1003", card, "rule:17:0:refuted")
	for range 2 { // The second time stands for a crash after the answer went out.
		if err := w.handle(id); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.back.Cards()[ref]; got != 17 {
		t.Errorf("the card at %v is recorded for %d, want 17", ref, got)
	}
	ms := w.server.Messages("-1003")
	ask := ms[len(ms)-1]
	for _, want := range []string{`<a href="tg://user?id=700">王警官</a>`, "写明是怎样核查的"} {
		if !strings.Contains(ask.HTML, want) {
			t.Errorf("the prompt lacks %q: %s", want, ask.HTML)
		}
	}
	if !strings.Contains(ask.Markup, `"force_reply":true`) || !strings.Contains(ask.Markup, `"selective":true`) || ask.ReplyTo != card {
		t.Errorf("the prompt = %+v, want a forced, selective reply under the card", ask)
	}
	if w.back.Verdicts() != 0 {
		t.Fatal("ruled before the basis was given")
	}
	// The first of the two messages that ask is as good as the second.
	id = w.server.Write(700, "-1003", "电话核实，孩子在家", ms[len(ms)-2].ID)
	for range 2 {
		if err := w.handle(id); err != nil {
			t.Fatal(err)
		}
	}
	if v := w.back.Verdict(17); v == nil || v.Basis != "电话核实，孩子在家" || w.back.Verdicts() != 1 {
		t.Fatalf("verdict = %+v of %d", v, w.back.Verdicts())
	}
	// A press on the stale card is answered, and the card is shown as it stands.
	id = w.server.Press(700, "-1003", card, "rule:17:0:confirmed")
	if err := w.handle(id); err != nil {
		t.Fatal(err)
	}
	toast := w.server.Toasts()[fmt.Sprintf("q%d", id)]
	if !strings.Contains(toast, "已有核查结论") || w.back.Verdicts() != 1 {
		t.Errorf("toast = %q with %d verdicts", toast, w.back.Verdicts())
	}
	if m := w.server.Messages("-1003")[0]; !strings.Contains(m.Text, "核查结论：不实") {
		t.Errorf("the stale card reads %s", m.Text)
	}
}

// What another bot says is no question of ours, whatever it says.
func TestReplyToAnotherBot(t *testing.T) {
	w := newWorld(t, telegram.Options{})
	if err := w.handle(w.server.Press(700, "-1003", 5, "rule:17:0:refuted")); err != nil {
		t.Fatal(err)
	}
	ask := w.server.Messages("-1003")[0]
	for _, tt := range []struct {
		bot      int64
		verdicts int
	}{{110201544, 0}, {110201543, 1}} {
		body, err := json.Marshal(map[string]any{"update_id": 90, "message": map[string]any{
			"message_id": 60, "from": map[string]any{"id": 700}, "chat": map[string]any{"id": -1003, "type": "supergroup"}, "text": "电话核实",
			"reply_to_message": map[string]any{"message_id": ask.ID, "from": map[string]any{"id": tt.bot, "is_bot": true}, "text": ask.Text},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.bot.Handle(context.Background(), body); err != nil || w.back.Verdicts() != tt.verdicts {
			t.Errorf("a reply to bot %d: %v with %d verdicts, want %d", tt.bot, err, w.back.Verdicts(), tt.verdicts)
		}
	}
}

func TestConversationInPrivate(t *testing.T) {
	w := newWorld(t, telegram.Options{})
	say := func(user int64, text string) string {
		t.Helper()
		before := len(w.server.Messages(""))
		if err := w.handle(w.server.Write(user, fmt.Sprint(user), text, 0)); err != nil {
			t.Fatal(err)
		}
		ms := w.server.Messages("")
		if len(ms) == before {
			return ""
		}
		return ms[len(ms)-1].Text
	}
	for _, tt := range []struct {
		user       int64
		text, says string
	}{
		{1, "/start WRONG", "这里是归途"},
		{1, "/start CODE", "钱警官，您好"},
		{1, "/open@GUITU_BOT", "有 1 条"},
		{1, "/open@other_bot", ""},
		{2, "/start CODE", "这里是归途"},
		{1, "/console", "https://guitu.example/in?signin-20"},
		{1, "/duty@guitu_bot on", "您已在岗"},
	} {
		got := say(tt.user, tt.text)
		if !strings.Contains(got, tt.says) || (tt.says == "") != (got == "") {
			t.Errorf("%d says %q, the bot %q, want %q", tt.user, tt.text, got, tt.says)
		}
	}
	ms := w.server.Messages("1")
	for _, m := range ms {
		if strings.Contains(m.Markup, "open:17") {
			if err := w.handle(w.server.Press(1, "1", m.ID, "open:17")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(w.back.Cards()) != 1 {
		t.Errorf("cards = %v, want the opened one", w.back.Cards())
	}
}

// An old press can't be answered by a toast; who pressed is told in the chat.
func TestOldPress(t *testing.T) {
	w := newWorld(t, telegram.Options{})
	id := w.server.Press(700, "-1003", 5, "rule:99:0:confirmed")
	w.server.Fail(fake.Fault{Method: "answerCallbackQuery", Kind: fake.Fault403})
	if err := w.handle(id); err != nil {
		t.Fatal(err)
	}
	if ms := w.server.Messages("-1003"); len(ms) != 1 || !strings.Contains(ms[0].Text, "没有传言 #99") {
		t.Errorf("said %+v", ms)
	}
}

func TestHandleErrors(t *testing.T) {
	w := newWorld(t, telegram.Options{})
	var retry *guitu.RetryError
	id := w.server.Press(700, "-1003", 5, "rule:17:0:confirmed")
	w.server.Fail(fake.Fault{Method: "sendMessage", Kind: fake.FaultCut, After: true})
	if err := w.handle(id); !errors.Is(err, guitu.ErrUnknown) {
		t.Errorf("Handle = %v, want %v", err, guitu.ErrUnknown)
	}
	w.server.Fail(fake.Fault{Method: "sendMessage", Kind: fake.Fault403})
	if err := w.handle(id); err != nil {
		t.Errorf("Handle = %v, want nil when there is nobody to tell", err)
	}
	w.server.Fail(fake.Fault{Method: "sendMessage", Kind: fake.Fault429})
	if err := w.handle(id); !errors.As(err, &retry) {
		t.Errorf("Handle = %v, want a retry", err)
	}
	if w.back.Verdicts() != 1 {
		t.Errorf("%d verdicts of one press, want 1", w.back.Verdicts())
	}
	w.back.Broken = errors.New("database is away")
	if err := w.handle(id); !errors.Is(err, w.back.Broken) {
		t.Errorf("Handle = %v, want %v", err, w.back.Broken)
	}
}

func TestHandleDropsWhatMakesNoSense(t *testing.T) {
	var log strings.Builder
	w := newWorld(t, telegram.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	for _, body := range []string{
		"", "null", "[]", "{", `{"update_id":"x"}`, `{"update_id":41,"message":"甄小归"}`, `{"update_id":42}`,
		`{"update_id":43,"callback_query":{"id":"1","from":{"id":700},"data":"rule:17:0:confirmed"}}`,
		`{"update_id":44,"message":{"message_id":1,"chat":{"id":5,"type":"private"},"text":"/open"}}`,
		`{"update_id":45,"message":{"message_id":1,"from":{"id":700,"is_bot":true},"chat":{"id":5,"type":"private"},"text":"/open"}}`,
	} {
		if err := w.bot.Handle(context.Background(), []byte(body)); err != nil {
			t.Errorf("Handle(%s) = %v, want nil", body, err)
		}
	}
	if w.back.Verdicts() != 0 || len(w.server.Messages("")) != 0 {
		t.Error("nonsense was acted on")
	}
	if !strings.Contains(log.String(), "update=41") || strings.Contains(log.String(), "甄小归") {
		t.Errorf("log = %s, want the id and not the text", log.String())
	}
}

func FuzzHandle(f *testing.F) {
	f.Add([]byte(`{"update_id":43,"callback_query":{"id":"1","from":{"id":700},"message":{"message_id":1,"date":0,"chat":{"id":-1003}},"data":"rule:17:0:confirmed"}}`))
	f.Add([]byte(`{"update_id":44,"message":{"message_id":1,"from":{"id":700},"chat":{"id":5,"type":"private"},"text":"/open@x y","reply_to_message":{"message_id":2,"from":{"is_bot":true}}}}`))
	server := fake.NewTelegram(fake.TelegramOptions{Token: token})
	s := httptest.NewServer(server)
	defer s.Close()
	c, err := api.New(token, api.Options{APIURL: s.URL, Limits: api.Limits{MaxWait: time.Second}})
	if err != nil {
		f.Fatal(err)
	}
	back := &fake.Backend{Officers: map[int64]guitu.Officer{700: wang}, Stories: map[int64]guitu.Question{17: story(17)}}
	b := telegram.New(c, bot.NewConversation(back, bot.Options{}), newInbox(), telegram.Options{Log: quiet})
	f.Fuzz(func(t *testing.T, body []byte) {
		if err := b.Handle(context.Background(), body); err != nil {
			t.Errorf("Handle(%q) = %v", body, err)
		}
	})
}
