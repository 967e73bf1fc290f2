package telegram

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"guitu"
)

func TestLimiter(t *testing.T) {
	t.Run("one chat", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l, began := newLimiter(Limits{}), time.Now()
			for range 4 {
				if err := l.wait(context.Background(), "5", l.MaxWait); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := time.Since(began), 3*DefaultLimits.EveryChat; got != want {
				t.Errorf("four messages to a chat took %v, want %v", got, want)
			}
		})
	})
	t.Run("everybody", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l, began := newLimiter(Limits{}), time.Now()
			for i := range 57 {
				if err := l.wait(context.Background(), string(rune('a'+i)), l.MaxWait); err != nil {
					t.Fatal(err)
				}
			}
			if got := time.Since(began); got < 2*time.Second-time.Millisecond {
				t.Errorf("57 messages took %v, want two seconds at 28 a second", got)
			}
		})
	})
	t.Run("group", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l, began := newLimiter(Limits{}), time.Now()
			sent := 0
			var retry *guitu.RetryError
			for ; ; sent++ {
				if err := l.wait(context.Background(), "-1003", l.MaxWait); err != nil {
					if !errors.As(err, &retry) {
						t.Fatalf("wait = %v, want a RetryError", err)
					}
					break
				}
			}
			if sent != DefaultLimits.GroupBurst || time.Since(began)+retry.After != time.Minute {
				t.Errorf("%d messages in %v, then retry in %v; want %d and the minute filled", sent, time.Since(began), retry.After, DefaultLimits.GroupBurst)
			}
			time.Sleep(retry.After)
			if err := l.wait(context.Background(), "-1003", l.MaxWait); err != nil {
				t.Errorf("after the wait: %v", err)
			}
			if err := l.wait(context.Background(), "6", l.MaxWait); err != nil {
				t.Errorf("another chat: %v", err)
			}
		})
	})
	t.Run("paused", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := newLimiter(Limits{})
			if err := l.wait(context.Background(), "5", l.MaxWait); err != nil {
				t.Fatal(err)
			}
			l.pause("5", 40*time.Second)
			var retry *guitu.RetryError
			if err := l.wait(context.Background(), "5", l.MaxWait); !errors.As(err, &retry) || retry.After != 40*time.Second {
				t.Errorf("wait = %v, want a retry in 40s", err)
			}
		})
	})
	t.Run("cancelled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := newLimiter(Limits{})
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			defer cancel()
			if err := l.wait(ctx, "5", l.MaxWait); err != nil {
				t.Fatal(err)
			}
			if err := l.wait(ctx, "5", l.MaxWait); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("wait = %v, want %v", err, context.DeadlineExceeded)
			}
		})
	})
}

// TestReserve: a place is waited for while others speak, and not while the chat itself has to rest.
func TestReserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, began := &Client{limiter: newLimiter(Limits{})}, time.Now()
		for _, id := range []string{"5", "6", "7"} {
			if err := c.Reserve(t.Context(), id); err != nil {
				t.Fatalf("chat %s: %v", id, err)
			}
		}
		if got, want := time.Since(began), 2*DefaultLimits.Every; got != want {
			t.Errorf("places in three chats took %v, want %v", got, want)
		}
		waits := DefaultLimits.EveryChat - time.Since(began)
		began = time.Now()
		var retry *guitu.RetryError
		if err := c.Reserve(t.Context(), "5"); !errors.As(err, &retry) || retry.After != waits || time.Since(began) != 0 {
			t.Errorf("a second place = %v after %v, want a retry in %v at once", err, time.Since(began), waits)
		}
		time.Sleep(waits)
		if err := c.Reserve(t.Context(), "5"); err != nil {
			t.Errorf("after the wait: %v", err)
		}
	})
}
