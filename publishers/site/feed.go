package site

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"html"
	"net/http"
	"strings"
	"time"

	"guitu"
)

const jsonFeedType = "application/feed+json; charset=utf-8"

// feedData is a feed before it is written in one format.
type feedData struct {
	l        *language
	base     string
	self     string // address of the feed
	title    string
	updated  time.Time
	exercise bool
	hub      string // "" for a feed that no hub serves
	entries  []entry
}

// entry is a notice in a feed. What was changed last about it is that it came out, or that it was corrected.
type entry struct {
	item
	title   string
	updated time.Time
}

// feed answers with the latest notices of the whole country.
func (s *Site) feed(l *language, write func(feedData) ([]byte, error), mediaType string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { s.writeFeed(w, r, l, "", write, mediaType) }
}

// areaFeed answers with the latest notices of one area: /feeds/areas/371300.atom.
func (s *Site) areaFeed(l *language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		file := r.PathValue("file")
		if area, ok := areaOf(file, ".atom"); ok {
			s.writeFeed(w, r, l, area, writeAtom, atomType)
		} else if area, ok := areaOf(file, ".json"); ok {
			s.writeFeed(w, r, l, area, writeJSONFeed, jsonFeedType)
		} else if area, ok := areaOf(file, ".geojson"); ok {
			s.writeGeoJSON(w, r, area)
		} else {
			s.noPage(w, r, l)
		}
	}
}

func (s *Site) writeFeed(
	w http.ResponseWriter, r *http.Request, l *language, area guitu.Area, write func(feedData) ([]byte, error), mediaType string,
) {
	notices, err := s.reader.Notices(r.Context(), area, 0, feedSize)
	if err != nil {
		s.trouble(w, r, l, err)
		return
	}
	f := feedData{l: l, base: s.base, self: s.base + r.URL.Path, title: l.SiteName, exercise: s.exercise}
	if area != "" {
		f.title += " · " + string(area)
	} else {
		f.hub = s.hub
	}
	if s.exercise {
		f.title = "【演练】" + f.title
	}
	f.updated = time.Unix(0, 0).In(s.location) // of a feed that is empty
	released := map[string]time.Time{}
	for _, n := range notices {
		released[n.Code] = s.item(l, n).Released
	}
	for _, n := range notices {
		e := entry{item: s.item(l, n)}
		e.title, e.updated = e.Text.Headline, e.Released
		if n.CorrectedBy != "" {
			e.title = l.CorrectedMark + e.title
			at, ok := released[n.CorrectedBy]
			if !ok {
				c, err := s.reader.Notice(r.Context(), n.CorrectedBy)
				if err == nil {
					at = s.item(l, c).Released
				} else if guitu.KindOf(err) != guitu.NotFound {
					s.trouble(w, r, l, err)
					return
				}
			}
			if at.After(e.updated) {
				e.updated = at
			}
		}
		if e.updated.After(f.updated) {
			f.updated = e.updated
		}
		f.entries = append(f.entries, e)
	}
	body, err := write(f)
	if err != nil {
		s.trouble(w, r, l, err)
		return
	}
	w.Header().Set("Content-Language", l.Tag)
	w.Header().Set("X-Robots-Tag", noIndex)
	w.Header().Set("Access-Control-Allow-Origin", "*")
	var modified time.Time
	if area == "" {
		modified = s.changed(r.URL.Path, digest(body))
	}
	serve(w, r, mediaType, keepBriefly, modified, body)
}

// change is when a feed was first seen with its content.
type change struct {
	digest string
	at     time.Time
}

// changed returns a Last-Modified that never makes a reader miss a notice. The notices' own times would: one that was late comes
// out behind a later one. Two contents never have the same second, which is all that the header can tell apart.
func (s *Site) changed(path, digest string) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, ok := s.changes[path]
	if !ok || last.digest != digest {
		at := s.now().Truncate(time.Second)
		if ok && !at.After(last.at) {
			at = last.at.Add(time.Second)
		}
		last = change{digest, at}
		s.changes[path] = last
	}
	return last.at
}

// paragraphs returns all that an entry says, in order.
func (e entry) paragraphs(l *language) []string {
	var all []string
	if e.CorrectedBy != "" {
		all = append(all, l.CorrectedMark+l.CorrectedBy+e.CorrectedBy)
	}
	all = append(all, e.Paragraphs...)
	if e.Text.Keep != "" {
		all = append(all, e.Text.Keep)
	}
	return append(all, e.Text.Instruction, l.CheckCode+e.Code)
}

// published is when an entry came out. The entry of an alert is one from beginning to end, so that readers put what holds in the place
// of what they had; only the first notice's time is that of the entry.
func (e entry) published() string {
	if e.AlertID != 0 && e.Notice.Kind != guitu.NoticeAlert {
		return ""
	}
	return e.Released.Format(time.RFC3339)
}

