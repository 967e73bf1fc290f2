package source

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"guitu"
)

// Site is a site that is searched by keywords: what tells it from another.
type Site struct {
	Kind   string // of the cursor, for ever
	URL    string // the site's own base address
	Accept string // of the requests
	// Query returns the path and the query of one page of a search, the latest posts first; the first page is 1.
	Query func(keyword string, page int) string
	// Parse puts the posts of a page into h. It returns how many posts and rejects were not known, and whether no page comes
	// after it.
	Parse func(at Page, h *Harvest) (fresh int, last bool, err error)
	// Whole returns the path and the query at which the whole text of a post stands, and ParseWhole reads it there; nil for a
	// site whose pages hold whole texts.
	Whole      func(id string) string
	ParseWhole func(res *Response) (text string, err error)
}

// Page is one page of a search as it came.
type Page struct {
	*Response
	Number int       // the first is 1
	Base   string    // the site's base address
	Now    time.Time // of the read
}

// SearchOptions of a Search. The zero SearchOptions works, as far as the site lets anybody search without a cookie.
type SearchOptions struct {
	URL    string // base address, "" for the site's own
	Cookie string // as a browser sends it; a secret
	Pages  int    // read for each keyword at most; 0 means DefaultPages
	Now    func() time.Time
}

// Search reads the search pages of a site for several keywords: one keyword with a few pages in one Read, so that a Read is
// short and what one keyword brought is recorded before the next is asked.
type Search struct {
	name     string
	site     Site
	client   *Client
	keywords []string
	o        SearchOptions
}

var _ guitu.Source = (*Search)(nil)

// Limits of a search.
const (
	DefaultPages = 3
	MaxPages     = 10
	seenPerWord  = 300 // ids; more than the pages of a keyword hold
)

// searchCursor is where a search stands.
type searchCursor struct {
	Next int                   `json:"next"` // index of the keyword that is asked next
	Seen *Seen                 `json:"seen"` // one set for all keywords: a post that two of them find is taken once
	Page map[string]Validators `json:"page"` // of each keyword's first page
}

