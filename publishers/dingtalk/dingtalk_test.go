package dingtalk_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/publishers/dingtalk"
	"guitu/publishers/publisherstest"
	"guitu/publishers/rest"
)

// robot answers as the documentation says that a group's robot does, and shows Markdown as CommonMark has it.
type robot struct {
	token, secret string
	mu            sync.Mutex
	posts         []publisherstest.Post
}

func (s *robot) Posts() []publisherstest.Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]publisherstest.Post{}, s.posts...)
}

func (s *robot) Remove(string) {} // nobody can take back what a robot said

func (s *robot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if r.URL.Path != "/robot/send" || q.Get("access_token") != s.token {
		says(w, 300001, "token is not exist")
		return
	}
	at, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	sum := hmac.New(sha256.New, []byte(s.secret))
	fmt.Fprintf(sum, "%s\n%s", q.Get("timestamp"), s.secret)
	if err != nil || time.Since(time.UnixMilli(at)).Abs() > time.Hour {
		says(w, 310000, "invalid timestamp")
		return
	}
	if q.Get("sign") != base64.StdEncoding.EncodeToString(sum.Sum(nil)) {
		says(w, 310000, "sign not match")
		return
	}
	var m struct {
		Type     string `json:"msgtype"`
		Markdown struct {
			Title string `json:"title"`
			Text  string `json:"text"`
		} `json:"markdown"`
	}
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil || m.Type != "markdown" || m.Markdown.Title == "" {
		says(w, 40035, "缺少参数 json")
		return
	}
	if len(m.Markdown.Text) > 20_000 {
		says(w, 460101, "message too long, exceed 20000 bytes")
		return
	}
	s.mu.Lock()
	s.posts = append(s.posts, read(m.Markdown.Text))
	s.mu.Unlock()
	says(w, 0, "ok")
}

var (
	picture = regexp.MustCompile(`(?s)^!\[(.*?[^\\])\]\((\S+)\)\n\n`)
	link    = regexp.MustCompile(`\[([^\[\]]*)\]\((https://[^)]*)\)`)
	escaped = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")
	markup  = regexp.MustCompile("(?m)(^|[^\\\\])[*_`#<>&~\\[\\]]")
)

// read shows a message as a reader would copy it.
func read(text string) (p publisherstest.Post) {
	if m := picture.FindStringSubmatch(text); m != nil {
		p.Pictures = []publisherstest.PostPicture{{Alt: escaped.ReplaceAllString(m[1], "$1"), Digest: publisherstest.Digest([]byte(m[2]))}}
		text = text[len(m[0]):]
	}
	text = link.ReplaceAllString(text, "$1")
	if bad := markup.FindString(text); bad != "" {
		return publisherstest.Post{Text: "this would be shown as markup: " + bad}
	}
	p.Text = escaped.ReplaceAllString(strings.ReplaceAll(text, "  \n", "\n"), "$1")
	return p
}

func says(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"errcode": code, "errmsg": text})
}

func answer(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { says(w, code, "as told") }
}

func publisher(t testing.TB, url, secret string) *dingtalk.Publisher {
	t.Helper()
	p, err := dingtalk.New(url+"/robot/send?access_token=t0ken", secret, dingtalk.Options{Options: rest.Options{Timeout: 2 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExercise(t *testing.T) {
	publisherstest.Exercise(t, publisherstest.Harness{
		Golden:    "testdata/sent.txt",
		Fake:      func(testing.TB) publisherstest.Fake { return &robot{token: "t0ken", secret: publisherstest.Secret} },
		Publisher: func(t testing.TB, url, secret string) guitu.Publisher { return publisher(t, url, secret) },
		TooMany: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", strconv.Itoa(int(publisherstest.RetryAfter.Seconds())))
			w.WriteHeader(http.StatusTooManyRequests)
		},
		Rejected:     answer(430101),
		Unauthorized: answer(310000),
		Credential:   "secret",
		Limits:       dingtalk.Limits,
		Nameless:     true,
		Counts:       func(*http.Request) []string { return []string{"posts a minute"} },
	})
}

func TestCodes(t *testing.T) {
	for code, want := range map[int]error{
		-1: guitu.ErrUnknown, 300001: guitu.ErrUnauthorized, 310000: guitu.ErrUnauthorized, 400102: guitu.ErrUnauthorized,
		430104: guitu.ErrRejected, 40035: guitu.ErrRejected,
	} {
		srv := httptest.NewServer(answer(code))
		_, err := publisher(t, srv.URL, "s").Publish(t.Context(), publisherstest.Publication("CO", "说明。"))
		srv.Close()
		if !errors.Is(err, want) {
			t.Errorf("errcode %d is %v, want %v", code, err, want)
		}
	}
	srv := httptest.NewServer(answer(130101))
	defer srv.Close()
	var retry *guitu.RetryError
	if _, err := publisher(t, srv.URL, "s").Publish(t.Context(), publisherstest.Publication("CO", "说明。")); !errors.As(err, &retry) || retry.After != 10*time.Minute {
		t.Errorf("errcode 130101 is %v, want to wait for ten minutes", err)
	}
}

// What needs no escape has none: should a client show escapes as they are, addresses, dates and numbers can be read and pressed.
func TestEscapesLittle(t *testing.T) {
	for text, want := range map[string]string{
		"https://guitu.example/n/K7QW3M": "https://guitu.example/n/K7QW3M", "11月24日 15:20，电话19900000001。": "11月24日 15:20，电话19900000001。",
		"1. 项\n 2) 项\n2026.": "1\\. 项  \n 2\\) 项  \n2026\\.", "- 项\n  + 项\n=== -": "\\- 项  \n  \\+ 项  \n\\=== -",
		"a-b 3.5 (c) d!": "a-b 3.5 (c) d!", "# *b* _c_ `d` [e](f) <g> &amp; ~h~ |": "\\# \\*b\\* \\_c\\_ \\`d\\` \\[e\\](f) \\<g\\> \\&amp; \\~h\\~ \\|",
		`\.`: `\\.`,
	} {
		if got := dingtalk.Escape(text); got != want {
			t.Errorf("Escape(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, bad := range [][2]string{{"", "s"}, {"https://oapi.dingtalk.com/robot/send", "s"}, {"https://oapi.dingtalk.com/robot/send?access_token=t", ""}} {
		if _, err := dingtalk.New(bad[0], bad[1], dingtalk.Options{}); err == nil {
			t.Errorf("New of %q is no error", bad)
		}
	}
}
