package source

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"guitu"
)

// Search reads the search pages of a site for several keywords: one keyword with a few pages in one Read, so that a Read is
// short and what one keyword brought is recorded before the next is asked. Sources that search are made of it.
type Search struct {
	Source   string // its name
	Kind     string // of its cursor
	Keywords []string
	Pages    int // read for each keyword at most
	// Page fetches one page, the first is 1, and puts its posts into h. v are the validators of the first page, empty for
	// others; it returns those that the site gave.
	Page func(ctx context.Context, keyword string, page int, v Validators, h *Harvest) (PageResult, error)
	Now  func() time.Time
}

// PageResult says what a page of a search brought.
type PageResult struct {
	Fresh int  // posts and rejects that were not known
	Last  bool // there is no page after it
	Validators
}

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

// Check reports what is wrong with the settings of a search, and fills in defaults.
func (s *Search) Check() error {
	var words []string
	for _, k := range s.Keywords {
		if k = strings.TrimSpace(k); k != "" {
			words = append(words, k)
		}
	}
	s.Keywords = words
	switch {
	case len(s.Keywords) == 0:
		return errors.New("no keywords")
	case s.Pages < 0 || s.Pages > MaxPages:
		return fmt.Errorf("pages: want 1 to %d", MaxPages)
	case s.Pages == 0:
		s.Pages = DefaultPages
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	return nil
}

// Read reads the next keyword. More is true until every keyword has had its turn.
func (s *Search) Read(ctx context.Context, cursor string) (guitu.Batch, error) {
	at := searchCursor{Seen: NewSeen(seenPerWord * len(s.Keywords)), Page: make(map[string]Validators)}
	if !ReadCursor(cursor, s.Kind, &at) || at.Next < 0 || at.Next >= len(s.Keywords) {
		at.Next = 0
	}
	if at.Seen == nil || at.Page == nil {
		at = searchCursor{Seen: NewSeen(seenPerWord * len(s.Keywords)), Page: make(map[string]Validators)}
	}
	keyword := s.Keywords[at.Next]
	h := NewHarvest(s.Source, s.Now(), at.Seen)
	v := at.Page[keyword]
	for page := 1; page <= s.Pages; page++ {
		res, err := s.Page(ctx, keyword, page, v, h)
		if err != nil {
			return guitu.Batch{}, fmt.Errorf("search for %q, page %d: %w", keyword, page, err)
		}
		if page == 1 {
			at.Page[keyword], v = res.Validators, Validators{}
		}
		// Pages are newest first: behind a page without anything unknown there is nothing unknown.
		if res.Last || res.Fresh == 0 {
			break
		}
	}
	for k := range at.Page {
		if at.Page[k] == (Validators{}) || !contains(s.Keywords, k) {
			delete(at.Page, k)
		}
	}
	at.Next = (at.Next + 1) % len(s.Keywords)
	return h.Batch(WriteCursor(s.Kind, at), at.Next != 0), nil
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
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
