// Package bluesky publishes notices by an account of the AT Protocol, on Bluesky's own server or another.
//
// Each publication has a record key of its own that follows from the delivery, so that writing it again is the same post: the
// server keeps one record of a key. Bluesky's application shows no edits of a post, so there are none; a post can be deleted.
package bluesky

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
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

// limits are those of app.bsky.feed.post and app.bsky.embed.images (their lexicons, atproto.com). Of the alt text the lexicon says
// nothing; Bluesky's application takes so much. There is a limit of 3000 bytes of text, too, which 300 characters can reach by
// emoji of many parts only.
var limits = publishers.Limits{Text: 300, Count: count, Pictures: 4, Alt: 2000, PictureBytes: 1_000_000}

// count counts characters as people see them, and at least one for each ten bytes, so that both limits of a text are kept.
func count(s string) int { return max(publishers.Graphemes(s), (len(s)+9)/10) }

const collection = "app.bsky.feed.post"

// Options of a Publisher.
type Options struct {
	rest.Options
	// Name tells accounts apart, "bluesky" when it is empty.
	Name string
}

// Publisher publishes by one account.
type Publisher struct {
	rest    *rest.Client
	server  string
	session *session
	o       Options
}

var (
	_ guitu.Publisher = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
	_ guitu.Budgeted  = (*Publisher)(nil)
	_ guitu.Finder    = (*Publisher)(nil)
	_ guitu.Puller    = (*Publisher)(nil)
	_ guitu.Prober    = (*Publisher)(nil)
)

// New returns a Publisher for the account with a handle ("guitu.bsky.social") on the personal data server at an address
// ("https://bsky.social"). The password should be one for applications, which can be taken back.
func New(server, handle, password string, o Options) (*Publisher, error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Path != "" && u.Path != "/" {
		return nil, fmt.Errorf("bluesky: the server should be an address like https://bsky.social, not %q", server)
	}
	if handle == "" || password == "" {
		return nil, errors.New("bluesky: the handle or the password is missing")
	}
	if o.Name == "" {
		o.Name = "bluesky"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Publisher{rest: rest.New(o.Name, o.Options, password), server: strings.TrimRight(server, "/"), o: o}
	p.session = &session{p: p, handle: strings.TrimPrefix(handle, "@"), password: password}
	return p, nil
}

// Name returns "bluesky", or the account's name from the configuration.
func (p *Publisher) Name() string { return p.o.Name }

// link is a strong reference to a record.
type link struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

// post is a record of app.bsky.feed.post.
type post struct {
	Type      string   `json:"$type"`
	Text      string   `json:"text"`
	CreatedAt string   `json:"createdAt"`
	Langs     []string `json:"langs"`
	Facets    []facet  `json:"facets,omitempty"`
	Embed     *embed   `json:"embed,omitempty"`
	Reply     *reply   `json:"reply,omitempty"`
}

type facet struct {
	Index    index     `json:"index"`
	Features []feature `json:"features"`
}

// index counts bytes of UTF-8.
type index struct {
	Start int `json:"byteStart"`
	End   int `json:"byteEnd"`
}

type feature struct {
	Type string `json:"$type"`
	URI  string `json:"uri"`
}

type embed struct {
	Type   string  `json:"$type"`
	Images []image `json:"images"`
}

type image struct {
	Blob  json.RawMessage `json:"image"`
	Alt   string          `json:"alt"`
	Ratio *ratio          `json:"aspectRatio,omitempty"`
}

type ratio struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

type reply struct {
	Root   link `json:"root"`
	Parent link `json:"parent"`
}

// Budgets are what an account may write on Bluesky's own servers (docs.bsky.app, rate limits, in points). Reading and pictures have
// none that an account alone could reach: 3,000 requests in five minutes.
func (*Publisher) Budgets() []guitu.Budget {
	points := func(c guitu.Call, _ guitu.Publication) int {
		return map[guitu.Call]int{guitu.CallPublish: 3, guitu.CallPull: 1}[c]
	}
	return []guitu.Budget{
		{Name: "points an hour", Most: 5000, Per: time.Hour, Cost: points},
		{Name: "points a day", Most: 35_000, Per: 24 * time.Hour, Cost: points},
	}
}

// Publish writes the post, in Chinese and with its pictures.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	record := p.record(pub)
	var err error
	if record.Embed, err = p.upload(ctx, pub.Pictures); err != nil {
		return guitu.Receipt{}, err
	}
	if record.Reply, err = p.thread(ctx, pub.ReplyTo); err != nil {
		return guitu.Receipt{}, err
	}
	did, err := p.session.did(ctx)
	if err != nil {
		return guitu.Receipt{}, err
	}
	var made link
	err = p.session.call(ctx, "com.atproto.repo.putRecord", map[string]any{
		"repo": did, "collection": collection, "rkey": rkey(pub), "record": record,
	}, &made)
	if err != nil {
		return guitu.Receipt{}, err
	}
	if made.URI == "" {
		return guitu.Receipt{}, p.rest.Errorf(guitu.ErrUnknown, "the answer has no record")
	}
	return p.receipt(made.URI), nil
}

