package spot

import (
	"maps"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"guitu/verify/text"
)

// classes is a set of classes, a bit for each.
type classes uint64

// points says how much a word of a class speaks for a missing person; a post needs bar of them to be looked into. They were
// chosen so that few posts pass that tell of nobody, and hardly one fails that does: a loss and a child are enough, and so are a child, its
// clothes and the school; a child and a plea to share are not.
var points = [classCount]uint8{
	lost: 6, search: 6, snatch: 7, taken: 5, trafficker: 5,
	gone: 5, grab: 4, vehicle: 3, looks: 3, wanted: 3,
	child: 2, age: 2, grown: 2, own: 2, open: 2, kin: 2, organs: 2, caution: 2, doubt: 2,
	adult: 1, kinsfolk: 1, found: 1, clue: 1, share: 1, hearsay: 1, distress: 1, police: 1, when: 1, where: 1, media: 1, thanks: 1,
	outsider: 1, school: 1, many: 1, home: 1,
}

const bar = 7

// somebody holds the classes of whom a finding is about.
const somebody classes = 1<<child | 1<<adult | 1<<age | 1<<kinsfolk | 1<<grown | 1<<own | 1<<search | 1<<snatch | 1<<trafficker

// enough reports whether a post with words of these classes can be more than chatter: it needs somebody, and enough points. Spot
// looks no further into one that has not, and the gate keeps it from being read at all.
func (c classes) enough() bool {
	if c&somebody == 0 {
		return false
	}
	sum := uint8(0)
	for c != 0 && sum < bar {
		sum += points[bits.TrailingZeros64(uint64(c))]
		c &= c - 1
	}
	return sum >= bar
}

// Keywords returns every keyword in the one spelling, for whoever measures other ways to find them.
func Keywords() []string {
	var all []string
	for c := range classCount {
		all = append(all, vocabulary(c)...)
	}
	return all
}

// first returns the first of the classes.
func (c classes) first() class { return class(bits.TrailingZeros64(uint64(c))) }

// gate finds, in the bytes of a post as they came, which classes its words could be of. It sees whatever Spot sees in the one
// spelling, and more: it passes over all that is neither letter nor number, so that 走*失 and 走 失 pass as 走失 does.
type gate struct {
	*trie
	spelled [1 << 16]uint16 // the one spelling of each character of the basic plane, or one of the following
	longest int             // characters of the longest word
}

const (
	silent   = iota // neither letter nor number
	several         // becomes more than one character, one of which may be of a word
	stranger        // a letter or number of no word
)

// loadGate builds the gate from the vocabulary.
var loadGate = sync.OnceValue(func() *gate {
	g := &gate{trie: newTrie()}
	known := map[rune]bool{}
	words := gateWords()
	for _, word := range slices.Sorted(maps.Keys(words)) {
		var chars []uint16
		for _, r := range word {
			if speaks(r) {
				known[r] = true
				chars = append(chars, uint16(r))
			}
		}
		g.add(chars, word, words[word])
		g.longest = max(g.longest, len(chars))
	}
	for r := range rune(len(g.spelled)) {
		g.spelled[r] = spelling(text.AppendRune(nil, r), known)
	}
	return g
})

// gateWords returns the words that the gate looks for. A word that has another of its class within it is left out.
func gateWords() map[string]classes {
	words := map[string]classes{"岁": 1<<age | 1<<grown}
	for c := range classCount {
		if points[c] > 0 {
			for _, w := range vocabulary(c) {
				words[w] |= 1 << c
			}
		}
	}
	for w, class := range words {
		if strings.IndexFunc(w, speaks) < 0 {
			panic("spot: the gate cannot see " + w)
		}
		if within(w, func(part string) bool { return words[part]&class == class }) {
			delete(words, w)
		}
	}
	return words
}

// within reports whether has holds for some part of w other than all of it.
func within(w string, has func(string) bool) bool {
	for i := range w {
		for j := range w[i:] {
			if j > 0 && has(w[i:i+j]) {
				return true
			}
		}
		if i > 0 && has(w[i:]) {
			return true
		}
	}
	return false
}

// speaks reports whether r, in the one spelling, can be of a word.
func speaks(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// spelling returns what the gate takes a character for, by its one spelling.
func spelling(s []byte, known map[rune]bool) uint16 {
	one := uint16(silent)
	for _, r := range string(s) {
		switch {
		case known[r] && utf8.RuneLen(r) == len(s):
			return uint16(r)
		case known[r]:
			return several
		case speaks(r):
			one = stranger
		}
	}
	return one
}
