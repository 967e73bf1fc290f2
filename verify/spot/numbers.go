package spot

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// numbers finds what no list can hold: phone numbers, and ages.
func (p *page) numbers() {
	p.numbered = p.numbered[:0]
	if p.survey.digits {
		p.phones()
	}
	if p.survey.years {
		p.ages()
		slices.SortStableFunc(p.numbered, func(a, b word) int { return cmp.Compare(a.start, b.start) })
	}
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

// phones finds phone numbers, with a dash or a few spaces between the digits or without.
func (p *page) phones() {
	for i := 0; i < len(p.chars); {
		if !digit(p.chars[i].Rune) {
			i++
			continue
		}
		start, digits, end := i, 0, i
		for i < len(p.chars) {
			if digit(p.chars[i].Rune) {
				digits++
				i++
				end = i
				continue
			}
			next, ok := p.pastDash(i)
			if !ok {
				break
			}
			i = next
		}
		first := p.chars[start].Rune
		china := first == '8' && start+1 < end && p.chars[start+1].Rune == '6'
		if digits >= 11 && digits <= 13 && (first == '1' || first == '0' || china) || digits == 10 && first == '0' {
			p.numbered = append(p.numbered, word{class: phone, start: int32(start), end: int32(end)})
		}
	}
}

// pastDash returns where a number goes on behind a dash or up to three spaces and hyphens at i.
func (p *page) pastDash(i int) (next int, ok bool) {
	size := 0
	for next = i; next < len(p.chars); next++ {
		switch r := p.chars[next].Rune; r {
		case '-', ' ', '–', '—':
			if size += utf8.RuneLen(r); size > 3 {
				return 0, false
			}
		default:
			return next, next > i && digit(r)
		}
	}
	return 0, false
}

// ages finds the ages of minors and of others: 3岁, 三岁多, 十二岁; 76岁.
func (p *page) ages() {
	for end := range p.chars {
		if p.chars[end].Rune != '岁' {
			continue
		}
		start := end
		for size := 0; start > 0 && size <= 12; start-- {
			r := p.chars[start-1].Rune
			if !strings.ContainsRune("0123456789一二两三四五六七八九十半多几周", r) {
				break
			}
			size += utf8.RuneLen(r)
		}
		w := word{start: int32(start), end: int32(end + 1)}
		switch n := p.years(start, end); {
		case n >= 18 && n < 120:
			w.class = grown
		case n > 0 && n < 18:
			w.class = age
		default:
			continue
		}
		p.numbered = append(p.numbered, w)
	}
}

// years reads a number of years, 0 when it is none or unclear.
func (p *page) years(start, end int) int {
	var buf [8 * utf8.UTFMax]byte
	b := buf[:0]
	for _, c := range p.chars[start:end] {
		b = utf8.AppendRune(b, c.Rune)
	}
	n, tens := 0, false
	for _, r := range strings.Trim(string(b), "多几周") {
		switch i := strings.IndexRune("零一二三四五六七八九", r); {
		case digit(r):
			n = n*10 + int(r-'0')
		case r == '十':
			n, tens = max(n, 1)*10, true
		case r == '两':
			n += 2
		case i >= 0 && tens:
			n += i / len("零")
		case i >= 0:
			n = i / len("零") // 三四岁: the last one counts
		}
		if n > 150 {
			return 0
		}
	}
	return n
}
