package jobs_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
)

// named is a board of another name.
type named struct {
	board
	name  string
	kinds []guitu.NoticeKind // of what was published, in order
}

func (n *named) Name() string { return n.name }

func (n *named) Publish(ctx context.Context, p guitu.Publication) (guitu.Receipt, error) {
	r, err := n.board.Publish(ctx, p)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.kinds = append(n.kinds, p.Notice.Kind)
	return r, err
}

// stuck is a channel that never answers.
type stuck struct {
	name           string
	begun          sync.Once
	hangs, release chan struct{}
}

func (s *stuck) Name() string { return s.name }

func (s *stuck) Publish(ctx context.Context, _ guitu.Publication) (guitu.Receipt, error) {
	s.begun.Do(func() { close(s.hangs) })
	select {
	case <-ctx.Done():
	case <-s.release:
	}
	return guitu.Receipt{}, fmt.Errorf("no answer: %w", guitu.ErrUnknown)
}

// bulletins makes notices of the lowest rank on a channel.
func (h *house) bulletins(n int, channels ...string) (all []guitu.Delivery) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		for i := range n {
			h.presses++
			b := guitu.Notice{
				Kind: guitu.NoticeBulletin, Status: guitu.Actual, Code: fmt.Sprintf("B%05d", h.presses), BulletinID: int64(h.presses),
				Texts: map[string]guitu.Text{guitu.Chinese: {Headline: fmt.Sprint("通报", i)}},
			}
			if err := tx.CreateNotice(ctx, &b); err != nil {
				return err
			}
			for _, channel := range channels {
				d := guitu.Delivery{NoticeID: b.ID, Channel: channel}
				if err := tx.CreateDelivery(ctx, &d); err != nil {
					return err
				}
				if err := tx.Enqueue(ctx, guitu.Deliver{DeliveryID: d.ID}, time.Time{}); err != nil {
					return err
				}
				all = append(all, d)
			}
		}
		return nil
	})
	return all
}

// TestStuckChannel: a channel that never answers holds up its own notices and no other's, however many they are.
func TestStuckChannel(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const n = 30
		s := &stuck{name: "stuck:一", hangs: make(chan struct{}), release: make(chan struct{})}
		b := &named{name: "free"}
		h.bulletins(n, s.name)
		all := h.bulletins(n, b.name)
		h.start(jobs.Options{Publishers: []guitu.Publisher{s, b}})
		t.Cleanup(func() { close(s.release) })
		<-s.hangs
		for _, d := range all {
			h.becomes(d.ID, guitu.DeliverySent)
		}
	})
}

// TestAlertsFirst: an alert overtakes the bulletins that wait for the same channel.
func TestAlertsFirst(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		all := h.bulletins(30, channel)
		alert := h.alert().tell(guitu.NoticeAlert, 0)
		b := &named{name: channel}
		h.start(jobs.Options{Publishers: []guitu.Publisher{b}})
		h.becomes(alert.ID, guitu.DeliverySent)
		h.becomes(all[len(all)-1].ID, guitu.DeliverySent)
		b.mu.Lock()
		defer b.mu.Unlock()
		// Four calls are under way at once, and any of the first four may end first.
		for i, kind := range b.kinds {
			if kind == guitu.NoticeAlert && i >= 4 {
				t.Errorf("the alert was published after %d bulletins, want it among the first", i)
			}
		}
	})
}

func TestChannelQueues(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"telegram", "telegram:linyi", "telegram-linyi", "telegram:临沂", "telegram:菏泽", "Weibo", "weibo", "a.b", "a:b", "：", "很长很长很长很长很长很长很长很长很长很长很长很长很长", "abcdefghijklmnopqrstuvwxyz:abcdefghijklmnopqrstuvwxyz0123456789"} {
		q := store.ChannelQueue(name)
		if other, twice := seen[q]; twice || len(q) > 64 {
			t.Errorf("the queue of %q is %q, %d long, as that of %q", name, q, len(q), other)
		}
		seen[q] = name
	}
}
