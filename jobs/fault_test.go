package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
	"guitu/verify/rumors"
)

// world is the servers of four channels, which refuse, break off and lose what they did.
type world struct {
	mu     sync.Mutex
	random *rand.Rand
	posts  map[string]int // by channel and key: how often it stands there
	again  int            // requests that were delivered once more
}

// The channels of the world: one with keys, one that can be looked at, one with both, and one with neither.
var faulty = []string{"keys", "looks", "both", "blind"}

// chance draws a number below 100, and how long the network takes.
func (w *world) chance() (int, time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.IntN(100), time.Duration(w.random.IntN(20)) * time.Millisecond
}

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	n, delay := w.chance()
	time.Sleep(delay) // the server's, not the test's
	channel, key := strings.TrimPrefix(r.URL.Path, "/"), r.FormValue("key")
	if r.Method == http.MethodGet {
		w.look(rw, n, channel+" "+key)
		return
	}
	keyed := (channel == "keys" || channel == "both") && w.has(channel+" "+key)
	switch {
	case n < 8:
		panic(http.ErrAbortHandler)
	case keyed:
		fmt.Fprint(rw, "post "+key)
		return
	case n < 14:
		rw.WriteHeader(http.StatusTooManyRequests)
		return
	case n < 16:
		rw.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	w.act(channel + " " + key)
	if n >= 80 && (channel == "keys" || channel == "both") {
		// Whoever stands between connects anew and delivers it once more. A server without keys makes two posts of that, which no
		// sender can prevent: there it does not happen here.
		w.act(channel + " " + key)
	}
	switch {
	case n < 26:
		panic(http.ErrAbortHandler) // it acted, and the answer is lost
	case n < 30:
		rw.WriteHeader(http.StatusBadGateway)
		return
	}
	fmt.Fprint(rw, "post "+key)
}

// act makes a post; a channel with keys makes one of a key.
func (w *world) act(post string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.posts[post] > 0 && (strings.HasPrefix(post, "keys ") || strings.HasPrefix(post, "both ")) {
		w.again++
		return
	}
	w.posts[post]++
}

func (w *world) has(post string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.posts[post] > 0
}

