package claim

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"guitu"
	"guitu/internal/gazetteer"
)

// stops end the words for a place.
const stops = ",。;!?【】:#@~…\n"

// placeLabels stand before the place, with what happened there.
var placeLabels = regexp.MustCompile(`^(?:地点|地址|地方|位置)(?:是|为|在)?[:, ]?\s?(?:是|在)?[:]?\s?([^,。;!?\s【】]{2,40})`)

var happened = []string{"失踪", "走失", "走丢", "丢失", "被拐", "失联", "事发", "被抢", "出事", "案发", "失踪的", "走失的", "最后出现", "具体被抢"}

// place finds where the person was lost.
func (r *reader) place() span {
	if p := r.labelledPlace(); p.end > 0 {
		return r.trimPlace(p)
	}
	if p := r.placeFrom(); p.end > 0 {
		return p
	}
	var bare span // a place that is no more than divisions; a closer one may follow
	for _, find := range []func() []span{r.placesAt, r.placesNear} {
		for _, p := range find() {
			p = r.trimPlace(p)
			text := p.of(r.s)
			if p.end <= p.start || utf8.RuneCountInString(text) < 2 || notPlace(text) || bare.end > 0 && p.end-p.start <= bare.end-bare.start {
				continue
			}
			if ms := gazetteer.Find(text); bare.end > 0 || len(ms) != 1 || ms[0].End != p.end-p.start {
				return p
			}
			bare = p
		}
	}
	if bare.end > 0 {
		return bare
	}
	// A place that only its divisions name: 安徽某县5岁女孩走失.
	for _, l := range r.tokens {
		if l.flag&lost == 0 {
			continue
		}
		for _, m := range from(r.divisions, l.start-180, mentionStart) {
			gap := l.start - m.End
			if gap >= 0 && gap <= 90 && m.Area != "" && !r.origin(m) && !strings.ContainsAny(r.s[m.End:l.start], "。!?;】") {
				return r.widened(span{m.Start, m.End})
			}
		}
	}
	return span{}
}

// widened extends divisions to the end of a short clause, where they stand behind 在 or 于 (在临沂市兰山区青山路,…) or the clause ends
// with a word for nearness (临沂市兰山区青山公园门口,…).
func (r *reader) widened(p span) span {
	end := p.end + clauseEnd(r.s[p.end:], 12)
	if before := r.s[:p.start]; !strings.HasSuffix(before, "在") && !strings.HasSuffix(before, "于") && !nearness(r.s[p.end:end]) {
		return p
	}
	if strings.HasPrefix(r.s[end:], ",") && !notPlace(r.s[p.start:end]) {
		p.end = end
	}
	return p
}

// nearness reports whether words for a place end with one for nearness.
func nearness(place string) bool {
	return slices.ContainsFunc([]string{"附近", "门口", "门前", "旁", "旁边", "对面", "路口", "里", "内"}, func(w string) bool { return strings.HasSuffix(place, w) })
}

func (r *reader) labelledPlace() span {
	for _, word := range []string{"地点", "地址", "地方", "位置"} {
		for base := 0; r.may(word); {
			i := strings.Index(r.s[base:], word)
			if i < 0 {
				break
			}
			i += base
			base = i + len(word)
			if word != "地点" && !slices.ContainsFunc(happened, func(h string) bool { return strings.HasSuffix(r.s[:i], h) }) {
				continue
			}
			if m := placeLabels.FindStringSubmatchIndex(r.s[i:clip(r.s, i+160)]); m != nil {
				return group(m, 1, i)
			}
		}
	}
	return span{}
}

// placeFrom finds a way on which somebody was lost: 从…途中.
func (r *reader) placeFrom() span {
	for base := 0; r.may("途中", "路上"); {
		i := strings.Index(r.s[base:], "从")
		if i < 0 {
			return span{}
		}
		i += base
		base = i + len("从")
		clause := r.s[base : base+clauseEnd(r.s[base:], 26)]
		for _, way := range []string{"途中", "路上"} {
			if j := strings.Index(clause, way); j >= 2*len("某") && r.lossAfter(base+j+len(way), 30) {
				return span{i, base + j + len(way)}
			}
		}
	}
	return span{}
}

func (r *reader) lossAfter(i, n int) bool {
	for _, t := range r.tokensFrom(i) {
		if t.start >= i+n {
			break
		}
		if t.flag&lost != 0 {
			return true
		}
	}
	return false
}

