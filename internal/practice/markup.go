package practice

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"guitu/verify/source/weibohtml"
)

// MobilePage writes posts as the search of m.weibo.cn answers: the first card is of the site's own, the first post stands in
// a card, the others stand in a card's group, and no posts are a refusal with a message.
func MobilePage(posts []*Post) []byte {
	type object = map[string]any
	if len(posts) == 0 {
		return encode(object{"ok": 0, "msg": "这里还没有内容", "data": object{"cards": []object{}}})
	}
	card := func(p *Post) object {
		return object{"card_type": 9, "itemid": p.ID, "scheme": Mobile + "/detail/" + p.ID, "mblog": mobilePost(p)}
	}
	group := []object{}
	for _, p := range posts[1:] {
		group = append(group, card(p))
	}
	return encode(object{"ok": 1, "data": object{
		"cardlistInfo": object{"title": "演练微博，内容均为虚构", "total": len(posts)},
		"cards": []object{
			{"card_type": 4, "desc": "演练"},
			card(posts[0]),
			{"card_type": 11, "card_group": group},
		},
	}})
}

func mobilePost(p *Post) map[string]any {
	b := map[string]any{
		"id": p.ID, "mid": p.ID, "bid": bid(p.ID), "created_at": p.At.In(shanghai).Format(time.RubyDate),
		"text": breaks(p.Text), "isLongText": false, "source": "演练客户端",
		"user":          map[string]any{"id": uid(p), "screen_name": p.Author},
		"reposts_count": count(p.Reposts), "comments_count": 0, "attitudes_count": 0, "pics": []any{},
	}
	if p.Folded {
		b["text"] = breaks(string([]rune(p.Text)[:foldOver])) + `...<a href="/status/` + p.ID + `">全文</a>`
		b["isLongText"] = true
	}
	if p.Original != nil {
		b["retweeted_status"] = mobilePost(p.Original)
	}
	return b
}

// breaks writes a text as HTML.
func breaks(text string) string {
	return strings.ReplaceAll(template.HTMLEscapeString(text), "\n", "<br />")
}

// count writes a number as the site does: as a number, and from 100,000 on in words.
func count(n int) any {
	switch {
	case n >= 1_000_000:
		return "100万+"
	case n >= 100_000:
		return strconv.FormatFloat(float64(n)/1e4, 'f', 1, 64) + "万"
	}
	return n
}

// uid makes an account number of a post's.
func uid(p *Post) int {
	n := 0
	for _, r := range p.Author {
		n = (n*31 + int(r)) % 900_000_000
	}
	return 1_000_000_000 + n
}

func bid(id string) string {
	b, err := weibohtml.BID(id)
	if err != nil {
		panic("practice: " + err.Error())
	}
	return b
}

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("practice: " + err.Error())
	}
	return b.Bytes()
}

// SearchPage writes posts as s.weibo.com shows them at now.
func SearchPage(posts []*Post, q string, more bool, now time.Time) []byte {
	var b bytes.Buffer
	err := searchPage.Execute(&b, map[string]any{"Posts": posts, "Query": q, "More": more, "Now": now})
	if err != nil {
		panic("practice: " + err.Error())
	}
	return b.Bytes()
}

