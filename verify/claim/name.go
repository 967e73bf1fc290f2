package claim

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guitu/internal/gazetteer"
)

// surnames: the four hundred most borne, from the public lists of the national census.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛" +
	"闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆" +
	"蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖" +
	"巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦" +
	"戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由展阎逄蔚郇昌訾"

var compounds = strings.Fields("欧阳 上官 司马 诸葛 夏侯 东方 皇甫 尉迟 令狐 慕容 司徒 公孙 轩辕 端木 百里 南宫 独孤 呼延 司空 闻人")

// isSurname marks the surnames, which all lie in the basic plane.
var isSurname = func() (set [1 << 16 / 64]uint64) {
	for _, r := range surnames {
		set[r/64] |= 1 << (r % 64)
	}
	for _, c := range compounds {
		r, _ := utf8.DecodeRuneInString(c)
		set[r/64] |= 1 << (r % 64)
	}
	return set
}()

// candidate is what has the form of a name, with how sure the words before and after it make that it is the name of the one who
// is missed.
type candidate struct {
	span
	left, right int
	contact     bool // it is the name of somebody to call
}

// The weights of the words beside a name.
const (
	sure   = 6 // 姓名:X, or X,男
	likely = 4 // 女孩X, or X,身高
	hint   = 2
	edge   = 1 // a mark, or the edge of the text
	enough = 5 // of both sides together
)

// name finds the missing person's name, and the names of people to call. Two children's names are one span (某某、某某).
func (r *reader) name() (name span, contacts []span) {
	var best candidate
	for i, c := range r.s {
		if c < utf8.RuneSelf || c >= 1<<16 || isSurname[c/64]>>(c%64)&1 == 0 {
			continue
		}
		k := r.candidate(i)
		switch {
		case k.end == 0:
		case k.contact:
			contacts = append(contacts, k.span)
		case k.left+k.right > best.left+best.right:
			best = k
		}
	}
	if full := r.formal(); full.left+full.right > best.left+best.right && full.start != best.start {
		best = full
	}
	if full := r.dotted(); full.left+full.right > best.left+best.right {
		return full.span, contacts
	}
	if best.end == 0 {
		return r.nickname(), contacts
	}
	return r.siblings(best.span), contacts
}

// candidate returns the name that begins at i, with an empty span when there is none.
func (r *reader) candidate(i int) candidate {
	_, size := utf8.DecodeRuneInString(r.s[i:])
	first := i + size
	for _, c := range compounds {
		if strings.HasPrefix(r.s[i:], c) {
			first = i + len(c)
		}
	}
	if first == i+size && !strings.Contains(surnames, r.s[i:first]) {
		return candidate{}
	}
	var best candidate
	left, known := 0, false
	end := first
	for given := 1; given <= 3; given++ {
		c, size := utf8.DecodeRuneInString(r.s[end:])
		if !unicode.Is(unicode.Han, c) {
			break
		}
		end += size
		right, contact := r.after(end)
		if right == 0 && !contact || given == 3 && right < likely {
			continue
		}
		if !known {
			left, known = r.before(i), true
		}
		if left == 0 && right == sure && given == 2 && r.unread(i, end) {
			left = edge // the sex says it all: 爱心林小川,男,5岁
		}
		if left == 0 && !contact {
			break
		}
		k := candidate{span{i, end}, left, right, contact || left < 0}
		if !k.contact && left+right < enough || k.contact && !r.calls(k) || notName(r.s[i:end]) {
			continue
		}
		// 李警官 is called so.
		if w, ok := wordAt(r.s[end:]); k.contact && ok && w.flag&title != 0 {
			if k.end += len(w.text); left >= 0 && !r.digitsNear(k.end) && !r.digitsBefore(i) {
				continue
			}
		}
		if best.end == 0 || k.right > best.right {
			best = k
		}
	}
	if best.end == 0 && end > first {
		return r.titled(i, first)
	}
	return best
}

// unread reports whether no word of the vocabulary and no division stands between start and end.
func (r *reader) unread(start, end int) bool {
	return !slices.ContainsFunc(r.tokens, func(t token) bool { return t.start < end && t.end > start }) &&
		!slices.ContainsFunc(r.divisions, func(m gazetteer.Mention) bool { return m.Start < end && m.End > start })
}

// titled returns a surname with its title where a phone stands beside it: 李警官 199….
func (r *reader) titled(i, end int) candidate {
	w, ok := wordAt(r.s[end:])
	if !ok || w.flag&title == 0 {
		return candidate{}
	}
	end += len(w.text)
	if r.digitsNear(end) || r.digitsBefore(i) || r.before(i) < 0 {
		return candidate{span{i, end}, 0, 0, true}
	}
	return candidate{}
}

