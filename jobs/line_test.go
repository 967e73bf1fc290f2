package jobs

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"guitu"
)

// queue is a place that takes a message every three seconds, as a Telegram group does when it is full, and the steps that speak in it.
type queue struct {
	lines *lines
	next  time.Time
	spoke []int64
	asked int
}

func (q *queue) take(context.Context) (struct{}, error) {
	if wait := time.Until(q.next); wait > 0 {
		return struct{}{}, &guitu.RetryError{After: wait, Err: errors.New("the minute is full")}
	}
	q.next = time.Now().Add(3 * time.Second)
	return struct{}{}, nil
}

// ask lets a step ask for its turn and returns how long it is put off, 0 when it spoke.
func (q *queue) ask(t *testing.T, job int64) time.Duration {
	q.asked++
	_, err := inTurn(t.Context(), q.lines, "chat 5", job, q.take)
	var retry *guitu.RetryError
	if errors.As(err, &retry) {
		return retry.After
	}
	if err != nil {
		t.Errorf("step %d: %v", job, err)
	}
	q.spoke = append(q.spoke, job)
	return 0
}

func newQueue() *queue { return &queue{lines: &lines{now: time.Now, waiting: map[string][]waiter{}}} }

// TestLine: steps speak in the order in which they were begun, as fast as the place takes them, and ask seldom.
func TestLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 50
		q, began := newQueue(), time.Now()
		due := map[int64]time.Time{}
		for job := int64(1); job <= n; job++ {
			due[job] = began
		}
		for len(due) > 0 {
			now := time.Now()
			for job := int64(n); job > 0; job-- { // River promises no order
				at, waits := due[job]
				if !waits || at.After(now) {
					continue
				}
				if wait := q.ask(t, job); wait > 0 {
					due[job] = now.Add(wait)
				} else {
					delete(due, job)
				}
			}
			time.Sleep(500 * time.Millisecond)
		}
		// The last asked first, when nobody was before it.
		for i, job := range q.spoke {
			if want := int64(i); i > 0 && job != want {
				t.Fatalf("spoke in the order %v", q.spoke)
			}
		}
		if took := time.Since(began); took > n*3200*time.Millisecond {
			t.Errorf("%d messages took %v, want three seconds each", n, took)
		}
		if q.asked > 12*n { // all asking at each turn: 25 times each
			t.Errorf("%d steps asked %d times", n, q.asked)
		}
		if len(q.lines.waiting) != 0 {
			t.Errorf("still waiting: %v", q.lines.waiting)
		}
	})
}

// TestLineWithoutTheFirst: a step that does not come back is waited for no longer than grace, and one in another place not at all.
func TestLineWithoutTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		q.next = time.Now().Add(time.Second)
		if wait := q.ask(t, 1); wait != time.Second {
			t.Errorf("the first is put off for %v, want 1s", wait)
		}
		if wait := q.ask(t, 2); wait != 2*time.Second {
			t.Errorf("the second is put off for %v, want 2s", wait)
		}
		if _, err := inTurn(t.Context(), q.lines, "chat 6", 3, func(context.Context) (struct{}, error) { return struct{}{}, nil }); err != nil {
			t.Errorf("in another chat: %v", err)
		}
		time.Sleep(2 * time.Second)
		if wait := q.ask(t, 2); wait != pace {
			t.Errorf("the second is put off for %v behind the first, want %v", wait, pace)
		}
		time.Sleep(grace)
		if wait := q.ask(t, 2); wait != 0 {
			t.Errorf("the second is put off for %v behind nobody", wait)
		}
	})
}

// TestLineAfterTrouble: who meets an error keeps nobody waiting.
func TestLineAfterTrouble(t *testing.T) {
	q := newQueue()
	trouble := errors.New("no route")
	_, err := inTurn(t.Context(), q.lines, "chat 5", 1, func(context.Context) (struct{}, error) { return struct{}{}, trouble })
	if !errors.Is(err, trouble) {
		t.Errorf("got %v, want %v", err, trouble)
	}
	if wait := q.ask(t, 2); wait != 0 {
		t.Errorf("the second is put off for %v behind nobody", wait)
	}
}
