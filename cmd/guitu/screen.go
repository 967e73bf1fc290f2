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
	"guitu/verify/spot"
)

// screenCmd runs spotting and reading alone, on posts from standard input.
type screenCmd struct{}

// Run screens standard input.
func (screenCmd) Run() error {
	return screen(os.Stdin, os.Stdout, os.Stderr)
}

// screened is one line of output. Claim is null for a post that is not spotted.
type screened struct {
	ID      json.RawMessage `json:"id"`
	Spotted bool            `json:"spotted"`
	Score   float64         `json:"score"`
	Kind    guitu.Topic     `json:"kind"`
	Claim   *guitu.Claim    `json:"claim"`
	Hits    []guitu.Hit     `json:"hits"`
}

// screen reads a JSON object {"id", "text", "time"} from each line of r and writes what the bot sees in the post as one line
// to w; time may be missing. A line that is no such object is named on errs and passed over, and the error is errLines in the
// end.
func screen(r io.Reader, w, errs io.Writer) error {
	return eachLine(r, w, errs, func(out, line []byte) ([]byte, error) {
		result, err := screenLine(line)
		if err != nil {
			return nil, err
		}
		b := bytes.NewBuffer(out)
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false)
		err = enc.Encode(result)
		return b.Bytes(), err
	})
}

func screenLine(line []byte) (screened, error) {
	if !utf8.Valid(line) {
		return screened{}, errors.New("invalid UTF-8")
	}
	var post struct {
		ID   json.RawMessage `json:"id"`
		Text *string         `json:"text"`
		Time string          `json:"time"`
	}
	if err := json.Unmarshal(line, &post); err != nil {
		return screened{}, err
	}
	if post.Text == nil {
		return screened{}, errors.New(`no "text"`)
	}
	posted, err := readTime(post.Time)
	if err != nil {
		return screened{}, err
	}
	f := spot.Spot(*post.Text)
	out := screened{ID: post.ID, Spotted: f.Spotted, Score: f.Score, Kind: f.Topic, Hits: f.Hits}
	if out.Hits == nil {
		out.Hits = []guitu.Hit{}
	}
	if f.Spotted {
		c := claim.Read(*post.Text, posted)
		out.Claim = &c
	}
	return out, nil
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