// calls reports whether k, whom the words beside it make another party, is somebody to call.
func (r *reader) calls(k candidate) bool {
	if k.left < 0 {
		w, _ := wordBefore(strings.TrimRight(r.lead(k.start), ", "))
		return callWords[w.text]
	}
	// Only at the head of a phrase is what stands before a number surely a name: 或周某199….
	prev, _ := utf8.DecodeLastRuneInString(r.s[:k.start])
	return k.start == 0 || strings.ContainsRune(" ,、:。!(或找人和系", prev)
}

var callWords = map[string]bool{"联系人": true, "联系": true, "本人": true, "找": true, "班主任": true, "民警": true, "警官": true, "致电": true, "请联系": true, "请与": true, "请电": true, "负责人": true}

// lead returns the text before i, without the marks that may stand between a word and a name.
func (r *reader) lead(i int) string {
	return strings.TrimRight(r.s[:i], " :\"“'‘「『【是为叫")
}

// before weighs the words before a name at i; it is negative where they make it the name of another party.
func (r *reader) before(i int) int {
	head := strings.TrimRight(r.s[:i], " :\"“'‘「『【")
	w, ok := wordBefore(head)
	if !ok {
		w, ok = wordBefore(strings.TrimRight(head, "是为叫"))
		if ok && strings.HasSuffix(head, "叫") && w.flag&caller == 0 {
			w.flag |= label
		}
	}
	prev, _ := utf8.DecodeLastRuneInString(r.s[:i])
	switch {
	case strings.HasSuffix(head, "我叫"):
		if strings.Contains(r.s, "寻亲") || strings.Contains(r.s, "拐") || strings.Contains(r.s, "亲生") {
			return likely
		}
		return -1
	case ok && w.flag&caller != 0, strings.HasSuffix(strings.TrimRight(head, ", "), "联系人"):
		return -1
	case ok && w.flag&label != 0:
		return sure
	case ok && w.flag&person != 0:
		return likely
	case strings.HasSuffix(strings.TrimRightFunc(head, func(c rune) bool { return !unicode.Is(unicode.Han, c) && !unicode.IsDigit(c) }), "名字"):
		return likely
	case strings.HasSuffix(strings.TrimRight(head, ",、!。 "), "岁") && prev != '岁':
		return likely
	case prev == '岁' || strings.HasSuffix(head, "希望"):
		return hint
	case prev == '@' || prev == '·':
		return 0
	case prev == ',' || prev == '、':
		head = strings.TrimRight(head, ",、 ")
		if w, ok := wordBefore(head); ok && w.flag&person != 0 && w.flag&caller == 0 {
			if strings.HasSuffix(head, "者") || strings.HasSuffix(head, "工") || strings.HasSuffix(head, "学生") {
				return likely
			}
			return hint
		}
		return edge
	case i == 0 || !unicode.Is(unicode.Han, prev) || prev == '的':
		return edge
	}
	return 0
}

// after weighs the words after a name that ends at i, and reports whether they make it the name of somebody to call.
func (r *reader) after(i int) (weight int, contact bool) {
	rest := r.s[i:]
	if rest == "" {
		return edge, false
	}
	next, _ := utf8.DecodeRuneInString(rest)
	w, ok := wordAt(rest)
	if ok && w.flag&title != 0 {
		return 0, true
	}
	if r.digitsNear(i) || digits.MatchString(rest[:min(len(rest), 8)]) {
		return 0, true
	}
	tail := strings.TrimLeft(rest, ",、;:。!. ([")
	near := utf8.RuneCountInString(rest[:len(rest)-len(tail)]) <= 3
	switch {
	case near && r.saysSex(tail, len(tail) == len(rest)):
		if w, ok := wordAt(strings.TrimPrefix(tail, "小")); ok && w.flag&person != 0 {
			return enough, false // 女孩 can begin another phrase
		}
		return sure, false
	case near && r.ageWithin(len(r.s)-len(tail)):
		return enough, false
	case near && birth.MatchString(tail[:min(len(tail), 40)]):
		return enough, false
	}
	if near {
		if you.MatchString(tail) && len(tail) < len(rest) {
			return likely, false
		}
		if v, ok := wordAt(tail); ok && v.flag&closing != 0 {
			switch {
			case v.flag&telling != 0 && strings.Trim(rest[:len(rest)-len(tail)], " ,") == "":
				return likely + 1, false
			case beside[v.text]:
				return likely, false
			case len(tail) == len(rest) && v.flag&lost != 0:
				return likely, false
			case len(tail) == len(rest):
				return hint, false
			}
		}
	}
	if !unicode.Is(unicode.Han, next) && !unicode.IsDigit(next) {
		return edge, false
	}
	return 0, false
}

