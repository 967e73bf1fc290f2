package claim

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"guitu/internal/gazetteer"
)

// surnames: the four hundred most borne, from the public lists of the national census.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛" +
	"闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆" +
	"蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖" +
	"巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦" +
	"戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"

const (
	person = `((?:欧阳|上官|司马|诸葛|夏侯|东方|皇甫|尉迟|令狐|慕容|司徒|[` + surnames + `])[\p{Han}·]{1,3}?)`
	child  = `(?:女孩儿?|男孩儿?|女童|男童|女婴|男婴|学生|儿童|孩子|女儿|儿子|孙女|孙子|小朋友|女生|男生|少年|少女|娃娃?|幼童|爱女|爱子|姑娘|妹妹|弟弟|老人|女子|男子)`
	// ages are written in digits or characters, exact or about: 3岁, 三岁多, 2岁半, 十多岁, 三四岁, 8个月, 3-4个月.
	years = `(?:约|大约)?(?:\d{1,2}|[一二两三四五六七八九十]{1,3})(?:[-~至到、](?:\d{1,2}|[一二两三四五六七八九十]{1,3}))?(?:多|几|来)?(?:个多?月|周?岁)(?:零?(?:\d{1,2}|[一二两三四五六七八九十]{1,2})个月)?(?:大?(?:半|多))?(?:左右)?`
)

// names are the ways in which a missing person's name is given, the surest first. Each has the name as its first group, and
// is worth trying only where one of its words stands ("" stands everywhere).
var names = []struct {
	words []string
	re    *regexp.Regexp
}{
	{[]string{"名", "失踪者", "走失"}, regexp.MustCompile(`(?:姓\s?名|孩子名字|名字|失踪者|走失者|走失人)[是为叫]?\s?[:,]?\s?` + person + `(?:$|[^\p{Han}]|性别|男|女|年龄|身高|于|在)`)},
	{[]string{"男", "女"}, regexp.MustCompile(`(?:^|[^\p{Han}])` + person + `(?:[(（][^)）]{1,12}[)）])?[,、;:。 ]{0,2}(?:性别[:,]?)?(?:小?[男女](?:[,、;。: ]|孩|童|生|$|\d))`)},
	{[]string{"名", "男", "女", "现年", "今年", "年龄"}, regexp.MustCompile(`(?:^|[^\p{Han}]|信息:)` + person + `[,、 (]{1,2}(?:乳名|小名|男|女|现年|今年|年龄)`)},
	{[]string{"叫", "名为"}, regexp.MustCompile(`(?:名叫|名字叫|姓名叫|叫做|叫|名为)` + person + `(?:[^\p{Han}]|今年|现年|年龄|男|女|在|于|从|,|$)`)},
	{[]string{"岁", "月"}, regexp.MustCompile(`(?:^|[^\p{Han}])` + person + `[,、 ]{0,2}(?:今年|现年|年龄|年仅)?[:,]?` + years)},
	{[]string{"的名字"}, regexp.MustCompile(`的名字[^\p{Han}\d]{0,8}` + person + `(?:[^\p{Han}]|从|在|于|被|$)`)},
	{[]string{""}, regexp.MustCompile(child + `\s?` + person + `(?:失踪|走失|走丢|失联|被|从|在|于|离家|途|你在|\(|[,、。])`)},
	{[]string{"在哪", "你的", "能早", "快回", "失踪", "走失", "失联", "离家", "下落"}, regexp.MustCompile(`(?:^|[^\p{Han}]|寻找|希望|急寻|急找)` + person + `(?:,| )?(?:你在哪|你的|能早|快回|失踪|走失|失联|离家|下落)`)},
	{[]string{"身高", "体重", "双胞胎", "孪生", "小名", "特征", "籍贯", "身穿", "上身", "生"}, regexp.MustCompile(`(?:^|[^\p{Han}])` + person + `[,、 (]{1,2}(?:身高|体重|双胞胎|孪生|小名|特征|籍贯|身穿|上身|(?:19|20)\d{2}年[\d月日]*(?:出?生))`)},
	{[]string{"岁", "者", "员工", "民工", "学生"}, regexp.MustCompile(`(?:岁|者|员工|民工|学生)[,、 ](?:叫|名叫)?` + person + `[,、。]`)},
	{[]string{""}, regexp.MustCompile(child + `[ ,:]` + person + `(?:[^\p{Han}]|$)`)},
}

