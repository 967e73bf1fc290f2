// Package x publishes notices by an account on X, formerly Twitter, through dghubble/go-twitter and a bridge from the interface that
// it speaks to the one that X still has.
//
// X knows no keys that make a post idempotent, and refuses the same text twice. What was lost is looked for in the account's own
// timeline. A post can't be edited here; it can be deleted.
package x

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

	"github.com/dghubble/go-twitter/twitter" //nolint:staticcheck // its author has ended it; three of its calls are used, behind the bridge
	"github.com/dghubble/oauth1"

	"guitu"
	"guitu/publishers"
	"guitu/publishers/rest"
)

// limits are those of a post without a subscription (docs.x.com). A hanzi weighs two, an address 23. An account may post 100 times in
// 15 minutes.
var limits = publishers.Limits{Text: 280, Count: publishers.Weighted, Pictures: 4, Alt: 1000, PictureBytes: 5 << 20}

// Keys are an account's four OAuth 1.0a credentials (developer portal, "Keys and tokens"), with the right to write.
type Keys struct {
	ConsumerKey, ConsumerSecret string // of the application
	Token, TokenSecret          string // of the account
}

// Options of a Publisher.
type Options struct {
	rest.Options
	// Name tells accounts apart, "x" when it is empty.
	Name string
	// API is where the interface is, https://api.x.com when it is empty.
	API string
}

// Publisher publishes by one account.
type Publisher struct {
	rest *rest.Client // signs what it sends
	o    Options
}

var (
	_ guitu.Publisher = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
	_ guitu.Budgeted  = (*Publisher)(nil)
	_ guitu.Finder    = (*Publisher)(nil)
	_ guitu.Puller    = (*Publisher)(nil)
	_ guitu.Prober    = (*Publisher)(nil)
)

// New returns a Publisher for the account with some keys.
func New(k Keys, o Options) (*Publisher, error) {
	if k.ConsumerKey == "" || k.ConsumerSecret == "" || k.Token == "" || k.TokenSecret == "" {
		return nil, errors.New("x: one of the four keys is missing")
	}
	if o.Name == "" {
		o.Name = "x"
	}
	if o.API == "" {
		o.API = "https://api.x.com"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	// oauth1 takes what is under it from a context.
	ctx := context.WithValue(context.Background(), oauth1.HTTPClient, &http.Client{Transport: o.Transport})
	signed := o.Options
	signed.Transport = oauth1.NewConfig(k.ConsumerKey, k.ConsumerSecret).Client(ctx, oauth1.NewToken(k.Token, k.TokenSecret)).Transport
	return &Publisher{rest: rest.New(o.Name, signed, k.ConsumerKey, k.ConsumerSecret, k.Token, k.TokenSecret), o: o}, nil
}

// Name returns "x", or the account's name from the configuration.
func (p *Publisher) Name() string { return p.o.Name }

// library returns go-twitter for one call.
func (p *Publisher) library(ctx context.Context) *twitter.Client {
	return twitter.NewClient(&http.Client{Transport: bridge{ctx, p}})
}

// Budgets are what an account may do (docs.x.com, rate limits by user). Each endpoint has one of its own. Those of pictures and
// of the timeline are not reached by what the others leave: 500 and 900.
func (*Publisher) Budgets() []guitu.Budget {
	const per = 15 * time.Minute
	return []guitu.Budget{
		{Name: "posts in 15 minutes", Most: 100, Per: per, Cost: func(c guitu.Call, pub guitu.Publication) int {
			switch {
			case c != guitu.CallPublish:
				return 0
			case pub.ReplyTo.ExternalID != "":
				return 2 // once more by itself, when what it replies to is gone
			}
			return 1
		}},
		{Name: "deletes in 15 minutes", Most: 50, Per: per, Cost: func(c guitu.Call, _ guitu.Publication) int {
			return map[guitu.Call]int{guitu.CallPull: 1}[c]
		}},
		{Name: "looks at the account in 15 minutes", Most: 75, Per: per, Cost: func(c guitu.Call, _ guitu.Publication) int {
			return map[guitu.Call]int{guitu.CallFind: 1, guitu.CallProbe: 1}[c]
		}},
	}
}

// Publish posts the notice in Chinese, with its pictures.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	var params twitter.StatusUpdateParams
	for _, picture := range limits.Take(pub.Pictures) {
		id, err := p.upload(ctx, picture)
		switch {
		case errors.Is(err, guitu.ErrRejected):
			continue // The words must not wait for it.
		case errors.Is(err, guitu.ErrUnknown):
			// A picture without a post is seen by nobody.
			return guitu.Receipt{}, p.rest.Errorf(nil, "the answer for a picture was lost")
		case err != nil:
			return guitu.Receipt{}, err
		}
		params.MediaIds = append(params.MediaIds, id)
	}
	params.InReplyToStatusID, _ = strconv.ParseInt(pub.ReplyTo.ExternalID, 10, 64) // 0 is none
	made, _, err := p.library(ctx).Statuses.Update(text(pub), &params)             //nolint:bodyclose // the library closes it
	if errors.Is(err, errNoParent) {
		params.InReplyToStatusID = 0
		made, _, err = p.library(ctx).Statuses.Update(text(pub), &params) //nolint:bodyclose // the library closes it
	}
	if err != nil {
		return guitu.Receipt{}, plain(err)
	}
	if made.IDStr == "" {
		return guitu.Receipt{}, p.rest.Errorf(guitu.ErrUnknown, "the answer has no post")
	}
	return receipt(made.IDStr), nil
}

