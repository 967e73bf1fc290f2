// Package rest makes the HTTP calls of channels and tells truly what came of each: refused, not before a time, certainly not
// sent, or unknown. Channels add what their own answers mean.
//
// It never repeats a call, never follows a redirect, which would hand the credential to another host, and never shows a secret
// in an error.
package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"guitu"
)

// Options says how a Client speaks. The zero value is right outside of tests.
type Options struct {
	Transport http.RoundTripper // default http.DefaultTransport
	Timeout   time.Duration     // of one call, default 20 s
	Now       func() time.Time  // default time.Now
}

const (
	// maxAnswer is the longest answer that is read, in bytes.
	maxAnswer = 4 << 20
	// maxWait bounds what a server may ask for with Retry-After.
	maxWait = 24 * time.Hour
	// defaultWait is the wait when a server says "too many" and not how long.
	defaultWait = time.Minute
)

// Client calls one channel's server. It may be used by many goroutines.
type Client struct {
	name    string // of the channel, for errors
	http    http.Client
	timeout time.Duration
	now     func() time.Time
	secrets []string
}

// New returns a Client for a channel. None of the secrets, as it is or escaped for an address, is shown in an error.
func New(name string, o Options, secrets ...string) *Client {
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &Client{name: name, timeout: o.Timeout, now: o.Now, http: http.Client{
		Transport:     o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for _, s := range secrets {
		if s != "" {
			c.secrets = append(c.secrets, s, url.QueryEscape(s), url.PathEscape(s))
		}
	}
	return c
}

// Call is one call.
type Call struct {
	Method string // default POST
	URL    string // may hold a secret
	Header http.Header
	Body   []byte
	Type   string // media type of Body
	// Reads says that the call changes nothing, so that an answer lost is no more than a reason to try again.
	Reads bool
}

// Answer is what the server said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// JSON reads the body into v. The error wraps ErrUnknown: whoever asks for JSON was told that the server had acted, and by a
// page that is none of the server's.
func (a Answer) JSON(v any) error {
	if err := json.Unmarshal(a.Body, v); err != nil {
		return fmt.Errorf("%w: status %d, and no JSON of the channel", guitu.ErrUnknown, a.Status)
	}
	return nil
}

// JSON returns a call with v as its body.
func JSON(method, address string, v any) (Call, error) {
	body, err := json.Marshal(v)
	return Call{Method: method, URL: address, Body: body, Type: "application/json"}, err
}

// Form returns a POST of a form.
func Form(address string, v url.Values) Call {
	return Call{URL: address, Body: []byte(v.Encode()), Type: "application/x-www-form-urlencoded"}
}

// File is a file of a form.
type File struct {
	Field, Name, Type string
	Bytes             []byte
}

// Multipart returns a POST of a form with files. Fields keep no order.
func Multipart(address string, fields map[string]string, files ...File) (Call, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			return Call{}, err
		}
	}
	for _, f := range files {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", multipart.FileContentDisposition(f.Field, f.Name))
		h.Set("Content-Type", f.Type)
		part, err := w.CreatePart(h)
		if err != nil {
			return Call{}, err
		}
		if _, err := part.Write(f.Bytes); err != nil {
			return Call{}, err
		}
	}
	if err := w.Close(); err != nil {
		return Call{}, err
	}
	return Call{URL: address, Body: b.Bytes(), Type: w.FormDataContentType()}, nil
}

