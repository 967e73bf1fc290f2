package main

import (
	"bufio"
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

// maxLine is the longest line that screen reads, in bytes.
const maxLine = 1 << 20

// errLines says that some lines could not be read; each was named when it came.
var errLines = errors.New("some lines could not be read")

// screenCmd runs spotting and reading alone, on posts from standard input.
type screenCmd struct{}

// Run screens standard input.
func (screenCmd) Run() error {
	out := bufio.NewWriter(os.Stdout)
	err := screen(os.Stdin, out, os.Stderr)
	return errors.Join(err, out.Flush())
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
// end. It keeps one line in memory.
func screen(r io.Reader, w, errs io.Writer) error {
	in := bufio.NewReaderSize(r, 64<<10)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	bad := false
	for n := 1; ; n++ {
		line, err := readLine(in)
		if err != nil && !errors.Is(err, errTooLong) {
			if errors.Is(err, io.EOF) {
				break
			}
			return fmt.Errorf("read line %d: %w", n, err)
		}
		if err == nil && len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var result screened
		if err == nil {
			result, err = screenLine(line)
		}
		if err != nil {
			bad = true
			fmt.Fprintf(errs, "line %d: %v\n", n, err)
			continue
		}
		if err := out.Encode(result); err != nil {
			return fmt.Errorf("write line %d: %w", n, err)
		}
	}
	if bad {
		return errLines
	}
	return nil
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

var errTooLong = fmt.Errorf("longer than %d bytes", maxLine)

// readLine returns the next line without its end. A line over maxLine is skipped whole and reported as errTooLong.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if !long {
			if len(line)+len(part) > maxLine+1 {
				line, long = nil, true
			} else {
				line = append(line, part...)
			}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case err != nil && len(line) == 0 && !long:
			return nil, io.EOF
		case long:
			return nil, errTooLong
		}
		return bytes.TrimSuffix(line, []byte("\n")), nil
	}
}
