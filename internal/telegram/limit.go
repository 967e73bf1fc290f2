package telegram

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"guitu"
)

// Limits are how fast the bot may speak. Edits count like messages.
type Limits struct {
	Every      time.Duration // between two messages to anybody
	EveryChat  time.Duration // between two messages to one chat
	GroupBurst int           // messages to one group or channel in a minute
	MaxWait    time.Duration // a message that would wait longer is refused with *guitu.RetryError
	Heed       bool          // what a 429 says of one message holds for the next ones to the chat, too
}

// DefaultLimits are Telegram's (core.telegram.org/bots/faq: 30 messages a second in all, one a second to a chat, 20 a minute
// to a group), with a margin for the time that a message is under way.
var DefaultLimits = Limits{
	Every: time.Second / 28, EveryChat: 1100 * time.Millisecond, GroupBurst: 19, MaxWait: 5 * time.Second, Heed: true,
}

// limiter spaces messages. Nobody queues: whoever wakes first goes, and who has waited too long is sent away.
type limiter struct {
	Limits
	mu    sync.Mutex
	next  time.Time // when the next message to anybody may go
	chats map[string]*chat
}

// chat is what is known of the messages to one chat.
type chat struct {
	next   time.Time
	recent []time.Time // to a group: when its last GroupBurst messages went, the oldest first
}

func newLimiter(l Limits) *limiter {
	if l == (Limits{}) {
		l = DefaultLimits
	}
	return &limiter{Limits: l, chats: map[string]*chat{}}
}

// wait returns when a message to a chat may go, unless that takes longer than most. The empty chat stands for calls that are no
// messages.
func (l *limiter) wait(ctx context.Context, id string, most time.Duration) error {
	began := time.Now()                    //nolint:forbidigo // it waits on the same clock, which testing/synctest moves
	for now := began; ; now = time.Now() { //nolint:forbidigo // as above
		if err := ctx.Err(); err != nil {
			return err
		}
		at := l.take(id, now)
		if !at.After(now) {
			return nil
		}
		if at.Sub(began) > most {
			return &guitu.RetryError{After: at.Sub(now), Err: errors.New("the chat has had its share of messages")}
		}
		t := time.NewTimer(at.Sub(now))
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

// take takes a message's place at now when it is free, and otherwise returns when it may be.
func (l *limiter) take(id string, now time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := later(now, l.next)
	c := l.chats[id]
	if c == nil && id != "" {
		l.forget(now)
		c = &chat{}
		l.chats[id] = c
	}
	group := l.GroupBurst > 0 && isGroup(id)
	if c != nil {
		at = later(at, c.next)
		if group && len(c.recent) >= l.GroupBurst {
			at = later(at, c.recent[0].Add(time.Minute))
		}
	}
	if at.After(now) {
		return at
	}
	l.next = now.Add(l.Every)
	if c != nil {
		c.next = now.Add(l.EveryChat)
	}
	if group {
		c.recent = append(c.recent, now)
		c.recent = c.recent[max(0, len(c.recent)-l.GroupBurst):]
	}
	return now
}

// pause keeps messages from a chat for d.
func (l *limiter) pause(id string, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	until := time.Now().Add(d) //nolint:forbidigo // as in wait
	if c := l.chats[id]; c != nil {
		c.next = later(c.next, until)
	}
}

// forget drops chats that no limit concerns any more, when there are many.
func (l *limiter) forget(now time.Time) {
	if len(l.chats) < 1000 {
		return
	}
	for id, c := range l.chats {
		if now.Sub(c.next) > 2*time.Minute {
			delete(l.chats, id)
		}
	}
}

// isGroup reports whether a chat is a group or a channel: their ids are negative, and only channels have public names here.
func isGroup(id string) bool { return strings.HasPrefix(id, "-") || strings.HasPrefix(id, "@") }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
