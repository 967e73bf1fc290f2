// Package mail publishes notices by e-mail to desks and media that asked for them.
//
// A notice is one message to all of its readers, none of whom sees the others, and one answer of the mail server to it: it is taken
// for all whom the server takes, or for none. Mail can't be changed or taken back, so a picture that shows a child is shown from an
// address that can.
package mail

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"guitu"
)

// Reader is who gets notices.
type Reader struct {
	Address string
	Areas   []guitu.Area // whose notices they get; none for all
}

// MaxReaders is how many recipients any mail server takes of one message (RFC 5321, 4.5.3.1.8).
const MaxReaders = 100

// Options of a Publisher.
type Options struct {
	// Name tells lists apart, "mail" when it is empty.
	Name string
	// User and Password are the account on the mail server, none when User is empty.
	User, Password string
	// Unsubscribe is where readers write who want no more: an address, or "" for From.
	Unsubscribe string
	// Dial opens a connection, a net.Dialer's when it is nil.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// TLS is what is trusted; nil trusts what the system does.
	TLS *tls.Config
	// Timeout of one message, 30 s when it is 0.
	Timeout time.Duration
}

// Publisher writes to one list of readers.
type Publisher struct {
	scheme  string // smtps, or smtp with STARTTLS where the server has it
	host    string
	address string // host:port
	from    string
	readers []Reader
	o       Options
}

var (
	_ guitu.Publisher = (*Publisher)(nil)
	_ guitu.Prober    = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
)

// New returns a Publisher that writes from an address through a mail server, "smtps://mail.example" (port 465) or
// "smtp://mail.example:587", to at most MaxReaders.
func New(server, from string, readers []Reader, o Options) (*Publisher, error) {
	u, err := url.Parse(server)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || u.User != nil:
		return nil, errors.New("mail: the server should be an address like smtps://mail.example, without an account")
	case !strings.Contains(from, "@"):
		return nil, fmt.Errorf("mail: %q is no address", from)
	case len(readers) == 0 || len(readers) > MaxReaders:
		return nil, fmt.Errorf("mail: want 1 to %d readers, got %d", MaxReaders, len(readers))
	}
	for _, r := range readers {
		if !strings.Contains(r.Address, "@") || strings.ContainsAny(r.Address, "\r\n<> ") {
			return nil, fmt.Errorf("mail: %q is no address", r.Address)
		}
	}
	if o.Name == "" {
		o.Name = "mail"
	}
	if o.Unsubscribe == "" {
		o.Unsubscribe = from
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"smtp": "25", "smtps": "465"}[u.Scheme]
	}
	return &Publisher{
		scheme: u.Scheme, host: u.Hostname(), address: net.JoinHostPort(u.Hostname(), port), from: from, readers: readers, o: o,
	}, nil
}

// Name returns "mail", or the list's name from the configuration.
func (p *Publisher) Name() string { return p.o.Name }

// Preview returns the text of the mail, and the pictures that are sent or shown with it.
func (p *Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	return bothLanguages(pub), pub.Pictures[:min(len(pub.Pictures), limits.Pictures)]
}

// Publish writes to the readers of the notice's place. It is ErrRejected when the server takes none of them, or there are none.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	to := p.to(pub.Notice)
	if len(to) == 0 {
		return guitu.Receipt{}, fmt.Errorf("%s: %w: nobody asked for notices of this place", p.o.Name, guitu.ErrRejected)
	}
	id := p.id(pub.Key)
	message, err := p.message(pub, id)
	if err != nil {
		return guitu.Receipt{}, err
	}
	err = p.session(ctx, func(c *smtp.Client, sent *atomic.Bool) error { return p.hand(c, to, message, sent) })
	if err != nil {
		return guitu.Receipt{}, err
	}
	return guitu.Receipt{ExternalID: id}, nil
}

// id is the Message-ID, without its brackets: that of the same delivery is the same, so that readers' programs can tell.
func (p *Publisher) id(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:12]) + p.from[strings.LastIndex(p.from, "@"):]
}

// to are the addresses of those who asked for notices of a place, or of one that its circle touches.
func (p *Publisher) to(n guitu.Notice) []string {
	areas := append([]guitu.Area{n.Area}, n.Areas...)
	var all []string
	for _, r := range p.readers {
		if wants(r.Areas, areas) {
			all = append(all, r.Address)
		}
	}
	return all
}

