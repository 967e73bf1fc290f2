package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"sync"

	"guitu"
	"guitu/publishers/rest"
)

// errToken: the token that went with a call has ended, or was taken back.
var errToken = errors.New("token ended")

// session holds an account's tokens. An access token lives for hours; it is renewed with the refresh token, and only when that
// has ended too by signing in: servers count sign-ins (bsky.social takes 300 a day).
type session struct {
	p        *Publisher
	handle   string
	password string

	mu      sync.Mutex // held while signing in, so that many calls sign in once
	account string     // DID
	access  string
	refresh string
}

// tokens is what the server says of a session.
type tokens struct {
	DID     string `json:"did"`
	Access  string `json:"accessJwt"`
	Refresh string `json:"refreshJwt"`
}

// did returns the account's permanent name, signing in when nobody has.
func (s *session) did(ctx context.Context) (string, error) {
	_, did, err := s.token(ctx, "")
	return did, err
}

// token returns an access token other than the one that has ended.
func (s *session) token(ctx context.Context, ended string) (token, did string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.access != ended {
		return s.access, s.account, nil
	}
	var t tokens
	if s.refresh != "" {
		t, err = s.begin(ctx, "com.atproto.server.refreshSession", s.refresh, nil)
	}
	if s.refresh == "" || errors.Is(err, errToken) || errors.Is(err, guitu.ErrUnauthorized) {
		s.refresh = ""
		t, err = s.begin(ctx, "com.atproto.server.createSession", "", map[string]string{"identifier": s.handle, "password": s.password})
	}
	switch {
	case errors.Is(err, errToken):
		return "", "", s.p.rest.Errorf(guitu.ErrUnauthorized, "signing in was refused")
	case errors.Is(err, guitu.ErrUnknown):
		// A session that nobody holds is no post.
		return "", "", s.p.rest.Errorf(nil, "the answer to signing in was lost")
	case errors.Is(err, guitu.ErrRejected):
		return "", "", s.p.rest.Errorf(guitu.ErrUnauthorized, "signing in: %s", err)
	case err != nil:
		return "", "", err
	}
	s.account, s.access, s.refresh = t.DID, t.Access, t.Refresh
	return s.access, s.account, nil
}

// begin asks for tokens.
func (s *session) begin(ctx context.Context, method, bearer string, body any) (t tokens, err error) {
	call := rest.Call{URL: s.address(method, nil)}
	if body != nil {
		if call, err = rest.JSON(http.MethodPost, call.URL, body); err != nil {
			return t, err
		}
	}
	if bearer != "" {
		call.Header = http.Header{"Authorization": {"Bearer " + bearer}}
	}
	a, err := s.p.rest.Do(ctx, call)
	if err := s.p.judge(a, err); err != nil {
		return t, err
	}
	if err := a.JSON(&t); err != nil {
		return t, err
	}
	if t.DID == "" || t.Access == "" || t.Refresh == "" {
		return t, s.p.rest.Errorf(nil, "the answer to signing in has no tokens")
	}
	return t, nil
}

func (s *session) address(method string, q url.Values) string {
	address := s.p.server + "/xrpc/" + method
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// call calls a procedure with a body of JSON; v may be nil.
func (s *session) call(ctx context.Context, method string, body, v any) error {
	call, err := rest.JSON(http.MethodPost, s.address(method, nil), body)
	if err != nil {
		return err
	}
	return s.do(ctx, call, v)
}

// read calls a query.
func (s *session) read(ctx context.Context, method string, q url.Values, v any) error {
	err := s.do(ctx, rest.Call{Method: http.MethodGet, URL: s.address(method, q), Reads: true}, v)
	if errors.Is(err, guitu.ErrUnknown) {
		return s.p.rest.Errorf(nil, "%s: no answer of the protocol", method)
	}
	return err
}

// upload brings bytes.
func (s *session) upload(ctx context.Context, media string, b []byte, v any) error {
	return s.do(ctx, rest.Call{URL: s.address("com.atproto.repo.uploadBlob", nil), Body: b, Type: media}, v)
}

// do makes a call with a token, and once more when the token turns out to have ended: such a call was not acted on.
func (s *session) do(ctx context.Context, call rest.Call, v any) error {
	ended := ""
	for range 2 {
		token, _, err := s.token(ctx, ended)
		if err != nil {
			return err
		}
		call.Header = http.Header{"Authorization": {"Bearer " + token}}
		a, err := s.p.rest.Do(ctx, call)
		err = s.p.judge(a, err)
		if errors.Is(err, errToken) {
			ended = token
			continue
		}
		if err != nil || v == nil {
			return err
		}
		if err := json.Unmarshal(a.Body, v); err != nil {
			return s.p.rest.Errorf(guitu.ErrUnknown, "status %d, and no JSON of the protocol", a.Status)
		}
		return nil
	}
	return s.p.rest.Errorf(guitu.ErrUnauthorized, "a token that was just given is refused")
}
