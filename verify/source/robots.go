package source

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/temoto/robotstxt"

	"guitu"
)

// How long what robots.txt said is believed.
const (
	robotsFresh = time.Hour
	robotsDown  = 10 * time.Minute // after a server error, when everything counts as disallowed (RFC 9309, 2.3.1.4)
	robotsLimit = 512 << 10        // RFC 9309, 2.5: at least 500 KiB are parsed; what is larger says nothing
)

// robotsAllow asks the robots.txt of u's host. A refusal wraps guitu.ErrWall: the owner of the site does not want us there.
func (c *Client) robotsAllow(ctx context.Context, u *url.URL) error {
	c.mu.Lock()
	h := c.host(u)
	rules, fresh := h.rules, c.now().Before(h.fresh)
	wait := h.fresh.Sub(c.now())
	c.mu.Unlock()
	if !fresh {
		var err error
		if rules, wait, err = c.fetchRobots(ctx, u); err != nil {
			return err
		}
	}
	if rules == nil {
		return &guitu.RetryError{After: wait, Err: errors.New("robots.txt is out of reach, which counts as a refusal for a while")}
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	if !rules.TestAgent(path, Agent) {
		return fmt.Errorf("%w: robots.txt disallows this page", guitu.ErrWall)
	}
	return nil
}

// fetchRobots reads robots.txt and remembers it; nil rules mean that it is out of reach.
func (c *Client) fetchRobots(ctx context.Context, u *url.URL) (*robotstxt.RobotsData, time.Duration, error) {
	rules, err := c.readRobots(ctx, u)
	if err != nil {
		return nil, 0, fmt.Errorf("robots.txt: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.host(u)
	h.rules, h.delay = rules, 0
	hold := robotsDown
	if rules != nil {
		hold = robotsFresh
		if g := rules.FindGroup(Agent); g != nil {
			h.delay = max(0, min(g.CrawlDelay, maxWait))
		}
	}
	h.fresh = c.now().Add(hold)
	return rules, hold, nil
}

func (c *Client) readRobots(ctx context.Context, u *url.URL) (*robotstxt.RobotsData, error) {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	for range maxRedirects + 1 {
		res, next, err := c.get(ctx, at, Request{}, robotsLimit)
		var status *statusError
		switch {
		case errors.As(err, &status) && status.code == http.StatusTooManyRequests:
			return nil, err
		case errors.As(err, &status) && status.code >= 500:
			return nil, nil
		case errors.As(err, &status) && status.code >= 400, errors.Is(err, errTooLarge):
			return robotstxt.FromStatusAndBytes(http.StatusNotFound, nil)
		case err != nil:
			return nil, err
		case next == nil:
			rules, err := robotstxt.FromBytes(res.Body)
			if err != nil {
				// A page of HTML in the place of robots.txt holds no rules (RFC 9309, 2.2: lines that can't be parsed are skipped).
				return robotstxt.FromStatusAndBytes(http.StatusNotFound, nil)
			}
			return rules, nil
		}
		at = next
	}
	return robotstxt.FromStatusAndBytes(http.StatusNotFound, nil)
}
