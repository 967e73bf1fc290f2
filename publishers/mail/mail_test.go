package mail_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/testenv"
	"guitu/internal/testenv/golden"
	"guitu/publishers/mail"
	"guitu/publishers/publisherstest"
)

const password = "publisherstest-Secret_x9"

var readers = []mail.Reader{
	{Address: "media@news.example"},
	{Address: "desk@linyi.example", Areas: []guitu.Area{"371300"}},
	{Address: "desk@jinan.example", Areas: []guitu.Area{"370100"}},
	{Address: "gone@refused.example"},
}

func publisher(t testing.TB, address string, o mail.Options) *mail.Publisher {
	t.Helper()
	if o.User == "" {
		o.User, o.Password = "guitu", password
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	p, err := mail.New("smtp://"+address, "notices@guitu.example", readers, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// got is a message as Mailpit read it.
type got struct {
	ID        string `json:"ID"`
	MessageID string `json:"MessageID"`
	Subject   string `json:"Subject"`
	Text      string `json:"Text"`
	HTML      string `json:"HTML"`
	To        []struct{ Address string }
	Bcc       []struct{ Address string }
	Inline    []struct{ FileName, ContentType string }
	Unsub     struct{ Links []string } `json:"ListUnsubscribe"`
}

func fetch(t testing.TB, address string, v any) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
		t.Fatal(err)
	}
}

// messages are those that the server has, the latest first.
func messages(t testing.TB, api string) (all []got) {
	t.Helper()
	var list struct {
		Messages []got `json:"messages"`
	}
	fetch(t, api+"/api/v1/messages", &list)
	for _, m := range list.Messages {
		var g got
		fetch(t, api+"/api/v1/message/"+m.ID, &g)
		all = append(all, g)
	}
	return all
}

// What arrives at a real server.
func TestRealServer(t *testing.T) {
	smtp, api := testenv.StartMailpit(t, "guitu", password, `^[^@]+@(news|linyi|jinan)\.example$`)
	p := publisher(t, smtp, mail.Options{})
	const typed = "表情👩‍👩‍👧‍👦 罕见字𠮷㛃 مرحبا <b>&amp;</b> *_`#\"\\ {{.}}"
	pub := publisherstest.Publication("RS", typed+"\n第二段。"+strings.Repeat("很长的一段，", 300))
	pub.Notice.Areas = []guitu.Area{"371302", "371311"}
	pub.Pictures = []guitu.Picture{
		{Name: "poster.png", Type: "image/png", Bytes: []byte("\x89PNG\r\n\x1a\n"), Alt: map[string]string{guitu.Chinese: "一张\"海报\""}},
		{Name: "photo.jpg", Type: "image/jpeg", Bytes: []byte("a child"), URL: "https://guitu.example/p/abc", Child: true, Alt: map[string]string{guitu.Chinese: "照片"}},
		{Name: "bare.jpg", Type: "image/jpeg", Bytes: []byte("a child"), Child: true, Alt: map[string]string{guitu.Chinese: "不该有"}},
	}
	r, err := p.Publish(t.Context(), pub)
	if err != nil {
		t.Fatal(err)
	}
	all := messages(t, api)
	if len(all) != 1 {
		t.Fatalf("%d messages arrived, want one", len(all))
	}
	m := all[0]
	for _, s := range []string{typed, "第二段。", pub.Notice.Texts[guitu.Chinese].Keep, pub.Notice.Texts[guitu.English].Keep, pub.Link, pub.Notice.Code} {
		if !strings.Contains(m.Text, s) {
			t.Errorf("the text lacks %q:\n%s", s, m.Text)
		}
	}
	for _, s := range []string{
		"表情👩‍👩‍👧‍👦 罕见字𠮷㛃 مرحبا &lt;b&gt;&amp;amp;&lt;/b&gt; *_`#&#34;\\ {{.}}", "https://guitu.example/p/abc", `alt="一张&#34;海报&#34;"`, `src="cid:`, pub.Link,
	} {
		if !strings.Contains(m.HTML, s) {
			t.Errorf("the HTML lacks %q:\n%s", s, m.HTML)
		}
	}
	if strings.Contains(m.HTML, "不该有") || len(m.Inline) != 1 || m.Inline[0].FileName != "poster.png" {
		t.Errorf("with the message went %+v, want the poster alone", m.Inline)
	}
	if m.Subject != pub.Notice.Texts[guitu.Chinese].Headline || m.MessageID != r.ExternalID {
		t.Errorf("the message is %q about %q, want %q", m.MessageID, m.Subject, r.ExternalID)
	}
	// Jinan did not ask for Linyi's, and the refused one holds up nobody; nobody sees the others.
	if len(m.To) != 1 || m.To[0].Address != "notices@guitu.example" {
		t.Errorf("the message is addressed to %v", m.To)
	}
	var to []string
	for _, b := range m.Bcc {
		to = append(to, b.Address)
	}
	if slices.Sort(to); !slices.Equal(to, []string{"desk@linyi.example", "media@news.example"}) {
		t.Errorf("the message went to %q", to)
	}
	if !slices.Contains(m.Unsub.Links, "mailto:notices@guitu.example?subject=unsubscribe") {
		t.Errorf("List-Unsubscribe has %q", m.Unsub.Links)
	}
	again := pub
	again.Key = "later"
	again.ReplyTo = r
	if other, err := p.Publish(t.Context(), again); err != nil || other == r {
		t.Errorf("another delivery = %+v, %v; want another Message-ID", other, err)
	}
	if a, err := p.Probe(t.Context()); err != nil || a.Name != "notices@guitu.example" {
		t.Errorf("Probe = %+v, %v", a, err)
	}
	wrong := publisher(t, smtp, mail.Options{User: "guitu", Password: "wr0ng-Secret"})
	if _, err := wrong.Publish(t.Context(), pub); !errors.Is(err, guitu.ErrUnauthorized) || strings.Contains(err.Error(), "wr0ng") {
		t.Errorf("a wrong password: %v, want ErrUnauthorized and no password", err)
	}
}

// server speaks SMTP from a script: each line that it gets is answered by the first entry whose key begins it.
func server(t testing.TB, script map[string]string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c, script)
		}
	}()
	return l.Addr().String()
}

