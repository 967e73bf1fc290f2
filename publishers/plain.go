package publishers

import (
	"sort"
	"strings"

	"github.com/rivo/uniseg"

	"guitu"
)

// Plain renders a notice as plain text within a channel's limits. link is the notice's page.
//
// When the notice is too long, the description is cut at the end of a character as people see it, then the instruction goes,
// then the headline is cut. What the notice says must stay (Text.Keep: place, time and contact of an alert), the place, the link
// and the check code always stay, even where they alone are over the limit.
//
// A notice that is corrected says so in its first line.
func Plain(n guitu.Notice, lang, link string, l Limits) string {
	text, ok := n.Texts[lang]
	if !ok {
		lang = guitu.Chinese
		text = n.Texts[lang]
	}
	w := chinese
	if lang == guitu.English {
		w = english
	}
	p := parts{
		headline: text.Headline, keep: text.Keep, description: text.Description, instruction: text.Instruction,
		tail: w.code + n.Code + "\n" + link,
	}
	if n.CorrectedBy != "" {
		p.head = w.corrected + n.CorrectedBy + w.correctedEnd
	}
	return p.within(l, n.Place, w.colon)
}

// parts are what a text is made of; what is empty is left out.
type parts struct{ head, headline, keep, description, instruction, tail string }

// String puts the parts together: the lines of the top, then paragraphs.
func (p parts) String() string {
	top := join("\n", p.head, p.headline, p.keep)
	return join("\n\n", top, p.description, p.instruction, p.tail)
}

// within returns the text with so much of its parts as the limits let through.
func (p parts) within(l Limits, place, colon string) string {
	fits := func(q parts) bool { return l.count(q.String()) <= l.Text }
	if fits(p) {
		return p.String()
	}
	q := p
	q.description = ""
	if !fits(q) {
		q.instruction = ""
	}
	if fits(q) {
		q.description = longest(p.description, func(s string) bool { r := q; r.description = s; return fits(r) })
		return q.String()
	}
	if q.keep != "" {
		place = "" // it stands in what is kept
	}
	q.headline = shortHeadline(p.headline, place, colon, func(s string) bool { r := q; r.headline = s; return fits(r) })
	return q.String()
}

// join puts what is not empty together.
func join(between string, all ...string) string {
	var b strings.Builder
	for _, s := range all {
		if s == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(between)
		}
		b.WriteString(s)
	}
	return b.String()
}

// labels are the words that Plain adds.
type labels struct{ corrected, correctedEnd, code, colon string }

var (
	chinese = labels{"【已更正】本通告已被第", "号通告更正，不再有效。", "核验码：", "："}
	english = labels{"[Corrected] Notice ", " corrects this one, which no longer holds.", "Check code: ", ": "}
)

// shortHeadline cuts a headline so that the place, or as much of it as the headline has, is still read.
func shortHeadline(headline, place, colon string, fits func(string) bool) string {
	for place != "" && !strings.Contains(headline, place) {
		_, place, _, _ = uniseg.FirstGraphemeClusterInString(place, -1)
	}
	short := longest(headline, fits)
	if strings.Contains(short, place) {
		return short
	}
	if short = longest(headline, func(s string) bool { return fits(place + colon + s) }); short == "" {
		return place
	}
	return place + colon + short
}

// longest returns s when it fits, or as much of its beginning as does with an ellipsis, or nothing when no character does. It
// cuts at the end of a character as people see it.
func longest(s string, fits func(string) bool) string {
	if s == "" || fits(s) {
		return s
	}
	var ends []int
	for rest, end, state := s, 0, -1; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		end += len(cluster)
		ends = append(ends, end)
	}
	begin := func(i int) string { return strings.TrimRight(s[:ends[i]], " \n") + "…" }
	// A channel's count may fall where an address becomes whole, so the search can miss a character; it never takes what does not fit.
	most := 1
	for most < len(ends) && fits(begin(most)) {
		most *= 2
	}
	n := sort.Search(min(most+1, len(ends)), func(i int) bool { return !fits(begin(i)) })
	if n == 0 {
		return ""
	}
	return begin(n - 1)
}