// you speaks to the one who is missed: 林小川,你看到消息….
var you = regexp.MustCompile(`^你(?:看到|在哪|到底|快|回|知道|听|怎么|别|现在|要是|如果)`)

// beside are the words that stand beside the name of one who is missed, also behind a comma.
var beside = map[string]bool{"性别": true, "身高": true, "体重": true, "双胞胎": true, "孪生": true, "小名": true, "乳名": true, "昵称": true, "曾用名": true, "特征": true, "籍贯": true, "身穿": true, "今年": true, "现年": true, "年龄": true, "年仅": true, "外号": true, "民族": true, "同学": true, "小朋友": true}

// digits begin a number that may be a phone's, whole or cut.
var digits = regexp.MustCompile(`^[ :(]?\d{5}`)

var birth = regexp.MustCompile(`^(?:19|20)\d{2}[年./-][\d月日号./-]*(?:出?生)`)

// saysSex reports whether s begins with a sex that is stated. Right behind a name it can be the name's last character (若男), so
// that an age or a word must follow.
func (r *reader) saysSex(s string, beside bool) bool {
	s = strings.TrimLeft(strings.TrimPrefix(s, "性别"), ": ")
	s = strings.TrimPrefix(s, "小")
	rest, ok := strings.CutPrefix(s, "男")
	if !ok {
		if rest, ok = strings.CutPrefix(s, "女"); !ok {
			return false
		}
	}
	c, _ := utf8.DecodeRuneInString(rest)
	switch {
	case strings.ContainsRune("孩童生宝婴娃性", c) && rest != "":
		return true
	case rest != "" && unicode.Is(unicode.Han, c):
		return false
	}
	return !beside || r.ageWithin(len(r.s)-len(rest))
}

// digitsNear reports whether a phone number follows i, with nothing but its label between.
func (r *reader) digitsNear(i int) bool {
	for _, p := range r.phones {
		if p.start >= i && p.start-i <= len("联系电话号码:") && strings.Trim(r.s[i:p.start], " :(联系电话手机号码为是+") == "" {
			return true
		}
	}
	return false
}

// digitsBefore reports whether a phone number ends right before i.
func (r *reader) digitsBefore(i int) bool {
	for _, p := range r.phones {
		if p.end <= i && i-p.end <= len("("+"  ") && strings.Trim(r.s[p.end:i], " (,") == "" {
			return true
		}
	}
	return false
}

// notNames are words that begin like a name.
var notNames = regexp.MustCompile(`^(?:.*(?:[的了着得在是岁女孩童们这那没吗呢吧被把给请寻找转急已及又也就才要还却很能但]|男[孩童生子人婴]|线索|联系|电话|号码|警察|警方|公安|派出|附近|小区)|高度|马上|安全|平安|金额|时间|成都|江苏|于是|和平|武汉|温州|关注|万分|石家|连云|方便|方式|文章|白色|黄色|黑色|红色|紫色|蓝色|相信|向前|应该|明天|周[一二三四五六日天末](?:$|[上下早中晚凌])|国家|全国|全身|全家|全部|华润|万达|安徽|海南|云南|贵州|广东|司机|关于|成为|边上|单独|宝贝|和家|由于|来自|经过|解放|易县|特征|曾经|时候|计划|管理|展开|温馨|满脸|伊始|巴掌|盛传|古城|国内|和同|随手|汉族|谢谢|公告|但有|但是|高考|练手|解救|信息|戴[口眼帽手项]|都很|安然|海滩|海边|和车|和妈|和爸|和奶|和爷|和他|和她|和我|和大|时年|时许|何时|何地|何处|有关|有线|有人|左右|左边|右边|左手|右手|左眉|右眉|左脚|右脚|左腿|右腿|车上|车站|车牌|路上|路口|路边|水边|花园|幸福|强烈|强行|万能|万一|钱财|白天|白衣|项链|包里|毛衣|游玩|严重|双胞|双方|卫生|危险|农村|农民|常见|常年|满身|简介|景区|焦急|古镇|冷静|师傅|师生|别人|安徽|那边|那时|家住|家里|家属|家长|家中|于是|应该|单位|单亲|通往|武警|温州|阳光|阳台|牛仔|羊角|龙凤|左侧|右侧|程度|华人|江边|山东|山西|池塘|和小|和弟|和妹|和姐|和哥|和朋|和同|于当|于本|于上|于下|于晚|于早|于凌|于前|于去|于今|于 |干部|于今|于昨|从)`)

