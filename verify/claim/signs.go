package claim

import (
	"math/bits"
	"sync"
	"unicode/utf8"
)

// sign is what a character may be the beginning of, or a part.
type sign int

const (
	wordSign sign = iota // a word of the vocabulary
	digitSign
	ageSign     // the unit of an age
	timeSign    // a time
	surnameSign // a name
	petSign     // a pet name, with the word before it
	sexSign
	placeSign // the place, behind it
	takerSign // the one who took somebody, behind it
	signCount
)

// signs says of each character of the basic plane what it may be, a bit for each sign.
var signs = sync.OnceValue(func() *[1 << 16]uint16 {
	t := new([1 << 16]uint16)
	set := func(s sign, chars string) {
		for _, c := range chars {
			t[c] |= 1 << s
		}
	}
	for c := range whenWords {
		set(timeSign, string(c))
	}
	set(timeSign, "0123456789一二三四五六七八九十周")
	for c := range rune(1 << 16) {
		if _, ok := digitOf(c); ok {
			t[c] |= 1 << digitSign
		}
		if len(words().first.at(c)) > 0 {
			t[c] |= 1 << wordSign
		}
	}
	set(digitSign, "oli")
	set(ageSign, "岁月")
	set(surnameSign, surnames)
	for _, c := range compounds {
		r, _ := utf8.DecodeRuneInString(c)
		set(surnameSign, string(r))
	}
	set(petSign, "叫小乳女男少")
	set(sexSign, "男女")
	set(placeSign, "在于")
	set(takerSign, "被让给")
	return t
})

// survey looks at each character of the text once, and notes where each sign stands, so that nobody has to search.
func (r *reader) survey() {
	for s := range r.at {
		r.at[s] = r.at[s][:0]
	}
	r.cues = cues{}
	table := signs()
	var before rune
	for i, c := range r.s {
		r.cues.set(0, c)
		r.cues.set(before, c)
		before = c
		if c >= 1<<16 {
			continue
		}
		for of := table[c]; of != 0; of &= of - 1 {
			s := bits.TrailingZeros16(of)
			r.at[s] = append(r.at[s], int32(i))
		}
	}
}
