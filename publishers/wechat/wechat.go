// Package wechat publishes notices as articles of a WeChat official account (微信公众号).
//
// An article is drafted, submitted, and then examined by WeChat, which takes seconds or more: only what was examined is published.
// Accounts that are not verified may not submit. An article can't be edited here; it can be deleted. Pictures that were uploaded
// into an article stay on WeChat's servers when it is deleted, so one that shows a child is not uploaded: the article leads to it.
package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"guitu"
	"guitu/publishers"
	"guitu/publishers/rest"
)

// limits are those of an article (developers.weixin.qq.com, draft/add and media/uploadimg).
var limits = publishers.Limits{Text: 15_000, Count: func(s string) int { return publishers.Runes(article(s)) }, Pictures: 6, PictureBytes: 1_000_000, Alt: 300}

const maxTitle = 32 // runes

// How long WeChat may examine an article.
const (
	patience = 20 * time.Second // while the caller waits
	examined = 30 * time.Minute // after that, what is not there was not published
)

// Options of a Publisher.
type Options struct {
	rest.Options
	// Name tells accounts apart, "wechat" when it is empty.
	Name string
	// API is where the interface is, https://api.weixin.qq.com when it is empty.
	API string
	// Patience is how long Publish waits until an article is examined, 20 s when it is 0.
	Patience time.Duration
}

// Publisher publishes by one account.
type Publisher struct {
	rest       *rest.Client
	id, secret string
	thumb      string
	o          Options

	mu      sync.Mutex
	token   string
	expires time.Time
	pending map[string]string // key → publish_id of what is still examined
}

var (
	_ guitu.Publisher = (*Publisher)(nil)
	_ guitu.Finder    = (*Publisher)(nil)
	_ guitu.Puller    = (*Publisher)(nil)
	_ guitu.Prober    = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
)

// New returns a Publisher for the account with an application's id and secret. thumb is the media id of a permanent picture, the
// cover of every article: WeChat demands one.
func New(id, secret, thumb string, o Options) (*Publisher, error) {
	if id == "" || secret == "" || thumb == "" {
		return nil, errors.New("wechat: the application's id, its secret or the cover is missing")
	}
	if o.Name == "" {
		o.Name = "wechat"
	}
	if o.API == "" {
		o.API = "https://api.weixin.qq.com"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	return &Publisher{rest: rest.New(o.Name, o.Options, secret), id: id, secret: secret, thumb: thumb, o: o, pending: map[string]string{}}, nil
}

// Name returns "wechat", or the account's name from the configuration.
func (p *Publisher) Name() string { return p.o.Name }

// Preview returns the text of the article, and its pictures.
func (p *Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	return text(pub), take(pub.Pictures)
}

func text(pub guitu.Publication) string {
	return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, limits)
}

// take are the pictures that may be uploaded.
func take(pictures []guitu.Picture) []guitu.Picture {
	var all []guitu.Picture
	for _, i := range limits.Take(pictures) {
		if !i.Child {
			all = append(all, i)
		}
	}
	return all
}

// article is a text as the HTML of an article.
func article(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			line = "\u00a0" // an empty paragraph has no height
		}
		b.WriteString("<p>" + html.EscapeString(line) + "</p>")
	}
	return b.String()
}

// source is the address under "read the original". What follows the # is the delivery's, by which the article is found.
func source(pub guitu.Publication) string { return pub.Link + "#" + url.QueryEscape(pub.Key) }

// Publish publishes the notice in Chinese as an article.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	title := []rune(strings.ReplaceAll(pub.Notice.Texts[guitu.Chinese].Headline, "\n", " "))
	if len(title) > maxTitle {
		title = append(title[:maxTitle-1], '…')
	}
	// The title stands above the text, and is not said twice.
	content := article(strings.TrimLeft(strings.TrimPrefix(text(pub), string(title)+"\n"), "\n"))
	for _, picture := range take(pub.Pictures) {
		at, err := p.upload(ctx, picture)
		switch {
		case errors.Is(err, guitu.ErrRejected):
			continue // The words must not wait for it.
		case errors.Is(err, guitu.ErrUnknown):
			// A picture without an article is seen by nobody.
			return guitu.Receipt{}, p.rest.Errorf(nil, "the answer for a picture was lost")
		case err != nil:
			return guitu.Receipt{}, err
		}
		content += `<p><img src="` + html.EscapeString(at) + `" alt="` + html.EscapeString(limits.AltText(picture, guitu.Chinese)) + `"></p>`
	}
	var draft struct {
		ID string `json:"media_id"`
	}
	err := p.call(ctx, "draft/add", map[string]any{"articles": []map[string]any{{
		"title": string(title), "author": "归途", "content": content, "content_source_url": source(pub), "thumb_media_id": p.thumb, "need_open_comment": 0,
	}}}, &draft)
	if errors.Is(err, guitu.ErrUnknown) {
		// A draft is seen by nobody.
		return guitu.Receipt{}, p.rest.Errorf(nil, "the answer for a draft was lost")
	}
	if err != nil {
		return guitu.Receipt{}, err
	}
	var submitted struct {
		ID json.Number `json:"publish_id"`
	}
	if err := p.call(ctx, "freepublish/submit", map[string]string{"media_id": draft.ID}, &submitted); err != nil {
		return guitu.Receipt{}, err
	}
	p.wait(pub.Key, submitted.ID.String())
	return p.examine(ctx, pub.Key, submitted.ID.String())
}

