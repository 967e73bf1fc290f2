package claim

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const sum = `(?:人民币)?(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百]+)(?:余|多)?(?:万|千|百)?(?:元|块)?(?:整|钱)?(?:人民币|现金)?`

var (
	promise = regexp.MustCompile(`^(?:金|为|人民币|:| )?(?:` + sum + `)?`)
	pledge  = regexp.MustCompile(`(?:把|以|用|拿|将|愿意?)((?:价值)?` + sum + `(?:的)?[^,。;!?:\s]{0,10}(?:给予|作为|当作?)?酬金)`)

	worn = regexp.MustCompile(`^(?:上身|下身|身|上衣|当时|失踪时|走失时|出走时)?(?:穿着|身着|上穿|下穿|穿)(?:一件|一身|一套|一条|一双|了)?[\p{Han}]{1,24}`)
	// wearer is another party, whom the clothes tell: 被一穿黑衣女子领走.
	wearer  = regexp.MustCompile(`[男女](?:子|人|的)`)
	garment = regexp.MustCompile(`[衣裤裙鞋袖帽衫装套包袄袜巾校服]`)
	more    = regexp.MustCompile(`^[,、和 ]?(?:下身?|上身?|脚|头|背|戴|脚穿|背着)?(?:穿着?)?[\p{Han}]{1,14}`)
)

// reward finds what is promised to those who help.
func (r *reader) reward() span {
	if i := r.index("酬金"); i >= 0 {
		from := windowStart(r.s, i, 90)
		if !strings.ContainsAny(r.s[from:i], "把以用拿将愿") {
			// Nothing is pledged, without asking the slow expression.
		} else if m := pledge.FindStringSubmatchIndex(r.s[from : i+len("酬金")]); m != nil {
			return group(m, 1, from)
		}
	}
	start, end := len(r.s), 0
	for _, w := range []string{"重金感谢", "重谢", "酬金", "悬赏", "酬谢", "奖励", "重赏"} {
		if i := r.index(w); i >= 0 && i < start {
			start, end = i, i+len(w)
		}
	}
	if end == 0 {
		return span{}
	}
	end += promise.FindStringIndex(r.s[end:clip(r.s, end+48)])[1]
	for lead := true; lead; {
		lead = false
		for _, w := range []string{"给予", "必有", "必", "定", "将", "重金", "愿", "找到者", "知情者", "有线索者", "有线索"} {
			if strings.HasSuffix(r.s[:start], w) {
				start, lead = start-len(w), true
			}
		}
	}
	// 提供线索者奖励…
	clause := r.s[:start]
	if i := strings.LastIndexAny(clause, ",。;!?: "); i >= 0 {
		_, size := utf8.DecodeRuneInString(clause[i:])
		clause = clause[i+size:]
	}
	if i := strings.LastIndex(clause, "提供"); i >= 0 && utf8.RuneCountInString(clause[i:]) <= 22 {
		start -= len(clause) - i
	}
	return span{start, end}
}

// windowStart returns the beginning of a character n bytes before i at most.
func windowStart(s string, i, n int) int {
	from := max(0, i-n)
	for !utf8.RuneStart(s[from]) {
		from++
	}
	return from
}

// clothing finds what the person wore: from the verb on, as long as garments are named.
func (r *reader) clothing() span {
	for base := 0; r.may("穿", "着"); {
		i := base + strings.IndexFunc(r.s[base:], func(c rune) bool { return c == '穿' || c == '着' })
		if i < base {
			return span{}
		}
		_, size := utf8.DecodeRuneInString(r.s[i:])
		base = i + size
		start := i
		for _, lead := range []string{"上身", "下身", "身", "上衣", "上", "下"} {
			if strings.HasSuffix(r.s[:i], lead) {
				start = i - len(lead)
				break
			}
		}
		m := worn.FindStringIndex(r.s[start:clip(r.s, start+120)])
		if m == nil || !garment.MatchString(r.s[start:start+m[1]]) || strings.Contains(r.s[start:start+m[1]], "如图") || wearer.MatchString(r.s[start:start+m[1]]) {
			continue
		}
		p := span{start, start + m[1]}
		for utf8.RuneCountInString(p.of(r.s)) < 60 {
			n := more.FindStringIndex(r.s[p.end:clip(r.s, p.end+80)])
			if n == nil || strings.Contains(r.s[p.end:p.end+n[1]], "服务") || !garment.MatchString(r.s[p.end:p.end+n[1]]) {
				break
			}
			p.end += n[1]
		}
		return p
	}
	return span{}
}

// takes are the verbs of those who take a child.
var takes = regexp.MustCompile(`^(?:给)?(?:拐|抱走|带走|抢走|偷走|骗走|拉走|掳走|劫走|领走|抱上|拽|强行|硬|拖|诱)`)

// taking are the characters that takes begins with.
const taking = "给拐抱带抢偷骗拉掳劫领拽强硬拖诱"

// takenBy finds who is said to have taken the person: what stands between 被 or 是 and the verb, where it names somebody.
func (r *reader) takenBy() span {
	for _, i := range r.at[takerSign] {
		start := int(i) + len("被")
		clause := r.s[start : start+clauseEnd(r.s[start:], 30)]
		for j, c := range clause {
			if j == 0 || !strings.ContainsRune(taking, c) || !takes.MatchString(clause[j:]) {
				continue
			}
			who := strings.TrimSuffix(clause[:j], "给")
			if k := strings.LastIndexAny(who, "给被"); k >= 0 {
				start += k + len("被")
				who = who[k+len("被"):]
			}
			if k := strings.IndexAny(who, "从在以用趁"); k > 0 {
				who = who[:k]
			}
			if n := utf8.RuneCountInString(who); n >= 2 && (slices.ContainsFunc(somebody, func(w string) bool { return strings.Contains(who, w) }) || strings.HasSuffix(who, "人") && n > 2) {
				return span{start, start + len(who)}
			}
			break
		}
	}
	return span{}
}

var somebody = strings.Fields(`男 女 妇 保姆 陌生人 老太 老头 大妈 大叔 人贩 团伙 嫌疑 前夫 后妈 继父 继母 邻居 司机 面包车 摩托 轿车 同伙 亲戚 网友`)
