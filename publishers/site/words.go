package site

import "guitu"

// language is all that the site says in one language, beside the about page.
type language struct {
	Tag    string // BCP 47
	Prefix string // of its paths
	Self   string // its own name
	Day    string // layouts of package time
	Minute string

	SiteName, Brand, Mission, Skip, Home, About, Check, Nav               string
	Exercise, ExerciseBanner                                              string
	Latest, None, Older, OlderNotices, ToLatest, Pages                    string
	Subscribe, Footer                                                     string
	CheckTitle, CheckWhy, CheckLabel, CheckHint, CheckButton              string
	NotOurs, NotOursWhy, NotOursDo, YouTyped, Again, Perhaps              string
	CheckCode, CodeProof, Released, BeijingTime, PlaceLabel, SourcesLabel string
	SourcesWarn, Corrected, CorrectedMark, CorrectedBy, CorrectsLabel     string
	WhatToDo                                                              string
	NoPage, NoPageWhy, Broken, BrokenWhy                                  string
	Statistics, StatisticsDrill, Year, Month, WholeYear, Show, AsOf       string
	Item, Count, Share, Recount, PlainText, Definitions                   string

	Alert   alertWords
	Tip     tipWords
	Kinds   map[guitu.NoticeKind]string
	Ratings map[guitu.NoticeKind]string // ClaimReview alternateName of the kinds that rate a claim
}

var languages = []*language{inChinese, inEnglish}

var inChinese = &language{
	Tag: guitu.Chinese, Prefix: "", Self: "中文", Day: "2006年1月2日", Minute: "2006年1月2日 15:04",

	SiteName: "归途 · 失踪儿童信息核查", Brand: "归途", Mission: "警方发布的寻找儿童通告，以及网上流传的儿童走失、拐骗信息的核查结论。",
	Skip: "跳到正文", Home: "首页", About: "关于本站", Check: "核对通告", Nav: "主导航",
	Exercise: "演练", ExerciseBanner: "本站内容是演练，均为虚构，不是真实事件。",
	Latest: "最新通告", None: "还没有发布通告。", Older: "更早的通告", OlderNotices: "更早的通告", ToLatest: "回到最新通告", Pages: "翻页",
	Subscribe: "订阅：", Footer: "本页不使用 Cookie，不运行脚本，不记录您看了什么。发现走失儿童或者可疑情况，请立即拨打 110。",
	CheckTitle: "核对一条通告", CheckWhy: "收到以本站名义转来的通告？输入其中的核验码，看看是不是本站发布的。",
	CheckLabel: "核验码", CheckHint: "六位字母和数字，不分大小写，也可以粘贴通告的链接。", CheckButton: "核对",
	NotOurs: "不是本站发布的", NotOursWhy: "本站没有使用这个核验码的通告。如果您看到的内容自称来自本站，请不要相信，也不要转发。",
	NotOursDo: "请先检查有没有输错：核验码是六位，没有 0、O、1、I、L、U 这几个字符。",
	YouTyped:  "您输入的是", Again: "请重新输入", Perhaps: "核验码里没有 0、O、1、I、L、U。如果是看错了字符，请比对下面的通告与您收到的是不是同一条：",
	CheckCode: "核验码：", CodeProof: "在本站“核对通告”里输入这个核验码，打开的就是本页。内容与本页不一致的，不是本站发布的。",
	Released: "发布时间", BeijingTime: "（北京时间）", PlaceLabel: "涉及地区", SourcesLabel: "被核查的原帖",
	SourcesWarn: "以下链接通向不实信息，仅供查证，请勿转发。", Corrected: "本通告已更正，不再有效", CorrectedMark: "【已更正】",
	CorrectedBy: "以新通告为准，核验码：", CorrectsLabel: "更正的通告", WhatToDo: "请您这样做",
	NoPage: "没有这个页面", NoPageWhy: "地址可能输错了，或者页面不存在。", Broken: "暂时无法显示", BrokenWhy: "系统出错，请稍后再试。",
	Statistics: "寻人与核查统计", StatisticsDrill: "演练一律不计入统计，所以下面都是零。",
	Year: "年份", Month: "月份", WholeYear: "全年", Show: "查看", AsOf: "统计时间：", Item: "项目", Count: "数量", Share: "占发布数",
	Recount: "自己验算：", PlainText: "纯文本", Definitions: "统计口径",

	Alert: alertsInChinese,
	Tip:   tipsInChinese,
	Kinds: map[guitu.NoticeKind]string{
		guitu.NoticeDebunk: "辟谣", guitu.NoticeFound: "找回", guitu.NoticeOver: "过时", guitu.NoticeCorrection: "更正",
		guitu.NoticeAlert: "寻人", guitu.NoticeUpdate: "寻人更新", guitu.NoticeClosed: "结案", guitu.NoticeCancel: "撤销", guitu.NoticeBulletin: "通报",
	},
	Ratings: map[guitu.NoticeKind]string{
		guitu.NoticeDebunk: "不实", guitu.NoticeFound: "已过时：人已找回", guitu.NoticeOver: "已过时：事情已了结",
	},
}

