package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"guitu"
)

// Agent is the product name in the User-Agent and the name that robots.txt knows us by.
const Agent = "guitu"

// Limits of a fetch.
const (
	DefaultPace    = 2 * time.Second
	DefaultTimeout = 20 * time.Second
	DefaultMaxBody = 4 << 20

	maxRedirects  = 5
	maxWait       = 30 * time.Second // longest wait in line for a host before the caller is told to come back
	busyWait      = 5 * time.Minute  // after a 429 that does not say how long
	maxRetryAfter = 24 * time.Hour
)

// Options of a Client. The zero Options works.
type Options struct {
	// Contact is where a site's owner reaches the operator, a mail or web address. It stands in the User-Agent.
	Contact string
	Guard   Guard
	// Pace is the least pause between two requests to one host; up to half of it is added at random. 0 means DefaultPace. A
	// longer Crawl-delay in robots.txt wins, up to 30 s.
	Pace    time.Duration
	Timeout time.Duration // for one request with its body; 0 means DefaultTimeout
	MaxBody int64         // bytes after decompression; 0 means DefaultMaxBody
	Now     func() time.Time
}

// Client fetches pages politely. All sources of a program share one, so that they share its pauses. It may be used
// concurrently.
type Client struct {
	agent   string
	http    *http.Client
	pace    time.Duration
	timeout time.Duration
	maxBody int64
	now     func() time.Time

	mu    sync.Mutex
	hosts map[string]*host // by scheme and host
}

