package feishu_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"guitu"
	"guitu/publishers/feishu"
	"guitu/publishers/publisherstest"
	"guitu/publishers/rest"
)

// robot answers as the documentation says that a group's robot does.
type robot struct {
	hook, secret string
	mu           sync.Mutex
	posts        []publisherstest.Post
}

func (s *robot) Posts() []publisherstest.Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]publisherstest.Post{}, s.posts...)
}

func (s *robot) Remove(string) {} // nobody can take back what a robot said

type message struct {
	Timestamp string `json:"timestamp"`
	Sign      string `json:"sign"`
	Type      string `json:"msg_type"`
	Content   struct {
		Post map[string]struct {
			Title   string `json:"title"`
			Content [][]struct {
				Tag  string `json:"tag"`
				Text string `json:"text"`
				Href string `json:"href"`
			} `json:"content"`
		} `json:"post"`
	} `json:"content"`
}

func (s *robot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/open-apis/bot/v2/hook/"+s.hook {
		says(w, 19001, "param invalid: incoming webhook access token invalid")
		return
	}
	body, _ := io.ReadAll(r.Body)
	var m message
	if len(body) > 20<<10 || json.Unmarshal(body, &m) != nil {
		says(w, 9499, "Bad Request")
		return
	}
	at, err := strconv.ParseInt(m.Timestamp, 10, 64)
	sum := hmac.New(sha256.New, []byte(m.Timestamp+"\n"+s.secret)).Sum(nil)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > time.Hour || m.Sign != base64.StdEncoding.EncodeToString(sum) {
		says(w, 19021, "sign match fail or timestamp is not within one hour from current time")
		return
	}
	p, ok := m.Content.Post["zh_cn"]
	if m.Type != "post" || !ok {
		says(w, 19002, "params error, msg_type need")
		return
	}
	lines := []string{p.Title}
	links := 0
	for _, l := range p.Content {
		line := ""
		for _, e := range l {
			line += e.Text
			if e.Tag == "a" && e.Href == e.Text {
				links++
			}
		}
		lines = append(lines, line)
	}
	if links != 1 {
		says(w, 19002, "params error, one link is wanted")
		return
	}
	s.mu.Lock()
	s.posts = append(s.posts, publisherstest.Post{Text: strings.Join(lines, "\n")})
	s.mu.Unlock()
	says(w, 0, "success")
}

func says(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(map[string]any{"code": code, "msg": text, "data": map[string]any{}})
}

func answer(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { says(w, code, "as told") }
}

func publisher(t testing.TB, url, secret string) *feishu.Publisher {
	t.Helper()
	p, err := feishu.New(url+"/open-apis/bot/v2/hook/h00k", secret, feishu.Options{Options: rest.Options{Timeout: 2 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExercise(t *testing.T) {
	publisherstest.Exercise(t, publisherstest.Harness{
		Golden:    "testdata/sent.txt",
		Fake:      func(testing.TB) publisherstest.Fake { return &robot{hook: "h00k", secret: publisherstest.Secret} },
		Publisher: func(t testing.TB, url, secret string) guitu.Publisher { return publisher(t, url, secret) },
		TooMany: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", strconv.Itoa(int(publisherstest.RetryAfter.Seconds())))
			w.WriteHeader(http.StatusTooManyRequests)
		},
		Rejected:     answer(9499),
		Unauthorized: answer(19021),
		Credential:   "secret",
		Limits:       feishu.Limits,
		Nameless:     true,
		Counts:       func(*http.Request) []string { return []string{"posts a second", "posts a minute"} },
	})
}

func TestCodes(t *testing.T) {
	for code, want := range map[int]error{
		19001: guitu.ErrUnauthorized, 19021: guitu.ErrUnauthorized, 19024: guitu.ErrUnauthorized, 19002: guitu.ErrRejected, 9499: guitu.ErrRejected,
	} {
		srv := httptest.NewServer(answer(code))
		_, err := publisher(t, srv.URL, "s").Publish(t.Context(), publisherstest.Publication("CO", "说明。"))
		srv.Close()
		if !errors.Is(err, want) {
			t.Errorf("code %d is %v, want %v", code, err, want)
		}
	}
	srv := httptest.NewServer(answer(11232))
	defer srv.Close()
	var retry *guitu.RetryError
	if _, err := publisher(t, srv.URL, "s").Publish(t.Context(), publisherstest.Publication("CO", "说明。")); !errors.As(err, &retry) || retry.After != time.Minute {
		t.Errorf("code 11232 is %v, want to wait a minute", err)
	}
}

// The platform's own limit is told with a status of 400 by older interfaces, and is no refusal.
func TestPlatformLimit(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"code":99991400,"msg":"request trigger frequency limit"}`)
	}))
	defer srv.Close()
	var retry *guitu.RetryError
	if _, err := publisher(t, srv.URL, "s").Publish(t.Context(), publisherstest.Publication("PL", "说明。")); !errors.As(err, &retry) {
		t.Errorf("code 99991400 is %v, want to try again", err)
	}
}

// A message has 20 KB with all around it, and each line has something around it.
func TestManyLines(t *testing.T) {
	s := &robot{hook: "h00k", secret: "s"}
	srv := httptest.NewServer(s)
	defer srv.Close()
	for name, description := range map[string]string{"short": strings.Repeat("好\n", 4000), "quoted": strings.Repeat("\"<&\n", 4000)} {
		if _, err := publisher(t, srv.URL, "s").Publish(t.Context(), publisherstest.Publication("ML", description)); err != nil {
			t.Errorf("%s lines: %v", name, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, bad := range [][2]string{{"", "s"}, {"https://open.feishu.cn/open-apis/bot/v2/hook/", "s"}, {"https://open.feishu.cn/open-apis/bot/v2/hook/h", ""}} {
		if _, err := feishu.New(bad[0], bad[1], feishu.Options{}); err == nil {
			t.Errorf("New of %q is no error", bad)
		}
	}
}
