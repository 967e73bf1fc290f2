// Package weibo publishes notices by an account on Weibo: through the share interface, which every application has, or through the
// commercial one, which takes long posts and nine pictures and is had by contract.
//
// Weibo knows no keys that make a post idempotent, and refuses the same text twice in a row. What was lost is looked for in the
// account's own timeline. A post can't be edited here; it can be deleted.
package weibo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"guitu"
	"guitu/publishers"
	"guitu/publishers/rest"
)

// The limits of both interfaces (open.weibo.com/wiki, 2/statuses/share and C/2/statuses/upload_url_text/biz). An account may make
// 100 calls a day through the share interface, and post 30 times an hour.
var (
	shareLimits      = publishers.Limits{Text: 140, Count: publishers.Hanzi, Pictures: 1, PictureBytes: maxPicture}
	commercialLimits = publishers.Limits{Text: 2000, Count: publishers.Hanzi, Pictures: 9, PictureBytes: maxPicture}
)

const (
	maxPicture = 5_000_000 // bytes; "less than 5M"
	short      = 140       // hanzi of a post that is not marked as a long one
)

// Options of a Publisher.
type Options struct {
	rest.Options
	// Name tells accounts apart, "weibo" when it is empty.
	Name string
	// Commercial says that the application may use the commercial interface.
	Commercial bool
	// IP is our own address as Weibo sees it, which it asks for ("rip"); "" leaves it out.
	IP string
	// API and CommercialAPI are where the interfaces are, https://api.weibo.com and https://c.api.weibo.com when empty.
	API, CommercialAPI string
}

// Publisher publishes by one account.
type Publisher struct {
	rest   *rest.Client
	token  string
	limits publishers.Limits
	o      Options
}

var (
	_ guitu.Publisher = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
	_ guitu.Finder    = (*Publisher)(nil)
	_ guitu.Puller    = (*Publisher)(nil)
	_ guitu.Prober    = (*Publisher)(nil)
)

// New returns a Publisher for the account that a token was given for (open.weibo.com/wiki/Oauth2). A reviewed application's token
// lives 30 days, that of the application's own owner five years. The notices' links must lie under the domain that the application
// is bound to.
func New(token string, o Options) (*Publisher, error) {
	if token == "" {
		return nil, errors.New("weibo: the token is missing")
	}
	if o.Name == "" {
		o.Name = "weibo"
	}
	if o.API == "" {
		o.API = "https://api.weibo.com"
	}
	if o.CommercialAPI == "" {
		o.CommercialAPI = "https://c.api.weibo.com"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Publisher{rest: rest.New(o.Name, o.Options, token), token: token, limits: shareLimits, o: o}
	if o.Commercial {
		p.limits = commercialLimits
	}
	return p, nil
}

// Name returns "weibo", or the account's name from the configuration.
func (p *Publisher) Name() string { return p.o.Name }

// status is a post as Weibo tells it.
type status struct {
	ID   string `json:"idstr"`
	Text string `json:"text"`
	User struct {
		ID string `json:"idstr"`
	} `json:"user"`
	Annotations []annotation `json:"annotations"`
}

// annotation goes with a post of the commercial interface and is told with it.
type annotation struct {
	Key string `json:"guitu"`
}

// Publish posts the notice in Chinese, with its pictures.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	post := p.share
	if p.o.Commercial {
		post = p.commercial
	}
	s, err := post(ctx, pub)
	if err != nil {
		return guitu.Receipt{}, err
	}
	if s.ID == "" {
		return guitu.Receipt{}, p.rest.Errorf(guitu.ErrUnknown, "the answer has no post")
	}
	return receipt(s), nil
}

func receipt(s status) guitu.Receipt {
	r := guitu.Receipt{ExternalID: s.ID, URL: "https://m.weibo.cn/status/" + s.ID}
	if s.User.ID != "" {
		r.URL = "https://m.weibo.cn/" + s.User.ID + "/" + s.ID
	}
	return r
}

// share posts through the share interface. A picture that Weibo does not take is left out.
func (p *Publisher) share(ctx context.Context, pub guitu.Publication) (s status, err error) {
	fields := map[string]string{"access_token": p.token, "status": p.text(pub)}
	if p.o.IP != "" {
		fields["rip"] = p.o.IP
	}
	address := p.o.API + "/2/statuses/share.json"
	for _, picture := range p.limits.Take(pub.Pictures) {
		call, err := rest.Multipart(address, fields, rest.File{Field: "pic", Name: picture.Name, Type: picture.Type, Bytes: picture.Bytes})
		if err != nil {
			return s, err
		}
		if err = p.do(ctx, call, &s); !errors.Is(err, errPicture) {
			return s, err
		}
	}
	return s, p.do(ctx, form(address, fields), &s)
}