// notName reports whether s, which has the form of a name, is an ordinary word or a place.
func notName(s string) bool {
	if notNames.MatchString(s) {
		return true
	}
	if w, ok := wordAt(s); ok && w.text == s {
		return true
	}
	m := gazetteer.Find(s)
	return len(m) > 0 && m[0].Start == 0 && m[0].End == len(s)
}

// formal finds a name of any length behind its label, as a form has it: 姓名:乌云其木格.
func (r *reader) formal() candidate {
	i := strings.Index(r.s, "姓名")
	if i < 0 {
		return candidate{}
	}
	start := len(r.s) - len(strings.TrimLeft(r.s[i+len("姓名"):], ": "))
	end := start
	for end < len(r.s) && end-start < 10*len("某") {
		c, size := utf8.DecodeRuneInString(r.s[end:])
		if w, ok := wordAt(r.s[end:]); !unicode.Is(unicode.Han, c) && c != '·' || ok && w.flag&closing != 0 {
			break
		}
		end += size
	}
	if utf8.RuneCountInString(r.s[start:end]) < 2 || start == i+len("姓名") || notName(r.s[start:end]) {
		return candidate{}
	}
	return candidate{span{start, end}, sure, edge, false}
}

// dotted finds a name in parts: 古力娜尔·买买提.
func (r *reader) dotted() candidate {
	for base := 0; ; {
		i := strings.Index(r.s[base:], "·")
		if i < 0 {
			return candidate{}
		}
		i += base
		base = i + len("·")
		start, end := i, base
		for start > 0 {
			c, size := utf8.DecodeLastRuneInString(r.s[:start])
			if !unicode.Is(unicode.Han, c) || i-start >= 6*len("某") {
				break
			}
			start -= size
			if w, ok := wordBefore(r.s[:start]); ok && w.flag&(person|label) != 0 {
				break
			}
		}
		for end < len(r.s) && end-base < 6*len("某") {
			c, size := utf8.DecodeRuneInString(r.s[end:])
			if !unicode.Is(unicode.Han, c) {
				break
			}
			end += size
			if right, _ := r.after(end); right >= hint {
				break
			}
		}
		right, _ := r.after(end)
		left := r.before(start)
		if start < i && end > base && left > 0 && left+right >= enough && right > 0 {
			return candidate{span{start, end}, left, right, false}
		}
	}
}

// nicknamed finds a pet name where no other is given: 男孩小柯, 叫浩浩.
var nicknamed = regexp.MustCompile(`^(?:叫|小名|乳名|女孩|男孩|女童|男童|少女|女生|男生)[:,“"]?((?:小[\p{Han}]|[\p{Han}]{2})(?:[\p{Han}])??)["”]?(?:[^\p{Han}]|请|在|从|被|今年|因|和|出门|失踪|走失|$)`)

func (r *reader) nickname() span {
	for i, c := range r.s {
		if !strings.ContainsRune("叫小乳女男少", c) {
			continue
		}
		// Longer than any match, so that the end of the window is none of the text.
		m := nicknamed.FindStringSubmatchIndex(r.s[i:min(len(r.s), i+64)])
		if m == nil {
			continue
		}
		p := group(m, 1, i)
		name := []rune(r.s[p.start:p.end])
		pet := name[0] == '小' || len(name) == 2 && name[0] == name[1]
		if pet && name[1] != '孩' && name[1] != '名' && name[1] != '朋' && !notNames.MatchString(string(name)) {
			return p
		}
	}
	return span{}
}

const one = `((?:欧阳|上官|司马|诸葛|尉迟|慕容|[` + surnames + `])[\p{Han}]{1,2})`

var (
	nextSibling = regexp.MustCompile(`^[、,和]` + one + `[^\p{Han}]`)
	prevSibling = regexp.MustCompile(`(?:^|[^\p{Han}]|兄弟|姐妹|姐弟|兄妹|孩子|儿子|女儿)(` + one + `[、,和])$`)
)

// siblings extends a name to the next one in a list of the same surname: twins are missed together.
func (r *reader) siblings(p span) span {
	first, _ := utf8.DecodeRuneInString(r.s[p.start:])
	if m := nextSibling.FindStringSubmatchIndex(r.s[p.end:min(len(r.s), p.end+20)]); m != nil {
		n := group(m, 1, p.end)
		if c, _ := utf8.DecodeRuneInString(r.s[n.start:]); c == first {
			return span{p.start, n.end}
		}
	}
	from := max(0, p.start-30)
	if m := prevSibling.FindStringSubmatchIndex(r.s[from:p.start]); m != nil {
		n := group(m, 1, from)
		if c, _ := utf8.DecodeRuneInString(r.s[n.start:]); c == first {
			return span{n.start, p.end}
		}
	}
	return p
}