// plain takes off what net/http puts around an error: the address of an interface that was not called.
func plain(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func receipt(id string) guitu.Receipt {
	return guitu.Receipt{ExternalID: id, URL: "https://x.com/i/web/status/" + id}
}

// Preview returns the text and the pictures of a post.
func (*Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	return text(pub), limits.Take(pub.Pictures)
}

func text(pub guitu.Publication) string {
	return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, limits)
}

// upload brings a picture to X and says what it shows.
func (p *Publisher) upload(ctx context.Context, picture guitu.Picture) (int64, error) {
	call, err := rest.Multipart(p.o.API+"/2/media/upload", map[string]string{"media_category": "tweet_image"},
		rest.File{Field: "media", Name: picture.Name, Type: picture.Type, Bytes: picture.Bytes})
	if err != nil {
		return 0, err
	}
	var made struct {
		Data struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := p.do(ctx, call, &made); err != nil {
		return 0, err
	}
	id, err := strconv.ParseInt(made.Data.ID, 10, 64)
	if err != nil {
		return 0, p.rest.Errorf(guitu.ErrUnknown, "the answer has no picture")
	}
	alt := limits.AltText(picture, guitu.Chinese)
	if alt == "" {
		return id, nil
	}
	call, err = rest.JSON(http.MethodPost, p.o.API+"/2/media/metadata", map[string]any{
		"id": made.Data.ID, "metadata": map[string]any{"alt_text": map[string]string{"text": alt}},
	})
	if err != nil {
		return 0, err
	}
	return id, p.do(ctx, call, &struct{}{})
}

// Find looks for the publication among the account's latest 100 posts. X shortens addresses, so they are not compared; the check code
// stands in the text. The application's plan must let it read.
func (p *Publisher) Find(ctx context.Context, pub guitu.Publication) (guitu.Receipt, bool, error) {
	me, _, err := p.library(ctx).Accounts.VerifyCredentials(nil) //nolint:bodyclose // the library closes it
	if err != nil {
		return guitu.Receipt{}, false, plain(err)
	}
	var latest struct {
		Data []struct {
			ID   string `json:"id"`
			Text string `json:"text"`
		} `json:"data"`
	}
	call := rest.Call{Method: http.MethodGet, URL: p.o.API + "/2/users/" + url.PathEscape(me.IDStr) + "/tweets?max_results=100", Reads: true}
	if err := p.do(ctx, call, &latest); err != nil {
		if errors.Is(err, guitu.ErrUnknown) {
			err = p.rest.Errorf(nil, "the timeline can't be read")
		}
		return guitu.Receipt{}, false, err
	}
	want := bare(text(pub))
	for _, t := range latest.Data {
		if bare(html.UnescapeString(t.Text)) == want {
			return receipt(t.ID), true, nil
		}
	}
	return guitu.Receipt{}, false, nil
}

// bare is a text without addresses and spaces.
func bare(text string) string {
	var b strings.Builder
	for _, w := range strings.Fields(text) {
		if !strings.HasPrefix(w, "http://") && !strings.HasPrefix(w, "https://") {
			b.WriteString(w)
		}
	}
	return b.String()
}

// Pull deletes the post. Deleting one that is not there is no error to X.
func (p *Publisher) Pull(ctx context.Context, pub guitu.Publication) error {
	id, err := strconv.ParseInt(pub.Receipt.ExternalID, 10, 64)
	if err != nil {
		return p.rest.Errorf(guitu.ErrRejected, "receipt %q names no post", pub.Receipt.ExternalID)
	}
	_, _, err = p.library(ctx).Statuses.Destroy(id, nil) //nolint:bodyclose // the library closes it
	if errors.Is(err, errGone) {
		return nil
	}
	return plain(err)
}

// Probe says who the account is.
func (p *Publisher) Probe(ctx context.Context) (guitu.Account, error) {
	me, _, err := p.library(ctx).Accounts.VerifyCredentials(nil) //nolint:bodyclose // the library closes it
	if err != nil {
		return guitu.Account{}, plain(err)
	}
	return guitu.Account{Name: "@" + me.ScreenName, May: []string{"post", "pictures", "delete"}}, nil
}

// What X says of a call that is no trouble of the notice's.
var (
	errNoParent = fmt.Errorf("%w: what it replies to is gone", guitu.ErrRejected)
	errGone     = fmt.Errorf("%w: no such post", guitu.ErrRejected)
)

// do makes a call of v2 and reads its answer.
func (p *Publisher) do(ctx context.Context, call rest.Call, v any) error {
	a, err := p.rest.Do(ctx, call)
	var retry *guitu.RetryError
	if errors.As(err, &retry) && a.Header.Get("Retry-After") == "" {
		if at, e := strconv.ParseInt(a.Header.Get("x-rate-limit-reset"), 10, 64); e == nil {
			retry.After = min(max(time.Unix(at, 0).Sub(p.o.Now()), time.Second), 24*time.Hour)
		}
	}
	if err != nil {
		return err
	}
	if a.Status >= 400 {
		return p.judge(a)
	}
	if err := json.Unmarshal(a.Body, v); err != nil {
		return p.rest.Errorf(guitu.ErrUnknown, "status %d, and no JSON of X", a.Status)
	}
	return nil
}

// judge says what a refusal means (docs.x.com, response codes): the status does not tell the account's trouble from the post's.
func (p *Publisher) judge(a rest.Answer) error {
	var said struct {
		Title  string `json:"title"`
		Detail string `json:"detail"`
	}
	_ = json.Unmarshal(a.Body, &said) // without words the status has to do
	why := strings.TrimSpace(strconv.Itoa(a.Status) + " " + said.Title + ": " + said.Detail)
	detail := strings.ToLower(said.Detail)
	switch {
	case a.Status == http.StatusForbidden && strings.Contains(detail, "duplicate content"):
		// It went out before, and its answer was lost.
		return p.rest.Errorf(guitu.ErrUnknown, "%s", why)
	case a.Status == http.StatusForbidden && strings.Contains(detail, "reply"), a.Status == http.StatusBadRequest && strings.Contains(detail, "in_reply_to_tweet_id"):
		return p.rest.Errorf(errNoParent, "%s", why)
	case a.Status == http.StatusForbidden && strings.Contains(detail, "media"):
		return p.rest.Errorf(guitu.ErrRejected, "%s", why)
	case a.Status == http.StatusNotFound:
		return p.rest.Errorf(errGone, "%s", why)
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden:
		return p.rest.Errorf(guitu.ErrUnauthorized, "OAuth keys: %s", why)
	case a.Status == http.StatusPaymentRequired:
		return p.rest.Errorf(guitu.ErrUnauthorized, "the plan's credit is used up: %s", why)
	}
	return p.rest.Refusal(a, why)
}
