// Package feed reads RSS, Atom and JSON feeds. An item's guid is the post's id.
package feed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"guitu"
	"guitu/verify/source"
)

const (
	kind     = "feed"
	maxItems = 2000 // of one fetch; the first, which are the newest
	keepSeen = 1000
	maxGUID  = 200 // bytes; a longer one is replaced by its hash
)

// Options of a Source. The zero Options works.
type Options struct {
	Now func() time.Time
}

// Source is one feed.
type Source struct {
	name   string
	client *source.Client
	url    string
	now    func() time.Time
}

var _ guitu.Source = (*Source)(nil)

// New makes a Source of the feed at an address.
func New(name string, client *source.Client, address string, o Options) (*Source, error) {
	if _, err := source.Base(address); err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Source{name: name, client: client, url: address, now: o.Now}, nil
}

// Name returns the source's name.
func (s *Source) Name() string { return s.name }

// cursor is where a feed stands.
type cursor struct {
	Seen *source.Seen      `json:"seen"`
	Page source.Validators `json:"page"`
}

// Read fetches the feed and returns the items that are not known. See guitu.Source.
func (s *Source) Read(ctx context.Context, at string) (guitu.Batch, error) {
	c := cursor{Seen: source.NewSeen(keepSeen)}
	if !source.ReadCursor(at, kind, &c) || c.Seen == nil {
		c = cursor{Seen: source.NewSeen(keepSeen)}
	}
	res, err := s.client.Get(ctx, source.Request{
		URL:        s.url,
		Accept:     "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
		Validators: c.Page,
	})
	if err != nil {
		return guitu.Batch{}, err
	}
	if res.NotModified {
		return guitu.Batch{Cursor: at}, nil
	}
	h := source.NewHarvest(s.name, s.now(), c.Seen)
	if err := parse(res, s.now(), h); err != nil {
		return guitu.Batch{}, err
	}
	c.Page = res.Validators
	return h.Batch(source.WriteCursor(kind, c), false), nil
}

// declaration is the encoding that an XML document says it is in.
var declaration = regexp.MustCompile(`^(\s*<\?xml[^>]{0,100}?encoding\s*=\s*["'])([\w.:-]{1,40})(["'])`)

// parse puts the items of a feed into h.
func parse(res *source.Response, now time.Time, h *source.Harvest) error {
	if m := declaration.FindSubmatch(res.Body); m != nil && !strings.Contains(res.ContentType, "charset") {
		res.ContentType = "text/xml; charset=" + string(m[2])
	}
	// The body is UTF-8 from here on, and must say so.
	body := declaration.ReplaceAll(res.Text(), []byte("${1}utf-8$3"))
	f, err := decode(body)
	switch {
	case errors.Is(err, gofeed.ErrFeedTypeNotDetected) && source.WalledOff(string(body)):
		return fmt.Errorf("%w: a page for signing in where a feed should be", guitu.ErrWall)
	case err != nil:
		return fmt.Errorf("%w: no feed that can be read", guitu.ErrMarkup)
	case len(f.Items) == 0 && f.FeedType != "json" && !wellFormed(body):
		// The parser is lenient, and reads a broken document as one without items. That must not pass for silence.
		return fmt.Errorf("%w: broken XML, and no items in it", guitu.ErrMarkup)
	}
	for _, item := range f.Items[:min(len(f.Items), maxItems)] {
		if item == nil {
			continue
		}
		p := post(item, res.URL, now)
		h.Add(p, []byte(p.ExternalID+"\n"+item.Title+"\n"+item.Description+item.Content))
	}
	return nil
}

// decode reads a feed. The parser panics on some input, such as a JSON feed with a null item; a site must not be able to stop
// the program, so that is an error like any other.
func decode(body []byte) (f *gofeed.Feed, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("the parser broke off: %v", r)
		}
	}()
	return gofeed.NewParser().Parse(bytes.NewReader(body))
}

func wellFormed(body []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Entity = xml.HTMLEntity
	for {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

func post(item *gofeed.Item, at *url.URL, now time.Time) guitu.Post {
	p := guitu.Post{ExternalID: item.GUID, Text: text(item)}
	if u, err := at.Parse(item.Link); err == nil && item.Link != "" {
		p.URL = u.String()
	}
	if p.ExternalID == "" {
		p.ExternalID = p.URL
	}
	if len(p.ExternalID) > maxGUID {
		sum := sha256.Sum256([]byte(p.ExternalID))
		p.ExternalID = "sha256:" + hex.EncodeToString(sum[:])
	}
	for _, a := range item.Authors {
		if a != nil && p.Author == "" {
			p.Author = a.Name
		}
	}
	p.PostedAt = when(now, item.Published, item.PublishedParsed, item.Updated, item.UpdatedParsed)
	if item.Image != nil {
		p.Images = append(p.Images, item.Image.URL)
	}
	for _, e := range item.Enclosures {
		if e != nil && strings.HasPrefix(e.Type, "image/") {
			p.Images = append(p.Images, e.URL)
		}
	}
	return p
}

// when reads an item's time. Our own reading comes first, because the parser takes a time without a zone for UTC's, and Chinese
// feeds mean Shanghai's. What neither can read is left to Sanitize.
func when(now time.Time, published string, publishedParsed *time.Time, updated string, updatedParsed *time.Time) time.Time {
	for _, at := range []struct {
		text   string
		parsed *time.Time
	}{{published, publishedParsed}, {updated, updatedParsed}} {
		if t, ok := source.ParseTime(at.text, now); ok {
			return t
		}
		if at.parsed != nil {
			return *at.parsed
		}
	}
	return time.Time{}
}

// text joins title and content, unless the title is the content's beginning, as in feeds made of short posts.
func text(item *gofeed.Item) string {
	html := item.Content
	if html == "" {
		html = item.Description
	}
	title, content := source.PlainText(item.Title), source.PlainText(html)
	start := squeeze(strings.TrimSuffix(strings.TrimSuffix(title, "…"), "..."))
	switch {
	case content == "":
		return title
	case strings.HasPrefix(squeeze(content), start):
		return content
	}
	return title + "\n" + content
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
