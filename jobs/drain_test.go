package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/jobs"
	"guitu/publishers/bluesky"
	"guitu/publishers/dingtalk"
	"guitu/publishers/feishu"
	"guitu/publishers/mastodon"
	"guitu/publishers/wecom"
	"guitu/publishers/weibo"
	"guitu/publishers/x"
	"guitu/verify/rumors"
)

// The flood that is drained, and the rate of a channel that has one: so many in a window, in which all go at its beginning.
const (
	flooded = 1000
	spell   = 30 * time.Second
	windows = 4
)

// allowed are the rates of the fourteen channels, as their publishers have them; nil where nothing is documented.
func allowed(b *testing.B) map[string][]guitu.Budget {
	b.Helper()
	all := map[string][]guitu.Budget{
		// 20 messages a minute to a group (core.telegram.org/bots/faq), which its publisher paces in memory.
		"telegram": {{Name: "messages a minute", Most: 20, Per: time.Minute}},
		"wechat":   nil, "matrix": nil, "mqtt": nil, "partner": nil, "mail": nil, "push": nil,
	}
	for _, make := range []func() (guitu.Budgeted, error){
		func() (guitu.Budgeted, error) { return weibo.New("token", weibo.Options{}) },
		func() (guitu.Budgeted, error) {
			return x.New(x.Keys{ConsumerKey: "a", ConsumerSecret: "b", Token: "c", TokenSecret: "d"}, x.Options{})
		},
		func() (guitu.Budgeted, error) {
			return mastodon.New("https://mastodon.example", "token", mastodon.Options{})
		},
		func() (guitu.Budgeted, error) {
			return bluesky.New("https://pds.example", "guitu.example", "word", bluesky.Options{})
		},
		func() (guitu.Budgeted, error) {
			return dingtalk.New("https://oapi.dingtalk.com/robot/send?access_token=t", "secret", dingtalk.Options{})
		},
		func() (guitu.Budgeted, error) {
			return wecom.New("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", wecom.Options{})
		},
		func() (guitu.Budgeted, error) {
			return feishu.New("https://open.feishu.cn/open-apis/bot/v2/hook/h", "secret", feishu.Options{})
		},
	} {
		pub, err := make()
		if err != nil {
			b.Fatal(err)
		}
		all[pub.(guitu.Publisher).Name()] = pub.Budgets()
	}
	return all
}

// scaled returns the budget that is the narrowest for the flood at a rate at which it is drained in a few windows, and how many times as
// fast that is; none when the flood fits in at once. Bulletins leave two fifths of it.
func scaled(budgets []guitu.Budget) (fast []guitu.Budget, times float64) {
	var whole time.Duration
	for _, b := range budgets {
		if cost := b.Takes(guitu.CallPublish, guitu.Publication{}); cost > 0 {
			whole = max(whole, time.Duration((flooded-1)/((b.Most-(2*b.Most+4)/5)/cost))*b.Per)
		}
	}
	if whole == 0 {
		return nil, 0
	}
	return []guitu.Budget{{Name: "scaled", Most: (flooded/windows + 1) * 5 / 3, Per: spell}}, float64(whole) / float64((windows-1)*spell)
}

// limited is a channel with a budget, whose server is on this machine.
type limited struct {
	distant
	budgets  []guitu.Budget
	mu       sync.Mutex
	accepted int
	last     time.Time
}

func (l *limited) Budgets() []guitu.Budget { return l.budgets }

func (l *limited) Publish(ctx context.Context, p guitu.Publication) (guitu.Receipt, error) {
	r, err := l.distant.Publish(ctx, p)
	var retry *guitu.RetryError
	if errors.As(err, &retry) {
		retry.After = 10 * time.Second // as its Retry-After says
	}
	if err == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.accepted, l.last = l.accepted+1, time.Now()
	}
	return r, err
}

func (l *limited) end() (accepted int, last time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accepted, l.last
}

