package claim

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"guitu"
	"guitu/internal/gazetteer"
)

const took = `(?:疑似?|可能|突然|不慎|意外|与家人|和家人|独自|时)?(?:失踪|走失|走丢|丢失|失联|不见|被|离家|迷路|失散|拐走|抱走|丢了|被拐|走散|捡到|发现一)`

var (
	placeLabel = regexp.MustCompile(`(?:(?:失踪|走失|走丢|丢失|被拐|失联|事发|被抢|出事)(?:的)?(?:地点|地址|地方|位置)|地点)(?:是|为|在)?[:, ]?\s?(?:是|在)?[:]?\s?([^,。;!?\s【】]{2,40})`)
	placeAt    = regexp.MustCompile(`(?:在|于)([^,。;!?【】:#@~…]{2,40}?)[,、 ]{0,2}` + took)
	placeNear  = regexp.MustCompile(`(?:` + child + `|今天|昨天|上午|下午|[日号时点晚午])(?:从|途经|在|于)?([^,。;!?【】:#@~…在于]{2,30}?(?:附近|门口|门前|旁|里|内))[,、 ]{0,2}` + took)
	placeFrom  = regexp.MustCompile(`(从[^,。;!?【】:#@~…]{2,24}?(?:途中|路上))`)
)

// place finds where the person was lost.
func (r *reader) place() span {
	if m := placeLabel.FindStringSubmatchIndex(r.body); m != nil {
		return trimPlace(r.body, group(m, 1, 0))
	}
	if m := placeFrom.FindStringSubmatchIndex(r.body); m != nil && loss.MatchString(r.body[m[1]:min(len(r.body), m[1]+30)]) {
		return group(m, 1, 0)
	}
	var bare span // a place that is no more than divisions; a closer one may follow
	for _, re := range []*regexp.Regexp{placeAt, placeNear} {
		for base := 0; base < len(r.body); {
			m := re.FindStringSubmatchIndex(r.body[base:])
			if m == nil {
				break
			}
			if p := trimPlace(r.body, group(m, 1, base)); p.end > p.start && !notPlace.MatchString(r.body[p.start:p.end]) {
				if bare.end > 0 && p.end-p.start <= bare.end-bare.start {
					base = p.end
					continue
				}
				if ms := gazetteer.Find(r.body[p.start:p.end]); bare.end > 0 || len(ms) != 1 || ms[0].End != p.end-p.start {
					return p
				}
				bare = p
			}
			base += m[2] + 1
			for base < len(r.body) && !utf8.RuneStart(r.body[base]) {
				base++
			}
		}
	}
	if bare.end > 0 {
		return bare
	}
	// A place that only its divisions name: 安徽某县5岁女孩走失.
	for _, l := range loss.FindAllStringIndex(r.body, -1) {
		head := r.body[max(0, l[0]-90):l[0]]
		from := max(0, l[0]-90)
		for _, m := range gazetteer.Find(head) {
			if m.Area != "" && !origin(head[m.End:]) && !strings.ContainsAny(head[m.End:], "。!?;】") {
				return span{from + m.Start, from + m.End}
			}
		}
	}
	return span{}
}

var notPlace = regexp.MustCompile(`^(?:外面|这里|那里|身边|家里人|孩子|一起|路上|此|哪|不知|里面|网上|朋友圈|这边|父母|我们)|找|监控|手机|号码|警察|微信|微博|转发|图片|照片`)

// leadIn is what may stand between 在 and the place, or before the last 在.
var leadIn = regexp.MustCompile(`^(?:.*[在于]|.*` + child + `|(?:19|20)?\d{0,4}年?\d{1,2}月\d{1,2}[日号]?|\d{1,2}[日号]|今天|昨天|昨日|今日|上午|下午|中午|早上|晚上|放学后?|\d{1,2}[点时:]\d{0,2}分?(?:许|左右|多)?|[一二三四五六七八九十]{1,2}点[多半]?(?:许|左右)?|[,、 ])+`)

func trimPlace(s string, p span) span {
	if loc := leadIn.FindStringIndex(s[p.start:p.end]); loc != nil {
		p.start += loc[1]
	}
	for _, tail := range []string{"玩耍时", "玩耍", "玩时", "玩", "时", "一名", "的", "给"} {
		if t, ok := strings.CutSuffix(s[p.start:p.end], tail); ok && utf8.RuneCountInString(t) >= 2 {
			p.end = p.start + len(t)
		}
	}
	return p
}

// origin reports whether the division before rest says where somebody comes from, not where something happened.
func origin(rest string) bool {
	for _, w := range []string{"人", "籍", "口音", "牌照", "话", "户口", "车牌", "来的", "日报", "晚报", "晨报", "都市报", "警方通报"} {
		if strings.HasPrefix(rest, w) {
			return true
		}
	}
	return false
}

var handle = regexp.MustCompile(`@[^\s@:,。!?#【】]{1,24}`)

// area settles where the story plays: the place's own divisions, or else those nearest before the loss, or else the first named.
func (r *reader) area(place span) guitu.Area {
	// The names of accounts say who is asked for help, not where.
	s := handle.ReplaceAllStringFunc(r.body, func(h string) string { return strings.Repeat("@", len(h)) })
	var first, deepest guitu.Area
	for _, m := range gazetteer.Find(s) {
		if m.Area == "" || origin(s[m.End:]) {
			continue
		}
		if m.Start >= place.start && m.End <= place.end {
			if deepest == "" || deepest.Covers(m.Area) {
				deepest = m.Area
			}
			continue
		}
		if first == "" || first.Covers(m.Area) {
			first = m.Area
		}
	}
	switch {
	case deepest == "":
		return first
	case deepest.Covers(first):
		return first
	}
	return deepest
}
