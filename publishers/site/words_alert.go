package site

import (
	"strconv"

	"guitu"
)

// alertWords is what the site says of alerts in one language.
type alertWords struct {
	Ongoing, More, MoreTitle, None                                            string // lists
	Genuine, Updated, AsOf                                                    string // the state at the top
	States, Why                                                               map[guitu.AlertState]string
	Call, Call110, CallOfficer                                                string
	Who, Name, Sex, Age, Height, Weight, Clothing, Features                   string
	Missing, Place, Circumstances, Tier, Circle, Issued, Expires, Ended       string
	Boy, Girl, Child, Baby, Years, Years0, Centimetres, Kilograms, Within     string // Years etc. hold {n}
	Looking                                                                   string // holds {who} and {place}
	Photos, Poster, PosterTitle, PosterHint, Large, LargeTitle, Back, Machine string
	History, Original, OriginalWhy                                            string
	Gone, GoneWhy, OverHeadline, OverText, OverDo                             string
	Causes                                                                    map[guitu.Cause]string
	Sexes                                                                     map[string]string
}

var alertsInChinese = alertWords{
	Ongoing: "正在寻找的孩子", More: "全部正在寻找的孩子", MoreTitle: "正在寻找的孩子", None: "目前没有正在寻找的孩子。",
	Genuine: "核对无误，由警方发布", Updated: "内容有更新", AsOf: "本页显示的是{time}的状态，请以本页为准。",
	States: map[guitu.AlertState]string{
		guitu.AlertActive: "正在寻找", guitu.AlertClosed: "已结案", guitu.AlertCancelled: "已撤销", guitu.AlertExpired: "已到期",
	},
	Why: map[guitu.AlertState]string{
		guitu.AlertActive:    "请帮忙留意。看到孩子，请立即打电话。",
		guitu.AlertClosed:    "不需要再找了。请停止转发，并删除姓名和照片。",
		guitu.AlertCancelled: "这条通告有误，已经撤销。请停止转发，并删除姓名和照片。",
		guitu.AlertExpired:   "这条通告已经到期。请停止转发，并删除姓名和照片。如果看到过孩子，仍请拨打 110。",
	},
	Call: "看到孩子，立即打电话", Call110: "拨打 110", CallOfficer: "联系警方",
	Who: "孩子的样子", Name: "姓名", Sex: "性别", Age: "年龄", Height: "身高", Weight: "体重", Clothing: "衣着", Features: "特征",
	Missing: "走失时间", Place: "走失地点", Circumstances: "经过", Tier: "情况", Circle: "通知范围", Issued: "发布时间", Expires: "有效至", Ended: "结束时间",
	Boy: "男孩", Girl: "女孩", Child: "儿童", Baby: "婴儿", Years: "{n}岁", Years0: "不满1岁", Centimetres: "约{n}厘米", Kilograms: "约{n}公斤", Within: "走失地点周围{n}公里",
	Looking: "寻找{who}：{place}",
	Photos:  "照片", Poster: "海报（可打印、转发）", PosterTitle: "寻人海报", PosterHint: "长按图片可以保存；在电脑上可以直接打印本页。海报上的二维码通向本通告的最新状态。",
	Large: "大字版", LargeTitle: "大字版", Back: "返回通告", Machine: "供程序读取：",
	History: "发布记录", Original: "通告原文", OriginalWhy: "转发的内容与这里不一致的，不是本站发布的。",
	Gone: "照片已撤下", GoneWhy: "这张照片已经不再公开。如果您保存或者转发过，请删除。",
	OverHeadline: "这条寻人通告已经结束，请停止扩散并删除照片", OverText: "通告已经结束，内容不再公开。", OverDo: "请停止扩散，并删除姓名和照片。",
	Causes: map[guitu.Cause]string{
		guitu.CauseIssue: "发布", guitu.CauseGrow: "扩大通知范围", guitu.CauseUpdate: "更新", guitu.CauseCorrect: "更正", guitu.CauseExtend: "延长有效期",
		guitu.CauseExpire: "到期", guitu.CauseCancel: "撤销", guitu.CauseClose: "结案",
	},
	Sexes: map[string]string{"男": "男", "女": "女"},
}