// Find looks whether the record with the publication's key is there.
func (p *Publisher) Find(ctx context.Context, pub guitu.Publication) (guitu.Receipt, bool, error) {
	did, err := p.session.did(ctx)
	if err != nil {
		return guitu.Receipt{}, false, err
	}
	uri := "at://" + did + "/" + collection + "/" + rkey(pub)
	_, _, ok, err := p.get(ctx, uri)
	if err != nil || !ok {
		return guitu.Receipt{}, false, err
	}
	return p.receipt(uri), true, nil
}

// Pull deletes the post.
func (p *Publisher) Pull(ctx context.Context, pub guitu.Publication) error {
	repo, key, ok := split(pub.Receipt.ExternalID)
	if !ok {
		return p.rest.Errorf(guitu.ErrRejected, "receipt %q names no post", pub.Receipt.ExternalID)
	}
	return p.session.call(ctx, "com.atproto.repo.deleteRecord", map[string]any{"repo": repo, "collection": collection, "rkey": key}, nil)
}

// Probe says who the account is.
func (p *Publisher) Probe(ctx context.Context) (guitu.Account, error) {
	var me struct {
		Handle string `json:"handle"`
		Active *bool  `json:"active"`
		Status string `json:"status"`
	}
	if err := p.session.read(ctx, "com.atproto.server.getSession", nil, &me); err != nil {
		return guitu.Account{}, err
	}
	if me.Active != nil && !*me.Active {
		return guitu.Account{}, p.rest.Errorf(guitu.ErrUnauthorized, "the account is not active: %s", me.Status)
	}
	return guitu.Account{Name: me.Handle, May: []string{"post", "pictures", "delete"}}, nil
}

func (p *Publisher) receipt(uri string) guitu.Receipt {
	repo, key, _ := split(uri)
	return guitu.Receipt{ExternalID: uri, URL: "https://bsky.app/profile/" + repo + "/post/" + key}
}

// split takes the address of a post apart: at://did:plc:x/app.bsky.feed.post/3k….
func split(uri string) (repo, key string, ok bool) {
	parts := strings.Split(strings.TrimPrefix(uri, "at://"), "/")
	if len(parts) != 3 || parts[1] != collection || parts[0] == "" || parts[2] == "" {
		return "", "", false
	}
	return parts[0], parts[2], true
}

// Preview returns the text and the pictures of a post.
func (p *Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	return p.record(pub).Text, limits.Take(pub.Pictures)
}

// record makes the post without what must be asked of the server.
func (p *Publisher) record(pub guitu.Publication) post {
	text := publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, limits)
	record := post{
		Type: collection, Text: text, Langs: []string{"zh"},
		CreatedAt: pub.Notice.MadeAt.UTC().Format("2006-01-02T15:04:05.000Z"),
	}
	// An address is not clickable by itself. Plain sets it at the end.
	if i := strings.LastIndex(text, pub.Link); pub.Link != "" && i >= 0 {
		record.Facets = []facet{{
			Index:    index{Start: i, End: i + len(pub.Link)},
			Features: []feature{{Type: "app.bsky.richtext.facet#link", URI: pub.Link}},
		}}
	}
	return record
}

