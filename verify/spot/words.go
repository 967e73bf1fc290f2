package spot

import (
	"strings"
)

// class is what a keyword speaks of.
type class uint8

const (
	child class = iota
	adult
	lost   // somebody is gone
	taken  // somebody was taken by somebody
	snatch // children are being snatched
	organs // the horrors that scares are made of
	trafficker
	found    // a child without its parents
	kin      // the parents or home of a found child
	share    // spread this
	clue     // tell what you know
	search   // we look for somebody
	caution  // look after your children
	hearsay  // a friend of a friend, it is true
	distress // the family is desperate
	open     // still gone
	closed   // arrested, tried, dead
	over     // the one who was gone is back
	refuted  // it is false
	press    // news style
	law      // law and advice
	thing    // lost things
	pet
	disaster
	fiction
	figurative
	phone
	age
)

const classCount = hintCount

var classNames = [...]string{
	"child", "adult", "lost", "taken", "snatch", "organs", "trafficker", "found", "kin", "share", "clue", "search",
	"caution", "hearsay", "distress", "open", "closed", "over", "refuted", "press", "law", "thing", "pet", "disaster", "fiction", "figurative", "phone", "age",
}

func (c class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return "hint"
}

// lists holds the keywords in the one spelling: simplified, half width, lower case.
var lists = [age + 1]string{
	child: `孩子 小孩 小孩子 孩 娃 娃娃 宝宝 小宝宝 宝贝 女儿 儿子 男童 女童 幼童 儿童 女孩 男孩 小女孩 小男孩 女孩儿 男孩儿 婴儿 女婴 男婴 小学生 中学生 初中生
		高中生 女学生 少女 少年 小朋友 孙子 孙女 小姑娘 闺女 女生 男生 爱女 爱子 幼儿 外孙 外孙女 孖女 孩儿 小丫头 未成年 年级学生 学生 双胞胎 小家伙`,
	adult: `老人 大爷 大妈 爷爷 奶奶 老奶奶 老爷爷 男子 女子 妇女 打工者 父亲 母亲 爸爸 妈妈 老父亲 老母亲 大学生 女大学生 丈夫 妻子 哥哥 姐姐 老太太 老汉 老伯
		外婆 外公 姥姥 姥爷 研究生 患者 姑娘 小伙子 弟弟 妹妹 孙女儿 大三女生 大四女生 大二女生 大一女生`,
	lost: `走失 走丢 走丢了 失踪 失联 丢失 不见了 丢了 离家出走 下落不明 失散 至今未归 未归 走散 迷路 离家未归 消失了 消失几天 找不到家 音讯全无 联系不上 弄丢 跑丢
		不知去向 突然失踪 离奇失踪 突然不见 孩子丢失 走失了 失踪了 没有回家 没回家 一直没回 突然消失 失踪已 失联已 无影无踪 不知所踪 不知道在什么地方
		失去联系 失去了联系 杳无音信 没回来 没有回来 一直没有回家 没有归家 未归家 走没了 找不着 跑出去 出走 走丢的 被人拐 不见人 不见踪影 没了踪影 不知下落 离开家 没有到家 没到家 未到家 没到学校 没去学校 联系不到 走失时间 失踪时间 失踪地点 走失地点 丢失时间 失踪日期`,
	taken: `被拐 拐走 被拐走 被人拐走 抱走 被抱走 被人抱走 抢走 被抢走 被偷走 偷走 骗走 被骗走 带走 被带走 被人带走 掳走 虏走 被掳 被绑架 绑架 被抢 被偷 被盗走 被拐骗 拐跑 被拐卖
		领走 被领走 接走 被人贩子 拖上车 拉上车 塞上车 强行抱
		强行拉走 强行带走 拉走 被拉走 强行塞 强行塞上 架上车 拽走 被拽走 抱上车 哄骗走 诱拐走 被骗到 卖到`,
	trafficker: `人贩子 人口贩子 拐子佬 拐卖团伙 拐卖犯 拐骗团伙 拐卖分子 拐卖份子 人贩 拐子 偷小孩团伙 盗窃小孩团伙 拐卖儿童团伙 拐卖小孩犯罪团伙`,
	organs: `器官 挖肾 挖心 割肾 卖肾 偷肾 眼角膜 心肝肺 内脏 挖走 挖空 被挖 掏空 麻药 迷药 下药 下了药 喂药 喂了药 被下药 迷晕 麻醉 拍肩膀 剃光 剃光头 头发被剃 头都剃 剃了头 头发剃光 衣服被换 换了衣服
		餐巾纸 捂住 致残 打断手脚 乞讨 拍一下
		捂过去 捂嘴 捂口鼻 挖去 挖了 取肾 摘除 器官没摘 割走 打药 打了药 昏迷 喷雾 乙醚 迷魂`,
	found: `捡到 被弃 遗弃 解救 获救 被救 救出 救下 弃婴 送到派出所 送到救助站 救助站 收留 发现一名 发现一个 发现一小 被解救 解救下来 求助 流浪
		骗到 逼做小偷 被逼 被丢弃 丢弃 被抛弃 被遗弃 救助管理站 独自一人 独自在 一直哭 哭着找 找不到父母 找不到家人 找不到妈妈`,
	kin: `亲生父母 找到父母 找父母 孩子父母 家人在找 认识孩子 谁认识 认识他 认识她 谁家的 谁家 父母在找 寻找家人 寻找父母 找到家人 找到他的家人 找到她的家人 转告他家人 转告家人 家庭地址 家里的电话 详细地址 说不清
		找家人 寻亲 爸爸妈妈,你们在哪 孩子的父母 家长速来 家长认领 认领 送他回家 送她回家 很想回家 想回家 回到父母 回到亲人
		记不清 说不出 说不清楚 不知道家 父母联系方式 找到爸爸 找到妈妈 找爸爸妈妈 找到他家人 找到她家人 联系家长 通知家长 孩子家长 谁家孩子 谁家小孩 寻找亲人 寻找孩子父母 寻找亲生父母`,
	share: `转发 求转 求转发 扩散 求扩散 帮忙扩散 帮转 帮忙转 帮忙转发 请转发 急转 转起 转起来 转一下 转下 转转 帮扩 接力 爱心接力 爱心传递 爱心转发 请转 跪求 传下去 大家转 扩散一下 速转 互转 朋友圈转 群多 随手转 求助万能 请扩散 紧急扩散
		火速扩散 急急急 求帮忙 帮忙传 多传一下 传一下 帮帮忙 帮帮手 举手之劳 动动手指 动动你 手指按 转告更多 让更多人 转疯 转走吧
		帮忙扩 帮忙扩一下 转发一下 转发起来 大家帮忙 帮个忙 求帮转 求扩 扩起来 急扩 急转发 转发是 每转一次 多一个转发 多一份希望 转到 转给 请大家转 大家互转 传递爱心 帮转发 看到转 奔走相告 这个不转 对不起自己的良心`,
	clue: `如有线索 有线索 提供线索 线索请 线索者 知情者 知情人 知情联系 有知情 请告知 请告之 请联系 联系电话 联系人 请与 请速与 请致电 拨打 请拨 电话联系 若有线索 发现者 见到者 请报警 立即报警 打电话 如果看到 如果见到 若看到 有看到 有见到 看到的 发现线索
		看到孩子 看见孩子 见过 留意一下 多多留意 帮忙留意 请留意 留意下 多留意 重谢 酬金 必有重谢 重金 悬赏 酬谢 爸爸号码 电话号码是 号码是 尽快联系 有消息请
		速报警 请拨110 及时拨打 可疑人员 提供信息 与我联系 速联系 请速联系 直接联系 联系派出所 请联系警方 与警方联系 看到请 见到请 有知道的 知道下落 电话: 手机: tel`,
	search: `寻人 寻人启事 寻人启示 寻子 寻女 急寻 寻找 急找 找孩子 紧急寻人 帮忙找 帮找 帮助找 找回孩子 宝贝回家 早日回家 平安回家 能早点回家 帮宝贝回家 让爱回家 帮孩子回家 送孩子回家 回家的希望 寻娃 你在哪里 你在哪 寻儿 寻亲启事 寻孙 急寻人 帮忙寻找 互助寻人
		全城寻找 全城急寻 寻人[ 回家吧 早些回家 找到孩子 找到我的孩子 找到他 找到她 急寻孩子 苦寻 寻找爱女 寻找爱子
		回家团圆 一家团圆 早日团圆 早日团聚 一家团聚 回家团聚 与家人团圆 帮孩子找 帮忙寻 寻找走失 寻找失踪 寻找被拐 急寻失踪 急寻走失 寻小孩 寻孩子 紧急寻找 急寻女孩 急寻男孩`,
	caution: `看好孩子 看好自己的孩子 看好自家 看好自家的孩子 看好自己的宝贝 看管好 带好孩子 带好小孩 注意孩子 注意安全 一定要看好 看护好 照看好 有孩子的 有小孩的 有宝宝的 家有小孩 家长注意 各位家长 各位父母 各位爸爸妈妈 宝妈 家长们 提高警惕
		多加注意 大家注意 请大家注意 大家小心 大家要小心 千万要小心 引起重视 谨防 保护好宝贝 保护好孩子 多长个心眼 不要让孩子 别让孩子 别让自己的孩子 千万不要让 不要让自家 千万别让 提醒 小心 警惕 注意了 都注意了 带孩子出 出入公共场合 相互转告 告诉身边 当心
		年关将至 单独外出 不要撒手 别撒手 管好孩子 视线以内 知道危险
		看好娃 看好小孩 看紧孩子 看紧自己 接送孩子 注意自己的孩子 家有孩子 有娃的 有小孩子的 带小孩 带孩子 陌生人`,
	hearsay: `不是谣言 并非谣言 不是假的 不是假消息 不是骗人 是不是假的 是不是谣言 是谣言吗 谣言吗 谣言还是 假的吗 不信谣言 同事的 朋友的 朋友说 同事说 听说 据说 朋友圈 亲戚 邻居 真事 真人真事 绝对真事 真实事件 真实的 亲眼 亲身经历 就在刚刚 刚刚发生 发生在身边 就在我们 我们小区 我们这 身边发生 网友爆料 有人说 不管真假 不管是真是假 宁可信其有 太可怕 好可怕 恐怖 太恐怖 可怕 心惊肉跳 吓人 毛骨悚然
		求真相 是真的吗 真假 真的假的 属实吗 请问这事 求证 惊现 又有 竟然出现 出现了一批 来了一帮 来了一批 流窜 团伙 团伙作案 最近 面包车 一伙人`,
	distress: `急疯了 急疯 崩溃 心急如焚 非常着急 十分着急 很着急 万分着急 都很担心 十分担心 焦急 哭着 走遍 寻遍 以泪洗面 家里非常着急 家人急 合眼 绝望 可怜天下父母`,
	open: `找到了吗 找到了没 找到没 找到了么 至今 仍未找到 还没找到 没有找到 没找到 还未找到 尚未找到 未找到 至今未 仍下落不明 仍未 没有下落 还没有找到 找不到 未抓获 没有找回 至今没有 还在逃
		直接破案 破案或抓获 抓获嫌疑人的奖励 早日破案 至今没有消息 没有消息 没有音讯 杳无音讯 毫无音讯 没有任何消息 还没有消息 生死不明 仍没有 依然没有`,
	closed: `送回家 护送回家 重逢 相认 认亲 已被抓 落网 抓获 被抓获 刑拘 刑事拘留 被捕 逮捕 判处 判刑 获刑 死刑 死缓 被判 一审 二审 宣判 开庭
		公诉 受审 破案 告破 破获 侦破 遇难 身亡 遗体 溺亡 死亡 不幸去世 尸体 遇害 被杀害 杀害 杀人 分尸 化粪池 嫌疑人已 嫌疑人被 已抓
		归案 成功解救 帮其找到 民警找到 民警发现 经民警 送来锦旗 锦旗 感谢民警 搜救回 搜救 获刑 认罪 供述 被控制 已控制 警方通报 通报
		初步排除 排除刑事 寻获 击毙 劫持 找到时 拥抱 教其 自救 防走丢 等家长 护送 直面`,
	over: `人找到了 找到啦 找着了 找到人了 已寻回 已寻获 平安到家 平安找到 已接回 已安全 已联系上 已经联系上 已归队 自己回来了 孩子回来了 人回来了 已找着 已回 已到家 已平安 已找到 已经找到 找到了 已找回 已经找回 找回了 被找到 安全找到 平安找到 顺利找到 已平安 平安归来 安全回家 平安到家 已经回家 已回家 已回到 回家了 寻回 被找回 成功找回 最终找到 已与家人团聚 与家人团聚 已团聚 终团聚 终团圆 团圆了 团聚了 联系上家人 找到家`,
	refuted: `辟谣 谣言 不实 不实信息 假消息 虚假 造谣 传谣 谣传 误传 系谣言 假的 是假的 假新闻 骗局 骗子 诈骗 吸费 不传谣 不信谣 网传 虚惊 误会 误解 误认 被误 疑似谣言 勿信 勿传 别信 别转了 不要再转 请勿转发 勿扩散 停止转发 已核实 经核实 经查 经调查 未接到 没有接到 并无此事
		子虚乌有 编造 真相是 真相来了 官方回应 警方回应 回应称 医生回应 澄清 恶作剧 旧闻 不属实 围殴 被村民`,
	press: `记者 本报讯 据报道 近日 日前 昨日 据悉 晚报 日报 早报 新京报 新华社 央视 南都 华西都市报 视频: 展开全文 详见 http 网页链接 微博视频 网易新闻 头条
		来自iphone`,
	law: `刑法 修正案 追究刑责 刑责 法律 条例 司法解释 依法 处罚 有期徒刑 罪与 儿童罪 妇女罪 起诉 法院 检察院 立法 一律死刑 防拐 防走失 防骗 打拐系统 公安部刑侦局 快速查找机制 无需等 不用等24小时 教会孩子 教孩子 记住以下 指南 技巧 攻略 常识 演练 讲座 宣传 普法 专项行动 课堂 防范
		怎么办 温馨提示 安全教育 志愿者协会 公益 捐款 反诈
		①`,
	thing:    `准考证 身份证 钱包 失主 车票 手机丢 丢手机 驾驶证 证件 包包 行李 现金 银行卡 电动车 摩托车被 自行车 车辆被盗 纪念章 钱就 存折 驾照 护照 学生证 遗失 失物 耳机 无人机 平衡车 ipad iphone 快递 丢了钱 考场 考号 座号`,
	pet:      `狗 狗狗 小狗 爱犬 犬 猫 猫咪 宠物 泰迪 金毛 萨摩 哈士奇 拉布拉多 鹦鹉 边牧 柯基 骆驼 猴 博美 阿拉斯加 毛孩子`,
	disaster: `马航 mh370 航班 客机 飞机 滑坡 泥石流 地震 沉船 翻沉 驳船 爆炸 洪水 矿难 坍塌 火灾 山火 龙卷风 台风 失踪者 渔船 客轮 恐袭 空难 战机 军机 塌方 海啸 暴雨 游轮 直升机 军舰 潜艇 船只`,
	fiction: `电影 电视剧 小说 剧情 主演 饰演 扮演 上映 网剧 综艺 番剧 动漫 漫画 游戏 主角 演员 导演 票房 影评 剧集 预告片 片中 影片 连续剧 纪录片 新书 作者 歌曲 演唱 粉丝 偶像 明星 专辑 段子 熊孩子 柯南 话剧 拍摄
		作文 剧组 群演 群众演员 首演 广播剧 剧本杀 课本剧 编剧 追完了 这集 本集 大结局 悬疑 童话 绘本 密室 短剧 番外 连载 结局 桥段 歌词 专场 舞台剧 微电影 宣传片`,
	figurative: `初心 童心 自己走丢 迷失 走丢的自己 爱情 前任 男神 女神 失踪人口 失踪人口回归 热搜 丢了魂 丢脸 丢人 丢分 丢掉 断更 恋爱 股 公司 基金 跑路 理财 老板 贷款 维权 退款 票 疫苗
		器官捐献 捐献器官 器官移植 捐器官 肾移植 肝移植 角膜捐献 捐肝 捐肾`,
}

