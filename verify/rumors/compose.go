package rumors

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
)

// maxHeadline is the longest headline in runes (guitu.Text).
const maxHeadline = 60

// beijing is the time zone of everything that the public reads. China has had one zone without summer time since 1991, so a
// fixed one is right for every verdict, and a pure function needs no zone file.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// compose returns the notice that a verdict calls for, and false when it calls for none: Refuted gives a debunk, Outdated gives
// found or over. Confirmed and Unproven tell the public nothing by themselves. When the verdict replaces one whose notice has
// gone out, corrected is that notice, and every ruling gives a correction.
//
// The texts are built from structured fields only. The one exception is the officer's basis of a Refuted verdict, which is how
// the public learns how it was checked; it is stripped of numbers and of the names that the claim states. The basis of every
// other ruling stays in the house: it tells how a child was found, or that it died.
//
// The caller fills in Code, the IDs and Due.
func compose(
	r guitu.Rumor, v guitu.Verdict, samples []guitu.Post, place string, corrected *guitu.Notice,
) (guitu.Notice, bool) {
	n := guitu.Notice{
		Status:  r.Status,
		Area:    r.Claim.Area,
		Place:   place,
		Claimed: claimedChinese(r, place),
		MadeAt:  v.At,
	}
	// A refutation links what it refutes. The posts about a child who is home show its name and picture: nobody is led there.
	if v.Ruling == guitu.Refuted {
		n.Sources = addresses(samples)
	}
	switch {
	case corrected != nil:
		n.Kind, n.Corrects = guitu.NoticeCorrection, corrected.Code
	case v.Ruling == guitu.Refuted:
		n.Kind = guitu.NoticeDebunk
	case v.Ruling == guitu.Outdated && v.Ending == guitu.Found:
		n.Kind = guitu.NoticeFound
	case v.Ruling == guitu.Outdated:
		n.Kind = guitu.NoticeOver
	default:
		return guitu.Notice{}, false
	}
	n.Texts = map[string]guitu.Text{
		guitu.Chinese: composeChinese(r, v, place, corrected),
		guitu.English: composeEnglish(r, v, place, corrected),
	}
	return n, true
}

// outcome is what holds: the ruling together with the ending. An Outdated verdict that does not say how it ended is over, which
// claims the least.
type outcome int

const (
	holdsNothing outcome = iota // neither true nor false is known
	holdsTrue
	holdsFalse
	holdsFound
	holdsOver
)

func outcomeOf(v guitu.Verdict) outcome {
	switch {
	case v.Ruling == guitu.Confirmed:
		return holdsTrue
	case v.Ruling == guitu.Refuted:
		return holdsFalse
	case v.Ruling == guitu.Outdated && v.Ending == guitu.Found:
		return holdsFound
	case v.Ruling == guitu.Outdated:
		return holdsOver
	}
	return holdsNothing
}