// commercial posts through the commercial interface.
func (p *Publisher) commercial(ctx context.Context, pub guitu.Publication) (s status, err error) {
	var ids []string
	for _, picture := range p.limits.Take(pub.Pictures) {
		id, err := p.upload(ctx, picture)
		switch {
		case errors.Is(err, errPicture) || errors.Is(err, guitu.ErrRejected):
			continue
		case errors.Is(err, guitu.ErrUnknown):
			// A picture without a post is seen by nobody.
			return s, p.rest.Errorf(nil, "the answer for a picture was lost")
		case err != nil:
			return s, err
		}
		ids = append(ids, id)
	}
	mark, err := json.Marshal([]annotation{{pub.Key}})
	if err != nil {
		return s, err
	}
	text := p.text(pub)
	fields := map[string]string{"access_token": p.token, "status": text, "annotations": string(mark)}
	if publishers.Hanzi(text) > short {
		fields["is_longtext"] = "1"
	}
	if p.o.IP != "" {
		fields["rip"] = p.o.IP
	}
	address := p.o.CommercialAPI + "/2/statuses/update/biz.json"
	if len(ids) > 0 {
		fields["pic_id"] = strings.Join(ids, ",")
		address = p.o.CommercialAPI + "/2/statuses/upload_url_text/biz.json"
	}
	return s, p.do(ctx, form(address, fields), &s)
}

func (p *Publisher) upload(ctx context.Context, picture guitu.Picture) (string, error) {
	call, err := rest.Multipart(p.o.CommercialAPI+"/2/statuses/upload_pic/biz.json", map[string]string{"access_token": p.token},
		rest.File{Field: "pic", Name: picture.Name, Type: picture.Type, Bytes: picture.Bytes})
	if err != nil {
		return "", err
	}
	var answer struct {
		ID string `json:"pic_id"`
	}
	if err := p.do(ctx, call, &answer); err != nil {
		return "", err
	}
	return answer.ID, nil
}

// Find looks for the publication among the account's latest 100 posts: by its mark where the commercial interface keeps one, else by
// its text. Weibo shortens addresses, so they are not compared; the check code stands in the text.
func (p *Publisher) Find(ctx context.Context, pub guitu.Publication) (guitu.Receipt, bool, error) {
	var latest struct {
		Statuses []status `json:"statuses"`
	}
	q := url.Values{"access_token": {p.token}, "count": {"100"}}
	call := rest.Call{Method: http.MethodGet, URL: p.o.API + "/2/statuses/user_timeline.json?" + q.Encode(), Reads: true}
	if err := p.do(ctx, call, &latest); err != nil {
		if errors.Is(err, guitu.ErrUnknown) {
			err = p.rest.Errorf(nil, "the timeline can't be read")
		}
		return guitu.Receipt{}, false, err
	}
	want := bare(p.text(pub))
	for _, s := range latest.Statuses {
		if s.Annotations != nil && s.Annotations[0].Key == pub.Key || len(s.Annotations) == 0 && bare(html.UnescapeString(s.Text)) == want {
			return receipt(s), true, nil
		}
	}
	return guitu.Receipt{}, false, nil
}

// bare is a text without addresses and spaces.
func bare(text string) string {
	var words []string
	for _, w := range strings.Fields(text) {
		if !strings.HasPrefix(w, "http://") && !strings.HasPrefix(w, "https://") {
			words = append(words, w)
		}
	}
	return strings.Join(words, "")
}

// Pull deletes the post.
func (p *Publisher) Pull(ctx context.Context, pub guitu.Publication) error {
	err := p.do(ctx, form(p.o.API+"/2/statuses/destroy.json", map[string]string{"access_token": p.token, "id": pub.Receipt.ExternalID}), &status{})
	if errors.Is(err, errGone) {
		return nil
	}
	return err
}

// Probe says whose token it is, until when, and what is left of its calls.
func (p *Publisher) Probe(ctx context.Context) (guitu.Account, error) {
	var token struct {
		User  json.Number `json:"uid"`
		Scope string      `json:"scope"`
		Left  int64       `json:"expire_in"` // seconds
	}
	call := form(p.o.API+"/oauth2/get_token_info", map[string]string{"access_token": p.token})
	call.Reads = true
	if err := p.do(ctx, call, &token); err != nil {
		return guitu.Account{}, err
	}
	if token.Left <= 0 {
		return guitu.Account{}, p.rest.Errorf(guitu.ErrUnauthorized, "access_token: it has expired")
	}
	a := guitu.Account{Name: token.User.String(), May: []string{"share", "delete"}, Expires: p.o.Now().Add(time.Duration(token.Left) * time.Second)}
	if p.o.Commercial {
		a.May = []string{"long posts", "9 pictures", "delete"}
	}
	var limits struct {
		Left *int `json:"remaining_user_hits"`
	}
	call = rest.Call{Method: http.MethodGet, URL: p.o.API + "/2/account/rate_limit_status.json?access_token=" + url.QueryEscape(p.token), Reads: true}
	// Not every application may ask; the account works without.
	if err := p.do(ctx, call, &limits); err == nil && limits.Left != nil {
		a.Left = map[string]int{"calls": *limits.Left}
	}
	return a, nil
}