// The words for snatching are made of a verb, perhaps a particle, and a child: 抢小孩, 偷了个孩子.
var (
	snatchVerbs = strings.Fields("抢 偷 拐 骗 拐卖 贩卖 绑架 拐骗 盗窃 强抢 偷抢 拐走 偷走 抢走 抱走 偷盗 诱拐 抢夺 虏走 掳走 专偷 拉")
	particles   = []string{"", "了", "个", "别人", "别人的", "人家", "人家的", "一个", "走", "过", "了个"}
	snatched    = strings.Fields("孩子 小孩 小孩子 娃娃 娃 婴儿 宝宝 儿童 小朋友 婴幼儿 幼儿 女学生 中小学生 小学生 中小学女生 孩")
	snatchMore  = strings.Fields("丢孩子 丢小孩 丢了孩子 丢了小孩 丢了个孩子 丢了个小孩 丢了个娃 丢娃 丢了娃 丢失孩子 丢了好几个 丢了十几个孩子 丢了三个孩子 丢了两个孩子 拉学生 抓小孩 抓孩子 拖学生 抱孩子就跑 抱小孩就跑 拐带小孩 拐带儿童 掳走小 掳小孩 绑孩子 绑小孩 孩子被抢 小孩被抢 孩子被偷 小孩被偷 孩子被拐 丢孩子事件 丢小孩事件 失踪女学生 卖小孩 卖器官 拐卖儿童犯罪嫌疑人 拐卖妇女儿童 偷孩子的 抢孩子的 抢小孩的 偷小孩的 孩子才失踪 被剃光 孩子被人 小孩丢失 绑架小孩 绑架儿童 骗进")
)

