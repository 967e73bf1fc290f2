package claim

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	number2 = `(?:\d{1,2}|[一二三四五六七八九十]{1,3})`
	dayPart = `(?:凌晨|清晨|早晨|早上|上午|中午|下午|午后|傍晚|晚上|晚间|夜里|深夜|半夜|夜间|早|晚)`
	clock   = `(?:(?:约|大约|大概)?` + number2 + `(?:[:点时]` + number2 + `分?|[点时](?:半|多|整|钟)?)(?:许|左右|前后|多)?)`
	// dates: 2016年3月8日, 3月8号, 2016-03-08, 20160308, 3.8日, 4日早上, 今天, 星期一.
	date = `(?:(?:19|20)\d{2}[年./-]\d{1,2}[月./-]\d{1,2}[日号]?|(?:19|20)\d{6}|(?:(?:(?:19|20)\d{2}年|今年|去年|前年)[,]?)?(?:农历|阴历)?(?:` + number2 + `|腊|正|冬)月(?:份|底|初(?:[一二三四五六七八九十])?|` + number2 + `[日号]?)?|(?:19|20)\d{2}年|(?:本月|上月)?\d{1,2}[日号]|\d{1,2}[./]\d{1,2}[日号]?` +
		`|今天|今日|昨天|昨日|昨儿个?|前天|前日|昨晚|今晚|今早|今晨|前晚|大前天|当天|刚刚|刚才|前几天|前不久|几天前|\d{1,2}天前|(?:上上|上|本|这|下)?(?:个)?(?:周|星期|礼拜)[一二三四五六日天]|[\d一二三四五六七八九十]{1,2}年前|大年初[一二三四五六七八]|大年三十|除夕(?:夜)?|元旦|国庆节?|中秋节?|春节|端午节?|清明节?)`
)

var moment = regexp.MustCompile(`^` + date + `(?:[ ,]?(?:今天|昨天|前天))?(?:[,、 ]?(?:的)?(?:` + dayPart + `)?(?:放学)?` + clock + `|[,、 ]?` + dayPart + `(?:放学)?|放学)?(?:左右|许|前后)?`)

// whenWords begin a moment that is not written in numbers.
var whenWords = map[rune]string{
	'今': "今天 今日 今晚 今早 今晨 今年", '昨': "昨天 昨日 昨儿 昨晚", '前': "前天 前日 前晚 前几天 前不久 前年", '大': "大前天 大年", '当': "当天", '刚': "刚刚 刚才", '几': "几天前",
	'上': "上周 上星期 上礼拜 上个 上上 上月", '本': "本周 本月 本星期", '这': "这周 这个周 这星期 这礼拜", '下': "下周", '星': "星期", '礼': "礼拜", '去': "去年", '除': "除夕", '元': "元旦", '国': "国庆",
	'中': "中秋", '春': "春节", '端': "端午", '清': "清明", '腊': "腊月", '正': "正月", '农': "农历", '阴': "阴历",
}

// findTimes finds the times in the text, in order.
func (r *reader) findTimes() {
	r.times = r.times[:0]
	end := 0 // of the last one
	for _, at := range r.at[timeSign] {
		i := int(at)
		if i < end {
			continue
		}
		if c, _ := utf8.DecodeRuneInString(r.s[i:]); !r.mayBegin(i, c) {
			continue
		}
		if m := moment.FindStringIndex(r.s[i:clip(r.s, i+72)]); m != nil {
			end = i + m[1]
			if t := r.s[i:end]; !bareDay.MatchString(t) || r.isDay(t, end) {
				r.times = append(r.times, span{i, end})
			}
		}
	}
}

// bareDay is a month and a day that may be another number with a point: 11.19.
var bareDay = regexp.MustCompile(`^(\d{1,2})[./](\d{1,2})$`)

// isDay reports whether s, which ends at i, is a month and a day, with a word behind that only a day has.
func (r *reader) isDay(s string, i int) bool {
	m := bareDay.FindStringSubmatch(s)
	month, d := numeral(m[1]), numeral(m[2])
	next, _ := utf8.DecodeRuneInString(r.s[i:])
	return month >= 1 && month <= 12 && d >= 1 && d <= 31 && strings.ContainsRune("从在于失走离被", next)
}

