// Package wecom publishes notices by the robot of a WeCom (企业微信) group.
//
// A robot can post and nothing else: there are no ids, no keys, nothing can be looked up, changed or taken back. A child's picture
// goes as an address only, since the address can be taken back.
package wecom

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"guitu"
	"guitu/publishers"
	"guitu/publishers/rest"
)

// limits are those of the robot's messages "text" and, with a picture, "news" (developer.work.weixin.qq.com/document/path/91770). A
// robot may post 20 messages a minute.
var limits = publishers.Limits{Text: 2048, Caption: 512, Count: publishers.Bytes, Pictures: 1, ByURL: true}

const maxTitle = 128 // bytes of a "news" title

// Options of a Publisher.
type Options struct {
	rest.Options
	// Name tells groups apart, "wecom" when it is empty.
	Name string
}

// Publisher publishes in one group.
type Publisher struct {
	rest    *rest.Client
	webhook string
	name    string
}

var (
	_ guitu.Publisher = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
	_ guitu.Budgeted  = (*Publisher)(nil)
)

// New returns a Publisher for a robot's address, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…". The address is the
// credential: whoever has it can post.
func New(webhook string, o Options) (*Publisher, error) {
	u, err := url.Parse(webhook)
	if err != nil || u.Host == "" || u.Query().Get("key") == "" {
		return nil, fmt.Errorf("wecom: the webhook should look like https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…")
	}
	if o.Name == "" {
		o.Name = "wecom"
	}
	return &Publisher{rest: rest.New(o.Name, o.Options, u.Query().Get("key")), webhook: webhook, name: o.Name}, nil
}

// Name returns "wecom", or the group's name from the configuration.
func (p *Publisher) Name() string { return p.name }

// article is the one entry of a "news" message.
type article struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	Picture     string `json:"picurl"`
}

// Preview returns the text and the pictures of a post.
func (*Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	pictures := limits.Take(pub.Pictures)
	return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, limits.Beside(pictures)), pictures
}

// Budgets are how often a robot may post.
func (*Publisher) Budgets() []guitu.Budget {
	return []guitu.Budget{{Name: "posts a minute", Most: 20, Per: time.Minute}}
}

// Publish posts the notice in Chinese: as a text, or as a card when there is a picture.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	pictures := limits.Take(pub.Pictures)
	text := publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, limits.Beside(pictures))
	message := map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}
	if len(pictures) > 0 {
		// The title stands above the text, and is not said twice.
		title := clip(pub.Notice.Texts[guitu.Chinese].Headline)
		message = map[string]any{"msgtype": "news", "news": map[string]any{"articles": []article{{
			Title: title, Description: strings.TrimLeft(strings.TrimPrefix(text, title+"\n"), "\n"), URL: pub.Link, Picture: pictures[0].URL,
		}}}}
	}
	call, err := rest.JSON("", p.webhook, message)
	if err != nil {
		return guitu.Receipt{}, err
	}
	a, err := p.rest.Do(ctx, call)
	if err != nil {
		return guitu.Receipt{}, err
	}
	return guitu.Receipt{}, p.judge(a)
}

// clip cuts a title at the end of a rune.
func clip(s string) string {
	if len(s) <= maxTitle {
		return s
	}
	return strings.ToValidUTF8(s[:maxTitle-len("…")], "") + "…"
}

// judge says what an answer means: it is 200 whatever happened, with a code (developer.work.weixin.qq.com/document/path/90313).
func (p *Publisher) judge(a rest.Answer) error {
	var said struct {
		Code *int   `json:"errcode"`
		Text string `json:"errmsg"`
	}
	if err := p.rest.Refusal(a, ""); err != nil {
		return err
	}
	if err := a.JSON(&said); err != nil {
		return err
	}
	if said.Code == nil {
		return p.rest.Errorf(guitu.ErrUnknown, "the answer has no errcode")
	}
	switch *said.Code {
	case 0:
		return nil
	case -1: // 系统繁忙: nobody knows what became of it
		return p.rest.Errorf(guitu.ErrUnknown, "errcode -1: %s", said.Text)
	case 45009, 45033: // over the frequency, over the calls at once
		return &guitu.RetryError{After: time.Minute, Err: p.rest.Errorf(nil, "errcode %d: %s", *said.Code, said.Text)}
	case 93000, 93004, 93008, 93017: // no such robot, robot taken out of the group, not in the group, group gone
		return p.rest.Errorf(guitu.ErrUnauthorized, "key: errcode %d: %s", *said.Code, said.Text)
	}
	return p.rest.Errorf(guitu.ErrRejected, "errcode %d: %s", *said.Code, said.Text)
}
