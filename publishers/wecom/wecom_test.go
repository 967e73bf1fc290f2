package wecom_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/publishers/publisherstest"
	"guitu/publishers/rest"
	"guitu/publishers/wecom"
)

// robot answers as the documentation says that a group's robot does.
type robot struct {
	key   string
	mu    sync.Mutex
	posts []publisherstest.Post
}

func (s *robot) Posts() []publisherstest.Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]publisherstest.Post{}, s.posts...)
}

func (s *robot) Remove(string) {} // nobody can take back what a robot said

func (s *robot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/cgi-bin/webhook/send" || r.URL.Query().Get("key") != s.key {
		says(w, 93000, "invalid webhook url")
		return
	}
	var m struct {
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
		News struct {
			Articles []struct {
				Title       string `json:"title"`
				Description string `json:"description"`
				URL         string `json:"url"`
				Picture     string `json:"picurl"`
			} `json:"articles"`
		} `json:"news"`
	}
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		says(w, 93001, "empty or broken json")
		return
	}
	var post publisherstest.Post
	switch {
	case m.Type == "text" && len(m.Text.Content) <= 2048 && utf8.ValidString(m.Text.Content):
		post.Text = m.Text.Content
	case m.Type == "text":
		says(w, 40058, "content exceed max length 2048")
		return
	case m.Type == "news" && len(m.News.Articles) == 1:
		a := m.News.Articles[0]
		// The real one cuts without a word, which would lose what must stay.
		if len(a.Title) > 128 || len(a.Description) > 512 || a.Title == "" || a.URL == "" {
			says(w, 40058, "title or description too long")
			return
		}
		post.Text = a.Title + "\n" + a.Description
		post.Pictures = []publisherstest.PostPicture{{Digest: publisherstest.Digest([]byte(a.Picture))}}
	default:
		says(w, 40008, "invalid message type")
		return
	}
	s.mu.Lock()
	s.posts = append(s.posts, post)
	s.mu.Unlock()
	says(w, 0, "ok")
}

func says(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_ = json.NewEncoder(w).Encode(map[string]any{"errcode": code, "errmsg": text})
}

func answer(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { says(w, code, "as told") }
}

func publisher(t testing.TB, url, key string) *wecom.Publisher {
	t.Helper()
	p, err := wecom.New(url+"/cgi-bin/webhook/send?key="+key, wecom.Options{Options: rest.Options{Timeout: 2 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExercise(t *testing.T) {
	publisherstest.Exercise(t, publisherstest.Harness{
		Golden:    "testdata/sent.txt",
		Fake:      func(testing.TB) publisherstest.Fake { return &robot{key: publisherstest.Secret} },
		Publisher: func(t testing.TB, url, secret string) guitu.Publisher { return publisher(t, url, secret) },
		TooMany: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", strconv.Itoa(int(publisherstest.RetryAfter.Seconds())))
			w.WriteHeader(http.StatusTooManyRequests)
		},
		Rejected:     answer(40058),
		Unauthorized: answer(93000),
		Credential:   "key",
		Limits:       wecom.Limits,
		Nameless:     true,
		Counts:       func(*http.Request) []string { return []string{"posts a minute"} },
	})
}

func TestCodes(t *testing.T) {
	for code, want := range map[int]error{
		-1: guitu.ErrUnknown, 93000: guitu.ErrUnauthorized, 93017: guitu.ErrUnauthorized, 40058: guitu.ErrRejected, 45002: guitu.ErrRejected,
	} {
		srv := httptest.NewServer(answer(code))
		_, err := publisher(t, srv.URL, "k").Publish(t.Context(), publisherstest.Publication("CO", "说明。"))
		srv.Close()
		if !errors.Is(err, want) {
			t.Errorf("errcode %d is %v, want %v", code, err, want)
		}
	}
	srv := httptest.NewServer(answer(45009))
	defer srv.Close()
	var retry *guitu.RetryError
	if _, err := publisher(t, srv.URL, "k").Publish(t.Context(), publisherstest.Publication("CO", "说明。")); !errors.As(err, &retry) || retry.After != time.Minute {
		t.Errorf("errcode 45009 is %v, want to wait a minute", err)
	}
}

// A headline over the limit of a card's title is cut within a hanzi at no byte.
func TestLongTitle(t *testing.T) {
	s := &robot{key: "k"}
	srv := httptest.NewServer(s)
	defer srv.Close()
	for n := range 6 {
		pub := publisherstest.Publication("LT", "有图。")
		text := pub.Notice.Texts[guitu.Chinese]
		text.Headline = fmt.Sprintf("%0*d", n+1, 0) + "【演练】临沂市兰山区没有发生网传的拐走儿童一事，临沂市兰山区没有发生网传的拐走儿童一事"
		pub.Notice.Texts = map[string]guitu.Text{guitu.Chinese: text}
		pub.Pictures = []guitu.Picture{{URL: "https://guitu.example/p/1"}}
		if _, err := publisher(t, srv.URL, "k").Publish(t.Context(), pub); err != nil {
			t.Error(err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, bad := range []string{"", "key", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="} {
		if _, err := wecom.New(bad, wecom.Options{}); err == nil {
			t.Errorf("New of %q is no error", bad)
		}
	}
}