// municipal reports whether a is one of the four cities that are provinces.
func municipal(a guitu.Area) bool {
	return slices.Contains([]guitu.Area{"110000", "120000", "310000", "500000"}, a)
}

func mentionStart(m gazetteer.Mention) int { return m.Start }

// clauseEnd returns where the first clause of s ends, after n characters at most.
func clauseEnd(s string, n int) int {
	for i, c := range s {
		if n == 0 || strings.ContainsRune(stops, c) {
			return i
		}
		n--
	}
	return len(s)
}

// maxPlaces is how many places of one form are weighed.
const maxPlaces = 32

// placesAt finds what stands between 在 or 于 and the loss.
func (r *reader) placesAt() []span {
	var found []span
	for _, i := range r.at[placeSign] {
		if len(found) == maxPlaces {
			break
		}
		start := int(i) + len("在")
		end := start + clauseEnd(r.s[start:], 41)
		for _, t := range r.tokensFrom(start + 2*len("某")) {
			if t.start > end+30 {
				break
			}
			if t.flag&ending == 0 {
				continue
			}
			if t.start < end {
				found = append(found, span{start, len(strings.TrimRight(r.s[:t.start], ",、 "))})
			} else if gap := r.s[end:t.start]; strings.Trim(gap, ",、 疑似可能") == "" {
				found = append(found, span{start, end})
			}
			break
		}
	}
	return found
}

// placesNear finds a place that a word for nearness ends, right before the loss: 今天上午一个女孩东山市场附近被人抱走.
func (r *reader) placesNear() []span {
	var found []span
	for _, t := range r.tokens {
		if t.flag&ending == 0 || len(found) == maxPlaces {
			continue
		}
		end := len(strings.TrimRight(r.s[:t.start], ",、 "))
		if t.start-end > 2 || !nearness(r.s[:end]) {
			continue
		}
		start := windowStart(r.s, end, 120)
		start += strings.LastIndexAny(r.s[start:end], stops+"在于") + 1
		for start < end && !utf8.RuneStart(r.s[start]) {
			start++
		}
		start = r.placeStart(span{start, end})
		for _, lead := range []string{"从", "途经"} {
			if s, ok := strings.CutPrefix(r.s[start:end], lead); ok {
				start = end - len(s)
			}
		}
		if n := utf8.RuneCountInString(r.s[start:end]); n >= 3 && n <= 34 && start > 0 {
			found = append(found, span{start, end})
		}
	}
	return found
}

// notPlaces begin what is no place, and notInPlaces stand in it.
var (
	notPlaces   = regexp.MustCompile(`^(?:外面|(?:突然|独自|意外|不慎|疑似?|可能)$|一[个名位]|这里|那里|身边|家里人|孩子|一起|路上|此|哪|不知|里面|网上|朋友圈|这边|父母|我们|其|人群中|外|家$|短短|推车|怀里)`)
	notInPlaces = strings.Fields("找 监控 手机 号码 警察 微信 微博 转发 图片 照片 他 她 我 分钟 怀疑 坐着 看过 侦办 办理 巡逻 微博发 小孩已 可能")
)

func notPlace(s string) bool {
	return notPlaces.MatchString(s) || slices.ContainsFunc(notInPlaces, func(w string) bool { return strings.Contains(s, w) })
}

// hours is a time of day at the head of a place.
var hours = regexp.MustCompile(`^(?:\d{1,2}[点时:]\d{0,2}分?|[一二三四五六七八九十]{1,3}点[多半]?)(?:许|左右|多)?`)

// doing is what the person did there.
var doing = regexp.MustCompile(`(?:疑似?|可能|突然|不慎|意外|[与和跟](?:家人|父母|爸爸|妈妈|爷爷|奶奶|大人)|独自|读[大高初研小中书].{0,6}|上学|打工|务工|工作|上班|游玩|玩耍?|赶集|逛街|购物|乘车|下车后?|散步|看病|放学后?|晕倒|乞讨|候车|等(?:家长|人|车|妈妈|爸爸|公交)?|玩的时候|时|一名|的|给|后)+$`)

