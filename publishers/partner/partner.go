// Package partner pushes notices to a partner's application, for its people around the place: by Standard Webhooks
// (standardwebhooks.com), signed, with the circle, the places and the message.
//
// A partner knows a delivery by its webhook-id, takes each once, and answers with 2xx when it has it. So nothing is ever unknown:
// what was not answered is sent again, for a day. The answer may say how many it reached. As the standard has it, any 2xx is an
// answer, whatever its body.
package partner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"guitu"
	"guitu/publishers"
	"guitu/publishers/rest"
)

// Types of an Event.
const (
	Published = "notice.published" // a notice: tell people
	Edited    = "notice.edited"    // an earlier notice reads so from now on: change what stands, tell nobody
	Pulled    = "notice.pulled"    // an earlier notice is gone: take it down, with its pictures
	Test      = "test"             // does it arrive? tell nobody
)

// Event is the body of a call.
type Event struct {
	Type      string              `json:"type"`
	Timestamp string              `json:"timestamp"` // RFC 3339
	Data      publishers.Document `json:"data"`
}

// Answer is what a partner may answer.
type Answer struct {
	Reach *Reach `json:"reach,omitempty"`
}

// Reach is how many a partner told of a notice so far.
type Reach struct {
	Devices int64 `json:"devices"` // on which it was shown
	Views   int64 `json:"views"`   // how often it was opened
}

// maxReach is more than there are devices; what is beyond it, or below zero, is a mistake.
const maxReach = 100_000_000_000

func (r Reach) valid() bool {
	return r.Devices >= 0 && r.Views >= 0 && r.Devices <= maxReach && r.Views <= maxReach
}

// Options of a Publisher.
type Options struct {
	rest.Options
	// Name tells partners apart, "partner" when it is empty.
	Name string
	// Heard is told what a partner answers of the notice with a key; nil: nobody is.
	Heard func(ctx context.Context, key string, r Reach)
}

// Publisher pushes to one partner.
type Publisher struct {
	rest    *rest.Client
	address string
	sign    *webhooks.Webhook
	pass    []byte // with which links to the partner's page are signed
	o       Options
}

var (
	_ guitu.Local     = (*Publisher)(nil)
	_ guitu.Keyed     = (*Publisher)(nil)
	_ guitu.Editor    = (*Publisher)(nil)
	_ guitu.Puller    = (*Publisher)(nil)
	_ guitu.Prober    = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
)

// New returns a Publisher for the address of a partner, with the secret that both sides know: "whsec_" and 24 to 64 bytes in base64.
func New(address, secret string, o Options) (*Publisher, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return nil, errors.New("partner: the address should look like https://partner.example/guitu")
	}
	key, ok := strings.CutPrefix(secret, "whsec_")
	sign, err := webhooks.NewWebhook(secret)
	if !ok || err != nil || len(key) < 32 {
		return nil, errors.New("partner: the secret should be whsec_ and at least 24 bytes in base64")
	}
	if o.Name == "" {
		o.Name = "partner"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Publisher{
		rest: rest.New(o.Name, o.Options, secret, key), address: address, sign: sign, pass: digest([]byte(secret), "guitu partner page"), o: o,
	}, nil
}

// Name returns "partner", or the partner's name from the configuration.
func (p *Publisher) Name() string { return p.o.Name }

// Local marks that a partner reaches people by where they are.
func (p *Publisher) Local() {}

// Keyed marks that a partner takes the same delivery once.
func (p *Publisher) Keyed() {}

// Preview returns what a partner gets to show.
func (p *Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, publishers.Limits{Text: 1 << 20}), pub.Pictures
}

// Publish pushes the notice. What is not taken within a day is refused for good.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	return guitu.Receipt{ExternalID: pub.Key}, p.push(ctx, pub.Key, "", Published, pub)
}

// Edit says how an earlier notice reads from now on.
func (p *Publisher) Edit(ctx context.Context, pub guitu.Publication) error {
	body, err := json.Marshal(publishers.NewDocument(pub))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	return p.push(ctx, pub.Receipt.ExternalID, editMark+hex.EncodeToString(sum[:8]), Edited, pub)
}