// wait remembers what is examined.
func (p *Publisher) wait(key, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending[key] = id
}

// waited returns what of a publication is examined, "" when nothing is known of it.
func (p *Publisher) waited(key string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pending[key]
}

func (p *Publisher) forget(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.pending, key)
}

// The states of a submission (freepublish/get).
const (
	statePublished = 0
	stateExamined  = 1 // being examined
)

// examine waits until a submission is published or refused. It is ErrUnknown while that takes longer than the caller should wait.
func (p *Publisher) examine(ctx context.Context, key, id string) (guitu.Receipt, error) {
	limit := time.NewTimer(p.o.Patience)
	defer limit.Stop()
	for pause := 200 * time.Millisecond; ; pause = min(2*pause, 3*time.Second) {
		var s struct {
			State   *int   `json:"publish_status"`
			Article string `json:"article_id"`
			Detail  struct {
				Items []struct {
					URL string `json:"article_url"`
				} `json:"item"`
			} `json:"article_detail"`
		}
		err := p.call(ctx, "freepublish/get", map[string]string{"publish_id": id}, &s)
		switch {
		case err != nil && !errors.Is(err, guitu.ErrRejected):
			return guitu.Receipt{}, p.rest.Errorf(guitu.ErrUnknown, "submission %s: %s", id, err)
		case err != nil || s.State == nil:
			return guitu.Receipt{}, p.rest.Errorf(guitu.ErrUnknown, "submission %s can't be looked at", id)
		case *s.State == statePublished:
			p.forget(key)
			r := guitu.Receipt{ExternalID: s.Article}
			if len(s.Detail.Items) > 0 {
				r.URL = s.Detail.Items[0].URL
			}
			return r, nil
		case *s.State != stateExamined:
			p.forget(key)
			return guitu.Receipt{}, p.rest.Errorf(guitu.ErrRejected, "WeChat refused it: publish_status %d", *s.State)
		}
		select {
		case <-ctx.Done():
			return guitu.Receipt{}, p.rest.Errorf(guitu.ErrUnknown, "submission %s is being examined: %s", id, ctx.Err())
		case <-limit.C:
			return guitu.Receipt{}, p.rest.Errorf(guitu.ErrUnknown, "submission %s is still being examined", id)
		case <-time.After(pause):
		}
	}
}

// Find looks for the publication: what is examined is asked after, else the latest 20 articles are looked through. What is not there
// may still be examined until half an hour has passed.
func (p *Publisher) Find(ctx context.Context, pub guitu.Publication) (guitu.Receipt, bool, error) {
	if id := p.waited(pub.Key); id != "" {
		r, err := p.examine(ctx, pub.Key, id)
		switch {
		case err == nil:
			return r, true, nil
		case errors.Is(err, guitu.ErrRejected):
			return guitu.Receipt{}, false, nil
		}
		return guitu.Receipt{}, false, p.rest.Errorf(nil, "%s", err)
	}
	var latest struct {
		Items []struct {
			Article string `json:"article_id"`
			Content struct {
				News []struct {
					Source string `json:"content_source_url"`
					URL    string `json:"url"`
				} `json:"news_item"`
			} `json:"content"`
		} `json:"item"`
	}
	if err := p.call(ctx, "freepublish/batchget", map[string]int{"offset": 0, "count": 20, "no_content": 1}, &latest); err != nil {
		if errors.Is(err, guitu.ErrUnknown) {
			err = p.rest.Errorf(nil, "the articles can't be read")
		}
		return guitu.Receipt{}, false, err
	}
	for _, i := range latest.Items {
		for _, n := range i.Content.News {
			if n.Source == source(pub) {
				return guitu.Receipt{ExternalID: i.Article, URL: n.URL}, true, nil
			}
		}
	}
	if age := p.o.Now().Sub(pub.Notice.MadeAt); age >= 0 && age < examined {
		return guitu.Receipt{}, false, &guitu.RetryError{After: min(examined-age, time.Minute), Err: p.rest.Errorf(nil, "it may still be examined")}
	}
	return guitu.Receipt{}, false, nil
}

// Pull deletes the article.
func (p *Publisher) Pull(ctx context.Context, pub guitu.Publication) error {
	err := p.call(ctx, "freepublish/delete", map[string]any{"article_id": pub.Receipt.ExternalID, "index": 0}, &struct{}{})
	if errors.Is(err, errGone) {
		return nil
	}
	return err
}

// Probe says whether the account may publish: it lists its latest article.
func (p *Publisher) Probe(ctx context.Context) (guitu.Account, error) {
	err := p.call(ctx, "freepublish/batchget", map[string]int{"offset": 0, "count": 1, "no_content": 1}, &struct{}{})
	return guitu.Account{Name: p.id, May: []string{"publish", "delete"}}, err
}

