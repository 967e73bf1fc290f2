package claim

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// flag says what a word tells of the things around it.
type flag uint16

const (
	lost    flag = 1 << iota // somebody is missed: 走失
	ending                   // the words for the place end before it: 走失, 被
	person                   // the one who is missed, or a relative: a name may follow
	girl                     // and she is a girl
	boy                      // and he is a boy
	weak                     // it tells the sex only of the one whose name follows, or whom "my" precedes: 妹妹
	caller                   // somebody to call, or another party: the name that follows is not that of the missed
	taker                    // one who takes a child
	label                    // a name follows
	title                    // it follows the name of somebody to call
	closing                  // it may follow the name of one who is missed
	telling                  // it follows such a name only: 你在哪
	elder                    // a parent or grandparent, who is missed only where the poster says so: 我父亲
	marking                  // it tells a person apart, beside the clothes
	lateral                  // division of where somebody comes from or lives: 户籍
)

type token struct {
	start, end int
	flag       flag
}

// vocabulary lists the words with what they tell, in one spelling.
var vocabulary = []struct {
	flag  flag
	words string
}{
	{lost | ending | closing | telling, `失踪 走失 走丢 丢失 失联 失散 走散 失去联系 被拐 被拐走 被拐卖 被人拐走 被抱走 被人抱走 被偷 被偷走 被抢 被抢走 被人抢走 被骗走 被带走 被领走 领走
		被人带走 被盗 被拉走 被掳走 离家 离家出走 不见 不见了 迷路 下落不明`},
	{lost | ending, `拐走 抱走 抱上 抢走 偷走 带走 骗走 拉走 丢了 捡到 发现一名 拐卖 掳走 劫走 丢咧 耍掉 未归 没回来 没回家 没有回家 出走 找不到 找不着 没到校 未到校 未回家 没去学校 给拐 丢的`},
	{ending | closing, `被`},
	{closing, `独自 不慎 疑似 可能被 突然 意外 与家人 和家人 跟家人`},
	{ending, `发现一`},
	{person | girl, `女孩 女孩儿 小女孩 女童 女婴 女儿 孙女 外孙女 侄女 外甥女 女生 少女 姑娘 小姑娘 闺女 丫头 小丫头 爱女 千金 女娃 女娃儿 女娃娃 女宝 女宝宝 女学生 小女 女子 孖女`},
	{person | boy, `男孩 男孩儿 小男孩 男童 男婴 儿子 孙子 外孙 侄子 侄儿 外甥 男生 少年 小伙 小伙子 爱子 男娃 男娃儿 男娃娃 男宝 男宝宝 男学生 吾儿 我儿 爱儿 犬子 幼子 长子 次子 独子 大儿子 小儿子`},
	{person | girl | weak, `女子 闺蜜 妹妹 姐姐 姐妹 表妹 表姐 堂妹 堂姐 妻子 老婆`},
	{person | boy | weak, `男子 弟弟 哥哥 兄弟 表弟 表哥 堂弟 堂哥 丈夫 老公`},
	{elder | person | girl | weak, `奶奶 母亲 妈妈 姥姥 外婆`},
	{elder | person | boy | weak, `爷爷 父亲 爸爸 姥爷 外公`},
	{person, `孩子 小孩 小孩子 小孩儿 学生 儿童 小朋友 娃 娃娃 娃儿 幼童 宝宝 婴儿 幼儿 老人 患者 之子 之女 学员 员工 民工 打工者 同学 双胞胎 大学生 中学生 小学生 初中生 高中生 模特 室友 舍友`},
	{person | label | lost, `失踪者 失踪儿童 走失儿童 走失者 走失人 失踪人 失踪人员 走失人员`},
	{person | label, `寻人 寻人启事 寻人启示 急寻 急找 寻找 帮找 寻亲 寻子 寻女 找人 紧急寻人`},
	{person | label | lost | girl, `失踪女孩 失踪少女 走失女孩 走失女童 失踪女童`},
	{person | label | lost | boy, `失踪男孩 失踪少年 走失男孩 走失男童 失踪男童`},
	{label, `姓名 名字 名叫 名字叫 姓名叫 叫做 叫 名为 大名 学名 真名 本名 名字是 原名 姓名是 名是`},
	{caller, `联系人 联系 本人 找 警官 民警 记者 家长 警方 志愿者 网友 班主任 老师 嫌疑人 犯罪嫌疑人 人贩子 疑犯 嫌犯 主任 校长 所长 队长 医生 律师 编辑 作者 主播 明星 演员 歌手 通讯员 导演
		爸爸叫 爸爸名叫 父亲叫 父亲名叫 妈妈叫 妈妈名叫 母亲叫 母亲名叫 爷爷叫 奶奶叫 家长叫 凶手 犯人 罪犯 司机 市民 村民 邻居 居民 我是 致电 请电 请与 请联系 负责人 干部`},
	{caller | person, `她爸 他爸 她妈 他妈 孩子爸爸 孩子妈妈 孩子父亲 孩子母亲 孩子他爸 孩子他妈 孩子爸 孩子妈 其父 其母`},
	{title, `先生 女士 警官 同志 老师 主任 队长 所长 小姐 阿姨 叔叔 记者 医生 律师 教授 书记 校长 大爷 大妈 大姐 大哥 爸爸 妈妈 警长 民警`},
	{closing, `性别 今年 现年 年龄 年仅 年纪 身高 体重 同学 小朋友 小名 乳名 昵称 曾用名 双胞胎 孪生 特征 籍贯 身穿 上身 民族 户籍 出生 今天 昨天 今早 今晚 昨晚 昨日 今日 前天 前晚 大前天 上周 去年 于 在
		从 去 因 和 与 等 你 出门 放学 外出 没有 没 的 途 至今 仍 仍未 尚未 目前 现 当时 家住 说 到 出走 离校 出去 上学 请 外号 回来 回家`},
	{closing | telling, `你在哪 你的 能早 快回 下落 快回来 快回家 平安回`},
	{taker, `男人 女人 妇女 男的 女的 中年 保姆 陌生人 老太太 老太婆 老头 大妈 大叔 骑车 骑摩托 面包车 人贩 人贩子 两男 两女 团伙 嫌疑人 前夫 后妈 继父 女邻居 男邻居 男邻 女邻`},
	{marking, `痣 疤 胎记 伤痕 缺 缺口 酒窝 双眼皮 单眼皮 虎牙 口吃 结巴 癫痫 智力 智障 残疾 聋哑 聋 哑 近视 戴眼镜 眼镜 短发 长发 马尾 马尾辫 辫子 平头 寸头 光头 卷发 圆脸 瓜子脸 方脸 长脸 皮肤 偏瘦 偏胖
		微胖 体型 旋 烫伤 口音 普通话 方言 温州话 门牙 断指 六指 脚趾 斜视 纹身 刘海 自闭症 抑郁症 精神 不会说话 不能说话 无法说话 说话不清 口齿不清 不爱说话 说话口吃`},
	{0, `幼儿园 学生公寓 学生宿舍 儿童医院 儿童乐园 儿童公园 儿童福利院 老人院 老人公寓 少年宫`},
	{lateral, `户籍 户籍地 户籍地址 户籍所在地 户口 籍贯 老家 祖籍 原籍 出生地 家乡 家庭住址 身份证地址`},
}

