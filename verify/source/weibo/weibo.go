// Package weibo reads the public search of m.weibo.cn, which answers in JSON.
//
// The search wants the operator's own cookie and stands behind a wall against programs. When the wall is up (ok:-100, HTTP
// 432, a page of HTML in the place of JSON), Read says guitu.ErrWall and does not try to get around it.
package weibo

import (
	"net/url"
	"strconv"

	"guitu/verify/source"
)

// DefaultURL is the site's own address.
const DefaultURL = "https://m.weibo.cn"

// Options of a source; URL is DefaultURL when it is empty.
type Options = source.SearchOptions

// New makes a source that searches for keywords. The error names the option that is wrong.
func New(name string, client *source.Client, keywords []string, o Options) (*source.Search, error) {
	return source.Site{
		Kind: "weibo", URL: DefaultURL, Accept: "application/json", Query: query, Parse: parsePage, Whole: whole, ParseWhole: parseWhole,
	}.Search(name, client, keywords, o)
}

func query(keyword string, page int) string {
	q := url.Values{}
	// 61 is the search's "latest first".
	q.Set("containerid", "100103type=61&q="+keyword)
	q.Set("page_type", "searchall")
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return "/api/container/getIndex?" + q.Encode()
}

// whole is where the site shows the text behind 全文.
func whole(id string) string { return "/statuses/extend?" + url.Values{"id": {id}}.Encode() }

func parsePage(at source.Page, h *source.Harvest) (fresh int, last bool, err error) {
	return parse(at.Text(), at.Number, at.Base, at.Now, h)
}
