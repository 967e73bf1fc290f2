package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/verify/claim"
	"guitu/verify/hoax"
	"guitu/verify/spot"
)

// screenCmd runs spotting and reading alone, on posts from standard input.
type screenCmd struct {
	Registry string `placeholder:"FILE" type:"existingfile" help:"What stood in refuted stories, as guitu registry prints it: a post that has it gets a hit."`
}

// Run screens standard input.
func (c screenCmd) Run() error {
	var s screener
	if c.Registry != "" {
		var err error
		if s.registry, err = readRegistry(c.Registry, os.Stderr); err != nil {
			return err
		}
	}
	return s.screen(os.Stdin, os.Stdout, os.Stderr)
}

// screener screens posts.
type screener struct {
	registry *hoax.Registry // nil when there is none
}

// screened is one line of output. Claim is null for a post that is not spotted.
type screened struct {
	ID      json.RawMessage `json:"id"`
	Spotted bool            `json:"spotted"`
	Ask     bool            `json:"ask"` // an officer would be asked
	Score   float64         `json:"score"`
	Kind    guitu.Topic     `json:"kind"`
	Claim   *screenedClaim  `json:"claim"`
	Hits    []guitu.Hit     `json:"hits"`
}

// screenedClaim is a claim whose main fields are always there, null where the post does not say. The others are there when it
// does.
type screenedClaim struct {
	guitu.Claim
	Name      *string     `json:"name"`
	Sex       *string     `json:"sex"`
	Age       *string     `json:"age"`
	MissingAt *string     `json:"missing_at"`
	Place     *string     `json:"place"`
	Area      *guitu.Area `json:"area"`
	Lat       *float64    `json:"lat"` // of the centre of Area
	Lng       *float64    `json:"lng"`
	Phones    []string    `json:"phones"`
	Reward    *string     `json:"reward"`
	Clothing  *string     `json:"clothing"`
	Point     *struct{}   `json:"point,omitempty"` // is Lat and Lng
}

func newScreenedClaim(c guitu.Claim) *screenedClaim {
	out := &screenedClaim{
		Claim: c, Name: said(c.Name), Sex: said(c.Sex), Age: said(c.Age), MissingAt: said(c.MissingAt), Place: said(c.Place),
		Area: said(c.Area), Phones: c.Phones, Reward: said(c.Reward), Clothing: said(c.Clothing),
	}
	if c.Point != nil {
		out.Lat, out.Lng = &c.Point.Lat, &c.Point.Lng
	}
	if out.Phones == nil {
		out.Phones = []string{}
	}
	return out
}

// said returns nil for what is empty.
func said[T ~string](s T) *T {
	if s == "" {
		return nil
	}
	return &s
}

// screen reads a JSON object {"id", "text", "time", "pictures"} from each line of r and writes what the bot sees in the post as one
// line to w; time may be missing, and so may pictures, which are the perceptual hashes of the post's, as the registry has them. A line that is no such object is named on errs and passed over, and the error is errLines in the
// end.
func (s screener) screen(r io.Reader, w, errs io.Writer) error {
	return eachLine(r, w, errs, func(out, line []byte) ([]byte, error) {
		var post struct {
			ID       json.RawMessage `json:"id"`
			Text     *string         `json:"text"`
			Time     string          `json:"time"`
			Pictures []string        `json:"pictures"`
		}
		switch err := json.Unmarshal(line, &post); {
		case !utf8.Valid(line):
			return nil, errors.New("invalid UTF-8")
		case err != nil:
			return nil, err
		case post.Text == nil:
			return nil, errors.New(`no "text"`)
		}
		posted, err := readTime(post.Time)
		if err != nil {
			return nil, err
		}
		f := spot.Spot(*post.Text)
		if !f.Spotted && f.Topic == "" && f.Score == 0 && len(f.Hits) == 0 {
			return appendNothing(out, post.ID), nil
		}
		var c guitu.Claim
		if f.Spotted || f.Ask && s.registry != nil {
			c = claim.Read(*post.Text, posted)
		}
		if f.Ask && s.registry != nil {
			f.Hits = append(f.Hits, s.registry.Hits(*post.Text, c, post.Pictures)...)
		}
		return appendScreened(out, post.ID, f, c)
	})
}

// appendNothing appends what is said of a post that is about something else, as appendScreened would: nearly all posts are.
func appendNothing(out []byte, id json.RawMessage) []byte {
	if id == nil {
		id = json.RawMessage("null")
	}
	out = append(append(out, `{"id":`...), id...)
	return append(out, `,"spotted":false,"ask":false,"score":0,"kind":"","claim":null,"hits":[]}`+"\n"...)
}

// appendScreened appends what is said of a post. Only that of a post that is spotted has the claim.
func appendScreened(out []byte, id json.RawMessage, f guitu.Finding, c guitu.Claim) ([]byte, error) {
	result := screened{ID: id, Spotted: f.Spotted, Ask: f.Ask, Score: f.Score, Kind: f.Topic, Hits: f.Hits}
	if result.Hits == nil {
		result.Hits = []guitu.Hit{}
	}
	if f.Spotted {
		result.Claim = newScreenedClaim(c)
	}
	b := bytes.NewBuffer(out)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(result)
	return b.Bytes(), err
}

// readTime reads a time as sources and exports write it; without an offset it is China's.
func readTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	china := time.FixedZone("UTC+8", 8*60*60)
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, china); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf(`"time" is no time: %q`, s)
}