// Pull says that an earlier notice is gone.
func (p *Publisher) Pull(ctx context.Context, pub guitu.Publication) error {
	gone := pub
	gone.Pictures = nil
	gone.Notice.Texts = nil
	return p.push(ctx, pub.Receipt.ExternalID, pullMark, Pulled, gone)
}

// What the ids of later events about a notice have after its key.
const editMark, pullMark = "-edit-", "-pull"

// keyOf returns the key of the notice that an event with an id is about.
func keyOf(id string) string {
	id, _, _ = strings.Cut(id, editMark)
	return strings.TrimSuffix(id, pullMark)
}

// Probe sends a test, which tells nobody.
func (p *Publisher) Probe(ctx context.Context) (guitu.Account, error) {
	_, err := p.test(ctx)
	u, _ := url.Parse(p.address) // New has looked at it
	return guitu.Account{Name: u.Host, May: []string{"publish", "edit", "pull"}}, err
}

// test sends a test and returns what the partner answered.
func (p *Publisher) test(ctx context.Context) (rest.Answer, error) {
	at := p.o.Now()
	return p.call(ctx, "test-"+strconv.FormatInt(at.UnixNano(), 36), Test, guitu.Publication{Notice: guitu.Notice{Status: guitu.Exercise, MadeAt: at}})
}

// patience is how long a partner may take to come back.
const patience = 24 * time.Hour

// push sends an event about the notice with a key, and hears what the partner says of it.
func (p *Publisher) push(ctx context.Context, key, mark, kind string, pub guitu.Publication) error {
	a, err := p.call(ctx, key+mark, kind, pub)
	if err != nil {
		return err
	}
	var said Answer
	if json.Unmarshal(a.Body, &said) == nil && said.Reach != nil && said.Reach.valid() && p.o.Heard != nil {
		p.o.Heard(ctx, key, *said.Reach)
	}
	return nil
}

// call sends an event with an id. The answer is 2xx when there is no error.
func (p *Publisher) call(ctx context.Context, id, kind string, pub guitu.Publication) (rest.Answer, error) {
	now := p.o.Now()
	call, err := rest.JSON(http.MethodPost, p.address, Event{kind, now.UTC().Format(time.RFC3339), publishers.NewDocument(pub)})
	if err != nil {
		return rest.Answer{}, err
	}
	signature, err := p.sign.Sign(id, now, call.Body)
	if err != nil {
		return rest.Answer{}, fmt.Errorf("%s: %w", p.o.Name, err)
	}
	call.Header = http.Header{
		webhooks.HeaderWebhookID: {id}, webhooks.HeaderWebhookTimestamp: {strconv.FormatInt(now.Unix(), 10)},
		webhooks.HeaderWebhookSignature: {signature},
	}
	// Sending it again with the same id is the same, so it changes nothing that is not known.
	call.Reads = true
	a, err := p.rest.Do(ctx, call)
	if err != nil {
		return a, p.again(err, pub.Notice.MadeAt)
	}
	switch a.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return a, p.rest.Errorf(guitu.ErrUnauthorized, "secret: status %d", a.Status)
	case http.StatusGone:
		// By the standard: the partner wants no more.
		return a, p.rest.Errorf(guitu.ErrUnauthorized, "the partner takes no more notices: status 410")
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		// The address may be back after a release; nothing is wrong with the notice.
		return a, p.again(p.rest.Errorf(nil, "status %d", a.Status), pub.Notice.MadeAt)
	}
	return a, p.rest.Refusal(a, "")
}

// again makes an error one to come back for: soon at first, and more seldom the older the notice is.
func (p *Publisher) again(err error, made time.Time) error {
	var retry *guitu.RetryError
	if errors.As(err, &retry) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	age := p.o.Now().Sub(made)
	if age > patience {
		return p.rest.Errorf(guitu.ErrRejected, "not taken within a day: %s", err)
	}
	return &guitu.RetryError{After: min(max(age/4, 5*time.Second), 30*time.Minute), Err: err}
}
