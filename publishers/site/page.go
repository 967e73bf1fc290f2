package site

import (
	"net/url"
	"strings"
	"time"

	"guitu"
)

// page is what the templates show.
type page struct {
	L          *language
	Other      *language // the language of the same page's other version
	Title      string
	Summary    string // for link previews and search engines
	Path       string // without the language's prefix
	Base       string // the public URL
	Stylesheet string
	Exercise   bool
	OK         bool // the page has an address of its own; what answers for others has not

	Items   []item // front: notices; check: those that may be meant
	Item    *item  // the notice's page
	Review  *claimReview
	Older   string // code after which the next page begins, "" on the last one
	Later   bool   // this is not the first page
	Unknown bool   // check: nothing has the code that was typed
	Typed   string
	Heading string // trouble
	Message string

	Alert      *alertView   // the page of an alert
	Alerts     []*alertView // front and list: those that go on
	Tip        *tipForm     // the form of a tip, or its receipt
	Figures    *Figures     // statistics
	Counts     bool         // there is a page of statistics
	Follow     bool         // there is a page to follow alerts at
	MoreAlerts bool         // front: there are others
	NoIndex    bool         // the page may name a child
	Large      bool         // large print: nothing but the text
}

func (s *Site) page(l *language, path, title string) *page {
	p := &page{
		L: l, Other: inEnglish, Title: title, Path: path, Base: s.base, Stylesheet: stylesheetPath, Exercise: s.exercise,
		Counts: s.statistics != nil, Follow: s.follow,
	}
	if l == inEnglish {
		p.Other = inChinese
	}
	if s.exercise {
		p.Title = "【演练】" + strings.TrimPrefix(title, "【演练】")
	}
	return p
}

// item is a notice in one language.
type item struct {
	guitu.Notice
	Text            guitu.Text
	Paragraphs      []string
	Kind            string // for people
	Path            string // of its page
	URL             string // of its page
	Released        time.Time
	Day, Minute     string // when it came out, for people
	Zone            string // of Minute
	Links           []link // its sources
	Drill           bool
	CorrectionShown bool
	CorrectionPath  string
	CorrectsPath    string
}

type link struct{ URL, Host string }

func (s *Site) item(l *language, n guitu.Notice) item {
	text, ok := n.Texts[l.Tag]
	if !ok {
		text = n.Texts[guitu.Chinese]
	}
	it := item{
		Notice:     n,
		Text:       text,
		Paragraphs: strings.FieldsFunc(text.Description, func(r rune) bool { return r == '\n' }),
		Kind:       l.Kinds[n.Kind],
		Path:       l.Prefix + "/n/" + n.Code,
		URL:        s.base + l.Prefix + "/n/" + n.Code,
		Drill:      n.Status == guitu.Exercise,
		Released:   n.Due,
	}
	if it.Released.IsZero() {
		it.Released = n.MadeAt
	}
	it.Released = it.Released.In(s.location)
	it.Day, it.Minute = it.Released.Format(l.Day), it.Released.Format(l.Minute)
	it.Zone = s.zone(l)
	if n.AlertID != 0 && len(n.Texts) == 0 {
		it.Text = guitu.Text{Headline: l.Alert.OverHeadline, Description: l.Alert.OverText, Instruction: l.Alert.OverDo}
		it.Paragraphs = []string{l.Alert.OverText}
	}
	// The mark is in the frozen text; it is put there where a caller left it out.
	if it.Drill && !strings.HasPrefix(it.Text.Headline, "【演练】") {
		it.Text.Headline = "【演练】" + it.Text.Headline
	}
	if n.CorrectedBy != "" {
		it.CorrectionPath = l.Prefix + "/n/" + n.CorrectedBy
	}
	if n.Corrects != "" {
		it.CorrectsPath = l.Prefix + "/n/" + n.Corrects
	}
	// A notice that no longer holds does not call the posts false any more.
	sources := n.Sources
	if n.CorrectedBy != "" {
		sources = nil
	}
	for _, source := range sources {
		if u, err := url.Parse(source); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
			it.Links = append(it.Links, link{source, u.Hostname()})
		}
	}
	return it
}

// zone names the time zone of what is shown.
func (s *Site) zone(l *language) string {
	if name := s.location.String(); name != "Asia/Shanghai" {
		return " " + name
	}
	return l.BeijingTime
}

// claimReview is the schema.org markup by which search engines and fact checkers read a notice.
type claimReview struct {
	Context       string      `json:"@context"`
	Type          string      `json:"@type"`
	URL           string      `json:"url"`
	InLanguage    string      `json:"inLanguage"`
	DatePublished string      `json:"datePublished"`
	ClaimReviewed string      `json:"claimReviewed"`
	Author        reviewer    `json:"author"`
	ItemReviewed  reviewed    `json:"itemReviewed"`
	ReviewRating  claimRating `json:"reviewRating"`
}

type reviewer struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

type reviewed struct {
	Type       string     `json:"@type"`
	Name       string     `json:"name"`
	Appearance []appeared `json:"appearance,omitempty"`
}

type appeared struct {
	Type string `json:"@type"`
	URL  string `json:"url"`
}

type claimRating struct {
	Type          string `json:"@type"`
	AlternateName string `json:"alternateName"`
	RatingValue   int    `json:"ratingValue,omitempty"` // 1 (false) to 5 (true), 0 when the notice is about time, not truth
	BestRating    int    `json:"bestRating,omitempty"`
	WorstRating   int    `json:"worstRating,omitempty"`
}

// claimReview returns the markup of a notice that rates a claim. A correction has no rating of its own, and a notice that is
// corrected has none any more.
func (s *Site) claimReview(l *language, it item) *claimReview {
	rating := claimRating{Type: "Rating", AlternateName: l.Ratings[it.Notice.Kind]}
	if it.Claimed == "" || rating.AlternateName == "" || it.CorrectedBy != "" {
		return nil
	}
	if it.Notice.Kind == guitu.NoticeDebunk {
		rating.RatingValue, rating.BestRating, rating.WorstRating = 1, 5, 1
	}
	if it.Drill {
		rating.AlternateName = "【演练】" + rating.AlternateName
	}
	r := &claimReview{
		Context: "https://schema.org", Type: "ClaimReview", URL: it.URL, InLanguage: l.Tag,
		DatePublished: it.Released.Format(time.RFC3339), ClaimReviewed: it.Claimed, ReviewRating: rating,
		Author:       reviewer{"Organization", l.SiteName, s.base + l.Prefix + "/"},
		ItemReviewed: reviewed{Type: "Claim", Name: it.Claimed},
	}
	for _, a := range it.Links {
		r.ItemReviewed.Appearance = append(r.ItemReviewed.Appearance, appeared{"CreativeWork", a.URL})
	}
	return r
}
