package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
)

// echo is work that returns the line, and refuses lines that begin with "bad".
func echo(out, line []byte) ([]byte, error) {
	if bytes.HasPrefix(line, []byte("bad")) {
		return append(out, "never seen"...), errors.New("is bad")
	}
	return append(append(out, line...), '\n'), nil
}

func TestEachLineKeepsOrder(t *testing.T) {
	var in, want, wantErrs strings.Builder
	for n := 1; in.Len() < 20*chunkSize; n++ {
		switch {
		case n%100 == 7:
			in.WriteString(" \t\r\n")
		case n%1000 == 8:
			in.WriteString("bad\n")
			fmt.Fprintf(&wantErrs, "line %d: is bad\n", n)
		case n == 5000:
			// Longer than several chunks, and twice in a row.
			long := strings.Repeat("长", maxLine)
			fmt.Fprintf(&in, "%s\n%s\n", long, long)
			fmt.Fprintf(&wantErrs, "line %d: %v\nline %d: %v\n", n, errTooLong, n+1, errTooLong)
			n++
		default:
			line := fmt.Sprintf("%d %s\n", n, strings.Repeat("x", n%997))
			in.WriteString(line)
			want.WriteString(line)
		}
	}
	in.WriteString("the last line has no end")
	want.WriteString("the last line has no end\n")
	for name, r := range map[string]io.Reader{
		"whole":  strings.NewReader(in.String()),
		"halves": iotest.HalfReader(strings.NewReader(in.String())),
		"end":    iotest.DataErrReader(strings.NewReader(in.String())),
	} {
		var out, errs strings.Builder
		if err := eachLine(r, &out, &errs, echo); !errors.Is(err, errLines) {
			t.Errorf("%s: eachLine = %v, want %v", name, err, errLines)
		}
		if out.String() != want.String() {
			t.Errorf("%s: the output is not the input in its order", name)
		}
		if errs.String() != wantErrs.String() {
			t.Errorf("%s: errors:\n%s\nwant:\n%s", name, errs.String(), wantErrs.String())
		}
	}
}

func TestEachLineLength(t *testing.T) {
	for _, tt := range []struct {
		size int
		end  string
		want error
	}{{maxLine, "\n", nil}, {maxLine, "", nil}, {maxLine + 1, "\n", errLines}, {maxLine + 1, "", errLines}} {
		var out, errs strings.Builder
		err := eachLine(strings.NewReader(strings.Repeat("x", tt.size)+tt.end), &out, &errs, echo)
		if !errors.Is(err, tt.want) {
			t.Errorf("eachLine of a line of %d bytes%q = %v, want %v", tt.size, tt.end, err, tt.want)
		}
		if tt.want == nil && out.Len() != tt.size+1 {
			t.Errorf("eachLine of a line of %d bytes%q wrote %d", tt.size, tt.end, out.Len())
		}
	}
}

// TestEachLineByByte holds it to work on what is there: a line typed by hand is answered before the next one is typed.
func TestEachLineByByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, typed := io.Pipe()
		var out, errs strings.Builder
		done := make(chan error)
		go func() { done <- eachLine(iotest.OneByteReader(r), &out, &errs, echo) }()
		for _, line := range []string{"one\n", "bad\n", "two\n"} {
			if _, err := io.WriteString(typed, line); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if got := out.String(); got != "one\ntwo\n" {
			t.Errorf("before the end of the input it wrote %q", got)
		}
		if got := errs.String(); got != "line 2: is bad\n" {
			t.Errorf("before the end of the input it complained %q", got)
		}
		typed.Close()
		if err := <-done; !errors.Is(err, errLines) {
			t.Errorf("eachLine = %v, want %v", err, errLines)
		}
	})
}

// TestEachLineBoundsMemory counts how far the reading runs ahead of a writer that is stuck.
func TestEachLineBoundsMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := &endless{}
		out, stuck := io.Pipe()
		done := make(chan error)
		go func() { done <- eachLine(in, stuck, io.Discard, echo) }()
		synctest.Wait()
		if most := int64(2*runtime.GOMAXPROCS(0)+2) * chunkSize; in.read > most {
			t.Errorf("with nothing written, %d bytes were read, want at most %d", in.read, most)
		}
		out.CloseWithError(errors.New("full disk"))
		if err := <-done; err == nil || !strings.Contains(err.Error(), "full disk") {
			t.Errorf("eachLine = %v, want the writer's error", err)
		}
	})
}

// endless brings short lines for ever.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "abc\n"[e.read%4]
		e.read++
	}
	return len(p), nil
}

func TestEachLineBroken(t *testing.T) {
	var out, errs strings.Builder
	r := io.MultiReader(strings.NewReader("one\ntwo\nthr"), iotest.ErrReader(errors.New("torn cable")))
	err := eachLine(r, &out, &errs, echo)
	if err == nil || err.Error() != "read line 3: torn cable" {
		t.Errorf("eachLine = %v, want the reader's error and the line", err)
	}
	if out.String() != "one\ntwo\n" {
		t.Errorf("before the error it wrote %q", out.String())
	}
	if err := eachLine(idle{}, io.Discard, io.Discard, echo); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("eachLine of a reader that brings nothing = %v, want %v", err, io.ErrNoProgress)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func FuzzEachLine(f *testing.F) {
	f.Add([]byte("one\n\nbad\r\n \ntwo"), 3)
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		var want, wantErrs bytes.Buffer
		for i, line := range bytes.Split(in, []byte("\n")) {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			if out, err := echo(nil, line); err != nil {
				fmt.Fprintf(&wantErrs, "line %d: %v\n", i+1, err)
			} else {
				want.Write(out)
			}
		}
		var out, errs bytes.Buffer
		_ = eachLine(&steps{in, 1 + step&0xFFFF}, &out, &errs, echo) // errLines or nil, as errs says
		if !bytes.Equal(out.Bytes(), want.Bytes()) || !bytes.Equal(errs.Bytes(), wantErrs.Bytes()) {
			t.Errorf("eachLine(%q) = %q, %q, want %q, %q", in, out.Bytes(), errs.Bytes(), want.Bytes(), wantErrs.Bytes())
		}
	})
}

// steps brings at most size bytes at a time.
type steps struct {
	rest []byte
	size int
}

func (s *steps) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.rest[:min(s.size, len(s.rest))])
	s.rest = s.rest[n:]
	return n, nil
}