var alertsInEnglish = alertWords{
	Ongoing: "Children being looked for", More: "All children being looked for", MoreTitle: "Children being looked for",
	None:    "No child is being looked for at present.",
	Genuine: "Genuine: issued by the police", Updated: "updated", AsOf: "This page shows how it stands at {time}. What it says is what holds.",
	States: map[guitu.AlertState]string{
		guitu.AlertActive: "Still missing", guitu.AlertClosed: "Closed", guitu.AlertCancelled: "Withdrawn", guitu.AlertExpired: "Expired",
	},
	Why: map[guitu.AlertState]string{
		guitu.AlertActive:    "Please keep your eyes open. If you see the child, call at once.",
		guitu.AlertClosed:    "The search is over. Please stop sharing, and delete the name and photos.",
		guitu.AlertCancelled: "This alert was issued in error. Please stop sharing, and delete the name and photos.",
		guitu.AlertExpired:   "This alert has expired. Please stop sharing, and delete the name and photos. If you have seen the child, still call 110.",
	},
	Call: "If you see the child, call at once", Call110: "Call 110", CallOfficer: "Call the police desk",
	Who: "The child", Name: "Name", Sex: "Sex", Age: "Age", Height: "Height", Weight: "Weight", Clothing: "Clothes", Features: "Marks",
	Missing: "Missing since", Place: "Last seen", Circumstances: "What happened", Tier: "Kind", Circle: "Told to people", Issued: "Issued", Expires: "Valid until",
	Ended: "Ended", Boy: "boy", Girl: "girl", Child: "child", Baby: "baby", Years: "{n}", Years0: "under 1", Centimetres: "about {n} cm",
	Kilograms: "about {n} kg", Within: "within {n} km", Looking: "Missing {who}: {place}",
	Photos: "Photos", Poster: "Poster (to print and pass on)", PosterTitle: "Poster",
	PosterHint: "Press and hold to save the picture; on a computer you can print this page. The code on the poster leads to how the alert stands.",
	Large:      "Large print", LargeTitle: "Large print", Back: "Back to the alert", Machine: "For programs: ",
	History: "What came when", Original: "The text as issued", OriginalWhy: "A text that differs from this one does not come from us.",
	Gone: "Photo withdrawn", GoneWhy: "This photo is no longer public. If you saved or shared it, please delete it.",
	OverHeadline: "This alert is over: please stop sharing and delete the photos", OverText: "The alert is over, and no more is said of it.",
	OverDo: "Please stop sharing, and delete the name and photos.",
	Causes: map[guitu.Cause]string{
		guitu.CauseIssue: "Issued", guitu.CauseGrow: "Told farther away", guitu.CauseUpdate: "Updated", guitu.CauseCorrect: "Corrected",
		guitu.CauseExtend: "Extended", guitu.CauseExpire: "Expired", guitu.CauseCancel: "Withdrawn", guitu.CauseClose: "Closed",
	},
	Sexes: map[string]string{"男": "male", "女": "female"},
}

// who names a child without its name: 7岁男孩.
func (w *alertWords) who(l *language, f guitu.Facts) string {
	word := map[string]string{"男": w.Boy, "女": w.Girl}[f.Child.Sex]
	years, ok := ageOf(f)
	switch {
	case !ok && word == "":
		return w.Child
	case !ok:
		return word
	case word == "":
		word = w.Child
	}
	if l == inEnglish {
		return word + ", " + w.years(years)
	}
	return w.years(years) + word
}

func (w *alertWords) years(n int) string {
	if n == 0 {
		return w.Years0
	}
	return fill(w.Years, strconv.Itoa(n))
}
