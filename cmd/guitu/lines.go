package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
)

// maxLine is the longest line that a command reads, in bytes.
const maxLine = 1 << 20

// chunkSize is how much is read and worked on at a time, in bytes.
const chunkSize = 256 << 10

// errLines says that some lines could not be read; each was named when it came.
var errLines = errors.New("some lines could not be read")

var errTooLong = fmt.Errorf("longer than %d bytes", maxLine)

// eachLine lets work append to out what it makes of each line of r, and writes that to w in the order of the lines. Work runs
// on all cores at once and must not keep line or out; lines come without their end, and blank ones are passed over. A line
// for which work returns an error, or that is longer than maxLine, is named on errs and left out, and the error is errLines
// in the end. What r brings is worked on and written without waiting for more; memory is bounded by a few chunks a core.
func eachLine(r io.Reader, w, errs io.Writer, work func(out, line []byte) ([]byte, error)) error {
	workers := runtime.GOMAXPROCS(0)
	free := make(chan *chunk, 2*workers+1)
	for range cap(free) {
		free <- &chunk{done: make(chan struct{}, 1)}
	}
	var running sync.WaitGroup
	queue := make(chan *chunk, cap(free))
	for range workers {
		running.Go(func() {
			for c := range queue {
				c.each(work)
				c.done <- struct{}{}
			}
		})
	}
	var writeErr error
	bad, stop := false, make(chan struct{})
	ordered := make(chan *chunk, cap(free))
	running.Go(func() {
		for c := range ordered {
			<-c.done
			if writeErr = c.write(w, errs); writeErr != nil {
				close(stop)
				return
			}
			bad = bad || len(c.errs) > 0
			free <- c
		}
	})
	in := chunker{r: r, next: 1}
	readErr := in.each(free, stop, func(c *chunk) {
		// Neither blocks: each has room for all chunks that there are.
		queue <- c
		ordered <- c
	})
	close(queue)
	close(ordered)
	running.Wait()
	if err := errors.Join(writeErr, readErr); err != nil || !bad {
		return err
	}
	return errLines
}

// chunk is a run of whole lines, and what became of them.
type chunk struct {
	first int // number of the first line, from 1
	lines []byte
	out   []byte
	errs  []byte
	done  chan struct{}
}

// each works on the lines.
func (c *chunk) each(work func(out, line []byte) ([]byte, error)) {
	c.out, c.errs = c.out[:0], c.errs[:0]
	n := c.first
	for line := range bytes.Lines(c.lines) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		out, err := c.out, errTooLong
		switch {
		case len(line) > maxLine:
		case len(bytes.TrimSpace(line)) == 0:
			err = nil
		default:
			out, err = work(c.out, line)
		}
		if err != nil {
			c.errs = fmt.Appendf(c.errs, "line %d: %v\n", n, err)
		} else {
			c.out = out
		}
		n++
	}
}

// write writes what became of the lines.
func (c *chunk) write(w, errs io.Writer) error {
	if len(c.errs) > 0 {
		if _, err := errs.Write(c.errs); err != nil {
			return fmt.Errorf("name what is wrong from line %d on: %w", c.first, err)
		}
	}
	if len(c.out) > 0 {
		if _, err := w.Write(c.out); err != nil {
			return fmt.Errorf("write from line %d on: %w", c.first, err)
		}
	}
	return nil
}

// chunker cuts what r brings into chunks.
type chunker struct {
	r    io.Reader
	next int    // number of the line that comes next
	rest []byte // the beginning of that line
}

// each fills free chunks and gives them to send, until the end of the input or of stop.
func (k *chunker) each(free <-chan *chunk, stop <-chan struct{}, send func(*chunk)) error {
	for {
		var c *chunk
		select {
		case c = <-free:
		case <-stop:
			return nil
		}
		err := k.fill(c)
		k.next += bytes.Count(c.lines, []byte("\n"))
		if len(c.lines) > 0 {
			send(c)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read line %d: %w", k.next, err)
		}
	}
}

// fill reads until c has at least one whole line. Of a line over maxLine it keeps as much as shows that it is. With an error,
// c has the whole lines before it, and with io.EOF the last line too, ended or not.
func (k *chunker) fill(c *chunk) error {
	c.first = k.next
	buf := append(c.lines[:0], k.rest...)
	k.rest = k.rest[:0]
	c.lines = buf[:0]
	for empty := 0; ; {
		begun := len(buf)
		buf = slices.Grow(buf, chunkSize)
		n, err := k.r.Read(buf[begun : begun+chunkSize])
		buf = buf[:begun+n]
		if begun > maxLine {
			end := bytes.IndexByte(buf[begun:], '\n')
			if end < 0 {
				end = n
			}
			buf = append(buf[:begun], buf[begun+end:]...)
		}
		end := bytes.LastIndexByte(buf[begun:], '\n')
		switch {
		case errors.Is(err, io.EOF):
			c.lines = buf
			return err
		case end >= 0:
			end += begun + 1
			c.lines = buf[:end]
			k.rest = append(k.rest, buf[end:]...)
			return err
		case err != nil:
			return err
		case len(buf) > maxLine:
			buf = buf[:maxLine+1]
		}
		if empty++; n > 0 {
			empty = 0
		} else if empty == 100 {
			return io.ErrNoProgress
		}
	}
}
