package jobs_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"

	"guitu/jobs"
)

// listens keeps a listener running with what it does at each beginning: the first of begun, and so on; after them it hears all the time.
func (h *house) listens(silence time.Duration, begun ...func(ctx context.Context, heard func()) error) (times *atomic.Int32, stop func()) {
	h.t.Helper()
	j, err := jobs.New(h.db, h.rumors, jobs.Options{})
	if err != nil {
		h.t.Fatal(err)
	}
	j.LookEvery(20 * time.Millisecond)
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan struct{})
	times = new(atomic.Int32)
	go func() {
		defer close(gone)
		j.Listen(ctx, jobs.Listener{Name: channel, Silence: silence, Run: func(ctx context.Context, heard func()) error {
			if n := int(times.Add(1)); n <= len(begun) {
				return begun[n-1](ctx, heard)
			}
			return hears(ctx, heard)
		}})
	}()
	stop = func() { cancel(); <-gone }
	h.t.Cleanup(stop)
	return times, stop
}

// hears is a listener that hears all the time.
func hears(ctx context.Context, heard func()) error {
	for ctx.Err() == nil {
		heard()
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
	return ctx.Err()
}

// TestListen: a listener that goes silent, ends or panics is begun anew, people are told once for each time that it had heard before, and
// what it hears ends the trouble.
func TestListen(t *testing.T) {
	silent := func(ctx context.Context, heard func()) error {
		heard()
		<-ctx.Done()
		return ctx.Err()
	}
	for _, tt := range []struct {
		name   string
		begun  []func(ctx context.Context, heard func()) error
		alarms int
		says   string
	}{
		{"silent", []func(context.Context, func()) error{silent}, 1, "for too long"},
		{"ends", []func(context.Context, func()) error{func(context.Context, func()) error { return errors.New("no more") }}, 1, "no more"},
		{"panics", []func(context.Context, func()) error{func(context.Context, func()) error { panic("oh") }}, 1, "panic: oh"},
		{"silent again", []func(context.Context, func()) error{silent, silent}, 2, "for too long"},
		{"never heard", []func(context.Context, func()) error{
			func(ctx context.Context, _ func()) error { <-ctx.Done(); return ctx.Err() },
			func(context.Context, func()) error { return errors.New("refused") },
		}, 1, "refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.staff("-1", 70)
				var troubles atomic.Pointer[string]
				begun := append(tt.begun, func(ctx context.Context, heard func()) error {
					s := h.channelState().Trouble
					troubles.Store(&s)
					return hears(ctx, heard)
				})
				times, stop := h.listens(500*time.Millisecond, begun...)
				h.until("listener that was begun anew", func() bool { return troubles.Load() != nil })
				h.until("end of the trouble", func() bool { return h.channelState().Fails == 0 })
				stop()
				if s := *troubles.Load(); !strings.Contains(s, tt.says) {
					t.Errorf("the trouble was %q, want %q in it", s, tt.says)
				}
				if n := int(times.Load()); n != len(begun) {
					t.Errorf("it was begun %d times, want %d", n, len(begun))
				}
				if n := len(h.steps([]string{"alarm"}, rivertype.JobStateAvailable)); n != tt.alarms {
					t.Errorf("%d alarms, want %d", n, tt.alarms)
				}
			})
		})
	}
}
