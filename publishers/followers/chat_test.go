package followers_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/fake"
	"guitu/internal/telegram"
	"guitu/publishers/followers"
)

// TestChat holds that one message of an alert stands in a chat, that the end takes the child out of it and is said once more, and that
// nobody is told twice what may have arrived.
func TestChat(t *testing.T) {
	server := fake.NewTelegram(fake.TelegramOptions{})
	s := httptest.NewServer(server)
	defer s.Close()
	client, err := telegram.New("1:fake", telegram.Options{APIURL: s.URL, Limits: telegram.Limits{MaxWait: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	c := followers.NewChat(client, func(code string) telegram.Button { return telegram.Button{Text: "线索", Data: "tip:" + code} })
	ctx := context.Background()
	notice := func(kind guitu.NoticeKind, headline string) guitu.Notice {
		return guitu.Notice{Kind: kind, Code: "K7M2QX", AlertID: 1, Texts: map[string]guitu.Text{guitu.Chinese: {Headline: headline, Keep: "王警官 19900001111"}}}
	}
	g := guitu.Telling{Follower: guitu.Follower{Kind: guitu.FollowTelegram, Address: "700"}, Loud: true}
	send := func(n guitu.Notice) {
		t.Helper()
		ref, err := c.Send(ctx, g, n, "https://guitu.example/n/K7M2QX")
		if err != nil {
			t.Fatal(err)
		}
		g.Earlier, g.Loud = ref, false
	}
	texts := func() (all []string) {
		for _, m := range server.Messages("700") {
			first, _, _ := strings.Cut(m.Text, "\n")
			all = append(all, first)
		}
		return all
	}
	expect := func(want ...string) {
		t.Helper()
		if got := texts(); !slices.Equal(got, want) {
			t.Errorf("the chat reads %q, want %q", got, want)
		}
	}
	send(notice(guitu.NoticeAlert, "寻人 甄小归"))
	expect("寻人 甄小归")
	for _, want := range []string{"19900001111", "https://guitu.example/n/K7M2QX", "/stop"} {
		if m := server.Messages("700")[0]; !strings.Contains(m.Text, want) {
			t.Errorf("the alert lacks %q:\n%s", want, m.Text)
		}
	}
	send(notice(guitu.NoticeUpdate, "更新 甄小归"))
	expect("更新 甄小归")
	send(notice(guitu.NoticeClosed, "已找回"))
	expect("已找回", "已找回")
	if quiet := server.Calls("sendMessage")[1].Params["disable_notification"]; quiet != "true" {
		t.Errorf("the end is sent with disable_notification %q", quiet)
	}

	// Who has taken the message away is told anew; what may have arrived is not repeated.
	g.Earlier = "999"
	send(notice(guitu.NoticeUpdate, "再更新"))
	expect("已找回", "已找回", "再更新")
	server.Fail(fake.Fault{Method: "sendMessage", Kind: fake.FaultCut, After: true})
	g.Earlier = ""
	send(notice(guitu.NoticeAlert, "另一案"))
	expect("已找回", "已找回", "再更新", "另一案")

	g.Earlier = ""
	server.Fail(fake.Fault{Method: "sendMessage", Kind: fake.Fault403})
	if _, err := c.Send(ctx, g, notice(guitu.NoticeAlert, "寻人"), ""); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("blocked: %v, want ErrRejected", err)
	}
	// A text that is refused is no reason to forget the person.
	if _, err := c.Send(ctx, g, notice(guitu.NoticeAlert, "寻人\x01"), strings.Repeat("x", 5000)); err == nil || errors.Is(err, guitu.ErrRejected) {
		t.Errorf("a text too long: %v, want an error that is not ErrRejected", err)
	}
}
