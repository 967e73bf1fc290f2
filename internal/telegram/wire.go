package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"

	"guitu"
)

// maxAnswer is the longest answer that is read: a hundred updates of a few kilobytes each, and room.
const maxAnswer = 16 << 20

// errNotModified: the message already reads as it should.
var errNotModified = errors.New("message is not modified")

// ErrNobody: the person has blocked the bot, or is no more. It is an ErrRejected.
var ErrNobody = errors.New("nobody is there")

// ErrNoCopy: what is to be edited is not there. It is an ErrRejected.
var ErrNoCopy = errors.New("message to edit not found")

// errNoMessage: what is to be deleted is not there.
var errNoMessage = errors.New("message to delete not found")

// wire is the HTTP client under the library. What it can't hand on as an answer of the Bot API it returns as an error of
// guitu's kinds, since the library reports those without telling them apart.
type wire struct {
	http  http.Client
	token string
}

func newWire(token string, transport http.RoundTripper) *wire {
	return &wire{
		token: token,
		http: http.Client{
			Transport: transport,
			// Following would hand the token in the path to another host.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Do is the library's HttpClient. It reads the whole answer, so that a cut one is seen here.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	resp, err := w.http.Do(req)
	if err != nil {
		// The library writes into a *url.Error that its other goroutine may be reading, so it must not get one.
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, err // translate tells whether anything was sent.
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: the answer broke off: %w", guitu.ErrUnknown, err)
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("%w: the answer is longer than %d bytes", guitu.ErrUnknown, maxAnswer)
	}
	if err := checkAnswer(resp, body); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(strings.NewReader(string(body)))
	return resp, nil
}

// checkAnswer refuses what is no answer of the Bot API, and what the Bot API says of its own trouble.
func checkAnswer(resp *http.Response, body []byte) error {
	var a struct {
		OK   *bool `json:"ok"`
		Code int   `json:"error_code"`
	}
	if json.Unmarshal(body, &a) != nil || a.OK == nil {
		if resp.StatusCode == http.StatusTooManyRequests {
			return &guitu.RetryError{After: time.Minute, Err: errors.New("status 429")}
		}
		// A gateway speaks, and nobody knows whether the call had gone through.
		return fmt.Errorf("%w: status %d, and no JSON of the Bot API", guitu.ErrUnknown, resp.StatusCode)
	}
	if !*a.OK && (a.Code >= 500 || a.Code == 0) {
		return fmt.Errorf("%w: the Bot API answered with error %d", guitu.ErrUnknown, a.Code)
	}
	return nil
}

// raw makes a call past the library and returns the result.
func (w *wire) raw(req *http.Request) (json.RawMessage, error) {
	resp, err := w.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var a struct {
		OK          bool            `json:"ok"`
		Result      json.RawMessage `json:"result"`
		Description string          `json:"description"`
		Code        int             `json:"error_code"`
		Parameters  struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return nil, errors.New("the answer is no JSON of the Bot API")
	}
	if a.OK {
		return a.Result, nil
	}
	switch a.Code {
	case http.StatusTooManyRequests:
		return nil, &tg.TooManyRequestsError{Message: a.Description, RetryAfter: a.Parameters.RetryAfter}
	case http.StatusConflict:
		return nil, fmt.Errorf("%w, %s", tg.ErrorConflict, a.Description)
	case http.StatusUnauthorized:
		return nil, fmt.Errorf("%w, %s", tg.ErrorUnauthorized, a.Description)
	case http.StatusNotFound:
		return nil, fmt.Errorf("%w, %s", tg.ErrorNotFound, a.Description)
	}
	return nil, fmt.Errorf("error %d, %s", a.Code, a.Description)
}

// ErrConflict: another process asks for the same bot's updates, or a webhook is set.
var ErrConflict = tg.ErrorConflict

// translate turns the library's errors into guitu's, without their chain: it holds addresses with the token.
func (w *wire) translate(method string, err error) error {
	if err == nil {
		return nil
	}
	var (
		tooMany *tg.TooManyRequestsError
		moved   *tg.MigrateError
		retry   *guitu.RetryError
	)
	wrap := func(kind error) error {
		return fmt.Errorf("telegram %s: %w: %s", method, kind, w.text(err))
	}
	switch {
	case errors.As(err, &tooMany):
		after := time.Duration(min(max(tooMany.RetryAfter, 1), 24*60*60)) * time.Second
		return &guitu.RetryError{After: after, Err: fmt.Errorf("telegram %s: too many requests", method)}
	case errors.As(err, &retry):
		return &guitu.RetryError{After: retry.After, Err: fmt.Errorf("telegram %s: too many requests", method)}
	case errors.As(err, &moved):
		return fmt.Errorf("telegram %s: %w: the group has become a supergroup, its chat id is now %d", method, guitu.ErrRejected, moved.MigrateToChatID)
	case errors.Is(err, tg.ErrorBadRequest) && strings.Contains(err.Error(), errNotModified.Error()):
		return wrap(errNotModified)
	case errors.Is(err, tg.ErrorBadRequest) && strings.Contains(err.Error(), errNoMessage.Error()):
		return wrap(errNoMessage)
	case errors.Is(err, tg.ErrorForbidden), errors.Is(err, tg.ErrorBadRequest) && strings.Contains(err.Error(), "chat not found"):
		return fmt.Errorf("%w: %w", ErrNobody, wrap(guitu.ErrRejected))
	case errors.Is(err, tg.ErrorBadRequest) && strings.Contains(err.Error(), ErrNoCopy.Error()):
		return fmt.Errorf("%w: %w", ErrNoCopy, wrap(guitu.ErrRejected))
	case errors.Is(err, tg.ErrorBadRequest):
		return wrap(guitu.ErrRejected)
	case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound):
		// Telegram answers 404 to a token that it cannot read.
		return wrap(guitu.ErrUnauthorized)
	case errors.Is(err, tg.ErrorConflict):
		return wrap(tg.ErrorConflict)
	case certainlyNotSent(err):
		return w.scrub(method, err)
	}
	// Do says so, the connection broke, or the library could not read an answer that says ok, which means that the call was acted on.
	return wrap(guitu.ErrUnknown)
}

// certainlyNotSent reports whether err arose before a byte of the request could have left.
func certainlyNotSent(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return (errors.As(err, &op) && op.Op == "dial") || errors.As(err, &dns)
}

// scrub makes an error that holds err's text without the token, and nothing of its chain.
func (w *wire) scrub(method string, err error) error {
	return fmt.Errorf("telegram %s: %s", method, w.text(err))
}

// text is what err says, short and without the token.
func (w *wire) text(err error) string {
	s := err.Error()
	for _, secret := range []string{w.token, url.PathEscape(w.token), url.QueryEscape(w.token)} {
		s = strings.ReplaceAll(s, secret, "***")
	}
	return Cut(s, 300)
}