func composeChinese(r guitu.Rumor, v guitu.Verdict, place string, corrected *guitu.Notice) guitu.Text {
	who := personChinese(r)
	about := "网传所说的" + who
	event := "没有发生网传的拐走儿童一事"
	if r.Topic != guitu.AbductionScare {
		about = "走失" + who
		event = "没有网传所说的这名走失" + who
	}

	var headline func(place string) string
	var fact, label, again, instruction string
	switch outcomeOf(v) {
	case holdsFalse:
		headline = func(p string) string { return p + event + "，网传信息不实" }
		fact = "经警方核查，" + place + event + "。"
		label = "网传信息不实"
		again = "再次说明：" + place + event + "。"
		instruction = "请不要转发这条不实信息，已经转发的请删除。发现儿童走失或者可疑情况，请立即报警。"
	case holdsFound:
		headline = func(p string) string { return p + about + "已找回，感谢转发，请停止扩散并删除照片" }
		fact = "经警方核实，" + place + about + "已找回。"
		label = "网传信息已过时"
		again = "再次说明：人已找回，不需要继续寻找。"
		instruction = "感谢转发，请停止扩散并删除照片，不要打扰孩子和家人。"
		if isAdult(r) {
			instruction = "感谢转发，请停止扩散并删除照片，不要打扰本人和家人。"
		}
	case holdsOver:
		headline = func(p string) string {
			return p + "网传一事已了结，信息已过时，请停止扩散并删除照片"
		}
		fact = "经警方核实，" + place + "网传所说的事情已经了结。"
		label = "网传信息已过时"
		again = "再次说明：事情已经了结，其他情况不再公布，请尊重当事人和家人的隐私。"
		instruction = "感谢转发，请停止扩散并删除照片。"
	case holdsTrue:
		headline = func(p string) string {
			return "此前关于" + p + "网传信息的通告不再有效，该信息属实"
		}
		fact = "经警方重新核查，下述网传信息属实。"
		label = "网传信息"
		again = "再次说明：以本次核查结论为准，后续情况以警方发布的通告为准。"
		instruction = "发现线索请立即报警，不要自行追查或者指认他人。"
	case holdsNothing:
		headline = func(p string) string {
			return "此前关于" + p + "网传信息的通告不再有效，目前暂无法核实"
		}
		fact = "经警方重新核查，下述网传信息目前暂无法核实：既不能认定属实，也不能认定不实。"
		label = "网传信息"
		again = "再次说明：目前没有核查结论，一旦有结论将另行通告。"
		instruction = "在有核查结论之前，请不要转发，也不要自行追查或者指认他人。"
	}

	var paragraphs []string
	if r.Status == guitu.Exercise {
		paragraphs = append(paragraphs, "这是一次演练，以下内容均为虚构。")
	}
	paragraphs = append(paragraphs, fact)
	prefix := ""
	if corrected != nil {
		prefix = "更正："
		paragraphs = append(paragraphs, fmt.Sprintf("本通告更正%s发布的第%s号通告%s。原通告不再有效。",
			dayChinese(released(*corrected)), corrected.Code, conclusionChinese(corrected.Kind)))
	}
	paragraphs = append(paragraphs, fmt.Sprintf("%s：“%s”。", label, claimedChinese(r, place)))
	checked := "由" + deskName(v, "警方") + "于" + minuteChinese(v.At) + "核实。"
	switch v.Ruling {
	case guitu.Confirmed, guitu.Outdated:
	case guitu.Unproven:
		checked = "由" + deskName(v, "警方") + "于" + minuteChinese(v.At) + "重新核查。"
	case guitu.Refuted:
		checked = publicBasis(r, v) + "（" + deskName(v, "警方") + "，" + minuteChinese(v.At) + "）"
	}
	paragraphs = append(paragraphs, "核查情况："+checked, again)

	return guitu.Text{
		Headline:    fit(mark(r, "【演练】")+prefix, place, headline),
		Description: strings.Join(paragraphs, "\n"),
		Instruction: instruction,
	}
}

func composeEnglish(r guitu.Rumor, v guitu.Verdict, place string, corrected *guitu.Notice) guitu.Text {
	who, plain := personEnglish(r)
	event := "no such child abduction took place"
	short := "No such abduction"
	if r.Topic != guitu.AbductionScare {
		event, short = "there is no such missing "+plain, "No such missing "+plain
	}

	var headline func(place string) string
	var fact, label, again, instruction string
	switch outcomeOf(v) {
	case holdsFalse:
		headline = func(p string) string { return short + in(p) + ": claim is false" }
		if corrected != nil {
			headline = func(p string) string { return subject("claim about", p, "an online claim") + " is false" }
		}
		fact = "The police have checked: " + event + in(place) + "."
		label = "This online claim is false"
		again = "To repeat: " + event + in(place) + "."
		instruction = "Please do not pass this false claim on, and delete it where you have. " +
			"If a child is missing or you see something suspicious, call the police at once."
	case holdsFound:
		headline = func(p string) string { return capital(who) + from(p) + " found: please stop sharing" }
		if corrected != nil {
			headline = func(p string) string { return who + from(p) + " has been found" }
		}
		fact = "The police have confirmed: the " + who + from(place) + " whom the posts look for has been found."
		label = "This online claim is out of date"
		again = "To repeat: the search is over."
		instruction = "Thank you for sharing. Please stop, delete the photos, and leave the family in peace."
	case holdsOver:
		headline = func(p string) string {
			return capital(subject("matter in", p, "the matter")) + " has ended: please stop sharing"
		}
		if corrected != nil {
			headline = func(p string) string { return subject("matter in", p, "the matter") + " has ended" }
		}
		fact = "The police have confirmed: the matter that the posts tell of" + in(place) + " has ended."
		label = "This online claim is out of date"
		again = "To repeat: the matter has ended. No more will be said, out of respect for the people concerned."
		instruction = "Thank you for sharing. Please stop, and delete the photos."
	case holdsTrue:
		headline = func(p string) string { return subject("claim about", p, "an online claim") + " is true" }
		fact = "The police have checked again: the online claim below is true."
		label = "Online claim"
		again = "To repeat: this result holds. Further news comes in notices by the police."
		instruction = "If you know something, call the police at once. Do not follow or accuse anyone yourself."
	case holdsNothing:
		headline = func(p string) string { return subject("claim about", p, "an online claim") + " is unverified" }
		fact = "The police have checked again: the online claim below cannot be verified yet, neither as true nor as false."
		label = "Online claim"
		again = "To repeat: there is no result yet. When there is one, another notice will say so."
		instruction = "Until then please do not pass it on, and do not follow or accuse anyone yourself."
	}

	var paragraphs []string
	if r.Status == guitu.Exercise {
		paragraphs = append(paragraphs, "This is an exercise. Everything below is invented.")
	}
	paragraphs = append(paragraphs, fact)
	prefix := ""
	if corrected != nil {
		prefix = "Correction: "
		paragraphs = append(paragraphs, fmt.Sprintf(
			"This notice corrects notice %s of %s%s. That notice no longer holds.",
			corrected.Code, dayEnglish(released(*corrected)), conclusionEnglish(corrected.Kind)))
	}
	paragraphs = append(paragraphs, fmt.Sprintf("%s: “%s”.", label, claimedEnglish(r, place)))
	checked := "How it was checked: confirmed by " + deskName(v, "the police") + ", " + minuteEnglish(v.At) + "."
	switch v.Ruling {
	case guitu.Confirmed, guitu.Outdated:
	case guitu.Unproven:
		checked = "How it was checked: looked into again by " + deskName(v, "the police") + ", " + minuteEnglish(v.At) + "."
	case guitu.Refuted:
		checked = "How it was checked, in the officers' words: " + publicBasis(r, v) +
			" (" + deskName(v, "the police") + ", " + minuteEnglish(v.At) + ")"
	}
	paragraphs = append(paragraphs, checked, again)

	return guitu.Text{
		Headline:    fit(mark(r, "【演练】Exercise: ")+prefix, place, headline),
		Description: strings.Join(paragraphs, "\n"),
		Instruction: instruction,
	}
}

