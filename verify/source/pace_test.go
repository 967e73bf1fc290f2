package source

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"guitu"
)

// The waiting itself is the point, so these tests look at turn, in a time that moves when everybody waits.

func TestTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const pace = 2 * time.Second
		c := NewClient(Options{Pace: pace})
		u, other := &url.URL{Scheme: "https", Host: "a.example"}, &url.URL{Scheme: "https", Host: "b.example"}
		begun := time.Now()
		times := make(chan time.Time, 5)
		var wg sync.WaitGroup
		for range cap(times) {
			wg.Go(func() {
				if err := c.turn(t.Context(), u); err != nil {
					t.Error(err)
				}
				times <- time.Now()
			})
		}
		synctest.Wait()
		if err := c.turn(t.Context(), other); err != nil || time.Since(begun) > 0 {
			t.Errorf("another host waits %s, error %v", time.Since(begun), err)
		}
		wg.Wait()
		close(times)
		last, jitter, n := begun.Add(-pace), false, 0
		for at := range times {
			gap := at.Sub(last)
			if n > 0 && (gap < pace || gap > pace*3/2) {
				t.Errorf("turn %d came after %s, want 2s to 3s", n, gap)
			}
			jitter = jitter || n > 0 && gap != pace
			last, n = at, n+1
		}
		if n != 5 || !jitter {
			t.Errorf("%d turns, jitter %v", n, jitter)
		}
	})
}

func TestTurnEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClient(Options{Pace: 10 * time.Second})
		u := &url.URL{Scheme: "https", Host: "a.example"}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.turn(ctx, u); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if err := c.turn(ctx, u); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("error %v after %s, want the deadline's after 1s", err, time.Since(begun))
		}
	})
}

// A caller behind a long line is told to come back; it is not held.
func TestTurnRefusesLongLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClient(Options{Pace: 20 * time.Second})
		u := &url.URL{Scheme: "https", Host: "a.example"}
		var refused int
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				begun := time.Now()
				var retry *guitu.RetryError
				err := c.turn(t.Context(), u)
				switch {
				case errors.As(err, &retry) && retry.After > maxWait && time.Since(begun) == 0:
					refused++
				case err != nil:
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		wg.Wait()
		if refused != 3 {
			t.Errorf("%d of 5 were told to come back, want 3", refused)
		}
	})
}

func TestCrawlDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClient(Options{Pace: time.Second})
		u := &url.URL{Scheme: "https", Host: "a.example"}
		c.mu.Lock()
		c.host(u).delay = 8 * time.Second
		c.mu.Unlock()
		begun := time.Now()
		for range 2 {
			if err := c.turn(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun); took < 8*time.Second || took > 12*time.Second {
			t.Errorf("the second turn came after %s, want 8s to 12s", took)
		}
	})
}

func TestHostsAreBounded(t *testing.T) {
	c := NewClient(Options{})
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range 5000 {
		c.host(&url.URL{Scheme: "http", Host: time.Duration(i).String()})
	}
	if n := len(c.hosts); n > maxHosts {
		t.Errorf("%d hosts are remembered, want %d at most", n, maxHosts)
	}
}
