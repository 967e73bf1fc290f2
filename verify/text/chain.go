package text

import (
	"strings"
	"unicode/utf8"
)

// Part is what one account says in a post that forwards others.
type Part struct {
	Name       string // the account, as the post has it; "" for the post's own words
	Start, End int    // where its words stand: byte offsets in the post
}

// Chain divides a post that forwards others, as Weibo writes them: own words//@name:older words//@name:the first ones. The first
// part is the post's own words, which may be none, and the last one is what all of them forward. A post that forwards nothing
// is one part. Claims of the last part are not the author's; what the first part says is about them.
func Chain(post string) []Part {
	parts := []Part{{Start: 0, End: len(post)}}
	for i := 0; i < len(post); {
		if c := post[i]; c != '/' && c != "／"[0] {
			i++
			continue
		}
		mark := forward(post[i:])
		if mark == 0 {
			i++
			continue
		}
		name, size, ok := account(post[i+mark:])
		if !ok {
			i += mark
			continue
		}
		parts[len(parts)-1].End = i
		i += mark + size
		parts = append(parts, Part{Name: name, Start: i, End: len(post)})
	}
	return parts
}

// forward returns the length of the sign at the start of s that a forwarded post follows, 0 when there is none: //@, also with
// full-width characters and spaces between.
func forward(s string) int {
	n := 0
	for range 2 {
		switch {
		case strings.HasPrefix(s[n:], "/"):
			n++
		case strings.HasPrefix(s[n:], "／"):
			n += len("／")
		default:
			return 0
		}
	}
	n += len(s[n:]) - len(strings.TrimLeft(s[n:], " "))
	switch {
	case strings.HasPrefix(s[n:], "@"):
		return n + 1
	case strings.HasPrefix(s[n:], "＠"):
		return n + len("＠")
	}
	return 0
}

// mostName is the length in characters of the longest name of an account.
const mostName = 30

// account reads the name at the start of s, up to a colon, and returns how long it is with the colon. A name that the end of
// the post cuts off counts.
func account(s string) (name string, size int, ok bool) {
	n := 0
	for i, r := range s {
		switch r {
		case ':', '：':
			return strings.TrimSpace(s[:i]), i + utf8.RuneLen(r), i > 0
		case '/', '@', '\n', '，', '。':
			return "", 0, false
		}
		if n++; n > mostName {
			return "", 0, false
		}
	}
	return s, len(s), s != ""
}
