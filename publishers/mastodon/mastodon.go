// Package mastodon publishes notices by an account on a Mastodon server.
//
// A post carries an Idempotency-Key, which the server honours for an hour; some servers of the same API ignore it. So a
// publication whose answer was lost is looked for among the account's latest posts. A post can be edited, its pictures too, and
// deleted.
package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"guitu"
	"guitu/publishers"
	"guitu/publishers/rest"
)

// The limits of a server that is set up as Mastodon comes (docs.joinmastodon.org/methods/instance, configuration).
const (
	maxText     = 500  // characters as people see them; an address counts 23, whatever its length
	maxPictures = 4    // of one post
	maxAlt      = 1500 // characters of a picture's description
)

// Options of a Publisher.
type Options struct {
	rest.Options
	// Name tells accounts apart, "mastodon" when it is empty.
	Name string
	// Limit is how long a post may be on this server, in characters; 500 when it is 0.
	Limit int
	// Patience is how long the server may take to prepare a picture, 10 s when it is 0. What is not ready then is left out.
	Patience time.Duration
}

// Publisher publishes by one account.
type Publisher struct {
	rest   *rest.Client
	server string
	token  string
	o      Options
}

var (
	_ guitu.Publisher = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
	_ guitu.Budgeted  = (*Publisher)(nil)
	_ guitu.Finder    = (*Publisher)(nil)
	_ guitu.Editor    = (*Publisher)(nil)
	_ guitu.Puller    = (*Publisher)(nil)
	_ guitu.Prober    = (*Publisher)(nil)
)

// New returns a Publisher for the account that a token of the scopes read:accounts, read:statuses, write:statuses and
// write:media belongs to, on the server at an address ("https://mastodon.example").
func New(server, token string, o Options) (*Publisher, error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Path != "" && u.Path != "/" {
		return nil, fmt.Errorf("mastodon: the server should be an address like https://mastodon.example, not %q", server)
	}
	if token == "" {
		return nil, errors.New("mastodon: the token is missing")
	}
	if o.Name == "" {
		o.Name = "mastodon"
	}
	if o.Limit == 0 {
		o.Limit = maxText
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience == 0 {
		o.Patience = 10 * time.Second
	}
	return &Publisher{rest: rest.New(o.Name, o.Options, token), server: strings.TrimRight(server, "/"), token: token, o: o}, nil
}

// Name returns "mastodon", or the account's name from the configuration.
func (p *Publisher) Name() string { return p.o.Name }

// status is a post as the server tells it.
type status struct {
	ID      string `json:"id"`
	URL     string `json:"url"`
	Content string `json:"content"`
}

// Publish posts the notice in Chinese, with its pictures.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	media, err := p.upload(ctx, pub.Pictures)
	if err != nil {
		return guitu.Receipt{}, err
	}
	body := p.body(pub, media)
	if pub.ReplyTo.ExternalID != "" {
		body["in_reply_to_id"] = pub.ReplyTo.ExternalID
	}
	a, err := p.create(ctx, pub.Key, body)
	if a.Status == http.StatusNotFound && pub.ReplyTo.ExternalID != "" {
		// What it replies to is gone; it stands by itself then.
		delete(body, "in_reply_to_id")
		a, err = p.create(ctx, pub.Key, body)
	}
	if err := p.judge(a, err); err != nil {
		return guitu.Receipt{}, err
	}
	var s status
	if err := a.JSON(&s); err != nil {
		return guitu.Receipt{}, err
	}
	if s.ID == "" {
		return guitu.Receipt{}, p.rest.Errorf(guitu.ErrUnknown, "the answer has no post")
	}
	return guitu.Receipt{ExternalID: s.ID, URL: s.URL}, nil
}

func (p *Publisher) create(ctx context.Context, key string, body map[string]any) (rest.Answer, error) {
	call := p.call(http.MethodPost, "/api/v1/statuses", body)
	call.Header.Set("Idempotency-Key", key)
	return p.rest.Do(ctx, call)
}