// clip returns the largest offset up to n at which no character of s is cut.
func clip(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

// mayBegin reports whether a time can begin at i, so that few places are worth a look.
func (r *reader) mayBegin(i int, c rune) bool {
	if c >= '0' && c <= '9' {
		// A number before 日 or 号 may be the tail of something else: 5路11号.
		prev, size := utf8.DecodeLastRuneInString(r.s[:i])
		if strings.ContainsRune("./-:", prev) {
			prev, _ = utf8.DecodeLastRuneInString(r.s[:i-size])
			if prev < '0' || prev > '9' {
				prev = ' '
			}
		}
		if strings.ContainsRune("0123456789路街栋楼第", prev) {
			return false
		}
		run := r.s[i:clip(r.s, i+12)]
		tail := strings.TrimLeft(run, "0123456789")
		next, _ := utf8.DecodeRuneInString(tail)
		return strings.ContainsRune("年月日号./-天", next) || len(run)-len(tail) == 8
	}
	if c == '周' {
		// 周一诺 is a name.
		next, _ := utf8.DecodeRuneInString(strings.TrimLeft(r.s[i+len("周"):], "一二三四五六日天"))
		return !unicode.Is(unicode.Han, next) || strings.ContainsRune("早上中下午凌晨傍晚夜放的在从", next)
	}
	if words := whenWords[c]; words != "" {
		for w := range strings.FieldsSeq(words) {
			if strings.HasPrefix(r.s[i:], w) {
				return true
			}
		}
	}
	if strings.ContainsRune("一二三四五六七八九十", c) {
		tail := strings.TrimLeft(r.s[i:clip(r.s, i+24)], "一二三四五六七八九十")
		return strings.HasPrefix(tail, "月") || strings.HasPrefix(tail, "年前") || strings.HasPrefix(tail, "日") || strings.HasPrefix(tail, "号")
	}
	return false
}

var timeLabels = []string{"失踪日期", "失踪时间", "走失时间", "走失日期", "走丢时间", "丢失时间", "丢失日期", "被拐时间", "被拐日期", "失联时间", "失联日期", "离家时间", "出走时间", "失踪的时间", "走失的时间"}

// missingAt finds when the person was lost: behind its label, or else the last time said before the loss, or the first at all.
func (r *reader) missingAt(born span) span {
	var all []span
	for _, m := range r.times {
		if m.start < born.end && m.end > born.start || r.duration(m) || numbered(r.s[m.end-len("号"):]) || bornAfter(r.s[m.end:]) || later(m.of(r.s), r.posted) {
			continue
		}
		all = append(all, m)
	}
	for _, l := range timeLabels {
		i := r.index(l)
		if i < 0 {
			continue
		}
		for _, m := range all {
			if m.start >= i+len(l) && strings.Trim(r.s[i+len(l):m.start], ":, 是为") == "" {
				return m
			}
		}
	}
	if len(all) == 0 {
		return span{}
	}
	found := false
	for _, t := range r.tokens {
		if t.flag&lost == 0 {
			continue
		}
		found = true
		for _, m := range from(all, t.start-240, func(m span) int { return m.start }) {
			if m.start > t.start {
				break
			}
			if m.end <= t.start && utf8.RuneCountInString(r.s[m.end:t.start]) <= 45 && !strings.ContainsAny(r.s[m.end:t.start], "】!") {
				return m
			}
		}
	}
	if !found {
		return span{}
	}
	return all[0]
}

var monthOnly, yearOnly = regexp.MustCompile(`^\d{1,2}月$`), regexp.MustCompile(`^\d{4}年$`)

// duration reports whether what reads like a time is a span of time (失踪4月), or a year that is spoken of.
func (r *reader) duration(m span) bool {
	text := m.of(r.s)
	if monthOnly.MatchString(text) {
		w, ok := wordBefore(r.s[:m.start])
		return ok && w.flag&lost != 0
	}
	next, _ := utf8.DecodeRuneInString(r.s[m.end:])
	return yearOnly.MatchString(text) && unicode.Is(unicode.Han, next) && !strings.ContainsRune("在于从被失走离春夏秋冬去", next)
}

// numbered reports whether s begins with the number of something, not of a day: 号楼.
func numbered(s string) bool {
	rest, ok := strings.CutPrefix(s, "号")
	return ok && startsWith(rest, "楼", "线", "院", "门", "厅", "店", "桥", "车", "机", "床", "厂", "馆", "路", "台", "井", "口", "航站", "码", "公寓", "别墅", "栋")
}

func bornAfter(rest string) bool {
	return strings.HasPrefix(rest, "出生") || strings.HasPrefix(rest, "生") && !strings.HasPrefix(rest, "生病")
}

// later reports whether a full date is more than a day after the post.
func later(s string, posted time.Time) bool {
	d, ok := fullDate(s)
	return ok && !posted.IsZero() && d.After(posted.AddDate(0, 0, 2))
}
