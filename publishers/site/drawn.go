package site

import (
	"context"
	"sync"
	"time"
)

// drawn keeps the last few posters, for a short while and in memory only. Whether an alert still shows one is asked before it is.
type drawn struct {
	now  func() time.Time
	turn chan struct{} // one drawing at a time

	mu   sync.Mutex
	kept map[int64]kept // by notice
}

type kept struct {
	body []byte
	at   time.Time
}

const (
	keepDrawn = time.Minute
	maxDrawn  = 32
)

func newDrawn(now func() time.Time) *drawn {
	return &drawn{now: now, turn: make(chan struct{}, 1), kept: map[int64]kept{}}
}

// do returns what draw made for a notice, not longer ago than keepDrawn.
func (d *drawn) do(ctx context.Context, noticeID int64, draw func() ([]byte, error)) ([]byte, error) {
	if body := d.get(noticeID); body != nil {
		return body, nil
	}
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if body := d.get(noticeID); body != nil {
		return body, nil
	}
	body, err := draw()
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.kept) >= maxDrawn {
		clear(d.kept)
	}
	d.kept[noticeID] = kept{body, d.now()}
	return body, nil
}

// get returns what is still kept, and forgets what is old.
func (d *drawn) get(noticeID int64) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, k := range d.kept {
		if d.now().Sub(k.at) >= keepDrawn {
			delete(d.kept, id)
		}
	}
	return d.kept[noticeID].body
}
