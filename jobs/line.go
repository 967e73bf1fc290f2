package jobs

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"guitu"
)

const (
	// pace is how much later a step asks for its turn for each step before it. No chat or channel takes more than about one
	// message a second (core.telegram.org/bots/faq); where the turns come slower the step asks again.
	pace = time.Second
	// grace is how long a step that does not come back at its time keeps its place: what it was to say may have been settled.
	grace = 5 * time.Second
)

// errBehind means that a step waits for others that speak in the same place.
var errBehind = errors.New("earlier messages go first")

// lines are the steps that wait to speak, by the place where they speak. They go by their rank and in the order in which they
// were begun, which their numbers say together (try.order), and
// wait as jobs that are put off: a flood of messages to one place holds no worker. Each process has lines of its own, and after
// a restart the steps line up again.
type lines struct {
	now     func() time.Time
	mu      sync.Mutex
	waiting map[string][]waiter // sorted by job
}

// waiter is a step in a line.
type waiter struct {
	job int64
	at  time.Time // when it asks for its turn
}

// inTurn calls reserve, which takes the next turn in a place, unless other steps come first. When it is not the step's turn the
// error is *guitu.RetryError.
func inTurn[T any](ctx context.Context, l *lines, place string, job int64, reserve func(context.Context) (T, error)) (T, error) {
	if wait := l.enter(place, job); wait > 0 {
		var none T
		return none, &guitu.RetryError{After: wait, Err: errBehind}
	}
	r, err := call(ctx, reserve)
	var retry *guitu.RetryError
	if errors.As(err, &retry) {
		l.stay(place, job, retry.After)
	} else {
		l.leave(place, job)
	}
	return r, err
}

// enter gives a step its place in a line and returns how long it waits for those before it, 0 when there are none.
func (l *lines) enter(place string, job int64) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	line := slices.DeleteFunc(l.waiting[place], func(w waiter) bool { return w.job == job || now.Sub(w.at) > grace })
	ahead := 0
	for ahead < len(line) && line[ahead].job < job {
		ahead++
	}
	at := now
	if ahead > 0 {
		if line[0].at.After(now) {
			at = line[0].at
		}
		at = at.Add(time.Duration(ahead) * pace)
	}
	l.waiting[place] = slices.Insert(line, ahead, waiter{job, at})
	return at.Sub(now)
}

// stay notes when the first step of a line asks again.
func (l *lines) stay(place string, job int64, after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, w := range l.waiting[place] {
		if w.job == job {
			l.waiting[place][i].at = l.now().Add(after)
		}
	}
}

// leave takes a step out of a line.
func (l *lines) leave(place string, job int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[place] = slices.DeleteFunc(l.waiting[place], func(w waiter) bool { return w.job == job })
	if len(l.waiting[place]) == 0 {
		delete(l.waiting, place)
	}
}