func (w *world) look(rw http.ResponseWriter, n int, post string) {
	if n < 20 {
		panic(http.ErrAbortHandler)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.posts[post] == 0 {
		rw.WriteHeader(http.StatusNotFound)
	}
}

// distant is a channel of the world.
type distant struct {
	url, name string
	keys      bool
}

func (d *distant) Name() string { return d.name }

func (d *distant) Publish(ctx context.Context, p guitu.Publication) (guitu.Receipt, error) {
	status, body, err := d.call(ctx, http.MethodPost, p.Key)
	var op *net.OpError
	switch {
	case errors.As(err, &op) && op.Op == "dial", err != nil && d.keys:
		return guitu.Receipt{}, err
	case err != nil, status >= 500 && !d.keys:
		return guitu.Receipt{}, fmt.Errorf("%w: %d %w", guitu.ErrUnknown, status, err)
	case status == http.StatusTooManyRequests:
		return guitu.Receipt{}, &guitu.RetryError{After: 100 * time.Millisecond, Err: errors.New("too many")}
	case status == http.StatusUnprocessableEntity:
		return guitu.Receipt{}, guitu.ErrRejected
	case status != http.StatusOK:
		return guitu.Receipt{}, fmt.Errorf("status %d", status)
	}
	return guitu.Receipt{ExternalID: body}, nil
}

func (d *distant) call(ctx context.Context, method, key string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, d.url+"/"+d.name+"?key="+key, nil)
	if err != nil {
		return 0, "", err
	}
	// A new connection each: the transport repeats a GET on one that was cut.
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

// seen is a distant channel that can be looked at.
type seen struct{ distant }

func (s *seen) Find(ctx context.Context, p guitu.Publication) (guitu.Receipt, bool, error) {
	status, _, err := s.call(ctx, http.MethodGet, p.Key)
	if err == nil && status != http.StatusOK && status != http.StatusNotFound {
		err = fmt.Errorf("status %d", status)
	}
	return guitu.Receipt{ExternalID: "found " + p.Key}, status == http.StatusOK, err
}

// keyed is a distant channel that takes each key once.
type keyed struct{ distant }

func (*keyed) Keyed() {}

// TestFaultWorker is the process that TestFaults kills.
func TestFaultWorker(t *testing.T) {
	address, url := os.Getenv("TEST_FAULT_DATABASE"), os.Getenv("TEST_FAULT_WORLD")
	if url == "" {
		return // it is TestFaults that runs it
	}
	ctx := context.Background()
	db, err := store.Open(ctx, address, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var all []guitu.Publisher
	for _, name := range faulty {
		d := distant{url: url, name: name, keys: name == "keys" || name == "both"}
		switch name {
		case "looks", "both":
			all = append(all, &seen{d})
		case "keys":
			all = append(all, &keyed{d})
		default:
			all = append(all, &d)
		}
	}
	j, err := jobs.New(db, rumors.New(db, rumors.Options{}), jobs.Options{Publishers: all})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Start(ctx); err != nil {
		t.Fatal(err)
	}
	select {}
}

// TestFaults: 2,000 deliveries through a network that delays, cuts and repeats, to servers that refuse, by processes that are killed:
// each ends in a true state, and none stands anywhere twice.
func TestFaults(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := &world{random: rand.New(rand.NewPCG(1, 2)), posts: map[string]int{}}
		srv := httptest.NewServer(w)
		t.Cleanup(srv.Close)
		through := network(t, srv.URL)
		all := h.bulletins(500, faulty...)
		kills := 0
		for left := len(all); left > 0; kills++ {
			stop := h.worker(through)
			before := left
			// The first processes die in the midst of their work; the last one may finish.
			h.within(10*time.Minute, "end of the deliveries", func() bool {
				left = h.unsettled()
				return left == 0 || kills < 4 && before-left >= 300
			})
			stop()
		}
		count := map[string]int{}
		for _, d := range all {
			d = h.delivery(d.ID)
			count[d.Channel+" "+string(d.State)]++
			posts := w.posts[fmt.Sprintf("%s delivery-%d", d.Channel, d.ID)]
			least, most := 0, 0
			switch d.State {
			case guitu.DeliverySent:
				least, most = 1, 1
			case guitu.DeliveryUnknown:
				most = 1
			case guitu.DeliveryRefused:
				most = 0
			default:
				t.Errorf("delivery %d on %s ended %s", d.ID, d.Channel, d.State)
			}
			if posts < least || posts > most || d.State == guitu.DeliveryUnknown && d.Channel != "blind" {
				t.Errorf("delivery %d on %s is %s and stands there %d times", d.ID, d.Channel, d.State, posts)
			}
		}
		t.Logf("%d processes, %d requests delivered twice: %v", kills, w.again, count)
		if kills < 4 || w.again == 0 || count["blind unknown"] == 0 || count["looks sent"] == 0 {
			t.Errorf("%d processes and %v: the network was too good", kills, count)
		}
	})
}

// worker starts a process that works the steps; stop kills it.
func (h *house) worker(url string) (stop func()) {
	h.t.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0], "-test.run=^TestFaultWorker$", "-test.timeout=10m")
	cmd.Env = append(os.Environ(), "TEST_FAULT_DATABASE="+h.address, "TEST_FAULT_WORLD="+url)
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		if err := cmd.Process.Kill(); err != nil {
			h.t.Error(err)
		}
		_ = cmd.Wait() // it was killed
	})
	h.t.Cleanup(stop)
	return stop
}

// unsettled counts the deliveries that go on by themselves.
func (h *house) unsettled() (n int) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		for _, s := range []guitu.DeliveryState{guitu.DeliveryDue, guitu.DeliveryHeld, guitu.DeliverySending} {
			all, err := tx.Deliveries(ctx, s, 0, 5000)
			if err != nil {
				return err
			}
			n += len(all)
		}
		return nil
	})
	return n
}