func serve(c net.Conn, script map[string]string) {
	defer c.Close()
	fmt.Fprint(c, "220 mail.example ESMTP\r\n")
	in := bufio.NewScanner(c)
	data := false
	for in.Scan() {
		key := strings.ToUpper(strings.SplitN(in.Text(), " ", 2)[0])
		switch {
		case data && in.Text() == ".":
			key = "."
		case data:
			continue
		}
		answer, ok := script[key]
		if !ok {
			answer = map[string]string{
				"EHLO": "250-mail.example\r\n250 AUTH PLAIN", "DATA": "354 go on", "AUTH": "235 ok", "QUIT": "221 bye",
			}[key]
			if answer == "" {
				answer = "250 ok"
			}
		}
		if answer == "cut" {
			return
		}
		data = strings.HasPrefix(answer, "354")
		fmt.Fprint(c, answer+"\r\n")
	}
}

func TestTrouble(t *testing.T) {
	pub := publisherstest.Publication("TR", "说明。")
	for name, tt := range map[string]struct {
		script map[string]string
		want   error
	}{
		"all is well":                        {nil, nil},
		"nobody is taken":                    {map[string]string{"RCPT": "550 no such user"}, guitu.ErrRejected},
		"the message is refused":             {map[string]string{".": "554 spam"}, guitu.ErrRejected},
		"the account is wrong":               {map[string]string{"AUTH": "535 5.7.8 " + password}, guitu.ErrUnauthorized},
		"cut before the message":             {map[string]string{"DATA": "cut"}, errAgain},
		"cut when the server may have it":    {map[string]string{".": "cut"}, guitu.ErrUnknown},
		"the server is full":                 {map[string]string{"MAIL": "452 full"}, errLater},
		"the message is put off":             {map[string]string{".": "451 greylisted"}, errLater},
		"cut at signing in":                  {map[string]string{"AUTH": "cut"}, errAgain},
		"signing in is put off, for a while": {map[string]string{"AUTH": "454 later"}, errLater},
	} {
		t.Run(name, func(t *testing.T) {
			p := publisher(t, server(t, tt.script), mail.Options{})
			_, err := p.Publish(t.Context(), pub)
			if got := kind(err); !errors.Is(got, tt.want) {
				t.Errorf("Publish = %v (%v), want %v", err, got, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), password) {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
	// A server that says nothing holds nobody longer than the context.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := publisher(t, l.Addr().String(), mail.Options{}).Publish(brief, pub); !errors.Is(kind(err), errAgain) {
		t.Errorf("a silent server: %v, want an error to try again", err)
	}
	pub.Notice.Area = "110101"
	none, err := mail.New("smtp://"+l.Addr().String(), "n@guitu.example", readers[1:3], mail.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := none.Publish(t.Context(), pub); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("a place for which nobody asked: %v, want ErrRejected", err)
	}
}

var (
	errAgain = errors.New("try again")
	errLater = errors.New("try later")
)

// kind is what a caller makes of an error.
func kind(err error) error {
	var retry *guitu.RetryError
	for _, k := range []error{guitu.ErrRejected, guitu.ErrUnauthorized, guitu.ErrUnknown} {
		if errors.Is(err, k) {
			return k
		}
	}
	switch {
	case err == nil:
		return nil
	case errors.As(err, &retry):
		return errLater
	}
	return errAgain
}

func TestNewRefuses(t *testing.T) {
	one := readers[:1]
	many := make([]mail.Reader, mail.MaxReaders+1)
	for name, bad := range map[string]func() error{
		"a server that is none": func() error { _, err := mail.New("mail.example:25", "a@b", one, mail.Options{}); return err },
		"an account in it":      func() error { _, err := mail.New("smtp://u:p@mail.example", "a@b", one, mail.Options{}); return err },
		"a sender that is none": func() error { _, err := mail.New("smtp://mail.example", "guitu", one, mail.Options{}); return err },
		"no readers":            func() error { _, err := mail.New("smtp://mail.example", "a@b", nil, mail.Options{}); return err },
		"too many readers":      func() error { _, err := mail.New("smtp://mail.example", "a@b", many, mail.Options{}); return err },
		"a reader with two lines": func() error {
			_, err := mail.New("smtp://mail.example", "a@b", []mail.Reader{{Address: "a@b\r\nRCPT TO:<c@d>"}}, mail.Options{})
			return err
		},
	} {
		if bad() == nil {
			t.Errorf("%s is no error", name)
		}
	}
}

// TestSent holds what each kind of notice arrives as against a file, to be looked at as a reader would.
func TestSent(t *testing.T) {
	smtp, api := testenv.StartMailpit(t, "guitu", password, `^[^@]+@(news|linyi|jinan)\.example$`)
	p := publisher(t, smtp, mail.Options{})
	var b strings.Builder
	for _, s := range publisherstest.Samples() {
		pub := publisherstest.SamplePublication(p, s)
		if _, err := p.Publish(t.Context(), pub); err != nil {
			t.Fatal(err)
		}
		m := messages(t, api)[0]
		fmt.Fprintf(&b, "======== %s\nSubject: %s\n%s\n-------- HTML\n%s\n", s.Name, m.Subject, strings.ReplaceAll(m.Text, "\r\n", "\n"), strings.ReplaceAll(m.HTML, "\r\n", "\n"))
		for _, i := range m.Inline {
			fmt.Fprintf(&b, "[inline: %s, %s]\n", i.FileName, i.ContentType)
		}
	}
	golden.Check(t, "testdata/sent.txt", b.String())
}
