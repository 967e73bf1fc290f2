package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/jobs"
	"guitu/verify/rumors"
)

// latency is how long the channels' servers take to answer.
const latency = 50 * time.Millisecond

// local is a channel whose server is on this machine: most answer, some have trouble.
type local struct {
	distant
	accepted chan time.Time
}

func (l *local) Publish(ctx context.Context, p guitu.Publication) (guitu.Receipt, error) {
	r, err := l.distant.Publish(ctx, p)
	if err == nil {
		l.accepted <- time.Now()
	}
	return r, err
}

func spread(b *testing.B, address string, troubled bool) {
	ctx, h := context.Background(), &house{address: address}
	var err error
	if h.db, err = store.Open(ctx, address, store.Options{}); err != nil {
		b.Fatal(err)
	}
	defer h.db.Close()
	srv := servers()
	defer srv.Close()
	defer srv.CloseClientConnections()
	const n = 20
	accepted := make(chan time.Time, 10*n)
	var channels []string
	var all []guitu.Publisher
	add := func(name string) {
		channels = append(channels, name)
		all = append(all, &local{distant{url: srv.URL, name: name}, accepted})
	}
	for i := range n {
		add(fmt.Sprint("c", i))
	}
	if troubled {
		add("hangs")
		add("500")
		add("429")
	}
	j, err := jobs.New(h.db, rumors.New(h.db, rumors.Options{}), jobs.Options{Publishers: all})
	if err != nil {
		b.Fatal(err)
	}
	if err := j.Start(ctx); err != nil {
		b.Fatal(err)
	}
	defer func() {
		stop, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if err := j.Stop(stop); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			b.Error(err)
		}
	}()
	var took []time.Duration
	for b.Loop() {
		begun := time.Now()
		if err := h.db.Update(ctx, func(tx *store.Tx) error { return h.announce(ctx, tx, channels) }); err != nil {
			b.Fatal(err)
		}
		var last time.Time
		for range n {
			last = <-accepted
		}
		took = append(took, last.Sub(begun))
	}
	slices.Sort(took)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Milliseconds()), "p99-ms")
}

// announce makes a notice with a delivery on each channel, as a press does.
func (h *house) announce(ctx context.Context, tx *store.Tx, channels []string) error {
	h.presses++
	n := guitu.Notice{
		Kind: guitu.NoticeBulletin, Status: guitu.Actual, Code: fmt.Sprintf("B%05d", h.presses), BulletinID: int64(h.presses),
		Texts: map[string]guitu.Text{guitu.Chinese: {Headline: "通报"}},
	}
	if err := tx.CreateNotice(ctx, &n); err != nil {
		return err
	}
	for _, channel := range channels {
		d := guitu.Delivery{NoticeID: n.ID, Channel: channel}
		if err := tx.CreateDelivery(ctx, &d); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, guitu.Deliver{DeliveryID: d.ID}, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkSpread measures how long it takes from a press until the last of 20 channels, whose servers take 50 ms, has accepted the
// notice: alone, and beside one that hangs, one that answers 500 and one that answers 429.
func BenchmarkSpread(b *testing.B) {
	for _, troubled := range []bool{false, true} {
		b.Run(fmt.Sprintf("SQLite/troubled=%v", troubled), func(b *testing.B) {
			spread(b, filepath.Join(b.TempDir(), "test.db"), troubled)
		})
		b.Run(fmt.Sprintf("PostgreSQL/troubled=%v", troubled), func(b *testing.B) { spread(b, testenv.Postgres(b), troubled) })
	}
}
