package claim

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/verify/text"
)

// maxRead is how much of a post is read, in bytes: five thousand characters say who is missing, and a hostile post must not cost
// seconds.
const maxRead = 16 << 10

// Read returns what a post says. Posted is when it was posted, or zero; relative times are counted from it, and a stated date
// after it is a date of something else (a deadline, a school term) and is not taken for the time of the loss.
//
// Of a post that forwards another, the one that says more is read, and the other adds what that leaves open. Nobody knows when the
// forwarded words were written, so that their relative times give no instant.
func Read(post string, posted time.Time) guitu.Claim {
	if len(post) > maxRead {
		post = strings.ToValidUTF8(post[:maxRead], "")
	}
	parts := text.Chain(post)
	c := readPart(post[:parts[0].End], 0, posted)
	if len(parts) > 1 {
		last := parts[len(parts)-1]
		first := readPart(post[last.Start:last.End], last.Start, time.Time{})
		if said(first) >= said(c) {
			c, first = first, c
		}
		c = completed(c, first)
	}
	return c
}

// readPart reads one part of a post, which begins at offset base.
func readPart(post string, base int, posted time.Time) guitu.Claim {
	r := readers.Get().(*reader)
	defer readers.Put(r)
	r.take(post, posted)
	var c guitu.Claim
	for _, p := range r.phones {
		if !slices.Contains(c.Phones, p.number) {
			c.Phones = append(c.Phones, p.number)
			r.mark("phones", p.span)
		}
	}
	name, contacts := r.name()
	born := r.born()
	c.Name = r.mark("name", name)
	c.Age = r.mark("age", r.age(name))
	sex, at := r.sex(name)
	c.Sex = sex
	r.mark("sex", at)
	c.Born = r.mark("born", born)
	c.Height = r.mark("height", r.height())
	c.Weight = r.mark("weight", r.weight())
	when := r.missingAt(born)
	if c.MissingAt = r.mark("missing_at", when); c.MissingAt != "" {
		c.LostAt = instant(when.of(r.s), posted)
	}
	place := r.place()
	c.Place = r.mark("place", place)
	if c.Area = r.area(place); c.Area == "" {
		c.AreaHint = r.areaHint(c.Phones)
	}
	if p, ok := gazetteer.Point(c.Area); ok {
		c.Point = &p
	}
	for _, k := range contacts {
		if who := r.original(k); who != c.Name && !slices.Contains(c.Contacts, who) {
			c.Contacts = append(c.Contacts, who)
			r.mark("contacts", k)
		}
	}
	c.Reward = r.mark("reward", r.reward())
	c.Clothing = r.mark("clothing", r.clothing())
	c.Features = r.mark("features", r.features())
	c.Taker = r.mark("taker", r.takenBy())
	for i := range r.spans {
		r.spans[i].Start += base
		r.spans[i].End += base
	}
	c.Spans = inOrder(r.spans)
	r.spans = nil
	return c
}

// span is a stretch of the normalised text; it is empty when end is 0.
type span struct{ start, end int }

// from returns the part of list, which is in order, that begins at i or later: what is near i is looked at, not the whole post.
func from[T any](list []T, i int, start func(T) int) []T {
	at, _ := slices.BinarySearchFunc(list, i, func(t T, i int) int { return start(t) - i })
	return list[at:]
}

func (r *reader) tokensFrom(i int) []token {
	return from(r.tokens, i, func(t token) int { return t.start })
}

func (p span) of(s string) string { return s[p.start:p.end] }

func (t token) span() span { return span{t.start, t.end} }

// readers holds readers that nobody uses.
var readers = sync.Pool{New: func() any { return new(reader) }}

// reader is a post, taken apart once for all fields. The memory of one is used for the next.
type reader struct {
	post      string
	posted    time.Time
	text      text.Text
	s         string // normalised, without where the poster's phone was, and with the names of accounts blotted out
	trailer   string // what was cut off from s
	accounts  []string
	phones    []phone
	tokens    []token
	ages      []age
	times     []span
	divisions []gazetteer.Mention
	spans     []guitu.Span
	cues      cues               // of s
	at        [signCount][]int32 // where each sign stands in s, in order
	runs      []run              // of digits
}

