package file_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/verify/source/file"
	"guitu/verify/source/sourcetest"
)

// place is a file that posts are appended to.
type place string

func newPlace(t *testing.T) place {
	p := place(filepath.Join(t.TempDir(), "posts.jsonl"))
	p.write(t, "")
	return p
}

func (p place) Source(t *testing.T) guitu.Source { return p.source(t, 0) }

func (p place) source(t *testing.T, batch int) guitu.Source {
	t.Helper()
	s, err := file.New("file", string(p), file.Options{Batch: batch, Now: func() time.Time { return sourcetest.Now }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (p place) Put(t *testing.T, posts ...guitu.Post) {
	t.Helper()
	for _, q := range posts {
		data, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		p.write(t, string(data)+"\n")
	}
}

// write appends s.
func (p place) write(t *testing.T, s string) {
	t.Helper()
	f, err := os.OpenFile(string(p), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(s); err != nil {
		t.Fatal(err)
	}
}

func (p place) read(t *testing.T, cursor string) guitu.Batch {
	t.Helper()
	b, err := p.Source(t).Read(t.Context(), cursor)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ids(posts []guitu.Post) string {
	var list []string
	for _, p := range posts {
		list = append(list, p.ExternalID)
	}
	return strings.Join(list, " ")
}

func reasons(b guitu.Batch) string {
	var list []string
	for _, r := range b.Rejects {
		list = append(list, r.Reason)
	}
	return strings.Join(list, "\n")
}

func TestSource(t *testing.T) {
	sourcetest.Exercise(t, func(t *testing.T) sourcetest.Place { return newPlace(t) })
}

func TestFields(t *testing.T) {
	p := newPlace(t)
	p.write(t, `{"id":7,"text":"甲","time":"2026-11-24 18:30","author":"某人","url":"https://site.example/7","reposts":12,"images":["https://site.example/7.jpg","javascript:x"],"more":{}}`+"\n")
	b := p.read(t, "")
	if len(b.Posts) != 1 {
		t.Fatalf("posts: %+v, rejects: %+v", b.Posts, b.Rejects)
	}
	got := b.Posts[0]
	if got.ExternalID != "7" || got.Author != "某人" || got.URL != "https://site.example/7" || got.Reposts != 12 ||
		strings.Join(got.Images, " ") != "https://site.example/7.jpg" ||
		!got.PostedAt.Equal(time.Date(2026, 11, 24, 10, 30, 0, 0, time.UTC)) {
		t.Errorf("got %+v", got)
	}
}

func TestBadLines(t *testing.T) {
	for _, tt := range []struct{ name, line, want string }{
		{"no JSON", `nonsense`, "line 2: no JSON at byte 2"},
		{"cut", `{"id":"b","text":"甲`, "line 2: no JSON at byte 21"},
		{"list", `["a"]`, "line 2: no JSON object with these fields"},
		{"no id", `{"text":"甲"}`, `line 2: "id" is missing`},
		{"empty id", `{"id":"","text":"甲"}`, "line 2: no id"},
		{"null id", `{"id":null,"text":"甲"}`, `line 2: "id" is missing`},
		{"id of a wrong type", `{"id":{},"text":"甲"}`, "line 2: no JSON object with these fields"},
		{"no text", `{"id":"b"}`, `line 2: "text" is missing`},
		{"empty text", `{"id":"b","text":" \u0000 "}`, "line 2: no text"},
		{"text of a wrong type", `{"id":"b","text":5}`, `line 2: "text" is of the wrong type`},
		{"time", `{"id":"b","text":"甲","time":"gestern"}`, `line 2: "time" is not understood: want RFC 3339 or 2006-01-02 15:04`},
		{"no UTF-8", "{\"id\":\"b\",\"text\":\"\xff\"}", "line 2: invalid UTF-8"},
		{"GBK", "{\"id\":\"b\",\"text\":\"\xd1\xb0\xc8\xcb\"}", "line 2: invalid UTF-8"},
		{"long id", `{"id":"` + strings.Repeat("x", 300) + `","text":"甲"}`, "line 2: id is not usable: want at most 256 bytes of plain UTF-8"},
		{"deep", `{"id":"b","text":` + strings.Repeat("[", 20000), "line 2: no JSON at byte 10017"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			p.Put(t, sourcetest.Post(1, 10))
			p.write(t, tt.line+"\n\n\r\n")
			p.Put(t, sourcetest.Post(2, 5))
			b := p.read(t, "")
			if len(b.Posts) != 2 || reasons(b) != tt.want {
				t.Errorf("got %d posts and rejects %q, want 2 and %q", len(b.Posts), reasons(b), tt.want)
			}
			p.write(t, "nonsense\n")
			if b = p.read(t, b.Cursor); reasons(b) != "line 6: no JSON at byte 2" {
				t.Errorf("the next read rejects %q, want line 6", reasons(b))
			}
		})
	}
}

func TestLastLineIsLeftUntilWhole(t *testing.T) {
	p := newPlace(t)
	p.write(t, `{"id":"a","text":"甲"}`+"\n"+`{"id":"b","te`)
	b := p.read(t, "")
	if got := ids(b.Posts); got != "a" || len(b.Rejects) != 0 || b.More {
		t.Fatalf("half a line: posts %q, rejects %q, more %v", got, reasons(b), b.More)
	}
	p.write(t, `xt":"乙"}`+"\n")
	if b = p.read(t, b.Cursor); ids(b.Posts) != "b" || len(b.Rejects) != 0 {
		t.Errorf("the other half: posts %q, rejects %q", ids(b.Posts), reasons(b))
	}
}

func TestBeginsAnew(t *testing.T) {
	old := `{"id":"a","text":"甲"}` + "\n" + `{"id":"b","text":"乙"}` + "\n"
	for _, tt := range []struct{ name, now, want string }{
		{"Truncated", "", ""},
		{"Shorter", `{"id":"c","text":"丙"}` + "\n", "c"},
		{"ReplacedByLonger", strings.ReplaceAll(old, `"a"`, `"c"`) + `{"id":"d","text":"丁"}` + "\n", "c b d"},
		{"SameLengthOtherEnd", strings.ReplaceAll(old, `"b"`, `"c"`), "a c"},
		{"Grown", old + `{"id":"e","text":"戊"}` + "\n", "e"},
		{"Unchanged", old, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			p.write(t, old)
			b := p.read(t, "")
			if ids(b.Posts) != "a b" {
				t.Fatalf("first: %q", ids(b.Posts))
			}
			if err := os.WriteFile(string(p), []byte(tt.now), 0o600); err != nil {
				t.Fatal(err)
			}
			if b = p.read(t, b.Cursor); ids(b.Posts) != tt.want {
				t.Errorf("got %q, want %q", ids(b.Posts), tt.want)
			}
		})
	}
}

func TestBatches(t *testing.T) {
	p := newPlace(t)
	for i := range 10 {
		p.write(t, fmt.Sprintf(`{"id":"%d","text":"甲"}`+"\n", i))
	}
	var got []string
	cursor := ""
	for range 4 {
		b, err := p.source(t, 4).Read(t.Context(), cursor)
		if err != nil {
			t.Fatal(err)
		}
		got, cursor = append(got, fmt.Sprint(ids(b.Posts), b.More)), b.Cursor
	}
	want := "0 1 2 3true|4 5 6 7true|8 9false|false"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got %s, want %s", s, want)
	}
}

// A line of 40 MB is passed over without being held, even while it is being written.
func TestHugeLine(t *testing.T) {
	p := newPlace(t)
	p.Put(t, sourcetest.Post(1, 10))
	p.write(t, `{"id":"huge","text":"`)
	chunk := strings.Repeat("巨", 1<<20/3)
	for range 20 {
		p.write(t, chunk)
	}
	posts, rejects, cursor := sourcetest.Drain(t, p, "")
	if len(posts) != 1 || len(rejects) != 1 || !strings.HasPrefix(rejects[0].Reason, "line 2: longer than") {
		t.Fatalf("got %d posts and %d rejects", len(posts), len(rejects))
	}
	for range 20 {
		p.write(t, chunk)
	}
	p.write(t, "\"}\n")
	p.Put(t, sourcetest.Post(3, 5))
	p.write(t, "nonsense\n")
	posts, rejects, _ = sourcetest.Drain(t, p, cursor)
	if len(posts) != 1 || len(rejects) != 1 || !strings.HasPrefix(rejects[0].Reason, "line 4:") {
		t.Errorf("behind it: %d posts, rejects %+v", len(posts), rejects)
	}
	// A line that is over the limit by little, so that its end is in the buffer.
	for _, n := range []int{0, 1, 100, 1 << 10, 1 << 16} {
		q := newPlace(t)
		q.write(t, `{"id":"x","text":"`+strings.Repeat("a", 6*guitu.MaxText+64<<10-20+n)+"\"}\n"+`{"id":"y","text":"甲"}`+"\n")
		posts, rejects, _ := sourcetest.Drain(t, q, "")
		if ids(posts) != "y" || len(rejects) != 1 || !strings.HasPrefix(rejects[0].Reason, "line 1:") {
			t.Errorf("%d over: posts %q, %d rejects", n, ids(posts), len(rejects))
		}
	}
}

func TestNoFile(t *testing.T) {
	for _, path := range []string{filepath.Join(t.TempDir(), "none"), t.TempDir()} {
		s, err := file.New("file", path, file.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Read(t.Context(), ""); err == nil {
			t.Errorf("Read(%s) gave no error", path)
		}
	}
	if _, err := file.New("file", "", file.Options{}); err == nil {
		t.Error("New without a path gave no error")
	}
}

func BenchmarkRead(b *testing.B) {
	path := filepath.Join(b.TempDir(), "posts.jsonl")
	var w strings.Builder
	text := strings.Repeat("今天上午在菜市场门口看到的，转给大家。", 8)
	const lines = 20000
	for i := range lines {
		fmt.Fprintf(&w, `{"id":"%d","text":%q,"time":"2026-11-24T12:30:00+08:00","author":"某人","reposts":3}`+"\n", i, text)
	}
	if err := os.WriteFile(path, []byte(w.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	s, err := file.New("file", path, file.Options{})
	if err != nil {
		b.Fatal(err)
	}
	posts := 0
	for b.Loop() {
		cursor := ""
		for more := true; more; {
			batch, err := s.Read(b.Context(), cursor)
			if err != nil {
				b.Fatal(err)
			}
			posts, cursor, more = posts+len(batch.Posts), batch.Cursor, batch.More
		}
	}
	b.ReportMetric(float64(posts)/b.Elapsed().Seconds(), "posts/s")
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"id":"a","text":"甲","time":"刚刚","reposts":1e300,"images":[null]}` + "\n"))
	f.Add([]byte("\xff\n{}\n[]\nnull\n\"\n{\"id\":1e999,\"text\":\"\"}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := place(filepath.Join(t.TempDir(), "f"))
		if err := os.WriteFile(string(p), data, 0o600); err != nil {
			t.Fatal(err)
		}
		sourcetest.Drain(t, p, "")
	})
}
