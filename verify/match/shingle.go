package match

import (
	"regexp"
	"slices"
	"unicode"

	"guitu/verify/text"
)

// noise is what copies change without changing the text: addresses, accounts, emoticons, long numbers.
var noise = regexp.MustCompile(`https?://[0-9a-z./?=&%_-]*|o?网页链接|@[^\s@:,。!?#]{1,24}|\[[^\[\]\s]{1,8}\]|[+0-9][0-9 \-]{5,}[0-9]`)

// shingles returns the hashes of the wording's three-rune pieces, sorted, each once. Punctuation and spaces count for nothing.
func shingles(s string) []uint32 {
	clean := noise.ReplaceAllString(text.Normalise(s).String, "")
	set := make([]uint32, 0, len(clean)/3)
	var a, b rune
	for _, c := range clean {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			continue
		}
		if a != 0 {
			set = append(set, hash(a, b, c))
		}
		a, b = b, c
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// hash mixes three runes well enough that its lowest bits are a fair sample.
func hash(a, b, c rune) uint32 {
	h := uint64(a)*0x9E3779B97F4A7C15 + uint64(b)*0xC2B2AE3D27D4EB4F + uint64(c)*0x165667B19E3779F9
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	return uint32(h >> 32)
}

// likeness returns how much of the shorter wording the longer one contains, and the Jaccard similarity; both 0 to 1.
func likeness(a, b []uint32) (contained, jaccard float64) {
	if len(a) == 0 || len(b) == 0 {
		return 0, 0
	}
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			both++
			i++
			j++
		}
	}
	return float64(both) / float64(min(len(a), len(b))), float64(both) / float64(len(a)+len(b)-both)
}
