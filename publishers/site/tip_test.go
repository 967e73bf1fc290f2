package site_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/publishers/site"
)

// tipBox takes tips in memory.
type tipBox struct {
	taken  []guitu.TipRequest
	refuse error
}

func (b *tipBox) Take(_ context.Context, r guitu.TipRequest) (string, error) {
	if b.refuse != nil {
		return "", b.refuse
	}
	b.taken = append(b.taken, r)
	return "AAAAAA-BBBBBB", nil
}

func (b *tipBox) Receipt(_ context.Context, receipt string) (guitu.TipReceipt, error) {
	if receipt != "AAAAAA-BBBBBB" {
		return guitu.TipReceipt{}, guitu.Errorf(guitu.NotFound, "没有这个回执")
	}
	return guitu.TipReceipt{Code: receipt, Alert: "G2HJKM", Read: true, State: guitu.AlertClosed, Outcome: guitu.OutcomeLost}, nil
}

func tipSite(t *testing.T, shelf *shelf, b *tipBox) *site.Site {
	t.Helper()
	s, err := site.New(shelf, site.Options{PublicURL: base, Tips: b, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sendTip posts a form with a photo, as a browser does.
func sendTip(s *site.Site, from string, photo []byte, header http.Header, fields ...string) *httptest.ResponseRecorder {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		_ = m.WriteField(fields[i], fields[i+1])
	}
	file, _ := m.CreateFormFile("photo", "a.jpg")
	_, _ = file.Write(photo)
	_ = m.Close()
	r := httptest.NewRequest("POST", base+"/n/G2HJKM/tip", &b)
	for k, v := range header {
		r.Header[k] = v
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestTip(t *testing.T) {
	box := &tipBox{}
	s := tipSite(t, board(missing()), box)
	wantPage(t, get(s, "/n/G2HJKM"), 200, `href="/n/G2HJKM/tip"`)
	wantPage(t, get(s, "/n/G2HJKM/tip"), 200, "提供线索", "110", `name="key" value="`, "!<script", "!"+childName)
	wantPage(t, get(s, "/en/n/G2HJKM/tip"), 200, "Report what you saw", `action="/en/n/G2HJKM/tip"`)
	w := sendTip(s, "192.0.2.7:1234", []byte("photo"), nil, "key", "k1", "text", "见到她", "place", "某车站", "seen", "2026-11-24T10:30", "contact", "19900003333", "outcome", "yes")
	if w.Code != 303 || w.Header().Get("Location") != "/tips/AAAAAA-BBBBBB" {
		t.Fatalf("tip = %d to %q", w.Code, w.Header().Get("Location"))
	}
	got := box.taken[0]
	if got.Code != "G2HJKM" || got.Text != "见到她" || got.Place != "某车站" || got.Contact != "19900003333" || !got.Outcome || string(got.Photo) != "photo" ||
		got.Key != "site:k1" || got.Sender != "192.0.2.7" || !got.SeenAt.Equal(time.Date(2026, 11, 24, 2, 30, 0, 0, time.UTC)) {
		t.Errorf("taken %+v", got)
	}
	wantPage(t, get(s, "/tips/AAAAAA-BBBBBB"), 200, "AAAAAA-BBBBBB", "民警已经处理", "走失", "!见到她")
	wantPage(t, get(s, "/tips/CCCCCC-DDDDDD"), 404)
	// An empty file field is no photo.
	sendTip(s, "192.0.2.7:1", nil, nil, "key", "k2", "text", "又见到")
	if box.taken[1].Photo != nil {
		t.Error("an empty file field is a photo")
	}
}

// What was typed stays when a tip is refused, and nothing comes from another site or for an alert that is over.
func TestTipRefused(t *testing.T) {
	box := &tipBox{refuse: guitu.Errorf(guitu.Conflict, "您提交得太频繁")}
	s := tipSite(t, board(missing()), box)
	wantPage(t, sendTip(s, "192.0.2.7:1", nil, nil, "key", "k", "text", "见到<b>她</b>", "place", "某车站"), 422, "您提交得太频繁", "见到&lt;b&gt;她&lt;/b&gt;", "某车站")
	box.refuse = nil
	if w := sendTip(s, "192.0.2.7:1", nil, http.Header{"Sec-Fetch-Site": {"cross-site"}}, "key", "k", "text", "见到她"); w.Code != 403 {
		t.Errorf("a tip from another site = %d, want 403", w.Code)
	}
	wantPage(t, sendTip(s, "192.0.2.7:1", bytes.Repeat([]byte("x"), guitu.MaxTipPicture+100<<10), nil, "key", "k", "text", "见到她"), 413, "照片太大")
	if len(box.taken) != 0 {
		t.Errorf("taken %+v, want nothing", box.taken)
	}
	s = tipSite(t, board(over(missing(), guitu.AlertClosed)), box)
	wantPage(t, get(s, "/n/G2HJKM"), 200, "!/tip")
	if w := get(s, "/n/G2HJKM/tip"); w.Code != 303 || w.Header().Get("Location") != "/n/G2HJKM" {
		t.Errorf("form of a closed alert = %d to %q", w.Code, w.Header().Get("Location"))
	}
	wantPage(t, get(newSite(t, board(missing()), false), "/n/G2HJKM"), 200, "!/tip", "!t.me", "!/follow")
}

// An alert's page leads to the chat that takes tips, and it and the front page to where people follow, where there are such.
func TestWaysIn(t *testing.T) {
	s, err := site.New(board(missing()), site.Options{
		PublicURL: base, Tips: &tipBox{}, Follow: true, Log: slog.New(slog.DiscardHandler),
		TipChat: func(code string) string { return "https://t.me/guitu_bot?start=tip_" + code },
	})
	if err != nil {
		t.Fatal(err)
	}
	wantPage(t, get(s, "/n/G2HJKM"), 200, `href="https://t.me/guitu_bot?start=tip_G2HJKM"`, "在 Telegram 私聊里", `href="/follow"`)
	wantPage(t, get(s, "/en/n/G2HJKM"), 200, `href="https://t.me/guitu_bot?start=tip_G2HJKM"`, "in a Telegram chat")
	wantPage(t, get(s, "/"), 200, `href="/follow"`, "附近有孩子走失时提醒我")
	// Where people follow, the site says what is kept of them.
	wantPage(t, get(s, "/about"), 200, "约一公里精度的位置")
	wantPage(t, get(s, "/en/about"), 200, "keeps your place")
	wantPage(t, get(newSite(t, board(missing()), false), "/about"), 200, "!位置，停止提醒时删除")
	wantPage(t, get(s, "/en/"), 200, `href="/follow"`, "near me")
}

// Senders are told apart by their address, behind a proxy here by what it says.
func TestTipSender(t *testing.T) {
	box := &tipBox{}
	s := tipSite(t, board(missing()), box)
	for i, tt := range []struct{ from, forwarded, want string }{
		{"192.0.2.7:1", "203.0.113.9", "192.0.2.7"},
		{"127.0.0.1:1", "198.51.100.1, 203.0.113.9", "203.0.113.9"},
		{"127.0.0.1:1", "nonsense", "127.0.0.1"},
		{"[2001:db8:1:2:3::4]:1", "", "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.7]:1", "", "192.0.2.7"},
	} {
		w := sendTip(s, tt.from, nil, http.Header{"X-Forwarded-For": {tt.forwarded}}, "key", fmt.Sprint(i), "text", "见到她")
		if w.Code != 303 || strings.TrimSpace(box.taken[i].Sender) != tt.want {
			t.Errorf("from %s, forwarded for %q: %d, sender %q, want %q", tt.from, tt.forwarded, w.Code, box.taken[i].Sender, tt.want)
		}
	}
}
