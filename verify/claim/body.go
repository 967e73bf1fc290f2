package claim

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	tall     = regexp.MustCompile(`^(?:大概|为|有|不到|在|是)*[: ]?((?:大约|约)?(?:\d{2,3}(?:\.\d)?(?:cm|厘米|公分|左右|-\d{2,3}(?:cm|厘米|公分)?)?|\d?[.]\d{1,2}(?:米|m)?|\d米\d{0,2}|[一二]米[一二三四五六七八九零]{0,2}(?:几|多)?)(?:左右|上下|多)?)`)
	heavy    = regexp.MustCompile(`^(?:大概|为|有|不到|是)*[: ]?((?:大约|约)?(?:\d{1,3}(?:\.\d)?|[一二三四五六七八九十]{1,4}多?)(?:斤|公斤|kg|千克)?(?:左右|上下|多)?)`)
	freeTall = regexp.MustCompile(`(?:^|[^\d.])(\d米\d{1,2}|\d\.\d{1,2}米|\d{2,3}(?:cm|厘米|公分))(?:左右|高|多)?`)
	bornOn   = regexp.MustCompile(`(?:(?:19|20)\d{2}[年./-](?:农历|阴历)?\d{1,2}[月./-]\d{1,2}[日号]?|(?:19|20)\d{2}年(?:农历|阴历)?[\d一二三四五六七八九十腊正冬]{1,3}月(?:初?[\d一二三四五六七八九十]{1,3}[日号]?)?|(?:19|20)\d{2}-\d{1,2}|(?:19|20)\d{6}|(?:19|20)\d{2}年|\d{2}年\d{1,2}月(?:\d{1,2}[日号])?)`)
	bornWord = regexp.MustCompile(`^(?:左右|前后)?(?:出?生[^病意活气]|出?生$)`)
)

// labelled finds what re reads behind the first of words.
func (r *reader) labelled(re *regexp.Regexp, words ...string) span {
	for _, w := range words {
		for base := 0; r.may(w); {
			i := strings.Index(r.s[base:], w)
			if i < 0 {
				break
			}
			base += i + len(w)
			if m := re.FindStringSubmatchIndex(r.s[base:min(len(r.s), base+48)]); m != nil {
				return group(m, 1, base)
			}
		}
	}
	return span{}
}

// height finds how tall the person is: behind the word, or a length that can be nothing else.
func (r *reader) height() span {
	if p := r.labelled(tall, "身高", "高约", "高度约", "个子", "身长"); p.end > 0 {
		return p
	}
	if !r.measures() || !slices.ContainsFunc([]string{"米", "cm", "公分"}, func(unit string) bool { return r.index(unit) >= 0 }) {
		return span{} // without asking the slow expression
	}
	if m := freeTall.FindStringSubmatchIndex(r.s); m != nil {
		return group(m, 1, 0)
	}
	return span{}
}

// measures reports whether a person is described: a bare length or mark means nothing elsewhere.
func (r *reader) measures() bool { return len(r.ages) > 0 }

// weight finds how heavy the person is.
func (r *reader) weight() span { return r.labelled(heavy, "体重") }

// born finds the birth date.
func (r *reader) born() span {
	if !r.may("生") {
		return span{}
	}
	for _, label := range []string{"出生日期", "出生年月日", "出生年月", "出生时间", "生日", "生于", "出生于", "出生"} {
		for base := 0; r.may(label); {
			i := strings.Index(r.s[base:], label)
			if i < 0 {
				break
			}
			i += base
			base = i + len(label)
			tail := strings.TrimLeft(r.s[base:], ": 是为,")
			at := len(r.s) - len(tail)
			if m := bornOn.FindStringIndex(tail[:min(len(tail), 48)]); m != nil && m[0] == 0 && label != "出生" || m != nil && m[0] == 0 && strings.HasPrefix(r.s[base:], ":") {
				return span{at, at + m[1]}
			}
		}
	}
	for base := 0; ; {
		i := strings.Index(r.s[base:], "生")
		if i < 0 {
			return span{}
		}
		i += base
		base = i + len("生")
		from := max(0, i-48)
		for from < i && !utf8.RuneStart(r.s[from]) {
			from++
		}
		if !strings.ContainsAny(r.s[from:i], "0123456789") {
			continue // without asking the slow expression
		}
		for _, m := range bornOn.FindAllStringIndex(r.s[from:i], -1) {
			if bornWord.MatchString(r.s[from+m[1] : min(len(r.s), i+2*len("生"))]) {
				return span{from + m[0], from + m[1]}
			}
		}
	}
}

// features finds the marks that tell the person apart: behind their label up to the end of the sentence, or else the phrase that
// names one.
func (r *reader) features() span {
	if !r.has(0, len(r.s), marking) {
		return span{}
	}
	for _, label := range []string{"体貌特征", "明显特征", "身体特征", "外貌特征", "外貌", "特征"} {
		i := r.index(label)
		if i < 0 {
			continue
		}
		rest := strings.TrimLeft(r.s[i+len(label):], ":是为 ,")
		end := strings.IndexAny(rest, "。;!?【】\n")
		if end < 0 {
			end = len(rest)
		}
		start := len(r.s) - len(rest)
		if p := r.marks(start, start+end); p.end > 0 {
			return p
		}
	}
	if !r.measures() {
		return span{}
	}
	return r.marks(0, len(r.s))
}

// marks returns the phrases from the first to the last in a row that name a mark, between start and end.
func (r *reader) marks(start, end int) span {
	var p span
	for at := start; at < end; {
		stop := at + strings.IndexAny(r.s[at:end]+",", ",。;!? 【】()、")
		phrase := r.s[at:stop]
		switch {
		case utf8.RuneCountInString(phrase) <= 16 && r.has(at, stop, marking) && !garment.MatchString(phrase):
			if p.end == 0 {
				p.start = at
			}
			p.end = stop
		case p.end > 0 && phrase != "":
			return p
		}
		_, size := utf8.DecodeRuneInString(r.s[stop:])
		at = max(stop+size, at+1)
	}
	return p
}

// has reports whether a word of flag f stands between start and end.
func (r *reader) has(start, end int, f flag) bool {
	for _, t := range r.tokensFrom(start) {
		if t.end > end {
			break
		}
		if t.flag&f != 0 {
			return true
		}
	}
	return false
}
