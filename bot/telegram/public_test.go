package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/bot"
	"guitu/bot/telegram"
	"guitu/internal/fake"
	api "guitu/internal/telegram"
)

// book keeps followers in memory.
type book map[string]guitu.Follower

func (b book) Put(_ context.Context, f guitu.Follower) error {
	b[f.Handle] = f
	return nil
}

func (b book) Drop(_ context.Context, _ guitu.FollowerKind, handle string) error {
	delete(b, handle)
	return nil
}

// TestFollow holds that anybody follows by a place and stops by a word, that the place is rounded before it is kept, and that an
// officer's place is none of this.
func TestFollow(t *testing.T) {
	w := newWorld(t, telegram.Options{})
	followers := book{}
	w.bot = telegram.New(w.client(), bot.NewConversation(w.back, bot.Options{Public: bot.PublicOptions{Followers: followers}}), w.inbox, telegram.Options{Log: quiet})
	do := func(id int64) string {
		t.Helper()
		if err := w.handle(id); err != nil {
			t.Fatal(err)
		}
		all := w.server.Messages("")
		return all[len(all)-1].Text
	}
	has(t, do(w.server.Write(800, "800", "你好", 0)), "/follow", "拨打 110")
	has(t, do(w.server.Write(800, "800", "/follow", 0)), "1公里", "/stop")
	var k struct {
		Rows [][]struct {
			Text     string
			Location bool `json:"request_location"`
		} `json:"keyboard"`
		Remove bool `json:"remove_keyboard"`
	}
	markup := func() {
		t.Helper()
		k.Rows, k.Remove = nil, false
		all := w.server.Messages("800")
		if err := json.Unmarshal([]byte(all[len(all)-1].Markup), &k); err != nil {
			t.Fatal(err)
		}
	}
	if markup(); len(k.Rows) != 1 || !k.Rows[0][0].Location {
		t.Errorf("the keyboard is %+v, want one button that asks for the place", k)
	}
	has(t, do(w.server.Locate(800, "800", 35.0517, 118.3449, 0)), "已开启", "/stop")
	if markup(); !k.Remove {
		t.Error("the button stays")
	}
	want := guitu.Follower{Kind: guitu.FollowTelegram, Handle: "800", Address: "800", Point: guitu.Point{Lat: 35.05, Lng: 118.34}}
	if len(followers) != 1 || followers["800"] != want {
		t.Errorf("kept %+v, want %+v alone", followers, want)
	}
	has(t, do(w.server.Locate(801, "801", 95, 118, 0)), "/follow")
	has(t, do(w.server.Locate(700, "700", 35, 118, 0)), "控制台")
	if len(followers) != 1 {
		t.Errorf("kept %+v, want neither a place that is none nor an officer's", followers)
	}
	has(t, do(w.server.Write(800, "800", "/stop", 0)), "已删除")
	if len(followers) != 0 {
		t.Errorf("kept %+v after /stop", followers)
	}
}

// tipBox takes tips in memory, on the alert K7M2QX.
type tipBox struct {
	taken  []guitu.TipRequest
	lately string
	wishes []string
	fail   error
}

func (b *tipBox) Open(_ context.Context, code string) error {
	if code != "K7M2QX" {
		return guitu.Errorf(guitu.NotFound, "没有这个通告")
	}
	return nil
}

func (b *tipBox) Take(ctx context.Context, r guitu.TipRequest) (string, error) {
	if err := errors.Join(b.fail, b.Open(ctx, r.Code)); err != nil {
		return "", err
	}
	b.taken = append(b.taken, r)
	return "AAAAAA-BBBBBB", nil
}

func (b *tipBox) Lately(context.Context, string) (string, error) { return b.lately, nil }

func (b *tipBox) Wish(_ context.Context, receipt, chat string) error {
	b.wishes = append(b.wishes, receipt+" "+chat)
	return nil
}

// citizens is a world in which anybody can follow and report.
type citizens struct {
	*world
	box  *tipBox
	book book
}

func newCitizens(t *testing.T) *citizens {
	w := &citizens{newWorld(t, telegram.Options{}), &tipBox{}, book{}}
	c := w.client()
	w.bot = telegram.New(c, bot.NewConversation(w.back, bot.Options{
		Alert: bot.AlertOptions{Link: func(code string) string { return "https://guitu.example/n/" + code }, Form: "console"},
		Public: bot.PublicOptions{
			Followers: w.book, Tips: w.box,
			Picture: func(ctx context.Context, name string) ([]byte, error) { return c.File(ctx, name, 1000) },
		},
	}), w.inbox, telegram.Options{Log: quiet})
	return w
}

// do handles an update, and returns the last message of the bot.
func (w *citizens) do(id int64) fake.Message {
	w.t.Helper()
	if err := w.handle(id); err != nil {
		w.t.Fatal(err)
	}
	all := w.server.Messages("")
	return all[len(all)-1]
}