func (e entry) html(l *language) string {
	var b strings.Builder
	for _, p := range e.paragraphs(l) {
		b.WriteString("<p>" + html.EscapeString(p) + "</p>")
	}
	return b.String()
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Sub     string      `xml:"subtitle"`
	Updated string      `xml:"updated"`
	Author  atomAuthor  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomAuthor struct {
	Name string `xml:"name"`
	URI  string `xml:"uri"`
}

type atomLink struct {
	Rel   string `xml:"rel,attr"`
	Type  string `xml:"type,attr,omitempty"`
	Lang  string `xml:"hreflang,attr,omitempty"`
	Title string `xml:"title,attr,omitempty"`
	Href  string `xml:"href,attr"`
}

type atomCategory struct {
	Scheme string `xml:"scheme,attr"`
	Term   string `xml:"term,attr"`
	Label  string `xml:"label,attr,omitempty"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Published  string         `xml:"published,omitempty"`
	Updated    string         `xml:"updated"`
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Content    atomContent    `xml:"content"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// writeAtom writes RFC 4287.
func writeAtom(f feedData) ([]byte, error) {
	a := atomFeed{
		Lang: f.l.Tag, ID: f.self, Title: f.title, Sub: f.l.Mission, Updated: f.updated.Format(time.RFC3339),
		Author: atomAuthor{f.l.SiteName, f.base + f.l.Prefix + "/"},
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: f.self},
			{Rel: "alternate", Type: "text/html", Lang: f.l.Tag, Href: f.base + f.l.Prefix + "/"},
		},
	}
	if f.hub != "" {
		a.Links = append(a.Links, atomLink{Rel: "hub", Href: f.hub})
	}
	for _, e := range f.entries {
		x := atomEntry{
			ID: e.URL, Title: e.title, Published: e.published(), Updated: e.updated.Format(time.RFC3339),
			Links: []atomLink{{Rel: "alternate", Type: "text/html", Lang: f.l.Tag, Href: e.URL}},
			Categories: []atomCategory{
				{Scheme: f.base + "/about#kinds", Term: string(e.Notice.Kind), Label: e.Kind},
				{Scheme: f.base + "/about#status", Term: string(e.Status)},
			},
			Content: atomContent{"html", e.html(f.l)},
		}
		if e.Area != "" {
			x.Categories = append(x.Categories, atomCategory{Scheme: f.base + "/about#areas", Term: string(e.Area), Label: e.Place})
		}
		for _, other := range []string{e.Corrects, e.CorrectedBy} {
			if other != "" {
				x.Links = append(x.Links, atomLink{
					Rel: "related", Type: "text/html", Lang: f.l.Tag, Title: other, Href: f.base + f.l.Prefix + "/n/" + other,
				})
			}
		}
		a.Entries = append(a.Entries, x)
	}
	return writeXML(a)
}

type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	HomePage    string       `json:"home_page_url"`
	FeedURL     string       `json:"feed_url"`
	Description string       `json:"description"`
	Language    string       `json:"language"`
	Authors     []jsonAuthor `json:"authors"`
	Hubs        []jsonHub    `json:"hubs,omitempty"`
	Items       []jsonItem   `json:"items"`
}

type jsonAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type jsonHub struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

type jsonItem struct {
	ID        string     `json:"id"`
	URL       string     `json:"url"`
	Title     string     `json:"title"`
	HTML      string     `json:"content_html"`
	Text      string     `json:"content_text"`
	Published string     `json:"date_published,omitempty"`
	Modified  string     `json:"date_modified"`
	Tags      []string   `json:"tags"`
	Language  string     `json:"language"`
	Guitu     jsonNotice `json:"_guitu"`
}

// jsonNotice is the extension that programs read; JSON Feed 1.1 leaves names with an underscore to publishers.
type jsonNotice struct {
	About       string           `json:"about"`
	Code        string           `json:"code"`
	Kind        guitu.NoticeKind `json:"kind"`
	Status      guitu.Status     `json:"status"`
	Area        guitu.Area       `json:"area"`
	Corrects    string           `json:"corrects,omitempty"`
	CorrectedBy string           `json:"corrected_by,omitempty"`
}

// writeJSONFeed writes JSON Feed 1.1.
func writeJSONFeed(f feedData) ([]byte, error) {
	j := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: f.title, HomePage: f.base + f.l.Prefix + "/", FeedURL: f.self,
		Description: f.l.Mission, Language: f.l.Tag, Authors: []jsonAuthor{{f.l.SiteName, f.base + f.l.Prefix + "/"}},
		Items: []jsonItem{},
	}
	if f.hub != "" {
		j.Hubs = []jsonHub{{"WebSub", f.hub}}
	}
	for _, e := range f.entries {
		x := jsonItem{
			ID: e.URL, URL: e.URL, Title: e.title, HTML: e.html(f.l), Text: strings.Join(e.paragraphs(f.l), "\n"),
			Published: e.published(), Modified: e.updated.Format(time.RFC3339),
			Tags: []string{e.Kind}, Language: f.l.Tag,
			Guitu: jsonNotice{f.base + "/about", e.Code, e.Notice.Kind, e.Status, e.Area, e.Corrects, e.CorrectedBy},
		}
		if e.Drill {
			x.Tags = append(x.Tags, f.l.Exercise)
		}
		j.Items = append(j.Items, x)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(j); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