// vocabulary returns the keywords of a class.
func vocabulary(c class) []string {
	if c > age {
		return hintWords(c)
	}
	words := strings.Fields(lists[c])
	if c == snatch {
		words = append(words, snatchMore...)
		for _, v := range snatchVerbs {
			for _, m := range particles {
				for _, n := range snatched {
					words = append(words, v+m+n)
				}
			}
		}
	}
	return unique(c, words)
}

// unique drops repetitions, and for snatching what another class has by itself.
func unique(c class, words []string) []string {
	seen := map[string]bool{}
	if c == snatch {
		for other, list := range lists {
			if class(other) != snatch {
				for _, w := range strings.Fields(list) {
					seen[w] = true
				}
			}
		}
	}
	kept := words[:0]
	for _, w := range words {
		if !seen[w] {
			seen[w] = true
			kept = append(kept, w)
		}
	}
	return kept
}

// hintWords returns the words of a class of hints that no class of the rules has.
func hintWords(c class) []string {
	taken := map[string]bool{}
	for c := range age + 1 {
		for _, w := range vocabulary(c) {
			taken[w] = true
		}
	}
	for d := age + 1; d < c; d++ {
		for _, w := range strings.Fields(hints[d]) {
			taken[w] = true
		}
	}
	var kept []string
	for _, w := range strings.Fields(hints[c]) {
		if !taken[w] {
			taken[w] = true
			kept = append(kept, w)
		}
	}
	return kept
}