// Find looks for the publication among the account's latest 40 posts: the text is compared as it was written.
func (p *Publisher) Find(ctx context.Context, pub guitu.Publication) (guitu.Receipt, bool, error) {
	var me struct {
		ID string `json:"id"`
	}
	if err := p.read(ctx, "/api/v1/accounts/verify_credentials", &me); err != nil {
		return guitu.Receipt{}, false, err
	}
	var latest []status
	if err := p.read(ctx, "/api/v1/accounts/"+url.PathEscape(me.ID)+"/statuses?limit=40&exclude_reblogs=true", &latest); err != nil {
		return guitu.Receipt{}, false, err
	}
	want := p.text(pub)
	for _, s := range latest {
		// The content is HTML; the code stands in it unbroken.
		if !strings.Contains(s.Content, pub.Notice.Code) {
			continue
		}
		var source struct {
			Text string `json:"text"`
		}
		if err := p.read(ctx, "/api/v1/statuses/"+url.PathEscape(s.ID)+"/source", &source); err != nil {
			return guitu.Receipt{}, false, err
		}
		if source.Text == want {
			return guitu.Receipt{ExternalID: s.ID, URL: s.URL}, true, nil
		}
	}
	return guitu.Receipt{}, false, nil
}

// Edit replaces the post's text and pictures.
func (p *Publisher) Edit(ctx context.Context, pub guitu.Publication) error {
	media, err := p.upload(ctx, pub.Pictures)
	if err != nil {
		return err
	}
	return p.do(ctx, p.call(http.MethodPut, "/api/v1/statuses/"+url.PathEscape(pub.Receipt.ExternalID), p.body(pub, media)), &status{})
}

// Pull deletes the post. Servers that have copied it are asked to do so too; not every one will.
func (p *Publisher) Pull(ctx context.Context, pub guitu.Publication) error {
	a, err := p.rest.Do(ctx, p.call(http.MethodDelete, "/api/v1/statuses/"+url.PathEscape(pub.Receipt.ExternalID)+"?delete_media=true", nil))
	if a.Status == http.StatusNotFound {
		return nil
	}
	return p.judge(a, err)
}

// Probe says who the account is, and what the server still allows.
func (p *Publisher) Probe(ctx context.Context) (guitu.Account, error) {
	call := p.call(http.MethodGet, "/api/v1/accounts/verify_credentials", nil)
	call.Reads = true
	a, err := p.rest.Do(ctx, call)
	if err := p.judge(a, err); err != nil {
		return guitu.Account{}, err
	}
	var me struct {
		Acct string `json:"acct"`
	}
	if err := a.JSON(&me); err != nil {
		return guitu.Account{}, err
	}
	account := guitu.Account{Name: me.Acct, May: []string{"post", "media", "edit", "delete"}}
	var left int
	if _, err := fmt.Sscan(a.Header.Get("X-RateLimit-Remaining"), &left); err == nil {
		account.Left = map[string]int{"calls in 5 minutes": left}
	}
	return account, nil
}

// limits counts UTF-16 code units, which are never fewer than the characters that Mastodon counts.
func (p *Publisher) limits() publishers.Limits {
	return publishers.Limits{Text: p.o.Limit, Pictures: maxPictures, Alt: maxAlt}
}

// Preview returns the text and the pictures of a post.
func (p *Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	return p.text(pub), p.limits().Take(pub.Pictures)
}

func (p *Publisher) text(pub guitu.Publication) string {
	return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, p.limits())
}

// body is a post. The list of pictures is there also when it is empty: an edit without it would keep those that are there.
func (p *Publisher) body(pub guitu.Publication, media []string) map[string]any {
	return map[string]any{
		"status": p.text(pub), "media_ids": append([]string{}, media...), "language": "zh", "visibility": "public", "sensitive": false,
	}
}

