package eval

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// ErrNoRows means that a folder of labelled posts lacks what was to be measured on.
var ErrNoRows = errors.New("no labelled rows")

// maxRow is the longest line of a file of labelled posts, in bytes.
const maxRow = 1 << 20

// Load reads the labelled rows of one kind, which stand as JSON lines in files named kind.jsonl or kind.*.jsonl (spot.dev.jsonl
// is of the kind spot). Blank lines are passed over. A file that is no such thing is an error that names the line; none at all is ErrNoRows.
func Load[T any](data fs.FS, kind string) ([]T, error) {
	var names []string
	for _, pattern := range []string{kind + ".jsonl", kind + ".*.jsonl"} {
		found, err := fs.Glob(data, pattern)
		if err != nil {
			return nil, fmt.Errorf("look for %s: %w", pattern, err)
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	var rows []T
	for _, name := range names {
		more, err := load[T](data, name)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%w in %s.jsonl or %s.*.jsonl", ErrNoRows, kind, kind)
	}
	return rows, nil
}

func load[T any](data fs.FS, name string) (rows []T, err error) {
	f, err := data.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxRow)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return rows, nil
}