// notNames are words that begin like a name.
var notNames = regexp.MustCompile(`^(?:.*(?:[的了在是岁男女孩童们这那没吗呢吧被把给请寻找转急]|线索|联系|电话|号码|警察|警方|公安|派出|附近|小区)|高度|马上|安全|平安|金额|时间|成都|江苏|于是|和平|武汉|温州|关注|万分|石家|连云|方便|文章|白色|黄色|黑色|红色|紫色|蓝色|相信|向前|应该|明天|周[一二三四五六日天末](?:$|[上下早中晚凌])|国家|全国|全身|全家|全部|华润|万达|安徽|海南|云南|贵州|广东|司机|关于|成为|边上|单独|宝贝|和家|由于|来自|经过|解放|易县|特征|曾经|时候|计划|管理|展开|温馨|满脸|伊始|巴掌|盛传|古城|国内|和同|随手|汉族|干部|于今|于昨|从)`)

// name finds the missing person's name. Two children's names are one span (某某、某某).
func (r *reader) name() span {
	for _, way := range names {
		if !slices.ContainsFunc(way.words, func(w string) bool { return strings.Contains(r.body, w) }) {
			continue
		}
		for base := 0; base < len(r.body); {
			m := way.re.FindStringSubmatchIndex(r.body[base:])
			if m == nil {
				break
			}
			p := group(m, 1, base)
			base = p.end
			if notName(r.body[p.start:p.end]) || r.caller(p) {
				continue
			}
			return r.siblings(p)
		}
	}
	return span{}
}

// notName reports whether s, which has the form of a name, is an ordinary word or a place.
func notName(s string) bool {
	if notNames.MatchString(s) {
		return true
	}
	m := gazetteer.Find(s)
	return len(m) > 0 && m[0].Start == 0 && m[0].End == len(s)
}

