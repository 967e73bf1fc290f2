package source

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/temoto/robotstxt"

	"guitu"
)

// maxHosts bounds what the client remembers: a hostile page can redirect to any number of hosts.
const maxHosts = 512

// host is what the client knows of one host.
type host struct {
	next    time.Time     // when the next request may begin
	blocked time.Time     // the site told us to stay away until then
	delay   time.Duration // Crawl-delay
	rules   *robotstxt.RobotsData
	fresh   time.Time // how long rules hold
	// asking is full while somebody fetches robots.txt, so that others wait for what it says and do not fetch it too.
	asking chan struct{}
}

// host returns the entry of u's host. The caller holds c.mu.
func (c *Client) host(u *url.URL) *host {
	key := origin(u)
	h := c.hosts[key]
	if h == nil {
		if len(c.hosts) >= maxHosts {
			clear(c.hosts)
		}
		h = &host{asking: make(chan struct{}, 1)}
		c.hosts[key] = h
	}
	return h
}

// turn waits until the host may be asked again. Each caller gets a time of its own, so that many sources of one host stand in
// line. When the line is longer than maxWait it returns a RetryError at once instead of holding a worker.
func (c *Client) turn(ctx context.Context, u *url.URL) error {
	c.mu.Lock()
	h, now := c.host(u), c.now()
	if wait := h.blocked.Sub(now); wait > 0 {
		c.mu.Unlock()
		return &guitu.RetryError{After: wait, Err: errors.New("the site asked us to wait")}
	}
	wait := max(0, h.next.Sub(now))
	if wait > maxWait {
		c.mu.Unlock()
		return &guitu.RetryError{After: wait, Err: errors.New("too many requests wait for this host")}
	}
	pause := max(c.pace, h.delay)
	// Jitter, so that our requests do not beat in time with anybody else's.
	pause += time.Duration(rand.Int64N(int64(pause)/2 + 1))
	h.next = now.Add(wait + pause)
	c.mu.Unlock()

	if wait == 0 {
		return ctx.Err()
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// block keeps every caller away from u's host.
func (c *Client) block(u *url.URL, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.host(u)
	if until := c.now().Add(d); until.After(h.blocked) {
		h.blocked = until
	}
}
