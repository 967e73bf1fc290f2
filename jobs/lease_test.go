package jobs_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"guitu/internal/store"
	"guitu/jobs"
)

const lease = "telegram-poll"

// holder is a process that runs something under a lease.
type holder struct {
	h       *house
	j       *jobs.Jobs
	begun   chan struct{} // it runs
	ended   chan struct{} // it was told to end
	gone    chan struct{} // WhileLeased has returned
	running *atomic.Int32 // how many run at this moment, in all processes
	stop    context.CancelFunc
}

// holder begins to wait for the lease.
func (h *house) holder(running *atomic.Int32) *holder {
	h.t.Helper()
	j, err := jobs.New(h.db, h.rumors, jobs.Options{})
	if err != nil {
		h.t.Fatal(err)
	}
	j.LookEvery(5 * time.Millisecond)
	ctx, stop := context.WithCancel(context.Background())
	l := &holder{
		h: h, j: j, begun: make(chan struct{}, 10), ended: make(chan struct{}, 10), gone: make(chan struct{}),
		running: running, stop: stop,
	}
	go func() {
		defer close(l.gone)
		j.WhileLeased(ctx, lease, func(ctx context.Context) {
			if n := running.Add(1); n != 1 {
				h.t.Errorf("%d run at once", n)
			}
			tell(l.begun)
			<-ctx.Done()
			running.Add(-1)
			tell(l.ended)
		})
	}()
	h.t.Cleanup(func() { stop(); <-l.gone })
	return l
}

// tell tells whoever waits, and does not wait itself when nobody does.
func tell(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (l *holder) wait(what string, c <-chan struct{}) {
	l.h.t.Helper()
	select {
	case <-c:
	case <-time.After(20 * time.Second):
		l.h.t.Fatalf("it has not %s in time", what)
	}
}

// TestWhileLeased: of two processes one runs; the other goes on when the first has given its leases up, as Stop does.
func TestWhileLeased(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var running atomic.Int32
		first := h.holder(&running)
		if err := first.j.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		first.wait("begun", first.begun)
		second := h.holder(&running)
		first.stop()
		first.wait("gone", first.gone)
		if n := running.Load(); n != 0 {
			t.Errorf("%d run after WhileLeased has returned", n)
		}
		if len(second.begun) != 0 {
			t.Error("two had the lease")
		}
		if err := first.j.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		second.wait("begun", second.begun)
	})
}

// TestLeaseTaken: who loses the lease ends what runs, and begins again when it is free.
func TestLeaseTaken(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var running atomic.Int32
		l := h.holder(&running)
		for range 2 {
			l.wait("begun", l.begun)
			h.update(func(ctx context.Context, tx *store.Tx) error {
				if err := tx.Release(ctx, l.j.Client().ID()); err != nil {
					return err
				}
				held, err := tx.Lease(ctx, lease, "another", time.Hour)
				if err == nil && !held {
					t.Error("the lease can't be taken")
				}
				return err
			})
			l.wait("ended", l.ended)
			// Nothing else runs here: what reads the clock looks at the lease.
			looked := h.reads.Load() + 10
			h.until("look at the lease", func() bool { return h.reads.Load() > looked })
			if len(l.begun) != 0 {
				t.Error("it has begun while another has the lease")
			}
			h.update(func(ctx context.Context, tx *store.Tx) error { return tx.Release(ctx, "another") })
		}
		l.wait("begun", l.begun)
	})
}

// TestLeaseLapses: a process that died keeps the lease for as long as it had taken it, and no longer.
func TestLeaseLapses(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.shift = -time.Hour
		h.update(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Lease(ctx, lease, "dead", 15*time.Second)
			return err
		})
		h.shift = 0
		var running atomic.Int32
		l := h.holder(&running)
		l.wait("begun", l.begun)
	})
}

// TestLeaseUnsure: who can't renew the lease ends what runs, since another process may have it soon.
func TestLeaseUnsure(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var running atomic.Int32
		l := h.holder(&running)
		l.wait("begun", l.begun)
		if err := h.db.Close(); err != nil {
			t.Fatal(err)
		}
		l.wait("ended", l.ended)
	})
}