func (r *reader) trimPlace(p span) span {
	p.start = r.placeStart(p)
	from := max(p.start, windowStart(r.s, p.end, 36))
	if last, _ := utf8.DecodeLastRuneInString(p.of(r.s)); strings.ContainsRune("近口里内前区园场路镇村县", last) {
		from = p.end // it ends as places do
	}
	if loc := doing.FindStringIndex(r.s[from:p.end]); loc != nil && utf8.RuneCountInString(r.s[p.start:from+loc[0]]) >= 2 {
		p.end = from + loc[0]
	}
	// A bracket that is cut, and what a shortened text ends with.
	text := p.of(r.s)
	if i := strings.LastIndexAny(text, "("); i > 0 && !strings.Contains(text[i:], ")") {
		p.end = p.start + i
	}
	return span{p.start, p.start + len(strings.TrimRight(p.of(r.s), ".-_ "))}
}

// placeStart returns where the place in p begins: behind the last 在 or 于, and what may stand between it and the place.
func (r *reader) placeStart(p span) int {
	start := p.start
	for i, c := range p.of(r.s) {
		at := p.start + i + len("在")
		if c == '在' || c == '于' && !startsWith(r.s[at:], "洪", "都", "田") {
			start = at
		}
	}
	for _, t := range r.tokensFrom(start) {
		if t.end > p.end {
			break
		}
		if t.flag&person != 0 && !strings.HasPrefix(r.s[t.end:], "家") { // 外婆家 is a place
			start = t.end
		}
	}
	for _, m := range from(r.times, p.start, func(m span) int { return m.start }) {
		if m.end > p.end {
			break
		}
		start = max(start, m.end)
	}
	for cut := true; cut; {
		cut = false
		rest := r.s[start:p.end]
		for _, w := range []string{"今天", "昨天", "昨日", "今日", "上午", "下午", "中午", "早上", "晚上", "放学后", "放学", ",", "、", " "} {
			if strings.HasPrefix(rest, w) {
				start, cut = start+len(w), true
				break
			}
		}
		if c, _ := utf8.DecodeRuneInString(rest); !cut && strings.ContainsRune(digitsOfAges, c) {
			if loc := hours.FindStringIndex(rest); loc != nil {
				start, cut = start+loc[1], true
			}
		}
	}
	return start
}

// origin reports whether a division says where somebody comes from, not where something happened.
func (r *reader) origin(m gazetteer.Mention) bool {
	for _, w := range []string{"人", "籍", "口音", "牌照", "话", "户口", "车牌", "来的", "日报", "晚报", "晨报", "都市报"} {
		if strings.HasPrefix(r.s[m.End:], w) && !strings.HasPrefix(r.s[m.End:], "人民") {
			return true
		}
	}
	for _, t := range r.tokensFrom(m.Start - 90) {
		if t.start > m.Start {
			break
		}
		if t.flag&lateral != 0 && t.end <= m.Start && m.Start-t.end <= 60 && !strings.ContainsAny(r.s[t.end:m.Start], ",。;!?") {
			return true
		}
	}
	return false
}

// area settles where the story plays: the place's own divisions, or else the first that are named.
func (r *reader) area(place span) guitu.Area {
	var first, deepest guitu.Area
	for _, m := range r.divisions {
		if m.Area == "" {
			continue
		}
		if m.Start >= place.start && m.End <= place.end {
			if deepest == "" || deepest.Covers(m.Area) {
				deepest = m.Area
			}
			continue
		}
		if !r.origin(m) && (first == "" || first.Covers(m.Area)) {
			first = m.Area
		}
	}
	if deepest == "" && first == "" {
		// Where somebody comes from is better than nothing, if it is a town: of 河南人 nobody knows where they are.
		for _, m := range r.divisions {
			if l := m.Area.Level(); (l == guitu.City || l == guitu.County || municipal(m.Area)) && (first == "" || first.Covers(m.Area)) {
				first = m.Area
			}
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

// areaHint returns the city that something beside the words suggests: a landline's area code, the accounts called upon (@平安临沂),
// where the poster's phone was, or a mobile's prefix.
func (r *reader) areaHint(phones []string) guitu.Area {
	for _, p := range phones {
		if a, ok := gazetteer.OfPhone(p); ok && p[0] == '0' {
			return a
		}
	}
	for _, text := range []string{strings.Join(r.accounts, " "), r.trailer} {
		for _, m := range gazetteer.Find(text) {
			if l := m.Area.Level(); l == guitu.City || municipal(m.Area) {
				return m.Area
			}
		}
	}
	for _, p := range phones {
		if a, ok := gazetteer.OfPhone(p); ok {
			return a
		}
	}
	return ""
}