// Preview returns the text and the pictures of a post.
func (p *Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	return p.text(pub), p.limits.Take(pub.Pictures)
}

// text is the notice. The share interface refuses #topics#, and the commercial one would make links of them: a full-width ＃ makes
// none.
func (p *Publisher) text(pub guitu.Publication) string {
	return strings.ReplaceAll(publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, p.count()), "#", "＃")
}

// count counts a # as the full-width one that it becomes.
func (p *Publisher) count() publishers.Limits {
	l := p.limits
	l.Count = func(s string) int { return publishers.Hanzi(strings.ReplaceAll(s, "#", "＃")) }
	return l
}

func form(address string, fields map[string]string) rest.Call {
	v := url.Values{}
	for k, f := range fields {
		v.Set(k, f)
	}
	return rest.Form(address, v)
}

// do makes a call and reads its answer.
func (p *Publisher) do(ctx context.Context, call rest.Call, v any) error {
	a, err := p.rest.Do(ctx, call)
	// Weibo's own answers come with 400 and 403 and, for its own trouble, 500 and 503.
	if said := p.judge(a); said != nil {
		return said
	}
	if err != nil {
		return err
	}
	if err := p.rest.Refusal(a, ""); err != nil {
		return err
	}
	if err := json.Unmarshal(a.Body, v); err != nil {
		return p.rest.Errorf(guitu.ErrUnknown, "status %d, and no JSON of Weibo", a.Status)
	}
	return nil
}

// What Weibo says of a call that is no trouble of the notice's.
var (
	errPicture = fmt.Errorf("%w: the picture", guitu.ErrRejected)
	errGone    = fmt.Errorf("%w: no such post", guitu.ErrRejected)
)

// judge says what an error of Weibo's means, nil when the answer is none (open.weibo.com/wiki/Error_code).
func (p *Publisher) judge(a rest.Answer) error {
	var said struct {
		Code json.Number `json:"error_code"` // a number, or a number in quotes
		Text string      `json:"error"`
	}
	if json.Unmarshal(a.Body, &said) != nil || said.Code == "" {
		return nil
	}
	code, err := strconv.Atoi(said.Code.String())
	if err != nil {
		return nil
	}
	why := fmt.Sprintf("error_code %d: %s", code, said.Text)
	switch code {
	case 10022, 10023, 10024, 20016, 20046: // calls of the address, the account, this interface; posts too fast
		return &guitu.RetryError{After: p.wait(a), Err: p.rest.Errorf(nil, "%s", why)}
	case 10001, 10003, 10010, 10011: // its own trouble, in the midst of things
		return p.rest.Errorf(guitu.ErrUnknown, "%s", why)
	case 20032: // "Update success, while server slow now": to be looked for
		return p.rest.Errorf(guitu.ErrUnknown, "%s", why)
	case 10002, 10009: // out of service, too many before us: not taken
		return p.rest.Errorf(nil, "%s", why)
	case 20017, 20019, 20111: // the same text again: it went out before, and its answer was lost
		return p.rest.Errorf(guitu.ErrUnknown, "%s", why)
	case 20005, 20006, 20007: // picture of a wrong type, too large, none
		return p.rest.Errorf(errPicture, "%s", why)
	case 20101, 20132, 20201: // no such post, deleted, no such comment
		return p.rest.Errorf(errGone, "%s", why)
	case 10004, 10005, 10006, 10013, 10014, 20003: // our address or the application may not, the account is none
		return p.rest.Errorf(guitu.ErrUnauthorized, "application: %s", why)
	}
	if code >= 21300 && code < 21400 { // OAuth: expired, revoked, wrong
		return p.rest.Errorf(guitu.ErrUnauthorized, "access_token: %s", why)
	}
	return p.rest.Errorf(guitu.ErrRejected, "%s", why)
}

// wait is how long calls are not taken: Weibo counts by the hour, and says nothing of when it began.
func (p *Publisher) wait(a rest.Answer) time.Duration {
	if n, err := strconv.Atoi(a.Header.Get("Retry-After")); err == nil && n > 0 {
		return time.Duration(n) * time.Second
	}
	return p.o.Now().Truncate(time.Hour).Add(time.Hour).Sub(p.o.Now()) + time.Minute
}
