package site

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"guitu"
)

// Hub tells a WebSub hub that the site's feeds have changed, so that their readers have a notice at once. It is a channel of its own:
// its deliveries last through restarts and show when the hub did not answer. Telling a hub twice does no harm.
type Hub struct {
	site   *Site
	client *http.Client
}

var (
	_ guitu.Publisher = (*Hub)(nil)
	_ guitu.Finder    = (*Hub)(nil)
	_ guitu.Editor    = (*Hub)(nil)
)

// NewHub returns the channel that tells the hub of a site's Options.
func NewHub(s *Site, client *http.Client) *Hub { return &Hub{s, client} }

// Name is "websub".
func (h *Hub) Name() string { return "websub" }

// unseen is how long a notice may take to come to stand on the site, from which the hub reads it.
const unseen = time.Second

// Publish tells the hub of the feeds that have a notice. It waits until the site shows it.
func (h *Hub) Publish(ctx context.Context, p guitu.Publication) (guitu.Receipt, error) {
	n, err := h.site.reader.Notice(ctx, p.Notice.Code)
	if err == nil && n.ID < p.Notice.ID || guitu.KindOf(err) == guitu.NotFound {
		return guitu.Receipt{}, &guitu.RetryError{After: unseen, Err: errors.New("the site does not show the notice yet")}
	}
	if err != nil {
		return guitu.Receipt{}, err
	}
	if err := h.ping(ctx); err != nil {
		return guitu.Receipt{}, err
	}
	return guitu.Receipt{ExternalID: p.Notice.Code}, nil
}

// Find reports that the hub was not told: it keeps no record that could be read.
func (h *Hub) Find(ctx context.Context, _ guitu.Publication) (guitu.Receipt, bool, error) {
	return guitu.Receipt{}, false, ctx.Err()
}

// Edit tells the hub that the feeds have changed: a notice was corrected, or its alert is over.
func (h *Hub) Edit(ctx context.Context, _ guitu.Publication) error { return h.ping(ctx) }

// ping makes the call, in the form that hubs have taken since PubSubHubbub 0.4; WebSub leaves it to them.
func (h *Hub) ping(ctx context.Context) error {
	form := url.Values{"hub.mode": {"publish"}}
	for _, topic := range h.site.topics() {
		form.Add("hub.url", topic)
		form.Add("hub.topic", topic)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.site.hub, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("%w: %w", guitu.ErrRejected, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := h.client.Do(req)
	if err != nil {
		return fmt.Errorf("tell the hub: %w", err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	switch {
	case res.StatusCode/100 == 2:
		return nil
	case res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden:
		return fmt.Errorf("%w: the hub answered %d", guitu.ErrUnauthorized, res.StatusCode)
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode/100 == 5:
		return &guitu.RetryError{After: retryAfter(res, time.Minute), Err: fmt.Errorf("the hub answered %d", res.StatusCode)}
	}
	return fmt.Errorf("%w: the hub answered %d", guitu.ErrRejected, res.StatusCode)
}

// retryAfter is the wait that an answer asks for in seconds, at most an hour, or another one.
func retryAfter(res *http.Response, other time.Duration) time.Duration {
	d, err := time.ParseDuration(res.Header.Get("Retry-After") + "s")
	if err != nil || d <= 0 {
		return other
	}
	return min(d, time.Hour)
}

// topics are the feeds whose readers a hub serves: those of the whole country.
func (s *Site) topics() []string {
	var all []string
	for _, l := range languages {
		all = append(all, s.base+l.Prefix+"/feed.atom", s.base+l.Prefix+"/feed.json")
	}
	return append(all, s.base+capIndexPath)
}

// hubLinks name the hub in a feed.
func (s *Site) hubLinks() []atomLink {
	if s.hub == "" {
		return nil
	}
	return []atomLink{{Rel: "hub", Href: s.hub}}
}
