package main

import (
	"log/slog"
	"testing"

	api "guitu/internal/telegram"
	"guitu/verify/source/weibohtml"
)

func TestPublishers(t *testing.T) {
	account, err := api.New("1:abc", api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{log: slog.New(slog.DiscardHandler), config: Config{Timezone: "Asia/Shanghai", Publishers: []PublisherConfig{
		{Kind: "telegram", Setup: &telegramChannel{Chat: "@guitu_public"}},
		{Kind: "telegram", Name: "linyi", Setup: &telegramChannel{Chat: "-1001"}},
	}}}
	all, err := s.publishers(account, nil)
	if err != nil || len(all) != 2 || all[0].Name() != "telegram" || all[1].Name() != "telegram:linyi" {
		t.Errorf("publishers = %v, %v; want telegram and telegram:linyi", all, err)
	}
}

func TestHostPort(t *testing.T) {
	for address, want := range map[string]string{
		"": "", "https://mastodon.internal": "mastodon.internal:443", "http://127.0.0.1:9001/x": "127.0.0.1:9001",
		"mqtts://broker": "broker:8883", "http://[::1]": "[::1]:80",
	} {
		if got := hostPort(address); got != want {
			t.Errorf("hostPort(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestWeiboPost(t *testing.T) {
	const mid = "5012345678901234"
	bid, err := weibohtml.BID(mid)
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"https://m.weibo.cn/status/" + mid: mid, "https://weibo.com/1000000001/" + mid: mid,
		"https://www.weibo.com/1000000001/" + bid: mid, "https://m.weibo.cn/detail/" + bid + "?x=1#y": mid,
		"https://weibo.com/u": "", "https://tieba.baidu.com/p/5012345678901234": "", "https://weibo.com.example/1/5012345678901234": "", "": "", "%": "",
	} {
		if got, ok := weiboPost(address); got != want && ok || ok != (want != "") {
			t.Errorf("weiboPost(%q) = %q, %v, want %q", address, got, ok, want)
		}
	}
}
