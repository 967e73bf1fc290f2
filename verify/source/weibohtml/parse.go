package weibohtml

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"guitu"
	"guitu/verify/source"
)

// maxPosts is how many posts of a page are looked at; the site shows about ten.
const maxPosts = 200

// forwarded holds the post that a post forwards.
const forwarded = "[node-type=feed_list_forwardContent]"

// parse puts the posts of a page into h. last is true when no page comes after it.
func parse(body []byte, at *url.URL, now time.Time, h *source.Harvest) (fresh int, last bool, err error) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return 0, false, fmt.Errorf("%w: no HTML that can be read", guitu.ErrMarkup)
	}
	cards := doc.Find("div.card-wrap[action-type=feed_list_item]")
	if cards.Length() == 0 {
		switch {
		case doc.Find(".card-no-result").Length() > 0:
			return 0, true, nil
		case source.WalledOff(string(body)), doc.Find("form[action*=login], input[type=password]").Length() > 0:
			return 0, false, fmt.Errorf("%w: the site wants a login", guitu.ErrWall)
		}
		return 0, false, fmt.Errorf("%w: a page without posts that does not say that there are none", guitu.ErrMarkup)
	}
	readable, all := 0, min(cards.Length(), maxPosts)
	for _, card := range cards.Slice(0, all).EachIter() {
		n, ok := add(card, at, now, h)
		fresh += n
		if ok {
			readable++
		}
	}
	if readable == 0 {
		return 0, false, fmt.Errorf("%w: %d posts, and none of them can be read", guitu.ErrMarkup, all)
	}
	return fresh, doc.Find(".m-page a.next").Length() == 0, nil
}

// add takes a post and, when it forwards another, that one too. ok is false when card has not the shape of a post.
func add(card *goquery.Selection, at *url.URL, now time.Time, h *source.Harvest) (fresh int, ok bool) {
	count := func(added bool) {
		if added {
			fresh++
		}
	}
	raw := func(s *goquery.Selection) []byte {
		html, _ := goquery.OuterHtml(s)
		return []byte(html)
	}
	if origin := card.Find(forwarded).First(); origin.Length() > 0 {
		// A forwarded post that was deleted has no address; its author took it back, so it is not kept.
		if p := post(origin, at, now); p.ExternalID != "" {
			count(h.Add(p, raw(origin)))
		}
	}
	own := card.Clone()
	own.Find(forwarded).Remove()
	p := post(own, at, now)
	if mid, _ := card.Attr("mid"); mid != "" {
		p.ExternalID = mid
	}
	if p.URL == "" {
		if bid, err := BID(p.ExternalID); err == nil {
			p.URL = "https://m.weibo.cn/status/" + bid
		}
	}
	count(h.Add(p, raw(card)))
	return fresh, p.ExternalID != "" && p.Text != ""
}

// post reads what lies in s as one post.
func post(s *goquery.Selection, at *url.URL, now time.Time) guitu.Post {
	content := s.Find("p[node-type=feed_list_content_full]").First()
	if content.Length() == 0 {
		content = s.Find("p[node-type=feed_list_content]").First()
	}
	html, _ := content.Html()
	p := guitu.Post{Text: source.PlainText(html)}
	p.Author, _ = content.Attr("nick-name")
	if p.Author == "" {
		p.Author = s.Find("a.name").First().Text()
	}
	from := s.Find(".from a").First()
	// A date that can't be read is left to Sanitize.
	p.PostedAt, _ = source.ParseTime(from.Text(), now)
	if href, ok := from.Attr("href"); ok {
		if u, err := at.Parse(href); err == nil {
			u.RawQuery, u.Fragment = "", ""
			p.URL = u.String()
			if mid, err := MID(u.Path[strings.LastIndexByte(u.Path, '/')+1:]); err == nil {
				p.ExternalID = mid
			}
		}
	}
	p.Reposts = reposts(s.Find(".card-act li, ul.act li").First().Text())
	for _, img := range s.Find(".media img").EachIter() {
		if u, err := at.Parse(img.AttrOr("src", "")); err == nil && u.Host != "" {
			p.Images = append(p.Images, u.String())
		}
	}
	return p
}

// reposts reads the first button under a post: "转发", "转发 12", "转发1.2万", "100万+".
func reposts(s string) int {
	return source.ParseCount(strings.ReplaceAll(strings.Join(strings.Fields(s), ""), "转发", ""))
}
