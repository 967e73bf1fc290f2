package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"guitu"
	"guitu/internal/fake"
	"guitu/internal/store"
)

// TestWallReachesTheOperator: a site that answers with a wall pauses its source, and the administrator reads of it in a private
// chat, through the program as it is put together for production.
func TestWallReachesTheOperator(t *testing.T) {
	telegram := fake.NewTelegram(fake.TelegramOptions{Token: killToken})
	api := httptest.NewServer(telegram)
	defer api.Close()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.WriteHeader(432)
	}))
	defer site.Close()
	workplace(t, map[string]string{
		"token": killToken,
		"guitu.yaml": fmt.Sprintf(`
database: %q
listen: 127.0.0.1:%d
public_url: https://guitu.example
telegram: {token_file: token, api_url: %q}
sources:
  - {kind: weibo, name: weibo-走失, url: %q, keywords: [走失], every: 10m}
network: {allow_private: [%q]}
`, filepath.Join(t.TempDir(), "guitu.db"), freePort(t), api.URL, site.URL+"/api/container/getIndex", strings.TrimPrefix(site.URL, "http://")),
	})
	config, _, err := loadConfig("guitu.yaml", false)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	db, err := store.Open(ctx, config.Database.Reveal(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.SetDesks(ctx, config.desks()); err != nil {
			return err
		}
		desks, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		return tx.CreateOfficer(ctx, &guitu.Officer{Name: "乙管理员", Role: guitu.RoleAdmin, Desk: desks[0], TelegramUser: 700})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	s, err := start(ctx, config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the administrator is told", func() bool { return len(telegram.Messages("700")) > 0 })
	if err := s.close(); err != nil {
		t.Error(err)
	}
	all := telegram.Messages("")
	if len(all) != 1 {
		t.Fatalf("said %+v, want one message", all)
	}
	for _, want := range []string{"信源“weibo-走失”已暂停读取", "HTTP 432", "不要绕过登录或验证码", "https://guitu.example/console/sources", "恢复读取"} {
		if !strings.Contains(all[0].Text, want) {
			t.Errorf("the warning lacks %q: %s", want, all[0].Text)
		}
	}
}
