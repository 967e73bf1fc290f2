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
	rules, wait, err := c.robots(ctx, u)
	if err != nil {
		return err
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

// robots returns the rules of u's host and how long they hold; nil rules mean that they are out of reach.
func (c *Client) robots(ctx context.Context, u *url.URL) (*robotstxt.RobotsData, time.Duration, error) {
	c.mu.Lock()
	asking := c.host(u).asking
	c.mu.Unlock()
	select {
	case asking <- struct{}{}:
		defer func() { <-asking }()
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	c.mu.Lock()
	rules, wait := c.host(u).rules, c.host(u).fresh.Sub(c.now())
	c.mu.Unlock()
	if wait > 0 {
		return rules, wait, nil
	}
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