type word struct {
	text string
	flag flag
}

// lexicon holds the words by their first rune and by their last one.
type lexicon struct{ first, last register }

// register holds the words of each character, which lies in the basic plane, the longest first.
type register struct {
	list  [1 << 16]uint16 // which of lists; the first is empty
	lists [][]word
}

func (g *register) at(c rune) []word {
	if c >= 1<<16 {
		return nil
	}
	return g.lists[g.list[c]]
}

func (g *register) add(c rune, w word) {
	if g.list[c] == 0 {
		g.list[c] = uint16(len(g.lists))
		g.lists = append(g.lists, nil)
	}
	g.lists[g.list[c]] = append(g.lists[g.list[c]], w)
}

var words = sync.OnceValue(func() *lexicon {
	flags := map[string]flag{}
	for _, v := range vocabulary {
		for _, w := range strings.Fields(v.words) {
			flags[w] |= v.flag
		}
	}
	l := &lexicon{register{lists: [][]word{nil}}, register{lists: [][]word{nil}}}
	for text, f := range flags {
		r, _ := utf8.DecodeRuneInString(text)
		l.first.add(r, word{text, f})
		r, _ = utf8.DecodeLastRuneInString(text)
		l.last.add(r, word{text, f})
	}
	for _, lists := range [][][]word{l.first.lists, l.last.lists} {
		for _, list := range lists {
			slices.SortFunc(list, func(a, b word) int { return cmp.Or(len(b.text)-len(a.text), strings.Compare(a.text, b.text)) })
		}
	}
	return l
})

// wordAt returns the longest word at the start of s.
func wordAt(s string) (word, bool) {
	r, _ := utf8.DecodeRuneInString(s)
	for _, w := range words().first.at(r) {
		if strings.HasPrefix(s, w.text) {
			return w, true
		}
	}
	return word{}, false
}

// wordBefore returns the longest word at the end of s.
func wordBefore(s string) (word, bool) {
	r, _ := utf8.DecodeLastRuneInString(s)
	for _, w := range words().last.at(r) {
		if strings.HasSuffix(s, w.text) {
			return w, true
		}
	}
	return word{}, false
}

// lex finds the words of the vocabulary, the longest at each place.
func (r *reader) lex() {
	r.tokens = r.tokens[:0]
	next := 0
	for _, at := range r.at[wordSign] {
		i := int(at)
		if i < next {
			continue
		}
		if w, ok := wordAt(r.s[i:]); ok {
			next = i + len(w.text)
			r.tokens = append(r.tokens, token{i, next, w.flag})
		}
	}
}
