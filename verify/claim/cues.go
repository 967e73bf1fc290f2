package claim

import (
	"strings"
	"unicode/utf8"
)

// cues is a sketch of the characters and of the pairs of neighbours in a text. Most of the words that are
// searched for stand in no post at hand, and of these it mostly says so without a search.
type cues [64]uint64

func (c *cues) set(before, r rune) {
	h := hashed(before, r)
	c[h>>6] |= 1 << (h & 63)
}

// may reports whether w, which is not empty, may stand in the text: if not, it does not.
func (c *cues) may(w string) bool {
	before, size := utf8.DecodeRuneInString(w)
	if size == len(w) {
		return c.hold(0, before)
	}
	for _, r := range w[size:] {
		if !c.hold(before, r) {
			return false
		}
		before = r
	}
	return true
}

func (c *cues) hold(before, r rune) bool {
	h := hashed(before, r)
	return c[h>>6]>>(h&63)&1 == 1
}

// hashed returns twelve bits that tell most pairs apart.
func hashed(before, r rune) uint32 {
	return (uint32(before)*0x9e3779b1 + uint32(r)*0x85ebca6b) >> 20
}

// index returns where w first stands in the text, or -1.
func (r *reader) index(w string) int {
	if !r.cues.may(w) {
		return -1
	}
	return strings.Index(r.s, w)
}

// may reports whether one of words may stand in the text: if not, none does.
func (r *reader) may(words ...string) bool {
	for _, w := range words {
		if r.cues.may(w) {
			return true
		}
	}
	return false
}
