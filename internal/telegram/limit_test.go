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
				if err := l.wait(context.Background(), "5"); err != nil {
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
				if err := l.wait(context.Background(), string(rune('a'+i))); err != nil {
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
				if err := l.wait(context.Background(), "-1003"); err != nil {
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
			if err := l.wait(context.Background(), "-1003"); err != nil {
				t.Errorf("after the wait: %v", err)
			}
			if err := l.wait(context.Background(), "6"); err != nil {
				t.Errorf("another chat: %v", err)
			}
		})
	})
	t.Run("paused", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := newLimiter(Limits{})
			if err := l.wait(context.Background(), "5"); err != nil {
				t.Fatal(err)
			}
			l.pause("5", 40*time.Second)
			var retry *guitu.RetryError
			if err := l.wait(context.Background(), "5"); !errors.As(err, &retry) || retry.After != 40*time.Second {
				t.Errorf("wait = %v, want a retry in 40s", err)
			}
		})
	})
	t.Run("cancelled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := newLimiter(Limits{})
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			defer cancel()
			if err := l.wait(ctx, "5"); err != nil {
				t.Fatal(err)
			}
			if err := l.wait(ctx, "5"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("wait = %v, want %v", err, context.DeadlineExceeded)
			}
		})
	})
}