var inEnglish = &language{
	Tag: guitu.English, Prefix: "/en", Self: "English", Day: "2 January 2006", Minute: "2 January 2006, 15:04",

	SiteName: "Guitu · Missing-children fact checks", Brand: "Guitu 归途",
	Mission: "Children whom the police are looking for, and what the police have found of posts about missing or snatched children.",
	Skip:    "Skip to content", Home: "Home", About: "About", Check: "Check a notice", Nav: "Main",
	Exercise: "Exercise", ExerciseBanner: "This site is an exercise. Everything on it is invented; none of it has happened.",
	Latest: "Latest notices", None: "No notices yet.", Older: "Older notices", OlderNotices: "Older notices",
	ToLatest: "Back to the latest", Pages: "Pages", Subscribe: "Subscribe: ",
	Footer:     "No cookies and no scripts on this page, no record of what you read. If you see a missing child or something suspicious, call 110 at once.",
	CheckTitle: "Check a notice", CheckWhy: "Has someone sent you a notice in our name? Enter its check code to see whether it is ours.",
	CheckLabel: "Check code", CheckHint: "Six letters and digits, in upper or lower case. You can also paste the notice's link.",
	CheckButton: "Check",
	NotOurs:     "Not from us", NotOursWhy: "No notice of ours has this check code. " +
		"If what you saw claims to come from us, do not believe it and do not pass it on.",
	NotOursDo: "First look for a slip: a check code has six characters, and never 0, O, 1, I, L or U.",
	YouTyped:  "You entered", Again: "Try again",
	Perhaps:   "Check codes never have 0, O, 1, I, L or U. If a character was misread, see whether one of these is the notice that you got:",
	CheckCode: "Check code: ", CodeProof: "Entering this code under “Check a notice” opens this page. " +
		"A text that differs from this page does not come from us.",
	Released: "Released", BeijingTime: " Beijing time", PlaceLabel: "Area", SourcesLabel: "The posts that were checked",
	SourcesWarn: "These links lead to false claims. They are here as evidence; please do not share them.",
	Corrected:   "This notice has been corrected and no longer holds", CorrectedMark: "[Corrected] ",
	CorrectedBy: "The notice that holds has the check code ", CorrectsLabel: "Corrects notice", WhatToDo: "What you can do",
	NoPage: "No such page", NoPageWhy: "The address may have a slip, or the page does not exist.",
	Broken: "Not available", BrokenWhy: "Something went wrong. Please try again in a moment.",
	Statistics: "Statistics", StatisticsDrill: "Exercises never count, so everything below is zero.",
	Year: "Year", Month: "Month", WholeYear: "whole year", Show: "Show", AsOf: "Counted at ", Item: "What", Count: "Number", Share: "Of published",
	Recount: "Recompute it: ", PlainText: "plain text", Definitions: "Definitions",

	Alert: alertsInEnglish,
	Tip:   tipsInEnglish,
	Kinds: map[guitu.NoticeKind]string{
		guitu.NoticeDebunk: "False", guitu.NoticeFound: "Found", guitu.NoticeOver: "Ended", guitu.NoticeCorrection: "Correction",
		guitu.NoticeAlert: "Missing", guitu.NoticeUpdate: "Missing: update", guitu.NoticeClosed: "Closed", guitu.NoticeCancel: "Withdrawn",
		guitu.NoticeBulletin: "Bulletin",
	},
	Ratings: map[guitu.NoticeKind]string{
		guitu.NoticeDebunk: "False", guitu.NoticeFound: "Out of date: found", guitu.NoticeOver: "Out of date: the matter has ended",
	},
}
