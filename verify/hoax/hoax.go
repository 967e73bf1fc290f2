// Package hoax finds again, in what a post says, the phones, names and pictures that stood in refuted stories.
//
// They are a hint for the officer and never a proof, since victims' and bystanders' numbers are misused in hoaxes: a hit has no
// weight, and nothing is ruled, scored or routed by it. The package is pure.
package hoax

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"guitu"
	"guitu/verify/text"
)

// Phones returns the numbers of a claim that tell something. Left out are those that everybody gives: emergency, hotlines.
func Phones(c guitu.Claim) []string {
	return slices.DeleteFunc(slices.Clone(c.Phones), func(p string) bool { return len(p) < 7 || strings.HasPrefix(p, "400") })
}

// titles are what stands for a name and names nobody.
var titles = []string{"先生", "女士", "小姐", "老师", "警官", "妈妈", "爸爸", "奶奶", "爷爷", "家长", "家属", "大姐", "大哥"}

// Names returns the names in a claim that are whole, in one spelling: of two characters too many people have them.
func Names(c guitu.Claim) (names []string) {
	for _, written := range c.Names() {
		for _, n := range strings.FieldsFunc(text.Normalise(written).String, func(r rune) bool { return strings.ContainsRune("、,和 ", r) }) {
			title := slices.ContainsFunc(titles, func(t string) bool { return strings.HasSuffix(n, t) })
			if utf8.RuneCountInString(n) >= 3 && !title && !strings.ContainsAny(n, "某*x") {
				names = append(names, n)
			}
		}
	}
	return names
}

// nearPicture is how many of the 64 bits of two hashes may differ: a scaled or compressed copy differs in few.
const nearPicture = 6

// Alike reports whether two hashes are of one picture.
func Alike(a, b string) bool {
	x, errX := strconv.ParseUint(a, 16, 64)
	y, errY := strconv.ParseUint(b, 16, 64)
	return errX == nil && errY == nil && bits.OnesCount64(x^y) <= nearPicture
}

// Registry holds what stood in refuted stories. It is safe for concurrent use once nothing is added.
type Registry struct {
	words    map[key]guitu.Asset // phones and names, each as it stood in the latest story
	pictures []guitu.Asset
}

type key struct {
	kind  guitu.AssetKind
	value string
}

// Add adds what stood in a refuted story, unless an administrator took it out.
func (r *Registry) Add(a guitu.Asset) {
	switch {
	case !a.Dropped.IsZero():
	case a.Kind == guitu.AssetPicture:
		r.pictures = append(r.pictures, a)
	default:
		if r.words == nil {
			r.words = map[key]guitu.Asset{}
		}
		k := key{a.Kind, a.Value}
		if old, ok := r.words[k]; !ok || a.RuledAt.After(old.RuledAt) {
			r.words[k] = a
		}
	}
}

// Hits returns what of a post, whose claim is c and whose pictures have these hashes, stands in the registry.
func (r *Registry) Hits(post string, c guitu.Claim, pictures []string) []guitu.Hit {
	var hits []guitu.Hit
	add := func(kind guitu.AssetKind, values []string) {
		for _, v := range values {
			if a, ok := r.words[key{kind, v}]; ok {
				h := a.Hit()
				h.Start, h.End = stands(post, c, a)
				hits = append(hits, h)
			}
		}
	}
	add(guitu.AssetPhone, Phones(c))
	add(guitu.AssetName, Names(c))
	for _, a := range r.pictures {
		if slices.ContainsFunc(pictures, func(p string) bool { return Alike(p, a.Value) }) {
			hits = append(hits, a.Hit())
		}
	}
	return hits
}

// stands returns where the post has a, 0 and 0 where it writes it so that only reading finds it: 幺九九….
func stands(post string, c guitu.Claim, a guitu.Asset) (start, end int) {
	for _, s := range c.Spans {
		written := text.Normalise(post[s.Start:s.End]).String
		switch {
		case a.Kind == guitu.AssetPhone && s.Field == "phones" && strings.HasSuffix(digits(written), a.Value),
			a.Kind == guitu.AssetName && (s.Field == "name" || s.Field == "contacts") && strings.Contains(written, a.Value):
			return s.Start, s.End
		}
	}
	return 0, 0
}

// digits returns s without all else.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
