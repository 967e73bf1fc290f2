// Package file reads posts from a file of JSON lines that another program writes, and follows it as it grows:
//
//	{"id": "1", "text": "…", "time": "2026-11-24T12:30:00+08:00", "author": "…", "url": "…", "reposts": 3, "images": ["…"]}
//
// id and text are required. A line that is no such object is quarantined under its number, and the reading goes on behind
// it. A last line without its line feed is left until it is whole. A file that was cut or replaced is read anew from its
// beginning; what its writer added to the old one after the last Read is lost, so rotate by moving on to a file of another
// name, or after the reading has caught up.
package file

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"guitu"
	"guitu/verify/source"
)

const (
	kind         = "file"
	defaultBatch = 500
	// maxLine is the longest line that is looked at, in bytes. JSON can write a text six times as long as it is.
	maxLine = 6*guitu.MaxText + 64<<10
	// maxBytes ends a batch, so that a Read over huge lines is short too.
	maxBytes = 16 << 20
	// printLength is how many bytes at the beginning of the file and before the offset are compared.
	printLength = 512
)

// Options of a Source. The zero Options works.
type Options struct {
	Batch int // posts and rejects of one Read at most; 0 means 500
	Now   func() time.Time
}

// Source is one file.
type Source struct {
	name  string
	path  string
	batch int
	now   func() time.Time
}

var _ guitu.Source = (*Source)(nil)

// New makes a Source of the file at path. The file may appear later; until then Read says that it isn't there.
func New(name, path string, o Options) (*Source, error) {
	if path == "" {
		return nil, errors.New("path: missing")
	}
	if o.Batch <= 0 {
		o.Batch = defaultBatch
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Source{name: name, path: path, batch: o.Batch, now: o.Now}, nil
}

// Name returns the source's name.
func (s *Source) Name() string { return s.name }

// cursor is where the reading of a file stands.
type cursor struct {
	Offset int64  `json:"offset"`         // bytes that are read
	Line   int    `json:"line"`           // lines that are read
	Skip   bool   `json:"skip,omitempty"` // Offset lies within a line that is too long: it is skipped
	Head   string `json:"head"`           // fingerprint of the file's beginning
	Tail   string `json:"tail"`           // fingerprint of what lies before Offset
}

// Read returns the next whole lines. See guitu.Source.
func (s *Source) Read(ctx context.Context, at string) (guitu.Batch, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return guitu.Batch{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return guitu.Batch{}, err
	}
	if !info.Mode().IsRegular() {
		return guitu.Batch{}, fmt.Errorf("%s is no regular file", s.path)
	}
	var c cursor
	if source.ReadCursor(at, kind, &c) {
		same, err := c.stands(f, info.Size())
		if err != nil {
			return guitu.Batch{}, fmt.Errorf("read %s: %w", s.path, err)
		}
		if !same {
			c = cursor{}
		}
	}
	b, err := s.read(ctx, f, &c)
	if err != nil {
		return guitu.Batch{}, fmt.Errorf("read %s: %w", s.path, err)
	}
	slices.SortStableFunc(b.Posts, func(a, b guitu.Post) int { return a.PostedAt.Compare(b.PostedAt) })
	if c.Head, c.Tail, err = prints(f, c.Offset); err != nil {
		return guitu.Batch{}, fmt.Errorf("read %s: %w", s.path, err)
	}
	b.Cursor = source.WriteCursor(kind, c)
	return b, nil
}

// stands reports whether f is the file that c was made on, grown or not.
func (c cursor) stands(f *os.File, size int64) (bool, error) {
	if c.Offset < 0 || c.Line < 0 || size < c.Offset {
		return false, nil
	}
	head, tail, err := prints(f, c.Offset)
	return head == c.Head && tail == c.Tail, err
}

// prints returns the fingerprints of a file that is read as far as offset.
func prints(f *os.File, offset int64) (head, tail string, err error) {
	buf := make([]byte, min(offset, printLength))
	for _, at := range []struct {
		from int64
		to   *string
	}{{0, &head}, {offset - int64(len(buf)), &tail}} {
		if _, err := f.ReadAt(buf, at.from); err != nil {
			return "", "", err
		}
		sum := sha256.Sum256(buf)
		*at.to = hex.EncodeToString(sum[:8])
	}
	return head, tail, nil
}

// read reads lines from c on and moves c behind them.
func (s *Source) read(ctx context.Context, f io.ReadSeeker, c *cursor) (guitu.Batch, error) {
	if _, err := f.Seek(c.Offset, io.SeekStart); err != nil {
		return guitu.Batch{}, err
	}
	var (
		b     guitu.Batch
		r     = bufio.NewReaderSize(f, 64<<10)
		line  []byte
		known = make(map[string]bool)
		begun = c.Offset
		now   = s.now()
	)
	for len(b.Posts)+len(b.Rejects) < s.batch && c.Offset-begun < maxBytes {
		if err := ctx.Err(); err != nil {
			return guitu.Batch{}, err
		}
		var err error
		var n int64
		line, n, err = next(r, line[:0], c.Skip)
		switch {
		case err == nil && c.Skip:
			c.Offset, c.Line, c.Skip = c.Offset+n, c.Line+1, false
			continue
		case errors.Is(err, errLong):
			c.Offset += n
			if !c.Skip {
				c.Skip = true
				reason := fmt.Sprintf("line %d: longer than %d bytes", c.Line+1, maxLine)
				b.Rejects = append(b.Rejects, source.NewReject("", reason, line))
			}
			continue
		case errors.Is(err, io.EOF):
			// The rest of the line is still to be written.
			return b, nil
		case err != nil:
			return guitu.Batch{}, err
		}
		c.Offset, c.Line = c.Offset+n, c.Line+1
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		raw, err := parse(line, now)
		p := raw
		if err == nil {
			p, err = source.Sanitize(raw, now)
		}
		switch {
		case err != nil:
			b.Rejects = append(b.Rejects, source.NewReject(raw.ExternalID, fmt.Sprintf("line %d: %v", c.Line, err), line))
		case !known[p.ExternalID]:
			known[p.ExternalID] = true
			p.Source = s.name
			b.Posts = append(b.Posts, p)
		}
	}
	b.More = true
	return b, nil
}

// errLong says that a line goes on beyond maxLine.
var errLong = errors.New("line too long")

// next reads a line into buf and returns it with how many bytes it took. With skip it drops the bytes instead of gathering
// them. errLong comes with the line's beginning after maxLine bytes; the next call goes on within the same line. io.EOF means
// that no line feed has come yet.
func next(r *bufio.Reader, buf []byte, skip bool) (line []byte, n int64, err error) {
	for {
		part, err := r.ReadSlice('\n')
		n += int64(len(part))
		if !skip {
			buf = append(buf, part...)
		}
		switch {
		case err == nil && n > maxLine && !skip:
			// The line is whole and too long; the caller skips to its end, which is this line feed.
			if uerr := r.UnreadByte(); uerr != nil {
				return nil, n, uerr
			}
			return buf[:source.MaxRaw], n - 1, errLong
		case err == nil:
			return buf, n, nil
		case errors.Is(err, bufio.ErrBufferFull) && n > maxLine:
			if skip {
				return nil, n, errLong
			}
			return buf[:source.MaxRaw], n, errLong
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && skip && n > 0:
			return nil, n, errLong
		default:
			return nil, n, err
		}
	}
}