// servers answers for all channels: most after a while, one never, one with 500, one with 429.
func servers() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/hangs"):
			<-r.Context().Done()
		case strings.HasPrefix(r.URL.Path, "/500"):
			w.WriteHeader(http.StatusInternalServerError)
		case strings.HasPrefix(r.URL.Path, "/429"):
			w.WriteHeader(http.StatusTooManyRequests)
		default:
			time.Sleep(latency)
			fmt.Fprint(w, "ok")
		}
	}))
}

func drain(b *testing.B, address string, troubled bool) {
	ctx, h := context.Background(), &house{address: address}
	var err error
	if h.db, err = store.Open(ctx, address, store.Options{}); err != nil {
		b.Fatal(err)
	}
	defer h.db.Close()
	srv := servers()
	defer srv.Close()
	defer srv.CloseClientConnections()
	var names []string
	var healthy []*limited
	var all []guitu.Publisher
	for name, budgets := range allowed(b) {
		fast, times := scaled(budgets)
		l := &limited{distant: distant{url: srv.URL, name: name}, budgets: fast}
		names, healthy, all = append(names, name), append(healthy, l), append(all, l)
		if times > 0 && !troubled {
			real := time.Duration(times * float64((windows-1)*spell))
			b.Logf("%s: %d bulletins take %s at its own rate, and are drained %.0f times as fast", name, flooded, real.Round(time.Minute), times)
		}
	}
	if troubled {
		for _, name := range []string{"hangs", "500", "429"} {
			// The one with 500 takes each key once, so that what it said is tried again and again.
			l := &limited{distant: distant{url: srv.URL, name: name, keys: name == "500"}}
			names, all = append(names, name), append(all, l)
		}
	}
	for b.Loop() {
		for _, l := range healthy {
			l.accepted = 0
		}
		begun := h.flooded(b, names)
		j, err := jobs.New(h.db, rumors.New(h.db, rumors.Options{}), jobs.Options{Publishers: all})
		if err != nil {
			b.Fatal(err)
		}
		if err := j.Start(ctx); err != nil {
			b.Fatal(err)
		}
		slowest, last := 0.0, time.Duration(0)
		for _, l := range healthy {
			for n := 0; n < flooded; n, _ = l.end() {
				time.Sleep(50 * time.Millisecond)
			}
			_, at := l.end()
			if len(l.budgets) > 0 {
				slowest = max(slowest, float64(at.Sub(begun))/float64((windows-1)*spell))
			} else {
				last = max(last, at.Sub(begun))
			}
		}
		stop, cancel := context.WithTimeout(ctx, time.Second)
		if err := j.Stop(stop); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			b.Error(err)
		}
		cancel()
		b.ReportMetric(slowest, "of-the-time-that-the-rates-take")
		b.ReportMetric(last.Seconds(), "s-without-rates")
	}
	b.ReportMetric(0, "ns/op")
}

// flooded makes the notices with their deliveries on some channels, and returns when it had.
func (h *house) flooded(b *testing.B, names []string) time.Time {
	b.Helper()
	err := h.db.Update(context.Background(), func(tx *store.Tx) error {
		for range flooded {
			if err := h.announce(context.Background(), tx, names); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return time.Now()
}

// BenchmarkDrain measures how long 1,000 bulletins take on fourteen channels, whose servers take 50 ms: in comparison with the time that the
// channels' own rates take, and in seconds where none is documented or the flood fits in; alone, and beside a channel that hangs, one that
// answers 500 and one that answers 429. The rates are those of the publishers. By the real ones the flood takes up to 17 days, so that
// each is scaled to take a minute and a half, in windows that are long beside the five seconds by which River looks for what has
// come due; by how much is logged.
func BenchmarkDrain(b *testing.B) {
	for _, troubled := range []bool{false, true} {
		b.Run(fmt.Sprintf("SQLite/troubled=%v", troubled), func(b *testing.B) {
			drain(b, filepath.Join(b.TempDir(), "test.db"), troubled)
		})
		b.Run(fmt.Sprintf("PostgreSQL/troubled=%v", troubled), func(b *testing.B) { drain(b, testenv.Postgres(b), troubled) })
	}
}
