package telegram_test

import (
	"context"
	"encoding/json"
	"testing"

	"guitu"
	"guitu/bot"
	"guitu/bot/telegram"
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
