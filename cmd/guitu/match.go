package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"guitu"
	"guitu/verify/claim"
	"guitu/verify/match"
)

// matchCmd finds the known story that each post from standard input tells.
type matchCmd struct {
	Known string `required:"" placeholder:"FILE" help:"Known posts, as JSON lines {id, text, group, time}; posts of one group tell one story."`
}

// Run matches standard input.
func (c matchCmd) Run() error {
	f, err := os.Open(c.Known)
	if err != nil {
		return err
	}
	defer f.Close()
	known, badKnown := readKnown(f, prefixed(os.Stderr, c.Known+": "))
	if badKnown != nil && !errors.Is(badKnown, errLines) {
		return fmt.Errorf("read %s: %w", c.Known, badKnown)
	}
	return errors.Join(badKnown, known.match(os.Stdin, os.Stdout, os.Stderr))
}

// matchLine is a post as match reads it. Group is null for a known post that stands for a story of its own.
type matchLine struct {
	ID    json.RawMessage `json:"id"`
	Group json.RawMessage `json:"group,omitempty"`
	Text  *string         `json:"text"`
	Time  string          `json:"time,omitempty"`
	Claim guitu.Claim     `json:"claim"`
}

func readMatchLine(line []byte) (p matchLine, err error) {
	if err := decodeLine(line, &p); err != nil {
		return p, err
	}
	if p.Text == nil {
		return p, errors.New(`no "text"`)
	}
	posted, err := readTime(p.Time)
	if err != nil {
		return p, err
	}
	p.Claim = claim.Read(*p.Text, posted)
	return p, nil
}

// known are the posts to match against.
type known struct {
	index   *match.Index
	stories map[string]int64 // by group
	posts   []matchLine      // by number less one, without text and claim
}

// readKnown reads known posts from the lines of r.
func readKnown(r io.Reader, errs io.Writer) (*known, error) {
	k := &known{index: match.New(), stories: map[string]int64{}}
	// The claims are read on all cores; the index takes them in the order of the file.
	err := eachLine(r, k, errs, func(out, line []byte) ([]byte, error) {
		p, err := readMatchLine(line)
		if err != nil {
			return nil, err
		}
		return encodeLine(out, p)
	})
	return k, err
}

// Write takes known posts, one a line. It is called with whole lines.
func (k *known) Write(lines []byte) (int, error) {
	for line := range bytes.Lines(lines) {
		var p matchLine
		if err := json.Unmarshal(line, &p); err != nil {
			return 0, err
		}
		number := int64(len(k.posts) + 1)
		story := number
		if len(p.Group) > 0 && string(p.Group) != "null" {
			first, ok := k.stories[string(p.Group)]
			if !ok {
				first = number
				k.stories[string(p.Group)] = first
			}
			story = first
		}
		k.index.Add(story, number, *p.Text, p.Claim)
		k.posts = append(k.posts, matchLine{ID: p.ID, Group: p.Group})
	}
	return len(lines), nil
}

// matched is one line of output. Match is the id of the nearest known post, and Group its group; both are null when nothing
// like the post is known.
type matched struct {
	ID       json.RawMessage `json:"id"`
	Match    json.RawMessage `json:"match"`
	Group    json.RawMessage `json:"group"`
	Relation match.Relation  `json:"relation"`
	Score    float64         `json:"score"`
	Reasons  []string        `json:"reasons"`
}

// match reads a JSON object {"id", "text", "time"} from each line of r, and writes which known post it stands nearest to, and
// how, as one line to w; time may be missing. A line that is no such object is named on errs and passed over; the error is
// errLines in the end.
func (k *known) match(r io.Reader, w, errs io.Writer) error {
	return eachLine(r, w, errs, func(out, line []byte) ([]byte, error) {
		p, err := readMatchLine(line)
		if err != nil {
			return nil, err
		}
		m := k.index.Find(*p.Text, p.Claim)
		result := matched{ID: p.ID, Relation: m.Relation, Score: m.Score, Reasons: reasons(m)}
		if m.Exemplar > 0 {
			nearest := k.posts[m.Exemplar-1]
			result.Match, result.Group = nearest.ID, nearest.Group
		}
		return encodeLine(out, result)
	})
}

// prefixed returns a writer that puts prefix before each line to w.
func prefixed(w io.Writer, prefix string) io.Writer { return prefixWriter{w, prefix} }

type prefixWriter struct {
	w      io.Writer
	prefix string
}

func (p prefixWriter) Write(lines []byte) (int, error) {
	var b bytes.Buffer
	for line := range bytes.Lines(lines) {
		b.WriteString(p.prefix)
		b.Write(line)
	}
	if _, err := p.w.Write(b.Bytes()); err != nil {
		return 0, err
	}
	return len(lines), nil
}
