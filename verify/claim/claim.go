package claim

import (
	"regexp"
	"strings"
	"time"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/verify/text"
)

// maxRead is how much of a post is read, in bytes: five thousand characters say who is missing, and a hostile post must not cost
// seconds.
const maxRead = 16 << 10

// Read returns what a post says. Posted is when it was posted, or zero; a stated date after it is a date of something else
// (a deadline, a school term) and is not taken for the time of the loss.
func Read(post string, posted time.Time) guitu.Claim {
	if len(post) > maxRead {
		post = strings.ToValidUTF8(post[:maxRead], "")
	}
	r := reader{post: post, text: text.Normalise(post)}
	r.s = r.text.String
	r.body = r.withoutTrailer()
	var c guitu.Claim
	c.Phones = phones(r.body)
	name := r.name()
	c.Name = r.original(name)
	age := r.age(name)
	c.Age = r.original(age)
	c.Sex = sex(r.body)
	c.MissingAt = r.original(r.missingAt(posted))
	place := r.place()
	c.Place = r.original(place)
	c.Area = r.area(place)
	if p, ok := gazetteer.Point(c.Area); ok {
		c.Point = &p
	}
	c.Contacts = r.contacts(c.Name)
	c.Reward = r.original(r.reward())
	c.Clothing = r.original(r.clothing())
	return c
}

// span is a stretch of the normalised text; it is empty when end is 0.
type span struct{ start, end int }

type reader struct {
	post string
	text text.Text
	s    string // normalised
	body string // s without where the poster's phone was: a prefix of s
}

func (r *reader) original(p span) string {
	if p.end <= p.start {
		return ""
	}
	start, end := r.text.Span(p.start, p.end)
	return strings.TrimFunc(r.post[start:end], func(c rune) bool { return strings.ContainsRune(" \t\n\r\u3000", c) })
}

// trailer is what a microblog appends by itself: the link, and the place where the poster's phone was ("2上海·西藏南路").
var trailer = regexp.MustCompile(`(?:\s*(?:o?网页链接|http\S*|我在:.*| 2?[^\s,。!?]{1,12}·[^\s,。!?]{1,20}|\d{0,2}[\p{Han}]{2,8}(?:路|街|国道|省道|高速|大道)))+\s*$`)

func (r *reader) withoutTrailer() string {
	if loc := trailer.FindStringIndex(r.s); loc != nil && loc[0] > 0 {
		return r.s[:loc[0]]
	}
	return r.s
}

// group returns the span of group n in a match, offset by base.
func group(m []int, n, base int) span {
	if m == nil || m[2*n] < 0 {
		return span{}
	}
	return span{base + m[2*n], base + m[2*n+1]}
}
