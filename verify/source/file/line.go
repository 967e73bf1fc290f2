package file

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/verify/source"
)

// line is a post as the file has it. Pointers tell a field that is missing from one that is empty.
type line struct {
	ID      *id      `json:"id"`
	Text    *string  `json:"text"`
	Time    string   `json:"time"`
	Author  string   `json:"author"`
	URL     string   `json:"url"`
	Reposts float64  `json:"reposts"`
	Images  []string `json:"images"`
}

// id may be written as a string or as a number.
type id string

func (i *id) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*i = id(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return errors.New("want a string or a number")
	}
	*i = id(n)
	return nil
}

// parse reads one line. Its errors say what is wrong and repeat nothing of the line.
func parse(data []byte, now time.Time) (guitu.Post, error) {
	// The JSON decoder would silently put U+FFFD in the place of bytes that are no UTF-8.
	if !utf8.Valid(data) {
		return guitu.Post{}, errors.New("invalid UTF-8")
	}
	var l line
	if err := json.Unmarshal(data, &l); err != nil {
		var syntax *json.SyntaxError
		var typ *json.UnmarshalTypeError
		switch {
		case errors.As(err, &syntax):
			return guitu.Post{}, fmt.Errorf("no JSON at byte %d", syntax.Offset)
		case errors.As(err, &typ) && typ.Field != "":
			return guitu.Post{}, fmt.Errorf("%q is of the wrong type", typ.Field)
		}
		return guitu.Post{}, errors.New("no JSON object with these fields")
	}
	if l.ID == nil {
		return guitu.Post{}, errors.New(`"id" is missing`)
	}
	p := guitu.Post{
		ExternalID: string(*l.ID),
		Author:     l.Author,
		URL:        l.URL,
		Images:     l.Images,
		Reposts:    int(max(0, min(l.Reposts, 1e9))),
	}
	if l.Text == nil {
		return p, errors.New(`"text" is missing`)
	}
	p.Text = *l.Text
	if l.Time != "" {
		t, ok := source.ParseTime(l.Time, now)
		if !ok {
			return p, errors.New(`"time" is not understood: want RFC 3339 or 2006-01-02 15:04`)
		}
		p.PostedAt = t
	}
	return p, nil
}