// upload brings pictures to the server and returns their ids. A picture that the server does not take is left out: the words
// must not wait for it.
func (p *Publisher) upload(ctx context.Context, pictures []guitu.Picture) ([]string, error) {
	var ids []string
	for _, picture := range p.limits().Take(pictures) {
		id, err := p.uploadOne(ctx, picture)
		switch {
		case errors.Is(err, guitu.ErrRejected) || errors.Is(err, errNotReady):
			continue
		case errors.Is(err, guitu.ErrUnknown):
			// A picture without a post is seen by nobody.
			return nil, p.rest.Errorf(nil, "the answer for a picture was lost")
		case err != nil:
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// errNotReady: the server takes its time with a picture.
var errNotReady = errors.New("mastodon: the picture is not ready")

func (p *Publisher) uploadOne(ctx context.Context, picture guitu.Picture) (string, error) {
	call, err := rest.Multipart(p.server+"/api/v2/media", map[string]string{"description": p.limits().AltText(picture, guitu.Chinese)},
		rest.File{Field: "file", Name: picture.Name, Type: picture.Type, Bytes: picture.Bytes})
	if err != nil {
		return "", err
	}
	call.Header = p.header()
	a, err := p.rest.Do(ctx, call)
	if err := p.judge(a, err); err != nil {
		return "", err
	}
	var m struct {
		ID string `json:"id"`
	}
	if err := a.JSON(&m); err != nil {
		return "", err
	}
	deadline := time.NewTimer(p.o.Patience)
	defer deadline.Stop()
	// 202 and 206 mean that the server still works on it.
	for pause := 50 * time.Millisecond; a.Status == http.StatusAccepted || a.Status == http.StatusPartialContent; pause *= 2 {
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-deadline.C:
			return "", errNotReady
		case <-time.After(pause):
		}
		call := p.call(http.MethodGet, "/api/v1/media/"+url.PathEscape(m.ID), nil)
		call.Reads = true
		if a, err = p.rest.Do(ctx, call); err != nil {
			return "", err
		}
		if err := p.judge(a, nil); err != nil {
			return "", err
		}
	}
	return m.ID, nil
}

func (p *Publisher) header() http.Header {
	return http.Header{"Authorization": {"Bearer " + p.token}}
}

// call is a call with a body of JSON, or with none.
func (p *Publisher) call(method, path string, body any) rest.Call {
	call := rest.Call{Method: method, URL: p.server + path}
	if body != nil {
		call, _ = rest.JSON(method, p.server+path, body) // maps of strings, numbers and lists always marshal
	}
	call.Header = p.header()
	return call
}

// do makes a call that changes something and reads its answer.
func (p *Publisher) do(ctx context.Context, call rest.Call, v any) error {
	a, err := p.rest.Do(ctx, call)
	if err := p.judge(a, err); err != nil {
		return err
	}
	return a.JSON(v)
}

// read makes a call that changes nothing and reads its answer.
func (p *Publisher) read(ctx context.Context, path string, v any) error {
	call := p.call(http.MethodGet, path, nil)
	call.Reads = true
	a, err := p.rest.Do(ctx, call)
	if err := p.judge(a, err); err != nil {
		return err
	}
	if err := a.JSON(v); err != nil {
		return p.rest.Errorf(nil, "%s answers with no JSON", path)
	}
	return nil
}

// judge says what an answer means.
func (p *Publisher) judge(a rest.Answer, err error) error {
	var retry *guitu.RetryError
	if errors.As(err, &retry) && a.Header.Get("Retry-After") == "" {
		// Mastodon says in a header of its own when its five minutes are over.
		if at, e := time.Parse(time.RFC3339, a.Header.Get("X-RateLimit-Reset")); e == nil {
			retry.After = min(max(at.Sub(p.o.Now()), time.Second), time.Hour)
		}
	}
	if err != nil {
		return err
	}
	var said struct {
		Error string `json:"error"`
	}
	if a.Status >= 400 {
		_ = a.JSON(&said) // without words the status has to do
	}
	return p.rest.Refusal(a, said.Error)
}
