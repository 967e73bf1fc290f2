// Package weibohtml reads the search pages of s.weibo.com.
//
// Like the JSON search they want the operator's own cookie. A redirect to the login or to the visitor system, and a page that
// holds a login form instead of posts, are guitu.ErrWall. A page without posts that is not the site's "no result" page is
// guitu.ErrMarkup: a change of the markup must not read as silence.
package weibohtml

import (
	"net/url"
	"strconv"

	"guitu/verify/source"
)

// DefaultURL is the site's own address.
const DefaultURL = "https://s.weibo.com"

// Options of a source; URL is DefaultURL when it is empty.
type Options = source.SearchOptions

// New makes a source that searches for keywords. The error names the option that is wrong.
func New(name string, client *source.Client, keywords []string, o Options) (*source.Search, error) {
	return source.Site{Kind: "weibo_html", URL: DefaultURL, Accept: "text/html", Query: query, Parse: parsePage}.Search(name, client, keywords, o)
}

func query(keyword string, page int) string {
	// The site's "realtime" tab, the latest first.
	q := url.Values{"q": {keyword}, "rd": {"realtime"}, "tw": {"realtime"}, "Refer": {"weibo_realtime"}}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return "/realtime?" + q.Encode()
}

func parsePage(at source.Page, h *source.Harvest) (fresh int, last bool, err error) {
	return parse(at.Text(), at.URL, at.Now, h)
}
