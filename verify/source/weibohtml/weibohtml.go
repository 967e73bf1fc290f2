// Package weibohtml reads the search pages of s.weibo.com.
//
// Like the JSON search they want the operator's own cookie. A redirect to the login or to the visitor system, and a page that
// holds a login form instead of posts, are guitu.ErrWall. A page without posts that is not the site's "no result" page is
// guitu.ErrMarkup: a change of the markup must not read as silence.
package weibohtml

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"guitu"
	"guitu/verify/source"
)

// DefaultURL is the site's own address.
const DefaultURL = "https://s.weibo.com"

// Options of a Source. The zero Options works, as far as the site lets anybody search without a cookie.
type Options struct {
	URL    string // base address, "" for DefaultURL
	Cookie string // as a browser sends it; a secret
	Pages  int    // read for each keyword at most; 0 means source.DefaultPages
	Now    func() time.Time
}

// Source is a search for keywords.
type Source struct {
	client *source.Client
	search source.Search
	base   string
	cookie string
}

var _ guitu.Source = (*Source)(nil)

// New makes a Source. The error names the option that is wrong.
func New(name string, client *source.Client, keywords []string, o Options) (*Source, error) {
	if o.URL == "" {
		o.URL = DefaultURL
	}
	s := &Source{client: client}
	s.search = source.Search{Source: name, Kind: "weibo_html", Keywords: keywords, Pages: o.Pages, Page: s.page, Now: o.Now}
	var err error
	if s.base, err = source.Base(o.URL); err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	if s.cookie, err = source.CheckCookie(o.Cookie); err != nil {
		return nil, err
	}
	if err := s.search.Check(); err != nil {
		return nil, err
	}
	return s, nil
}

// Name returns the source's name.
func (s *Source) Name() string { return s.search.Source }

// Read reads the next keyword's pages. See guitu.Source.
func (s *Source) Read(ctx context.Context, cursor string) (guitu.Batch, error) {
	return s.search.Read(ctx, cursor)
}

func (s *Source) page(ctx context.Context, keyword string, page int, v source.Validators, h *source.Harvest) (source.PageResult, error) {
	// The site's "realtime" tab, the latest first.
	q := url.Values{"q": {keyword}, "rd": {"realtime"}, "tw": {"realtime"}, "Refer": {"weibo_realtime"}}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	res, err := s.client.Get(ctx, source.Request{
		URL:        s.base + "/realtime?" + q.Encode(),
		Accept:     "text/html",
		Cookie:     s.cookie,
		Validators: v,
		Redirect:   source.LoginRedirect,
	})
	if err != nil {
		return source.PageResult{}, err
	}
	if res.NotModified {
		return source.PageResult{Validators: v}, nil
	}
	got := source.PageResult{Validators: res.Validators}
	got.Fresh, got.Last, err = parse(res.Text(), res.URL, s.search.Now(), h)
	return got, err
}
