package guitu

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what a person or a program can do about an error.
type Kind string

// The kinds of error that a caller can act on.
const (
	Internal  Kind = "internal"  // nothing the caller can do
	Invalid   Kind = "invalid"   // the input is wrong; the message says how
	NotFound  Kind = "not_found" // there is no such thing
	Conflict  Kind = "conflict"  // the thing is in another state than the call needs
	Forbidden Kind = "forbidden" // this person may not do that
)

// Error is an error whose message may be shown to people.
type Error struct {
	Kind    Kind
	Message string // in Chinese, for officers and the public
}

// Error returns the kind and the message.
func (e *Error) Error() string { return string(e.Kind) + ": " + e.Message }

// Errorf makes an Error of a kind with a message for people.
func Errorf(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// KindOf returns the kind of the first Error in err's chain, Internal when there is none, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Message returns what people may read of err: the message of the first Error in its chain, or a general apology. It never
// shows the text of other errors, which can hold tokens, addresses and names.
func Message(err error) string {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "系统出错，请稍后再试。"
}

// What a Source, a Publisher or a Chat may say of a call that did not succeed. Any other error means "try again later", and,
// for a call that changes something, "outcome unknown" when it wraps ErrUnknown.
var (
	// ErrRejected: the other side understood and refused for good; trying again is useless.
	ErrRejected = errors.New("rejected")
	// ErrUnauthorized: the credentials are wrong or expired; a person must act.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrUnknown: the request may have been acted on but no answer came; it must not be repeated blindly.
	ErrUnknown = errors.New("outcome unknown")
	// ErrWall: the site asks for a login or a captcha, or blocks us. It is never got around: the source is paused.
	ErrWall = errors.New("walled off")
	// ErrMarkup: the page is not one that the source can read: its markup has changed.
	ErrMarkup = errors.New("unknown markup")
)

// RetryError says when the other side allows the next try.
type RetryError struct {
	After time.Duration // from now; positive
	Err   error
}

// Error returns the cause and the wait.
func (e *RetryError) Error() string { return fmt.Sprintf("%v (retry in %s)", e.Err, e.After) }

// Unwrap returns the cause.
func (e *RetryError) Unwrap() error { return e.Err }
