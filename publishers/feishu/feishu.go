// Package feishu publishes notices by the robot of a Feishu (飞书) group.
//
// A robot can post and nothing else: there are no ids, no keys, nothing can be looked up, changed or taken back. It shows pictures
// that an application of the tenant has uploaded, and a robot is none: so none goes with it, and the link leads to it.
package feishu

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"guitu"
	"guitu/publishers"
	"guitu/publishers/rest"
)

// limits: a message may have 20 KB with all around it (open.feishu.cn, custom bots), counted as it is sent. A robot may post 100
// messages a minute, and 5 a second.
var limits = publishers.Limits{Text: 18_000, Count: encoded}

// encoded counts the bytes of a text as JSON, with what stands around each of its lines.
func encoded(s string) int {
	b, _ := json.Marshal(s) // a string always marshals
	return len(b) - len(`""`) + strings.Count(s, "\n")*len(`[{"tag":"text","text":""}],`)
}

// Options of a Publisher.
type Options struct {
	rest.Options
	// Name tells groups apart, "feishu" when it is empty.
	Name string
}

// Publisher publishes in one group.
type Publisher struct {
	rest    *rest.Client
	webhook string
	secret  string
	o       Options
}

var (
	_ guitu.Publisher = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
	_ guitu.Budgeted  = (*Publisher)(nil)
)

// New returns a Publisher for a robot's address, "https://open.feishu.cn/open-apis/bot/v2/hook/…", which is a credential, and the
// secret with which its messages are signed.
func New(webhook, secret string, o Options) (*Publisher, error) {
	u, err := url.Parse(webhook)
	i := strings.LastIndex(webhook, "/hook/")
	if err != nil || u.Host == "" || i < 0 || webhook[i+len("/hook/"):] == "" {
		return nil, errors.New("feishu: the webhook should look like https://open.feishu.cn/open-apis/bot/v2/hook/…")
	}
	if secret == "" {
		return nil, errors.New("feishu: the secret is missing; choose 签名校验 in the robot's security settings")
	}
	if o.Name == "" {
		o.Name = "feishu"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Publisher{rest: rest.New(o.Name, o.Options, webhook[i+len("/hook/"):], secret), webhook: webhook, secret: secret, o: o}, nil
}

// Name returns "feishu", or the group's name from the configuration.
func (p *Publisher) Name() string { return p.o.Name }

// element is a piece of a "post" message. Text in it is shown as it is; in a "text" message it could call upon everybody.
type element struct {
	Tag  string `json:"tag"`
	Text string `json:"text"`
	Href string `json:"href,omitempty"`
}

// Preview returns the text and the pictures of a post.
func (*Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, limits), limits.Take(pub.Pictures)
}

// Budgets are how often a robot may post.
func (*Publisher) Budgets() []guitu.Budget {
	return []guitu.Budget{{Name: "posts a second", Most: 5, Per: time.Second}, {Name: "posts a minute", Most: 100, Per: time.Minute}}
}

// Publish posts the notice in Chinese.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	title, text, _ := strings.Cut(publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, limits), "\n")
	var lines [][]element
	for line := range strings.SplitSeq(strings.TrimLeft(text, "\n"), "\n") {
		e := element{Tag: "text", Text: line}
		if line == pub.Link && line != "" {
			e = element{Tag: "a", Text: line, Href: line}
		}
		lines = append(lines, []element{e})
	}
	at := strconv.FormatInt(p.o.Now().Unix(), 10)
	call, err := rest.JSON("", p.webhook, map[string]any{
		"timestamp": at, "sign": sign(at, p.secret), "msg_type": "post",
		"content": map[string]any{"post": map[string]any{"zh_cn": map[string]any{"title": title, "content": lines}}},
	})
	if err != nil {
		return guitu.Receipt{}, err
	}
	a, err := p.rest.Do(ctx, call)
	if err != nil {
		return guitu.Receipt{}, err
	}
	return guitu.Receipt{}, p.judge(a)
}

// sign returns the base64 of the HMAC-SHA256 of nothing by the seconds, a line's end and the secret. It is good for an hour.
func sign(at, secret string) string {
	mac := hmac.New(sha256.New, []byte(at+"\n"+secret))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// judge says what an answer means: it has a code, whatever its status (open.feishu.cn, custom bots, error codes).
func (p *Publisher) judge(a rest.Answer) error {
	var said struct {
		Code *int   `json:"code"`
		Text string `json:"msg"`
	}
	if json.Unmarshal(a.Body, &said) != nil || said.Code == nil {
		if err := p.rest.Refusal(a, ""); err != nil {
			return err
		}
		return p.rest.Errorf(guitu.ErrUnknown, "status %d, and no code of the robot", a.Status)
	}
	switch *said.Code {
	case 0:
		return nil
	case 9499, 19002: // the message is none
		return p.rest.Errorf(guitu.ErrRejected, "code %d: %s", *said.Code, said.Text)
	case 11232, 99991400: // too fast, for the robot and for the platform, which says so with a status of 400 or 429
		return &guitu.RetryError{After: time.Minute, Err: p.rest.Errorf(nil, "code %d: %s", *said.Code, said.Text)}
	case 19021, 19022, 19024: // the signature, our address or the words do not fit the security settings
		return p.rest.Errorf(guitu.ErrUnauthorized, "secret: code %d: %s", *said.Code, said.Text)
	case 19001, 19003: // no such robot
		return p.rest.Errorf(guitu.ErrUnauthorized, "webhook: code %d: %s", *said.Code, said.Text)
	}
	return p.rest.Errorf(guitu.ErrRejected, "code %d: %s", *said.Code, said.Text)
}
