package x

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"guitu/publishers/rest"
)

// bridge lets go-twitter, which speaks the v1.1 interface only, talk to v2, which alone takes posts: it turns the three calls that
// guitu makes into those of v2, and the answers back. Anything else is refused, loudly. It lives for one call of the library, which
// knows no contexts.
type bridge struct {
	ctx context.Context
	p   *Publisher
}

// RoundTrip makes the call of v2. Signing comes after it, so that what is signed is what is sent.
func (b bridge) RoundTrip(req *http.Request) (*http.Response, error) {
	path := strings.TrimPrefix(req.URL.Path, "/1.1/")
	switch {
	case req.Method == http.MethodPost && path == "statuses/update.json":
		return b.update(req)
	case req.Method == http.MethodPost && strings.HasPrefix(path, "statuses/destroy/"):
		return b.destroy(strings.TrimSuffix(strings.TrimPrefix(path, "statuses/destroy/"), ".json"))
	case req.Method == http.MethodGet && path == "account/verify_credentials.json":
		return b.verify()
	}
	return nil, fmt.Errorf("x: go-twitter calls %s %s, which has no counterpart in the v2 interface here", req.Method, path)
}

// tweet is POST /2/tweets.
type tweet struct {
	Text  string `json:"text"`
	Media *media `json:"media,omitempty"`
	Reply *reply `json:"reply,omitempty"`
}

type media struct {
	IDs []string `json:"media_ids"`
}

type reply struct {
	To string `json:"in_reply_to_tweet_id"`
}

func (b bridge) update(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	t := tweet{Text: form.Get("status")}
	if ids := form.Get("media_ids"); ids != "" {
		t.Media = &media{strings.Split(ids, ",")}
	}
	if to := form.Get("in_reply_to_status_id"); to != "" {
		t.Reply = &reply{to}
	}
	call, err := rest.JSON(http.MethodPost, b.p.o.API+"/2/tweets", t)
	if err != nil {
		return nil, err
	}
	var made struct {
		Data struct {
			ID   string `json:"id"`
			Text string `json:"text"`
		} `json:"data"`
	}
	if err := b.p.do(b.ctx, call, &made); err != nil {
		return nil, err
	}
	return answer(map[string]string{"id_str": made.Data.ID, "text": made.Data.Text})
}

func (b bridge) destroy(id string) (*http.Response, error) {
	call := rest.Call{Method: http.MethodDelete, URL: b.p.o.API + "/2/tweets/" + url.PathEscape(id)}
	if err := b.p.do(b.ctx, call, &struct{}{}); err != nil {
		return nil, err
	}
	return answer(map[string]string{"id_str": id})
}

func (b bridge) verify() (*http.Response, error) {
	var me struct {
		Data struct {
			ID       string `json:"id"`
			Name     string `json:"name"`
			Username string `json:"username"`
		} `json:"data"`
	}
	call := rest.Call{Method: http.MethodGet, URL: b.p.o.API + "/2/users/me", Reads: true}
	if err := b.p.do(b.ctx, call, &me); err != nil {
		return nil, err
	}
	return answer(map[string]string{"id_str": me.Data.ID, "name": me.Data.Name, "screen_name": me.Data.Username})
}

// answer is an answer of v1.1.
func answer(v any) (*http.Response, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(body)),
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)),
	}, nil
}
