package bot

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
)

// Card is the card of a story, ready to be put on a chat or on a page: words in order, no markup. It says no relative times
// ("two hours ago"), so that the same question makes the same card.
type Card struct {
	RumorID  int64
	Exercise bool   // shown as 演练 wherever the card stands
	Title    string // "传言 #17 · 寻人 · 张** · 女 · 3岁"
	State    string // "待核查", "核查结论：不实"
	Sections []Section
	Console  string // address of the story's page in the console, "" when none
}

// Section is one part of a card. A section without lines is left out.
type Section struct {
	Key     SectionKey
	Heading string
	Lines   []Line
}

// SectionKey names a section for ever, for style sheets and tests.
type SectionKey string

// The sections in the order in which they stand.
const (
	SectionMerged    SectionKey = "merged"
	SectionVerdict   SectionKey = "verdict"
	SectionClaim     SectionKey = "claim"
	SectionWhy       SectionKey = "why"
	SectionSpread    SectionKey = "spread"
	SectionSamples   SectionKey = "samples"
	SectionEvidence  SectionKey = "evidence"
	SectionPrecedent SectionKey = "precedent"
	SectionDesk      SectionKey = "desk"
)

// Line is one labelled line.
type Line struct {
	Label string
	Text  string
	URL   string // http or https, "" when there is nothing to open
	Quote bool   // Text is what somebody posted, and may have line breaks
}

// CardOptions says how a card is made. The zero value shows everything, in Beijing time.
type CardOptions struct {
	Mask     bool                    // make names and numbers unreadable
	Console  string                  // address of the story's page in the console
	Location *time.Location          // default: Beijing time
	Samples  int                     // longest sample text in runes, 0 for all of it
	AreaName func(guitu.Area) string // the name of a division, nil shows its code
}

// Beijing is the time zone of officers and readers when none is configured; it needs no time zone database.
var Beijing = time.FixedZone("UTC+8", 8*60*60)

// NewCard makes the card of q.
func NewCard(q guitu.Question, o CardOptions) Card {
	if o.Location == nil {
		o.Location = Beijing
	}
	w := cardWriter{CardOptions: o, names: q.Rumor.Claim.Names()}
	for _, p := range []*guitu.Precedent{q.Precedent, q.Into} {
		if p != nil {
			w.names = append(w.names, p.Rumor.Claim.Names()...)
		}
	}
	c := Card{
		RumorID:  q.Rumor.ID,
		Exercise: q.Rumor.Status == guitu.Exercise,
		Title:    fmt.Sprintf("传言 #%d · %s", q.Rumor.ID, w.summary(q.Rumor)),
		State:    StateLabel(q.Rumor.State).Zh,
		Console:  o.Console,
	}
	if q.Verdict != nil {
		c.State = "核查结论：" + VerdictLabel(q.Verdict.Ruling, q.Verdict.Ending).Zh
	}
	if q.Rumor.MergedInto != 0 {
		c.State = fmt.Sprintf("已并入传言 #%d", q.Rumor.MergedInto)
	}
	for _, s := range []Section{
		{SectionMerged, "并案", w.merged(q)},
		{SectionVerdict, "核查结论", w.verdict(q)},
		{SectionClaim, "网传说法", w.claim(q.Rumor.Claim)},
		{SectionWhy, "为何标出", w.why(q.Rumor.Hits, q.Seen)},
		{SectionSpread, "传播情况", w.spread(q)},
		{SectionSamples, "帖文", w.samples(q.Samples)},
		{SectionEvidence, "他人说法（未经核查，仅供参考）", w.evidence(q.Evidence)},
		{SectionPrecedent, "相似旧案", w.precedent(q.Precedent)},
		{SectionDesk, "派单", w.desk(q)},
	} {
		if len(s.Lines) > 0 {
			c.Sections = append(c.Sections, s)
		}
	}
	return c
}

// Section returns the section with a key; ok is false when the card has none.
func (c Card) Section(key SectionKey) (s Section, ok bool) {
	for _, s := range c.Sections {
		if s.Key == key {
			return s, true
		}
	}
	return Section{}, false
}

type cardWriter struct {
	CardOptions
	names []string
}

// mask makes s readable only as far as the reader may read it.
func (w cardWriter) mask(s string) string {
	if !w.Mask {
		return s
	}
	return guitu.Mask(s, w.names...)
}

func (w cardWriter) name(s string) string {
	if !w.Mask {
		return s
	}
	return guitu.MaskName(s)
}

func (w cardWriter) time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(w.Location).Format("2006-01-02 15:04")
}

func (w cardWriter) area(a guitu.Area) string {
	if w.AreaName != nil {
		if name := w.AreaName(a); name != "" {
			return name
		}
	}
	return string(a)
}

// summary is the story in a few words: what kind, who.
func (w cardWriter) summary(r guitu.Rumor) string {
	return join(" · ", TopicLabel(r.Topic).Zh, w.name(r.Claim.Name), r.Claim.Sex, w.mask(r.Claim.Age))
}