// NewClient makes a Client.
func NewClient(o Options) *Client {
	c := &Client{
		agent:   Agent + "/1.0 (missing-children rumor check; no contact configured)",
		pace:    o.Pace,
		timeout: o.Timeout,
		maxBody: o.MaxBody,
		now:     o.Now,
		hosts:   make(map[string]*host),
		http: &http.Client{
			Transport: o.Guard.Transport(),
			// Redirects are followed by Get, which asks robots.txt at every hop.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	if contact := oneLine(o.Contact); contact != "" {
		c.agent = Agent + "/1.0 (missing-children rumor check; " + contact + ")"
	}
	if c.pace == 0 {
		c.pace = DefaultPace
	}
	if c.timeout == 0 {
		c.timeout = DefaultTimeout
	}
	if c.maxBody == 0 {
		c.maxBody = DefaultMaxBody
	}
	if c.now == nil {
		c.now = time.Now
	}
	return c
}

// Request is what to fetch.
type Request struct {
	URL    string
	Accept string // "" for anything
	Cookie string // sent to the URL's own scheme and host only, never after a redirect elsewhere
	Validators
	// Redirect is asked before a redirect is followed; its error ends the fetch. nil follows all.
	Redirect func(to *url.URL) error
}

// Validators let a server answer that nothing has changed. A source keeps them in its cursor and not in memory, so that a
// read that was not recorded is not answered with "nothing" when it is repeated.
type Validators struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"modified,omitempty"`
}

// Response is a page.
type Response struct {
	URL         *url.URL // where it was found, after redirects
	ContentType string
	Body        []byte
	NotModified bool // the server confirmed the validators; Body is empty
	Validators
}

// Get fetches a page. Errors: guitu.ErrWall (the site or its robots.txt refuses us), guitu.ErrUnauthorized (401),
// *guitu.RetryError (429, 503, a queue that is too long, robots.txt out of reach), or any other to try again. They name the host and
// neither path nor query, which can hold keys.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	first, err := parseURL(r.URL)
	if err != nil {
		return nil, err
	}
	u := first
	for range maxRedirects + 1 {
		if err := c.robotsAllow(ctx, u); err != nil {
			return nil, fmt.Errorf("fetch %s: %w", u.Host, err)
		}
		hop := r
		if origin(u) != origin(first) {
			hop.Cookie, hop.Validators = "", Validators{}
		}
		res, next, err := c.get(ctx, u, hop, c.maxBody)
		if err != nil {
			return nil, fmt.Errorf("fetch %s: %w", u.Host, err)
		}
		if next == nil {
			return res, nil
		}
		if r.Redirect != nil {
			if err := r.Redirect(next); err != nil {
				return nil, fmt.Errorf("fetch %s: %w", u.Host, err)
			}
		}
		u = next
	}
	return nil, fmt.Errorf("fetch %s: more than %d redirects", first.Host, maxRedirects)
}

// get makes one request after its turn has come. It returns either a page or where the page has moved.
func (c *Client) get(ctx context.Context, u *url.URL, r Request, limit int64) (*Response, *url.URL, error) {
	if err := c.turn(ctx, u); err != nil {
		return nil, nil, err
	}
	reqCtx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(reqCtx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, nil, bare(err)
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept-Language", "zh-CN,zh;q=0.9")
	set := func(key, value string) {
		if value != "" {
			req.Header.Set(key, value)
		}
	}
	set("Accept", r.Accept)
	set("Cookie", r.Cookie)
	set("If-None-Match", r.ETag)
	set("If-Modified-Since", r.LastModified)

	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, c.timedOut(ctx, bare(err))
	}
	defer resp.Body.Close()
	if next, err := redirect(u, resp); next != nil || err != nil {
		return nil, next, err
	}
	if err := c.judge(u, resp, r.Validators); err != nil {
		return nil, nil, err
	}
	res := &Response{
		URL:         u,
		ContentType: resp.Header.Get("Content-Type"),
		NotModified: resp.StatusCode == http.StatusNotModified,
		Validators:  Validators{ETag: resp.Header.Get("ETag"), LastModified: resp.Header.Get("Last-Modified")},
	}
	if res.NotModified {
		return res, nil, nil
	}
	if resp.ContentLength > limit {
		return nil, nil, fmt.Errorf("%w: %d bytes, limit %d", errTooLarge, resp.ContentLength, limit)
	}
	res.Body, err = io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, nil, c.timedOut(ctx, fmt.Errorf("read body: %w", err))
	}
	if int64(len(res.Body)) > limit {
		return nil, nil, fmt.Errorf("%w: limit %d", errTooLarge, limit)
	}
	return res, nil, nil
}

// timedOut tells the client's own deadline from the caller's.
func (c *Client) timedOut(ctx context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %s: %w", c.timeout, err)
	}
	return err
}

// errTooLarge says that a page is over the limit.
var errTooLarge = errors.New("page too large")

// statusError is an HTTP status that brings no page.
type statusError struct{ code int }

func (e *statusError) Error() string { return "HTTP " + strconv.Itoa(e.code) }

// judge turns a status into an error, or nil for one that brings a page.
func (c *Client) judge(u *url.URL, resp *http.Response, v Validators) error {
	status := &statusError{resp.StatusCode}
	after, told := retryAfter(resp.Header.Get("Retry-After"), c.now())
	switch code := resp.StatusCode; {
	case code == http.StatusOK, code == http.StatusNonAuthoritativeInfo, code == http.StatusNoContent:
		return nil
	case code == http.StatusNotModified && v != Validators{}:
		return nil
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable && told:
		if !told {
			after = busyWait
		}
		c.block(u, after)
		return &guitu.RetryError{After: after, Err: status}
	case code == http.StatusUnauthorized:
		return fmt.Errorf("%w: %w", guitu.ErrUnauthorized, status)
	// 418 and 432 are what Weibo answers to a program that it blocks.
	case code == http.StatusForbidden, code == http.StatusTeapot, code == 432, code == http.StatusUnavailableForLegalReasons:
		return fmt.Errorf("%w: %w", guitu.ErrWall, status)
	}
	return status
}

// redirect returns where resp sends us, nil when nowhere.
func redirect(from *url.URL, resp *http.Response) (*url.URL, error) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	to, err := from.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" {
		return nil, fmt.Errorf("HTTP %d without a usable Location", resp.StatusCode)
	}
	return parseURL(to.String())
}

// retryAfter reads a Retry-After header, in seconds or as a date; ok is false when there is none to be understood.
func retryAfter(s string, now time.Time) (after time.Duration, ok bool) {
	if s == "" {
		return 0, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n < 0 {
			return 0, false
		}
		after = time.Duration(min(n, int64(maxRetryAfter/time.Second))) * time.Second
	} else if t, err := http.ParseTime(s); err == nil {
		after = t.Sub(now)
	} else {
		return 0, false
	}
	return max(time.Second, min(after, maxRetryAfter)), true
}

// parseURL reads an absolute web address. Its error does not repeat the address.
func parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("address: %w", bare(err))
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return nil, errors.New("address: want http:// or https:// and a host")
	}
	u.Fragment = ""
	return u, nil
}

// Base checks the base address of a source and returns it without its last slash.
func Base(s string) (string, error) {
	if _, err := parseURL(s); err != nil {
		return "", err
	}
	return strings.TrimRight(s, "/"), nil
}

func origin(u *url.URL) string { return u.Scheme + "://" + strings.ToLower(u.Host) }

// bare takes the address off an error of net/url and net/http.
func bare(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '(' || r == ')' {
			return ' '
		}
		return r
	}, s)), " ")
}