func (p *Publisher) upload(ctx context.Context, picture guitu.Picture) (string, error) {
	var made struct {
		URL string `json:"url"`
	}
	err := p.signed(ctx, func(token string) (rest.Call, error) {
		return rest.Multipart(p.o.API+"/cgi-bin/media/uploadimg?access_token="+url.QueryEscape(token), nil,
			rest.File{Field: "media", Name: picture.Name, Type: picture.Type, Bytes: picture.Bytes})
	}, &made)
	return made.URL, err
}

// call calls a method with a body of JSON.
func (p *Publisher) call(ctx context.Context, method string, body, v any) error {
	return p.signed(ctx, func(token string) (rest.Call, error) {
		return rest.JSON(http.MethodPost, p.o.API+"/cgi-bin/"+method+"?access_token="+url.QueryEscape(token), body)
	}, v)
}

// signed makes a call with a token, and once more when the token turns out to have ended: such a call was not acted on.
func (p *Publisher) signed(ctx context.Context, make func(token string) (rest.Call, error), v any) error {
	for try := range 2 {
		token, err := p.access(ctx, try > 0)
		if err != nil {
			return err
		}
		call, err := make(token)
		if err != nil {
			return err
		}
		err = p.do(ctx, call, v)
		if errors.Is(err, errToken) && try == 0 {
			continue
		}
		if errors.Is(err, errToken) {
			return p.rest.Errorf(guitu.ErrUnauthorized, "a token that was just given is refused")
		}
		return err
	}
	return nil
}

// access returns a token; fresh wants another than the one that has ended.
func (p *Publisher) access(ctx context.Context, fresh bool) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !fresh && p.token != "" && p.o.Now().Before(p.expires) {
		return p.token, nil
	}
	call, err := rest.JSON(http.MethodPost, p.o.API+"/cgi-bin/stable_token", map[string]any{
		"grant_type": "client_credential", "appid": p.id, "secret": p.secret, "force_refresh": false,
	})
	if err != nil {
		return "", err
	}
	call.Reads = true
	var t struct {
		Token string `json:"access_token"`
		Lives int64  `json:"expires_in"` // seconds
	}
	err = p.do(ctx, call, &t)
	switch {
	case errors.Is(err, guitu.ErrUnknown):
		return "", p.rest.Errorf(nil, "the answer for a token was lost")
	case errors.Is(err, guitu.ErrRejected) || err == nil && t.Token == "":
		return "", p.rest.Errorf(guitu.ErrUnauthorized, "secret: no token is given: %v", err)
	case err != nil:
		return "", err
	}
	p.token, p.expires = t.Token, p.o.Now().Add(time.Duration(t.Lives)*time.Second-5*time.Minute)
	return p.token, nil
}

// What WeChat says of a call that is no trouble of the notice's.
var (
	errToken = errors.New("token ended")
	errGone  = fmt.Errorf("%w: no such article", guitu.ErrRejected)
)

// do makes a call and reads its answer: it is 200 whatever happened, with a code when it was nothing good
// (developers.weixin.qq.com, global return codes).
func (p *Publisher) do(ctx context.Context, call rest.Call, v any) error {
	a, err := p.rest.Do(ctx, call)
	if err != nil {
		return err
	}
	if err := p.rest.Refusal(a, ""); err != nil {
		return err
	}
	var said struct {
		Code int    `json:"errcode"`
		Text string `json:"errmsg"`
	}
	if err := json.Unmarshal(a.Body, &said); err != nil {
		return p.rest.Errorf(guitu.ErrUnknown, "status %d, and no JSON of WeChat", a.Status)
	}
	why := fmt.Sprintf("errcode %d: %s", said.Code, said.Text)
	switch said.Code {
	case 0:
		if err := json.Unmarshal(a.Body, v); err != nil {
			return p.rest.Errorf(guitu.ErrUnknown, "an answer of another kind")
		}
		return nil
	case -1: // 系统繁忙: nobody knows what became of it
		return p.rest.Errorf(guitu.ErrUnknown, "%s", why)
	case 40001, 40014, 42001: // the token is wrong, no longer good, expired
		return p.rest.Errorf(errToken, "%s", why)
	case 45009, 45011: // calls of the day, calls too fast
		return &guitu.RetryError{After: map[int]time.Duration{45009: time.Hour, 45011: time.Minute}[said.Code], Err: p.rest.Errorf(nil, "%s", why)}
	case 40013, 40125, 40164, 50002, 61024: // the id, the secret, our address, the account
		return p.rest.Errorf(guitu.ErrUnauthorized, "secret: %s", why)
	case 48001: // accounts that are not verified lost it in July 2025
		return p.rest.Errorf(guitu.ErrUnauthorized, "the account may not publish by interface: %s", why)
	case 53600, 53601, 53602: // no such article
		return p.rest.Errorf(errGone, "%s", why)
	}
	return p.rest.Errorf(guitu.ErrRejected, "%s", why)
}