// take takes a post apart.
func (r *reader) take(post string, posted time.Time) {
	r.post, r.posted, r.text, r.spans = post, posted, text.Normalise(post), nil
	all := r.text.String
	r.s = withoutTrailer(all)
	r.trailer = all[len(r.s):]
	r.survey()
	r.findPhones()
	// The names of accounts say who is asked for help, not who is missed or where.
	r.accounts = r.accounts[:0]
	if strings.Contains(r.s, "@") {
		r.s = handle.ReplaceAllStringFunc(r.s, func(h string) string {
			r.accounts = append(r.accounts, h)
			return strings.Repeat("@", len(h))
		})
		if len(r.accounts) > 0 {
			r.survey()
		}
	}
	r.lex()
	r.findAges()
	r.findTimes()
	r.divisions = gazetteer.Find(r.s)
}

var handle = regexp.MustCompile(`@[^\s@:,。!?#【】]{1,24}`)

func (r *reader) original(p span) string {
	start, end := r.inPost(p)
	return r.post[start:end]
}

// inPost returns where p stands in the post, without white space around it.
func (r *reader) inPost(p span) (start, end int) {
	if p.end <= p.start {
		return 0, 0
	}
	start, end = r.text.Span(p.start, p.end)
	const white = " \t\n\r\u3000"
	end = start + len(strings.TrimRight(r.post[start:end], white))
	return end - len(strings.TrimLeft(r.post[start:end], white)), end
}

// mark records where a field stands and returns it as written.
func (r *reader) mark(field string, p span) string {
	start, end := r.inPost(p)
	if start < end {
		if r.spans == nil {
			r.spans = make([]guitu.Span, 0, 12)
		}
		r.spans = append(r.spans, guitu.Span{Field: field, Start: start, End: end})
	}
	return r.post[start:end]
}

// trailing is how much of a text's end may be a trailer, in bytes.
const trailing = 240

// withoutTrailer cuts off what a microblog appends by itself: links, the program, and the place where the poster's phone was, behind
// a "2" that was an icon ("2某市·某某路", "2某某路").
func withoutTrailer(s string) string {
	for {
		cut := strings.TrimRight(s, " ")
		from := max(0, len(cut)-trailing)
		for from < len(cut) && !utf8.RuneStart(cut[from]) {
			from++
		}
		tail := cut[from:]
		for _, w := range []string{"我在:", "我在这里:", "来自"} {
			if !strings.Contains(tail, w) {
				continue // a search from the end is slower
			}
			if i := strings.LastIndex(tail, w); w != "来自" || strings.Contains(tail[i:], "客户端") {
				tail = tail[:i]
			}
		}
		tail = strings.TrimSuffix(strings.TrimSuffix(tail, "网页链接"), "o网页链接")
		if i := strings.LastIndexByte(tail, ' '); i >= 0 && strings.HasPrefix(tail[i+1:], "http") {
			tail = tail[:i]
		}
		if i := max(strings.LastIndexByte(tail, '2'), strings.LastIndexByte(tail, ' ')); i >= 0 && position(tail[i+1:]) {
			tail = tail[:i]
		}
		if from+len(tail) == 0 || from+len(tail) >= len(cut) {
			return s
		}
		s = cut[:from+len(tail)]
	}
}

// position reports whether s is how a microblog writes a place: city·place, or the name of a road.
func position(s string) bool {
	n := utf8.RuneCountInString(s)
	if strings.ContainsAny(s, ",。!?:;@#") || n < 3 || n > 24 {
		return false
	}
	if city, place, ok := strings.Cut(s, "·"); ok {
		return city != "" && place != ""
	}
	return n <= 10 && slices.ContainsFunc([]string{"路", "街", "国道", "省道", "县道", "高速", "大道"}, func(w string) bool { return strings.HasSuffix(s, w) })
}

// group returns the span of group n in a match, offset by base.
func group(m []int, n, base int) span {
	if m == nil || m[2*n] < 0 {
		return span{}
	}
	return span{base + m[2*n], base + m[2*n+1]}
}
