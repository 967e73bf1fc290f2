package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
)

// page is a source that answers every read alike.
type page struct {
	reads  atomic.Int64
	answer func(n int64, cursor string) (guitu.Batch, error)
}

func (*page) Name() string { return "page" }

func (p *page) Read(_ context.Context, cursor string) (guitu.Batch, error) {
	return p.answer(p.reads.Add(1), cursor)
}

func (h *house) source() guitu.SourceState {
	h.t.Helper()
	var s guitu.SourceState
	h.update(func(ctx context.Context, tx *store.Tx) (err error) {
		s, _, err = tx.Source(ctx, "page")
		return err
	})
	return s
}

// read works the steps with p as the one source, and s as the officers' chat.
func (h *house) read(p *page, s guitu.Chat) (stop func()) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetSources(ctx, []store.SourceSetup{{Name: "page", Kind: "feed"}})
	})
	return h.start(jobs.Options{Sources: []jobs.Source{{Source: p, Every: 10 * time.Minute}}, Chat: s})
}

func TestReadFails(t *testing.T) {
	for _, tt := range []struct {
		name   string
		err    error
		paused bool
		wait   time.Duration // at least
	}{
		{"wall", fmt.Errorf("login page: %w", guitu.ErrWall), true, 0},
		{"credentials", guitu.ErrUnauthorized, true, 0},
		{"markup", guitu.ErrMarkup, false, 5 * time.Minute},
		{"no answer", errors.New("no answer"), false, 5 * time.Minute},
		{"retry after", &guitu.RetryError{After: 2 * time.Hour, Err: errors.New("slow down")}, false, 2*time.Hour - time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				p := &page{answer: func(int64, string) (guitu.Batch, error) { return guitu.Batch{}, tt.err }}
				h.read(p, nil)
				h.until("trouble", func() bool { return h.source().Trouble != "" })
				s := h.source()
				if s.Paused != tt.paused || s.Fails != 1 || s.NextRead.Before(h.db.Now().Add(tt.wait)) {
					t.Errorf("source %+v, want paused %v, and no read within %s", s, tt.paused, tt.wait)
				}
				if n := p.reads.Load(); n != 1 {
					t.Errorf("read %d times, want once", n)
				}
				if !tt.paused {
					return
				}
				// A person resumes it, and it is read again.
				if err := h.rumors.ResumeSource(context.Background(), "page", h.officer); err != nil {
					t.Fatal(err)
				}
				h.until("second read", func() bool { return p.reads.Load() == 2 })
			})
		})
	}
}

func TestReadToTheEnd(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := &page{answer: func(n int64, cursor string) (guitu.Batch, error) {
			if want := fmt.Sprint(n - 1); cursor != want && n > 1 {
				t.Errorf("read %d from %q, want %q", n, cursor, want)
			}
			return guitu.Batch{
				Posts: []guitu.Post{{Source: "page", ExternalID: fmt.Sprint(n), Text: child, PostedAt: time.Now()}},
				More:  n < 3, Cursor: fmt.Sprint(n),
			}, nil
		}}
		h.read(p, nil)
		h.until("three posts", func() bool { return h.source().Posts == 3 })
		q, err := h.rumors.Question(context.Background(), h.story)
		if err != nil || q.Rumor.Posts != 4 {
			t.Errorf("story of %d posts, %v; want 4", q.Rumor.Posts, err)
		}
		if s := h.source(); s.LastOK.IsZero() || s.NextRead.Before(h.db.Now().Add(5*time.Minute)) {
			t.Errorf("source %+v, want the next read after its pace", s)
		}
	})
}
