// Package publisherstest is the suite that every publisher must pass: what it owes its callers when the other side works, is
// slow, says no, breaks off, or is not there.
//
// A channel brings a Fake, a server that keeps its documented limits and answers, and a Harness that says how the channel's
// server refuses. Exercise puts the faults between the two.
package publisherstest

import (
	"net/http"
	"testing"
	"time"

	"guitu"
)

// Secret is the credential that the publisher under test is given. It must not be read in any error.
const Secret = "19900001:publisherstest-Secret_x9"

// RetryAfter is the wait that Harness.TooMany tells.
const RetryAfter = 7 * time.Second

// Fake is the channel's server, empty at the start. It is used by several goroutines.
type Fake interface {
	// ServeHTTP answers like the real server, and refuses what that would refuse, a text over the limit above all.
	http.Handler
	// Posts returns what stands on the channel, oldest first.
	Posts() []Post
	// Remove deletes a post behind the publisher's back.
	Remove(id string)
}

// Post is what readers see on the channel.
type Post struct {
	ID   string // Receipt.ExternalID of its publication
	Text string // plain, as a reader would copy it: markup is resolved
}

// Harness brings a publisher to the suite.
type Harness struct {
	// Fake makes an empty server.
	Fake func(t testing.TB) Fake
	// Publisher makes the publisher that talks to the server at url ("http://127.0.0.1:40001") with a credential.
	Publisher func(t testing.TB, url, secret string) guitu.Publisher

	// TooMany answers as the server does when calls come too fast: wait for RetryAfter.
	TooMany http.HandlerFunc
	// Rejected answers as the server does when it refuses a post for good.
	Rejected http.HandlerFunc
	// Unauthorized answers as the server does when the credential is wrong or expired.
	Unauthorized http.HandlerFunc

	// Limit is the longest text that the server takes, in the units of Count.
	Limit int
	// Count measures a text as the server does.
	Count func(text string) int
	// Idempotent says that the channel has keys: the same publication twice is one post, so nothing needs to be unknown.
	Idempotent bool
	// Parallel is how many publications are sent at once, 8 when it is zero; a publisher that paces itself takes fewer.
	Parallel int
}

// Exercise runs the suite. Editor and Finder are exercised where the publisher is one.
func Exercise(t *testing.T, h Harness) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(t, h) })
	}
}

// Publication makes an invented publication with a description. Its key, code and link follow from the name.
func Publication(name, description string) guitu.Publication {
	at := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	code := (name + "234567")[:6]
	return guitu.Publication{
		Key:  "notice-" + name,
		Link: "https://guitu.example/n/" + code,
		Notice: guitu.Notice{
			ID: 1, Kind: guitu.NoticeDebunk, Status: guitu.Exercise, Code: code, Area: "371302", Place: "临沂市兰山区",
			Claimed: "一名约3岁女童在临沂市兰山区被拐走",
			Texts: map[string]guitu.Text{
				guitu.Chinese: {
					Headline:    "【演练】临沂市兰山区没有发生网传的拐走儿童一事",
					Description: description,
					Instruction: "请不要转发这条不实信息。",
				},
				guitu.English: {
					Headline:    "【演练】Exercise: No such abduction in 临沂市兰山区",
					Description: description,
					Instruction: "Please do not pass this false claim on.",
				},
			},
			MadeAt: at, Due: at,
		},
	}
}
