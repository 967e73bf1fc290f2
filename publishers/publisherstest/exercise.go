// Package publisherstest is the suite that every publisher must pass: what it owes its callers when the other side works, is
// slow, says no, breaks off, or is not there.
//
// A channel brings a Fake, a server that keeps its documented limits and answers, and a Harness that says how the channel's
// server refuses. Exercise puts the faults between the two.
package publisherstest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"guitu"
	"guitu/publishers"
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
	ID       string // Receipt.ExternalID of its publication; unless it is Nameless
	Text     string // plain, as a reader would copy it: markup is resolved
	ReplyTo  string // ID of the post that it answers, "" when none
	Pictures []PostPicture
}

// PostPicture is a picture as readers find it at a post.
type PostPicture struct {
	Alt    string // "" where the channel has none
	Digest string // Digest of the bytes as they were uploaded, or of the address by which it is shown
}

// Digest names bytes.
func Digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
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

	// Limits are what the server takes, in the units of the publisher's own templates. The fake enforces them.
	Limits publishers.Limits
	// Credential is how the error of a wrong or expired credential names it ("access_token"), so that an operator knows which;
	// "" when the channel has one only and says nothing of it.
	Credential string
	// Typed says how a text reads that the channel does not let through as it is typed (Weibo and #topics#); nil where it does.
	Typed func(text string) string
	// Nameless says that the channel gives no id for a post, as the robots of group chats do: receipts are empty, nothing is edited
	// or pulled, and each check looks at the latest post.
	Nameless bool
	// Acknowledges says that the other side is an application that acknowledges each message by a status, as webhooks have it: there is
	// no body to be wrong, no limit to the text, and what became of a copy there is its own affair.
	Acknowledges bool
	// Replies says that the channel shows which post a post answers.
	Replies bool
	// Idempotent says that the channel has keys: the same publication twice is one post, so nothing needs to be unknown.
	Idempotent bool
	// Counts names those of the publisher's budgets for which the channel counts a request; nil where it has none.
	Counts func(r *http.Request) []string
	// Golden is the file that holds what the channel is sent for each kind of notice, and what people read there; "" for none.
	Golden string
	// Volatile are the names of fields that differ from call to call, such as nonces, which Golden leaves out beside the usual ones.
	Volatile []string
	// Parallel is how many publications are sent at once, 8 when it is zero; a publisher that paces itself takes fewer.
	Parallel int
}

func (h Harness) count(text string) int {
	if h.Limits.Count == nil {
		return publishers.UTF16(text)
	}
	return h.Limits.Count(text)
}

// Exercise runs the suite. Finder, Editor, Puller and Prober are exercised where the publisher is one. Nothing else may log
// meanwhile: what is logged is searched for the credential.
func Exercise(t *testing.T, h Harness) {
	listen(t)
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(t, h) })
	}
}

// What must stay in each publication of the suite.
const (
	keepZh = "地点：兰山区，联系：19900000001"
	keepEn = "Place: 兰山区. Contact: 19900000001"
)

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
					Keep:        keepZh,
					Description: description,
					Instruction: "请不要转发这条不实信息。",
				},
				guitu.English: {
					Headline:    "【演练】Exercise: No such abduction in 临沂市兰山区",
					Keep:        keepEn,
					Description: description,
					Instruction: "Please do not pass this false claim on.",
				},
			},
			MadeAt: at, Due: at,
		},
	}
}