// caller reports whether the name is that of somebody to call, not of the one who is missed.
func (r *reader) caller(p span) bool {
	before := strings.TrimRight(r.body[:p.start], " :是")
	for _, w := range []string{"联系人", "联系", "本人", "找", "父亲", "母亲", "爸爸", "妈妈", "警官", "记者", "家长", "警方"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	for _, w := range []string{"先生", "女士", "警官", "同志", "老师", "主任"} {
		if strings.HasPrefix(r.body[p.end:], w) || strings.Contains(r.body[p.start:p.end], w) {
			return true
		}
	}
	return false
}

var (
	nextSibling = regexp.MustCompile(`^[、,和]` + person + `[^\p{Han}]`)
	prevSibling = regexp.MustCompile(`(?:^|[^\p{Han}])(` + person + `[、,和])$`)
)

// siblings extends a name to the next one in a list of the same surname: twins are missed together.
func (r *reader) siblings(p span) span {
	first, _ := utf8.DecodeRuneInString(r.body[p.start:])
	if m := nextSibling.FindStringSubmatchIndex(r.body[p.end:]); m != nil {
		n := group(m, 1, p.end)
		if c, _ := utf8.DecodeRuneInString(r.body[n.start:]); c == first {
			return span{p.start, n.end}
		}
	}
	if m := prevSibling.FindStringSubmatchIndex(r.body[max(0, p.start-30):p.start]); m != nil {
		n := group(m, 1, max(0, p.start-30))
		if c, _ := utf8.DecodeRuneInString(r.body[n.start:]); c == first {
			return span{n.start, p.end}
		}
	}
	return p
}

var (
	agePattern = regexp.MustCompile(years)
	// sexFirst is an age that stands beside the person's sex: 女, 3岁.
	sexFirst = regexp.MustCompile(`[男女](?:孩|童)?[,、;:。 ]{0,3}(?:年龄|现年|今年|年仅)?[:,]?(` + years + `)`)
	labelled = regexp.MustCompile(`(?:年龄|年纪|现年|今年|年仅)[:, ]?(` + years + `)`)
	// somebodyElse follows the age of a snatcher, a relative, a limit or a span of time.
	somebodyElse = regexp.MustCompile(`^(?:左右)?的?(?:陌生|中年|妇女|男人|女人|男子|女子|男的|女的|大妈|老太|老人|老汉|年轻|以下|以上|以内|未满|时候?|那年|前|后|的?(?:爷爷|奶奶|父亲|母亲))`)
)

// age finds the missing person's age; name is where the name stands.
func (r *reader) age(name span) span {
	if name.end > 0 {
		tail := r.body[name.end:]
		if m := agePattern.FindStringIndex(tail); m != nil && utf8.RuneCountInString(tail[:m[0]]) <= 12 && !somebodyElse.MatchString(tail[m[1]:]) {
			return span{name.end + m[0], name.end + m[1]}
		}
	}
	for _, re := range []*regexp.Regexp{labelled, sexFirst} {
		for _, m := range re.FindAllStringSubmatchIndex(r.body, -1) {
			if !somebodyElse.MatchString(r.body[m[1]:]) {
				return group(m, 1, 0)
			}
		}
	}
	for _, m := range agePattern.FindAllStringIndex(r.body, -1) {
		if !somebodyElse.MatchString(r.body[m[1]:]) {
			return span{m[0], m[1]}
		}
	}
	return span{}
}

var (
	statedSex = regexp.MustCompile(`(?:^|[^\p{Han}]|性别:?)([男女])(?:[^\p{Han}]|$|性|年|\d)`)
	girls     = []string{"女孩", "女童", "女婴", "女儿", "女生", "孙女", "少女", "姑娘", "闺女", "丫头", "爱女", "千金", "女娃", "妹妹", "孖女", "女学生", "小女", "女宝"}
	boys      = []string{"男孩", "男童", "男婴", "儿子", "男生", "孙子", "少年", "小伙", "爱子", "男娃", "弟弟", "男学生", "男宝"}
)

// sex returns 男 or 女: as stated, or by the first word for a child that tells.
func sex(s string) string {
	if m := statedSex.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	first := func(words []string) int {
		at := len(s)
		for _, w := range words {
			if i := strings.Index(s, w); i >= 0 {
				at = min(at, i)
			}
		}
		return at
	}
	switch g, b := first(girls), first(boys); {
	case g < b:
		return "女"
	case b < g:
		return "男"
	}
	return ""
}

var (
	contact = regexp.MustCompile(`(?:联系人|联系|本人|找)(?:是|为)?[:,叫 ]{0,3}` + person + `(?:$|[^\p{Han}]|电话|手机|在|做|如果|的|先生|女士|警官)`)
	titled  = regexp.MustCompile(`([` + surnames + `](?:先生|女士|警官|小姐|老师|主任|队长|所长))[^\p{Han}]{0,3}(?:电话|手机)?[:, ]{0,2}\+?\d{3}`)
	phoned  = regexp.MustCompile(person + `[:( ]{0,2}1[3-9]\d{9}`)
)

// contacts returns the names of people to call, in order, each once.
func (r *reader) contacts(missing string) []string {
	var found []string
	add := func(s string) {
		if s != "" && s != missing && !notNames.MatchString(strings.TrimSuffix(strings.TrimSuffix(s, "女士"), "小姐")) && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	for _, re := range []*regexp.Regexp{contact, titled} {
		for _, m := range re.FindAllStringSubmatchIndex(r.body, -1) {
			add(r.original(group(m, 1, 0)))
		}
	}
	for _, m := range phoned.FindAllStringSubmatchIndex(r.body, -1) {
		p := group(m, 1, 0)
		// Only at the head of a phrase is it surely a name: 或周某199….
		if prev, _ := utf8.DecodeLastRuneInString(r.body[:p.start]); strings.ContainsRune(" ,、:。或找人和", prev) {
			add(r.original(p))
		}
	}
	return found
}
