package followers

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"guitu"
)

// shortest is how long a push service keeps what ends an alert, for a phone that is off.
const shortest = 24 * time.Hour

// Push tells followers by the push services of their browsers (RFC 8030), encrypted (RFC 8291), with a key of our own (RFC 8292).
type Push struct {
	private, public string
	subject         string
	client          *http.Client
	now             func() time.Time
}

// PublicKey returns the public half of a private key, both as webpush.GenerateVAPIDKeys writes them.
func PublicKey(private string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(private)
	if err != nil {
		return "", errors.New("web push key: not base64url")
	}
	k, err := ecdh.P256().NewPrivateKey(b)
	if err != nil {
		return "", errors.New("web push key: not a P-256 key")
	}
	return base64.RawURLEncoding.EncodeToString(k.PublicKey().Bytes()), nil
}

// NewPush returns a Push with a private key. subject says to push services whom to ask: an https or mailto address.
func NewPush(private, subject string, client *http.Client, now func() time.Time) (*Push, error) {
	public, err := PublicKey(private)
	if err != nil {
		return nil, err
	}
	return &Push{private: private, public: public, subject: strings.TrimPrefix(subject, "mailto:"), client: client, now: now}, nil
}

// message is what the page's service worker gets.
type message struct {
	Title  string `json:"title"`
	Body   string `json:"body"`
	URL    string `json:"url"`
	Tag    string `json:"tag"` // the alert's code: one notification each
	Silent bool   `json:"silent"`
}

// Send pushes a notice to a follower. The browser puts it in the place of an earlier one of the alert by itself. ErrRejected: the
// subscription is no more.
func (p *Push) Send(ctx context.Context, g guitu.Telling, n guitu.Notice, link string) (string, error) {
	var sub webpush.Subscription
	if json.Unmarshal([]byte(g.Address), &sub) != nil {
		return "", fmt.Errorf("web push: %w: no subscription", guitu.ErrRejected)
	}
	text := n.Texts[guitu.Chinese]
	body := text.Keep
	if body == "" {
		body = text.Instruction
	}
	payload, err := json.Marshal(message{short(text.Headline, 80), short(body, 300), link, n.Code, !g.Loud})
	if err != nil {
		return "", err
	}
	ttl := n.Expires.Sub(p.now())
	if n.Kind.Ends() || n.Expires.IsZero() {
		ttl = max(ttl, shortest)
	}
	o := &webpush.Options{
		HTTPClient: p.client, Subscriber: p.subject, Topic: n.Code, TTL: max(0, int(ttl.Seconds())), Urgency: webpush.UrgencyHigh,
		VAPIDPublicKey: p.public, VAPIDPrivateKey: p.private,
	}
	if !g.Loud {
		o.Urgency = webpush.UrgencyNormal
	}
	r, err := webpush.SendNotificationWithContext(ctx, payload, &sub, o)
	if err != nil {
		var dial *url.Error
		if errors.As(err, &dial) {
			return "", fmt.Errorf("web push: %w", dial.Err) // without the address, which is the follower's
		}
		return "", fmt.Errorf("web push: %w: %w", guitu.ErrRejected, err) // keys that are none
	}
	defer r.Body.Close()
	switch {
	case r.StatusCode < 300:
		return "", nil
	case r.StatusCode == http.StatusNotFound, r.StatusCode == http.StatusGone:
		return "", fmt.Errorf("web push: %w: %d", guitu.ErrRejected, r.StatusCode)
	case r.StatusCode == http.StatusTooManyRequests:
		after, err := strconv.Atoi(r.Header.Get("Retry-After"))
		if err != nil || after < 1 {
			after = 60
		}
		return "", &guitu.RetryError{After: time.Duration(min(after, 3600)) * time.Second, Err: errors.New("web push: too many")}
	}
	return "", fmt.Errorf("web push: answer %d", r.StatusCode)
}

// short cuts s to n runes.
func short(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