func (w cardWriter) claim(c guitu.Claim) []Line {
	var contacts, phones []string
	for _, n := range c.Contacts {
		contacts = append(contacts, w.name(n))
	}
	for _, p := range c.Phones {
		phones = append(phones, w.mask(p))
	}
	area := ""
	switch {
	case c.Area != "":
		area = w.area(c.Area)
	case c.AreaHint != "":
		area = w.area(c.AreaHint) + "（帖文未写明，据电话或所@账号推测）"
	}
	born := c.Born
	if w.Mask {
		born = "" // with a county and a sex, a birth date tells who it is
	}
	lost := w.mask(c.MissingAt)
	if !c.LostAt.IsZero() {
		lost += "（即 " + c.LostAt.In(w.Location).Format("2006-01-02 15:04") + " 起）"
	}
	return lines(
		Line{Label: "人", Text: join("，", w.name(c.Name), c.Sex, w.mask(c.Age), led("出生 ", born), led("身高 ", w.mask(c.Height)), led("体重 ", w.mask(c.Weight)))},
		Line{Label: "时间", Text: lost},
		Line{Label: "地点", Text: w.mask(c.Place)},
		Line{Label: "区划", Text: area},
		Line{Label: "衣着", Text: w.mask(c.Clothing)},
		Line{Label: "特征", Text: w.mask(c.Features)},
		Line{Label: "据称带走者", Text: w.mask(c.Taker)},
		Line{Label: "联系人", Text: strings.Join(contacts, "、")},
		Line{Label: "电话", Text: strings.Join(phones, "、")},
		Line{Label: "酬谢", Text: w.mask(c.Reward)},
	)
}

// led puts a word before a value that there is.
func led(word, value string) string {
	if value == "" {
		return ""
	}
	return word + value
}

// why groups the hits by rule, in the order in which the rules first appear, each found text once. What of the story stood in refuted
// ones comes behind them, with a warning.
func (w cardWriter) why(hits []guitu.Hit, seen []guitu.Asset) []Line {
	ls := w.grouped(hits)
	if len(seen) == 0 {
		return ls
	}
	hits = nil
	for _, a := range seen {
		hits = append(hits, a.Hit())
	}
	return append(append(ls, w.grouped(hits)...), Line{Label: "提示", Text: "登记的主人可能是受害者或被冒用的无关者，不能据此认定本条不实"})
}

func (w cardWriter) grouped(hits []guitu.Hit) []Line {
	var ls []Line
	at := map[string]int{}
	seen := map[[2]string]bool{}
	for _, h := range hits {
		text := w.mask(strings.Join(strings.Fields(h.Text), " "))
		if h.Known != nil {
			text = w.known(*h.Known)
		}
		if seen[[2]string{h.Rule, text}] {
			continue
		}
		seen[[2]string{h.Rule, text}] = true
		i, ok := at[h.Rule]
		if !ok {
			i = len(ls)
			at[h.Rule] = i
			label := ruleLabel(h.Rule)
			if h.Weight < 0 {
				label += "（反证）"
			}
			ls = append(ls, Line{Label: label, Text: text})
			continue
		}
		ls[i].Text = join("、", ls[i].Text, text)
	}
	return ls
}

func (w cardWriter) spread(q guitu.Question) []Line {
	r := q.Rumor
	return lines(
		Line{Label: "帖文", Text: fmt.Sprintf("共 %d 帖，连同转发 %d 次；近 24 小时 %d 帖", r.Posts, r.Reach, q.PostsLast24)},
		Line{Label: "最早", Text: w.time(r.FirstSeen)},
		Line{Label: "最近", Text: w.time(r.LastSeen)},
	)
}

func (w cardWriter) samples(posts []guitu.Post) []Line {
	var ls []Line
	for _, p := range posts {
		reposts := ""
		if p.Reposts > 0 {
			reposts = "转发 " + strconv.Itoa(p.Reposts)
		}
		ls = append(ls, Line{
			Label: join(" · ", w.time(p.PostedAt), w.mask(p.Author), reposts),
			Text:  cut(w.mask(strings.TrimSpace(p.Text)), w.Samples),
			URL:   webAddress(p.URL),
			Quote: true,
		})
	}
	return ls
}

func (w cardWriter) desk(q guitu.Question) []Line {
	a := q.Assignment
	if a == nil {
		return nil
	}
	due := w.time(a.Due)
	if q.Verdict != nil || !a.Ended.IsZero() {
		due = ""
	}
	return lines(
		Line{Label: "值班台", Text: a.Desk.Name},
		Line{Label: reasonLabel(a.Reason), Text: w.time(a.At)},
		Line{Label: "逾期上报", Text: due},
	)
}

func (w cardWriter) verdict(q guitu.Question) []Line {
	v := q.Verdict
	if v == nil {
		return nil
	}
	label := "结论"
	if v.Corrects != 0 {
		label = "结论（更正）"
	}
	notice := ""
	if n := q.Notice; n != nil {
		notice = join("，", NoticeLabel(n.Kind).Zh, "核验码 "+n.Code)
		if due := w.time(n.Due); due != "" {
			notice += "，发布时间 " + due
		}
	}
	return lines(
		Line{Label: label, Text: VerdictLabel(v.Ruling, v.Ending).Zh},
		Line{Label: "民警", Text: join("，", v.Officer.Name, v.Desk.Name)},
		Line{Label: "时间", Text: w.time(v.At)},
		Line{Label: "核查方式", Text: w.mask(v.Basis)},
		Line{Label: "通告", Text: notice},
	)
}

// lines leaves out the lines that say nothing.
func lines(ls ...Line) []Line {
	var kept []Line
	for _, l := range ls {
		if l.Text != "" {
			kept = append(kept, l)
		}
	}
	return kept
}

// join joins the parts that are not empty.
func join(sep string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

// cut shortens s to n runes with an ellipsis; 0 leaves it whole.
func cut(s string, n int) string {
	if n <= 0 || utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// webAddress returns s when a browser may open it: addresses come from strangers' posts.
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return s
}
