package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"unicode/utf8"

	"guitu/verify/match"
)

// compareCmd says of pairs of posts from standard input whether they tell one story.
type compareCmd struct{}

// Run compares standard input.
func (compareCmd) Run() error {
	return compare(os.Stdin, os.Stdout, os.Stderr)
}

// compared is one line of output.
type compared struct {
	A       json.RawMessage `json:"a"`
	B       json.RawMessage `json:"b"`
	Same    bool            `json:"same"`   // they are of one story; also when one of them says that it is false or over
	Family  bool            `json:"family"` // they tell it in the words of one template, whether or not of the same child
	Score   float64         `json:"score"`  // 0 to 1, of the same story; from a half on it is Same
	Reasons []string        `json:"reasons"`
}

// compare reads a JSON object {"a", "b", "text_a", "text_b"} from each line of r, and writes what the engine says of the two
// posts as one line to w. A line that is no such object is named on errs and passed over; the error is errLines in the end.
func compare(r io.Reader, w, errs io.Writer) error {
	return eachLine(r, w, errs, func(out, line []byte) ([]byte, error) {
		var pair struct {
			A     json.RawMessage `json:"a"`
			B     json.RawMessage `json:"b"`
			TextA *string         `json:"text_a"`
			TextB *string         `json:"text_b"`
		}
		if err := decodeLine(line, &pair); err != nil {
			return nil, err
		}
		if pair.TextA == nil || pair.TextB == nil {
			return nil, errors.New(`no "text_a" or no "text_b"`)
		}
		m := match.Compare(*pair.TextA, *pair.TextB)
		return encodeLine(out, compared{
			A: pair.A, B: pair.B, Same: m.Relation == match.Same || m.Relation == match.About, Family: m.Relation != match.Unknown,
			Score: m.Score, Reasons: reasons(m),
		})
	})
}

// reasons returns the reasons of m, which are a list in JSON even when there are none.
func reasons(m match.Match) []string {
	if m.Reasons == nil {
		return []string{}
	}
	return m.Reasons
}

// decodeLine reads one line of JSON into v.
func decodeLine(line []byte, v any) error {
	if !utf8.Valid(line) {
		return errors.New("invalid UTF-8")
	}
	return json.Unmarshal(line, v)
}

// encodeLine appends v as one line of JSON.
func encodeLine(out []byte, v any) ([]byte, error) {
	b := bytes.NewBuffer(out)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}
