package spot

// The signs that are counted, in the order that the learned part knows them by.
const (
	signQuestion = iota
	signCall
	signCalls // !!!
	signTitle // 【
	signHash
	signAt
	signForward  // //@
	signHTTP     // http
	signLink     // 网页链接
	signUnfold   // 展开全文
	signQuote    // "
	signQuoted   // “
	signDots     // ...
	_            // …… has become ......
	signArrow    // ↓
	signBracket  // [
	signFullStop // 。
	signComma
	signColon
	signList // 、
	_        // ① has become 1
	signCount
)

// survey is what one look at the characters of a post tells of it.
type survey struct {
	signs         [signCount]int
	stops         []int32 // where sentences end
	parted        bool    // by a sign
	digits, years bool    // there are digits, and 岁
	disguised     bool    // marks stand within what may be a word
}

// look surveys the page.
func (p *page) look() {
	s := survey{stops: p.survey.stops[:0]}
	p.plain = p.plain[:0]
	lastCall, calls, lastDot, dots := -1, 0, -1, 0 // how many are in a row
	for i := range p.chars {
		r := p.chars[i].Rune
		if r > 0xFFFF {
			r = 0
		}
		p.plain = append(p.plain, uint16(r))
		if r > '】' {
			switch r {
			case '岁':
				s.years = true
			case '网':
				s.signs[signLink] += p.spells(i, "网页链接")
			case '展':
				s.signs[signUnfold] += p.spells(i, "展开全文")
			}
			continue
		}
		switch r {
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			s.digits = true
		case '!':
			if lastCall != i-1 {
				calls = 0
			}
			lastCall = i
			if calls++; calls%3 == 0 {
				s.signs[signCalls]++
			}
			s.signs[signCall]++
			s.stops, s.parted = append(s.stops, int32(i)), true
		case '.':
			if lastDot != i-1 {
				dots = 0
			}
			lastDot = i
			if dots++; dots%3 == 0 {
				s.signs[signDots]++
			}
		case '?':
			s.signs[signQuestion]++
			s.stops, s.parted = append(s.stops, int32(i)), true
		case '。':
			s.signs[signFullStop]++
			s.stops, s.parted = append(s.stops, int32(i)), true
		case '】':
			s.stops = append(s.stops, int32(i))
		case '【':
			s.signs[signTitle]++
			s.parted = true
		case ',':
			s.signs[signComma]++
			s.parted = true
		case ':':
			s.signs[signColon]++
			s.parted = true
		case ';':
			s.parted = true
		case '@':
			s.signs[signAt]++
			if i >= 2 && p.plain[i-1] == '/' && p.plain[i-2] == '/' {
				s.signs[signForward]++
			}
		case 'h':
			s.signs[signHTTP] += p.spells(i, "http")
		case '#':
			s.signs[signHash]++
		case '"':
			s.signs[signQuote]++
		case '“':
			s.signs[signQuoted]++
		case '↓':
			s.signs[signArrow]++
		case '[':
			s.signs[signBracket]++
		case '、':
			s.signs[signList]++
		}
		s.disguised = s.disguised || !p.asWritten && p.disguise(i)
	}
	if s.disguised {
		p.unmask()
	}
	p.plain = append(p.plain, 0)
	p.survey = s
}

// disguise reports whether the character at i is a mark that is put within a word so that nobody finds it: 走*失, 走/失. In a sentence
// no such mark stands between two Chinese characters, or it parts what is no word.
func (p *page) disguise(i int) bool {
	switch p.chars[i].Rune {
	case '*', '/', '.', '_', '|', '~', '^', '+', '-', '=', '\\', '·':
		return i > 0 && i+1 < len(p.chars) && han(p.chars[i-1].Rune) && han(p.chars[i+1].Rune)
	}
	return false
}

func han(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF }

// unmask takes the disguise out of p.plain, and notes in p.at which character each one there is.
func (p *page) unmask() {
	p.plain, p.at = p.plain[:0], p.at[:0]
	for i := range p.chars {
		if r := p.chars[i].Rune; !p.disguise(i) {
			if r > 0xFFFF {
				r = 0
			}
			p.plain, p.at = append(p.plain, uint16(r)), append(p.at, int32(i))
		}
	}
}

// unmasked gives the words that were found in p.plain their places in p.chars.
func (p *page) unmasked(words []word) {
	for i := range words {
		words[i].start, words[i].end = p.at[words[i].start], p.at[words[i].end-1]+1
	}
}

// spells returns 1 if s stands at i, and 0 if not.
func (p *page) spells(i int, s string) int {
	for _, r := range s {
		if i >= len(p.chars) || p.chars[i].Rune != r {
			return 0
		}
		i++
	}
	return 1
}

// shape appends how the post is made.
func (p *page) shape(out []uint32) []uint32 {
	n := len(p.chars)
	length := 0
	for _, most := range []int{8, 15, 22, 30, 50, 80, 120, 160, 250} {
		if n > most {
			length++
		}
	}
	out = append(out, feature(markShape, 0, length))
	for i, k := range p.survey.signs {
		if k > 0 {
			out = append(out, feature(markShape, 1, i, min(k, 3)))
		}
	}
	if !p.survey.parted {
		out = append(out, feature(markShape, 2, length))
	}
	return out
}
