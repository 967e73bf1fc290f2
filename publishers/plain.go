package publishers

import (
	"strings"
	"unicode/utf16"

	"github.com/rivo/uniseg"

	"guitu"
)

// Plain renders a notice as plain text for a channel that takes at most limit UTF-16 code units, which is what Telegram counts,
// and never less than the runes or the characters that others count. link is the notice's page.
//
// When the notice is too long, the description is cut at the end of a character as people see it, then the instruction goes,
// then the headline is cut. The place, the link and the check code always stay, even where they alone are over the limit.
//
// A notice that is corrected says so in its first line.
func Plain(n guitu.Notice, lang, link string, limit int) string {
	text, ok := n.Texts[lang]
	if !ok {
		lang = guitu.Chinese
		text = n.Texts[lang]
	}
	l := chinese
	if lang == guitu.English {
		l = english
	}

	head := ""
	if n.CorrectedBy != "" {
		head = l.corrected + n.CorrectedBy + l.correctedEnd + "\n"
	}
	tail := "\n\n" + l.code + n.Code + "\n" + link
	if count(head+text.Headline+tail) > limit {
		return head + shortHeadline(text.Headline, n.Place, l.colon, limit-count(head+tail)) + tail
	}
	head += text.Headline

	if s := "\n\n" + text.Instruction; text.Instruction != "" && count(head+s+tail) <= limit {
		tail = s + tail
	}
	room := limit - count(head+"\n\n"+tail)
	if description := cut(text.Description, room); description != "" {
		head += "\n\n" + description
	}
	return head + tail
}

// labels are the words that Plain adds.
type labels struct{ corrected, correctedEnd, code, colon string }

var (
	chinese = labels{"【已更正】本通告已被第", "号通告更正，不再有效。", "核验码：", "："}
	english = labels{"[Corrected] Notice ", " corrects this one, which no longer holds.", "Check code: ", ": "}
)

// shortHeadline cuts a headline so that the place, or as much of it as the headline has, is still read.
func shortHeadline(headline, place, colon string, room int) string {
	for place != "" && !strings.Contains(headline, place) {
		_, place, _, _ = uniseg.FirstGraphemeClusterInString(place, -1)
	}
	short := cut(headline, room)
	if strings.Contains(short, place) {
		return short
	}
	if short = cut(headline, room-count(place+colon)); short == "" {
		return place
	}
	return place + colon + short
}

// cut returns s when it has room, or its beginning with an ellipsis, or nothing when there is no room for a word.
func cut(s string, room int) string {
	if count(s) <= room {
		return s
	}
	const ellipsis = "…"
	room -= count(ellipsis)
	end, state, rest := 0, -1, s
	for rest != "" {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if room -= count(cluster); room < 0 {
			break
		}
		end += len(cluster)
	}
	if end == 0 {
		return ""
	}
	return strings.TrimRight(s[:end], " \n") + ellipsis
}

// count returns the length of s in UTF-16 code units.
func count(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}