// TestTip reports on an alert by its link, by replying to the bot's messages, and by going on.
func TestTip(t *testing.T) {
	w := newCitizens(t)
	ask := w.do(w.server.Write(800, "800", "/start tip_k7m2qx", 0))
	has(t, ask.Text, "线索 · 通告 K7M2QX", "拨打 110", "https://guitu.example/n/K7M2QX/tip")
	if !strings.Contains(ask.Markup, "force_reply") {
		t.Errorf("the question has the markup %s, want one that opens a reply", ask.Markup)
	}
	id := w.server.Write(800, "800", "在汽车站见到她", ask.ID)
	receipt := w.do(id)
	has(t, receipt.Text, "线索 · 通告 K7M2QX", "AAAAAA-BBBBBB", "回复本条消息")
	w.do(w.server.Photo(800, "800", []byte("photo"), "就是她", ask.ID, ""))
	w.do(w.server.Locate(800, "800", 35.0517, 118.3449, receipt.ID))
	// An alert is told to a follower, who replies to it; and one who has just reported goes on without replying.
	ref, err := w.client().Send(context.Background(), api.Message{Chat: "801", HTML: "寻人\n\n校验码 K7M2QX\nhttps://guitu.example/n/K7M2QX\n\n/stop"})
	if err != nil {
		t.Fatal(err)
	}
	var alert int
	if _, err := fmt.Sscan(ref.Message, &alert); err != nil {
		t.Fatal(err)
	}
	w.do(w.server.Write(801, "801", "我也见到", alert))
	w.box.lately = "K7M2QX"
	w.do(w.server.Write(801, "801", "往东走了", 0))
	point := &guitu.Point{Lat: 35.0517, Lng: 118.3449}
	want := []guitu.TipRequest{
		{Code: "K7M2QX", Text: "在汽车站见到她", Sender: "telegram:800", Chat: "800"},
		{Code: "K7M2QX", Text: "就是她", Photo: []byte("photo"), Sender: "telegram:800", Chat: "800"},
		{Code: "K7M2QX", Point: point, Sender: "telegram:800", Chat: "800"},
		{Code: "K7M2QX", Text: "我也见到", Sender: "telegram:801", Chat: "801"},
		{Code: "K7M2QX", Text: "往东走了", Sender: "telegram:801", Chat: "801"},
	}
	got := w.box.taken
	for i := range got {
		if got[i].Key == "" {
			t.Errorf("tip %d has no key", i)
		}
		if i == 0 && got[0].Key != fmt.Sprint("telegram:", id) {
			t.Errorf("the key is %q, want that of the update, by which it is taken once", got[0].Key)
		}
		got[i].Key = ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
	if len(w.book) != 0 {
		t.Errorf("the place of a tip follows: %v", w.book)
	}
	// A place that replies to nothing is a follower's, also soon after a tip.
	has(t, w.do(w.server.Locate(801, "801", 35.05, 118.34, 0)).Text, "已开启")

	// The buttons: whoever gets the receipt may wish, and an alert has one that asks.
	if diff := cmp.Diff([][]string{{"结案后告诉我结果"}}, labels(t, receipt)); diff != "" {
		t.Error(diff)
	}
	press := w.server.Press(800, "800", receipt.ID, "wish:AAAAAA-BBBBBB")
	w.do(press)
	has(t, w.server.Toasts()[fmt.Sprint("q", press)], "告诉您结果")
	if diff := cmp.Diff([]string{"AAAAAA-BBBBBB 800"}, w.box.wishes); diff != "" {
		t.Error(diff)
	}
	has(t, w.do(w.server.Press(802, "802", alert, "tip:K7M2QX")).Text, "写下您看到的")
}

// TestTipRefused holds that whoever can't report is told why, that nothing is lost to trouble, and that an officer is no citizen.
func TestTipRefused(t *testing.T) {
	w := newCitizens(t)
	has(t, w.do(w.server.Write(800, "800", "/start tip_nonsense", 0)).Text, "没有这个通告")
	has(t, w.do(w.server.Write(800, "800", "/start tip_ZZZZZZ", 0)).Text, "没有这个通告")
	ask := w.do(w.server.Write(800, "800", "/start tip_K7M2QX", 0))
	has(t, w.do(w.server.Photo(800, "800", []byte(strings.Repeat("x", 2000)), "", ask.ID, "image/png")).Text, "文件过大")
	w.box.fail = guitu.Errorf(guitu.Conflict, "您提交得太频繁")
	has(t, w.do(w.server.Write(800, "800", "见到她", ask.ID)).Text, "太频繁")
	w.box.fail = errors.New("database is away")
	id := w.server.Write(800, "800", "见到她", ask.ID)
	if err := w.handle(id); err == nil {
		t.Error("trouble is no error, and the tip is lost")
	}
	has(t, w.do(w.server.Write(700, "700", "/start tip_K7M2QX", 0)).Text, "王警官")
	w.box.lately = "K7M2QX"
	w.box.fail = nil
	has(t, w.do(w.server.Write(700, "700", "见到她", 0)).Text, "王警官")
	w.do(w.server.Write(803, "-100", "/start tip_K7M2QX", 0))
	if len(w.box.taken) != 0 {
		t.Errorf("taken %+v, want nothing", w.box.taken)
	}
}

// TestReply says in a chat what came of a tip.
func TestReply(t *testing.T) {
	w := newCitizens(t)
	for _, tt := range []struct {
		r    guitu.TipReply
		want string
	}{
		{guitu.TipReply{Answer: guitu.TipUseful}, "有用"},
		{guitu.TipReply{Answer: guitu.TipKnown}, "已经掌握"},
		{guitu.TipReply{Answer: guitu.TipNotIt}, "不是这个孩子"},
		{guitu.TipReply{Answer: guitu.TipCall}, "写下您的电话"},
		{guitu.TipReply{Answer: guitu.TipUseful, Ended: guitu.AlertClosed, Outcome: guitu.OutcomeLost}, "案件已结案：迷路走失"},
		{guitu.TipReply{Ended: guitu.AlertExpired}, "通告已经结束"},
	} {
		tt.r.Chat, tt.r.Alert = "800", "K7M2QX"
		if err := w.bot.Reply(context.Background(), tt.r); err != nil {
			t.Fatal(err)
		}
		all := w.server.Messages("800")
		has(t, all[len(all)-1].Text, "线索 · 通告 K7M2QX", tt.want)
	}
}
