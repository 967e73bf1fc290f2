package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"guitu"
	api "guitu/internal/telegram"
)

// MaxUpdate is the longest update in bytes that is taken. A text of 4096 characters with all its entities is far below.
const MaxUpdate = 1 << 20

// allowed are the kinds of updates that Handle knows.
var allowed = []string{"message", "callback_query"}

// How long Poll waits after an error: the first time, at most, and for a rejected token, which only a person can mend.
const (
	minBackoff = 250 * time.Millisecond
	maxBackoff = time.Minute
)

// minRound is how long one request for updates takes at least when it brings none: a server that does not wait is not asked
// in a circle.
const minRound = 500 * time.Millisecond

// Silence is how long Poll may hear nothing before something is wrong: two requests for updates that were given up, and the waits
// between.
const Silence = 3 * time.Minute

// Poll receives updates until ctx ends, and then returns ctx's error, with the latest trouble while there is one. Only one process may poll for a bot at a time. An update
// is acknowledged after the Inbox has it; what was received before a crash and not kept is received again. heard is called whenever
// Telegram has answered and what it said is kept. It begins with connections of its own.
func (b *Bot) Poll(ctx context.Context, heard func()) error {
	b.client.Disconnect()
	var (
		offset  int64
		backoff time.Duration
		ready   bool
		trouble error
	)
	for {
		began := time.Now() //nolint:forbidigo // paces a loop on the clock on which it sleeps
		var (
			n   int
			err error
		)
		if !ready {
			err = b.client.DeleteWebhook(ctx) // Updates are refused while a webhook stands.
			ready = err == nil
		}
		if ready {
			n, err = b.pollOnce(ctx, &offset)
		}
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), trouble)
		}
		rest := time.Duration(0)
		trouble = err
		switch {
		case err != nil:
			backoff = min(max(2*backoff, minBackoff), maxBackoff)
			rest = backoff
			var retry *guitu.RetryError
			if errors.As(err, &retry) {
				rest = retry.After
				heard()
			}
			if errors.Is(err, guitu.ErrUnauthorized) {
				rest = maxBackoff
			}
			if errors.Is(err, api.ErrConflict) {
				ready = false
			}
			b.o.Log.WarnContext(ctx, "telegram poll", "err", err, "retry_in", rest)
			b.o.Trouble(err)
		case n == 0:
			backoff = 0
			rest = minRound - time.Since(began)
			heard()
		default:
			backoff = 0
			heard()
		}
		if rest > 0 {
			t := time.NewTimer(rest)
			select {
			case <-ctx.Done():
				t.Stop()
				return errors.Join(ctx.Err(), trouble)
			case <-t.C:
			}
		}
	}
}

// pollOnce asks once, and moves offset past every update that is kept.
func (b *Bot) pollOnce(ctx context.Context, offset *int64) (n int, err error) {
	updates, err := b.client.Updates(ctx, *offset, b.o.PollWait, allowed)
	if err != nil {
		return 0, err
	}
	for _, u := range updates {
		if u.ID == 0 {
			// It can't be acknowledged by itself; a later one acknowledges it, too.
			b.o.Log.ErrorContext(ctx, "telegram update without an id", "bytes", len(u.Body))
			err = errors.New("telegram: an update has no id")
			continue
		}
		if len(u.Body) > MaxUpdate {
			b.o.Log.ErrorContext(ctx, "telegram update refused", "update", u.ID, "bytes", len(u.Body))
		} else if err := b.put(ctx, u); err != nil {
			return n, err
		}
		*offset = u.ID + 1
		n++
	}
	return n, err
}

func (b *Bot) put(ctx context.Context, u api.Update) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := b.inbox.Put(ctx, App, u.ID, u.Body); err != nil {
		return fmt.Errorf("keep update %d: %w", u.ID, err)
	}
	return nil
}

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// SetWebhook asks Telegram to bring updates to an address at which Webhook is served with the same secret.
func (b *Bot) SetWebhook(ctx context.Context, address, secret string) error {
	return b.client.SetWebhook(ctx, address, secret, allowed)
}

// Webhook returns the handler to which Telegram brings updates. It answers 200 when the Inbox has the update, and anything
// else makes Telegram bring it again: 401 without the secret, 413 for an update longer than MaxUpdate, 400 for what is no
// update, 500 when it can't be kept.
//
// The secret has 1 to 256 letters, digits, "_" and "-", as Telegram demands.
func (b *Bot) Webhook(secret string) (http.Handler, error) {
	if !secretForm.MatchString(secret) {
		return nil, errors.New(`telegram: a webhook's secret has 1 to 256 letters, digits, "_" and "-"`)
	}
	want := sha256.Sum256([]byte(secret))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := sha256.Sum256([]byte(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			b.o.Log.WarnContext(r.Context(), "telegram webhook: wrong secret")
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "POST only", http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxUpdate))
		var tooLong *http.MaxBytesError
		if errors.As(err, &tooLong) {
			b.o.Log.ErrorContext(r.Context(), "telegram update refused", "bytes", r.ContentLength)
			http.Error(w, "update too long", http.StatusRequestEntityTooLarge)
			return
		}
		id, ok := api.UpdateID(body)
		if err != nil || !ok {
			b.o.Log.ErrorContext(r.Context(), "telegram webhook: no update", "bytes", len(body))
			http.Error(w, "no update", http.StatusBadRequest)
			return
		}
		if err := b.put(r.Context(), api.Update{ID: id, Body: body}); err != nil {
			b.o.Log.ErrorContext(r.Context(), "telegram webhook", "update", id, "err", err)
			b.o.Trouble(err)
			http.Error(w, "not kept", http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusOK)
	}), nil
}
