package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/fake"
	"guitu/internal/telegram"
)

const token = "110201543:secret-part_of-the-token"

func start(t *testing.T, o fake.TelegramOptions) (*fake.Telegram, string) {
	t.Helper()
	o.Token = token
	f := fake.NewTelegram(o)
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return f, s.URL
}

func client(t *testing.T, url string, o telegram.Options) *telegram.Client {
	t.Helper()
	o.APIURL = url
	if o.Limits == (telegram.Limits{}) {
		o.Limits = telegram.Limits{MaxWait: time.Second}
	}
	c, err := telegram.New(token, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNewRefusesTokens(t *testing.T) {
	for _, bad := range []string{"", "abc", "1:", ":x", "x:y", "1:a/b", "1:a b"} {
		_, err := telegram.New(bad, telegram.Options{})
		if err == nil {
			t.Errorf("New(%q) is no error", bad)
		} else if len(bad) > 2 && strings.Contains(err.Error(), bad) {
			t.Errorf("New(%q) = %v, which shows the token", bad, err)
		}
	}
}

func TestSendEdit(t *testing.T) {
	f, url := start(t, fake.TelegramOptions{})
	c := client(t, url, telegram.Options{})
	ctx := context.Background()
	ref, err := c.Send(ctx, telegram.Message{
		Chat: "-1003", HTML: "<b>传言</b> &lt;1&gt;", ReplyTo: "999",
		Keyboard: [][]telegram.Button{{{Text: "不实", Data: "rule:1:0:refuted"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m := f.Messages("-1003")[0]
	if m.Text != "传言 <1>" || !strings.Contains(m.Markup, "rule:1:0:refuted") || ref != (guitu.MessageRef{Chat: "-1003", Message: fmt.Sprint(m.ID)}) {
		t.Errorf("sent %+v at %v", m, ref)
	}
	if p := f.Calls("sendMessage")[0].Params["link_preview_options"]; !strings.Contains(p, `"is_disabled":true`) {
		t.Errorf("link_preview_options = %s: a preview would use up a sign-in link", p)
	}
	for range 2 {
		if err := c.Edit(ctx, ref, telegram.Message{HTML: "改"}); err != nil {
			t.Errorf("Edit = %v, want nil also when nothing changes", err)
		}
	}
	if m := f.Messages("-1003")[0]; m.Text != "改" || m.Markup != "" || m.Edits != 1 {
		t.Errorf("edited %+v, want one edit without buttons", m)
	}
	if got := len(f.Calls("editMessageText")); got != 2 {
		t.Errorf("%d edits were asked, want 2", got)
	}
}

// Every outcome is told apart, and none shows the token.
func TestOutcomes(t *testing.T) {
	var retry *guitu.RetryError
	for _, tt := range []struct {
		fault fake.Fault
		want  error // nil: a *guitu.RetryError
	}{
		{fake.Fault{Kind: fake.Fault500}, guitu.ErrUnknown},
		{fake.Fault{Kind: fake.Fault500, After: true}, guitu.ErrUnknown},
		{fake.Fault{Kind: fake.Fault502}, guitu.ErrUnknown},
		{fake.Fault{Kind: fake.FaultCut, After: true}, guitu.ErrUnknown},
		{fake.Fault{Kind: fake.FaultHang}, guitu.ErrUnknown},
		{fake.Fault{Kind: fake.Fault429}, nil},
		{fake.Fault{Kind: fake.Fault403}, guitu.ErrRejected},
	} {
		t.Run(fmt.Sprint(tt.fault.Kind, tt.fault.After), func(t *testing.T) {
			f, url := start(t, fake.TelegramOptions{})
			c := client(t, url, telegram.Options{Timeout: 200 * time.Millisecond})
			f.Fail(tt.fault)
			_, err := c.Send(context.Background(), telegram.Message{Chat: "5", HTML: "x"})
			if tt.want == nil {
				if !errors.As(err, &retry) || retry.After != 2*time.Second {
					t.Errorf("Send = %v, want a retry in 2s", err)
				}
			} else if !errors.Is(err, tt.want) {
				t.Errorf("Send = %v, want %v", err, tt.want)
			}
			for _, kind := range []error{guitu.ErrUnknown, guitu.ErrRejected, guitu.ErrUnauthorized} {
				if !errors.Is(kind, tt.want) && errors.Is(err, kind) {
					t.Errorf("Send = %v, which is %v too", err, kind)
				}
			}
			noToken(t, err)
			acted := len(f.Messages("5")) == 1
			if acted != tt.fault.After {
				t.Errorf("the message stands: %v, want %v", acted, tt.fault.After)
			}
		})
	}
}

func noToken(t *testing.T, err error) {
	t.Helper()
	for ; err != nil; err = errors.Unwrap(err) {
		if s := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(s, "secret-part") {
			t.Errorf("an error shows the token: %s", s)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRefusals(t *testing.T) {
	f, url := start(t, fake.TelegramOptions{})
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	for _, tt := range []struct {
		name string
		do   func(context.Context) error
		want error // nil: none of the kinds, certainly not sent
	}{
		{"too long", func(ctx context.Context) error {
			_, err := client(t, url, telegram.Options{}).Send(ctx, telegram.Message{Chat: "5", HTML: strings.Repeat("字", 4097)})
			return err
		}, guitu.ErrRejected},
		{"no chat", func(ctx context.Context) error {
			_, err := client(t, url, telegram.Options{}).Send(ctx, telegram.Message{Chat: "nobody", HTML: "x"})
			return err
		}, guitu.ErrRejected},
		{"edit of nothing", func(ctx context.Context) error {
			return client(t, url, telegram.Options{}).Edit(ctx, guitu.MessageRef{Chat: "5", Message: "77"}, telegram.Message{HTML: "x"})
		}, guitu.ErrRejected},
		{"edit of no id", func(ctx context.Context) error {
			return client(t, url, telegram.Options{}).Edit(ctx, guitu.MessageRef{Chat: "5", Message: "x"}, telegram.Message{HTML: "x"})
		}, guitu.ErrRejected},
		{"wrong token", func(ctx context.Context) error {
			c, err := telegram.New(token+"x", telegram.Options{APIURL: url})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Me(ctx)
			return err
		}, guitu.ErrUnauthorized},
		{"nobody listens", func(ctx context.Context) error {
			_, err := client(t, dead.URL, telegram.Options{}).Send(ctx, telegram.Message{Chat: "5", HTML: "x"})
			return err
		}, nil},
		{"no such host", func(ctx context.Context) error {
			c := client(t, "http://nowhere.invalid", telegram.Options{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
				return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "nowhere.invalid"}}
			})})
			_, err := c.Send(ctx, telegram.Message{Chat: "5", HTML: "x"})
			return err
		}, nil},
		{"a transport that says the address", func(ctx context.Context) error {
			c := client(t, url, telegram.Options{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				return nil, fmt.Errorf("proxy refused %s", r.URL)
			})})
			_, err := c.Send(ctx, telegram.Message{Chat: "5", HTML: "x"})
			return err
		}, guitu.ErrUnknown},
		{"redirect", func(ctx context.Context) error {
			away := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/elsewhere") {
					t.Error("a redirect was followed")
				}
				http.Redirect(w, r, "/elsewhere", http.StatusFound)
			}))
			defer away.Close()
			_, err := client(t, away.URL, telegram.Options{}).Send(ctx, telegram.Message{Chat: "5", HTML: "x"})
			return err
		}, guitu.ErrUnknown},
		{"endless answer", func(ctx context.Context) error {
			long := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for range 17 << 4 {
					if _, err := w.Write(make([]byte, 64<<10)); err != nil {
						return
					}
				}
			}))
			defer long.Close()
			_, err := client(t, long.URL, telegram.Options{}).Send(ctx, telegram.Message{Chat: "5", HTML: "x"})
			return err
		}, guitu.ErrUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.do(context.Background())
			if err == nil {
				t.Fatal("no error")
			}
			for _, kind := range []error{guitu.ErrUnknown, guitu.ErrRejected, guitu.ErrUnauthorized} {
				if errors.Is(err, kind) != errors.Is(kind, tt.want) {
					t.Errorf("err = %v; is %v: %v", err, kind, errors.Is(err, kind))
				}
			}
			noToken(t, err)
		})
	}
	if ms := f.Messages(""); len(ms) != 0 {
		t.Errorf("sent %+v", ms)
	}
}

