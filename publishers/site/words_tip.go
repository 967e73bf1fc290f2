package site

// tipWords is what the site says of tips in one language.
type tipWords struct {
	Title, Call, Text, TextHint, Place, PlaceHint, Seen, Photo, PhotoHint, Contact, ContactHint, Outcome, Send, Privacy, TooLarge string
	Chat, Follow                                                                                                                  string
	ReceiptTitle, Keep, Waiting, Read, Stands, ToAlert                                                                            string
}

var tipsInChinese = tipWords{
	Title: "提供线索", Call: "孩子就在眼前，请不要填表，立即拨打 110。", Text: "您看到了什么", TextHint: "如：穿红色上衣的女孩，跟着一名中年人上了公交车",
	Place: "在哪里", PlaceHint: "写到县区和街道、车站，如：临沂市兰山区汽车站", Seen: "什么时候（不填就是现在）", Photo: "照片（可不附）", PhotoHint: "JPEG、PNG 或 WebP，最大 8 MB。拍摄位置等附加信息会删除。",
	Contact: "您的电话（可不填）", ContactHint: "只有办案民警能看到，需要时回电。", Outcome: "结案后，我想在回执上看到结果", Send: "提交给警方",
	Privacy: "线索只给办案民警看，随案件一起删除。请不要把线索发到网上。", TooLarge: "照片太大，最大 8 MB。请换一张再提交。",
	Chat: "在 Telegram 私聊里提供线索", Follow: "附近有孩子走失时提醒我",
	ReceiptTitle: "线索回执", Keep: "已送达办案的值班台。请记下回执号，或收藏本页：", Waiting: "民警还没有处理。", Read: "民警已经处理，谢谢您。", Stands: "案件：", ToAlert: "看通告",
}

var tipsInEnglish = tipWords{
	Title: "Report what you saw", Call: "If the child is in front of you, do not fill in a form: call 110 now.", Text: "What you saw",
	TextHint: "For example: a girl in a red jacket got on a bus with a man", Place: "Where", PlaceHint: "County and street or station, in Chinese if you can",
	Seen: "When (empty means now)", Photo: "Photo (optional)", PhotoHint: "JPEG, PNG or WebP, up to 8 MB. Where it was taken is removed from it.",
	Contact: "Your telephone number (optional)", ContactHint: "Only the officers on the case see it.", Outcome: "I want to see the outcome on my receipt",
	Send: "Send to the police", Privacy: "Only the officers on the case see it, and it is deleted with the case. Please do not post it online.",
	TooLarge: "The photo is too large: 8 MB at most.",
	Chat:     "Report what you saw in a Telegram chat", Follow: "Tell me when a child is missing near me",
	ReceiptTitle: "Receipt", Keep: "The desk on the case has it. Keep this number or this page:", Waiting: "No officer has dealt with it yet.",
	Read: "An officer has dealt with it. Thank you.", Stands: "The case: ", ToAlert: "To the alert",
}