// upload brings pictures to the server. One that the server does not take is left out: the words must not wait for it.
func (p *Publisher) upload(ctx context.Context, pictures []guitu.Picture) (*embed, error) {
	e := &embed{Type: "app.bsky.embed.images"}
	for _, picture := range limits.Take(pictures) {
		var answer struct {
			Blob json.RawMessage `json:"blob"`
		}
		err := p.session.upload(ctx, picture.Type, picture.Bytes, &answer)
		switch {
		case errors.Is(err, guitu.ErrRejected):
			continue
		case errors.Is(err, guitu.ErrUnknown):
			// A blob to which no record leads is thrown away by the server.
			return nil, p.rest.Errorf(nil, "the answer for a picture was lost")
		case err != nil:
			return nil, err
		}
		i := image{Blob: answer.Blob, Alt: limits.AltText(picture, guitu.Chinese)}
		if picture.Width > 0 && picture.Height > 0 {
			i.Ratio = &ratio{picture.Width, picture.Height}
		}
		e.Images = append(e.Images, i)
	}
	if len(e.Images) == 0 {
		return nil, nil
	}
	return e, nil
}

// thread returns what makes a post a reply, nil when it is none or when what it replies to is gone.
func (p *Publisher) thread(ctx context.Context, to guitu.Receipt) (*reply, error) {
	if to.ExternalID == "" {
		return nil, nil
	}
	cid, parent, ok, err := p.get(ctx, to.ExternalID)
	if err != nil || !ok {
		return nil, err
	}
	r := &reply{Parent: link{to.ExternalID, cid}, Root: link{to.ExternalID, cid}}
	if parent.Reply != nil {
		r.Root = parent.Reply.Root
	}
	return r, nil
}

// get reads a post; ok is false when it is not there.
func (p *Publisher) get(ctx context.Context, uri string) (cid string, record post, ok bool, err error) {
	repo, key, ok := split(uri)
	if !ok {
		return "", post{}, false, nil
	}
	var answer struct {
		CID   string `json:"cid"`
		Value post   `json:"value"`
	}
	err = p.session.read(ctx, "com.atproto.repo.getRecord", url.Values{"repo": {repo}, "collection": {collection}, "rkey": {key}}, &answer)
	if errors.Is(err, errNoRecord) {
		return "", post{}, false, nil
	}
	return answer.CID, answer.Value, err == nil, err
}

// tidAlphabet is base32 in the order of ASCII (atproto.com/specs/tid).
const tidAlphabet = "234567abcdefghijklmnopqrstuvwxyz"

// rkey returns the record key of a publication, a TID: 13 characters for 53 bits of microseconds since 1970 and 10 bits that
// tell clocks apart. The time is the notice's; what is finer than its milliseconds, and the clock, follow from the key.
func rkey(pub guitu.Publication) string {
	sum := sha256.Sum256([]byte(pub.Key))
	h := binary.BigEndian.Uint64(sum[:])
	n := uint64(pub.Notice.MadeAt.UnixMilli())*1000 + h%1000 //nolint:gosec // no notice was made before 1970
	n = n<<10 | h>>54
	var tid [13]byte
	for i := len(tid) - 1; i >= 0; i-- {
		tid[i] = tidAlphabet[n&31]
		n >>= 5
	}
	return string(tid[:])
}

// errNoRecord: there is no record with a key.
var errNoRecord = errors.New("no such record")

// judge says what an answer means. It returns errToken when the access token has ended.
func (p *Publisher) judge(a rest.Answer, err error) error {
	var retry *guitu.RetryError
	if errors.As(err, &retry) && a.Header.Get("Retry-After") == "" {
		var reset int64
		if _, e := fmt.Sscan(a.Header.Get("RateLimit-Reset"), &reset); e == nil {
			retry.After = min(max(time.Unix(reset, 0).Sub(p.o.Now()), time.Second), 24*time.Hour)
		}
	}
	if err != nil {
		return err
	}
	if a.Status < 400 {
		return nil
	}
	var said struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(a.Body, &said) // without words the status has to do
	why := strings.TrimSpace(said.Error + " " + said.Message)
	switch said.Error {
	case "ExpiredToken", "InvalidToken":
		return p.rest.Errorf(errToken, "%s", why)
	case "RecordNotFound":
		return errNoRecord
	case "AuthMissing", "AuthenticationRequired", "AccountTakedown", "AuthFactorTokenRequired", "AccountDeactivated":
		return p.rest.Errorf(guitu.ErrUnauthorized, "%s", why)
	case "UpstreamFailure", "UpstreamTimeout", "NotEnoughResources":
		return p.rest.Errorf(guitu.ErrUnknown, "%s", why)
	}
	// getRecord of a record that is not there has no error of its own on older servers.
	if a.Status == http.StatusBadRequest && strings.HasPrefix(said.Message, "Could not locate record") {
		return errNoRecord
	}
	return p.rest.Refusal(a, why)
}
