package partner

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// maxEvent is the longest body that a Receiver reads, in bytes.
const maxEvent = 1 << 20

// Receiver is how a partner takes notices, to copy from and to test against: it checks the signature, takes each id once, keeps what
// an edit or a pull says of an earlier notice, and acknowledges.
type Receiver struct {
	Now func() time.Time // the clock by which signatures are new, time.Now

	verify *webhooks.Webhook
	take   func(id string, e Event) (Reach, error)

	mu    sync.Mutex
	taken map[string]Reach
}

// NewReceiver returns a Receiver that knows the secret ("whsec_…") and hands each event to take, once. An error of take is answered
// with 500, and the event comes again.
func NewReceiver(secret string, take func(id string, e Event) (Reach, error)) (*Receiver, error) {
	verify, err := webhooks.NewWebhook(secret)
	if err != nil {
		return nil, errors.New("partner: the secret should be whsec_ and base64")
	}
	return &Receiver{Now: time.Now, verify: verify, take: take, taken: map[string]Reach{}}, nil
}

// ServeHTTP answers 200 to what was taken, now or before, 401 to what is not signed by the secret within five minutes, and 400 to
// what is no event.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxEvent))
	if err != nil {
		http.Error(w, "body too long or broken", http.StatusRequestEntityTooLarge)
		return
	}
	if !isNew(req.Header, r.Now()) || r.verify.VerifyIgnoringTimestamp(body, req.Header) != nil {
		http.Error(w, "not signed by the secret within five minutes", http.StatusUnauthorized)
		return
	}
	var e Event
	if err := json.Unmarshal(body, &e); err != nil || e.Type == "" {
		http.Error(w, "no event", http.StatusBadRequest)
		return
	}
	id := req.Header.Get(webhooks.HeaderWebhookID)
	r.mu.Lock()
	defer r.mu.Unlock()
	reach, again := r.taken[id]
	if !again {
		if reach, err = r.take(id, e); err != nil {
			http.Error(w, "try again", http.StatusInternalServerError)
			return
		}
		r.taken[id] = reach
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(Answer{&reach})
}

// tolerance is how far the other side's clock may be from ours (Standard Webhooks, "Verifying webhook authenticity").
const tolerance = 5 * time.Minute

// isNew reports whether a call was signed within the tolerance. The library does so by its own clock only.
func isNew(h http.Header, now time.Time) bool {
	at, err := strconv.ParseInt(h.Get(webhooks.HeaderWebhookTimestamp), 10, 64)
	return err == nil && now.Sub(time.Unix(at, 0)).Abs() <= tolerance
}
