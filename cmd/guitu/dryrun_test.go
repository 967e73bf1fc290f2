package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/fake"
	"guitu/internal/store"
)

// TestDryRun: a bot with real channels that runs dry calls none of them, and writes what each would get.
func TestDryRun(t *testing.T) {
	f := fake.NewTelegram(fake.TelegramOptions{Token: "1:abc"})
	srv := httptest.NewServer(f)
	defer srv.Close()
	workplace(t, map[string]string{"token": "1:abc", "guitu.yaml": fmt.Sprintf("listen: 127.0.0.1:%d\n", freePort(t)) +
		"telegram: {token_file: token, api_url: \"" + srv.URL + "\", channel: \"@guitu_public\"}\n" +
		"publishers:\n  - {kind: telegram, name: linyi, chat: \"@linyi\"}\n"})
	config, _, err := loadConfig("guitu.yaml", false)
	if err != nil {
		t.Fatal(err)
	}
	if config, err = config.dryRun("dry"); err != nil {
		t.Fatal(err)
	}
	s, err := start(context.WithoutCancel(t.Context()), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	err = s.db.Update(t.Context(), func(tx *store.Tx) error {
		n := guitu.Notice{
			Kind: guitu.NoticeBulletin, Status: guitu.Actual, Code: "B2RRT4", BulletinID: 1,
			Texts: map[string]guitu.Text{guitu.Chinese: {Headline: "第一期通报"}},
		}
		if err := tx.CreateNotice(t.Context(), &n); err != nil {
			return err
		}
		for _, channel := range []string{"telegram", "telegram:linyi"} {
			d := guitu.Delivery{NoticeID: n.ID, Channel: channel}
			if err := tx.CreateDelivery(t.Context(), &d); err != nil {
				return err
			}
			if err := tx.Enqueue(t.Context(), guitu.Deliver{DeliveryID: d.ID}, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"telegram", "telegram_linyi"} {
		eventually(t, "a text for "+folder, func() bool {
			files, _ := filepath.Glob(filepath.Join("dry", folder, "delivery-*.txt"))
			if len(files) != 1 {
				return false
			}
			b, err := os.ReadFile(files[0])
			return err == nil && strings.Contains(string(b), "第一期通报")
		})
	}
	if calls := f.Calls(); len(calls) != 0 {
		t.Errorf("Telegram was called %d times, first %s; want never", len(calls), calls[0].Method)
	}
	if _, err := os.Stat("guitu.db"); err == nil {
		t.Error("the dry run used the real database")
	}
}