func mark(r guitu.Rumor, exercise string) string {
	if r.Status == guitu.Exercise {
		return exercise
	}
	return ""
}

// fit returns the headline with as much of the place as a headline has room for; the county is the last to go.
func fit(prefix, place string, headline func(place string) string) string {
	for p := place; ; p = nearer(p) {
		if h := prefix + headline(p); p == "" || utf8.RuneCountInString(h) <= maxHeadline {
			return h
		}
	}
}

// nearer drops the widest division of a place's name ("山东省临沂市兰山区" → "临沂市兰山区"), or the last one whole.
func nearer(place string) string {
	cut := len(place)
	for _, end := range [...]string{"特别行政区", "自治区", "自治州", "地区", "省", "市", "盟"} {
		// A name does not begin with its own ending: 市北区 and 盟 in a flag's name are no end of a division.
		if i := strings.Index(place, end); i >= 2*len("省") && i+len(end) < cut {
			cut = i + len(end)
		}
	}
	return strings.TrimSpace(place[cut:])
}

func in(place string) string {
	if place == "" {
		return ""
	}
	return " in " + place
}

func from(place string) string {
	if place == "" {
		return ""
	}
	return " from " + place
}

// subject returns "with PLACE", or without when there is no place.
func subject(with, place, without string) string {
	if place == "" {
		return without
	}
	return with + " " + place
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func deskName(v guitu.Verdict, nobody string) string {
	if v.Desk.Name == "" {
		return nobody
	}
	return v.Desk.Name
}

// released is the time that the public knows a notice by.
func released(n guitu.Notice) time.Time {
	if n.Due.IsZero() {
		return n.MadeAt
	}
	return n.Due
}

func dayChinese(t time.Time) string    { return t.In(beijing).Format("2006年1月2日") }
func minuteChinese(t time.Time) string { return t.In(beijing).Format("2006年1月2日15时04分") }
func dayEnglish(t time.Time) string    { return t.In(beijing).Format("2 January 2006") }
func minuteEnglish(t time.Time) string {
	return t.In(beijing).Format("2 January 2006, 15:04") + " Beijing time"
}

// conclusionChinese says what a notice concluded; a correction concludes too many things for that.
func conclusionChinese(k guitu.NoticeKind) string {
	switch k {
	case guitu.NoticeDebunk:
		return "（原通告结论：网传信息不实）"
	case guitu.NoticeFound:
		return "（原通告结论：已找回）"
	case guitu.NoticeOver:
		return "（原通告结论：事情已了结）"
	case guitu.NoticeCorrection:
	}
	return ""
}

func conclusionEnglish(k guitu.NoticeKind) string {
	switch k {
	case guitu.NoticeDebunk:
		return ", which said that the claim is false"
	case guitu.NoticeFound:
		return ", which said that the person has been found"
	case guitu.NoticeOver:
		return ", which said that the matter has ended"
	case guitu.NoticeCorrection:
	}
	return ""
}

// addresses returns where the samples can be read: web addresses only, each once.
func addresses(samples []guitu.Post) []string {
	var list []string
	for _, p := range samples {
		u, err := url.Parse(p.URL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
			continue
		}
		if len(list) < guitu.MaxSamples && !slices.Contains(list, p.URL) {
			list = append(list, p.URL)
		}
	}
	return list
}