// Do makes a call. It returns the answer whenever the server gave one of its own with a status below 500 other than 429 and no
// redirect, also together with an error made of the status by Refusal where the channel knows no better: see there. Errors:
// *guitu.RetryError for 429, and for a 503 that says when to come back; one that wraps guitu.ErrUnknown when the server may have
// acted on a call that changes something; any other when it certainly did not.
func (c *Client) Do(ctx context.Context, call Call) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	// Headers that went out may have arrived, whatever is heard of it.
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	if call.Method == "" {
		call.Method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, call.URL, bytes.NewReader(call.Body))
	if err != nil {
		return Answer{}, c.errorf("%s", err)
	}
	for k, v := range call.Header {
		req.Header[k] = v
	}
	if call.Type != "" {
		req.Header.Set("Content-Type", call.Type)
	}
	req.Header.Set("Accept", "application/json")
	// A connection of its own: on one that is kept, an answer that came twice would be taken for that to the next call, and a notice
	// for one that stands where another does.
	req.Close = true
	lost := func(err error) error {
		if call.Reads || !wrote.Load() {
			return c.errorf("%s", err)
		}
		return c.wrap(guitu.ErrUnknown, err.Error())
	}
	resp, err := c.http.Do(req)
	if err != nil {
		// The address may hold a token that was given since New.
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		if cause := ctx.Err(); cause != nil && !wrote.Load() {
			return Answer{}, fmt.Errorf("%s: %w", c.name, cause)
		}
		return Answer{}, lost(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return Answer{}, lost(fmt.Errorf("the answer broke off: %w", err))
	case len(body) > maxAnswer:
		return Answer{}, lost(fmt.Errorf("the answer is longer than %d bytes", maxAnswer))
	}
	a := Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}
	retry := c.retryAfter(resp.Header.Get("Retry-After"))
	switch {
	case a.Status == http.StatusTooManyRequests:
		return a, &guitu.RetryError{After: or(retry, defaultWait), Err: c.errorf("status 429")}
	case a.Status == http.StatusServiceUnavailable && retry > 0:
		return a, &guitu.RetryError{After: retry, Err: c.errorf("status 503")}
	case a.Status >= 500:
		return a, lost(fmt.Errorf("status %d", a.Status))
	case a.Status >= 300 && a.Status < 400:
		return a, c.errorf("status %d: the server sends us elsewhere", a.Status)
	}
	return a, nil
}

// Refusal returns what a status of 400 to 499 means where the channel's own answer says no more: ErrUnauthorized for 401 and
// 403, an error to try again for 408 and 425, ErrRejected for the rest. It is nil for every other status. why is the server's
// word.
func (c *Client) Refusal(a Answer, why string) error {
	if why == "" {
		why = "status " + strconv.Itoa(a.Status)
	}
	switch {
	case a.Status < 400 || a.Status >= 500:
		return nil
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		return c.wrap(guitu.ErrUnauthorized, why)
	case a.Status == http.StatusRequestTimeout || a.Status == http.StatusTooEarly:
		return c.errorf("%s", why)
	}
	return c.wrap(guitu.ErrRejected, why)
}

// Errorf makes an error of a kind (ErrRejected, ErrUnauthorized, ErrUnknown, or nil for none) in which no secret is shown.
func (c *Client) Errorf(kind error, format string, args ...any) error {
	if kind == nil {
		return c.errorf(format, args...)
	}
	return c.wrap(kind, fmt.Sprintf(format, args...))
}

func (c *Client) wrap(kind error, text string) error {
	return fmt.Errorf("%s: %w: %s", c.name, kind, c.scrub(text))
}

func (c *Client) errorf(format string, args ...any) error {
	return errors.New(c.name + ": " + c.scrub(fmt.Sprintf(format, args...)))
}

// maxWords is how much of a server's own words an error shows, in bytes.
const maxWords = 300

// scrub takes secrets out of a text and keeps it short and valid.
func (c *Client) scrub(s string) string {
	for _, secret := range c.secrets {
		s = strings.ReplaceAll(s, secret, "***")
	}
	if len(s) > maxWords {
		s = s[:maxWords] + "…"
	}
	return strings.ToValidUTF8(s, "")
}

// retryAfter reads the header of that name: seconds, or a date. 0 means that there is none.
func (c *Client) retryAfter(s string) time.Duration {
	wait := time.Duration(0)
	if n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32); err == nil && n >= 0 {
		wait = max(time.Duration(n)*time.Second, time.Second)
	} else if at, err := http.ParseTime(s); err == nil {
		wait = max(at.Sub(c.now()), time.Second)
	}
	return min(wait, maxWait)
}

func or(a, b time.Duration) time.Duration {
	if a == 0 {
		return b
	}
	return a
}