func wants(asked, areas []guitu.Area) bool {
	for _, a := range asked {
		for _, b := range areas {
			if a.Covers(b) || b == "" {
				return true
			}
		}
	}
	return len(asked) == 0
}

// hand gives the message to the server. Recipients whom it does not take hold up no other.
func (p *Publisher) hand(c *smtp.Client, to []string, message []byte, sent *atomic.Bool) error {
	if err := c.Mail("<" + p.from + ">"); err != nil {
		return err
	}
	var refusal error
	taken := 0
	for _, r := range to {
		var said *textproto.Error
		switch err := c.Rcpt("<" + r + ">"); {
		case err == nil:
			taken++
		case errors.As(err, &said):
			refusal = err
		default:
			return err
		}
	}
	if taken == 0 {
		return refusal
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(message); err != nil {
		return err
	}
	// The message ends with the next line; whether it is taken stands in the answer.
	sent.Store(true)
	return w.Close()
}

// Probe signs in and out.
func (p *Publisher) Probe(ctx context.Context) (guitu.Account, error) {
	err := p.session(ctx, func(*smtp.Client, *atomic.Bool) error { return nil })
	return guitu.Account{Name: p.from, May: []string{"send"}}, err
}

// session connects, signs in, and does something. What went wrong is ErrUnknown when the message had been handed over by then.
func (p *Publisher) session(ctx context.Context, do func(*smtp.Client, *atomic.Bool) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", p.o.Name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, p.o.Timeout)
	defer cancel()
	conn, err := p.o.Dial(ctx, "tcp", p.address)
	if err != nil {
		return fmt.Errorf("%s: %w", p.o.Name, err)
	}
	// The library knows no contexts.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer conn.Close()
	var sent atomic.Bool
	if err := p.talk(conn, do, &sent); err != nil {
		return p.judge(err, sent.Load())
	}
	return nil
}

func (p *Publisher) talk(conn net.Conn, do func(*smtp.Client, *atomic.Bool) error, sent *atomic.Bool) error {
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if p.o.TLS != nil {
		trust = p.o.TLS.Clone()
	}
	trust.ServerName = p.host
	if p.scheme == "smtps" {
		conn = tls.Client(conn, trust)
	}
	c, err := smtp.NewClient(conn, p.host)
	if err != nil {
		return err
	}
	if ok, _ := c.Extension("STARTTLS"); ok && p.scheme == "smtp" {
		if err := c.StartTLS(trust); err != nil {
			return err
		}
	}
	if p.o.User != "" {
		if err := c.Auth(p.auth(c)); err != nil {
			return fmt.Errorf("%w: account: %w", guitu.ErrUnauthorized, err)
		}
	}
	if err := do(c, sent); err != nil {
		return err
	}
	_ = c.Quit() // what was taken is taken
	return nil
}

// auth signs in as the server wants, and never tells the password to a server without TLS, unless that is this machine.
func (p *Publisher) auth(c *smtp.Client) smtp.Auth {
	_, ways := c.Extension("AUTH")
	if !strings.Contains(ways, "PLAIN") && strings.Contains(ways, "LOGIN") {
		return smtp.LoginAuth(p.o.User, p.o.Password, p.host, false)
	}
	return smtp.PlainAuth("", p.o.User, p.o.Password, p.host, false)
}

// judge says what an error means (RFC 5321, 4.2.1): 4xx is for now, 5xx for good.
func (p *Publisher) judge(err error, sent bool) error {
	text := err.Error()
	if p.o.Password != "" {
		text = strings.ReplaceAll(text, p.o.Password, "***")
	}
	var said *textproto.Error
	answered := errors.As(err, &said)
	switch {
	case errors.Is(err, guitu.ErrUnauthorized) && answered && said.Code >= 500:
		return fmt.Errorf("%s: %w: %s", p.o.Name, guitu.ErrUnauthorized, text)
	case answered && (said.Code == 530 || said.Code == 535):
		return fmt.Errorf("%s: %w: account: %s", p.o.Name, guitu.ErrUnauthorized, text)
	case answered && said.Code >= 500:
		return fmt.Errorf("%s: %w: %s", p.o.Name, guitu.ErrRejected, text)
	case answered && said.Code >= 400:
		return &guitu.RetryError{After: 5 * time.Minute, Err: fmt.Errorf("%s: %s", p.o.Name, text)}
	case sent:
		return fmt.Errorf("%s: %w: %s", p.o.Name, guitu.ErrUnknown, text)
	}
	return fmt.Errorf("%s: %s", p.o.Name, text)
}