var searchPage = template.Must(template.New("search").Funcs(template.FuncMap{
	"breaks":  func(s string) template.HTML { return template.HTML(breaks(s)) }, //nolint:gosec // escaped by breaks
	"when":    when,
	"count":   count,
	"uid":     uid,
	"address": func(p *Post) string { return Search + "/status/" + bid(p.ID) },
	"dict": func(p *Post, now time.Time) map[string]any {
		return map[string]any{"Post": p, "Now": now}
	},
}).Parse(`<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>演练微博搜索 {{.Query}}</title></head>
<body><p class="exercise">演练：以下内容均为虚构</p>
<div id="pl_feedlist_index">
{{range .Posts}}<div class="card-wrap" action-type="feed_list_item" mid="{{.ID}}">
<div class="card"><div class="card-feed"><div class="content" node-type="like">
{{template "post" dict . $.Now}}
{{with .Original}}<div class="card-comment"><div class="con"><div node-type="feed_list_forwardContent">
{{template "post" dict . $.Now}}
<div class="func"><ul class="act"><li><a>转发 {{count .Reposts}}</a></li><li><a>评论</a></li></ul></div>
</div></div></div>{{end}}
</div></div>
<div class="card-act"><ul><li><a action-type="feed_list_forward">转发{{if .Reposts}} {{count .Reposts}}{{end}}</a></li><li><a>评论</a></li><li><a>赞</a></li></ul></div>
</div></div>
{{else}}<div class="card card-no-result s-pt20b40"><p>抱歉，未找到“{{.Query}}”相关结果。</p></div>
{{end}}</div>
{{if .More}}<div class="m-page"><div><a class="next">下一页</a></div></div>{{end}}
</body></html>
{{define "post"}}<div class="info"><div><a href="/practice/" class="name" nick-name="{{.Post.Author}}">{{.Post.Author}}</a></div></div>
<p class="txt" node-type="feed_list_content" nick-name="{{.Post.Author}}">
{{breaks .Post.Text}}</p>
<div class="from"><a href="{{address .Post}}?refer_flag=1001030103_">
{{when .Post.At .Now}}</a> &nbsp;来自 <a rel="nofollow">演练客户端</a></div>{{end}}`))

// when writes a time as the site does.
func when(at, now time.Time) string {
	at, now = at.In(shanghai), now.In(shanghai)
	switch age := now.Sub(at); {
	case age < time.Minute:
		return strconv.Itoa(max(1, int(age/time.Second))) + "秒前"
	case age < time.Hour:
		return strconv.Itoa(int(age/time.Minute)) + "分钟前"
	case at.YearDay() == now.YearDay() && at.Year() == now.Year():
		return at.Format("今天15:04")
	case at.Year() == now.Year():
		return at.Format("01月02日 15:04")
	}
	return at.Format("2006年01月02日 15:04")
}

// rss is an RSS 2.0 document.
type rss struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Creator string   `xml:"xmlns:dc,attr"`
	Channel struct {
		Title       string    `xml:"title"`
		Link        string    `xml:"link"`
		Description string    `xml:"description"`
		Items       []rssItem `xml:"item"`
	} `xml:"channel"`
}

type rssItem struct {
	Title       string  `xml:"title"`
	Link        string  `xml:"link"`
	GUID        rssGUID `xml:"guid"`
	PubDate     string  `xml:"pubDate"`
	Author      string  `xml:"dc:creator"`
	Description string  `xml:"description"`
}

type rssGUID struct {
	IsPermaLink bool   `xml:"isPermaLink,attr"`
	ID          string `xml:",chardata"`
}

// FeedPage writes posts as an RSS feed whose links begin with base ("http://127.0.0.1:8080"). A title is the beginning of its
// post, as in feeds that are made of short posts.
func FeedPage(posts []*Post, base string) []byte {
	doc := rss{Version: "2.0", Creator: "http://purl.org/dc/elements/1.1/"}
	doc.Channel.Title = "演练：本地贴吧订阅（内容均为虚构）"
	doc.Channel.Link = base + Root
	doc.Channel.Description = "演练用订阅源"
	for _, p := range posts {
		title := []rune(strings.ReplaceAll(p.Text, "\n", " "))
		if len(title) > 20 {
			title = append(title[:20], '…')
		}
		doc.Channel.Items = append(doc.Channel.Items, rssItem{
			Title: string(title), Link: base + Feed + "/" + p.ID, GUID: rssGUID{ID: p.ID},
			PubDate: p.At.In(shanghai).Format(time.RFC1123Z), Author: p.Author,
			Description: fmt.Sprintf("<p>%s</p>", breaks(p.Text)),
		})
	}
	out, err := xml.MarshalIndent(doc, "", " ")
	if err != nil {
		panic("practice: " + err.Error())
	}
	return append([]byte(xml.Header), out...)
}
