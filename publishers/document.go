package publishers

import (
	"time"

	"guitu"
)

// Document is a notice for programs: what partners and brokers get. Times are RFC 3339 with the offset of China.
type Document struct {
	ID       int64                 `json:"id"` // of the notice, for ever
	Kind     guitu.NoticeKind      `json:"kind"`
	MsgType  guitu.MsgType         `json:"msg_type,omitempty"` // of alerts, as in CAP 1.2
	Status   guitu.Status          `json:"status"`
	Code     string                `json:"code"` // check code; all notices of one alert share it
	Link     string                `json:"link"` // status page
	Area     guitu.Area            `json:"area"`
	Place    string                `json:"place"`
	Areas    []guitu.Area          `json:"areas,omitempty"`    // counties that the circle touches, GB/T 2260
	Circle   *guitu.Circle         `json:"circle,omitempty"`   // where people are to be told
	Inner    float64               `json:"inner_km,omitempty"` // within it people were told before: tell them no second time
	Sent     string                `json:"sent"`               // when the notice was made
	Expires  string                `json:"expires,omitempty"`  // from then on nobody is to look any more
	Texts    map[string]guitu.Text `json:"texts"`              // by language
	Pictures []DocumentPicture     `json:"pictures,omitempty"` // to be shown from these addresses only: they can be taken back
	Corrects string                `json:"corrects,omitempty"` // code of the notice that this one corrects
	Fixed    string                `json:"corrected_by,omitempty"`
}

// DocumentPicture is a picture of a Document.
type DocumentPicture struct {
	URL    string            `json:"url"`
	Type   string            `json:"type"`
	Width  int               `json:"width,omitempty"`
	Height int               `json:"height,omitempty"`
	Alt    map[string]string `json:"alt"`
	Child  bool              `json:"child,omitempty"` // it shows the child, and must not be kept
}

// beijing is China's time, all year and everywhere.
var beijing = time.FixedZone("+08:00", 8*60*60)

// NewDocument returns a publication for programs.
func NewDocument(p guitu.Publication) Document {
	n := p.Notice
	d := Document{
		ID: n.ID, Kind: n.Kind, Status: n.Status, Code: n.Code, Link: p.Link, Area: n.Area, Place: n.Place, Areas: n.Areas, Circle: n.Circle,
		Inner: n.Inner, Sent: n.MadeAt.In(beijing).Format(time.RFC3339), Texts: n.Texts, Corrects: n.Corrects, Fixed: n.CorrectedBy,
	}
	switch {
	case n.Kind == guitu.NoticeAlert:
		d.MsgType = guitu.MsgAlert
	case n.Kind == guitu.NoticeUpdate:
		d.MsgType = guitu.MsgUpdate
	case n.Kind.Ends():
		d.MsgType = guitu.MsgCancel
	}
	if !n.Expires.IsZero() {
		d.Expires = n.Expires.In(beijing).Format(time.RFC3339)
	}
	for _, i := range p.Pictures {
		if i.URL != "" {
			d.Pictures = append(d.Pictures, DocumentPicture{URL: i.URL, Type: i.Type, Width: i.Width, Height: i.Height, Alt: i.Alt, Child: i.Child})
		}
	}
	return d
}
