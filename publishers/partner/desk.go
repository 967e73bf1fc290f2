package partner

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"guitu"
)

// AckPath is where partners report.
const AckPath = "/partners/ack"

// maxAck is the longest report that is read, in bytes.
const maxAck = 4 << 10

// Book is what is kept of partners.
type Book interface {
	// Raise records how many a partner says that it told of the notice with a key; it never lowers what was said before.
	// guitu.NotFound: the key is none of the partner's.
	Raise(ctx context.Context, partner, key string, r Reach) error
	// Deliveries lists what went to a partner since a time, the newest first.
	Deliveries(ctx context.Context, partner string, since time.Time) ([]guitu.Delivery, error)
	// State says how a partner is doing.
	State(ctx context.Context, partner string) (guitu.ChannelState, error)
}

// DeskOptions of a Desk.
type DeskOptions struct {
	Location *time.Location   // of the times on pages, UTC when it is nil
	Now      func() time.Time // default time.Now
	Log      *slog.Logger     // default: none
}

// Desk is where partners come to: they report what became of a notice, and look at a page of their own.
type Desk struct {
	partners []*seat
	book     Book
	o        DeskOptions
	handler  http.Handler
}

// seat is a partner with what it may do in a time.
type seat struct {
	*Publisher
	acks, tests *rate.Limiter
}

// NewDesk returns the Desk of some partners. It answers for everything below /partners/.
func NewDesk(partners []*Publisher, book Book, o DeskOptions) *Desk {
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Desk{book: book, o: o}
	for _, p := range partners {
		d.partners = append(d.partners, &seat{p, rate.NewLimiter(20, 200), rate.NewLimiter(rate.Every(10*time.Second), 3)})
	}
	m := http.NewServeMux()
	m.HandleFunc("POST "+AckPath, d.ack)
	m.HandleFunc("GET "+stylePath, serveStyle)
	m.HandleFunc("GET "+pagePath+"{token}", d.page)
	m.HandleFunc("POST "+pagePath+"{token}", d.try)
	d.handler = http.NewCrossOriginProtection().Handler(m)
	return d
}

// ServeHTTP answers partners.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

// report is the body of POST /partners/ack.
type report struct {
	ID    string `json:"id"` // webhook-id of the event that the report is about
	Reach *Reach `json:"reach"`
}

// readReport reads a report. Anything else that is signed with the same secret, such as one of our own events, is none.
func readReport(body []byte) (report, error) {
	var r report
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil || r.ID == "" || len(r.ID) > 200 || r.Reach == nil || !r.Reach.valid() {
		return r, errors.New(`want {"id": "…", "reach": {"devices": 1200, "views": 340}}`)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return r, errors.New("want one object")
	}
	return r, nil
}

// ack takes a report: signed as our own calls are, by Standard Webhooks. A report that comes twice changes nothing, since reach only
// grows.
func (d *Desk) ack(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAck))
	if err != nil {
		http.Error(w, "body too long or broken", http.StatusRequestEntityTooLarge)
		return
	}
	from := d.signer(body, r.Header)
	if from == nil {
		http.Error(w, "not signed by a partner within five minutes", http.StatusUnauthorized)
		return
	}
	if !from.acks.AllowN(d.o.Now(), 1) {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "too many reports", http.StatusTooManyRequests)
		return
	}
	said, err := readReport(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	switch err := d.book.Raise(r.Context(), from.Name(), keyOf(said.ID), *said.Reach); {
	case guitu.KindOf(err) == guitu.NotFound:
		http.Error(w, "no notice of yours has this id", http.StatusNotFound)
	case err != nil:
		d.o.Log.ErrorContext(r.Context(), "reach of a partner", "channel", from.Name(), "error", err)
		http.Error(w, "try again", http.StatusServiceUnavailable)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// signer returns the partner who signed a call, nil when none did, or not within the tolerance.
func (d *Desk) signer(body []byte, h http.Header) *seat {
	if !isNew(h, d.o.Now()) {
		return nil
	}
	for _, s := range d.partners {
		if s.sign.VerifyIgnoringTimestamp(body, h) == nil {
			return s
		}
	}
	return nil
}

// Link returns the path of the partner's page for whoever has it, until a time.
func (p *Publisher) Link(until time.Time) string {
	end := strconv.FormatInt(until.Unix(), 36)
	return pagePath + end + "." + base64.RawURLEncoding.EncodeToString(digest(p.pass, p.o.Name, end))
}

// holder returns the partner whose page a token opens, and until when; nil when it opens none.
func (d *Desk) holder(token string) (*seat, time.Time) {
	end, sum, _ := strings.Cut(token, ".")
	unix, err := strconv.ParseInt(end, 36, 64)
	got, err2 := base64.RawURLEncoding.DecodeString(sum)
	until := time.Unix(unix, 0)
	if err != nil || err2 != nil || !d.o.Now().Before(until) {
		return nil, until
	}
	for _, s := range d.partners {
		if hmac.Equal(got, digest(s.pass, s.o.Name, end)) {
			return s, until
		}
	}
	return nil, until
}

// digest is the HMAC of texts.
func digest(key []byte, texts ...string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(strings.Join(texts, "\n")))
	return h.Sum(nil)
}
