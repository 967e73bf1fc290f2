package telegram_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"guitu/bot/telegram"
	"guitu/internal/fake"
	api "guitu/internal/telegram"
)

// poll runs Poll until the inbox has n updates, and returns the errors that it reported.
func poll(t *testing.T, w *world, troubles *[]error, n int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- w.bot.Poll(ctx, func() {}) }()
	deadline := time.After(time.Minute)
wait:
	for range n {
		select {
		case <-w.inbox.got:
		case <-deadline:
			t.Errorf("the updates did not come; troubles: %v", *troubles)
			break wait
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Poll = %v, want %v", err, context.Canceled)
	}
}

func TestPoll(t *testing.T) {
	var troubles []error
	w := newWorld(t, telegram.Options{PollWait: time.Second, Trouble: func(err error) { troubles = append(troubles, err) }})
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"), goleak.IgnoreAnyFunction("net/http.(*conn).serve"))
	a := w.server.Press(700, "-1003", 1, "rule:17:0:confirmed")
	odd := w.server.Push(func(id int64) string { return `{"update_id":` + itoa(id) + `,"message":"odd"}` })
	huge := w.server.Push(func(id int64) string {
		return `{"update_id":` + itoa(id) + `,"message":{"text":"` + strings.Repeat("x", telegram.MaxUpdate) + `"}}`
	})
	b := w.server.Write(700, "700", "/open", 0)
	w.server.Fail(
		fake.Fault{Method: "getUpdates", Kind: fake.Fault409},
		fake.Fault{Method: "getUpdates", Kind: fake.Fault502},
	)
	w.inbox.fail = 1
	poll(t, w, &troubles, 3)
	order, kept := w.inbox.list()
	if !slices.Equal(order, []int64{a, odd, b}) {
		t.Errorf("kept %v, want %v: %d is too long", order, []int64{a, odd, b}, huge)
	}
	if !strings.Contains(string(kept[a]), "rule:17:0:confirmed") {
		t.Errorf("the update was not kept as it came: %s", kept[a])
	}
	if len(troubles) != 3 {
		t.Errorf("%d troubles were reported, want 3: %v", len(troubles), troubles)
	}
	for _, err := range troubles {
		if strings.Contains(err.Error(), "secret-part") {
			t.Errorf("a trouble shows the token: %v", err)
		}
	}
}

// A server that takes the question and never answers is not heard, and says what the trouble is; begun anew, Poll hears as soon as it
// answers.
func TestPollOfSilence(t *testing.T) {
	w := newWorld(t, telegram.Options{})
	var hangs atomic.Bool
	hangs.Store(true)
	front := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if hangs.Load() && strings.HasSuffix(r.URL.Path, "/getUpdates") {
			_, _ = io.Copy(io.Discard, r.Body) // so that the end of the connection is seen
			<-r.Context().Done()
			return
		}
		w.server.ServeHTTP(rw, r)
	}))
	defer front.Close()
	c, err := api.New(token, api.Options{APIURL: front.URL, Timeout: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	troubles := make(chan error, 100)
	b := telegram.New(c, nil, w.inbox, telegram.Options{PollWait: time.Second, Log: quiet, Trouble: func(err error) { troubles <- err }})
	listen := func(until func()) (heard int, err error) {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		answers := make(chan struct{}, 1)
		go func() {
			done <- b.Poll(ctx, func() {
				heard++
				select {
				case answers <- struct{}{}:
				default:
				}
			})
		}()
		if until == nil {
			<-answers
		} else {
			until()
		}
		cancel()
		err = <-done
		return heard, err
	}
	heard, err := listen(func() { <-troubles; <-troubles })
	if heard != 0 || !errors.Is(err, context.Canceled) || !errors.Is(err, context.DeadlineExceeded) && !strings.Contains(err.Error(), "getUpdates") {
		t.Errorf("%d answers heard of a server that hangs, Poll = %v; want none, and the trouble", heard, err)
	}
	hangs.Store(false)
	w.server.Write(700, "700", "/open", 0)
	if heard, err := listen(nil); heard == 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d answers heard of a server that answers again, Poll = %v", heard, err)
	}
}

// What the inbox did not take is not acknowledged: another process receives it.
func TestPollAcknowledgesOnlyWhatIsKept(t *testing.T) {
	var troubles []error
	w := newWorld(t, telegram.Options{PollWait: time.Second, Trouble: func(err error) { troubles = append(troubles, err) }})
	id := w.server.Write(700, "700", "/open", 0)
	w.inbox.fail = 1000
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if err := w.bot.Poll(ctx, func() {}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Poll = %v", err)
	}
	if len(troubles) == 0 || w.server.Pending() != 1 {
		t.Fatalf("troubles %v, %d pending, want the update to wait", troubles, w.server.Pending())
	}
	w.inbox.fail = 0
	poll(t, w, &troubles, 1)
	if order, _ := w.inbox.list(); !slices.Equal(order, []int64{id}) {
		t.Errorf("kept %v, want %d", order, id)
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func TestWebhook(t *testing.T) {
	w := newWorld(t, telegram.Options{})
	for _, bad := range []string{"", "ä", "a b", "a\n", strings.Repeat("x", 257)} {
		if _, err := w.bot.Webhook(bad); err == nil {
			t.Errorf("a webhook with the secret %q is allowed", bad)
		}
	}
	h, err := w.bot.Webhook("s3cret")
	if err != nil {
		t.Fatal(err)
	}
	good := `{"update_id":7,"message":{}}`
	for _, tt := range []struct {
		name, method, secret, body string
		fail                       int
		want                       int
		kept                       int
	}{
		{"no secret", "POST", "", good, 0, 401, 0},
		{"wrong secret", "POST", "s3cres", good, 0, 401, 0},
		{"wrong secret, longer", "POST", "s3cret ", good, 0, 401, 0},
		{"get", "GET", "s3cret", "", 0, 405, 0},
		{"empty", "POST", "s3cret", "", 0, 400, 0},
		{"no JSON", "POST", "s3cret", "<xml>", 0, 400, 0},
		{"no id", "POST", "s3cret", `{"message":{}}`, 0, 400, 0},
		{"5 MB", "POST", "s3cret", `{"update_id":7,"message":"` + strings.Repeat("x", 5<<20) + `"}`, 0, 413, 0},
		{"not kept", "POST", "s3cret", good, 1, 500, 0},
		{"good", "POST", "s3cret", good, 0, 200, 1},
		{"the same again", "POST", "s3cret", good, 0, 200, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w.inbox.fail = tt.fail
			r := httptest.NewRequest(tt.method, "/telegram", strings.NewReader(tt.body))
			if tt.secret != "" {
				r.Header.Set("X-Telegram-Bot-Api-Secret-Token", tt.secret)
			}
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			order, _ := w.inbox.list()
			if rec.Code != tt.want || len(order) != tt.kept {
				t.Errorf("status %d with %d kept, want %d and %d", rec.Code, len(order), tt.want, tt.kept)
			}
		})
	}
	if err := w.bot.SetWebhook(context.Background(), "https://guitu.example/telegram", "s3cret"); err != nil {
		t.Fatal(err)
	}
	if p := w.server.Calls("setWebhook")[0].Params; w.server.Webhook() != "https://guitu.example/telegram" || p["secret_token"] != "s3cret" || !strings.Contains(p["allowed_updates"], "callback_query") {
		t.Errorf("setWebhook got %v", p)
	}
}
