package guitu

import (
	"context"
	"time"
)

// Post is one public post as its source shows it (ClaimReview: an appearance of the claim).
type Post struct {
	ID         int64     `json:"-"`
	Source     string    `json:"source"`           // Source.Name
	ExternalID string    `json:"id"`               // the site's own id, unique within the source
	URL        string    `json:"url,omitempty"`    // where people can read it
	Author     string    `json:"author,omitempty"` // screen name
	Text       string    `json:"text"`             // plain text, NFC as the site has it, at most MaxText bytes
	PostedAt   time.Time `json:"time"`             // UTC; never after SeenAt
	SeenAt     time.Time `json:"-"`                // UTC
	Reposts    int       `json:"reposts"`          // as the site counts them, 0 when it does not
	Images     []string  `json:"images,omitempty"` // addresses
	// Evidence is Debunk or FoundNews of a post that is kept because it speaks on a rumor; empty of one that tells it.
	Evidence Topic `json:"-"`
}

// MaxText is the longest text of a post in bytes. A longer one is quarantined by its source: no post on the channels that
// guitu reads comes near it.
const MaxText = 64 << 10

// Source is a public place whose posts are read: one search, one feed, one file.
type Source interface {
	// Name is the name from the configuration; it identifies the source for ever.
	Name() string
	// Read returns what has come since cursor; the empty cursor begins. It changes nothing, so it may be repeated with the same
	// cursor. Errors: ErrWall and ErrMarkup (a person must look), ErrUnauthorized, *RetryError, or any other to try again.
	Read(ctx context.Context, cursor string) (Batch, error)
}

// Batch is what one Read brought.
type Batch struct {
	Posts   []Post   // oldest first, each ExternalID once
	Rejects []Reject // what could not be read as a post
	Cursor  string   // where the next Read begins; opaque to everyone but the source
	More    bool     // there is more to be had at once

	Recounts []Recount // posts of earlier batches that were met again, as far as the count may matter
}

// Recount is how often a post that was read before has been passed on by now.
type Recount struct {
	ExternalID string
	Reposts    int // as the site counts them
}

// Reject is a piece of input that is no readable post. It is kept in quarantine for the operator.
type Reject struct {
	ExternalID string // "" when even that cannot be read
	Reason     string // English, for the operator: "line 17: invalid UTF-8"
	Raw        []byte // its beginning, at most 4096 bytes
}

// Topic is what a post is about, as far as guitu cares.
type Topic string

// The topics of posts that are spotted, or that an officer is asked about.
const (
	Plea           Topic = "plea"            // 寻人: find this one child
	AbductionScare Topic = "abduction_scare" // 拐骗恐慌: children are being snatched here
	AdultMissing   Topic = "adult_missing"   // 成人走失
)

// The topics of posts that ask for nobody, and so are never spotted, but are evidence on a story for the officer who has it.
// A post that quotes the story and says what came of it has one of these; it is no copy of the story.
const (
	Debunk    Topic = "debunk" // 辟谣: says that such a story is false; so far only somebody's word
	FoundNews Topic = "found"  // 找回: says that the one who was missing is back, or how the case ended
)

// Evidence reports whether a post on t speaks on a story instead of spreading it. Everything else, and the empty Topic of
// all other posts, does not.
func (t Topic) Evidence() bool { return t == Debunk || t == FoundNews }

// Claim is what a post says of a missing person. Absent is absent: a field that the text does not state is empty.
type Claim struct {
	Name      string    `json:"name,omitempty"`       // as written
	Sex       string    `json:"sex,omitempty"`        // "男" or "女"
	Age       string    `json:"age,omitempty"`        // as written: "3岁", "三岁多"
	Born      string    `json:"born,omitempty"`       // the birth date as written: "2019年3月5日"
	Height    string    `json:"height,omitempty"`     // as written: "1米2", "110cm"
	Weight    string    `json:"weight,omitempty"`     // as written: "34斤"
	MissingAt string    `json:"missing_at,omitempty"` // as written: "2016年3月8日下午4点左右", "今天上午"
	LostAt    time.Time `json:"lost_at,omitzero"`     // UTC; the earliest instant that MissingAt allows, zero when it cannot be told
	Place     string    `json:"place,omitempty"`      // as written: "临沂市兰山区XX小区附近"
	Area      Area      `json:"area,omitempty"`       // the smallest division that the text settles
	AreaHint  Area      `json:"area_hint,omitempty"`  // where Area is empty: the city that a phone or the accounts called upon suggest; weak
	Point     *Point    `json:"point,omitempty"`      // the centre of Area
	Phones    []string  `json:"phones,omitempty"`     // digits only, in order of appearance, each once
	Contacts  []string  `json:"contacts,omitempty"`   // names of people to call, as written
	Reward    string    `json:"reward,omitempty"`     // as written
	Clothing  string    `json:"clothing,omitempty"`   // as written
	Features  string    `json:"features,omitempty"`   // marks beside the clothes, as written: "左眉有一颗痣"
	Taker     string    `json:"taker,omitempty"`      // who is said to have taken the person, as written: "一名四十多岁的男子"
	Spans     []Span    `json:"spans,omitempty"`      // where the fields stand in the text, in order; none once posts are gathered
}

// Span is where one field of a Claim stands in the text of its post.
type Span struct {
	Field string `json:"field"` // the field's JSON key: "name", "phones"
	Start int    `json:"start"` // byte offset in the text as posted
	End   int    `json:"end"`   // byte offset after it
}

// Hit is one reason why a post was spotted.
type Hit struct {
	Rule   string  `json:"rule"`   // stable name of the rule: "missing", "plea", "phone"
	Text   string  `json:"text"`   // what was found, as the post has it
	Start  int     `json:"start"`  // byte offset of Text in the post's text
	End    int     `json:"end"`    // byte offset after Text
	Weight float64 `json:"weight"` // share in the score; negative speaks against

	// Known is what the registry of refuted stories has of Text, nil for every other rule. Start and End are 0 where the post has
	// it in a picture, or writes it so that only reading finds it.
	Known *Asset `json:"known,omitempty"`
}

// Finding is what spotting says of one post. There are four cases: Spotted, which implies Ask; Ask alone; neither, but a
// Topic of evidence; and neither, with the empty Topic, for everything that is no business of guitu. In the first two Topic is
// Plea, AbductionScare or AdultMissing.
type Finding struct {
	Spotted bool    `json:"spotted"` // sure enough to be taken as a copy of a story, or as the beginning of one
	Ask     bool    `json:"ask"`     // likely enough to be shown to an officer, who says what it is
	Topic   Topic   `json:"kind"`
	Score   float64 `json:"score"` // probability, 0 to 1, that the post looks for a missing person or warns of snatching
	Hits    []Hit   `json:"hits"`
}

// SourceState is how a source is doing, for the operator.
type SourceState struct {
	Name     string
	Kind     string // weibo, weibo_html, feed, file
	NextRead time.Time
	LastOK   time.Time // zero when it was never read
	Posts    int64     // posts read in all
	Fails    int       // reads in a row that did not succeed
	Trouble  string    // what the last read that did not succeed said; "" after a success
	Paused   bool      // a person must look and resume it: a wall, a changed page, refused credentials
}

// Quarantined is a Reject that was kept.
type Quarantined struct {
	ID     int64
	Source string
	Reject Reject
	At     time.Time
}
