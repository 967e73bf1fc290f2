package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
)

// switchboard is a chat application that keeps whom it warned of what, and refuses as it is told.
type switchboard struct {
	mu     sync.Mutex
	warned []string                // "chat: source, paused true"
	refuse func(chat string) error // nil refuses nothing
}

func (*switchboard) Ask(_ context.Context, chat string, _ guitu.Question) (guitu.MessageRef, error) {
	return guitu.MessageRef{Chat: chat, Message: "1"}, nil
}

func (*switchboard) Show(context.Context, guitu.MessageRef, guitu.Question) error { return nil }

func (s *switchboard) Warn(_ context.Context, chat string, state guitu.SourceState) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		if err := s.refuse(chat); err != nil {
			return err
		}
	}
	s.warned = append(s.warned, fmt.Sprintf("%s: %s, paused %v, %s", chat, state.Name, state.Paused, state.Trouble))
	return nil
}

func (s *switchboard) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(slices.Values(s.warned))
}

// staff gives the desks of the house a chat, and ties administrators to Telegram accounts.
func (h *house) staff(chat string, admins ...int64) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		desks := []guitu.Desk{{Name: "部值班台", TelegramChat: chat}, {Name: "兰山值班台", Area: "371302", TelegramChat: "-2"}}
		if err := tx.SetDesks(ctx, desks); err != nil {
			return err
		}
		all, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		for _, user := range admins {
			o := guitu.Officer{Name: "管理员", Role: guitu.RoleAdmin, Desk: all[1], TelegramUser: user}
			if err := tx.CreateOfficer(ctx, &o); err != nil {
				return err
			}
		}
		gone := guitu.Officer{Name: "离职", Role: guitu.RoleAdmin, Desk: all[1], TelegramUser: 90}
		if err := tx.CreateOfficer(ctx, &gone); err != nil {
			return err
		}
		if err := tx.SetDisabled(ctx, gone.ID, true); err != nil {
			return err
		}
		return tx.CreateOfficer(ctx, &guitu.Officer{Name: "民警", Role: guitu.RoleOfficer, Desk: all[0], TelegramUser: 91})
	})
}

// waitsFor waits until exactly so many warnings were said, and no step that could say another is left.
func (h *house) waitsFor(s *switchboard, n int) []string {
	h.t.Helper()
	h.until(fmt.Sprintf("%d warnings", n), func() bool { return len(s.all()) >= n && h.waiting("warn") == 0 })
	got := s.all()
	if len(got) != n {
		h.t.Fatalf("warned %q, want %d warnings", got, n)
	}
	return got
}

func walled() *page {
	return &page{answer: func(int64, string) (guitu.Batch, error) {
		return guitu.Batch{}, fmt.Errorf("%w: status 432", guitu.ErrWall)
	}}
}

const wallWords = "网站要求登录、验证码或拒绝访问：walled off: status 432"

func TestWarn(t *testing.T) {
	blocked := func(chats ...string) func(string) error {
		return func(chat string) error {
			if slices.Contains(chats, chat) {
				return guitu.ErrRejected
			}
			return nil
		}
	}
	for _, tt := range []struct {
		name   string
		chat   string
		admins []int64
		refuse func(string) error
		want   []string // chats
	}{
		{"each administrator", "-1", []int64{70, 71}, nil, []string{"70", "71"}},
		{"no administrator, the top desk", "-1", nil, nil, []string{"-1"}},
		{"an administrator has blocked the bot", "-1", []int64{70}, blocked("70"), []string{"-1"}},
		{"nobody has a chat", "", nil, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.staff(tt.chat, tt.admins...)
				s := &switchboard{refuse: tt.refuse}
				h.read(walled(), s)
				h.until("pause", func() bool { return h.source().Paused })
				got := h.waitsFor(s, len(tt.want))
				for i, chat := range slices.Sorted(slices.Values(tt.want)) {
					if want := chat + ": page, paused true, " + wallWords; got[i] != want {
						t.Errorf("warned %q, want %q", got[i], want)
					}
				}
			})
		})
	}
}

// A pause is told once, whatever comes in between, and a second one again.
func TestWarnOncePerPause(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.staff("-1", 70)
		s := &switchboard{refuse: func(string) error { return errors.New("no connection") }}
		p := walled()
		stop := h.read(p, s)
		h.until("pause", func() bool { return h.source().Paused })
		if n := h.waiting("warn"); n != 1 {
			t.Errorf("%d warnings wait as soon as the source is paused, want one", n)
		}
		stop() // The connection comes back with the next process.
		s.refuse = nil
		h.read(p, s)
		h.waitsFor(s, 1)
		if err := h.rumors.ResumeSource(context.Background(), "page", h.officer); err != nil {
			t.Fatal(err)
		}
		h.until("second pause", func() bool { return p.reads.Load() == 2 && h.source().Paused })
		h.waitsFor(s, 2)
	})
}

// Who resumed a source before the warning went out needs none.
func TestWarnAfterTheResumption(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.staff("-1", 70)
		h.update(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.SetSources(ctx, []store.SourceSetup{{Name: "page", Kind: "feed"}}); err != nil {
				return err
			}
			return tx.Enqueue(ctx, guitu.Warn{Source: "page", OfficerID: h.officer + 1}, h.db.Now())
		})
		s := &switchboard{}
		h.start(jobs.Options{Chat: s})
		h.waitsFor(s, 0)
	})
}

// A source that is not paused, but whose page has changed, is told of once.
func TestWarnOfMarkup(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.staff("-1", 70)
		s := &switchboard{}
		p := &page{answer: func(int64, string) (guitu.Batch, error) { return guitu.Batch{}, guitu.ErrMarkup }}
		h.read(p, s)
		for n, want := range []int{0, 1, 1} {
			h.until(fmt.Sprintf("failure %d", n+1), func() bool { return h.source().Fails == n+1 })
			for _, w := range h.waitsFor(s, want) {
				if !strings.Contains(w, "paused false, 页面结构已变化") {
					t.Errorf("warned %q", w)
				}
			}
			// While the read is under way another of the same source is not taken.
			h.until("end of the read", func() bool { return h.waiting("read") == 0 })
			h.update(func(ctx context.Context, tx *store.Tx) error {
				return tx.Enqueue(ctx, guitu.Read{Source: "page"}, h.db.Now())
			})
		}
	})
}

func TestNeedsPerson(t *testing.T) {
	for _, tt := range []struct {
		cause  error
		paused bool
		want   []int // which of the first twenty failures in a row a person hears of
	}{
		{fmt.Errorf("page 1: %w", guitu.ErrMarkup), false, []int{2, 8}},
		{errors.New("no answer"), false, []int{8}},
		{&guitu.RetryError{Err: errors.New("slow down")}, false, []int{8}},
		{guitu.ErrWall, true, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}},
	} {
		var got []int
		for n := 1; n <= 20; n++ {
			if jobs.NeedsPerson(guitu.SourceState{Fails: n, Paused: tt.paused}, tt.cause) {
				got = append(got, n)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%v: told after failures %v, want %v", tt.cause, got, tt.want)
		}
	}
}