// Search makes a source that searches the site. The error names the option that is wrong.
func (s Site) Search(name string, client *Client, keywords []string, o SearchOptions) (*Search, error) {
	var words []string
	for _, k := range keywords {
		if k = strings.TrimSpace(k); k != "" {
			words = append(words, k)
		}
	}
	if o.URL == "" {
		o.URL = s.URL
	}
	var err error
	if o.URL, err = Base(o.URL); err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	if o.Cookie, err = CheckCookie(o.Cookie); err != nil {
		return nil, err
	}
	switch {
	case len(words) == 0:
		return nil, errors.New("no keywords")
	case o.Pages < 0 || o.Pages > MaxPages:
		return nil, fmt.Errorf("pages: want 1 to %d", MaxPages)
	case o.Pages == 0:
		o.Pages = DefaultPages
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Search{name: name, site: s, client: client, keywords: words, o: o}, nil
}

// Name returns the source's name.
func (s *Search) Name() string { return s.name }

// Read reads the next keyword. More is true until every keyword has had its turn.
func (s *Search) Read(ctx context.Context, cursor string) (guitu.Batch, error) {
	at := searchCursor{Seen: NewSeen(seenPerWord * len(s.keywords)), Page: make(map[string]Validators)}
	if !ReadCursor(cursor, s.site.Kind, &at) || at.Next < 0 || at.Next >= len(s.keywords) {
		at.Next = 0
	}
	if at.Seen == nil || at.Page == nil {
		at = searchCursor{Seen: NewSeen(seenPerWord * len(s.keywords)), Page: make(map[string]Validators)}
	}
	keyword := s.keywords[at.Next]
	h := NewHarvest(s.name, s.o.Now(), at.Seen)
	v := at.Page[keyword]
	for page := 1; page <= s.o.Pages; page++ {
		got, fresh, last, err := s.page(ctx, keyword, page, v, h)
		if err != nil {
			return guitu.Batch{}, fmt.Errorf("search for %q, page %d: %w", keyword, page, err)
		}
		if page == 1 {
			at.Page[keyword], v = got, Validators{}
		}
		// Pages are newest first: behind a page without anything unknown there is nothing unknown.
		if last || fresh == 0 {
			break
		}
	}
	if err := s.complete(ctx, h); err != nil {
		return guitu.Batch{}, err
	}
	if h.left { // Ask for this keyword once more, and not only if its page has changed.
		delete(at.Page, keyword)
		return h.Batch(WriteCursor(s.site.Kind, at), true), nil
	}
	for k := range at.Page {
		if at.Page[k] == (Validators{}) || !slices.Contains(s.keywords, k) {
			delete(at.Page, k)
		}
	}
	at.Next = (at.Next + 1) % len(s.keywords)
	return h.Batch(WriteCursor(s.site.Kind, at), at.Next != 0), nil
}

// page reads one page into h. v are the validators of the first page, empty for others; it returns those that the site gave.
func (s *Search) page(ctx context.Context, keyword string, page int, v Validators, h *Harvest) (got Validators, fresh int, last bool, err error) {
	res, err := s.client.Get(ctx, Request{
		URL: s.o.URL + s.site.Query(keyword, page), Accept: s.site.Accept, Cookie: s.o.Cookie, Validators: v, Redirect: LoginRedirect,
	})
	if err != nil || res.NotModified {
		return v, 0, true, err
	}
	fresh, last, err = s.site.Parse(Page{Response: res, Number: page, Base: s.o.URL, Now: s.o.Now()}, h)
	return res.Validators, fresh, last, err
}

// complete asks for the whole texts of posts of which the page showed the beginning. A post whose text is not to be had is taken as it
// stands on the page; what can't be read is quarantined beside it. Once the site refuses it is not asked again in this Read.
func (s *Search) complete(ctx context.Context, h *Harvest) error {
	for _, i := range h.parts {
		p := &h.batch.Posts[i]
		text, body, err := s.whole(ctx, p.ExternalID)
		if err == nil {
			whole := *p
			whole.Text = text
			if whole, err = Sanitize(whole, h.now); err == nil {
				p.Text = whole.Text
				continue
			}
		}
		var retry *guitu.RetryError
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("whole text of post %s: %w", p.ExternalID, err)
		case errors.Is(err, guitu.ErrWall), errors.Is(err, guitu.ErrUnauthorized), errors.As(err, &retry):
			return nil
		case body != nil:
			h.Reject(p.ExternalID, "whole text: "+err.Error(), body)
		}
	}
	return nil
}

// whole returns the whole text of a post, and what the site answered when there was an answer.
func (s *Search) whole(ctx context.Context, id string) (text string, body []byte, err error) {
	res, err := s.client.Get(ctx, Request{
		URL: s.o.URL + s.site.Whole(id), Accept: s.site.Accept, Cookie: s.o.Cookie, Redirect: LoginRedirect,
	})
	if err != nil {
		return "", nil, err
	}
	text, err = s.site.ParseWhole(res)
	return text, res.Text(), err
}

// LoginRedirect refuses redirects that lead to a login, a visitor system or a captcha, as Request.Redirect.
func LoginRedirect(to *url.URL) error {
	host, path := strings.ToLower(to.Hostname()), strings.ToLower(to.Path)
	for _, p := range []string{"passport.", "login.", "security.", "captcha."} {
		if strings.HasPrefix(host, p) {
			return fmt.Errorf("%w: sent to %s", guitu.ErrWall, host)
		}
	}
	for _, p := range []string{"login", "signin", "visitor", "captcha", "verify", "sorry"} {
		if strings.Contains(path, "/"+p) {
			return fmt.Errorf("%w: sent to a page for signing in", guitu.ErrWall)
		}
	}
	return nil
}

// WalledOff reports whether a page of HTML that holds no posts is a login, a visitor system or a captcha.
func WalledOff(page string) bool {
	for _, sign := range []string{"passport.weibo", "passport.sina", "Sina Visitor System", "login.sina.com.cn", "验证码", "安全验证", "请先登录", "geetest", "captcha"} {
		if strings.Contains(page, sign) {
			return true
		}
	}
	return false
}

// CheckCookie trims a cookie and refuses one that is no single header line. The error does not repeat it.
func CheckCookie(s string) (string, error) {
	s = strings.TrimSpace(s)
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", errors.New("cookie: want one line of printable ASCII, as a browser sends it (name=value; name=value)")
	}
	return s, nil
}