// The server refuses whoever passes Telegram's limits; a client with the default limits never does.
func TestLimitsAreKept(t *testing.T) {
	f, url := start(t, fake.TelegramOptions{Limits: true})
	c, err := telegram.New(token, telegram.Options{APIURL: url})
	if err != nil {
		t.Fatal(err)
	}
	errs := make(chan error)
	const chats, each = 20, 2
	for i := range chats * each {
		go func() {
			_, err := c.Send(context.Background(), telegram.Message{Chat: fmt.Sprint(100 + i%chats), HTML: "x"})
			errs <- err
		}()
	}
	for range chats * each {
		if err := <-errs; err != nil {
			t.Errorf("Send = %v", err)
		}
	}
	for _, call := range f.Calls("sendMessage") {
		if call.Status == http.StatusTooManyRequests {
			t.Error("a limit was passed")
		}
	}
	if n := len(f.Messages("")); n != chats*each {
		t.Errorf("%d messages, want %d", n, chats*each)
	}
}

func TestUpdates(t *testing.T) {
	f, url := start(t, fake.TelegramOptions{})
	c := client(t, url, telegram.Options{})
	ctx := context.Background()
	a, b := f.Write(700, "700", "一", 0), f.Write(700, "700", "二", 0)
	for range 2 {
		us, err := c.Updates(ctx, 0, 0, []string{"message"})
		if err != nil || len(us) != 2 || us[0].ID != a || us[1].ID != b || !strings.Contains(string(us[0].Body), "一") {
			t.Fatalf("Updates = %v, %v, want %d and %d each time, as nothing is acknowledged", us, err, a, b)
		}
	}
	us, err := c.Updates(ctx, a+1, 0, nil)
	if err != nil || len(us) != 1 || f.Pending() != 1 {
		t.Errorf("Updates from %d = %v, %v with %d pending, want the second alone", a+1, us, err, f.Pending())
	}
	f.Fail(fake.Fault{Kind: fake.Fault409})
	if _, err := c.Updates(ctx, 0, 0, nil); !errors.Is(err, telegram.ErrConflict) {
		t.Errorf("Updates = %v, want a conflict", err)
	}
	f.Fail(fake.Fault{Kind: fake.FaultCut})
	_, err = c.Updates(ctx, 0, 0, nil)
	if err == nil {
		t.Error("a cut answer is no error")
	}
	noToken(t, err)
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		s    string
		n    int
		want string
	}{
		{"归途", 2, "归途"}, {"归途回家", 3, "归途…"}, {"😀😀", 4, "😀😀"}, {"😀😀", 3, "😀…"}, {"", 1, ""}, {"\xff\xff\xff", 2, "\xff…"},
	} {
		if got := telegram.Cut(tt.s, tt.n); got != tt.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", tt.s, tt.n, got, tt.want)
		}
	}
}
