// Package dingtalk publishes notices by the robot of a DingTalk (钉钉) group.
//
// A robot can post and nothing else: there are no ids, no keys, nothing can be looked up, changed or taken back. A child's picture
// goes as an address only, since the address can be taken back.
package dingtalk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"guitu"
	"guitu/publishers"
	"guitu/publishers/rest"
)

// limits are those of a robot's message, 20,000 bytes with all around it (open.dingtalk.com, custom robots), counted as the text is
// sent. A robot may post 20 messages a minute; one that posts more is silenced for ten minutes.
var limits = publishers.Limits{Text: 18_000, Count: func(s string) int { return len(escape(s)) }, Pictures: 1, Alt: 500, ByURL: true}

// silence is how long a robot that was too fast is not heard.
const silence = 10 * time.Minute

// Options of a Publisher.
type Options struct {
	rest.Options
	// Name tells groups apart, "dingtalk" when it is empty.
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

// New returns a Publisher for a robot's address, "https://oapi.dingtalk.com/robot/send?access_token=…", which is a credential, and
// the secret with which it is signed ("SEC…").
func New(webhook, secret string, o Options) (*Publisher, error) {
	u, err := url.Parse(webhook)
	if err != nil || u.Host == "" || u.Query().Get("access_token") == "" {
		return nil, errors.New("dingtalk: the webhook should look like https://oapi.dingtalk.com/robot/send?access_token=…")
	}
	if secret == "" {
		return nil, errors.New("dingtalk: the secret is missing; choose 加签 in the robot's security settings")
	}
	if o.Name == "" {
		o.Name = "dingtalk"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Publisher{rest: rest.New(o.Name, o.Options, u.Query().Get("access_token"), secret), webhook: webhook, secret: secret, o: o}, nil
}

// Name returns "dingtalk", or the group's name from the configuration.
func (p *Publisher) Name() string { return p.o.Name }

// Preview returns the text and the pictures of a post.
func (*Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, limits), limits.Take(pub.Pictures)
}

// Budgets are how often a robot may post before it is silenced.
func (*Publisher) Budgets() []guitu.Budget {
	return []guitu.Budget{{Name: "posts a minute", Most: 20, Per: time.Minute}}
}

// Publish posts the notice in Chinese.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	text := markdown(publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, limits), pub.Link)
	for _, picture := range limits.Take(pub.Pictures) {
		text = "![" + escape(limits.AltText(picture, guitu.Chinese)) + "](" + picture.URL + ")\n\n" + text
	}
	call, err := rest.JSON("", p.signed(), map[string]any{
		"msgtype": "markdown", "markdown": map[string]string{"title": pub.Notice.Texts[guitu.Chinese].Headline, "text": text},
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

// signed returns the address with a signature of the time: base64 of HMAC-SHA256, by the secret, of milliseconds, a line's end and
// the secret. It is good for an hour.
func (p *Publisher) signed() string {
	at := strconv.FormatInt(p.o.Now().UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(p.secret))
	mac.Write([]byte(at + "\n" + p.secret))
	return p.webhook + "&" + url.Values{"timestamp": {at}, "sign": {base64.StdEncoding.EncodeToString(mac.Sum(nil))}}.Encode()
}

// markdown makes the text Markdown that reads as it was written, with its link to be pressed.
func markdown(text, link string) string {
	before, after, ok := strings.Cut(text, link)
	if link == "" || !ok {
		return escape(text)
	}
	return escape(before) + "[" + escape(link) + "](" + link + ")" + escape(after)
}

// markup is what Markdown may take for something else anywhere, and at a line's beginning.
const markup, markupFirst = "\\`*_[]<>&~#|", "+-="

// numbered begins a line of a list.
var numbered = regexp.MustCompile(`^( *\d{1,9})([.)])`)

// escape makes a text Markdown that reads as it was written: what is markup follows a backslash, and a line ends with two spaces
// (commonmark.org). DingTalk documents a part of Markdown and no escapes of its own; that its clients take these could not be looked up.
// So no more is escaped than must be: addresses, dates and numbers stay as they are.
func escape(s string) string {
	var b strings.Builder
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteString("  \n")
		}
		var out strings.Builder
		for at, r := range line {
			first := strings.ContainsRune(markupFirst, r) && strings.TrimLeft(line[:at], " ") == ""
			if first || strings.ContainsRune(markup, r) {
				out.WriteByte('\\')
			}
			out.WriteRune(r)
		}
		b.WriteString(numbered.ReplaceAllString(out.String(), `$1\$2`))
	}
	return b.String()
}

// judge says what an answer means: it is 200 whatever happened, with a code (open.dingtalk.com, custom robots, error codes).
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
	case 130101, 410100: // too fast
		return &guitu.RetryError{After: silence, Err: p.rest.Errorf(nil, "errcode %d: %s", *said.Code, said.Text)}
	case 310000: // the signature, the words or the address does not fit the security settings
		return p.rest.Errorf(guitu.ErrUnauthorized, "secret: errcode 310000: %s", said.Text)
	case 300001, 400013, 400101, 400102, 400106: // no such token, group gone, no such token, robot stopped, no such robot
		return p.rest.Errorf(guitu.ErrUnauthorized, "access_token: errcode %d: %s", *said.Code, said.Text)
	}
	return p.rest.Errorf(guitu.ErrRejected, "errcode %d: %s", *said.Code, said.Text)
}
